//! Services, with the numbers that customers order them by.

use std::collections::{HashMap, HashSet};

use serde_json::json;

use super::table::{self, Column, Row};
use super::{Fault, Faulty, Imported, Manner, begin, digest};
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::catalog::imported::{self, FitService, FormerService};
use crate::catalog::rules::{RefillDays, Unfit, Wish};
use crate::error::{Refusal, Result};
use crate::ids::{ProviderId, ServiceId};
use crate::money::Rate;
use crate::panel::Panel;
use crate::protocol::ServiceType;

/// The highest number of a service: typed clients read 32-bit integers, and new ones go on above.
pub(super) const MOST: i64 = 2_000_000_000;
/// The highest quantity.
const MOST_UNITS: i64 = 1_000_000_000_000;

/// Which provider here is meant by what a file calls one; names that are equal need no line.
pub type Providers = Vec<(String, String)>;

const COLUMNS: &[Column] = &[
    Column::needed("id", &["id", "serviceid", "sid"]),
    Column::needed("name", &["name", "servicename", "title"]),
    Column::needed(
        "category",
        &["category", "categoryname", "cate", "catename"],
    ),
    Column::needed(
        "rate",
        &["rate", "price", "rateper1000", "priceper1000", "ratek"],
    ),
    Column::needed("min", &["min", "minimum", "minquantity", "servicemin"]),
    Column::needed("max", &["max", "maximum", "maxquantity", "servicemax"]),
    Column::optional("type", &["type", "servicetype"]),
    Column::optional("description", &["description", "desc", "details"]),
    Column::optional("refill", &["refill", "refillable"]),
    Column::optional("refill_days", &["refilldays", "guaranteedays"]),
    Column::optional("cancel", &["cancel", "cancelable", "cancelbutton"]),
    Column::optional("dripfeed", &["dripfeed", "drip"]),
    Column::optional(
        "provider",
        &[
            "provider",
            "providername",
            "api",
            "apiprovider",
            "apiproviderid",
        ],
    ),
    Column::optional(
        "provider_service",
        &[
            "providerservice",
            "providerserviceid",
            "apiservice",
            "apiserviceid",
        ],
    ),
    Column::optional(
        "cost",
        &["cost", "originalprice", "providerrate", "providerprice"],
    ),
    Column::optional("status", &["status", "state", "active"]),
];

/// What there is here.
struct Here {
    services: HashMap<ServiceId, (String, ServiceType)>,
    providers: HashMap<String, ProviderId>,
}

pub(super) async fn import(
    panel: &Panel,
    actor: &Actor,
    file: &[u8],
    providers: &Providers,
    manner: Manner,
) -> Result<Imported> {
    actor.only_operators()?;
    let mut table = table::read(file, COLUMNS).map_err(|why| Refusal::Conflict { why })?;
    let mut made = Imported::of(&mut table);
    let tx = begin(panel, manner).await?;
    if manner.applies {
        imported::lock_in_tx(&tx).await?;
    }
    let mut here = Here {
        services: imported::names(&tx).await?,
        providers: imported::provider_names(&tx).await?,
    };
    for (there, name) in providers {
        let provider = here.providers.get(name).copied();
        let why = || format!("there is no provider {name} here: `smm-panel provider add`");
        let provider = provider.ok_or_else(|| Refusal::Conflict { why: why() })?;
        here.providers.insert(there.trim().to_owned(), provider);
    }
    let services = read(&table.rows, &here, &mut made);
    made.taken = services.len();
    if !made.may_be_written(manner) {
        tx.rollback().await?;
        return Ok(made.sorted());
    }
    if !services.is_empty() {
        let now = panel.now();
        imported::write_in_tx(&tx, now, &services).await?;
        let on_sale = services.iter().filter(|one| one.is_on_sale()).count();
        let entry = Entry::new(Deed::ServicesImported, "services").became(json!({
            "file_sha256": digest(file), "services": services.len(), "on_sale": on_sale,
        }));
        audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    }
    tx.commit().await?;
    made.is_written = true;
    Ok(made.sorted())
}

fn read(rows: &[Row], here: &Here, made: &mut Imported) -> Vec<FitService> {
    let (mut seen, mut services) = (HashSet::new(), Vec::with_capacity(rows.len()));
    for row in rows {
        match service(row, here, &mut seen) {
            Ok(Some((service, remark))) => {
                made.remarks
                    .extend(remark.map(|why| Fault::new(row.line, why)));
                services.push(service);
            }
            Ok(None) => made.already += 1,
            Err(why) => made.faults.push(Fault::new(row.line, why)),
        }
    }
    services
}

/// A service that can be written, with what is to be said of it; `None` if it is here.
fn service(
    row: &Row,
    here: &Here,
    seen: &mut HashSet<ServiceId>,
) -> Faulty<Option<(FitService, Option<String>)>> {
    let id = ServiceId(row.needed_number("id", 1, MOST)?);
    if !seen.insert(id) {
        return Err(format!("the id {id} stands in an earlier row"));
    }
    let name = row.needed("name")?;
    match here.services.get(&id) {
        Some((known, _)) if known == name => return Ok(None),
        Some((known, _)) => {
            return Err(format!("service {id} is here already, and is {known:?}"));
        }
        None => {}
    }
    let rate = row.decimal("rate", Rate::parse)?.ok_or("rate is empty")?;
    let offer = offer(row, here)?;
    let is_sold = row.flag("status")?.unwrap_or(true);
    let remark = match &offer {
        None if is_sold => Some("hidden, because no provider delivers it".to_owned()),
        Some((.., None)) => {
            let why = "its cost is taken to be its rate until the provider's catalogue is read";
            Some(why.to_owned())
        }
        Some(_) | None => None,
    };
    let former = FormerService {
        id,
        wish: wish(row, name)?,
        service_type: service_type(row)?,
        rate,
        offer,
        is_sold,
    };
    let fit = former.fit().map_err(why_unfit)?;
    Ok(Some((fit, remark)))
}

fn why_unfit(unfit: Unfit) -> String {
    if let Unfit::BelowCost { cost, rate } = unfit {
        return format!(
            "its provider charges {cost} USD, above the rate of {rate}: nothing is sold at a loss without \
             being told so"
        );
    }
    Refusal::from(unfit).to_string()
}

fn wish(row: &Row, name: &str) -> Faulty<Wish> {
    let days = row.text("refill_days").filter(|days| *days != "0");
    let days = days.map(|days| {
        let why = || format!("refill_days is {days:?}: neither 1 to 3650 nor lifetime");
        RefillDays::parse(days).ok_or_else(why)
    });
    Ok(Wish {
        name: Some(name.to_owned()),
        category: Some(row.needed("category")?.to_owned()),
        // Scripts write them with the line ends of their forms.
        description: row
            .text("description")
            .map(|text| text.replace("\r\n", "\n")),
        min: row.number("min", 1, MOST_UNITS)?,
        max: row.number("max", 1, MOST_UNITS)?,
        dripfeed: row.flag("dripfeed")?,
        refill: row.flag("refill")?,
        refill_days: days.transpose()?,
        cancel: row.flag("cancel")?,
        ..Wish::default()
    })
}

fn service_type(row: &Row) -> Faulty<ServiceType> {
    let text = row.text("type").unwrap_or("Default");
    let why = || format!("type is {text:?}, which is none of the panel protocol");
    ServiceType::from_word(text).ok_or_else(why)
}

/// Who delivers it.
fn offer(row: &Row, here: &Here) -> Faulty<Option<(ProviderId, String, Option<Rate>)>> {
    // Of what a person delivers common scripts write that its provider is 0.
    let given = |column| row.text(column).filter(|text| *text != "0");
    let (provider, service) = match (given("provider"), given("provider_service")) {
        (None, None) => return Ok(None),
        (Some(provider), Some(service)) => (provider, service),
        (Some(_), None) => return Err("it has a provider without a service there".to_owned()),
        (None, Some(_)) => {
            return Err("it has a provider's service without the provider".to_owned());
        }
    };
    if service.chars().count() > 100 || service.contains(char::is_control) {
        return Err("provider_service is longer than 100 characters, or not printable".to_owned());
    }
    let known = here.providers.get(provider).copied();
    let known = known.ok_or_else(|| {
        format!(
            "there is no provider {provider:?} here: `smm-panel provider add`, or say which is meant \
             by --provider {provider}=NAME"
        )
    })?;
    let cost = row.decimal("cost", Rate::parse_rounding_up)?;
    Ok(Some((
        known,
        service.to_owned(),
        cost.filter(|cost| *cost > Rate::default()),
    )))
}

//! `service`.

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::providers::{client, find};
use super::table::{ListForm, Table};
use crate::catalog::counting::{Counting, CountingChange};
use crate::catalog::rules::{self, Listed, Markup, Price, RefillDays, Unfit, Wish};
use crate::catalog::services::{self, ServiceChange, ServiceFilter, ServiceView};
use crate::catalog::sync;
use crate::db::PIECE;
use crate::error::{Error, Refusal};
use crate::ids::{ProviderId, ServiceId};
use crate::money::Rate;
use crate::panel::Panel;
use crate::protocol::ServiceType;
use crate::provider::{check_source, read_catalogue};

#[derive(Subcommand)]
pub(super) enum ServiceCommand {
    /// Add a service. With --offer, what is not given is taken from the provider's own service
    Add(Box<NewService>),
    /// List all services, those that are hidden or paused too
    List {
        #[command(flatten)]
        form: ListForm,
    },
    /// Change a service; what is not given stays, also for the orders that it has
    Set(Box<SetService>),
}

#[derive(Args)]
pub(super) struct NewService {
    #[command(flatten)]
    terms: ServiceTerms,
    /// Its type, such as Default, Package or "Custom Comments"
    #[arg(long = "type", value_name = "TYPE", value_parser = service_type)]
    service_type: Option<ServiceType>,
    /// It can be ordered in runs
    #[arg(long)]
    dripfeed: bool,
    /// Drops are refilled
    #[arg(long)]
    refill: bool,
    /// Sent orders may be canceled
    #[arg(long)]
    cancel: bool,
    /// What happens to a second active order on a link
    #[arg(long, value_enum, default_value = "flag")]
    same_link: SameLink,
}

#[derive(Args)]
pub(super) struct SetService {
    /// The service's number
    service: i64,
    #[command(flatten)]
    terms: ServiceTerms,
    /// Whether it can be ordered in runs
    #[arg(long)]
    dripfeed: Option<bool>,
    /// Whether drops are refilled
    #[arg(long)]
    refill: Option<bool>,
    /// Whether sent orders may be canceled
    #[arg(long)]
    cancel: Option<bool>,
    /// What happens to a second active order on a link
    #[arg(long, value_enum)]
    same_link: Option<SameLink>,
    /// Fields beyond those of its type that are handed on to its providers, such as
    /// country,reaction; none for none
    #[arg(long, value_name = "FIELDS", value_parser = passed_fields)]
    passes: Option<PassedFields>,
    /// Sell it, or hide it
    #[arg(long, value_enum)]
    state: Option<State>,
}

/// What is given in one way when a service is added and when it is changed.
#[derive(Args)]
struct ServiceTerms {
    /// A provider's service that delivers it, as PROVIDER=SERVICE; repeat it for the providers to
    /// ask next. Without one a new service is manual
    #[arg(long = "offer", value_name = "PROVIDER=SERVICE")]
    offers: Vec<String>,
    /// Its name, as customers see it
    #[arg(long)]
    name: Option<String>,
    /// The heading under which it is listed
    #[arg(long)]
    category: Option<String>,
    /// More about it
    #[arg(long)]
    description: Option<String>,
    /// Its price in USD per 1000, or per package
    #[arg(long, value_parser = rate, conflicts_with_all = ["markup", "fixed"])]
    rate: Option<Rate>,
    /// Its price as the first offer's cost plus this percentage, rounded up to 0.000001 USD
    #[arg(long, value_name = "PERCENT", value_parser = rules::parse_percent,
        allow_negative_numbers = true)]
    markup: Option<i64>,
    /// This much in USD on top of the first offer's cost
    #[arg(long, value_name = "USD", value_parser = Rate::parse)]
    fixed: Option<Rate>,
    /// Smallest quantity
    #[arg(long)]
    min: Option<i64>,
    /// Largest quantity
    #[arg(long)]
    max: Option<i64>,
    /// Sell it although a provider charges more than the rate
    #[arg(long)]
    below_cost: bool,
    /// For how many days drops are refilled, or lifetime [default: 30]
    #[arg(long, value_name = "DAYS", value_parser = refill_days)]
    refill_days: Option<RefillDays>,
    /// Who is asked what a target shows now, so that drops are refilled without being asked for: an
    /// address with {link} once in its path or query, which answers {"count": 15848}; `none` for
    /// nobody
    #[arg(long, value_name = "URL")]
    count_source: Option<String>,
    /// How much of what was delivered may be missing before a refill is filed [default: 0]
    #[arg(long, value_name = "PERCENT", value_parser = rules::parse_percent)]
    drop_tolerance: Option<i64>,
    /// Whether refills are filed without being asked for, where there is a count source
    #[arg(long, value_name = "BOOL")]
    refill_automatically: Option<bool>,
    /// Orders of one family on one link count as simultaneous [default: platform and category]
    #[arg(long)]
    family: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SameLink {
    /// It is accepted, and both orders are marked as overlapping
    Flag,
    /// It is refused
    Reject,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    /// It is listed and ordered
    OnSale,
    /// It is neither; its orders go on
    Hidden,
}

/// Names of fields.
#[derive(Clone)]
struct PassedFields(Vec<String>);

fn passed_fields(text: &str) -> Result<PassedFields, String> {
    let names = text.split(',').map(|name| name.trim().to_owned());
    Ok(PassedFields(match text {
        "none" => Vec::new(),
        _ => names.collect(),
    }))
}

fn service_type(text: &str) -> Result<ServiceType, String> {
    let known = || {
        let words: Vec<&str> = ServiceType::ALL.iter().map(|known| known.word()).collect();
        format!("not one of: {}", words.join(", "))
    };
    ServiceType::from_word(text)
        .filter(|known| *known != ServiceType::Subscriptions)
        .ok_or_else(known)
}

fn rate(text: &str) -> Result<Rate, String> {
    let rate = Rate::parse(text).map_err(|no| no.to_string())?;
    if rate.micro() > 0 {
        Ok(rate)
    } else {
        Err("a service is not sold for nothing".to_owned())
    }
}

pub(super) fn refill_days(text: &str) -> Result<RefillDays, String> {
    RefillDays::parse(text).ok_or_else(|| "not a number of days from 1 to 3650, or lifetime".into())
}

/// The markup of these options, if one is given.
pub(super) fn markup(percent: Option<i64>, fixed: Option<Rate>) -> Result<Option<Markup>> {
    if percent.is_none() && fixed.is_none() {
        return Ok(None);
    }
    let markup = Markup::new(percent.unwrap_or_default(), fixed.unwrap_or_default());
    let markup = markup.map_err(|_| anyhow!(told(Unfit::MarkupLeavesNoPrice)))?;
    Ok(Some(markup))
}

pub(super) async fn service(panel: &Panel, command: ServiceCommand) -> Result<()> {
    match command {
        ServiceCommand::Add(new) => add(panel, *new).await,
        ServiceCommand::List { form } => list(panel, form).await,
        ServiceCommand::Set(set) => change(panel, *set).await,
    }
}

/// The offers that are named as PROVIDER=SERVICE, as their providers sell them now.
async fn offered(panel: &Panel, named: &[String]) -> Result<Vec<(ProviderId, Listed)>> {
    let client = client(panel)?;
    let mut offers = Vec::with_capacity(named.len());
    for text in named {
        let (name, id) = text
            .split_once('=')
            .ok_or_else(|| anyhow!("--offer {text}: write it as PROVIDER=SERVICE"))?;
        let provider = find(panel, name).await?;
        let reading = read_catalogue(&client, &provider).await;
        let catalogue = reading.map_err(|why| anyhow!(why))?.catalogue;
        let found = sync::find(catalogue, &provider.exchange, id);
        offers.push((
            provider.id,
            found.ok_or_else(|| anyhow!("{name} has no service {id}"))?,
        ));
    }
    Ok(offers)
}

fn counting(panel: &Panel, terms: &ServiceTerms) -> Result<CountingChange> {
    let source = match terms.count_source.as_deref() {
        Some("none") => Some(None),
        Some(source) => {
            check_source(source, panel.config.provider_allow_loopback)?;
            Some(Some(source.to_owned()))
        }
        None => None,
    };
    Ok(CountingChange {
        source,
        tolerance_hundredths: terms.drop_tolerance,
        automatic: terms.refill_automatically,
    })
}

fn price(terms: &ServiceTerms) -> Result<Option<Price>> {
    let markup = markup(terms.markup, terms.fixed)?.map(Price::Markup);
    Ok(terms.rate.map(Price::Rate).or(markup))
}

async fn add(panel: &Panel, new: NewService) -> Result<()> {
    let offers = offered(panel, &new.terms.offers).await?;
    let price = price(&new.terms)?;
    let counting = Counting::default().changed(counting(panel, &new.terms)?);
    let terms = new.terms;
    let wish = Wish {
        name: terms.name,
        category: terms.category,
        description: terms.description,
        service_type: new.service_type,
        price,
        min: terms.min,
        max: terms.max,
        dripfeed: new.dripfeed.then_some(true),
        refill: (new.refill || terms.refill_days.is_some()).then_some(true),
        refill_days: terms.refill_days,
        cancel: new.cancel.then_some(true),
        family: terms.family,
        rejects_same_link: new.same_link == SameLink::Reject,
        counting,
        below_cost: terms.below_cost,
    };
    // What is refused is said in terms of the options.
    let first = offers.first().map(|(_, listed)| listed);
    let (planned, _) = rules::terms(wish.clone(), first).map_err(|unfit| anyhow!(told(unfit)))?;
    let costs: Vec<_> = offers.iter().map(|(id, row)| row.offer(*id)).collect();
    rules::check_cost(&planned, &costs, wish.below_cost).map_err(|unfit| anyhow!(told(unfit)))?;
    let made = services::create(panel, &super::actor(), wish, &offers).await?;
    let how = if made.offers.is_empty() {
        "manual: nobody is asked to deliver it"
    } else {
        "on sale"
    };
    let (id, terms) = (made.service.id, &made.service.terms);
    anstream::println!(
        "Service {id} ({} at {} USD {}) is {how}.",
        terms.name,
        terms.rate,
        terms.service_type.rate_unit()
    );
    Ok(())
}

/// Why not, in terms of the options.
fn told(unfit: Unfit) -> String {
    match unfit {
        Unfit::Missing(what) => format!("--{what} is needed for a service without --offer"),
        Unfit::NoPrice => "give --rate, or --markup on the provider's cost".to_owned(),
        Unfit::MarkupLeavesNoPrice => "this markup leaves no price".to_owned(),
        Unfit::NothingToOrder { min, max } => {
            format!("the limits {min} to {max} leave nothing to order")
        }
        Unfit::NotSold => "subscriptions are not sold yet".to_owned(),
        Unfit::BelowCost { cost, rate } => format!(
            "a provider charges {cost} USD, above the rate of {rate} USD, both per 1000 or per package; \
             add --below-cost to sell it all the same"
        ),
        Unfit::BadText(_)
        | Unfit::OtherType
        | Unfit::NobodySells
        | Unfit::BadTolerance
        | Unfit::NotCounted
        | Unfit::NotPassable => Refusal::from(unfit).to_string(),
    }
}

async fn change(panel: &Panel, set: SetService) -> Result<()> {
    let price = price(&set.terms)?;
    let counting = counting(panel, &set.terms)?;
    let offers = offered(panel, &set.terms.offers).await?;
    let terms = set.terms;
    let change = ServiceChange {
        name: terms.name,
        category: terms.category,
        description: terms.description,
        price,
        min: terms.min,
        max: terms.max,
        dripfeed: set.dripfeed,
        refill: set.refill,
        refill_days: terms.refill_days,
        cancel: set.cancel,
        family: terms.family,
        rejects_same_link: set.same_link.map(|what| what == SameLink::Reject),
        passed_fields: set.passes.map(|fields| fields.0),
        on_sale: set.state.map(|state| state == State::OnSale),
        offers: (!offers.is_empty()).then_some(offers),
        counting,
        below_cost: terms.below_cost,
    };
    let id = ServiceId(set.service);
    let changed = services::change(panel, &super::actor(), id, change).await;
    let changed = changed.map_err(|no| match no {
        Error::Refused(Refusal::Unknown { what: "service" }) => {
            anyhow!("there is no service {id}")
        }
        other @ (Error::Refused(_) | Error::Failed(_)) => other.into(),
    })?;
    let mut table = Table::new(COLUMNS);
    table.push(row(&changed));
    table.print(ListForm::default(), "");
    Ok(())
}

/// The columns of a list of services; amounts are in USD.
const COLUMNS: [&str; 9] = [
    "service_id",
    "state",
    "rate",
    "cost",
    "rate_unit",
    "min",
    "max",
    "category",
    "name",
];

async fn list(panel: &Panel, form: ListForm) -> Result<()> {
    let mut table = Table::new(COLUMNS);
    let mut after = None;
    loop {
        let page = services::list(&panel.db, &ServiceFilter::default(), after, PIECE).await?;
        page.iter().for_each(|view| table.push(row(view)));
        match page.last() {
            Some(last) => after = Some((last.position, last.service.id.0)),
            None => break,
        }
    }
    table.print(form, "There are no services.");
    Ok(())
}

/// A service under [`COLUMNS`].
fn row(view: &ServiceView) -> [Value; 9] {
    let terms = &view.service.terms;
    let state = match view.pause {
        Some(why) => format!("paused: {why}"),
        None => view.service.state.to_string(),
    };
    let cost = view.offers.iter().find(|offer| !offer.gone);
    [
        json!(view.service.id.0),
        json!(state),
        json!(terms.rate.to_string()),
        json!(cost.map(|offer| offer.cost.to_string())),
        json!(terms.service_type.rate_unit()),
        json!(terms.min),
        json!(terms.max),
        json!(terms.category),
        json!(terms.name),
    ]
}

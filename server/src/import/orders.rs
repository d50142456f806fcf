//! Orders, open and past, with the numbers that customers ask about.

use std::collections::{HashMap, HashSet};

use serde_json::json;

use super::services::MOST;
use super::table::{self, Column, Row};
use super::{Fault, Faulty, Imported, Manner, begin, digest};
use crate::accounts::imported::Here;
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::catalog;
use crate::clock::Time;
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, OrderId, ServiceId};
use crate::money::Money;
use crate::orders::imported::{self, FormerOrder, Known};
use crate::orders::rules::OrderStatus;
use crate::panel::Panel;
use crate::protocol::ServiceType;

/// The highest quantity.
const MOST_UNITS: i64 = 1_000_000_000_000;
/// The longest link, in characters.
const MOST_OF_LINK: usize = 2_048;
/// A time may be so far ahead: of a panel whose times are another zone's.
const AHEAD_MS: i64 = 24 * 60 * 60 * 1_000;

const COLUMNS: &[Column] = &[
    Column::needed("id", &["id", "orderid", "order", "oid"]),
    Column::needed(
        "user",
        &[
            "user", "userid", "uid", "username", "customer", "clientid", "client",
        ],
    ),
    Column::needed("service", &["service", "serviceid", "sid"]),
    Column::needed("link", &["link", "url", "target"]),
    Column::needed("quantity", &["quantity", "qty", "amount"]),
    Column::needed("charge", &["charge", "price", "cost", "total"]),
    Column::optional(
        "start_count",
        &["startcount", "startcounter", "start", "startnumber"],
    ),
    Column::optional("remains", &["remains", "remain", "remaining"]),
    Column::needed("status", &["status", "state", "orderstatus"]),
    Column::needed(
        "date",
        &[
            "date",
            "created",
            "createdat",
            "dateadded",
            "orderdate",
            "time",
        ],
    ),
];

/// What there is here.
struct There {
    accounts: Here,
    services: HashMap<ServiceId, (String, ServiceType)>,
    now: Time,
}

/// Orders that are new, and those that have gone on.
#[derive(Default)]
struct Sorted {
    new: Vec<FormerOrder>,
    changed: Vec<FormerOrder>,
}

pub(super) async fn import(
    panel: &Panel,
    actor: &Actor,
    file: &[u8],
    manner: Manner,
) -> Result<Imported> {
    actor.only_operators()?;
    let mut table = table::read(file, COLUMNS).map_err(|why| Refusal::Conflict { why })?;
    let mut made = Imported::of(&mut table);
    let tx = begin(panel, manner).await?;
    if manner.applies {
        imported::lock_numbers_in_tx(&tx).await?;
    }
    let now = panel.now();
    let there = There {
        accounts: Here::read(&tx).await?,
        services: catalog::imported::names(&tx).await?,
        now,
    };
    let orders = read(table.rows, &there, &mut made);
    let ids: Vec<OrderId> = orders.iter().map(|(_, order)| order.id).collect();
    let sorted = sorted(orders, &imported::known(&tx, &ids).await?, &mut made);
    (made.taken, made.updated) = (sorted.new.len(), sorted.changed.len());
    if !made.may_be_written(manner) {
        tx.rollback().await?;
        return Ok(made.sorted());
    }
    if made.taken + made.updated > 0 {
        imported::write_in_tx(&tx, &sorted.new, &sorted.changed).await?;
        let entry = Entry::new(Deed::OrdersImported, "orders").became(json!({
            "file_sha256": digest(file), "orders": made.taken, "updated": made.updated,
        }));
        audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    }
    fail::fail_point!("C21");
    tx.commit().await?;
    made.is_written = true;
    Ok(made.sorted())
}

fn read(rows: Vec<Row>, there: &There, made: &mut Imported) -> Vec<(u64, FormerOrder)> {
    let (mut seen, mut orders) = (HashSet::new(), Vec::with_capacity(rows.len()));
    for row in rows {
        let order = order(&row, there).and_then(|order| match seen.insert(order.id) {
            true => Ok(order),
            false => Err(format!("the id {} stands in an earlier row", order.id)),
        });
        match order {
            // Whose owner was erased says nothing any more.
            Ok(order) if there.accounts.is_erased(order.account) => made.already += 1,
            Ok(order) => orders.push((row.line, order)),
            Err(why) => made.faults.push(Fault::new(row.line, why)),
        }
    }
    orders
}

/// Tells new orders from those that are here.
fn sorted(
    orders: Vec<(u64, FormerOrder)>,
    known: &HashMap<OrderId, Known>,
    made: &mut Imported,
) -> Sorted {
    let mut sorted = Sorted::default();
    for (line, order) in orders {
        let why = match known.get(&order.id) {
            None => {
                sorted.new.push(order);
                continue;
            }
            Some(Known::Imported(earlier)) if is_same(earlier, &order) => {
                if **earlier == order {
                    made.already += 1;
                } else if earlier.status.is_terminal() {
                    // What has ended is not opened again, nor ended otherwise.
                    made.already += 1;
                    let why = format!("here it is {} already, which stays", earlier.status);
                    made.remarks.push(Fault::new(line, why));
                } else {
                    sorted.changed.push(order);
                }
                continue;
            }
            Some(Known::Imported(_)) => {
                "was imported with another account, service, link or quantity"
            }
            Some(Known::Placed) => "was placed here, by another one",
        };
        made.faults
            .push(Fault::new(line, format!("order {} {why}", order.id)));
    }
    sorted
}

/// Whether two rows are about one order.
fn is_same(one: &FormerOrder, other: &FormerOrder) -> bool {
    one.account == other.account
        && one.service == other.service
        && one.link == other.link
        && one.quantity == other.quantity
}

fn order(row: &Row, there: &There) -> Faulty<FormerOrder> {
    let id = OrderId(row.needed_number("id", 1, MOST)?);
    let service = ServiceId(row.needed_number("service", 1, MOST)?);
    let (_, service_type) = there.services.get(&service).ok_or_else(|| {
        format!("there is no service {service} here: import it first, hidden if it is not sold")
    })?;
    let quantity = row.needed_number("quantity", 1, MOST_UNITS)?;
    let charge = row
        .decimal("charge", Money::parse)?
        .ok_or("charge is empty")?;
    if charge < Money::ZERO {
        return Err(format!("charge is {charge}, below zero"));
    }
    let status = status(row.needed("status")?)?;
    let undelivered = if status == OrderStatus::Completed {
        0
    } else {
        quantity
    };
    let link = row.needed("link")?;
    if link.chars().count() > MOST_OF_LINK || link.contains(char::is_control) {
        return Err(format!(
            "link is longer than {MOST_OF_LINK} characters, or not printable"
        ));
    }
    Ok(FormerOrder {
        id,
        account: account(row, there)?,
        service,
        service_type: *service_type,
        link: link.to_owned(),
        quantity,
        charge,
        start_count: row.number("start_count", 0, i64::MAX)?,
        remains: row.number("remains", 0, quantity)?.unwrap_or(undelivered),
        status,
        created_at: time(row.needed("date")?, there.now)?,
    })
}

fn account(row: &Row, there: &There) -> Faulty<AccountId> {
    let text = row.needed("user")?;
    let found = match text.parse::<i64>() {
        Ok(old_id) => there.accounts.imported(old_id),
        Err(_) => there.accounts.called(text),
    };
    let shown: String = text.chars().take(100).collect();
    found.ok_or_else(|| format!("user is {shown:?}, whom nobody has imported"))
}

fn status(text: &str) -> Faulty<OrderStatus> {
    let plain: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    match plain.to_lowercase().as_str() {
        "pending" | "awaiting" | "queued" => Ok(OrderStatus::Pending),
        "processing" => Ok(OrderStatus::Processing),
        "inprogress" | "active" => Ok(OrderStatus::InProgress),
        "completed" | "complete" | "done" => Ok(OrderStatus::Completed),
        "partial" | "partiallycompleted" => Ok(OrderStatus::Partial),
        "canceled" | "cancelled" | "refunded" => Ok(OrderStatus::Canceled),
        "error" | "fail" | "failed" => Ok(OrderStatus::Failed),
        _ => {
            let shown: String = text.chars().take(100).collect();
            Err(format!(
                "status is {shown:?}, which is none of the panel protocol"
            ))
        }
    }
}

/// A time as exports write it: `2026-11-30 12:00:00`, in UTC where it says nothing else, with a `T` or
/// without, the day alone, or seconds since 1970.
fn time(text: &str, now: Time) -> Faulty<Time> {
    let shown = || -> String { text.chars().take(100).collect() };
    let at = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
        .or_else(|_| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"))
        .or_else(|_| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M"))
        .ok()
        .or_else(|| {
            let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            day.and_hms_opt(0, 0, 0)
        });
    let seconds = || {
        text.parse()
            .ok()
            .filter(|_| text.len() == 10)
            .map(|s: i64| s * 1_000)
    };
    let ms = at
        .map(|at| at.and_utc().timestamp_millis())
        .or_else(seconds)
        .or_else(|| Time::parse(text).map(Time::ms));
    let ms = ms.ok_or_else(|| {
        format!(
            "date is {:?}: not a time such as 2026-11-30 12:00:00, in UTC",
            shown()
        )
    })?;
    if ms < 946_684_800_000 || ms > now.plus_ms(AHEAD_MS).ms() {
        return Err(format!(
            "date is {:?}: before 2000, or not over yet",
            shown()
        ));
    }
    Ok(Time::from_ms(ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_forms_of_exports_and_in_no_other() {
        let now = Time::parse("2026-11-30T12:00:00Z").unwrap();
        let noon = Time::parse("2026-11-29T12:00:00Z").unwrap();
        for text in [
            "2026-11-29 12:00:00",
            "2026-11-29T12:00:00",
            "2026-11-29 12:00",
            "2026-11-29T13:00:00+01:00",
            "1795953600",
        ] {
            assert_eq!(time(text, now), Ok(noon), "{text}");
        }
        assert_eq!(time("2026-11-29", now), Ok(noon.plus_ms(-12 * 3_600_000)));
        for text in [
            "29/11/2026",
            "0000-00-00 00:00:00",
            "2027-01-01",
            "1e9",
            "yesterday",
            "17959",
        ] {
            assert!(time(text, now).is_err(), "{text}");
        }
    }

    #[test]
    fn statuses_are_read_in_the_words_of_panels() {
        for (text, read) in [
            ("In progress", OrderStatus::InProgress),
            ("inprogress", OrderStatus::InProgress),
            ("Cancelled", OrderStatus::Canceled),
            ("COMPLETED", OrderStatus::Completed),
        ] {
            assert_eq!(status(text), Ok(read));
        }
        assert!(status("5").is_err());
    }
}

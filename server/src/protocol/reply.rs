//! From results to the JSON text of an answer. Types are part of the contract: amounts, counts
//! and a single refill's id are strings, ids in lists are numbers, `services` is an array, and an
//! error has the sole key `error`.

use std::fmt::Display;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::{AskedId, OrderWord, RefillWord, ServiceType, sentence};
use crate::money::{Money, Rate};

/// The currency of every amount. Consumers reject a panel that names a crypto-currency, however
/// its wallets were funded.
const CURRENCY: &str = "USD";

/// What `status` tells of one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusLine {
    /// The net charge: consumers see a refund only by this falling.
    pub charge: Money,
    /// The count before delivery; unknown is shown as `0`.
    pub start_count: Option<i64>,
    /// The status word.
    pub status: OrderWord,
    /// Units not delivered; a negative number is shown as `0`.
    pub remains: i64,
}

/// What `services` tells of one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ServiceLine<'a> {
    /// The service's id, a number.
    #[serde(rename = "service")]
    pub id: i64,
    /// The service's name.
    pub name: &'a str,
    /// Its type.
    #[serde(rename = "type", serialize_with = "display")]
    pub service_type: ServiceType,
    /// The price of 1000 units, or of one package.
    #[serde(serialize_with = "display")]
    pub rate: Rate,
    /// The least quantity of an order.
    #[serde(serialize_with = "display")]
    pub min: i64,
    /// The greatest quantity of an order.
    #[serde(serialize_with = "display")]
    pub max: i64,
    /// Whether it is sold in runs.
    pub dripfeed: bool,
    /// Whether it comes with a refill guarantee.
    pub refill: bool,
    /// Whether orders that were sent can be cancelled.
    pub cancel: bool,
    /// The category it is listed under.
    pub category: &'a str,
    /// A longer text, under the name that the most common consuming panel reads.
    #[serde(rename = "desc", skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
}

/// `{"error":"..."}`.
pub fn error(sentence: &str) -> String {
    text(&Refused { error: sentence })
}

/// The answer to `balance`: `{"balance":"100.00","currency":"USD"}`.
pub fn balance(balance: Money) -> String {
    #[derive(Serialize)]
    struct Balance {
        #[serde(serialize_with = "display")]
        balance: Money,
        currency: &'static str,
    }
    text(&Balance {
        balance,
        currency: CURRENCY,
    })
}

/// The answer to `services`: always an array, `[]` for an empty catalogue.
pub fn services(lines: &[ServiceLine<'_>]) -> String {
    text(&lines)
}

/// The answer to `add`: `{"order":23501}`.
pub fn order(id: i64) -> String {
    #[derive(Serialize)]
    struct Order {
        order: i64,
    }
    text(&Order { order: id })
}

/// The answer to `status` of one order.
pub fn status(line: &StatusLine) -> String {
    text(line)
}

/// The answer to `status` of many: an object keyed by the ids as asked, in that order.
pub fn statuses(lines: &[(AskedId, Option<StatusLine>)]) -> String {
    struct Lines<'a>(&'a [(AskedId, Option<StatusLine>)]);
    impl Serialize for Lines<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let known = |line| OrError::new(Option::ok_or(line, sentence::INCORRECT_ORDER_ID));
            serializer.collect_map(self.0.iter().map(|(id, line)| (&id.text, known(*line))))
        }
    }
    text(&Lines(lines))
}

/// The answer to `refill` of one order: `{"refill":"1"}`, a string, unlike in the list.
pub fn refill(id: i64) -> String {
    #[derive(Serialize)]
    struct Refill {
        #[serde(serialize_with = "display")]
        refill: i64,
    }
    text(&Refill { refill: id })
}

/// The answer to `refill` of many:
/// `[{"order":1,"refill":1},{"order":3,"refill":{"error":"..."}}]`.
pub fn refills(lines: &[(AskedId, Result<i64, String>)]) -> String {
    list("order", "refill", lines, |refill| {
        refill.as_ref().copied().map_err(String::as_str)
    })
}

/// The answer to `refill_status` of one refill: `{"status":"Completed"}`.
pub fn refill_status(status: RefillWord) -> String {
    #[derive(Serialize)]
    struct Status {
        status: &'static str,
    }
    text(&Status {
        status: status.word(),
    })
}

/// The answer to `refill_status` of many:
/// `[{"refill":1,"status":"Completed"},{"refill":3,"status":{"error":"Refill not found"}}]`.
pub fn refill_statuses(lines: &[(AskedId, Option<RefillWord>)]) -> String {
    list("refill", "status", lines, |status| {
        status
            .map(RefillWord::word)
            .ok_or(sentence::REFILL_NOT_FOUND)
    })
}

/// The answer to `cancel` of one order: `{"order":9,"cancel":1}` or `{"error":"..."}`. Accepted
/// means asked for, not refunded.
pub fn cancel_one(id: &AskedId, result: &Result<(), String>) -> String {
    match result {
        Ok(()) => text(&Line {
            id: ("order", id),
            value: ("cancel", OrError::Value(1)),
        }),
        Err(sentence) => error(sentence),
    }
}

/// The answer to `cancel` of many:
/// `[{"order":9,"cancel":{"error":"..."}},{"order":2,"cancel":1}]`.
pub fn cancels(lines: &[(AskedId, Result<(), String>)]) -> String {
    list("order", "cancel", lines, |cancel| match cancel {
        Ok(()) => Ok(1),
        Err(sentence) => Err(sentence),
    })
}

fn list<'a, L, T: Serialize>(
    id_name: &'static str,
    value_name: &'static str,
    lines: &'a [(AskedId, L)],
    value: impl Fn(&'a L) -> Result<T, &'a str>,
) -> String {
    let lines: Vec<Line<'a, T>> = lines
        .iter()
        .map(|(id, line)| Line {
            id: (id_name, id),
            value: (value_name, OrError::new(value(line))),
        })
        .collect();
    text(&lines)
}

/// One line of a list: an id and a value, each under its name.
struct Line<'a, T> {
    id: (&'static str, &'a AskedId),
    value: (&'static str, OrError<'a, T>),
}

impl<T: Serialize> Serialize for Line<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        let (name, id) = self.id;
        // An id that was asked as a number is answered as one, also when there is none such.
        match id.id.or_else(|| id.text.parse().ok()) {
            Some(number) => map.serialize_entry::<_, i64>(name, &number)?,
            None => map.serialize_entry(name, &id.text)?,
        }
        map.serialize_entry(self.value.0, &self.value.1)?;
        map.end()
    }
}

/// A value, or the error in its place.
#[derive(Serialize)]
#[serde(untagged)]
enum OrError<'a, T> {
    Value(T),
    Error(Refused<'a>),
}

impl<'a, T> OrError<'a, T> {
    fn new(result: Result<T, &'a str>) -> OrError<'a, T> {
        match result {
            Ok(value) => OrError::Value(value),
            Err(sentence) => OrError::Error(Refused { error: sentence }),
        }
    }
}

#[derive(Serialize)]
struct Refused<'a> {
    error: &'a str,
}

impl Serialize for StatusLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire {
            #[serde(serialize_with = "display")]
            charge: Money,
            #[serde(serialize_with = "display")]
            start_count: i64,
            status: &'static str,
            #[serde(serialize_with = "display")]
            remains: i64,
            currency: &'static str,
        }
        let wire = Wire {
            charge: self.charge,
            start_count: self.start_count.unwrap_or(0),
            status: self.status.word(),
            remains: self.remains.max(0),
            currency: CURRENCY,
        };
        wire.serialize(serializer)
    }
}

fn display<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// JSON text. Structures with text keys always serialise; if one ever did not, the empty text is
/// what every client takes for "no answer", never for a refusal.
fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(text: &str) -> AskedId {
        AskedId::read(text)
    }

    fn line(charge: &str, status: OrderWord, remains: i64) -> StatusLine {
        StatusLine {
            charge: Money::parse(charge).unwrap(),
            start_count: None,
            status,
            remains,
        }
    }

    #[test]
    fn single_answers_have_the_types_that_clients_decode() {
        let hundred = Money::parse("100").unwrap();
        for (body, expected) in [
            (error(sentence::BAD_LINK), r#"{"error":"Bad link"}"#),
            (error("a \"b\"\n\0"), r#"{"error":"a \"b\"\n\u0000"}"#),
            (balance(hundred), r#"{"balance":"100.00","currency":"USD"}"#),
            (order(23501), r#"{"order":23501}"#),
            (refill(1), r#"{"refill":"1"}"#),
            (
                refill_status(RefillWord::InProgress),
                r#"{"status":"In progress"}"#,
            ),
            (cancel_one(&ask("9"), &Ok(())), r#"{"order":9,"cancel":1}"#),
            (
                cancel_one(&ask("9"), &Err(sentence::CANNOT_BE_CANCELED.to_owned())),
                r#"{"error":"The order cannot be canceled"}"#,
            ),
        ] {
            assert_eq!(body, expected);
        }
    }

    #[test]
    fn a_status_is_all_strings() {
        assert_eq!(
            status(&StatusLine {
                start_count: Some(3572),
                ..line("0.27819", OrderWord::Partial, 157)
            }),
            concat!(
                r#"{"charge":"0.27819","start_count":"3572","status":"Partial","#,
                r#""remains":"157","currency":"USD"}"#
            )
        );
        assert_eq!(
            status(&line("0", OrderWord::InProgress, -3)),
            concat!(
                r#"{"charge":"0.00","start_count":"0","status":"In progress","#,
                r#""remains":"0","currency":"USD"}"#
            )
        );
    }

    #[test]
    fn many_statuses_are_an_object_in_the_order_asked() {
        let lines = [
            (ask("10"), Some(line("0.9", OrderWord::Pending, 1000))),
            (ask("x\"y"), None),
            (ask("2"), Some(line("0", OrderWord::Canceled, 5))),
        ];
        assert_eq!(
            statuses(&lines),
            concat!(
                r#"{"10":{"charge":"0.90","start_count":"0","status":"Pending","#,
                r#""remains":"1000","currency":"USD"},"#,
                r#""x\"y":{"error":"Incorrect order ID"},"#,
                r#""2":{"charge":"0.00","start_count":"0","status":"Canceled","#,
                r#""remains":"5","currency":"USD"}}"#
            )
        );
        assert_eq!(statuses(&[]), "{}");
    }

    #[test]
    fn lists_have_numbers_for_ids_and_text_for_what_is_no_number() {
        let unknown = || sentence::INCORRECT_ORDER_ID.to_owned();
        assert_eq!(
            refills(&[
                (ask("1"), Ok(7)),
                (ask("3"), Err(unknown())),
                (ask("abc"), Err(unknown()))
            ]),
            concat!(
                r#"[{"order":1,"refill":7},{"order":3,"refill":{"error":"Incorrect order ID"}},"#,
                r#"{"order":"abc","refill":{"error":"Incorrect order ID"}}]"#
            )
        );
        assert_eq!(
            refill_statuses(&[(ask("1"), Some(RefillWord::Pending)), (ask("0"), None)]),
            concat!(
                r#"[{"refill":1,"status":"Pending"},"#,
                r#"{"refill":0,"status":{"error":"Refill not found"}}]"#
            )
        );
        assert_eq!(
            cancels(&[(ask("9"), Err(unknown())), (ask("2"), Ok(()))]),
            r#"[{"order":9,"cancel":{"error":"Incorrect order ID"}},{"order":2,"cancel":1}]"#
        );
    }

    #[test]
    fn services_is_an_array_with_the_keys_in_their_usual_order() {
        let line = ServiceLine {
            id: 1,
            name: "Followers",
            service_type: ServiceType::Default,
            rate: Rate::parse("0.9").unwrap(),
            min: 50,
            max: 10_000,
            dripfeed: true,
            refill: true,
            cancel: false,
            category: "First Category",
            description: None,
        };
        let row = concat!(
            r#"{"service":1,"name":"Followers","type":"Default","rate":"0.90","min":"50","#,
            r#""max":"10000","dripfeed":true,"refill":true,"cancel":false,"#,
            r#""category":"First Category""#
        );
        assert_eq!(services(&[line]), format!("[{row}}}]"));
        let described = ServiceLine {
            description: Some("Fast"),
            ..line
        };
        assert_eq!(
            services(&[described]),
            format!(r#"[{row},"desc":"Fast"}}]"#)
        );
        assert_eq!(services(&[]), "[]");
    }
}

//! Answers to `status` and `refill_status`.

use std::fmt;

use serde_json::{Map, Value};

use super::per_id::{Line, Subject, bind, failed_request, has_numbers};
use super::{Answer, ProviderSays, Unreadable, has_server_fault_marks, json};
use crate::protocol::{OrderWord, RefillWord, provider_word};

/// What a provider says of one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusReply {
    /// A status line.
    Known {
        /// The status, if its word is known; an unknown word decides nothing.
        word: Option<OrderWord>,
        /// The status as written; empty if the line has none.
        raw_status: String,
        /// What the provider charged, as written.
        charge: Option<String>,
        /// The currency that the line names.
        currency: Option<String>,
        /// The count before delivery, zero or more.
        start_count: Option<i64>,
        /// Units not delivered; negative if more than the order was. Not yet held against the
        /// order's quantity.
        remains: Option<i64>,
    },
    /// An error in place of the line.
    Error(String),
}

/// As it is kept for people to read: `status=... charge=... start_count=... remains=...`, with `-` for
/// what was not said, or `error=...`.
impl fmt::Display for StatusReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (raw_status, charge, start_count, remains) = match self {
            StatusReply::Error(text) => return write!(f, "error={text}"),
            StatusReply::Known {
                raw_status,
                charge,
                start_count,
                remains,
                ..
            } => (raw_status, charge, start_count, remains),
        };
        let number =
            |number: &Option<i64>| number.map_or("-".to_owned(), |number| number.to_string());
        write!(
            f,
            "status={raw_status} charge={} start_count={} remains={}",
            charge.as_deref().unwrap_or("-"),
            number(start_count),
            number(remains)
        )
    }
}

/// What a provider says of one refill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefillStatusReply {
    /// A status.
    Known {
        /// The status, if its word is known; an unknown word decides nothing.
        word: Option<RefillWord>,
        /// The status as written; empty if the line has none.
        raw_status: String,
    },
    /// An error in place of the line.
    Error(String),
}

/// How the answers of one provider are read.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// Whether `id` names the order of a line that has no `order`: some scripts print the number of
    /// their own row there.
    pub id_names_order: bool,
    /// What a person has sorted of the status words that the protocol does not know, by the word as
    /// [`provider_word`] spells it.
    pub sorted: &'a dyn Fn(&str) -> Option<OrderWord>,
    /// Whether a refusal passes, and is not of what was asked: its whole sentence is sorted as one
    /// about our rate, key or funds, or it is a fault of the provider's server.
    pub is_passing: &'a dyn Fn(&ProviderSays) -> bool,
}

impl Reading<'_> {
    /// As the protocol has it, with no word and no sentence sorted.
    pub const PLAIN: Reading<'static> = Reading {
        id_names_order: true,
        sorted: &|_| None,
        is_passing: &|says| has_server_fault_marks(&says.whole()),
    };
}

impl fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Reading");
        shown.field("id_names_order", &self.id_names_order);
        shown.finish_non_exhaustive()
    }
}

/// What an answer says of one id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said<R> {
    /// The id, as it was asked for.
    pub id: String,
    /// Whether its line was keyed by the id.
    pub is_keyed: bool,
    /// What is said.
    pub reply: R,
}

/// Reads the answer to `status`: the asked ids that have a line which says that it is theirs, in
/// the order asked. An id without one is left out, and so is an id that was not asked.
///
/// A refusal of the whole request is an error, except when the only id asked is what is refused.
/// "Anything but HTTP 2xx ends nothing": it has no lines, and errors at most.
pub fn status_replies(
    asked: &[String],
    answer: &Answer<'_>,
    reading: Reading<'_>,
) -> Result<Vec<Said<StatusReply>>, Unreadable> {
    let subject = Subject {
        names: &["order", "orderid", "ordernumber", "orderno"],
        id_names: reading.id_names_order,
        is_line: |line| {
            let mut words = json::members(line, "status");
            let first = words.next();
            json::text(first).is_some()
                && !words.any(|word| Some(word) != first)
                && has_numbers(line)
        },
    };
    let word = |raw: &str| {
        OrderWord::from_provider_word(raw).or_else(|| (reading.sorted)(&provider_word(raw)))
    };
    read_lines(
        asked,
        answer,
        &subject,
        |line, raw_status| StatusReply::Known {
            word: word(&raw_status),
            raw_status,
            charge: json::text(line.get("charge")),
            currency: json::text(line.get("currency")),
            start_count: json::whole(line.get("start_count")).filter(|count| *count >= 0),
            remains: json::whole(line.get("remains")),
        },
        StatusReply::Error,
    )
}

/// Reads the answer to `refill_status`, by the same rules as [`status_replies`]; a refill has a
/// status and nothing else.
pub fn refill_statuses(
    asked: &[String],
    answer: &Answer<'_>,
) -> Result<Vec<Said<RefillStatusReply>>, Unreadable> {
    let subject = Subject {
        names: &["refill", "refillid"],
        id_names: true,
        is_line: |line| line.contains_key("status"),
    };
    read_lines(
        asked,
        answer,
        &subject,
        |_, raw_status| RefillStatusReply::Known {
            word: RefillWord::from_provider_word(&raw_status),
            raw_status,
        },
        RefillStatusReply::Error,
    )
}

/// Reads each line that is an object or a bare error text; others say nothing.
fn read_lines<R>(
    asked: &[String],
    answer: &Answer<'_>,
    subject: &Subject,
    known: impl Fn(&Map<String, Value>, String) -> R,
    error: impl Fn(String) -> R,
) -> Result<Vec<Said<R>>, Unreadable> {
    let lines = bind(asked, &answer.read()?, subject, &|says| {
        names_unknown_id(&says.text)
    })?;
    let is_success = (200..300).contains(&answer.http_status);
    let mut said = Vec::with_capacity(lines.len());
    for Line {
        id,
        is_keyed,
        value,
    } in lines
    {
        let reply = match &value {
            Value::Object(line) => match failed_line(line, is_keyed) {
                Some(text) => Some(error(text)),
                None if is_success => {
                    let raw_status = json::text(line.get("status")).unwrap_or_default();
                    Some(known(line, raw_status))
                }
                None => return Err(Unreadable::Garbled(format!("HTTP {}", answer.http_status))),
            },
            Value::String(_) => json::text(Some(&value)).map(&error),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
        };
        said.extend(reply.map(|reply| Said {
            id,
            is_keyed,
            reply,
        }));
    }
    Ok(said)
}

/// The error that stands in place of a line. A keyed `{"status":"Fail"}` is a line; with a reason
/// and none of an order's numbers beside it, it is a failed request.
fn failed_line(line: &Map<String, Value>, is_keyed: bool) -> Option<String> {
    fail::fail_point!("undo_envelope", |_| None);
    let is_bare_word = line.len() == 1 && line.get("status").is_some_and(Value::is_string);
    failed_request(line).filter(|_| !(is_keyed && is_bare_word))
}

/// True for the sentences that refuse an id, not the request.
pub fn names_unknown_id(text: &str) -> bool {
    let text = text.to_lowercase().replace(['_', '.'], " ");
    [
        "order id",
        "refill id",
        "order not found",
        "refill not found",
    ]
    .iter()
    .any(|part| text.contains(part))
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod two_readings;

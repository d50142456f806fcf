//! What NOWPayments says, read from its tokens. One field is a number here and a text there: ids and
//! amounts are taken in either form, amounts exactly, by their digits.

use rust_decimal::Decimal;

use super::canonical::Json;
use crate::clock::Time;
use crate::gateway::{Callback, CallbackRefused, Payment, PaymentStatus};

/// The longest id, in bytes.
const MAX_ID: usize = 64;

/// The word that some of their documents use for [`PaymentStatus::Canceled`].
const CANCELLED: &str = "cancelled";

/// What a genuine callback tells; it is about something else if it names no payment.
pub(super) fn callback(json: &Json) -> Result<Callback, CallbackRefused> {
    match json.get("payment_id") {
        None | Some(Json::Null) => Ok(Callback::Other),
        Some(_) => match payment(json) {
            Some(payment) => Ok(Callback::Payment(Box::new(payment))),
            None => {
                let why = "payment_id is neither a whole number nor letters and digits".to_owned();
                Err(CallbackRefused::Unreadable(why))
            }
        },
    }
}

/// A payment, if `json` has one.
pub(super) fn payment(json: &Json) -> Option<Payment> {
    let said = text(json, "payment_status")
        .unwrap_or_default()
        .to_lowercase();
    let word = if said == CANCELLED {
        PaymentStatus::Canceled.word()
    } else {
        &said
    };
    let lower = |field| text(json, field).unwrap_or_default().to_lowercase();
    Some(Payment {
        id: id(json, "payment_id")?,
        parent: id(json, "parent_payment_id"),
        // A repeated payment often has none, which is written as a text too.
        order: text(json, "order_id").filter(|order| order != "null"),
        invoice: id(json, "invoice_id"),
        status: PaymentStatus::from_word(word),
        price: amount(json, "price_amount"),
        price_currency: lower("price_currency"),
        pay_amount: amount(json, "pay_amount"),
        pay_currency: lower("pay_currency"),
        actually_paid: amount(json, "actually_paid"),
        actually_paid_fiat: amount(json, "actually_paid_at_fiat"),
        updated_at: time(json, "updated_at"),
        said,
    })
}

/// A text that is not empty. NUL, which PostgreSQL does not store, becomes U+FFFD.
pub(super) fn text(json: &Json, field: &str) -> Option<String> {
    match json.get(field)? {
        Json::Text(text) => {
            let text = text.trim().replace('\0', "\u{fffd}");
            Some(text).filter(|text| !text.is_empty())
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

/// An id, which is a number or a text of letters and digits, since it becomes part of a path. A
/// number counts by its value: `5.8e+9` is `5800000000`.
pub(super) fn id(json: &Json, field: &str) -> Option<String> {
    let id = match json.get(field)? {
        Json::Text(_) => text(json, field).filter(|text| text != "null")?,
        Json::Number(token) => decimal(token)?.normalize().to_string(),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => return None,
    };
    let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_plain && id.len() <= MAX_ID).then_some(id)
}

/// An amount, which is a number or a text, and not below zero.
pub(super) fn amount(json: &Json, field: &str) -> Option<Decimal> {
    let token = match json.get(field)? {
        Json::Number(token) | Json::Text(token) => token.trim(),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => return None,
    };
    decimal(token).filter(|number| !number.is_sign_negative() || number.is_zero())
}

/// A number by its digits; `None` for one that has more of them than can be kept exactly.
fn decimal(token: &str) -> Option<Decimal> {
    let exact = Decimal::from_str_exact(token);
    exact.or_else(|_| Decimal::from_scientific(token)).ok()
}

/// A time in ms since 1970, or in the form of RFC 3339.
fn time(json: &Json, field: &str) -> Option<Time> {
    match json.get(field)? {
        Json::Number(token) => i64::try_from(decimal(token)?).ok().map(Time::from_ms),
        Json::Text(text) => Time::parse(text),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

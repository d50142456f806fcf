//! What the simulated gateway says of a payment, and how it signs it: as the function `sortObject`
//! of the documentation does, whose arrays become objects.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use rust_decimal::Decimal;
use sha2::Sha512;

use super::SimulatedPayment;

/// The header of the signature.
pub(super) const SIGNATURE: &str = "x-nowpayments-sig";

/// A callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBody {
    /// The body.
    pub body: String,
    /// The signature, in hexadecimal digits.
    pub signature: String,
}

impl SignedBody {
    /// Sends it to `url`. Gives the HTTP status; none if there was no answer.
    pub async fn deliver(&self, url: &str) -> Option<u16> {
        let request = reqwest::Client::new()
            .post(url)
            .header("content-type", "application/json")
            .header(SIGNATURE, &self.signature)
            .body(self.body.clone());
        let answer = request.send().await.ok()?;
        Some(answer.status().as_u16())
    }
}

/// How the body of a callback is written. The signature is the same for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// As it is delivered: sorted, without spaces.
    Sorted,
    /// As the documentation shows it: in another order.
    Unsorted,
    /// With spaces and line breaks.
    Spaced,
    /// With small and large numbers as exponents, as other languages write them.
    Exponents,
}

impl Spelling {
    /// All of them.
    pub const ALL: [Spelling; 4] = [
        Spelling::Sorted,
        Spelling::Unsorted,
        Spelling::Spaced,
        Spelling::Exponents,
    ];
}

/// A value, with numbers as they are written.
#[derive(Clone)]
pub(super) enum Said {
    Null,
    Number(String),
    Text(String),
    List(Vec<Said>),
    Object(Vec<(&'static str, Said)>),
}

fn number(number: Decimal) -> Said {
    Said::Number(number.normalize().to_string())
}

fn whole(number: i64) -> Said {
    Said::Number(number.to_string())
}

/// The fields of a payment, in the order of the documentation.
pub(super) fn fields(payment: &SimulatedPayment) -> Vec<(&'static str, Said)> {
    let text = |text: &str| Said::Text(text.to_owned());
    vec![
        ("payment_id", whole(payment.id)),
        (
            "parent_payment_id",
            payment.parent.map_or(Said::Null, whole),
        ),
        (
            "invoice_id",
            if payment.invoice == 0 {
                Said::Null
            } else {
                whole(payment.invoice)
            },
        ),
        ("payment_status", text(&payment.status)),
        ("pay_address", text("simulated-address")),
        ("payin_extra_id", Said::Null),
        ("price_amount", number(payment.price)),
        ("price_currency", text(&payment.price_currency)),
        ("pay_amount", number(payment.pay_amount)),
        ("actually_paid", number(payment.actually_paid)),
        ("actually_paid_at_fiat", number(payment.actually_paid_fiat)),
        ("pay_currency", text(&payment.coin)),
        (
            "order_id",
            if payment.order.is_empty() {
                Said::Null
            } else {
                text(&payment.order)
            },
        ),
        ("order_description", Said::Null),
        ("purchase_id", text("5100000001")),
        ("outcome_amount", number(payment.actually_paid)),
        ("outcome_currency", text(&payment.coin)),
        (
            "payment_extra_ids",
            Said::List(vec![whole(payment.invoice)]),
        ),
        (
            "fee",
            Said::Object(vec![
                ("currency", text("btc")),
                ("depositFee", Said::Number("0.000083".to_owned())),
                ("withdrawalFee", Said::Number("0".to_owned())),
                ("serviceFee", Said::Number("0.09853637216235617".to_owned())),
            ]),
        ),
        ("updated_at", whole(payment.updated_at_ms)),
    ]
}

/// The callback about `payment`.
pub(super) fn signed(payment: &SimulatedPayment, spelling: Spelling, secret: &str) -> SignedBody {
    let mut fields = fields(payment);
    let mut text = String::new();
    write_signed(&Said::Object(fields.clone()), &mut text);
    let signature = match Hmac::<Sha512>::new_from_slice(secret.as_bytes()) {
        Ok(mut mac) => {
            mac.update(text.as_bytes());
            hex::encode(mac.finalize().into_bytes())
        }
        // A key of any length will do.
        Err(_) => String::new(),
    };
    if spelling != Spelling::Unsorted {
        fields.sort_by_key(|(name, _)| *name);
    }
    let mut body = String::new();
    write_spelled(&Said::Object(fields), spelling, &mut body);
    SignedBody { body, signature }
}

fn quoted(text: &str, out: &mut String) {
    // All texts here are plain.
    let _ = write!(out, "\"{text}\"");
}

/// Sorted, numbers as JavaScript writes them, lists as objects.
fn write_signed(said: &Said, out: &mut String) {
    match said {
        Said::Null => out.push_str("null"),
        Said::Text(text) => quoted(text, out),
        Said::Number(digits) => {
            let number = digits.parse().unwrap_or(f64::NAN);
            out.push_str(ryu_js::Buffer::new().format(number));
        }
        Said::List(items) => {
            let members = items.iter().enumerate();
            out.push('{');
            for (at, item) in members {
                if at > 0 {
                    out.push(',');
                }
                let _ = write!(out, "\"{at}\":");
                write_signed(item, out);
            }
            out.push('}');
        }
        Said::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            out.push('{');
            for (at, (name, value)) in members.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                quoted(name, out);
                out.push(':');
                write_signed(value, out);
            }
            out.push('}');
        }
    }
}

/// The body as JSON in one of its spellings, in the order that it has.
pub(super) fn write_spelled(said: &Said, spelling: Spelling, out: &mut String) {
    let space = match spelling {
        Spelling::Spaced => "\n  ",
        Spelling::Sorted | Spelling::Unsorted | Spelling::Exponents => "",
    };
    let separated = |at: usize, out: &mut String| {
        if at > 0 {
            out.push(',');
        }
        out.push_str(space);
    };
    match said {
        Said::Null => out.push_str("null"),
        Said::Text(text) => quoted(text, out),
        Said::Number(digits) if spelling == Spelling::Exponents => out.push_str(&shifted(digits)),
        Said::Number(digits) => out.push_str(digits),
        Said::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                separated(at, out);
                write_spelled(item, spelling, out);
            }
            out.push_str(space);
            out.push(']');
        }
        Said::Object(members) => {
            out.push('{');
            for (at, (name, value)) in members.iter().enumerate() {
                separated(at, out);
                quoted(name, out);
                out.push(':');
                out.push_str(space);
                write_spelled(value, spelling, out);
            }
            out.push_str(space);
            out.push('}');
        }
    }
}

/// The same number with an exponent, such as `83e-6` for `0.000083`.
fn shifted(digits: &str) -> String {
    match digits.split_once('.') {
        Some((whole, fraction)) => {
            let mantissa = format!("{whole}{fraction}");
            let mantissa = mantissa.trim_start_matches('0');
            format!("{mantissa}e-{}", fraction.len())
        }
        None => format!("{digits}.0E+0"),
    }
}

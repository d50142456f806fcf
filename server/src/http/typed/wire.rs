//! The program's own types as they appear in JSON and in its document: money and rates as decimal
//! text, times as RFC 3339, closed words as enumerations.

use std::borrow::Cow;
use std::fmt;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{
    ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type,
};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::code::Code;
use crate::accounts::Scope;
use crate::actor::Role;
use crate::audit::{Deed, ExportFormat};
use crate::catalog::sync::{DifferenceKind, DifferenceState};
use crate::catalog::{Pause, ServicePause, ServiceState};
use crate::clock::Time;
use crate::deposits::rules::{DepositStatus, ReviewReason, ReviewState};
use crate::gateway::GatewayName;
use crate::limits::LimitTier;
use crate::money::{Money, Percent, Rate};
use crate::orders::rules::{DispatchState, OrderStatus, RefundReason};
use crate::protocol::ServiceType;
use crate::refills::automatic::NotFiled;
use crate::refills::rules::{RefillState, RefillStatus};
use crate::suspensions::rules::SuspensionKind;
use crate::wallet::Destination;

/// Puts `$type` on the wire as text: `Display` writes it, `$read` reads it, `$expected` says what would
/// be right, `$refer` names its schema and `$register` describes it.
macro_rules! text {
    ($type:ty, $name:literal, $read:expr, $expected:expr, $refer:expr, $register:expr) => {
        impl Type for $type {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                $name.into()
            }

            fn schema_ref() -> MetaSchemaRef {
                $refer
            }

            fn register(registry: &mut Registry) {
                let register: fn(&mut Registry) = $register;
                register(registry);
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <Cow<'de, str> as serde::Deserialize>::deserialize(from)?;
                let read: fn(&str) -> Option<$type> = $read;
                let unread = || $crate::http::typed::wire::unread::not_read(&text, $expected);
                read(&text).ok_or_else(|| serde::de::Error::custom(unread()))
            }
        }

        impl ToJSON for $type {
            fn to_json(&self) -> Option<Value> {
                Some(self.to_string().into())
            }
        }

        impl ParseFromParameter for $type {
            fn parse_from_parameter(text: &str) -> ParseResult<Self> {
                let read: fn(&str) -> Option<$type> = $read;
                let unread = || $crate::http::typed::wire::unread::not_read(text, $expected);
                read(text).ok_or_else(|| ParseError::custom(unread()))
            }
        }

        impl ParseFromJSON for $type {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                match value {
                    Some(Value::String(text)) => {
                        Self::parse_from_parameter(&text).map_err(ParseError::propagate)
                    }
                    other => Err(ParseError::expected_type(other.unwrap_or_default())),
                }
            }
        }
    };
}

/// Text of a format, described where it is used.
macro_rules! formatted {
    ($type:ty, $name:literal, $format:literal, $example:literal, $pattern:expr, $read:expr) => {
        text!(
            $type,
            $name,
            $read,
            concat!($name, " such as ", $example).to_owned(),
            MetaSchemaRef::Inline(Box::new(MetaSchema {
                example: Some($example.into()),
                pattern: $pattern,
                ..MetaSchema::new_with_format("string", $format)
            })),
            |_| ()
        );
    };
}

/// One of a closed set of words, described once.
macro_rules! words {
    ($type:ty, $name:literal, $description:literal, $all:expr) => {
        text!(
            $type,
            $name,
            // Exactly as it is listed: lenient reading is for the panel protocol.
            |text| <$type>::from_word(text)
                .filter(|value| value.word() == text && $all.any(|listed| listed == value)),
            $crate::http::typed::wire::unread::one_of($all.map(|value| value.word())),
            MetaSchemaRef::Reference($name.to_owned()),
            |registry| registry.create_schema::<$type, _>($name.to_owned(), |_| MetaSchema {
                description: Some($description),
                enum_items: $all.map(|value| value.word().into()).collect(),
                ..MetaSchema::new("string")
            })
        );
    };
}

/// An amount of USD as requests give it: not below zero, and such that every text of its form is
/// one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Amount(pub(in crate::http) Money);

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A percentage as requests give it; `None` is one that no tier may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct GivenPercent(pub(in crate::http) Option<Percent>);

impl fmt::Display for GivenPercent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.unwrap_or_default().fmt(f)
    }
}

/// Whether `text` has up to `whole` digits, and up to `fraction` behind a point.
fn given(text: &str, whole: usize, fraction: usize) -> bool {
    let digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    match text.split_once('.') {
        Some((before, behind)) => digits(before, whole) && digits(behind, fraction),
        None => digits(text, whole),
    }
}

formatted!(
    Money,
    "amount",
    "decimal",
    "0.90",
    Some(r"^-?[0-9]+\.[0-9]{2,9}$".to_owned()),
    |text| Money::parse(text).ok()
);
formatted!(
    Rate,
    "rate",
    "decimal",
    "0.90",
    Some(r"^[0-9]+\.[0-9]{2,6}$".to_owned()),
    |text| Rate::parse(text).ok()
);
formatted!(
    Percent,
    "percent",
    "decimal",
    "-2.50",
    Some(r"^-?[0-9]+\.[0-9]{2}$".to_owned()),
    |text| Percent::parse(text).ok()
);
formatted!(
    Amount,
    "amount",
    "decimal",
    "10.00",
    Some(r"^[0-9]{1,9}(\.[0-9]{1,9})?$".to_owned()),
    |text| given(text, 9, 9)
        .then(|| Money::parse(text).ok().map(Amount))
        .flatten()
);
formatted!(
    GivenPercent,
    "percent",
    "decimal",
    "-2.50",
    Some(r"^-?[0-9]{1,4}(\.[0-9]{1,2})?$".to_owned()),
    |text| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        given(digits, 4, 2).then(|| GivenPercent(Percent::parse(text).ok()))
    }
);
formatted!(
    Time,
    "time",
    "date-time",
    "2026-11-01T00:00:00.000Z",
    None,
    Time::parse
);
words!(
    OrderStatus,
    "OrderStatus",
    "`pending`: placed and charged, no provider has accepted it yet. `processing`: a provider has \
     accepted it. `in_progress`: it is being delivered. Four statuses are final: `completed`: \
     delivered. `partial`: ended with units undelivered, which were refunded unless the refund says \
     otherwise. `canceled`: ended by you, the panel or the provider; refunded in full. `failed`: no \
     provider would start it; refunded in full. `/api/v2` shows `failed` as `Canceled`.",
    OrderStatus::ALL.iter()
);
words!(
    RefundReason,
    "RefundReason",
    "`failed`: no provider started the order, 100 % refunded. `canceled`: it was canceled, 100 % \
     refunded. `partial`: (remains / total_quantity) * charge refunded. `overlapping_order`: withheld, \
     amount 0, because another order of yours was delivered to the same link at the same time. \
     `overlap_lifted`: what was withheld for that was paid, after the panel's staff had lifted the \
     mark. `dispute`: your dispute about the charge was upheld. `ticket`: your ticket about the order \
     was decided so.",
    RefundReason::ALL.iter()
);
words!(
    DispatchState,
    "DispatchState",
    "The state that one run of an order is in. `held`: it waits for a review. `queued`: it waits to be \
     sent. `sending`: it is being sent. `unknown`: it is not known whether the provider took it. \
     `parked`: the same, and only a person can find out. `accepted`: the provider took it. Four states \
     are final: `completed`, `partial`, `canceled`, and `rejected`: no provider would take it.",
    DispatchState::ALL.iter()
);
words!(
    RefillState,
    "RefillState",
    "The state that one provider's share of a refill is in, in the words of `DispatchState`.",
    RefillState::ALL.iter()
);
mod abuse;
mod alerts;
mod asking;
mod claims;
mod phrases;
mod told;
mod unread;

words!(
    Role,
    "Role",
    "`reseller`: a customer. `support`: answers customers, reads, and proposes what moves money. \
     `operator`: runs the panel.",
    Role::ALL.iter()
);
words!(
    LimitTier,
    "LimitTier",
    "How many requests the keys of an account may make: `starter`, `reseller`, as the panel's settings \
     have them, or `unlimited`.",
    LimitTier::ALL.iter()
);
words!(
    Scope,
    "Scope",
    "What a key may be used for. `read`: everything that changes nothing. `order`: placing orders, \
     asking for refills, making deposits, disputing charges and writing tickets. `cancel`: canceling \
     orders. Of keys of staff: `support`: answering customers, and proposing what moves money. \
     `money`: what moves money, and decides orders. `catalogue`: what is sold, at which price, and by \
     whom it is delivered. `accounts`: accounts and cases of abuse.",
    Scope::ALL.iter()
);
words!(
    Destination,
    "RefundDestination",
    "`wallet`: the refund went into your wallet. `forfeited`: your account was suspended when the order \
     ended, so the refund was forfeited; a reinstatement returns it with the rest.",
    Destination::ALL.iter()
);
words!(
    SuspensionKind,
    "SuspensionKind",
    "`ordinary`: an operator can reinstate the account. `chargeback`: permanent.",
    SuspensionKind::ALL.iter()
);
words!(
    ExportFormat,
    "AuditFormat",
    "`csv`: for spreadsheets; a cell that they would take for a formula begins with `'`. `jsonl`: one \
     JSON object a line.",
    ExportFormat::ALL.iter()
);
words!(
    Deed,
    "Deed",
    "The kind of action that an entry of the audit log records.",
    Deed::ALL.iter()
);
words!(
    RefillStatus,
    "RefillStatus",
    "`pending`: requested. `in_progress`: the provider is refilling the order. `completed`: refilled. \
     `rejected`: the provider refused it. `canceled`: it ended without result.",
    RefillStatus::ALL.iter()
);
words!(
    NotFiled,
    "NotFiled",
    "Why the panel requested no refill by itself.",
    NotFiled::ALL.iter()
);
words!(
    ServiceType,
    "ServiceType",
    "Which fields an order needs beside `service_id` and `link`, and how it is priced. Every type needs \
     `quantity` but these: `Custom Comments` and `Comment Replies` count `comments`, \
     `Mentions Custom List` counts `usernames`, and `Package` and `Custom Comments Package` are one \
     package at a flat price.",
    // Subscriptions are not sold, so no service and no order is of that type.
    ServiceType::ALL
        .iter()
        .filter(|known| **known != ServiceType::Subscriptions)
);
words!(
    ServiceState,
    "ServiceState",
    "`on_sale`: the service is listed and can be ordered. `hidden`: an operator took it off the list. \
     `paused`: the panel did, because it could not be sold as it was. In every state the orders that it \
     has go on.",
    ServiceState::ALL.iter()
);
words!(
    ServicePause,
    "ServicePause",
    "`gone`: none of its providers sells it any more. `below_cost`: it would be sold for less than \
     it costs. `cost_jump`: its cost rose by more than a fifth at once. `limits`: no quantity is \
     left that the service and its provider both take. `review`: a case of abuse is about it, and waits \
     for a person.",
    ServicePause::ALL.iter()
);
words!(
    Pause,
    "ProviderPause",
    "`trouble`: it refuses our account, and rests for a while. `circuit_open`: too many of its \
     answers left open what became of an order; it is asked for its balance until it answers. \
     `operator`: an operator paused it, until an operator resumes it.",
    Pause::ALL.iter()
);
words!(
    DifferenceKind,
    "DifferenceKind",
    "`dearer`, `cheaper`: what the service costs; applied, its rate follows by its markup. \
     `below_cost`: the same, and it costs more than it is sold for. `gone`: the provider does not \
     sell it any more, or as another type; applied, nothing but that somebody has seen it. \
     `returned`: it can be sold again; applied, it is. `limits`: the quantities; narrower ones hold \
     at once, wider ones when they are applied. `renamed`: applied, the service is called the same.",
    DifferenceKind::ALL.iter()
);
words!(
    DifferenceState,
    "DifferenceState",
    "`open`: nobody has decided it. `applied`: the service follows it. `dismissed`: the service \
     stays as it is. `superseded`: a later one took its place, or the provider took it back.",
    DifferenceState::ALL.iter()
);
words!(
    GatewayName,
    "GatewayName",
    "`nowpayments`: it is paid in a cryptocurrency. `manual`: it is paid in another way, and the \
     panel's staff record it.",
    GatewayName::ALL.iter()
);
words!(
    DepositStatus,
    "DepositStatus",
    "`waiting`: nothing has arrived. `confirming`: a payment was seen, and is not final. `in_review`: \
     something arrived that the panel's staff have to review. `credited`: it is in the wallet. \
     `expired`: nothing arrived in time; what arrives later is credited all the same. `failed`: the \
     gateway gave up, or the panel's staff credited nothing of what arrived. `returned`: the gateway \
     sent the money back after it was credited.",
    DepositStatus::ALL.iter()
);
words!(
    ReviewReason,
    "DepositReviewReason",
    "`underpaid`: less arrived than was asked for, and not so much of it that it is credited without \
     a person, or more. `overpaid`: more arrived; what was asked for is credited. `repeated`: it \
     repeats another payment, or came in another coin than that. `wrong_coin`: another coin than the \
     deposit names. `mismatch`: another invoice, price or currency than the deposit has. \
     `unknown_status`: a status that nobody knows. `unreadable`: paid, and it is not said how much. \
     `returned`: sent back by the gateway after it was credited. `unknown_deposit`: it names no \
     deposit of this panel. `not_at_gateway`: a callback told of it, and the gateway knows nothing.",
    ReviewReason::ALL.iter()
);
words!(
    ReviewState,
    "DepositReviewState",
    "`open`: nobody has reviewed it. `held`: somebody has, and waits. `credited`, `rejected`: decided. \
     `settled`: the gateway reported more, and nothing is left to decide.",
    ReviewState::ALL.iter()
);
words!(
    Code,
    "ErrorCode",
    "What was wrong. The list is closed: a code is never given another meaning.",
    Code::ALL.iter()
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_times_are_text() {
        let json = serde_json::to_string(&(Money::from_nano(1), Time::from_ms(0))).unwrap();
        assert_eq!(json, r#"["0.000000001","1970-01-01T00:00:00.000Z"]"#);
    }

    #[test]
    fn every_error_code_is_explained_with_its_status() {
        for code in Code::ALL {
            assert!(code.status().as_u16() >= 400, "{code}");
            assert!(!code.meaning().is_empty(), "{code}");
        }
    }
}

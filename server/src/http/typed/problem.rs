//! The one error schema of the typed API: every answer that is not a success has it, whichever
//! operation it comes from and however early it was refused.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use poem::{IntoResponse, Response};
use poem_openapi::payload::{Json, Payload};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, Object};
use serde::Serialize;

use super::code::Code;
use crate::clock::Time;
use crate::error::{Error, Failure, Refusal};
use crate::limits::Denied;
use crate::money::Money;
use crate::orders::rules::OrderStatus;

/// The numbers and names that explain an error; those that its code does not name are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Object, Serialize)]
#[serde(default)]
pub(crate) struct ErrorDetails {
    /// The name of the field, parameter or header that was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    /// What would be right, such as the form of the field or the scope that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expected: Option<String>,
    /// The smallest number that is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<i64>,
    /// The largest number that is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max: Option<i64>,
    /// The smallest amount that is allowed, in USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_amount: Option<Money>,
    /// The largest amount that is allowed, in USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_amount: Option<Money>,
    /// What the order would cost, in USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) charge: Option<Money>,
    /// What the wallet has, in USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) balance: Option<Money>,
    /// The most that may be spent on one day (UTC), in USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cap: Option<Money>,
    /// What was spent under the cap today (UTC), in USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) spent: Option<Money>,
    /// How many seconds to wait before the request is sent again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after_seconds: Option<i64>,
    /// The status that the order has now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<OrderStatus>,
    /// When the order was charged, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) charged_at: Option<Time>,
    /// The number of the dispute that is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dispute_id: Option<i64>,
    /// From when on the request can be accepted, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) available_from: Option<Time>,
    /// Until when the request can, or could, be made, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) available_until: Option<Time>,
    /// How many days are left until `available_until`, begun days included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) days_left: Option<i64>,
}

/// The body that every answer has which is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Object, Serialize)]
#[oai(rename = "Error")]
pub(crate) struct ErrorBody {
    /// What was wrong, for programs: one code of a closed list.
    code: Code,
    /// What was wrong, for people; the wording may change.
    message: String,
    /// The number that the panel gave the request; its log and the header `x-request-id` have it too.
    request_id: String,
    /// What explains the error, in numbers and names.
    details: ErrorDetails,
}

/// An error on its way out: what is known before the request's number is added at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    message: String,
    details: Box<ErrorDetails>,
    /// After how many seconds to ask again, where it is certain that nothing was done.
    pub(crate) retry_after_s: Option<u64>,
    /// The limit that was gone beyond, which headers tell as well.
    pub(crate) denied: Option<Denied>,
}

impl Problem {
    /// An error that says what its code means.
    pub(crate) fn new(code: Code) -> Problem {
        Problem::saying(code, code.meaning().to_owned(), ErrorDetails::default())
    }

    /// A malformed `field`; `message` says what is wrong with it.
    pub(crate) fn invalid(field: &str, message: String) -> Problem {
        let details = ErrorDetails {
            field: (!field.is_empty()).then(|| field.to_owned()),
            ..ErrorDetails::default()
        };
        Problem::saying(Code::RequestInvalid, message, details)
    }

    /// A body of more than `max` bytes.
    pub(crate) fn too_large(max: usize) -> Problem {
        let details = ErrorDetails {
            max: i64::try_from(max).ok(),
            ..ErrorDetails::default()
        };
        let message = format!("the body has more than {max} bytes");
        Problem::saying(Code::BodyTooLarge, message, details)
    }

    /// Whether the request came with a key that is nobody's.
    pub(crate) fn is_wrong_key(&self) -> bool {
        self.code == Code::KeyInvalid
    }

    /// What is said where it is no answer of its own.
    pub(crate) fn into_parts(self) -> (Code, String, ErrorDetails) {
        (self.code, self.message, *self.details)
    }

    fn saying(code: Code, message: String, details: ErrorDetails) -> Problem {
        Problem {
            code,
            message,
            details: Box::new(details),
            retry_after_s: None,
            denied: None,
        }
    }

    /// The body, for the request of this number.
    pub(crate) fn body(self, request_id: &str) -> ErrorBody {
        ErrorBody {
            code: self.code,
            message: self.message,
            request_id: request_id.to_owned(),
            details: *self.details,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let message = refusal.to_string();
        let mut details = ErrorDetails::default();
        let mut retry_after = None;
        let code = match refusal {
            Refusal::KeyInvalid | Refusal::KeyMissing => Code::KeyInvalid,
            Refusal::Suspended => Code::AccountSuspended,
            Refusal::KeyBlocked => Code::KeyBlocked,
            Refusal::Forbidden => Code::Forbidden,
            Refusal::ScopeMissing { scope } => {
                details.expected = Some(scope.word().to_owned());
                Code::ScopeMissing
            }
            Refusal::AddressNotAllowed => Code::AddressNotAllowed,
            Refusal::SessionNeeded => Code::SessionNeeded,
            Refusal::ConfirmationNeeded => Code::ConfirmationNeeded,
            Refusal::AboveKeyLimit { limit, .. } => {
                details.max_amount = limit;
                Code::AboveKeyLimit
            }
            Refusal::SignInFailed => Code::SignInFailed,
            Refusal::TotpRequired => Code::TotpRequired,
            Refusal::TooManyAttempts { retry_after_s }
            | Refusal::TooManyCodes { retry_after_s } => {
                details.retry_after_seconds = i64::try_from(retry_after_s).ok();
                retry_after = Some(retry_after_s);
                Code::TooManyAttempts
            }
            Refusal::SignUpClosed => Code::SignUpClosed,
            Refusal::SpendCapReached {
                whose: _,
                cap,
                spent,
                charge,
                from,
            } => {
                details.charge = Some(charge);
                details.cap = Some(cap);
                details.spent = Some(spent);
                details.available_from = Some(from);
                Code::SpendCapReached
            }
            Refusal::Unknown { what } => {
                details.field = Some(what.to_owned());
                Code::ObjectUnknown
            }
            Refusal::Taken { .. } => Code::NameTaken,
            Refusal::Conflict { .. } => Code::StateConflict,
            Refusal::DepositsClosed => Code::DepositsClosed,
            Refusal::GatewayUnavailable => {
                retry_after = Some(60);
                Code::GatewayUnavailable
            }
            Refusal::AmountBelowMin { min } => {
                details.min_amount = Some(min);
                Code::AmountBelowMin
            }
            Refusal::ServiceUnknown => Code::ServiceUnknown,
            Refusal::LinkBad => Code::LinkBad,
            Refusal::FieldMissing { field } => {
                details.field = Some(field.to_owned());
                Code::FieldMissing
            }
            Refusal::FieldInvalid { field, expected } => {
                details.field = Some(field.to_owned());
                details.expected = Some(expected.to_owned());
                Code::FieldInvalid
            }
            Refusal::QuantityBelowMin { min } => {
                details.min = Some(min);
                Code::QuantityBelowMin
            }
            Refusal::QuantityAboveMax { max } => {
                details.max = Some(max);
                Code::QuantityAboveMax
            }
            Refusal::ChargeOutOfRange => Code::ChargeOutOfRange,
            Refusal::DripfeedDisabled => Code::DripfeedDisabled,
            Refusal::DripfeedIncomplete => Code::DripfeedInvalid,
            Refusal::FieldNotPassedOn { field } => {
                details.field = Some(field.to_owned());
                Code::FieldInvalid
            }
            Refusal::ActiveOrderOnLink => Code::ActiveOrderOnLink,
            Refusal::NotEnoughFunds { charge, balance } => {
                details.charge = Some(charge);
                details.balance = Some(balance);
                Code::NotEnoughFunds
            }
            Refusal::RequestIdInvalid => {
                details.field = Some("idempotency_key".to_owned());
                details.expected = Some("1 to 64 printable characters".to_owned());
                Code::FieldInvalid
            }
            Refusal::RequestIdReused => Code::IdempotencyKeyReused,
            Refusal::OrderUnknown => Code::OrderUnknown,
            Refusal::RefillUnknown => Code::RefillUnknown,
            Refusal::RefillDisabled => Code::RefillDisabled,
            Refusal::NotCompleted { status } => {
                details.status = Some(status);
                Code::OrderNotCompleted
            }
            Refusal::RefillTooSoon {
                from,
                until,
                days_left,
            } => {
                details.available_from = Some(from);
                details.available_until = until;
                details.days_left = days_left;
                Code::RefillTooSoon
            }
            Refusal::RefillPeriodOver { until } => {
                details.available_until = Some(until);
                Code::RefillPeriodOver
            }
            Refusal::OrderOverlapping => Code::OrderOverlapping,
            Refusal::DisputePeriodOver { charged_at, until } => {
                details.charged_at = Some(charged_at);
                details.available_until = Some(until);
                Code::DisputePeriodOver
            }
            Refusal::DisputeOpen { dispute } => {
                details.dispute_id = Some(dispute.0);
                Code::DisputeOpen
            }
            Refusal::AmountAboveLeft { left } => {
                details.max_amount = Some(left);
                Code::AmountAboveLeft
            }
            Refusal::CancelDisabled => Code::CancelDisabled,
            Refusal::NotCancelable { status } => {
                details.status = Some(status);
                Code::OrderNotCancelable
            }
        };
        Problem {
            retry_after_s: retry_after,
            ..Problem::saying(code, message, details)
        }
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Problem {
        let code = match denied {
            Denied::Limited { .. } | Denied::Blocked { .. } | Denied::Waiting { .. } => {
                Code::RateLimited
            }
            Denied::Busy | Denied::NoRoom => Code::Unavailable,
            Denied::TooSlow { .. } => Code::BodyTooSlow,
        };
        let seconds = denied.retry_after_s();
        let details = ErrorDetails {
            retry_after_seconds: i64::try_from(seconds).ok(),
            ..ErrorDetails::default()
        };
        Problem {
            retry_after_s: Some(seconds),
            denied: Some(denied.clone()),
            ..Problem::saying(code, denied.to_string(), details)
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let fault = match error {
            Error::Refused(refusal) => return refusal.into(),
            Error::Failed(fault) => fault,
        };
        tracing::error!(face = "v3", error = %fault, "a request cannot be answered");
        match fault {
            Failure::Overloaded { .. } => Problem {
                retry_after_s: Some(1),
                ..Problem::new(Code::Unavailable)
            },
            Failure::Database(_)
            | Failure::Transaction(_)
            | Failure::Undone(_)
            | Failure::Stopped
            | Failure::LinkRules { .. } => Problem::new(Code::Unavailable),
            Failure::Stored(_)
            | Failure::Arithmetic(_)
            | Failure::Listen { .. }
            | Failure::Secrets(_) => Problem::new(Code::Internal),
        }
    }
}

/// The status and the problem; the edge writes the body, which needs the request's number.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        poem::Error::from(self).into_response()
    }
}

impl From<Problem> for poem::Error {
    fn from(problem: Problem) -> poem::Error {
        let mut error = poem::Error::from_status(problem.code.status());
        error.set_data(problem);
        error
    }
}

/// Which codes an operation can answer with, beside those of [`ALWAYS`].
pub(crate) trait Refusals: Send + Sync + 'static {
    /// The codes.
    const CODES: &'static [Code];
}

/// What any operation can answer with.
const ALWAYS: &[Code] = &[
    Code::RequestInvalid,
    Code::KeyInvalid,
    Code::AccountSuspended,
    Code::KeyBlocked,
    Code::Forbidden,
    Code::ScopeMissing,
    Code::AddressNotAllowed,
    Code::RateLimited,
    Code::Internal,
    Code::Unavailable,
];

/// The error of an operation whose codes are `R`'s.
#[derive(Debug)]
pub(crate) struct Fault<R>(Problem, PhantomData<R>);

impl<R, E: Into<Problem>> From<E> for Fault<R> {
    fn from(error: E) -> Fault<R> {
        Fault(error.into(), PhantomData)
    }
}

impl<R: Refusals> From<Fault<R>> for poem::Error {
    fn from(fault: Fault<R>) -> poem::Error {
        debug_assert!(
            ALWAYS.contains(&fault.0.code) || R::CODES.contains(&fault.0.code),
            "{} is not documented for its operation",
            fault.0.code
        );
        fault.0.into()
    }
}

/// The document: one response per status, with a paragraph for each code that comes with it.
impl<R: Refusals> ApiResponse for Fault<R> {
    fn meta() -> MetaResponses {
        let mut texts: BTreeMap<u16, String> = BTreeMap::new();
        let own = R::CODES.iter().filter(|code| !ALWAYS.contains(code));
        for &code in ALWAYS.iter().chain(own) {
            let text = texts.entry(code.status().as_u16()).or_default();
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(&format!("`{code}`: {}.", code.meaning()));
        }
        let responses = texts.into_iter().map(|(status, text)| MetaResponse {
            // The document is written once per process, and wants text that lives as long.
            description: Box::leak(text.into_boxed_str()),
            status: Some(status),
            status_range: None,
            content: vec![MetaMediaType {
                content_type: "application/json",
                schema: ErrorBody::schema_ref(),
            }],
            headers: Vec::new(),
        });
        MetaResponses {
            responses: responses.collect(),
        }
    }

    fn register(registry: &mut Registry) {
        <Json<ErrorBody> as Payload>::register(registry);
    }
}

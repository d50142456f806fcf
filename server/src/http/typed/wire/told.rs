//! The words of what customers are told about their orders.

use super::{
    Cow, MetaSchema, MetaSchemaRef, ParseError, ParseFromJSON, ParseFromParameter, ParseResult,
    Registry, Serialize, Serializer, ToJSON, Type, Value,
};
use crate::orders::told::{Cause, Eligibility};

words!(
    Cause,
    "Cause",
    "Why an order has a status. `placed`: you placed it. `accepted`: a provider took it. `reported`: \
     the provider reported the state of its delivery. `refused`: no provider would take it. \
     `not_taken_in_time`: no provider took it in time. `canceled_by_customer`: you canceled it. \
     `decided_by_operator`: the panel's staff decided it. `account_suspended`: your account was \
     suspended, and what was not sent is not sent any more. `imported`: it was placed in the panel that \
     was used before this one.",
    Cause::ALL.iter()
);
words!(
    Eligibility,
    "RefundEligibilityReason",
    "`open`: the order has not ended; what it does not deliver is refunded when it ends. \
     `open_overlapping`: the same, but the order shares its link with another active order of yours, so \
     a partial refund may be withheld. `completed`: final, no refund. `refunded_whole`: the whole \
     charge was refunded. `refunded_remains`: what was not delivered was refunded. `overlapping_order`: \
     the partial refund was withheld. `imported`: it was placed in the panel that was used before this \
     one, and is kept to be read.",
    Eligibility::ALL.iter()
);

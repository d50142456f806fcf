//! The words of what customers dispute and ask.

use super::{
    Cow, MetaSchema, MetaSchemaRef, ParseError, ParseFromJSON, ParseFromParameter, ParseResult,
    Registry, Serialize, Serializer, ToJSON, Type, Value,
};
use crate::disputes::rules::{DisputeReason, DisputeState};
use crate::tickets::rules::{TicketOutcome, TicketState};

words!(
    DisputeReason,
    "DisputeReason",
    "`wrong_charge`: the charge is not what it should have been. `not_delivered`: what was charged was \
     not delivered. `other`: something else, which the description says.",
    DisputeReason::ALL.iter()
);
words!(
    DisputeState,
    "DisputeState",
    "`open`: it was not decided yet. Two states are final: `upheld`: an amount was refunded. \
     `rejected`: nothing was refunded.",
    DisputeState::ALL.iter()
);
words!(
    TicketState,
    "TicketState",
    "`open`: it waits for staff. `answered`: staff wrote last. `closed`: it was decided, which is \
     final.",
    TicketState::ALL.iter()
);
words!(
    TicketOutcome,
    "TicketOutcome",
    "`refund`: an amount is refunded. `refill`: what dropped is refilled. `correction`: what was wrong \
     was put right, as the reason says. `declined`: nothing is done.",
    TicketOutcome::ALL.iter()
);

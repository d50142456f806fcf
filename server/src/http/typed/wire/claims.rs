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
    "What a dispute is about. `wrong_charge`: the charge is not what it should have been. \
     `not_delivered`: what was charged was not delivered. `other`: something else, which the \
     description says.",
    DisputeReason::ALL.iter()
);
words!(
    DisputeState,
    "DisputeState",
    "`open`: nobody has decided it. Then one of two ends, each final: `upheld`: an amount went back. \
     `rejected`: nothing went back.",
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
    "What was decided. `refund`: an amount went back. `refill`: what dropped is topped up. \
     `correction`: what was wrong was put right, as the reason says. `declined`: nothing is done.",
    TicketOutcome::ALL.iter()
);

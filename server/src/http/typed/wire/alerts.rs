//! The words of alerts.

use super::{
    Cow, MetaSchema, MetaSchemaRef, ParseError, ParseFromJSON, ParseFromParameter, ParseResult,
    Registry, Serialize, Serializer, ToJSON, Type, Value,
};
use crate::alerts::{AlertKind, AlertState};

words!(
    AlertKind,
    "AlertKind",
    "What an alert is about, such as `parked`: it is not known whether a provider took an order.",
    AlertKind::ALL.iter()
);
words!(
    AlertState,
    "AlertState",
    "`open`: nobody has acknowledged it. `acknowledged`: somebody of the staff has, and its cause \
     lasts. `ended`: its cause is over, or it was acknowledged and nothing lasts.",
    AlertState::ALL.iter()
);

//! The words of alerts.

use super::{
    Cow, MetaSchema, MetaSchemaRef, ParseError, ParseFromJSON, ParseFromParameter, ParseResult,
    Registry, Serialize, Serializer, ToJSON, Type, Value,
};
use crate::alerts::{AlertKind, AlertState};

words!(
    AlertKind,
    "AlertKind",
    "What an alert is about, such as `parked`: an order of which nobody knows whether a provider took it.",
    AlertKind::ALL.iter()
);
words!(
    AlertState,
    "AlertState",
    "`open`: nobody has looked at it. `acknowledged`: somebody of the staff has, and what it is about \
     lasts. `ended`: that is over, or it was acknowledged and nothing lasts.",
    AlertState::ALL.iter()
);

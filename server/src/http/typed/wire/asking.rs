//! How providers are asked about what they accepted.

use super::{
    Cow, MetaSchema, MetaSchemaRef, ParseError, ParseFromJSON, ParseFromParameter, ParseResult,
    Registry, Serialize, Serializer, ToJSON, Type, Value,
};
use crate::catalog::asking::{AskedAction, Many, OneId};

words!(
    AskedAction,
    "AskedAction",
    "A question to a provider about several things that it accepted. `status`: how orders are. \
     `refill_status`: how refills are. `cancel`: to cancel orders.",
    AskedAction::ALL.iter()
);
words!(
    Many,
    "ListsAnswered",
    "`works`: a list of several ids is answered. `refused`: it is refused, or its lines do not say \
     which order each is about; ids are asked about one by one.",
    Many::ALL.iter()
);
words!(
    OneId,
    "OneIdField",
    "The field that one id goes in. `plural`: the list's, such as `orders=7`. `singular`: its own, such \
     as `order=7`.",
    OneId::ALL.iter()
);

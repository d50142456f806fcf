//! How providers are asked about what they accepted.

use super::{
    Cow, MetaSchema, MetaSchemaRef, ParseError, ParseFromJSON, ParseFromParameter, ParseResult,
    Registry, Serialize, Serializer, ToJSON, Type, Value,
};
use crate::catalog::asking::{AskedAction, Many, OneId};

words!(
    AskedAction,
    "AskedAction",
    "A request to a provider about several things that it accepted. `status`: it reads the status of \
     orders. `refill_status`: it reads the status of refills. `cancel`: it cancels orders.",
    AskedAction::ALL.iter()
);
words!(
    Many,
    "ListsAnswered",
    "`works`: a list of several ids is answered. `refused`: it is refused, or its lines do not say \
     which order each is about; each id is requested on its own.",
    Many::ALL.iter()
);
words!(
    OneId,
    "OneIdField",
    "The field that one id is sent in. `plural`: that of the list, such as `orders=7`. `singular`: its \
     own, such as `order=7`.",
    OneId::ALL.iter()
);

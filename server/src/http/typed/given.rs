//! Amounts and times in bodies: text that the document can only describe in part, so that the rest
//! is refused by a rule, with the field's name.

use std::borrow::Cow;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::clock::Time;
use crate::error::Refusal;
use crate::money::Money;

/// Text of `$format`, which `$of` reads.
macro_rules! given {
    ($(#[$meta:meta])* $name:ident, $format:literal, $example:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub(in crate::http) struct $name(pub(in crate::http) String);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<$name, D::Error> {
                String::deserialize(from).map($name)
            }
        }

        impl Type for $name {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                $format.into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Inline(Box::new(MetaSchema {
                    example: Some($example.into()),
                    ..MetaSchema::new_with_format("string", $format)
                }))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }

        impl ParseFromJSON for $name {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                match value {
                    Some(Value::String(text)) => Ok($name(text)),
                    other => Err(ParseError::expected_type(other.unwrap_or_default())),
                }
            }
        }

        impl ToJSON for $name {
            fn to_json(&self) -> Option<Value> {
                Some(self.0.clone().into())
            }
        }
    };
}

given!(
    /// An amount in USD.
    GivenAmount,
    "decimal",
    "250.00"
);
given!(
    /// A time.
    GivenTime,
    "date-time",
    "2026-12-31T00:00:00Z"
);

impl GivenAmount {
    /// The amount. Refused: [`Refusal::FieldInvalid`] of `field`.
    pub(in crate::http) fn money(&self, field: &'static str) -> Result<Money, Refusal> {
        Money::parse(&self.0).map_err(|_| Refusal::FieldInvalid {
            field,
            expected: "an amount in USD with at most nine decimals",
        })
    }
}

impl GivenTime {
    /// The time. Refused: [`Refusal::FieldInvalid`] of `field`.
    pub(in crate::http) fn time(&self, field: &'static str) -> Result<Time, Refusal> {
        Time::parse(&self.0).ok_or(Refusal::FieldInvalid {
            field,
            expected: "a time such as 2026-11-01T00:00:00Z",
        })
    }
}

//! How a provider speaks, as data: what its prices are for, the word for its currency, its words for
//! types. An operator sets it; nothing of it is guessed. Pure.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Exchange;
use super::asking::{AskedAction, WayToAsk};
use crate::error::Refusal;
use crate::protocol::ServiceType;
use crate::protocol::upstream::{PricePer, RowReading, is_column};

/// The longest word for a currency, in characters.
const MAX_CURRENCY_WORD: usize = 16;
/// The most words for types that one provider may have.
const MAX_TYPES: usize = 200;

/// What a provider's balance calls its currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum CurrencyWord {
    /// By its code, such as `USD`.
    #[default]
    Code,
    /// Not at all.
    Unnamed,
    /// By this word, such as `USDT` or `R$`.
    Word(String),
}

impl CurrencyWord {
    /// What operators write for a balance that names no currency.
    pub const UNNAMED: &'static str = "none";

    /// Reads what operators write: `none`, or the word.
    pub fn parse(text: &str) -> Result<CurrencyWord, Refusal> {
        let word = text.trim();
        let length = word.chars().count();
        if length == 0 || length > MAX_CURRENCY_WORD || word.contains(char::is_control) {
            return Err(Refusal::FieldInvalid {
                field: "currency_word",
                expected: "1 to 16 printable characters, such as USDT or R$, or none",
            });
        }
        Ok(match word {
            CurrencyWord::UNNAMED => CurrencyWord::Unnamed,
            word => CurrencyWord::Word(word.to_owned()),
        })
    }

    pub(super) fn of_stored(stored: Option<String>) -> CurrencyWord {
        match stored {
            None => CurrencyWord::Code,
            Some(word) if word.is_empty() => CurrencyWord::Unnamed,
            Some(word) => CurrencyWord::Word(word),
        }
    }

    pub(super) fn stored(&self) -> Option<String> {
        match self {
            CurrencyWord::Code => None,
            CurrencyWord::Unnamed => Some(String::new()),
            CurrencyWord::Word(word) => Some(word.clone()),
        }
    }

    /// As operators read it.
    pub fn shown(&self, exchange: &Exchange) -> String {
        match self {
            CurrencyWord::Code => exchange.currency.clone(),
            CurrencyWord::Unnamed => CurrencyWord::UNNAMED.to_owned(),
            CurrencyWord::Word(word) => word.clone(),
        }
    }
}

/// How a provider speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialect {
    /// How the rows of its catalogue are read.
    pub rows: RowReading,
    /// What its balance calls its currency.
    pub currency_word: CurrencyWord,
    /// Whether `id` in a line of a status names the order, where nothing else does. Some print the
    /// number of their own row there.
    pub id_names_order: bool,
    /// Whether it decodes what it is sent twice.
    pub decodes_twice: bool,
    /// Whether the charges that it reports are compared with what was quoted, and few orders are
    /// under way at an offer until the first one is known.
    pub compares_charges: bool,
}

impl Default for Dialect {
    fn default() -> Dialect {
        Dialect {
            rows: RowReading::default(),
            currency_word: CurrencyWord::default(),
            id_names_order: true,
            decodes_twice: false,
            compares_charges: true,
        }
    }
}

impl Dialect {
    /// Whether an amount that names its currency by `named`, or by nothing, is in the provider's own.
    pub fn is_own_currency(&self, exchange: &Exchange, named: &str) -> bool {
        let is = |word: &str| named.to_uppercase() == word.to_uppercase();
        let by_word = match &self.currency_word {
            CurrencyWord::Word(word) => is(word),
            CurrencyWord::Code | CurrencyWord::Unnamed => false,
        };
        by_word || is(&exchange.currency) || (named == "$" && *exchange == Exchange::usd())
    }

    /// Whether a balance that names its currency so, or names none, is what was configured.
    pub(crate) fn is_balance(&self, exchange: &Exchange, named: &str) -> bool {
        match named {
            "" => self.currency_word == CurrencyWord::Unnamed,
            named => self.is_own_currency(exchange, named),
        }
    }

    /// The dialect after a change.
    pub(super) fn changed(mut self, change: DialectChange) -> Result<Dialect, Refusal> {
        if let Some(per) = change.price_per {
            self.rows.price_per = per;
        }
        if let Some(column) = change.price_column {
            if !is_column(&column) {
                return Err(Refusal::FieldInvalid {
                    field: "price_column",
                    expected: "the name of a column, 1 to 64 letters, digits or _, such as rate",
                });
            }
            self.rows.price_column = column;
        }
        self.currency_word = change.currency_word.unwrap_or(self.currency_word);
        for (word, service_type) in change.types {
            let word = ServiceType::provider_word(&word);
            match service_type {
                Some(ServiceType::Subscriptions) => {
                    return Err(Refusal::FieldInvalid {
                        field: "types",
                        expected: "types that are sold: subscriptions are not",
                    });
                }
                Some(service_type) => self.rows.types.insert(word, service_type),
                None => self.rows.types.remove(&word),
            };
        }
        if self.rows.types.len() > MAX_TYPES {
            return Err(Refusal::FieldInvalid {
                field: "types",
                expected: "at most 200 words",
            });
        }
        self.id_names_order = change.id_names_order.unwrap_or(self.id_names_order);
        self.decodes_twice = change.decodes_twice.unwrap_or(self.decodes_twice);
        self.compares_charges = change.compares_charges.unwrap_or(self.compares_charges);
        Ok(self)
    }

    /// As the audit log keeps it.
    pub(super) fn told(&self, exchange: &Exchange) -> Value {
        json!({
            "price_per": self.rows.price_per.text(), "price_column": self.rows.price_column,
            "currency_word": self.currency_word.shown(exchange),
            "types": types_json(&self.rows.types), "id_names_order": self.id_names_order,
            "decodes_twice": self.decodes_twice, "compares_charges": self.compares_charges,
        })
    }
}

/// What an operator changes of how a provider speaks; what is absent stays.
#[derive(Debug, Default)]
pub struct DialectChange {
    /// For how many units its prices are.
    pub price_per: Option<PricePer>,
    /// The column that holds the price.
    pub price_column: Option<String>,
    /// What its balance calls its currency.
    pub currency_word: Option<CurrencyWord>,
    /// Words for types, each with its type, or with none to forget it.
    pub types: Vec<(String, Option<ServiceType>)>,
    /// Whether `id` names an order.
    pub id_names_order: Option<bool>,
    /// Whether it decodes twice.
    pub decodes_twice: Option<bool>,
    /// Whether its charges are compared.
    pub compares_charges: Option<bool>,
    /// How it is asked about what it accepted.
    pub asking: Vec<(AskedAction, WayToAsk)>,
}

/// The applied types as they are stored.
pub(super) fn types_json(types: &BTreeMap<String, ServiceType>) -> Value {
    let words = types.iter();
    let object: Map<String, Value> = words
        .map(|(word, service_type)| (word.clone(), Value::from(service_type.word())))
        .collect();
    Value::Object(object)
}

/// The applied types of what is stored; what is not one is left out.
pub(super) fn types_of(stored: &str) -> BTreeMap<String, ServiceType> {
    let object: Map<String, Value> = serde_json::from_str(stored).unwrap_or_default();
    object
        .into_iter()
        .filter_map(|(word, kind)| Some((word, ServiceType::from_word(kind.as_str()?)?)))
        .collect()
}

/// The type that is proposed for a provider's word: what such services are on other panels. A person
/// applies it; until then nothing of that type is sold. `None`: nobody knows.
pub(super) fn proposed(word: &str) -> Option<ServiceType> {
    match word {
        // What is sold by the piece, and needs nothing but a link.
        "none" | "follower" | "followers" | "like" | "likes" | "view" | "views" | "subscriber"
        | "subscribers" | "member" | "members" | "play" | "plays" | "share" | "shares" | "save"
        | "saves" | "repost" | "reposts" | "retweet" | "retweets" | "reaction" | "reactions"
        | "impression" | "impressions" | "reach" | "stream" | "streams" | "listener"
        | "listeners" | "download" | "downloads" | "visit" | "visits" | "watchtime"
        | "standard" | "normal" | "regular" | "basic" | "general" | "service"
        | "randomcomments" => Some(ServiceType::Default),
        "comment" | "comments" | "customcomment" | "commentscustom" => {
            Some(ServiceType::CustomComments)
        }
        "votes" | "vote" | "polls" | "pollvotes" => Some(ServiceType::Poll),
        "packages" | "bundle" => Some(ServiceType::Package),
        "traffic" | "websitetraffic" => Some(ServiceType::WebTraffic),
        "commentlike" | "commentslikes" => Some(ServiceType::CommentLikes),
        "commentreply" | "replies" => Some(ServiceType::CommentReplies),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialect(word: CurrencyWord) -> Dialect {
        Dialect {
            currency_word: word,
            ..Dialect::default()
        }
    }

    #[test]
    fn a_balance_is_in_the_currency_that_an_operator_named() {
        let usdt = CurrencyWord::parse(" USDT ").unwrap();
        for (word, named, fits) in [
            (CurrencyWord::Code, "USD", true),
            (CurrencyWord::Code, "usd", true),
            (CurrencyWord::Code, "$", true),
            (CurrencyWord::Code, "USDT", false),
            (CurrencyWord::Code, "", false),
            (usdt.clone(), "usdt", true),
            (usdt.clone(), "USD", true),
            (usdt, "", false),
            (CurrencyWord::Unnamed, "", true),
            (CurrencyWord::Unnamed, "EUR", false),
        ] {
            let is = dialect(word.clone()).is_balance(&Exchange::usd(), named);
            assert_eq!(is, fits, "{word:?} {named:?}");
        }
        let reais = Exchange {
            currency: "BRL".to_owned(),
            nano_usd: 180_000_000,
        };
        let word = dialect(CurrencyWord::parse("R$").unwrap());
        assert!(word.is_balance(&reais, "r$") && !word.is_balance(&reais, "$"));
        for text in ["", " ", "12345678901234567", "a\nb"] {
            assert!(CurrencyWord::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn words_for_types_are_applied_and_forgotten() {
        let change = |types: &[(&str, Option<ServiceType>)]| DialectChange {
            types: types.iter().map(|(w, t)| ((*w).to_owned(), *t)).collect(),
            ..DialectChange::default()
        };
        let likes = change(&[(" Insta_Likes", Some(ServiceType::Default)), ("", None)]);
        let dialect = Dialect::default().changed(likes).unwrap();
        assert_eq!(
            types_json(&dialect.rows.types),
            json!({"instalikes": "Default"})
        );
        assert_eq!(
            types_of(r#"{"instalikes":"Default","x":5}"#),
            dialect.rows.types
        );
        let none = dialect.changed(change(&[("insta likes", None)])).unwrap();
        assert_eq!(none, Dialect::default());
        let sub = change(&[("sub", Some(ServiceType::Subscriptions))]);
        assert!(Dialect::default().changed(sub).is_err());
    }
}

//! What goes in and out about how a provider speaks.

use poem_openapi::Object;
use serde::{Deserialize, Serialize};

use super::asking::{AskingChange, ways};
use crate::catalog::{self, dialect, types};
use crate::clock::Time;
use crate::error::Refusal;
use crate::orders;
use crate::protocol::ServiceType;
use crate::protocol::upstream::PricePer;

/// How a provider speaks, where panels differ.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderDialect {
    /// For how many units its prices are: `1000`, `1`, or the name of the column of a service that
    /// says so. The price of a package is always that of one.
    pub(super) price_per: String,
    /// The column of a service that holds its price.
    pub(super) price_column: String,
    /// What its balance calls its currency, such as `USDT` or `R$`; `none` if it names none.
    pub(super) currency_word: String,
    /// The types that operators have applied to its words for them.
    pub(super) types: Vec<AppliedType>,
    /// Whether `id` in a line of a status names the order, where nothing else does.
    pub(super) id_names_order: bool,
    /// Whether it decodes what it is sent twice: then invitations of Telegram are sent to it as
    /// `joinchat/`, because a plus sign would be lost.
    pub(super) decodes_twice: bool,
    /// Whether the first charges of its services, and every hundredth after, are compared with what
    /// was quoted; until the first one is known at most ten orders of a service are under way there.
    pub(super) compares_charges: bool,
}

impl ProviderDialect {
    pub(super) fn of(provider: &catalog::Provider) -> ProviderDialect {
        let dialect = &provider.dialect;
        let types = dialect.rows.types.iter();
        ProviderDialect {
            price_per: dialect.rows.price_per.text().to_owned(),
            price_column: dialect.rows.price_column.clone(),
            currency_word: dialect.currency_word.shown(&provider.exchange),
            types: types
                .map(|(word, service_type)| AppliedType {
                    word: word.clone(),
                    service_type: *service_type,
                })
                .collect(),
            id_names_order: dialect.id_names_order,
            decodes_twice: dialect.decodes_twice,
            compares_charges: dialect.compares_charges,
        }
    }
}

/// A provider's word for a type, and the type.
#[derive(Debug, Object, Serialize)]
pub(super) struct AppliedType {
    /// The word in lower case, without blanks, underscores and hyphens; `none` for services without
    /// one.
    pub(super) word: String,
    /// The type of services that have it.
    pub(super) service_type: ServiceType,
}

/// A provider's word for a type, and the type to apply to it.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TypeChange {
    /// The word, in any spelling; `none` for services without one.
    #[oai(validator(max_length = 64))]
    pub(super) word: String,
    /// The type of services that have it; absent to forget the word.
    pub(super) service_type: Option<ServiceType>,
}

/// What to change of how a provider speaks; what is absent stays as it is.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(rename = "ProviderDialectChange")]
pub(super) struct DialectChange {
    /// For how many units its prices are: `1000`, `1`, or the name of a column of its services.
    #[oai(validator(max_length = 64))]
    pub(super) price_per: Option<String>,
    /// The column of a service that holds its price, such as `rate`.
    #[oai(validator(max_length = 64))]
    pub(super) price_column: Option<String>,
    /// What its balance calls its currency, 1 to 16 characters; `none` if it names none.
    #[oai(validator(max_length = 16))]
    pub(super) currency_word: Option<String>,
    /// Its words for types, each with the type to apply, or without one to forget it. Words that are
    /// not given stay.
    #[oai(validator(max_items = 200))]
    pub(super) types: Option<Vec<TypeChange>>,
    /// Whether `id` in a line of a status names the order, where nothing else does.
    pub(super) id_names_order: Option<bool>,
    /// Whether it decodes what it is sent twice.
    pub(super) decodes_twice: Option<bool>,
    /// Whether its first charges are compared with what was quoted.
    pub(super) compares_charges: Option<bool>,
    /// How it is asked about what it accepted. Questions that are not given stay.
    #[oai(validator(max_items = 3))]
    pub(super) asking: Option<Vec<AskingChange>>,
}

/// The change as the catalogue takes it; nothing changes without one.
pub(super) fn change(asked: Option<DialectChange>) -> Result<dialect::DialectChange, Refusal> {
    let Some(asked) = asked else {
        return Ok(dialect::DialectChange::default());
    };
    let per = |text: String| {
        PricePer::parse(&text).ok_or(Refusal::FieldInvalid {
            field: "price_per",
            expected: "1000, 1 or the name of a column",
        })
    };
    let word = asked.currency_word.as_deref();
    let types = asked.types.unwrap_or_default().into_iter();
    Ok(dialect::DialectChange {
        price_per: asked.price_per.map(per).transpose()?,
        price_column: asked.price_column,
        currency_word: word.map(dialect::CurrencyWord::parse).transpose()?,
        types: types
            .map(|one| (one.word.replace('\0', ""), one.service_type))
            .collect(),
        id_names_order: asked.id_names_order,
        decodes_twice: asked.decodes_twice,
        compares_charges: asked.compares_charges,
        asking: ways(asked.asking.unwrap_or_default())?,
    })
}

/// A provider's word for a type that nobody has applied a type to: services of it are not sold.
#[derive(Debug, Object, Serialize)]
pub(in crate::http::operator) struct UnknownType {
    /// The word in lower case, without blanks, underscores and hyphens; `none` for services without
    /// one.
    pub(in crate::http::operator) word: String,
    /// The type that is proposed; absent if nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::http::operator) proposed: Option<ServiceType>,
    /// How many services have it.
    pub(in crate::http::operator) services: i64,
    /// The name of one of them.
    pub(in crate::http::operator) example: String,
    /// When it was learned from the provider's catalogue; absent for what was read just now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::http::operator) learned_at: Option<Time>,
}

impl From<types::UnknownType> for UnknownType {
    fn from(unknown: types::UnknownType) -> UnknownType {
        UnknownType {
            word: unknown.word,
            proposed: unknown.proposed,
            services: unknown.services,
            example: unknown.example,
            learned_at: None,
        }
    }
}

impl From<(types::UnknownType, Time)> for UnknownType {
    fn from((unknown, seen_at): (types::UnknownType, Time)) -> UnknownType {
        UnknownType {
            learned_at: Some(seen_at),
            ..UnknownType::from(unknown)
        }
    }
}

/// What was found out about a provider.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderFindings {
    /// Its words for types that nobody has applied a type to, the most frequent first.
    pub(super) unknown_types: Vec<UnknownType>,
    /// Its services that nothing is sent to at present because of their charges, or whose charges are
    /// not compared.
    pub(super) offers: Vec<OfferState>,
}

/// What is known of the charges of a provider's service.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "OfferCharges")]
pub(super) struct OfferState {
    /// The id of the service there.
    pub(super) provider_service: String,
    /// Of how many orders a charge was seen that could be compared.
    pub(super) charges_seen: i64,
    /// Whether they are compared.
    pub(super) compares_charges: bool,
    /// Since when nothing is sent to it; absent while orders are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) held_since: Option<Time>,
    /// Why it is paused, with the numbers; absent while only its first charge is waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pause_reason: Option<String>,
    /// How many orders are queued for it.
    pub(super) queued: i64,
    /// Of one that was resumed: why it will be paused again, if its last charge is still above what it
    /// quotes now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) warning: Option<String>,
}

impl From<orders::OfferState> for OfferState {
    fn from(state: orders::OfferState) -> OfferState {
        let charges = state.charges;
        OfferState {
            provider_service: charges.provider_service,
            charges_seen: charges.charges_seen,
            compares_charges: charges.compares,
            held_since: charges.held_at,
            pause_reason: charges.pause_reason,
            queued: state.queued,
            warning: state.warning,
        }
    }
}

/// Which offer to send to again.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfferResume {
    /// The id of the service, as the provider lists it.
    #[oai(validator(min_length = 1, max_length = 64))]
    pub(super) provider_service: String,
    /// Whether its charges are compared again, from the first one on; true if it is absent.
    pub(super) compare_charges: Option<bool>,
}

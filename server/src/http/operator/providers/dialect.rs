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

/// How a provider's panel protocol differs from that of other panels.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderDialect {
    /// The number of units that a price is for: `1000`, `1`, or the name of the catalogue column that has it.
    /// The price of a package is always for one package.
    pub(super) price_per: String,
    /// The name of the catalogue column that has the price of a service.
    pub(super) price_column: String,
    /// The word for the currency in the answer to `balance`, such as `USDT` or `R$`; `none` if the answer has
    /// none.
    pub(super) currency_word: String,
    /// The service types that operators have applied to the provider's words for types.
    pub(super) types: Vec<AppliedType>,
    /// Whether the field `id` of a status names the order, where no other field does.
    pub(super) id_names_order: bool,
    /// Whether the provider decodes requests twice: then Telegram invitations are sent to it as `joinchat/`,
    /// because a plus sign would be lost.
    pub(super) decodes_twice: bool,
    /// Whether the first charges of each service, and every hundredth one after, are compared with the quoted
    /// cost; until the first charge is known, at most ten orders of a service are open there.
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

/// A provider's word for a type, and the service type that is applied to it.
#[derive(Debug, Object, Serialize)]
pub(super) struct AppliedType {
    /// The word in lower case, without blanks, underscores and hyphens; `none` for services without a word.
    pub(super) word: String,
    /// The type of the services that have this word.
    pub(super) service_type: ServiceType,
}

/// A provider's word for a type, and the service type to apply to it.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TypeChange {
    /// The word, in any spelling; `none` for services without a word.
    #[oai(validator(max_length = 64))]
    pub(super) word: String,
    /// The type of the services that have this word; if it is absent, the word is removed.
    pub(super) service_type: Option<ServiceType>,
}

/// The changes to a provider's dialect; a field that is absent stays as it is.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(rename = "ProviderDialectChange")]
pub(super) struct DialectChange {
    /// The number of units that a price is for: `1000`, `1`, or the name of the catalogue column that has it.
    #[oai(validator(max_length = 64))]
    pub(super) price_per: Option<String>,
    /// The name of the catalogue column that has the price of a service, such as `rate`.
    #[oai(validator(max_length = 64))]
    pub(super) price_column: Option<String>,
    /// The word for the currency in the answer to `balance`: 1 to 16 printable characters; `none` if the
    /// answer has none.
    #[oai(validator(max_length = 16))]
    pub(super) currency_word: Option<String>,
    /// The provider's words for types, at most 200, each with the service type to apply, or without one to
    /// remove the word. Words that are not given stay.
    #[oai(validator(max_items = 200))]
    pub(super) types: Option<Vec<TypeChange>>,
    /// Whether the field `id` of a status names the order, where no other field does.
    pub(super) id_names_order: Option<bool>,
    /// Whether the provider decodes requests twice.
    pub(super) decodes_twice: Option<bool>,
    /// Whether the first charges of each service are compared with the quoted cost.
    pub(super) compares_charges: Option<bool>,
    /// How to ask the provider about orders and refills that it accepted. Actions that are not given stay.
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

/// A provider's word for a type that has no service type applied: services with this word are not sold.
#[derive(Debug, Object, Serialize)]
pub(in crate::http::operator) struct UnknownType {
    /// The word in lower case, without blanks, underscores and hyphens; `none` for services without a word.
    pub(in crate::http::operator) word: String,
    /// The service type that the panel proposes; absent if it has no proposal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::http::operator) proposed: Option<ServiceType>,
    /// The number of services that have this word.
    pub(in crate::http::operator) services: i64,
    /// The name of one service that has this word.
    pub(in crate::http::operator) example: String,
    /// When the word was read from the provider's catalogue, UTC; absent if it was read just now.
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

/// The facts that the panel has found out about a provider.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderFindings {
    /// The provider's words for types that have no service type applied, the most frequent first.
    pub(super) unknown_types: Vec<UnknownType>,
    /// The provider's services to which nothing is sent now because of their charges, or whose charges are
    /// not compared.
    pub(super) offers: Vec<OfferState>,
}

/// The state of the comparison of charges for one service of a provider.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "OfferCharges")]
pub(super) struct OfferState {
    /// The id of the service at the provider.
    pub(super) provider_service: String,
    /// The number of orders whose charge could be compared.
    pub(super) charges_seen: i64,
    /// Whether the charges of the service are compared with the quoted cost.
    pub(super) compares_charges: bool,
    /// Since when no order is sent to the service, UTC; absent while orders are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) held_since: Option<Time>,
    /// Why the service is paused, with the amounts; absent while the panel only waits for its first charge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pause_reason: Option<String>,
    /// The number of orders that are queued for the service.
    pub(super) queued: i64,
    /// Why a resumed service will be paused again: its last charge is still above the quoted cost. Absent if
    /// it is not.
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

/// The service of a provider to resume.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfferResume {
    /// The id of the service, as the provider lists it.
    #[oai(validator(min_length = 1, max_length = 64))]
    pub(super) provider_service: String,
    /// Whether the charges of the service are compared again, from the first one on; `true` if it is absent.
    pub(super) compare_charges: Option<bool>,
}

//! The panels that orders are forwarded to. Their keys come in and never go out.

use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use secrecy::SecretString;

use super::amounts::{exchange, searched};
use super::staff::{Operator, Staff};
use super::{Asks, Tag};
use crate::catalog::providers::{self, ProviderChange};
use crate::catalog::{self, Exchange, NewProvider, types};
use crate::error::Refusal;
use crate::http::typed::code::Code;
use crate::http::typed::paging::{cut, limit_of, page};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::{Fault, Refusals};
use crate::ids::ProviderId;
use crate::orders;
use crate::panel::Panel;
use crate::provider::{BadAddress, check_address, examine, read_balance};

mod asking;
mod dialect;
mod wire;

pub(super) use dialect::UnknownType;
use dialect::{OfferResume, OfferState, ProviderFindings};
use wire::{
    Change, New, Provider, ProviderBalance, ProviderList, ProviderService, ProviderServicePage,
    ProviderTest, shown,
};

/// Serves the operations on providers.
pub(super) struct Providers(pub(super) Asks);

struct Listing;

impl Refusals for Listing {
    const CODES: &'static [Code] = &[Code::Forbidden];
}

struct Viewing;

impl Refusals for Viewing {
    const CODES: &'static [Code] = &[Code::Forbidden, Code::ObjectUnknown];
}

struct Asking;

impl Refusals for Asking {
    const CODES: &'static [Code] = &[Code::Forbidden, Code::ObjectUnknown, Code::StateConflict];
}

struct Adding;

impl Refusals for Adding {
    const CODES: &'static [Code] = &[
        Code::Forbidden,
        Code::NameTaken,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
        Code::FieldInvalid,
    ];
}

struct Changing;

impl Refusals for Changing {
    const CODES: &'static [Code] = &[
        Code::Forbidden,
        Code::ObjectUnknown,
        Code::StateConflict,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
        Code::FieldInvalid,
    ];
}

/// An address that may be called.
fn address(panel: &Panel, url: &str) -> Result<String, Refusal> {
    let checked = check_address(url, panel.config.provider_allow_loopback);
    let expected = match checked {
        Ok(url) => return Ok(url.into()),
        Err(BadAddress::HasUser) => {
            "an address without a user and a password, which would be shown: give the key apart from it"
        }
        Err(BadAddress::NotAUrl(_) | BadAddress::NotHttps | BadAddress::NotPublic(_)) => {
            "an https address on a public host, such as https://panel.example/api/v2"
        }
    };
    let field = "url";
    Err(Refusal::FieldInvalid { field, expected })
}

fn key(text: String) -> Result<SecretString, Refusal> {
    let printable = !text.is_empty() && text.len() <= 256 && !text.contains(char::is_control);
    printable
        .then(|| SecretString::from(text))
        .ok_or(Refusal::FieldInvalid {
            field: "key",
            expected: "1 to 256 printable characters",
        })
}

fn within(
    field: &'static str,
    number: Option<i64>,
    [least, most]: [i64; 2],
    expected: &'static str,
) -> Result<Option<i64>, Refusal> {
    match number {
        Some(number) if !(least..=most).contains(&number) => {
            Err(Refusal::FieldInvalid { field, expected })
        }
        number => Ok(number),
    }
}

fn timeout(number: Option<i64>) -> Result<Option<i64>, Refusal> {
    within("timeout_ms", number, [10, 600_000], "from 10 to 600000")
}

fn concurrency(number: Option<i64>) -> Result<Option<i64>, Refusal> {
    within("concurrency", number, [1, 1024], "from 1 to 1024")
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Providers")]
impl Providers {
    /// List the providers
    ///
    /// All providers, in ascending order of their numbers.
    #[oai(path = "/providers", method = "get", operation_id = "provider_list")]
    async fn list(&self, _staff: Staff) -> Result<Answer<ProviderList>, Fault<Listing>> {
        let panel = &self.0.panel;
        let found = catalog::providers(&panel.db, &panel.secrets).await?;
        let mut providers = Vec::with_capacity(found.len());
        for one in found {
            providers.push(shown(panel, one).await?);
        }
        Ok(Answer(ProviderList { providers }))
    }

    /// Add a provider
    ///
    /// Nothing is sent to it: test it with `provider_test` afterwards. Its balance must be in USD, or
    /// `currency` and `exchange_rate` must give its currency and the worth of one unit. Where `dialect` gives
    /// nothing, the panel protocol applies.
    #[oai(path = "/providers", method = "post", operation_id = "provider_add")]
    async fn add(
        &self,
        operator: Operator,
        new: JsonBody<New>,
    ) -> Result<Answer<Provider, 201>, Fault<Adding>> {
        let (new, panel) = (new.0, &self.0.panel);
        let usual = i64::try_from(panel.config.provider_concurrency).unwrap_or(1);
        let exchange = exchange(new.currency, new.exchange_rate.as_deref())?;
        let dialect = dialect::change(new.dialect)?;
        let new = NewProvider {
            url: address(panel, &new.url)?,
            key: key(new.key)?,
            timeout_ms: timeout(new.timeout_ms)?.unwrap_or(panel.config.provider_timeout_ms),
            concurrency: concurrency(new.concurrency)?.unwrap_or(usual),
            exchange: exchange.unwrap_or_else(Exchange::usd),
            name: new.name,
        };
        let added = providers::add(panel, &operator.0, &new, dialect).await?;
        Ok(Answer(shown(panel, added).await?))
    }

    /// Read a provider
    ///
    /// The API key of the panel at the provider is not shown.
    #[oai(
        path = "/providers/:provider_id",
        method = "get",
        operation_id = "provider_view"
    )]
    async fn view(
        &self,
        _staff: Staff,
        /// The number of the provider, which `provider_list` gives as `provider_id`.
        provider_id: Path<i64>,
    ) -> Result<Answer<Provider>, Fault<Viewing>> {
        let (panel, id) = (&self.0.panel, ProviderId(provider_id.0));
        let found = catalog::provider(&panel.db, &panel.secrets, id).await?;
        Ok(Answer(shown(panel, found).await?))
    }

    /// Change a provider
    ///
    /// After a change of its address or its key, the provider has to prove again that it keeps `request_id`s,
    /// and orders of which the old provider's answer was lost wait for an operator. A new address is refused
    /// while the provider has open orders, unless `same_panel` is `true`. After a change of the price basis
    /// or of a type, its catalogue is read again soon.
    #[oai(
        path = "/providers/:provider_id",
        method = "patch",
        operation_id = "provider_change"
    )]
    async fn change(
        &self,
        operator: Operator,
        /// The number of the provider, which `provider_list` gives as `provider_id`.
        provider_id: Path<i64>,
        change: JsonBody<Change>,
    ) -> Result<Answer<Provider>, Fault<Changing>> {
        let (change, panel) = (change.0, &self.0.panel);
        let same_panel = change.same_panel.unwrap_or(false);
        let change = ProviderChange {
            url: change.url.map(|url| address(panel, &url)).transpose()?,
            key: change.key.map(key).transpose()?,
            timeout_ms: timeout(change.timeout_ms)?,
            concurrency: concurrency(change.concurrency)?,
            exchange: exchange(change.currency, change.exchange_rate.as_deref())?,
            sync_applies: change.sync_applies,
            dialect: dialect::change(change.dialect)?,
        };
        let id = ProviderId(provider_id.0);
        let changed = orders::change_provider(panel, &operator.0, id, change, same_panel).await?;
        Ok(Answer(shown(panel, changed).await?))
    }

    /// Test a provider
    ///
    /// Requests its balance and its services; places no order. Records whether it keeps `request_id`s. If the
    /// test fails, the error names everything that failed. Compare the price of `example` with the price that
    /// the provider shows: if it is for another number of units, set `price_per` before anything is ordered.
    #[oai(
        path = "/providers/:provider_id/test",
        method = "post",
        operation_id = "provider_test"
    )]
    async fn test(
        &self,
        operator: Operator,
        /// The number of the provider, which `provider_list` gives as `provider_id`.
        provider_id: Path<i64>,
    ) -> Result<Answer<ProviderTest>, Fault<Asking>> {
        let (panel, id) = (&self.0.panel, ProviderId(provider_id.0));
        let provider = catalog::provider(&panel.db, &panel.secrets, id).await?;
        let examined = examine(&self.0.client, &provider).await;
        let keeps = examined.keeps_request_ids;
        let found = catalog::trial(&provider, examined.balance, examined.catalogue);
        let found = found.map_err(|why| Refusal::Conflict { why })?;
        catalog::providers::record_replays(panel, &operator.0, &provider, keeps).await?;
        Ok(Answer(ProviderTest::of(provider, found, keeps)))
    }

    /// Read the panel's balance at a provider
    ///
    /// The panel requests the balance from the provider now.
    #[oai(
        path = "/providers/:provider_id/balance",
        method = "get",
        operation_id = "provider_balance"
    )]
    async fn balance(
        &self,
        _staff: Staff,
        /// The number of the provider, which `provider_list` gives as `provider_id`.
        provider_id: Path<i64>,
    ) -> Result<Answer<ProviderBalance>, Fault<Asking>> {
        let (panel, id) = (&self.0.panel, ProviderId(provider_id.0));
        let provider = catalog::provider(&panel.db, &panel.secrets, id).await?;
        let read = read_balance(&self.0.client, &provider).await;
        let (balance, _) = read.map_err(|why| Refusal::Conflict { why })?;
        Ok(Answer(ProviderBalance {
            balance,
            currency: provider.exchange.currency,
        }))
    }

    /// Pause a provider
    ///
    /// Nothing is sent to it until it is resumed; its queued orders wait, and go to the next provider when
    /// they have waited too long. Orders that were already sent are still followed.
    #[oai(
        path = "/providers/:provider_id/pause",
        method = "post",
        operation_id = "provider_pause"
    )]
    async fn pause(
        &self,
        operator: Operator,
        /// The number of the provider, which `provider_list` gives as `provider_id`.
        provider_id: Path<i64>,
    ) -> Result<Answer<Provider>, Fault<Viewing>> {
        let (panel, id) = (&self.0.panel, ProviderId(provider_id.0));
        let paused = providers::pause(panel, &operator.0, id).await?;
        Ok(Answer(shown(panel, paused).await?))
    }

    /// Resume a provider
    ///
    /// Orders are sent to it again at once, whatever the reason for the pause was.
    #[oai(
        path = "/providers/:provider_id/resume",
        method = "post",
        operation_id = "provider_resume"
    )]
    async fn resume(
        &self,
        operator: Operator,
        /// The number of the provider, which `provider_list` gives as `provider_id`.
        provider_id: Path<i64>,
    ) -> Result<Answer<Provider>, Fault<Viewing>> {
        let (panel, id) = (&self.0.panel, ProviderId(provider_id.0));
        let resumed = providers::resume(panel, &operator.0, id).await?;
        Ok(Answer(shown(panel, resumed).await?))
    }

    /// Read the findings about a provider
    ///
    /// Its words for types that have no service type applied, as of the last reading of its catalogue, with a
    /// proposal for each; and its services to which nothing is sent because of their charges, or until their
    /// first charge is known.
    #[oai(
        path = "/providers/:provider_id/findings",
        method = "get",
        operation_id = "provider_findings"
    )]
    async fn findings(
        &self,
        _staff: Staff,
        /// The number of the provider, which `provider_list` gives as `provider_id`.
        provider_id: Path<i64>,
    ) -> Result<Answer<ProviderFindings>, Fault<Viewing>> {
        let (panel, id) = (&self.0.panel, ProviderId(provider_id.0));
        catalog::provider(&panel.db, &panel.secrets, id).await?;
        let unknown = types::last_unknown(&panel.db, id).await?;
        let offers = orders::offer_states(panel, id).await?;
        Ok(Answer(ProviderFindings {
            unknown_types: unknown.into_iter().map(UnknownType::from).collect(),
            offers: offers.into_iter().map(OfferState::from).collect(),
        }))
    }

    /// Resume an offer of a provider
    ///
    /// An offer is paused when the provider charged more than a quarter above its quoted cost. Correct the
    /// cause first, most often `price_per`: then the next ten orders are sent, and their charges are compared
    /// again. If the last charge is still above the cost that is quoted now, `warning` says so. With
    /// `compare_charges` `false`, charges are not compared any more.
    #[oai(
        path = "/providers/:provider_id/offers/resume",
        method = "post",
        operation_id = "provider_offer_resume"
    )]
    async fn resume_offer(
        &self,
        operator: Operator,
        /// The number of the provider, which `provider_list` gives as `provider_id`.
        provider_id: Path<i64>,
        resume: JsonBody<OfferResume>,
    ) -> Result<Answer<OfferState>, Fault<Changing>> {
        let (panel, id, resume) = (&self.0.panel, ProviderId(provider_id.0), resume.0);
        let compares = resume.compare_charges.unwrap_or(true);
        let service = searched(Some(resume.provider_service)).unwrap_or_default();
        let resumed = orders::resume_offer(panel, &operator.0, id, &service, compares).await?;
        Ok(Answer(resumed.into()))
    }

    /// List the services of a provider
    ///
    /// As of the last reading of its catalogue; `catalog_sync` reads it now. Costs are in USD.
    #[oai(
        path = "/providers/:provider_id/offers",
        method = "get",
        operation_id = "provider_offers"
    )]
    async fn offers(
        &self,
        _staff: Staff,
        /// The number of the provider, which `provider_list` gives as `provider_id`.
        provider_id: Path<i64>,
        /// Lists only services of this category; at most 255 characters.
        #[oai(validator(max_length = 255))]
        category: Query<Option<String>>,
        /// Lists only services whose name contains this text, in upper or lower case; at most 255 characters.
        #[oai(validator(max_length = 255))]
        search: Query<Option<String>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(max_length = 64))]
        cursor: Query<Option<String>>,
        /// The maximum number of services in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<ProviderServicePage>, Fault<Viewing>> {
        let after = searched(cursor.0).unwrap_or_default();
        let (category, search) = (searched(category.0), searched(search.0));
        let narrowed = [category.as_deref(), search.as_deref()];
        let (id, limit) = (ProviderId(provider_id.0), limit_of(limit.0));
        let db = &self.0.panel.db;
        let mut found = providers::offers(db, id, &after, narrowed, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().filter(|_| has_more);
        Ok(Answer(ProviderServicePage {
            next_cursor: last.map(|last| last.listed.provider_service.clone()),
            services: found.into_iter().map(ProviderService::from).collect(),
        }))
    }
}

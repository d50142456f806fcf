//! Selling what providers sell, and following them.

use std::time::Duration;

use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use super::amounts::{markup, refill_days};
use super::staff::{Operator, Staff};
use super::{Asks, Tag};
use crate::apart::apart;
use crate::catalog::sync::{self, DifferenceFilter, DifferenceKind, DifferenceState, Selection};
use crate::catalog::{self, rules};
use crate::clock::Time;
use crate::error::{Failure, Refusal, Result as Outcome};
use crate::http::operator::providers::UnknownType;
use crate::http::typed::code::Code;
use crate::http::typed::paging::{cut, limit_of, number_of, page, period};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::{Fault, Refusals};
use crate::ids::{ProviderId, ServiceId};
use crate::provider::read_catalogue;

/// How long a reading with all that follows may take; it goes on when its request is given up.
const LIMIT: Duration = Duration::from_secs(30 * 60);

mod wire;

use wire::{
    CatalogImport, CatalogImported, CatalogSync, DecidedDifferences, DifferenceChoice, SkippedRows,
    SyncDifference, SyncDifferencePage, SyncReport, SyncReportPage,
};

/// Serves the operations on providers' catalogues.
pub(super) struct Catalogue(pub(super) Asks);

struct Listing;

impl Refusals for Listing {
    const CODES: &'static [Code] = &[Code::Forbidden];
}

struct Viewing;

impl Refusals for Viewing {
    const CODES: &'static [Code] = &[Code::Forbidden, Code::ObjectUnknown];
}

struct Deciding;

impl Refusals for Deciding {
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

/// Reads the catalogue of a provider now. Gives the provider too, as it was when it was read.
async fn read(
    asks: &Asks,
    operator: &Operator,
    id: ProviderId,
    believe: bool,
) -> Outcome<(catalog::Provider, sync::Recorded)> {
    let panel = &asks.panel;
    let provider = catalog::provider(&panel.db, &panel.secrets, id).await?;
    let lease = sync::take(panel, &operator.0, &provider).await?;
    let read = read_catalogue(&asks.client, &provider).await;
    let read = read.map(|reading| reading.catalogue);
    let recorded = sync::record(panel, &provider, lease, read, believe).await?;
    Ok((provider, recorded))
}

/// Work that is not torn by a client that goes away, or by the end of its request's time.
async fn whole<T: Send + 'static>(
    work: impl Future<Output = Outcome<T>> + Send + 'static,
) -> Outcome<T> {
    apart(LIMIT, work).await.map_err(|unfinished| {
        tracing::error!(error = %unfinished, "a synchronisation did not finish");
        Failure::Stopped
    })?
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Catalogue")]
impl Catalogue {
    /// Import services from a provider's catalogue
    ///
    /// Reads the catalogue now and creates one service for each chosen one, at its cost plus a markup.
    /// Services that are already sold stay as they are. From then on the panel reads the catalogue regularly.
    /// A long catalogue may take longer than a request: then the answer is 503, and the import continues.
    #[oai(
        path = "/providers/:provider_id/import",
        method = "post",
        operation_id = "catalog_import"
    )]
    async fn import(
        &self,
        operator: Operator,
        /// The number of the provider, which `provider_list` gives as `provider_id`.
        provider_id: Path<i64>,
        import: JsonBody<CatalogImport>,
    ) -> Result<Answer<CatalogImported, 201>, Fault<Deciding>> {
        let asked = import.0;
        let none = Refusal::FieldInvalid {
            field: "markup_percent",
            expected: "given, or markup_fixed, or both",
        };
        let percent = asked.markup_percent.as_deref();
        let markup = markup(percent, asked.markup_fixed.as_deref())?.ok_or(none)?;
        let days: Option<rules::RefillDays> = refill_days(asked.refill_days.as_deref())?;
        let selection = Selection {
            all: asked.all.unwrap_or_default(),
            services: asked.provider_services.unwrap_or_default(),
            categories: asked.categories.unwrap_or_default(),
        };
        let (asks, id) = (self.0.clone(), ProviderId(provider_id.0));
        let made = whole(async move {
            let (provider, recorded) = read(&asks, &operator, id, false).await?;
            let terms = (&selection, markup, days);
            sync::import(
                &asks.panel,
                &operator.0,
                &provider,
                &recorded,
                terms,
                |_, _| (),
            )
            .await
        })
        .await?;
        let skipped = made.skipped;
        Ok(Answer(CatalogImported {
            report_id: made.report_id,
            service_ids: made.created.into_iter().map(|id| id.0).collect(),
            already_sold: made.already,
            unpriced: made.unpriced,
            skipped: SkippedRows {
                subscriptions: skipped.subscriptions,
                unknown_types: skipped.unknown_types,
                unpriced: skipped.unpriced,
                limits: skipped.limits,
                duplicates: skipped.duplicates,
                unreadable: skipped.unreadable,
            },
            unknown_types: made
                .unknown_types
                .into_iter()
                .map(UnknownType::from)
                .collect(),
        }))
    }

    /// Read a provider's catalogue now
    ///
    /// Updates which services the provider lists, their costs and their limits. Prices change only by the
    /// provider's rules (`sync_applies`). Services that no provider sells any more, or that would be sold
    /// below their cost, are paused. An answer that is no catalogue, is empty, or misses more than half of
    /// the services changes nothing: `error` of the report says why.
    #[oai(
        path = "/providers/:provider_id/sync",
        method = "post",
        operation_id = "catalog_sync"
    )]
    async fn sync(
        &self,
        operator: Operator,
        /// The number of the provider, which `provider_list` gives as `provider_id`.
        provider_id: Path<i64>,
        how: JsonBody<CatalogSync>,
    ) -> Result<Answer<SyncReport>, Fault<Deciding>> {
        let (asks, id) = (self.0.clone(), ProviderId(provider_id.0));
        let believe = how.0.believe.unwrap_or_default();
        let read = whole(async move { read(&asks, &operator, id, believe).await });
        let (_, recorded) = read.await?;
        Ok(Answer(recorded.report.into()))
    }

    /// List sync reports
    ///
    /// One report for each reading of a provider's catalogue, newest first.
    #[oai(
        path = "/sync-reports",
        method = "get",
        operation_id = "sync_report_list"
    )]
    async fn reports(
        &self,
        _staff: Staff,
        /// Lists only reports about the provider of this number.
        provider_id: Query<Option<i64>>,
        /// Lists only reports that began at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only reports that began before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of reports in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<SyncReportPage>, Fault<Listing>> {
        let before = cursor.0.map(|cursor| number_of(Some(cursor)));
        let (provider, limit) = (provider_id.0.map(ProviderId), limit_of(limit.0));
        let started = period(created_from, created_before);
        let mut found =
            sync::reports(&self.0.panel.db, provider, started, before, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().filter(|_| has_more);
        Ok(Answer(SyncReportPage {
            next_cursor: last.map(|last| last.id.to_string()),
            reports: found.into_iter().map(SyncReport::from).collect(),
        }))
    }

    /// Read a sync report
    ///
    /// Its differences are listed by `sync_difference_list`.
    #[oai(
        path = "/sync-reports/:report_id",
        method = "get",
        operation_id = "sync_report_view"
    )]
    async fn report(
        &self,
        _staff: Staff,
        /// The number of the report, which `sync_report_list` gives as `report_id`.
        report_id: Path<i64>,
    ) -> Result<Answer<SyncReport>, Fault<Viewing>> {
        let found = sync::report(&self.0.panel.db, report_id.0).await?;
        Ok(Answer(found.into()))
    }

    /// List catalogue differences
    ///
    /// Changes at providers of services that are sold here, oldest first. Filters are combined.
    #[oai(
        path = "/sync-differences",
        method = "get",
        operation_id = "sync_difference_list"
    )]
    #[expect(
        clippy::too_many_arguments,
        reason = "one for each parameter of the query"
    )]
    async fn differences(
        &self,
        _staff: Staff,
        /// Lists only differences of the report of this number.
        report_id: Query<Option<i64>>,
        /// Lists only differences of the provider of this number.
        provider_id: Query<Option<i64>>,
        /// Lists only differences of the service of this number.
        service_id: Query<Option<i64>>,
        /// Lists only differences of this kind.
        kind: Query<Option<DifferenceKind>>,
        /// Lists only differences in this state.
        state: Query<Option<DifferenceState>>,
        /// Lists only differences of readings that began at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only differences of readings that began before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of differences in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<SyncDifferencePage>, Fault<Listing>> {
        let filter = DifferenceFilter {
            report: report_id.0,
            provider: provider_id.0.map(ProviderId),
            service: service_id.0.map(ServiceId),
            kind: kind.0,
            state: state.0,
            read: period(created_from, created_before),
        };
        let (after, limit) = (number_of(cursor.0), limit_of(limit.0));
        let mut found = sync::differences(&self.0.panel.db, &filter, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().filter(|_| has_more);
        Ok(Answer(SyncDifferencePage {
            next_cursor: last.map(|last| last.id.to_string()),
            differences: found.into_iter().map(SyncDifference::from).collect(),
        }))
    }

    /// Apply catalogue differences
    ///
    /// Changes the services accordingly: their rates by their markups, their limits, their names; or puts
    /// them back on sale. A rate that was set by hand does not change. Customers see the change on their next
    /// request.
    #[oai(
        path = "/sync-differences/apply",
        method = "post",
        operation_id = "sync_differences_apply"
    )]
    async fn apply(
        &self,
        operator: Operator,
        choice: JsonBody<DifferenceChoice>,
    ) -> Result<Answer<DecidedDifferences>, Fault<Deciding>> {
        let ids = choice.0.difference_ids;
        let decided = sync::apply(&self.0.panel, &operator.0, &ids).await?;
        Ok(Answer(DecidedDifferences {
            differences: decided.into_iter().map(SyncDifference::from).collect(),
        }))
    }

    /// Dismiss catalogue differences
    ///
    /// Leaves the services as they are. A paused service that could be put back on sale is hidden.
    #[oai(
        path = "/sync-differences/dismiss",
        method = "post",
        operation_id = "sync_differences_dismiss"
    )]
    async fn dismiss(
        &self,
        operator: Operator,
        choice: JsonBody<DifferenceChoice>,
    ) -> Result<Answer<DecidedDifferences>, Fault<Deciding>> {
        let ids = choice.0.difference_ids;
        let decided = sync::dismiss(&self.0.panel, &operator.0, &ids).await?;
        Ok(Answer(DecidedDifferences {
            differences: decided.into_iter().map(SyncDifference::from).collect(),
        }))
    }
}

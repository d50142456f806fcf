//! What goes in and out: the bodies of requests and answers.

use poem_openapi::Object;
use serde::{Deserialize, Serialize};

use crate::catalog::sync::{self, DifferenceKind, DifferenceState};
use crate::clock::Time;
use crate::http::operator::providers::UnknownType;

/// Which services of a provider's catalogue to import, and at which markup.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CatalogImport {
    /// Whether all services of the catalogue are imported; `false` if it is absent.
    pub(super) all: Option<bool>,
    /// The provider's ids of the services to import, at most 20000.
    #[oai(validator(max_items = 20000))]
    pub(super) provider_services: Option<Vec<String>>,
    /// The categories whose services are imported, with the provider's exact names, at most 1000.
    #[oai(validator(max_items = 1000))]
    pub(super) categories: Option<Vec<String>>,
    /// The percentage on the provider's cost, such as `25` or `12.5`, with at most 2 decimals. The rate is
    /// rounded up to 0.000001 USD.
    #[oai(validator(pattern = r"^-?[0-9]{1,7}(\.[0-9]{1,2})?$"))]
    pub(super) markup_percent: Option<String>,
    /// The amount to add to the rate, in USD per 1000 units or per package, with at most 6 decimals.
    #[oai(validator(pattern = r"^[0-9]{1,7}(\.[0-9]{1,6})?$"))]
    pub(super) markup_fixed: Option<String>,
    /// The days for which drops are refilled, where the provider refills: from 1 to 3650, or `lifetime`; 30
    /// if it is absent.
    pub(super) refill_days: Option<String>,
}

/// The numbers of catalogue rows that were skipped, by the reason.
#[derive(Debug, Object, Serialize)]
pub(super) struct SkippedRows {
    /// The number of rows of the type Subscriptions, which is not sold.
    pub(super) subscriptions: i64,
    /// The number of rows whose type has no type applied to it.
    pub(super) unknown_types: i64,
    /// The number of rows whose price is zero or above 1000000 USD.
    pub(super) unpriced: i64,
    /// The number of rows whose limits leave no quantity to order.
    pub(super) limits: i64,
    /// The number of rows that repeat the id of an earlier row.
    pub(super) duplicates: i64,
    /// The number of rows without an id, or with a rate or a limit that is no number.
    pub(super) unreadable: i64,
}

/// The result of an import from a provider's catalogue.
#[derive(Debug, Object, Serialize)]
pub(super) struct CatalogImported {
    /// The number of the sync report of the reading that the import used.
    pub(super) report_id: i64,
    /// The numbers of the services that were created.
    pub(super) service_ids: Vec<i64>,
    /// The number of chosen services that were already sold; they stay as they are.
    pub(super) already_sold: i64,
    /// The number of chosen services for which the markup leaves no valid price; they are not sold.
    pub(super) unpriced: i64,
    /// The catalogue rows that could not be chosen, counted by the reason.
    pub(super) skipped: SkippedRows,
    /// The provider's words for types that have no type applied yet, with the proposed type: apply them with
    /// `provider_change`, and import again.
    pub(super) unknown_types: Vec<UnknownType>,
}

/// The options for a reading of a catalogue.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CatalogSync {
    /// Whether to accept the catalogue although more than half of its services are missing.
    pub(super) believe: Option<bool>,
}

/// The report of one reading of a provider's catalogue.
#[derive(Debug, Object, Serialize)]
pub(super) struct SyncReport {
    /// The number of the report, unique in this panel.
    pub(super) report_id: i64,
    /// The number of the provider whose catalogue was read.
    pub(super) provider_id: i64,
    /// When the reading began, UTC.
    pub(super) started_at: Time,
    /// When the reading ended, UTC; absent while it has not ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) finished_at: Option<Time>,
    /// The number of services in the catalogue that can be sold.
    pub(super) listed: i64,
    /// The number of catalogue rows that were skipped.
    pub(super) skipped: i64,
    /// The number of services that were not listed before.
    pub(super) added: i64,
    /// The number of services that are not listed any more.
    pub(super) gone: i64,
    /// The number of differences that were found for services that are sold here.
    pub(super) differences: i64,
    /// The number of these differences that nobody has decided yet.
    pub(super) open: i64,
    /// Why the reading changed nothing, or not everything; absent if it was complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
}

impl From<sync::Report> for SyncReport {
    fn from(report: sync::Report) -> SyncReport {
        SyncReport {
            report_id: report.id,
            provider_id: report.provider.0,
            started_at: report.started_at,
            finished_at: report.finished_at,
            listed: report.listed,
            skipped: report.skipped,
            added: report.added,
            gone: report.gone,
            differences: report.differences,
            open: report.open,
            error: report.error,
        }
    }
}

/// One page of the list of sync reports.
#[derive(Debug, Object, Serialize)]
pub(super) struct SyncReportPage {
    /// The reports of this page, newest first.
    pub(super) reports: Vec<SyncReport>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}

/// A change at a provider of a service that is sold here.
#[derive(Debug, Object, Serialize)]
pub(super) struct SyncDifference {
    /// The number of the difference, unique in this panel.
    pub(super) difference_id: i64,
    /// The number of the sync report that found the difference.
    pub(super) report_id: i64,
    /// The number of the provider whose catalogue changed.
    pub(super) provider_id: i64,
    /// The number of the service in this panel.
    pub(super) service_id: i64,
    /// The name of the service in this panel.
    pub(super) service_name: String,
    /// The id of the service at the provider.
    pub(super) provider_service: String,
    /// The kind of the difference, such as `dearer` or `gone`.
    pub(super) kind: DifferenceKind,
    /// The value before the change; for costs an amount in USD.
    pub(super) was: String,
    /// The value after the change; for costs an amount in USD.
    pub(super) became: String,
    /// The state of the difference: `open`, `applied`, `dismissed` or `superseded`.
    pub(super) state: DifferenceState,
    /// Who decided the difference: an operator, such as `operator:3`, or `panel` for a rule; absent while it
    /// is undecided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) decided_by: Option<String>,
    /// When the difference was decided, UTC; absent while it is undecided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) decided_at: Option<Time>,
}

impl From<sync::Difference> for SyncDifference {
    fn from(difference: sync::Difference) -> SyncDifference {
        SyncDifference {
            difference_id: difference.id,
            report_id: difference.report,
            provider_id: difference.provider.0,
            service_id: difference.service.0,
            service_name: difference.service_name,
            provider_service: difference.provider_service,
            kind: difference.kind,
            was: difference.was,
            became: difference.became,
            state: difference.state,
            decided_by: difference.decided_by,
            decided_at: difference.decided_at,
        }
    }
}

/// One page of the list of catalogue differences.
#[derive(Debug, Object, Serialize)]
pub(super) struct SyncDifferencePage {
    /// The differences of this page, oldest first.
    pub(super) differences: Vec<SyncDifference>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}

/// The differences to apply or to dismiss.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DifferenceChoice {
    /// The numbers of the differences, 1 to 500: either all of them are decided, or none.
    #[oai(validator(min_items = 1, max_items = 500))]
    pub(super) difference_ids: Vec<i64>,
}

/// The differences that were applied or dismissed.
#[derive(Debug, Object, Serialize)]
pub(super) struct DecidedDifferences {
    /// The decided differences, in ascending order of `difference_id`.
    pub(super) differences: Vec<SyncDifference>,
}

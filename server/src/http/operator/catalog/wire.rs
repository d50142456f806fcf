//! What goes in and out: the bodies of requests and answers.

use poem_openapi::Object;
use serde::{Deserialize, Serialize};

use crate::catalog::sync::{self, DifferenceKind, DifferenceState};
use crate::clock::Time;
use crate::http::operator::providers::UnknownType;

/// What to sell of a provider's catalogue, and for how much.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CatalogImport {
    /// Whether everything that it sells is meant; false if it is absent.
    pub(super) all: Option<bool>,
    /// Ids of the provider's services.
    #[oai(validator(max_items = 20000))]
    pub(super) provider_services: Option<Vec<String>>,
    /// Categories of the provider, whole, written as it writes them.
    #[oai(validator(max_items = 1000))]
    pub(super) categories: Option<Vec<String>>,
    /// The rate is the cost plus this percentage, such as `25` or `12.5`, rounded up to 0.000001 USD.
    #[oai(validator(pattern = r"^-?[0-9]{1,7}(\.[0-9]{1,2})?$"))]
    pub(super) markup_percent: Option<String>,
    /// And this much in USD on top.
    #[oai(validator(pattern = r"^[0-9]{1,7}(\.[0-9]{1,6})?$"))]
    pub(super) markup_fixed: Option<String>,
    /// For how many days drops are refilled where the provider refills (1 to 3650), or `lifetime`; 30
    /// if it is absent.
    pub(super) refill_days: Option<String>,
}

/// What was not taken of a catalogue, and why.
#[derive(Debug, Object, Serialize)]
pub(super) struct SkippedRows {
    /// Subscriptions, which are not sold yet.
    pub(super) subscriptions: i64,
    /// Of a type that nobody knows.
    pub(super) unknown_types: i64,
    /// For nothing, or above 1000000 USD.
    pub(super) unpriced: i64,
    /// With limits that leave nothing to order.
    pub(super) limits: i64,
    /// With the id of a row before.
    pub(super) duplicates: i64,
    /// Without an id, or with a rate or a limit that is no number.
    pub(super) unreadable: i64,
}

/// What was imported.
#[derive(Debug, Object, Serialize)]
pub(super) struct CatalogImported {
    /// The report of the reading that it was made from.
    pub(super) report_id: i64,
    /// The services that were made.
    pub(super) service_ids: Vec<i64>,
    /// How many of the chosen ones were sold already: they stay as they are.
    pub(super) already_sold: i64,
    /// How many of them the markup leaves no price for.
    pub(super) unpriced: i64,
    /// What of the catalogue could not be chosen.
    pub(super) skipped: SkippedRows,
    /// The provider's words for types that nobody has applied a type to, with what is proposed: apply
    /// them with `provider_change`, and import again.
    pub(super) unknown_types: Vec<UnknownType>,
}

/// How to read a catalogue.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CatalogSync {
    /// Believe it although most of what was there is missing.
    pub(super) believe: Option<bool>,
}

/// One reading of a provider's catalogue.
#[derive(Debug, Object, Serialize)]
pub(super) struct SyncReport {
    /// Its number.
    pub(super) report_id: i64,
    /// Whose catalogue.
    pub(super) provider_id: i64,
    /// When it was begun.
    pub(super) started_at: Time,
    /// When it was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) finished_at: Option<Time>,
    /// How many services are listed that can be sold.
    pub(super) listed: i64,
    /// How many rows were not taken.
    pub(super) skipped: i64,
    /// How many services were not listed before.
    pub(super) added: i64,
    /// How many are not listed any more.
    pub(super) gone: i64,
    /// How many differences were found for services that are sold here.
    pub(super) differences: i64,
    /// How many of them nobody has decided.
    pub(super) open: i64,
    /// Why nothing was changed, or not all of it, if that is so.
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

/// A page of reports.
#[derive(Debug, Object, Serialize)]
pub(super) struct SyncReportPage {
    /// Newest first.
    pub(super) reports: Vec<SyncReport>,
    /// Where the list goes on: the `cursor` of the next page. Absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}

/// What changed for a service that is sold here.
#[derive(Debug, Object, Serialize)]
pub(super) struct SyncDifference {
    /// Its number.
    pub(super) difference_id: i64,
    /// The report that it is of.
    pub(super) report_id: i64,
    /// Whose catalogue.
    pub(super) provider_id: i64,
    /// The service here.
    pub(super) service_id: i64,
    /// What that is called.
    pub(super) service_name: String,
    /// The service there.
    pub(super) provider_service: String,
    /// What changed.
    pub(super) kind: DifferenceKind,
    /// What it was: for costs an amount of USD.
    pub(super) was: String,
    /// What it became.
    pub(super) became: String,
    /// What became of the difference.
    pub(super) state: DifferenceState,
    /// Who decided it: an operator, or `panel` for a rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) decided_by: Option<String>,
    /// When.
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

/// A page of differences.
#[derive(Debug, Object, Serialize)]
pub(super) struct SyncDifferencePage {
    /// Oldest first.
    pub(super) differences: Vec<SyncDifference>,
    /// Where the list goes on: the `cursor` of the next page. Absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}

/// Differences to decide.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DifferenceChoice {
    /// Their numbers: all are decided, or none.
    #[oai(validator(min_items = 1, max_items = 500))]
    pub(super) difference_ids: Vec<i64>,
}

/// Differences that were decided.
#[derive(Debug, Object, Serialize)]
pub(super) struct DecidedDifferences {
    /// By number.
    pub(super) differences: Vec<SyncDifference>,
}

//! What a person should look at: written in the transaction that found it, and logged.
//!
//! Alerts of one kind with one cause are one, however often it is seen. Raising one is an insertion
//! that waits for nobody; what was seen again is folded into the first by `fold`, and not listed
//! until then. An alert about something that lasts ends when that does; what merely happened ends when
//! somebody of the staff has acknowledged it.

use serde_json::json;

use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::clock::{Period, Time};
use crate::db::{Db, Tx};
use crate::error::{Refusal, Result};
use crate::ids::AlertId;
use crate::panel::Panel;
use crate::vocabulary::words;
use crate::wording;

mod store;

pub(crate) use store::{end, fold, mark_mailed_in_tx, newest_unmailed, open_of_kind};

words! {
    /// What an alert is about.
    pub enum AlertKind {
        /// A provider refuses our account: funds, key, suspension or rate limit.
        ProviderTrouble = "provider_trouble",
        /// A provider refused an order with a sentence that nobody knows.
        UnlistedRefusal = "unlisted_refusal",
        /// Orders wait on a sentence of a provider; one alert for all of them, seen again while they wait.
        UnsortedSentence = "unsorted_sentence",
        /// Nothing is sent to a provider until it answers again.
        CircuitOpen = "circuit_open",
        /// A run or a refill waits for an operator: whether it was taken cannot be found out.
        Parked = "parked",
        /// A run waited in the queue for longer than it may.
        QueuedTooLong = "queued_too_long",
        /// A run of a drip-feed was due, and its service had no provider any more.
        RunNotSent = "run_not_sent",
        /// A provider gave one id to two of our runs.
        DuplicateProviderOrder = "duplicate_provider_order",
        /// An answer came after the run had been decided otherwise.
        LateAnswer = "late_answer",
        /// A provider used a status word that nobody knows.
        UnknownStatus = "unknown_status",
        /// A provider cannot be asked about the orders that it accepted.
        CannotFollow = "cannot_follow",
        /// A provider did not say clearly whether it took a cancel, however often it was asked.
        CancelUnclear = "cancel_unclear",
        /// A provider reported a run as completed with units left.
        CompletedWithRemains = "completed_with_remains",
        /// The panel keeps less of a charge than the provider does.
        SoldBelowCost = "sold_below_cost",
        /// A provider charged more for an order than it quoted: nothing is sent to that offer.
        ChargedAboveQuote = "charged_above_quote",
        /// A provider has reported no charge of the first orders of an offer: the others wait.
        FirstChargeMissing = "first_charge_missing",
        /// A service was taken off the list because it could not be sold as it was.
        ServicePaused = "service_paused",
        /// A provider's catalogue could not be read, or not be believed.
        CatalogueNotTaken = "catalogue_not_taken",
        /// A payment is not as it was asked for: a person has to decide about it.
        DepositReview = "deposit_review",
        /// A customer disputes a charge: a person has to decide about it.
        DisputeFiled = "dispute_filed",
        /// A detector of abuse opened a case, or did more about one: a person has to decide about it.
        AbuseFound = "abuse_found",
        /// Accounts have names that would not be taken now.
        NamesNotAllowed = "names_not_allowed",
        /// Somebody who knows the password of a member of the staff tries codes.
        CodesGuessed = "codes_guessed",
        /// The orders of a suspended account, or of a confirmed case, could not be stopped.
        OrdersNotStopped = "orders_not_stopped",
        /// A count source gave no count several times in a row.
        CountSourceFails = "count_source_fails",
        /// A mail was given up: the mail server did not take it.
        MailNotSent = "mail_not_sent",
        /// The regular check found stored data that cannot be true.
        CheckFailed = "check_failed",
        /// Orders wait to be delivered by hand.
        ManualOrdersWait = "manual_orders_wait",
        /// Nobody has answered a ticket within the time that reviews take.
        TicketDue = "ticket_due",
        /// The gateway refuses our key: no deposit can be begun or looked at.
        GatewayRefusesKey = "gateway_refuses_key",
        /// What is left at a provider will not do for long.
        ProviderBalanceLow = "provider_balance_low",
        /// The disk that the database's file is on is nearly full.
        DiskNearlyFull = "disk_nearly_full",
        /// A worker of a server has not ended a step for far too long.
        WorkerStandsStill = "worker_stands_still",
    }
}

impl AlertKind {
    /// Whether it is about something that lasts and ends by itself; else about something that happened.
    pub(crate) const fn lasts(self) -> bool {
        match self {
            AlertKind::ProviderTrouble
            | AlertKind::UnlistedRefusal
            | AlertKind::UnsortedSentence
            | AlertKind::CircuitOpen
            | AlertKind::Parked
            | AlertKind::UnknownStatus
            | AlertKind::CannotFollow
            | AlertKind::ChargedAboveQuote
            | AlertKind::FirstChargeMissing
            | AlertKind::ServicePaused
            | AlertKind::CatalogueNotTaken
            | AlertKind::DepositReview
            | AlertKind::DisputeFiled
            | AlertKind::AbuseFound
            | AlertKind::OrdersNotStopped
            | AlertKind::CheckFailed
            | AlertKind::ManualOrdersWait
            | AlertKind::TicketDue
            | AlertKind::GatewayRefusesKey
            | AlertKind::ProviderBalanceLow
            | AlertKind::DiskNearlyFull
            | AlertKind::WorkerStandsStill => true,
            AlertKind::QueuedTooLong
            | AlertKind::RunNotSent
            | AlertKind::DuplicateProviderOrder
            | AlertKind::LateAnswer
            | AlertKind::CancelUnclear
            | AlertKind::CompletedWithRemains
            | AlertKind::SoldBelowCost
            | AlertKind::NamesNotAllowed
            | AlertKind::CodesGuessed
            | AlertKind::CountSourceFails
            | AlertKind::MailNotSent => false,
        }
    }
}

words! {
    /// Where an alert stands.
    pub enum AlertState {
        /// Nobody has looked at it.
        Open = "open",
        /// Somebody of the staff has; what it is about still lasts.
        Acknowledged = "acknowledged",
        /// What it is about is over, or it was acknowledged and nothing lasts.
        Ended = "ended",
    }
}

/// An alert about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alert {
    /// What it is about.
    pub(crate) kind: AlertKind,
    /// Of which thing: with the kind it says whether two are one, such as `dispatch 7`.
    pub(crate) cause: String,
    /// What happened, with the ids and numbers.
    pub(crate) message: String,
}

impl Alert {
    pub(crate) fn new(kind: AlertKind, cause: impl Into<String>, message: String) -> Alert {
        Alert {
            kind,
            cause: cause.into(),
            message,
        }
    }
}

/// An alert as the staff reads it.
#[derive(Debug, Clone)]
pub struct AlertView {
    /// Its number.
    pub id: AlertId,
    /// What it is about.
    pub kind: String,
    /// Of which thing, such as `dispatch 7`.
    pub cause: String,
    /// What happened, as it was seen last.
    pub message: String,
    /// Where it stands.
    pub state: AlertState,
    /// How often it was seen.
    pub times_seen: i64,
    /// When it was seen first.
    pub created_at: Time,
    /// When it was seen last.
    pub last_seen_at: Time,
    /// Who of the staff has looked at it, and when.
    pub acknowledged: Option<(String, Time)>,
    /// What they noted.
    pub note: Option<String>,
    /// When it ended.
    pub ended_at: Option<Time>,
}

/// Which alerts a list has: all that match everything given.
#[derive(Debug, Clone, Copy, Default)]
pub struct Search {
    /// Those that stand so.
    pub state: Option<AlertState>,
    /// Those of this kind.
    pub kind: Option<AlertKind>,
    /// Those that were seen first in this period.
    pub created: Period,
    /// Those with numbers below this one.
    pub before: Option<AlertId>,
}

/// Writes alerts and logs each.
pub(crate) async fn raise_in_tx(tx: &Tx, now: Time, alerts: Vec<Alert>) -> Result<()> {
    for raised in &alerts {
        tracing::warn!(kind = raised.kind.word(), "{}", raised.message);
    }
    store::insert(tx, now, alerts).await
}

/// Raises those that are not open, in a transaction of its own: of a fault that is met again and again
/// until a person mends it. Gives how many were raised.
pub(crate) async fn raise_once(db: &Db, now: Time, alerts: Vec<Alert>) -> Result<usize> {
    let mut news = Vec::new();
    for raised in alerts {
        if !store::is_open(db.read(), &raised).await? {
            news.push(raised);
        }
    }
    let raised = news.len();
    if raised > 0 {
        let tx = db.begin().await?;
        raise_in_tx(&tx, now, news).await?;
        tx.commit().await?;
    }
    Ok(raised)
}

/// Raises one that is not open and that nobody was told of since `since`.
pub(crate) async fn raise_anew_in_tx(tx: &Tx, now: Time, since: Time, raised: Alert) -> Result<()> {
    if store::is_open(tx, &raised).await? || store::was_seen_since(tx, &raised, since).await? {
        return Ok(());
    }
    raise_in_tx(tx, now, vec![raised]).await
}

/// The alerts that match `search`, newest first, at most `limit`.
pub async fn list(db: &Db, search: Search, limit: usize) -> Result<Vec<AlertView>> {
    store::list(db.read(), search, limit).await
}

/// An alert. Refused: [`Refusal::Unknown`].
pub async fn view(db: &Db, id: AlertId) -> Result<AlertView> {
    let found = store::find(db.read(), id).await?;
    found.ok_or_else(|| Refusal::Unknown { what: "alert" }.into())
}

/// The newest alert of this kind about `cause`.
pub(crate) async fn newest(db: &Db, kind: AlertKind, cause: &str) -> Result<Option<AlertView>> {
    store::newest(db.read(), kind, cause).await
}

/// Notes that somebody of the staff has looked at an alert. One about something that happened ends by
/// it; one about something that lasts goes on, and nobody is told of it again until it has ended.
/// Acknowledged again, it has the new note. Refused: [`Refusal::Unknown`]; [`Refusal::Conflict`] for one
/// that has ended; [`Refusal::FieldInvalid`]; [`Refusal::Forbidden`] for everybody but staff.
pub async fn acknowledge(
    panel: &Panel,
    actor: &Actor,
    id: AlertId,
    note: Option<&str>,
) -> Result<AlertView> {
    actor.only_staff()?;
    let note = note.map(wording::note).transpose()?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let alert = view_in_tx(&tx, id).await?;
    if alert.state == AlertState::Ended {
        let why = "it has ended".to_owned();
        return Err(Refusal::Conflict { why }.into());
    }
    let lasts = AlertKind::from_word(&alert.kind).is_some_and(AlertKind::lasts);
    store::acknowledge(&tx, now, &alert, &actor.to_string(), note, !lasts).await?;
    let entry = Entry::new(Deed::AlertAcknowledged, format!("alert:{id}"))
        .became(json!({"kind": alert.kind, "cause": alert.cause, "note": note, "ends": !lasts}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    view(&panel.db, id).await
}

async fn view_in_tx(tx: &Tx, id: AlertId) -> Result<AlertView> {
    let found = store::locked(tx, id).await?;
    found.ok_or_else(|| Refusal::Unknown { what: "alert" }.into())
}

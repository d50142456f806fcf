//! What a person should look at: written in the transaction that found it, and logged.

use sea_orm::{
    ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::clock::Time;
use crate::db::{Db, Tx, insert_all};
use crate::entity::alert;
use crate::error::Result;
use crate::vocabulary::words;

words! {
    /// What an alert is about.
    pub enum AlertKind {
        /// A provider refuses our account: funds, key, suspension or rate limit.
        ProviderTrouble = "provider_trouble",
        /// A provider refused an order with a sentence that nobody knows.
        UnlistedRefusal = "unlisted_refusal",
        /// Orders wait on a sentence of a provider; one alert for all of them, repeated while they wait.
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
    }
}

/// An alert about to be written.
#[derive(Debug, Clone)]
pub(crate) struct Alert {
    /// What it is about.
    pub(crate) kind: AlertKind,
    /// What happened, with the ids and numbers.
    pub(crate) message: String,
}

impl Alert {
    pub(crate) fn new(kind: AlertKind, message: String) -> Alert {
        Alert { kind, message }
    }
}

/// An alert as an operator reads it.
#[derive(Debug, Clone)]
pub struct AlertView {
    /// Its number.
    pub id: i64,
    /// What it is about.
    pub kind: String,
    /// What happened.
    pub message: String,
    /// When.
    pub created_at: Time,
}

impl From<alert::Model> for AlertView {
    fn from(row: alert::Model) -> AlertView {
        AlertView {
            id: row.id,
            kind: row.kind,
            message: row.message,
            created_at: row.created_at_ms,
        }
    }
}

/// Writes alerts and logs each.
pub(crate) async fn raise_in_tx(tx: &Tx, now: Time, alerts: Vec<Alert>) -> Result<()> {
    if alerts.is_empty() {
        return Ok(());
    }
    let rows = alerts.into_iter().map(|raised| {
        tracing::warn!(kind = raised.kind.word(), "{}", raised.message);
        alert::ActiveModel {
            id: NotSet,
            kind: Set(raised.kind.word().to_owned()),
            message: Set(raised.message),
            created_at_ms: Set(now),
        }
    });
    insert_all(tx, rows.collect()).await?;
    Ok(())
}

/// Raises those that nobody was told of before, in a transaction of its own: of a fault that is met
/// again and again until a person mends it.
pub(crate) async fn raise_once(db: &Db, now: Time, alerts: Vec<Alert>) -> Result<()> {
    let mut news = Vec::new();
    for raised in alerts {
        let told = alert::Entity::find()
            .filter(alert::Column::Kind.eq(raised.kind.word()))
            .filter(alert::Column::Message.eq(raised.message.as_str()))
            .one(db.read())
            .await?;
        if told.is_none() {
            news.push(raised);
        }
    }
    if news.is_empty() {
        return Ok(());
    }
    let tx = db.begin().await?;
    raise_in_tx(&tx, now, news).await?;
    tx.commit().await?;
    Ok(())
}

/// Raises one that nobody was told of since `since`.
pub(crate) async fn raise_anew_in_tx(tx: &Tx, now: Time, since: Time, raised: Alert) -> Result<()> {
    let told = alert::Entity::find()
        .filter(alert::Column::Kind.eq(raised.kind.word()))
        .filter(alert::Column::Message.eq(raised.message.as_str()))
        .filter(alert::Column::CreatedAtMs.gt(since))
        .one(tx)
        .await?;
    match told {
        Some(_) => Ok(()),
        None => raise_in_tx(tx, now, vec![raised]).await,
    }
}

/// The newest `limit` alerts, newest first.
pub async fn list(db: &Db, limit: u64) -> Result<Vec<AlertView>> {
    let rows = alert::Entity::find()
        .order_by_desc(alert::Column::Id)
        .limit(limit)
        .all(db.read())
        .await?;
    Ok(rows.into_iter().map(AlertView::from).collect())
}

/// The newest alert of this kind whose message begins so.
pub(crate) async fn newest(db: &Db, kind: AlertKind, begins: &str) -> Result<Option<AlertView>> {
    let row = alert::Entity::find()
        .filter(alert::Column::Kind.eq(kind.word()))
        .filter(alert::Column::Message.starts_with(begins))
        .order_by_desc(alert::Column::Id)
        .one(db.read())
        .await?;
    Ok(row.map(AlertView::from))
}

//! `smm-panel check`: reads the raw tables and says whether the money and the orders in them can
//! be true.
//!
//! Independent on purpose: its own SQL, its own 128-bit arithmetic, no entity, no money type and
//! no rule of the server, so that a mistake there is not repeated here. It never writes, and it
//! reads one moment (one snapshot), so that it is right beside a running panel.
//!
//! Every table is read once, in order, in pages of 2,000 rows; what is kept meanwhile is
//! one sum per wallet and one per open order, and the suspensions, so that memory does not grow with
//! the history.

use std::time::Duration;

use sea_orm::{
    AccessMode, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel,
    TransactionTrait,
};

use crate::clock::Time;
use crate::secrets::Secrets;

mod audit_log;
mod cases;
mod causes;
mod corrections;
mod counts;
mod deposits;
mod dispatches;
mod disputes;
mod imports;
mod ledger;
mod lines;
mod movement;
mod once;
mod orders;
mod refunds;
mod report;
mod returns;
mod rows;
mod seals;
mod staff;
mod suspensions;
#[cfg(test)]
mod tests;
mod tickets;

pub use report::{Progress, Report, Violation};
use rows::Inspector;

/// How long after the end of its lease a request may still stand as under way. The worker that
/// turns such a row into `unknown` needs a moment; after this one it is not working, or the panel
/// is stopped, and in both cases nobody knows whether the provider has the order.
pub const LEASE_GRACE: Duration = Duration::from_secs(5 * 60);

/// An invariant: its number, which never changes its meaning, and its sentence.
type Invariant = (u8, &'static str);

const BALANCED: Invariant = (
    1,
    "in each ledger transaction debits equal credits, in two entries or more, each above zero",
);
const ZERO_SUM: Invariant = (2, "all ledger accounts together sum to zero");
const STORED_BALANCE: Invariant = (
    3,
    "the balance stored with a wallet or an order, and what a chargeback says was covered, is that \
     of the ledger",
);
const NEVER_NEGATIVE: Invariant = (
    4,
    "no wallet, no hold and nothing kept back of a suspended account is below zero after any entry \
     of the ledger",
);
const HOLD_WHILE_OPEN: Invariant = (
    5,
    "an order's hold is zero exactly when the order has ended",
);
const REFUND_WITHIN_CHARGE: Invariant = (
    6,
    "the refunds of an order are never below zero and never above its charge",
);
const REFUND_OF_OUTCOME: Invariant = (
    7,
    "an order's automatic refund is that of its outcome (completed none, failed and canceled all, \
     partial by the formula or none if orders overlapped), and every refund was paid as written",
);
const CHARGE_OF_RATE: Invariant = (
    8,
    "an order's charge is its rate times its total quantity, and no more than that is sent",
);
const MOVED_ONCE: Invariant = (
    9,
    "each order is charged once, wallet to hold, each payment is credited once, gateway to wallet, \
     and taken back as far as it can be where it was sent back, and nothing moves money twice for one \
     reference",
);
const CAUSE: Invariant = (10, "nothing stands without the row that caused it");
const ONE_PROVIDER_ORDER: Invariant = (
    11,
    "each run has at most one provider order, and each provider order one run",
);
const LEASE: Invariant = (
    12,
    "no request to a provider is under way for longer than its lease",
);
const ONE_REQUEST: Invariant = (
    13,
    "one idempotency key names one order of its account, with one fingerprint",
);
const TERMINAL_STAYS: Invariant = (
    14,
    "a terminal status is never left, and is reached only when every run has ended",
);
const NOT_WHILE_SUSPENDED: Invariant = (
    15,
    "from its suspension on, by the order of the ledger, an account places no order and its wallet \
     stays empty",
);
const UNCHANGED_LOG: Invariant = (
    16,
    "each row of the audit log has the hash of its contents and of the row before it, and none is \
     missing",
);

const MEASURES: Invariant = (
    17,
    "whoever is held or blocked because of abuse has a case that asks for it, and a case is open or \
     has its decision",
);

const GOES_ON: Invariant = (
    18,
    "an order that has not ended has a run that is open or due, unless a person delivers it",
);
const OWN_LINE: Invariant = (
    19,
    "the newest line that is kept of a provider about a run names no other order than the run's",
);
const REMOVED: Invariant = (
    20,
    "whoever was removed from the staff cannot sign in, and has no key and no session",
);
const CORRECTED: Invariant = (
    21,
    "a correction names a credit of its account, and the corrections of a credit together never take \
     more than it gave",
);

const OPENS: Invariant = (
    22,
    "what is sealed opens with the secrets that the panel runs with, each at its own place",
);

/// What is checked: the number and the sentence of each invariant.
pub const INVARIANTS: [(u8, &str); 22] = [
    BALANCED,
    ZERO_SUM,
    STORED_BALANCE,
    NEVER_NEGATIVE,
    HOLD_WHILE_OPEN,
    REFUND_WITHIN_CHARGE,
    REFUND_OF_OUTCOME,
    CHARGE_OF_RATE,
    MOVED_ONCE,
    CAUSE,
    ONE_PROVIDER_ORDER,
    LEASE,
    ONE_REQUEST,
    TERMINAL_STAYS,
    NOT_WHILE_SUSPENDED,
    UNCHANGED_LOG,
    MEASURES,
    GOES_ON,
    OWN_LINE,
    REMOVED,
    CORRECTED,
    OPENS,
];

/// Checks every invariant on the database behind `db`, as of one moment, and calls `progress`
/// after every page of rows. What is sealed is opened with `secrets`, and never shown. `now` is only
/// compared with the leases of requests under way.
///
/// A database that breaks an invariant gives a [`Report`] with violations; an error means that it
/// could not be read (or holds a value that its column's type does not allow).
pub async fn check(
    db: &DatabaseConnection,
    secrets: &Secrets,
    now: Time,
    mut progress: impl FnMut(Progress) + Send + Sync,
) -> Result<Report, DbErr> {
    let snapshot = snapshot(db).await?;
    let mut inspector = Inspector::new(&snapshot, &mut progress);
    let suspensions = suspensions::read(&mut inspector).await?;
    let mut books = ledger::inspect(&mut inspector, &suspensions).await?;
    suspensions::inspect(&mut inspector, &suspensions, &books).await?;
    orders::inspect(&mut inspector, &mut books).await?;
    deposits::inspect(&mut inspector).await?;
    corrections::inspect(&mut inspector).await?;
    imports::inspect(&mut inspector).await?;
    disputes::inspect(&mut inspector).await?;
    tickets::inspect(&mut inspector).await?;
    counts::inspect(&mut inspector).await?;
    cases::inspect(&mut inspector).await?;
    once::inspect(&mut inspector).await?;
    lines::inspect(&mut inspector).await?;
    dispatches::inspect_leases(&mut inspector, now).await?;
    staff::inspect(&mut inspector).await?;
    seals::inspect(&mut inspector, secrets).await?;
    audit_log::inspect(&mut inspector).await?;
    let report = inspector.into_report();
    snapshot.rollback().await?;
    Ok(report)
}

/// A transaction whose reads are all of one moment. SQLite's are so from their first read on;
/// PostgreSQL must be asked. It begins in a task of its own: the driver loses count of one that is
/// given up while it begins.
async fn snapshot(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let db = db.clone();
    let begin = tokio::spawn(async move {
        if db.get_database_backend() == DbBackend::Sqlite {
            return db.begin().await;
        }
        db.begin_with_config(
            Some(IsolationLevel::RepeatableRead),
            Some(AccessMode::ReadOnly),
        )
        .await
    });
    begin.await.map_err(|e| DbErr::Custom(e.to_string()))?
}

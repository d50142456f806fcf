//! Remarks: what was noticed about an account and nothing is done about, so that it is no work for
//! anybody. Operators read it with the account; where it helps the customer, the customer is told.

use super::findings::{Detector, Evidence, Subject};
use super::record::Found;
use super::store;
use crate::accounts::notices;
use crate::clock::Time;
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::ids::AccountId;
use crate::panel::Panel;

/// How long a remark is kept after it was noticed last: 30 days.
const KEPT_MS: i64 = 30 * 24 * 3_600_000;

/// Something that was noticed about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What was looked for.
    pub detector: Detector,
    /// The key that it is about, or the account.
    pub subject: Subject,
    /// What the newest finding stands on.
    pub evidence: Vec<Evidence>,
    /// How often it was noticed.
    pub findings: i64,
    /// When it was noticed first.
    pub first_at: Time,
    /// When it was noticed last.
    pub last_at: Time,
}

/// The remarks on an account, the newest first.
pub async fn of_account(db: &Db, account: AccountId) -> Result<Vec<Remark>> {
    store::remarks::of_account(db.read(), account).await
}

/// Writes what was found down with `account`. The owner is told once, if the detector `acts`, until the
/// remark is forgotten.
pub(super) async fn add_in_tx(
    panel: &Panel,
    tx: &Tx,
    found: &Found,
    account: AccountId,
    acts: bool,
) -> Result<()> {
    let (finding, now) = (&found.finding, panel.now());
    let is_new = store::remarks::add(tx, now, account, found).await?;
    if let Some(notice) = finding.notice.as_deref().filter(|_| acts && is_new) {
        notices::tell_in_tx(tx, now, account, notice).await?;
    }
    Ok(())
}

/// Forgets remarks that were not noticed again for 30 days.
pub(super) async fn forget_old(panel: &Panel) -> Result<()> {
    let tx = panel.db.begin().await?;
    store::remarks::forget(&tx, panel.now().plus_ms(-KEPT_MS)).await?;
    tx.commit().await?;
    Ok(())
}

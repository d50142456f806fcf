//! Refills of orders that were delivered by hand: no provider tops them up, so a person says when
//! they are done.

use serde_json::json;

use super::rules::RefillStatus;
use super::{Refill, store};
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::clock::Period;
use crate::db::Db;
use crate::error::{Refusal, Result};
use crate::ids::RefillId;
use crate::panel::Panel;
use crate::wording;

/// Open refills without a provider, oldest first, from behind `after`, at most `limit`.
pub async fn manual(
    db: &Db,
    created: Period,
    after: RefillId,
    limit: usize,
) -> Result<Vec<Refill>> {
    store::manual(db, created, after, limit).await
}

/// Ends a refill without a provider: it is done, or it will not be. Refused:
/// [`Refusal::RefillUnknown`]; [`Refusal::Conflict`] for one that was given to a provider, or has
/// ended; [`Refusal::FieldInvalid`].
pub async fn end(
    panel: &Panel,
    actor: &Actor,
    id: RefillId,
    done: bool,
    reason: &str,
) -> Result<Refill> {
    let reason = wording::reason(reason)?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let refill = store::lock_refill(&tx, id).await?;
    let mut refill = refill.ok_or(Refusal::RefillUnknown)?;
    if refill.ended_at.is_some() {
        let why = format!("the refill is {}, which never changes", refill.status);
        return Err(Refusal::Conflict { why }.into());
    }
    if store::has_shares(&tx, id).await? {
        let why = "the refill was given to a provider: resolve its dispatch".to_owned();
        return Err(Refusal::Conflict { why }.into());
    }
    let was = refill.status;
    refill.status = match done {
        true => RefillStatus::Completed,
        false => RefillStatus::Rejected,
    };
    refill.ended_at = Some(now);
    store::write_end(&tx, now, id, refill.status).await?;
    let entry = Entry::new(Deed::RefillResolved, format!("refill:{id}"))
        .because(reason)
        .was(json!({"status": was.word()}))
        .became(json!({"status": refill.status.word(), "order_id": refill.order.0}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(refill)
}

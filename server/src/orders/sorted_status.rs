//! What becomes of the runs whose provider said a status word, once an operator has sorted that word.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use super::phrase_decision::WaitingGroup;
use super::rules::DispatchState;
use super::settle::advance_in_tx;
use super::store;
use super::store::runs::Exchange;
use super::told::{Cause, CausedBy};
use crate::db::PIECE;
use crate::entity::dispatch;
use crate::error::Result;
use crate::ids::{DispatchId, ProviderId};
use crate::panel::Panel;

/// Runs that a provider took and that have not ended, by the status word that it last said, at one
/// provider or at all.
pub(crate) async fn taken_by_status(
    on: &impl ConnectionTrait,
    provider: Option<ProviderId>,
) -> Result<Vec<WaitingGroup>> {
    store::phrases::taken_by_status(on, provider).await
}

/// Has the runs asked about at once of which `provider` last said `status`, those too that were parked
/// because nobody knew the word. `evidence` says who sorted it and why, for operators. Gives how many
/// runs are no longer parked.
pub(crate) async fn follow_again(
    panel: &Panel,
    provider: ProviderId,
    status: &str,
    evidence: &str,
) -> Result<usize> {
    let tx = panel.db.begin().await?;
    store::phrases::poll_now(&tx, panel.now(), provider, status).await?;
    tx.commit().await?;
    let (mut after, mut followed) = (DispatchId(0), 0);
    loop {
        let on = panel.db.read();
        let listed = store::phrases::parked_by_status(on, provider, status, after, PIECE).await?;
        let Some(&(last, _)) = listed.last() else {
            return Ok(followed);
        };
        after = last;
        let now = panel.now();
        let tx = panel.db.begin().await?;
        store::lock_orders(&tx, listed.iter().map(|(_, order)| *order)).await?;
        let mut runs = store::runs::lock(&tx, listed.iter().map(|(run, _)| *run)).await?;
        // Somebody may have decided one meanwhile.
        runs.retain(|run| waits_for_word(run, status));
        let (mut exchanges, mut causes) = (Vec::new(), HashMap::new());
        for run in &mut runs {
            run.state = DispatchState::Accepted;
            run.poll_at_ms = Some(now);
            run.vague_answers = 0;
            run.reason = None;
            causes.insert(
                run.order_id,
                CausedBy::new(Cause::DecidedByOperator, evidence),
            );
            exchanges.push(Exchange {
                run: run.id,
                attempt: run.attempt,
                action: "resolve",
                request: format!("status={status}"),
                reply: evidence.to_owned(),
            });
        }
        followed += runs.len();
        store::writes::write(&tx, &runs).await?;
        store::runs::insert_exchanges(&tx, now, exchanges).await?;
        let ended = advance_in_tx(&tx, now, causes).await?;
        tx.commit().await?;
        ended.tell(panel);
    }
}

fn waits_for_word(run: &dispatch::Model, status: &str) -> bool {
    run.state == DispatchState::Parked
        && run.provider_order.is_some()
        && run.provider_status.as_deref() == Some(status)
}

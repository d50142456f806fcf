//! Answers that leave open whether the provider took the run.

use super::Record;
use crate::clock::Time;
use crate::entity::dispatch;
use crate::error::Result;
use crate::orders::claim::Sent;
use crate::orders::rules::DispatchState;
use crate::orders::store;
use crate::orders::verdict::Doubt;

impl Record<'_> {
    /// Nobody knows whether the provider took it: the money stays in its hold.
    pub(super) async fn lose(
        &mut self,
        run: &mut dispatch::Model,
        doubt: Doubt,
        sent: &Sent,
    ) -> Result<()> {
        run.state = DispatchState::Unknown;
        run.unknown_at_ms = Some(self.now);
        run.due_at_ms = self.now;
        run.lease_until_ms = None;
        run.reason = Some(doubt.reason);
        run.phrase = doubt.phrase;
        if doubt.is_unsorted {
            self.providers.unsorted(run.provider_id);
        }
        if let Some(seen) = doubt.seen_order {
            self.keep_seen_order(run, seen, sent.claimed.claimed_at)
                .await?;
        }
        if !doubt.is_lost {
            return Ok(());
        }
        run.lost_at_ms = Some(self.now);
        let since = self.now.plus_ms(-self.panel.config.breaker_window_ms);
        let before = store::evidence::lost_since(self.tx, run.provider_id, since).await?;
        let here = self
            .runs
            .values()
            .filter(|other| self.changed.contains_key(&other.id))
            .filter(|other| other.provider_id == run.provider_id)
            .filter(|other| other.lost_at_ms == Some(self.now));
        let lost = before + 1 + i64::try_from(here.count()).unwrap_or(i64::MAX);
        if lost >= self.panel.config.breaker_unknowns {
            let why = format!("{lost} orders without an answer");
            self.providers.lost(run.provider_id, why);
        }
        Ok(())
    }

    /// Keeps the id that stood in an answer that is no acceptance: its status is asked once it may
    /// be there. An id that cannot be this run's is shown only.
    async fn keep_seen_order(
        &mut self,
        run: &mut dispatch::Model,
        seen: String,
        claimed_at: Time,
    ) -> Result<()> {
        let provider = run.provider_id;
        let before = store::evidence::provider_orders_before(self.tx, provider, claimed_at).await?;
        let other = self.taken.get(&(provider, seen.clone()));
        let why = if other.is_some_and(|other| *other != run.id) {
            Some("which is another dispatch's")
        } else if is_older(&seen, &before) {
            Some("which is smaller than those it gave before")
        } else {
            None
        };
        match why {
            Some(why) => {
                let said = run.reason.take().unwrap_or_default();
                self.park(run, format!("{said}; it names order {seen}, {why}"));
            }
            None => run.due_at_ms = self.now.plus_ms(self.panel.config.sync_interval_ms),
        }
        run.seen_order = Some(seen);
        Ok(())
    }
}

/// True if `seen` is smaller than the largest of the ids that a provider gave `before`, where ids
/// are numbers: then it is an earlier order's.
fn is_older(seen: &str, before: &[String]) -> bool {
    let number = |id: &str| id.parse::<u128>().ok();
    let largest = before.iter().filter_map(|id| number(id)).max();
    number(seen)
        .zip(largest)
        .is_some_and(|(seen, largest)| seen < largest)
}

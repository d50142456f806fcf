//! Answers that leave open whether the provider took the run.

use super::Record;
use crate::clock::Time;
use crate::entity::dispatch;
use crate::error::Result;
use crate::orders::claim::{self, Sent};
use crate::orders::rules::DispatchState;
use crate::orders::store;
use crate::orders::store::evidence::Lost;
use crate::orders::verdict::Doubt;
use crate::protocol::upstream::plain_id;

/// How many of the lost answers that open a circuit are of other accounts than the one with the most.
const LEAST_OF_OTHERS: i64 = 2;

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
        let provider = run.provider_id;
        let mut lost = store::evidence::lost_since(self.tx, provider, since).await?;
        let here = self
            .runs
            .values()
            .filter(|other| self.changed.contains_key(&other.id))
            .filter(|other| other.provider_id == provider)
            .filter(|other| other.lost_at_ms == Some(self.now))
            .map(|other| other.order_id);
        for order in here.chain([run.order_id]) {
            let account = self.orders.get(&order).map(|order| order.account_id);
            let of = lost.entry(account.ok_or_else(|| claim::lost(run))?);
            of.or_insert(Lost {
                count: 0,
                last_at: self.now,
            })
            .count += 1;
        }
        let in_all: i64 = lost.values().map(|lost| lost.count).sum();
        // "No single customer can cause it": the orders of one account wait alone, see `claim`, and one
        // answer that another account lost by chance is no evidence against the provider.
        let of_one = lost.values().map(|lost| lost.count).max().unwrap_or(0);
        if in_all >= self.panel.config.breaker_unknowns && in_all - of_one >= LEAST_OF_OTHERS {
            let accounts = lost.len();
            let why = format!("{in_all} orders of {accounts} accounts without an answer");
            self.providers.lost(provider, why);
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
        let other = self.known.another(provider, &seen, run.id);
        let is_anothers = other.is_some();
        let why = if is_anothers {
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
        // Another's id says nothing of which is this run's.
        run.seen_order = Some(seen).filter(|_| !is_anothers);
        Ok(())
    }
}

/// True if `seen` is smaller than the largest of the ids that a provider gave `before`, where ids
/// are numbers: then it is an earlier order's.
fn is_older(seen: &str, before: &[String]) -> bool {
    let number = |id: &str| plain_id(id).parse::<u128>().ok();
    let largest = before.iter().filter_map(|id| number(id)).max();
    number(seen)
        .zip(largest)
        .is_some_and(|(seen, largest)| seen < largest)
}

//! What orders cost at a provider in a day, so that somebody is told before its balance is used up.

use super::store::daily_cost as store;
use crate::catalog::Provider;
use crate::clock::Time;
use crate::db::Db;
use crate::error::Result;
use crate::money::Money;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// How far back is counted.
const PERIOD_MS: i64 = 3 * DAY_MS;
/// How many dispatches are counted at most, of all providers together.
const NEWEST: i64 = 100_000;

/// What the orders that `provider` took in the last three days cost in a day, at what it charges now. Of
/// more than 100,000 orders the newest are counted, and of a provider that is newer the time since it was
/// added.
pub(crate) async fn cost_in_a_day(db: &Db, provider: &Provider, now: Time) -> Result<Money> {
    let on = db.read();
    let counted = store::queued_before_newest(on, NEWEST).await?;
    let begins = [
        Some(now.plus_ms(-PERIOD_MS)),
        Some(provider.created_at),
        counted,
    ];
    let since = begins.into_iter().flatten().max().unwrap_or(now);
    let cost = store::cost_since(on, provider.id, since, NEWEST).await?;
    Ok(in_a_day(cost, now.ms_since(since)))
}

/// What `cost` within `covered_ms` is in a day. A span below an hour counts as an hour.
fn in_a_day(cost: Money, covered_ms: i64) -> Money {
    let covered_ms = covered_ms.clamp(DAY_MS / 24, PERIOD_MS);
    let nano = i128::from(cost.nano()) * i128::from(DAY_MS) / i128::from(covered_ms);
    Money::from_nano(i64::try_from(nano).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_in_a_part_of_the_period_is_held_against_that_part() {
        let cost = Money::from_nano(6_000);
        assert_eq!(in_a_day(cost, PERIOD_MS), Money::from_nano(2_000));
        assert_eq!(in_a_day(cost, DAY_MS / 2), Money::from_nano(12_000));
        assert_eq!(in_a_day(cost, 0), Money::from_nano(6_000 * 24));
        assert_eq!(in_a_day(Money::ZERO, DAY_MS), Money::ZERO);
    }
}

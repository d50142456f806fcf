//! What is left at providers, beside what orders cost there.

use sea_orm::QueryResult;

use super::Condition;
use crate::catalog::Pause;
use crate::db::query;
use crate::error::Result;
use crate::ids::ProviderId;
use crate::money::Money;
use crate::panel::Panel;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What was read within a day, of providers that no operator has paused: those are not asked.
const BALANCES: &str = "
    SELECT id, name, balance_nano, daily_cost_nano FROM providers
    WHERE balance_nano IS NOT NULL AND balance_at_ms > $1
        AND (pause_reason IS NULL OR pause_reason <> $2) ORDER BY id";

struct Balance {
    provider: ProviderId,
    name: String,
    left: Money,
    /// What orders cost there in a day.
    daily_cost: Money,
}

/// Providers where less is left than `provider_balance_min`, or than what orders will cost within
/// `provider_balance_days` if they go on as in the last three days.
pub(super) async fn low(panel: &Panel) -> Result<Vec<Condition>> {
    let read = |row: &QueryResult| -> Result<Balance> {
        Ok(Balance {
            provider: row.try_get("", "id")?,
            name: row.try_get("", "name")?,
            left: row.try_get("", "balance_nano")?,
            daily_cost: row.try_get("", "daily_cost_nano")?,
        })
    };
    let since = panel.now().plus_ms(-DAY_MS);
    let read_since = [since.into(), Pause::ByOperator.word().into()];
    let rows = query(panel.db.read(), BALANCES, read_since).await?;
    let mut low = Vec::new();
    for balance in rows.iter().map(read) {
        let balance = balance?;
        let (least, days) = (
            panel.config.provider_balance_min,
            panel.config.provider_balance_days,
        );
        if let Some(message) = told(&balance, least, days) {
            low.push(Condition {
                cause: format!("provider {}", balance.provider),
                message: Some(message),
            });
        }
    }
    Ok(low)
}

/// What an operator is told of a balance, if it is low.
fn told(balance: &Balance, least: Money, days: i64) -> Option<String> {
    let (left, name, cost) = (balance.left, &balance.name, balance.daily_cost);
    let lasts = cost.is_positive().then(|| left.nano().max(0) / cost.nano());
    let is_short = lasts.is_some_and(|lasts| lasts < days);
    if left >= least && !is_short {
        return None;
    }
    Some(match lasts {
        Some(lasts) => format!(
            "{left} USD are left at provider {name}: enough for {lasts} day(s) of what its orders cost \
             at present, {cost} USD a day; top it up there"
        ),
        None => {
            format!("{left} USD are left at provider {name}, less than {least}: top it up there")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balance(nano: i64, daily_cost: i64) -> Balance {
        Balance {
            provider: ProviderId(1),
            name: "main".to_owned(),
            left: Money::from_nano(nano),
            daily_cost: Money::from_nano(daily_cost),
        }
    }

    const USD: i64 = 1_000_000_000;

    #[test]
    fn a_balance_is_low_below_its_least_and_when_it_lasts_for_less_than_the_days() {
        let least = Money::from_nano(5 * USD);
        assert_eq!(told(&balance(5 * USD, 0), least, 2), None);
        assert!(told(&balance(5 * USD - 1, 0), least, 2).is_some());
        assert_eq!(told(&balance(20 * USD, 10 * USD), least, 2), None);
        let told = told(&balance(20 * USD - 1, 10 * USD), least, 2).unwrap();
        assert!(told.contains("1 day(s)"), "{told}");
        assert!(told.contains("10.00 USD a day"), "{told}");
    }
}

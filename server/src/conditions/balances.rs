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
/// How many days the present spend is counted over.
const SPEND_DAYS: i64 = 3;

/// What was read within a day, of providers that no operator has paused: those are not asked.
const BALANCES: &str = "
    SELECT id, name, balance_nano FROM providers
    WHERE balance_nano IS NOT NULL AND balance_at_ms > $1
        AND (pause_reason IS NULL OR pause_reason <> $2) ORDER BY id";

/// What the newest orders cost that a provider took, at what it charges now; for a thousand units.
const SPENT: &str = "
    SELECT CAST(COALESCE(SUM(d.quantity * f.cost_micro), 0) AS BIGINT) AS spent
    FROM dispatches d JOIN orders o ON o.id = d.order_id
    JOIN offers f ON f.service_id = o.service_id AND f.provider_id = d.provider_id
        AND f.provider_service = d.provider_service
    WHERE d.provider_id = $1 AND d.accepted_at_ms > $2
        AND d.id > (SELECT COALESCE(MAX(id), 0) - 100000 FROM dispatches)";

struct Balance {
    provider: ProviderId,
    name: String,
    left: Money,
}

/// Providers where less is left than `provider_balance_min`, or than what orders will cost within
/// `provider_balance_days` if they go on as in the last three days.
pub(super) async fn low(panel: &Panel) -> Result<Vec<Condition>> {
    let read = |row: &QueryResult| -> Result<Balance> {
        Ok(Balance {
            provider: row.try_get("", "id")?,
            name: row.try_get("", "name")?,
            left: row.try_get("", "balance_nano")?,
        })
    };
    let since = panel.now().plus_ms(-DAY_MS);
    let read_since = [since.into(), Pause::ByOperator.word().into()];
    let rows = query(panel.db.read(), BALANCES, read_since).await?;
    let mut low = Vec::new();
    for balance in rows.iter().map(read) {
        let balance = balance?;
        let spent = spent_in_a_day(panel, balance.provider).await?;
        let (least, days) = (
            panel.config.provider_balance_min,
            panel.config.provider_balance_days,
        );
        if let Some(message) = told(&balance, spent, least, days) {
            low.push(Condition {
                cause: format!("provider {}", balance.provider),
                message: Some(message),
            });
        }
    }
    Ok(low)
}

/// What orders cost there in a day, in nano-USD.
async fn spent_in_a_day(panel: &Panel, provider: ProviderId) -> Result<i64> {
    let since = panel.now().plus_ms(-SPEND_DAYS * DAY_MS);
    let rows = query(panel.db.read(), SPENT, [provider.into(), since.into()]).await?;
    let spent: i64 = rows.first().map_or(Ok(0), |row| row.try_get("", "spent"))?;
    // A rate in micro-USD per 1000 units, times units, is nano-USD.
    Ok(spent / SPEND_DAYS)
}

/// What an operator is told of a balance, if it is low; `spent` is what a day costs, in nano-USD.
fn told(balance: &Balance, spent: i64, least: Money, days: i64) -> Option<String> {
    let (left, name) = (balance.left, &balance.name);
    let lasts = (spent > 0).then(|| left.nano().max(0) / spent);
    let is_short = lasts.is_some_and(|lasts| lasts < days);
    if left >= least && !is_short {
        return None;
    }
    Some(match lasts {
        Some(lasts) => format!(
            "{left} USD are left at provider {name}: enough for {lasts} day(s) of what its orders cost \
             at present, {} USD a day; top it up there",
            Money::from_nano(spent)
        ),
        None => {
            format!("{left} USD are left at provider {name}, less than {least}: top it up there")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balance(nano: i64) -> Balance {
        Balance {
            provider: ProviderId(1),
            name: "main".to_owned(),
            left: Money::from_nano(nano),
        }
    }

    const USD: i64 = 1_000_000_000;

    #[test]
    fn a_balance_is_low_below_its_least_and_when_it_lasts_for_less_than_the_days() {
        let least = Money::from_nano(5 * USD);
        assert_eq!(told(&balance(5 * USD), 0, least, 2), None);
        assert!(told(&balance(5 * USD - 1), 0, least, 2).is_some());
        assert_eq!(told(&balance(20 * USD), 10 * USD, least, 2), None);
        let told = told(&balance(20 * USD - 1), 10 * USD, least, 2).unwrap();
        assert!(told.contains("1 day(s)"), "{told}");
        assert!(told.contains("10.00 USD a day"), "{told}");
    }
}

//! What is left at providers, as it was read last: the columns of that in their rows.

use super::{Pause, Provider};
use crate::db::{execute, query};
use crate::error::Result;
use crate::ids::ProviderId;
use crate::money::Money;
use crate::panel::Panel;

/// How often a provider is asked.
const EVERY_MS: i64 = 60 * 60 * 1_000;

/// A provider that is to be asked now; nobody else asks it until it is due again. One that was added
/// just now is being set up, and one that is paused by an operator is left alone.
pub(crate) async fn take_due(panel: &Panel) -> Result<Option<Provider>> {
    let before = panel.now().plus_ms(-EVERY_MS);
    let due = "SELECT id FROM providers WHERE created_at_ms <= $1 \
               AND (balance_asked_at_ms IS NULL OR balance_asked_at_ms <= $1) \
               AND (pause_reason IS NULL OR pause_reason <> $2) ORDER BY id LIMIT 1";
    let rows = query(
        panel.db.read(),
        due,
        [before.into(), Pause::ByOperator.word().into()],
    )
    .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let id: ProviderId = row.try_get("", "id")?;
    let take = "UPDATE providers SET balance_asked_at_ms = $2 WHERE id = $1 \
                AND (balance_asked_at_ms IS NULL OR balance_asked_at_ms <= $3)";
    let tx = panel.db.begin().await?;
    let taken = execute(&tx, take, [id.into(), panel.now().into(), before.into()]).await?;
    tx.commit().await?;
    if taken == 0 {
        return Ok(None);
    }
    Ok(Some(super::provider(&panel.db, &panel.secrets, id).await?))
}

/// Writes down what is left at `provider`, in its currency, and what orders cost there in a day, in USD.
pub(crate) async fn note(
    panel: &Panel,
    provider: &Provider,
    balance: Money,
    cost_in_a_day: Money,
) -> Result<()> {
    let Ok(balance) = balance.converted(provider.exchange.nano_usd) else {
        return Ok(());
    };
    let sql = "UPDATE providers SET balance_nano = $2, balance_at_ms = $3, daily_cost_nano = $4 \
               WHERE id = $1";
    let tx = panel.db.begin().await?;
    let values = [
        provider.id.into(),
        balance.into(),
        panel.now().into(),
        cost_in_a_day.into(),
    ];
    execute(&tx, sql, values).await?;
    tx.commit().await?;
    Ok(())
}

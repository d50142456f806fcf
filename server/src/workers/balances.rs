//! Asking providers what is left there, so that somebody is told before nothing is.

use crate::catalog::balances;
use crate::error::Result;
use crate::orders;
use crate::panel::Panel;
use crate::provider::{Client, read_balance};

/// Asks what is due. Cheap to clone.
#[derive(Clone)]
pub(super) struct BalanceReader {
    panel: Panel,
    client: Client,
}

impl BalanceReader {
    pub(super) fn new(panel: Panel, client: Client) -> BalanceReader {
        BalanceReader { panel, client }
    }

    /// Asks one provider that is due and that no other server asks. Gives whether there was one.
    pub(super) async fn step(&self) -> Result<usize> {
        let Some(provider) = balances::take_due(&self.panel).await? else {
            return Ok(0);
        };
        match read_balance(&self.client, &provider).await {
            Ok((balance, _)) => {
                let (panel, now) = (&self.panel, self.panel.now());
                let cost = orders::cost_in_a_day(&panel.db, &provider, now).await?;
                balances::note(panel, &provider, balance, cost).await?;
            }
            // What was read before stands; that it does not answer is told elsewhere.
            Err(why) => tracing::info!(why, "a balance was not read"),
        }
        Ok(1)
    }
}

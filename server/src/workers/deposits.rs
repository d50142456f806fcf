//! Asking payment gateways: about payments that were told of, and for those that were not.

use std::sync::Arc;

use crate::deposits::{self, Asked};
use crate::error::Result;
use crate::gateway::Gateway;
use crate::panel::Panel;

/// Looks after deposits. Cheap to clone.
#[derive(Clone)]
pub(super) struct Depositor {
    panel: Panel,
}

impl Depositor {
    pub(super) fn new(panel: Panel) -> Depositor {
        Depositor { panel }
    }

    /// One round: what is due is asked, and what that proves is credited. Gives how much there was.
    pub(super) async fn step(&self) -> Result<usize> {
        let Some(gateway) = self.panel.gateway.clone() else {
            return Ok(0);
        };
        let looked = self.look(&gateway).await?;
        let due = deposits::take_due(&self.panel, gateway.name()).await?;
        let count = due.len() + looked;
        for asked in due {
            let answer = gateway.payment(&asked.gateway_payment).await;
            deposits::note_key(&self.panel, gateway.name(), Asked::Payments, &answer).await;
            // One that cannot be recorded keeps no other from it; it is asked about again.
            if let Err(fault) = deposits::record(&self.panel, &asked, answer).await {
                let (payment, error) = (&asked.gateway_payment, fault.to_string());
                tracing::error!(payment, error, "what a gateway said was not recorded");
            }
        }
        Ok(count)
    }

    /// Looks for payments to open invoices of which no callback came.
    async fn look(&self, gateway: &Arc<dyn Gateway>) -> Result<usize> {
        let due = deposits::take_looks(&self.panel).await?;
        let count = due.len();
        for deposit in due {
            let found = gateway.payments_to(&deposit.invoice).await;
            deposits::note_key(&self.panel, gateway.name(), Asked::Lists, &found).await;
            match found {
                Ok(Some(payments)) => {
                    deposits::found(&self.panel, gateway.name(), &payments).await?;
                }
                // It cannot be asked for lists: what callbacks told of is asked about all the same.
                Ok(None) => {}
                Err(fault) => {
                    let (invoice, error) = (&deposit.invoice, fault.to_string());
                    tracing::warn!(invoice, error, "payments could not be looked for");
                }
            }
        }
        Ok(count)
    }
}

//! Disputes about a charge: within 48 hours of it, decided on records.

use rust_decimal::Decimal;

use crate::client::Client;
use crate::error::Error;
use crate::generated::types::NewDispute;
use crate::pages::{PAGE_SIZE, Page, Pages};
use crate::retry::Repeat;
use crate::{Dispute, DisputeEvidence, DisputeReason};

/// # Disputes
///
/// A key needs the scope `read` to read and `order` to open one.
impl Client {
    /// Disputes `amount` USD of the charge of an order, with a clear description (20 to 2000
    /// characters). An order's `dispute_until` says until when, its `can_dispute` whether. Repeated
    /// by itself only if it was not sent, or not done.
    ///
    /// ```no_run
    /// # async fn claim(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// use smm_panel_sdk::DisputeReason;
    /// let why = "The profile never showed more than 600 of the 1000 followers.";
    /// let amount = "0.36".parse().expect("an amount");
    /// let filed = client.dispute(17, DisputeReason::NotDelivered, amount, why).await?;
    /// println!("{:#?}", client.dispute_evidence(filed.dispute_id).await?.bundle);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn dispute(
        &self,
        order_id: i64,
        reason: DisputeReason,
        amount: Decimal,
        description: &str,
    ) -> Result<Dispute, Error> {
        let new = NewDispute {
            reason,
            amount,
            description: description.to_owned(),
        };
        let ask = || self.raw.dispute_open(order_id, &new);
        self.call("dispute_open", Repeat::Unsent, ask).await
    }

    /// A dispute as it is now, with its decision once there is one.
    ///
    /// ```no_run
    /// # async fn read(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// println!("{}", client.dispute_status(2).await?.state);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn dispute_status(&self, dispute_id: i64) -> Result<Dispute, Error> {
        let ask = || self.raw.dispute_view(dispute_id);
        self.call("dispute_view", Repeat::Safe, ask).await
    }

    /// The records that a dispute is decided on: of a decided one, as they were then.
    ///
    /// ```no_run
    /// # async fn read(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// println!("{:#?}", client.dispute_evidence(2).await?.bundle);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn dispute_evidence(&self, dispute_id: i64) -> Result<DisputeEvidence, Error> {
        let ask = || self.raw.dispute_evidence(dispute_id);
        self.call("dispute_evidence", Repeat::Safe, ask).await
    }

    /// Every dispute, oldest first.
    ///
    /// ```no_run
    /// # async fn list(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let mut disputes = client.disputes();
    /// while let Some(dispute) = disputes.next().await? {
    ///     println!("{} is {}", dispute.dispute_id, dispute.state);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn disputes(&self) -> Pages<Dispute> {
        Pages::new(self, None, |client, cursor| async move {
            let ask = || {
                let cursor = cursor.as_deref();
                client.raw.dispute_list(cursor, Some(PAGE_SIZE), None, None)
            };
            let page = client.call("dispute_list", Repeat::Safe, ask).await?;
            Ok(Page {
                rows: page.disputes,
                next_cursor: page.next_cursor,
            })
        })
    }
}

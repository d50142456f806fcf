//! Disputes about a charge: within 48 hours of it, decided on records.

use futures::stream::{Stream, TryStreamExt, try_unfold};
use rust_decimal::Decimal;

use crate::client::{Client, PAGE, rows};
use crate::error::Error;
use crate::retry::Repeat;
use crate::types::{Dispute, DisputeEvidence, DisputeReason, NewDispute, OrderRefills, Refill};

impl Client {
    /// Disputes `amount` USD of the charge of an order, with a clear description (20 to 2000
    /// characters). An order's `dispute_until` says until when, its `can_dispute` whether. Never
    /// repeated by itself once it was sent.
    ///
    /// ```no_run
    /// # async fn claim(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// use smm_panel_sdk::types::DisputeReason;
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
    pub async fn dispute_status(&self, dispute_id: i64) -> Result<Dispute, Error> {
        let ask = || self.raw.dispute_view(dispute_id);
        self.call("dispute_view", Repeat::Safe, ask).await
    }

    /// What a dispute is decided on: of a decided one, as it was then.
    pub async fn dispute_evidence(&self, dispute_id: i64) -> Result<DisputeEvidence, Error> {
        let ask = || self.raw.dispute_evidence(dispute_id);
        self.call("dispute_evidence", Repeat::Safe, ask).await
    }

    /// Every dispute, oldest first; pages are fetched as the stream is read.
    pub fn disputes(&self) -> impl Stream<Item = Result<Dispute, Error>> + Send {
        let client = self.clone();
        let pages = try_unfold(Some(None), move |next: Option<Option<String>>| {
            let client = client.clone();
            async move {
                let Some(cursor) = next else { return Ok(None) };
                let ask = || {
                    let cursor = cursor.as_deref();
                    client.raw.dispute_list(cursor, Some(PAGE), None, None)
                };
                let page = client.call("dispute_list", Repeat::Safe, ask).await?;
                let next = page.next_cursor.map(Some);
                Ok::<_, Error>(Some((rows(page.disputes), next)))
            }
        });
        pages.try_flatten()
    }

    /// The refills of an order, oldest first.
    pub async fn refills_of(&self, order_id: i64) -> Result<Vec<Refill>, Error> {
        let ask = || self.raw.order_refills(order_id);
        let found: OrderRefills = self.call("order_refills", Repeat::Safe, ask).await?;
        Ok(found.refills)
    }
}

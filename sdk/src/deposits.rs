//! Deposits: bringing money into the wallet. What was credited is final.

use rust_decimal::Decimal;

use crate::client::Client;
use crate::error::Error;
use crate::generated::types::NewDeposit;
use crate::pages::{PAGE_SIZE, Page, Pages};
use crate::retry::Repeat;
use crate::{Deposit, DepositDetails, DepositStatus};

/// # Deposits
///
/// A key needs the scope `read` to read and `order` to make one.
impl Client {
    /// Makes a deposit of `amount` USD, with at most two decimals, to be paid with `coin` (by the
    /// gateway's name of it, such as `usdttrc20`) or with one that is chosen on the invoice's page.
    /// The answer has that page, the terms, and what to mind when paying. Repeated by itself
    /// only if it was not sent, or not done; one that is not paid costs nothing.
    ///
    /// ```no_run
    /// # async fn pay(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let made = client.deposit(20.into(), Some("usdttrc20")).await?;
    /// println!("{}", made.terms);
    /// println!("pay at {}", made.deposit.invoice_url.unwrap_or_default());
    /// let later = client.deposit_status(made.deposit.deposit_id).await?;
    /// println!("{}: {} USD credited", later.deposit.status, later.deposit.credited);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn deposit(
        &self,
        amount: Decimal,
        coin: Option<&str>,
    ) -> Result<DepositDetails, Error> {
        let new = NewDeposit {
            amount,
            coin: coin.map(str::to_owned),
        };
        let ask = || self.raw.deposit_create(&new);
        self.call("deposit_create", Repeat::Unsent, ask).await
    }

    /// A deposit as it is now, with its payments: what arrived, and what was credited of it.
    ///
    /// ```no_run
    /// # async fn read(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let now = client.deposit_status(5).await?;
    /// println!("{}: {} USD credited", now.deposit.status, now.deposit.credited);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn deposit_status(&self, deposit_id: i64) -> Result<DepositDetails, Error> {
        let ask = || self.raw.deposit_view(deposit_id);
        self.call("deposit_view", Repeat::Safe, ask).await
    }

    /// The deposits, newest first: all, or those of one status.
    ///
    /// ```no_run
    /// # async fn list(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// use smm_panel_sdk::DepositStatus;
    ///
    /// let mut credited = client.deposits(Some(DepositStatus::Credited));
    /// while let Some(deposit) = credited.next().await? {
    ///     println!("{}: {} USD", deposit.deposit_id, deposit.credited);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn deposits(&self, status: Option<DepositStatus>) -> Pages<Deposit> {
        Pages::new(self, None, move |client, cursor| {
            let status = status.clone();
            async move {
                let ask = || {
                    let cursor = cursor.as_deref();
                    client
                        .raw
                        .deposit_list(cursor, Some(PAGE_SIZE), status.as_ref())
                };
                let page = client.call("deposit_list", Repeat::Safe, ask).await?;
                Ok(Page {
                    rows: page.deposits,
                    next_cursor: page.next_cursor,
                })
            }
        })
    }
}

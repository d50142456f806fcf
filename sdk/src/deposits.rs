//! Deposits: bringing money into the wallet. What was credited is final.

use futures::stream::{Stream, TryStreamExt, try_unfold};
use rust_decimal::Decimal;

use crate::client::{Client, PAGE, rows};
use crate::error::Error;
use crate::retry::Repeat;
use crate::types::{Deposit, DepositDetails, DepositStatus, NewDeposit};

impl Client {
    /// Makes a deposit of `amount` USD, with at most two decimals, to be paid with `coin` (by the
    /// gateway's name of it, such as `usdttrc20`) or with one that is chosen on the invoice's page.
    /// The answer has that page, the terms, and what to mind when paying. Never repeated by itself
    /// once it was sent; one that is not paid costs nothing.
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
    pub async fn deposit_status(&self, deposit_id: i64) -> Result<DepositDetails, Error> {
        let ask = || self.raw.deposit_view(deposit_id);
        self.call("deposit_view", Repeat::Safe, ask).await
    }

    /// The deposits, newest first, all or those that stand so; pages are fetched as the stream is
    /// read.
    pub fn deposits(
        &self,
        status: Option<DepositStatus>,
    ) -> impl Stream<Item = Result<Deposit, Error>> + Send {
        let client = self.clone();
        let pages = try_unfold(Some(None), move |next: Option<Option<String>>| {
            let client = client.clone();
            async move {
                let Some(cursor) = next else { return Ok(None) };
                let ask = || {
                    client
                        .raw
                        .deposit_list(cursor.as_deref(), Some(PAGE), status)
                };
                let page = client.call("deposit_list", Repeat::Safe, ask).await?;
                let next = page.next_cursor.map(Some);
                Ok::<_, Error>(Some((rows(page.deposits), next)))
            }
        });
        pages.try_flatten()
    }
}

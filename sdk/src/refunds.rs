//! Refunds and the wallet: what came back and why, and every movement of money.

use crate::client::Client;
use crate::error::Error;
use crate::pages::{PAGE_SIZE, Page, Pages, WithCursor};
use crate::retry::Repeat;
use crate::{Refund, Wallet, WalletEntry};

/// # Refunds and the wallet
///
/// A key with the scope `read` is enough.
impl Client {
    /// The refunds of an order: why, how much, and by which numbers.
    ///
    /// ```no_run
    /// # async fn read(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// for refund in client.refunds_of(17).await? {
    ///     println!("{} = {} USD: {}", refund.formula, refund.amount, refund.message);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn refunds_of(&self, order_id: i64) -> Result<Vec<Refund>, Error> {
        let ask = || self.raw.order_refunds(order_id);
        let refunds = self.call("order_refunds", Repeat::Safe, ask).await?;
        Ok(refunds.refunds)
    }

    /// Every refund since `cursor` (`None`: since the first), oldest first, to the present end of
    /// the feed. None is ever missed and none comes twice: go on later from the last
    /// [`WithCursor::cursor`].
    ///
    /// ```no_run
    /// # async fn watch(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let mut refunds = client.refunds_since(None);
    /// while let Some(next) = refunds.next().await? {
    ///     let refund = next.row;
    ///     println!("{}: {} = {} USD", refund.order_id, refund.formula, refund.amount);
    ///     // Write next.cursor down before the next one.
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn refunds_since(&self, cursor: Option<String>) -> Pages<WithCursor<Refund>> {
        Pages::new(self, cursor, |client, cursor| async move {
            let ask = || client.raw.refund_list(cursor.as_deref(), Some(PAGE_SIZE));
            let page = client.call("refund_list", Repeat::Safe, ask).await?;
            let rows = page.refunds.into_iter();
            Ok(Page {
                rows: rows.map(|row| with_cursor(row.refund_id, row)).collect(),
                next_cursor: page.has_more.then_some(page.next_cursor),
            })
        })
    }

    /// The wallet: what can be ordered for, and what open orders hold.
    ///
    /// ```no_run
    /// # async fn read(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let wallet = client.wallet().await?;
    /// println!("{} USD, and {} USD held", wallet.balance, wallet.held);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn wallet(&self) -> Result<Wallet, Error> {
        let ask = || self.raw.wallet_view();
        self.call("wallet_view", Repeat::Safe, ask).await
    }

    /// Every movement of the wallet since `cursor` (`None`: since the first), oldest first, to the
    /// present end; see [`refunds_since`](Client::refunds_since). All amounts together are the
    /// balance.
    ///
    /// ```no_run
    /// # async fn sum(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// use smm_panel_sdk::rust_decimal::Decimal;
    ///
    /// let entries = client.entries_since(None).collect_all().await?;
    /// let sum: Decimal = entries.iter().map(|entry| entry.row.amount).sum();
    /// println!("{sum} USD by {} entries", entries.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn entries_since(&self, cursor: Option<String>) -> Pages<WithCursor<WalletEntry>> {
        Pages::new(self, cursor, |client, cursor| async move {
            let ask = || {
                client
                    .raw
                    .wallet_entries(cursor.as_deref(), Some(PAGE_SIZE))
            };
            let page = client.call("wallet_entries", Repeat::Safe, ask).await?;
            let rows = page.entries.into_iter();
            Ok(Page {
                rows: rows
                    .map(|row| with_cursor(row.transaction_id, row))
                    .collect(),
                next_cursor: page.has_more.then_some(page.next_cursor),
            })
        })
    }
}

/// A row of a feed; its number is the cursor that the next row follows.
pub(crate) fn with_cursor<T>(number: i64, row: T) -> WithCursor<T> {
    WithCursor {
        row,
        cursor: number.to_string(),
    }
}

//! The client: every operation of the typed API as a call.

use std::time::Duration;

use futures::stream::{Stream, TryStreamExt, try_unfold};
use tracing::Instrument;

use crate::builder::Builder;
use crate::error::Error;
use crate::generated::{self, ResponseValue};
use crate::key::Key;
use crate::retry::{Next, Repeat, next};
use crate::types::{
    BatchOrder, BatchResult, NewOrder, Order, OrderBatch, OrderPage, OrderStatus, PlacedOrder,
    Refill, Refund, RefundPage, Service, ServiceType, Wallet, WalletEntry, WalletEntryPage,
};

/// Rows per page of a stream.
pub(crate) const PAGE: i64 = 500;
/// The first and the longest wait between two looks at an order.
const LOOK: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// A panel and a key. Cheap to clone; its `Debug` never shows the key.
///
/// Calls that change nothing when they are repeated (reading, placing, canceling) are repeated by
/// themselves after connection errors, time-outs, 429, 502, 503 and 504, as long as the panel asks for in
/// `Retry-After`; asking for a refill only if it provably was not sent.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) raw: generated::Client,
    pub(crate) retries: u32,
}

/// Which services are listed: all that match everything given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceFilter {
    /// Services under this heading.
    pub category: Option<String>,
    /// Services of this type.
    pub service_type: Option<ServiceType>,
    /// Services with this in their name, in upper or lower case.
    pub search: Option<String>,
    /// Services that can, or cannot, be ordered in runs.
    pub dripfeed: Option<bool>,
    /// Services that are, or are not, refilled.
    pub refill: Option<bool>,
    /// Services whose sent orders can, or cannot, be canceled.
    pub cancel: Option<bool>,
}

/// Which orders are listed: all that match everything given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Orders of this status.
    pub status: Option<OrderStatus>,
    /// Orders of this service.
    pub service_id: Option<i64>,
    /// Orders with this reference.
    pub reference: Option<String>,
    /// Orders placed at this time or later.
    pub created_from: Option<chrono::DateTime<chrono::Utc>>,
    /// Orders placed before this time.
    pub created_before: Option<chrono::DateTime<chrono::Utc>>,
}

/// A row of a feed, and the cursor to go on from once it was dealt with.
#[derive(Debug, Clone, PartialEq)]
pub struct Fed<T> {
    /// The row.
    pub row: T,
    /// Keep it: a stream from it begins with the next row, now or after a restart.
    pub cursor: String,
}

impl Client {
    /// A client of the panel at `url`, such as `https://your.panel`, with default settings.
    pub fn new(url: &str, key: &str) -> Result<Client, Error> {
        Client::builder(url, key).build()
    }

    /// The same with settings of its own.
    pub fn builder(url: &str, key: &str) -> Builder {
        Builder::new(url, key)
    }

    pub(crate) fn of(base: &str, http: reqwest::Client, key: Key, retries: u32) -> Client {
        Client {
            raw: generated::Client::new_with_client(base, http, key),
            retries,
        }
    }

    /// The generated client underneath: one function per operation, nothing repeated.
    pub fn generated(&self) -> &generated::Client {
        &self.raw
    }

    pub(crate) async fn call<T, F>(
        &self,
        operation: &'static str,
        repeat: Repeat,
        ask: impl Fn() -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<ResponseValue<T>, generated::Error>>,
    {
        let asking = async {
            let mut tried = 0;
            loop {
                match ask().await {
                    Ok(answer) => return Ok(answer.into_inner()),
                    Err(failed) => match next(failed, repeat, tried, self.retries).await {
                        Next::Again(wait) => tokio::time::sleep(wait).await,
                        Next::End(error) => return Err(error),
                    },
                }
                tried += 1;
                tracing::debug!(tried, "asking again");
            }
        };
        asking
            .instrument(tracing::debug_span!("smm_panel", operation))
            .await
    }

    /// The services that match `filter`; [`ServiceFilter::default`] for all of them.
    pub async fn services(&self, filter: &ServiceFilter) -> Result<Vec<Service>, Error> {
        let ask = || {
            self.raw.service_list(
                filter.cancel,
                filter.category.as_deref(),
                filter.dripfeed,
                filter.refill,
                filter.search.as_deref(),
                filter.service_type,
            )
        };
        let list = self.call("service_list", Repeat::Safe, ask).await?;
        Ok(list.services)
    }

    /// Places an order under a new key, which its own repetitions share: a lost answer never
    /// orders twice. A program that may be restarted while it waits wants
    /// [`place_with_key`](Client::place_with_key).
    pub async fn place(&self, order: &NewOrder) -> Result<PlacedOrder, Error> {
        self.place_with_key(order, &new_key()).await
    }

    /// Places an order under a key of yours, such as its number in your books: 1 to 64 printable
    /// ASCII characters. Whenever it is called again with both, it gives the same order.
    pub async fn place_with_key(&self, order: &NewOrder, key: &str) -> Result<PlacedOrder, Error> {
        let ask = || self.raw.order_place(Some(key), order);
        self.call("order_place", Repeat::Safe, ask).await
    }

    /// Places up to 100 orders; gives a result for each, in order. Those without a key get one.
    pub async fn place_many(&self, mut orders: Vec<BatchOrder>) -> Result<Vec<BatchResult>, Error> {
        for order in &mut orders {
            order.idempotency_key.get_or_insert_with(new_key);
        }
        let batch = OrderBatch { orders };
        let ask = || self.raw.order_place_many(&batch);
        let placed = self.call("order_place_many", Repeat::Safe, ask).await?;
        Ok(placed.results)
    }

    /// An order, with its timeline.
    pub async fn order(&self, order_id: i64) -> Result<Order, Error> {
        let ask = || self.raw.order_view(order_id);
        self.call("order_view", Repeat::Safe, ask).await
    }

    /// The orders that match `filter`, newest first, without timelines; pages are fetched as the
    /// stream is read.
    pub fn orders(&self, filter: OrderFilter) -> impl Stream<Item = Result<Order, Error>> + Send {
        let client = self.clone();
        let pages = try_unfold(Some(None), move |next: Option<Option<String>>| {
            let (client, filter) = (client.clone(), filter.clone());
            async move {
                let Some(cursor) = next else { return Ok(None) };
                let page = client.order_page(&filter, cursor.as_deref()).await?;
                let next = page.next_cursor.map(Some);
                Ok::<_, Error>(Some((rows(page.orders), next)))
            }
        });
        pages.try_flatten()
    }

    async fn order_page(
        &self,
        filter: &OrderFilter,
        cursor: Option<&str>,
    ) -> Result<OrderPage, Error> {
        let ask = || {
            self.raw.order_list(
                filter.created_before.as_ref(),
                filter.created_from.as_ref(),
                cursor,
                Some(PAGE),
                filter.reference.as_deref(),
                filter.service_id,
                filter.status,
            )
        };
        self.call("order_list", Repeat::Safe, ask).await
    }

    /// Asks to cancel an order; gives it as it is then. The outcome is its status: an order that
    /// was sent ends when its provider says so.
    pub async fn cancel(&self, order_id: i64) -> Result<Order, Error> {
        let ask = || self.raw.order_cancel(order_id);
        self.call("order_cancel", Repeat::Safe, ask).await
    }

    /// Asks for a refill of an order that was delivered; its `can_refill` says whether that would be
    /// taken. Never repeated by itself once it was sent.
    pub async fn refill(&self, order_id: i64) -> Result<Refill, Error> {
        let ask = || self.raw.order_refill(order_id);
        self.call("order_refill", Repeat::Unsent, ask).await
    }

    /// What has become of a refill.
    pub async fn refill_status(&self, refill_id: i64) -> Result<Refill, Error> {
        let ask = || self.raw.refill_view(refill_id);
        self.call("refill_view", Repeat::Safe, ask).await
    }

    /// The refunds of an order: why, how much, and by which numbers.
    pub async fn refunds_of(&self, order_id: i64) -> Result<Vec<Refund>, Error> {
        let ask = || self.raw.order_refunds(order_id);
        let refunds = self.call("order_refunds", Repeat::Safe, ask).await?;
        Ok(refunds.refunds)
    }

    /// Every refund since `cursor` (`None`: since the first), oldest first, to the present end of
    /// the feed. None is ever missed and none comes twice: go on later from the last
    /// [`Fed::cursor`].
    ///
    /// ```no_run
    /// # async fn watch(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// use futures::TryStreamExt;
    ///
    /// let mut refunds = std::pin::pin!(client.refunds_since(None));
    /// while let Some(fed) = refunds.try_next().await? {
    ///     let refund = fed.row;
    ///     println!("{}: {} = {} USD", refund.order_id, refund.formula, refund.amount);
    ///     // Write fed.cursor down before the next one.
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn refunds_since(
        &self,
        cursor: Option<String>,
    ) -> impl Stream<Item = Result<Fed<Refund>, Error>> + Send {
        let client = self.clone();
        feed(cursor, move |cursor: Option<String>| {
            let client = client.clone();
            async move {
                let ask = || client.raw.refund_list(cursor.as_deref(), Some(PAGE));
                let page: RefundPage = client.call("refund_list", Repeat::Safe, ask).await?;
                let fed = page.refunds.into_iter().map(|row| Fed {
                    cursor: row.refund_id.to_string(),
                    row,
                });
                Ok((fed.collect(), page.next_cursor, page.has_more))
            }
        })
    }

    /// The wallet: what can be ordered for, and what open orders hold.
    pub async fn wallet(&self) -> Result<Wallet, Error> {
        self.call("wallet_view", Repeat::Safe, || self.raw.wallet_view())
            .await
    }

    /// Every movement of the wallet since `cursor` (`None`: since the first), oldest first, to the
    /// present end; see [`refunds_since`](Client::refunds_since). All amounts together are the
    /// balance.
    pub fn entries_since(
        &self,
        cursor: Option<String>,
    ) -> impl Stream<Item = Result<Fed<WalletEntry>, Error>> + Send {
        let client = self.clone();
        feed(cursor, move |cursor: Option<String>| {
            let client = client.clone();
            async move {
                let ask = || client.raw.wallet_entries(cursor.as_deref(), Some(PAGE));
                let page: WalletEntryPage =
                    client.call("wallet_entries", Repeat::Safe, ask).await?;
                let fed = page.entries.into_iter().map(|row| Fed {
                    cursor: row.transaction_id.to_string(),
                    row,
                });
                Ok((fed.collect(), page.next_cursor, page.has_more))
            }
        })
    }

    /// Waits until an order has ended (completed, partial, canceled or failed) and gives it; looks
    /// after a second, then ever less often, at least every 30 seconds.
    /// [`Error::NotFinal`] after `timeout`.
    pub async fn wait_until_final(&self, order_id: i64, timeout: Duration) -> Result<Order, Error> {
        let (mut wait, mut waited) = (LOOK.0, Duration::ZERO);
        loop {
            let order = self.order(order_id).await?;
            if is_final(order.status) {
                return Ok(order);
            }
            if waited >= timeout {
                return Err(Error::NotFinal {
                    order_id,
                    status: order.status,
                    waited,
                });
            }
            let step = wait.min(timeout.saturating_sub(waited));
            tokio::time::sleep(step).await;
            waited += step;
            wait = (wait * 3 / 2).min(LOOK.1);
        }
    }
}

/// Whether an order of this status has ended: it never changes any more.
pub const fn is_final(status: OrderStatus) -> bool {
    match status {
        OrderStatus::Pending | OrderStatus::Processing | OrderStatus::InProgress => false,
        OrderStatus::Completed
        | OrderStatus::Partial
        | OrderStatus::Canceled
        | OrderStatus::Failed => true,
    }
}

/// A key that no other order has.
fn new_key() -> String {
    format!("{:032x}", rand::random::<u128>())
}

pub(crate) fn rows<T: Send>(page: Vec<T>) -> impl Stream<Item = Result<T, Error>> + Send {
    futures::stream::iter(page.into_iter().map(Ok))
}

/// The rows of a feed, page by page, until a page says that there is no more.
pub(crate) fn feed<T, F>(
    cursor: Option<String>,
    page: impl Fn(Option<String>) -> F + Send,
) -> impl Stream<Item = Result<T, Error>> + Send
where
    T: Send,
    F: Future<Output = Result<(Vec<T>, String, bool), Error>> + Send,
{
    let pages = try_unfold(Some(cursor), move |next: Option<Option<String>>| {
        let asked = next.map(&page);
        async move {
            let Some(asked) = asked else { return Ok(None) };
            let (fed, cursor, has_more) = asked.await?;
            Ok::<_, Error>(Some((rows(fed), has_more.then_some(Some(cursor)))))
        }
    });
    pages.try_flatten()
}

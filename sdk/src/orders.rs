//! Orders: placing them, following them to their end, and asking for a refill.

use std::time::Duration;

use tokio::time::Instant;

use crate::client::Client;
use crate::error::{Error, Refusal, unreadable};
use crate::generated::types::OrderBatch;
use crate::pages::{PAGE_SIZE, Page, Pages};
use crate::retry::Repeat;
use crate::{
    BatchOrder, NewOrder, Order, OrderFilter, OrderStatus, PlacedOrder, Refill, Service,
    ServiceFilter,
};

/// The first and the longest wait between two looks at an order.
const LOOK: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

impl OrderStatus {
    /// Whether an order of this status has ended: it is completed, partial, canceled or failed, and never
    /// changes any more. Of a status that this version does not know, nobody knows: it is taken as open.
    ///
    /// ```
    /// use smm_panel_sdk::OrderStatus;
    ///
    /// assert!(OrderStatus::Partial.is_final());
    /// assert!(!OrderStatus::InProgress.is_final());
    /// ```
    pub const fn is_final(&self) -> bool {
        match self {
            OrderStatus::Completed
            | OrderStatus::Partial
            | OrderStatus::Canceled
            | OrderStatus::Failed => true,
            OrderStatus::Pending
            | OrderStatus::Processing
            | OrderStatus::InProgress
            | OrderStatus::Unknown(_) => false,
        }
    }
}

/// # Services and orders
///
/// A key needs the scope `read` to read, `order` to place and to ask for refills, `cancel` to cancel.
impl Client {
    /// Places an order under a new idempotency key, which the repetitions of this call share.
    ///
    /// To call it again orders again. After an error other than a refusal nobody knows whether the order was
    /// placed: a program that is to try again then, or that may be restarted while it waits, wants
    /// [`place_with_idempotency_key`](Client::place_with_idempotency_key).
    ///
    /// ```no_run
    /// # async fn place(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// use smm_panel_sdk::NewOrder;
    ///
    /// let order = NewOrder::new(2, "https://instagram.com/p/Cx1").quantity(1000);
    /// let placed = client.place(&order).await?;
    /// println!("order {} for {} USD", placed.order_id, placed.charge);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn place(&self, order: &NewOrder) -> Result<PlacedOrder, Error> {
        let key = new_idempotency_key()?;
        self.place_with_idempotency_key(order, &key).await
    }

    /// Places an order under an idempotency key of yours, such as its number in your books: 1 to 64
    /// printable ASCII characters. Whenever it is called again with both, it gives the same order.
    ///
    /// ```no_run
    /// # async fn place(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// # let order = smm_panel_sdk::NewOrder::new(2, "https://instagram.com/p/Cx1").quantity(1000);
    /// let placed = client.place_with_idempotency_key(&order, "invoice-117").await?;
    /// let again = client.place_with_idempotency_key(&order, "invoice-117").await?;
    /// assert_eq!(placed.order_id, again.order_id);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn place_with_idempotency_key(
        &self,
        order: &NewOrder,
        key: &str,
    ) -> Result<PlacedOrder, Error> {
        let ask = || self.raw.order_place(Some(key), order);
        self.call("order_place", Repeat::Safe, ask).await
    }

    /// Places up to 100 orders; gives for each, in their sequence, the placed order or why it was refused.
    /// Those without an idempotency key get one, which stays in `orders`: to place `orders` again, after any
    /// error, orders nothing twice.
    ///
    /// ```no_run
    /// # async fn place(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// use smm_panel_sdk::{BatchOrder, NewOrder};
    ///
    /// let links = ["https://instagram.com/p/Cx1", "https://instagram.com/p/Cx2"];
    /// let mut orders = links.map(|link| BatchOrder::new(NewOrder::new(2, link).quantity(100)));
    /// for result in client.place_many(&mut orders).await? {
    ///     match result {
    ///         Ok(placed) => println!("order {}", placed.order_id),
    ///         Err(refusal) => println!("{refusal}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn place_many(
        &self,
        orders: &mut [BatchOrder],
    ) -> Result<Vec<Result<PlacedOrder, Refusal>>, Error> {
        for order in orders.iter_mut() {
            if order.idempotency_key.is_none() {
                order.idempotency_key = Some(new_idempotency_key()?);
            }
        }
        let batch = OrderBatch {
            orders: orders.to_vec(),
        };
        let ask = || self.raw.order_place_many(&batch);
        let placed = self.call("order_place_many", Repeat::Safe, ask).await?;
        if placed.results.len() != orders.len() {
            let (given, got) = (orders.len(), placed.results.len());
            return Err(unreadable(
                None,
                format!("it has {got} results for {given} orders"),
            ));
        }
        let results = placed.results.into_iter();
        let results = results.map(|result| match (result.placed, result.error) {
            (Some(placed), _) => Ok(Ok(placed)),
            (None, Some(said)) => Ok(Err(Refusal::in_answer(said))),
            (None, None) => {
                let what = "one of the orders was neither placed nor refused".to_owned();
                Err(unreadable(None, what))
            }
        });
        results.collect()
    }

    /// An order as it is now, with its timeline.
    ///
    /// ```no_run
    /// # async fn read(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let order = client.order(17).await?;
    /// println!("{}: {} of {} remain", order.status, order.remains, order.total_quantity);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn order(&self, order_id: i64) -> Result<Order, Error> {
        let ask = || self.raw.order_view(order_id);
        self.call("order_view", Repeat::Safe, ask).await
    }

    /// Waits until an order has ended (completed, partial, canceled or failed) and gives it.
    ///
    /// It looks at once, after a second, then ever less often, at least every 30 seconds.
    /// [`Error::NotFinal`] after `timeout`; a look that is under way is waited for, and the deadline of the
    /// client holds for each look. An error that may pass does not end the wait before `timeout` does.
    ///
    /// ```no_run
    /// # async fn wait(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let hour = std::time::Duration::from_secs(3600);
    /// let ended = client.wait_until_final(17, hour).await?;
    /// println!("{}: {} USD came back", ended.status, ended.refunded);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn wait_until_final(&self, order_id: i64, timeout: Duration) -> Result<Order, Error> {
        let (begun, mut wait) = (Instant::now(), LOOK.0);
        loop {
            let look = self.order(order_id).await;
            let waited = begun.elapsed();
            let is_over = waited >= timeout;
            match look {
                Ok(order) if order.status.is_final() => return Ok(order),
                Ok(order) if is_over => {
                    return Err(Error::NotFinal {
                        order_id,
                        status: order.status,
                        waited,
                    });
                }
                Err(error) if is_over || !error.is_retryable() => return Err(error),
                Ok(_) | Err(_) => {}
            }
            tokio::time::sleep(wait.min(timeout.saturating_sub(waited))).await;
            wait = (wait * 3 / 2).min(LOOK.1);
        }
    }

    /// The orders that match `filter`, newest first, without timelines.
    ///
    /// ```no_run
    /// # async fn list(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// use smm_panel_sdk::{OrderFilter, OrderStatus};
    ///
    /// let mut orders = client.orders(OrderFilter::default().status(OrderStatus::Partial));
    /// while let Some(order) = orders.next().await? {
    ///     println!("{}: {} remain", order.order_id, order.remains);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn orders(&self, filter: OrderFilter) -> Pages<Order> {
        Pages::new(self, None, move |client, cursor| {
            let filter = filter.clone();
            async move {
                let ask = || {
                    client.raw.order_list(
                        filter.created_before.as_ref(),
                        filter.created_from.as_ref(),
                        cursor.as_deref(),
                        Some(PAGE_SIZE),
                        filter.reference.as_deref(),
                        filter.service_id,
                        filter.status.as_ref(),
                    )
                };
                let page = client.call("order_list", Repeat::Safe, ask).await?;
                Ok(Page {
                    rows: page.orders,
                    next_cursor: page.next_cursor,
                })
            }
        })
    }

    /// Asks to cancel an order; gives it as it is then. The outcome is its status: an order that
    /// was sent ends when its provider says so. If it has ended meanwhile, the repetition of a call whose
    /// answer was lost is refused.
    ///
    /// ```no_run
    /// # async fn cancel(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let order = client.cancel(17).await?;
    /// println!("{}", order.status);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn cancel(&self, order_id: i64) -> Result<Order, Error> {
        let ask = || self.raw.order_cancel(order_id);
        self.call("order_cancel", Repeat::Safe, ask).await
    }

    /// The services that match `filter`; [`ServiceFilter::default`] for all of them.
    ///
    /// ```no_run
    /// # async fn list(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// use smm_panel_sdk::ServiceFilter;
    ///
    /// for service in client.services(&ServiceFilter::default()).await? {
    ///     println!("{} {}: {} USD", service.service_id, service.name, service.rate);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn services(&self, filter: &ServiceFilter) -> Result<Vec<Service>, Error> {
        let ask = || {
            self.raw.service_list(
                filter.cancel,
                filter.category.as_deref(),
                filter.dripfeed,
                filter.refill,
                filter.search.as_deref(),
                filter.service_type.as_ref(),
            )
        };
        let list = self.call("service_list", Repeat::Safe, ask).await?;
        Ok(list.services)
    }

    /// Asks for a refill of an order that was delivered; its `can_refill` says whether that would be
    /// taken. Repeated by itself only if it was not sent, or not done.
    ///
    /// ```no_run
    /// # async fn refill(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// if client.order(17).await?.can_refill.is_some_and(|right| right.allowed) {
    ///     let refill = client.refill(17).await?;
    ///     println!("refill {} is {}", refill.refill_id, refill.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn refill(&self, order_id: i64) -> Result<Refill, Error> {
        let ask = || self.raw.order_refill(order_id);
        self.call("order_refill", Repeat::Unsent, ask).await
    }

    /// What has become of a refill.
    ///
    /// ```no_run
    /// # async fn read(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// println!("{}", client.refill_status(3).await?.status);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn refill_status(&self, refill_id: i64) -> Result<Refill, Error> {
        let ask = || self.raw.refill_view(refill_id);
        self.call("refill_view", Repeat::Safe, ask).await
    }

    /// The refills of an order, oldest first.
    ///
    /// ```no_run
    /// # async fn list(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// for refill in client.refills_of(17).await? {
    ///     println!("{} is {}", refill.refill_id, refill.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn refills_of(&self, order_id: i64) -> Result<Vec<Refill>, Error> {
        let ask = || self.raw.order_refills(order_id);
        let found = self.call("order_refills", Repeat::Safe, ask).await?;
        Ok(found.refills)
    }
}

/// An idempotency key that no other order has.
fn new_idempotency_key() -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|fault| Error::Setting(format!("the system gives no random numbers: {fault}")))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

//! Orders: placing one or many, listing, reading, canceling, asking for refills.

use futures::future::join_all;
use poem::Request;
use poem_openapi::param::{Path, Query};
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::api_key::{ApiKey, Cancels, Places, Reads};
use super::idempotency_key::IdempotencyKey;
use super::new_order::NewOrder;
use super::order::{Order, PlacedOrder};
use super::refills::Refill;
use crate::clock::Time;
use crate::disputes;
use crate::error::{Error, Refusal};
use crate::http::typed::code::Code;
use crate::http::typed::paging::{limit_of, page};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::{ErrorBody, Fault, Problem, Refusals};
use crate::http::typed::visit::{batch_of, request_id};
use crate::ids::{AccountId, OrderId, ServiceId};
use crate::orders::read::{self, Filter, Place};
use crate::orders::rules::OrderStatus;
use crate::orders::{self, Placer};
use crate::panel::Panel;
use crate::refills;

/// How many orders one request may place.
const MOST_AT_ONCE: usize = 100;

/// Serves the operations on orders.
#[derive(Clone)]
pub(super) struct Orders {
    pub(super) panel: Panel,
    pub(super) placer: Placer,
}

/// An order that is placed together with others.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchOrder {
    /// Your own name for this order, which makes it safe to repeat: 1 to 64 printable characters. It
    /// is what the header `Idempotency-Key` is for a single order.
    idempotency_key: Option<String>,
    /// The order that is to be placed.
    order: NewOrder,
}

/// The orders that one request places.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
struct OrderBatch {
    /// 1 to 100 orders, which are placed in this sequence as far as the wallet covers them.
    #[oai(validator(min_items = 1, max_items = 100))]
    orders: Vec<BatchOrder>,
}

impl Example for OrderBatch {
    fn example() -> OrderBatch {
        let keyed = |key: &str| BatchOrder {
            idempotency_key: Some(key.to_owned()),
            order: NewOrder::example(),
        };
        OrderBatch {
            orders: vec![keyed("invoice-2026-118"), keyed("invoice-2026-119")],
        }
    }
}

/// What became of one of the orders: either `placed` or `error` is present.
#[derive(Debug, Object, Serialize)]
struct BatchResult {
    /// The order that was placed; absent if it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    placed: Option<PlacedOrder>,
    /// Why the order was refused, as a single order would have been answered; absent if it was
    /// placed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorBody>,
}

/// What became of the orders of the request.
#[derive(Debug, Object, Serialize)]
struct BatchResults {
    /// The results, one for each order, in the sequence that the request had.
    results: Vec<BatchResult>,
}

/// One page of the orders that match the filters.
#[derive(Debug, Object, Serialize)]
struct OrderPage {
    /// The orders, newest first. There may be fewer than `limit`, even none, while the list goes on:
    /// a page passes over at most 5000 orders that do not match.
    orders: Vec<Order>,
    /// Pass this as `cursor` to get the next page; absent at the end of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A place in a list as text: milliseconds since 1970 and the order's number.
fn cursor_of(place: Place) -> String {
    format!("{}-{}", place.created_at.ms(), place.order)
}

fn place_of(cursor: &str) -> Option<Place> {
    let (created_at, order) = cursor.split_once('-')?;
    Some(Place {
        created_at: Time::from_ms(created_at.parse().ok()?),
        order: OrderId(order.parse().ok()?),
    })
}

/// What may be wrong with an order to place.
struct Placing;

impl Refusals for Placing {
    const CODES: &'static [Code] = &[
        Code::NotEnoughFunds,
        Code::SpendCapReached,
        Code::ActiveOrderOnLink,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
        Code::ServiceUnknown,
        Code::LinkBad,
        Code::FieldMissing,
        Code::FieldInvalid,
        Code::QuantityBelowMin,
        Code::QuantityAboveMax,
        Code::ChargeOutOfRange,
        Code::DripfeedDisabled,
        Code::DripfeedInvalid,
        Code::IdempotencyKeyReused,
    ];
}

/// What may be wrong with many orders as a whole.
struct PlacingMany;

impl Refusals for PlacingMany {
    const CODES: &'static [Code] = &[
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
    ];
}

/// Nothing beside what may always be wrong.
pub(super) struct Listing;

impl Refusals for Listing {
    const CODES: &'static [Code] = &[];
}

/// What may be wrong with the number of an order.
pub(super) struct Reading;

impl Refusals for Reading {
    const CODES: &'static [Code] = &[Code::OrderUnknown];
}

struct Canceling;

impl Refusals for Canceling {
    const CODES: &'static [Code] = &[
        Code::OrderUnknown,
        Code::CancelDisabled,
        Code::OrderNotCancelable,
    ];
}

struct Refilling;

impl Refusals for Refilling {
    const CODES: &'static [Code] = &[
        Code::OrderUnknown,
        Code::RefillDisabled,
        Code::OrderOverlapping,
        Code::OrderNotCompleted,
        Code::RefillTooSoon,
        Code::RefillPeriodOver,
    ];
}

#[OpenApi(prefix_path = "/api/v3", tag = "Tag::Orders")]
impl Orders {
    /// Place an order
    ///
    /// Checks and charges the order at once, and answers when the order is stored; the order is sent
    /// to a provider afterwards. With an `Idempotency-Key` the request may be repeated without risk:
    /// the same key and body give the same order again (`replayed`: true), and another body under the
    /// same key is refused. Keys belong to the account, are kept for ever, and are shared with
    /// `request_id` of `/api/v2`. A request that was refused has used no key.
    #[oai(path = "/orders", method = "post", operation_id = "order_place")]
    async fn place(
        &self,
        key: ApiKey<Places>,
        /// Your own name for this order, which makes the request safe to repeat: 1 to 64 printable
        /// ASCII characters.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: IdempotencyKey,
        order: JsonBody<NewOrder>,
    ) -> Result<Answer<PlacedOrder, 201>, Fault<Placing>> {
        let order = order.0.of(key.0, idempotency_key.0)?;
        Ok(Answer(self.placer.submit(order).await?.into()))
    }

    /// Place many orders
    ///
    /// Places up to 100 orders, each with a result and, if you give one, an idempotency key of its
    /// own. An order that is refused does not affect the others. Orders are decided in their
    /// sequence.
    #[oai(
        path = "/orders/batch",
        method = "post",
        operation_id = "order_place_many"
    )]
    async fn place_many(
        &self,
        request: &Request,
        key: ApiKey<Places>,
        batch: JsonBody<OrderBatch>,
    ) -> Result<Answer<BatchResults>, Fault<PlacingMany>> {
        let orders = batch.0.orders;
        if orders.is_empty() || orders.len() > MOST_AT_ONCE {
            let message = format!(
                "{} orders were sent; 1 to {MOST_AT_ONCE} are taken",
                orders.len()
            );
            return Err(Problem::invalid("orders", message).into());
        }
        batch_of(request, orders.len()).await?;
        let placed = orders.into_iter().map(async |one| {
            let order = one.order.of(key.0, one.idempotency_key)?;
            self.placer.submit(order).await
        });
        let request_id = request_id(request);
        let results = join_all(placed)
            .await
            .into_iter()
            .map(|placed| match placed {
                Ok(placement) => BatchResult {
                    placed: Some(placement.into()),
                    error: None,
                },
                Err(error) => BatchResult {
                    placed: None,
                    error: Some(Problem::from(error).body(&request_id)),
                },
            });
        Ok(Answer(BatchResults {
            results: results.collect(),
        }))
    }

    /// List your orders
    ///
    /// Lists orders newest first, a page at a time; an order must match every filter. Get the next
    /// page by `next_cursor` with the same filters.
    #[oai(path = "/orders", method = "get", operation_id = "order_list")]
    #[expect(
        clippy::too_many_arguments,
        reason = "one for each parameter of the query"
    )]
    async fn list(
        &self,
        key: ApiKey<Reads>,
        /// Lists only orders that have this status.
        status: Query<Option<OrderStatus>>,
        /// Lists only orders of the service with this number.
        service_id: Query<Option<i64>>,
        /// Lists only orders with this `reference`, 1 to 64 characters.
        #[oai(validator(min_length = 1, max_length = 64))]
        reference: Query<Option<String>>,
        /// Lists only orders that were placed at this time or later.
        created_from: Query<Option<Time>>,
        /// Lists only orders that were placed before this time.
        created_before: Query<Option<Time>>,
        /// Pass the `next_cursor` of the previous page to get the next one; without it, you get the
        /// first page.
        #[oai(validator(pattern = "^[0-9]{1,15}-[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// A page has at most this many orders: 1 to 1000, by default 100.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<OrderPage>, Fault<Listing>> {
        let bad_cursor = || Problem::invalid("cursor", "no page has this next_cursor".to_owned());
        let after = match cursor.0 {
            Some(cursor) => Some(place_of(&cursor).ok_or_else(bad_cursor)?),
            None => None,
        };
        let filter = Filter {
            status: status.0,
            service: service_id.0.map(ServiceId),
            reference: reference.0,
            from: created_from.0,
            before: created_before.0,
        };
        let (db, limit) = (&self.panel.db, limit_of(limit.0));
        let page = read::list(db, key.0.account, &filter, after, limit).await?;
        Ok(Answer(OrderPage {
            orders: page.orders.into_iter().map(Order::from).collect(),
            next_cursor: page.next.map(cursor_of),
        }))
    }

    /// Read an order
    ///
    /// Gives the order with the timeline of its status, the orders that it overlaps, and whether a
    /// cancel, a refill or a dispute can be requested now.
    #[oai(
        path = "/orders/:order_id",
        method = "get",
        operation_id = "order_view"
    )]
    async fn view(
        &self,
        key: ApiKey<Reads>,
        /// The number of the order, which `order_place` and `order_list` return.
        #[oai(example = "an_order")]
        order_id: Path<i64>,
    ) -> Result<Answer<Order>, Fault<Reading>> {
        let order = self.whole(key.0.account, OrderId(order_id.0)).await?;
        Ok(Answer(order))
    }

    /// Cancel an order
    ///
    /// An order that was not sent yet ends at once and is refunded in full. For an order that was
    /// sent, the provider is asked to cancel it: the status of the order shows the outcome, and what
    /// was not delivered is refunded then. Repeating the request changes nothing.
    #[oai(
        path = "/orders/:order_id/cancel",
        method = "post",
        operation_id = "order_cancel"
    )]
    async fn cancel(
        &self,
        key: ApiKey<Cancels>,
        /// The number of the order, which `order_place` and `order_list` return.
        #[oai(example = "an_ended_order")]
        order_id: Path<i64>,
    ) -> Result<Answer<Order>, Fault<Canceling>> {
        let (account, id) = (key.0.account, OrderId(order_id.0));
        let answers = orders::cancel(&self.panel, account, &[id]).await?;
        answers
            .into_iter()
            .next()
            .unwrap_or(Err(Refusal::OrderUnknown))?;
        Ok(Answer(self.whole(account, id).await?))
    }

    /// Ask for a refill of an order
    ///
    /// A refill can be requested for an order that was bought with a refill guarantee and of which
    /// something was delivered: by default from 24 hours after the order ended and after its last
    /// refill was requested, until the days of the guarantee are over.
    #[oai(
        path = "/orders/:order_id/refill",
        method = "post",
        operation_id = "order_refill"
    )]
    async fn refill(
        &self,
        key: ApiKey<Places>,
        /// The number of the order, which `order_place` and `order_list` return.
        #[oai(example = "a_completed_order")]
        order_id: Path<i64>,
    ) -> Result<Answer<Refill, 201>, Fault<Refilling>> {
        let (account, id) = (key.0.account, OrderId(order_id.0));
        let answers = refills::request(&self.panel, account, &[id]).await?;
        let refill = answers
            .into_iter()
            .next()
            .unwrap_or(Err(Refusal::OrderUnknown))?;
        let refill = refills::read(&self.panel.db, account, refill).await?;
        Ok(Answer(refill.into()))
    }
}

impl Orders {
    /// An order with everything that is known of it.
    async fn whole(&self, account: AccountId, id: OrderId) -> Result<Order, Error> {
        let story = read::read(&self.panel.db, account, id).await?;
        let refill = refills::right(&self.panel, &story.order).await?;
        let dispute = disputes::right(&self.panel, &story.order).await?;
        Ok(Order::whole(story, refill, dispute))
    }
}

/// The orders of the demo that examples are about: one that was delivered in part ...
pub(super) fn an_order() -> i64 {
    2
}

/// ... one that its provider canceled, for which a cancel changes nothing ...
fn an_ended_order() -> i64 {
    3
}

/// ... and one that was completed.
pub(super) fn a_completed_order() -> i64 {
    1
}

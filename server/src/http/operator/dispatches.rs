//! What only a person can find out: dispatches of orders and of refills that do not end by
//! themselves.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Enum, Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::refusals::{Changing, Listing};
use super::staff::{Operator, Staff};
use crate::clock::Time;
use crate::error::Refusal;
use crate::http::typed::paging::{cut, limit_of, number_of, page, period};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::Fault;
use crate::ids::{DispatchId, RefillDispatchId};
use crate::orders::rules::DispatchState;
use crate::orders::{self, Resolution, UncertainRun};
use crate::panel::Panel;
use crate::refills::rules::RefillState;
use crate::refills::{self, StuckRefill};

/// Serves the dispatches.
pub(super) struct Dispatches {
    pub(super) panel: Panel,
}

/// A dispatch that does not end without a decision: one run of an order at one provider.
#[derive(Debug, Object, Serialize)]
pub(super) struct UncertainDispatch {
    /// The number of the dispatch, unique in this panel.
    dispatch_id: i64,
    /// The number of the order that was dispatched.
    order_id: i64,
    /// The number of the run within the order; only a drip-feed has several runs.
    run: i64,
    /// The number of the provider to which the run was sent.
    provider_id: i64,
    /// The name of the provider to which the run was sent.
    provider_name: String,
    /// The id of the service at the provider.
    provider_service: String,
    /// The link of the order, as the customer wrote it.
    link: String,
    /// The number of units of this run.
    quantity: i64,
    /// The state of the dispatch: `unknown` while the panel tries to find out whether the provider accepted
    /// it, `parked` while it waits for your decision, `accepted` if the provider accepted it a week ago or
    /// more.
    state: DispatchState,
    /// The id of the order at the provider; absent if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_order: Option<String>,
    /// The id in an answer that did not say that the order was accepted; absent if there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_order: Option<String>,
    /// When the dispatch became unknown, or was accepted, UTC; absent if it is not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Time>,
    /// What the panel received instead of a clear answer.
    reason: String,
}

impl From<UncertainRun> for UncertainDispatch {
    fn from(run: UncertainRun) -> UncertainDispatch {
        UncertainDispatch {
            dispatch_id: run.id.0,
            order_id: run.order.0,
            run: run.run,
            provider_id: run.provider.0,
            provider_name: run.provider_name,
            provider_service: run.provider_service,
            link: run.link,
            quantity: run.quantity,
            state: run.state,
            provider_order: run.provider_order,
            seen_order: run.seen_order,
            since: run.since,
            reason: run.reason,
        }
    }
}

/// One page of the list of dispatches.
#[derive(Debug, Object, Serialize)]
struct UncertainDispatchPage {
    /// The dispatches of this page, oldest first.
    dispatches: Vec<UncertainDispatch>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A refill dispatch that does not end without a decision: one provider's share of a refill.
#[derive(Debug, Object, Serialize)]
struct StuckRefillDispatch {
    /// The number of the refill dispatch, unique in this panel.
    refill_dispatch_id: i64,
    /// The number of the refill that was dispatched.
    refill_id: i64,
    /// The state of the refill dispatch, such as `parked`.
    state: RefillState,
    /// What the panel received instead of a clear answer.
    reason: String,
}

impl From<StuckRefill> for StuckRefillDispatch {
    fn from(share: StuckRefill) -> StuckRefillDispatch {
        StuckRefillDispatch {
            refill_dispatch_id: share.id.0,
            refill_id: share.refill.0,
            state: share.state,
            reason: share.reason,
        }
    }
}

/// One page of the list of refill dispatches.
#[derive(Debug, Object, Serialize)]
struct StuckRefillDispatchPage {
    /// The refill dispatches of this page, oldest first.
    refill_dispatches: Vec<StuckRefillDispatch>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The outcome of a dispatch, as its provider reported it. `accepted`: the provider accepted it, as
/// `provider_order_id`. `send_again`: the provider did not accept it, and it is sent again; needs
/// `confirmed`. `refund`: the provider did not accept it, and it is sent to nobody. `ended`: the provider
/// accepted it and has ended it, with `remains` undelivered.
#[derive(Debug, Clone, Copy, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
enum DispatchDecision {
    /// The provider accepted the dispatch.
    Accepted,
    /// The provider did not accept the dispatch: it is sent again.
    SendAgain,
    /// The provider did not accept the dispatch: it is refunded.
    Refund,
    /// The provider accepted the dispatch and has ended it.
    Ended,
}

/// The decision about a dispatch, after its provider was asked.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct DispatchResolution {
    /// The outcome of the dispatch: `accepted`, `send_again`, `refund` or `ended`.
    decision: DispatchDecision,
    /// The id of the order (or of the refill) at the provider: 1 to 64 printable characters. Given with
    /// `accepted` only.
    provider_order_id: Option<String>,
    /// The number of undelivered units, zero or more. Given with `ended` only.
    remains: Option<i64>,
    /// Whether the provider was asked; must be `true` with `send_again`. If the provider did accept the
    /// dispatch, it is delivered twice.
    confirmed: Option<bool>,
    /// How the outcome was found out, for the audit log: 1 to 1000 printable characters.
    reason: String,
}

/// The dispatch, or the refill dispatch, whose decision was carried out.
#[derive(Debug, Object, Serialize)]
struct ResolvedDispatch {
    /// The number of the dispatch, or of the refill dispatch, that was resolved.
    dispatch_id: i64,
}

impl DispatchResolution {
    fn resolution(&self) -> Result<Resolution, Refusal> {
        let invalid = |field, expected| Refusal::FieldInvalid { field, expected };
        let id = self.provider_order_id.as_deref().map(str::trim);
        let given = (
            id.is_some(),
            self.remains.is_some(),
            self.confirmed.is_some(),
        );
        match (self.decision, given) {
            (DispatchDecision::Accepted, (_, false, false)) => {
                let is_id = |id: &&str| {
                    (1..=64).contains(&id.chars().count()) && !id.contains(char::is_control)
                };
                let expected = "1 to 64 printable characters";
                let id = id.filter(is_id);
                let id = id.ok_or_else(|| invalid("provider_order_id", expected))?;
                Ok(Resolution::Accepted(id.to_owned()))
            }
            (DispatchDecision::SendAgain, (false, false, _)) => match self.confirmed {
                Some(true) => Ok(Resolution::SendAgain),
                Some(false) | None => Err(invalid(
                    "confirmed",
                    "true, after the provider was asked: what it took is delivered twice",
                )),
            },
            (DispatchDecision::Refund, (false, false, false)) => Ok(Resolution::Refund),
            (DispatchDecision::Ended, (false, _, false)) => {
                let remains = self.remains.filter(|remains| *remains >= 0);
                let remains = remains.ok_or_else(|| invalid("remains", "zero or more"))?;
                Ok(Resolution::Ended(remains))
            }
            (
                DispatchDecision::Accepted
                | DispatchDecision::SendAgain
                | DispatchDecision::Refund
                | DispatchDecision::Ended,
                _,
            ) => Err(invalid(
                "decision",
                "given with its own fields only: accepted with provider_order_id, send_again with \
                 confirmed, ended with remains",
            )),
        }
    }
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Dispatches")]
impl Dispatches {
    /// List dispatches that need a decision
    ///
    /// Dispatches of which it is not known whether the provider accepted them, and those that were accepted a
    /// week ago or more, oldest first.
    #[oai(path = "/dispatches", method = "get", operation_id = "dispatch_list")]
    async fn list(
        &self,
        _staff: Staff,
        /// Lists only dispatches of orders that were placed at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only dispatches of orders that were placed before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of dispatches in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<UncertainDispatchPage>, Fault<Listing>> {
        let (after, limit) = (DispatchId(number_of(cursor.0)), limit_of(limit.0));
        let placed = period(created_from, created_before);
        let mut found = orders::uncertain(&self.panel, placed, Some(after), limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().map(|run| run.id.to_string());
        Ok(Answer(UncertainDispatchPage {
            dispatches: found.into_iter().map(UncertainDispatch::from).collect(),
            next_cursor: last.filter(|_| has_more),
        }))
    }

    /// Resolve a dispatch
    ///
    /// A parked dispatch can be resolved in each of the four ways. A dispatch whose order at the provider is
    /// known, such as that of a provider that has closed, can be resolved as `ended`. The order is updated at
    /// once.
    #[oai(
        path = "/dispatches/:dispatch_id/resolution",
        method = "post",
        operation_id = "dispatch_resolve"
    )]
    async fn resolve(
        &self,
        operator: Operator,
        /// The number of the dispatch, which `dispatch_list` gives as `dispatch_id`.
        dispatch_id: Path<i64>,
        resolution: JsonBody<DispatchResolution>,
    ) -> Result<Answer<ResolvedDispatch>, Fault<Changing>> {
        let (id, reason) = (DispatchId(dispatch_id.0), Some(&*resolution.0.reason));
        let how = resolution.0.resolution()?;
        orders::resolve(&self.panel, &operator.0, id, how, reason)
            .await?
            .map_err(Refusal::from)?;
        Ok(Answer(ResolvedDispatch { dispatch_id: id.0 }))
    }

    /// List refill dispatches that need a decision
    ///
    /// Parked refill dispatches, and those that did not end within a day, oldest first.
    #[oai(
        path = "/refill-dispatches",
        method = "get",
        operation_id = "refill_dispatch_list"
    )]
    async fn list_refills(
        &self,
        _staff: Staff,
        /// Lists only dispatches of refills that were requested at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only dispatches of refills that were requested before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of refill dispatches in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<StuckRefillDispatchPage>, Fault<Listing>> {
        let (after, limit) = (RefillDispatchId(number_of(cursor.0)), limit_of(limit.0));
        let asked = period(created_from, created_before);
        let mut found = refills::stuck(&self.panel, asked, Some(after), limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().map(|share| share.id.to_string());
        Ok(Answer(StuckRefillDispatchPage {
            refill_dispatches: found.into_iter().map(StuckRefillDispatch::from).collect(),
            next_cursor: last.filter(|_| has_more),
        }))
    }

    /// Resolve a refill dispatch
    ///
    /// Takes the same decisions as `dispatch_resolve`: `refund` rejects the refill, and `ended` with
    /// `remains` 0 completes it.
    #[oai(
        path = "/refill-dispatches/:refill_dispatch_id/resolution",
        method = "post",
        operation_id = "refill_dispatch_resolve"
    )]
    async fn resolve_refill(
        &self,
        operator: Operator,
        /// The number of the refill dispatch, which `refill_dispatch_list` gives as `refill_dispatch_id`.
        refill_dispatch_id: Path<i64>,
        resolution: JsonBody<DispatchResolution>,
    ) -> Result<Answer<ResolvedDispatch>, Fault<Changing>> {
        let id = RefillDispatchId(refill_dispatch_id.0);
        let (how, reason) = (resolution.0.resolution()?, Some(&*resolution.0.reason));
        refills::resolve(&self.panel, &operator.0, id, &how, reason).await?;
        Ok(Answer(ResolvedDispatch { dispatch_id: id.0 }))
    }
}

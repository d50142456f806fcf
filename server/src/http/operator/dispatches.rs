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

/// A dispatch that does not end by itself.
#[derive(Debug, Object, Serialize)]
pub(super) struct UncertainDispatch {
    /// Its number.
    dispatch_id: i64,
    /// The order.
    order_id: i64,
    /// Which run of the order.
    run: i64,
    /// The provider.
    provider_id: i64,
    /// That provider's name.
    provider_name: String,
    /// The service there.
    provider_service: String,
    /// The order's link.
    link: String,
    /// The units of this run.
    quantity: i64,
    /// `unknown`: being found out. `parked`: waiting for you. `accepted`: taken a week ago or more.
    state: DispatchState,
    /// The order at the provider, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_order: Option<String>,
    /// The id that stood in an answer which did not say that the order was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_order: Option<String>,
    /// Since when it is not known, or accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Time>,
    /// What was seen instead of an answer.
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

/// A page of dispatches.
#[derive(Debug, Object, Serialize)]
struct UncertainDispatchPage {
    /// Oldest first.
    dispatches: Vec<UncertainDispatch>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// One provider's share of a refill that does not end by itself.
#[derive(Debug, Object, Serialize)]
struct StuckRefillDispatch {
    /// Its number.
    refill_dispatch_id: i64,
    /// The refill.
    refill_id: i64,
    /// Where it stands.
    state: RefillState,
    /// What was seen instead of an answer.
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

/// A page of shares of refills.
#[derive(Debug, Object, Serialize)]
struct StuckRefillDispatchPage {
    /// Oldest first.
    refill_dispatches: Vec<StuckRefillDispatch>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// What was found out about a dispatch. `accepted`: the provider took it, under
/// `provider_order_id`. `send_again`: it did not take it, and shall be asked again; needs
/// `confirmed`. `refund`: it did not take it, and nobody else shall. `ended`: it took it and has
/// ended it, with `remains` undelivered.
#[derive(Debug, Clone, Copy, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
enum DispatchDecision {
    /// The provider took it.
    Accepted,
    /// It did not take it: send it again.
    SendAgain,
    /// It did not take it: refund it.
    Refund,
    /// It took it and has ended it.
    Ended,
}

/// A decision about a dispatch, after asking its provider.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct DispatchResolution {
    /// What was found out.
    decision: DispatchDecision,
    /// With `accepted`: the order (or the refill) there, 1 to 64 printable characters.
    provider_order_id: Option<String>,
    /// With `ended`: units undelivered, zero or more.
    remains: Option<i64>,
    /// With `send_again`: true says that the provider was asked. If it took it after all, it is
    /// delivered twice.
    confirmed: Option<bool>,
    /// How it was found out, for the audit log: 1 to 1000 printable characters.
    reason: String,
}

/// A decision that was carried out.
#[derive(Debug, Object, Serialize)]
struct ResolvedDispatch {
    /// Its number.
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
    /// List dispatches that do not end by themselves
    ///
    /// Those of which nobody knows whether a provider took them, and those that were taken a week
    /// ago or more, oldest first.
    #[oai(path = "/dispatches", method = "get", operation_id = "dispatch_list")]
    async fn list(
        &self,
        _staff: Staff,
        /// Only dispatches of orders that were placed at this time or later.
        created_from: Query<Option<Time>>,
        /// Only dispatches of orders that were placed before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Dispatches per page.
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
    /// A parked one in one of four ways; one whose order at the provider is known, such as that of a
    /// provider that is gone, as `ended`. What follows for the order follows at once.
    #[oai(
        path = "/dispatches/:dispatch_id/resolution",
        method = "post",
        operation_id = "dispatch_resolve"
    )]
    async fn resolve(
        &self,
        operator: Operator,
        /// The dispatch's number.
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

    /// List shares of refills that do not end by themselves
    ///
    /// Parked ones, and those that did not end within a day, oldest first.
    #[oai(
        path = "/refill-dispatches",
        method = "get",
        operation_id = "refill_dispatch_list"
    )]
    async fn list_refills(
        &self,
        _staff: Staff,
        /// Only shares of refills that were asked for at this time or later.
        created_from: Query<Option<Time>>,
        /// Only shares of refills that were asked for before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Shares per page.
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

    /// Resolve a share of a refill
    ///
    /// As a dispatch; `refund` rejects it, and `ended` with `remains` 0 completes it.
    #[oai(
        path = "/refill-dispatches/:refill_dispatch_id/resolution",
        method = "post",
        operation_id = "refill_dispatch_resolve"
    )]
    async fn resolve_refill(
        &self,
        operator: Operator,
        /// The share's number.
        refill_dispatch_id: Path<i64>,
        resolution: JsonBody<DispatchResolution>,
    ) -> Result<Answer<ResolvedDispatch>, Fault<Changing>> {
        let id = RefillDispatchId(refill_dispatch_id.0);
        let (how, reason) = (resolution.0.resolution()?, Some(&*resolution.0.reason));
        refills::resolve(&self.panel, &operator.0, id, &how, reason).await?;
        Ok(Answer(ResolvedDispatch { dispatch_id: id.0 }))
    }
}

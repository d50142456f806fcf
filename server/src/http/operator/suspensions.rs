//! Suspending and reinstating accounts, and the chargebacks for which there is no way back.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::reason::ReasonGiven;
use super::refusals::Listing;
use super::staff::{Operator, Staff};
use crate::accounts;
use crate::clock::Time;
use crate::error::Refusal;
use crate::http::typed::code::Code;
use crate::http::typed::paging::{cut, limit_of, number_of, page, period};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::{Fault, Refusals};
use crate::ids::{AccountId, ChargebackId, DepositId, OrderId, SuspensionId};
use crate::money::Money;
use crate::panel::Panel;
use crate::suspensions::{self, TakenBack, rules::SuspensionKind};

/// Serves suspensions and chargebacks.
pub(super) struct Suspensions {
    pub(super) panel: Panel,
}

/// A payment that the customer reversed through the bank, to record as a chargeback.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewChargeback {
    /// The reference of the chargeback at the bank or the gateway: 1 to 100 printable characters. Each
    /// reference can be recorded only once.
    #[oai(validator(min_length = 1, max_length = 100))]
    reference: String,
    /// The reversed amount in USD: above zero, with 2 to 9 decimals, such as `12.50`.
    #[oai(validator(pattern = "^[0-9]{1,9}\\.[0-9]{2,9}$"))]
    amount: String,
    /// What happened, kept for ever: 1 to 1000 printable characters.
    #[oai(validator(min_length = 1, max_length = 1000))]
    reason: String,
    /// The numbers of the account's orders that the chargeback is about, at most 100.
    #[serde(default)]
    order_ids: Option<Vec<i64>>,
    /// The numbers of the account's deposits that the chargeback is about, at most 100.
    #[serde(default)]
    deposit_ids: Option<Vec<i64>>,
}

/// A suspension of an account.
#[derive(Debug, Object, Serialize)]
struct Suspension {
    /// The number of the suspension, unique in this panel.
    suspension_id: i64,
    /// The number of the suspended account.
    account_id: i64,
    /// The kind of the suspension: `ordinary` can be lifted, `chargeback` is permanent.
    kind: SuspensionKind,
    /// The reason for the suspension.
    reason: String,
    /// Who suspended the account, such as `operator:3` or `command`.
    suspended_by: String,
    /// When the account was suspended, UTC.
    suspended_at: Time,
    /// When the last open order of the account was stopped, UTC; absent while that is in progress. Nothing is
    /// sent from the suspension on in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    orders_stopped_at: Option<Time>,
    /// The forfeited amount, in USD with 2 to 9 decimals: the balance at the suspension and all refunds
    /// since; 0 once it is lifted.
    forfeited: Money,
    /// Who lifted the suspension, such as `operator:3`; absent if nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    lifted_by: Option<String>,
    /// The reason for lifting the suspension; absent if it was not lifted.
    #[serde(skip_serializing_if = "Option::is_none")]
    lift_reason: Option<String>,
    /// When the suspension was lifted, UTC; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    lifted_at: Option<Time>,
}

impl From<suspensions::Suspension> for Suspension {
    fn from(suspension: suspensions::Suspension) -> Suspension {
        let lifted = suspension.lifted;
        Suspension {
            suspension_id: suspension.id.0,
            account_id: suspension.account.0,
            kind: suspension.kind,
            reason: suspension.reason,
            suspended_by: suspension.suspended_by,
            suspended_at: suspension.suspended_at,
            orders_stopped_at: suspension.orders_stopped_at,
            forfeited: suspension.forfeited,
            lifted_at: lifted.as_ref().map(|lift| lift.at),
            lifted_by: lifted.as_ref().map(|lift| lift.by.clone()),
            lift_reason: lifted.map(|lift| lift.reason),
        }
    }
}

/// One page of the list of suspensions.
#[derive(Debug, Object, Serialize)]
struct SuspensionPage {
    /// The suspensions of this page, newest first.
    suspensions: Vec<Suspension>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The result of reinstating an account.
#[derive(Debug, Object, Serialize)]
struct Reinstatement {
    /// The number of the reinstated account.
    account_id: i64,
    /// The number of the suspension that was lifted.
    suspension_id: i64,
    /// The forfeited amount that was returned to the wallet, in USD with 2 to 9 decimals.
    returned: Money,
    /// The credits that arrived during the suspension and were added to the wallet now, in USD with 2 to 9
    /// decimals.
    released_deposits: Money,
    /// The balance of the wallet after the reinstatement, in USD with 2 to 9 decimals.
    balance: Money,
}

/// A recorded chargeback of an account.
#[derive(Debug, Object, Serialize)]
struct Chargeback {
    /// The number of the chargeback, unique in this panel.
    chargeback_id: i64,
    /// The number of the account whose payment was reversed.
    account_id: i64,
    /// The number of the suspension that the chargeback caused or made permanent.
    suspension_id: i64,
    /// The reference of the chargeback at the bank or the gateway.
    reference: String,
    /// The reversed amount, in USD with 2 to 9 decimals.
    amount: Money,
    /// The part of the amount that the forfeited funds covered, in USD with 2 to 9 decimals.
    covered: Money,
    /// The part of the amount that was not covered, in USD with 2 to 9 decimals.
    shortfall: Money,
    /// What happened, as the operator recorded it.
    reason: String,
    /// Who recorded the chargeback, such as `operator:3`.
    recorded_by: String,
    /// When the chargeback was recorded, UTC.
    created_at: Time,
    /// The numbers of the orders that the chargeback is about.
    order_ids: Vec<i64>,
    /// The numbers of the deposits that the chargeback is about.
    deposit_ids: Vec<i64>,
}

impl From<suspensions::Chargeback> for Chargeback {
    fn from(chargeback: suspensions::Chargeback) -> Chargeback {
        Chargeback {
            chargeback_id: chargeback.id.0,
            account_id: chargeback.account.0,
            suspension_id: chargeback.suspension.0,
            reference: chargeback.reference,
            amount: chargeback.amount,
            covered: chargeback.covered,
            shortfall: chargeback.shortfall,
            reason: chargeback.reason,
            recorded_by: chargeback.recorded_by,
            created_at: chargeback.created_at,
            order_ids: chargeback.orders.iter().map(|order| order.0).collect(),
            deposit_ids: chargeback
                .deposits
                .iter()
                .map(|deposit| deposit.0)
                .collect(),
        }
    }
}

/// One page of the list of chargebacks.
#[derive(Debug, Object, Serialize)]
struct ChargebackPage {
    /// The chargebacks of this page, newest first.
    chargebacks: Vec<Chargeback>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// What suspending can answer.
pub(super) struct Stopping;

impl Refusals for Stopping {
    const CODES: &'static [Code] = &[
        Code::Forbidden,
        Code::ConfirmationNeeded,
        Code::AboveKeyLimit,
        Code::ObjectUnknown,
        Code::StateConflict,
        Code::FieldInvalid,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
    ];
}

/// What reinstating can answer.
pub(super) struct Deciding;

impl Refusals for Deciding {
    const CODES: &'static [Code] = &[
        Code::Forbidden,
        Code::ObjectUnknown,
        Code::StateConflict,
        Code::FieldInvalid,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
    ];
}

/// What recording a chargeback can answer.
pub(super) struct Recording;

impl Refusals for Recording {
    const CODES: &'static [Code] = &[
        Code::Forbidden,
        Code::ConfirmationNeeded,
        Code::AboveKeyLimit,
        Code::ObjectUnknown,
        Code::OrderUnknown,
        Code::StateConflict,
        Code::NameTaken,
        Code::FieldInvalid,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
    ];
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Suspensions")]
impl Suspensions {
    /// Suspend an account
    ///
    /// Every action of the account is refused from now on, and all funds of its wallet are forfeited. Orders
    /// that were not sent are canceled within moments; orders that were sent go on to their end; the refunds
    /// of both are forfeited too. Credits that arrive later are kept beside the wallet. It needs a
    /// confirmation within the last 10 minutes (`operator_confirm`), or a key whose limit covers the balance
    /// and the amount that the open orders hold.
    #[oai(
        path = "/accounts/:account_id/suspend",
        method = "post",
        operation_id = "account_suspend"
    )]
    async fn suspend(
        &self,
        operator: Operator,
        /// The number, the e-mail address or the name of the account, 1 to 254 characters; `id:7` always
        /// means number 7.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        body: JsonBody<ReasonGiven>,
    ) -> Result<Answer<Suspension>, Fault<Stopping>> {
        let panel = &self.panel;
        let account = accounts::look_up(panel, &account_id.0).await?.id;
        let suspended = suspensions::suspend(panel, &operator.0, account, &body.0.reason).await?;
        Ok(Answer(suspended.into()))
    }

    /// Reinstate a suspended account
    ///
    /// The wallet gets back exactly the amount that was forfeited under the suspension, and the credits that
    /// arrived meanwhile. Orders that were stopped stay stopped. A suspension because of a chargeback cannot
    /// be lifted.
    #[oai(
        path = "/accounts/:account_id/reinstate",
        method = "post",
        operation_id = "account_reinstate"
    )]
    async fn reinstate(
        &self,
        operator: Operator,
        /// The number, the e-mail address or the name of the account, 1 to 254 characters; `id:7` always
        /// means number 7.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        body: JsonBody<ReasonGiven>,
    ) -> Result<Answer<Reinstatement>, Fault<Deciding>> {
        let panel = &self.panel;
        let account = accounts::look_up(panel, &account_id.0).await?.id;
        let done = suspensions::reinstate(panel, &operator.0, account, &body.0.reason).await?;
        Ok(Answer(Reinstatement {
            account_id: account.0,
            suspension_id: done.suspension.0,
            returned: done.returned.forfeited,
            released_deposits: done.returned.deposits,
            balance: done.balance,
        }))
    }

    /// Record a chargeback
    ///
    /// The account is suspended permanently, its funds are forfeited, its keys are revoked and its sessions
    /// end. An ordinary suspension becomes permanent. The part that the forfeited funds do not cover is
    /// recorded as a shortfall. It needs a confirmation within the last 10 minutes (`operator_confirm`), or a
    /// key whose limit covers the amount and the funds to forfeit.
    #[oai(
        path = "/accounts/:account_id/chargebacks",
        method = "post",
        operation_id = "account_chargeback"
    )]
    async fn chargeback(
        &self,
        operator: Operator,
        /// The number, the e-mail address or the name of the account, 1 to 254 characters; `id:7` always
        /// means number 7.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        body: JsonBody<NewChargeback>,
    ) -> Result<Answer<Chargeback, 201>, Fault<Recording>> {
        let NewChargeback {
            reference,
            amount,
            reason,
            order_ids,
            deposit_ids,
        } = body.0;
        let amount = Money::parse(&amount).map_err(|_| Refusal::FieldInvalid {
            field: "amount",
            expected: "an amount of USD above zero with at most nine decimals, such as 12.50",
        })?;
        let panel = &self.panel;
        let account = accounts::look_up(panel, &account_id.0).await?.id;
        let actor = &operator.0;
        let taken_back = TakenBack {
            reference,
            amount,
            reason,
            orders: order_ids
                .unwrap_or_default()
                .into_iter()
                .map(OrderId)
                .collect(),
            deposits: deposit_ids
                .unwrap_or_default()
                .into_iter()
                .map(DepositId)
                .collect(),
        };
        let recorded = suspensions::record_chargeback(panel, actor, account, &taken_back);
        Ok(Answer(recorded.await?.into()))
    }

    /// List suspensions
    ///
    /// Newest first, with those that were lifted.
    #[oai(
        path = "/suspensions",
        method = "get",
        operation_id = "suspension_list"
    )]
    async fn list(
        &self,
        _staff: Staff,
        /// Lists only suspensions of the account of this number.
        #[oai(validator(minimum(value = "1")))]
        account_id: Query<Option<i64>>,
        /// Lists only suspensions that began at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only suspensions that began before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of suspensions in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<SuspensionPage>, Fault<Listing>> {
        let before = cursor.0.map(|cursor| SuspensionId(number_of(Some(cursor))));
        let (account, limit) = (account_id.0.map(AccountId), limit_of(limit.0));
        let began = period(created_from, created_before);
        let mut rows = suspensions::list(&self.panel.db, account, began, before, limit + 1).await?;
        let has_more = cut(&mut rows, limit);
        let last = rows.last().filter(|_| has_more).map(|row| row.id);
        Ok(Answer(SuspensionPage {
            next_cursor: last.map(|last| last.to_string()),
            suspensions: rows.into_iter().map(Suspension::from).collect(),
        }))
    }

    /// List chargebacks
    ///
    /// Newest first, of all accounts or of one.
    #[oai(
        path = "/chargebacks",
        method = "get",
        operation_id = "chargeback_list"
    )]
    async fn chargebacks(
        &self,
        _staff: Staff,
        /// Lists only chargebacks of the account of this number.
        #[oai(validator(minimum(value = "1")))]
        account_id: Query<Option<i64>>,
        /// Lists only chargebacks that were recorded at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only chargebacks that were recorded before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of chargebacks in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<ChargebackPage>, Fault<Listing>> {
        let before = cursor.0.map(|cursor| ChargebackId(number_of(Some(cursor))));
        let (account, limit) = (account_id.0.map(AccountId), limit_of(limit.0));
        let db = &self.panel.db;
        let recorded = period(created_from, created_before);
        let mut rows = suspensions::chargebacks(db, account, recorded, before, limit + 1).await?;
        let has_more = cut(&mut rows, limit);
        let last = rows.last().filter(|_| has_more).map(|row| row.id);
        Ok(Answer(ChargebackPage {
            next_cursor: last.map(|last| last.to_string()),
            chargebacks: rows.into_iter().map(Chargeback::from).collect(),
        }))
    }
}

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

/// A payment that its customer took back by their bank.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewChargeback {
    /// What the bank or the gateway calls it, recorded once, ever. 1 to 100 printable characters.
    #[oai(validator(min_length = 1, max_length = 100))]
    reference: String,
    /// What was taken back, in USD: above zero, at most nine decimals.
    #[oai(validator(pattern = "^[0-9]{1,9}\\.[0-9]{2,9}$"))]
    amount: String,
    /// What happened, in your words; kept for ever. 1 to 1000 printable characters.
    #[oai(validator(min_length = 1, max_length = 1000))]
    reason: String,
    /// The account's orders that it is about: at most 100.
    #[serde(default)]
    order_ids: Option<Vec<i64>>,
    /// The account's deposits that it is about: at most 100.
    #[serde(default)]
    deposit_ids: Option<Vec<i64>>,
}

/// A suspension of an account.
#[derive(Debug, Object, Serialize)]
struct Suspension {
    /// Its number.
    suspension_id: i64,
    /// Who is suspended.
    account_id: i64,
    /// Whether it can be lifted.
    kind: SuspensionKind,
    /// Why.
    reason: String,
    /// Who suspended, such as `operator:3` or `command`.
    suspended_by: String,
    /// Since when.
    suspended_at: Time,
    /// When the last of the account's open orders was stopped; absent while that is under way.
    /// Nothing has been sent since the suspension either way.
    #[serde(skip_serializing_if = "Option::is_none")]
    orders_stopped_at: Option<Time>,
    /// What is forfeited under it, in USD: the wallet at that time and the refunds since; nothing
    /// once it is lifted.
    forfeited: Money,
    /// Who lifted it; absent while it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    lifted_by: Option<String>,
    /// Why it was lifted.
    #[serde(skip_serializing_if = "Option::is_none")]
    lift_reason: Option<String>,
    /// When it was lifted.
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

/// A page of suspensions.
#[derive(Debug, Object, Serialize)]
struct SuspensionPage {
    /// Newest first.
    suspensions: Vec<Suspension>,
    /// The `cursor` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// What came back by a reinstatement.
#[derive(Debug, Object, Serialize)]
struct Reinstatement {
    /// Who may act again.
    account_id: i64,
    /// The suspension that ended.
    suspension_id: i64,
    /// What was forfeited under it and went back into the wallet, in USD.
    returned: Money,
    /// What was credited while it lasted and came into the wallet now, in USD.
    released_deposits: Money,
    /// What the wallet holds, in USD.
    balance: Money,
}

/// A chargeback on record.
#[derive(Debug, Object, Serialize)]
struct Chargeback {
    /// Its number.
    chargeback_id: i64,
    /// Whose payment it was.
    account_id: i64,
    /// The suspension that it brought about or made permanent.
    suspension_id: i64,
    /// What the bank or the gateway calls it.
    reference: String,
    /// What was taken back, in USD.
    amount: Money,
    /// How much of it the forfeited funds covered, in USD.
    covered: Money,
    /// The rest, in USD.
    shortfall: Money,
    /// What happened.
    reason: String,
    /// Who recorded it.
    recorded_by: String,
    /// When.
    created_at: Time,
    /// The orders that it is about.
    order_ids: Vec<i64>,
    /// The deposits that it is about.
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

/// A page of chargebacks.
#[derive(Debug, Object, Serialize)]
struct ChargebackPage {
    /// Newest first.
    chargebacks: Vec<Chargeback>,
    /// The `cursor` of the next page; absent on the last one.
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
    /// Every action of the account is refused from now on, and all funds of its wallet are
    /// forfeited. Orders that were not sent are canceled within moments, those that were sent run
    /// out; their refunds are forfeited too. Credits that arrive later are kept beside the wallet. It
    /// wants a confirmation within the last 10 minutes (`operator_confirm`), or a key whose limit covers
    /// what the wallet and the open orders hold.
    #[oai(
        path = "/accounts/:account_id/suspend",
        method = "post",
        operation_id = "account_suspend"
    )]
    async fn suspend(
        &self,
        operator: Operator,
        /// The account: its number, its e-mail address or its name.
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
    /// The wallet gets back exactly what was forfeited under the suspension, and what was credited
    /// meanwhile. Orders that were stopped stay stopped. A suspension by a chargeback cannot be
    /// lifted.
    #[oai(
        path = "/accounts/:account_id/reinstate",
        method = "post",
        operation_id = "account_reinstate"
    )]
    async fn reinstate(
        &self,
        operator: Operator,
        /// The account: its number, its e-mail address or its name.
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
    /// The account is suspended for good, its funds are forfeited, its keys revoked and its
    /// sessions ended. An ordinary suspension becomes permanent. What the forfeited funds do not
    /// cover stays on the record as a shortfall. It wants a confirmation within the last 10 minutes
    /// (`operator_confirm`), or a key whose limit covers the amount and what would be forfeited.
    #[oai(
        path = "/accounts/:account_id/chargebacks",
        method = "post",
        operation_id = "account_chargeback"
    )]
    async fn chargeback(
        &self,
        operator: Operator,
        /// The account: its number, its e-mail address or its name.
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
    /// Newest first, those that were lifted among them.
    #[oai(
        path = "/suspensions",
        method = "get",
        operation_id = "suspension_list"
    )]
    async fn list(
        &self,
        _staff: Staff,
        /// Only those of this account.
        #[oai(validator(minimum(value = "1")))]
        account_id: Query<Option<i64>>,
        /// Only suspensions that began at this time or later.
        created_from: Query<Option<Time>>,
        /// Only suspensions that began before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before; without it, from the newest on.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Suspensions per page.
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
    /// Newest first.
    #[oai(
        path = "/chargebacks",
        method = "get",
        operation_id = "chargeback_list"
    )]
    async fn chargebacks(
        &self,
        _staff: Staff,
        /// Only those of this account.
        #[oai(validator(minimum(value = "1")))]
        account_id: Query<Option<i64>>,
        /// Only chargebacks that were recorded at this time or later.
        created_from: Query<Option<Time>>,
        /// Only chargebacks that were recorded before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before; without it, from the newest on.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Chargebacks per page.
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

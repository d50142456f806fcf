//! Accounts, their wallets and what they are told.

use poem_openapi::param::{Path, Query};
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::invitations::{InvitationMade, NewAccount};
use super::notices::{OperatorNotice, OperatorNoticePage};
use super::refusals::{Changing, Crediting, Listing, Making, ReadingAccount, Telling};
use super::remarks::AccountRemark;
use super::staff::{Operator, Staff};
use crate::abuse::remarks;
use crate::accounts::notices;
use crate::accounts::register::{self, Search};
use crate::actor::Role;
use crate::clock::Time;
use crate::error;
use crate::http::typed::paging::{cut, limit_of, number_of, page, period};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::Fault;
use crate::http::typed::wire::Amount;
use crate::ids::{AccountId, NoticeId, TierId};
use crate::limits::LimitTier;
use crate::money::{Money, Percent};
use crate::orders::read;
use crate::panel::Panel;
use crate::{accounts, wallet};

/// Serves the register of accounts.
pub(super) struct Accounts {
    pub(super) panel: Panel,
}

/// An account of a customer or of a member of the staff.
#[derive(Debug, Object, Serialize)]
struct OperatorAccount {
    /// The number of the account, unique in this panel.
    account_id: i64,
    /// The name that the account has now, unique in this panel.
    name: String,
    /// The e-mail address of the account's owner, unique in this panel; absent if the account has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// The role of the account: `reseller` for a customer, `support` or `operator` for staff.
    role: Role,
    /// The number of the rate tier whose rates the account pays; absent if it pays the catalogue's rates.
    #[serde(skip_serializing_if = "Option::is_none")]
    tier_id: Option<i64>,
    /// The name of the rate tier; absent if the account has no tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    tier_name: Option<String>,
    /// The percentage that the rate tier adds to the catalogue's rates; below zero it is a discount. Absent
    /// if the account has no tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    tier_percent: Option<Percent>,
    /// The maximum amount that all keys of the account together may spend in a day (UTC), in USD with 2 to 9
    /// decimals; absent if there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    daily_cap: Option<Money>,
    /// Whether the panel files refills of the account's orders by itself, where a service has a count source.
    automatic_refills: bool,
    /// The balance of the wallet, in USD with 2 to 9 decimals; absent for staff, who have no wallet.
    #[serde(skip_serializing_if = "Option::is_none")]
    balance: Option<Money>,
    /// The rate-limit class of the account's keys; if it is absent, the setting `limits_default` applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    limits: Option<LimitTier>,
    /// The amount that the account's open orders hold, in USD with 2 to 9 decimals; present only when one
    /// account is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<Money>,
    /// The number of the account's API keys that are not revoked.
    keys: i64,
    /// When the account was suspended, UTC; absent if it is not suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    suspended_at: Option<Time>,
    /// When a case of abuse began to hold the account's new orders, UTC: they are charged and wait for a
    /// review before they are sent. Absent if new orders are not held.
    #[serde(skip_serializing_if = "Option::is_none")]
    orders_held_at: Option<Time>,
    /// When the member was removed from the staff, UTC; absent for every other account.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_at: Option<Time>,
    /// When the account was created, UTC.
    created_at: Time,
    /// How the owner chooses the first password; present only in the answer that creates an account with an
    /// e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation: Option<InvitationMade>,
    /// The remarks on the account: findings that need no decision, newest first. Present only when one
    /// account is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    remarks: Option<Vec<AccountRemark>>,
}

impl From<register::Account> for OperatorAccount {
    fn from(account: register::Account) -> OperatorAccount {
        let (tier_id, tier_name, tier_percent) = match account.tier {
            Some(tier) => (Some(tier.id.0), Some(tier.name), Some(tier.percent)),
            None => (None, None, None),
        };
        OperatorAccount {
            account_id: account.id.0,
            name: account.name,
            email: account.email,
            role: account.role,
            tier_id,
            tier_name,
            tier_percent,
            daily_cap: account.daily_cap,
            automatic_refills: account.automatic_refills,
            limits: account.limits,
            balance: account.balance,
            held: None,
            keys: account.keys,
            suspended_at: account.suspended_at,
            orders_held_at: account.held_at,
            removed_at: account.removed_at,
            created_at: account.created_at,
            invitation: None,
            remarks: None,
        }
    }
}

/// One page of the list of accounts.
#[derive(Debug, Object, Serialize)]
struct OperatorAccountPage {
    /// The accounts of this page, in ascending order of `account_id`.
    accounts: Vec<OperatorAccount>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The fields of an account to change; a field that is absent stays as it is.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountChange {
    /// The new name, unique in this panel: 1 to 100 printable characters.
    name: Option<String>,
    /// The number of the rate tier whose rates the account pays from its next request on; `null` for the
    /// catalogue's own rates.
    #[serde(default)]
    tier_id: MaybeUndefined<i64>,
    /// The maximum amount that all keys of the account together may spend in a day (UTC), in USD, above zero,
    /// with at most 9 decimals; `null` for no limit.
    #[serde(default)]
    daily_cap: MaybeUndefined<Amount>,
    /// Whether the panel files refills of the account's orders by itself, where a service has a count source.
    automatic_refills: Option<bool>,
    /// The rate-limit class of the account's keys; `null` to apply the setting `limits_default`.
    #[serde(default)]
    limits: MaybeUndefined<LimitTier>,
}

/// A credit to post to the wallet of an account.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCredit {
    /// The amount to credit, in USD, above zero, with at most 9 decimals.
    amount: Amount,
    /// The reason for the credit, kept with the ledger transaction: 1 to 1000 printable characters.
    reason: String,
    /// Your unique name for this credit, such as a bank's transfer number: 1 to 100 printable characters. A
    /// reference can be used only once, for credits and corrections together.
    reference: String,
}

/// The wallet after the credit was posted.
#[derive(Debug, Object, Serialize)]
struct CreditedWallet {
    /// The number of the account that was credited.
    account_id: i64,
    /// The balance of the wallet after the credit, in USD with 2 to 9 decimals.
    balance: Money,
    /// Whether the account is suspended. If it is, the amount is kept beside the wallet and is added to it
    /// when the account is reinstated.
    suspended: bool,
}

/// A notice to send to an account.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewNotice {
    /// The text of the notice: 1 to 2000 characters; line breaks are allowed.
    message: String,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Accounts")]
impl Accounts {
    /// List accounts
    ///
    /// Accounts of customers and of staff, in ascending order of their numbers. Filters are combined.
    #[oai(
        path = "/accounts",
        method = "get",
        operation_id = "operator_account_list"
    )]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
    async fn list(
        &self,
        _staff: Staff,
        /// Lists only accounts whose name or e-mail address contains this text, in upper or lower case, or
        /// whose number it is.
        #[oai(validator(min_length = 1, max_length = 254))]
        search: Query<Option<String>>,
        /// Lists only accounts that have this role.
        role: Query<Option<Role>>,
        /// Lists only suspended accounts if `true`, only accounts that are not suspended if `false`.
        suspended: Query<Option<bool>>,
        /// Lists only accounts that were created at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only accounts that were created before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of accounts in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<OperatorAccountPage>, Fault<Listing>> {
        let search = Search {
            text: search.0,
            role: role.0,
            suspended: suspended.0,
            created: period(created_from, created_before),
        };
        let (after, limit) = (AccountId(number_of(cursor.0)), limit_of(limit.0));
        let mut found = register::list(&self.panel.db, &search, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().map(|account| account.id.to_string());
        Ok(Answer(OperatorAccountPage {
            accounts: found.into_iter().map(OperatorAccount::from).collect(),
            next_cursor: last.filter(|_| has_more),
        }))
    }

    /// Create an account
    ///
    /// Creates a customer's account with an empty wallet and without an API key. The owner of the e-mail
    /// address is invited to choose a password: by mail, or, on a panel that has a `public_url` but no mail
    /// server, by a link in the answer.
    #[oai(
        path = "/accounts",
        method = "post",
        operation_id = "operator_account_create"
    )]
    async fn create(
        &self,
        operator: Operator,
        account: JsonBody<NewAccount>,
    ) -> Result<Answer<OperatorAccount, 201>, Fault<Making>> {
        let (panel, actor, new) = (&self.panel, &operator.0, account.0);
        let (role, email) = (Role::Reseller, new.email.as_deref());
        let made = accounts::create_and_invite(panel, actor, role, &new.name, email);
        let (id, invitation) = made.await?;
        let mut made = self.one(id).await?;
        made.invitation = invitation.map(InvitationMade::from);
        Ok(Answer(made))
    }

    /// Read an account
    ///
    /// Includes the amount that its open orders hold, and the remarks on it.
    #[oai(
        path = "/accounts/:account_id",
        method = "get",
        operation_id = "operator_account_view"
    )]
    async fn view(
        &self,
        _staff: Staff,
        /// The number, the e-mail address or the name of the account, 1 to 254 characters; `id:7` always
        /// means number 7.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
    ) -> Result<Answer<OperatorAccount>, Fault<ReadingAccount>> {
        let account = accounts::look_up(&self.panel, &account_id.0).await?;
        Ok(Answer(self.one(account.id).await?))
    }

    /// Change an account
    ///
    /// Changes its name, its rate tier, its limits, its daily cap or its automatic refills. The change
    /// applies from the account's next request on.
    #[oai(
        path = "/accounts/:account_id",
        method = "patch",
        operation_id = "operator_account_change"
    )]
    async fn change(
        &self,
        operator: Operator,
        /// The number, the e-mail address or the name of the account, 1 to 254 characters; `id:7` always
        /// means number 7.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        change: JsonBody<AccountChange>,
    ) -> Result<Answer<OperatorAccount>, Fault<Changing>> {
        let AccountChange {
            name,
            tier_id,
            daily_cap,
            automatic_refills,
            limits,
        } = change.0;
        let tier: Option<Option<i64>> = tier_id.into();
        let daily_cap: Option<Option<Amount>> = daily_cap.into();
        let change = register::Change {
            name,
            tier: tier.map(|tier| tier.map(TierId)),
            daily_cap: daily_cap.map(|cap| cap.map(|cap| cap.0)),
            automatic_refills,
            limits: limits.into(),
        };
        let id = accounts::look_up(&self.panel, &account_id.0).await?.id;
        register::change(&self.panel, &operator.0, id, &change).await?;
        Ok(Answer(self.one(id).await?))
    }

    /// Credit a wallet
    ///
    /// For money that arrived outside of the panel, or for a gift. A reference can be used only once: a
    /// repeated request with the same reference is refused, and nothing is credited twice. An amount above
    /// the setting `confirm_credits_above_usd` needs a confirmation within the last 10 minutes
    /// (`operator_confirm`), or a key whose limit covers it.
    #[oai(
        path = "/accounts/:account_id/credit",
        method = "post",
        operation_id = "operator_account_credit"
    )]
    async fn credit(
        &self,
        operator: Operator,
        /// The number, the e-mail address or the name of the account, 1 to 254 characters; `id:7` always
        /// means number 7.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        credit: JsonBody<NewCredit>,
    ) -> Result<Answer<CreditedWallet, 201>, Fault<Crediting>> {
        let NewCredit {
            amount: Amount(amount),
            reason,
            reference,
        } = credit.0;
        let (panel, actor) = (&self.panel, &operator.0);
        let account = accounts::look_up(panel, &account_id.0).await?.id;
        let credited = wallet::credit(panel, actor, account, amount, &reference, &reason).await?;
        Ok(Answer(CreditedWallet {
            account_id: account.0,
            balance: credited.balance,
            suspended: credited.suspended,
        }))
    }

    /// Send a notice to an account
    ///
    /// The owner of the account reads it with `account_notices`.
    #[oai(
        path = "/accounts/:account_id/notices",
        method = "post",
        operation_id = "notice_send"
    )]
    async fn tell(
        &self,
        operator: Operator,
        /// The number, the e-mail address or the name of the account, 1 to 254 characters; `id:7` always
        /// means number 7.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        notice: JsonBody<NewNotice>,
    ) -> Result<Answer<OperatorNotice, 201>, Fault<Telling>> {
        let account = accounts::look_up(&self.panel, &account_id.0).await?.id;
        let message = &notice.0.message;
        let sent = notices::send(&self.panel, &operator.0, account, message).await?;
        Ok(Answer(sent.into()))
    }

    /// List the notices of an account
    ///
    /// Oldest first, with the time at which each was read.
    #[oai(
        path = "/accounts/:account_id/notices",
        method = "get",
        operation_id = "operator_notice_list"
    )]
    async fn told(
        &self,
        _staff: Staff,
        /// The number, the e-mail address or the name of the account, 1 to 254 characters; `id:7` always
        /// means number 7.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        /// Lists only notices that were sent at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only notices that were sent before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of notices in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<OperatorNoticePage>, Fault<ReadingAccount>> {
        let after = NoticeId(number_of(cursor.0));
        let account = accounts::look_up(&self.panel, &account_id.0).await?.id;
        let limit = limit_of(limit.0);
        let db = &self.panel.db;
        let created = period(created_from, created_before);
        let mut found = notices::notices(db, account, false, created, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().map(|notice| notice.id.to_string());
        Ok(Answer(OperatorNoticePage {
            notices: found.into_iter().map(OperatorNotice::from).collect(),
            next_cursor: last.filter(|_| has_more),
        }))
    }
}

impl Accounts {
    /// The account with what its open orders hold, and what was noticed about it.
    async fn one(&self, id: AccountId) -> error::Result<OperatorAccount> {
        let account = register::view(&self.panel.db, id).await?;
        let held = match account.balance {
            Some(_) => Some(read::funds(&self.panel.db, id).await?.held),
            None => None,
        };
        let remarks = remarks::of_account(&self.panel.db, id).await?;
        Ok(OperatorAccount {
            held,
            remarks: Some(remarks.into_iter().map(AccountRemark::from).collect()),
            ..account.into()
        })
    }
}

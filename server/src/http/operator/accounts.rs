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

/// An account.
#[derive(Debug, Object, Serialize)]
struct OperatorAccount {
    /// Its number.
    account_id: i64,
    /// Its name.
    name: String,
    /// Where its mail goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// What it is for.
    role: Role,
    /// The tier whose rates it pays; absent for the catalogue's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    tier_id: Option<i64>,
    /// That tier's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    tier_name: Option<String>,
    /// What that tier adds to the catalogue's rates, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    tier_percent: Option<Percent>,
    /// What all its keys together may spend a day (UTC), in USD; absent without a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    daily_cap: Option<Money>,
    /// Whether drops of its orders are refilled without being asked for, where they can be.
    automatic_refills: bool,
    /// What its wallet holds, in USD. Staff have no wallet.
    #[serde(skip_serializing_if = "Option::is_none")]
    balance: Option<Money>,
    /// How much its keys may ask for; as the settings say, if it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    limits: Option<LimitTier>,
    /// What its open orders have set aside, in USD. Only where one account is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<Money>,
    /// How many keys it has that are not revoked.
    keys: i64,
    /// Since when it is suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    suspended_at: Option<Time>,
    /// Since when its new orders are charged and wait for a person before they are sent, because of a
    /// case of abuse.
    #[serde(skip_serializing_if = "Option::is_none")]
    orders_held_at: Option<Time>,
    /// When it was removed from the staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_at: Option<Time>,
    /// When it was made.
    created_at: Time,
    /// How its owner chooses their first password. Only where it was just made, with an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation: Option<InvitationMade>,
    /// What was noticed about it and nothing is done about, the newest first. Only where one account is
    /// read.
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

/// A page of accounts.
#[derive(Debug, Object, Serialize)]
struct OperatorAccountPage {
    /// By number.
    accounts: Vec<OperatorAccount>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// What to change of an account; what is absent stays.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountChange {
    /// Another name, unique in this panel: 1 to 100 printable characters.
    name: Option<String>,
    /// The tier whose rates it pays from the next request on; `null` for the catalogue's own.
    #[serde(default)]
    tier_id: MaybeUndefined<i64>,
    /// What all its keys together may spend a day (UTC), in USD, above zero; `null` for no limit.
    #[serde(default)]
    daily_cap: MaybeUndefined<Amount>,
    /// Whether drops of its orders are refilled without being asked for, where they can be.
    automatic_refills: Option<bool>,
    /// How much its keys may ask for; `null` for what the settings say.
    #[serde(default)]
    limits: MaybeUndefined<LimitTier>,
}

/// A credit of a wallet.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCredit {
    /// How much, in USD, above zero.
    amount: Amount,
    /// Why, kept with the ledger transaction: 1 to 1000 printable characters.
    reason: String,
    /// A name for this credit, such as a bank's transfer number: 1 to 100 printable characters. It
    /// counts once, ever.
    reference: String,
}

/// A wallet that was credited.
#[derive(Debug, Object, Serialize)]
struct CreditedWallet {
    /// The account.
    account_id: i64,
    /// What its wallet holds now, in USD.
    balance: Money,
    /// Whether the account is suspended: then the amount is kept beside the wallet, and comes into it
    /// when the account is reinstated.
    suspended: bool,
}

/// Something to tell an account.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewNotice {
    /// What: 1 to 2000 characters, line breaks among them.
    message: String,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Accounts")]
impl Accounts {
    /// List accounts
    ///
    /// By number, a page at a time; filters are combined. Staff are accounts too.
    #[oai(
        path = "/accounts",
        method = "get",
        operation_id = "operator_account_list"
    )]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
    async fn list(
        &self,
        _staff: Staff,
        /// A part of the name or of the e-mail address, in upper or lower case, or the number.
        #[oai(validator(min_length = 1, max_length = 254))]
        search: Query<Option<String>>,
        /// Only accounts of this role.
        role: Query<Option<Role>>,
        /// Only suspended accounts, or only others.
        suspended: Query<Option<bool>>,
        /// Only accounts that were made at this time or later.
        created_from: Query<Option<Time>>,
        /// Only accounts that were made before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Accounts per page.
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

    /// Make an account
    ///
    /// A customer's, with an empty wallet and without a key. Who has the address is invited to choose a
    /// password: by mail, or by a link in the answer, where the panel has no mail server but knows its own
    /// `public_url`.
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
    #[oai(
        path = "/accounts/:account_id",
        method = "get",
        operation_id = "operator_account_view"
    )]
    async fn view(
        &self,
        _staff: Staff,
        /// The account: its number, its e-mail address or its name.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
    ) -> Result<Answer<OperatorAccount>, Fault<ReadingAccount>> {
        let account = accounts::look_up(&self.panel, &account_id.0).await?;
        Ok(Answer(self.one(account.id).await?))
    }

    /// Change an account
    ///
    /// Its name, its tier, its limits, or what it may spend a day. It holds from its next request on.
    #[oai(
        path = "/accounts/:account_id",
        method = "patch",
        operation_id = "operator_account_change"
    )]
    async fn change(
        &self,
        operator: Operator,
        /// The account: its number, its e-mail address or its name.
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
    /// For money that came outside of the panel, or as a gift. A reference counts once, ever: asking
    /// again with the same one is refused, and nothing is credited twice. Above the setting
    /// `confirm_credits_above_usd` it wants a confirmation within the last 10 minutes
    /// (`operator_confirm`), or a key with a limit that covers it.
    #[oai(
        path = "/accounts/:account_id/credit",
        method = "post",
        operation_id = "operator_account_credit"
    )]
    async fn credit(
        &self,
        operator: Operator,
        /// The account: its number, its e-mail address or its name.
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

    /// Tell an account something
    #[oai(
        path = "/accounts/:account_id/notices",
        method = "post",
        operation_id = "notice_send"
    )]
    async fn tell(
        &self,
        operator: Operator,
        /// The account: its number, its e-mail address or its name.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        notice: JsonBody<NewNotice>,
    ) -> Result<Answer<OperatorNotice, 201>, Fault<Telling>> {
        let account = accounts::look_up(&self.panel, &account_id.0).await?.id;
        let message = &notice.0.message;
        let sent = notices::send(&self.panel, &operator.0, account, message).await?;
        Ok(Answer(sent.into()))
    }

    /// List what an account was told
    ///
    /// Oldest first, with when it was read.
    #[oai(
        path = "/accounts/:account_id/notices",
        method = "get",
        operation_id = "operator_notice_list"
    )]
    async fn told(
        &self,
        _staff: Staff,
        /// The account: its number, its e-mail address or its name.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        /// Only notices that were sent at this time or later.
        created_from: Query<Option<Time>>,
        /// Only notices that were sent before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Notices per page.
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

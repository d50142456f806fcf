//! Accounts: who has one, who is calling, and what they may do.
//!
//! Owns the tables `accounts`, `api_keys`, `sessions`, `sign_in_networks`, `attempts`, `wrong_codes`,
//! `account_links`, `sign_ups`, `address_changes`, `address_requests`, `tiers`, `notices` and
//! `imported_accounts`. A key or a session is a long random secret, so it is stored as a keyed digest and
//! found by it in one statement, together with its account, tier and wallet: there is no cache of either,
//! and a revocation, a suspension or another tier holds on the next request. A password is short, so it is
//! stored as a slow hash, and guesses are counted.
//!
//! | what | by |
//! |---|---|
//! | who calls, and whether they may | `store::callers`, `rules` |
//! | people: signing up, in and out, passwords, codes | `sessions`, `second_factor`, `password`, `totp` |
//! | proving again who one is, before much is moved | `confirm` |
//! | links to choose a password by, and to open an account | `links`, `opening` |
//! | another e-mail address, and the earlier one back | `address` |
//! | what mails say | `letters` |
//! | how often somebody may try | `throttle`, `attempts`, `code_check` |
//! | where an account signed in lately | `known_networks` |
//! | API keys and what they may do | `keys`, `scope` |
//! | accounts and keys of another panel | `imported`, `foreign_keys` |
//! | what may be spent on a day | `spending` |
//! | what accounts are called, and finding them by it | `names`, `naming` |
//! | what operators see and change of accounts | `register` |
//! | those who run the panel | `staffing` |
//! | rate tiers | `tiers` |
//! | what is told to accounts | `notices` |
//! | what is done about abuse | `measures` |

use std::net::IpAddr;

use serde_json::json;

use crate::actor::{Actor, Role};
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, KeyId};
use crate::limits::Holder;
use crate::money::{Money, Percent};
use crate::panel::Panel;
use crate::secrets::Secrets;
use crate::wallet;

mod address;
mod alert_mails;
mod attempts;
mod code_check;
mod confirm;
mod email;
mod foreign_keys;
mod gate;
pub(crate) mod imported;
mod keys;
mod known_networks;
mod last_use;
mod letters;
mod links;
pub(crate) mod measures;
mod names;
mod naming;
pub mod notices;
mod opening;
mod password;
pub mod register;
mod rules;
mod scope;
mod second_factor;
mod sessions;
mod spending;
pub mod staffing;
mod store;
mod throttle;
pub mod tiers;
mod token;
mod totp;

use names::Name;

pub(crate) use address::{ADDRESS_REQUEST_MS, UNDO_MS};
pub use address::{EmailChange, EmailChanged, change_email};
pub(crate) use alert_mails::mail_news;
pub use alert_mails::set_alerts_by_mail;
pub(crate) use attempts::{forget_in_tx as forget_attempts_in_tx, forget_old_attempts};
pub use confirm::{Confirmation, confirm};
pub use email::Email;
pub(crate) use foreign_keys::are_foreign_keys_known;
pub(crate) use gate::Gate;
pub use keys::{Key, KeyTerms, STAFF_SCOPES, change_key, create_key, keys, revoke_key, rotate_key};
pub use last_use::Proof;
pub(crate) use last_use::write_last_uses;
pub(crate) use letters::letter;
pub(crate) use links::RESET_LIFE_MS;
pub use links::{Behind, Followed, Invitation, Link, LinkKind, follow, look, password_link};
pub(crate) use naming::key_names;
pub use naming::{Named, look_up, look_up_customer};
pub use password::NewPassword;
pub(crate) use rules::SESSION_LIFE_MS;
pub use scope::{Scope, Scopes};
pub use second_factor::{NewSeed, begin_totp, confirm_totp, disable_totp};
pub use sessions::{
    NewPerson, SignIn, SignedIn, SignedUp, ask_for_reset, change_password, register, sign_in,
    sign_out, sign_up,
};
pub use spending::Caps;
pub(crate) use spending::Spending;
pub(crate) use store::callers::Authenticated;
pub(crate) use store::register::lock as lock_in_tx;
pub(crate) use store::{Buyer, buyers_in_tx, role_of, set_suspended_in_tx, shut_out_in_tx};
pub use token::{Token, TokenKind};

/// What a check gives, or why not.
type Checked<T> = std::result::Result<T, Refusal>;

/// The digest by which a token is found, `HMAC-SHA256(pepper, token)`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenDigest {
    kind: TokenKind,
    bytes: [u8; 32],
}

/// What somebody comes with: a token's digest, and the address that they come from.
#[derive(Clone, Copy)]
pub struct Credential {
    digest: TokenDigest,
    address: Option<IpAddr>,
}

/// A customer who is calling, and what the wallet holds at this moment.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// The account of the key or session.
    pub account: AccountId,
    /// The wallet's balance when it was looked up.
    pub balance: Money,
    /// The version of the catalogue at that moment.
    pub catalog_version: i64,
    /// What bounds what they spend.
    pub caps: Caps,
    /// What the account's tier adds to the catalogue's rates.
    pub percent: Percent,
    /// By what they have proved who they are.
    pub proof: Proof,
    /// What limits have to know of it.
    pub(crate) holder: Holder,
}

/// Somebody with an account who is calling, customer or staff.
#[derive(Debug, Clone)]
pub struct Member {
    /// Their account.
    pub account: AccountId,
    /// What they may do.
    pub role: Role,
    /// Their name.
    pub name: String,
    /// By what they have proved it.
    pub proof: Proof,
    /// Of a key: up to how much it may do by one action what else wants a confirmation.
    pub action_limit: Option<Money>,
    /// Of a session: when they last proved who they are, by signing in or by confirming.
    pub confirmed_at: Option<Time>,
    /// What limits have to know of it.
    pub(crate) holder: Holder,
}

/// An account, as its owner and operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// What its owner may do.
    pub role: Role,
    /// The address that its owner signs in with.
    pub email: Option<String>,
    /// When it was made.
    pub created_at: Time,
    /// When it was suspended, if it is.
    pub suspended_at: Option<Time>,
    /// Whether signing in needs a code.
    pub has_totp: bool,
    /// Its price tier, if it has one.
    pub tier: Option<String>,
    /// What all its keys together may spend on a day.
    pub daily_cap: Option<Money>,
    /// What was spent on the present day, if it has a cap.
    pub spent_today: Money,
    /// Whether drops of its orders are refilled without being asked for, where they can be.
    pub automatic_refills: bool,
}

impl TokenDigest {
    fn of_token(secrets: &Secrets, token: &Token) -> TokenDigest {
        TokenDigest {
            kind: token.kind(),
            bytes: secrets.digest_key(token.expose()),
        }
    }
}

impl Credential {
    /// A token as somebody at `address` sent it, if it is of one of `kinds`. A mistyped one is
    /// refused by its checksum, without asking the database; one of another panel has none.
    pub fn read(
        secrets: &Secrets,
        token: &str,
        kinds: &[TokenKind],
        address: Option<IpAddr>,
    ) -> Result<Credential> {
        let token = Token::parse(token).or_else(|| Token::foreign(token));
        let token = token.filter(|token| kinds.contains(&token.kind()));
        let token = token.ok_or(Refusal::KeyInvalid)?;
        let digest = TokenDigest::of_token(secrets, &token);
        Ok(Credential { digest, address })
    }

    /// What kind of token it is.
    pub fn kind(&self) -> TokenKind {
        self.digest.kind
    }

    /// The same for the same text that cannot be a token.
    pub(crate) fn print_of_unreadable(text: &str) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};

        let mut hash = DefaultHasher::new();
        text.hash(&mut hash);
        hash.finish()
    }

    /// The same number for the same token; it says nothing about it.
    pub(crate) fn print(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.digest.bytes;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

/// Finds the customer who comes with `credential`, if it is good for `need`. Refused:
/// [`Refusal::KeyInvalid`], [`Refusal::Suspended`], [`Refusal::KeyBlocked`],
/// [`Refusal::AddressNotAllowed`], [`Refusal::ScopeMissing`]; [`Refusal::Forbidden`] for staff.
pub async fn authenticate(panel: &Panel, credential: Credential, need: Scope) -> Result<Caller> {
    let (caller, _) = Authenticated::by(panel, credential, need)
        .rows("", "", [])
        .await?;
    Ok(caller)
}

/// The number of the key that `credential` is, if there is one that is not revoked; nobody is let in by it.
pub(crate) async fn key_of(panel: &Panel, credential: Credential) -> Result<Option<KeyId>> {
    store::callers::key_of(panel, credential).await
}

/// Finds whoever comes with `credential`, customer or staff. Refused like [`authenticate`].
pub async fn authenticate_member(
    panel: &Panel,
    credential: Credential,
    need: Scope,
) -> Result<Member> {
    store::callers::member(panel, credential, need).await
}

/// Finds the member of the staff who comes with `credential`, if it is good for `need`. Refused:
/// [`Refusal::KeyInvalid`], [`Refusal::AddressNotAllowed`], [`Refusal::ScopeMissing`];
/// [`Refusal::Forbidden`] for a customer's key, good or not, and for a customer's session.
pub async fn authenticate_staff(
    panel: &Panel,
    credential: Credential,
    need: Scope,
) -> Result<Member> {
    if matches!(credential.kind(), TokenKind::Key | TokenKind::Foreign) {
        return Err(Refusal::Forbidden.into());
    }
    let member = store::callers::member(panel, credential, need).await?;
    match member.role {
        Role::Reseller => Err(Refusal::Forbidden.into()),
        Role::Support | Role::Operator => Ok(member),
    }
}

/// Creates an account that nobody signs in to; a customer's has an empty wallet. Refused:
/// [`Refusal::Taken`].
pub async fn create(panel: &Panel, actor: &Actor, role: Role, name: &str) -> Result<AccountId> {
    create_with_email(panel, actor, role, name, None).await
}

/// The same for somebody who can be written to. Refused: [`Refusal::Taken`],
/// [`Refusal::FieldInvalid`].
pub async fn create_with_email(
    panel: &Panel,
    actor: &Actor,
    role: Role,
    name: &str,
    email: Option<&str>,
) -> Result<AccountId> {
    let email = email.map(Email::parse).transpose()?;
    let (account, _) = open(panel, actor, role, name, (email, false)).await?;
    Ok(account)
}

/// The same for somebody who is invited to choose a password, where they have an address: by mail, else
/// by a link, which is to be handed over.
pub async fn create_and_invite(
    panel: &Panel,
    actor: &Actor,
    role: Role,
    name: &str,
    email: Option<&str>,
) -> Result<(AccountId, Option<Invitation>)> {
    let email = email.map(Email::parse).transpose()?;
    open(panel, actor, role, name, (email, true)).await
}

/// Opens an account without a password; `invites` says whether who has the address is to choose one.
async fn open(
    panel: &Panel,
    actor: &Actor,
    role: Role,
    name: &str,
    (email, invites): (Option<Email>, bool),
) -> Result<(AccountId, Option<Invitation>)> {
    let name = Name::parse(name)?;
    let tx = panel.db.begin().await?;
    let now = panel.now();
    let taken = || {
        let with = email
            .as_ref()
            .map(|email| format!(" or with the e-mail address {email}"));
        format!("an account named {}{}", name.text, with.unwrap_or_default())
    };
    if let Some(clash) = naming::clash_in_tx(&tx, &name, role, None).await? {
        return Err(clash.refusal(&name, taken()).into());
    }
    let Some(account) = store::insert(&tx, now, role, &name, email.as_ref(), None).await? else {
        return Err(Refusal::Taken { what: taken() }.into());
    };
    if role == Role::Reseller {
        wallet::open_in_tx(&tx, account).await?;
    }
    let invitation = match &email {
        Some(email) if invites => links::invite_in_tx(panel, &tx, now, account, email).await?,
        Some(_) | None => None,
    };
    let mut told =
        json!({"name": name.text, "role": role.word(), "email": email.as_ref().map(Email::as_str)});
    match &invitation {
        Some(Invitation::Mailed) => told["invited"] = "by mail".into(),
        Some(Invitation::Link(_)) => told["invited"] = "by a link".into(),
        None => {}
    }
    let entry = Entry::new(Deed::AccountCreated, format!("account:{account}")).became(told);
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok((account, invitation))
}

/// The account. Refused: [`Refusal::Unknown`].
pub async fn read(panel: &Panel, account: AccountId) -> Result<Account> {
    let found = store::read(&panel.db, panel.now(), account).await?;
    Ok(found.ok_or(Refusal::Unknown { what: "account" })?)
}

/// The accounts of customers whose name or e-mail address has `part` in it, oldest first.
pub async fn search(panel: &Panel, part: &str, limit: u64) -> Result<Vec<Account>> {
    store::search(&panel.db, panel.now(), part, limit).await
}

/// A name that people read: of an account or a key.
fn name_checked<'n>(field: &'static str, name: &'n str) -> Checked<&'n str> {
    let printable = !name.trim().is_empty() && !name.chars().any(char::is_control);
    if printable && name.chars().count() <= 100 {
        return Ok(name);
    }
    Err(Refusal::FieldInvalid {
        field,
        expected: "1 to 100 printable characters",
    })
}

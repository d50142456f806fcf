//! API keys: making, changing, replacing and revoking them.

use serde_json::{Value, json};

use super::rules::{MAX_KEYS, MAX_OVERLAP_MS};
use super::store::keys as store;
use super::{Checked, Scopes, Token, TokenDigest, TokenKind, name_checked};
use crate::actor::{Actor, Role};
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, KeyId};
use crate::money::Money;
use crate::networks::Networks;
use crate::panel::Panel;

/// No key of staff has a higher limit: as much as an order may cost at most.
const MAX_ACTION_LIMIT: Money = Money::from_nano(1_000_000_000_000_000_000);

/// What scopes a key of staff has.
pub const STAFF_SCOPES: &str =
    "some of read, support, money, catalogue and accounts: a key of staff says what it is for";

/// What a key may be used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTerms {
    /// Its owner's name for it.
    pub name: String,
    /// For what.
    pub scopes: Scopes,
    /// From where; from anywhere if there is none.
    pub addresses: Networks,
    /// How much may be ordered with it on one day (UTC).
    pub daily_cap: Option<Money>,
    /// Until when.
    pub expires_at: Option<Time>,
    /// Of a key of staff: up to how much, by one action, it may suspend, charge back and credit
    /// without a person's confirmation; not at all without.
    pub action_limit: Option<Money>,
}

/// A key; never the key itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its number.
    pub id: KeyId,
    /// What it begins with.
    pub kind: TokenKind,
    /// Its last four characters.
    pub last4: String,
    /// What it may be used for.
    pub terms: KeyTerms,
    /// What was ordered with it on the present day, if it has a cap.
    pub spent_today: Money,
    /// When it was made.
    pub created_at: Time,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
    /// When it was last used, to some seconds.
    pub last_used_at: Option<Time>,
    /// From where it was last used.
    pub last_used_address: Option<String>,
    /// Until when it has a quarter of its limits, because of how it was used.
    pub throttled_until: Option<Time>,
    /// Since when it is blocked, until a person has looked.
    pub blocked_at: Option<Time>,
}

impl KeyTerms {
    /// A customer's key that may do everything, from anywhere, without an end.
    pub fn named(name: &str) -> KeyTerms {
        KeyTerms {
            name: name.to_owned(),
            scopes: Scopes::OF_CUSTOMERS,
            addresses: Networks::none(),
            daily_cap: None,
            expires_at: None,
            action_limit: None,
        }
    }

    /// A key of staff that may do everything that their role allows, with every amount, from anywhere,
    /// without an end.
    pub fn of_staff(name: &str) -> KeyTerms {
        KeyTerms {
            scopes: Scopes::OF_STAFF,
            action_limit: Some(MAX_ACTION_LIMIT),
            ..KeyTerms::named(name)
        }
    }

    /// Whether a key of somebody with this role can have them.
    fn checked(&self, role: Role, now: Time) -> Checked<()> {
        name_checked("name", &self.name)?;
        let wrong = |field, expected| Err(Refusal::FieldInvalid { field, expected });
        if self.addresses.len() > 100 {
            return wrong("addresses", "at most 100 networks");
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            return wrong("expires_at", "in the future");
        }
        if self.daily_cap.is_some_and(|cap| !cap.is_positive()) {
            return wrong("daily_cap", "an amount above zero");
        }
        let is_amount = |limit: Money| limit.is_positive() && limit <= MAX_ACTION_LIMIT;
        if !self.action_limit.is_none_or(is_amount) {
            return wrong("action_limit", "above zero and at most 1000000000");
        }
        match role {
            Role::Reseller if !self.scopes.are_within(Scopes::OF_CUSTOMERS) => {
                wrong("scopes", "some of read, order and cancel")
            }
            Role::Reseller if self.action_limit.is_some() => wrong(
                "action_limit",
                "absent: only keys of staff have one, a customer's key has a daily_cap",
            ),
            Role::Reseller => Ok(()),
            Role::Support | Role::Operator if !self.scopes.are_within(Scopes::OF_STAFF) => {
                wrong("scopes", STAFF_SCOPES)
            }
            Role::Support | Role::Operator if self.daily_cap.is_some() => {
                wrong("daily_cap", "absent: staff have no wallet to spend from")
            }
            Role::Support | Role::Operator => Ok(()),
        }
    }

    /// As the audit log keeps them.
    fn told(&self) -> Value {
        json!({
            "name": self.name,
            "scopes": self.scopes.to_string(),
            "addresses": self.addresses.to_string(),
            "daily_cap": self.daily_cap.map(|cap| cap.to_string()),
            "expires_at": self.expires_at.map(|end| end.to_string()),
            "action_limit": self.action_limit.map(|limit| limit.to_string()),
        })
    }
}

impl Key {
    /// Whether it is neither revoked nor ended at `now`; it may be blocked all the same.
    pub fn is_good(&self, now: Time) -> bool {
        self.revoked_at.is_none() && self.terms.expires_at.is_none_or(|end| end > now)
    }

    fn good(self, now: Time) -> Checked<Key> {
        if self.is_good(now) {
            return Ok(self);
        }
        let why = match self.revoked_at {
            Some(at) => format!("the key was revoked at {at}"),
            None => "the key has expired".to_owned(),
        };
        Err(Refusal::Conflict { why })
    }

    fn entry(&self, deed: Deed, account: AccountId) -> Entry {
        let mut told = self.terms.told();
        told["key_id"] = self.id.0.into();
        told["last4"] = self.last4.clone().into();
        Entry::new(deed, format!("account:{account}")).became(told)
    }
}

/// Makes a new key for `account`, of the kind that its role has. The token is the only copy of it.
/// Refused: [`Refusal::Unknown`], [`Refusal::FieldInvalid`], [`Refusal::Conflict`] with too many.
pub async fn create_key(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    terms: &KeyTerms,
) -> Result<(Key, Token)> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let role = role_locked(&tx, account).await?;
    terms.checked(role, now)?;
    may_give(actor, terms, now)?;
    let (id, token) = insert(panel, &tx, account, role, terms).await?;
    let key = read_in_tx(&tx, now, account, id).await?;
    let entry = key.entry(Deed::KeyCreated, account);
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok((key, token))
}

/// The keys of `account` with numbers above `after`, oldest first, at most `limit`.
pub async fn keys(
    panel: &Panel,
    account: AccountId,
    after: KeyId,
    limit: usize,
) -> Result<Vec<Key>> {
    store::list(panel.db.read(), panel.now(), account, after, limit).await
}

/// Gives a key other terms; it stays the same key. Refused: [`Refusal::Unknown`],
/// [`Refusal::FieldInvalid`], [`Refusal::Conflict`] if it is revoked or has expired.
pub async fn change_key(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    id: KeyId,
    terms: &KeyTerms,
) -> Result<Key> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let role = role_locked(&tx, account).await?;
    let was = locked(&tx, now, account, id).await?.good(now)?;
    terms.checked(role, now)?;
    may_give(actor, terms, now)?;
    store::change(&tx, id, terms).await?;
    let key = read_in_tx(&tx, now, account, id).await?;
    let entry = key.entry(Deed::KeyChanged, account).was(was.terms.told());
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(key)
}

/// Replaces a key by a new one of the same terms, under the same cap of the present day; the old
/// one stays good for `overlap_ms`, and no longer than it would have been. Refused:
/// [`Refusal::Unknown`], [`Refusal::FieldInvalid`], [`Refusal::Conflict`].
pub async fn rotate_key(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    id: KeyId,
    overlap_ms: i64,
) -> Result<(Key, Token)> {
    if !(0..=MAX_OVERLAP_MS).contains(&overlap_ms) {
        return Err(Refusal::FieldInvalid {
            field: "overlap_minutes",
            expected: "0 to 43200: 30 days at most",
        }
        .into());
    }
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let role = role_locked(&tx, account).await?;
    let old = locked(&tx, now, account, id).await?.good(now)?;
    may_give(actor, &old.terms, now)?;
    let (new, token) = insert(panel, &tx, account, role, &old.terms).await?;
    store::inherit_spent(&tx, new, id).await?;
    let overlap_ends = now.plus_ms(overlap_ms);
    let ends = old
        .terms
        .expires_at
        .map_or(overlap_ends, |end| end.min(overlap_ends));
    store::expire(&tx, id, ends).await?;
    let key = read_in_tx(&tx, now, account, new).await?;
    let was = json!({"key_id": id.0, "last4": old.last4, "good_until": ends.to_string()});
    let entry = key.entry(Deed::KeyRotated, account).was(was);
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok((key, token))
}

/// Revokes a key: the next request with it is refused. Again is fine and changes nothing. Refused:
/// [`Refusal::Unknown`].
pub async fn revoke_key(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    id: KeyId,
) -> Result<Key> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let key = locked(&tx, now, account, id).await?;
    if key.revoked_at.is_some() {
        return Ok(key);
    }
    store::revoke(&tx, now, id).await?;
    let key = read_in_tx(&tx, now, account, id).await?;
    let entry = key.entry(Deed::KeyRevoked, account);
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(key)
}

async fn insert(
    panel: &Panel,
    tx: &Tx,
    account: AccountId,
    role: Role,
    terms: &KeyTerms,
) -> Result<(KeyId, Token)> {
    let now = panel.now();
    if store::count_good(tx, now, account).await? >= MAX_KEYS {
        let why = format!("the account has {MAX_KEYS} keys, and may not have more: revoke some");
        return Err(Refusal::Conflict { why }.into());
    }
    let token = Token::generate(match role {
        Role::Reseller => TokenKind::Key,
        Role::Support | Role::Operator => TokenKind::StaffKey,
    });
    let digest = TokenDigest::of_token(&panel.secrets, &token);
    let id = store::insert(tx, now, account, terms, &token, digest).await?;
    Ok((id, token))
}

/// Refuses a key with a limit for its actions to a session that was not confirmed lately: it would go
/// further by the key than it may go itself.
fn may_give(actor: &Actor, terms: &KeyTerms, now: Time) -> Checked<()> {
    match terms.action_limit {
        Some(_) => actor.only_confirmed(now),
        None => Ok(()),
    }
}

/// The role of `account`, which is locked until the transaction ends: nobody is removed meanwhile, and
/// has a new key after that.
async fn role_locked(tx: &Tx, account: AccountId) -> Result<Role> {
    super::store::register::lock(tx, account).await?;
    let role = super::store::role_of(tx, account).await?;
    Ok(role.ok_or(Refusal::Unknown { what: "account" })?)
}

/// The key, locked until the transaction ends; it must be one of `account`.
async fn locked(tx: &Tx, now: Time, account: AccountId, id: KeyId) -> Result<Key> {
    store::lock(tx, id).await?;
    read_in_tx(tx, now, account, id).await
}

async fn read_in_tx(tx: &Tx, now: Time, account: AccountId, id: KeyId) -> Result<Key> {
    let found = store::one(tx, now, account, id).await?;
    Ok(found.ok_or(Refusal::Unknown { what: "key" })?)
}

//! API keys, for their owners: a key cannot do any of this.

use poem_openapi::param::{Path, Query};
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::api_key::SignedIn;
use crate::accounts::{self, KeyTerms, Scope, Scopes, Token};
use crate::clock::Time;
use crate::error::{self, Refusal};
use crate::http::typed::code::Code;
use crate::http::typed::given::{GivenAmount, GivenTime};
use crate::http::typed::paging::{cut, limit_of, number_of, page};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::{Fault, Refusals};
use crate::ids::{AccountId, KeyId};
use crate::money::Money;
use crate::networks::Networks;
use crate::panel::Panel;

/// A day, in minutes.
const DAY: i64 = 24 * 60;

/// Serves the owners of keys.
pub(super) struct Keys {
    pub(super) panel: Panel,
}

/// What an API key may be used for. A limit that is absent does not bound the key.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example, skip_serializing_if_is_none)]
pub(in crate::http) struct KeySettings {
    /// The name that you give the key: 1 to 100 printable characters.
    name: String,
    /// What the key may be used for, at least one scope: of `read`, `order` and `cancel` for a
    /// customer; of `read`, `support`, `money`, `catalogue` and `accounts` for staff.
    #[oai(validator(min_items = 1))]
    scopes: Vec<Scope>,
    /// The addresses and networks (such as `203.0.113.0/24`) from which the key works, at most 100.
    /// Without any, the key works from everywhere.
    #[oai(validator(max_items = 100))]
    addresses: Option<Vec<String>>,
    /// The most, in USD, that a customer's key may order for on one day (UTC): above 0, with at most
    /// nine decimals. Refunds do not give it back. Orders that were placed before a cap was set are
    /// not counted.
    daily_cap: Option<GivenAmount>,
    /// When the key ends, in the future. Without it, the key does not end.
    expires_at: Option<GivenTime>,
    /// The most, in USD, that a key of staff may suspend, record as a chargeback or credit by one
    /// action without a person's confirmation: above 0, at most 1000000000. A key with such a limit
    /// is made, changed and replaced only by a session that was confirmed within the last 10 minutes.
    /// A customer's key has none.
    action_limit: Option<GivenAmount>,
}

impl Example for KeySettings {
    fn example() -> KeySettings {
        KeySettings {
            name: "shop".to_owned(),
            scopes: vec![Scope::Read, Scope::Order],
            addresses: None,
            daily_cap: Some(GivenAmount("250.00".to_owned())),
            expires_at: None,
            action_limit: None,
        }
    }
}

impl KeySettings {
    /// What they say. Refused: [`Refusal::FieldInvalid`].
    pub(in crate::http) fn terms(self) -> Result<KeyTerms, Refusal> {
        let wrong = |field, expected| Refusal::FieldInvalid { field, expected };
        let addresses = self.addresses.unwrap_or_default().join(" ");
        let cap = self.daily_cap.map(|cap| cap.money("daily_cap"));
        let end = self.expires_at.map(|end| end.time("expires_at"));
        let limit = self.action_limit.map(|limit| limit.money("action_limit"));
        Ok(KeyTerms {
            name: self.name,
            scopes: Scopes::of(self.scopes).ok_or(wrong("scopes", "one scope at least"))?,
            addresses: Networks::parse(&addresses)
                .ok_or(wrong("addresses", "addresses and networks"))?,
            daily_cap: cap.transpose()?,
            expires_at: end.transpose()?,
            action_limit: limit.transpose()?,
        })
    }
}

/// What is shown of an API key, never the key itself.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Key")]
pub(in crate::http) struct ShownKey {
    /// The number that the key has.
    key_id: i64,
    /// The name that its owner gave the key.
    name: String,
    /// The text that the key begins with, such as `smp_live_`.
    begins_with: String,
    /// The four characters that the key ends with.
    last4: String,
    /// What the key may be used for.
    scopes: Vec<Scope>,
    /// The addresses and networks from which the key works; an empty list means everywhere.
    addresses: Vec<String>,
    /// The most, in USD, that the key may order for on one day (UTC); absent if the key has no cap.
    #[serde(skip_serializing_if = "Option::is_none")]
    daily_cap: Option<Money>,
    /// What was ordered with the key today (UTC), in USD; absent without `daily_cap`.
    #[serde(skip_serializing_if = "Option::is_none")]
    spent_today: Option<Money>,
    /// When the key was made, UTC.
    created_at: Time,
    /// When the key ends, UTC; absent if it does not end.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
    /// The most, in USD, that a key of staff may suspend, record as a chargeback or credit by one
    /// action without a person's confirmation; absent if the key may do none of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    action_limit: Option<Money>,
    /// When the key was revoked, UTC; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Time>,
    /// Until when, UTC, the key has a quarter of its limits because of how it was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    throttled_until: Option<Time>,
    /// Since when, UTC, the key is blocked because of how it was used, until the panel's staff have
    /// reviewed it; absent if it is not blocked. A key that replaces it by `key_rotate` is not
    /// blocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked_at: Option<Time>,
    /// When the key was last used, UTC, exact to some seconds; absent if it never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<Time>,
    /// The IP address from which the key was last used; absent if none is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_address: Option<String>,
}

impl From<accounts::Key> for ShownKey {
    fn from(key: accounts::Key) -> ShownKey {
        let networks = key.terms.addresses.to_string();
        ShownKey {
            key_id: key.id.0,
            name: key.terms.name,
            begins_with: key.kind.word().to_owned(),
            last4: key.last4,
            scopes: key.terms.scopes.each().collect(),
            addresses: networks.split_whitespace().map(str::to_owned).collect(),
            spent_today: key.terms.daily_cap.map(|_| key.spent_today),
            daily_cap: key.terms.daily_cap,
            created_at: key.created_at,
            expires_at: key.terms.expires_at,
            action_limit: key.terms.action_limit,
            revoked_at: key.revoked_at,
            throttled_until: key.throttled_until,
            blocked_at: key.blocked_at,
            last_used_at: key.last_used_at,
            last_used_address: key.last_used_address,
        }
    }
}

/// A key that was made by the request.
#[derive(Object, Serialize)]
pub(in crate::http) struct NewKey {
    /// The key itself; only this answer shows it.
    token: String,
    /// What lists of keys show of the new key.
    key: ShownKey,
}

impl From<(accounts::Key, Token)> for NewKey {
    fn from((key, token): (accounts::Key, Token)) -> NewKey {
        NewKey {
            token: token.expose().to_owned(),
            key: key.into(),
        }
    }
}

/// How long the replaced key goes on working.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub(in crate::http) struct KeyRotation {
    /// For how many minutes the old key goes on working: 0 to 43200 (30 days), by default 1440 (one
    /// day). It does not work longer than its own `expires_at`.
    #[oai(validator(minimum(value = "0"), maximum(value = "43200")))]
    overlap_minutes: Option<i64>,
}

impl KeyRotation {
    /// For how long, in milliseconds.
    pub(in crate::http) fn overlap_ms(&self) -> i64 {
        let minutes = self.overlap_minutes.unwrap_or(DAY);
        minutes.saturating_mul(60_000)
    }
}

impl Example for KeyRotation {
    fn example() -> KeyRotation {
        KeyRotation {
            overlap_minutes: Some(DAY),
        }
    }
}

/// One page of the keys that an account has.
#[derive(Debug, Object, Serialize)]
pub(in crate::http) struct KeyPage {
    /// The keys that the page has, oldest first; revoked and expired keys are included.
    keys: Vec<ShownKey>,
    /// Pass this as `cursor` to get the keys that follow, now or later.
    next_cursor: String,
    /// Whether more keys followed when this page was read.
    has_more: bool,
}

impl KeyPage {
    /// The keys of `account` behind `after`, at most `limit`.
    pub(in crate::http) async fn read(
        panel: &Panel,
        account: AccountId,
        after: KeyId,
        limit: usize,
    ) -> error::Result<KeyPage> {
        let mut keys = accounts::keys(panel, account, after, limit + 1).await?;
        let has_more = cut(&mut keys, limit);
        let last = keys.last().map_or(after, |key| key.id);
        Ok(KeyPage {
            keys: keys.into_iter().map(ShownKey::from).collect(),
            next_cursor: last.to_string(),
            has_more,
        })
    }
}

struct Listing;

impl Refusals for Listing {
    const CODES: &'static [Code] = &[Code::SessionNeeded];
}

struct Making;

impl Refusals for Making {
    const CODES: &'static [Code] = &[
        Code::SessionNeeded,
        Code::ConfirmationNeeded,
        Code::ObjectUnknown,
        Code::StateConflict,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
        Code::FieldInvalid,
    ];
}

struct Revoking;

impl Refusals for Revoking {
    const CODES: &'static [Code] = &[Code::SessionNeeded, Code::ObjectUnknown];
}

#[OpenApi(prefix_path = "/api/v3", tag = "Tag::Account")]
impl Keys {
    /// Make a key
    ///
    /// The key itself is in this answer and nowhere else. An account can have at most 100 keys that
    /// are neither revoked nor expired.
    #[oai(path = "/account/keys", method = "post", operation_id = "key_create")]
    async fn create(
        &self,
        me: SignedIn,
        settings: JsonBody<KeySettings>,
    ) -> Result<Answer<NewKey, 201>, Fault<Making>> {
        let (terms, account) = (settings.0.terms()?, me.who.account);
        let made = accounts::create_key(&self.panel, &me.actor, account, &terms).await?;
        Ok(Answer(made.into()))
    }

    /// List your keys
    #[oai(path = "/account/keys", method = "get", operation_id = "key_list")]
    async fn list(
        &self,
        me: SignedIn,
        /// Pass the `next_cursor` of an earlier page to get the keys that follow it; without it, the
        /// list begins with the first one.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// A page has at most this many keys: 1 to 1000, by default 100.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<KeyPage>, Fault<Listing>> {
        let (after, limit) = (KeyId(number_of(cursor.0)), limit_of(limit.0));
        let page = KeyPage::read(&self.panel, me.who.account, after, limit).await?;
        Ok(Answer(page))
    }

    /// Change what a key may be used for
    ///
    /// Replaces all settings of the key: a limit that is left out does not bound the key any more.
    #[oai(
        path = "/account/keys/:key_id",
        method = "put",
        operation_id = "key_change"
    )]
    async fn change(
        &self,
        me: SignedIn,
        /// The number of the key, which `key_list` shows.
        key_id: Path<i64>,
        settings: JsonBody<KeySettings>,
    ) -> Result<Answer<ShownKey>, Fault<Making>> {
        let (terms, account, id) = (settings.0.terms()?, me.who.account, KeyId(key_id.0));
        let key = accounts::change_key(&self.panel, &me.actor, account, id, &terms).await?;
        Ok(Answer(key.into()))
    }

    /// Replace a key
    ///
    /// Makes a new key with the same settings; what was ordered today counts under its cap too. The
    /// old key goes on working for `overlap_minutes`, so that you can replace it everywhere.
    #[oai(
        path = "/account/keys/:key_id/rotate",
        method = "post",
        operation_id = "key_rotate"
    )]
    async fn rotate(
        &self,
        me: SignedIn,
        /// The number of the key, which `key_list` shows.
        key_id: Path<i64>,
        rotation: JsonBody<KeyRotation>,
    ) -> Result<Answer<NewKey, 201>, Fault<Making>> {
        let overlap_ms = rotation.0.overlap_ms();
        let (account, id) = (me.who.account, KeyId(key_id.0));
        let made = accounts::rotate_key(&self.panel, &me.actor, account, id, overlap_ms).await?;
        Ok(Answer(made.into()))
    }

    /// Revoke a key
    ///
    /// The next request with the key is refused. Revoking a key again changes nothing.
    #[oai(
        path = "/account/keys/:key_id/revoke",
        method = "post",
        operation_id = "key_revoke"
    )]
    async fn revoke(
        &self,
        me: SignedIn,
        /// The number of the key, which `key_list` shows.
        key_id: Path<i64>,
    ) -> Result<Answer<ShownKey>, Fault<Revoking>> {
        let (account, id) = (me.who.account, KeyId(key_id.0));
        let key = accounts::revoke_key(&self.panel, &me.actor, account, id).await?;
        Ok(Answer(key.into()))
    }
}

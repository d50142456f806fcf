//! API keys of an account.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::client::Client;
use crate::error::Error;
use crate::generated::types::{self, KeyRotation};
use crate::pages::{PAGE_SIZE, Page, Pages, WithCursor};
use crate::refunds::with_cursor;
use crate::retry::Repeat;
use crate::secret_string::SecretString;
use crate::{Key, KeySettings, Scope};

/// A new API key.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NewKey {
    /// The key itself: this is its only copy.
    pub token: SecretString,
    /// What it may be used for.
    pub key: Key,
}

impl From<types::NewKey> for NewKey {
    fn from(made: types::NewKey) -> NewKey {
        NewKey {
            token: SecretString(made.token),
            key: made.key,
        }
    }
}

/// # Keys
///
/// Everything here needs a session: [`sign_in`](Client::sign_in) first.
impl Client {
    /// A new key. Repeated by itself only if it was not sent, or not done: each has a key of its own.
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// use smm_panel_sdk::{KeySettings, Scope};
    ///
    /// let made = client.create_key(&KeySettings::new("reports", [Scope::Read])).await?;
    /// println!("keep it now: {}", made.token.expose());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create_key(&self, settings: &KeySettings) -> Result<NewKey, Error> {
        let ask = || self.raw.key_create(settings);
        let made = self.call("key_create", Repeat::Unsent, ask).await?;
        Ok(made.into())
    }

    /// Every key of the account, oldest first, revoked and expired ones among them.
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let mut keys = client.keys();
    /// while let Some(next) = keys.next().await? {
    ///     println!("{}: {}", next.row.key_id, next.row.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn keys(&self) -> Pages<WithCursor<Key>> {
        Pages::new(self, None, |client, cursor| async move {
            let ask = || client.raw.key_list(cursor.as_deref(), Some(PAGE_SIZE));
            let page = client.call("key_list", Repeat::Safe, ask).await?;
            let rows = page.keys.into_iter();
            Ok(Page {
                rows: rows.map(|row| with_cursor(row.key_id, row)).collect(),
                next_cursor: page.has_more.then_some(page.next_cursor),
            })
        })
    }

    /// Gives a key other settings; what they leave out does not bound it any more.
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// use smm_panel_sdk::{KeySettings, Scope};
    ///
    /// client.change_key(3, &KeySettings::new("reports", [Scope::Read])).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn change_key(&self, key_id: i64, settings: &KeySettings) -> Result<Key, Error> {
        let ask = || self.raw.key_change(key_id, settings);
        self.call("key_change", Repeat::Safe, ask).await
    }

    /// Replaces a key by a new one with the same settings; the old one stays good for `overlap`, at
    /// most 30 days. Repeated by itself only if it was not sent, or not done.
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let day = std::time::Duration::from_secs(86_400);
    /// let made = client.rotate_key(3, day).await?;
    /// println!("keep it now: {}", made.token.expose());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn rotate_key(&self, key_id: i64, overlap: Duration) -> Result<NewKey, Error> {
        let minutes = overlap.as_secs().div_ceil(60);
        let rotation = KeyRotation {
            overlap_minutes: Some(i64::try_from(minutes).unwrap_or(i64::MAX)),
        };
        let ask = || self.raw.key_rotate(key_id, &rotation);
        let made = self.call("key_rotate", Repeat::Unsent, ask).await?;
        Ok(made.into())
    }

    /// Revokes a key: the next request with it is refused.
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// client.revoke_key(3).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn revoke_key(&self, key_id: i64) -> Result<Key, Error> {
        let ask = || self.raw.key_revoke(key_id);
        self.call("key_revoke", Repeat::Safe, ask).await
    }
}

/// # Settings of a key
impl KeySettings {
    /// A key for `scopes`, from anywhere, without an end and without a cap.
    ///
    /// ```
    /// use smm_panel_sdk::{KeySettings, Scope};
    ///
    /// let shop = KeySettings::new("shop", [Scope::Read, Scope::Order])
    ///     .addresses(["203.0.113.0/24"])
    ///     .daily_cap(50.into());
    /// # assert_eq!(shop.scopes.len(), 2);
    /// ```
    pub fn new(name: impl Into<String>, scopes: impl IntoIterator<Item = Scope>) -> KeySettings {
        KeySettings {
            name: name.into(),
            scopes: scopes.into_iter().collect(),
            addresses: None,
            daily_cap: None,
            expires_at: None,
            action_limit: None,
        }
    }

    /// Good only from these addresses and networks (`203.0.113.0/24`), at most 100.
    #[must_use]
    pub fn addresses<A: Into<String>>(mut self, from: impl IntoIterator<Item = A>) -> KeySettings {
        self.addresses = Some(from.into_iter().map(Into::into).collect());
        self
    }

    /// How much may be ordered with it on one day (UTC), in USD, above 0, with at most nine decimals.
    #[must_use]
    pub fn daily_cap(mut self, usd: Decimal) -> KeySettings {
        self.daily_cap = Some(usd);
        self
    }

    /// When it ends, in the future.
    #[must_use]
    pub fn expires_at(mut self, end: DateTime<Utc>) -> KeySettings {
        self.expires_at = Some(end);
        self
    }

    /// For a key of staff: up to how much, in USD, it may suspend, charge back and credit by one action.
    #[must_use]
    pub fn action_limit(mut self, usd: Decimal) -> KeySettings {
        self.action_limit = Some(usd);
        self
    }
}

//! The account: signing up and in, API keys, notices.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::stream::Stream;
use progenitor_client::ClientInfo;

use crate::client::{Client, Fed, PAGE, feed};
use crate::error::Error;
use crate::key;
use crate::retry::Repeat;
use crate::types::{
    Account, AccountSettings, Key, KeyRotation, KeySettings, NewEmail, Notice, PasswordChange,
    ResetAsk, Role, SignIn, SignUp, TotpCode, TotpDisable,
};

/// What the panel shows once: a key, a session, a seed. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown(String);

impl Shown {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shown(..)")
    }
}

/// What became of a wish for an account.
#[derive(Debug, Clone, PartialEq)]
pub enum SignedUp {
    /// It is open.
    Opened(Account),
    /// A mail was sent: the account is opened by the link in it, unless the address has one.
    Asked,
}

/// What became of a wish for another e-mail address.
#[derive(Debug, Clone, PartialEq)]
pub enum EmailChanged {
    /// It is the account's.
    Changed(Account),
    /// A mail was sent: it is the account's once the link in it was followed, unless another account has
    /// it.
    Asked,
}

/// A session that has begun.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// A client that calls with the session: it may do what a key may, and make keys.
    pub client: Client,
    /// The session itself, to keep for [`Client::new`].
    pub token: Shown,
    /// The account.
    pub account_id: i64,
    /// What its owner may do.
    pub role: Role,
    /// When the session ends at the latest; earlier if it is not used for 12 hours.
    pub expires_at: DateTime<Utc>,
}

/// A new API key.
#[derive(Debug, Clone, PartialEq)]
pub struct NewKey {
    /// The key itself: this is its only copy.
    pub token: Shown,
    /// What it may be used for.
    pub key: Key,
}

/// A seed for an authenticator app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotpSeed {
    /// In base32, to type.
    pub secret: Shown,
    /// As an `otpauth:` address, to show as a QR code.
    pub url: Shown,
}

impl From<crate::types::NewKey> for NewKey {
    fn from(made: crate::types::NewKey) -> NewKey {
        NewKey {
            token: Shown(made.token),
            key: made.key,
        }
    }
}

/// The account, or nothing where a mail asks first: the answer 202 has another body.
fn unless_asked(answer: Result<Account, Error>) -> Result<Option<Account>, Error> {
    match answer {
        Ok(account) => Ok(Some(account)),
        Err(Error::Unexpected {
            status: Some(202), ..
        }) => Ok(None),
        Err(other) => Err(other),
    }
}

/// Everything below needs a session, unless it says otherwise: [`sign_in`](Client::sign_in) first.
impl Client {
    /// A client of the panel at `url` for somebody who has no key yet: to sign up and in.
    pub fn without_key(url: &str) -> Result<Client, Error> {
        Client::new(url, "")
    }

    /// Opens an account, with an empty wallet; needs neither key nor session. A panel that sends mail
    /// asks who reads the address's mail first, and opens it by the link in that. Without a name the
    /// account is given one.
    pub async fn sign_up(
        &self,
        email: &str,
        password: &str,
        name: Option<&str>,
    ) -> Result<SignedUp, Error> {
        let new = SignUp {
            email: email.to_owned(),
            password: password.to_owned(),
            name: name.map(str::to_owned),
        };
        let ask = || self.raw.account_sign_up(&new);
        let opened = self.call("account_sign_up", Repeat::Unsent, ask).await;
        Ok(unless_asked(opened)?.map_or(SignedUp::Asked, SignedUp::Opened))
    }

    /// Has a link sent to this address by which a new password is chosen, if it has an account; needs
    /// neither key nor session. The answer is the same for every address; a panel that sends no mail
    /// refuses it.
    pub async fn ask_password_reset(&self, email: &str) -> Result<(), Error> {
        let whose = ResetAsk {
            email: email.to_owned(),
        };
        let ask = || self.raw.account_ask_password_reset(&whose);
        let asked = self.call("account_ask_password_reset", Repeat::Unsent, ask);
        asked.await.map(drop)
    }

    /// Gives the account another e-mail address. A panel that sends mail asks who reads the new address's
    /// mail first, and puts it in place by the link in that. `code` is that of the authenticator, where
    /// codes are on.
    pub async fn change_email(
        &self,
        email: &str,
        password: &str,
        code: Option<&str>,
    ) -> Result<EmailChanged, Error> {
        let new = NewEmail {
            email: email.to_owned(),
            password: password.to_owned(),
            code: code.map(str::to_owned),
        };
        let ask = || self.raw.account_change_email(&new);
        let changed = self.call("account_change_email", Repeat::Unsent, ask).await;
        Ok(unless_asked(changed)?.map_or(EmailChanged::Asked, EmailChanged::Changed))
    }

    /// Signs in; needs neither key nor session. `code` is that of the authenticator, where codes
    /// are on: without it the refusal's code is `totp_required`.
    ///
    /// ```no_run
    /// # async fn shop() -> Result<(), smm_panel_sdk::Error> {
    /// use smm_panel_sdk::{Client, KeySettings, Scope};
    ///
    /// let panel = Client::without_key("https://your.panel")?;
    /// let me = panel.sign_in("ann@example.com", "a long sentence of mine", None).await?;
    /// let shop = KeySettings::new("shop", [Scope::Read, Scope::Order]);
    /// let made = me.client.create_key(&shop).await?;
    /// println!("keep it now: {}", made.token.expose());
    /// me.client.sign_out().await
    /// # }
    /// ```
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        code: Option<&str>,
    ) -> Result<SignedIn, Error> {
        let with = SignIn {
            email: email.to_owned(),
            password: password.to_owned(),
            code: code.map(str::to_owned),
        };
        let ask = || self.raw.account_sign_in(&with);
        let session = self.call("account_sign_in", Repeat::Unsent, ask).await?;
        Ok(SignedIn {
            client: self.with_key(&session.token)?,
            token: Shown(session.token),
            account_id: session.account_id,
            role: session.role,
            expires_at: session.expires_at,
        })
    }

    /// The same panel, called with another key or session.
    pub fn with_key(&self, key: &str) -> Result<Client, Error> {
        let key = key::Key::new(key)
            .map_err(|_| Error::Setting("the API key has characters that no key has".to_owned()))?;
        let (base, http) = (self.raw.baseurl(), self.raw.client().clone());
        Ok(Client::of(base, http, key, self.retries))
    }

    /// Ends the session that this client calls with.
    pub async fn sign_out(&self) -> Result<(), Error> {
        let ask = || self.raw.account_sign_out();
        self.call("account_sign_out", Repeat::Unsent, ask).await?;
        Ok(())
    }

    /// The account; a key with the scope `read` is enough.
    pub async fn account(&self) -> Result<Account, Error> {
        let ask = || self.raw.account_view();
        self.call("account_view", Repeat::Safe, ask).await
    }

    /// Whether drops are refilled without being asked for, where the panel can count.
    pub async fn refill_automatically(&self, wanted: bool) -> Result<Account, Error> {
        let settings = AccountSettings {
            automatic_refills: Some(wanted),
        };
        let ask = || self.raw.account_change(&settings);
        self.call("account_change", Repeat::Unsent, ask).await
    }

    /// Another password. Gives how many other sessions have ended by it.
    pub async fn change_password(&self, old: &str, new: &str) -> Result<u64, Error> {
        let change = PasswordChange {
            old_password: old.to_owned(),
            new_password: new.to_owned(),
        };
        let ask = || self.raw.account_change_password(&change);
        let changed = self.call("account_change_password", Repeat::Unsent, ask);
        Ok(changed.await?.sessions_ended)
    }

    /// A seed for an authenticator app; [`totp_confirm`](Client::totp_confirm) turns it on.
    pub async fn totp_begin(&self) -> Result<TotpSeed, Error> {
        let ask = || self.raw.account_totp_begin();
        let seed = self.call("account_totp_begin", Repeat::Unsent, ask).await?;
        Ok(TotpSeed {
            secret: Shown(seed.secret),
            url: Shown(seed.url),
        })
    }

    /// Turns codes on, by one: from then on signing in needs one.
    pub async fn totp_confirm(&self, code: &str) -> Result<(), Error> {
        let code = TotpCode {
            code: code.to_owned(),
        };
        let ask = || self.raw.account_totp_confirm(&code);
        self.call("account_totp_confirm", Repeat::Unsent, ask)
            .await?;
        Ok(())
    }

    /// Turns codes off.
    pub async fn totp_disable(&self, password: &str, code: &str) -> Result<(), Error> {
        let with = TotpDisable {
            password: password.to_owned(),
            code: code.to_owned(),
        };
        let ask = || self.raw.account_totp_disable(&with);
        self.call("account_totp_disable", Repeat::Unsent, ask)
            .await?;
        Ok(())
    }

    /// A new key. Never repeated by itself once it was sent: each has a key of its own.
    pub async fn create_key(&self, settings: &KeySettings) -> Result<NewKey, Error> {
        let ask = || self.raw.key_create(settings);
        let made = self.call("key_create", Repeat::Unsent, ask).await?;
        Ok(made.into())
    }

    /// Every key of the account, oldest first, revoked and expired ones among them; pages are
    /// fetched as the stream is read.
    pub fn keys(&self) -> impl Stream<Item = Result<Fed<Key>, Error>> + Send {
        let client = self.clone();
        feed(None, move |cursor: Option<String>| {
            let client = client.clone();
            async move {
                let ask = || client.raw.key_list(cursor.as_deref(), Some(PAGE));
                let page = client.call("key_list", Repeat::Safe, ask).await?;
                let fed = page.keys.into_iter().map(|row| Fed {
                    cursor: row.key_id.to_string(),
                    row,
                });
                Ok((fed.collect(), page.next_cursor, page.has_more))
            }
        })
    }

    /// Gives a key other settings; what they leave out does not bound it any more.
    pub async fn change_key(&self, key_id: i64, settings: &KeySettings) -> Result<Key, Error> {
        let ask = || self.raw.key_change(key_id, settings);
        self.call("key_change", Repeat::Safe, ask).await
    }

    /// Replaces a key by a new one with the same settings; the old one stays good for `overlap`, at
    /// most 30 days. Never repeated by itself once it was sent.
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
    pub async fn revoke_key(&self, key_id: i64) -> Result<Key, Error> {
        let ask = || self.raw.key_revoke(key_id);
        self.call("key_revoke", Repeat::Safe, ask).await
    }

    /// What the panel has to say to the account since `cursor` (`None`: since the first), oldest
    /// first; a key with the scope `read` is enough, here and for marking.
    pub fn notices_since(
        &self,
        cursor: Option<String>,
    ) -> impl Stream<Item = Result<Fed<Notice>, Error>> + Send {
        let client = self.clone();
        feed(cursor, move |cursor: Option<String>| {
            let client = client.clone();
            async move {
                let ask = || {
                    client
                        .raw
                        .account_notices(cursor.as_deref(), Some(PAGE), None)
                };
                let page = client.call("account_notices", Repeat::Safe, ask).await?;
                let fed = page.notices.into_iter().map(|row| Fed {
                    cursor: row.notice_id.to_string(),
                    row,
                });
                Ok((fed.collect(), page.next_cursor, page.has_more))
            }
        })
    }

    /// Marks a notice as read.
    pub async fn mark_notice_read(&self, notice_id: i64) -> Result<Notice, Error> {
        let ask = || self.raw.account_notice_read(notice_id);
        self.call("account_notice_read", Repeat::Safe, ask).await
    }
}

impl KeySettings {
    /// A key for `scopes`, from anywhere, without an end and without a cap; set the fields for
    /// more.
    pub fn new(
        name: impl Into<String>,
        scopes: impl IntoIterator<Item = crate::types::Scope>,
    ) -> KeySettings {
        KeySettings {
            name: name.into(),
            scopes: scopes.into_iter().collect(),
            addresses: None,
            daily_cap: None,
            expires_at: None,
            action_limit: None,
        }
    }
}

//! The account: signing up and in, its password and address, notices.

use chrono::{DateTime, Utc};
use progenitor_client::ClientInfo;

use crate::api_key::ApiKey;
use crate::client::Client;
use crate::error::Error;
use crate::generated::types::{
    AccountSettings, NewEmail, PasswordChange, ResetAsk, SignIn, SignUp, TotpCode, TotpDisable,
};
use crate::pages::{PAGE_SIZE, Page, Pages, WithCursor};
use crate::refunds::with_cursor;
use crate::retry::Repeat;
use crate::secret_string::SecretString;
use crate::{Account, Notice, Role};

/// What signing up has led to.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SignedUp {
    /// It is open.
    Opened(Account),
    /// A mail was sent: the account is opened by the link in it, unless the address has one.
    Asked,
}

/// What asking for another e-mail address has led to.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum EmailChanged {
    /// It is the account's.
    Changed(Account),
    /// A mail was sent: it is the account's once the link in it was followed, unless another account has
    /// it.
    Asked,
}

/// A session that has begun, with a client (`C`) that calls with it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SignedIn<C = Client> {
    /// A client that calls with the session: it may do what a key may, and make keys.
    pub client: C,
    /// The session itself, to keep for [`Client::new`].
    pub token: SecretString,
    /// The account.
    pub account_id: i64,
    /// What its owner may do.
    pub role: Role,
    /// When the session ends at the latest; earlier if it is not used for 12 hours.
    pub expires_at: DateTime<Utc>,
}

/// A seed for an authenticator app.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TotpSeed {
    /// In base32, to type.
    pub secret: SecretString,
    /// As an `otpauth:` address, to show as a QR code.
    pub url: SecretString,
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

/// # Accounts and sessions
///
/// Everything below needs a session, unless it says otherwise: [`sign_in`](Client::sign_in) first.
impl Client {
    /// A client of the panel at `url` for somebody who has no key yet: to sign up and in.
    ///
    /// ```
    /// let panel = smm_panel_sdk::Client::without_key("https://your.panel")?;
    /// # Ok::<(), smm_panel_sdk::Error>(())
    /// ```
    pub fn without_key(url: &str) -> Result<Client, Error> {
        Client::new(url, "")
    }

    /// Opens an account, with an empty wallet; needs neither key nor session. A panel that sends mail
    /// asks who reads the address's mail first, and opens it by the link in that. Without a name the
    /// account is given one.
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// use smm_panel_sdk::SignedUp;
    ///
    /// let password = "a long sentence of mine";
    /// match client.sign_up("ann@example.com", password, Some("Ann")).await? {
    ///     SignedUp::Opened(account) => println!("account {}", account.account_id),
    ///     _ => println!("follow the link in the mail"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// client.ask_password_reset("ann@example.com").await?;
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// use smm_panel_sdk::EmailChanged;
    ///
    /// let password = "a long sentence of mine";
    /// let changed = client.change_email("ann@new.example", password, None).await?;
    /// if changed == EmailChanged::Asked {
    ///     println!("follow the link in the mail to the new address");
    /// }
    /// # Ok(())
    /// # }
    /// ```
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
            token: SecretString(session.token),
            account_id: session.account_id,
            role: session.role,
            expires_at: session.expires_at,
        })
    }

    /// The same panel, called with another key or session.
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let other = client.with_key("smp_live_...")?;
    /// println!("{} USD", other.wallet().await?.balance);
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_key(&self, key: &str) -> Result<Client, Error> {
        let http = self.raw.client().clone();
        Ok(self.with(http, ApiKey::new(key)?))
    }

    /// Ends the session that this client calls with.
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// client.sign_out().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn sign_out(&self) -> Result<(), Error> {
        let ask = || self.raw.account_sign_out();
        self.call("account_sign_out", Repeat::Unsent, ask).await?;
        Ok(())
    }

    /// The account; a key with the scope `read` is enough.
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let account = client.account().await?;
    /// println!("{} is {}", account.name, account.role);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn account(&self) -> Result<Account, Error> {
        let ask = || self.raw.account_view();
        self.call("account_view", Repeat::Safe, ask).await
    }

    /// Whether drops are refilled without being asked for, where the panel can count.
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// assert!(client.refill_automatically(true).await?.automatic_refills);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn refill_automatically(&self, wanted: bool) -> Result<Account, Error> {
        let settings = AccountSettings {
            automatic_refills: Some(wanted),
        };
        let ask = || self.raw.account_change(&settings);
        self.call("account_change", Repeat::Unsent, ask).await
    }

    /// Another password. Gives how many other sessions have ended by it.
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let ended = client.change_password("the old one", "a longer sentence of mine").await?;
    /// println!("{ended} other sessions have ended");
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let seed = client.totp_begin().await?;
    /// println!("show as a QR code: {}", seed.url.expose());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn totp_begin(&self) -> Result<TotpSeed, Error> {
        let ask = || self.raw.account_totp_begin();
        let seed = self.call("account_totp_begin", Repeat::Unsent, ask).await?;
        Ok(TotpSeed {
            secret: SecretString(seed.secret),
            url: SecretString(seed.url),
        })
    }

    /// Turns codes on, by one: from then on signing in needs one.
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// client.totp_confirm("123456").await?;
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// client.totp_disable("a long sentence of mine", "123456").await?;
    /// # Ok(())
    /// # }
    /// ```
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

    /// What the panel has to say to the account since `cursor` (`None`: since the first), oldest
    /// first; a key with the scope `read` is enough, here and for marking.
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let mut notices = client.notices_since(None);
    /// while let Some(next) = notices.next().await? {
    ///     println!("{}", next.row.message);
    ///     client.mark_notice_read(next.row.notice_id).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn notices_since(&self, cursor: Option<String>) -> Pages<WithCursor<Notice>> {
        Pages::new(self, cursor, |client, cursor| async move {
            let ask = || {
                let cursor = cursor.as_deref();
                client.raw.account_notices(cursor, Some(PAGE_SIZE), None)
            };
            let page = client.call("account_notices", Repeat::Safe, ask).await?;
            let rows = page.notices.into_iter();
            Ok(Page {
                rows: rows.map(|row| with_cursor(row.notice_id, row)).collect(),
                next_cursor: page.has_more.then_some(page.next_cursor),
            })
        })
    }

    /// Marks a notice as read.
    ///
    /// ```no_run
    /// # async fn example(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// client.mark_notice_read(9).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn mark_notice_read(&self, notice_id: i64) -> Result<Notice, Error> {
        let ask = || self.raw.account_notice_read(notice_id);
        self.call("account_notice_read", Repeat::Safe, ask).await
    }
}

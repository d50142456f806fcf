//! The account: opening one, signing in and out, the password.

use poem::Request;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::api_key::{Anybody, SignedIn};
use super::recovery::AccountOrMail;
use crate::accounts::{self, Email, NewPassword, SignedUp, register};
use crate::actor::Role;
use crate::clock::Time;
use crate::error::Error;
use crate::http::address::client_address;
use crate::http::typed::code::Code;
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::{Fault, Refusals};
use crate::http::typed::secret::SecretText;
use crate::ids::AccountId;
use crate::money::Money;
use crate::panel::Panel;

/// Serves accounts to their owners.
pub(super) struct Accounts {
    pub(super) panel: Panel,
}

/// The e-mail address, the password and the name that a new account is opened with.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example, skip_serializing_if_is_none)]
struct SignUp {
    /// The e-mail address that you sign in with, at most 254 characters.
    email: String,
    /// The password that you sign in with: at least 12 characters and at most 256 bytes. A password
    /// that is easily guessed is refused.
    password: SecretText,
    /// The name of the account: 1 to 100 printable characters of one script. It is no e-mail address
    /// and no number, it is unique in this panel whatever the case of its letters, and it is not like
    /// a name of the panel's staff. Without it, the panel makes a name such as `customer-7f3c09a1be`.
    name: Option<String>,
}

impl Example for SignUp {
    fn example() -> SignUp {
        SignUp {
            email: "ann@example.com".to_owned(),
            password: SecretText("a long sentence of yours".into()),
            name: Some("Ann's shop".to_owned()),
        }
    }
}

/// The e-mail address, the password and the code that you sign in with.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example, skip_serializing_if_is_none)]
struct SignIn {
    /// The e-mail address that your account has.
    email: String,
    /// The password that your account has.
    password: SecretText,
    /// The six digits that your authenticator shows now; needed if codes are on. Each code works
    /// once.
    code: Option<SecretText>,
}

impl Example for SignIn {
    fn example() -> SignIn {
        SignIn {
            email: "ann@example.com".to_owned(),
            password: SecretText("a long sentence of yours".into()),
            code: None,
        }
    }
}

/// A session that was begun by signing in.
#[derive(Object, Serialize)]
struct Session {
    /// The token of the session: send it as `Authorization: Bearer`. Only this answer shows it.
    token: String,
    /// The number that your account has in this panel.
    account_id: i64,
    /// The role that your account has; it decides what you may do.
    role: Role,
    /// When the session ends at the latest, UTC; it ends earlier if it is not used for 12 hours.
    expires_at: Time,
}

/// The session that signing out has ended.
#[derive(Debug, Object, Serialize)]
struct SignedOut {
    /// When the session ended, UTC.
    signed_out_at: Time,
}

/// The account that the key or the session belongs to.
#[derive(Debug, Object, Serialize)]
pub(super) struct Account {
    /// The number that the account has in this panel.
    account_id: i64,
    /// The name that the account has, unique in this panel.
    name: String,
    /// The role that the account has; it decides what you may do.
    role: Role,
    /// The e-mail address that you sign in with; absent if the account has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Whether signing in needs a code of your authenticator.
    totp: bool,
    /// The rate tier that your rates are computed by; absent if the catalogue's rates hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    tier: Option<String>,
    /// The most, in USD, that the account may order for on one day (UTC), with all its keys together.
    /// Refunds do not give it back. Absent if there is no cap.
    #[serde(skip_serializing_if = "Option::is_none")]
    daily_cap: Option<Money>,
    /// What the account has ordered for today (UTC), in USD; absent without `daily_cap`.
    #[serde(skip_serializing_if = "Option::is_none")]
    spent_today: Option<Money>,
    /// Whether the panel requests refills of your orders by itself where it can count a drop.
    automatic_refills: bool,
    /// When the account was opened, UTC.
    created_at: Time,
}

impl From<accounts::Account> for Account {
    fn from(account: accounts::Account) -> Account {
        Account {
            account_id: account.id.0,
            name: account.name,
            role: account.role,
            email: account.email,
            totp: account.has_totp,
            tier: account.tier,
            daily_cap: account.daily_cap,
            spent_today: account.daily_cap.map(|_| account.spent_today),
            automatic_refills: account.automatic_refills,
            created_at: account.created_at,
        }
    }
}

/// The settings to change; a setting that is absent stays as it is.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example, skip_serializing_if_is_none)]
struct AccountSettings {
    /// Whether the panel requests refills of your orders by itself where it can count a drop.
    automatic_refills: Option<bool>,
}

impl Example for AccountSettings {
    fn example() -> AccountSettings {
        AccountSettings {
            automatic_refills: Some(true),
        }
    }
}

/// The password that you have now and the one that replaces it.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
struct PasswordChange {
    /// The password that the account has now.
    old_password: SecretText,
    /// The password that the account gets: at least 12 characters and at most 256 bytes. A password
    /// that is easily guessed is refused.
    new_password: SecretText,
}

impl Example for PasswordChange {
    fn example() -> PasswordChange {
        PasswordChange {
            old_password: SecretText("a long sentence of yours".into()),
            new_password: SecretText("another long sentence".into()),
        }
    }
}

/// What a change of the password has ended.
#[derive(Debug, Object, Serialize)]
struct PasswordChanged {
    /// How many other sessions of yours the change has ended.
    sessions_ended: u64,
}

struct SigningUp;

impl Refusals for SigningUp {
    const CODES: &'static [Code] = &[
        Code::SignUpClosed,
        Code::NameTaken,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
        Code::FieldInvalid,
        Code::TooManyAttempts,
    ];
}

struct SigningIn;

impl Refusals for SigningIn {
    const CODES: &'static [Code] = &[
        Code::SignInFailed,
        Code::TotpRequired,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
        Code::TooManyAttempts,
    ];
}

/// What may be wrong where a session is needed, and nothing else.
pub(super) struct Ending;

impl Refusals for Ending {
    const CODES: &'static [Code] = &[Code::SessionNeeded];
}

struct ChangingSettings;

impl Refusals for ChangingSettings {
    const CODES: &'static [Code] = &[
        Code::SessionNeeded,
        Code::ObjectUnknown,
        Code::StateConflict,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
        Code::FieldInvalid,
    ];
}

struct ChangingPassword;

impl Refusals for ChangingPassword {
    const CODES: &'static [Code] = &[
        Code::SessionNeeded,
        Code::SignInFailed,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
        Code::FieldInvalid,
        Code::TooManyAttempts,
    ];
}

/// Nothing beside what may always be wrong.
struct Viewing;

impl Refusals for Viewing {
    const CODES: &'static [Code] = &[Code::ObjectUnknown];
}

#[OpenApi(prefix_path = "/api/v3", tag = "Tag::Account")]
impl Accounts {
    /// Open an account
    ///
    /// Opens an account of a customer with an empty wallet; sign in afterwards. A panel that sends
    /// mail answers 202 for every address, and opens the account when the link in the mail is
    /// followed within 24 hours. A panel that sends no mail opens the account at once. A panel may
    /// have closed this operation, and it limits how many accounts one client address can open: by
    /// default 20 an hour and 50 a day.
    #[oai(path = "/account", method = "post", operation_id = "account_sign_up")]
    async fn sign_up(
        &self,
        request: &Request,
        new: JsonBody<SignUp>,
    ) -> Result<AccountOrMail<201>, Fault<SigningUp>> {
        let SignUp {
            email,
            password,
            name,
        } = new.0;
        let email = Email::parse(&email)?;
        let password = NewPassword::checked("password", password.0)?;
        let address = client_address(request, &self.panel.config.trusted_proxies);
        match accounts::sign_up(&self.panel, address, email, password, name).await? {
            SignedUp::Opened(account) => {
                Ok(AccountOrMail::Account(Box::new(self.read(account).await?)))
            }
            SignedUp::Asked => Ok(AccountOrMail::Mail),
        }
    }

    /// Sign in
    ///
    /// Gives a session, which works wherever an API key does and also where a session is needed. A
    /// session ends when it is not used for 12 hours, at the latest after 7 days, by signing out, and
    /// by a change of the password. After 5 failures in 15 minutes for one account from one address,
    /// each further failure makes the wait longer; `Retry-After` says how long it is. After 10 wrong
    /// codes in an hour, or 30 in a day, no further code of the account is checked; networks where
    /// the account signed in within 30 days are counted separately.
    #[oai(
        path = "/account/sign-in",
        method = "post",
        operation_id = "account_sign_in"
    )]
    async fn sign_in(
        &self,
        request: &Request,
        with: JsonBody<SignIn>,
    ) -> Result<Answer<Session>, Fault<SigningIn>> {
        let address = client_address(request, &self.panel.config.trusted_proxies);
        let with = accounts::SignIn {
            email: with.0.email,
            password: with.0.password.0,
            code: with.0.code.map(|code| code.0),
        };
        let signed_in = accounts::sign_in(&self.panel, address, with).await?;
        Ok(Answer(Session {
            token: signed_in.token.expose().to_owned(),
            account_id: signed_in.account.0,
            role: signed_in.role,
            expires_at: signed_in.expires_at,
        }))
    }

    /// Sign out
    ///
    /// Ends the session that the request is sent with.
    #[oai(
        path = "/account/sign-out",
        method = "post",
        operation_id = "account_sign_out"
    )]
    async fn sign_out(&self, me: SignedIn) -> Result<Answer<SignedOut>, Fault<Ending>> {
        let ended = accounts::sign_out(&self.panel, &me.actor, me.who.account, me.session).await?;
        Ok(Answer(SignedOut {
            signed_out_at: ended,
        }))
    }

    /// Read your account
    #[oai(path = "/account", method = "get", operation_id = "account_view")]
    async fn view(&self, me: Anybody) -> Result<Answer<Account>, Fault<Viewing>> {
        Ok(Answer(self.read(me.0).await?))
    }

    /// Change your settings
    ///
    /// A changed setting holds from the next time that the panel applies it.
    #[oai(path = "/account", method = "patch", operation_id = "account_change")]
    async fn change(
        &self,
        me: SignedIn,
        settings: JsonBody<AccountSettings>,
    ) -> Result<Answer<Account>, Fault<ChangingSettings>> {
        let change = register::Change {
            automatic_refills: settings.0.automatic_refills,
            ..register::Change::default()
        };
        let account = me.who.account;
        register::change(&self.panel, &me.actor, account, &change).await?;
        Ok(Answer(self.read(account).await?))
    }

    /// Change your password
    ///
    /// Ends every other session of yours. API keys stay valid.
    #[oai(
        path = "/account/password",
        method = "post",
        operation_id = "account_change_password"
    )]
    async fn change_password(
        &self,
        me: SignedIn,
        change: JsonBody<PasswordChange>,
    ) -> Result<Answer<PasswordChanged>, Fault<ChangingPassword>> {
        let PasswordChange {
            old_password,
            new_password,
        } = change.0;
        let new = NewPassword::checked("new_password", new_password.0)?;
        let (panel, account) = (&self.panel, me.who.account);
        let ended =
            accounts::change_password(panel, &me.actor, account, me.session, &old_password.0, &new);
        Ok(Answer(PasswordChanged {
            sessions_ended: ended.await?,
        }))
    }
}

impl Accounts {
    async fn read(&self, account: AccountId) -> Result<Account, Error> {
        Ok(accounts::read(&self.panel, account).await?.into())
    }
}

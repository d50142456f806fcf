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

/// An account to open.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example, skip_serializing_if_is_none)]
struct SignUp {
    /// Your e-mail address, at most 254 characters; you sign in with it.
    email: String,
    /// At least 12 characters and at most 256 bytes.
    password: SecretText,
    /// What you are called: 1 to 100 printable characters of one script, no e-mail address and no
    /// number, unique in this panel in upper and lower case, and not like a name of its staff. A name
    /// such as `customer-7f3c09a1be` is made if you do not say.
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

/// What to sign in with.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example, skip_serializing_if_is_none)]
struct SignIn {
    /// Your e-mail address.
    email: String,
    /// Your password.
    password: SecretText,
    /// The six digits that your authenticator shows, if you have turned codes on. Each is good
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

/// A session.
#[derive(Object, Serialize)]
struct Session {
    /// The session: send it as `Authorization: Bearer`. It is shown this once.
    token: String,
    /// Your account.
    account_id: i64,
    /// What you may do.
    role: Role,
    /// When it ends at the latest; it ends earlier once it is not used for 12 hours.
    expires_at: Time,
}

/// The end of a session.
#[derive(Debug, Object, Serialize)]
struct SignedOut {
    /// When the session ended.
    signed_out_at: Time,
}

/// Your account.
#[derive(Debug, Object, Serialize)]
pub(super) struct Account {
    /// Its number.
    account_id: i64,
    /// What you are called.
    name: String,
    /// What you may do.
    role: Role,
    /// The address that you sign in with.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Whether signing in needs a code of your authenticator.
    totp: bool,
    /// Your price tier, if you have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    tier: Option<String>,
    /// What may be ordered on one day (UTC), all your keys together, in USD; refunds do not give
    /// it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    daily_cap: Option<Money>,
    /// What was ordered of it today, in USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    spent_today: Option<Money>,
    /// Whether drops of your orders are refilled without your asking, where the panel can count.
    automatic_refills: bool,
    /// When it was opened.
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

/// What you choose of your account; what is absent stays.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example, skip_serializing_if_is_none)]
struct AccountSettings {
    /// Whether drops of your orders are refilled without your asking, where the panel can count.
    automatic_refills: Option<bool>,
}

impl Example for AccountSettings {
    fn example() -> AccountSettings {
        AccountSettings {
            automatic_refills: Some(true),
        }
    }
}

/// Another password.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
struct PasswordChange {
    /// The present one.
    old_password: SecretText,
    /// The new one: at least 12 characters and at most 256 bytes.
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

/// What changing a password has done.
#[derive(Debug, Object, Serialize)]
struct PasswordChanged {
    /// How many other sessions have ended.
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
    /// For customers; the wallet is empty. Sign in afterwards. A panel that sends mail answers 202
    /// whatever the address, and the account is opened by the link in the mail, within 24 hours; one that
    /// sends none opens it at once. A panel may have closed it, and from one address 20 accounts an hour
    /// can be opened.
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
    /// Gives a session, which works wherever an API key does and where one does not. It ends when it
    /// is not used for 12 hours, after 7 days in any case, by signing out, and by another password.
    /// After 5 failures in 15 minutes for one account from one address the wait grows with every
    /// further one; `Retry-After` says it. After 10 wrong codes in an hour, or 30 in a day, no code for
    /// the account is looked at; networks where it signed in within 30 days count apart.
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
    /// Ends the session that asks.
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
    /// They hold from the next time on that they matter.
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
    /// Every other session of yours ends. API keys stay as they are.
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

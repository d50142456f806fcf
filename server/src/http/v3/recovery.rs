//! What goes by mail: another password for somebody who has forgotten theirs, another address.

use poem::{IntoResponse, Request, Response};
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::types::{Example, Type};
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::account::Account;
use super::api_key::SignedIn;
use crate::accounts::{self, Email, EmailChange, EmailChanged};
use crate::http::address::client_address;
use crate::http::typed::code::Code;
use crate::http::typed::payload::{Answer, JsonBody, success};
use crate::http::typed::problem::{Fault, Refusals};
use crate::http::typed::secret::SecretText;
use crate::panel::Panel;

/// Serves what is sent by mail.
pub(super) struct Recovery {
    pub(super) panel: Panel,
}

/// The answer to a request that is completed by a link in a mail.
#[derive(Debug, Object, Serialize)]
pub(super) struct MailAsked {
    /// What to do next, for people; the text is the same for every address.
    message: String,
}

/// An account as it is now, with this status, or that a mail asks about first.
pub(super) enum AccountOrMail<const STATUS: u16> {
    /// It is done.
    Account(Box<Account>),
    /// A mail was sent.
    Mail,
}

impl<const STATUS: u16> IntoResponse for AccountOrMail<STATUS> {
    fn into_response(self) -> Response {
        match self {
            AccountOrMail::Account(account) => Answer::<_, STATUS>(*account).into_response(),
            AccountOrMail::Mail => Answer::<_, 202>(MailAsked {
                message: "A mail was sent to this address: follow the link in it.".to_owned(),
            })
            .into_response(),
        }
    }
}

impl<const STATUS: u16> ApiResponse for AccountOrMail<STATUS> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![
                success(STATUS, Account::schema_ref()),
                success(202, MailAsked::schema_ref()),
            ],
        }
    }

    fn register(registry: &mut Registry) {
        Account::register(registry);
        MailAsked::register(registry);
    }
}

/// The account whose password was forgotten.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
struct ResetAsk {
    /// The e-mail address that you sign in with.
    email: String,
}

impl Example for ResetAsk {
    fn example() -> ResetAsk {
        ResetAsk {
            email: "ann@example.com".to_owned(),
        }
    }
}

/// The e-mail address that your account is to have.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example, skip_serializing_if_is_none)]
struct NewEmail {
    /// The e-mail address that replaces the present one, at most 254 characters.
    email: String,
    /// The password that your account has.
    password: SecretText,
    /// The six digits that your authenticator shows now; needed if codes are on.
    code: Option<SecretText>,
}

impl Example for NewEmail {
    fn example() -> NewEmail {
        NewEmail {
            email: "ann@shop.example".to_owned(),
            password: SecretText("a long sentence of yours".into()),
            code: None,
        }
    }
}

struct Asking;

impl Refusals for Asking {
    const CODES: &'static [Code] = &[
        Code::StateConflict,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
        Code::FieldInvalid,
        Code::TooManyAttempts,
    ];
}

struct ChangingEmail;

impl Refusals for ChangingEmail {
    const CODES: &'static [Code] = &[
        Code::SessionNeeded,
        Code::SignInFailed,
        Code::TotpRequired,
        Code::ObjectUnknown,
        Code::NameTaken,
        Code::StateConflict,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
        Code::FieldInvalid,
        Code::TooManyAttempts,
    ];
}

#[OpenApi(prefix_path = "/api/v3", tag = "Tag::Account")]
impl Recovery {
    /// Ask for a new password
    ///
    /// For somebody who has forgotten the password. If an account has the address, a link is sent
    /// there by which a new password is chosen; the link works once and for one hour. The answer is
    /// the same for every address. Choosing a password ends every session; API keys and the
    /// authenticator stay valid. A panel without a mail server refuses the request: its operator can
    /// give such a link.
    #[oai(
        path = "/account/password/reset",
        method = "post",
        operation_id = "account_ask_password_reset"
    )]
    async fn ask_reset(
        &self,
        request: &Request,
        ask: JsonBody<ResetAsk>,
    ) -> Result<Answer<MailAsked, 202>, Fault<Asking>> {
        let email = Email::parse(&ask.0.email)?;
        let address = client_address(request, &self.panel.config.trusted_proxies);
        accounts::ask_for_reset(&self.panel, address, &email).await?;
        Ok(Answer(MailAsked {
            message:
                "If this address has an account, a mail was sent to it: follow the link in it."
                    .to_owned(),
        }))
    }

    /// Change your e-mail address
    ///
    /// You sign in with the new address from then on. A panel that sends mail answers 202 for every
    /// address; the new address is in place when the link in the mail that it gets is followed, with
    /// the password, within 24 hours. A panel that sends no mail puts it in place at once. The
    /// earlier address gets a mail with a link that undoes the change within 7 days. For 24 hours
    /// after the change the password cannot be reset by mail.
    #[oai(
        path = "/account/email",
        method = "post",
        operation_id = "account_change_email"
    )]
    async fn change_email(
        &self,
        me: SignedIn,
        change: JsonBody<NewEmail>,
    ) -> Result<AccountOrMail<200>, Fault<ChangingEmail>> {
        let NewEmail {
            email,
            password: SecretText(password),
            code,
        } = change.0;
        let change = EmailChange {
            email: Email::parse(&email)?,
            password,
            code: code.map(|code| code.0),
        };
        let (panel, account) = (&self.panel, me.who.account);
        match accounts::change_email(panel, &me.actor, account, change).await? {
            EmailChanged::Done => {
                let changed = accounts::read(panel, account).await?;
                Ok(AccountOrMail::Account(Box::new(changed.into())))
            }
            EmailChanged::Asked => Ok(AccountOrMail::Mail),
        }
    }
}

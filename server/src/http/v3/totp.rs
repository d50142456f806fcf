//! Codes of an authenticator, as the second thing to sign in with.

use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::Tag;
use super::api_key::SignedIn;
use crate::accounts;
use crate::http::typed::code::Code;
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::{Fault, Refusals};
use crate::http::typed::secret::SecretText;
use crate::panel::Panel;

/// Serves the turning on and off of codes.
pub(super) struct Codes {
    pub(super) panel: Panel,
}

/// The seed that your authenticator makes codes from.
#[derive(Object, Serialize)]
struct TotpSeed {
    /// The seed in base32, which is typed into the authenticator. Only this answer shows it.
    secret: String,
    /// The seed as an `otpauth:` address, which is shown as a QR code.
    url: String,
}

/// The code that turns codes on.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
struct TotpCode {
    /// The six digits that your authenticator shows now.
    code: SecretText,
}

impl Example for TotpCode {
    fn example() -> TotpCode {
        TotpCode {
            code: SecretText("123456".into()),
        }
    }
}

/// The password and the code that turn codes off.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
struct TotpDisable {
    /// The password that your account has.
    password: SecretText,
    /// The six digits that your authenticator shows now.
    code: SecretText,
}

impl Example for TotpDisable {
    fn example() -> TotpDisable {
        TotpDisable {
            password: SecretText("a long sentence of yours".into()),
            code: SecretText("123456".into()),
        }
    }
}

/// What signing in needs after the request.
#[derive(Debug, Object, Serialize)]
struct TotpState {
    /// Whether signing in needs a code of your authenticator.
    totp: bool,
}

struct Beginning;

impl Refusals for Beginning {
    const CODES: &'static [Code] = &[
        Code::SessionNeeded,
        Code::ObjectUnknown,
        Code::StateConflict,
    ];
}

struct Confirming;

impl Refusals for Confirming {
    const CODES: &'static [Code] = &[
        Code::SessionNeeded,
        Code::ObjectUnknown,
        Code::StateConflict,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
        Code::FieldInvalid,
        Code::TooManyAttempts,
    ];
}

struct Disabling;

impl Refusals for Disabling {
    const CODES: &'static [Code] = &[
        Code::SessionNeeded,
        Code::SignInFailed,
        Code::ObjectUnknown,
        Code::StateConflict,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
        Code::TooManyAttempts,
    ];
}

#[OpenApi(prefix_path = "/api/v3", tag = "Tag::Account")]
impl Codes {
    /// Begin to use codes
    ///
    /// Makes a seed for an authenticator app (TOTP: SHA-1, 6 digits, 30 seconds). Nothing changes
    /// until `account_totp_confirm`; each further request makes another seed.
    #[oai(
        path = "/account/totp",
        method = "post",
        operation_id = "account_totp_begin"
    )]
    async fn begin(&self, me: SignedIn) -> Result<Answer<TotpSeed>, Fault<Beginning>> {
        let seed = accounts::begin_totp(&self.panel, me.who.account).await?;
        Ok(Answer(TotpSeed {
            secret: seed.secret.expose_secret().to_owned(),
            url: seed.address.expose_secret().to_owned(),
        }))
    }

    /// Turn codes on
    ///
    /// Needs a code of the new seed. From then on signing in needs a code. Wrong codes count like
    /// those at signing in.
    #[oai(
        path = "/account/totp/confirm",
        method = "post",
        operation_id = "account_totp_confirm"
    )]
    async fn confirm(
        &self,
        me: SignedIn,
        with: JsonBody<TotpCode>,
    ) -> Result<Answer<TotpState>, Fault<Confirming>> {
        let (panel, account) = (&self.panel, me.who.account);
        accounts::confirm_totp(panel, &me.actor, account, &with.0.code.0).await?;
        Ok(Answer(TotpState { totp: true }))
    }

    /// Turn codes off
    ///
    /// Needs the password and a code that was not used yet.
    #[oai(
        path = "/account/totp/disable",
        method = "post",
        operation_id = "account_totp_disable"
    )]
    async fn disable(
        &self,
        me: SignedIn,
        with: JsonBody<TotpDisable>,
    ) -> Result<Answer<TotpState>, Fault<Disabling>> {
        let TotpDisable { password, code } = with.0;
        let (panel, account) = (&self.panel, me.who.account);
        accounts::disable_totp(panel, &me.actor, account, &password.0, &code.0).await?;
        Ok(Answer(TotpState { totp: false }))
    }
}

//! Who the caller is.

use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::refusals::Changing;
use super::staff::{SignedIn, Staff};
use crate::accounts::{self, Confirmation, staffing};
use crate::actor::{CONFIRMED_MS, Role};
use crate::clock::Time;
use crate::http::typed::code::Code;
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::{Fault, Refusals};
use crate::http::typed::secret::SecretText;
use crate::panel::Panel;

/// Serves the caller's own account.
pub(super) struct Me {
    pub(super) panel: Panel,
}

/// Your own account as a member of the staff.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "StaffMember")]
struct Member {
    /// The number of your account, unique in this panel.
    account_id: i64,
    /// The name of your account, unique in this panel.
    name: String,
    /// Your role, which says what you may do: `support` or `operator`.
    role: Role,
    /// Whether the panel sends alerts to you by mail.
    alerts_by_mail: bool,
    /// The name of this panel in its requests to providers: the first part of each `request_id`.
    instance: String,
    /// Until when your last sign-in or confirmation counts, UTC; absent if the request was made with a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_until: Option<Time>,
}

/// The proof of your identity: the code if two-factor sign-in is on, else the password.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnProof {
    /// The password of your account; absent if two-factor sign-in is on.
    password: Option<SecretText>,
    /// The six digits that your authenticator shows now; each code can be used only once. Absent if
    /// two-factor sign-in is off.
    code: Option<SecretText>,
}

/// A session whose owner has confirmed their identity.
#[derive(Debug, Object, Serialize)]
struct ConfirmedSession {
    /// Until when the confirmation counts, UTC: 10 minutes from now.
    confirmed_until: Time,
}

/// Your choice whether alerts are sent to you by mail.
#[derive(Debug, Object, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AlertsByMail {
    /// Whether alerts are sent to you by mail.
    wanted: bool,
}

/// What reading one's own account can answer.
pub(super) struct Reading;

impl Refusals for Reading {
    const CODES: &'static [Code] = &[Code::Forbidden, Code::ObjectUnknown];
}

/// What confirming can answer.
pub(super) struct Confirming;

impl Refusals for Confirming {
    const CODES: &'static [Code] = &[
        Code::Forbidden,
        Code::SessionNeeded,
        Code::SignInFailed,
        Code::TooManyAttempts,
        Code::ObjectUnknown,
        Code::FieldInvalid,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
    ];
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Operator")]
impl Me {
    /// Read your own account
    ///
    /// The account and the role of the key or the session.
    #[oai(path = "/me", method = "get", operation_id = "operator_me")]
    async fn me(&self, staff: Staff) -> Result<Answer<Member>, Fault<Reading>> {
        let member = staffing::view(&self.panel.db, staff.who.account).await?;
        Ok(Answer(Member {
            alerts_by_mail: member.alerts_by_mail,
            account_id: staff.who.account.0,
            name: staff.who.name,
            role: staff.who.role,
            instance: self.panel.instance.to_string(),
            confirmed_until: staff.who.confirmed_at.map(|at| at.plus_ms(CONFIRMED_MS)),
        }))
    }

    /// Turn alerts by mail on or off
    ///
    /// A mail lists all alerts that nobody has acknowledged; it is sent when there is a new one.
    #[oai(
        path = "/me/alerts-by-mail",
        method = "put",
        operation_id = "operator_alerts_by_mail"
    )]
    async fn alerts_by_mail(
        &self,
        staff: Staff,
        body: JsonBody<AlertsByMail>,
    ) -> Result<Answer<AlertsByMail>, Fault<Changing>> {
        let (panel, wanted) = (&self.panel, body.0.wanted);
        let id = staff.who.account;
        accounts::set_alerts_by_mail(panel, &staff.actor, id, wanted).await?;
        Ok(Answer(AlertsByMail { wanted }))
    }

    /// Confirm your identity
    ///
    /// The confirmation counts for 10 minutes for this session, as signing in does. Suspensions, chargebacks,
    /// credits above the setting `confirm_credits_above_usd`, and changes of the staff need it. A key cannot
    /// confirm.
    #[oai(
        path = "/me/confirm",
        method = "post",
        operation_id = "operator_confirm"
    )]
    async fn confirm(
        &self,
        me: SignedIn,
        proof: JsonBody<OwnProof>,
    ) -> Result<Answer<ConfirmedSession>, Fault<Confirming>> {
        let with = Confirmation {
            password: proof.0.password.map(|given| given.0),
            code: proof.0.code.map(|given| given.0),
        };
        let of = (me.who.account, me.session);
        let confirmed_until = accounts::confirm(&self.panel, &me.actor, of, with).await?;
        Ok(Answer(ConfirmedSession { confirmed_until }))
    }
}

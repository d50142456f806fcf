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

/// A member of the staff.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "StaffMember")]
struct Member {
    /// Your account.
    account_id: i64,
    /// Your name.
    name: String,
    /// What you may do.
    role: Role,
    /// Whether alerts are sent to you by mail.
    alerts_by_mail: bool,
    /// This panel's name in what it sends to providers.
    instance: String,
    /// Of a session: until when it counts that you have proved who you are, by signing in or by
    /// confirming.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_until: Option<Time>,
}

/// What proves who you are: the code if you have codes on, else the password.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnProof {
    /// Your password.
    password: Option<SecretText>,
    /// The six digits that your authenticator shows now. Each is good once.
    code: Option<SecretText>,
}

/// A session whose owner has proved who they are.
#[derive(Debug, Object, Serialize)]
struct ConfirmedSession {
    /// Until when that counts.
    confirmed_until: Time,
}

/// Whether alerts are sent by mail.
#[derive(Debug, Object, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AlertsByMail {
    /// Whether they are.
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
    /// Show who you are
    ///
    /// The account and the role of the key.
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

    /// Have alerts sent to you by mail, or not
    ///
    /// One mail lists what nobody has looked at, whenever something new is among it.
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

    /// Prove again who you are
    ///
    /// Counts for 10 minutes for this session, as signing in does. Suspending, recording chargebacks,
    /// credits above the setting `confirm_credits_above_usd`, and changing the staff want it. A key
    /// cannot do it.
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

//! Those who run the panel: hiring and removing them, roles, passwords and codes. It takes a session
//! whose owner has proved lately who they are: whoever could give an operator a password with a key
//! could do anything with it.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::invitations::InvitationMade;
use super::reason::ReasonGiven;
use super::refusals::{ChangingStaff, Hiring, Listing};
use super::staff::{ConfirmedOperator, Staff};
use crate::accounts::staffing::{self, Member};
use crate::accounts::{self, Email, NewPassword, NewPerson};
use crate::actor::Role;
use crate::clock::Time;
use crate::error;
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::Fault;
use crate::http::typed::secret::SecretText;
use crate::ids::AccountId;
use crate::panel::Panel;

/// Serves the staff of the panel.
pub(super) struct Staffing {
    pub(super) panel: Panel,
}

/// Somebody who runs the panel, or did.
#[derive(Debug, Object, Serialize)]
struct HiredMember {
    /// Their account.
    account_id: i64,
    /// Their name.
    name: String,
    /// The address that they sign in with.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// What they may do.
    role: Role,
    /// Whether they have an address and a password to sign in with.
    signs_in: bool,
    /// Whether signing in needs a code of their authenticator.
    totp: bool,
    /// When the account was made.
    created_at: Time,
    /// When they were removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_at: Option<Time>,
    /// How they choose their first password. Only where they were just hired without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation: Option<InvitationMade>,
}

impl From<Member> for HiredMember {
    fn from(member: Member) -> HiredMember {
        HiredMember {
            account_id: member.id.0,
            name: member.name,
            email: member.email,
            role: member.role,
            signs_in: member.signs_in,
            totp: member.has_totp,
            created_at: member.created_at,
            removed_at: member.removed_at,
            invitation: None,
        }
    }
}

/// The staff.
#[derive(Debug, Object, Serialize)]
struct StaffList {
    /// By number.
    staff: Vec<HiredMember>,
}

/// Somebody to hire.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewMember {
    /// The address that they sign in with: at most 254 characters, nobody else's.
    email: String,
    /// Their name, unique in this panel: 1 to 100 printable characters.
    name: String,
    /// What they may do: `support` or `operator`.
    role: Role,
    /// Their first password: at least 12 characters and at most 256 bytes. They change it by
    /// `account_change_password`. Without one they are invited to choose it: by mail, or by a link in
    /// the answer, where the panel has no mail server.
    password: Option<SecretText>,
}

/// Another role.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRole {
    /// What they may do from now on: `support` or `operator`.
    role: Role,
    /// Why, in your words, for the audit log; kept for ever. 1 to 1000 printable characters.
    reason: String,
}

/// Another password.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct PasswordGiven {
    /// The new one: at least 12 characters and at most 256 bytes.
    password: SecretText,
    /// Why, in your words, for the audit log; kept for ever. 1 to 1000 printable characters.
    reason: String,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Staff")]
impl Staffing {
    /// List the staff
    ///
    /// By number: those who run the panel, or those who did and were removed.
    #[oai(path = "/staff", method = "get", operation_id = "staff_list")]
    async fn list(
        &self,
        _staff: Staff,
        /// Only those who were removed, or only the others; the others if you do not say.
        removed: Query<Option<bool>>,
    ) -> Result<Answer<StaffList>, Fault<Listing>> {
        let found = staffing::list(&self.panel.db, removed.0.unwrap_or_default()).await?;
        Ok(Answer(StaffList {
            staff: found.into_iter().map(HiredMember::from).collect(),
        }))
    }

    /// Hire somebody
    ///
    /// Opens the account of a member of the staff, who signs in with this password, or is invited to
    /// choose one. The address and the name of somebody who was removed can be used again; it is another
    /// account.
    #[oai(path = "/staff", method = "post", operation_id = "staff_hire")]
    async fn hire(
        &self,
        operator: ConfirmedOperator,
        member: JsonBody<NewMember>,
    ) -> Result<Answer<HiredMember, 201>, Fault<Hiring>> {
        let NewMember {
            email,
            name,
            role,
            password,
        } = member.0;
        if role == Role::Reseller {
            return Err(staffing::not_of_the_staff().into());
        }
        let Some(SecretText(password)) = password else {
            let (id, invitation) =
                staffing::invite(&self.panel, &operator.0, role, &name, &email).await?;
            return Ok(Answer(HiredMember {
                invitation: Some(invitation.into()),
                ..self.member(id).await?
            }));
        };
        let new = NewPerson {
            role,
            email: Email::parse(&email)?,
            password: NewPassword::checked("password", password)?,
            name: Some(name),
        };
        let id = accounts::register(&self.panel, &operator.0, new).await?;
        Ok(Answer(self.member(id).await?))
    }

    /// Remove somebody from the staff
    ///
    /// Their sessions and keys end at once. What they did stays in the audit log under their account,
    /// which keeps their name. The last operator who can sign in is not removed.
    #[oai(
        path = "/staff/:account_id/remove",
        method = "post",
        operation_id = "staff_remove"
    )]
    async fn remove(
        &self,
        operator: ConfirmedOperator,
        /// Their account.
        account_id: Path<i64>,
        body: JsonBody<ReasonGiven>,
    ) -> Result<Answer<HiredMember>, Fault<ChangingStaff>> {
        let (panel, id) = (&self.panel, AccountId(account_id.0));
        let removed = staffing::remove(panel, &operator.0, id, &body.0.reason).await?;
        Ok(Answer(removed.into()))
    }

    /// Give somebody another role
    ///
    /// Their sessions and keys end at once. The last operator who can sign in stays one.
    #[oai(
        path = "/staff/:account_id/role",
        method = "post",
        operation_id = "staff_role_change"
    )]
    async fn set_role(
        &self,
        operator: ConfirmedOperator,
        /// Their account.
        account_id: Path<i64>,
        body: JsonBody<NewRole>,
    ) -> Result<Answer<HiredMember>, Fault<ChangingStaff>> {
        let (panel, id) = (&self.panel, AccountId(account_id.0));
        let NewRole { role, reason } = body.0;
        let changed = staffing::set_role(panel, &operator.0, id, role, &reason).await?;
        Ok(Answer(changed.into()))
    }

    /// Give somebody another password
    ///
    /// For somebody who has forgotten theirs. Their sessions and keys end at once; their codes stay as
    /// they are. Your own is changed by `account_password_change`.
    #[oai(
        path = "/staff/:account_id/password",
        method = "post",
        operation_id = "staff_password_set"
    )]
    async fn set_password(
        &self,
        operator: ConfirmedOperator,
        /// Their account.
        account_id: Path<i64>,
        body: JsonBody<PasswordGiven>,
    ) -> Result<Answer<HiredMember>, Fault<ChangingStaff>> {
        let (panel, id) = (&self.panel, AccountId(account_id.0));
        let PasswordGiven {
            password: SecretText(password),
            reason,
        } = body.0;
        let password = NewPassword::checked("password", password)?;
        let changed = staffing::set_password(panel, &operator.0, id, &password, &reason).await?;
        Ok(Answer(changed.into()))
    }

    /// Turn somebody's codes off
    ///
    /// For somebody who has lost their authenticator. Their sessions and keys end at once; they sign in
    /// with the password alone until they turn codes on again. Your own are turned off by
    /// `account_totp_disable`.
    #[oai(
        path = "/staff/:account_id/totp/reset",
        method = "post",
        operation_id = "staff_totp_reset"
    )]
    async fn reset_totp(
        &self,
        operator: ConfirmedOperator,
        /// Their account.
        account_id: Path<i64>,
        body: JsonBody<ReasonGiven>,
    ) -> Result<Answer<HiredMember>, Fault<ChangingStaff>> {
        let (panel, id) = (&self.panel, AccountId(account_id.0));
        let changed = staffing::reset_totp(panel, &operator.0, id, &body.0.reason).await?;
        Ok(Answer(changed.into()))
    }
}

impl Staffing {
    async fn member(&self, id: AccountId) -> error::Result<HiredMember> {
        Ok(staffing::view(&self.panel.db, id).await?.into())
    }
}

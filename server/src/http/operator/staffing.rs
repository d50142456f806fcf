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

/// A present or former member of the staff.
#[derive(Debug, Object, Serialize)]
struct HiredMember {
    /// The number of the member's account, unique in this panel.
    account_id: i64,
    /// The name of the member, unique in this panel.
    name: String,
    /// The e-mail address with which the member signs in; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// The role of the member: `support` or `operator`.
    role: Role,
    /// Whether the member has an e-mail address and a password to sign in with.
    signs_in: bool,
    /// Whether signing in needs a code of the member's authenticator.
    totp: bool,
    /// When the account was created, UTC.
    created_at: Time,
    /// When the member was removed, UTC; absent for present members.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_at: Option<Time>,
    /// How the member chooses the first password; present only in the answer that hires a member without a
    /// password.
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

/// The list of the members of the staff.
#[derive(Debug, Object, Serialize)]
struct StaffList {
    /// The members, in ascending order of `account_id`.
    staff: Vec<HiredMember>,
}

/// A member of the staff to hire.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewMember {
    /// The e-mail address with which the member signs in: at most 254 characters, unique in this panel.
    email: String,
    /// The name of the member, unique in this panel: 1 to 100 printable characters.
    name: String,
    /// The role of the member: `support` or `operator`.
    role: Role,
    /// The first password: at least 12 characters and at most 256 bytes. The member can change it with
    /// `account_change_password`. If it is absent, the member is invited to choose one: by mail, or by a link
    /// in the answer where the panel has no mail server.
    password: Option<SecretText>,
}

/// The new role of a member of the staff.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRole {
    /// The role that the member has from now on: `support` or `operator`.
    role: Role,
    /// The reason, for the audit log, where it is kept for ever: 1 to 1000 printable characters.
    reason: String,
}

/// The new password of a member of the staff.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct PasswordGiven {
    /// The new password: at least 12 characters and at most 256 bytes.
    password: SecretText,
    /// The reason, for the audit log, where it is kept for ever: 1 to 1000 printable characters.
    reason: String,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Staff")]
impl Staffing {
    /// List the staff
    ///
    /// Present or removed members, in ascending order of their numbers.
    #[oai(path = "/staff", method = "get", operation_id = "staff_list")]
    async fn list(
        &self,
        _staff: Staff,
        /// Lists only removed members if `true`, only present members if `false` or absent.
        removed: Query<Option<bool>>,
    ) -> Result<Answer<StaffList>, Fault<Listing>> {
        let found = staffing::list(&self.panel.db, removed.0.unwrap_or_default()).await?;
        Ok(Answer(StaffList {
            staff: found.into_iter().map(HiredMember::from).collect(),
        }))
    }

    /// Hire a member of the staff
    ///
    /// Creates the account of a member, who signs in with this password or is invited to choose one. The
    /// e-mail address and the name of a removed member can be used again for a new account.
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

    /// Remove a member of the staff
    ///
    /// The sessions and keys of the member end at once. The account stays, because the audit log names it.
    /// The last operator who can sign in cannot be removed.
    #[oai(
        path = "/staff/:account_id/remove",
        method = "post",
        operation_id = "staff_remove"
    )]
    async fn remove(
        &self,
        operator: ConfirmedOperator,
        /// The number of the member's account, which `staff_list` gives as `account_id`.
        account_id: Path<i64>,
        body: JsonBody<ReasonGiven>,
    ) -> Result<Answer<HiredMember>, Fault<ChangingStaff>> {
        let (panel, id) = (&self.panel, AccountId(account_id.0));
        let removed = staffing::remove(panel, &operator.0, id, &body.0.reason).await?;
        Ok(Answer(removed.into()))
    }

    /// Change the role of a member
    ///
    /// The sessions and keys of the member end at once. The last operator who can sign in cannot get another
    /// role.
    #[oai(
        path = "/staff/:account_id/role",
        method = "post",
        operation_id = "staff_role_change"
    )]
    async fn set_role(
        &self,
        operator: ConfirmedOperator,
        /// The number of the member's account, which `staff_list` gives as `account_id`.
        account_id: Path<i64>,
        body: JsonBody<NewRole>,
    ) -> Result<Answer<HiredMember>, Fault<ChangingStaff>> {
        let (panel, id) = (&self.panel, AccountId(account_id.0));
        let NewRole { role, reason } = body.0;
        let changed = staffing::set_role(panel, &operator.0, id, role, &reason).await?;
        Ok(Answer(changed.into()))
    }

    /// Set the password of a member
    ///
    /// For a member who has forgotten the password. The sessions and keys of the member end at once; the
    /// codes of the authenticator stay valid. Your own password is changed by `account_change_password`.
    #[oai(
        path = "/staff/:account_id/password",
        method = "post",
        operation_id = "staff_password_set"
    )]
    async fn set_password(
        &self,
        operator: ConfirmedOperator,
        /// The number of the member's account, which `staff_list` gives as `account_id`.
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

    /// Turn a member's codes off
    ///
    /// For a member who has lost the authenticator. The sessions and keys of the member end at once; the
    /// member signs in with the password alone until codes are turned on again. Your own codes are turned off
    /// by `account_totp_disable`.
    #[oai(
        path = "/staff/:account_id/totp/reset",
        method = "post",
        operation_id = "staff_totp_reset"
    )]
    async fn reset_totp(
        &self,
        operator: ConfirmedOperator,
        /// The number of the member's account, which `staff_list` gives as `account_id`.
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

//! Those who run the panel: removing one of them, another role, a new password, codes turned off.
//!
//! Each of these ends every session and every key of that person in the same transaction, and is in
//! the audit log. A row is never deleted, because what somebody did names it: who was removed is
//! marked so, and their name and address can be somebody's again. At least one operator who can sign
//! in remains, whoever removes or demotes others at the same time.

use serde_json::{Value, json};

use super::names::Name;
use super::store::names as names_store;
use super::store::people;
use super::store::{shut_out_in_tx, staffing as store};
use super::{Invitation, NewPassword, create_and_invite};
use crate::actor::{Actor, Role};
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::db::{Db, Tx};
use crate::error::{Refusal, Result};
use crate::ids::AccountId;
use crate::panel::Panel;
use crate::wording;

/// Somebody who runs the panel, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Their account.
    pub id: AccountId,
    /// Their name.
    pub name: String,
    /// The address that they sign in with.
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Whether they have an address and a password to sign in with.
    pub signs_in: bool,
    /// Whether signing in needs a code.
    pub has_totp: bool,
    /// Whether alerts are sent to them by mail.
    pub alerts_by_mail: bool,
    /// When the account was made.
    pub created_at: Time,
    /// When they were removed.
    pub removed_at: Option<Time>,
}

/// Everybody of the staff, or everybody who was and is not any more, by number.
pub async fn list(db: &Db, removed: bool) -> Result<Vec<Member>> {
    store::list(db.read(), removed).await
}

/// The member of the staff with this number. Refused: [`Refusal::Unknown`].
pub async fn view(db: &Db, id: AccountId) -> Result<Member> {
    let mut staff = list(db, false).await?.into_iter();
    Ok(staff.find(|member| member.id == id).ok_or_else(unknown)?)
}

/// The member of the staff with this number, e-mail address or name. Refused: [`Refusal::Unknown`].
pub async fn find(db: &Db, who: &str) -> Result<Member> {
    let who = who.trim();
    let is_meant = |member: &Member| {
        let email = member.email.as_deref();
        member.id.to_string() == who
            || email.is_some_and(|email| email.eq_ignore_ascii_case(who))
            || member.name == who
    };
    let staff = list(db, false).await?;
    Ok(staff.into_iter().find(is_meant).ok_or_else(unknown)?)
}

/// Why nobody of the staff is of a customer's role.
pub fn not_of_the_staff() -> Refusal {
    Refusal::FieldInvalid {
        field: "role",
        expected: "support or operator: a member of the staff is never a customer",
    }
}

fn unknown() -> Refusal {
    Refusal::Unknown {
        what: "member of the staff",
    }
}

/// Opens the account of somebody who is invited to choose a password: by mail, else by a link. Refused:
/// [`Refusal::Taken`], [`Refusal::FieldInvalid`]; [`Refusal::Conflict`] where nobody can be invited.
pub async fn invite(
    panel: &Panel,
    actor: &Actor,
    role: Role,
    name: &str,
    email: &str,
) -> Result<(AccountId, Invitation)> {
    if panel.smtp.is_none() && panel.config.public_url.is_none() {
        let why = "nobody can be invited without the setting public_url, where links lead: set it, or \
                   give the first password";
        return Err(Refusal::Conflict {
            why: why.to_owned(),
        }
        .into());
    }
    let (id, invitation) = create_and_invite(panel, actor, role, name, Some(email)).await?;
    Ok((id, invitation.unwrap_or(Invitation::Mailed)))
}

/// Removes somebody from the staff. Refused: [`Refusal::Unknown`]; [`Refusal::Conflict`] for the last
/// operator who can sign in.
pub async fn remove(panel: &Panel, actor: &Actor, id: AccountId, reason: &str) -> Result<Member> {
    let change = Change::open(panel, actor, id, reason).await?;
    change.check_an_operator_remains()?;
    let (now, was) = (change.now, change.member.clone());
    // Nobody has such a name: it has the moment in it.
    let name = format!("{} (removed {now}, account {id})", was.name);
    store::remove(&change.tx, now, id, &name).await?;
    names_store::key(&change.tx, id, &Name::of(&name), None, true).await?;
    let became = json!({"removed": true});
    change
        .commit(Deed::StaffRemoved, told(&was), became)
        .await?;
    Ok(Member {
        signs_in: false,
        has_totp: false,
        removed_at: Some(now),
        ..was
    })
}

/// Gives a member of the staff another role. Refused: [`Refusal::Unknown`]; [`Refusal::FieldInvalid`]
/// for a customer's role; [`Refusal::Conflict`] for the last operator who can sign in, and for the role
/// that they have.
pub async fn set_role(
    panel: &Panel,
    actor: &Actor,
    id: AccountId,
    role: Role,
    reason: &str,
) -> Result<Member> {
    if role == Role::Reseller {
        return Err(not_of_the_staff().into());
    }
    let change = Change::open(panel, actor, id, reason).await?;
    let was = change.member.clone();
    if was.role == role {
        let why = format!("account {id} ({}) is of the role {role} already", was.name);
        return Err(Refusal::Conflict { why }.into());
    }
    change.check_an_operator_remains()?;
    store::set_role(&change.tx, id, role).await?;
    let became = json!({"role": role.word()});
    let told = json!({"role": was.role.word()});
    change.commit(Deed::StaffRoleChanged, told, became).await?;
    Ok(Member { role, ..was })
}

/// Gives a member of the staff another password; their codes stay as they are. Refused:
/// [`Refusal::Unknown`]; [`Refusal::Conflict`] without an address to sign in with, and for one's own.
pub async fn set_password(
    panel: &Panel,
    actor: &Actor,
    id: AccountId,
    password: &NewPassword,
    reason: &str,
) -> Result<Member> {
    not_ones_own(
        actor,
        id,
        "your password is changed by account_password_change",
    )?;
    let hash = panel.gate.hasher.hash(password).await?;
    let change = Change::open(panel, actor, id, reason).await?;
    let was = change.member.clone();
    if was.email.is_none() {
        let why = format!("account {id} ({}) has no address to sign in with", was.name);
        return Err(Refusal::Conflict { why }.into());
    }
    people::set_password(&change.tx, id, &hash).await?;
    let told = json!({"signs_in": was.signs_in});
    let became = json!({"signs_in": true});
    change.commit(Deed::StaffPasswordSet, told, became).await?;
    Ok(Member {
        signs_in: true,
        ..was
    })
}

/// Turns a member's codes off, for somebody who has lost their authenticator. Refused:
/// [`Refusal::Unknown`]; [`Refusal::Conflict`] if they are off, and for one's own.
pub async fn reset_totp(
    panel: &Panel,
    actor: &Actor,
    id: AccountId,
    reason: &str,
) -> Result<Member> {
    not_ones_own(
        actor,
        id,
        "your codes are turned off by account_totp_disable",
    )?;
    let change = Change::open(panel, actor, id, reason).await?;
    let was = change.member.clone();
    if !was.has_totp {
        let why = format!("codes are off for account {id} ({})", was.name);
        return Err(Refusal::Conflict { why }.into());
    }
    people::drop_seed(&change.tx, id).await?;
    let (told, became) = (json!({"totp": true}), json!({"totp": false}));
    change.commit(Deed::StaffTotpReset, told, became).await?;
    Ok(Member {
        has_totp: false,
        ..was
    })
}

/// Whoever is signed in proves with their password, and their code, what only they may change.
fn not_ones_own(actor: &Actor, id: AccountId, instead: &str) -> std::result::Result<(), Refusal> {
    if actor.own_account() == Some(id) {
        let why = format!("account {id} is your own: {instead}");
        return Err(Refusal::Conflict { why });
    }
    Ok(())
}

fn told(member: &Member) -> Value {
    json!({"name": member.name, "email": member.email, "role": member.role.word()})
}

/// A member of the staff who is being changed, and every operator, locked.
struct Change<'a> {
    panel: &'a Panel,
    actor: &'a Actor,
    tx: Tx,
    now: Time,
    reason: &'a str,
    member: Member,
    operators: Vec<Member>,
}

impl<'a> Change<'a> {
    async fn open(
        panel: &'a Panel,
        actor: &'a Actor,
        id: AccountId,
        reason: &'a str,
    ) -> Result<Change<'a>> {
        actor.only_operators()?;
        let reason = wording::reason(reason)?;
        let tx = panel.db.begin().await?;
        let operators = store::lock_team(&tx, id).await?;
        let member = operators.iter().find(|member| member.id == id).cloned();
        Ok(Change {
            panel,
            actor,
            now: panel.now(),
            reason,
            member: member.ok_or_else(unknown)?,
            operators,
            tx,
        })
    }

    /// Refuses to have no operator left who can sign in.
    fn check_an_operator_remains(&self) -> std::result::Result<(), Refusal> {
        let Member { id, name, role, .. } = &self.member;
        let remains =
            |other: &Member| other.id != *id && other.role == Role::Operator && other.signs_in;
        if *role != Role::Operator || self.operators.iter().any(remains) {
            return Ok(());
        }
        let why = format!(
            "without account {id} ({name}) there would be no operator who can sign in: make another \
             one first, with `smm-panel operator create`"
        );
        Err(Refusal::Conflict { why })
    }

    /// Ends what the member was signed in with, writes into the audit log and commits.
    async fn commit(self, deed: Deed, was: Value, mut became: Value) -> Result<()> {
        let (tx, now, id) = (&self.tx, self.now, self.member.id);
        became["revoked_keys"] = shut_out_in_tx(tx, now, id).await?.into();
        let entry = Entry::new(deed, format!("account:{id}"))
            .because(self.reason)
            .was(was)
            .became(became);
        audit::record_in_tx(tx, &self.panel.secrets, now, self.actor, entry).await?;
        self.tx.commit().await?;
        Ok(())
    }
}

//! Links by which people prove that an address is theirs, or that an operator has let them in: to choose
//! a password, to open an account, to have another address, to take an earlier one back.
//!
//! A link is a long random text behind the panel's own address (`public_url`, never what a request says
//! of it). Its digest alone is stored. It is good once and until its end, and reading it spends nothing:
//! mail scanners read links. What it does is done by a form that is sent.

use std::net::IpAddr;

use rand::distr::{Alphanumeric, SampleString};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::store::links as store;
use super::store::links::Subject;
use super::store::people::{self, Person};
use super::store::register::lock;
use super::{Email, NewPassword, address, notices, opening};
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Refusal, Result};
use crate::ids::AccountId;
use crate::mail::{self, MailKind, NewMail};
use crate::panel::Panel;
use crate::secrets::Secrets;
use crate::vocabulary::words;
use crate::wording;

const HOUR_MS: i64 = 60 * 60 * 1_000;
/// A link for a new password, and every one that an operator is shown, is good for so long.
pub(crate) const RESET_LIFE_MS: i64 = HOUR_MS;
/// An invitation by mail, which may lie over a weekend.
pub(super) const INVITATION_LIFE_MS: i64 = 72 * HOUR_MS;
/// A link that opens an account, or gives one its new address.
pub(super) const SIGN_UP_LIFE_MS: i64 = 24 * HOUR_MS;

/// Random characters of a link: more than 200 bits.
const RANDOM_CHARS: usize = 40;

words! {
    /// What a link is for.
    pub enum LinkKind {
        /// Choosing a new password.
        Reset = "reset",
        /// Choosing the first password of an account that an operator has opened.
        Invitation = "invitation",
        /// Opening an account.
        SignUp = "sign_up",
        /// Giving an account the address that was asked for.
        ConfirmAddress = "confirm_address",
        /// Taking an earlier address back.
        RestoreAddress = "restore_address",
    }
}

/// A link that was made: this is its only copy.
pub struct Link {
    /// The link.
    pub url: SecretString,
    /// Until when it is good.
    pub expires_at: Time,
}

/// How somebody was invited to choose a password.
pub enum Invitation {
    /// By mail.
    Mailed,
    /// By a link, which is to be handed over.
    Link(Link),
}

/// What is behind a link that is good.
#[derive(Debug, Clone)]
pub struct Behind {
    /// What it is for.
    pub kind: LinkKind,
    /// The address that it is about.
    pub email: String,
}

/// What a link has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// The account has the password.
    PasswordChosen,
    /// The account is open.
    AccountOpened,
    /// The account has the address that was asked for.
    AddressConfirmed,
    /// The earlier address is the account's again.
    AddressRestored,
}

/// The digest of a text that may be a link's; none of what cannot be one.
fn digest_of(secrets: &Secrets, token: &str) -> Option<[u8; 32]> {
    let is_token = token.len() == RANDOM_CHARS && token.bytes().all(|b| b.is_ascii_alphanumeric());
    is_token.then(|| secrets.digest_key(&["link|", token].concat()))
}

/// Where links lead. Refused: [`Refusal::Conflict`] if nobody has said where this panel is.
fn base(panel: &Panel) -> std::result::Result<String, Refusal> {
    let why = "without the setting public_url nobody knows where a link has to lead: set it";
    let own = panel.config.own_address();
    let own = own.ok_or_else(|| Refusal::Conflict {
        why: why.to_owned(),
    })?;
    Ok([own, "/link/"].concat())
}

/// Makes a link, good for `life_ms`.
pub(super) async fn make_in_tx(
    panel: &Panel,
    tx: &Tx,
    now: Time,
    kind: LinkKind,
    (subject, life_ms): (Subject, i64),
) -> Result<Link> {
    let base = base(panel)?;
    let token = Alphanumeric.sample_string(&mut rand::rng(), RANDOM_CHARS);
    let digest = panel.secrets.digest_key(&["link|", &token].concat());
    let expires_at = now.plus_ms(life_ms);
    store::insert(tx, now, kind, subject, &digest, expires_at).await?;
    Ok(Link {
        url: [base, token].concat().into(),
        expires_at,
    })
}

/// Makes a link by which the owner of an account chooses a password: the first one, if they have none.
/// It is shown once, good once and for an hour. Refused: [`Refusal::Unknown`]; [`Refusal::Conflict`]
/// without an address to sign in with, for one's own account, and without `public_url`.
pub async fn password_link(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    reason: &str,
) -> Result<Link> {
    actor.only_operators()?;
    let (now, reason) = (panel.now(), wording::reason(reason)?);
    actor.only_confirmed(now)?;
    if actor.own_account() == Some(account) {
        let why = format!(
            "account {account} is your own: your password is changed by account_change_password"
        );
        return Err(Refusal::Conflict { why }.into());
    }
    let tx = panel.db.begin().await?;
    lock(&tx, account).await?;
    let person = people::by_id(&tx, account).await?;
    let person = person.ok_or(Refusal::Unknown { what: "account" })?;
    if person.email.is_none() {
        let name = &person.name;
        let why = format!("account {account} ({name}) has no address to sign in with");
        return Err(Refusal::Conflict { why }.into());
    }
    let kind = kind_for(&person);
    let subject = Subject::Account(account);
    let link = make_in_tx(panel, &tx, now, kind, (subject, RESET_LIFE_MS)).await?;
    let entry = Entry::new(Deed::PasswordLinkMade, person.subject())
        .because(reason)
        .became(json!({"link": kind.word(), "good_until": link.expires_at.to_string()}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(link)
}

/// What a link for a password of theirs is.
pub(super) fn kind_for(person: &Person) -> LinkKind {
    match person.password_hash {
        Some(_) => LinkKind::Reset,
        None => LinkKind::Invitation,
    }
}

/// Invites the owner of an account that was just opened: by mail, else by a link that is to be handed
/// over; not at all where there is neither mail nor `public_url`.
pub(super) async fn invite_in_tx(
    panel: &Panel,
    tx: &Tx,
    now: Time,
    account: AccountId,
    email: &Email,
) -> Result<Option<Invitation>> {
    if panel.smtp.is_some() {
        let mail = NewMail::new(MailKind::Invitation, email.as_str()).about(account);
        mail::queue_in_tx(tx, now, &mail).await?;
        return Ok(Some(Invitation::Mailed));
    }
    if panel.config.public_url.is_none() {
        return Ok(None);
    }
    let with = (Subject::Account(account), RESET_LIFE_MS);
    let link = make_in_tx(panel, tx, now, LinkKind::Invitation, with).await?;
    Ok(Some(Invitation::Link(link)))
}

/// What is behind a link, if it is good. It is as good afterwards.
pub async fn look(panel: &Panel, token: &str) -> Result<Option<Behind>> {
    let Some(digest) = digest_of(&panel.secrets, token) else {
        return Ok(None);
    };
    let found = store::good(panel.db.read(), panel.now(), &digest).await?;
    Ok(found.map(|found| Behind {
        kind: found.kind,
        email: found.email,
    }))
}

/// Does what a link is for, which spends it. Refused: [`Refusal::Unknown`] of one that is not good;
/// [`Refusal::FieldInvalid`] for a password that is none, which spends nothing; what opening the account
/// or restoring the address refuses.
pub async fn follow(
    panel: &Panel,
    from: Option<IpAddr>,
    token: &str,
    password: Option<SecretString>,
) -> Result<Followed> {
    let digest = digest_of(&panel.secrets, token).ok_or_else(unknown)?;
    let found = store::good(panel.db.read(), panel.now(), &digest).await?;
    let found = found.ok_or_else(unknown)?;
    let given = || password.unwrap_or_default();
    match (found.kind, found.subject) {
        (LinkKind::Reset | LinkKind::Invitation, Subject::Account(account)) => {
            choose_password(panel, from, found.id, account, given()).await?;
            Ok(Followed::PasswordChosen)
        }
        (LinkKind::SignUp, Subject::SignUp(sign_up)) => {
            opening::open(panel, from, found.id, sign_up, &given()).await?;
            Ok(Followed::AccountOpened)
        }
        (LinkKind::ConfirmAddress, Subject::AddressRequest(request)) => {
            address::confirm(panel, from, request, &given()).await?;
            Ok(Followed::AddressConfirmed)
        }
        (LinkKind::RestoreAddress, Subject::AddressChange(change)) => {
            address::restore(panel, from, found.id, change).await?;
            Ok(Followed::AddressRestored)
        }
        (
            LinkKind::Reset
            | LinkKind::Invitation
            | LinkKind::SignUp
            | LinkKind::ConfirmAddress
            | LinkKind::RestoreAddress,
            _,
        ) => Err(unknown().into()),
    }
}

/// A link that is unknown, spent or over.
pub(super) fn unknown() -> Refusal {
    Refusal::Unknown { what: "link" }
}

/// Gives the owner of `account` the password that they chose, and ends every session. Keys go on, and
/// so do the codes of an authenticator, unless it is the first time that somebody shows that they read
/// the mail of an address that was changed.
async fn choose_password(
    panel: &Panel,
    from: Option<IpAddr>,
    link: i64,
    account: AccountId,
    password: SecretString,
) -> Result<()> {
    let new = NewPassword::checked("password", password)?;
    let person = people::by_id(panel.db.read(), account).await?;
    let person = person.ok_or_else(unknown)?;
    new.apart_from("password", person.email.as_deref(), &person.name)?;
    let hash = panel.gate.hasher.hash(&new).await?;
    let (now, tx) = (panel.now(), panel.db.begin().await?);
    lock(&tx, account).await?;
    let person = people::by_id(&tx, account).await?.ok_or_else(unknown)?;
    // Who was removed meanwhile has no address any more.
    let email = person.email.clone().ok_or_else(unknown)?;
    // Whoever entered the address need not be who reads its mail: what was made before ends.
    let is_new_owner = people::prove_email(&tx, account).await?;
    if is_new_owner {
        people::take_back_since(&tx, now, account, Time::from_ms(0)).await?;
    }
    people::set_password(&tx, account, &hash).await?;
    let ended = people::end_sessions(&tx, now, account).await?;
    if !store::spend(&tx, now, link).await? {
        return Err(unknown().into());
    }
    store::end_what_waits(&tx, now, account).await?;
    let deed = match kind_for(&person) {
        LinkKind::Invitation => Deed::InvitationAccepted,
        LinkKind::Reset
        | LinkKind::SignUp
        | LinkKind::ConfirmAddress
        | LinkKind::RestoreAddress => {
            let keys = match is_new_owner {
                true => "and so have API keys and the authenticator, because the address was new",
                false => "your API keys go on",
            };
            let message = format!(
                "Your password was replaced by one that was chosen by a link; all your sessions have \
                 ended, {keys}. If it was not you, ask the panel's operator at once."
            );
            notices::tell_in_tx(&tx, now, account, &message).await?;
            let told = NewMail::new(MailKind::PasswordReset, &email).about(account);
            tell_in_tx(panel, &tx, now, &told).await?;
            Deed::PasswordReset
        }
    };
    let entry = Entry::new(deed, person.subject()).became(json!({"sessions_ended": ended}));
    let actor = Actor::stranger(from);
    audit::record_in_tx(&tx, &panel.secrets, now, &actor, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Has a mail sent where there is a mail server; nobody else would ever send it.
pub(super) async fn tell_in_tx(
    panel: &Panel,
    tx: &Tx,
    now: Time,
    mail: &NewMail<'_>,
) -> Result<()> {
    match panel.smtp {
        Some(_) => mail::queue_in_tx(tx, now, mail).await,
        None => Ok(()),
    }
}

impl Link {
    /// The link itself, to be shown once.
    pub fn expose(&self) -> &str {
        self.url.expose_secret()
    }
}

//! People: opening an account, signing in and out, passwords.
//!
//! A session is a token like a key: found by its digest, on every request, with its account. It
//! ends by itself ([`super::rules`]), by signing out, by a new password, and is no use while the
//! account is suspended.

use std::net::IpAddr;

use secrecy::SecretString;
use serde_json::json;

use super::code_check::step_in_tx;
use super::names::Name;
use super::password::Compared;
use super::rules::{MOST_SESSIONS, SESSION_LIFE_MS};
use super::store::people as store;
use super::store::people::Person;
use super::throttle::Guess;
use super::{Email, NewPassword, Proof, Token, TokenDigest, TokenKind};
use super::{known_networks, naming, opening};
use crate::actor::{Actor, Role};
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, SessionId};
use crate::mail::{self, MailKind, NewMail};
use crate::panel::Panel;
use crate::wallet;

/// An account that somebody opens.
pub struct NewPerson {
    /// What they may do.
    pub role: Role,
    /// The address that they sign in with.
    pub email: Email,
    /// The password that they sign in with.
    pub password: NewPassword,
    /// What they are called; a made name if not said.
    pub name: Option<String>,
}

/// What somebody signs in with.
pub struct SignIn {
    /// The e-mail address, as it was typed.
    pub email: String,
    /// The password.
    pub password: SecretString,
    /// The code of their authenticator, if they have one.
    pub code: Option<SecretString>,
}

/// A new session.
pub struct SignedIn {
    /// The session itself: this is its only copy.
    pub token: Token,
    /// Whose it is.
    pub account: AccountId,
    /// What they may do.
    pub role: Role,
    /// When it ends, however much it is used.
    pub expires_at: Time,
}

/// What became of a wish for an account.
pub enum SignedUp {
    /// It is open.
    Opened(AccountId),
    /// Whoever reads the address's mail can open it, unless it has one.
    Asked,
}

/// Opens a customer's account for somebody at `address`; where there is a mail server, has them asked by
/// mail first, and says nothing of whether the address has one. Refused: [`Refusal::SignUpClosed`],
/// [`Refusal::TooManyAttempts`], [`Refusal::Taken`], [`Refusal::FieldInvalid`].
pub async fn sign_up(
    panel: &Panel,
    address: Option<IpAddr>,
    email: Email,
    password: NewPassword,
    name: Option<String>,
) -> Result<SignedUp> {
    if !panel.config.sign_up_open {
        return Err(Refusal::SignUpClosed.into());
    }
    panel.gate.throttle.sign_up(panel, address).await?;
    if panel.smtp.is_some() {
        opening::ask(panel, &email, &password, name.as_deref()).await?;
        return Ok(SignedUp::Asked);
    }
    let new = NewPerson {
        role: Role::Reseller,
        email,
        password,
        name,
    };
    let opened = register(panel, &Actor::stranger(address), new).await?;
    Ok(SignedUp::Opened(opened))
}

/// Has a link sent to an address by which a new password is chosen, if it has an account: that is found
/// out when the mail is sent, so that nobody who asks can tell. Refused: [`Refusal::TooManyAttempts`];
/// [`Refusal::Conflict`] without a mail server.
pub async fn ask_for_reset(panel: &Panel, address: Option<IpAddr>, email: &Email) -> Result<()> {
    if panel.smtp.is_none() {
        let why = "this panel sends no mail: ask its operator for a link to choose a password by";
        return Err(Refusal::Conflict {
            why: why.to_owned(),
        }
        .into());
    }
    panel.gate.throttle.reset(panel, address).await?;
    let tx = panel.db.begin().await?;
    let mail = NewMail::new(MailKind::Reset, email.as_str());
    mail::queue_one_in_tx(&tx, panel.now(), &mail).await?;
    Ok(tx.commit().await?)
}

/// Opens an account that somebody signs in to; a customer's has an empty wallet. Refused:
/// [`Refusal::Taken`], [`Refusal::FieldInvalid`].
pub async fn register(panel: &Panel, actor: &Actor, new: NewPerson) -> Result<AccountId> {
    let name = match &new.name {
        Some(name) => Name::parse(name)?,
        None => {
            let of = match new.role {
                Role::Reseller => "customer",
                Role::Support | Role::Operator => "staff",
            };
            Name::made(of, rand::random())
        }
    };
    let chosen = new.name.as_ref().map_or("", |_| name.text.as_str());
    let email = Some(new.email.as_str());
    new.password.apart_from("password", email, chosen)?;
    let hash = panel.gate.hasher.hash(&new.password).await?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let taken = || "an account with this e-mail address or name".to_owned();
    if let Some(clash) = naming::clash_in_tx(&tx, &name, new.role, None).await? {
        return Err(clash.refusal(&name, taken()).into());
    }
    let (email, hash) = (Some(&new.email), Some(hash.as_str()));
    let account = super::store::insert(&tx, now, new.role, &name, email, hash).await?;
    let Some(account) = account else {
        return Err(Refusal::Taken { what: taken() }.into());
    };
    if new.role == Role::Reseller {
        wallet::open_in_tx(&tx, account).await?;
    }
    let told = json!({"name": name.text, "email": new.email.as_str(), "role": new.role.word()});
    let entry = Entry::new(Deed::AccountCreated, format!("account:{account}")).became(told);
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(account)
}

/// Signs somebody at `address` in. An unknown address and a wrong password are answered alike, and
/// after the same time. Refused: [`Refusal::TooManyAttempts`], [`Refusal::SignInFailed`],
/// [`Refusal::TotpRequired`], [`Refusal::TooManyCodes`], [`Refusal::Suspended`].
pub async fn sign_in(panel: &Panel, address: Option<IpAddr>, with: SignIn) -> Result<SignedIn> {
    let email = with.email.trim().to_lowercase();
    let guess = panel.gate.throttle.guess(panel, &email, address).await?;
    // What cannot be an address belongs to nobody, and not every text can be asked for.
    let person = match Email::parse(&email) {
        Ok(email) => store::by_email(panel.db.read(), email.as_str()).await?,
        Err(_) => None,
    };
    let (person, better) = match compared(panel, person, &with.password).await? {
        (Some(person), better) => (person, better),
        (None, who) => return refused(panel, address, who.as_deref(), &guess).await,
    };
    if person.is_suspended {
        guess.give_back();
        return Err(Refusal::Suspended.into());
    }
    let seed = person.seed(panel)?;
    if seed.is_some() && with.code.is_none() {
        guess.give_back();
        return Err(Refusal::TotpRequired.into());
    }
    let tx = panel.db.begin().await?;
    if !has_still_its_password(&tx, &person).await? {
        drop(tx);
        return refused(panel, address, Some(&person.subject()), &guess).await;
    }
    if let (Some(seed), Some(code)) = (&seed, &with.code) {
        match step_in_tx(panel, &tx, &person, seed, code, address).await {
            Ok(Some(_)) => {}
            Ok(None) => return wrong_code(panel, tx, address, &person, &guess).await,
            Err(refused) => {
                // The password was right, and no code was looked at.
                guess.give_back();
                return Err(refused);
            }
        }
    }
    let signed_in = begin(panel, tx, address, &person, better).await?;
    guess.give_back();
    Ok(signed_in)
}

/// Whether `password` is the person's: with them and, if it is to be kept otherwise, the new hash;
/// without them if it is not, and the account's name in the log if there is one.
async fn compared(
    panel: &Panel,
    person: Option<Person>,
    password: &SecretString,
) -> Result<(Option<Person>, Option<String>)> {
    let kept = person
        .as_ref()
        .and_then(|person| person.password_hash.clone());
    let compared = panel.gate.hasher.compare(password, kept).await?;
    Ok(match (person, compared) {
        (Some(person), Compared::Right) => (Some(person), None),
        (Some(person), Compared::RightAfter(better)) => (Some(person), Some(better)),
        (person, _) => (None, person.map(|person| person.subject())),
    })
}

/// Writes that somebody could not sign in, and says so. What they typed is not kept: often enough
/// it is a password in the wrong field.
async fn refused<T>(
    panel: &Panel,
    address: Option<IpAddr>,
    whose: Option<&str>,
    guess: &Guess<'_>,
) -> Result<T> {
    let entry = Entry::new(Deed::SignInRefused, whose.unwrap_or("account:unknown"));
    refused_in_tx(panel, panel.db.begin().await?, address, entry, guess).await
}

/// The same of a wrong code behind the right password, which `tx` has counted.
pub(super) async fn wrong_code<T>(
    panel: &Panel,
    tx: Tx,
    address: Option<IpAddr>,
    person: &Person,
    guess: &Guess<'_>,
) -> Result<T> {
    let entry = Entry::new(Deed::SignInRefused, person.subject());
    let entry = entry.because("a wrong code, with the right password");
    refused_in_tx(panel, tx, address, entry, guess).await
}

async fn refused_in_tx<T>(
    panel: &Panel,
    tx: Tx,
    address: Option<IpAddr>,
    entry: Entry,
    guess: &Guess<'_>,
) -> Result<T> {
    let (now, actor) = (panel.now(), Actor::stranger(address));
    guess.keep_in_tx(&tx, now).await?;
    audit::record_in_tx(&tx, &panel.secrets, now, &actor, entry).await?;
    tx.commit().await?;
    Err(guess.refusal().into())
}

async fn begin(
    panel: &Panel,
    tx: Tx,
    address: Option<IpAddr>,
    person: &Person,
    better: Option<String>,
) -> Result<SignedIn> {
    let now = panel.now();
    let (account, role) = (person.id, person.role);
    let token = Token::generate(TokenKind::Session);
    let digest = TokenDigest::of_token(&panel.secrets, &token);
    let expires_at = now.plus_ms(SESSION_LIFE_MS);
    if let Some(hash) = better {
        store::set_password(&tx, account, &hash).await?;
    }
    known_networks::note_in_tx(&tx, now, account, address).await?;
    let session = store::begin_session(&tx, now, account, digest, expires_at, address).await?;
    let ended = store::end_oldest_sessions(&tx, now, account, MOST_SESSIONS).await?;
    let actor = Actor::account(account, role, address);
    let entry = Entry::new(Deed::SignedIn, person.subject());
    let entry = entry.became(match ended {
        0 => json!({"session_id": session.0}),
        ended => json!({"session_id": session.0, "oldest_sessions_ended": ended}),
    });
    audit::record_in_tx(&tx, &panel.secrets, now, &actor, entry).await?;
    tx.commit().await?;
    Ok(SignedIn {
        token,
        account,
        role,
        expires_at,
    })
}

/// Whether the password that `person` has proved is still theirs, until the transaction ends: one that
/// was replaced meanwhile has ended every session, and none begins with it.
pub(super) async fn has_still_its_password(tx: &Tx, person: &Person) -> Result<bool> {
    super::store::register::lock(tx, person.id).await?;
    let kept = store::by_id(tx, person.id).await?;
    Ok(kept.is_some_and(|kept| kept.password_hash == person.password_hash))
}

/// Ends a session.
pub async fn sign_out(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    session: SessionId,
) -> Result<Time> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    store::end_session(&tx, now, session).await?;
    let entry = Entry::new(Deed::SignedOut, format!("account:{account}"));
    let entry = entry.was(json!({"session_id": session.0}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(now)
}

/// Gives `account` another password and ends all its sessions but `session`. Gives how many were
/// ended. Refused: [`Refusal::TooManyAttempts`], [`Refusal::SignInFailed`] if `old` is not the
/// present one.
pub async fn change_password(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    session: SessionId,
    old: &SecretString,
    new: &NewPassword,
) -> Result<u64> {
    let (person, guess) = proven(panel, actor, account, old).await?;
    new.apart_from("new_password", person.email.as_deref(), &person.name)?;
    let hash = panel.gate.hasher.hash(new).await?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    if !has_still_its_password(&tx, &person).await? {
        drop(tx);
        return refused(panel, actor.address, Some(&person.subject()), &guess).await;
    }
    store::set_password(&tx, account, &hash).await?;
    let ended = store::end_other_sessions(&tx, now, account, session).await?;
    super::store::links::end_what_waits(&tx, now, account).await?;
    let entry = Entry::new(Deed::PasswordChanged, format!("account:{account}"));
    let entry = entry.became(json!({"sessions_ended": ended}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    guess.give_back();
    Ok(ended)
}

/// The person of `account`, who has said their password again. A wrong one counts like one at
/// signing in: a session that somebody left open must not be a place to guess at.
pub(super) async fn proven<'p>(
    panel: &'p Panel,
    actor: &Actor,
    account: AccountId,
    password: &SecretString,
) -> Result<(Person, Guess<'p>)> {
    let person = store::by_id(panel.db.read(), account).await?;
    let person = person.ok_or(Refusal::Unknown { what: "account" })?;
    let email = person.email.clone().unwrap_or_default();
    let throttle = &panel.gate.throttle;
    let guess = throttle.guess(panel, &email, actor.address).await?;
    match compared(panel, Some(person), password).await? {
        (Some(person), _) => Ok((person, guess)),
        (None, whose) => refused(panel, actor.address, whose.as_deref(), &guess).await,
    }
}

impl Person {
    /// As the audit log names it.
    pub(super) fn subject(&self) -> String {
        format!("account:{}", self.id)
    }
}

impl Proof {
    /// The session, if that is what it is. Refused: [`Refusal::SessionNeeded`].
    pub fn session(self) -> std::result::Result<SessionId, Refusal> {
        match self {
            Proof::Session(session) => Ok(session),
            Proof::Key(_) => Err(Refusal::SessionNeeded),
        }
    }
}

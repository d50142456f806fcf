//! Another e-mail address: whoever changes it proves who they are and, where the panel sends mail, that they
//! read the new one's; whoever has the earlier one is told and can put it back for a week, and no password
//! is reset by mail for a day.

use std::net::IpAddr;

use secrecy::SecretString;
use serde_json::json;

use super::code_check::step_in_tx;
use super::links::{self, SIGN_UP_LIFE_MS};
use super::sessions::{has_still_its_password, proven, wrong_code};
use super::store::links as store;
use super::store::links::{AddressChange, AddressRequest};
use super::store::people::{self, Person};
use super::store::register::lock;
use super::{Email, notices};
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Error, Refusal, Result};
use crate::ids::AccountId;
use crate::mail::{self, MailKind, NewMail};
use crate::panel::Panel;

/// An address can be put back for so long.
pub(crate) const UNDO_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// An address that was asked for waits so long: for the mail server about a day, and then for who reads
/// the mail.
pub(crate) const ADDRESS_REQUEST_MS: i64 = 2 * SIGN_UP_LIFE_MS;

/// What somebody proves with that it is them, and what they want.
pub struct EmailChange {
    /// The new address.
    pub email: Email,
    /// Their password.
    pub password: SecretString,
    /// The code of their authenticator, if they have one.
    pub code: Option<SecretString>,
}

/// What became of a wish for another address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailChanged {
    /// It is in place.
    Done,
    /// It comes into place once whoever reads its mail has followed the link in it.
    Asked,
}

/// Gives `account` another address; where there is a mail server, only once somebody who reads its mail
/// has said so. Refused: [`Refusal::SignInFailed`], [`Refusal::TotpRequired`],
/// [`Refusal::TooManyAttempts`], [`Refusal::TooManyCodes`]; [`Refusal::Taken`] where there is none;
/// [`Refusal::Conflict`] for the address that it has.
pub async fn change_email(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    with: EmailChange,
) -> Result<EmailChanged> {
    let (person, guess) = proven(panel, actor, account, &with.password).await?;
    let seed = person.seed(panel)?;
    if seed.is_some() && with.code.is_none() {
        guess.give_back();
        return Err(Refusal::TotpRequired.into());
    }
    if person.email.as_deref() == Some(with.email.as_str()) {
        guess.give_back();
        let why = format!("{} is your address already", with.email);
        return Err(Refusal::Conflict { why }.into());
    }
    // A mail is caused, or told whether an address is taken: no more often than when signing up.
    panel.gate.throttle.sign_up(panel, actor.address).await?;
    let (now, tx) = (panel.now(), panel.db.begin().await?);
    if !has_still_its_password(&tx, &person).await? {
        return Err(Refusal::SignInFailed.into());
    }
    if let (Some(seed), Some(code)) = (&seed, &with.code) {
        match step_in_tx(panel, &tx, &person, seed, code, actor.address).await {
            Ok(Some(_)) => {}
            Ok(None) => return wrong_code(panel, tx, actor.address, &person, &guess).await,
            Err(refused) => {
                // The password was right, and no code was looked at.
                guess.give_back();
                return Err(refused);
            }
        }
    }
    let changed = if panel.smtp.is_some() {
        ask_in_tx(panel, &tx, now, actor, &person, &with.email).await?;
        EmailChanged::Asked
    } else {
        replace_in_tx(panel, &tx, now, actor, &person, &with.email).await?;
        people::doubt_email(&tx, account).await?;
        EmailChanged::Done
    };
    tx.commit().await?;
    guess.give_back();
    Ok(changed)
}

/// Has a mail sent to the new address, with a link by which it comes into place. Whether another account
/// has it is found out when the mail is sent, so that nobody who asks can tell.
async fn ask_in_tx(
    panel: &Panel,
    tx: &Tx,
    now: Time,
    actor: &Actor,
    person: &Person,
    email: &Email,
) -> Result<()> {
    let new = AddressRequest {
        account: person.id,
        email: email.as_str().to_owned(),
        expires_at: now.plus_ms(ADDRESS_REQUEST_MS),
    };
    let request = store::insert_address_request(tx, now, &new).await?;
    let mail = NewMail {
        address_request: Some(request),
        ..NewMail::new(MailKind::ConfirmAddress, email.as_str()).about(person.id)
    };
    mail::queue_in_tx(tx, now, &mail).await?;
    // The log is for ever: the address may be somebody else's.
    let entry = Entry::new(Deed::EmailChangeAsked, person.subject());
    audit::record_in_tx(tx, &panel.secrets, now, actor, entry).await
}

/// Puts an address in place that was asked for, for who reads its mail and knows the account's password: who
/// opens the link may be somebody else, whose address was mistyped or named on purpose. Refused:
/// [`Refusal::Unknown`] of a link that was spent, and of a suspended account; [`Refusal::FieldInvalid`] for
/// another password, which spends nothing; [`Refusal::Taken`] if another account has the address by now;
/// [`Refusal::TooManyAttempts`].
pub(super) async fn confirm(
    panel: &Panel,
    from: Option<IpAddr>,
    request: i64,
    password: &SecretString,
) -> Result<()> {
    let found = store::address_request(panel.db.read(), request).await?;
    let account = found.ok_or_else(links::unknown)?.account;
    let actor = Actor::stranger(from);
    let wrong = || Refusal::FieldInvalid {
        field: "password",
        expected: "the password of the account that is to have this address",
    };
    let proved = proven(panel, &actor, account, password).await;
    let (person, guess) = proved.map_err(|fault| match fault {
        Error::Refused(Refusal::SignInFailed) => wrong().into(),
        other @ (Error::Refused(_) | Error::Failed(_)) => other,
    })?;
    let (now, tx) = (panel.now(), panel.db.begin().await?);
    // It locks the account: another address may be asked for, or another password chosen.
    if person.email.is_none()
        || person.is_suspended
        || !has_still_its_password(&tx, &person).await?
    {
        return Err(links::unknown().into());
    }
    let found = store::lock_address_request(&tx, request).await?;
    let email = Email::parse(&found.ok_or_else(links::unknown)?.email)?;
    // The link goes with it.
    store::delete_address_request(&tx, account).await?;
    replace_in_tx(panel, &tx, now, &actor, &person, &email).await?;
    people::prove_email(&tx, account).await?;
    tx.commit().await?;
    guess.give_back();
    Ok(())
}

/// Gives a person another address, tells them and whoever has the earlier one. Refused:
/// [`Refusal::Taken`].
async fn replace_in_tx(
    panel: &Panel,
    tx: &Tx,
    now: Time,
    actor: &Actor,
    person: &Person,
    email: &Email,
) -> Result<()> {
    let account = person.id;
    let taken = || "an account with this e-mail address".to_owned();
    if store::is_kept(tx, now, email.as_str(), Some(account)).await? {
        return Err(Refusal::Taken { what: taken() }.into());
    }
    let written = people::set_email(tx, account, email).await;
    written.map_err(|fault| fault.or_taken(taken))?;
    store::end_what_waits(tx, now, account).await?;
    let mut message = format!(
        "Your e-mail address is {email} from now on. For 24 hours no password is reset by mail."
    );
    if let Some(old) = &person.email {
        let undo_until = now.plus_ms(UNDO_MS);
        let change = AddressChange {
            account,
            old_email: old.clone(),
            created_at: now,
            undo_until,
        };
        let id = store::insert_change(tx, &change).await?;
        let mail = NewMail {
            address_change: Some(id),
            ..NewMail::new(MailKind::AddressReplaced, old).about(account)
        };
        links::tell_in_tx(panel, tx, now, &mail).await?;
        if panel.smtp.is_some() {
            message = format!(
                "{message} The earlier one was told, and can be put back until {undo_until}."
            );
        }
    }
    notices::tell_in_tx(tx, now, account, &message).await?;
    let entry = Entry::new(Deed::EmailChanged, person.subject())
        .was(json!({"email": person.email}))
        .became(json!({"email": email.as_str()}));
    audit::record_in_tx(tx, &panel.secrets, now, actor, entry).await
}

/// Puts an earlier address back, with all changes after it undone and every session ended. Who replaced
/// it knows the password: that is not good any more, nor are keys and a second factor that came since.
/// Refused:
/// [`Refusal::Unknown`] of a link that was spent; [`Refusal::Taken`] if another account has the address
/// by now.
pub(super) async fn restore(
    panel: &Panel,
    from: Option<IpAddr>,
    link: i64,
    change: i64,
) -> Result<()> {
    let found = store::change(panel.db.read(), change).await?;
    let found = found.ok_or_else(links::unknown)?;
    let (now, account) = (panel.now(), found.account);
    let tx = panel.db.begin().await?;
    lock(&tx, account).await?;
    // An earlier change, and this one with it, may have been undone meanwhile.
    let found = store::change(&tx, change).await?;
    let found = found.ok_or_else(links::unknown)?;
    let person = people::by_id(&tx, account)
        .await?
        .ok_or_else(links::unknown)?;
    // Who was removed meanwhile has no address any more.
    if person.email.is_none() {
        return Err(links::unknown().into());
    }
    let email = Email::parse(&found.old_email)?;
    let taken = || "another account with this e-mail address".to_owned();
    let written = people::set_email(&tx, account, &email).await;
    written.map_err(|fault| fault.or_taken(taken))?;
    people::prove_email(&tx, account).await?;
    // Whoever replaced it knows the password, and may have made ways of their own since then.
    people::take_back_since(&tx, now, account, found.created_at).await?;
    let ended = people::end_sessions(&tx, now, account).await?;
    if !store::spend(&tx, now, link).await? {
        return Err(links::unknown().into());
    }
    store::end_what_waits(&tx, now, account).await?;
    store::undo_changes(&tx, now, account, change).await?;
    let message = format!(
        "Your e-mail address is {email} again. All sessions have ended, your password is not good any \
         more, and API keys and an authenticator that came since it was replaced are gone: ask for a \
         new password."
    );
    notices::tell_in_tx(&tx, now, account, &message).await?;
    let told = NewMail::new(MailKind::AddressRestored, email.as_str()).about(account);
    links::tell_in_tx(panel, &tx, now, &told).await?;
    let entry = Entry::new(Deed::EmailRestored, person.subject())
        .was(json!({"email": person.email}))
        .became(json!({"email": email.as_str(), "sessions_ended": ended}));
    let actor = Actor::stranger(from);
    audit::record_in_tx(&tx, &panel.secrets, now, &actor, entry).await?;
    tx.commit().await?;
    Ok(())
}

//! Opening accounts by mail: whoever asks for one is answered alike, whether the address has one or not,
//! and the account is opened by who can read the address's mail and knows the password that was chosen.

use std::net::IpAddr;

use serde_json::json;

use super::links::{self, SIGN_UP_LIFE_MS};
use super::names::Name;
use super::naming;
use super::password::Compared;
use super::store::links as store;
use super::store::links::SignUp;
use super::{Email, NewPassword};
use crate::actor::{Actor, Role};
use crate::audit::{self, Deed, Entry};
use crate::error::{Refusal, Result};
use crate::ids::AccountId;
use crate::mail::{self, MailKind, NewMail};
use crate::panel::Panel;
use crate::wallet;
use secrecy::SecretString;

/// Has a link sent to an address by which an account is opened. Whether there is one already is found out
/// when the mail is sent. Refused: [`Refusal::Taken`] for a name, [`Refusal::FieldInvalid`].
pub(super) async fn ask(
    panel: &Panel,
    email: &Email,
    password: &NewPassword,
    name: Option<&str>,
) -> Result<()> {
    let name = name.map(Name::parse).transpose()?;
    let chosen = name.as_ref().map_or("", |name| name.text.as_str());
    password.apart_from("password", Some(email.as_str()), chosen)?;
    let new = SignUp {
        email: email.as_str().to_owned(),
        name: name.as_ref().map(|name| name.text.clone()),
        password_hash: panel.gate.hasher.hash(password).await?,
    };
    let (now, tx) = (panel.now(), panel.db.begin().await?);
    if let Some(name) = &name
        && let Some(clash) = naming::clash_in_tx(&tx, name, Role::Reseller, None).await?
    {
        let taken = format!("an account named {}", name.text);
        return Err(clash.refusal(name, taken).into());
    }
    // It waits for the mail server for about a day, and then for who reads the mail.
    let expires_at = now.plus_ms(2 * SIGN_UP_LIFE_MS);
    let sign_up = store::insert_sign_up(&tx, now, &new, expires_at).await?;
    let mail = NewMail {
        sign_up: Some(sign_up),
        ..NewMail::new(MailKind::SignUp, email.as_str())
    };
    mail::queue_in_tx(&tx, now, &mail).await?;
    Ok(tx.commit().await?)
}

/// Opens the account that a link is about, for who knows the password. Refused: [`Refusal::Unknown`] of a
/// link that was spent; [`Refusal::FieldInvalid`] for another password; [`Refusal::Taken`] if the address
/// has an account by now; [`Refusal::TooManyAttempts`].
pub(super) async fn open(
    panel: &Panel,
    from: Option<IpAddr>,
    link: i64,
    sign_up: i64,
    password: &SecretString,
) -> Result<AccountId> {
    let new = store::sign_up(panel.db.read(), sign_up).await?;
    let new = new.ok_or_else(links::unknown)?;
    let guess = panel.gate.throttle.guess(panel, &new.email, from).await?;
    let kept = Some(new.password_hash.clone());
    let compared = panel.gate.hasher.compare(password, kept).await?;
    let (now, tx) = (panel.now(), panel.db.begin().await?);
    if matches!(compared, Compared::Wrong) {
        guess.keep_in_tx(&tx, now).await?;
        tx.commit().await?;
        let expected = "the password that you chose when you asked for the account";
        return Err(Refusal::FieldInvalid {
            field: "password",
            expected,
        }
        .into());
    }
    // Two who open an account with one address wait here for each other, and not with half of it done.
    store::lock_sign_ups(&tx, &new.email).await?;
    if !store::spend(&tx, now, link).await? {
        return Err(links::unknown().into());
    }
    let made = || Name::made("customer", rand::random());
    let mut name = new.name.as_deref().map_or_else(made, Name::of);
    // Somebody else was given the name meanwhile: another can be had from an operator.
    if naming::clash_in_tx(&tx, &name, Role::Reseller, None)
        .await?
        .is_some()
    {
        name = made();
    }
    let (email, hash) = (Email::parse(&new.email)?, new.password_hash.as_str());
    let taken = || Refusal::Taken {
        what: "an account with this e-mail address".to_owned(),
    };
    if store::is_kept(&tx, now, email.as_str(), None).await? {
        return Err(taken().into());
    }
    let role = Role::Reseller;
    let account = super::store::insert(&tx, now, role, &name, Some(&email), Some(hash)).await?;
    let account = account.ok_or_else(taken)?;
    wallet::open_in_tx(&tx, account).await?;
    store::delete_sign_ups(&tx, &new.email).await?;
    let told = json!({"name": name.text, "email": email.as_str(), "role": role.word()});
    let entry = Entry::new(Deed::AccountCreated, format!("account:{account}")).became(told);
    let actor = Actor::stranger(from);
    audit::record_in_tx(&tx, &panel.secrets, now, &actor, entry).await?;
    tx.commit().await?;
    guess.give_back();
    Ok(account)
}

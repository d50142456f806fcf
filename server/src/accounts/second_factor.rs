//! Codes as the second thing to sign in with: turning them on and off.

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::code_check::step_in_tx;
use super::sessions::{proven, wrong_code};
use super::store::links::delete_address_request;
use super::store::people as store;
use super::store::people::Person;
use super::store::register::lock;
use super::totp;
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::error::{Refusal, Result};
use crate::ids::AccountId;
use crate::panel::Panel;

impl Person {
    /// The seed of their codes, if they need one to sign in.
    pub(super) fn seed(&self, panel: &Panel) -> Result<Option<SecretString>> {
        match &self.totp_sealed {
            Some(sealed) if self.totp_confirmed_at.is_some() => {
                Ok(Some(panel.secrets.open(&seed_place(self.id), sealed)?))
            }
            Some(_) | None => Ok(None),
        }
    }
}

fn seed_place(account: AccountId) -> String {
    format!("accounts|totp_sealed|{account}")
}

/// A seed for an authenticator, shown once.
pub struct NewSeed {
    /// The seed in base32, to type.
    pub secret: SecretString,
    /// The same as an `otpauth:` address, to show as a QR code.
    pub address: SecretString,
}

/// Makes a seed for codes, which [`confirm_totp`] turns on; one that was never confirmed is
/// replaced. Refused: [`Refusal::Conflict`] if codes are on.
pub async fn begin_totp(panel: &Panel, account: AccountId) -> Result<NewSeed> {
    let secret = totp::new_seed();
    let sealed = panel
        .secrets
        .seal(&seed_place(account), secret.expose_secret());
    let tx = panel.db.begin().await?;
    let person = store::by_id(&tx, account).await?;
    let person = person.ok_or(Refusal::Unknown { what: "account" })?;
    if !store::offer_seed(&tx, account, &sealed).await? {
        return Err(is_on().into());
    }
    tx.commit().await?;
    let shown = person.email.unwrap_or(person.name);
    Ok(NewSeed {
        address: totp::address(&secret, &shown)?,
        secret,
    })
}

/// Turns codes on, once somebody has shown that their authenticator makes the right ones: from then
/// on signing in needs one. Refused: [`Refusal::Conflict`], [`Refusal::FieldInvalid`],
/// [`Refusal::TooManyCodes`].
pub async fn confirm_totp(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    code: &SecretString,
) -> Result<()> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    lock(&tx, account).await?;
    let person = store::by_id(&tx, account).await?;
    let person = person.ok_or(Refusal::Unknown { what: "account" })?;
    let begin = "there is no seed to confirm: begin with account_totp_begin".to_owned();
    let sealed = person.totp_sealed.clone();
    let sealed = sealed.ok_or(Refusal::Conflict { why: begin })?;
    if person.totp_confirmed_at.is_some() {
        return Err(is_on().into());
    }
    let seed = panel.secrets.open(&seed_place(account), &sealed)?;
    let Some(step) = step_in_tx(panel, &tx, &person, &seed, code, actor.address).await? else {
        tx.commit().await?;
        return Err(Refusal::FieldInvalid {
            field: "code",
            expected: "the six digits that the authenticator shows now",
        }
        .into());
    };
    if !store::confirm_seed(&tx, now, account, &sealed, step).await? {
        return Err(is_on().into());
    }
    // Another address wants a code from now on.
    delete_address_request(&tx, account).await?;
    let entry = Entry::new(Deed::TotpChanged, format!("account:{account}"));
    let entry = entry
        .was(json!({"totp": false}))
        .became(json!({"totp": true}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(())
}

fn is_on() -> Refusal {
    Refusal::Conflict {
        why: "codes are on already: turn them off with account_totp_disable first".to_owned(),
    }
}

/// Turns codes off, for somebody who has said their password and a code. Refused:
/// [`Refusal::TooManyAttempts`], [`Refusal::TooManyCodes`], [`Refusal::SignInFailed`],
/// [`Refusal::Conflict`] if they are off.
pub async fn disable_totp(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    password: &SecretString,
    code: &SecretString,
) -> Result<()> {
    let (person, guess) = proven(panel, actor, account, password).await?;
    let now = panel.now();
    let Some(seed) = person.seed(panel)? else {
        guess.give_back();
        let why = "codes are off for this account".to_owned();
        return Err(Refusal::Conflict { why }.into());
    };
    let tx = panel.db.begin().await?;
    let right = match step_in_tx(panel, &tx, &person, &seed, code, actor.address).await {
        Ok(right) => right.is_some(),
        Err(refused) => {
            // The password was right, and no code was looked at.
            guess.give_back();
            return Err(refused);
        }
    };
    if !right {
        return wrong_code(panel, tx, actor.address, &person, &guess).await;
    }
    store::drop_seed(&tx, account).await?;
    let entry = Entry::new(Deed::TotpChanged, person.subject());
    let entry = entry
        .was(json!({"totp": true}))
        .became(json!({"totp": false}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    guess.give_back();
    Ok(())
}

//! Proving again who one is, in the middle of a session: before much money is moved, and before others
//! of the staff are changed.
//!
//! A session may lie open on a screen. With codes on it is a code that proves it, else the password; a
//! wrong one counts like one at signing in.

use secrecy::SecretString;
use serde_json::json;

use super::code_check::step_in_tx;
use super::sessions::{proven, wrong_code};
use super::store::people as store;
use crate::actor::{Actor, CONFIRMED_MS};
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, SessionId};
use crate::panel::Panel;

/// What somebody proves it with.
pub struct Confirmation {
    /// Their password, if they have no codes.
    pub password: Option<SecretString>,
    /// The code of their authenticator, if they have one.
    pub code: Option<SecretString>,
}

/// Confirms that who uses `session` is its owner. Gives until when that counts. Refused:
/// [`Refusal::FieldInvalid`] without what proves it, [`Refusal::SignInFailed`],
/// [`Refusal::TooManyAttempts`], [`Refusal::TooManyCodes`].
pub async fn confirm(
    panel: &Panel,
    actor: &Actor,
    (account, session): (AccountId, SessionId),
    with: Confirmation,
) -> Result<Time> {
    let person = store::by_id(panel.db.read(), account).await?;
    let person = person.ok_or(Refusal::Unknown { what: "account" })?;
    let missing = |field, expected| Refusal::FieldInvalid { field, expected };
    let now = panel.now();
    let (guess, tx) = match (person.seed(panel)?, with.code, with.password) {
        (Some(seed), Some(code), _) => {
            let email = person.email.clone().unwrap_or_default();
            let guess = panel.gate.throttle.guess(panel, &email, actor.address);
            let guess = guess.await?;
            let tx = panel.db.begin().await?;
            match step_in_tx(panel, &tx, &person, &seed, &code, actor.address).await {
                Ok(Some(_)) => (guess, tx),
                Ok(None) => return wrong_code(panel, tx, actor.address, &person, &guess).await,
                Err(refused) => {
                    // No code was looked at.
                    guess.give_back();
                    return Err(refused);
                }
            }
        }
        (Some(_), None, _) => {
            let expected = "the six digits that your authenticator shows now: codes are on for you";
            return Err(missing("code", expected).into());
        }
        (None, _, Some(password)) => {
            let (_, guess) = proven(panel, actor, account, &password).await?;
            (guess, panel.db.begin().await?)
        }
        (None, _, None) => {
            let expected = "your password: codes are off for you";
            return Err(missing("password", expected).into());
        }
    };
    store::confirm_session(&tx, now, session).await?;
    let entry = Entry::new(Deed::Confirmed, person.subject());
    let entry = entry.became(json!({"session_id": session.0}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    guess.give_back();
    Ok(now.plus_ms(CONFIRMED_MS))
}

//! Looking at codes, under the bound of wrong ones for each account.
//!
//! Everything that looks at a code comes here, with the account locked until the wrong ones are counted,
//! so that many at once, on whatever servers, are not more than one after the other. Beyond the bound no
//! code is looked at, right or wrong; sessions and API keys go on. Networks where the account signed in
//! lately count apart, so that somebody who knows the password does not keep its owner out.

use std::net::IpAddr;

use secrecy::SecretString;

use super::known_networks::{self, SignInNetwork};
use super::rules::{codes_open_at, longest_window_ms};
use super::store::attempts as store;
use super::store::people::{self, Person};
use super::store::register::lock;
use super::{notices, totp};
use crate::actor::Role;
use crate::alerts::{self, Alert, AlertKind};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Refusal, Result};
use crate::panel::Panel;

/// The time step that `code` is right for, which is used by that. `None` if it is wrong: then it is
/// counted, and the transaction must be committed. Refused: [`Refusal::TooManyCodes`].
pub(super) async fn step_in_tx(
    panel: &Panel,
    tx: &Tx,
    person: &Person,
    seed: &SecretString,
    code: &SecretString,
    address: Option<IpAddr>,
) -> Result<Option<i64>> {
    lock(tx, person.id).await?;
    let now = panel.now();
    let bound = Bound::read(panel, tx, person, now, address).await?;
    bound.check(now)?;
    let step = match totp::step_of(seed, code, now)? {
        Some(step) if people::use_step(tx, person.id, step).await? => Some(step),
        Some(_) | None => None,
    };
    if step.is_none() {
        bound.count_in_tx(tx, person, now, address).await?;
    }
    Ok(step)
}

/// The wrong codes of an account that count where somebody is.
struct Bound<'p> {
    panel: &'p Panel,
    known: Option<SignInNetwork>,
    /// Newest first.
    earlier: Vec<Time>,
}

impl<'p> Bound<'p> {
    async fn read(
        panel: &'p Panel,
        tx: &Tx,
        person: &Person,
        now: Time,
        address: Option<IpAddr>,
    ) -> Result<Bound<'p>> {
        let known = known_networks::known_in_tx(tx, now, person.id, address).await?;
        let since = now.plus_ms(-longest_window_ms(&panel.config.limit_codes));
        let earlier = store::wrong_codes(tx, person.id, known.as_ref(), since).await?;
        Ok(Bound {
            panel,
            known,
            earlier,
        })
    }

    fn open_at(&self, now: Time) -> Option<Time> {
        codes_open_at(&self.panel.config.limit_codes, &self.earlier, now)
    }

    fn check(&self, now: Time) -> std::result::Result<(), Refusal> {
        let Some(open_at) = self.open_at(now) else {
            return Ok(());
        };
        let wait_ms = u64::try_from(open_at.ms_since(now)).unwrap_or_default();
        Err(Refusal::TooManyCodes {
            retry_after_s: wait_ms.div_ceil(1_000).max(1),
        })
    }

    /// Counts a wrong code; with the last one before the bound, the owner is told, and of staff the
    /// panel's operators are too.
    async fn count_in_tx(
        mut self,
        tx: &Tx,
        person: &Person,
        now: Time,
        address: Option<IpAddr>,
    ) -> Result<()> {
        store::insert_wrong_code(tx, now, person.id, self.known.as_ref()).await?;
        self.earlier.insert(0, now);
        let Some(open_at) = self.open_at(now) else {
            return Ok(());
        };
        let (count, bound) = (self.earlier.len(), &self.panel.config.limit_codes);
        let last = address.map_or_else(|| "somewhere".to_owned(), |last| last.to_string());
        let from = self.known.as_ref().map_or(
            "networks where you have not signed in within 30 days",
            SignInNetwork::as_str,
        );
        let message = format!(
            "{count} wrong codes of an authenticator were entered for your account, the last from \
             {last}; the bound is {bound}. Until {open_at} no code from {from} is looked at. Your \
             sessions and API keys go on. If it was not you, somebody may know your password: \
             change it."
        );
        notices::tell_in_tx(tx, now, person.id, &message).await?;
        match person.role {
            Role::Reseller => Ok(()),
            role @ (Role::Support | Role::Operator) => {
                let message = format!(
                    "{count} wrong codes of an authenticator were entered for account {} ({role} \
                     {}), the last from {last}: somebody may know the password",
                    person.id, person.name
                );
                let raised = Alert::new(
                    AlertKind::CodesGuessed,
                    format!("account {}", person.id),
                    message,
                );
                alerts::raise_in_tx(tx, now, vec![raised]).await
            }
        }
    }
}

//! What is held about one person: written out for them, and erased.
//!
//! Nothing here is a rule of a noun of its own: it goes over the tables of all of them, with statements
//! of its own, as the copy and the check do. Erasing leaves every amount, time, number and state as it
//! is, so that ledger, audit log and `check` stay whole; it takes what says who somebody is and what they
//! wrote. Links become keyed digests: orders on one link are still told to be on one. What is a digest
//! without a key, which whoever guesses the text could make, is gone or becomes a keyed one.
//!
//! What stays, because a chain covers it or because it is why money moved: rows of the audit log, and
//! what staff wrote as the reason of a credit, a correction, a suspension or a chargeback.

use serde_json::json;

use crate::accounts;
use crate::actor::{Actor, Role};
use crate::audit::{self, Deed, Entry};
use crate::db::Tx;
use crate::error::{Refusal, Result};
use crate::ids::AccountId;
use crate::panel::Panel;
use crate::secrets::Secrets;
use crate::{wallet, wording};

mod held;
mod mentions;
mod others;
mod store;

pub use held::{Export, Row, export};

/// What an erasure has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Erased {
    /// Orders whose links are digests now, imported ones too.
    pub orders: usize,
    /// Whether it had been erased before.
    pub before: bool,
}

/// What keeps an account from being erased; nothing if it is empty.
pub async fn hindrances(panel: &Panel, account: AccountId) -> Result<Vec<String>> {
    let snapshot = panel.db.snapshot().await?;
    let found = store::hindrances(&snapshot, account).await?;
    snapshot.commit().await?;
    Ok(found)
}

/// Erases what is personal of a customer: in one transaction, so that it is all or nothing. Again is
/// fine and changes nothing. Refused: [`Refusal::Unknown`], [`Refusal::Conflict`] while something is
/// open, [`Refusal::FieldInvalid`]; [`Refusal::ConfirmationNeeded`], and [`Refusal::SessionNeeded`] of a
/// key: there is no way back.
pub async fn erase(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    reason: &str,
) -> Result<Erased> {
    actor.only_operators()?;
    let reason = wording::reason(reason)?;
    let now = panel.now();
    actor.only_confirmed(now)?;
    let tx = panel.db.begin().await?;
    // In the order of `db`: cases, what is of the account, its wallet, and the account itself. From the
    // wallet on nothing is placed and nothing is credited.
    let mut said = store::who(&tx, account).await?.said;
    said.addresses = store::addresses(&tx, account).await?;
    for table in store::LINKED {
        let mut links = store::links(&tx, table, account, i64::MIN).await?;
        while let Some(last) = links.last() {
            let after = last.order;
            said.links.extend(links.into_iter().map(|one| one.link));
            links = store::links(&tx, table, account, after).await?;
        }
    }
    said.lock_and_erase_cases(&tx, account).await?;
    store::lock_before_wallet(&tx, account).await?;
    store::end_watches_of_others(&tx, account).await?;
    wallet::balances_in_tx(&tx, &[account]).await?;
    accounts::lock_in_tx(&tx, account).await?;
    store::lock_after_account(&tx, account).await?;
    match accounts::role_of(&tx, account).await? {
        Some(Role::Reseller) => {}
        Some(Role::Support | Role::Operator) => {
            let why = "staff are not erased: `operator remove` ends what they may".to_owned();
            return Err(Refusal::Conflict { why }.into());
        }
        None => return Err(Refusal::Unknown { what: "account" }.into()),
    }
    let who = store::who(&tx, account).await?;
    if who.is_erased {
        tx.rollback().await?;
        return Ok(Erased {
            orders: 0,
            before: true,
        });
    }
    let hindrances = store::hindrances(&tx, account).await?;
    if !hindrances.is_empty() {
        let why = format!(
            "account {account} cannot be erased yet: {}",
            hindrances.join("; ")
        );
        return Err(Refusal::Conflict { why }.into());
    }
    accounts::shut_out_in_tx(&tx, now, account).await?;
    // What it is called may have changed until it was locked.
    said.names.extend(who.said.names);
    let secrets = &panel.secrets;
    let orders = erase_links(&tx, secrets, account).await?;
    store::erase_texts(&tx, secrets, now, account).await?;
    said.forget_addresses(&tx, secrets).await?;
    said.erase(&tx).await?;
    let entry = Entry::new(Deed::AccountErased, format!("account:{account}"))
        .because(reason)
        .became(json!({"orders": orders}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(Erased {
        orders,
        before: false,
    })
}

/// Makes digests of the links of all orders. Gives how many there were.
async fn erase_links(tx: &Tx, secrets: &Secrets, account: AccountId) -> Result<usize> {
    let mut erased = 0;
    for table in store::LINKED {
        let mut links = store::links(tx, table, account, i64::MIN).await?;
        while let Some(last) = links.last() {
            let after = last.order;
            erased += links.len();
            for one in &mut links {
                one.link = secrets.stand_in(&one.link);
                one.number = secrets.stand_in_number(one.number);
            }
            store::write_links(tx, table, &links).await?;
            links = store::links(tx, table, account, after).await?;
        }
    }
    Ok(erased)
}

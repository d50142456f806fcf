//! The register of accounts, as those who run the panel keep it.

use serde_json::{Value, json};

use super::names::Name;
use super::{naming, store};
use crate::actor::{Actor, Role};
use crate::audit::{self, Deed, Entry};
use crate::clock::{Period, Time};
use crate::db::Db;
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, TierId};
use crate::limits::LimitTier;
use crate::money::{Money, Percent};
use crate::panel::Panel;

/// An account with what operators know of it.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its number.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Where its mail goes.
    pub email: Option<String>,
    /// What it is for.
    pub role: Role,
    /// Since when it is suspended.
    pub suspended_at: Option<Time>,
    /// Since when its new orders wait for a person before they are sent.
    pub held_at: Option<Time>,
    /// When it was removed from the staff.
    pub removed_at: Option<Time>,
    /// When it was made.
    pub created_at: Time,
    /// What all its keys together may spend a day.
    pub daily_cap: Option<Money>,
    /// The tier whose rates it pays; the catalogue's own without one.
    pub tier: Option<TierOfAccount>,
    /// Whether drops of its orders are refilled without being asked for, where they can be.
    pub automatic_refills: bool,
    /// Which limits its keys have; those of the settings without.
    pub limits: Option<LimitTier>,
    /// What its wallet holds; staff have none.
    pub balance: Option<Money>,
    /// How many keys it has that are not revoked.
    pub keys: i64,
}

/// A tier as an account has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierOfAccount {
    /// Its number.
    pub id: TierId,
    /// Its name.
    pub name: String,
    /// What it adds to the catalogue's rates.
    pub percent: Percent,
}

/// Which accounts a list has: all that match everything given.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// A part of the name or of the e-mail address, or the number.
    pub text: Option<String>,
    /// Accounts of this role.
    pub role: Option<Role>,
    /// Suspended accounts, or the others.
    pub suspended: Option<bool>,
    /// Accounts that were made in this period.
    pub created: Period,
}

/// The accounts behind `after` that match, by number, at most `limit`.
pub async fn list(
    db: &Db,
    search: &Search,
    after: AccountId,
    limit: usize,
) -> Result<Vec<Account>> {
    store::register::list(db.read(), search, after, limit).await
}

/// The account `id`. Refused: [`Refusal::Unknown`].
pub async fn view(db: &Db, id: AccountId) -> Result<Account> {
    let found = store::register::account(db.read(), id).await?;
    Ok(found.ok_or(Refusal::Unknown { what: "account" })?)
}

/// What is to be changed of an account; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Another name.
    pub name: Option<String>,
    /// Another tier, or none.
    pub tier: Option<Option<TierId>>,
    /// Another cap, or none.
    pub daily_cap: Option<Option<Money>>,
    /// Whether drops of its orders are refilled without being asked for.
    pub automatic_refills: Option<bool>,
    /// Other limits of its keys, or those of the settings.
    pub limits: Option<Option<LimitTier>>,
}

/// Changes an account; it holds on its next request. Gives it as it is after that. Refused:
/// [`Refusal::Unknown`] without such an account or tier, [`Refusal::Taken`] for another's name,
/// [`Refusal::FieldInvalid`], and [`Refusal::Conflict`] for a tier, a cap or refills of staff, and for
/// who was removed from it.
pub async fn change(
    panel: &Panel,
    actor: &Actor,
    id: AccountId,
    change: &Change,
) -> Result<Account> {
    let tx = panel.db.begin().await?;
    let unknown = || Refusal::Unknown { what: "account" };
    store::register::lock(&tx, id).await?;
    let was = store::register::account(&tx, id).await?;
    let mut became = was.clone().ok_or_else(unknown)?;
    if let Some(at) = became.removed_at {
        let why = format!("account {id} was removed from the staff at {at}");
        return Err(Refusal::Conflict { why }.into());
    }
    let mut new_name = None;
    if let Some(name) = &change.name {
        let name = Name::parse(name)?;
        if let Some(clash) = naming::clash_in_tx(&tx, &name, became.role, Some(id)).await? {
            return Err(clash.refusal(&name, account_of(&name.text)).into());
        }
        became.name.clone_from(&name.text);
        new_name = Some(name);
    }
    let buys =
        change.tier.is_some() || change.daily_cap.is_some() || change.automatic_refills.is_some();
    if became.role != Role::Reseller && buys {
        let why = format!("account {id} is of {}: only resellers buy", became.role);
        return Err(Refusal::Conflict { why }.into());
    }
    if let Some(tier) = change.tier {
        became.tier = match tier {
            Some(tier) => Some(store::tiers::of_account(&tx, tier).await?),
            None => None,
        };
    }
    if let Some(cap) = change.daily_cap {
        if cap.is_some_and(|cap| !cap.is_positive()) {
            return Err(Refusal::FieldInvalid {
                field: "daily_cap",
                expected: "above zero, or null for no cap",
            }
            .into());
        }
        became.daily_cap = cap;
    }
    if let Some(automatic) = change.automatic_refills {
        became.automatic_refills = automatic;
    }
    if let Some(limits) = change.limits {
        became.limits = limits;
    }
    // Of two at once, the second is told by the row of the first.
    let written = store::register::write(&tx, &became, new_name.as_ref()).await;
    written.map_err(|fault| fault.or_taken(|| account_of(&became.name)))?;
    let entry = Entry::new(Deed::AccountChanged, format!("account:{id}"))
        .was(was.as_ref().map(told).unwrap_or_default())
        .became(told(&became));
    audit::record_in_tx(&tx, &panel.secrets, panel.now(), actor, entry).await?;
    tx.commit().await?;
    Ok(became)
}

fn account_of(name: &str) -> String {
    format!("an account named {name}")
}

/// What of an account can be changed, as the audit log keeps it.
fn told(account: &Account) -> Value {
    json!({
        "name": account.name,
        "tier": account.tier.as_ref().map(|tier| &tier.name),
        "daily_cap": account.daily_cap.map(|cap| cap.to_string()),
        "automatic_refills": account.automatic_refills,
        "limits": account.limits.map(LimitTier::word),
    })
}

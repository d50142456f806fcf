//! Rate tiers: price lists of their own, each a percentage on the catalogue.
//!
//! An account pays `catalogue rate * (100 + percent) / 100`, rounded up to one micro-USD
//! ([`Rate::in_tier`](crate::money::Rate::in_tier)). A change holds on the next request; orders that
//! stand keep the rate that they were charged by.

use serde_json::{Value, json};

use super::store;
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::db::Db;
use crate::error::{Refusal, Result};
use crate::ids::TierId;
use crate::money::Percent;
use crate::panel::Panel;
use crate::wording::line;

/// A tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// Its number.
    pub id: TierId,
    /// Its name; unique.
    pub name: String,
    /// What it adds to the catalogue's rates.
    pub percent: Percent,
    /// When it was made.
    pub created_at: Time,
    /// How many accounts are in it.
    pub accounts: i64,
}

/// The tiers behind `after`, by number, at most `limit`.
pub async fn list(db: &Db, after: TierId, limit: usize) -> Result<Vec<Tier>> {
    store::tiers::list(db.read(), after, limit).await
}

/// The tier of that name, if there is one.
pub async fn find(db: &Db, name: &str) -> Result<Option<TierId>> {
    store::tiers::named(db.read(), name).await
}

/// Makes a tier, in which nobody is yet. Refused: [`Refusal::Taken`], [`Refusal::FieldInvalid`].
pub async fn create(panel: &Panel, actor: &Actor, name: &str, percent: Percent) -> Result<Tier> {
    let name = tier_name(name)?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    if store::tiers::named(&tx, name).await?.is_some() {
        return Err(taken(name).into());
    }
    // Of two at once, the second is told by the row of the first.
    let inserted = store::tiers::insert(&tx, now, name, percent).await;
    let id = inserted.map_err(|fault| fault.or_taken(|| tier_of(name)))?;
    let tier = Tier {
        id,
        name: name.to_owned(),
        percent,
        created_at: now,
        accounts: 0,
    };
    let entry = Entry::new(Deed::TierCreated, format!("tier:{id}")).became(told(&tier));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(tier)
}

/// Changes a tier's name or percentage; what is `None` stays. Gives it as it is after that.
/// Refused: [`Refusal::Unknown`], [`Refusal::Taken`], [`Refusal::FieldInvalid`].
pub async fn change(
    panel: &Panel,
    actor: &Actor,
    id: TierId,
    name: Option<&str>,
    percent: Option<Percent>,
) -> Result<Tier> {
    let tx = panel.db.begin().await?;
    let was = store::tiers::lock(&tx, id).await?;
    let was = was.ok_or(Refusal::Unknown { what: "tier" })?;
    let mut became = was.clone();
    if let Some(name) = name.map(tier_name).transpose()? {
        if store::tiers::named(&tx, name)
            .await?
            .is_some_and(|other| other != id)
        {
            return Err(taken(name).into());
        }
        became.name = name.to_owned();
    }
    became.percent = percent.unwrap_or(was.percent);
    let written = store::tiers::write(&tx, &became).await;
    written.map_err(|fault| fault.or_taken(|| tier_of(&became.name)))?;
    let entry = Entry::new(Deed::TierChanged, format!("tier:{id}"))
        .was(told(&was))
        .became(told(&became));
    audit::record_in_tx(&tx, &panel.secrets, panel.now(), actor, entry).await?;
    tx.commit().await?;
    Ok(became)
}

fn tier_name(name: &str) -> std::result::Result<&str, Refusal> {
    line("name", name, 64, "1 to 64 printable characters")
}

fn taken(name: &str) -> Refusal {
    let what = tier_of(name);
    Refusal::Taken { what }
}

fn tier_of(name: &str) -> String {
    format!("a tier named {name}")
}

fn told(tier: &Tier) -> Value {
    json!({"name": tier.name, "percent": tier.percent.to_string()})
}

//! After the database was put back from a backup: what the server that is lost did since then is
//! unknown, and must not be done twice.
//!
//! Nothing here is a rule of one noun: what waited to be sent becomes unknown, numbers that somebody
//! outside may know are not given again, and other panels are asked under another name.

use std::collections::BTreeMap;

use serde_json::json;

use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::db::{Assigned, raise_sequences};
use crate::error::{Refusal, Result};
use crate::heartbeat::{last_seen, living};
use crate::orders::{self, Doubted};
use crate::panel::{self, Panel};
use crate::refills;

/// By how much every number goes on higher: more than a panel gives between two backups.
pub const RAISED_BY: i64 = 1_000_000;

/// What was done about a database that was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// Runs of orders of which it is not known any more whether they were sent.
    pub doubted: Doubted,
    /// Requests for refills that were parked.
    pub refills: usize,
    /// After which number each kind of row goes on, by the name of its table.
    pub last_numbers: BTreeMap<String, i64>,
    /// The panel's name in requests to other panels, before and now.
    pub names: (String, String),
}

impl Marked {
    /// The number that the next row of `table` gets; none if it is not numbered by the panel.
    pub fn next_number(&self, table: &str) -> Option<i64> {
        self.last_numbers.get(table).map(|last| last + 1)
    }
}

/// Marks that the database was put back from a backup, in one transaction. Marking it again does no
/// harm: what is unknown stays so, numbers go on higher once more, and the panel has yet another name.
/// Refused: [`Refusal::Conflict`] while a server lives on it.
pub async fn mark(panel: &Panel, actor: &Actor) -> Result<Marked> {
    let tx = panel.db.begin().await?;
    if let Some(servers) = living(&panel.db, &panel.clock).await? {
        let why = servers.to_string();
        return Err(Refusal::Conflict { why }.into());
    }
    let now = panel.now();
    let names = panel::rename_in_tx(&tx, &panel.secrets).await?;
    // First, so that what is written below has numbers that nobody knows.
    raise_sequences(&tx, RAISED_BY).await?;
    for (table, last) in Assigned::read(&tx).await?.iter() {
        Assigned::continue_after(&tx, table, last + RAISED_BY).await?;
    }
    let since = last_seen(&tx).await?;
    let doubted = orders::doubt_in_tx(&tx, now, since).await?;
    let refills = refills::doubt_in_tx(&tx, now).await?;
    let mut last_numbers = BTreeMap::new();
    for (table, last) in Assigned::read(&tx).await?.iter() {
        last_numbers.insert(table.to_owned(), last);
    }
    // Of what is numbered by a sequence the database may assign numbers that nobody uses.
    last_numbers.extend(raise_sequences(&tx, 0).await?);
    let numbers = json!(last_numbers);
    let entry = Entry::new(Deed::RestoreMarked, "panel")
        .was(json!({ "instance": names.0 }))
        .became(json!({
            "instance": names.1,
            "unknown_dispatches": doubted.runs,
            "later_runs": doubted.later_runs,
            "parked_refills": refills,
            "last_numbers": numbers,
        }));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(Marked {
        doubted,
        refills,
        last_numbers,
        names,
    })
}

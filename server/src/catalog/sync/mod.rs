//! A provider's catalogue as it last was, and what changed in it.
//!
//! Owns the tables `provider_services` (the mirror), `sync_reports` and `sync_differences`. A reading
//! is compared in memory; only what changed is written, in pieces that leave room for orders between
//! them. Each piece reads what it changes again under the catalogue's lock and decides then, so that
//! it may be repeated, and a server that dies leaves nothing half done: what is missing is found
//! again by the next reading.
//!
//! An answer that is an error, no list or an empty one changes nothing. One in which most of what was
//! there is missing is not believed: half a list is more likely a fault than the end of a provider.
//! An operator who knows better says so.

use std::collections::HashMap;

use crate::actor::Actor;
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::clock::Time;
use crate::db::{PIECE, Pieces, Tx};
use crate::error::{Refusal, Result};
use crate::ids::ProviderId;
use crate::panel::Panel;
use crate::protocol::upstream::Catalogue;
use crate::vocabulary::words;

use super::rules::Listed;
use super::types::{self, UnknownType};
use super::{Exchange, Provider};

mod difference;
mod follow;
mod import;
mod listed;
mod read;
mod records;
mod reports;
mod store;

use difference::News;
use follow::{follow, sold};
pub use import::{Imported, Selection, import};
pub use listed::Skipped;
use read::{Read, printable};
pub use reports::{
    Difference, DifferenceFilter, Report, apply, differences, dismiss, report, reports,
};
pub(crate) use store::{Mirrored, mirrored};

words! {
    /// What changed.
    pub enum DifferenceKind {
        /// It costs more, and still less than it is sold for.
        Dearer = "dearer",
        /// It costs less.
        Cheaper = "cheaper",
        /// It costs more than it is sold for: the service was paused.
        BelowCost = "below_cost",
        /// The provider does not sell it any more, or as another type.
        Gone = "gone",
        /// The provider sells it again, or what a service was paused for has ended.
        Returned = "returned",
        /// Its smallest or largest quantity is another one.
        Limits = "limits",
        /// It has another name.
        Renamed = "renamed",
    }
}

words! {
    /// What became of a difference.
    pub enum DifferenceState {
        /// Nobody has decided it.
        Open = "open",
        /// The service follows it.
        Applied = "applied",
        /// The service stays as it is.
        Dismissed = "dismissed",
        /// A later one took its place, or it was undone by the provider.
        Superseded = "superseded",
    }
}

/// How many services are changed in one transaction: with their offers and differences they stay
/// below [`PIECE`] rows.
const SERVICES_A_PIECE: usize = PIECE / 5;
/// From how many missing rows on an answer may be absurd.
const ABSURD_FROM: usize = 10;
/// Why a reading, or what is left of it, is not recorded: its costs were converted at a rate that
/// counts no more.
const MOVED: &str = "its price basis or exchange rate was changed while it was read: if it is \
                     followed, it is read again at once";
/// How much longer than the provider's time-outs a reading may take.
const LEASE_MARGIN_MS: i64 = 5 * 60 * 1_000;

/// The service of this id in a catalogue, if it can be sold.
pub fn find(catalogue: Catalogue, exchange: &Exchange, id: &str) -> Option<Listed> {
    let (rows, _) = listed::listed(catalogue, exchange);
    rows.into_iter().find(|row| row.provider_service == id)
}

/// The right to read a provider's catalogue, until it runs out.
#[derive(Debug, Clone, Copy)]
pub struct Lease(Time);

/// What was read and recorded.
#[derive(Debug)]
pub struct Recorded {
    /// The report.
    pub report: Report,
    /// What the provider sells; nothing if the answer was not taken.
    pub rows: Vec<Listed>,
    /// What was not taken of it.
    pub skipped: Skipped,
    /// Words for types that nobody has applied a type to.
    pub unknown_types: Vec<UnknownType>,
}

fn lease_of(provider: &Provider, now: Time) -> Lease {
    Lease(now.plus_ms(longest_lease_ms(provider.timeout_ms)))
}

/// How long a reading has, of a provider with this time-out: it is asked two questions, for the
/// balance and for the services.
pub(crate) fn longest_lease_ms(timeout_ms: i64) -> i64 {
    timeout_ms.saturating_mul(2).saturating_add(LEASE_MARGIN_MS)
}

/// Takes the reading of a provider whose catalogue is due and which no other server reads.
pub async fn take_due(panel: &Panel) -> Result<Option<(Provider, Lease)>> {
    let now = panel.now();
    let Some(due) = store::due(panel.db.read(), now).await? else {
        return Ok(None);
    };
    let provider = super::provider(&panel.db, &panel.secrets, due).await?;
    let lease = lease_of(&provider, now);
    let tx = panel.db.begin().await?;
    let taken = store::take(&tx, provider.id, now, lease.0, Some(now)).await?;
    tx.commit().await?;
    Ok(taken.then_some((provider, lease)))
}

/// Takes the reading of `provider` now. Refused: [`Refusal::Conflict`] while it is being read.
pub async fn take(panel: &Panel, actor: &Actor, provider: &Provider) -> Result<Lease> {
    actor.only_operators()?;
    let now = panel.now();
    let lease = lease_of(provider, now);
    let tx = panel.db.begin().await?;
    let taken = store::take(&tx, provider.id, now, lease.0, None).await?;
    tx.commit().await?;
    if taken {
        return Ok(lease);
    }
    let why = format!(
        "the catalogue of {} is being read at this moment: ask again when it has been",
        provider.name
    );
    Err(Refusal::Conflict { why }.into())
}

/// Records a reading of a provider's catalogue, or why there is none. With `believe`, a catalogue of
/// which most is missing is believed.
pub async fn record(
    panel: &Panel,
    provider: &Provider,
    lease: Lease,
    read: std::result::Result<Catalogue, String>,
    believe: bool,
) -> Result<Recorded> {
    let started = panel.now();
    let (read, error) = match read {
        Ok(catalogue) => (Some(Read::of(provider, catalogue)), None),
        Err(why) => (None, Some(printable(&why))),
    };
    let error = error.or_else(|| read.as_ref().and_then(Read::nothing_to_sell));
    if let Some(read) = &read {
        let tx = panel.db.begin().await?;
        types::keep_in_tx(&tx, provider.id, started, &read.unknown).await?;
        tx.commit().await?;
    }
    let Read {
        rows,
        skipped,
        unknown: unknown_types,
        ..
    } = read.unwrap_or_default();
    let same_rate = store::still_converts(panel.db.read(), provider).await?;
    let error = error.or_else(|| (!same_rate).then(|| MOVED.to_owned()));
    let mirror = store::mirror(panel.db.read(), provider.id).await?;
    let reading = Reading::of(provider, &rows, &mirror);
    let error = error.or_else(|| (!believe).then(|| reading.absurd()).flatten());
    if let Some(why) = error {
        let report = fail(panel, provider, lease, started, &rows, skipped, why).await?;
        return Ok(Recorded {
            report,
            rows: Vec::new(),
            skipped,
            unknown_types,
        });
    }
    let counts = records::Counts {
        listed: i64::try_from(rows.len()).unwrap_or(i64::MAX),
        skipped: skipped.total(),
        added: i64::try_from(reading.added).unwrap_or(i64::MAX),
        gone: i64::try_from(reading.gone.len()).unwrap_or(i64::MAX),
    };
    let tx = panel.db.begin().await?;
    let report = records::begin_report(&tx, provider.id, started, counts).await?;
    tx.commit().await?;
    let is_whole =
        follow(panel, &reading, report).await? && mirror_pieces(panel, started, &reading).await?;
    let tx = panel.db.begin().await?;
    let now = panel.now();
    let next = now.plus_ms(panel.config.catalog_sync_interval_ms);
    records::end_report(&tx, report, now, (!is_whole).then_some(MOVED)).await?;
    store::release(&tx, provider, lease.0, next).await?;
    tx.commit().await?;
    let report = reports::report(&panel.db, report).await?;
    Ok(Recorded {
        report,
        rows: if is_whole { rows } else { Vec::new() },
        skipped,
        unknown_types,
    })
}

/// An answer that changes nothing.
async fn fail(
    panel: &Panel,
    provider: &Provider,
    lease: Lease,
    started: Time,
    rows: &[Listed],
    skipped: Skipped,
    why: String,
) -> Result<Report> {
    let now = panel.now();
    let next = now.plus_ms(panel.config.catalog_sync_interval_ms);
    let counts = records::Counts {
        listed: i64::try_from(rows.len()).unwrap_or(i64::MAX),
        skipped: skipped.total(),
        added: 0,
        gone: 0,
    };
    let tx = panel.db.begin().await?;
    let again = records::last_error(&tx, provider.id).await? == Some(why.clone());
    let report = records::begin_report(&tx, provider.id, started, counts).await?;
    records::end_report(&tx, report, now, Some(&why)).await?;
    store::release(&tx, provider, lease.0, next).await?;
    // Once is enough for a provider that says the same every half an hour.
    if !again {
        let message = format!("the catalogue of {} was not taken: {why}", provider.name);
        let alert = Alert::new(
            AlertKind::CatalogueNotTaken,
            format!("provider {}", provider.id),
            message,
        );
        raise_in_tx(&tx, now, vec![alert]).await?;
    }
    tx.commit().await?;
    reports::report(&panel.db, report).await
}

/// A reading beside what was read before.
struct Reading<'a> {
    provider: &'a Provider,
    rows: HashMap<&'a str, &'a Listed>,
    mirror: &'a HashMap<String, Mirrored>,
    /// Rows that are new, or as they were not before.
    changed: Vec<&'a Listed>,
    /// How many of them were not there before.
    added: usize,
    /// What was there before and is not any more.
    gone: Vec<&'a str>,
}

impl<'a> Reading<'a> {
    fn of(
        provider: &'a Provider,
        rows: &'a [Listed],
        mirror: &'a HashMap<String, Mirrored>,
    ) -> Reading<'a> {
        let by_id: HashMap<&str, &Listed> = rows
            .iter()
            .map(|row| (row.provider_service.as_str(), row))
            .collect();
        let before = |row: &Listed| mirror.get(&row.provider_service);
        let is_new = |row: &&&Listed| before(row).is_none_or(|before| before.gone_at.is_some());
        let changed: Vec<&Listed> = rows
            .iter()
            .filter(|row| {
                before(row).is_none_or(|before| before.gone_at.is_some() || before.row != **row)
            })
            .collect();
        let gone = mirror
            .values()
            .filter(|before| before.gone_at.is_none())
            .map(|before| before.row.provider_service.as_str())
            .filter(|id| !by_id.contains_key(id));
        Reading {
            provider,
            added: changed.iter().filter(is_new).count(),
            gone: gone.collect(),
            rows: by_id,
            mirror,
            changed,
        }
    }

    /// Why it cannot be true: more than half of what was there is missing.
    fn absurd(&self) -> Option<String> {
        let there = self
            .mirror
            .values()
            .filter(|before| before.gone_at.is_none())
            .count();
        let missing = self.gone.len();
        (missing >= ABSURD_FROM && missing > there / 2).then(|| {
            format!(
                "{missing} of {there} services are missing: if that is so, synchronise by hand \
                 and say that it is to be believed"
            )
        })
    }
}

impl News for Reading<'_> {
    fn provider(&self) -> ProviderId {
        self.provider.id
    }

    fn row(&self, id: &str) -> Option<&Listed> {
        self.rows.get(id).copied()
    }

    fn old_name(&self, id: &str) -> Option<&str> {
        Some(self.mirror.get(id)?.row.name.as_str())
    }

    fn applies(&self, kind: DifferenceKind) -> bool {
        self.provider.sync_applies.contains(&kind)
    }
}

/// Begins a piece of what was read of `provider`, under the catalogue's lock; none once its exchange
/// rate is another one. If that is changed after this look, it is as if the piece had been written
/// before: the provider stays due, see [`store::release`].
async fn begin_piece(panel: &Panel, provider: &Provider) -> Result<Option<Tx>> {
    let tx = panel.db.begin().await?;
    super::store::lock_catalogue(&tx).await?;
    Ok(store::still_converts(&tx, provider).await?.then_some(tx))
}

/// Writes the mirror; gives whether all of it was, before the exchange rate was changed.
async fn mirror_pieces(panel: &Panel, now: Time, reading: &Reading<'_>) -> Result<bool> {
    let provider = reading.provider;
    let mut pieces = Pieces::default();
    for piece in reading.changed.chunks(PIECE) {
        pieces.begin_next().await;
        let Some(tx) = begin_piece(panel, provider).await? else {
            return Ok(false);
        };
        store::mirror_rows(&tx, provider.id, now, piece).await?;
        tx.commit().await?;
    }
    for piece in reading.gone.chunks(PIECE) {
        pieces.begin_next().await;
        let Some(tx) = begin_piece(panel, provider).await? else {
            return Ok(false);
        };
        store::mirror_gone(&tx, provider.id, now, piece).await?;
        tx.commit().await?;
    }
    Ok(true)
}

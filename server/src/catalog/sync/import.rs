//! Selling what a provider sells: one service of ours for each chosen one of its, with a markup.

use std::collections::HashSet;

use serde_json::json;

use super::{Listed, Recorded, Skipped, store};
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::catalog::Provider;
use crate::catalog::counting::Counting;
use crate::catalog::rules::{Markup, Price, RefillDays, Wish, terms};
use crate::catalog::store::{NewService, bump_version, insert_services, lock_catalogue};
use crate::catalog::types::UnknownType;
use crate::db::{PIECE, Pieces};
use crate::error::{Refusal, Result};
use crate::ids::ServiceId;
use crate::panel::Panel;

/// What is chosen of a provider's catalogue: everything, or what is in either list.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Everything that can be sold.
    pub all: bool,
    /// Ids of the provider's services.
    pub services: Vec<String>,
    /// Its categories, whole.
    pub categories: Vec<String>,
}

/// What became of an import.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The report of the reading that it was made from.
    pub report_id: i64,
    /// The services that were made.
    pub created: Vec<ServiceId>,
    /// How many of the chosen ones were sold already: they stay as they are.
    pub already: i64,
    /// How many of them the markup leaves no price for.
    pub unpriced: i64,
    /// What of the catalogue could not be chosen.
    pub skipped: Skipped,
    /// Words for types that nobody has applied a type to: what is proposed for each.
    pub unknown_types: Vec<UnknownType>,
}

/// Sells what is chosen of what was just read, each at its cost and `markup`, and follows the
/// provider's catalogue from now on. What is sold already is left alone. `progress` is told how many
/// of how many are done. Refused: [`Refusal::Conflict`] if the reading was not taken,
/// [`Refusal::FieldInvalid`] for an id or a category that is not there.
pub async fn import(
    panel: &Panel,
    actor: &Actor,
    provider: &Provider,
    read: &Recorded,
    (selection, markup, refill_days): (&Selection, Markup, Option<RefillDays>),
    progress: impl Fn(usize, usize),
) -> Result<Imported> {
    actor.only_operators()?;
    if let Some(error) = &read.report.error {
        let why = format!(
            "the catalogue of {} was not taken: {error}; nothing was imported",
            provider.name
        );
        return Err(Refusal::Conflict { why }.into());
    }
    let chosen = choose(&read.rows, selection)?;
    let mut made = Imported {
        report_id: read.report.id,
        created: Vec::new(),
        already: 0,
        unpriced: 0,
        skipped: read.skipped,
        unknown_types: read.unknown_types.clone(),
    };
    // A service and its offer are two rows.
    let piece = PIECE / 2;
    let mut pieces = Pieces::default();
    for (number, rows) in chosen.chunks(piece).enumerate() {
        pieces.begin_next().await;
        import_piece(
            panel,
            actor,
            provider,
            rows,
            (markup, refill_days),
            &mut made,
        )
        .await?;
        progress(
            (number * piece + rows.len()).min(chosen.len()),
            chosen.len(),
        );
    }
    Ok(made)
}

/// The rows of a selection, in the provider's order.
fn choose<'a>(
    rows: &'a [Listed],
    selection: &Selection,
) -> std::result::Result<Vec<&'a Listed>, Refusal> {
    let ids: HashSet<&str> = selection.services.iter().map(String::as_str).collect();
    let categories: HashSet<&str> = selection.categories.iter().map(String::as_str).collect();
    let chosen: Vec<&Listed> = rows
        .iter()
        .filter(|row| {
            selection.all
                || ids.contains(row.provider_service.as_str())
                || categories.contains(row.category.as_str())
        })
        .collect();
    let there: HashSet<&str> = chosen
        .iter()
        .map(|row| row.provider_service.as_str())
        .collect();
    let known: HashSet<&str> = chosen.iter().map(|row| row.category.as_str()).collect();
    if !ids.is_subset(&there) {
        return Err(Refusal::FieldInvalid {
            field: "provider_services",
            expected: "ids of services that the provider lists and that can be sold",
        });
    }
    if !categories.is_subset(&known) {
        return Err(Refusal::FieldInvalid {
            field: "categories",
            expected: "categories of the provider, written as it writes them",
        });
    }
    if chosen.is_empty() {
        return Err(Refusal::FieldInvalid {
            field: "provider_services",
            expected: "a list with something in it, or categories",
        });
    }
    Ok(chosen)
}

async fn import_piece(
    panel: &Panel,
    actor: &Actor,
    provider: &Provider,
    rows: &[&Listed],
    (markup, refill_days): (Markup, Option<RefillDays>),
    made: &mut Imported,
) -> Result<()> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    lock_catalogue(&tx).await?;
    // A provider that was not followed has nothing that a changed exchange rate makes due. From here
    // on it is, or its row is locked: whoever changes the rate after this look makes it due.
    let next = now.plus_ms(panel.config.catalog_sync_interval_ms);
    store::follow(&tx, provider.id, next).await?;
    if !store::still_converts(&tx, provider).await? {
        return Err(moved(provider, made.created.len()).into());
    }
    let ids = rows.iter().map(|row| row.provider_service.as_str());
    let sold: HashSet<String> = store::offered(&tx, provider.id, ids)
        .await?
        .into_iter()
        .collect();
    let mut new = Vec::with_capacity(rows.len());
    for row in rows {
        if sold.contains(&row.provider_service) {
            made.already += 1;
            continue;
        }
        let wish = Wish {
            price: Some(Price::Markup(markup)),
            refill_days,
            ..Wish::default()
        };
        match terms(wish, Some(row)) {
            Ok((terms, markup)) => new.push(NewService {
                terms,
                markup,
                counting: Counting::default(),
                offers: vec![row.offer(provider.id)],
            }),
            Err(_) => made.unpriced += 1,
        }
    }
    let ids = insert_services(&tx, now, &new).await?;
    if let (Some(first), Some(last)) = (ids.first(), ids.last()) {
        bump_version(&tx).await?;
        let entry =
            Entry::new(Deed::CatalogImported, format!("provider:{}", provider.id)).became(json!({
                "services": ids.len(), "from": first.0, "to": last.0,
                "markup_percent_hundredths": markup.percent_hundredths(),
                "markup_fixed": markup.fixed().to_string(),
            }));
        audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    }
    tx.commit().await?;
    made.created.extend(ids);
    Ok(())
}

/// What was read is worth something else by now, and would be sold below its cost.
fn moved(provider: &Provider, made: usize) -> Refusal {
    let why = format!(
        "the price basis or exchange rate of {} was changed after its catalogue was read: \
         {made} services were \
         made before that, and their costs are read again at once; import the others again",
        provider.name
    );
    Refusal::Conflict { why }
}

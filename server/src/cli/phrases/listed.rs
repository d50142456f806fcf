//! `phrase list`: what orders wait on or nobody has sorted, and decisions that have not taken effect.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::shown::{in_short, meaning, told};
use super::{find, kind};
use crate::cli::table::{ListForm, Table};
use crate::clock::Period;
use crate::ids::{PhraseDecisionId, PhraseId};
use crate::panel::Panel;
use crate::phrases::{self, Decision, DecisionFilter, Phrase, PhraseFilter, PhraseKind, Waiting};

#[derive(Args)]
pub(in crate::cli) struct List {
    /// Every phrase that is known, sorted ones too
    #[arg(long, conflicts_with = "shipped")]
    all: bool,
    /// The sentences that come with the program, each with its source
    #[arg(long)]
    shipped: bool,
    /// Only those of this provider
    #[arg(long, value_name = "NAME", conflicts_with = "shipped")]
    provider: Option<String>,
    /// Only those of this kind: refusal or status
    #[arg(long, value_parser = kind)]
    kind: Option<PhraseKind>,
    #[command(flatten)]
    form: ListForm,
}

pub(super) async fn list(panel: &Panel, list: List) -> Result<()> {
    if list.shipped {
        shipped(&list);
        return Ok(());
    }
    let provider = match list.provider {
        Some(name) => Some(find(panel, &name).await?.id),
        None => None,
    };
    let filter = PhraseFilter {
        unsorted: !list.all,
        kind: list.kind,
        provider,
        first_seen: Period::default(),
    };
    let mut table = Table::new([
        "phrase_id",
        "provider_name",
        "kind",
        "class",
        "decision",
        "times_seen",
        "orders",
        "held",
        "oldest",
        "canceled_drip_feeds",
        "example",
    ]);
    let mut waited_on = Vec::new();
    for item in phrases::list_work_items(panel).await? {
        let phrase = &item.phrase;
        let is_of = provider.is_none_or(|provider| phrase.provider == Some(provider));
        if !is_of || list.kind.is_some_and(|kind| kind != phrase.kind) {
            continue;
        }
        table.push(row(
            phrase,
            item.open_decision.as_ref(),
            Some(&item.waiting),
        ));
        waited_on.push(phrase.id);
    }
    let open = DecisionFilter {
        open: true,
        ..DecisionFilter::default()
    };
    let none = PhraseDecisionId(0);
    let open = phrases::list_decisions(panel, open, none, usize::MAX).await?;
    for phrase in phrases::list_phrases(panel, &filter, PhraseId(0), usize::MAX).await? {
        let decision = phrases::open_decision(&open, &phrase);
        // What nobody has said, such as a row that a decision for all was undone of, is no work.
        let is_said = list.all || phrase.times_seen > 0 || decision.is_some();
        if is_said && !waited_on.contains(&phrase.id) {
            table.push(row(&phrase, decision, None));
        }
    }
    table.print(list.form, "There is nothing to sort.");
    if !list.form.is_json() {
        for decision in &open {
            anstream::println!("{}", told(decision));
        }
    }
    Ok(())
}

fn row(phrase: &Phrase, open: Option<&Decision>, waiting: Option<&Waiting>) -> [Value; 11] {
    [
        json!(phrase.id.0),
        json!(phrase.provider_name),
        json!(phrase.kind.to_string()),
        json!(meaning(phrase)),
        json!(open.map(in_short)),
        json!(phrase.times_seen),
        json!(waiting.map(|waiting| waiting.orders)),
        json!(waiting.map(|waiting| waiting.held.to_string())),
        json!(waiting.and_then(|waiting| Some(waiting.oldest?.to_string()))),
        json!(waiting.map(|waiting| waiting.canceled_drip_feeds)),
        json!(phrase.example),
    ]
}

fn shipped(list: &List) {
    let mut table = Table::new(["kind", "class", "language", "sentence", "source"]);
    for shipped in phrases::shipped_phrases() {
        if list.kind.is_none_or(|kind| kind == shipped.kind) {
            table.push([
                json!(shipped.kind.to_string()),
                json!(shipped.class.to_string()),
                json!(shipped.language),
                json!(shipped.sentence),
                json!(shipped.source),
            ]);
        }
    }
    table.print(list.form, "There are no such sentences.");
}

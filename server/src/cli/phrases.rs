//! `phrase`: what providers say, what it means, and what becomes of the orders that wait on it.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::{ArgGroup, Args, Subcommand};

use super::providers::find;
use crate::actor::Actor;
use crate::clock::Time;
use crate::ids::{PhraseDecisionId, PhraseId};
use crate::orders::PhraseExit;
use crate::panel::Panel;
use crate::phrases::{
    self, Class, Decision, DecisionFilter, DecisionState, NewResolution, NewSorting, Phrase,
    PhraseKind, PhraseView,
};

mod listed;
mod shown;

use listed::List;
use shown::{line, previewed, show, told};

#[derive(Subcommand)]
pub(super) enum PhraseCommand {
    /// List the sentences and status words that orders wait on or nobody has sorted, and open decisions
    List(List),
    /// Show a phrase, the orders that wait on it, and what each class would do with them
    Show {
        /// The phrase's number, as `phrase list` shows it
        id: i64,
        /// Show what sorting it for every provider would do
        #[arg(long)]
        for_all: bool,
    },
    /// Add a sentence that no provider has said yet, to sort it
    Add {
        /// The whole sentence
        sentence: String,
        /// The provider that says it; without one it is for every provider
        #[arg(long, value_name = "NAME")]
        provider: Option<String>,
        /// It is the word for a status
        #[arg(long)]
        status: bool,
    },
    /// Sort a phrase: what the orders that wait on it do follows
    Sort(Sort),
    /// Take back a decision that has not taken effect
    Undo {
        /// The decision's number
        decision: i64,
    },
    /// Confirm a decision as the second person, where much held money waits
    Confirm {
        /// The decision's number
        decision: i64,
        /// The exact number of orders that wait: then it takes effect at once
        #[arg(long, value_name = "COUNT")]
        yes_for: Option<i64>,
    },
    /// Decide the orders that wait on a sentence, without sorting it
    Decide(Decide),
    /// Print what operators have sorted, as CSV
    Export {
        /// The sentences that come with the program too
        #[arg(long)]
        shipped: bool,
    },
    /// Sort by a CSV file with the columns that `phrase export` prints
    Import {
        /// The file; - is standard input
        file: PathBuf,
        /// Why, for the audit log
        #[arg(long)]
        reason: String,
    },
}

#[derive(Args)]
pub(super) struct Sort {
    /// The phrase's number
    id: i64,
    /// What it means, such as order_fault or our_funds for a sentence, completed for a status word
    ///
    /// A sentence that refuses:
    ///   order_fault          the order is wrong for this provider: the next one, else a refund
    ///   service_not_sold     it does not sell the service any more: the next one, else a refund
    ///   our_funds            our balance there is too low: sent again
    ///   our_account          it refuses our key or account: sent again
    ///   too_many_requests    we ask it too fast: sent again
    ///   wait_for_link        it has another order on the link: sent again when that has ended
    ///   request_id_conflict  it knows the request_id of another order: stays parked
    ///   server_fault         its software failed, it may have taken the order: stays parked
    ///   not_a_refusal        the sentence says nothing about the order: stays parked
    ///
    /// A status word; its orders are asked about again:
    ///   pending      it has not begun
    ///   in_progress  it is being delivered
    ///   processing   it is being prepared
    ///   completed    all of it was delivered; final
    ///   partial      it ended with a part undelivered, which is refunded; final
    ///   canceled     it ended without delivery, and is refunded; final
    #[arg(value_parser = class, verbatim_doc_comment)]
    class: Class,
    /// For every provider that has no sorting of its own
    #[arg(long)]
    for_all: bool,
    /// The exact number of orders that wait: then it takes effect at once
    #[arg(long, value_name = "COUNT")]
    yes_for: Option<i64>,
    /// Why, for the audit log
    #[arg(long)]
    reason: String,
}

#[derive(Args)]
#[command(group(ArgGroup::new("decision").required(true)))]
pub(super) struct Decide {
    /// The phrase's number
    id: i64,
    /// The provider did not take them: send them again
    #[arg(long, group = "decision")]
    send_again: bool,
    /// The provider did not take them: ask the next provider of each, else reject
    #[arg(long, group = "decision")]
    next_provider: bool,
    /// The provider did not take them: refund them
    #[arg(long, group = "decision")]
    refund: bool,
    /// The provider took them, under the ids that were seen in its answers; others are left over
    #[arg(long, group = "decision")]
    accepted: bool,
    /// Only orders that wait since this time or later, such as 2026-11-22T20:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    from: Option<Time>,
    /// Only orders that wait since before this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    to: Option<Time>,
    /// The exact number of orders; without it nothing is done but to show what would be
    #[arg(long, value_name = "COUNT")]
    yes_for: Option<i64>,
    /// How it was found out, for the audit log
    #[arg(long)]
    reason: String,
}

fn kind(word: &str) -> Result<PhraseKind> {
    PhraseKind::from_word(word).ok_or_else(|| anyhow!("not one of refusal, status"))
}

fn class(word: &str) -> Result<Class> {
    let known: Vec<&str> = Class::ALL.iter().map(|class| class.word()).collect();
    Class::from_word(word).ok_or_else(|| anyhow!("not one of {}", known.join(", ")))
}

fn time(text: &str) -> Result<Time> {
    Time::parse(text).ok_or_else(|| anyhow!("not a time such as 2026-11-22T20:00:00Z"))
}

pub(super) async fn phrase(panel: &Panel, command: PhraseCommand) -> Result<()> {
    let actor = super::actor();
    match command {
        PhraseCommand::List(list) => listed::list(panel, list).await?,
        PhraseCommand::Show { id, for_all } => show(&view(panel, id, for_all).await?),
        PhraseCommand::Add {
            sentence,
            provider,
            status,
        } => {
            let provider = match provider {
                Some(name) => Some(find(panel, &name).await?.id),
                None => None,
            };
            let kind = match status {
                true => PhraseKind::Status,
                false => PhraseKind::Refusal,
            };
            let added = phrases::add_phrase(panel, &actor, provider, kind, &sentence).await?;
            anstream::println!("{}", line(&added, None));
        }
        PhraseCommand::Sort(sort) => self::sort(panel, &actor, sort).await?,
        PhraseCommand::Undo { decision } => {
            let id = PhraseDecisionId(decision);
            let undone = phrases::undo_decision(panel, &actor, id).await;
            let undone = undone.with_context(|| format!("decision {decision}"))?;
            anstream::println!("{}", told(&undone));
        }
        PhraseCommand::Confirm { decision, yes_for } => {
            let id = PhraseDecisionId(decision);
            let confirmed = phrases::confirm_decision(panel, &actor, id, yes_for).await;
            let confirmed = confirmed.with_context(|| format!("decision {decision}"))?;
            carried_out(panel, &confirmed).await?;
        }
        PhraseCommand::Decide(decide) => self::decide(panel, &actor, decide).await?,
        PhraseCommand::Export { shipped } => {
            let file = phrases::export_phrases(panel, shipped).await?;
            anstream::print!("{file}");
        }
        PhraseCommand::Import { file, reason } => import(panel, &actor, &file, &reason).await?,
    }
    Ok(())
}

async fn view(panel: &Panel, id: i64, for_all: bool) -> Result<PhraseView> {
    let view = phrases::read_phrase(panel, PhraseId(id), for_all).await;
    view.with_context(|| format!("phrase {id}"))
}

async fn sort(panel: &Panel, actor: &Actor, sort: Sort) -> Result<()> {
    let view = view(panel, sort.id, sort.for_all).await?;
    require_kind(&view.phrase, sort.class)?;
    let new = NewSorting {
        phrase: PhraseId(sort.id),
        class: sort.class,
        for_all: sort.for_all,
        reason: sort.reason,
        orders: sort.yes_for,
    };
    let decision = phrases::sort_phrase(panel, actor, &new).await;
    let decision = decision.with_context(|| format!("phrase {}", sort.id))?;
    show(&view);
    carried_out(panel, &decision).await?;
    Ok(())
}

async fn decide(panel: &Panel, actor: &Actor, decide: Decide) -> Result<()> {
    let exit = match &decide {
        given if given.send_again => PhraseExit::SendAgain,
        given if given.next_provider => PhraseExit::NextProvider,
        given if given.refund => PhraseExit::Refund,
        _ => PhraseExit::Accepted,
    };
    let id = PhraseId(decide.id);
    let phrase = view(panel, decide.id, false).await?.phrase;
    require_decidable(&phrase)?;
    let Some(orders) = decide.yes_for else {
        anstream::println!("{}", line(&phrase, None));
        let (since, until) = (decide.from, decide.to);
        let preview = phrases::preview_resolution(panel, id, exit, since, until).await?;
        previewed(exit, &preview);
        return Ok(());
    };
    let new = NewResolution {
        phrase: id,
        exit,
        since: decide.from,
        until: decide.to,
        reason: decide.reason,
        orders,
    };
    let decision = phrases::resolve_waiting(panel, actor, &new).await;
    let decision = decision.with_context(|| format!("phrase {}", decide.id))?;
    let decision = carried_out(panel, &decision).await?;
    if decision.state != DecisionState::Applied {
        return Ok(());
    }
    let (since, until) = (decision.since, decision.until);
    let (left, held) = phrases::count_waiting(panel, id, since, until).await?;
    if left > 0 {
        anstream::println!(
            "{left} order(s) with {held} USD are left over: smm-panel dispatch list"
        );
    }
    Ok(())
}

/// A status word has no class of a refusal, nor a sentence a status.
fn require_kind(phrase: &Phrase, class: Class) -> Result<()> {
    if phrase.kind == class.kind() {
        return Ok(());
    }
    let what = match phrase.kind {
        PhraseKind::Status => "a status word",
        PhraseKind::Refusal => "a sentence that refuses",
    };
    let words: Vec<&str> = Class::all_of(phrase.kind).map(Class::word).collect();
    let (last, others) = words.split_last().unwrap_or((&"", &[]));
    let others = others.join(", ");
    bail!(
        "{:?} is {what}: sort it as {others} or {last}",
        phrase.example
    )
}

/// Only what waits on a sentence of one provider is decided together; says what to do instead.
fn require_decidable(phrase: &Phrase) -> Result<()> {
    let id = phrase.id;
    if phrase.kind == PhraseKind::Status {
        bail!(
            "{:?} is a status word: it is sorted, not decided: smm-panel phrase sort {id}; one order: \
             smm-panel dispatch resolve",
            phrase.example
        );
    }
    if phrase.provider.is_none() {
        bail!(
            "phrase {id} is for all providers: decide the phrase of one provider, listed by phrase list"
        );
    }
    Ok(())
}

/// Carries a decision out whose time has come, and says where it stands.
async fn carried_out(panel: &Panel, decision: &Decision) -> Result<Decision> {
    phrases::work(panel).await?;
    let filter = DecisionFilter {
        phrase: Some(decision.phrase_id),
        ..DecisionFilter::default()
    };
    let after = PhraseDecisionId(decision.id.0 - 1);
    let now = phrases::list_decisions(panel, filter, after, 1).await?;
    let now = now.into_iter().next().unwrap_or_else(|| decision.clone());
    anstream::println!("{}", told(&now));
    Ok(now)
}

async fn import(panel: &Panel, actor: &Actor, file: &Path, reason: &str) -> Result<()> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        text
    } else {
        std::fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read", file.display()))?
    };
    let imported = phrases::import_phrases(panel, actor, &text, reason).await?;
    anstream::println!(
        "{} sorted, {} sorted so already, {} decided later because orders wait, {} refused",
        imported.sorted,
        imported.unchanged,
        imported.decided,
        imported.refused.len()
    );
    for (row, why) in &imported.refused {
        anstream::println!("row {row}: {why}");
    }
    if !imported.refused.is_empty() {
        bail!("{} row(s) were not taken", imported.refused.len());
    }
    Ok(())
}

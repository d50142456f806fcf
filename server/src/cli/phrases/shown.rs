//! Phrases and decisions about them as lines of text.

use crate::cli::dispatches;
use crate::cli::inspect::utc;
use crate::clock::Time;
use crate::orders::{Outlook, PhraseExit};
use crate::phrases::{Decision, DecisionState, Phrase, PhraseView, ResolutionPreview, ToAsk};

/// A phrase on one line, with the decision about it that has not taken effect.
pub(super) fn line(phrase: &Phrase, open: Option<&Decision>) -> String {
    let provider = phrase.provider_name.as_deref().unwrap_or("(all)");
    let meaning = match open {
        Some(open) => format!("{}; {}", meaning(phrase), in_short(open)),
        None => meaning(phrase),
    };
    format!(
        "phrase {:>5}  {:<12} {:<8} {meaning:<24} seen {}: {:?}",
        phrase.id.to_string(),
        provider,
        phrase.kind,
        phrase.times_seen,
        phrase.example
    )
}

/// What a phrase means, and who says so.
pub(super) fn meaning(phrase: &Phrase) -> String {
    match phrase.meaning() {
        Some((class, origin)) => format!("{class} ({origin})"),
        None => "unsorted".to_owned(),
    }
}

/// A decision that has not taken effect, beside its phrase.
pub(super) fn in_short(open: &Decision) -> String {
    let all = match open.provider {
        Some(_) => "",
        None => " for all",
    };
    let when = match open.effective_at {
        Some(at) => format!("at {}", utc(at)),
        None => "once a second person confirms it".to_owned(),
    };
    format!("decision {}: {}{all} {when}", open.id, open.word)
}

/// Prints a phrase and what its sorting would do.
pub(super) fn show(view: &PhraseView) {
    let open = view.open_decision.as_ref();
    anstream::println!("{}", line(&view.phrase, open));
    anstream::println!("compared   {}", view.phrase.phrase);
    if let Some(sorting) = &view.phrase.sorting {
        let source = sorting.source.as_deref().unwrap_or("-");
        anstream::println!("sorted     {} by {}: {source}", utc(sorting.at), sorting.by);
    }
    let waiting = &view.outlooks.waiting;
    let oldest = waiting.oldest.map_or_else(|| "-".to_owned(), utc);
    anstream::println!(
        "waiting    {} order(s) with {} USD, the oldest since {oldest}; {} their customers canceled",
        waiting.orders,
        waiting.held,
        waiting.canceled
    );
    to_ask(&view.to_ask);
    if let Some(only) = view.only_class {
        anstream::println!("note       it can only be sorted as {only}");
    }
    for (class, outlook) in &view.outlooks.by_class {
        let effect = match outlook {
            Some(outlook) => effect(outlook),
            None if waiting.orders == 0 => "answers to come only".to_owned(),
            None => format!(
                "{} order(s) with {} USD are asked about again at once",
                waiting.orders, waiting.held
            ),
        };
        anstream::println!("as {:<19} {effect}", class.to_string());
    }
    for (exit, outlook) in &view.outlooks.by_exit {
        anstream::println!("decide {:<15} {}", exit.to_string(), effect(outlook));
    }
    if !view.outlooks.is_whole {
        anstream::println!("note       only the first 10000 dispatches were counted");
    }
    if let Some(open) = open {
        anstream::println!("open       {}", told(open));
    }
}

/// So many of the dispatches that wait are shown.
const SHOWN: usize = 20;

/// Prints what the provider is asked about.
fn to_ask(asked: &ToAsk) {
    let shown = asked.dispatches.iter().take(SHOWN);
    for run in shown.clone() {
        anstream::println!("{}", dispatches::to_ask(run));
    }
    let more = asked.count - i64::try_from(shown.count()).unwrap_or(i64::MAX);
    if more > 0 {
        anstream::println!("and {more} more");
    }
}

/// Prints what a decision about the orders that wait would do.
pub(super) fn previewed(exit: PhraseExit, preview: &ResolutionPreview) {
    let (orders, held) = (preview.orders, preview.held);
    if orders == 0 {
        anstream::println!("Nothing was done: no order waits on it in that time");
        return;
    }
    anstream::println!(
        "decide {:<15} {}",
        exit.to_string(),
        effect(&preview.outlook)
    );
    if !preview.is_whole {
        anstream::println!("note       only the first 10000 dispatches were counted");
    }
    anstream::println!(
        "Nothing was done: {orders} order(s) with {held} USD; add --yes-for {orders}"
    );
}

/// What a decision would do, or did, in words.
fn effect(outlook: &Outlook) -> String {
    let parts = [
        (outlook.sent_again, "sent again"),
        (outlook.next_provider, "to the next provider"),
        (outlook.rejected, "rejected and refunded"),
        (outlook.canceled, "canceled instead of being sent"),
        (outlook.accepted, "followed under the id that was seen"),
        (outlook.stays, "left parked"),
    ];
    let some = parts.iter().filter(|(fate, _)| fate.runs > 0);
    let told: Vec<String> = some
        .map(|(fate, what)| format!("{} {what} ({} USD held)", fate.runs, fate.held))
        .collect();
    match told.is_empty() {
        true => "answers to come only".to_owned(),
        false => told.join(", "),
    }
}

/// A decision on one line.
pub(super) fn told(decision: &Decision) -> String {
    let provider = decision.provider_name.as_deref().unwrap_or("(all)");
    let at = |time: Option<Time>| time.map_or_else(|| "-".to_owned(), utc);
    let stands = match decision.state {
        DecisionState::ToConfirm => format!(
            "waits for a second person: {}; to take it back: smm-panel phrase undo {}",
            decision.how_to_confirm(),
            decision.id
        ),
        DecisionState::Pending => format!(
            "takes effect {}; until then: smm-panel phrase undo {}",
            at(decision.effective_at),
            decision.id
        ),
        DecisionState::Applied => format!("took effect {}", at(decision.ended_at)),
        DecisionState::Undone => format!("was undone {}", at(decision.ended_at)),
    };
    format!(
        "decision {}: {} phrase {} of {provider} as {}, {} order(s) with {} USD; it {stands}",
        decision.id,
        decision.deed,
        decision.phrase_id,
        decision.word,
        decision.orders,
        decision.held
    )
}

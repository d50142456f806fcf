//! The dispatches that wait on a phrase: what the provider is asked about.

use super::PhraseKind;
use super::list::{Phrase, Waiting};
use crate::error::Result;
use crate::orders::{self, UncertainRun, WaitingRuns};
use crate::panel::Panel;

/// So many dispatches are named with a phrase at most.
const MOST: usize = 100;

/// The oldest dispatches that wait on a phrase, and how many there are.
#[derive(Debug, Clone, Default)]
pub struct ToAsk {
    /// Oldest first, at most 100.
    pub dispatches: Vec<UncertainRun>,
    /// How many wait, those too that are not listed.
    pub count: i64,
}

/// What `waiting` is made of.
pub(super) async fn to_ask(panel: &Panel, phrase: &Phrase, waiting: &Waiting) -> Result<ToAsk> {
    if phrase.kind == PhraseKind::Refusal {
        let runs = WaitingRuns {
            providers: &waiting.providers,
            phrase: &phrase.phrase,
            since: None,
            until: None,
        };
        let (dispatches, count) = orders::waiting_dispatches(panel, &runs, MOST).await?;
        return Ok(ToAsk { dispatches, count });
    }
    let mut asked = ToAsk::default();
    for (provider, status) in &waiting.spelled {
        let found = orders::dispatches_by_status(panel, *provider, status, MOST).await?;
        asked.dispatches.extend(found.0);
        asked.count = asked.count.saturating_add(found.1);
    }
    asked.dispatches.sort_by_key(|run| (run.since, run.id));
    asked.dispatches.truncate(MOST);
    Ok(asked)
}

//! The worker's part: facts go to the detectors, findings to their cases. What fails is tried again at
//! the next step; a restart loses what was noted and not read yet.

use std::collections::VecDeque;

use super::detectors::Detectors;
use super::facts::{Event, Fact};
use super::findings::Finding;
use super::judged::Decisions;
use super::places::{self, Places};
use super::record::{Found, record, whom_of};
use super::stream::{Advice, MOST};
use super::{blocks, cancels, remarks, replay};
use crate::clock::Time;
use crate::error::Result;
use crate::orders;
use crate::panel::Panel;

/// How often it is read again what other servers did: which networks are blocked, who is held.
const LOOK_MS: i64 = 3_000;
/// How often is forgotten what is too old.
const FORGET_MS: i64 = 3_600_000;
/// So many findings wait to be recorded at most, when the database is not to be had.
const MOST_FOUND: usize = 1_000;

/// What the worker knows.
pub(super) struct Watching {
    detectors: Detectors,
    /// What people have decided, as far as the detectors were told.
    decisions: Decisions,
    places: Places,
    /// Facts that the detectors were not told yet.
    waiting: VecDeque<Event>,
    /// Findings that are not recorded yet.
    found: Vec<Finding>,
    looked_at: Option<Time>,
    forgot_at: Option<Time>,
}

/// One step. Gives how many facts there were.
pub(crate) async fn work(panel: &Panel) -> Result<usize> {
    let mut known = panel.abuse.watching.lock().await;
    let watching = match known.as_mut() {
        Some(watching) => watching,
        None => known.insert(Watching::begin(panel).await?),
    };
    watching.step(panel).await
}

impl Watching {
    async fn begin(panel: &Panel) -> Result<Watching> {
        let (detectors, decisions) = replay::detectors(panel).await?;
        Ok(Watching {
            detectors,
            decisions,
            places: Places::default(),
            waiting: VecDeque::new(),
            found: Vec::new(),
            looked_at: None,
            forgot_at: None,
        })
    }

    async fn step(&mut self, panel: &Panel) -> Result<usize> {
        self.look(panel).await?;
        self.take(panel);
        let count = self.waiting.len();
        if count > 0 {
            self.watch(panel).await?;
        }
        self.record(panel).await?;
        self.places.write(panel).await?;
        Ok(count)
    }

    /// Takes what was noted, as far as there is room for it.
    fn take(&mut self, panel: &Panel) {
        let mut noted = panel.abuse.take();
        let room = MOST.saturating_sub(self.waiting.len());
        panel.abuse.count_dropped(noted.len().saturating_sub(room));
        noted.truncate(room);
        self.waiting.extend(noted);
    }

    /// Tells the detectors what was decided since they were last told anything. What they found before
    /// of whom it is about, and is not recorded yet, is judged too.
    async fn learn(&mut self, panel: &Panel) -> Result<()> {
        for judgement in self.decisions.learn(panel.db.read()).await? {
            self.detectors.judge(&judgement);
            self.found.retain(|one| !judgement.is_about(&whom_of(one)));
        }
        Ok(())
    }

    /// Tells the detectors what waits, of each key first what is known of it.
    async fn watch(&mut self, panel: &Panel) -> Result<()> {
        self.learn(panel).await?;
        let unknown = self.places.unknown(self.waiting.make_contiguous());
        let mut histories = self.places.learn(panel, unknown).await?;
        while let Some(event) = self.waiting.pop_front() {
            if let Fact::Asked(asked) = &event.fact {
                if let Some(fact) = histories.remove(&asked.key) {
                    let at = event.at;
                    self.found
                        .extend(self.detectors.observe(&Event { at, fact }));
                }
                self.places.note(asked, event.at);
            }
            self.found.extend(self.detectors.observe(&event));
        }
        self.found.truncate(MOST_FOUND);
        for found in &self.found {
            if let (Some(key), Some(advice)) = (found.key, Advice::of(found.detector))
                && self.detectors.acts(found.detector)
            {
                panel.abuse.advise(key, advice);
            }
        }
        Ok(())
    }

    /// Records what was found; what cannot be recorded now keeps the rest from it no longer than this.
    async fn record(&mut self, panel: &Panel) -> Result<()> {
        let mut failed = None;
        for found in Found::merged(std::mem::take(&mut self.found)) {
            if let Err(fault) = record(panel, &found, Some(&self.decisions)).await {
                self.found.push(found.finding);
                failed = Some(fault);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Reads again, now and then, what others did, and forgets what is too old.
    async fn look(&mut self, panel: &Panel) -> Result<()> {
        let now = panel.now();
        if is_due(self.looked_at, now, LOOK_MS) {
            blocks::refresh(panel).await?;
            cancels::finish_all(panel).await?;
            orders::release_held(panel).await?;
            self.looked_at = Some(now);
        }
        if is_due(self.forgot_at, now, FORGET_MS) {
            self.detectors.forget_judged(now);
            blocks::forget_old(panel).await?;
            places::forget_old(panel).await?;
            remarks::forget_old(panel).await?;
            self.forgot_at = Some(now);
        }
        Ok(())
    }
}

/// Whether it is time again for what was done at `last`; a clock that was set back makes it so too.
fn is_due(last: Option<Time>, now: Time, every_ms: i64) -> bool {
    last.is_none_or(|last| !(0..every_ms).contains(&now.ms_since(last)))
}

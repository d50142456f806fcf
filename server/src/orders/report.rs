//! What providers report about accepted runs: applying the answers.

use std::collections::{HashMap, HashSet};

use super::confirm::{self, End, First, Next};
use super::first_charges;
use super::rules::DispatchState;
use super::settle::{Locked, advance_locked_in_tx};
use super::store;
use super::store::runs::Exchange;
use super::told::{Cause, CausedBy};
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::clock::Time;
use crate::entity::dispatch;
use crate::error::Result;
use crate::ids::{DispatchId, OrderId};
use crate::panel::Panel;
use crate::protocol::OrderWord;
use crate::protocol::upstream::StatusReply;

/// For how long answers about a run may say nothing before it waits for an operator, in ms: a day.
const UNCLEAR_MS: i64 = 24 * 3_600_000;

/// What came of asking about a run.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    /// The run.
    pub(crate) run: DispatchId,
    /// The order it belongs to.
    pub(crate) order: OrderId,
    /// What came of it.
    pub(crate) heard: Heard,
}

/// What a provider said about a run.
#[derive(Debug, Clone)]
pub(crate) enum Heard {
    /// A line that is about it.
    Said {
        /// The line.
        reply: StatusReply,
        /// Whether the line was keyed by the run's id.
        is_keyed: bool,
        /// Whether the answer was one of our own kind's, which is believed at once.
        is_own_kind: bool,
    },
    /// An answer that is not about it, although nothing else was asked.
    Nothing {
        /// What was seen.
        why: String,
        /// Whether others are answered, so that it is the run's own trouble.
        is_its_own: bool,
    },
}

impl Heard {
    /// The line, if it is one.
    fn line(&self) -> Option<&StatusReply> {
        match self {
            Heard::Said { reply, .. } => Some(reply),
            Heard::Nothing { .. } => None,
        }
    }
}

/// Applies reports: progress, ends, and what follows for the orders, in one transaction.
pub(crate) async fn apply(panel: &Panel, reports: Vec<Report>) -> Result<()> {
    if reports.is_empty() {
        return Ok(());
    }
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let orders = store::lock_orders(&tx, reports.iter().map(|report| report.order)).await?;
    let packages = orders
        .iter()
        .filter(|order| order.service_type.is_package());
    let packages: HashSet<OrderId> = packages.map(|order| order.id).collect();
    let mut reports: HashMap<DispatchId, Heard> = reports
        .into_iter()
        .map(|report| (report.run, report.heard))
        .collect();
    let runs = store::runs::lock(&tx, reports.keys().copied()).await?;
    let charged = first_charges::newly_charged(&runs, |run| reports.get(&run)?.line());
    let mut applied = Applied {
        now,
        most_asks: panel.config.partial_remains_max_asks,
        confirm_ms: panel.config.refund_confirm_ms,
        alerts: first_charges::compare_in_tx(&tx, now, charged).await?,
        ..Applied::default()
    };
    let (mut changed, mut unchanged) = (Vec::new(), Vec::new());
    for mut run in runs {
        // A terminal state never leaves; a run that an operator resolved meanwhile stays resolved.
        if let Some(heard) = reports.remove(&run.id)
            && run.state == DispatchState::Accepted
        {
            let before = run.clone();
            let package = packages.contains(&run.order_id);
            applied.take(&mut run, heard, package);
            // Most orders take long, and most answers are those of before.
            match run == before {
                true => unchanged.push(run),
                false => changed.push(run),
            }
        }
    }
    store::writes::write_reported(&tx, &changed).await?;
    store::runs::insert_exchanges(&tx, now, applied.exchanges).await?;
    raise_in_tx(&tx, now, applied.alerts).await?;
    changed.extend(unchanged);
    let locked = Locked {
        orders,
        runs: changed,
        ends: applied.ends,
    };
    let ended = advance_locked_in_tx(&tx, now, applied.causes, locked).await?;
    tx.commit().await?;
    if applied.is_to_confirm {
        fail::fail_point!("C7A");
    }
    ended.tell(panel);
    Ok(())
}

/// What a batch of reports changes.
#[derive(Default)]
struct Applied {
    now: Time,
    most_asks: i64,
    confirm_ms: i64,
    is_to_confirm: bool,
    exchanges: Vec<Exchange>,
    alerts: Vec<Alert>,
    causes: HashMap<OrderId, CausedBy>,
    /// When runs ended, by the first report of it.
    ends: HashMap<OrderId, Time>,
}

/// The numbers of a status line, and how it is read.
struct Line {
    says: String,
    charge: Option<String>,
    remains: Option<i64>,
    is_keyed: bool,
    is_own_kind: bool,
}

impl Applied {
    fn take(&mut self, run: &mut dispatch::Model, heard: Heard, package: bool) {
        let (reply, is_keyed, is_own_kind) = match heard {
            Heard::Said {
                reply,
                is_keyed,
                is_own_kind,
            } => (reply, is_keyed, is_own_kind),
            Heard::Nothing { why, is_its_own } => {
                if self.is_unclear_for_a_day(run) && is_its_own {
                    return self.park(run, format!("{why}, for a day"));
                }
                run.reason = Some(why);
                return;
            }
        };
        let says = reply.to_string();
        let StatusReply::Known {
            word,
            raw_status,
            charge,
            start_count,
            remains,
            ..
        } = reply
        else {
            let StatusReply::Error(text) = reply else {
                return;
            };
            // An order that its provider does not know any more is an operator's case, once it
            // has said so often enough.
            return self.vague(run, format!("the provider answers {text:?}"));
        };
        let said_before = run.provider_status.replace(raw_status.clone());
        let is_news = said_before.as_deref() != Some(raw_status.as_str());
        let line = Line {
            says,
            charge: charge.clone(),
            remains,
            is_keyed,
            is_own_kind,
        };
        if is_news {
            self.keep(run, line.says.clone());
        }
        run.provider_charge = charge.or_else(|| run.provider_charge.take());
        run.start_count = start_count.or(run.start_count);
        let Some(word) = word else {
            let why = format!("its status {raw_status:?} is not known");
            // Two reports of an end are one after the other, or none confirms the other.
            forget_end(run);
            if self.is_unclear_for_a_day(run) {
                // Who sorts the word is told of the word, not of each order.
                stop_following(run, format!("{why}, for a day"));
            } else {
                run.reason = Some(why);
            }
            return;
        };
        run.provider_word = Some(word.word().to_owned());
        (run.unclear_since_ms, run.reason) = (None, None);
        match word {
            OrderWord::Pending | OrderWord::InProgress | OrderWord::Processing => {
                run.vague_answers = 0;
                // "remains 0, blank, N/A on an order that has not ended means not reported".
                run.remains = remains.filter(|left| *left > 0).or(run.remains);
                let cause = format!("the provider reports {}", line.says);
                let cause = CausedBy::new(Cause::Reported, cause);
                self.causes.insert(run.order_id, cause);
                self.go_by(run, None, &line);
            }
            OrderWord::Partial if remains.is_none() => {
                // "Partial without remains: not settled, asked again, then an operator decides."
                self.vague(run, "partial without remains".to_owned());
            }
            // "Partial on a package type: remains 0 refunds nothing, anything else is decided by an
            // operator": what a provider counts inside of a package is its own matter.
            OrderWord::Partial if package && remains.is_some_and(|left| left > 0) => {
                let left = remains.unwrap_or_default();
                self.park(run, format!("partial with {left} of a package left"));
            }
            OrderWord::Completed | OrderWord::Canceled | OrderWord::Partial => {
                let charge = line.charge.as_deref();
                let end = End::reported(word, run.quantity, remains, charge);
                self.go_by(run, Some(end), &line);
            }
        }
    }

    /// "A refund is asked twice": goes by what was reported first and what is reported now.
    fn go_by(&mut self, run: &mut dispatch::Model, reported: Option<End>, line: &Line) {
        let asked = confirm::Asked {
            now: self.now,
            confirm_ms: self.confirm_ms,
            is_own_kind: line.is_own_kind && line.is_keyed,
        };
        let first = first_of(run);
        let step = confirm::next(first, run.contradictions, reported, asked);
        if first.is_some() {
            // The second answer is evidence too, also where it repeats the first.
            self.keep(run, line.says.clone());
        }
        run.contradictions = step.contradictions;
        match step.next {
            Next::GoOn => forget_end(run),
            Next::AskAgain { since, at } => {
                let end = reported.map(|end| (end.word.word().to_owned(), end.remains));
                (run.end_word, run.end_remains) = end.unzip();
                (run.end_seen_at_ms, run.end_is_keyed) = (Some(since), line.is_keyed);
                run.poll_at_ms = Some(at);
                self.is_to_confirm = true;
            }
            Next::Operator(why) => self.park(run, format!("{why}: {}", line.says)),
            Next::End { at } => {
                if let Some(end) = reported {
                    self.end(run, end.word, at, line);
                }
            }
        }
    }

    fn end(&mut self, run: &mut dispatch::Model, word: OrderWord, at: Time, line: &Line) {
        fail::fail_point!("C7");
        // "Evidence that is about *this* order and allows one reading": it may be the other one's end.
        if let Some(other) = run.given_again_to {
            let why = format!(
                "the provider gave its id to dispatch {other} too, and what it says of that id may be \
                 about either: {}",
                line.says
            );
            return self.park(run, why);
        }
        if word == OrderWord::Completed && line.remains.is_some_and(|left| left > 0) {
            self.alerts.push(Alert::new(
                AlertKind::CompletedWithRemains,
                format!("dispatch {}", run.id),
                format!("dispatch {}: {}", run.id, line.says),
            ));
        }
        run.remains = line.remains.or(run.remains);
        run.state = match word {
            OrderWord::Partial => DispatchState::Partial,
            OrderWord::Canceled => DispatchState::Canceled,
            OrderWord::Completed
            | OrderWord::Pending
            | OrderWord::InProgress
            | OrderWord::Processing => DispatchState::Completed,
        };
        let first = first_of(run).map(|first| format!(", as at {}", first.seen_at));
        run.end_word = Some(word.word().to_owned());
        run.end_seen_at_ms = Some(at);
        run.poll_at_ms = None;
        run.cancel_at_ms = None;
        let cause = format!(
            "the provider reports {}{}",
            line.says,
            first.unwrap_or_default()
        );
        self.causes
            .insert(run.order_id, CausedBy::new(Cause::Reported, cause));
        let ended = self.ends.entry(run.order_id).or_insert(at);
        *ended = at.max(*ended);
    }

    /// Notes one more answer that says nothing of the run. Gives whether answers have said nothing for
    /// a day, after which an operator decides: "nothing is polled for ever in silence".
    fn is_unclear_for_a_day(&self, run: &mut dispatch::Model) -> bool {
        let since = *run.unclear_since_ms.get_or_insert(self.now);
        self.now.ms_since(since) >= UNCLEAR_MS
    }

    /// One more answer that decides nothing; after too many an operator decides.
    fn vague(&mut self, run: &mut dispatch::Model, what: String) {
        run.vague_answers += 1;
        forget_end(run);
        if run.vague_answers >= self.most_asks {
            self.park(run, format!("{what}, {} times", self.most_asks));
        } else {
            run.reason = Some(what);
        }
    }

    fn park(&mut self, run: &mut dispatch::Model, reason: String) {
        self.alerts.push(Alert::new(
            AlertKind::Parked,
            format!("dispatch {}", run.id),
            format!("dispatch {} waits for an operator: {reason}", run.id),
        ));
        stop_following(run, reason);
    }

    fn keep(&mut self, run: &dispatch::Model, reply: String) {
        self.exchanges.push(Exchange {
            run: run.id,
            attempt: run.attempt,
            action: "status",
            request: format!(
                "order={}",
                run.provider_order.as_deref().unwrap_or_default()
            ),
            reply,
        });
    }
}

/// The end that was reported first and is not confirmed yet.
fn first_of(run: &dispatch::Model) -> Option<First> {
    Some(First {
        word: run.end_word.as_deref().and_then(OrderWord::from_word)?,
        remains: run.end_remains?,
        seen_at: run.end_seen_at_ms?,
    })
}

/// Parks a run that its provider took: an operator ends it, or has it followed again.
fn stop_following(run: &mut dispatch::Model, reason: String) {
    run.state = DispatchState::Parked;
    run.poll_at_ms = None;
    run.reason = Some(reason);
    // What an operator sends back to be followed begins anew.
    (run.contradictions, run.unclear_since_ms) = (0, None);
    forget_end(run);
}

fn forget_end(run: &mut dispatch::Model) {
    (run.end_word, run.end_remains, run.end_seen_at_ms) = (None, None, None);
    run.end_is_keyed = false;
}

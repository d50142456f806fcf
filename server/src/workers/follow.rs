//! Following what was accepted: statuses, cancels and refills. Every provider is followed by a task
//! of its own: "a provider that never answers delays its own orders only".

mod answers;
mod ask;
mod due;
mod learned;
mod passing;
mod request;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures::future::join_all;
use tokio::sync::watch;
use tokio::task::JoinSet;

use self::answers::{Answered, Answers, Reports};
use self::ask::{ASKS_PER_STEP, Question, ask};
use self::due::{Due, due};
use self::passing::{classify, is_passing};
use self::request::ascending;
use super::progress::Progress;
use super::survived;
use crate::catalog::Provider;
use crate::catalog::asking::{self, AskedAction, Asking};
use crate::clock::Stopwatch;
use crate::error::Result;
use crate::ids::ProviderId;
use crate::orders::{self, Asked, CancelAnswer, Heard, Report};
use crate::panel::Panel;
use crate::phrases::PhraseKind;
use crate::protocol::MAX_IDS;
use crate::protocol::upstream::{
    CancelReply, Outgoing, ProviderSays, Reading, RefillReply, RefillStatusReply, Said,
    StatusReply, Unreadable, cancel_replies, names_unknown_id, refill_reply, refill_statuses,
    status_replies,
};
use crate::provider::{CallError, Client, Reply};
use crate::refills::{self, Forwarded};

/// How many refills are forwarded to one provider in one step.
const REFILLS_AT_ONCE: usize = 5;

/// Asks providers about what they accepted. Cheap to clone.
#[derive(Clone)]
pub(super) struct Follower {
    panel: Panel,
    client: Client,
}

impl Reports for StatusReply {
    fn is_error(&self) -> bool {
        matches!(self, StatusReply::Error(_))
    }

    fn may_be_of_the_field(&self) -> bool {
        true
    }
}

impl Reports for RefillStatusReply {
    fn is_error(&self) -> bool {
        matches!(self, RefillStatusReply::Error(_))
    }

    fn may_be_of_the_field(&self) -> bool {
        true
    }
}

impl Reports for CancelReply {
    fn is_error(&self) -> bool {
        !matches!(self, CancelReply::Accepted)
    }

    fn may_be_of_the_field(&self) -> bool {
        matches!(self, CancelReply::Refused(text) if names_unknown_id(text))
    }
}

impl Follower {
    pub(super) fn new(panel: Panel, client: Client) -> Follower {
        Follower { panel, client }
    }

    /// Follows every provider until `stop` becomes true and what is under way has been recorded;
    /// `every` is how often it is looked what is due, `limit` how long one round may take.
    pub(super) async fn run(
        self,
        progress: Progress,
        every: Duration,
        limit: Duration,
        mut stop: watch::Receiver<bool>,
    ) {
        let mut rounds: JoinSet<(ProviderId, usize)> = JoinSet::new();
        let mut under_way: HashSet<ProviderId> = HashSet::new();
        let mut again: Option<ProviderId> = None;
        while !*stop.borrow() {
            let due = match due(&self.panel).await {
                Ok(due) => {
                    progress.note("follow", limit);
                    due
                }
                Err(fault) => {
                    tracing::error!(worker = "follow", error = %fault, "a worker failed");
                    Vec::new()
                }
            };
            for due in due {
                let provider = due.provider.id;
                let is_wanted = again.is_none_or(|again| again == provider);
                if is_wanted && under_way.insert(provider) {
                    let (follower, progress) = (self.clone(), progress.clone());
                    rounds.spawn(async move {
                        let round = async move { follower.follow(&due).await };
                        (provider, survived(&progress, "follow", limit, round).await)
                    });
                }
            }
            let tick = tokio::time::sleep(every);
            tokio::pin!(tick);
            again = loop {
                tokio::select! {
                    Some(done) = rounds.join_next(), if !rounds.is_empty() => {
                        // A round never panics: what it does is a task of its own.
                        let Ok((provider, done)) = done else { continue };
                        under_way.remove(&provider);
                        if done > 0 {
                            break Some(provider);
                        }
                    }
                    () = &mut tick => break None,
                    _ = stop.changed() => break None,
                }
            };
        }
        while rounds.join_next().await.is_some() {}
    }

    /// One round over all providers, each on its own. Gives how much there was to do.
    pub(super) async fn step(&self) -> Result<usize> {
        let due = due(&self.panel).await?;
        let rounds = due.iter().map(|due| async {
            let followed = self.follow(due).await;
            followed.unwrap_or_else(|fault| {
                let (worker, provider) = ("follow", &due.provider.name);
                tracing::error!(worker, provider, error = %fault, "not followed");
                0
            })
        });
        Ok(join_all(rounds).await.into_iter().sum())
    }

    async fn follow(&self, due: &Due) -> Result<usize> {
        let provider = &due.provider;
        let mut done = 0;
        if due.orders.is_some_and(|busy| busy.cancels) {
            done += self.forward_cancels(provider).await?;
        }
        if due.orders.is_some_and(|busy| busy.polls) {
            done += self.poll(provider).await?;
        }
        if due.refills.is_some_and(|busy| busy.forwards) {
            done += self.forward_refills(provider).await?;
        }
        if due.refills.is_some_and(|busy| busy.polls) {
            done += self.poll_refills(provider).await?;
        }
        Ok(done)
    }

    async fn poll(&self, provider: &Provider) -> Result<usize> {
        let action = AskedAction::Status;
        let known = asking::asking(&self.panel.db, provider.id, action).await?;
        let asked = orders::take_due(&self.panel, provider, self.most(&known)).await?;
        if asked.is_empty() {
            return Ok(0);
        }
        let count = asked.len();
        let ids = |wanted: &dyn Fn(&Asked) -> bool| -> Vec<String> {
            let wanted = asked.iter().filter(|asked| wanted(asked));
            ascending(wanted.map(|asked| asked.provider_order.clone()).collect())
        };
        let lists = ids(&|asked| !asked.is_alone && !asked.is_unclear);
        let mut alone = ids(&|asked| asked.is_alone && !asked.is_unclear);
        // Those of which nothing was understood at last keep nobody else waiting.
        alone.extend(ids(&|asked| asked.is_unclear));
        let question = self.question(provider, action, |ids: &[String], reply: &Reply| {
            self.read_statuses(provider, ids, reply)
        });
        let answers = ask(&question, known.clone(), lists, alone).await;
        self.keep_learned(provider, action, &known, &answers)
            .await?;
        let runs = asked
            .into_iter()
            .map(|asked| (asked.provider_order.clone(), asked));
        let mut runs: HashMap<String, Asked> = runs.collect();
        let unasked = answers.unasked.iter().filter_map(|id| runs.remove(id));
        let unasked = unasked.map(|asked| asked.run).collect();
        let read = Stopwatch::start();
        let reports = reports(runs, answers, |says| {
            is_passing(&self.panel, provider.id, says)
        });
        self.count_unsorted_words(provider, &reports);
        if !reports.is_empty() {
            orders::apply(&self.panel, reports).await?;
            self.panel.metrics.report_committed(read);
        }
        orders::put_back(&self.panel, unasked).await?;
        Ok(count)
    }

    /// Counts the status words that nobody has sorted: each is shown once, whatever says it.
    fn count_unsorted_words(&self, provider: &Provider, reports: &[Report]) {
        let (kind, now) = (PhraseKind::Status, self.panel.now());
        for report in reports {
            if let Heard::Said { reply, .. } = &report.heard
                && let StatusReply::Known {
                    word: None,
                    raw_status,
                    ..
                } = reply
                && !raw_status.is_empty()
            {
                let (book, word) = (&self.panel.phrasebook, kind.phrase_of(raw_status));
                book.count_seen(provider.id, kind, &word, raw_status, now);
            }
        }
    }

    async fn forward_cancels(&self, provider: &Provider) -> Result<usize> {
        let action = AskedAction::Cancel;
        let known = asking::asking(&self.panel.db, provider.id, action).await?;
        let asked = orders::take_cancels(&self.panel, provider, self.most(&known)).await?;
        if asked.is_empty() {
            return Ok(0);
        }
        let ids = asked.iter().map(|asked| asked.provider_order.clone());
        let ids = ids.collect();
        let question = self.question(provider, action, |ids: &[String], reply: &Reply| {
            let reading = Reading {
                id_names_order: provider.dialect.id_names_order,
                is_passing: &|says| is_passing(&self.panel, provider.id, says),
                ..Reading::PLAIN
            };
            let mut said = cancel_replies(ids, &reply.answer(), reading)?;
            said.retain(|said| said.reply != CancelReply::Unclear);
            Ok(said)
        });
        let answers = ask(&question, known.clone(), ids, Vec::new()).await;
        self.keep_learned(provider, action, &known, &answers)
            .await?;
        let count = asked.len();
        orders::record_cancels(&self.panel, cancel_answers(asked, answers)).await?;
        Ok(count)
    }

    async fn forward_refills(&self, provider: &Provider) -> Result<usize> {
        let mut count = 0;
        // Each is claimed when its turn has come: a lease outlives one exchange, not those of all
        // that are sent before it.
        while count < REFILLS_AT_ONCE
            && let Some(claimed) = refills::claim(&self.panel, provider).await?
        {
            count += 1;
            let request = Outgoing::Refill(claimed.provider_id);
            let outcome = match self.client.call(provider, &request).await {
                Ok(reply) => {
                    let read = refill_reply(&reply.answer());
                    let class = match &read {
                        RefillReply::Refused(says) => classify(&self.panel, provider.id, says),
                        RefillReply::Accepted { .. }
                        | RefillReply::TryAfter { .. }
                        | RefillReply::Unclear(_) => None,
                    };
                    Forwarded::Replied(read, class)
                }
                Err(CallError::NotSent(_)) => Forwarded::NotSent,
                Err(CallError::Unanswered(why)) => Forwarded::Unanswered(why),
            };
            let share = claimed.share;
            let kept = format!("{outcome:?}");
            if let Err(fault) = refills::record(&self.panel, vec![(share, outcome)]).await {
                // Nobody else has it; the share is parked, and an operator can look here.
                tracing::error!(%share, "what came of forwarding is lost: {kept}");
                return Err(fault);
            }
        }
        Ok(count)
    }

    async fn poll_refills(&self, provider: &Provider) -> Result<usize> {
        let action = AskedAction::RefillStatus;
        let known = asking::asking(&self.panel.db, provider.id, action).await?;
        let asked = refills::take_due(&self.panel, provider, self.most(&known)).await?;
        if asked.is_empty() {
            return Ok(0);
        }
        let ids = asked.iter().map(|asked| asked.provider_id.clone());
        let ids = ids.collect();
        let question = self.question(provider, action, |ids: &[String], reply: &Reply| {
            refill_statuses(ids, &reply.answer())
        });
        let answers: Answers<RefillStatusReply> =
            ask(&question, known.clone(), ids, Vec::new()).await;
        self.keep_learned(provider, action, &known, &answers)
            .await?;
        let words = asked.iter().filter_map(|asked| {
            let mut said = answers.said.iter().map(|answered| &answered.said);
            match &said.find(|said| said.id == asked.provider_id)?.reply {
                RefillStatusReply::Known {
                    word: Some(word), ..
                } => Some((asked.share, *word)),
                RefillStatusReply::Known { word: None, .. } | RefillStatusReply::Error(_) => None,
            }
        });
        refills::apply(&self.panel, words.collect()).await?;
        Ok(asked.len())
    }

    fn read_statuses(
        &self,
        provider: &Provider,
        ids: &[String],
        reply: &Reply,
    ) -> std::result::Result<Vec<Said<StatusReply>>, Unreadable> {
        let reading = Reading {
            id_names_order: provider.dialect.id_names_order,
            sorted: &|word| self.panel.phrasebook.status_word(provider.id, word),
            is_passing: &|says| is_passing(&self.panel, provider.id, says),
        };
        status_replies(ids, &reply.answer(), reading)
    }

    fn question<'a, F, R>(
        &'a self,
        provider: &'a Provider,
        action: AskedAction,
        read: F,
    ) -> Question<'a, F>
    where
        F: Fn(&[String], &Reply) -> std::result::Result<Vec<Said<R>>, Unreadable> + Sync,
    {
        Question {
            panel: &self.panel,
            client: &self.client,
            provider,
            action,
            now: self.panel.now(),
            read,
        }
    }

    /// How many are taken up at once: no more than there is time for.
    fn most(&self, known: &Asking) -> usize {
        match known.list_size(self.panel.now()) {
            1 => ASKS_PER_STEP,
            _ => MAX_IDS,
        }
    }
}

/// What is reported of the runs that were asked about.
fn reports(
    mut runs: HashMap<String, Asked>,
    answers: Answers<StatusReply>,
    is_passing: impl Fn(&ProviderSays) -> bool,
) -> Vec<Report> {
    let mut reports = Vec::with_capacity(runs.len());
    let said = answers.said.into_iter().filter_map(|answered| {
        let Answered { said, is_own_kind } = answered;
        // An error that passes says nothing about the order.
        let passes = match &said.reply {
            StatusReply::Error(text) => is_passing(&ProviderSays::new(text.clone())),
            StatusReply::Known { .. } => false,
        };
        let (reply, is_keyed) = (said.reply, said.is_keyed);
        let heard = Heard::Said {
            reply,
            is_keyed,
            is_own_kind,
        };
        (!passes).then_some((said.id, heard))
    });
    let silent = answers.silent.into_iter().map(|silent| {
        let (why, is_its_own) = (silent.why, silent.is_its_own);
        (silent.id, Heard::Nothing { why, is_its_own })
    });
    for (id, heard) in said.chain(silent) {
        if let Some(Asked { run, order, .. }) = runs.remove(&id) {
            reports.push(Report { run, order, heard });
        }
    }
    reports
}

/// What each of the runs whose cancel was to be forwarded was answered.
fn cancel_answers(asked: Vec<Asked>, answers: Answers<CancelReply>) -> Vec<(Asked, CancelAnswer)> {
    let said = answers.said.into_iter().map(|answered| {
        let answer = match answered.said.reply {
            CancelReply::Accepted => CancelAnswer::Taken,
            CancelReply::Refused(why) => CancelAnswer::Refused(why),
            CancelReply::Unclear => CancelAnswer::NotAnswered,
        };
        (answered.said.id, answer)
    });
    let silent = answers.silent.into_iter();
    let silent = silent.map(|silent| (silent.id, CancelAnswer::Unclear(silent.why)));
    let mut heard: HashMap<String, CancelAnswer> = said.chain(silent).collect();
    let rest = match answers.failure {
        Some(failure) if !failure.is_patience => CancelAnswer::Unclear(failure.why),
        Some(_) | None => CancelAnswer::NotAnswered,
    };
    let answer = |asked: Asked| {
        let answer = heard.remove(&asked.provider_order);
        (asked, answer.unwrap_or_else(|| rest.clone()))
    };
    asked.into_iter().map(answer).collect()
}

//! Following what was accepted: statuses, cancels and refills, up to 100 ids a request.

use std::collections::HashMap;

use futures::future::join_all;

use crate::catalog::{self, Provider};
use crate::clock::Stopwatch;
use crate::error::Result;
use crate::ids::{DispatchId, OrderId};
use crate::orders::verdict::class_of;
use crate::orders::{self, Busy, CancelAnswer, Report};
use crate::panel::Panel;
use crate::protocol::upstream::{
    CancelReply, Outgoing, PhraseClass, ProviderSays, RefillReply, RefillStatusReply, SentValues,
    cancel_replies, refill_reply, refill_statuses, status_replies,
};
use crate::provider::{CallError, Client};
use crate::refills::{self, Forwarded};

/// How many refills are forwarded to one provider in one step.
const REFILLS_AT_ONCE: usize = 5;

/// Asks providers about what they accepted. Cheap to clone.
#[derive(Clone)]
pub(super) struct Follower {
    panel: Panel,
    client: Client,
}

impl Follower {
    pub(super) fn new(panel: Panel, client: Client) -> Follower {
        Follower { panel, client }
    }

    /// One round over all providers, each on its own: a slow or broken one keeps nobody waiting
    /// for what the others report. Gives how much there was to do.
    pub(super) async fn step(&self) -> Result<usize> {
        let busy = orders::busy_providers(&self.panel, self.panel.now()).await?;
        let providers = catalog::providers(&self.panel.db, &self.panel.secrets).await?;
        let rounds = providers.iter().map(|provider| async {
            let busy = busy.iter().find(|busy| busy.provider == provider.id);
            self.follow(provider, busy).await.unwrap_or_else(|fault| {
                let (worker, provider) = ("follow", &provider.name);
                tracing::error!(worker, provider, error = %fault, "not followed");
                0
            })
        });
        Ok(join_all(rounds).await.into_iter().sum())
    }

    async fn follow(&self, provider: &Provider, busy: Option<&Busy>) -> Result<usize> {
        let mut done = 0;
        if busy.is_some_and(|busy| busy.cancels) {
            done += self.forward_cancels(provider).await?;
        }
        if busy.is_some_and(|busy| busy.polls) {
            done += self.poll(provider).await?;
        }
        done += self.forward_refills(provider).await?;
        done += self.poll_refills(provider).await?;
        Ok(done)
    }

    /// What a provider's sentence means, if it is sorted.
    fn classify(&self, provider: &Provider, says: &ProviderSays) -> Option<PhraseClass> {
        class_of(says, &SentValues::default(), |phrase| {
            self.panel.phrasebook.refusal_class(provider.id, phrase)
        })
    }

    async fn poll(&self, provider: &Provider) -> Result<usize> {
        let asked = orders::take_due(&self.panel, provider).await?;
        if asked.is_empty() {
            return Ok(0);
        }
        let mut runs: HashMap<String, (DispatchId, OrderId)> = asked
            .into_iter()
            .map(|asked| (asked.provider_order, (asked.run, asked.order)))
            .collect();
        let count = runs.len();
        let ids: Vec<String> = runs.keys().cloned().collect();
        let replies = match self
            .client
            .call(provider, &Outgoing::Status(ids.clone()))
            .await
        {
            Ok(reply) => status_replies(&ids, &reply.answer()).map_err(|e| e.to_string()),
            Err(fault) => Err(fault.to_string()),
        };
        match replies {
            Ok(replies) => {
                let reports = replies.into_iter().filter_map(|(id, reply)| {
                    let (run, order) = runs.remove(&id)?;
                    Some(Report { run, order, reply })
                });
                let read = Stopwatch::start();
                orders::apply(&self.panel, reports.collect()).await?;
                self.panel.metrics.report_committed(read);
            }
            Err(error) => {
                let (worker, provider) = ("follow", &provider.name);
                tracing::warn!(worker, provider, error, "status was not read");
            }
        }
        Ok(count)
    }

    async fn forward_cancels(&self, provider: &Provider) -> Result<usize> {
        let asked = orders::take_cancels(&self.panel, provider).await?;
        if asked.is_empty() {
            return Ok(0);
        }
        let ids: Vec<String> = asked
            .iter()
            .map(|asked| asked.provider_order.clone())
            .collect();
        let mut replies: HashMap<String, CancelAnswer> = HashMap::new();
        let unclear = match self
            .client
            .call(provider, &Outgoing::Cancel(ids.clone()))
            .await
        {
            Ok(reply) => {
                match cancel_replies(&ids, &reply.answer(), &|says| self.classify(provider, says)) {
                    Ok(said) => {
                        for (id, said) in said {
                            let answer = match said {
                                CancelReply::Accepted => CancelAnswer::Taken,
                                CancelReply::Refused(why) => CancelAnswer::Refused(why),
                                CancelReply::Unclear => CancelAnswer::Unclear(reply.evidence()),
                            };
                            replies.insert(id, answer);
                        }
                        "not in the answer".to_owned()
                    }
                    Err(fault) => fault.to_string(),
                }
            }
            Err(fault) => fault.to_string(),
        };
        let answers = asked.into_iter().map(|asked| {
            let said = replies.remove(&asked.provider_order);
            (
                asked,
                said.unwrap_or_else(|| CancelAnswer::Unclear(unclear.clone())),
            )
        });
        let answers: Vec<_> = answers.collect();
        let count = answers.len();
        orders::record_cancels(&self.panel, answers).await?;
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
                        RefillReply::Refused(says) => self.classify(provider, says),
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
        let asked = refills::take_due(&self.panel, provider).await?;
        if asked.is_empty() {
            return Ok(0);
        }
        let ids: Vec<String> = asked
            .iter()
            .map(|asked| asked.provider_id.clone())
            .collect();
        let request = Outgoing::RefillStatus(ids.clone());
        let said = match self.client.call(provider, &request).await {
            Ok(reply) => refill_statuses(&ids, &reply.answer()).map_err(|e| e.to_string()),
            Err(fault) => Err(fault.to_string()),
        };
        match said {
            Ok(said) => {
                let words = asked.iter().filter_map(|asked| {
                    let reply = said.iter().find(|(id, _)| *id == asked.provider_id);
                    match &reply?.1 {
                        RefillStatusReply::Known {
                            word: Some(word), ..
                        } => Some((asked.share, *word)),
                        RefillStatusReply::Known { word: None, .. }
                        | RefillStatusReply::Error(_) => None,
                    }
                });
                refills::apply(&self.panel, words.collect()).await?;
            }
            Err(error) => {
                let (worker, provider) = ("follow", &provider.name);
                tracing::warn!(worker, provider, error, "refill_status was not read");
            }
        }
        Ok(asked.len())
    }
}

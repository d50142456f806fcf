//! The person who runs the panel: asks the providers, and decides what waits for a decision.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};
use smm_panel_server::clock::Time;
use smm_panel_server::demo::provider::truth::{Meaning, TrueOrder, TrueProviders};
use smm_panel_server::protocol::OrderWord;

use super::Figures;
use super::judge::{Effort, short};
use super::world::Ask;
use crate::HOUR;

/// The operator of a world.
pub(super) struct Operator {
    pub(super) key: String,
    /// What was spent on which order.
    pub(super) efforts: HashMap<i64, Effort>,
    /// Who confirms what is too much for one person.
    second: String,
    /// Whose dispatch the orders at providers are, as far as that was found out.
    bound: HashMap<(usize, String), Option<i64>>,
    /// The sentences and words that were sorted.
    sorted: HashSet<i64>,
    /// Since when a dispatch waits for its sentence to be sorted.
    waits: HashMap<i64, Time>,
}

/// How long a dispatch may wait for its sentence before it is decided by itself, in ms.
const SENTENCE_TAKES: i64 = 6 * HOUR;

impl Operator {
    pub(super) fn new(key: String, second: String) -> Operator {
        Operator {
            key,
            efforts: HashMap::new(),
            second,
            bound: HashMap::new(),
            sorted: HashSet::new(),
            waits: HashMap::new(),
        }
    }

    /// Sorts every sentence and word that nobody has sorted, once for each provider.
    pub(super) async fn sort(
        &mut self,
        ask: &Ask,
        providers: &TrueProviders,
        figures: &mut Figures,
    ) {
        let mut path = "/phrases?unsorted=true&limit=500".to_owned();
        loop {
            let Some(page) = ask.get(&self.key, &path).await else {
                return;
            };
            for phrase in page["phrases"].as_array().into_iter().flatten() {
                self.sort_one(ask, providers, phrase, figures).await;
            }
            let Some(cursor) = page["next_cursor"].as_str() else {
                return;
            };
            path = format!("/phrases?unsorted=true&limit=500&cursor={cursor}");
        }
    }

    async fn sort_one(
        &mut self,
        ask: &Ask,
        providers: &TrueProviders,
        phrase: &Value,
        figures: &mut Figures,
    ) {
        let (Some(id), Some(provider)) =
            (phrase["phrase_id"].as_i64(), phrase["provider_id"].as_i64())
        else {
            return;
        };
        let provider = usize::try_from(provider - 1).expect("a provider");
        let example = phrase["example"].as_str().unwrap_or_default();
        let class = match phrase["kind"].as_str() {
            Some("status") => providers.word(provider, example).map(class_of_word),
            _ => providers.meaning(provider, example).map(class_of_meaning),
        };
        let Some(class) = class.filter(|_| !self.sorted.contains(&id)) else {
            return;
        };
        let path = format!("/phrases/{id}/sorting");
        let sorting = json!({"class": class, "reason": "asked the provider"});
        let Some((status, said)) = ask.post(&self.key, &path, sorting).await else {
            return;
        };
        if status != 200 {
            let no = format!("not sorted as {class}, {status}: {}", said["detail"]);
            *figures.reasons.entry(short(&no)).or_default() += 1;
            return;
        }
        self.sorted.insert(id);
        figures.sorted += 1;
        if said["state"] == "to_confirm" {
            let decision = said["decision_id"].as_i64().expect("a decision");
            let path = format!("/phrase-decisions/{decision}/confirmation");
            ask.post(&self.second, &path, json!({})).await;
        }
    }

    /// Looks at every dispatch that waits, and decides it. `links` are those of the orders.
    pub(super) async fn decide(
        &mut self,
        now: Time,
        ask: &Ask,
        providers: &TrueProviders,
        links: &HashMap<i64, String>,
        figures: &mut Figures,
    ) {
        let mut path = "/dispatches?limit=500".to_owned();
        loop {
            let Some(page) = ask.get(&self.key, &path).await else {
                return;
            };
            let dispatches = page["dispatches"].as_array().cloned().unwrap_or_default();
            for dispatch in &dispatches {
                if self.waits_for_sorting(now, providers, links, dispatch) {
                    continue;
                }
                self.decide_one(ask, providers, links, dispatch, figures)
                    .await;
            }
            let Some(cursor) = page["next_cursor"].as_str() else {
                return;
            };
            path = format!("/dispatches?limit=500&cursor={cursor}");
        }
    }

    /// Whether a sentence that says no, or a status word, is all that keeps a dispatch: it is sorted, and
    /// the dispatch goes on with all the others.
    fn waits_for_sorting(
        &mut self,
        now: Time,
        providers: &TrueProviders,
        links: &HashMap<i64, String>,
        dispatch: &Value,
    ) -> bool {
        let number = |name: &str| dispatch[name].as_i64().expect("a number");
        let Some(link) = links.get(&number("order_id")) else {
            return false;
        };
        let reason = dispatch["reason"].as_str().unwrap_or_default();
        if reason.starts_with("its status") {
            return true;
        }
        let provider = usize::try_from(number("provider_id") - 1).expect("a provider");
        let said = providers.last_refusal(provider, link);
        if dispatch["state"] != "parked" || !said.is_some_and(Meaning::is_refusal) {
            return false;
        }
        let since = *self.waits.entry(number("dispatch_id")).or_insert(now);
        now.ms_since(since) < SENTENCE_TAKES
    }

    async fn decide_one(
        &mut self,
        ask: &Ask,
        providers: &TrueProviders,
        links: &HashMap<i64, String>,
        dispatch: &Value,
        figures: &mut Figures,
    ) {
        let number = |name: &str| dispatch[name].as_i64().expect("a number");
        let order = number("order_id");
        let Some(link) = links.get(&order) else {
            return;
        };
        let provider = usize::try_from(number("provider_id") - 1).expect("a provider");
        let state = dispatch["state"].as_str().unwrap_or_default();
        let reason = dispatch["reason"].as_str().unwrap_or_default();
        let mut here = providers.truth(link);
        here.retain(|stored| stored.provider == provider);
        let Some(decision) = self.decision(dispatch, &here) else {
            return;
        };
        let path = format!("/dispatches/{}/resolution", number("dispatch_id"));
        let Some((status, said)) = ask.post(&self.key, &path, decision.clone()).await else {
            return;
        };
        if status == 200 {
            let effort = self.efforts.entry(order).or_default();
            effort.decisions += 1;
            effort.killed |= reason.starts_with("its sender stopped");
            let said = format!("{state}: {}", short(reason));
            *figures.reasons.entry(said).or_default() += 1;
        } else {
            let no = format!("not decided, {status}: {}", short(&said.to_string()));
            *figures.reasons.entry(no).or_default() += 1;
            // It is another's, then; unless it is this one's own, that another has as well for now.
            let known = dispatch["provider_order"].as_str().unwrap_or_default();
            let given = decision["provider_order_id"].as_str();
            let given = here.iter().find(|one| given == Some(one.id.as_str()));
            if let Some(given) = given.filter(|given| !given.is(known)) {
                self.bound.insert((provider, given.id.clone()), None);
            }
        }
    }

    /// What is decided about a dispatch, by what its provider stored `here` for its link.
    fn decision(&mut self, dispatch: &Value, here: &[TrueOrder]) -> Option<Value> {
        let reason = dispatch["reason"].as_str().unwrap_or_default();
        let id = dispatch["provider_order"].as_str().unwrap_or_default();
        let why = "asked the provider";
        let ended = |stored: &TrueOrder| {
            let decision = json!({"decision": "ended", "remains": stored.remains, "reason": why});
            stored.has_ended().then_some(decision)
        };
        match dispatch["state"].as_str() {
            Some("parked") => match self.stored_for(dispatch["dispatch_id"].as_i64(), id, here) {
                // Its id is answered with another's line: what became of it, the provider tells a person.
                Some(stored) if stored.line_of.is_some() => ended(stored),
                Some(stored) => {
                    let id = &stored.id;
                    Some(json!({"decision": "accepted", "provider_order_id": id, "reason": why}))
                }
                // Somebody else's order holds the link there: sent again, it would wait again.
                None if reason.contains("no other order of ours is active") => {
                    Some(json!({"decision": "refund", "reason": why}))
                }
                None => Some(json!({"decision": "send_again", "confirmed": true, "reason": why})),
            },
            Some("accepted") => here.iter().find(|one| one.is(id)).and_then(ended),
            _ => None,
        }
    }

    /// Which of the orders that its provider stored is a dispatch's: the one whose id it has, where that
    /// is true, else the last that is no other dispatch's.
    fn stored_for<'t>(
        &mut self,
        dispatch: Option<i64>,
        known: &str,
        here: &'t [TrueOrder],
    ) -> Option<&'t TrueOrder> {
        let is_free = |one: &&TrueOrder| {
            let whose = self.bound.get(&(one.provider, one.id.clone()));
            whose.is_none_or(|whose| *whose == dispatch)
        };
        let own = here.iter().filter(is_free).find(|one| one.is(known));
        let stored = own.or_else(|| here.iter().rfind(is_free))?;
        let bound = (stored.provider, stored.id.clone());
        self.bound.insert(bound, dispatch);
        Some(stored)
    }
}

fn class_of_meaning(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::OrderFault => "order_fault",
        Meaning::ServiceNotSold => "service_not_sold",
        Meaning::OurFunds => "our_funds",
        Meaning::TooManyRequests => "too_many_requests",
        Meaning::WaitForLink => "wait_for_link",
        Meaning::ServerFault => "server_fault",
        Meaning::NotARefusal => "not_a_refusal",
    }
}

fn class_of_word(word: OrderWord) -> &'static str {
    match word {
        OrderWord::Pending => "pending",
        OrderWord::InProgress => "in_progress",
        OrderWord::Processing => "processing",
        OrderWord::Completed => "completed",
        OrderWord::Partial => "partial",
        OrderWord::Canceled => "canceled",
    }
}

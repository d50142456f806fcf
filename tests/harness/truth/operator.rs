//! The person who runs the panel: asks the providers, and decides what waits for a decision.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};
use smm_panel_server::demo::provider::truth::TrueProviders;

use super::Figures;
use super::judge::{Effort, short};
use super::world::Ask;

/// The operator of a world.
pub(super) struct Operator {
    pub(super) key: String,
    /// What was spent on which order.
    pub(super) efforts: HashMap<i64, Effort>,
    /// The orders at providers that are known to belong to somebody.
    bound: HashSet<(usize, String)>,
}

impl Operator {
    pub(super) fn new(key: String) -> Operator {
        Operator {
            key,
            efforts: HashMap::new(),
            bound: HashSet::new(),
        }
    }

    /// Looks at everything that waits, and decides it. `links` are those of the orders.
    pub(super) async fn decide(
        &mut self,
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
                self.decide_one(ask, providers, links, dispatch, figures)
                    .await;
            }
            let Some(cursor) = page["next_cursor"].as_str() else {
                return;
            };
            path = format!("/dispatches?limit=500&cursor={cursor}");
        }
    }

    async fn decide_one(
        &mut self,
        ask: &Ask,
        providers: &TrueProviders,
        links: &HashMap<i64, String>,
        dispatch: &Value,
        figures: &mut Figures,
    ) {
        let order = dispatch["order_id"].as_i64().expect("an order");
        let Some(link) = links.get(&order) else {
            return;
        };
        let number = |name: &str| dispatch[name].as_i64().expect("a number");
        let provider = usize::try_from(number("provider_id") - 1).expect("a provider");
        let state = dispatch["state"].as_str().unwrap_or_default();
        let reason = dispatch["reason"].as_str().unwrap_or_default();
        let truth = providers.truth(link);
        let here = truth.iter().filter(|stored| stored.provider == provider);
        let why = "asked the provider";
        let decision = match state {
            "parked" => {
                let mut free = here.filter(|one| !self.bound.contains(&(provider, one.id.clone())));
                match free.next_back() {
                    Some(stored) => {
                        self.bound.insert((provider, stored.id.clone()));
                        json!({"decision": "accepted", "provider_order_id": stored.id, "reason": why})
                    }
                    None => json!({"decision": "send_again", "confirmed": true, "reason": why}),
                }
            }
            "accepted" => {
                let id = dispatch["provider_order"].as_str().unwrap_or_default();
                let mut here = here;
                match here.find(|one| one.id == id && one.has_ended()) {
                    Some(stored) => {
                        json!({"decision": "ended", "remains": stored.remains, "reason": why})
                    }
                    None => return,
                }
            }
            _ => return,
        };
        let path = format!("/dispatches/{}/resolution", number("dispatch_id"));
        let Some((status, said)) = ask.post(&self.key, &path, decision).await else {
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
        }
    }
}

//! One world: a panel in a process of its own that is killed now and then, its customers, its operator,
//! and the generated providers that it sends to.

use std::collections::HashMap;
use std::sync::Arc;

use futures::{StreamExt, stream};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use serde_json::Value;
use smm_panel_server::actor::Role;
use smm_panel_server::catalog::{self, Offer, Terms};
use smm_panel_server::clock::Clock;
use smm_panel_server::demo::provider::truth::{LINES_SERVICE, SERVICE, TrueProviders, rate};
use smm_panel_server::ids::ProviderId;
use smm_panel_server::panel::Panel;
use smm_panel_server::protocol::ServiceType;
use smm_panel_server::secrets::Secrets;
use tempfile::TempDir;

use super::operator::Operator;
use super::orders::{self, Wanted};
use super::{Figures, Plan, judge};
use crate::child::ChildPanel;
use crate::{ANYWHERE, HOUR, MINUTE, Reply, START, account, connect_to, open_with, staff, terms};

/// Where the panel may be killed while it sends and follows.
const CRASHES: [&str; 8] = ["C2", "C3", "C4", "C5", "C6", "C7", "C8", "C0"];
/// The steps of the clock, each until so long after the start.
const STEPS: [(i64, i64); 3] = [
    (8 * HOUR, 15 * MINUTE),
    (36 * HOUR, HOUR),
    (10 * 24 * HOUR, 6 * HOUR),
];
/// How often the operator looks, at most.
const OPERATOR_LOOKS: i64 = HOUR;
/// In how many steps the orders are placed.
const WAVES: usize = 16;
/// How many customers ask at the same time.
const AT_ONCE: usize = 16;

pub(super) struct World {
    seed: u64,
    clock: Clock,
    providers: TrueProviders,
    child: ChildPanel,
    /// For reading the database beside the panel that serves.
    beside: Panel,
    ask: Ask,
    keys: Vec<String>,
    operator: Operator,
    wanted: Vec<Wanted>,
    chance: StdRng,
    kills_left: usize,
    _folder: Arc<TempDir>,
}

/// What asks the panel over HTTP. `None` of an answer: the panel died.
pub(super) struct Ask {
    v2: String,
    http: reqwest::Client,
}

impl Ask {
    async fn form(&self, form: &[(&'static str, String)]) -> Option<Value> {
        let sent = self.http.post(&self.v2).form(form).send().await.ok()?;
        serde_json::from_str(&sent.text().await.ok()?).ok()
    }

    async fn operator(
        &self,
        method: Method,
        key: &str,
        path: &str,
        body: Option<Value>,
    ) -> Option<Reply> {
        let url = self.v2.replace("/api/v2", &format!("/operator/v1{path}"));
        let mut request = self.http.request(method, url).bearer_auth(key);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let sent = request.send().await.ok()?;
        let status = sent.status().as_u16();
        let headers = sent.headers().clone();
        let body = sent.text().await.ok()?;
        Some(Reply {
            status,
            headers,
            body,
        })
    }

    /// Reads something as an operator.
    pub(super) async fn get(&self, key: &str, path: &str) -> Option<Value> {
        let reply = self.operator(Method::GET, key, path, None).await?;
        (reply.status == 200).then(|| reply.json())
    }

    /// Does something as an operator; gives the HTTP status too.
    pub(super) async fn post(&self, key: &str, path: &str, body: Value) -> Option<(u16, Value)> {
        let reply = self.operator(Method::POST, key, path, Some(body)).await?;
        Some((reply.status, reply.json()))
    }
}

impl World {
    pub(super) async fn build(plan: &Plan) -> World {
        let seed = plan.seed;
        let clock = Clock::manual(START);
        let seeds: Vec<u64> = (0..)
            .take(plan.dialects)
            .map(|at: u64| seed.wrapping_mul(1_000_003).wrapping_add(at))
            .collect();
        let providers = TrueProviders::start(clock.clone(), ANYWHERE, &seeds)
            .await
            .expect("providers");
        let folder = Arc::new(TempDir::new().expect("a folder"));
        let config = crate::process_config(folder.path());
        let secrets = Secrets::load_or_create(&config).expect("secrets");
        let beside = open_with(config, clock.clone(), secrets).await;
        let mut keys = Vec::new();
        for name in ["ann", "bob", "cem", "dia"] {
            keys.push(account(&beside, name, "1000000").await.1);
        }
        let (_, key) = staff(&beside, Role::Operator, "olga").await;
        let (_, second) = staff(&beside, Role::Operator, "otto").await;
        furnish(&beside, &providers).await;
        let child = ChildPanel::new(&plan.program, folder.path());
        let ask = Ask {
            v2: child.url(),
            http: reqwest::Client::builder()
                .no_proxy()
                .build()
                .expect("a client"),
        };
        World {
            seed,
            clock,
            wanted: orders::draw(seed, plan.orders, providers.count()),
            providers,
            child,
            beside,
            ask,
            keys,
            operator: Operator::new(key, second),
            chance: StdRng::seed_from_u64(seed),
            kills_left: plan.kills,
            _folder: folder,
        }
    }

    /// Lets everything happen, and judges it.
    pub(super) async fn live(mut self, plan: &Plan) -> Figures {
        let mut figures = Figures {
            dialects: self.providers.count(),
            ..Figures::default()
        };
        self.child.undo(&plan.undo);
        self.start();
        let wave = self.wanted.len().div_ceil(WAVES);
        let mut looked = 0;
        for step in 0.. {
            let from = (step * wave).min(self.wanted.len());
            self.place(from..(from + wave).min(self.wanted.len())).await;
            self.cancel().await;
            self.tell("work");
            let gone = self.clock.now().ms_since(START);
            if gone - looked >= OPERATOR_LOOKS {
                looked = gone;
                let links = self.links();
                let (now, ask, providers) = (self.clock.now(), &self.ask, &self.providers);
                self.operator.sort(ask, providers, &mut figures).await;
                self.operator
                    .decide(now, ask, providers, &links, &mut figures)
                    .await;
                self.start();
                self.tell("work");
            }
            let open = self.open().await;
            if plan.progress && step % 8 == 0 {
                let (seed, hours) = (self.seed, gone / HOUR);
                eprintln!("world {seed}: {hours} h, {open} orders open");
            }
            let by = STEPS.iter().find(|(until, _)| gone < *until);
            let Some((_, by)) = by.filter(|_| step < WAVES || open > 0) else {
                break;
            };
            self.clock.advance_ms(*by);
            self.tell(&format!("advance {by}"));
        }
        figures.days = self.clock.now().ms_since(START) / (24 * HOUR);
        figures.kills = self.child.deaths;
        self.child.stop();
        self.judge(&mut figures).await;
        figures
    }

    async fn judge(self, figures: &mut Figures) {
        judge::judge(
            self.seed,
            &self.beside,
            &self.providers,
            &self.wanted,
            &self.operator.efforts,
            figures,
        )
        .await;
        for (fault, count) in self.providers.fault_counts() {
            *figures.faults.entry(fault.to_owned()).or_default() += count;
        }
        self.beside.db.close().await.expect("an end");
        self.providers.stop().await;
    }

    /// Starts the panel, if it does not run; it dies once more, if there is a death left.
    fn start(&mut self) {
        if self.child.is_alive() {
            return;
        }
        let crash = (self.kills_left > 0).then(|| {
            let point = CRASHES[self.chance.random_range(0..CRASHES.len())];
            let times = match point {
                // These are passed for each order or request, the others for each batch of them.
                "C3" | "C4" => self.chance.random_range(1..150),
                _ => self.chance.random_range(1..25),
            };
            format!("{point}:{times}")
        });
        self.kills_left = self.kills_left.saturating_sub(1);
        let now = self.clock.now();
        tokio::task::block_in_place(|| self.child.start(now, crash.as_deref()));
    }

    /// Tells the panel something; if it dies of it, it is started and told again.
    fn tell(&mut self, line: &str) {
        for _ in 0..8 {
            self.start();
            let told = tokio::task::block_in_place(|| self.child.tell(line));
            // One that starts has its clock right already.
            if told.is_ok() || line.starts_with("advance") {
                self.start();
                return;
            }
        }
    }

    /// Places these orders; where the panel dies, they are placed again under the same `request_id`.
    async fn place(&mut self, range: std::ops::Range<usize>) {
        let now = self.clock.now();
        for _ in 0..4 {
            let open: Vec<usize> = range
                .clone()
                .filter(|at| self.wanted[*at].id.is_none())
                .collect();
            if open.is_empty() {
                return;
            }
            self.start();
            let (ask, wanted, keys) = (&self.ask, &self.wanted, &self.keys);
            let placed: Vec<(usize, Option<Value>)> = stream::iter(open)
                .map(|at| async move {
                    let one = &wanted[at];
                    (at, ask.form(&one.form(&keys[one.account])).await)
                })
                .buffer_unordered(AT_ONCE)
                .collect()
                .await;
            for (at, answer) in placed {
                let id = answer.and_then(|answer| answer["order"].as_i64());
                self.wanted[at].id = id;
                self.wanted[at].placed_at = now;
            }
        }
    }

    /// Cancels what its customers want to have canceled by now.
    async fn cancel(&mut self) {
        let now = self.clock.now();
        let mut by_account: HashMap<usize, Vec<String>> = HashMap::new();
        for one in &mut self.wanted {
            let due = one
                .cancel_after
                .is_some_and(|after| now.ms_since(one.placed_at) >= after);
            if let Some(id) = one.id.filter(|_| due) {
                one.cancel_after = None;
                by_account
                    .entry(one.account)
                    .or_default()
                    .push(id.to_string());
            }
        }
        for (account, ids) in by_account {
            for ids in ids.chunks(100) {
                let form = [
                    ("key", self.keys[account].clone()),
                    ("action", "cancel".to_owned()),
                    ("orders", ids.join(",")),
                ];
                self.ask.form(&form).await;
                self.start();
            }
        }
    }

    /// How many orders have not ended.
    async fn open(&self) -> usize {
        let sql = "SELECT CAST(COUNT(*) AS TEXT) FROM orders WHERE status IN \
                   ('pending', 'processing', 'in_progress')";
        let count = crate::column(&self.beside, sql).await;
        count[0].parse().expect("a number")
    }

    fn links(&self) -> HashMap<i64, String> {
        self.wanted
            .iter()
            .filter_map(|one| Some((one.id?, one.link.clone())))
            .collect()
    }
}

/// Every provider, and a service for each that it sells first and its neighbour second.
async fn furnish(panel: &Panel, providers: &TrueProviders) {
    let count = providers.count();
    let mut ids: Vec<ProviderId> = Vec::with_capacity(count);
    for at in 0..count {
        let name = format!("p{at}");
        ids.push(connect_to(panel, &name, &providers.url(at), providers.key()).await);
    }
    let sold = (0..count).map(|at| {
        let service_type = orders::service_type(at);
        let terms = Terms {
            min: 1,
            max: 100_000,
            ..terms(service_type, "0.90")
        };
        let offer = |provider: usize| Offer {
            provider: ids[provider],
            provider_service: match service_type == ServiceType::CustomComments {
                true => LINES_SERVICE.to_string(),
                false => SERVICE.to_string(),
            },
            service_type,
            cost: rate(),
            min: terms.min,
            max: terms.max,
            gone: false,
            paused: false,
        };
        let offers = vec![offer(at), offer((at + 1) % count)];
        (terms, offers)
    });
    catalog::import(&panel.db, panel.now(), sold.collect())
        .await
        .expect("a catalogue");
}

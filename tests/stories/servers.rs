//! Several servers on one PostgreSQL: whatever dies when, no money and no order is lost or doubled.

use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use harness::{ANYWHERE, account, check_clean, connect, offer, open_with, provided, terms};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;
use smm_panel_server::catalog;
use smm_panel_server::clock::Clock;
use smm_panel_server::config::Config;
use smm_panel_server::db::Db;
use smm_panel_server::demo::provider::{Script, SimulatedProvider};
use smm_panel_server::money::Money;
use smm_panel_server::panel::Panel;
use smm_panel_server::protocol::ServiceType;
use smm_panel_server::secrets::Secrets;
use tokio::process::Child;
use tokio::sync::{Mutex, watch};

use crate::operator::Operator;

mod commit;
mod deaths;
mod feeds;
mod opening;

/// How many servers there are.
const SERVERS: usize = 3;
/// How many clients order at the same time, each waiting for its answer.
const CLIENTS: usize = 16;
/// What each account begins with.
const START_BALANCE: &str = "10000";

/// What the provider does with orders of each service: all the ways in which an answer can be lost
/// or useless, beside those that work.
fn scripts() -> [Script; 7] {
    [
        Script::Deliver { over_ms: 0 },
        Script::Partial {
            over_ms: 0,
            delivered_percent: 60,
        },
        Script::CancelAfter { ms: 0 },
        Script::Refuse("Bad link"),
        Script::AcceptThenHtml502,
        Script::BrokenJson,
        Script::AcceptThenHang,
    ]
}

/// Servers in processes of their own, their provider, and a look into their database.
struct Fleet {
    operator: Operator,
    addresses: Vec<SocketAddr>,
    servers: Vec<Mutex<Option<Child>>>,
    provider: SimulatedProvider,
    panel: Panel,
    keys: Vec<String>,
    http: reqwest::Client,
    /// Orders that were acknowledged, by account.
    placed: Mutex<BTreeMap<usize, Vec<i64>>>,
    acknowledged: watch::Sender<usize>,
    /// Answers of "not known".
    unavailable: AtomicUsize,
    done: AtomicBool,
}

impl Fleet {
    /// Starts the servers on the database at `url`, or on one of the tests' own server.
    async fn start(url: Option<&str>) -> Fleet {
        let mut operator = Operator::with_loopback()
            .with("SMM_PANEL_DISPATCH_INTERVAL_MS", "50")
            .with("SMM_PANEL_SYNC_INTERVAL_MS", "100")
            .with("SMM_PANEL_SYNC_MAX_INTERVAL_MS", "200")
            .with("SMM_PANEL_PROVIDER_TIMEOUT_MS", "500")
            .with("SMM_PANEL_LEASE_MARGIN_MS", "500")
            // The provider is at fault all the time; nobody shall stop sending to it.
            .with("SMM_PANEL_BREAKER_UNKNOWNS", "1000")
            .with("SMM_PANEL_BREAKER_WINDOW_MS", "1000")
            .with("SMM_PANEL_REFUSALS_UNLISTED_MAX", "1000");
        if let Some(url) = url {
            operator = operator.with("SMM_PANEL_DATABASE_URL", url);
        }
        let config = Config::load(None, operator.settings()).unwrap();
        let secrets = Secrets::load_or_create(&config).unwrap();
        let panel = open_with(config, Clock::system(), secrets).await;
        let provider = SimulatedProvider::start(Clock::system(), ANYWHERE)
            .await
            .unwrap();
        provider.keep_request_ids(true);
        let id = connect(&panel, "simulated", &provider).await;
        harness::keeps_request_ids(&panel, id, true).await;
        let terms = terms(ServiceType::Default, "0.90");
        let services = (1..).zip(scripts());
        provider.set_services(
            services
                .map(|(id, script)| {
                    let mut service = provided(id, &terms);
                    service.script = script;
                    service
                })
                .collect(),
        );
        let offers = (1..=7).map(|at| (terms.clone(), vec![offer(id, at, &terms)]));
        catalog::import(&panel.db, panel.now(), offers.collect())
            .await
            .unwrap();
        let mut keys = Vec::new();
        for number in 0..4 {
            let name = format!("reseller {number}");
            keys.push(account(&panel, &name, START_BALANCE).await.1);
        }
        let addresses: Vec<SocketAddr> = (0..SERVERS).map(|_| free()).collect();
        let fleet = Fleet {
            operator,
            servers: addresses.iter().map(|_| Mutex::new(None)).collect(),
            addresses,
            provider,
            panel,
            keys,
            http: reqwest::Client::builder()
                .no_proxy()
                .timeout(Duration::from_secs(20))
                .build()
                .unwrap(),
            placed: Mutex::default(),
            acknowledged: watch::Sender::new(0),
            unavailable: AtomicUsize::new(0),
            done: AtomicBool::new(false),
        };
        for server in 0..SERVERS {
            fleet.run(server).await;
        }
        fleet
    }

    fn url(&self, server: usize, path: &str) -> String {
        format!("http://{}{path}", self.addresses[server % SERVERS])
    }

    /// Starts a server and waits until it answers.
    async fn run(&self, server: usize) {
        let mut command = self.operator.command(&["serve"]);
        command
            .env("SMM_PANEL_LISTEN", self.addresses[server].to_string())
            .stderr(Stdio::null())
            .stdout(Stdio::null());
        let mut child = command.spawn().unwrap();
        while self
            .http
            .get(self.url(server, "/health/live"))
            .send()
            .await
            .is_err()
        {
            assert!(child.try_wait().unwrap().is_none(), "server {server} ended");
            tokio::task::yield_now().await;
        }
        *self.servers[server].lock().await = Some(child);
    }

    /// Kills a server as `kill -9` does.
    async fn kill(&self, server: usize) {
        let mut child = self.servers[server].lock().await.take().unwrap();
        child.kill().await.unwrap();
    }

    /// Orders from all clients at once until somebody says that it is enough.
    async fn order_until_done(&self) {
        let clients = (0..CLIENTS).map(|client| async move {
            let mut number = 0;
            while !self.done.load(Ordering::Relaxed) {
                number += 1;
                self.order(client, number).await;
            }
        });
        join_all(clients).await;
    }

    /// Orders once, asking one server after the other until one acknowledges: the request carries
    /// its number, and no answer but an order's is taken for one.
    async fn order(&self, client: usize, number: usize) {
        let account = client % self.keys.len();
        let request = format!("{client}-{number}");
        let link = format!("https://x.test/{request}");
        let service = (number % scripts().len() + 1).to_string();
        let form = [
            ("key", self.keys[account].as_str()),
            ("action", "add"),
            ("service", &service),
            ("link", &link),
            ("quantity", "1000"),
            ("request_id", &request),
        ];
        let answer = self.ask(client, &form).await;
        let order = answer["order"].as_i64();
        let order = order.unwrap_or_else(|| panic!("{answer}"));
        let mut placed = self.placed.lock().await;
        placed.entry(account).or_default().push(order);
        drop(placed);
        self.acknowledged.send_modify(|count| *count += 1);
        if number.is_multiple_of(5) {
            let order = order.to_string();
            let form = [form[0], ("action", "cancel"), ("order", &order)];
            let answer = self.ask(client, &form).await;
            // Some have ended by then.
            let ended = answer["error"] == "The order cannot be canceled";
            assert!(ended || answer["error"].is_null(), "{answer}");
        }
    }

    /// Asks one server after the other until one answers.
    async fn ask(&self, first: usize, form: &[(&str, &str)]) -> Value {
        for server in first.. {
            let url = self.url(server, "/api/v2");
            let Ok(response) = self.http.post(url).form(form).send().await else {
                tokio::task::yield_now().await;
                continue;
            };
            let status = response.status().as_u16();
            let Ok(body) = response.text().await else {
                continue;
            };
            if status == 200 {
                return serde_json::from_str(&body).unwrap();
            }
            // A client that reads an `error` would refund its own customer.
            assert_eq!((status, body.as_str()), (503, ""));
            self.unavailable.fetch_add(1, Ordering::Relaxed);
        }
        unreachable!("there is always one more to ask")
    }

    /// Waits until `more` orders were acknowledged from now on.
    async fn wait_for(&self, more: usize) {
        let mut seen = self.acknowledged.subscribe();
        let goal = *seen.borrow() + more;
        seen.wait_for(|count| *count >= goal).await.unwrap();
    }

    /// Checks every invariant, over connections that know nothing of what has died.
    async fn check(&self) {
        let config = &self.panel.config;
        let mut panel = self.panel.clone();
        panel.db = Db::open_existing(config.database_url.expose(), config.pools())
            .await
            .unwrap();
        check_clean(&panel).await;
        panel.db.close().await.unwrap();
    }

    /// What `action=status` says of orders of an account, one text per order.
    async fn statuses(&self, account: usize, orders: &[i64]) -> Vec<Value> {
        let mut lines = Vec::new();
        for (server, ids) in orders.chunks(100).enumerate() {
            let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
            let form = [
                ("key", self.keys[account].as_str()),
                ("action", "status"),
                ("orders", &ids.join(",")),
            ];
            let request = self.http.post(self.url(server, "/api/v2")).form(&form);
            let json: Value = request.send().await.unwrap().json().await.unwrap();
            lines.extend(json.as_object().unwrap().values().cloned());
        }
        lines
    }

    /// The one number of a query.
    async fn number(&self, sql: &str) -> i64 {
        let db = self.panel.db.read();
        let statement = Statement::from_string(DbBackend::Postgres, sql);
        // A connection that PostgreSQL's end has broken is found out by its use.
        match db.query_one_raw(statement).await {
            Ok(row) => row.unwrap().try_get_by_index(0).unwrap(),
            Err(_) => i64::MAX,
        }
    }

    /// Waits until every order has ended, and compares everything that can be compared: what the
    /// clients were told, what the provider was sent, and what the database holds.
    async fn finish(self) {
        let open = "SELECT COUNT(*) FROM orders WHERE settled_at_ms IS NULL";
        while self.number(open).await > 0 {}
        let placed = self.placed.lock().await.clone();
        for (account, orders) in &placed {
            let unique: HashSet<&i64> = orders.iter().collect();
            assert_eq!(
                unique.len(),
                orders.len(),
                "an order was acknowledged twice"
            );
            let mut left = Money::parse(START_BALANCE).unwrap();
            for line in self.statuses(*account, orders).await {
                let status = line["status"].as_str().expect("an acknowledged order");
                assert!(
                    ["Completed", "Partial", "Canceled"].contains(&status),
                    "{line}"
                );
                let charge = Money::parse(line["charge"].as_str().unwrap()).unwrap();
                left = left.minus(charge).unwrap();
            }
            let form = [("key", self.keys[*account].as_str()), ("action", "balance")];
            let request = self.http.post(self.url(0, "/api/v2")).form(&form);
            let json: Value = request.send().await.unwrap().json().await.unwrap();
            let balance = Money::parse(json["balance"].as_str().unwrap()).unwrap();
            assert_eq!(balance, left, "account {account}");
        }
        let links = self.provider.accepted_links();
        let unique: HashSet<&String> = links.iter().collect();
        assert_eq!(
            unique.len(),
            links.len(),
            "the provider took an order twice"
        );
        for server in &self.servers {
            if let Some(mut child) = server.lock().await.take() {
                assert_eq!(crate::operator::stop(&mut child).await, Some(0));
            }
        }
        self.check().await;
        let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
        assert_eq!(self.number(deadlocks).await, 0, "the order of locks holds");
        self.provider.clone().stop().await;
        self.panel.db.close().await.unwrap();
    }
}

/// An address that a server can have for all its lives.
fn free() -> SocketAddr {
    let socket = std::net::TcpListener::bind(ANYWHERE).unwrap();
    socket.local_addr().unwrap()
}

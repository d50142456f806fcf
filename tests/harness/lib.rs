//! What every story stands on: a panel on a database of its own, served over real HTTP, with a
//! simulated provider behind it and a clock that stands still until the story moves it.
//!
//! A story ends with [`TestPanel::finish`], which checks every invariant of the stored data; a
//! story that forgets it fails.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on must stop, loudly"
)]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use reqwest::Method;
use secrecy::SecretString;
use serde_json::Value;
use smm_panel_server::app::{self, Background, Running};
use smm_panel_server::catalog::{self, Offer, Terms, platform};
use smm_panel_server::clock::{Clock, Time};
use smm_panel_server::config::Config;
use smm_panel_server::demo::gateway::SimulatedGateway;
use smm_panel_server::demo::provider::{ProviderService, Script, SimulatedProvider};
use smm_panel_server::ids::{AccountId, ProviderId};
use smm_panel_server::limits::{LimitTier, Quotas};
use smm_panel_server::money::Rate;
use smm_panel_server::panel::Panel;
use smm_panel_server::protocol::ServiceType;
use smm_panel_server::provider::Client;
use smm_panel_server::workers::Workers;
use tempfile::TempDir;

pub mod child;
pub mod database;
mod furnish;
pub mod postgres;
pub mod redis;
pub mod replies;
pub mod smtp;
pub mod standing;
pub mod truth;

pub use furnish::{
    account, alert_kinds, check_clean, column, connect, connect_to, keeps_request_ids, key, offer,
    open, open_another, open_with, person, provided, staff, texts,
};

/// One minute, in ms.
pub const MINUTE: i64 = 60_000;
/// One hour, in ms.
pub const HOUR: i64 = 60 * MINUTE;
/// How long an order of [`Script::Deliver`] takes in [`services`], in ms.
pub const DELIVERY: i64 = 10 * MINUTE;

/// Where every story's clock starts: 2026-11-01T00:00:00Z.
pub const START: Time = Time::from_ms(1_793_491_200_000);

/// A free port of this machine.
pub const ANYWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A panel under test.
pub struct TestPanel {
    /// The panel.
    pub panel: Panel,
    /// Its clock, and the provider's.
    pub clock: Clock,
    /// The provider behind it.
    pub provider: SimulatedProvider,
    /// The provider's id in the panel.
    pub provider_id: ProviderId,
    /// The account of [`TestPanel::key`].
    pub account: AccountId,
    /// An API key.
    pub key: String,
    /// `http://127.0.0.1:PORT/api/v2`.
    pub url: String,
    /// `http://127.0.0.1:PORT/metrics`, where the settings ask for it.
    pub metrics_url: Option<String>,
    workers: Workers,
    running: Option<Running>,
    http: reqwest::Client,
    folder: TempDir,
}

/// An answer of the panel.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body.
    pub body: String,
}

impl Reply {
    /// Reads the whole answer.
    pub async fn read(response: reqwest::Response) -> Reply {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Reply {
            status,
            headers,
            body: response.text().await.expect("a body"),
        }
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {:?}", self.body))
    }

    /// The order id of `{"order": N}`.
    pub fn order(&self) -> i64 {
        self.json()["order"]
            .as_i64()
            .unwrap_or_else(|| panic!("no order: {}", self.body))
    }

    /// The sentence of `{"error": "..."}`, which must be the only key.
    pub fn error(&self) -> String {
        let json = self.json();
        let object = json.as_object().unwrap_or_else(|| panic!("{}", self.body));
        assert_eq!(object.len(), 1, "an error has one key: {}", self.body);
        object["error"].as_str().expect("a sentence").to_owned()
    }
}

/// The settings that stories run with: as in production, but a provider may live on this machine, and
/// nothing is limited, because the clock stands still while a story asks.
pub fn config(folder: &TempDir) -> Config {
    Config {
        provider_allow_loopback: true,
        database_url: database::of(folder.path()),
        limit_address: Quotas::none(),
        limit_failed_keys: Quotas::none(),
        limits_default: LimitTier::Unlimited,
        // Asked twice all the same, without the clock being moved.
        refund_confirm_ms: 0,
        ..Config::default()
    }
}

/// The settings of a panel in a process of its own, whose data is in `folder`.
pub fn process_config(folder: &Path) -> Config {
    let mut config = Config {
        provider_allow_loopback: true,
        database_url: database::of(folder),
        secrets_file: folder.join("secrets"),
        limit_address: Quotas::none(),
        limits_default: LimitTier::Unlimited,
        // Asked twice all the same, without the clock being moved.
        refund_confirm_ms: 0,
        ..Config::default()
    };
    if let Ok(url) = std::fs::read_to_string(folder.join(GATEWAY_FILE)) {
        use_gateway(&mut config, &url);
    }
    config
}

/// The file in the folder of a panel's data that holds the URL of its simulated gateway.
pub const GATEWAY_FILE: &str = "gateway.url";

/// Has a panel use the simulated gateway whose API is at `url`.
pub fn use_gateway(config: &mut Config, url: &str) {
    let (email, password) = SimulatedGateway::LOGIN;
    config.nowpayments_url = url.parse().expect("a URL");
    config.nowpayments_api_key = Some(SecretString::from(SimulatedGateway::API_KEY));
    config.nowpayments_ipn_secret = Some(SecretString::from(SimulatedGateway::IPN_SECRET));
    config.nowpayments_email = Some(email.to_owned());
    config.nowpayments_password = Some(SecretString::from(password));
}

/// What the panel sells in a story, at position 0 of the list as service 1 and so on: the
/// services of the protocol's published vectors.
pub fn services() -> Vec<Terms> {
    vec![
        Terms {
            min: 50,
            max: 10_000,
            ..terms(ServiceType::Default, "0.90")
        },
        Terms {
            min: 1,
            ..terms(ServiceType::CustomComments, "8")
        },
        Terms {
            min: 1,
            max: 1,
            ..terms(ServiceType::Package, "31.60")
        },
        Terms {
            min: 1,
            ..terms(ServiceType::Subscriptions, "1")
        },
    ]
}

/// The key with another last character.
pub fn mistyped(key: &str) -> String {
    let (head, last) = key.split_at(key.len() - 1);
    [head, if last == "x" { "y" } else { "x" }].concat()
}

/// Terms of a service of this type at this rate, with everything allowed.
pub fn terms(service_type: ServiceType, rate: &str) -> Terms {
    let (name, category) = ("Followers".to_owned(), "First Category".to_owned());
    Terms {
        family: platform::family(&category, &name),
        name,
        category,
        description: None,
        service_type,
        rate: Rate::parse(rate).expect("a rate"),
        min: 1,
        max: 1_000_000,
        dripfeed: true,
        refill: true,
        refill_days: Some(30),
        cancel: true,
        rejects_same_link: false,
        passed_fields: Vec::new(),
    }
}

impl TestPanel {
    /// A panel with the services of [`services`], each offered by the provider, and 100 USD.
    pub async fn start() -> TestPanel {
        TestPanel::start_with(|_| {}).await
    }

    /// The same with settings of its own.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> TestPanel {
        let folder = TempDir::new().expect("a folder");
        let mut config = config(&folder);
        change(&mut config);
        let clock = Clock::manual(START);
        let provider = SimulatedProvider::start(clock.clone(), ANYWHERE)
            .await
            .expect("a provider");
        let panel = open(config, clock.clone()).await;
        let (account, key) = account(&panel, "reseller", "100").await;
        let provider_id = connect(&panel, "simulated", &provider).await;
        let mut sold = Vec::new();
        for (id, terms) in (1..).zip(services()) {
            let offers = if terms.service_type == ServiceType::Subscriptions {
                Vec::new()
            } else {
                vec![offer(provider_id, id, &terms)]
            };
            sold.push((terms, offers));
        }
        provider.set_services(
            (1..)
                .zip(services())
                .map(|(id, terms)| provided(id, &terms))
                .collect(),
        );
        catalog::import(&panel.db, panel.now(), sold)
            .await
            .expect("a catalogue");
        let running = app::start(panel.clone(), ANYWHERE, Background::Nobody)
            .await
            .expect("a server");
        TestPanel {
            url: format!("http://{}/api/v2", running.address),
            metrics_url: running
                .metrics_address
                .map(|address| format!("http://{address}/metrics")),
            workers: Workers::new(&panel, Client::new(true).expect("a client")),
            panel,
            clock,
            provider,
            provider_id,
            account,
            key,
            running: Some(running),
            http: reqwest::Client::builder()
                .no_proxy()
                .build()
                .expect("a client"),
            folder,
        }
    }

    /// Adds a service that the provider does not know of: manual unless `offers` has some.
    pub async fn service(&self, terms: Terms, offers: Vec<Offer>) -> i64 {
        let added = catalog::add_service(&self.panel.db, self.panel.now(), terms, offers).await;
        added.expect("a service").0
    }

    /// Adds a service that the provider delivers under the id `at_provider`, by `script`.
    pub async fn offered(&self, terms: Terms, at_provider: i64, script: Script) -> i64 {
        let mut known: Vec<ProviderService> = (1..)
            .zip(services())
            .map(|(id, terms)| provided(id, &terms))
            .collect();
        known.push(ProviderService {
            script,
            ..provided(at_provider, &terms)
        });
        self.provider.set_services(known);
        let offer = offer(self.provider_id, at_provider, &terms);
        self.service(terms, vec![offer]).await
    }

    /// Sends a form with the panel's key.
    pub async fn v2(&self, fields: &[(&str, &str)]) -> Reply {
        self.v2_as(&self.key, fields).await
    }

    /// Sends a form with this key.
    pub async fn v2_as(&self, key: &str, fields: &[(&str, &str)]) -> Reply {
        let mut form = vec![("key", key)];
        form.extend_from_slice(fields);
        self.send(self.http.post(&self.url).form(&form)).await
    }

    /// Sends a request of a typed API with this key; `path` begins at the root.
    pub async fn ask(&self, key: &str, method: Method, path: &str, body: Option<Value>) -> Reply {
        let url = self.url.replace("/api/v2", path);
        let mut request = self.http.request(method, url).bearer_auth(key);
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.send(request).await
    }

    /// Sends any request.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        Reply::read(request.send().await.expect("an answer")).await
    }

    /// The client that requests are made with.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Places an order of service 1 for this link.
    pub async fn order(&self, link: &str, quantity: i64) -> i64 {
        self.order_of(1, link, quantity).await
    }

    /// Places an order.
    pub async fn order_of(&self, service: i64, link: &str, quantity: i64) -> i64 {
        let (service, quantity) = (service.to_string(), quantity.to_string());
        let fields = [
            ("action", "add"),
            ("service", &service),
            ("link", link),
            ("quantity", &quantity),
        ];
        self.v2(&fields).await.order()
    }

    /// An order of 1000 of this service that went as `script` says until a minute later.
    pub async fn ended(&self, service: i64, link: &str, script: Script) -> i64 {
        self.provider.script_next(service, script);
        let order = self.order_of(service, link, 1000).await;
        self.work().await;
        self.advance(MINUTE);
        self.work().await;
        order
    }

    /// The answer to `status` of one order.
    pub async fn status(&self, order: i64) -> Value {
        self.v2(&[("action", "status"), ("order", &order.to_string())])
            .await
            .json()
    }

    /// Status, charge and remains of an order, as one line.
    pub async fn shown(&self, order: i64) -> String {
        let status = self.status(order).await;
        let text = |field: &str| status[field].as_str().unwrap_or("?").to_owned();
        format!("{} {} {}", text("status"), text("charge"), text("remains"))
    }

    /// The wallet's balance as `balance` shows it.
    pub async fn balance(&self) -> String {
        let reply = self.v2(&[("action", "balance")]).await;
        reply.json()["balance"]
            .as_str()
            .expect("a balance")
            .to_owned()
    }

    /// Moves the clock.
    pub fn advance(&self, ms: i64) {
        self.clock.advance_ms(ms);
    }

    /// Does everything that is due at the clock's present time.
    pub async fn work(&self) {
        self.workers
            .run_until_quiet()
            .await
            .expect("the workers work");
    }

    /// Moves the clock in steps of a minute, working at each.
    pub async fn pass(&self, ms: i64) {
        let mut left = ms;
        self.work().await;
        while left > 0 {
            self.advance(left.min(MINUTE));
            left -= MINUTE;
            self.work().await;
        }
    }

    /// Changes the database behind the panel's back.
    pub async fn sql(&self, sql: &str) {
        use sea_orm::ConnectionTrait;
        let tx = self.panel.db.begin().await.expect("a transaction");
        tx.execute_unprepared(sql).await.expect("a statement");
        tx.commit().await.expect("a commit");
    }

    /// Checks every invariant, without ending the story.
    pub async fn check(&self) {
        check_clean(&self.panel).await;
    }

    /// Ends the story: stops the panel and checks every invariant.
    pub async fn finish(mut self) {
        self.check().await;
        let running = self.running.take().expect("a running panel");
        running.stop().await.expect("the panel stops");
        self.provider.clone().stop().await;
    }

    /// The folder of the panel's database.
    pub fn folder(&self) -> &TempDir {
        &self.folder
    }
}

impl Drop for TestPanel {
    fn drop(&mut self) {
        let forgotten = self.running.is_some() && !std::thread::panicking();
        assert!(
            !forgotten,
            "a story ends with finish(), which checks the ledger"
        );
    }
}

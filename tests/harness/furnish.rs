//! Filling a panel: accounts, providers, offers; and reading what no face shows.

use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};
use secrecy::SecretString;
use smm_panel_server::accounts::KeyTerms;
use smm_panel_server::actor::{Actor, Role};
use smm_panel_server::catalog::{self, Exchange, NewProvider, Offer, Terms};
use smm_panel_server::clock::Clock;
use smm_panel_server::config::Config;
use smm_panel_server::db::{Db, Pools};
use smm_panel_server::demo::provider::{ProviderService, Script, SimulatedProvider};
use smm_panel_server::ids::{AccountId, ProviderId};
use smm_panel_server::money::{Money, Rate};
use smm_panel_server::panel::Panel;
use smm_panel_server::secrets::Secrets;
use smm_panel_server::{accounts, check, wallet};

use crate::{DELIVERY, TestPanel};

/// The connections of a panel in a story. One is waited for as long as a machine may need that is busy with
/// other stories.
fn pools(config: &Config) -> Pools {
    Pools {
        wait: Duration::from_secs(30),
        ..config.pools()
    }
}

/// Opens a panel on the database of `config`.
pub async fn open(config: Config, clock: Clock) -> Panel {
    open_with(config, clock, Secrets::ephemeral()).await
}

/// The same with these secrets.
pub async fn open_with(config: Config, clock: Clock, secrets: Secrets) -> Panel {
    let db = Db::open(config.database_url.expose(), pools(&config))
        .await
        .expect("a database");
    db.require_current().await.expect("a schema");
    Panel::open(db, clock, config, secrets)
        .await
        .expect("a panel")
}

/// A second server of the same panel: its own connections to the same database, and a stream of facts
/// of its own.
pub async fn open_another(panel: &TestPanel) -> Panel {
    let config = &panel.panel.config;
    let db = Db::open(config.database_url.expose(), pools(config)).await;
    panel.panel.beside(db.expect("a database"))
}

/// An account with this balance in USD, and its key.
pub async fn account(panel: &Panel, name: &str, balance: &str) -> (AccountId, String) {
    let actor = Actor::command();
    let account = accounts::create(panel, &actor, Role::Reseller, name)
        .await
        .expect("an account");
    let amount = Money::parse(balance).expect("an amount");
    if amount.is_positive() {
        wallet::credit(panel, &actor, account, amount, name, "a test")
            .await
            .expect("a credit");
    }
    (account, key(panel, account).await)
}

/// Signs up with this address; gives the account and a session of it.
pub async fn person(panel: &TestPanel, email: &str) -> (AccountId, String) {
    let with = serde_json::json!({"email": email, "password": "correct horse battery"});
    let post = async |path: &str| {
        let reply = panel
            .ask("", reqwest::Method::POST, path, Some(with.clone()))
            .await;
        assert!(reply.status < 300, "{}", reply.body);
        reply.json()
    };
    let account = post("/api/v3/account").await["account_id"].as_i64();
    let token = post("/api/v3/account/sign-in").await["token"]
        .as_str()
        .map(str::to_owned);
    (
        AccountId(account.expect("an account")),
        token.expect("a session"),
    )
}

/// A member of the staff, and their key.
pub async fn staff(panel: &Panel, role: Role, name: &str) -> (AccountId, String) {
    let account = accounts::create(panel, &Actor::command(), role, name)
        .await
        .expect("an account");
    (account, key(panel, account).await)
}

/// A new key of this account.
pub async fn key(panel: &Panel, account: AccountId) -> String {
    let owner = accounts::register::view(&panel.db, account).await;
    let terms = match owner.expect("an account").role {
        Role::Reseller => KeyTerms::named("test"),
        Role::Support | Role::Operator => KeyTerms::of_staff("test"),
    };
    let made = accounts::create_key(panel, &Actor::command(), account, &terms).await;
    made.expect("a key").1.expose().to_owned()
}

/// Makes `provider` known to the panel.
pub async fn connect(panel: &Panel, name: &str, provider: &SimulatedProvider) -> ProviderId {
    connect_to(panel, name, &provider.url(), provider.key()).await
}

/// Makes the panel at `url` known as a provider.
pub async fn connect_to(panel: &Panel, name: &str, url: &str, key: &str) -> ProviderId {
    let new = NewProvider {
        name: name.to_owned(),
        url: url.to_owned(),
        key: SecretString::from(key),
        timeout_ms: 1_500,
        concurrency: 8,
        exchange: Exchange::usd(),
    };
    let added = catalog::add_provider(&panel.db, &panel.secrets, panel.now(), &new).await;
    added.expect("a provider").expect("a new name")
}

/// Records of a provider whether it answers a repeated `request_id` with the same order.
pub async fn keeps_request_ids(panel: &Panel, id: ProviderId, keeps: bool) {
    let provider = catalog::provider(&panel.db, &panel.secrets, id).await;
    let provider = provider.expect("a provider");
    catalog::providers::record_replays(panel, &Actor::command(), &provider, keeps)
        .await
        .expect("a record");
}

/// What `provider` offers for `terms` under its own id, at a third of the price.
pub fn offer(provider: ProviderId, at_provider: i64, terms: &Terms) -> Offer {
    Offer {
        provider,
        provider_service: at_provider.to_string(),
        service_type: terms.service_type,
        cost: Rate::from_micro(terms.rate.micro() / 3),
        min: terms.min,
        max: terms.max,
        gone: false,
        paused: false,
    }
}

/// The provider's side of [`offer`]: delivers over [`DELIVERY`].
pub fn provided(id: i64, terms: &Terms) -> ProviderService {
    ProviderService {
        id,
        name: terms.name.clone(),
        category: terms.category.clone(),
        service_type: terms.service_type,
        rate: Rate::from_micro(terms.rate.micro() / 3),
        min: terms.min,
        max: terms.max,
        dripfeed: terms.dripfeed,
        refill: terms.refill,
        cancel: terms.cancel,
        script: Script::Deliver { over_ms: DELIVERY },
    }
}

/// Checks every invariant of the stored data.
pub async fn check_clean(panel: &Panel) {
    let report = check::check(panel.db.read(), &panel.secrets, panel.now(), |_| {})
        .await
        .expect("a check");
    assert!(report.is_clean(), "{report}");
}

/// The one text column of a query, row by row.
pub async fn texts(panel: &TestPanel, sql: &str) -> Vec<String> {
    column(&panel.panel, sql).await
}

/// The same of any panel.
pub async fn column(panel: &Panel, sql: &str) -> Vec<String> {
    let db = panel.db.read();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.expect("a query");
    rows.iter()
        .map(|row| row.try_get_by_index(0).expect("a text"))
        .collect()
}

/// The kinds of all alerts, oldest first; of one that was seen again, once for each time.
pub async fn alert_kinds(panel: &TestPanel) -> Vec<String> {
    column(&panel.panel, "SELECT kind FROM alerts ORDER BY id").await
}

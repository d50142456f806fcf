//! A database with a past: accounts, keys and services by the server's own operations, orders by
//! set-based statements that write what the server would have written for orders that were placed,
//! accepted by a provider and completed. `smm-panel check` finds nothing in it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use sea_orm::ConnectionTrait;
use secrecy::SecretString;
use serde_json::Value;
use smm_panel_server::accounts::KeyTerms;
use smm_panel_server::actor::{Actor, Role};
use smm_panel_server::catalog::{self, Exchange, NewProvider, Offer, Terms, platform};
use smm_panel_server::clock::Clock;
use smm_panel_server::config::{Config, DatabaseUrl};
use smm_panel_server::db::Db;
use smm_panel_server::money::{Money, Rate};
use smm_panel_server::panel::Panel;
use smm_panel_server::protocol::ServiceType;
use smm_panel_server::secrets::Secrets;
use smm_panel_server::{accounts, wallet};

use crate::prepared::{Prepared, QUANTITY, REFUNDED};
use crate::sign_in::people;

/// Orders that one transaction writes.
const PIECE: usize = 20_000;
/// Every so many-th order is still open.
const OPEN_EVERY: usize = 100;
/// How many orders each owner has at least, so that 100 of one account can be asked for.
const ORDERS_PER_OWNER: usize = 100;
/// How many units of a refunded order were not delivered.
const REMAINS: i64 = 37;
/// What every wallet starts with, in nano-USD: 1,000,000 USD.
const START_BALANCE: Money = Money::from_nano(1_000_000_000_000_000);

#[derive(Args)]
pub(crate) struct Options {
    /// The folder for the database, the secrets, the settings file and load.json; made if missing
    #[arg(long)]
    data: PathBuf,
    /// How many accounts, each with a key and 1,000,000 USD
    #[arg(long, default_value_t = 1_000)]
    wallets: usize,
    /// How many orders of the past; 1 in 100 is still open
    #[arg(long, default_value_t = 0)]
    orders: usize,
    /// How many people can sign in
    #[arg(long, default_value_t = 0)]
    people: usize,
    /// How many made-up services beside the one that is ordered
    #[arg(long, default_value_t = 0, conflicts_with = "catalogue")]
    services: usize,
    /// A panel's answer to action=services, to be sold beside it
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
    /// Where the panel will serve
    #[arg(long, default_value = "127.0.0.1:18080")]
    listen: SocketAddr,
    /// An empty PostgreSQL database to use instead of a file in the folder
    #[arg(long, value_name = "URL")]
    database: Option<DatabaseUrl>,
}

pub(crate) async fn prepare(options: &Options) -> Result<()> {
    let database = options.database.as_ref();
    let config = settings(&options.data, options.listen, database, "")?;
    let panel = new_panel(&config).await?;
    let keys = wallets(&panel, options.wallets).await?;
    let past = Past::write(&panel, options.wallets, options.orders).await?;
    let more = match &options.catalogue {
        Some(file) => listed(file)?,
        None => made_up(options.services)?,
    };
    people(&panel, options.people).await?;
    println!("{} services beside the one that is ordered", more.len());
    let more = more.into_iter().map(|terms| (terms, Vec::new())).collect();
    catalog::import(&panel.db, panel.now(), more).await?;
    panel.db.close().await?;
    let prepared = Prepared {
        url: format!("http://{}/api/v2", options.listen),
        keys,
        orders: options.orders,
        owners: past.owners,
        ids: Vec::new(),
        service: past.service,
        forwarded: 0,
        charge_nano: past.charge_nano,
        people: options.people,
    };
    prepared.write(&options.data)?;
    let data = options.data.display();
    println!("ready. Next: smm-panel serve --config {data}/smm-panel.toml");
    Ok(())
}

/// Writes the settings file into `data`, with `more` lines, and reads it as the panel will.
pub(crate) fn settings(
    data: &Path,
    listen: SocketAddr,
    database: Option<&DatabaseUrl>,
    more: &str,
) -> Result<Config> {
    std::fs::create_dir_all(data).with_context(|| data.display().to_string())?;
    let folder = data.canonicalize()?;
    if folder.join("panel.db").exists() {
        bail!(
            "{} has a database already: give another folder",
            data.display()
        );
    }
    let file = folder.join("smm-panel.toml");
    let place = folder.display();
    let url = match database {
        Some(url) => url.expose().to_owned(),
        None => format!("sqlite:{place}/panel.db"),
    };
    let text = format!(
        "listen = '{listen}'\ndatabase_url = '{url}'\n\
         secrets_file = '{place}/panel.secrets'\n\
         # Everything comes from one address, as fast as it can.\n\
         limit_address = 'none'\nlimits_default = 'unlimited'\n{more}"
    );
    std::fs::write(&file, text)?;
    Ok(Config::load(Some(&file), std::iter::empty())?)
}

/// A panel on a new database.
pub(crate) async fn new_panel(config: &Config) -> Result<Panel> {
    let db = Db::open(config.database_url.expose(), config.pools()).await?;
    db.require_current().await?;
    let secrets = Secrets::load_or_create(config)?;
    Ok(Panel::open(db, Clock::system(), config.clone(), secrets).await?)
}

/// Accounts 1 to `count`, each with [`START_BALANCE`]; gives a key of each, in order.
pub(crate) async fn wallets(panel: &Panel, count: usize) -> Result<Vec<String>> {
    let mut keys = Vec::with_capacity(count);
    for number in 1..=count {
        let (actor, name) = (Actor::command(), format!("reseller {number}"));
        let account = accounts::create(panel, &actor, Role::Reseller, &name).await?;
        wallet::credit(panel, &actor, account, START_BALANCE, &name, "load").await?;
        let terms = KeyTerms::named("load");
        let (_, key) = accounts::create_key(panel, &actor, account, &terms).await?;
        keys.push(key.expose().to_owned());
        if number % 250 == 0 || number == count {
            println!("{number} of {count} wallets");
        }
    }
    Ok(keys)
}

/// A service that takes any quantity.
pub(crate) fn terms(name: &str, rate: &str) -> Result<Terms> {
    let (name, category) = (name.to_owned(), "Instagram Followers".to_owned());
    Ok(Terms {
        family: platform::family(&category, &name),
        name,
        category,
        description: None,
        service_type: ServiceType::Default,
        rate: Rate::parse(rate)?,
        min: 1,
        max: 1_000_000,
        dripfeed: true,
        refill: true,
        refill_days: Some(30),
        cancel: true,
        rejects_same_link: false,
        passed_fields: Vec::new(),
    })
}

fn made_up(count: usize) -> Result<Vec<Terms>> {
    let name = |n| format!("Followers, quality {n} [Max 500K] [Start 0-24 h] [Refill 30 days]");
    (1..=count).map(|n| terms(&name(n), "1.25")).collect()
}

/// The services of a panel's list that can be sold.
fn listed(file: &Path) -> Result<Vec<Terms>> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let list: Vec<Value> = serde_json::from_str(&text)?;
    let mut sold = Vec::with_capacity(list.len());
    for row in &list {
        let text = |name: &str| match row.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let flag = |name: &str| row.get(name).and_then(Value::as_bool) == Some(true);
        let service_type = ServiceType::from_word(&text("type"));
        let service_type = service_type.filter(|kind| *kind != ServiceType::Subscriptions);
        let (rate, min, max) = (
            Rate::parse_rounding_up(&text("rate")),
            text("min").parse(),
            text("max").parse(),
        );
        if let (Some(service_type), Ok(rate), Ok(min), Ok(max)) = (service_type, rate, min, max)
            && rate.micro() > 0
            && (1..=max).contains(&min)
        {
            let terms = terms(&text("name"), "1")?;
            sold.push(Terms {
                category: text("category"),
                service_type,
                rate,
                min,
                max,
                dripfeed: flag("dripfeed"),
                refill: flag("refill"),
                cancel: flag("cancel"),
                ..terms
            });
        }
    }
    Ok(sold)
}

/// Makes the provider at `url` known and sells what it delivers under the id 1; gives the id of
/// the service.
pub(crate) async fn sell_of(
    panel: &Panel,
    url: &str,
    key: &str,
    concurrency: i64,
    terms: Terms,
) -> Result<i64> {
    let provider = NewProvider {
        name: "simulated".to_owned(),
        url: url.to_owned(),
        key: SecretString::from(key),
        timeout_ms: panel.config.provider_timeout_ms,
        concurrency,
        exchange: Exchange::usd(),
    };
    let now = panel.now();
    let provider = catalog::add_provider(&panel.db, &panel.secrets, now, &provider).await?;
    let offer = Offer {
        provider: provider.ok_or_else(|| anyhow!("a new database has no providers"))?,
        provider_service: "1".to_owned(),
        service_type: terms.service_type,
        cost: Rate::from_micro(terms.rate.micro() / 3),
        min: terms.min,
        max: terms.max,
        gone: false,
        paused: false,
    };
    Ok(catalog::add_service(&panel.db, now, terms, vec![offer])
        .await?
        .0)
}

/// The orders of the past, numbered from 1: order `n` belongs to account `(n - 1) % owners + 1`.
pub(crate) struct Past {
    orders: usize,
    owners: usize,
    service: i64,
    charge_nano: i64,
    /// Ledger transactions written before; order `n` has the two after `2 * (n - 1)` more.
    ledger_before: usize,
}

impl Past {
    /// Adds a manual service, and `orders` of it to a new database with `wallets` wallets.
    pub(crate) async fn write(panel: &Panel, wallets: usize, orders: usize) -> Result<Past> {
        let terms = terms("Load", "0.937")?;
        let charge_nano = terms.rate.charge(QUANTITY)?.nano();
        let service = catalog::add_service(&panel.db, panel.now(), terms, Vec::new()).await?;
        let past = Past {
            orders,
            owners: wallets.min(orders / ORDERS_PER_OWNER).max(1),
            service: service.0,
            charge_nano,
            ledger_before: wallets,
        };
        if orders > 0 {
            past.insert(panel).await?;
        }
        Ok(past)
    }

    async fn insert(&self, panel: &Panel) -> Result<()> {
        // Nothing waits to be sent there, so nobody ever asks it.
        let provider = NewProvider {
            name: "past".to_owned(),
            url: "https://past.invalid/api/v2".to_owned(),
            key: SecretString::from("none"),
            timeout_ms: panel.config.provider_timeout_ms,
            concurrency: 1,
            exchange: Exchange::usd(),
        };
        catalog::add_provider(&panel.db, &panel.secrets, panel.now(), &provider).await?;
        let now = panel.now().ms();
        for first in (1..=self.orders).step_by(PIECE) {
            let last = (first + PIECE - 1).min(self.orders);
            let tx = panel.db.begin().await?;
            for sql in self.piece(first, last, now) {
                tx.execute_unprepared(&sql).await?;
            }
            tx.commit().await?;
            println!("{last} of {} orders", self.orders);
        }
        let tx = panel.db.begin().await?;
        for sql in self.sums() {
            tx.execute_unprepared(&sql).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The rows of the orders `first` to `last`, one second apart, the newest at `now`.
    fn piece(&self, first: usize, last: usize, now: i64) -> Vec<String> {
        let Past {
            orders,
            owners,
            service,
            charge_nano,
            ledger_before,
        } = self;
        let numbers = format!(
            "WITH RECURSIVE s (n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM s \
             WHERE n < {last}) "
        );
        let open = format!("n % {OPEN_EVERY} = 0");
        let done = format!("n % {OPEN_EVERY} <> 0");
        let owner = format!("((n - 1) % {owners} + 1)");
        let partial = format!("({done} AND {owner} <= {REFUNDED})");
        let whole = format!("({done} AND {owner} > {REFUNDED})");
        // The rate is whole, so the formula is exact.
        let refund = charge_nano / QUANTITY * REMAINS;
        let earned = charge_nano - refund;
        let at = format!("({now} - 1000 * ({orders} - n))");
        let placed = format!("({ledger_before} + 2 * n - 1)");
        let settled = format!("({ledger_before} + 2 * n)");
        let moved =
            |transaction: &str, line: u8, account: &str, side: &str, nano: i64, of: &str| {
                format!(
                    "INSERT INTO ledger_entries (transaction_id, line, account, side, amount_nano) \
                 {numbers}SELECT {transaction}, {line}, {account}, '{side}', {nano} \
                 FROM s WHERE {of}"
                )
            };
        let entry = |transaction: &str, line: u8, account: &str, side: &str, of: &str| {
            moved(transaction, line, account, side, *charge_nano, of)
        };
        let transaction = |id: &str, kind: &str, of: &str| {
            format!(
                "INSERT INTO ledger_transactions (id, kind, reference, note, created_at_ms) \
                 {numbers}SELECT {id}, '{kind}', 'order:' || n, NULL, {at} FROM s WHERE {of}"
            )
        };
        let event = |status: &str, of: &str| {
            format!(
                "INSERT INTO order_events (order_id, status, evidence, created_at_ms) \
                 {numbers}SELECT n, '{status}', 'load', {at} FROM s WHERE {of}"
            )
        };
        let (wallet, hold) = (format!("'wallet:' || {owner}"), "'hold:' || n");
        vec![
            format!(
                "INSERT INTO orders (id, account_id, service_id, service_type, refill, cancel, \
                 status, link, overlap_key, details, quantity, runs, \
                 interval_minutes, rate_micro, charge_nano, held_nano, refunded_nano, \
                 settled_refund_nano, withheld, start_count, remains, created_at_ms, \
                 started_at_ms, settled_at_ms) {numbers}SELECT n, {owner}, {service}, 'Default', \
                 TRUE, TRUE, CASE WHEN {open} THEN 'pending' WHEN {partial} THEN 'partial' \
                 ELSE 'completed' END, \
                 'https://www.instagram.com/p/' || n || '/', n, '{{}}', {QUANTITY}, 1, 0, \
                 {charge_nano} / {QUANTITY}, {charge_nano}, \
                 CASE WHEN {open} THEN {charge_nano} ELSE 0 END, \
                 CASE WHEN {partial} THEN {refund} ELSE 0 END, \
                 CASE WHEN {partial} THEN {refund} ELSE 0 END, FALSE, \
                 CASE WHEN {open} THEN NULL ELSE 1000 END, \
                 CASE WHEN {open} THEN {QUANTITY} WHEN {partial} THEN {REMAINS} ELSE 0 END, {at}, \
                 CASE WHEN {open} THEN NULL ELSE {at} END, \
                 CASE WHEN {open} THEN NULL ELSE {at} END FROM s"
            ),
            format!(
                "INSERT INTO dispatches (order_id, run, quantity, provider_id, position, \
                 provider_service, state, attempt, not_sent, queued_at_ms, due_at_ms, \
                 accepted_at_ms, provider_order, provider_status, start_count, remains, \
                 vague_answers) {numbers}SELECT n, 1, {QUANTITY}, 1, 0, '1', \
                 CASE WHEN {partial} THEN 'partial' ELSE 'completed' END, 1, 0, \
                 {at}, {at}, {at}, CAST(n AS TEXT), \
                 CASE WHEN {partial} THEN 'Partial' ELSE 'Completed' END, 1000, \
                 CASE WHEN {partial} THEN {REMAINS} ELSE 0 END, 0 FROM s WHERE {done}"
            ),
            event("processing", &done),
            event("completed", &whole),
            event("partial", &partial),
            transaction(&placed, "order_placed", "TRUE"),
            entry(&placed, 1, &wallet, "debit", "TRUE"),
            entry(&placed, 2, hold, "credit", "TRUE"),
            transaction(&settled, "order_settled", &done),
            entry(&settled, 1, hold, "debit", &done),
            entry(&settled, 2, "'revenue'", "credit", &whole),
            moved(&settled, 2, &wallet, "credit", refund, &partial),
            moved(&settled, 3, "'revenue'", "credit", earned, &partial),
            format!(
                "INSERT INTO refunds (id, order_id, account_id, reason, charge_nano, remains, \
                 quantity, formula_nano, amount_nano, destination, ledger_transaction_id, \
                 created_at_ms) {numbers}SELECT n, n, {owner}, 'partial', {charge_nano}, \
                 {REMAINS}, {QUANTITY}, {refund}, {refund}, 'wallet', {settled}, {at} FROM s \
                 WHERE {partial}"
            ),
        ]
    }

    /// What the wallets have paid, and the ids that are taken.
    fn sums(&self) -> [String; 5] {
        let Past {
            orders,
            owners,
            charge_nano,
            ledger_before,
            ..
        } = self;
        [
            format!(
                "UPDATE wallets SET balance_nano = balance_nano - {charge_nano} * \
                 (({orders} - account_id + {owners}) / {owners}) WHERE account_id <= {owners}"
            ),
            format!(
                "UPDATE wallets SET balance_nano = balance_nano + (SELECT COALESCE(SUM(amount_nano), \
                 0) FROM refunds WHERE refunds.account_id = wallets.account_id) \
                 WHERE account_id <= {REFUNDED}"
            ),
            format!("UPDATE id_sequences SET last_id = {orders} WHERE name = 'orders'"),
            format!("UPDATE id_sequences SET last_id = {orders} WHERE name = 'refunds'"),
            format!(
                "UPDATE id_sequences SET last_id = {ledger_before} + 2 * {orders} \
                 WHERE name = 'ledger_transactions'"
            ),
        ]
    }
}

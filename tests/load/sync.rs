//! Synchronisation of a long catalogue, and what it does to orders that are placed meanwhile.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use clap::Args;
use secrecy::SecretString;
use serde_json::{Value, json};
use smm_panel_server::accounts;
use smm_panel_server::actor::{Actor, Role};
use smm_panel_server::catalog::{self, Exchange, NewProvider};
use smm_panel_server::clock::Clock;
use smm_panel_server::config::DatabaseUrl;
use smm_panel_server::demo::provider::{ProviderService, Script, SimulatedProvider};
use smm_panel_server::money::Rate;
use smm_panel_server::protocol::ServiceType;
use tokio::task::LocalSet;
use tokio::time::Instant;

use crate::client::{Connection, Target};
use crate::figures::{Figures, HEADING, Memory, Row, Seen};
use crate::prepare;
use crate::prepared::QUANTITY;
use crate::process::{self, Served};

#[derive(Args)]
pub(crate) struct Options {
    /// A new folder for the panel's files
    #[arg(long)]
    data: PathBuf,
    /// How many services the provider lists
    #[arg(long, default_value_t = 10_000)]
    services: i64,
    /// Connections on which orders are placed
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// For how long orders are placed without synchronising, and for how long with it
    #[arg(long, default_value_t = 15)]
    seconds: u64,
    /// An empty PostgreSQL database to use instead of a file in the folder
    #[arg(long, value_name = "URL")]
    database: Option<DatabaseUrl>,
    /// The panel's program [default: smm-panel beside this one]
    #[arg(long)]
    panel: Option<PathBuf>,
}

/// What the provider lists in its `round`: in each a tenth of the costs are others.
fn list(services: i64, round: i64) -> Vec<ProviderService> {
    let row = |id: i64| ProviderService {
        id,
        name: format!("Instagram Followers [Max: {id}K] [Refill: 30 Days] [Speed: 5K/Day]"),
        category: format!("Instagram Followers {}", id % 200),
        service_type: ServiceType::Default,
        // Less than a fifth, and below what it is sold for.
        rate: Rate::from_micro(
            900_000
                + id
                + if id % 10 == 0 {
                    (round % 2) * 90_000
                } else {
                    0
                },
        ),
        min: 10,
        max: 1_000_000,
        dripfeed: true,
        refill: id % 3 == 0,
        cancel: id % 5 == 0,
        script: Script::Deliver { over_ms: 1_000 },
    };
    (1..=services).map(row).collect()
}

/// The provider, on a thread of its own so that it does not disturb who measures.
fn provider() -> Result<SimulatedProvider> {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let listen = "127.0.0.1:0".parse()?;
            tell.send(SimulatedProvider::start(Clock::system(), listen).await?)?;
            std::future::pending::<Result<()>>().await
        })
    });
    Ok(told.recv()?)
}

/// An operator at the panel.
struct Operator {
    http: reqwest::Client,
    url: String,
    key: String,
    provider: i64,
}

impl Operator {
    /// Asks, and says how long the answer took.
    async fn ask(&self, what: &str, body: Value) -> Result<(Value, Duration)> {
        let url = format!(
            "{}/operator/v1/providers/{}/{what}",
            self.url, self.provider
        );
        let began = Instant::now();
        let request = self.http.post(url).bearer_auth(&self.key).json(&body);
        let answer = request.send().await?;
        let status = answer.status();
        let answer: Value = answer.json().await?;
        if !status.is_success() || answer["error"].is_string() {
            bail!("{what}: {status} {answer}");
        }
        Ok((answer, began.elapsed()))
    }
}

pub(crate) async fn run(options: &Options) -> Result<()> {
    let provider = provider()?;
    provider.keep_requests(false);
    provider.set_services(list(options.services, 0));
    let config = prepare::settings(
        &options.data,
        "127.0.0.1:0".parse()?,
        options.database.as_ref(),
        "provider_allow_loopback = true\ncatalog_sync_interval_ms = 0\n",
    )?;
    let panel = prepare::new_panel(&config).await?;
    let keys = prepare::wallets(&panel, options.connections.max(1)).await?;
    let terms = prepare::terms("Load", "0.937")?;
    let service = catalog::add_service(&panel.db, panel.now(), terms, Vec::new()).await?;
    let new = NewProvider {
        name: "long".to_owned(),
        url: provider.url(),
        key: SecretString::from(provider.key()),
        timeout_ms: 30_000,
        concurrency: 8,
        exchange: Exchange::usd(),
    };
    let added = catalog::add_provider(&panel.db, &panel.secrets, panel.now(), &new).await?;
    let actor = Actor::command();
    let staff = accounts::create(&panel, &actor, Role::Operator, "load").await?;
    let terms = accounts::KeyTerms::named("load");
    let (_, key) = accounts::create_key(&panel, &actor, staff, &terms).await?;
    panel.db.close().await?;

    let program = process::program(options.panel.as_ref())?;
    let file = options.data.join("smm-panel.toml");
    let served = Served::start("panel", &program, &file).await?;
    let url = served.url.clone();
    let operator = Operator {
        http: reqwest::Client::builder().no_proxy().build()?,
        url: url.trim_end_matches("/api/v2").to_owned(),
        key: key.expose().to_owned(),
        provider: added
            .ok_or_else(|| anyhow!("a new database has no providers"))?
            .0,
    };
    readings(options, &operator, &provider).await?;

    let target = Rc::new(Target::parse(&url)?);
    let pause = Duration::from_secs(options.seconds);
    let quiet = place(&target, service.0, &keys, tokio::time::sleep(pause)).await?;
    let (mut readings, mut longest, began) = (0_i64, Duration::ZERO, Instant::now());
    let busy = async {
        while began.elapsed() < pause {
            provider.set_services(list(options.services, readings));
            match operator.ask("sync", json!({})).await {
                Ok((_, took)) => longest = longest.max(took),
                Err(fault) => eprintln!("{fault:#}"),
            }
            readings += 1;
        }
    };
    let busy = place(&target, service.0, &keys, busy).await?;
    println!(
        "{readings} readings meanwhile, the longest took {} ms",
        longest.as_millis()
    );
    println!("{HEADING}");
    for (scenario, figures) in [("add", &quiet), ("add, synchronising", &busy)] {
        let row = Row {
            scenario,
            orders: 0,
            connections: options.connections,
            figures,
            memory: Memory::of(served.pid).ok(),
        };
        println!("{row}");
    }
    served.stop().await
}

/// How long the kinds of reading take.
async fn readings(
    options: &Options,
    operator: &Operator,
    provider: &SimulatedProvider,
) -> Result<()> {
    let categories: Vec<String> = (0..200)
        .map(|number| format!("Instagram Followers {number}"))
        .collect();
    let import = json!({"categories": categories, "markup_percent": "50"});
    let told = |what: &str, took: Duration| println!("{what}: {} ms", took.as_millis());
    let (answer, took) = operator.ask("import", import.clone()).await?;
    let made = answer["service_ids"].as_array().map_or(0, Vec::len);
    told(&format!("first import of {made} services"), took);
    let (_, took) = operator.ask("import", import).await?;
    told("import again", took);
    for _ in 0..3 {
        let (_, took) = operator.ask("sync", json!({})).await?;
        told("nothing changed", took);
    }
    for round in 1..=3 {
        provider.set_services(list(options.services, round));
        let (answer, took) = operator.ask("sync", json!({})).await?;
        told(&format!("{} differences", answer["differences"]), took);
    }
    Ok(())
}

/// Places orders on a connection for each key until `until` is over.
async fn place(
    target: &Rc<Target>,
    service: i64,
    keys: &[String],
    until: impl Future<Output = ()>,
) -> Result<Figures> {
    let local = LocalSet::new();
    let (began, over) = (Instant::now(), Rc::new(std::cell::Cell::new(false)));
    let placed = keys.iter().cloned().map(|key| {
        let (target, over) = (target.clone(), over.clone());
        local.spawn_local(async move {
            let mut seen = Seen::default();
            let mut connection = Connection::open(&target, false).await?;
            let mut number = 0;
            while !over.get() {
                number += 1;
                let form = format!(
                    "key={key}&action=add&service={service}&quantity={QUANTITY}&\
                     link=https%3A%2F%2Fx.test%2F{number}"
                );
                let asked = Instant::now();
                let answer = connection.post(&form).await?;
                if answer.status == 200 && answer.body.starts_with(b"{\"order\":") {
                    seen.answered(asked.elapsed());
                } else {
                    seen.failed(String::from_utf8_lossy(answer.body));
                }
            }
            Ok::<Seen, anyhow::Error>(seen)
        })
    });
    let placed: Vec<_> = placed.collect();
    local.run_until(until).await;
    over.set(true);
    let mut all = Seen::default();
    local
        .run_until(async {
            for one in placed {
                all.add(one.await??);
            }
            Ok::<(), anyhow::Error>(())
        })
        .await?;
    Ok(all.over(began.elapsed()))
}

//! Open-loop load through the whole panel: orders become due at a fixed rate, whether or not the
//! panel keeps up, and are sent on to a provider that answers at once.
//!
//! Three processes: this generator, the panel's own program, and the provider. What is still queued
//! is read from the database's file every second.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use smm_panel_server::clock::Clock;
use smm_panel_server::config::DatabaseUrl;
use tokio::sync::{Mutex, mpsc};
use tokio::task::LocalSet;
use tokio::time::Instant;

use crate::client::{Connection, Target};
use crate::figures::{HEADING, Memory, Row, Seen};
use crate::prepare;
use crate::prepared::QUANTITY;
use crate::process::{self, Provider, Served};

/// How long the queue may take to empty once no more orders come.
const DRAIN: Duration = Duration::from_secs(30);

#[derive(Args)]
pub(crate) struct Options {
    /// A new folder for the panel's files
    #[arg(long)]
    data: PathBuf,
    /// Orders that become due per second
    #[arg(long, default_value_t = 1_500)]
    rate: u32,
    /// For how long
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Requests to the provider at the same time
    #[arg(long, default_value_t = 64)]
    concurrency: u16,
    /// Connections on which orders are placed
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Wallets that order in turn
    #[arg(long, default_value_t = 100)]
    wallets: usize,
    /// Orders of the past, stored before
    #[arg(long, default_value_t = 0)]
    orders: usize,
    /// An empty PostgreSQL database to use instead of a file in the folder
    #[arg(long, value_name = "URL")]
    database: Option<DatabaseUrl>,
    /// The panel's program [default: smm-panel beside this one]
    #[arg(long)]
    panel: Option<PathBuf>,
}

pub(crate) async fn run(options: &Options) -> Result<()> {
    let provider = Provider::start().await?;
    let listen = "127.0.0.1:0".parse()?;
    let config = prepare::settings(
        &options.data,
        listen,
        options.database.as_ref(),
        "provider_allow_loopback = true\n",
    )?;
    let panel = prepare::new_panel(&config).await?;
    let keys = prepare::wallets(&panel, options.wallets.max(1)).await?;
    prepare::Past::write(&panel, keys.len(), options.orders).await?;
    let (terms, at_once) = (
        prepare::terms("Load", "0.937")?,
        i64::from(options.concurrency),
    );
    let service = prepare::sell_of(&panel, &provider.url, &provider.key, at_once, terms).await?;
    panel.db.close().await?;

    let program = process::program(options.panel.as_ref())?;
    let file = options.data.join("smm-panel.toml");
    let served = Served::start("panel", &program, &file).await?;
    let url = served.url.clone();
    let (target, db) = (
        Target::parse(&url)?,
        Database::connect(config.database_url.expose()).await?,
    );
    println!(
        "offering {} orders/s for {} s to {url}",
        options.rate, options.seconds
    );
    let offered = offer(options, &target, service, keys, &db).await?;
    let ended = drain(&db).await?;
    let memory = Memory::of(served.pid).ok();
    let figures = offered.seen.over(offered.took);
    println!("{HEADING}");
    let row = Row {
        scenario: &format!("end-to-end at {}/s", options.rate),
        orders: options.orders,
        connections: options.connections,
        figures: &figures,
        memory,
    };
    println!("{row}");
    served.stop().await?;
    let (at_provider, distinct) = provider.finish().await?;
    let verdict = Verdict {
        due: u64::from(options.rate) * u64::from(options.seconds),
        placed: offered.placed,
        errors: figures.errors,
        at_provider,
        distinct,
        ended,
        grew: grew(&offered.waiting, u64::from(options.rate)),
    };
    if let Some(why) = figures.first_error {
        println!("first error: {why}");
    }
    let checked = process::is_sound(&program, &file).await?;
    verdict.tell(offered.last_ms, checked)
}

/// What came of offering.
struct Offered {
    seen: Seen,
    placed: u64,
    took: Duration,
    /// When the last order was acknowledged, in ms since 1970.
    last_ms: i64,
    /// How many orders waited to be sent or were on the wire, every second.
    waiting: Vec<u64>,
}

/// Hands due orders to the connections, and looks at the queue every second.
async fn offer(
    options: &Options,
    target: &Target,
    service: i64,
    keys: Vec<String>,
    db: &DatabaseConnection,
) -> Result<Offered> {
    let (due, orders) = mpsc::unbounded_channel::<(u64, Instant)>();
    let (orders, keys) = (Rc::new(Mutex::new(orders)), Rc::new(keys));
    let set = LocalSet::new();
    let mut tasks = Vec::with_capacity(options.connections);
    for _ in 0..options.connections.max(1) {
        let mut connection = Connection::open(target, false).await?;
        let (orders, keys) = (orders.clone(), keys.clone());
        tasks.push(set.spawn_local(async move {
            let mut seen = Seen::default();
            loop {
                let next = orders.lock().await.recv().await;
                let Some((number, due)) = next else { break };
                let key = usize::try_from(number).ok().map(|n| n % keys.len());
                let key = key.and_then(|n| keys.get(n)).map_or("", String::as_str);
                let form = format!(
                    "key={key}&action=add&service={service}&quantity={QUANTITY}&\
                     link=https%3A%2F%2Fwww.instagram.com%2Fp%2FE{number}%2F"
                );
                match connection.post(&form).await {
                    Ok(answer) if answer.body.starts_with(b"{\"order\":") => {
                        seen.answered(due.elapsed());
                    }
                    Ok(answer) => {
                        let text = String::from_utf8_lossy(answer.body);
                        seen.failed(format_args!("{} {text}", answer.status));
                    }
                    Err(fault) => {
                        seen.failed(fault);
                        break;
                    }
                }
            }
            seen
        }));
    }
    drop(orders);
    let begun = Instant::now();
    let (rate, seconds) = (u64::from(options.rate), u64::from(options.seconds));
    let clock = set.spawn_local(async move {
        let mut tick = tokio::time::interval(Duration::from_millis(2));
        for number in 0..rate * seconds {
            let at = begun + Duration::from_micros(number * 1_000_000 / rate.max(1));
            while Instant::now() < at {
                tick.tick().await;
            }
            // Fails only when every connection has failed; what is missing is counted at the end.
            if due.send((number, at)).is_err() {
                break;
            }
        }
    });
    set.run_until(async {
        let mut waiting = Vec::new();
        for second in 1..=seconds {
            tokio::time::sleep_until(begun + Duration::from_secs(second)).await;
            let now = in_state(db, "('queued', 'sending', 'unknown')").await?;
            if second % 5 == 0 {
                println!("  after {second} s: {now} orders wait or are on the wire");
            }
            waiting.push(now);
        }
        clock.await?;
        let mut seen = Seen::default();
        for task in tasks {
            seen.add(task.await?);
        }
        Ok(Offered {
            placed: u64::try_from(seen.micros.len())?,
            seen,
            took: begun.elapsed(),
            last_ms: Clock::system().now().ms(),
            waiting,
        })
    })
    .await
}

/// How many runs are in these states; each has an index of its own.
async fn in_state(db: &DatabaseConnection, states: &str) -> Result<u64> {
    let mut sum = 0;
    for state in states.trim_matches(['(', ')']).split(", ") {
        let sql = format!("SELECT COUNT(*) FROM dispatches WHERE state = {state}");
        sum += number(db, &sql).await?.unwrap_or(0);
    }
    Ok(u64::try_from(sum)?)
}

pub(crate) async fn number(db: &DatabaseConnection, sql: &str) -> Result<Option<i64>> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await?;
    Ok(row
        .map(|row| row.try_get_by_index(0))
        .transpose()?
        .flatten())
}

/// Where the runs stand once the queue is empty, or had long enough.
struct Ended {
    waiting: u64,
    accepted: u64,
    last_accepted_ms: i64,
}

async fn drain(db: &DatabaseConnection) -> Result<Ended> {
    let until = Instant::now() + DRAIN;
    let mut waiting = in_state(db, "('queued', 'sending', 'unknown')").await?;
    while waiting > 0 && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(100)).await;
        waiting = in_state(db, "('queued', 'sending', 'unknown')").await?;
    }
    let last = number(db, "SELECT MAX(accepted_at_ms) FROM dispatches").await?;
    Ok(Ended {
        waiting,
        accepted: in_state(db, "('accepted')").await?,
        last_accepted_ms: last.unwrap_or(0),
    })
}

/// Whether the queue was longer in the last third than in the first, by more than half a second's
/// orders: a panel that keeps up has a queue as long as one round trip.
fn grew(waiting: &[u64], rate: u64) -> bool {
    let third = waiting.len() / 3;
    let mean =
        |part: &[u64]| part.iter().sum::<u64>() / u64::try_from(part.len()).unwrap_or(1).max(1);
    let (first, rest) = waiting.split_at(third);
    let (_, last) = rest.split_at(rest.len() - third);
    mean(last) > mean(first) + rate / 2
}

struct Verdict {
    due: u64,
    placed: u64,
    errors: u64,
    at_provider: u64,
    distinct: u64,
    ended: Ended,
    grew: bool,
}

impl Verdict {
    /// Prints what happened; an error says what should not have.
    fn tell(&self, last_ms: i64, checked: bool) -> Result<()> {
        let Ended {
            waiting,
            accepted,
            last_accepted_ms,
        } = self.ended;
        println!(
            "due {}, placed {}, accepted {accepted}, at the provider {} ({} distinct), left \
             waiting {waiting}; the last one accepted {} ms after the last one was placed",
            self.due,
            self.placed,
            self.at_provider,
            self.distinct,
            last_accepted_ms - last_ms
        );
        let wrong = [
            (
                self.errors > 0 || self.placed < self.due,
                "not every order was placed",
            ),
            (
                accepted < self.placed,
                "not every order was recorded as accepted",
            ),
            (
                self.at_provider != self.placed,
                "the provider counts other orders",
            ),
            (
                self.at_provider != self.distinct,
                "the provider got an order twice",
            ),
            (self.grew, "the queue grew"),
            (!checked, "smm-panel check found something"),
        ];
        let wrong: Vec<&str> = wrong
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, what)| *what)
            .collect();
        if wrong.is_empty() {
            println!("all held");
            Ok(())
        } else {
            bail!("{}", wrong.join("; "))
        }
    }
}

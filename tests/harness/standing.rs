//! A panel whose clock stands until it is told: it serves HTTP, does the workers' work when a line on
//! standard input says so, and kills itself with SIGKILL at the place that `--crash` names.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::Context;
use clap::Parser;
use sea_orm::{ConnectionTrait, Statement};
use smm_panel_server::actor::Actor;
use smm_panel_server::app::{self, Background};
use smm_panel_server::clock::Period;
use smm_panel_server::clock::{Clock, Time};
use smm_panel_server::config::{Config, DatabaseUrl};
use smm_panel_server::db::Db;
use smm_panel_server::error::{Error, Refusal};
use smm_panel_server::ids::{AccountId, DispatchId};
use smm_panel_server::orders::{self, Resolution};
use smm_panel_server::panel::Panel;
use smm_panel_server::provider::Client;
use smm_panel_server::secrets::Secrets;
use smm_panel_server::suspensions;
use smm_panel_server::workers::Workers;
use tokio::io::{AsyncBufReadExt, BufReader};

/// A panel that stands still.
#[derive(Parser)]
struct StandStill {
    /// The folder with the panel's database and secrets.
    #[arg(long)]
    data: PathBuf,
    /// Where to serve.
    #[arg(long)]
    listen: SocketAddr,
    /// The time at which its clock stands, in ms since 1970.
    #[arg(long)]
    now: i64,
    /// Where to kill itself: the name of a failpoint, such as C3, or C3:2 for the second time.
    #[arg(long)]
    crash: Option<String>,
    /// A rule that is undone: the name of its fail point
    #[arg(long)]
    undo: Vec<String>,
}

/// The word that asks a program to be such a panel.
pub const WORD: &str = "stand-still";

/// Is such a panel, if the first argument of this process is [`WORD`]; else `None`.
pub fn asked() -> Option<anyhow::Result<()>> {
    let mut arguments = std::env::args_os();
    if std::env::args_os().nth(1).is_none_or(|first| first != WORD) {
        return None;
    }
    arguments.next();
    let options = StandStill::parse_from(arguments);
    let runtime = tokio::runtime::Runtime::new().map_err(anyhow::Error::from);
    Some(runtime.and_then(|runtime| runtime.block_on(stand_still(options))))
}

async fn stand_still(options: StandStill) -> anyhow::Result<()> {
    let config = crate::process_config(&options.data);
    let panel = open(config, Clock::manual(Time::from_ms(options.now))).await?;
    for rule in &options.undo {
        fail::cfg(rule, "return").map_err(anyhow::Error::msg)?;
    }
    if let Some(crash) = &options.crash {
        die_at(crash)?;
    }
    let running = app::start(panel.clone(), options.listen, Background::Nobody).await?;
    let workers = Workers::new(&panel, Client::new(true)?);
    say(&format!("serving {}", running.address));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["advance", ms] => panel.clock.advance_ms(ms.parse()?),
            ["work"] => workers.run_until_quiet().await?,
            ["parked"] => {
                for run in orders::uncertain(&panel, Period::default(), None, 1_000).await? {
                    let link = link(&panel, run.order.0).await?;
                    say(&format!("{} {} {link}", run.id, run.state));
                }
            }
            ["accepted", id, order] => {
                resolve(&panel, id, Resolution::Accepted((*order).to_owned())).await?;
            }
            ["suspend", account] => {
                let (actor, account) = (Actor::command(), AccountId(account.parse()?));
                // One that was suspended before its panel died is told so.
                refused_or(suspensions::suspend(&panel, &actor, account, "a test").await)?;
            }
            ["reinstate", account] => {
                let (actor, account) = (Actor::command(), AccountId(account.parse()?));
                refused_or(suspensions::reinstate(&panel, &actor, account, "a test").await)?;
            }
            ["again", id] => resolve(&panel, id, Resolution::SendAgain).await?,
            other => anyhow::bail!("unknown line {other:?}"),
        }
        say("done");
    }
    running.stop().await?;
    Ok(())
}

async fn open(config: Config, clock: Clock) -> anyhow::Result<Panel> {
    let url: &DatabaseUrl = &config.database_url;
    let db = Db::open(url.expose(), config.pools()).await?;
    db.require_current().await?;
    let secrets = Secrets::load_or_create(&config)?;
    Ok(Panel::open(db, clock, config, secrets).await?)
}

/// The link of an order.
async fn link(panel: &Panel, order: i64) -> anyhow::Result<String> {
    let db = panel.db.read();
    let sql = "SELECT link FROM orders WHERE id = $1";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [order.into()]);
    let row = db.query_one_raw(statement).await?;
    Ok(row.context("no such order")?.try_get_by_index(0)?)
}

async fn resolve(panel: &Panel, id: &str, resolution: Resolution) -> anyhow::Result<()> {
    let resolved = orders::resolve(
        panel,
        &Actor::command(),
        DispatchId(id.parse()?),
        resolution,
        None,
    )
    .await?;
    resolved.map_err(|no| anyhow::anyhow!("{no}"))
}

/// Whether it was done, now or before.
fn refused_or<T>(done: Result<T, Error>) -> anyhow::Result<()> {
    match done {
        Ok(_) | Err(Error::Refused(Refusal::Conflict { .. })) => Ok(()),
        Err(fault) => Err(fault.into()),
    }
}

/// Says one line to the story.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // A story that has gone away listens no more.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Has a command kill itself where its environment says.
#[expect(
    clippy::disallowed_methods,
    reason = "a command's own arguments are those of the program"
)]
pub fn die_as_asked() {
    if let Ok(crash) = std::env::var("PANEL_UNDER_TEST_DIES_AT") {
        die_at(&crash).expect("a fail point");
    }
}

/// Kills this process, as `kill -9` does, when it comes to the failpoint.
fn die_at(crash: &str) -> anyhow::Result<()> {
    let (name, times) = crash.split_once(':').unwrap_or((crash, "1"));
    let left = AtomicI64::new(times.parse()?);
    fail::cfg_callback(name, move || {
        if left.fetch_sub(1, Ordering::SeqCst) == 1 {
            let this = rustix::process::getpid();
            // A signal that cannot be sent would leave the story waiting: stop at once either way.
            let _ = rustix::process::kill_process(this, rustix::process::Signal::KILL);
            std::process::abort();
        }
    })
    .map_err(anyhow::Error::msg)
}

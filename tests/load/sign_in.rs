//! What signing in costs the others: hashing a password takes a core on purpose.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use smm_panel_server::accounts::{self, Email, NewPassword, NewPerson};
use smm_panel_server::actor::{Actor, Role};
use smm_panel_server::panel::Panel;
use tokio::task::LocalSet;
use tokio::time::Instant;

use crate::client::{Connection, Target};
use crate::figures::{Figures, HEADING, Memory, Row, Seen, median};
use crate::prepared::Prepared;

/// Everybody's password.
const PASSWORD: &str = "everybody has the same";

fn email_of(number: usize) -> String {
    format!("person{number}@example.com")
}

/// Accounts of people who can sign in, beside those with keys.
pub(crate) async fn people(panel: &Panel, count: usize) -> Result<()> {
    for number in 1..=count {
        let new = NewPerson {
            role: Role::Reseller,
            email: Email::parse(&email_of(number))?,
            password: NewPassword::checked("password", PASSWORD.into())?,
            name: None,
        };
        accounts::register(panel, &Actor::command(), new).await?;
    }
    Ok(())
}

#[derive(Args)]
pub(crate) struct Options {
    /// The folder that `prepare --people` has filled
    #[arg(long)]
    data: PathBuf,
    /// Clients that sign in, each again as soon as it is in
    #[arg(long, default_value_t = 20)]
    clients: usize,
    /// Connections that ask for balances at the same time
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// How long each run asks
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Runs; the one with the middle rate is printed
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// The panel's process, to read its memory
    #[arg(long)]
    pid: Option<u32>,
}

pub(crate) async fn run(options: &Options) -> Result<()> {
    let prepared = Rc::new(Prepared::read(&options.data)?);
    if prepared.people == 0 {
        bail!("nobody can sign in there: prepare with --people 200");
    }
    let (mut alone, mut beside, mut signing) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..options.runs.max(1) {
        alone.push(once(options, 0, &prepared).await?.0);
        let (balances, sign_ins) = once(options, options.clients, &prepared).await?;
        beside.push(balances);
        signing.push(sign_ins);
    }
    println!("{HEADING}");
    let mut errors = 0;
    for (scenario, connections, runs) in [
        ("balance alone", options.connections, alone),
        ("balance while others sign in", options.connections, beside),
        ("sign-in", options.clients, signing),
    ] {
        for figures in &runs {
            eprintln!("  {scenario}: {figures}");
            errors += figures.errors;
            if let Some(why) = &figures.first_error {
                eprintln!("  first error: {why}");
            }
        }
        let row = Row {
            scenario,
            orders: prepared.orders,
            connections,
            figures: &median(runs).context("no run")?,
            memory: options.pid.and_then(|pid| Memory::of(pid).ok()),
        };
        println!("{row}");
    }
    if errors > 0 {
        bail!("{errors} requests were not answered as they should be");
    }
    Ok(())
}

/// One run with so many `clients` signing in: the figures of the balances, and theirs.
async fn once(
    options: &Options,
    clients: usize,
    prepared: &Rc<Prepared>,
) -> Result<(Figures, Figures)> {
    let target = Target::parse(&prepared.url)?;
    let begun = Instant::now();
    let until = begun + Duration::from_secs(options.seconds);
    let set = LocalSet::new();
    let mut tasks = Vec::new();
    for (kind, count) in [
        (Kind::Balance, options.connections),
        (Kind::SignIn, clients),
    ] {
        for first in 0..count {
            let connection = Connection::open(&target, false).await?;
            let asked = ask(kind, connection, first, count, prepared.clone(), until);
            tasks.push((kind, set.spawn_local(asked)));
        }
    }
    let (mut balances, mut sign_ins) = (Seen::default(), Seen::default());
    set.run_until(async {
        for (kind, task) in tasks {
            match kind {
                Kind::Balance => balances.add(task.await?),
                Kind::SignIn => sign_ins.add(task.await?),
            }
        }
        anyhow::Ok(())
    })
    .await?;
    let took = begun.elapsed();
    Ok((balances.over(took), sign_ins.over(took)))
}

#[derive(Clone, Copy)]
enum Kind {
    Balance,
    SignIn,
}

async fn ask(
    kind: Kind,
    mut connection: Connection,
    first: usize,
    step: usize,
    prepared: Rc<Prepared>,
    until: Instant,
) -> Seen {
    let mut seen = Seen::default();
    let mut number = first;
    while Instant::now() < until {
        let begun = Instant::now();
        let (answer, good): (_, &[u8]) = match kind {
            Kind::Balance => {
                let key = prepared.keys.get(number % prepared.keys.len().max(1));
                let form = format!("key={}&action=balance", key.map_or("", String::as_str));
                (connection.post(&form).await, b"{\"balance\":")
            }
            Kind::SignIn => {
                let email = email_of(number % prepared.people + 1);
                let json = format!("{{\"email\":\"{email}\",\"password\":\"{PASSWORD}\"}}");
                let call = "POST /api/v3/account/sign-in";
                (connection.typed(call, "", &json).await, b"{\"token\":")
            }
        };
        match answer {
            Ok(answer) if answer.status == 200 && answer.body.starts_with(good) => {
                seen.answered(begun.elapsed());
            }
            Ok(answer) => {
                let text = String::from_utf8_lossy(answer.body);
                let text: String = text.chars().take(200).collect();
                seen.failed(format_args!("{} {text}", answer.status));
            }
            Err(fault) => {
                seen.failed(fault);
                break;
            }
        }
        number += step;
    }
    seen
}

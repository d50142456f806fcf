//! Clients that send slowly or too much, each from several addresses and within the limits of an
//! address, while another customer places orders and asks: what it waits, and what the panel's memory
//! does.

use std::fmt;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::LocalSet;
use tokio::time::{Instant, interval, sleep, timeout};

use crate::client::{Connection, Target};
use crate::databases::{Databases, Home, Place};
use crate::figures::{Figures, Memory, Seen};
use crate::furnish::{self, Size};
use crate::prepared::Prepared;
use crate::process::{self, Served, bounded};

/// What 99 of 100 requests of the other customer may take during an attack, in microseconds.
const P99_MAX: u32 = 200_000;
/// By how much the panel's memory may be larger after an attack than before, in MB.
const GROWTH_MAX: u64 = 100;
/// When that is looked at.
const AFTER: Duration = Duration::from_secs(10);
/// A large body, in bytes: the largest that is read by default.
const LARGE: usize = 1024 * 1024;
/// An attacker whose connection was closed comes back after this time: within 20 requests a second
/// and address, which is the limit of an address.
const BACK: Duration = Duration::from_secs(10);
/// An attacker sends a byte so often.
const TRICKLE: Duration = Duration::from_secs(1);

/// Attack a panel in three ways and measure another customer meanwhile; fails if its requests are not
/// answered in time, or the panel keeps the memory
///
/// The panel is made by the program itself, with the limits that panels have by default, and serves from
/// a folder that is removed at the end. The attackers come from 127.0.1.1 and the next addresses, the
/// customer from 127.0.0.1.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Options {
    /// The program to attack [default: smm-panel beside this one]
    #[arg(long, value_name = "PROGRAM")]
    program: Option<PathBuf>,
    /// The ways in which each address attacks at the same time, with commas between
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Way::EACH)]
    ways: Vec<Way>,
    /// Addresses that attack
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u8).range(1..=200))]
    addresses: u8,
    /// Connections of each address in each way
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=2_000))]
    connections: u16,
    /// How long they attack
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// The limit of open files that the panel runs under
    #[arg(long, value_name = "NUMBER")]
    files: Option<u32>,
    #[command(flatten)]
    place: Place,
}

/// A way to attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Way {
    /// A head, byte by byte
    Heads,
    /// A head and then a body, byte by byte, without a key
    Bodies,
    /// A large body but for its last bytes, without a key
    Large,
}

impl Way {
    const EACH: [Way; 3] = [Way::Heads, Way::Bodies, Way::Large];
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Way::Heads => "heads",
            Way::Bodies => "bodies",
            Way::Large => "large",
        })
    }
}

pub(crate) async fn run(options: &Options) -> Result<()> {
    raise_files()?;
    let limit = Duration::from_secs(options.seconds) + Duration::from_secs(180);
    bounded(limit, attack(options)).await
}

/// This program holds the other end of every connection.
fn raise_files() -> Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised).context("the limit of open files cannot be raised")
}

async fn attack(options: &Options) -> Result<()> {
    let program = process::program(options.program.as_ref())?;
    let databases = Databases::at(&options.place)?;
    let home = databases.empty("attacked").await?;
    let size = Size {
        wallets: 1,
        orders: 100,
        connections: 4,
    };
    let prepared = Rc::new(furnish::fill(&program, &home, size).await?);
    use_usual_limits(&home)?;
    let started = match options.files {
        Some(files) => with_files(&program, &home, files)?,
        None => program.clone(),
    };
    let served = Served::start("attacked", &started, &home.settings()).await?;
    served.ready().await?;
    let target = Target::parse(&served.url)?;
    let quiet = measure(&target, &prepared, Duration::from_secs(5)).await?;
    let before = Memory::of(served.pid)?;
    let attacked = under_attack(options, &served, &target, &prepared).await?;
    sleep(AFTER).await;
    let after = Memory::of(served.pid)?;
    let found = Found {
        quiet,
        attacked,
        before,
        after,
    };
    found.print(options);
    served.stop().await?;
    if !process::is_sound(&program, &home.settings()).await? {
        bail!("check has found something in the database");
    }
    found.judge()
}

/// The settings of a panel that is not measured.
fn use_usual_limits(home: &Home) -> Result<()> {
    let file = home.settings();
    let text = fs::read_to_string(&file)?;
    let usual: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with("limit"))
        .collect();
    fs::write(file, usual.join("\n"))?;
    Ok(())
}

/// A script that starts `program` with at most so many open files.
fn with_files(program: &Path, home: &Home, files: u32) -> Result<PathBuf> {
    let script = home.path("limited");
    let program = program.canonicalize()?;
    let program = program.display();
    let text = format!("#!/bin/sh\nulimit -n {files}\nexec '{program}' \"$@\"\n");
    fs::write(&script, text)?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700))?;
    Ok(script)
}

/// What an attack did.
struct Found {
    quiet: Figures,
    attacked: Figures,
    before: Memory,
    after: Memory,
}

impl Found {
    fn print(&self, options: &Options) {
        let ways: Vec<String> = options.ways.iter().map(Way::to_string).collect();
        println!(
            "{} addresses with {} connections each in each of: {}; {} s",
            options.addresses,
            options.connections,
            ways.join(", "),
            options.seconds
        );
        println!("  the other customer before:  {}", self.quiet);
        println!("  the other customer in it:   {}", self.attacked);
        println!("  not answered as they should be: {}", self.attacked.errors);
        if let Some(why) = &self.attacked.first_error {
            println!("  the first of them: {why}");
        }
        println!(
            "  memory in MB: {} before, {} at most, {} after {} s",
            self.before.now,
            self.after.peak,
            self.after.now,
            AFTER.as_secs()
        );
    }

    fn judge(&self) -> Result<()> {
        let (attacked, grown) = (
            &self.attacked,
            self.after.now.saturating_sub(self.before.now),
        );
        if attacked.errors > 0 || attacked.p99 > P99_MAX || grown > GROWTH_MAX {
            bail!(
                "{} requests failed (at most 0), p99 is {} ms (at most {}), {grown} MB are kept (at \
                 most {GROWTH_MAX})",
                attacked.errors,
                attacked.p99 / 1_000,
                P99_MAX / 1_000
            );
        }
        Ok(())
    }
}

async fn under_attack(
    options: &Options,
    served: &Served,
    target: &Target,
    prepared: &Rc<Prepared>,
) -> Result<Figures> {
    let panel = target.address();
    let until = Instant::now() + Duration::from_secs(options.seconds);
    let set = LocalSet::new();
    for address in 1..=options.addresses {
        let from = IpAddr::V4(Ipv4Addr::new(127, 0, 1, address));
        for &way in &options.ways {
            for number in 0..options.connections {
                // Not all at once: an address has its limit of requests.
                let delay = BACK / u32::from(options.connections) * u32::from(number);
                set.spawn_local(attacker(way, from, panel, delay, until));
            }
        }
    }
    let measured = set.run_until(async {
        // Until all of them have come.
        sleep(BACK.min(Duration::from_secs(options.seconds) / 3)).await;
        let left = until.saturating_duration_since(Instant::now());
        measure(target, prepared, left).await
    });
    let measured = measured.await?;
    // Whatever is still open is closed by this.
    drop(set);
    Memory::of(served.pid).context("the panel has ended")?;
    Ok(measured)
}

/// Attacks until then, again and again.
async fn attacker(way: Way, from: IpAddr, panel: SocketAddr, delay: Duration, until: Instant) {
    sleep(delay).await;
    while Instant::now() < until {
        // What the panel does about it is seen from the other customer's side.
        let left = until.saturating_duration_since(Instant::now());
        let _ = timeout(left, attack_once(way, from, panel)).await;
        sleep(BACK).await;
    }
}

/// Attacks on one connection, until that is closed or the request is answered.
async fn attack_once(way: Way, from: IpAddr, panel: SocketAddr) -> Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from, 0))?;
    let mut stream = socket.connect(panel).await?;
    match way {
        Way::Heads => {
            stream
                .write_all(b"POST /api/v2 HTTP/1.1\r\nHost: panel\r\nX-Long: ")
                .await?;
        }
        Way::Bodies => {
            let head = "POST /api/v3/orders HTTP/1.1\r\nHost: panel\r\n\
                        Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n{";
            stream.write_all(head.as_bytes()).await?;
        }
        Way::Large => {
            let head = format!(
                "POST /api/v2 HTTP/1.1\r\nHost: panel\r\nContent-Length: {LARGE}\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\n\r\nkey="
            );
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&vec![b'a'; LARGE - 4_096]).await?;
        }
    }
    trickle(&mut stream).await
}

/// Sends a byte every second, until there is an answer.
async fn trickle(stream: &mut TcpStream) -> Result<()> {
    let mut seconds = interval(TRICKLE);
    let mut answer = [0; 1_024];
    loop {
        tokio::select! {
            _ = seconds.tick() => stream.write_all(b"a").await?,
            read = stream.read(&mut answer) => {
                read?;
                return Ok(());
            }
        }
    }
}

/// Places orders and asks, one after the other and within the limits of a key, for so long.
async fn measure(target: &Target, prepared: &Prepared, time: Duration) -> Result<Figures> {
    let until = Instant::now() + time;
    let begun = Instant::now();
    let key = prepared.keys.first().context("no key")?;
    let service = prepared.service;
    let order = prepared
        .ids
        .first()
        .and_then(|ids| ids.first())
        .context("no order")?;
    let mut seen = Seen::default();
    let mut ticks = interval(Duration::from_millis(250));
    let mut number = 0_u64;
    while Instant::now() < until {
        ticks.tick().await;
        number += 1;
        let (form, good) = match number % 4 {
            0 => (format!("key={key}&action=balance"), "{\"balance\":"),
            1 => (
                format!("key={key}&action=status&order={order}"),
                "{\"charge\":",
            ),
            2 | 3 => {
                let link = format!("https://x.test/a{number}");
                let form =
                    format!("key={key}&action=add&service={service}&quantity=10&link={link}");
                (form, "{\"order\":")
            }
            4.. => bail!("no remainder"),
        };
        // Each on a connection of its own, as PHP has them.
        let began = Instant::now();
        let asked = async {
            let mut connection = Connection::open(target, false).await?;
            let answer = connection.post(&form).await?;
            if answer.status != 200 || !answer.body.starts_with(good.as_bytes()) {
                let text = String::from_utf8_lossy(answer.body);
                bail!("{} {text}", answer.status);
            }
            anyhow::Ok(())
        };
        match timeout(Duration::from_secs(5), asked).await {
            Ok(Ok(())) => seen.answered(began.elapsed()),
            Ok(Err(fault)) => seen.failed(format_args!("{fault:#}")),
            Err(_) => seen.failed("no answer in 5 s"),
        }
    }
    Ok(seen.over(begun.elapsed()))
}

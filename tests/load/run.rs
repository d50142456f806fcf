//! Closed-loop load: each connection asks again as soon as it is answered.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use smm_panel_server::money::Money;
use tokio::task::LocalSet;
use tokio::time::Instant;

use crate::client::{Connection, Target};
use crate::figures::{Figures, HEADING, Memory, Row, Seen, median};
use crate::prepared::{Prepared, QUANTITY, REFUNDED};

#[derive(Args)]
pub(crate) struct Options {
    /// The folder that `prepare` has filled
    #[arg(long)]
    data: PathBuf,
    /// The panel's address [default: the one that was prepared]; of several servers on one
    /// database, the connections go to each in turn
    #[arg(long)]
    url: Vec<String>,
    /// What is asked for
    #[arg(long, value_enum, default_value = "all")]
    scenario: Scenario,
    /// Connections that ask at the same time
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// How long each run asks; requests under way then are still awaited
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Runs of each scenario; the one with the middle rate is printed
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// The panel's process, to read its memory after each scenario
    #[arg(long)]
    pid: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scenario {
    /// Orders of a manual service, from all wallets in turn
    Add,
    /// The same from one wallet
    AddOneWallet,
    /// The balance of each wallet in turn
    Balance,
    /// The status of one stored order of the caller
    Status,
    /// The status of 100 stored orders of the caller
    Status100,
    /// The whole list of services
    Services,
    /// The same, compressed
    ServicesGzip,
    /// The wallet by the typed API
    WalletV3,
    /// One stored order of the caller by the typed API
    OrderV3,
    /// The 100 newest orders of the caller
    OrdersV3,
    /// 1,000 refunds of an account that has them: prepare 500 wallets for 1,000,000 orders
    Refunds1000,
    /// Orders by the typed API, from all wallets in turn
    PlaceV3,
    /// All of these, those that write last
    All,
}

impl Scenario {
    const EACH: [Scenario; 12] = [
        Scenario::Balance,
        Scenario::Status,
        Scenario::Status100,
        Scenario::Services,
        Scenario::ServicesGzip,
        Scenario::WalletV3,
        Scenario::OrderV3,
        Scenario::OrdersV3,
        Scenario::Refunds1000,
        Scenario::Add,
        Scenario::PlaceV3,
        Scenario::AddOneWallet,
    ];

    const fn word(self) -> &'static str {
        match self {
            Scenario::Add => "add",
            Scenario::AddOneWallet => "add-one-wallet",
            Scenario::Balance => "balance",
            Scenario::Status => "status",
            Scenario::Status100 => "status100",
            Scenario::Services => "services",
            Scenario::ServicesGzip => "services-gzip",
            Scenario::WalletV3 => "wallet-v3",
            Scenario::OrderV3 => "order-v3",
            Scenario::OrdersV3 => "orders-v3",
            Scenario::Refunds1000 => "refunds1000",
            Scenario::PlaceV3 => "place-v3",
            Scenario::All => "all",
        }
    }

    const fn adds(self) -> bool {
        matches!(
            self,
            Scenario::Add | Scenario::AddOneWallet | Scenario::PlaceV3
        )
    }

    /// How every good answer begins; a gzip file with its magic bytes.
    const fn good(self) -> &'static [u8] {
        match self {
            Scenario::Add | Scenario::AddOneWallet => b"{\"order\":",
            Scenario::Balance => b"{\"balance\":",
            Scenario::Status => b"{\"charge\":",
            // The first of the ids, which is one of the caller's orders.
            Scenario::Status100 => b"{\"",
            Scenario::Services => b"[{\"service\":",
            Scenario::ServicesGzip => &[0x1f, 0x8b],
            Scenario::WalletV3 => b"{\"balance\":",
            Scenario::OrderV3 | Scenario::PlaceV3 => b"{\"order_id\":",
            Scenario::OrdersV3 => b"{\"orders\":[{",
            Scenario::Refunds1000 => b"{\"refunds\":[{",
            Scenario::All => b"",
        }
    }
}

pub(crate) async fn run(options: &Options) -> Result<()> {
    let prepared = Rc::new(Prepared::read(&options.data)?);
    let given = if options.url.is_empty() {
        std::slice::from_ref(&prepared.url)
    } else {
        &options.url
    };
    let targets: Vec<Target> = given
        .iter()
        .map(|url| Target::parse(url))
        .collect::<Result<_>>()?;
    let scenarios = if options.scenario == Scenario::All {
        Scenario::EACH.to_vec()
    } else {
        vec![options.scenario]
    };
    println!("{HEADING}");
    let (mut errors, mut wrong) = (0, 0);
    for scenario in scenarios {
        let (figures, wallets) = measure(options, scenario, &targets, &prepared).await?;
        let row = Row {
            scenario: scenario.word(),
            orders: prepared.orders,
            connections: options.connections,
            figures: &figures,
            memory: options.pid.and_then(|pid| Memory::of(pid).ok()),
        };
        println!("{row}");
        if let Some(why) = &figures.first_error {
            eprintln!("  first error: {why}");
        }
        errors += figures.errors;
        wrong += wallets;
    }
    if errors > 0 || wrong > 0 {
        bail!("{errors} requests were not answered as they should be, {wrong} wallets are wrong");
    }
    Ok(())
}

/// Runs a scenario as often as asked for; gives the median, with all errors, and how many wallets
/// had another balance than their acknowledged orders say.
async fn measure(
    options: &Options,
    scenario: Scenario,
    targets: &[Target],
    prepared: &Rc<Prepared>,
) -> Result<(Figures, usize)> {
    let (mut runs, mut wrong) = (Vec::with_capacity(options.runs), 0);
    let (mut errors, mut first_error) = (0, None);
    for number in 0..options.runs.max(1) {
        let before = balances(scenario, targets, prepared).await?;
        let (figures, placed) = once(options, scenario, number, targets, prepared).await?;
        let after = balances(scenario, targets, prepared).await?;
        for (wallet, had) in &before {
            let orders = placed.get(wallet).copied().unwrap_or(0);
            let left = had - orders * prepared.charge_nano;
            let has = after.get(wallet).copied().unwrap_or(0);
            if left != has {
                wrong += 1;
                eprintln!(
                    "  wallet {wallet}: {had} nano-USD less {orders} acknowledged orders is \
                     {left}, but its balance is {has}"
                );
            }
        }
        if !before.is_empty() {
            let sum: i64 = placed.values().sum();
            eprintln!(
                "  {} wallets agree with {sum} orders",
                before.len() - wrong.min(before.len())
            );
        }
        errors += figures.errors;
        first_error = first_error.or(figures.first_error.clone());
        runs.push(figures);
    }
    let mut figures = median(runs).context("no run")?;
    (figures.errors, figures.first_error) = (errors, first_error);
    Ok((figures, wrong))
}

/// The balances, in nano-USD, of the wallets that `scenario` orders from.
async fn balances(
    scenario: Scenario,
    targets: &[Target],
    prepared: &Prepared,
) -> Result<BTreeMap<usize, i64>> {
    let mut balances = BTreeMap::new();
    if !scenario.adds() {
        return Ok(balances);
    }
    let used = if scenario == Scenario::AddOneWallet {
        1
    } else {
        prepared.keys.len()
    };
    let any = targets.first().context("no address")?;
    let mut connection = Connection::open(any, false).await?;
    for (wallet, key) in prepared.keys.iter().enumerate().take(used) {
        let answer = connection
            .post(&format!("key={key}&action=balance"))
            .await?;
        let json: serde_json::Value = serde_json::from_slice(answer.body)?;
        let text = json.get("balance").and_then(serde_json::Value::as_str);
        let text = text.with_context(|| format!("the balance of wallet {wallet}: {json}"))?;
        balances.insert(wallet, Money::parse(text)?.nano());
    }
    Ok(balances)
}

/// One run; gives its figures and how many orders of each wallet were acknowledged.
async fn once(
    options: &Options,
    scenario: Scenario,
    number: usize,
    targets: &[Target],
    prepared: &Rc<Prepared>,
) -> Result<(Figures, BTreeMap<usize, i64>)> {
    let mut connections = Vec::with_capacity(options.connections);
    for target in targets.iter().cycle().take(options.connections.max(1)) {
        let gzip = scenario == Scenario::ServicesGzip;
        connections.push((Connection::open(target, gzip).await?, target.clone()));
    }
    let begun = Instant::now();
    // No link twice, also not of an earlier run on the same data.
    let nonce = smm_panel_server::clock::Clock::system().now().ms();
    let until = begun + Duration::from_secs(options.seconds);
    let set = LocalSet::new();
    let step = connections.len();
    let tasks: Vec<_> = connections
        .into_iter()
        .enumerate()
        .map(|(first, (connection, target))| {
            let asker = Asker {
                scenario,
                prepared: prepared.clone(),
                number: first + number,
                step,
                run: nonce,
                placed: BTreeMap::new(),
                form: String::new(),
                call: String::new(),
            };
            set.spawn_local(asker.ask(connection, target, until))
        })
        .collect();
    let (mut seen, mut placed) = (Seen::default(), BTreeMap::new());
    set.run_until(async {
        for task in tasks {
            let (its, orders) = task.await?;
            seen.add(its);
            for (wallet, count) in orders {
                *placed.entry(wallet).or_insert(0) += count;
            }
        }
        anyhow::Ok(())
    })
    .await?;
    Ok((seen.over(begun.elapsed()), placed))
}

/// One connection's part of a run.
struct Asker {
    scenario: Scenario,
    prepared: Rc<Prepared>,
    /// The number of its next request; those of all connections differ.
    number: usize,
    step: usize,
    run: i64,
    placed: BTreeMap<usize, i64>,
    form: String,
    /// The method and the path of a request of the typed API.
    call: String,
}

impl Asker {
    async fn ask(
        mut self,
        mut connection: Connection,
        target: Target,
        until: Instant,
    ) -> (Seen, BTreeMap<usize, i64>) {
        let mut seen = Seen::default();
        let good = self.scenario.good();
        loop {
            let wallet = self.write_form();
            let begun = Instant::now();
            if begun >= until {
                break;
            }
            let answered = if self.call.is_empty() {
                connection.post(&self.form).await
            } else {
                let key = self.prepared.keys.get(wallet).map_or("", String::as_str);
                connection.typed(&self.call, key, &self.form).await
            };
            match answered {
                Ok(answer) if answer.status < 300 && answer.body.starts_with(good) => {
                    seen.answered(begun.elapsed());
                    if self.scenario.adds() {
                        *self.placed.entry(wallet).or_insert(0) += 1;
                    }
                }
                Ok(answer) => {
                    let text = String::from_utf8_lossy(answer.body);
                    let text: String = text.chars().take(200).collect();
                    seen.failed(format_args!("{} {text}", answer.status));
                }
                Err(fault) => {
                    seen.failed(fault);
                    let gzip = self.scenario == Scenario::ServicesGzip;
                    match Connection::open(&target, gzip).await {
                        Ok(again) => connection = again,
                        Err(_) => break,
                    }
                }
            }
            self.number += self.step;
        }
        (seen, self.placed)
    }

    /// Writes the next request; gives the wallet that asks.
    fn write_form(&mut self) -> usize {
        use std::fmt::Write;
        let Prepared {
            keys,
            orders,
            owners,
            service,
            ..
        } = &*self.prepared;
        let n = self.number;
        // Spread over the stored orders, so that not the same pages are read again and again.
        // Whole rounds of the owners only, so that a step of `owners` stays with one of them.
        let owners = (*owners).max(1);
        let stored = (orders / owners * owners).max(1);
        let order = n.wrapping_mul(7_919) % stored + 1;
        let wallet = match self.scenario {
            Scenario::AddOneWallet => 0,
            Scenario::Add | Scenario::Balance | Scenario::PlaceV3 | Scenario::WalletV3 => {
                n % keys.len().max(1)
            }
            Scenario::Status | Scenario::Status100 | Scenario::OrderV3 | Scenario::OrdersV3 => {
                (order - 1) % owners
            }
            Scenario::Refunds1000 => n % REFUNDED,
            Scenario::Services | Scenario::ServicesGzip | Scenario::All => n % keys.len().max(1),
        };
        let key = keys.get(wallet).map_or("", String::as_str);
        self.form.clear();
        self.call.clear();
        // Writing to a String cannot fail.
        let _ = match self.scenario {
            Scenario::Add | Scenario::AddOneWallet => write!(
                self.form,
                "key={key}&action=add&service={service}&quantity={QUANTITY}&\
                 link=https%3A%2F%2Fwww.instagram.com%2Fp%2FL{}x{n}%2F",
                self.run
            ),
            Scenario::Balance => write!(self.form, "key={key}&action=balance"),
            Scenario::Status => write!(self.form, "key={key}&action=status&order={order}"),
            Scenario::Status100 => {
                let mut written = write!(self.form, "key={key}&action=status&orders=");
                for nth in 0..100 {
                    let comma = if nth == 0 { "" } else { "," };
                    let id = (order - 1 + nth * owners) % stored + 1;
                    written = written.and(write!(self.form, "{comma}{id}"));
                }
                written
            }
            Scenario::WalletV3 => write!(self.call, "GET /api/v3/wallet"),
            Scenario::OrderV3 => write!(self.call, "GET /api/v3/orders/{order}"),
            Scenario::OrdersV3 => write!(self.call, "GET /api/v3/orders?limit=100"),
            Scenario::Refunds1000 => write!(self.call, "GET /api/v3/refunds?limit=1000"),
            Scenario::PlaceV3 => write!(self.call, "POST /api/v3/orders").and(write!(
                self.form,
                "{{\"service_id\":{service},\"quantity\":{QUANTITY},\
                 \"link\":\"https://www.instagram.com/p/T{}x{n}/\"}}",
                self.run
            )),
            Scenario::Services | Scenario::ServicesGzip | Scenario::All => {
                write!(self.form, "key={key}&action=services")
            }
        };
        wallet
    }
}

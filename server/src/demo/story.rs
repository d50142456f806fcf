//! The story that the demo tells, through real HTTP.

mod deposit;
mod dispute;
mod refills;

use std::collections::HashMap;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anstream::println;
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::cast::{Expected, ORDERS, services};
use super::gateway::SimulatedGateway;
use super::outcome::{compare, difference, is_final};
use super::provider::SimulatedProvider;
use super::screen::{Row, Table, headline, verdict};
use super::stage::{customer, furnish, hurried, operator, serve};
use crate::app::Running;
use crate::cli::stop_asked;
use crate::clock::Clock;
use crate::config::{Config, DatabaseUrl};
use crate::db::Db;
use crate::ids::{AccountId, TransactionId};
use crate::money::Money;
use crate::panel::{self, Panel};
use crate::{check, telemetry, wallet};

/// How often the table looks, in ms.
const LOOK: Duration = Duration::from_millis(250);
/// After how many looks the customer cancels an order.
const CANCEL_AT: usize = 12;
/// After how many looks the story is given up.
const TOO_LONG: usize = 240;

/// Where the wallet's account begins, and more movements than the story has.
const START: TransactionId = TransactionId(0);
const ALL: usize = 1_000;

/// How to run the demo.
#[derive(clap::Args)]
pub struct Options {
    /// Where to serve; port 0 takes any free one
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// A folder to keep the demo's data in [default: a temporary one, removed at the end]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Stop after the story; succeed only if everything held
    #[arg(long)]
    exit: bool,
}

/// Tells the story, then serves until Ctrl-C, or stops with `--exit`.
pub async fn run(config: Config, options: Options) -> Result<ExitCode> {
    let temporary = TempDir::new().context("no temporary folder")?;
    let folder = options
        .data
        .clone()
        .unwrap_or_else(|| temporary.path().to_owned());
    let stage = Stage::set(config, &options, &folder).await?;
    let held = stage.play().await;
    let held = match held {
        Ok(held) if options.exit => held,
        Ok(held) => {
            // Nobody reads any more: nobody will try it either.
            if stage.invite().is_ok() {
                stop_asked()?.await;
            }
            held
        }
        Err(fault) => {
            stage.strike().await?;
            return Err(fault);
        }
    };
    stage.strike().await?;
    Ok(if held {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Everything that takes part.
struct Stage {
    provider: SimulatedProvider,
    gateway: SimulatedGateway,
    running: Running,
    account: AccountId,
    url: String,
    key: String,
    operator_key: String,
    http: reqwest::Client,
    folder: PathBuf,
}

impl Stage {
    async fn set(config: Config, options: &Options, folder: &Path) -> Result<Stage> {
        std::fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
        let database = folder.join("smm-panel.db");
        ensure!(
            !database.exists(),
            "{} holds a panel already; give --data an empty folder",
            folder.display()
        );
        let here = ([127, 0, 0, 1], 0).into();
        let gateway = SimulatedGateway::start(here).await?;
        let config = Config {
            database_url: DatabaseUrl::sqlite(&database),
            secrets_file: folder.join("smm-panel.secrets"),
            nowpayments_url: gateway.url().parse()?,
            ..hurried(config)
        };
        telemetry::start(&config);
        let db = Db::open(config.database_url.expose(), config.pools()).await?;
        db.require_current().await?;
        let secrets = panel::secrets_of(&db, &config).await?;
        let panel = Panel::open(db, Clock::system(), config, secrets).await?;
        let provider = SimulatedProvider::start(Clock::system(), here).await?;
        provider.keep_request_ids(true);
        furnish(&panel, &provider).await?;
        let (account, key) = customer(&panel).await?;
        let operator_key = operator(&panel).await?;
        let running = serve(&panel, options.listen).await?;
        let url = format!("http://{}/api/v2", running.address);
        gateway.call_back_at(&format!("http://{}/gateway/nowpayments", running.address));
        let http = reqwest::Client::builder().no_proxy().build()?;
        let folder = folder.to_owned();
        let stage = Stage {
            provider,
            gateway,
            running,
            account,
            url,
            key,
            operator_key,
            http,
            folder,
        };
        stage.write_down()?;
        Ok(stage)
    }

    /// `demo.json`: where everything is, for programs that try the panel.
    fn write_down(&self) -> Result<()> {
        let services: Vec<Value> = (1..)
            .zip(services())
            .map(|(id, sold): (i64, _)| json!({"id": id, "type": sold.terms.service_type.word()}))
            .collect();
        let about = json!({
            "base_url": self.base(),
            "api_key": self.key,
            "operator_key": self.operator_key,
            "services": services,
            "provider_url": self.provider.url(),
            "gateway_url": self.gateway.url(),
        });
        let path = self.folder.join("demo.json");
        // With keys in it: a temporary file is its owner's alone.
        let write = || -> std::io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(format!("{about:#}\n").as_bytes())?;
            file.persist(&path)?;
            Ok(())
        };
        write().with_context(|| format!("{}", path.display()))
    }

    /// The whole story. Gives whether everything held.
    async fn play(&self) -> Result<bool> {
        println!("A panel serves the panel protocol at {}", self.url);
        println!(
            "Behind it, a simulated provider at     {}",
            self.provider.url()
        );
        println!(
            "Before it, a simulated payment gateway {}",
            self.gateway.url()
        );
        println!("Every word below went over real HTTP.");
        headline("1. The customer brings 100 USD, and the payment gateway tells of it badly");
        let deposited = self.deposit().await?;
        headline(&format!("2. The customer orders {} times", ORDERS.len()));
        let (placed, mut held) = self.place().await?;
        held &= deposited;
        // What falls away once it is delivered is told of in its turn.
        self.let_drop();
        headline("3. The provider delivers, and what it does not deliver is refunded");
        held &= self.follow(&placed).await?;
        headline("4. A completed order drops, and is refilled");
        held &= self.refill(&placed).await?;
        headline("5. Another drops, and nobody has to ask: the panel counts what its target shows");
        held &= self.counted(&placed).await?;
        headline("6. A charge is disputed, and an operator decides on the records");
        held &= self.dispute().await?;
        headline("7. The wallet's account of every cent");
        held &= self.account_for().await?;
        headline("8. Why money came back: the typed API, at /api/v3/refunds");
        held &= self.explain().await?;
        headline("9. Every invariant, checked by independent code");
        let panel = self.running.panel();
        let report = check::check(panel.db.read(), &panel.secrets, panel.now(), |_| {}).await?;
        println!("{report}");
        held &= report.is_clean();
        Ok(held)
    }

    async fn ask(&self, fields: &[(&str, &str)]) -> Result<Value> {
        let mut form = vec![("key", self.key.as_str())];
        form.extend_from_slice(fields);
        answer(self.http.post(&self.url).form(&form)).await
    }

    /// Reads from the typed API.
    async fn read(&self, path: &str) -> Result<Value> {
        let url = format!("{}{path}", self.base());
        answer(self.http.get(url).bearer_auth(&self.key)).await
    }

    fn base(&self) -> String {
        format!("http://{}", self.running.address)
    }

    /// Places every order. Gives those that were placed, by their place in the story.
    async fn place(&self) -> Result<(Vec<(usize, i64)>, bool)> {
        let (mut placed, mut held) = (Vec::new(), true);
        for (index, ordered) in ORDERS.iter().enumerate() {
            let service = ordered.service.to_string();
            let mut fields = vec![("action", "add"), ("service", service.as_str())];
            fields.extend_from_slice(ordered.fields);
            let answer = self.ask(&fields).await?;
            match (answer["order"].as_i64(), ordered.expected) {
                (Some(order), Expected::Ends(..) | Expected::Canceled) => {
                    placed.push((index, order));
                    println!("  order {order:<3} {}", ordered.note);
                }
                (None, Expected::Refused(sentence)) => {
                    let said = answer["error"].as_str().unwrap_or_default();
                    held &= said == sentence;
                    verdict(
                        said == sentence,
                        &format!("refused, {}: {said:?}", ordered.note),
                    );
                }
                _ => {
                    held = false;
                    verdict(false, &format!("{}: {answer}", ordered.note));
                }
            }
        }
        Ok((placed, held))
    }

    /// Watches the orders until all have ended, and compares how.
    async fn follow(&self, placed: &[(usize, i64)]) -> Result<bool> {
        let all = services();
        let ids: Vec<String> = placed.iter().map(|(_, order)| order.to_string()).collect();
        let ids = ids.join(",");
        let charges = self.charges().await?;
        let mut table = Table::new();
        for look in 0..TOO_LONG {
            if look == CANCEL_AT {
                self.cancel(placed).await?;
            }
            let seen = self.ask(&[("action", "status"), ("orders", &ids)]).await?;
            let balance = self.ask(&[("action", "balance")]).await?;
            let mut rows = Vec::with_capacity(placed.len());
            for (index, order) in placed {
                let Some(ordered) = ORDERS.get(*index) else {
                    continue;
                };
                let line = &seen[order.to_string()];
                let text = |field: &str| line[field].as_str().unwrap_or("?").to_owned();
                let charged = charges.get(order).copied().unwrap_or_default();
                let service = usize::try_from(ordered.service - 1)?;
                rows.push(Row {
                    order: *order,
                    what: all
                        .get(service)
                        .map(|s| s.terms.name.clone())
                        .unwrap_or_default(),
                    note: ordered.note,
                    refund: difference(charged, &text("charge")),
                    status: text("status"),
                    remains: text("remains"),
                    charge: text("charge"),
                });
            }
            let ended = rows.iter().all(|row| is_final(&row.status));
            let seconds = u64::try_from(look)? * 250 / 1000;
            table.show(
                seconds,
                rows.clone(),
                balance["balance"].as_str().unwrap_or("?"),
            );
            if ended {
                return Ok(compare(placed, &rows));
            }
            tokio::time::sleep(LOOK).await;
        }
        bail!("the orders did not end in a minute")
    }

    /// What each order was charged when it was placed, from the wallet's movements.
    async fn charges(&self) -> Result<HashMap<i64, Money>> {
        let mut charges = HashMap::new();
        for line in wallet::statement(&self.running.panel().db, self.account, START, ALL).await? {
            let order = line
                .reference
                .strip_prefix("order:")
                .and_then(|id| id.parse().ok());
            if let (Some(order), "order_placed") = (order, line.kind.as_str()) {
                charges.insert(order, Money::ZERO.minus(line.amount)?);
            }
        }
        Ok(charges)
    }

    async fn cancel(&self, placed: &[(usize, i64)]) -> Result<()> {
        for (index, order) in placed {
            if ORDERS
                .get(*index)
                .is_some_and(|o| o.expected == Expected::Canceled)
            {
                self.ask(&[("action", "cancel"), ("orders", &order.to_string())])
                    .await?;
            }
        }
        Ok(())
    }

    /// Prints every refund with its formula, and adds them up.
    async fn explain(&self) -> Result<bool> {
        let page = self.read("/api/v3/refunds?limit=1000").await?;
        let mut sum = Money::ZERO;
        for refund in page["refunds"].as_array().into_iter().flatten() {
            let text = |field: &str| refund[field].as_str().unwrap_or("?");
            let amount = Money::parse(text("amount")).context("a refund without an amount")?;
            sum = sum.plus(amount)?;
            println!(
                "  order {:<4} {:<18} {:<24} = {:<8} returned {amount}",
                refund["order_id"],
                text("reason"),
                text("formula"),
                text("formula_result"),
            );
        }
        let wallet = self.read("/api/v3/wallet").await?;
        let (balance, held) = (wallet["balance"].as_str(), wallet["held"].as_str());
        let holds = sum.is_positive() && held == Some("0.00");
        let balance = balance.unwrap_or("?");
        verdict(
            holds,
            &format!("{sum} USD came back; the wallet has {balance}"),
        );
        Ok(holds)
    }

    /// Adds the wallet's movements up and compares them with what the panel answers.
    async fn account_for(&self) -> Result<bool> {
        let panel = self.running.panel();
        let mut sum = Money::ZERO;
        for line in wallet::statement(&panel.db, self.account, START, ALL).await? {
            sum = sum.plus(line.amount)?;
            let (amount, cause) = (line.amount, line.reference);
            println!("  {:<14} {cause:<24} {amount:>12} {sum:>12}", line.kind);
        }
        let shown = self.ask(&[("action", "balance")]).await?;
        let shown = shown["balance"].as_str().unwrap_or_default().to_owned();
        let holds = Money::parse(&shown).is_ok_and(|balance| balance == sum);
        verdict(
            holds,
            &format!("the sum is the balance that the API shows: {shown} USD"),
        );
        Ok(holds)
    }

    /// Says what to try next; fails when nobody reads it.
    fn invite(&self) -> std::io::Result<()> {
        headline("It goes on serving until Ctrl-C. Try it:");
        let (url, key) = (&self.url, &self.key);
        let mut out = anstream::stdout().lock();
        for form in [
            "action=balance",
            "action=services",
            "action=add&service=1&link=https://instagram.com/you&quantity=100",
            "action=status&order=1",
        ] {
            writeln!(out, "  curl -d 'key={key}&{form}' {url}")?;
        }
        let base = self.base();
        writeln!(
            out,
            "  curl -H 'Authorization: Bearer {key}' {base}/api/v3/orders/2"
        )?;
        let deposit = r#"{"amount": "20"}"#;
        writeln!(
            out,
            "  curl -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' -d \
             '{deposit}' {base}/api/v3/deposits  # pay on the page of its invoice_url"
        )?;
        let operator = &self.operator_key;
        writeln!(
            out,
            "  curl -H 'Authorization: Bearer {operator}' {base}/operator/v1/audit"
        )?;
        writeln!(
            out,
            "  {base}/docs  # every call of a customer, to try in a browser"
        )?;
        writeln!(out, "  {base}/docs/operator  # every call of an operator")?;
        let about = self.folder.join("demo.json");
        writeln!(out, "  cat {}  # address, keys, services", about.display())?;
        out.flush()
    }

    async fn strike(self) -> Result<()> {
        self.running.stop().await?;
        self.provider.stop().await;
        self.gateway.stop().await;
        Ok(())
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Result<Value> {
    let body = request.send().await?.text().await?;
    serde_json::from_str(&body).with_context(|| format!("the panel answers {body:?}"))
}

//! Two panels in a chain: B is the panel of SMM_PANEL_URL and SMM_PANEL_KEY, A a new one that is
//! set up here and resells B's second service. An order at A is delivered in part by B, and both
//! refunds follow from the same words of the protocol.
//!
//! A is the command `smm-panel` (or what SMM_PANEL_BIN names) in a temporary folder.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use smm_panel_examples::{panel, variable};
use smm_panel_sdk::{Client, NewOrder, OrderFilter};

const LINK: &str = "https://instagram.com/p/chained";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let b = panel()?;
    let (url, key) = (variable("SMM_PANEL_URL")?, variable("SMM_PANEL_KEY")?);
    let folder = tempfile::tempdir()?;
    let a = PanelA::set_up(folder.path(), &format!("{url}/api/v2"), &key)?;
    println!("panel A at {} resells panel B at {url}", a.url);

    let client = Client::new(&a.url, &a.key)?;
    let order = NewOrder::new(1, LINK).quantity(1000);
    let placed = client.place(&order).await?;
    println!(
        "A's customer paid {} USD for order {}",
        placed.charge, placed.order_id
    );
    let two_minutes = Duration::from_secs(120);
    let ended = client
        .wait_until_final(placed.order_id, two_minutes)
        .await?;
    println!(
        "A's order is {}: {} units remain",
        ended.status, ended.remains
    );
    for refund in client.refunds_of(placed.order_id).await? {
        println!(
            "A returned to its customer: {} = {} USD",
            refund.formula, refund.amount
        );
    }
    let theirs = b.orders(OrderFilter::default()).next().await?;
    let theirs = theirs.context("B has no order")?;
    ensure!(
        theirs.link == LINK && theirs.remains == ended.remains,
        "B says otherwise"
    );
    for refund in b.refunds_of(theirs.order_id).await? {
        println!(
            "B returned to A:            {} = {} USD",
            refund.formula, refund.amount
        );
    }
    Ok(())
}

/// Panel A, which ends with this value.
struct PanelA {
    server: Child,
    url: String,
    key: String,
    /// Kept, so that the panel can go on writing to it.
    _log: Lines<BufReader<ChildStderr>>,
}

impl PanelA {
    fn set_up(folder: &Path, provider: &str, provider_key: &str) -> Result<PanelA> {
        let run = |arguments: &[&str], input: &str| run(folder, arguments, input);
        run(&["account", "create", "customer"], "")?;
        run(
            &[
                "account",
                "credit",
                "customer",
                "10",
                "--reason",
                "example",
                "--reference",
                "1",
            ],
            "",
        )?;
        let key = run(&["key", "create", "customer"], "")?;
        let key = key
            .split_whitespace()
            .find(|word| word.starts_with("smp_live_"));
        let key = key.context("no key was printed")?.to_owned();
        run(&["provider", "add", "panel-b", provider], provider_key)?;
        run(&["provider", "test", "panel-b"], "")?;
        run(
            &["service", "add", "--offer", "panel-b=2", "--markup", "25"],
            "",
        )?;

        let mut server = command(folder, &["serve"])?
            .stderr(Stdio::piped())
            .spawn()?;
        let log = server.stderr.take().context("no log")?;
        let mut log = BufReader::new(log).lines();
        let url = log.find_map(|line| {
            let line = line.ok()?;
            let address = line.split("http://").nth(1)?.split("/api").next()?;
            Some(format!("http://{address}"))
        });
        Ok(PanelA {
            server,
            url: url.context("panel A does not say where it serves")?,
            key,
            _log: log,
        })
    }
}

impl Drop for PanelA {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// `smm-panel` with `arguments`, its data in `folder`; it looks at orders every second.
fn command(folder: &Path, arguments: &[&str]) -> Result<Command> {
    let program = variable("SMM_PANEL_BIN").unwrap_or_else(|_| "smm-panel".to_owned());
    // A path is meant from here, not from the folder that the program is started in.
    let is_path = program.contains(std::path::MAIN_SEPARATOR);
    let program = if is_path {
        std::path::absolute(&program)?
    } else {
        program.into()
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .env_remove("SMM_PANEL_URL")
        .env_remove("SMM_PANEL_KEY")
        .env_remove("SMM_PANEL_BIN")
        .env("SMM_PANEL_LISTEN", "127.0.0.1:0")
        .env("SMM_PANEL_PROVIDER_ALLOW_LOOPBACK", "true")
        .env("SMM_PANEL_SYNC_INTERVAL_MS", "1000");
    Ok(command)
}

/// Runs a command to its end; gives what it printed.
fn run(folder: &Path, arguments: &[&str], input: &str) -> Result<String> {
    let mut child = command(folder, arguments)?
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("smm-panel does not start; set SMM_PANEL_BIN to where it is")?;
    let mut stdin = child.stdin.take().context("no input")?;
    stdin.write_all(input.as_bytes())?;
    drop(stdin);
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "smm-panel {arguments:?} failed");
    Ok(String::from_utf8(output.stdout)?)
}

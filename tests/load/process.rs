//! The programs that a measurement starts: panels, the provider behind them, and single commands.
//! Each ends with the value that stands for it, however the measurement ends.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use rustix::process::{Pid, Signal, kill_process};
use smm_panel_server::clock::Clock;
use smm_panel_server::demo::provider::{ProviderService, Script, SimulatedProvider};
use smm_panel_server::money::Rate;
use smm_panel_server::protocol::ServiceType;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{sleep, timeout};

use crate::client::{Connection, Target};

/// How long an order of the service 1 takes at the provider: longer than any run, so that none ends
/// in it.
const DELIVERY_MS: i64 = 24 * 60 * 60 * 1000;
/// How long a program may take to start, to be ready, to end, or to carry out a command.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program to measure: the one given, or `smm-panel` beside this one.
pub(crate) fn program(given: Option<&PathBuf>) -> Result<PathBuf> {
    let program = match given {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("smm-panel"),
    };
    if !program.is_file() {
        bail!(
            "there is no program {}; build it first: cargo build --release -p smm-panel-server",
            program.display()
        );
    }
    Ok(program)
}

/// A shell that clears up should this process be killed, when nothing else can: it waits for the
/// end of its input, which comes with the end of this process.
pub(crate) struct Keeper(Child);

impl Keeper {
    /// Runs `script` then, in which `$0` is `about`.
    pub(crate) fn start(script: &str, about: &OsStr) -> Result<Keeper> {
        let shell = Command::new("/bin/sh")
            .arg("-c")
            .arg(format!("read -r _; {script}"))
            .arg(about)
            // Ctrl-C, which is for all of the group, must not end it before its work.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        Ok(Keeper(shell.context("/bin/sh does not start")?))
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        end(&mut self.0);
    }
}

/// A panel's program that serves.
pub(crate) struct Served {
    _keeper: Keeper,
    child: Child,
    /// Its process.
    pub(crate) pid: u32,
    /// The address of its panel protocol.
    pub(crate) url: String,
}

impl Served {
    /// Starts `program` with the settings in `file` and waits until it says where it serves. What
    /// it logs is shown behind `label`.
    pub(crate) async fn start(label: &'static str, program: &Path, file: &Path) -> Result<Served> {
        let mut child = Command::new(program)
            .arg("serve")
            .arg("--config")
            .arg(file)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} does not start; build it first", program.display()))?;
        let pid = child.id().context("the panel's process")?;
        let log = child.stderr.take().context("the panel's log")?;
        let kill = r#"kill -KILL "$0""#;
        let mut served = Served {
            _keeper: Keeper::start(kill, pid.to_string().as_ref())?,
            child,
            pid,
            url: String::new(),
        };
        let mut log = BufReader::new(log).lines();
        let address = async {
            while let Some(line) = log.next_line().await? {
                if let Some((_, url)) = line.split_once("serving the panel protocol on ") {
                    return Ok(url.trim().to_owned());
                }
                eprintln!("  {label}: {line}");
            }
            bail!("{} ended before it served", program.display())
        };
        let Ok(url) = timeout(PATIENCE, address).await else {
            let seconds = PATIENCE.as_secs();
            bail!(
                "{} did not say within {seconds} s that it serves",
                program.display()
            );
        };
        served.url = url?;
        // Whatever it says later is worth reading.
        tokio::spawn(async move {
            while let Ok(Some(line)) = log.next_line().await {
                eprintln!("  {label}: {line}");
            }
        });
        Ok(served)
    }

    /// Waits until `/health/ready` says so.
    pub(crate) async fn ready(&self) -> Result<()> {
        let target = Target::parse(&self.url)?;
        let asked = async {
            loop {
                let mut connection = Connection::open(&target, false).await?;
                if connection.typed("GET /health/ready", "", "").await?.status == 200 {
                    return anyhow::Ok(());
                }
                sleep(Duration::from_millis(50)).await;
            }
        };
        let answered = timeout(PATIENCE, asked).await;
        answered.with_context(|| format!("{} does not become ready", self.url))?
    }

    /// Lets it do nothing, so that it does not disturb who is measured meanwhile.
    pub(crate) fn freeze(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    /// Stops it as a service manager does.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.thaw()?;
        self.signal(Signal::TERM)?;
        let ended = timeout(PATIENCE, self.child.wait()).await;
        let status = ended.context("the panel does not stop")??;
        if status.success() {
            Ok(())
        } else {
            Err(anyhow!("the panel ended with {status}"))
        }
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let pid = Pid::from_raw(i32::try_from(self.pid)?).context("a process id")?;
        kill_process(pid, signal).with_context(|| format!("{} has ended", self.url))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Kills a process and waits until it is gone, so that nothing of it writes any more.
fn end(child: &mut Child) {
    // It fails only if the process has ended.
    let _ = child.start_kill();
    for _ in 0..1_000 {
        match child.try_wait() {
            Ok(None) => std::thread::sleep(Duration::from_millis(5)),
            Ok(Some(_)) | Err(_) => break,
        }
    }
}

/// Runs one command of a panel's program; gives what it prints.
pub(crate) async fn command(
    program: &Path,
    file: &Path,
    arguments: &[&str],
    input: &str,
) -> Result<String> {
    let told = || format!("{} {}", program.display(), arguments.join(" "));
    let mut child = Command::new(program)
        .args(arguments)
        .arg("--config")
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(told)?;
    let stdin = child.stdin.take().context("a command's input")?;
    let done = async {
        give(stdin, input).await;
        child.wait_with_output().await
    };
    let done = timeout(PATIENCE, done).await;
    let done = done.with_context(|| format!("{} does not end", told()))??;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        bail!("{} failed: {}", told(), said.trim());
    }
    Ok(String::from_utf8(done.stdout)?)
}

async fn give(mut stdin: ChildStdin, input: &str) {
    // A command that reads nothing may have closed it.
    let _ = stdin.write_all(input.as_bytes()).await;
}

/// Whether `check` finds every invariant kept in the database of the settings in `file`.
pub(crate) async fn is_sound(program: &Path, file: &Path) -> Result<bool> {
    let checked = Command::new(program)
        .arg("check")
        .arg("--config")
        .arg(file)
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .status();
    Ok(checked.await?.success())
}

/// The provider in its own process: this program again, as `load provider`.
pub(crate) struct Provider {
    child: Child,
    told: Lines<BufReader<ChildStdout>>,
    /// The address of its panel protocol.
    pub(crate) url: String,
    /// The key that it accepts.
    pub(crate) key: String,
}

impl Provider {
    /// Starts it and waits until it says where it is.
    pub(crate) async fn start() -> Result<Provider> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("provider")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().context("the provider's output")?;
        let mut provider = Provider {
            child,
            told: BufReader::new(stdout).lines(),
            url: String::new(),
            key: String::new(),
        };
        (provider.url, provider.key) = provider.pair().await?;
        Ok(provider)
    }

    /// Ends it; gives how many orders it accepted, and how many different ones.
    pub(crate) async fn finish(mut self) -> Result<(u64, u64)> {
        drop(self.child.stdin.take());
        let (all, distinct) = self.pair().await?;
        Ok((all.parse()?, distinct.parse()?))
    }

    async fn pair(&mut self) -> Result<(String, String)> {
        let line = timeout(PATIENCE, self.told.next_line()).await;
        let line = line.context("the provider does not answer")??;
        let line = line.context("the provider has ended")?;
        let (one, two) = line.split_once(' ').context("two words of the provider")?;
        Ok((one.to_owned(), two.to_owned()))
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// The provider's process: says where it is, and at the end of its input what it has accepted. It
/// sells 1, which takes a day, and 2, which is completed at once.
pub(crate) async fn provide() -> Result<()> {
    let listen = "127.0.0.1:0".parse()?;
    let provider = SimulatedProvider::start(Clock::system(), listen).await?;
    provider.keep_requests(false);
    provider.keep_request_ids(true);
    let sold = |id: i64, over_ms: i64| -> Result<ProviderService> {
        Ok(ProviderService {
            id,
            name: "Load".to_owned(),
            category: "Load".to_owned(),
            service_type: ServiceType::Default,
            rate: Rate::parse("0.10")?,
            min: 1,
            max: 1_000_000,
            dripfeed: true,
            refill: true,
            cancel: true,
            script: Script::Deliver { over_ms },
        })
    };
    provider.set_services(vec![sold(1, DELIVERY_MS)?, sold(2, 0)?]);
    println!("{} {}", provider.url(), provider.key());
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    let links = provider.accepted_links();
    let distinct: std::collections::HashSet<&String> = links.iter().collect();
    println!("{} {}", links.len(), distinct.len());
    provider.stop().await;
    Ok(())
}

/// Does `work`, for at most this long, and not past Ctrl-C or SIGTERM; what it had started ends
/// with it.
pub(crate) async fn bounded(limit: Duration, work: impl Future<Output = Result<()>>) -> Result<()> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        done = work => done,
        () = sleep(limit) => bail!("given up after {} s, far more than it needs", limit.as_secs()),
        _ = interrupted.recv() => bail!("interrupted"),
        _ = terminated.recv() => bail!("told to stop"),
    }
}

//! The operator's commands: each run as the program that an operator starts, with settings and a
//! database of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use harness::{ANYWHERE, provided, terms};
use sea_orm::{ConnectionTrait, Database};
use serde_json::Value;
use smm_panel_server::app::{self, Background, Running};
use smm_panel_server::clock::Clock;
use smm_panel_server::config::{Config, DatabaseUrl};
use smm_panel_server::db::Db;
use smm_panel_server::demo::provider::{ProviderService, Script, SimulatedProvider};
use smm_panel_server::panel::Panel;
use smm_panel_server::protocol::ServiceType;
use smm_panel_server::provider::Client;
use smm_panel_server::secrets::Secrets;
use smm_panel_server::workers::Workers;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

mod accounts;
mod backup;
mod cases;
mod copy;
mod database;
mod deposits;
mod dialects;
mod dispatches;
mod disputes;
mod help;
mod import;
mod long_catalog;
mod lost_file;
mod names;
mod offers;
mod orders;
mod people;
mod phrases;
mod restore;
mod secrets;
mod settings;
mod staffing;
mod tickets;
mod whole_panel;

/// A folder with a panel's files, and the commands that are run there.
pub(crate) struct Operator {
    folder: TempDir,
    env: BTreeMap<&'static str, String>,
}

/// What a command did.
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Operator {
    /// An operator whose settings are the defaults, but for the places of the files, and whose database
    /// has our schema.
    pub(crate) fn new() -> Operator {
        Operator::with_database(harness::database::of)
    }

    /// The same before the first start: a database without a schema, or none.
    pub(crate) fn without_schema() -> Operator {
        Operator::with_database(harness::database::empty_of)
    }

    fn with_database(of: fn(&Path) -> DatabaseUrl) -> Operator {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let env = BTreeMap::from([
            (
                "SMM_PANEL_DATABASE_URL",
                of(folder.path()).expose().to_owned(),
            ),
            ("SMM_PANEL_SECRETS_FILE", path("panel.secrets")),
        ]);
        Operator { folder, env }
    }

    /// One who may use providers on this machine.
    pub(crate) fn with_loopback() -> Operator {
        Operator::new().with("SMM_PANEL_PROVIDER_ALLOW_LOOPBACK", "true")
    }

    /// The same with one more environment variable.
    pub(crate) fn with(mut self, variable: &'static str, value: &str) -> Operator {
        self.env.insert(variable, value.to_owned());
        self
    }

    /// What the commands find in their environment.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (String, String)> {
        self.env
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_panel-under-test"));
        command
            .arg0("smm-panel")
            .args(arguments)
            .env_clear()
            .envs(&self.env)
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs a command to its end.
    async fn run(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self.command(arguments).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that does not read its input may have closed it by now.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let output = child.wait_with_output().await.unwrap();
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// What a command that succeeds prints, without the last line break.
    pub(crate) async fn ok(&self, arguments: &[&str]) -> String {
        self.ok_given(arguments, "").await
    }

    async fn ok_given(&self, arguments: &[&str], input: &str) -> String {
        let ran = self.run(arguments, input).await;
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}{}", ran.out, ran.err);
        ran.out.trim_end().to_owned()
    }

    /// The rows of a list, as `--json` prints them.
    pub(crate) async fn rows(&self, arguments: &[&str]) -> Vec<Value> {
        let printed = self.ok(&[arguments, &["--json"]].concat()).await;
        let rows = printed.lines().map(serde_json::from_str);
        rows.collect::<Result<_, _>>().unwrap()
    }

    /// The sentence of a command that does not.
    pub(crate) async fn refused(&self, arguments: &[&str]) -> String {
        self.refused_given(arguments, "").await
    }

    async fn refused_given(&self, arguments: &[&str], input: &str) -> String {
        let ran = self.run(arguments, input).await;
        assert_eq!(ran.code, Some(1), "{arguments:?}: {}{}", ran.out, ran.err);
        assert_eq!(ran.out, "", "{arguments:?}");
        let said: Vec<&str> = ran.err.lines().collect();
        let [.., last] = said[..] else {
            panic!("{arguments:?}: no word");
        };
        let sentence = last.strip_prefix("smm-panel: ");
        sentence
            .unwrap_or_else(|| panic!("{arguments:?}: {said:?}"))
            .to_owned()
    }

    /// Makes the account alice with 10 USD.
    async fn customer(&self) {
        self.ok(&["account", "create", "alice"]).await;
        let credit = [
            "account",
            "credit",
            "alice",
            "10",
            "--reason=x",
            "--reference=R",
        ];
        self.ok(&credit).await;
    }

    /// What clap says of arguments that cannot be meant.
    async fn misused(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments, "").await;
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}{}", ran.out, ran.err);
        assert_eq!(ran.out, "", "{arguments:?}");
        ran.err
    }

    /// Changes the database behind the panel's back.
    pub(crate) async fn sql(&self, sql: &str) {
        let db = Database::connect(&self.env["SMM_PANEL_DATABASE_URL"])
            .await
            .unwrap();
        db.execute_unprepared(sql).await.unwrap();
        db.close().await.unwrap();
    }

    /// The panel of these files, served from this process by nobody but the story.
    async fn opened(&self) -> Opened {
        let config = Config::load(None, self.settings()).unwrap();
        let db = Db::open(config.database_url.expose(), config.pools())
            .await
            .unwrap();
        let secrets = Secrets::load_or_create(&config).unwrap();
        let panel = Panel::open(db, Clock::system(), config, secrets)
            .await
            .unwrap();
        let workers = Workers::new(&panel, Client::new(true).unwrap());
        let running = app::start(panel.clone(), ANYWHERE, Background::Nobody)
            .await
            .unwrap();
        Opened {
            url: format!("http://{}/api/v2", running.address),
            panel,
            workers,
            running,
        }
    }

    /// Ends the story: the program's own check must find nothing.
    pub(crate) async fn finish(self) {
        let report = self.ok(&["check"]).await;
        assert!(report.ends_with("\nno violation"), "{report}");
    }
}

/// A panel that works when it is told.
struct Opened {
    url: String,
    panel: Panel,
    workers: Workers,
    running: Running,
}

impl Opened {
    async fn work(&self) {
        self.workers.run_until_quiet().await.unwrap();
    }

    async fn stop(self) {
        self.running.stop().await.unwrap();
    }
}

/// The answer to a form, as text.
async fn ask(url: &str, key: &str, fields: &[(&str, &str)]) -> String {
    let mut form = vec![("key", key)];
    form.extend_from_slice(fields);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = http.post(url).form(&form).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    response.text().await.unwrap()
}

const ADD: [(&str, &str); 3] = [("action", "add"), ("service", "1"), ("quantity", "1000")];

/// Orders 1000 of service 1 for `link`; gives the answer.
async fn order(url: &str, key: &str, link: &str) -> String {
    let mut fields = ADD.to_vec();
    fields.push(("link", link));
    ask(url, key, &fields).await
}

/// A provider on this machine that delivers at once; its service 7 is a Default at 0.30 USD.
async fn provider() -> SimulatedProvider {
    let provider = SimulatedProvider::start(Clock::system(), ANYWHERE)
        .await
        .unwrap();
    provider.set_services(vec![sold_upstream()]);
    provider
}

/// What that provider sells.
fn sold_upstream() -> ProviderService {
    ProviderService {
        script: Script::Deliver { over_ms: 0 },
        min: 50,
        max: 10_000,
        ..provided(7, &terms(ServiceType::Default, "0.90"))
    }
}

const MANUAL: [&str; 14] = [
    "service",
    "add",
    "--name",
    "Followers",
    "--category",
    "Instagram",
    "--type",
    "Default",
    "--rate",
    "0.90",
    "--min",
    "50",
    "--max",
    "10000",
];

/// Starts `smm-panel serve` and waits for the line that says where.
async fn serve(operator: &Operator) -> (Child, String) {
    let mut child = operator.command(&["serve"]).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = Vec::new();
    let url = loop {
        let line = log.next_line().await.unwrap();
        let line = line.unwrap_or_else(|| panic!("it ended: {said:?}"));
        if let Some((_, address)) = line.split_once("serving the panel protocol on ") {
            break address.trim().to_owned();
        }
        said.push(line);
    };
    // What is logged later must not fill the pipe.
    tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
    (child, url)
}

/// Stops a served panel as a service manager does; gives its exit code.
pub(crate) async fn stop(served: &mut Child) -> Option<i32> {
    let id = i32::try_from(served.id().unwrap()).unwrap();
    let id = rustix::process::Pid::from_raw(id).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    served.wait().await.unwrap().code()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

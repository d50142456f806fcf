//! The operator's commands: each run as the program that an operator starts, with settings and a
//! database of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;

use harness::{ANYWHERE, provided, terms};
use sea_orm::{ConnectionTrait, Database};
use smm_panel_server::app::{self, Background, Running};
use smm_panel_server::catalog;
use smm_panel_server::clock::Clock;
use smm_panel_server::config::Config;
use smm_panel_server::db::Db;
use smm_panel_server::demo::provider::{Fault, ProviderService, Script, SimulatedProvider};
use smm_panel_server::panel::Panel;
use smm_panel_server::protocol::ServiceType;
use smm_panel_server::provider::Client;
use smm_panel_server::secrets::Secrets;
use smm_panel_server::workers::Workers;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

/// A folder with a panel's files, and the commands that are run there.
struct Operator {
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
    /// An operator whose settings are the defaults, but for the places of the files.
    fn new() -> Operator {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let env = BTreeMap::from([
            (
                "SMM_PANEL_DATABASE_URL",
                format!("sqlite:{}", path("panel.db")),
            ),
            ("SMM_PANEL_SECRETS_FILE", path("panel.secrets")),
        ]);
        Operator { folder, env }
    }

    /// One who may use providers on this machine.
    fn with_loopback() -> Operator {
        Operator::new().with("SMM_PANEL_PROVIDER_ALLOW_LOOPBACK", "true")
    }

    /// The same with one more environment variable.
    fn with(mut self, variable: &'static str, value: &str) -> Operator {
        self.env.insert(variable, value.to_owned());
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
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
    async fn ok(&self, arguments: &[&str]) -> String {
        self.ok_given(arguments, "").await
    }

    async fn ok_given(&self, arguments: &[&str], input: &str) -> String {
        let ran = self.run(arguments, input).await;
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}{}", ran.out, ran.err);
        ran.out.trim_end().to_owned()
    }

    /// The sentence of a command that does not.
    async fn refused(&self, arguments: &[&str]) -> String {
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

    /// What clap says of arguments that cannot be meant.
    async fn misused(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments, "").await;
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}{}", ran.out, ran.err);
        assert_eq!(ran.out, "", "{arguments:?}");
        ran.err
    }

    /// Changes the database behind the panel's back.
    async fn sql(&self, sql: &str) {
        let db = Database::connect(&self.env["SMM_PANEL_DATABASE_URL"])
            .await
            .unwrap();
        db.execute_unprepared(sql).await.unwrap();
        db.close().await.unwrap();
    }

    /// The panel of these files, served from this process by nobody but the story.
    async fn opened(&self) -> Opened {
        let env = self.env.iter().map(|(k, v)| ((*k).to_owned(), v.clone()));
        let config = Config::load(None, env).unwrap();
        let db = Db::open(config.database_url.expose(), config.read_pool)
            .await
            .unwrap();
        let secrets = Secrets::load_or_create(&config).unwrap();
        let panel = Panel::open(db, Clock::system(), config, secrets)
            .await
            .unwrap();
        let workers = Workers::new(&panel, Client::new().unwrap());
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
    async fn finish(self) {
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
    provider.set_services(vec![ProviderService {
        script: Script::Deliver { over_ms: 0 },
        min: 50,
        max: 10_000,
        ..provided(7, &terms(ServiceType::Default, "0.90"))
    }]);
    provider
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

#[tokio::test]
async fn migrate_makes_the_database_and_says_when_there_is_nothing_to_do() {
    let operator = Operator::new();
    let done = "The schema is up to date; 1 change(s) applied.";
    assert_eq!(operator.ok(&["migrate"]).await, done);
    assert_eq!(operator.ok(&["migrate"]).await, "The schema is up to date.");
    operator.finish().await;
}

#[tokio::test]
async fn an_account_is_created_once_and_credited_once_per_reference() {
    let operator = Operator::new();
    let create = ["account", "create", "alice"];
    assert_eq!(
        operator.ok(&create).await,
        "Account 1 (alice) has an empty wallet."
    );
    assert_eq!(
        operator.refused(&create).await,
        "there is an account named alice already"
    );
    for name in ["", "  ", "a\nb", &"x".repeat(101)] {
        assert_eq!(
            operator.refused(&["account", "create", name]).await,
            "an account's name has 1 to 100 printable characters",
            "{name:?}"
        );
    }
    let credit = |name, amount, reference| {
        let (why, by) = ("--reason=bank transfer", "--reference");
        ["account", "credit", name, amount, why, by, reference]
    };
    assert_eq!(
        operator.ok(&credit("alice", "100", "T-1")).await,
        "100.00 USD credited to alice; balance 100.00 USD."
    );
    assert_eq!(
        operator.ok(&credit("alice", "0.000000001", "T-2")).await,
        "0.000000001 USD credited to alice; balance 100.000000001 USD."
    );
    assert_eq!(
        operator.refused(&credit("alice", "100", "T-1")).await,
        "the reference T-1 was credited before: nothing changed"
    );
    assert_eq!(
        operator.refused(&credit("bob", "1", "T-3")).await,
        "there is no account named bob"
    );
    assert_eq!(
        operator.ok(&credit("alice", "1", "T-4")).await,
        "1.00 USD credited to alice; balance 101.000000001 USD."
    );
    operator.finish().await;
}

#[tokio::test]
async fn an_amount_that_is_no_sum_of_money_above_zero_is_not_credited() {
    let operator = Operator::new();
    operator.ok(&["account", "create", "alice"]).await;
    for amount in [
        "0",
        "0.00",
        "-5",
        "+5",
        "1e3",
        "1,000",
        "1.0000000001",
        "abc",
        "",
        " ",
        "0x10",
        "NaN",
        "99999999999999999999",
        "$5",
    ] {
        let said = operator
            .misused(&[
                "account",
                "credit",
                "--reason=x",
                "--reference=T",
                "alice",
                "--",
                amount,
            ])
            .await;
        assert!(said.contains("for '<AMOUNT>'"), "{amount:?}: {said}");
    }
    for missing in ["--reason=x", "--reference=x"] {
        let said = operator
            .misused(&["account", "credit", "alice", "5", missing])
            .await;
        assert!(said.contains("required arguments"), "{said}");
    }
    operator.finish().await;
}

#[tokio::test]
async fn a_key_stands_alone_on_standard_output_and_opens_a_served_panel() {
    let operator = Operator::new().with("SMM_PANEL_LISTEN", "127.0.0.1:0");
    operator.ok(&["account", "create", "alice"]).await;
    operator
        .ok(&[
            "account",
            "credit",
            "alice",
            "12.5",
            "--reason=gift",
            "--reference=G",
        ])
        .await;
    let ran = operator.run(&["key", "create", "alice"], "").await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let key = ran.out.strip_suffix('\n').unwrap();
    assert_eq!((key.len(), &key[..9]), (45, "smp_live_"));
    assert_eq!(
        ran.err,
        "This key of alice cannot be shown again: keep it now.\n"
    );
    assert_eq!(
        operator.refused(&["key", "create", "bob"]).await,
        "there is no account named bob"
    );

    let (mut served, url) = serve(&operator).await;
    assert_eq!(
        ask(&url, key, &[("action", "balance")]).await,
        r#"{"balance":"12.50","currency":"USD"}"#
    );
    // The commands work beside a panel that serves, and hold at its next request.
    operator.ok(&MANUAL).await;
    assert_eq!(order(&url, key, "https://x.test/p").await, r#"{"order":1}"#);
    assert_eq!(
        ask(&url, key, &[("action", "balance")]).await,
        r#"{"balance":"11.60","currency":"USD"}"#
    );
    assert_eq!(stop(&mut served).await, Some(0));
    for stored in contents(&operator) {
        assert!(!contains(&stored, key), "a key is stored in the clear");
    }
    operator.finish().await;
}

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
async fn stop(served: &mut Child) -> Option<i32> {
    let id = i32::try_from(served.id().unwrap()).unwrap();
    let id = rustix::process::Pid::from_raw(id).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    served.wait().await.unwrap().code()
}

/// The bytes of every file that belongs to the database.
fn contents(operator: &Operator) -> Vec<Vec<u8>> {
    let files = std::fs::read_dir(operator.folder.path()).unwrap();
    let files: Vec<PathBuf> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.display().to_string().contains("panel.db"))
        .collect();
    assert!(!files.is_empty());
    files
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn a_providers_key_comes_from_standard_input_and_is_never_stored_in_the_clear() {
    let operator = Operator::new();
    let add = [
        "provider",
        "add",
        "upstream",
        "https://panel.example/api/v2",
    ];
    assert_eq!(
        operator.refused(&add).await,
        "no key on standard input; try: smm-panel provider add NAME URL < key-file"
    );
    let key = "c0ffee00c0ffee00c0ffee00c0ffee00";
    assert_eq!(
        operator.ok_given(&add, &format!(" {key}\n")).await,
        "Provider 1 (upstream) is added.\nNext: smm-panel provider test upstream"
    );
    assert_eq!(
        operator.refused_given(&add, key).await,
        "there is a provider named upstream already"
    );
    for stored in contents(&operator) {
        assert!(!contains(&stored, key), "a provider's key is readable");
    }
    let secrets = std::fs::metadata(operator.path("panel.secrets")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&secrets.permissions());
    assert_eq!(mode & 0o777, 0o600);
    let listed = operator.ok(&["provider", "list"]).await;
    assert_eq!(
        listed,
        "   1  upstream             ready         https://panel.example/api/v2"
    );
    operator.finish().await;
}

#[tokio::test]
async fn a_providers_address_is_refused_where_its_key_or_this_network_would_be_exposed() {
    let https = "a provider's address begins with https://, so that the key is not read on the way";
    let operator = Operator::new();
    for (url, sentence) in [
        (
            "http://127.0.0.1:9/api/v2",
            "127.0.0.1 is not a public host; a provider on this machine needs the setting \
             provider_allow_loopback",
        ),
        ("http://panel.example/api/v2", https),
        ("ftp://panel.example/api/v2", https),
    ] {
        let add = ["provider", "add", "upstream", url];
        assert_eq!(operator.refused_given(&add, "key").await, sentence, "{url}");
    }
    for url in [
        "https://127.0.0.1/api/v2",
        "https://10.0.0.1/api/v2",
        "panel.example",
    ] {
        let add = ["provider", "add", "upstream", url];
        let sentence = operator.refused_given(&add, "key").await;
        assert!(
            !sentence.contains("key on standard input"),
            "{url}: {sentence}"
        );
    }
    assert_eq!(operator.ok(&["provider", "list"]).await, "");

    let operator = Operator::with_loopback();
    let add = ["provider", "add", "near", "http://127.0.0.1:9/api/v2"];
    operator.ok_given(&add, "key").await;
    let add = ["provider", "add", "far", "http://panel.example/api/v2"];
    assert_eq!(operator.refused_given(&add, "key").await, https);
    operator.finish().await;
}

#[tokio::test]
async fn a_provider_is_tested_without_ordering_and_what_it_can_is_recorded() {
    let operator = Operator::with_loopback();
    let provider = provider().await;
    let add = ["provider", "add", "upstream", &provider.url()];
    operator.ok_given(&add, provider.key()).await;
    let test = ["provider", "test", "upstream"];
    let plain = "balance      1000000.00 USD\nservices     1\nrequest_id   not known: orders of \
                 which the answer was lost wait for an operator";
    assert_eq!(operator.ok(&test).await, plain);
    provider.keep_request_ids(true);
    let keeps = "balance      1000000.00 USD\nservices     1\nrequest_id   kept: orders of which \
                 the answer was lost are resolved by repeating them";
    assert_eq!(operator.ok(&test).await, keeps);
    let opened = operator.opened().await;
    let known = catalog::find_provider(&opened.panel.db, &opened.panel.secrets, "upstream");
    assert!(known.await.unwrap().unwrap().replays_requests);
    opened.stop().await;

    assert_eq!(
        operator.refused(&["provider", "test", "other"]).await,
        "there is no provider named other"
    );
    let wrong = ["provider", "add", "wrong", &provider.url()];
    operator.ok_given(&wrong, "0000").await;
    let said = operator.refused(&["provider", "test", "wrong"]).await;
    assert!(said.contains("Invalid API key"), "{said}");
    assert!(!said.contains("0000"), "{said}");
    provider.fail_next("balance", Fault::Http(502, "<html>".to_owned()));
    let said = operator.refused(&test).await;
    assert!(said.contains("502"), "{said}");
    assert_eq!(provider.orders(), []);
    provider.stop().await;
    operator.finish().await;
}

#[tokio::test]
async fn a_manual_service_needs_all_its_terms_and_is_sold_with_them() {
    let operator = Operator::new();
    assert_eq!(
        operator.ok(&MANUAL).await,
        "Service 1 (Followers at 0.90 USD) is manual: nobody is asked to deliver it."
    );
    // Without one of the options, which stand in pairs after the first two words.
    for left_out in ["--name", "--category", "--type", "--rate", "--min", "--max"] {
        let mut arguments = MANUAL.to_vec();
        let at = arguments.iter().position(|word| *word == left_out).unwrap();
        arguments.drain(at..at + 2);
        assert_eq!(
            operator.refused(&arguments).await,
            format!("{left_out} is needed for a service without --offer")
        );
    }
    let changed = |option: &str, value: &'static str| {
        let mut arguments = MANUAL.to_vec();
        let at = arguments.iter().position(|word| *word == option).unwrap();
        arguments[at + 1] = value;
        arguments
    };
    for (option, value) in [("--min", "0"), ("--min", "10001"), ("--max", "49")] {
        let said = operator.refused(&changed(option, value)).await;
        assert!(said.ends_with("leave nothing to order"), "{said}");
    }
    for (option, value) in [
        ("--type", "Fame"),
        ("--type", "Subscriptions"),
        ("--rate", "0"),
        ("--rate", "free"),
        ("--rate", "0.0000001"),
        ("--min", "ten"),
    ] {
        let said = operator.misused(&changed(option, value)).await;
        assert!(said.contains(&format!("for '{option} <")), "{said}");
    }
    operator.ok(&["account", "create", "alice"]).await;
    let key = operator.ok(&["key", "create", "alice"]).await;
    let opened = operator.opened().await;
    assert_eq!(
        ask(&opened.url, &key, &[("action", "services")]).await,
        "[{\"service\":1,\"name\":\"Followers\",\"type\":\"Default\",\"rate\":\"0.90\",\
         \"min\":\"50\",\"max\":\"10000\",\"dripfeed\":false,\"refill\":false,\"cancel\":false,\
         \"category\":\"Instagram\"}]"
    );
    opened.stop().await;
    operator.finish().await;
}

#[tokio::test]
async fn a_service_of_a_provider_is_sold_with_its_terms_at_a_markup() {
    let operator = Operator::with_loopback();
    let provider = provider().await;
    let add = ["provider", "add", "upstream", &provider.url()];
    operator.ok_given(&add, provider.key()).await;
    let marked_up = [
        "service",
        "add",
        "--offer",
        "upstream=7",
        "--markup",
        "25",
        "--max",
        "5000",
    ];
    assert_eq!(
        operator.ok(&marked_up).await,
        "Service 1 (Followers at 0.375 USD) is on sale."
    );
    for (more, sentence) in [
        (
            &["service", "add", "--offer", "upstream=7"][..],
            "give --rate, or --markup on the provider's cost",
        ),
        (
            &["service", "add", "--offer", "upstream=8", "--rate", "1"],
            "upstream has no service 8",
        ),
        (
            &["service", "add", "--offer", "other=7", "--rate", "1"],
            "there is no provider named other",
        ),
        (
            &["service", "add", "--offer", "upstream", "--rate", "1"],
            "--offer upstream: write it as PROVIDER=SERVICE",
        ),
        (
            &["service", "add", "--offer", "upstream=7", "--markup=-100"],
            "this markup leaves no price",
        ),
    ] {
        assert_eq!(operator.refused(more).await, sentence, "{more:?}");
    }
    let both = ["service", "add", "--offer=a=7", "--rate=1", "--markup=1"];
    assert!(
        operator
            .misused(&both)
            .await
            .contains("cannot be used with")
    );
    operator.ok(&["account", "create", "alice"]).await;
    let credit = [
        "account",
        "credit",
        "alice",
        "10",
        "--reason=x",
        "--reference=R",
    ];
    operator.ok(&credit).await;
    let key = operator.ok(&["key", "create", "alice"]).await;

    let opened = operator.opened().await;
    assert_eq!(
        ask(&opened.url, &key, &[("action", "services")]).await,
        "[{\"service\":1,\"name\":\"Followers\",\"type\":\"Default\",\"rate\":\"0.375\",\
         \"min\":\"50\",\"max\":\"5000\",\"dripfeed\":true,\"refill\":true,\"cancel\":true,\
         \"category\":\"First Category\"}]"
    );
    let link = "https://x.test/p";
    assert_eq!(order(&opened.url, &key, link).await, r#"{"order":1}"#);
    opened.work().await;
    let [sent] = &provider.orders()[..] else {
        panic!("one order was sent: {:?}", provider.orders());
    };
    assert_eq!(
        (sent.link.as_str(), sent.service, sent.quantity),
        (link, 7, 1000)
    );
    opened.stop().await;
    provider.stop().await;
    operator.finish().await;
}

#[tokio::test]
async fn a_dispatch_of_unknown_outcome_is_listed_and_leaves_by_three_exits() {
    let operator = Operator::with_loopback();
    let provider = provider().await;
    assert_eq!(
        operator.ok(&["dispatch", "list"]).await,
        "Nothing is unknown, nothing is parked."
    );
    let url = provider.url();
    let add = ["provider", "add", "upstream", &url, "--timeout-ms", "500"];
    operator.ok_given(&add, provider.key()).await;
    let sold = ["service", "add", "--offer", "upstream=7", "--rate", "0.90"];
    operator.ok(&sold).await;
    operator.ok(&["account", "create", "alice"]).await;
    let credit = [
        "account",
        "credit",
        "alice",
        "10",
        "--reason=x",
        "--reference=R",
    ];
    operator.ok(&credit).await;
    let key = operator.ok(&["key", "create", "alice"]).await;

    let opened = operator.opened().await;
    let links = [
        "https://x.test/taken",
        "https://x.test/again",
        "https://x.test/back",
    ];
    for (link, script) in links.into_iter().zip([
        Script::AcceptThenHang,
        Script::HangBeforeAccept,
        Script::HangBeforeAccept,
    ]) {
        provider.script_next(7, script);
        order(&opened.url, &key, link).await;
        // One at a time, so that each order meets its own script.
        opened.work().await;
    }
    assert_eq!(provider.accepted_links(), [links[0]]);
    let listed = operator.ok(&["dispatch", "list"]).await;
    let rows: Vec<&str> = listed.lines().collect();
    assert_eq!(rows.len(), 4, "{listed}");
    for (id, row) in (1..).zip(&rows[..3]) {
        let begins =
            format!("dispatch {id:>6}  parked   order {id} run 1 at provider 1 (no id) since 20");
        assert!(row.starts_with(&begins), "{row}");
        assert!(row.contains(" UTC: time-out"), "{row}");
    }
    assert_eq!(rows[3], "Decide with: smm-panel dispatch resolve ID --help");
    let first = operator.ok(&["dispatch", "list", "--limit", "1"]).await;
    assert_eq!(first.lines().count(), 2, "{first}");
    let alerts = operator.ok(&["alerts"]).await;
    assert!(
        alerts
            .lines()
            .any(|line| line.contains("dispatch 3 waits for an operator")),
        "{alerts}"
    );
    assert_eq!(
        operator
            .ok(&["alerts", "--limit", "1"])
            .await
            .lines()
            .count(),
        1
    );

    let resolve = |id, how: &[&'static str]| {
        let mut arguments = vec!["dispatch", "resolve", id];
        arguments.extend_from_slice(how);
        arguments
    };
    for (id, how, sentence) in [
        (
            "2",
            &["--send-again"][..],
            "an order that the provider took after all would be delivered twice: ask it first, \
             then add --yes",
        ),
        ("9", &["--refund"], "dispatch 9: there is no such dispatch"),
        (
            "1",
            &["--accepted-as", " "],
            "--accepted-as needs the provider's id",
        ),
        (
            "1",
            &["--refund", "--refill"],
            "refill 1: there is no such parked refill",
        ),
    ] {
        assert_eq!(operator.refused(&resolve(id, how)).await, sentence);
    }
    for how in [
        &[][..],
        &["--refund", "--send-again"],
        &["--accepted-as=5", "--refund"],
    ] {
        operator.misused(&resolve("1", how)).await;
    }
    assert_eq!(
        operator.ok(&["dispatch", "list"]).await,
        listed,
        "a refused decision changes nothing"
    );

    let taken_as = provider.orders()[0].id.to_string();
    let accepted = ["dispatch", "resolve", "1", "--accepted-as", &taken_as];
    assert_eq!(operator.ok(&accepted).await, "1 is resolved.");
    assert_eq!(
        operator
            .refused(&["dispatch", "resolve", "3", "--accepted-as", &taken_as])
            .await,
        "dispatch 3: another dispatch has that order id at this provider"
    );
    operator.ok(&resolve("2", &["--send-again", "--yes"])).await;
    operator.ok(&resolve("3", &["--refund"])).await;
    assert_eq!(
        operator.refused(&resolve("3", &["--refund"])).await,
        "dispatch 3: the dispatch is not parked: only a parked one can be resolved"
    );
    assert_eq!(
        operator.ok(&["dispatch", "list"]).await,
        "Nothing is unknown, nothing is parked."
    );
    opened.work().await;
    assert_eq!(provider.accepted_links(), [links[0], links[1]]);
    let statuses = [("action", "status"), ("orders", "1,2,3")];
    let statuses: serde_json::Value =
        serde_json::from_str(&ask(&opened.url, &key, &statuses).await).unwrap();
    assert_eq!(statuses["3"]["status"], "Canceled");
    assert_eq!(statuses["3"]["charge"], "0.00");
    // How far the provider says the first one is depends on the time of day.
    assert_ne!(statuses["1"]["status"], "Canceled");
    assert_eq!(statuses["2"]["status"], "Processing");
    assert_eq!(
        ask(&opened.url, &key, &[("action", "balance")]).await,
        r#"{"balance":"8.20","currency":"USD"}"#
    );
    opened.stop().await;
    provider.stop().await;
    operator.finish().await;
}

#[tokio::test]
async fn alerts_say_so_when_there_are_none() {
    let operator = Operator::new();
    assert_eq!(operator.ok(&["alerts"]).await, "There are no alerts.");
    operator.finish().await;
}

#[tokio::test]
async fn config_shows_every_setting_with_its_source_and_no_secret() {
    let secret = "5ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2";
    let operator = Operator::new()
        .with(
            "SMM_PANEL_DATABASE_URL",
            "postgres://panel:hunter2@db.example/panel",
        )
        .with("SMM_PANEL_PEPPER", secret)
        .with("SMM_PANEL_READ_POOL", "7")
        // A container passes variables on that nobody has set.
        .with("SMM_PANEL_PLACE_BATCH_MAX", "");
    let file = operator.path("panel.toml");
    std::fs::write(
        &file,
        format!("sync_interval_ms = 90000\nread_pool = 3\nmaster_key = \"{secret}\"\n"),
    )
    .unwrap();
    let shown = operator
        .ok(&["config", "--config", &file.display().to_string()])
        .await;
    assert_eq!(shown.lines().count(), Config::default().describe().len());
    for (name, value, source) in [
        ("listen", "127.0.0.1:8080", "default"),
        ("read_pool", "7", "environment"),
        ("sync_interval_ms", "90000", "file"),
        ("place_batch_max", "256", "default"),
        ("pepper", "set, not shown", "environment"),
        ("master_key", "set, not shown", "file"),
    ] {
        let begins = format!("{name:<26} = {value:<32} # {source}; ");
        let found = shown.lines().any(|line| line.starts_with(&begins));
        assert!(found, "{begins:?} in\n{shown}");
    }
    assert!(
        !shown.contains(secret) && !shown.contains("hunter2"),
        "{shown}"
    );
    assert!(shown.contains("db.example"), "{shown}");
    let by_variable = operator.with("SMM_PANEL_CONFIG", &file.display().to_string());
    assert_eq!(by_variable.ok(&["config"]).await, shown);
}

#[tokio::test]
async fn a_wrong_setting_stops_every_command_with_one_sentence() {
    let no_file = "The settings file missing.toml cannot be read: No such file or directory (os \
                   error 2).";
    for (content, variable, sentence) in [
        (
            "listne = \"127.0.0.1:1\"",
            None,
            "The settings file panel.toml sets \"listne\", which is no setting; the nearest name \
             is listen.",
        ),
        (
            "colour = 1",
            None,
            "The settings file panel.toml sets \"colour\", which is no setting; `smm-panel \
             config` lists all settings.",
        ),
        (
            "read_pool = 0",
            None,
            "The setting read_pool is \"0\" in the settings file panel.toml, but it must be a whole \
             number from 1 to 256 (connections).",
        ),
        (
            "",
            Some(("SMM_PANEL_REED_POOL", "3")),
            "The environment variable SMM_PANEL_REED_POOL belongs to no setting; the nearest \
             name is SMM_PANEL_READ_POOL.",
        ),
        (
            "",
            Some(("SMM_PANEL_V2_ALLOW_GET", "yes")),
            "The setting v2_allow_get is \"yes\" in the environment variable \
             SMM_PANEL_V2_ALLOW_GET, but it must be true or false.",
        ),
        (
            "sync_interval_ms = 5000\nsync_max_interval_ms = 4000",
            None,
            "The setting sync_interval_ms is 5000, but it must not be more than \
             sync_max_interval_ms, which is 4000.",
        ),
        ("", Some(("SMM_PANEL_CONFIG", "missing.toml")), no_file),
    ] {
        let mut operator = Operator::new();
        std::fs::write(operator.path("panel.toml"), content).unwrap();
        if let Some((name, value)) = variable {
            operator = operator.with(name, value);
        }
        let file = ["--config", "panel.toml"];
        let given = if sentence == no_file { &[][..] } else { &file };
        for command in [
            &["serve"][..],
            &["config"],
            &["alerts"],
            &["check"],
            &["migrate"],
        ] {
            let arguments = [command, given].concat();
            let ran = operator.run(&arguments, "").await;
            assert_eq!(ran.code, Some(1), "{arguments:?}");
            assert_eq!(ran.err, format!("smm-panel: {sentence}\n"), "{arguments:?}");
        }
        assert!(!operator.path("panel.db").exists(), "nothing was begun");
    }
}

#[tokio::test]
async fn settings_that_do_not_belong_together_stop_what_needs_them() {
    let secret = "ab".repeat(32);
    let operator = Operator::new().with("SMM_PANEL_PEPPER", &secret);
    assert_eq!(
        operator.refused(&["account", "create", "alice"]).await,
        "The setting master_key is missing: set both pepper and master_key, or neither, so that \
         both come from the secrets file."
    );
    let operator = Operator::new().with("SMM_PANEL_DATABASE_URL", "mysql://localhost/panel");
    let said = operator.refused(&["serve"]).await;
    assert!(said.starts_with("The setting database_url is "), "{said}");
    let operator = Operator::new().with("SMM_PANEL_DATABASE_URL", "sqlite:no/such/folder/p.db");
    let said = operator.refused(&["serve"]).await;
    assert!(
        said.starts_with("the database cannot be opened: "),
        "{said}"
    );
}

#[tokio::test]
async fn an_address_in_use_stops_the_start_with_one_sentence() {
    let taken = std::net::TcpListener::bind(ANYWHERE).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let operator = Operator::new().with("SMM_PANEL_LISTEN", &address);
    let said = operator.refused(&["serve"]).await;
    assert!(said.contains(&address), "{said}");
    operator.finish().await;
}

#[tokio::test]
async fn check_names_what_is_broken_and_fails() {
    let operator = Operator::new();
    operator.ok(&["account", "create", "alice"]).await;
    let credit = [
        "account",
        "credit",
        "alice",
        "10",
        "--reason=x",
        "--reference=R",
    ];
    operator.ok(&credit).await;
    let clean = operator.ok(&["check"]).await;
    assert_eq!(
        clean
            .lines()
            .filter(|line| line.contains("  holds   "))
            .count(),
        14
    );
    assert!(clean.ends_with("\nno violation"), "{clean}");

    operator
        .sql("UPDATE wallets SET balance_nano = balance_nano + 1")
        .await;
    let ran = operator.run(&["check"], "").await;
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""));
    let broken = "  3  BROKEN  the balance stored with a wallet or an order is the sum of its \
                  ledger entries\n               wallet 1: it stores 10000000001, its entries sum to 10000000000\n";
    assert!(ran.out.contains(broken), "{}", ran.out);
    assert!(ran.out.ends_with("\n1 violation\n"), "{}", ran.out);

    operator
        .sql("UPDATE wallets SET balance_nano = balance_nano - 1")
        .await;
    operator.finish().await;
}

#[tokio::test]
async fn a_database_that_is_newer_than_the_program_is_left_as_it_is() {
    let operator = Operator::new();
    operator.ok(&["account", "create", "alice"]).await;
    operator
        .sql("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)")
        .await;
    let newer = "the database is newer than this program: it has the change m9999_later, which \
                 this version does not know; start the version of smm-panel that made it";
    for command in [
        &["serve"][..],
        &["migrate"],
        &["check"],
        &["account", "create", "bob"],
        &["dispatch", "list"],
    ] {
        let ran = operator.run(command, "").await;
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{command:?}");
        assert_eq!(ran.err, format!("smm-panel: {newer}\n"), "{command:?}");
    }
    operator
        .sql("DELETE FROM seaql_migrations WHERE version = 'm9999_later'")
        .await;
    operator.finish().await;
}

#[tokio::test]
async fn a_file_that_is_no_database_stops_the_start_with_one_sentence() {
    let operator = Operator::new();
    std::fs::write(
        operator.path("panel.db"),
        "this is a text, not a database\n".repeat(200),
    )
    .unwrap();
    let said = operator.refused(&["serve"]).await;
    assert!(
        said.starts_with("the database cannot be opened: "),
        "{said}"
    );
}

#[tokio::test]
async fn the_secrets_of_another_installation_do_not_open_a_providers_key() {
    let operator = Operator::new();
    let add = [
        "provider",
        "add",
        "upstream",
        "https://panel.example/api/v2",
    ];
    operator.ok_given(&add, "secret").await;
    let elsewhere = operator.path("other.secrets").display().to_string();
    let operator = operator.with("SMM_PANEL_SECRETS_FILE", &elsewhere);
    let said = operator.refused(&["provider", "test", "upstream"]).await;
    assert!(said.contains("was sealed with the master key"), "{said}");
    operator.finish().await;
}

#[tokio::test]
async fn every_command_has_a_help_that_says_what_it_and_each_option_does() {
    let operator = Operator::new();
    let mut left = vec![Vec::<String>::new()];
    let mut seen = Vec::new();
    while let Some(path) = left.pop() {
        let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = operator.ok(&arguments).await;
        let usage = format!(
            "Usage: {}",
            [&["smm-panel".to_owned()], &path[..]].concat().join(" ")
        );
        assert!(help.contains(&usage), "{help}");
        let about = help.lines().next().unwrap_or_default();
        assert!(about.len() > 10 && !about.starts_with("Usage"), "{help}");
        for command in described(&help, "Commands:") {
            if command != "help" {
                let mut below = path.clone();
                below.push(command);
                left.push(below);
            }
        }
        described(&help, "Arguments:");
        described(&help, "Options:");
        seen.push(path.join(" "));
    }
    seen.sort();
    let expected = [
        "",
        "account",
        "account create",
        "account credit",
        "alerts",
        "check",
        "config",
        "demo",
        "dispatch",
        "dispatch list",
        "dispatch resolve",
        "key",
        "key create",
        "migrate",
        "provider",
        "provider add",
        "provider list",
        "provider test",
        "serve",
        "service",
        "service add",
    ];
    assert_eq!(seen, expected);
    assert!(!operator.path("panel.db").exists(), "help opens nothing");
}

/// The first words of the entries under `heading`; each entry has a description, on its own line
/// or on the next.
fn described(help: &str, heading: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != heading).skip(1);
    let lines: Vec<&str> = lines
        .take_while(|line| line.is_empty() || line.starts_with(' '))
        .collect();
    let mut names = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        // Descriptions that stand on lines of their own are further in.
        if line.is_empty() || indent > 6 {
            continue;
        }
        let entry = line.trim_start();
        let told = entry
            .split_once("  ")
            .is_some_and(|(_, text)| !text.trim().is_empty());
        let below = lines
            .get(at + 1)
            .is_some_and(|next| next.starts_with("          "));
        assert!(
            told || below,
            "{heading} {entry:?} is not described:\n{help}"
        );
        names.push(
            entry
                .split([' ', ','])
                .next()
                .unwrap_or_default()
                .to_owned(),
        );
    }
    names
}

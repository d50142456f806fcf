//! A served panel whose database file is taken away, or on whose disk there is no room any more.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use super::{ADD, MANUAL, Operator, ask, order, stop};

/// A served panel with one manual service, a customer, and order 1.
struct Served {
    operator: Operator,
    child: Child,
    url: String,
    key: String,
    /// What it says on standard error after it serves.
    said: JoinHandle<Vec<String>>,
}

const STATUS: [(&str, &str); 2] = [("action", "status"), ("order", "1")];

impl Served {
    async fn start(operator: Operator) -> Served {
        Served::prepared(operator).await.serve().await
    }

    async fn prepared(operator: Operator) -> Prepared {
        operator.customer().await;
        operator.ok(&MANUAL).await;
        let key = operator.ok(&["key", "create", "alice"]).await;
        Prepared { operator, key }
    }

    /// What is answered to an order, if anything is.
    async fn try_to_order(&self, link: &str) -> Option<String> {
        let mut fields = ADD.to_vec();
        fields.extend([("link", link), ("key", self.key.as_str())]);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let sent = http.post(&self.url).form(&fields).send().await.ok()?;
        sent.text().await.ok()
    }

    /// The process acknowledges nothing more and ends with one sentence, which it gives.
    async fn ends(&mut self) -> String {
        let answer = self.try_to_order("https://instagram.com/p/lost").await;
        let answer = answer.unwrap_or_default();
        assert!(!answer.contains("\"order\""), "{answer}");
        let ended = tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await;
        assert_eq!(ended.unwrap().unwrap().code(), Some(1));
        let said = std::mem::replace(&mut self.said, tokio::spawn(async { Vec::new() }));
        let said = said.await.unwrap();
        let ours = |line: &&String| line.starts_with("smm-panel: ");
        assert_eq!(said.iter().filter(ours).count(), 1, "{said:?}");
        said.last().unwrap().clone()
    }

    async fn is_ready(&self) -> bool {
        let url = self.url.replace("/api/v2", "/health/ready");
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        http.get(url).send().await.unwrap().status() == 200
    }

    async fn until_ready(&self, is: bool) {
        for _ in 0..400 {
            if self.is_ready().await == is {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it never came that it is ready: {is}");
    }

    /// No room: nothing is ready and no order is taken, but those that stand are shown.
    async fn has_no_room(&self) {
        self.until_ready(false).await;
        let shown = ask(&self.url, &self.key, &STATUS).await;
        assert!(shown.contains("\"status\":\"Pending\""), "{shown}");
        let refused = self.try_to_order("https://instagram.com/p/two").await;
        let refused = refused.unwrap_or_default();
        assert!(!refused.contains("\"order\""), "{refused}");
        let shown = ask(&self.url, &self.key, &[("action", "balance")]).await;
        assert!(shown.contains("\"balance\":\"9.1"), "{shown}");
    }

    /// Room again: all is as before.
    async fn has_room(mut self) {
        self.until_ready(true).await;
        let link = "https://instagram.com/p/three";
        let placed = order(&self.url, &self.key, link).await;
        assert!(placed.contains("\"order\""), "{placed}");
        assert_eq!(stop(&mut self.child).await, Some(0));
        self.operator.finish().await;
    }
}

struct Prepared {
    operator: Operator,
    key: String,
}

impl Prepared {
    async fn serve(self) -> Served {
        let command = self.operator.command(&["serve"]);
        self.serve_by(command).await
    }

    async fn serve_by(self, mut command: Command) -> Served {
        let Prepared { operator, key } = self;
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = loop {
            let line = log.next_line().await.unwrap().expect("it serves");
            if let Some((_, address)) = line.split_once("serving the panel protocol on ") {
                break address.trim().to_owned();
            }
        };
        let said = tokio::spawn(async move {
            let mut said = Vec::new();
            while let Ok(Some(line)) = log.next_line().await {
                said.push(line);
            }
            said
        });
        let placed = order(&url, &key, "https://instagram.com/p/one").await;
        assert_eq!(placed, r#"{"order":1}"#);
        Served {
            operator,
            child,
            url,
            key,
            said,
        }
    }
}

fn serving_anywhere() -> Operator {
    Operator::new().with("SMM_PANEL_LISTEN", "127.0.0.1:0")
}

#[apply(story_of_sqlite)]
async fn a_panel_whose_file_is_deleted_acknowledges_nothing_more_and_ends() {
    let mut served = Served::start(serving_anywhere()).await;
    fs::remove_file(served.operator.path("panel.db")).unwrap();
    let said = served.ends().await;
    assert!(said.contains("panel.db is gone"), "{said}");
}

#[apply(story_of_sqlite)]
async fn a_panel_whose_file_was_moved_goes_on_when_it_is_put_back() {
    let mut served = Served::start(serving_anywhere()).await;
    let (there, away) = (
        served.operator.path("panel.db"),
        served.operator.path("away"),
    );
    fs::rename(&there, &away).unwrap();
    let said = served.ends().await;
    assert!(said.contains("panel.db is gone"), "{said}");
    fs::rename(away, there).unwrap();
    let Served { operator, key, .. } = served;
    let (mut child, url) = super::serve(&operator).await;
    let shown = ask(&url, &key, &STATUS).await;
    assert!(shown.contains("\"status\":\"Pending\""), "{shown}");
    assert_eq!(stop(&mut child).await, Some(0));
    operator.finish().await;
}

#[apply(story_of_sqlite)]
async fn a_panel_whose_file_is_replaced_acknowledges_nothing_more_and_ends() {
    let prepared = Served::prepared(serving_anywhere()).await;
    let backup = prepared.operator.path("backup");
    fs::copy(prepared.operator.path("panel.db"), &backup).unwrap();
    let mut served = prepared.serve().await;
    fs::rename(backup, served.operator.path("panel.db")).unwrap();
    let said = served.ends().await;
    assert!(said.contains("was replaced by another one"), "{said}");
    for beside in ["panel.db-wal", "panel.db-shm"] {
        let _ = fs::remove_file(served.operator.path(beside));
    }
    served.operator.finish().await;
}

#[apply(story_of_sqlite)]
async fn a_panel_whose_write_ahead_log_is_deleted_acknowledges_nothing_more_and_ends() {
    let mut served = Served::start(serving_anywhere()).await;
    fs::remove_file(served.operator.path("panel.db-wal")).unwrap();
    let said = served.ends().await;
    assert!(said.contains("panel.db-wal is gone"), "{said}");
    served.operator.finish().await;
}

#[apply(story_of_sqlite)]
async fn a_panel_whose_write_ahead_log_is_replaced_acknowledges_nothing_more_and_ends() {
    let mut served = Served::start(serving_anywhere()).await;
    let log = served.operator.path("panel.db-wal");
    fs::remove_file(&log).unwrap();
    // A connection of the panel that is opened after the log was deleted makes one just so.
    fs::File::create_new(&log).unwrap();
    let said = served.ends().await;
    assert!(said.contains("panel.db-wal is gone"), "{said}");
    assert!(said.contains("another one is in its place"), "{said}");
    served.operator.finish().await;
}

#[apply(story_of_sqlite)]
async fn a_panel_that_may_write_nothing_more_is_not_ready_and_shows_its_orders() {
    let prepared = Served::prepared(serving_anywhere()).await;
    let mut command = Command::new("/bin/sh");
    // A write that the limit refuses is an error then, and no signal.
    let serve = format!(
        "trap '' XFSZ; exec {} serve",
        env!("CARGO_BIN_EXE_panel-under-test")
    );
    command
        .args(["-c", &serve])
        .env_clear()
        .envs(prepared.operator.settings())
        .current_dir(prepared.operator.path(""))
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true);
    let served = prepared.serve_by(command).await;
    let process = Pid::from_raw(i32::try_from(served.child.id().unwrap()).unwrap());
    let limit = |current| Rlimit {
        current,
        maximum: None,
    };
    prlimit(process, Resource::Fsize, limit(Some(0))).unwrap();
    served.has_no_room().await;
    prlimit(process, Resource::Fsize, limit(None)).unwrap();
    served.has_room().await;
}

/// A small disk in memory, which is taken away again.
struct Disk<'a>(&'a Path);

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount")
            .args(["-l"])
            .arg(self.0)
            .status();
    }
}

#[apply(story_of_sqlite)]
async fn a_panel_on_a_full_disk_is_not_ready_and_shows_its_orders() {
    let folder = tempfile::TempDir::new().unwrap();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"])
        .arg(folder.path())
        .output();
    if !mounted.is_ok_and(|done| done.status.success()) {
        // The story before this one refuses the writes of every user.
        eprintln!("no disk can be mounted by this user: the limit of a file's size stands for it");
        return;
    }
    let disk = Disk(folder.path());
    let file = format!("sqlite:{}", folder.path().join("panel.db").display());
    let operator = serving_anywhere().with("SMM_PANEL_DATABASE_URL", &file);
    let served = Served::start(operator).await;
    let filler = folder.path().join("filler");
    // All that is left, to the last page.
    let mut left = 8 * 1024 * 1024;
    let mut filled = fs::File::create(&filler).unwrap();
    while left >= 512 {
        match std::io::Write::write_all(&mut filled, &vec![1; left]) {
            Ok(()) => {}
            Err(_) => left /= 2,
        }
    }
    served.has_no_room().await;
    drop(filled);
    fs::remove_file(filler).unwrap();
    served.has_room().await;
    drop(disk);
}

/// The permission bits of a file of the operator's.
fn mode(operator: &Operator, name: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    let file = fs::metadata(operator.path(name)).unwrap();
    file.permissions().mode() & 0o777
}

#[apply(story_of_sqlite)]
async fn files_are_their_owners_alone_and_one_that_others_can_read_is_warned_of() {
    let mut served = Served::start(serving_anywhere()).await;
    for name in ["panel.db", "panel.db-wal", "panel.db-shm", "panel.secrets"] {
        assert_eq!(mode(&served.operator, name), 0o600, "{name}");
    }
    assert_eq!(stop(&mut served.child).await, Some(0));
    let quiet = served.operator.run(&["check"], "").await;
    assert_eq!(quiet.code, Some(0));
    assert!(!quiet.err.contains("other users"), "{}", quiet.err);
    let open: fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    fs::set_permissions(served.operator.path("panel.db"), open).unwrap();
    let warned = served.operator.run(&["check"], "").await;
    assert_eq!(warned.code, Some(0));
    let sentence = "can be read or written by other users (mode 644)";
    assert!(warned.err.contains(sentence), "{}", warned.err);
    assert_eq!(
        mode(&served.operator, "panel.db"),
        0o644,
        "it is left as it is"
    );
    served.operator.finish().await;
}

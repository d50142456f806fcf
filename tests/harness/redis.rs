//! Redis servers of the tests' own: each on a free port, without anything on disk, and gone with the
//! process that started it, however that ends.

use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Once;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use smm_panel_server::config::RedisUrl;
use tempfile::TempDir;

use crate::ANYWHERE;
use crate::database::asked_for;

/// A Redis server that runs.
pub struct Redis {
    folder: TempDir,
    port: u16,
    /// Ends the server when it is closed, which the end of this process does as well.
    _keeper: (Child, ChildStdin),
}

impl Redis {
    /// Starts a server; `None` where there is none to start, which is said once. Stops if there must
    /// be one.
    pub fn start() -> Option<Redis> {
        static SAID: Once = Once::new();
        let asked = asked_for("redis");
        if asked == Some(false) {
            return None;
        }
        match (Redis::try_start(), asked) {
            (Ok(server), _) => Some(server),
            (Err(why), Some(_)) => panic!("SMM_PANEL_TEST_DATABASES names redis, but {why}"),
            (Err(why), None) => {
                SAID.call_once(|| {
                    // Past the capture of the tests' output: nobody would read it there.
                    let _ = writeln!(
                        std::io::stderr(),
                        "no story runs with Redis: {why} (Debian: apt-get install redis-server)"
                    );
                });
                None
            }
        }
    }

    fn try_start() -> Result<Redis, String> {
        let folder = TempDir::with_prefix("smm-panel-redis-").map_err(|e| e.to_string())?;
        let socket = TcpListener::bind(ANYWHERE).map_err(|e| e.to_string())?;
        let port = socket.local_addr().map_err(|e| e.to_string())?.port();
        drop(socket);
        let server = Redis {
            _keeper: keeper(&folder)?,
            folder,
            port,
        };
        server.try_run()?;
        Ok(server)
    }

    /// Its URL.
    pub fn url(&self) -> RedisUrl {
        RedisUrl::parse(&format!("redis://127.0.0.1:{}", self.port)).expect("a URL")
    }

    /// Starts it again, empty, after [`Redis::kill`].
    pub fn run(&self) {
        self.try_run().expect("a Redis server");
    }

    fn try_run(&self) -> Result<(), String> {
        // A server that runs already, such as the system's, is on another port.
        let status = Command::new("redis-server")
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--daemonize", "yes"])
            .args(["--dir".into(), self.folder.path().to_owned()])
            .args(["--logfile".into(), self.folder.path().join("log")])
            .args(["--pidfile".into(), self.pid_file()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(|fault| format!("redis-server does not run: {fault}"))?;
        if !status.success() {
            return Err(format!("redis-server: {status}"));
        }
        for _ in 0..1_000 {
            let answers = TcpStream::connect(("127.0.0.1", self.port)).is_ok();
            if answers && self.pid().is_some() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Err("redis-server did not begin to listen".to_owned())
    }

    /// Ends it as a crash would: nothing is kept, no connection is told.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
        fs::remove_file(self.pid_file()).expect("its file");
    }

    /// Lets it hang: connections stay, and nothing is answered.
    pub fn hang(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on after [`Redis::hang`].
    pub fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.pid().expect("a Redis server that runs"), signal).expect("a signal");
    }

    fn pid_file(&self) -> PathBuf {
        self.folder.path().join("pid")
    }

    fn pid(&self) -> Option<Pid> {
        let written = fs::read_to_string(self.pid_file()).ok()?;
        Pid::from_raw(written.trim().parse().ok()?)
    }
}

/// A shell that waits for the end of its input, which comes with the end of this process, and
/// then kills the server and removes its files.
fn keeper(folder: &TempDir) -> Result<(Child, ChildStdin), String> {
    const SCRIPT: &str = r#"read -r _; kill -KILL "$(cat "$0/pid")"; cd /; rm -rf "$0""#;
    let mut shell = Command::new("/bin/sh");
    // A signal to the tests' group, such as Ctrl-C, must not end it before its work.
    shell
        .process_group(0)
        .arg("-c")
        .arg(SCRIPT)
        .arg(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = shell.spawn().map_err(|e| e.to_string())?;
    let input = child.stdin.take().ok_or("no input")?;
    Ok((child, input))
}

impl Drop for Redis {
    /// Before its folder goes.
    fn drop(&mut self) {
        if let Some(pid) = self.pid() {
            // It may have ended by itself.
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

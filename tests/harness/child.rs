//! A panel in a process of its own, which stands still until it is told, and may be killed.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use smm_panel_server::clock::Time;

/// A panel in a process of its own.
pub struct ChildPanel {
    program: PathBuf,
    folder: PathBuf,
    /// The rules that are undone in it.
    undone: Vec<String>,
    address: SocketAddr,
    process: Option<Process>,
    /// How often it was found dead.
    pub deaths: usize,
}

struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// The process is gone.
#[derive(Debug)]
pub struct Died;

impl ChildPanel {
    /// A panel on the database in `folder`, not started yet. `program` is the path of the
    /// `panel-under-test` binary.
    pub fn new(program: impl AsRef<Path>, folder: &Path) -> ChildPanel {
        // A port of its own for all its lives: those who call it do not look for a new one.
        let socket = std::net::TcpListener::bind(super::ANYWHERE).expect("a free port");
        let address = socket.local_addr().expect("an address");
        ChildPanel {
            program: program.as_ref().to_owned(),
            folder: folder.to_owned(),
            undone: Vec::new(),
            address,
            process: None,
            deaths: 0,
        }
    }

    /// Where its panel protocol is.
    pub fn url(&self) -> String {
        format!("http://{}/api/v2", self.address)
    }

    /// Undoes these rules in all its later lives; each is the name of a fail point.
    pub fn undo(&mut self, rules: &[String]) {
        self.undone = rules.to_vec();
    }

    /// Starts it, if it does not run; it kills itself at `crash`.
    pub fn start(&mut self, now: Time, crash: Option<&str>) {
        if self.is_alive() {
            return;
        }
        let mut command = Command::new(&self.program);
        command
            .args(["stand-still", "--listen", &self.address.to_string()])
            .args(["--now", &now.ms().to_string()])
            .arg("--data")
            .arg(&self.folder)
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        for rule in &self.undone {
            command.args(["--undo", rule]);
        }
        if let Some(crash) = crash {
            command.args(["--crash", crash]);
        }
        let mut child = command.spawn().expect("the panel-under-test starts");
        let input = child.stdin.take().expect("its input");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        self.process = Some(Process {
            child,
            input,
            output,
        });
        let line = self.line().expect("it serves");
        assert!(line.starts_with("serving "), "{line}");
    }

    /// Whether it runs.
    pub fn is_alive(&mut self) -> bool {
        let Some(process) = &mut self.process else {
            return false;
        };
        if process.child.try_wait().expect("a process").is_some() {
            self.process = None;
            self.deaths += 1;
            return false;
        }
        true
    }

    /// Tells it something and waits until it is done; gives the lines it said.
    pub fn tell(&mut self, line: &str) -> Result<Vec<String>, Died> {
        let process = self.process.as_mut().ok_or(Died)?;
        if writeln!(process.input, "{line}")
            .and_then(|()| process.input.flush())
            .is_err()
        {
            return self.dead();
        }
        let mut said = Vec::new();
        loop {
            match self.line() {
                Ok(line) if line == "done" => return Ok(said),
                Ok(line) => said.push(line),
                Err(Died) => return self.dead(),
            }
        }
    }

    fn line(&mut self) -> Result<String, Died> {
        let process = self.process.as_mut().ok_or(Died)?;
        let mut line = String::new();
        match process.output.read_line(&mut line) {
            Ok(0) | Err(_) => Err(Died),
            Ok(_) => Ok(line.trim_end().to_owned()),
        }
    }

    /// Its output has ended, so it has died or is dying.
    fn dead<T>(&mut self) -> Result<T, Died> {
        if let Some(mut process) = self.process.take() {
            let status = process.child.wait().expect("a process");
            assert!(!status.success(), "it was killed: {status}");
            self.deaths += 1;
        }
        Err(Died)
    }

    /// Stops it as SIGTERM would, and waits for its end.
    pub fn stop(&mut self) {
        if let Some(Process {
            mut child,
            input,
            output,
        }) = self.process.take()
        {
            drop(input);
            let status = child.wait().expect("a process");
            drop(output);
            assert!(
                status.success(),
                "it stops when nobody tells it anything: {status}"
            );
        }
    }
}

impl Drop for ChildPanel {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // Left by a failed story: nothing to be saved.
            let _ = process.child.kill();
            let _ = process.child.wait();
        }
    }
}

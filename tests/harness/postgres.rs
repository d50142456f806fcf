//! A PostgreSQL server of the tests' own: made from the installed binaries in a temporary folder,
//! on a free port, and gone with the process that started it, however that ends.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use tempfile::TempDir;

use crate::ANYWHERE;

/// How the server is started. It serves tests: what it writes survives its own end, and that of
/// every process on the machine, but not that of the machine.
const SETTINGS: &str = "listen_addresses = '127.0.0.1'
max_connections = 400
shared_buffers = 128MB
fsync = off
full_page_writes = off
max_wal_size = 4GB
checkpoint_timeout = 1h
autovacuum_naptime = 5min
log_min_messages = fatal
";
/// What stands behind that for a server that is measured: a commit is on the disk when it is
/// answered, as in production. Of two lines about a setting the last one counts.
const DURABLE: &str = "fsync = on
full_page_writes = on
";

/// How the names of the folders begin.
const PREFIX: &str = "smm-panel-postgres-";

/// A PostgreSQL server that runs.
pub struct Postgres {
    binaries: PathBuf,
    folder: TempDir,
    port: u16,
    user: Option<Account>,
    /// Ends the server when it is closed, which the end of this process does as well.
    _keeper: (Child, ChildStdin),
}

/// The account of the system under which the server runs: it refuses to be root.
#[derive(Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

impl Postgres {
    /// Starts a server, or says why there is none.
    pub fn start() -> Result<Postgres, String> {
        let folder = TempDir::with_prefix(PREFIX).map_err(|e| e.to_string())?;
        Postgres::start_in(folder, SETTINGS)
    }

    /// The same, but what it commits survives the end of the machine, and is in a new folder within
    /// `folder`.
    pub fn start_durable(folder: &Path) -> Result<Postgres, String> {
        let folder = TempDir::with_prefix_in(PREFIX, folder).map_err(|e| e.to_string())?;
        Postgres::start_in(folder, &[SETTINGS, DURABLE].concat())
    }

    fn start_in(folder: TempDir, given: &str) -> Result<Postgres, String> {
        let binaries = binaries().ok_or("no initdb and pg_ctl were found")?;
        let user = if rustix::process::geteuid().is_root() {
            Some(account().ok_or("there is no user `postgres` or `nobody` to run it as")?)
        } else {
            None
        };
        if let Some(Account { user, group }) = user {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))
                .and_then(|()| chown(folder.path(), Some(user), Some(group)))
                .map_err(|e| e.to_string())?;
        }
        let socket = TcpListener::bind(ANYWHERE).map_err(|e| e.to_string())?;
        let port = socket.local_addr().map_err(|e| e.to_string())?.port();
        drop(socket);
        let data = folder.path().join("data");
        let mut initdb = command(&binaries, "initdb", folder.path(), user);
        initdb
            .args(["--auth=scram-sha-256", "--username=panel", "--no-sync"])
            .args(["--encoding=UTF8", "--locale=C", "--pwfile=password", "-D"])
            .arg(&data);
        fs::write(folder.path().join("password"), "secret\n").map_err(|e| e.to_string())?;
        ran(&mut initdb)?;
        let mut settings = fs::OpenOptions::new()
            .append(true)
            .open(data.join("postgresql.conf"))
            .map_err(|e| e.to_string())?;
        let sockets = folder.path().display();
        write!(
            settings,
            "{given}port = {port}\nunix_socket_directories = '{sockets}'\n"
        )
        .map_err(|e| e.to_string())?;
        let keeper = keeper(&binaries, folder.path(), user)?;
        let server = Postgres {
            binaries,
            folder,
            port,
            user,
            _keeper: keeper,
        };
        server.run()?;
        Ok(server)
    }

    /// The URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://panel:secret@127.0.0.1:{}/{database}", self.port)
    }

    /// Starts it again after [`Postgres::stop_at_once`].
    pub fn run(&self) -> Result<(), String> {
        ran(self.control().args(["--wait", "--log=log", "start"]))
    }

    /// Stops it as a crash would: no connection is told, nothing is written any more.
    pub fn stop_at_once(&self) -> Result<(), String> {
        ran(self.control().args(["--wait", "--mode=immediate", "stop"]))
    }

    fn control(&self) -> Command {
        let mut control = command(&self.binaries, "pg_ctl", self.folder.path(), self.user);
        control
            .args(["--silent", "-D"])
            .arg(self.folder.path().join("data"));
        control
    }
}

/// A shell that waits for the end of its input, which comes with the end of this process, and
/// then stops the server and removes its files.
fn keeper(
    binaries: &Path,
    folder: &Path,
    user: Option<Account>,
) -> Result<(Child, ChildStdin), String> {
    const SCRIPT: &str = r#"echo ready; read -r _
        "$0/pg_ctl" --silent --mode=immediate -D "$1/data" stop; cd /; rm -rf "$1""#;
    let mut shell = command(Path::new("/bin"), "sh", folder, user);
    // A signal to the tests' group, such as Ctrl-C, must not end it before its work.
    shell
        .process_group(0)
        .arg("-c")
        .arg(SCRIPT)
        .arg(binaries)
        .arg(folder);
    shell
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = shell.spawn().map_err(|e| e.to_string())?;
    let input = child.stdin.take().ok_or("no input")?;
    let mut line = String::new();
    let output = child.stdout.take().ok_or("no output")?;
    BufReader::new(output)
        .read_line(&mut line)
        .map_err(|e| e.to_string())?;
    Ok((child, input))
}

fn command(folder: &Path, name: &str, at: &Path, user: Option<Account>) -> Command {
    let mut command = Command::new(folder.join(name));
    command.current_dir(at).env("LC_ALL", "C");
    if let Some(Account { user, group }) = user {
        command.uid(user).gid(group);
    }
    command
}

fn ran(command: &mut Command) -> Result<(), String> {
    // The server keeps what it is given: a pipe would never end.
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|e| e.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{command:?}: {status}"))
    }
}

/// The folder of the newest server's programs: Debian keeps them out of the path.
fn binaries() -> Option<PathBuf> {
    let version = |folder: &Path| {
        let name = folder.parent()?.file_name()?.to_str()?;
        name.parse::<u32>().ok()
    };
    let debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut folders: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
    folders.sort_by_key(|folder| std::cmp::Reverse(version(folder)));
    #[expect(clippy::disallowed_methods, reason = "it is no setting")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    let holds = |folder: &PathBuf, name: &str| folder.join(name).is_file();
    folders
        .into_iter()
        .find(|folder| holds(folder, "initdb") && holds(folder, "pg_ctl"))
}

/// The account to run the server as.
fn account() -> Option<Account> {
    let known = fs::read_to_string("/etc/passwd").ok()?;
    let of = |name: &str| {
        let line = known
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some(Account {
            user: fields.next()?.parse().ok()?,
            group: fields.next()?.parse().ok()?,
        })
    };
    of("postgres").or_else(|| of("nobody"))
}

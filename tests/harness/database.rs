//! The databases that stories run on. A story is written once and runs on each of them:
//! `#[apply(story)]` makes the tests `on_sqlite` and `on_postgres` of it.
//!
//! PostgreSQL is started when its binaries are installed. `SMM_PANEL_TEST_DATABASES`, such as
//! `sqlite,postgres,redis`, names the databases that must be there; without it a missing PostgreSQL
//! is said once and its stories are left out. The same holds for [`redis`](crate::redis).

use std::cell::{Cell, RefCell};
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use smm_panel_server::config::{Config, DatabaseUrl};
use smm_panel_server::db::Db;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::postgres::Postgres;

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// A file in the story's folder.
    Sqlite,
    /// A database of a server that the tests start.
    Postgres,
}

thread_local! {
    /// What the story of this thread runs on.
    static CURRENT: Cell<Database> = const { Cell::new(Database::Sqlite) };
    /// The databases of the story's own at the shared server, which end with it.
    static MADE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Runs a story on one thread.
pub fn run(on: Database, story: impl Future<Output = ()>) {
    run_on(
        on,
        Builder::new_current_thread().enable_all().build(),
        story,
    );
}

/// Runs a story whose tasks run on several threads.
pub fn run_on_threads(on: Database, story: impl Future<Output = ()>) {
    run_on(on, Runtime::new(), story);
}

fn run_on(on: Database, runtime: std::io::Result<Runtime>, story: impl Future<Output = ()>) {
    let runtime = runtime.expect("a runtime");
    if on == Database::Postgres && !is_there() {
        return;
    }
    CURRENT.set(on);
    runtime.block_on(story);
    drop(runtime);
    for name in MADE.take() {
        administer(&format!("DROP DATABASE {name} WITH (FORCE)"));
    }
}

/// What the story of this thread runs on.
pub fn current() -> Database {
    CURRENT.get()
}

/// Whether there is a PostgreSQL to run stories on; stops if there must be.
fn is_there() -> bool {
    let asked = asked_for("postgres");
    if asked == Some(false) {
        return false;
    }
    match (server(), asked) {
        (Ok(_), _) => true,
        (Err(why), Some(_)) => panic!("SMM_PANEL_TEST_DATABASES names postgres, but {why}"),
        (Err(_), None) => false,
    }
}

/// Whether the tests are asked to run with `name`; `None`: if it is there.
pub(crate) fn asked_for(name: &str) -> Option<bool> {
    #[expect(
        clippy::disallowed_methods,
        reason = "it is about the tests, not the panel"
    )]
    let asked = std::env::var("SMM_PANEL_TEST_DATABASES").ok()?;
    let known = |name: &str| ["sqlite", "postgres", "redis"].contains(&name);
    assert!(
        asked.split(',').all(known),
        "SMM_PANEL_TEST_DATABASES names {asked:?}"
    );
    Some(asked.split(',').any(|asked| asked == name))
}

/// The server of this process.
fn server() -> Result<&'static Postgres, &'static str> {
    static SERVER: OnceLock<Result<Postgres, String>> = OnceLock::new();
    let started = SERVER.get_or_init(|| {
        let started = Postgres::start().and_then(|server| {
            make_template(&server)?;
            Ok(server)
        });
        if let Err(why) = &started {
            // Past the capture of the tests' output: nobody would read it there.
            let _ = writeln!(
                std::io::stderr(),
                "no story runs on PostgreSQL: {why} (Debian: apt-get install postgresql)"
            );
        }
        started
    });
    started.as_ref().map_err(String::as_str)
}

/// The database with our schema, of which those of stories are copies.
const TEMPLATE: &str = "prepared";

fn make_template(server: &Postgres) -> Result<(), String> {
    administer_at(server, &format!("CREATE DATABASE {TEMPLATE}"))?;
    migrate(&server.url(TEMPLATE))
}

/// Gives the database at `url` our schema.
fn migrate(url: &str) -> Result<(), String> {
    apart(|runtime| {
        runtime.block_on(async {
            let db = Db::open(url, Config::default().pools())
                .await
                .map_err(|e| e.to_string())?;
            db.migrate().await.map_err(|e| e.to_string())?;
            db.close().await.map_err(|e| e.to_string())
        })
    })
}

/// Runs `work` on a thread of its own, as the story's runtime cannot be blocked.
fn apart<T: Send>(work: impl FnOnce(Runtime) -> T + Send) -> T {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    std::thread::scope(|scope| scope.spawn(|| work(runtime)).join()).expect("no panic")
}

fn administer(sql: &str) {
    let server = server().expect("a server");
    administer_at(server, sql).unwrap_or_else(|fault| panic!("{sql}: {fault}"));
}

fn administer_at(server: &Postgres, sql: &str) -> Result<(), String> {
    apart(|runtime| {
        runtime.block_on(async {
            let db = sea_orm::Database::connect(server.url("postgres"))
                .await
                .map_err(|e| e.to_string())?;
            db.execute_unprepared(sql)
                .await
                .map_err(|e| e.to_string())?;
            db.close().await.map_err(|e| e.to_string())
        })
    })
}

/// The file in a story's folder that holds the URL of its database, if that is not a file there.
const URL_FILE: &str = "database_url";

/// The database that belongs to `folder`, with our schema. The same folder has the same database in
/// every process.
pub fn of(folder: &Path) -> DatabaseUrl {
    let file = folder.join("panel.db");
    if current() == Database::Sqlite && !file.exists() {
        fs::write(&file, sqlite_template()).expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("a file of ours");
    }
    belonging_to(folder, &format!(" TEMPLATE {TEMPLATE}"))
}

/// A file of SQLite with our schema, of which those of stories are copies.
fn sqlite_template() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let folder = TempDir::new().expect("a folder");
        let file = folder.path().join(TEMPLATE);
        migrate(DatabaseUrl::sqlite(&file).expose()).expect("a schema");
        fs::read(file).expect("a file")
    })
}

/// The same, but without a schema.
pub fn empty_of(folder: &Path) -> DatabaseUrl {
    belonging_to(folder, "")
}

/// What a backup of the database of `folder` has, if it is made now: another database. Nobody may be
/// connected to the one that it is made of.
pub fn backup_of(folder: &Path) -> DatabaseUrl {
    if current() == Database::Sqlite {
        let backup = folder.join("backup.db");
        fs::copy(folder.join("panel.db"), &backup).expect("a file");
        return DatabaseUrl::sqlite(&backup);
    }
    let url = fs::read_to_string(folder.join(URL_FILE)).expect("a database's URL");
    let (_, name) = url.rsplit_once('/').expect("a database's name");
    let backup = make(&format!(" TEMPLATE {name}"));
    backup.parse().expect("a database's URL")
}

/// A new database at the shared server, which ends with the story; gives its URL.
fn make(made_from: &str) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("story_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    administer(&format!("CREATE DATABASE {name}{made_from}"));
    let url = server().expect("a server").url(&name);
    MADE.with_borrow_mut(|made| made.push(name));
    url
}

fn belonging_to(folder: &Path, made_from: &str) -> DatabaseUrl {
    let kept = folder.join(URL_FILE);
    let url = match (fs::read_to_string(&kept), current()) {
        (Ok(url), _) => url,
        (Err(_), Database::Sqlite) => return DatabaseUrl::sqlite(&folder.join("panel.db")),
        (Err(_), Database::Postgres) => {
            let url = make(made_from);
            fs::write(kept, &url).expect("a file");
            url
        }
    };
    url.parse().expect("a database's URL")
}

/// Everything that the database of `folder` has stored, as bytes: on SQLite those of its files, on
/// PostgreSQL every row as text, bytes as hexadecimal digits.
pub async fn stored(folder: &Path) -> Vec<u8> {
    let mut stored = Vec::new();
    if let Ok(url) = fs::read_to_string(folder.join(URL_FILE)) {
        let db = sea_orm::Database::connect(url).await.expect("a database");
        let texts = async |sql: &str| -> Vec<String> {
            let statement = Statement::from_string(DbBackend::Postgres, sql);
            let rows = db.query_all_raw(statement).await.expect("rows");
            rows.iter()
                .map(|row| row.try_get_by_index(0).expect("a text"))
                .collect()
        };
        let tables = "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'";
        for table in texts(tables).await {
            let rows = texts(&["SELECT CAST(t AS TEXT) FROM ", &table, " AS t"].concat()).await;
            stored.extend(rows.concat().into_bytes());
        }
        db.close().await.expect("an end");
    } else {
        for file in fs::read_dir(folder).expect("a folder").flatten() {
            if file.file_name().to_string_lossy().starts_with("panel.db") {
                stored.extend(fs::read(file.path()).expect("a file"));
            }
        }
    }
    assert!(
        !stored.is_empty(),
        "there is nothing in {}",
        folder.display()
    );
    stored
}

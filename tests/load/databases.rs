//! Where a comparison has its databases: files in a folder of its own, or a PostgreSQL server. All
//! that is made is gone at the end, however that comes.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use clap::Args;
use harness::postgres::Postgres;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use smm_panel_server::config::DatabaseUrl;
use tempfile::TempDir;

use crate::prepare;
use crate::process::Keeper;

/// The settings of every panel that is measured here: nothing is looked for that the measurement
/// does not wait for, and an order that its provider has completed is settled as soon as it can be.
/// A program that has slept finds that its connections were long waited for: not worth a line.
const SETTINGS: &str = "provider_allow_loopback = true
log = 'info,sqlx=error'
check_interval_ms = 0
dispatch_interval_ms = 20
sync_interval_ms = 1
";

#[derive(Args)]
pub(crate) struct Place {
    /// A folder on the disk to be measured: a new one is made in it, and removed at the end
    /// [default: the system's folder for temporary files]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Measure on PostgreSQL: a server is started from the installed programs, which flushes
    /// what it commits as in production
    #[arg(long)]
    postgres: bool,
    /// Measure on this PostgreSQL server, such as postgres://user:password@host/postgres, whose user
    /// may create databases; those that it creates are dropped at the end
    #[arg(long, value_name = "URL", conflicts_with = "postgres")]
    server: Option<reqwest::Url>,
}

/// Makes databases.
pub(crate) struct Databases {
    /// `None`: SQLite.
    server: Option<Server>,
    _keeper: Keeper,
    folder: TempDir,
}

/// A PostgreSQL server that databases are created on.
struct Server {
    url: reqwest::Url,
    made: RefCell<Vec<String>>,
    _own: Option<Postgres>,
}

/// A database with its settings file and its secrets.
pub(crate) struct Home {
    folder: PathBuf,
    url: DatabaseUrl,
    /// The name of the database on the server.
    name: Option<String>,
}

impl Databases {
    /// Makes the folder, and starts the server if one is asked for.
    pub(crate) fn at(place: &Place) -> Result<Databases> {
        let within = place.folder.clone().unwrap_or_else(std::env::temp_dir);
        let shown = within.display().to_string();
        let folder = TempDir::with_prefix_in("smm-panel-load-", &within).context(shown)?;
        let server = if place.postgres {
            let own = Postgres::start_durable(&within).map_err(|why| anyhow!("{why}"))?;
            Some(Server {
                url: own.url("postgres").parse()?,
                made: RefCell::default(),
                _own: Some(own),
            })
        } else {
            place.server.clone().map(|url| Server {
                url,
                made: RefCell::default(),
                _own: None,
            })
        };
        // After the panels, which are killed at the same time.
        let remove = r#"sleep 1; rm -rf "$0""#;
        Ok(Databases {
            server,
            _keeper: Keeper::start(remove, folder.path().as_os_str())?,
            folder,
        })
    }

    /// What they are, for headings.
    pub(crate) fn kind(&self) -> &'static str {
        match self.server {
            Some(_) => "PostgreSQL",
            None => "SQLite",
        }
    }

    /// An empty database.
    pub(crate) async fn empty(&self, name: &str) -> Result<Home> {
        self.make(name, None).await
    }

    /// A copy of `from`, to which nothing may be connected.
    pub(crate) async fn copy(&self, from: &Home, name: &str) -> Result<Home> {
        let home = self.make(name, from.name.as_deref()).await?;
        for entry in fs::read_dir(&from.folder)? {
            let entry = entry?;
            // The settings name their own folder.
            if entry.path() != from.settings() {
                fs::copy(entry.path(), home.folder.join(entry.file_name()))?;
            }
        }
        Ok(home)
    }

    async fn make(&self, name: &str, template: Option<&str>) -> Result<Home> {
        let folder = self.folder.path().join(name);
        let (url, name) = match &self.server {
            None => (None, None),
            Some(server) => {
                let name = format!("smm_panel_load_{}_{name}", std::process::id());
                let template = template.map_or(String::new(), |from| format!(" TEMPLATE {from}"));
                server.made.borrow_mut().push(name.clone());
                let sql = format!("CREATE DATABASE {name}{template}");
                administer(server.url.as_str(), &[sql]).await?;
                let mut url = server.url.clone();
                url.set_path(&name);
                (Some(url.as_str().parse()?), Some(name))
            }
        };
        let listen = "127.0.0.1:0".parse()?;
        let config = prepare::settings(&folder, listen, url.as_ref(), SETTINGS)?;
        Ok(Home {
            folder,
            url: config.database_url,
            name,
        })
    }
}

impl Home {
    /// Its settings file.
    pub(crate) fn settings(&self) -> PathBuf {
        self.folder.join("smm-panel.toml")
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        self.url.expose()
    }

    /// A file in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Connects to it.
    pub(crate) async fn connect(&self) -> Result<DatabaseConnection> {
        let told = || format!("the database of {} cannot be read", self.folder.display());
        Database::connect(self.url()).await.with_context(told)
    }

    /// After its schema was changed: lets PostgreSQL learn what is in it now, not at a time of its
    /// own in the middle of a measurement.
    pub(crate) async fn analyze(&self) -> Result<()> {
        if self.name.is_some() {
            administer(self.url(), &["VACUUM ANALYZE".to_owned()]).await?;
        }
        Ok(())
    }
}

async fn administer(url: &str, statements: &[String]) -> Result<()> {
    let db = Database::connect(url).await;
    let db = db.context("the PostgreSQL server cannot be used")?;
    for sql in statements {
        db.execute_unprepared(sql).await?;
    }
    Ok(db.close().await?)
}

impl Drop for Server {
    fn drop(&mut self) {
        let drops = |name: &String| format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        let drops: Vec<String> = self.made.borrow().iter().map(drops).collect();
        let url = self.url.as_str();
        // The runtime of this thread cannot be waited for here.
        let done = std::thread::scope(|scope| {
            let thread = scope.spawn(|| -> Result<()> {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()?;
                runtime.block_on(administer(url, &drops))
            });
            thread.join()
        });
        if let Ok(Err(fault)) = done {
            eprintln!("load: not everything could be dropped ({drops:?}): {fault:#}");
        }
    }
}

/// Whether two names stand for one file.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(one).is_some() && real(one) == real(other)
}

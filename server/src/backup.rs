//! A backup of the SQLite database and of the secrets file, made beside a running panel.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sea_orm::DbErr;

use crate::config::Config;
use crate::db::{Db, OpenError, Pools, execute};

/// What was made.
#[derive(Debug)]
pub struct Backup {
    /// The copy of the database.
    pub database: PathBuf,
    /// How large it is.
    pub bytes: u64,
    /// The copy of the secrets file, if it was asked for and there is one.
    pub secrets: Option<PathBuf>,
}

/// Why no backup was made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Another program backs PostgreSQL up.
    #[error("the database is PostgreSQL: back it up with pg_dump")]
    Postgres,
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// SQLite could not copy it: the disk is full, for example.
    #[error("the database cannot be backed up: {0}")]
    Copy(#[from] DbErr),
    /// A file or the folder cannot be read or made.
    #[error("{path} cannot be {what}: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What cannot be done.
        what: &'static str,
        /// What the system says.
        source: io::Error,
    },
}

/// A backup is one statement.
const ONE: Pools = Pools {
    read: 1,
    write: 1,
    wait: Pools::WAIT,
};

/// Copies the database, whatever its schema, and with `with_secrets` the secrets file into `folder`, which
/// is made. What is copied is of one moment, whoever writes meanwhile; when this returns, it is on disk. If
/// it fails, the folder is taken away again, so that no half of a backup is taken for one.
pub async fn back_up(
    config: &Config,
    folder: &Path,
    with_secrets: bool,
) -> Result<Backup, BackupError> {
    if !config.database_url.is_sqlite() {
        return Err(BackupError::Postgres);
    }
    let db = Db::open_existing(config.database_url.expose(), ONE).await?;
    let made = DirBuilder::new().mode(0o700).create(folder);
    made.map_err(failed(folder, "made"))?;
    let outcome = fill(&db, config, folder, with_secrets).await;
    if outcome.is_err() {
        // What the backup failed for is told; that something is left over is seen.
        let _ = fs::remove_dir_all(folder);
    }
    db.close().await?;
    outcome
}

async fn fill(
    db: &Db,
    config: &Config,
    folder: &Path,
    with_secrets: bool,
) -> Result<Backup, BackupError> {
    let database = folder.join("smm-panel.db");
    // SQLite takes an empty file, which so is its owner's alone from the beginning.
    let file = for_owner(&database).map_err(failed(&database, "made"))?;
    let to = database.display().to_string();
    execute(db.read(), "VACUUM INTO $1", [to.into()]).await?;
    file.sync_all().map_err(failed(&database, "written"))?;
    let bytes = file.metadata().map_err(failed(&database, "read"))?.len();
    let secrets = match (with_secrets, &config.pepper) {
        (true, None) => copy_secrets(&config.secrets_file, folder)?,
        (true, Some(_)) | (false, _) => None,
    };
    // The names must outlast a power cut as well.
    let kept = File::open(folder).and_then(|folder| folder.sync_all());
    kept.map_err(failed(folder, "written"))?;
    Ok(Backup {
        database,
        bytes,
        secrets,
    })
}

fn copy_secrets(from: &Path, folder: &Path) -> Result<Option<PathBuf>, BackupError> {
    let text = match fs::read(from) {
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(None),
        read => read.map_err(failed(from, "read"))?,
    };
    let to = folder.join("smm-panel.secrets");
    let written = for_owner(&to).and_then(|mut file| {
        file.write_all(&text)?;
        file.sync_all()
    });
    written.map_err(failed(&to, "written"))?;
    Ok(Some(to))
}

/// A new file that only its owner may read.
fn for_owner(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)
}

fn failed(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> BackupError {
    let path = path.to_owned();
    move |source| BackupError::File { path, what, source }
}

//! The file of a SQLite database, watched for being taken away under the connections.
//!
//! A connection goes on with a file that was deleted or moved as if nothing had happened: what it
//! commits then is lost when the process ends. So the path is looked at after every commit, before
//! anybody is told of it.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use sea_orm::DbErr;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use tokio::sync::watch;

/// The path of the file that `url` names; none of another kind of database.
pub(crate) fn path_of(url: &str) -> Option<PathBuf> {
    let options: SqliteConnectOptions = url.starts_with("sqlite:").then(|| url.parse().ok())??;
    Some(options.get_filename().to_owned())
}

/// A file by its device and its number there, whatever name leads to it.
pub(crate) fn identity_of(path: impl AsRef<std::path::Path>) -> io::Result<(u64, u64)> {
    let file = fs::metadata(path)?;
    Ok((file.dev(), file.ino()))
}

/// Makes the file of `url` for its owner alone, unless it is there; SQLite gives the files beside it
/// the same mode. What is there already stays as it is.
pub(super) fn make(url: &str) -> io::Result<()> {
    let Some(path) = path_of(url).filter(|_| !is_in_memory(url)) else {
        return Ok(());
    };
    let mut options = fs::OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(path) {
        Err(fault) if fault.kind() != io::ErrorKind::AlreadyExists => Err(fault),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn is_in_memory(url: &str) -> bool {
    url.contains(":memory:") || url.contains("mode=memory")
}

/// A file that others than its owner can read or write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the database file {path} can be read or written by other users (mode {mode:03o}): run \
     `chmod 600 {path}*`, which takes the files beside it in"
)]
pub struct OpenToOthers {
    path: String,
    mode: u32,
}

/// The database is not in its file any more: what would be committed now would be lost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LostFile {
    /// Nothing is found at its path.
    #[error(
        "The database file {path} is gone ({fault}): the panel stopped at once and acknowledged \
         nothing more; put back the file that was there, or a backup, and start it again."
    )]
    Gone {
        /// Where it was.
        path: String,
        /// What the system says.
        fault: String,
    },
    /// Another one is found there.
    #[error(
        "The database file {path} was replaced by another one: the panel stopped at once and \
         acknowledged nothing more; start it again on the file that is to be used."
    )]
    Replaced {
        /// Where it was.
        path: String,
    },
}

/// The file that was opened. Cheap to clone.
#[derive(Clone)]
pub(super) struct DatabaseFile {
    path: Arc<PathBuf>,
    opened: (u64, u64),
    /// The write-ahead log, in which what was committed stands at first. It is there as long as any
    /// connection is.
    log: Arc<PathBuf>,
    /// The log that the connections write. Where it was deleted, the next connection that is opened
    /// makes another one, which nothing is committed to.
    log_opened: Arc<OnceLock<(u64, u64)>>,
    lost: watch::Sender<Option<LostFile>>,
}

impl DatabaseFile {
    /// The file of `url`, which was just opened; none of a database that is in memory or elsewhere.
    pub(super) fn opened(url: &str) -> Option<DatabaseFile> {
        let path = path_of(url).filter(|_| !is_in_memory(url))?;
        let opened = identity_of(&path).ok()?;
        let mut log = path.clone().into_os_string();
        log.push("-wal");
        let log = PathBuf::from(log);
        let log_opened = identity_of(&log).map(OnceLock::from).unwrap_or_default();
        Some(DatabaseFile {
            path: Arc::new(path),
            opened,
            log: Arc::new(log),
            log_opened: Arc::new(log_opened),
            lost: watch::Sender::new(None),
        })
    }

    /// Whether others than its owner can read or write it.
    pub(super) fn open_to_others(&self) -> Option<OpenToOthers> {
        let mode = fs::metadata(&*self.path).ok()?.mode() & 0o777;
        let path = self.path.display().to_string();
        (mode & 0o077 != 0).then_some(OpenToOthers { path, mode })
    }

    /// Fails once the file was found to be lost; looks at nothing.
    pub(super) fn require_kept(&self) -> Result<(), DbErr> {
        match &*self.lost.borrow() {
            Some(lost) => Err(DbErr::Custom(lost.to_string())),
            None => Ok(()),
        }
    }

    /// Fails if the file that was opened is not at its path, from then on for good.
    pub(super) fn require_there(&self) -> Result<(), DbErr> {
        self.require_kept()?;
        let path = self.path.display().to_string();
        let lost = match identity_of(&*self.path) {
            Ok(there) if there == self.opened => return Ok(()),
            Ok(_) => LostFile::Replaced { path },
            Err(fault) => LostFile::Gone {
                path,
                fault: fault.to_string(),
            },
        };
        Err(self.lose(lost))
    }

    /// The same just after a commit, whose rows are in the log.
    pub(super) fn require_committed(&self) -> Result<(), DbErr> {
        self.require_there()?;
        let fault = match identity_of(&*self.log) {
            Ok(there) if there == *self.log_opened.get_or_init(|| there) => return Ok(()),
            Ok(_) => "another one is in its place".to_owned(),
            Err(fault) => fault.to_string(),
        };
        let path = self.log.display().to_string();
        Err(self.lose(LostFile::Gone { path, fault }))
    }

    fn lose(&self, lost: LostFile) -> DbErr {
        let fault = DbErr::Custom(lost.to_string());
        self.lost.send_if_modified(|known| {
            let is_first = known.is_none();
            known.get_or_insert(lost);
            is_first
        });
        fault
    }

    /// Waits until the file is found to be lost.
    pub(super) async fn lost(&self) -> LostFile {
        let mut lost = self.lost.subscribe();
        // An error cannot be: whoever asks this holds the sender too.
        let found = lost.wait_for(Option::is_some).await;
        let found = found.ok().and_then(|lost| lost.clone());
        match found {
            Some(lost) => lost,
            None => std::future::pending().await,
        }
    }
}

//! The secrets file: two lines of TOML that only the server's user may read.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::config::SecretHex;

use super::{Secrets, SecretsError};

/// Reads the file, or makes it with new random secrets if there is none. Of several processes
/// that start at once, one makes the file and all read that one.
pub(super) fn read_or_make(path: &Path) -> Result<Secrets, SecretsError> {
    match read(path) {
        Err(SecretsError::File { source, .. }) if source.kind() == ErrorKind::NotFound => {
            make(path).map_err(|source| failed(path, "made", source))?;
            read(path)
        }
        result => result,
    }
}

/// Reads the file, which must be there.
pub(super) fn read_existing(path: &Path) -> Result<Secrets, SecretsError> {
    match read(path) {
        Err(SecretsError::File { source, .. }) if source.kind() == ErrorKind::NotFound => {
            Err(SecretsError::Missing {
                path: path.to_owned(),
            })
        }
        result => result,
    }
}

fn read(path: &Path) -> Result<Secrets, SecretsError> {
    let cannot_read = |source| failed(path, "read", source);
    let mut file = File::open(path).map_err(cannot_read)?;
    let mode = file.metadata().map_err(cannot_read)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(SecretsError::TooOpen {
            path: path.to_owned(),
            mode,
        });
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(cannot_read)?;
    parse(&text).ok_or_else(|| SecretsError::Malformed {
        path: path.to_owned(),
    })
}

/// Reads the two values; any other name in the file is a mistake too.
fn parse(text: &str) -> Option<Secrets> {
    let table: toml::Table = text.parse().ok()?;
    let secret = |name: &str| SecretHex::parse(table.get(name)?.as_str()?);
    let (pepper, master_key) = (secret("pepper")?, secret("master_key")?);
    (table.len() == 2).then(|| Secrets::from_bytes(*pepper.bytes(), *master_key.bytes()))
}

/// Writes a whole file beside the path and then gives it its name, unless another process was
/// faster: a crash leaves no half of a secret, and an existing file is never replaced.
fn make(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    // A temporary file is made with mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(&folder)?;
    let pepper = hex::encode(rand::random::<[u8; 32]>());
    let master_key = hex::encode(rand::random::<[u8; 32]>());
    write!(
        file,
        "# The secrets of this smm-panel. Keep a copy apart from the database's backups: without\n\
         # it no API key and no stored provider key works. Nobody else may read this file.\n\
         pepper = \"{pepper}\"\nmaster_key = \"{master_key}\"\n"
    )?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => {}
        Err(taken) if taken.error.kind() == ErrorKind::AlreadyExists => {}
        Err(other) => return Err(other.error),
    }
    // The name must outlast a power cut as well: keys are about to be digested with it.
    File::open(folder)?.sync_all()
}

fn failed(path: &Path, what: &'static str, source: io::Error) -> SecretsError {
    SecretsError::File {
        path: path.to_owned(),
        what,
        source,
    }
}

//! The two databases of a copy, opened and told apart.

use sea_orm::DbErr;

use super::CopyError;
use crate::db::{Db, OpenError, Pools, identity_of, path_of, query};

/// Where rows come from and where they go; not the same database.
pub struct Ends {
    /// The source.
    pub from: Db,
    /// The target.
    pub to: Db,
}

/// A copy reads in one transaction and writes in one.
const ONE: Pools = Pools {
    read: 1,
    write: 1,
    wait: Pools::WAIT,
};

impl Ends {
    /// Closes both.
    pub async fn close(self) -> Result<(), DbErr> {
        self.from.close().await?;
        self.to.close().await
    }
}

/// Opens the source, which must exist and be current, and the target, which is given the schema
/// if it has no tables. Takes their URLs, `sqlite:path` or `postgres://...`. Whether the target is
/// empty is seen by [`copy`](super::copy).
pub async fn open(from: &str, to: &str) -> Result<Ends, CopyError> {
    let fault = |end| move |fault| CopyError::Open(end, fault);
    // The file of a target is made only once the source is known to be there.
    let source = match Db::open_existing(from, ONE).await {
        Err(OpenError::Missing(file)) => return Err(CopyError::Missing(file)),
        opened => opened.map_err(fault("--from"))?,
    };
    if file(from).is_some_and(|one| file(to) == Some(one)) {
        return Err(CopyError::Same);
    }
    source.require_migrated().await.map_err(fault("--from"))?;
    let target = Db::open(to, ONE).await.map_err(fault("--to"))?;
    let place = place(&source).await?;
    if place.is_some() && place == self::place(&target).await? {
        return Err(CopyError::Same);
    }
    target.require_current().await.map_err(fault("--to"))?;
    Ok(Ends {
        from: source,
        to: target,
    })
}

/// The file behind a URL, whatever name leads to it.
fn file(url: &str) -> Option<(u64, u64)> {
    identity_of(path_of(url)?).ok()
}

/// A server is told apart from all others by the moment at which it was started.
const PLACE: &str = "SELECT CONCAT_WS(' ', EXTRACT(EPOCH FROM pg_postmaster_start_time()), \
    current_database(), current_schema())";

/// The place of a PostgreSQL database, whatever URL leads to it.
async fn place(db: &Db) -> Result<Option<String>, DbErr> {
    if db.postgres().is_none() {
        return Ok(None);
    }
    let rows = query(db.read(), PLACE, []).await?;
    rows.first().map(|row| row.try_get_by_index(0)).transpose()
}

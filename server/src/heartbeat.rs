//! That a server lives, and that its database can be written.
//!
//! Owns the table `servers`: a row for each server, which says when it was there last. A server that
//! stops in order takes its row away; the row of one that was killed grows old. Writing the row is
//! also the proof that anything can be written: a database on a full disk, or one that may only be
//! read, answers every question.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbErr};
use tokio::sync::{Mutex, watch};

use crate::clock::{Clock, Stopwatch, Time};
use crate::db::{Db, execute, query};
use crate::error::Result;
use crate::panel::Panel;

/// How often a server writes that it is there, at most and at least.
pub const EVERY: Duration = Duration::from_secs(5);
/// For how long what was written is proof enough, while the next writing waits for its turn.
const PROOF: Duration = Duration::from_secs(15);
/// After how long the row of a server that was not seen any more is taken away.
const FORGOTTEN_MS: i64 = 24 * 60 * 60 * 1_000;

/// For how long a server counts as living after it was seen: it may wait for the database so long.
const LIVES_MS: i64 = 30 * 1_000;

/// Servers that live on a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Living {
    /// Each by its name, with when it was started, and how many ms ago it was seen last.
    servers: Vec<(String, Time, i64)>,
}

/// Names them, and says what to do.
impl fmt::Display for Living {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.servers.iter().map(|(name, started, ago_ms)| {
            let ago_s = ago_ms.max(&0) / 1_000;
            format!("server {name}, started {started}, last seen {ago_s} s ago")
        });
        let named = named.collect::<Vec<_>>().join("; ");
        let waits = self.servers.iter().map(|(.., ago_ms)| LIVES_MS - ago_ms);
        let wait_s = waits.max().unwrap_or_default() / 1_000 + 1;
        write!(
            f,
            "a server lives on the database ({named}): stop it first; if it was killed, wait {wait_s} s"
        )
    }
}

/// The servers that live on `db`, if there are any, by the database's own time or else by `clock`.
pub async fn living(db: &Db, clock: &Clock) -> std::result::Result<Option<Living>, DbErr> {
    let now = db.now().await?.unwrap_or_else(|| clock.now());
    let sql = "SELECT id, started_at_ms, seen_at_ms FROM servers \
               WHERE seen_at_ms BETWEEN $1 AND $2 ORDER BY seen_at_ms DESC, id";
    // What was written before the clock was set back may be of the future.
    let bounds = [now.plus_ms(1 - LIVES_MS), now.plus_ms(LIVES_MS)];
    let mut servers = Vec::new();
    for row in query(db.read(), sql, bounds.map(Into::into)).await? {
        let seen: Time = row.try_get("", "seen_at_ms")?;
        let (name, started) = (row.try_get("", "id")?, row.try_get("", "started_at_ms")?);
        servers.push((name, started, now.ms_since(seen)));
    }
    Ok((!servers.is_empty()).then_some(Living { servers }))
}

/// When a server was seen last on the database, as far as it knows.
pub(crate) async fn last_seen(on: &impl ConnectionTrait) -> Result<Option<Time>> {
    let rows = query(on, "SELECT MAX(seen_at_ms) AS seen_at_ms FROM servers", []).await?;
    let seen = rows.first().map(|row| row.try_get("", "seen_at_ms"));
    Ok(seen.transpose()?.flatten())
}

/// Whether the database can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writes {
    /// It could be just now.
    Ok,
    /// It was tried just now and could not be.
    Failing,
}

/// The names of the servers that have a row: those that live, and for a day those that were killed.
pub(crate) async fn list_servers(db: &Db) -> Result<Vec<String>> {
    let rows = query(db.read(), "SELECT id FROM servers", []).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

/// Writes that this server lives. Cheap to clone.
#[derive(Clone)]
pub struct Heartbeat {
    db: Db,
    clock: Clock,
    server: Arc<str>,
    started: Time,
    /// When it was written last, or tried.
    last: Arc<Mutex<Option<(Stopwatch, Writes)>>>,
    /// When it was written last, while the next writing may be under way.
    written: Arc<std::sync::Mutex<Option<Stopwatch>>>,
}

impl Heartbeat {
    /// That of a server that starts now, under a new name.
    pub fn new(panel: &Panel) -> Heartbeat {
        Heartbeat {
            db: panel.db.clone(),
            clock: panel.clock.clone(),
            server: hex::encode(rand::random::<[u8; 8]>()).into(),
            started: panel.now(),
            last: Arc::default(),
            written: Arc::default(),
        }
    }

    /// The server's name.
    pub fn server(&self) -> Arc<str> {
        self.server.clone()
    }

    /// Writes the row, unless that was done or tried within [`EVERY`]. Waits for no longer than
    /// `patience`: a writer that others use all that time is no broken one, if it was just used.
    pub async fn beat(&self, patience: Duration) -> Writes {
        if let Ok(writes) = tokio::time::timeout(patience, self.beat_in_turn()).await {
            return writes;
        }
        let written = *self.written();
        match written.is_some_and(|written| written.elapsed() < PROOF) {
            true => Writes::Ok,
            false => Writes::Failing,
        }
    }

    async fn beat_in_turn(&self) -> Writes {
        let mut last = self.last.lock().await;
        if let Some((tried, writes)) = *last
            && tried.elapsed() < EVERY
        {
            return writes;
        }
        let written = self.write().await;
        let writes = match &written {
            Ok(()) => Writes::Ok,
            Err(_) => Writes::Failing,
        };
        let before = last.replace((Stopwatch::start(), writes));
        match written {
            Ok(()) => *self.written() = Some(Stopwatch::start()),
            Err(fault) if before.is_none_or(|(_, before)| before == Writes::Ok) => {
                tracing::error!(error = %fault, "the database cannot be written");
            }
            Err(_) => {}
        }
        writes
    }

    fn written(&self) -> std::sync::MutexGuard<'_, Option<Stopwatch>> {
        self.written
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    async fn write(&self) -> Result<()> {
        self.db.require_file()?;
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        let old = "DELETE FROM servers WHERE seen_at_ms < $1 OR seen_at_ms > $2";
        let bounds = [now.plus_ms(-FORGOTTEN_MS), now.plus_ms(FORGOTTEN_MS)];
        execute(&tx, old, bounds.map(Into::into)).await?;
        let sql = "INSERT INTO servers (id, started_at_ms, seen_at_ms) VALUES ($1, $2, $3) \
                   ON CONFLICT (id) DO UPDATE SET seen_at_ms = excluded.seen_at_ms";
        let values = [(&*self.server).into(), self.started.into(), now.into()];
        execute(&tx, sql, values).await?;
        Ok(tx.commit().await?)
    }

    /// Writes it again and again until `stop` is true.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            self.beat(PROOF).await;
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Takes the row away: the server has stopped.
    pub async fn end(&self) -> Result<()> {
        let tx = self.db.begin().await?;
        let sql = "DELETE FROM servers WHERE id = $1";
        execute(&tx, sql, [(&*self.server).into()]).await?;
        Ok(tx.commit().await?)
    }
}

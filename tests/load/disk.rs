//! What the disk takes at most: as many rows and index entries as placing an order writes, in
//! batches, by a few set-based statements in one transaction, with nothing else to do.
//!
//! The tables have the names, the keys and the indices of the panel's, but no triggers, no foreign
//! keys and no checks. A test compares what is written with what the panel writes.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement, TransactionTrait,
};
use tokio::time::Instant;

use crate::databases::Home;
use crate::figures::{Figures, Seen};

/// The tables that are gone and made anew before each turn.
const TABLES: [&str; 5] = [
    "ledger_entries",
    "ledger_transactions",
    "orders",
    "wallets",
    "id_sequences",
];

/// `{id}` is the type of a key that is a number.
const SCHEMA: &str = "
CREATE TABLE id_sequences (name TEXT PRIMARY KEY, last_id BIGINT NOT NULL);
INSERT INTO id_sequences (name, last_id) VALUES ('orders', 0), ('ledger_transactions', 0);
CREATE TABLE wallets (account_id {id}, balance_nano BIGINT NOT NULL);
CREATE TABLE orders (
    id {id}, account_id BIGINT NOT NULL, service_id BIGINT NOT NULL, service_type TEXT NOT NULL,
    refill BOOLEAN NOT NULL, cancel BOOLEAN NOT NULL, status TEXT NOT NULL, link TEXT NOT NULL,
    overlap_key BIGINT NOT NULL, details TEXT NOT NULL, quantity BIGINT NOT NULL,
    runs BIGINT NOT NULL, interval_minutes BIGINT NOT NULL, rate_micro BIGINT NOT NULL,
    charge_nano BIGINT NOT NULL, held_nano BIGINT NOT NULL, refunded_nano BIGINT NOT NULL,
    settled_refund_nano BIGINT NOT NULL, withheld BOOLEAN NOT NULL, remains BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL, refill_days BIGINT NOT NULL
);
CREATE INDEX orders_of_account ON orders (account_id, created_at_ms, id);
CREATE INDEX orders_active_on_link ON orders (overlap_key);
CREATE INDEX orders_held ON orders (account_id, held_nano);
CREATE TABLE ledger_transactions (
    id {id}, kind TEXT NOT NULL, reference TEXT NOT NULL, note TEXT,
    created_at_ms BIGINT NOT NULL, UNIQUE (kind, reference)
);
CREATE TABLE ledger_entries (
    transaction_id BIGINT NOT NULL, line BIGINT NOT NULL, account TEXT NOT NULL,
    side TEXT NOT NULL, amount_nano BIGINT NOT NULL, PRIMARY KEY (transaction_id, line)
);
CREATE INDEX ledger_entries_of_wallet ON ledger_entries (account, transaction_id)
    WHERE account >= 'wallet:' AND account < 'wallet;';
";

/// The numbers `$1` to `$2`.
const NUMBERS: &str = "WITH RECURSIVE s (n) AS (SELECT CAST($1 AS BIGINT) UNION ALL \
                       SELECT n + 1 FROM s WHERE n < CAST($2 AS BIGINT)) ";

/// How many orders one transaction stores before a turn.
const PIECE: i64 = 1_000;

/// A database to write to as fast as it goes.
pub(crate) struct Disk<'a> {
    /// Where it is; on SQLite every turn has a file of its own there.
    pub(crate) home: &'a Home,
    /// How many wallets pay in turn.
    pub(crate) wallets: usize,
    /// How many orders are stored before.
    pub(crate) orders: usize,
}

impl Disk<'_> {
    /// Writes batches of `batch` orders for `lasts`; gives how many orders there were in a second,
    /// and how long a batch took.
    pub(crate) async fn measure(&self, batch: u32, lasts: Duration) -> Result<Figures> {
        let raw = Raw::make(self.home, self.wallets).await?;
        let mut first = 1;
        let stored = i64::try_from(self.orders)?;
        while first <= stored {
            let last = stored.min(first + PIECE - 1);
            raw.write(first, last).await?;
            first = last + 1;
        }
        let mut seen = Seen::default();
        let begun = Instant::now();
        while begun.elapsed() < lasts {
            let sent = Instant::now();
            raw.write(first, first + i64::from(batch) - 1).await?;
            seen.answered(sent.elapsed());
            first += i64::from(batch);
        }
        let took = begun.elapsed();
        raw.remove().await?;
        Ok(seen.over(took).times(u64::from(batch)))
    }
}

/// The tables of one turn.
struct Raw {
    db: DatabaseConnection,
    /// SQLite's file.
    file: Option<PathBuf>,
    statements: [String; 5],
}

impl Raw {
    /// Empty tables in `home`.
    async fn make(home: &Home, wallets: usize) -> Result<Raw> {
        let file = home
            .url()
            .starts_with("sqlite:")
            .then(|| home.path("raw.db"));
        Raw::open(home.url(), file, wallets).await
    }

    /// Empty tables at `url`, or in `file`; every commit is on the disk before it is answered.
    async fn open(url: &str, file: Option<PathBuf>, wallets: usize) -> Result<Raw> {
        let wallets = i64::try_from(wallets.max(1))?;
        let mut options = ConnectOptions::new(match &file {
            Some(file) => format!("sqlite:{}", file.display()),
            None => url.to_owned(),
        });
        options.max_connections(1).sqlx_logging(false);
        options.map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
        });
        let db = Database::connect(options).await?;
        let id = if file.is_some() {
            "INTEGER PRIMARY KEY"
        } else {
            "BIGINT PRIMARY KEY"
        };
        for table in TABLES {
            let sql = format!("DROP TABLE IF EXISTS {table}");
            db.execute_unprepared(&sql).await?;
        }
        db.execute_unprepared(&SCHEMA.replace("{id}", id)).await?;
        let sql = format!("INSERT INTO wallets {NUMBERS} SELECT n, 1000000000000000 FROM s");
        db.execute_raw(numbered(&db, &sql, 1, wallets)).await?;
        Ok(Raw {
            db,
            file,
            statements: statements(wallets),
        })
    }

    /// The orders `first` to `last` in one transaction.
    async fn write(&self, first: i64, last: i64) -> Result<()> {
        let tx = self.db.begin().await?;
        for sql in &self.statements {
            tx.execute_raw(numbered(&self.db, sql, first, last)).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn remove(self) -> Result<()> {
        self.db.close().await?;
        if let Some(file) = self.file {
            std::fs::remove_file(file)?;
        }
        Ok(())
    }
}

fn numbered(db: &DatabaseConnection, sql: &str, first: i64, last: i64) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, [first.into(), last.into()])
}

/// What a batch does: wallets and sequences once, then the rows of each order.
fn statements(wallets: i64) -> [String; 5] {
    let wallet = format!("(n % {wallets} + 1)");
    let at = "1793491200000 + n";
    [
        format!(
            "{NUMBERS} UPDATE wallets SET balance_nano = balance_nano - 128369 \
             WHERE account_id IN (SELECT {wallet} FROM s)"
        ),
        "UPDATE id_sequences SET last_id = CAST($2 AS BIGINT) WHERE CAST($1 AS BIGINT) > 0"
            .to_owned(),
        // Keys of links are as good as random.
        format!(
            "INSERT INTO orders {NUMBERS} SELECT n, {wallet}, 1, 'Default', TRUE, TRUE, 'pending', \
             'https://www.instagram.com/p/L1793491200000x' || n || '/', \
             n * 7919 % 2147483647 * 104729 % 2147483647, '{{}}', 137, 1, 0, 937000, 128369000, \
             128369000, 0, 0, FALSE, 137, {at}, 30 FROM s"
        ),
        format!(
            "INSERT INTO ledger_transactions {NUMBERS} \
             SELECT n, 'order_placed', 'order:' || n, NULL, {at} FROM s"
        ),
        format!(
            "INSERT INTO ledger_entries {NUMBERS} SELECT n, line, \
             CASE line WHEN 1 THEN 'wallet:' || {wallet} ELSE 'hold:' || n END, \
             CASE line WHEN 1 THEN 'debit' ELSE 'credit' END, 128369000 \
             FROM s CROSS JOIN (SELECT 1 AS line UNION ALL SELECT 2) AS lines"
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use sea_orm::DbBackend;
    use smm_panel_server::app::{self, Background};
    use tempfile::TempDir;

    use super::*;
    use crate::client::{Connection, Target};
    use crate::prepare;

    /// Of each table: its rows, and the entries of its indices.
    async fn stored(db: &DatabaseConnection) -> BTreeMap<String, (i64, i64)> {
        let all = async |sql: &str, columns: usize| -> Vec<Vec<Option<String>>> {
            let statement = Statement::from_string(DbBackend::Sqlite, sql);
            let rows = db.query_all_raw(statement).await.unwrap();
            let row = |row: &sea_orm::QueryResult| {
                let column = |at| row.try_get_by_index(at).unwrap();
                (0..columns).map(column).collect()
            };
            rows.iter().map(row).collect()
        };
        let count = async |table: &str, which: &str| -> i64 {
            let sql = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table} {which}");
            all(&sql, 1).await[0][0].as_ref().unwrap().parse().unwrap()
        };
        let mut stored = BTreeMap::new();
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sq%'";
        for table in all(tables, 1).await {
            let table = table[0].clone().unwrap();
            let mut entries = 0;
            let indices = format!(
                "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = '{table}'"
            );
            for index in all(&indices, 1).await {
                let sql = index[0].clone().unwrap_or_default();
                let which = sql.find("WHERE").map_or("", |at| &sql[at..]);
                entries += count(&table, which).await;
            }
            stored.insert(table.clone(), (count(&table, "").await, entries));
        }
        stored
    }

    /// What has been added since.
    fn added(
        before: &BTreeMap<String, (i64, i64)>,
        after: &BTreeMap<String, (i64, i64)>,
    ) -> BTreeMap<String, (i64, i64)> {
        let rows = after.iter().map(|(table, now)| {
            let was = before.get(table).copied().unwrap_or_default();
            (table.clone(), (now.0 - was.0, now.1 - was.1))
        });
        rows.filter(|(_, added)| *added != (0, 0)).collect()
    }

    /// If this fails, placing writes something else than before: change what is written here, and
    /// say in the commit that figures by the raw limit are others from then on.
    #[tokio::test]
    async fn as_much_is_written_as_placing_an_order_writes() {
        let folder = TempDir::new().unwrap();
        let config = prepare::settings(folder.path(), "127.0.0.1:0".parse().unwrap(), None, "");
        let config = config.unwrap();
        let panel = prepare::new_panel(&config).await.unwrap();
        let keys = prepare::wallets(&panel, 1).await.unwrap();
        let terms = prepare::terms("Load", "0.937").unwrap();
        let service =
            smm_panel_server::catalog::add_service(&panel.db, panel.now(), terms, Vec::new());
        let service = service.await.unwrap().0;
        let db = Database::connect(config.database_url.expose())
            .await
            .unwrap();
        let running = app::start(panel, config.listen, Background::Nobody)
            .await
            .unwrap();
        // The panel has written by now that it is there.
        let before = stored(&db).await;
        let url = format!("http://{}/api/v2", running.address);
        let mut connection = Connection::open(&Target::parse(&url).unwrap(), false)
            .await
            .unwrap();
        for number in 1..=3 {
            let form = format!(
                "key={}&action=add&service={service}&quantity=137&link=https%3A%2F%2Fx.test%2F{number}",
                keys[0]
            );
            assert_eq!(connection.post(&form).await.unwrap().status, 200);
        }
        drop(connection);
        let placed = added(&before, &stored(&db).await);
        running.stop().await.unwrap();

        let file = Some(folder.path().join("raw.db"));
        let raw = Raw::open("", file, 1).await.unwrap();
        let before = stored(&raw.db).await;
        raw.write(1, 3).await.unwrap();
        assert_eq!(added(&before, &stored(&raw.db).await), placed);
        assert_eq!(placed["orders"], (3, 9));
    }
}

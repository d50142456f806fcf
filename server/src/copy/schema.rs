//! The tables that the migrations make: asked of a database in memory that has just been migrated.

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend, DbErr};
use smm_panel_migrations::{Migrator, MigratorTrait};

use super::CopyError;
use crate::db::query;

/// A table of the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: String,
    /// In the order in which they are copied.
    pub(super) columns: Vec<Column>,
    /// The places in `columns` of the primary key.
    pub(super) key: Vec<usize>,
    /// How many rows the migrations themselves write.
    pub(super) seeded: u64,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// What a column holds, beside NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A 64-bit integer.
    Integer,
    /// True or false; SQLite keeps 1 or 0.
    Boolean,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
}

impl Table {
    /// The name as statements write it.
    pub(super) fn quoted(&self) -> String {
        quoted(&self.name)
    }

    /// The columns as statements list them.
    pub(super) fn listed(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|c| quoted(&c.name)).collect();
        names.join(", ")
    }

    /// Names this table in a fault of a database.
    pub(super) fn fault(&self) -> impl FnOnce(DbErr) -> CopyError + use<> {
        let table = self.name.clone();
        |fault| CopyError::Table { table, fault }
    }
}

/// A name as statements write it: some of ours are words of SQL.
pub(super) fn quoted(name: &str) -> String {
    ["\"", &name.replace('"', "\"\""), "\""].concat()
}

/// Tables of SQLite itself and of the migrations' own bookkeeping are none of the panel's.
const TABLES: &str = "SELECT name FROM sqlite_schema WHERE type = 'table' \
    AND name NOT LIKE 'sqlite~_%' ESCAPE '~' AND name <> 'seaql_migrations' ORDER BY rowid";
const COLUMNS: &str = "SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid";
const REFERENCES: &str = "SELECT \"table\" FROM pragma_foreign_key_list($1)";

/// Every table of the schema that this program knows, each after those that it refers to.
pub(super) async fn tables() -> Result<Vec<Table>, CopyError> {
    let mut options = ConnectOptions::new("sqlite::memory:");
    // Another connection would be another database.
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await?;
    Migrator::up(&db, None).await?;
    let mut waiting = Vec::new();
    for row in query(&db, TABLES, []).await? {
        let table = table(&db, row.try_get_by_index(0)?).await?;
        let mut parents = Vec::new();
        for row in query(&db, REFERENCES, [table.name.as_str().into()]).await? {
            let parent: String = row.try_get_by_index(0)?;
            parents.extend((parent != table.name).then_some(parent));
        }
        waiting.push((table, parents));
    }
    db.close().await?;
    in_order(waiting)
}

async fn table(db: &DatabaseConnection, name: String) -> Result<Table, CopyError> {
    let mut columns = Vec::new();
    let mut key = Vec::new();
    for (at, row) in query(db, COLUMNS, [name.as_str().into()])
        .await?
        .iter()
        .enumerate()
    {
        let declared: String = row.try_get_by_index(1)?;
        let kind = match declared.as_str() {
            "INTEGER" | "BIGINT" => Kind::Integer,
            "BOOLEAN" => Kind::Boolean,
            "TEXT" => Kind::Text,
            "BLOB" => Kind::Bytes,
            other => return Err(CopyError::Schema(format!("{name} has a column of {other}"))),
        };
        let column = row.try_get_by_index(0)?;
        columns.push(Column { name: column, kind });
        let place: i64 = row.try_get_by_index(2)?;
        key.extend((place > 0).then_some((place, at)));
    }
    if key.is_empty() {
        return Err(CopyError::Schema(format!("{name} has no primary key")));
    }
    key.sort_unstable();
    let mut table = Table {
        name,
        columns,
        key: key.into_iter().map(|(_, at)| at).collect(),
        seeded: 0,
    };
    table.seeded = super::pages::count(db, &table).await?;
    Ok(table)
}

/// Puts each table after the tables that it refers to, otherwise in the order that they have.
fn in_order(mut waiting: Vec<(Table, Vec<String>)>) -> Result<Vec<Table>, CopyError> {
    let mut ordered: Vec<Table> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let stands = |parent: &String| ordered.iter().any(|table| table.name == *parent);
        let ready = waiting
            .iter()
            .position(|(_, parents)| parents.iter().all(stands));
        let Some(ready) = ready else {
            let names: Vec<&str> = waiting.iter().map(|(table, _)| &*table.name).collect();
            let names = names.join(" and ");
            return Err(CopyError::Schema(format!("{names} refer to each other")));
        };
        ordered.push(waiting.remove(ready).0);
    }
    Ok(ordered)
}

const POSTGRES_COLUMNS: &str = "SELECT CAST(column_name AS TEXT) FROM information_schema.columns \
    WHERE table_schema = current_schema() AND table_name = $1";

/// Checks that the database named by the option `end` has exactly the columns of `tables`: one
/// that is missing would stop the copy half-way, one that is more would be left behind.
pub(super) async fn require(
    db: &DatabaseConnection,
    end: &'static str,
    tables: &[Table],
) -> Result<(), CopyError> {
    let is_sqlite = db.get_database_backend() == DbBackend::Sqlite;
    let sql = if is_sqlite { COLUMNS } else { POSTGRES_COLUMNS };
    for table in tables {
        let mut found = Vec::with_capacity(table.columns.len());
        for row in query(db, sql, [table.name.as_str().into()]).await? {
            found.push(row.try_get_by_index::<String>(0)?);
        }
        let expected = |name: &String| table.columns.iter().any(|c| c.name == *name);
        if found.len() != table.columns.len() || !found.iter().all(expected) {
            let table = table.name.clone();
            return Err(CopyError::Columns { end, table });
        }
    }
    Ok(())
}

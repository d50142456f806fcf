//! The ids that the database assigns: which tables have them, and the last of each.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, DbErr};

use super::query;

/// Tables whose column `id` the database assigns, each with the last id that it gave; 0 where it gave
/// none.
pub(crate) struct Assigned(BTreeMap<String, i64>);

const OF_SQLITE: &str = "SELECT t.name AS name, COALESCE(s.seq, 0) AS last_id \
    FROM sqlite_schema t LEFT JOIN sqlite_sequence s ON s.name = t.name \
    WHERE t.type = 'table' AND t.sql LIKE '%AUTOINCREMENT%'";
const OF_POSTGRES: &str = "SELECT CAST(table_name AS TEXT) AS name, \
    COALESCE(pg_sequence_last_value(CAST(pg_get_serial_sequence(quote_ident(CAST(table_name AS TEXT)), \
    CAST(column_name AS TEXT)) AS regclass)), 0) AS last_id FROM information_schema.columns \
    WHERE table_schema = current_schema() AND is_identity = 'YES'";

impl Assigned {
    /// Reads them.
    pub(crate) async fn read(on: &impl ConnectionTrait) -> Result<Assigned, DbErr> {
        let is_sqlite = on.get_database_backend() == DbBackend::Sqlite;
        let sql = if is_sqlite { OF_SQLITE } else { OF_POSTGRES };
        let mut last = BTreeMap::new();
        for row in query(on, sql, []).await? {
            last.insert(row.try_get("", "name")?, row.try_get("", "last_id")?);
        }
        Ok(Assigned(last))
    }

    /// The last id that was given in `table`; none if the database assigns none there.
    pub(crate) fn last(&self, table: &str) -> Option<i64> {
        self.0.get(table).copied()
    }

    /// Each table with its last id, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, i64)> {
        self.0.iter().map(|(table, last)| (table.as_str(), *last))
    }

    /// Has the ids of `table` go on after `last`, or after the highest that is there.
    pub(crate) async fn continue_after(
        on: &impl ConnectionTrait,
        table: &str,
        last: i64,
    ) -> Result<(), DbErr> {
        for sql in Assigned::statements(on.get_database_backend(), table, last) {
            query(on, &sql, []).await?;
        }
        Ok(())
    }

    /// The statements by which the ids of `table`, which is one of ours, go on after `last`, or after
    /// the highest that is there. PostgreSQL does not undo them with their transaction.
    pub(crate) fn statements(backend: DbBackend, table: &str, last: i64) -> Vec<String> {
        let last = last.to_string();
        if backend == DbBackend::Sqlite {
            let first = [
                "INSERT INTO sqlite_sequence (name, seq) SELECT '",
                table,
                "', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = '",
                table,
                "')",
            ];
            let raised = [
                "UPDATE sqlite_sequence SET seq = MAX(seq, ",
                &last,
                ") WHERE name = '",
                table,
                "'",
            ];
            return vec![first.concat(), raised.concat()];
        }
        // A sequence cannot stand at 0: of a table without any id it stays as it is.
        let set = [
            "SELECT setval(pg_get_serial_sequence('\"",
            table,
            "\"', 'id'), NULLIF(GREATEST(COALESCE(MAX(id), 0), ",
            &last,
            "), 0)) FROM \"",
            table,
            "\"",
        ];
        vec![set.concat()]
    }
}

//! Reading whole tables in key order, a page at a time, and rows grouped under their owner.

use std::collections::VecDeque;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult, Statement, Value};

use super::{Invariant, Progress, Report};

/// Rows per page: few statements for a large table, little memory.
pub(super) const PAGE: usize = 2_000;
/// Ids per lookup. Always the same number, so that the statement is prepared once.
const LOOKUP: usize = 200;

/// The snapshot that is read, who is told about it, and what was found.
pub(super) struct Inspector<'a> {
    snapshot: &'a DatabaseTransaction,
    progress: &'a mut (dyn FnMut(Progress) + Send + Sync),
    pub(super) report: Report,
}

/// A row of a table that is read from end to end.
pub(super) trait Row: Sized {
    /// The table, as people are told.
    const TABLE: &'static str;
    /// `SELECT ... FROM ...`, without a condition.
    const SELECT: &'static str;
    /// One or two columns that order the rows and tell them apart.
    const KEY: &'static [&'static str];

    /// Takes the columns of [`Row::SELECT`].
    fn read(row: &QueryResult) -> Result<Self, DbErr>;
    /// The values of [`Row::KEY`]; a key of one column has 0 as the second.
    fn key(&self) -> [i64; 2];
}

/// A row that belongs to another, which the first column of its key names.
pub(super) trait Owned: Row {
    /// What the owner is called.
    const OWNER: &'static str;
    /// What a row without its owner violates.
    const ORPHAN: Invariant;

    /// The row's name, such as `refund 3`.
    fn name(&self) -> String;
}

impl<'a> Inspector<'a> {
    pub(super) fn new(
        snapshot: &'a DatabaseTransaction,
        progress: &'a mut (dyn FnMut(Progress) + Send + Sync),
    ) -> Inspector<'a> {
        Inspector {
            snapshot,
            progress,
            report: Report::default(),
        }
    }

    pub(super) fn into_report(self) -> Report {
        self.report
    }

    /// Runs one query of the snapshot.
    pub(super) async fn query(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let backend = self.snapshot.get_database_backend();
        self.snapshot
            .query_all_raw(Statement::from_sql_and_values(backend, sql, values))
            .await
    }

    /// The rows of `select` whose column `key` is one of `ids`.
    pub(super) async fn look_up(
        &self,
        select: &str,
        key: &str,
        ids: &[i64],
    ) -> Result<Vec<QueryResult>, DbErr> {
        let placeholders = (1..=LOOKUP)
            .map(|n| format!("${n}"))
            .collect::<Vec<_>>()
            .join(", ");
        let sql = format!("{select} WHERE {key} IN ({placeholders})");
        let mut rows = Vec::new();
        for chunk in ids.chunks(LOOKUP) {
            // A short chunk is filled up by repeating its first id, which finds no row twice.
            let filler = chunk.iter().take(1).cycle();
            let values = chunk
                .iter()
                .chain(filler)
                .take(LOOKUP)
                .map(|id| Value::from(*id));
            rows.extend(self.query(&sql, values).await?);
        }
        Ok(rows)
    }

    fn has_read(&mut self, table: &'static str, rows: usize) {
        let total = self.report.read.entry(table).or_default();
        *total = total.saturating_add(u64::try_from(rows).unwrap_or(u64::MAX));
        (self.progress)(Progress {
            table,
            rows: *total,
        });
    }
}

/// A place in a table that moves forward by pages.
pub(super) struct Cursor<R> {
    sql: String,
    last: Option<[i64; 2]>,
    page: VecDeque<R>,
    ended: bool,
}

/// The rows of one owner, and those that were passed on the way because their owner is missing.
pub(super) struct Group<R> {
    pub(super) owned: Vec<R>,
    pub(super) orphans: Vec<R>,
}

impl<R> Group<R> {
    pub(super) fn new() -> Group<R> {
        Group {
            owned: Vec::new(),
            orphans: Vec::new(),
        }
    }
}

impl<R: Row> Cursor<R> {
    /// Before the first row.
    pub(super) fn new() -> Cursor<R> {
        let key = R::KEY.join(", ");
        let after = if R::KEY.len() == 1 { "$1" } else { "$1, $2" };
        let sql = format!(
            "{} WHERE ({key}) > ({after}) ORDER BY {key} LIMIT {PAGE}",
            R::SELECT
        );
        Cursor {
            sql,
            last: None,
            page: VecDeque::new(),
            ended: false,
        }
    }

    /// The rows that follow, at most a page; none at the end.
    pub(super) async fn page(&mut self, from: &mut Inspector<'_>) -> Result<VecDeque<R>, DbErr> {
        self.fill(from).await?;
        Ok(std::mem::take(&mut self.page))
    }

    /// Reads the next page if the last one is used up.
    async fn fill(&mut self, from: &mut Inspector<'_>) -> Result<(), DbErr> {
        if self.ended || !self.page.is_empty() {
            return Ok(());
        }
        let last = self.last.unwrap_or([i64::MIN; 2]);
        let values = last.into_iter().take(R::KEY.len()).map(Value::from);
        let rows = from.query(&self.sql, values).await?;
        self.ended = rows.len() < PAGE;
        self.page = rows.iter().map(R::read).collect::<Result<_, _>>()?;
        self.last = self.page.back().map(R::key).or(self.last);
        from.has_read(R::TABLE, rows.len());
        Ok(())
    }
}

impl<R: Owned> Cursor<R> {
    /// Moves past the rows of `owner` and puts them into `group`. Owners must be asked for in
    /// ascending order; rows of a lower owner that nobody asked for are reported.
    pub(super) async fn take(
        &mut self,
        owner: i64,
        group: &mut Group<R>,
        from: &mut Inspector<'_>,
    ) -> Result<(), DbErr> {
        group.owned.clear();
        group.orphans.clear();
        loop {
            self.fill(from).await?;
            let Some(row) = self.page.pop_front() else {
                return Ok(());
            };
            let [of, _] = row.key();
            if of > owner {
                self.page.push_front(row);
                return Ok(());
            }
            if of == owner {
                group.owned.push(row);
            } else {
                Self::report_orphan(&row, &mut from.report);
                group.orphans.push(row);
            }
        }
    }

    /// The next row after the last owner was asked for: it has none, and is reported.
    pub(super) async fn orphan(&mut self, from: &mut Inspector<'_>) -> Result<Option<R>, DbErr> {
        self.fill(from).await?;
        let row = self.page.pop_front();
        if let Some(row) = &row {
            Self::report_orphan(row, &mut from.report);
        }
        Ok(row)
    }

    fn report_orphan(row: &R, report: &mut Report) {
        let [owner, _] = row.key();
        report.add(
            R::ORPHAN,
            format_args!("{}", row.name()),
            format_args!("its {} {owner} does not exist", R::OWNER),
        );
    }
}

//! The statements on `notices`.

use sea_orm::QueryResult;

use crate::accounts::notices::Notice;
use crate::clock::{Period, Time};
use crate::db::{Db, Sql, Tx, query};
use crate::error::{Failure, Result};
use crate::ids::{AccountId, NoticeId};

pub(in crate::accounts) async fn insert(
    tx: &Tx,
    now: Time,
    account: AccountId,
    message: &str,
) -> Result<NoticeId> {
    let sql = "INSERT INTO notices (account_id, message, created_at_ms) VALUES ($1, $2, $3) \
               RETURNING id";
    let rows = query(tx, sql, [account.into(), message.into(), now.into()]).await?;
    let none = || Failure::Stored("a notice was written without an id".to_owned());
    Ok(rows.first().ok_or_else(none)?.try_get_by_index(0)?)
}

pub(in crate::accounts) async fn list(
    db: &Db,
    account: AccountId,
    unread: bool,
    created: Period,
    after: NoticeId,
    limit: usize,
) -> Result<Vec<Notice>> {
    let mut sql =
        Sql::new("SELECT id, account_id, message, created_at_ms, read_at_ms FROM notices");
    sql.value(" WHERE account_id = ", account);
    sql.value(" AND id > ", after);
    if unread {
        sql.text(" AND read_at_ms IS NULL");
    }
    sql.within("created_at_ms", created);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.value(" ORDER BY id LIMIT ", limit);
    let rows = query(db.read(), &sql.text, sql.values).await?;
    rows.iter().map(read).collect()
}

pub(in crate::accounts) async fn mark_read(
    tx: &Tx,
    now: Time,
    account: AccountId,
    notice: NoticeId,
) -> Result<Option<Notice>> {
    let sql = "UPDATE notices SET read_at_ms = COALESCE(read_at_ms, $1) \
               WHERE id = $2 AND account_id = $3 RETURNING id, account_id, message, \
               created_at_ms, read_at_ms";
    let rows = query(tx, sql, [now.into(), notice.into(), account.into()]).await?;
    rows.first().map(read).transpose()
}

fn read(row: &QueryResult) -> Result<Notice> {
    Ok(Notice {
        id: row.try_get_by_index(0)?,
        account: row.try_get_by_index(1)?,
        message: row.try_get_by_index(2)?,
        created_at: row.try_get_by_index(3)?,
        read_at: row.try_get_by_index(4)?,
    })
}

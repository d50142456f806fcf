//! The statements on `notices`.

use sea_orm::QueryResult;

use crate::accounts::Notice;
use crate::clock::Time;
use crate::db::{Db, Tx, query};
use crate::error::Result;
use crate::ids::{AccountId, NoticeId};

pub(in crate::accounts) async fn list(
    db: &Db,
    account: AccountId,
    unread: bool,
    after: NoticeId,
    limit: usize,
) -> Result<Vec<Notice>> {
    const HEAD: &str = "SELECT id, message, created_at_ms, read_at_ms FROM notices \
         WHERE account_id = $1 AND id > $2";
    let unread = if unread {
        " AND read_at_ms IS NULL"
    } else {
        ""
    };
    let sql = [HEAD, unread, " ORDER BY id LIMIT $3"].concat();
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = query(
        db.read(),
        &sql,
        [account.into(), after.into(), limit.into()],
    )
    .await?;
    rows.iter().map(read).collect()
}

pub(in crate::accounts) async fn mark_read(
    tx: &Tx,
    now: Time,
    account: AccountId,
    notice: NoticeId,
) -> Result<Option<Notice>> {
    let sql = "UPDATE notices SET read_at_ms = COALESCE(read_at_ms, $1) \
               WHERE id = $2 AND account_id = $3 RETURNING id, message, created_at_ms, read_at_ms";
    let rows = query(tx, sql, [now.into(), notice.into(), account.into()]).await?;
    rows.first().map(read).transpose()
}

fn read(row: &QueryResult) -> Result<Notice> {
    Ok(Notice {
        id: row.try_get_by_index(0)?,
        message: row.try_get_by_index(1)?,
        created_at: row.try_get_by_index(2)?,
        read_at: row.try_get_by_index(3)?,
    })
}

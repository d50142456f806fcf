//! The statements that write when keys and sessions were last used.

use crate::accounts::last_use::Used;
use crate::db::{Db, Rows, execute, locked, query};
use crate::error::Result;

/// What was noted of accounts that were erased since is not written: it says from where somebody came.
pub(in crate::accounts) async fn of_keys(db: &Db, used: &[(i64, Used)]) -> Result<()> {
    const LOCK: &str = "SELECT id FROM api_keys WHERE id";
    const HEAD: &str = "UPDATE api_keys SET last_used_at_ms = v.column2, \
         last_used_address = v.column3 FROM ";
    const TAIL: &str = " WHERE api_keys.id = v.column1 AND (api_keys.last_used_at_ms IS NULL \
         OR api_keys.last_used_at_ms < v.column2) AND NOT EXISTS (SELECT 1 FROM accounts a \
         WHERE a.id = api_keys.account_id AND a.erased_at_ms IS NOT NULL)";
    write(db, used, [LOCK, HEAD, TAIL]).await
}

pub(in crate::accounts) async fn of_sessions(db: &Db, used: &[(i64, Used)]) -> Result<()> {
    const LOCK: &str = "SELECT id FROM sessions WHERE id";
    const HEAD: &str = "UPDATE sessions SET last_used_at_ms = v.column2, address = v.column3 FROM ";
    const TAIL: &str = " WHERE sessions.id = v.column1 AND sessions.last_used_at_ms < v.column2 \
         AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = sessions.account_id \
         AND a.erased_at_ms IS NOT NULL)";
    write(db, used, [LOCK, HEAD, TAIL]).await
}

/// Writes them in one statement; before it they are locked in order, where others write at once.
async fn write(db: &Db, used: &[(i64, Used)], [lock, head, tail]: [&str; 3]) -> Result<()> {
    let tx = db.begin().await?;
    if !locked(&tx).is_empty() {
        let ids = Rows::is_in(&tx, 0, used.iter().map(|(id, _)| (*id).into()));
        let sql = [lock, &ids.text, " ORDER BY id", locked(&tx)].concat();
        query(&tx, &sql, ids.values).await?;
    }
    let row = |(id, (at, address)): &(i64, Used)| {
        let address = address.map(|address| address.to_string());
        [(*id).into(), (*at).into(), address.into()]
    };
    let rows = Rows::table(&tx, 0, used.iter().map(row));
    execute(&tx, &[head, &rows.text, tail].concat(), rows.values).await?;
    tx.commit().await?;
    Ok(())
}

//! The statements on what of a run belongs to following it: ends that wait to be confirmed, and
//! answers that say nothing.

use sea_orm::Value;

use crate::db::{Db, PIECE, Rows, Tx, execute, query};
use crate::entity::dispatch;
use crate::error::Result;
use crate::ids::ProviderId;

/// What [`write`] writes of a run; compared before and after, it tells whether there is need to.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::orders) struct Followed(Vec<Value>);

impl Followed {
    pub(in crate::orders) fn of(run: &dispatch::Model) -> Followed {
        Followed(changeable(run).into())
    }
}

fn changeable(run: &dispatch::Model) -> [Value; 9] {
    [
        run.id.into(),
        run.provider_word.clone().into(),
        run.end_word.clone().into(),
        run.end_remains.into(),
        run.end_seen_at_ms.into(),
        run.end_is_keyed.into(),
        run.contradictions.into(),
        run.unclear_since_ms.into(),
        run.cancel_asks.into(),
    ]
}

/// Writes back, of runs that were locked in this transaction, what of them belongs to following.
pub(in crate::orders) async fn write(tx: &Tx, runs: &[&dispatch::Model]) -> Result<()> {
    for piece in runs.chunks(PIECE) {
        let rows = Rows::table(tx, 0, piece.iter().map(|run| changeable(run)));
        let sql = [
            "UPDATE dispatches SET provider_word = v.column2, end_word = v.column3, \
             end_remains = v.column4, end_seen_at_ms = v.column5, end_is_keyed = v.column6, \
             contradictions = v.column7, unclear_since_ms = v.column8, \
             cancel_asks = v.column9 FROM ",
            &rows.text,
            " WHERE dispatches.id = v.column1",
        ]
        .concat();
        execute(tx, &sql, rows.values).await?;
    }
    Ok(())
}

/// How many accepted runs a provider is followed for; of those, how many are to be canceled.
pub(in crate::orders) async fn count(db: &Db, provider: ProviderId) -> Result<(i64, i64)> {
    let sql = "SELECT COUNT(*), COUNT(cancel_at_ms) FROM dispatches WHERE state = 'accepted' \
               AND provider_id = $1";
    let rows = query(db.read(), sql, [provider.into()]).await?;
    let read = |row: &sea_orm::QueryResult| -> Result<(i64, i64)> {
        Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))
    };
    rows.first().map_or(Ok((0, 0)), read)
}

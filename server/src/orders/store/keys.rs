//! The statements that make the keys of orders anew, and on the versions of the rules in the panel's
//! row.

use sea_orm::ConnectionTrait;

use crate::db::{Rows, Tx, execute, last_id, locked, query};
use crate::error::{Failure, Result};
use crate::ids::{OrderId, ServiceId};
use crate::orders::rekey::link_rules;

/// An order and the key that it has.
pub(in crate::orders) struct Keyed {
    pub(in crate::orders) id: OrderId,
    pub(in crate::orders) service: ServiceId,
    pub(in crate::orders) link: String,
    pub(in crate::orders) key: i64,
}

/// By which rules orders are placed, and of which all keys are.
pub(in crate::orders) async fn rules(on: &impl ConnectionTrait) -> Result<(i64, i64)> {
    let rows = query(on, "SELECT link_rules, links_keyed FROM panel", []).await?;
    let row = rows.first();
    let row = row.ok_or_else(|| Failure::Stored("the panel's own row is missing".to_owned()))?;
    Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))
}

/// Refuses to place by other rules than those of the panel. To be called with the sequence of orders
/// locked, as [`begin`] does.
pub(in crate::orders) async fn require(tx: &Tx) -> Result<()> {
    let (placing, _) = rules(tx).await?;
    if placing == link_rules() {
        Ok(())
    } else {
        Err(Failure::LinkRules { placing }.into())
    }
}

/// From the commit on orders are placed by `new` rules, unless those of the panel are newer; gives
/// which they are. What others are placing is there before this goes on.
pub(in crate::orders) async fn begin(tx: &Tx, new: i64) -> Result<i64> {
    let sql = "UPDATE panel SET link_rules = $1 WHERE link_rules < $1";
    execute(tx, sql, [new.into()]).await?;
    last_id(tx, "orders").await?;
    Ok(rules(tx).await?.0)
}

/// Every key is of these rules.
pub(in crate::orders) async fn finish(tx: &Tx, new: i64) -> Result<()> {
    let sql = "UPDATE panel SET links_keyed = $1 WHERE links_keyed < $1";
    execute(tx, sql, [new.into()]).await?;
    Ok(())
}

/// The orders whose keys count: active ones, those that are watched, and later ones on their targets.
pub(in crate::orders) async fn to_change(on: &impl ConnectionTrait) -> Result<Vec<OrderId>> {
    let mut ids = Vec::new();
    for sql in [
        "SELECT id FROM orders WHERE settled_at_ms IS NULL",
        "SELECT order_id FROM count_watches",
        // As the facts of a watched order have it.
        "SELECT l.id FROM count_watches w JOIN orders o ON o.id = w.order_id \
         JOIN orders l ON l.overlap_key = o.overlap_key AND l.settled_at_ms IS NOT NULL \
         AND l.settled_at_ms >= o.created_at_ms AND l.id > o.id",
    ] {
        for row in query(on, sql, []).await? {
            ids.push(row.try_get_by_index(0)?);
        }
    }
    Ok(ids)
}

/// Locks these orders.
pub(in crate::orders) async fn lock(tx: &Tx, ids: &[OrderId]) -> Result<Vec<Keyed>> {
    let among = Rows::is_in(tx, 0, ids.iter().map(|&id| id.into()));
    let sql = [
        "SELECT id, service_id, link, overlap_key FROM orders WHERE id",
        &among.text,
        " ORDER BY id",
        locked(tx),
    ]
    .concat();
    let mut keyed = Vec::with_capacity(ids.len());
    for row in query(tx, &sql, among.values).await? {
        keyed.push(Keyed {
            id: row.try_get_by_index(0)?,
            service: row.try_get_by_index(1)?,
            link: row.try_get_by_index(2)?,
            key: row.try_get_by_index(3)?,
        });
    }
    Ok(keyed)
}

/// Gives these orders other keys, and the runs of theirs that wait for their links.
pub(in crate::orders) async fn write(tx: &Tx, changed: &[(OrderId, i64)]) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    for (begin, end) in [
        (
            "UPDATE orders SET overlap_key = v.column2 FROM ",
            " WHERE orders.id = v.column1",
        ),
        (
            "UPDATE dispatches SET waits_for_link = v.column2 FROM ",
            " WHERE dispatches.order_id = v.column1 AND dispatches.waits_for_link IS NOT NULL",
        ),
    ] {
        let rows = changed.iter().map(|&(id, key)| [id.into(), key.into()]);
        let rows = Rows::table(tx, 0, rows);
        execute(tx, &[begin, &rows.text, end].concat(), rows.values).await?;
    }
    Ok(())
}

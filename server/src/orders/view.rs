//! Reading orders as customers see them.

use std::collections::HashMap;

use super::rules::{OrderStatus, Shown, shown};
use super::store;
use crate::accounts::{Caller, KeyDigest};
use crate::db::Db;
use crate::error::Result;
use crate::money::Money;

/// An order as its customer sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderView {
    /// What has become of it.
    pub status: OrderStatus,
    /// The net charge and the remains.
    pub shown: Shown,
    /// The count before it began, where the provider said one.
    pub start_count: Option<i64>,
}

/// Authenticates and reads the orders `ids` of that account, by id, in one statement. Orders of
/// other accounts are missing, like those that never were.
pub async fn view(
    db: &Db,
    digest: KeyDigest,
    ids: &[i64],
) -> Result<(Caller, HashMap<i64, OrderView>)> {
    let (caller, rows) = store::view(db, digest, ids).await?;
    let mut orders = HashMap::with_capacity(rows.len());
    for row in rows {
        let Some(id) = row.try_get_by_index::<Option<i64>>(4)? else {
            continue;
        };
        let (charge, refund): (Money, Money) = (row.try_get_by_index(6)?, row.try_get_by_index(7)?);
        let view = OrderView {
            status: row.try_get_by_index(5)?,
            shown: shown(
                charge,
                refund,
                row.try_get_by_index(8)?,
                row.try_get_by_index(10)?,
            ),
            start_count: row.try_get_by_index(9)?,
        };
        orders.insert(id, view);
    }
    Ok((caller, orders))
}

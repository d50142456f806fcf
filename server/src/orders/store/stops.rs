//! The statements that ask for an order's end.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::clock::Time;
use crate::db::Tx;
use crate::entity::order;
use crate::error::Result;
use crate::ids::OrderId;
use crate::orders::told::Cause;

/// Marks orders of a suspended account, of which nothing more is sent.
pub(in crate::orders) async fn mark_stopped(tx: &Tx, now: Time, ids: &[OrderId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    order::Entity::update_many()
        .col_expr(order::Column::StoppedAtMs, Some(now).into())
        .filter(order::Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Marks orders whose end was asked for, with why. What was asked for before stays.
pub(in crate::orders) async fn request_cancel(
    tx: &Tx,
    now: Time,
    ids: &[OrderId],
    cause: Cause,
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    order::Entity::update_many()
        .col_expr(order::Column::CancelRequestedAtMs, Some(now).into())
        .col_expr(order::Column::CancelCause, Some(cause).into())
        .filter(order::Column::Id.is_in(ids.iter().copied()))
        .filter(order::Column::CancelRequestedAtMs.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

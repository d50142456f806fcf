//! A change of an order's status, with its cause.

use sea_orm::entity::prelude::*;

use crate::clock::Time;
use crate::ids::OrderId;
use crate::orders::rules::OrderStatus;
use crate::orders::told::Cause;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_events")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) order_id: OrderId,
    pub(crate) status: OrderStatus,
    pub(crate) evidence: String,
    pub(crate) created_at_ms: Time,
    pub(crate) cause: Cause,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

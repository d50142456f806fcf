//! A request to top up a completed order.

use sea_orm::entity::prelude::*;

use crate::clock::Time;
use crate::ids::{OrderId, RefillId};
use crate::refills::rules::RefillStatus;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refills")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: RefillId,
    pub(crate) order_id: OrderId,
    pub(crate) status: RefillStatus,
    pub(crate) created_at_ms: Time,
    pub(crate) ended_at_ms: Option<Time>,
    pub(crate) automatic: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

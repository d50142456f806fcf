//! A request to a provider and its reply, without the key: evidence.

use sea_orm::entity::prelude::*;

use crate::clock::Time;
use crate::ids::DispatchId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "provider_exchanges")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) dispatch_id: DispatchId,
    pub(crate) attempt: i64,
    pub(crate) action: String,
    pub(crate) request: String,
    pub(crate) reply: String,
    pub(crate) created_at_ms: Time,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

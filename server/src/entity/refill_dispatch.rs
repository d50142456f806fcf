//! One provider order's share of a refill.

use sea_orm::entity::prelude::*;

use crate::clock::Time;
use crate::ids::{DispatchId, ProviderId, RefillDispatchId, RefillId};
use crate::refills::rules::RefillState;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refill_dispatches")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: RefillDispatchId,
    pub(crate) refill_id: RefillId,
    pub(crate) dispatch_id: DispatchId,
    pub(crate) provider_id: ProviderId,
    pub(crate) state: RefillState,
    pub(crate) due_at_ms: Time,
    pub(crate) lease_until_ms: Option<Time>,
    pub(crate) provider_refill: Option<String>,
    pub(crate) reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

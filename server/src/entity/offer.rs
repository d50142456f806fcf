//! A provider's service that can deliver one of ours.

use sea_orm::entity::prelude::*;

use crate::ids::{ProviderId, ServiceId};
use crate::money::Rate;
use crate::protocol::ServiceType;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "offers")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) service_id: ServiceId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) position: i64,
    pub(crate) provider_id: ProviderId,
    pub(crate) provider_service: String,
    pub(crate) service_type: ServiceType,
    pub(crate) cost_micro: Rate,
    pub(crate) min: i64,
    pub(crate) max: i64,
    pub(crate) gone: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

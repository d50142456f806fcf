//! A service of the catalogue.

use sea_orm::entity::prelude::*;

use crate::catalog::{ServicePause, ServiceState};
use crate::clock::Time;
use crate::ids::ServiceId;
use crate::money::Rate;
use crate::protocol::ServiceType;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "services")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: ServiceId,
    pub(crate) name: String,
    pub(crate) category: String,
    pub(crate) description: Option<String>,
    pub(crate) service_type: ServiceType,
    pub(crate) rate_micro: Rate,
    pub(crate) min: i64,
    pub(crate) max: i64,
    pub(crate) dripfeed: bool,
    pub(crate) refill: bool,
    pub(crate) cancel: bool,
    pub(crate) family: String,
    pub(crate) same_link: String,
    pub(crate) passed_fields: String,
    pub(crate) created_at_ms: Time,
    pub(crate) state: ServiceState,
    pub(crate) pause_reason: Option<ServicePause>,
    pub(crate) position: i64,
    pub(crate) refill_days: Option<i64>,
    pub(crate) markup_hundredths: Option<i64>,
    pub(crate) markup_fixed_micro: Option<Rate>,
    pub(crate) count_source: Option<String>,
    pub(crate) drop_tolerance_hundredths: i64,
    pub(crate) refill_automatically: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

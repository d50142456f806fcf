//! An order of a customer.

use sea_orm::entity::prelude::*;

use crate::clock::Time;
use crate::ids::{AccountId, OrderId, ServiceId};
use crate::money::{Money, Rate};
use crate::orders::rules::OrderStatus;
use crate::orders::told::Cause;
use crate::protocol::ServiceType;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: OrderId,
    pub(crate) account_id: AccountId,
    pub(crate) service_id: ServiceId,
    pub(crate) service_type: ServiceType,
    pub(crate) refill: bool,
    pub(crate) cancel: bool,
    pub(crate) status: OrderStatus,
    pub(crate) link: String,
    pub(crate) overlap_key: i64,
    pub(crate) details: String,
    pub(crate) quantity: i64,
    pub(crate) runs: i64,
    pub(crate) interval_minutes: i64,
    pub(crate) rate_micro: Rate,
    pub(crate) charge_nano: Money,
    pub(crate) held_nano: Money,
    pub(crate) refunded_nano: Money,
    pub(crate) settled_refund_nano: Money,
    pub(crate) withheld: bool,
    pub(crate) start_count: Option<i64>,
    pub(crate) remains: i64,
    pub(crate) cancel_requested_at_ms: Option<Time>,
    pub(crate) created_at_ms: Time,
    pub(crate) started_at_ms: Option<Time>,
    pub(crate) settled_at_ms: Option<Time>,
    pub(crate) reference: Option<String>,
    pub(crate) stopped_at_ms: Option<Time>,
    pub(crate) refill_days: Option<i64>,
    pub(crate) cancel_cause: Option<Cause>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

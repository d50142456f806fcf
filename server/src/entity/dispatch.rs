//! One run of an order on its way to a provider.

use sea_orm::entity::prelude::*;

use crate::clock::Time;
use crate::ids::{DispatchId, OrderId, ProviderId};
use crate::orders::rules::DispatchState;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dispatches")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: DispatchId,
    pub(crate) order_id: OrderId,
    pub(crate) run: i64,
    pub(crate) quantity: i64,
    pub(crate) provider_id: ProviderId,
    pub(crate) position: i64,
    pub(crate) provider_service: String,
    pub(crate) state: DispatchState,
    pub(crate) attempt: i64,
    pub(crate) not_sent: i64,
    pub(crate) request_id: Option<String>,
    pub(crate) fingerprint: Option<String>,
    pub(crate) queued_at_ms: Time,
    pub(crate) due_at_ms: Time,
    pub(crate) lease_until_ms: Option<Time>,
    pub(crate) unknown_at_ms: Option<Time>,
    pub(crate) accepted_at_ms: Option<Time>,
    pub(crate) provider_order: Option<String>,
    pub(crate) provider_status: Option<String>,
    pub(crate) provider_charge: Option<String>,
    pub(crate) start_count: Option<i64>,
    pub(crate) remains: Option<i64>,
    pub(crate) vague_answers: i64,
    pub(crate) poll_at_ms: Option<Time>,
    pub(crate) cancel_at_ms: Option<Time>,
    pub(crate) waits_for_link: Option<i64>,
    pub(crate) reason: Option<String>,
    pub(crate) phrase: Option<String>,
    pub(crate) seen_order: Option<String>,
    pub(crate) lost_at_ms: Option<Time>,
    pub(crate) answered_attempts: i64,
    pub(crate) provider_word: Option<String>,
    pub(crate) end_word: Option<String>,
    pub(crate) end_remains: Option<i64>,
    pub(crate) end_seen_at_ms: Option<Time>,
    pub(crate) end_is_keyed: bool,
    pub(crate) contradictions: i64,
    pub(crate) unclear_since_ms: Option<Time>,
    pub(crate) cancel_asks: i64,
    pub(crate) given_again_to: Option<DispatchId>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

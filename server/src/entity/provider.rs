//! A panel that orders are forwarded to.

use sea_orm::entity::prelude::*;

use crate::clock::Time;
use crate::ids::ProviderId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "providers")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: ProviderId,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) key_sealed: String,
    pub(crate) timeout_ms: i64,
    pub(crate) concurrency: i64,
    pub(crate) replays_requests: bool,
    pub(crate) paused_until_ms: Option<Time>,
    pub(crate) pause_reason: Option<String>,
    pub(crate) unlisted_in_a_row: i64,
    pub(crate) created_at_ms: Time,
    pub(crate) currency: String,
    pub(crate) exchange_nano: i64,
    pub(crate) sync_due_at_ms: Option<Time>,
    pub(crate) sync_lease_until_ms: Option<Time>,
    pub(crate) sync_applies: String,
    pub(crate) price_per: String,
    pub(crate) price_column: String,
    pub(crate) currency_word: Option<String>,
    pub(crate) types: String,
    pub(crate) id_names_order: bool,
    pub(crate) decodes_twice: bool,
    pub(crate) compares_charges: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! An API key, stored as a keyed digest only.

use sea_orm::entity::prelude::*;

use crate::clock::Time;
use crate::ids::AccountId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) account_id: AccountId,
    pub(crate) digest: Vec<u8>,
    pub(crate) prefix: String,
    pub(crate) last4: String,
    pub(crate) name: String,
    pub(crate) created_at_ms: Time,
    pub(crate) revoked_at_ms: Option<Time>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! A customer of the panel.

use sea_orm::entity::prelude::*;

use crate::actor::Role;
use crate::clock::Time;
use crate::ids::AccountId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: AccountId,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) email: Option<String>,
    pub(crate) suspended_at_ms: Option<Time>,
    pub(crate) created_at_ms: Time,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

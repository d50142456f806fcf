//! One balanced movement of money.

use sea_orm::entity::prelude::*;

use crate::clock::Time;
use crate::ids::TransactionId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_transactions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: TransactionId,
    pub(crate) kind: String,
    pub(crate) reference: String,
    pub(crate) note: Option<String>,
    pub(crate) created_at_ms: Time,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! What an order gave back and why; amount 0 when it was withheld.

use sea_orm::entity::prelude::*;

use crate::clock::Time;
use crate::ids::{AccountId, OrderId, RefundId, TransactionId};
use crate::money::Money;
use crate::orders::rules::RefundReason;
use crate::wallet::Destination;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refunds")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: RefundId,
    pub(crate) order_id: OrderId,
    pub(crate) account_id: AccountId,
    pub(crate) reason: RefundReason,
    pub(crate) charge_nano: Money,
    pub(crate) remains: i64,
    pub(crate) quantity: i64,
    pub(crate) formula_nano: Money,
    pub(crate) amount_nano: Money,
    pub(crate) destination: Destination,
    pub(crate) ledger_transaction_id: Option<TransactionId>,
    pub(crate) created_at_ms: Time,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

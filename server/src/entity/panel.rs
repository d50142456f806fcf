//! What is true of the whole panel: one row.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "panel")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: i64,
    pub(crate) instance: String,
    pub(crate) seal: String,
    pub(crate) catalog_version: i64,
    pub(crate) link_rules: i64,
    pub(crate) links_keyed: i64,
    pub(crate) phrases_version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

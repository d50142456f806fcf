//! `order list`: anybody's orders, newest first.

use anyhow::{Result, anyhow};
use clap::Args;
use serde_json::json;

use super::accounts::find;
use super::keys::time;
use super::table::{ListForm, Table};
use crate::clock::{Period, Time};
use crate::db::PIECE;
use crate::ids::ServiceId;
use crate::orders::desk::{self, Listed, Search};
use crate::orders::rules::OrderStatus;
use crate::panel::Panel;

#[derive(Args)]
pub(super) struct OrderList {
    /// Only orders of this account: its number, its e-mail address or its name
    #[arg(long)]
    account: Option<String>,
    /// Only orders of the service of this number
    #[arg(long)]
    service: Option<i64>,
    /// Only orders of this status, such as in_progress
    #[arg(long, value_parser = status)]
    status: Option<OrderStatus>,
    /// Only orders whose link has this in it
    #[arg(long, value_name = "TEXT")]
    link: Option<String>,
    /// Only orders that a provider knows by this id
    #[arg(long, value_name = "ID")]
    provider_order: Option<String>,
    /// Only orders that do not go on without a person
    #[arg(long)]
    needs_attention: bool,
    /// Only orders placed at this time or later, such as 2026-12-01T00:00:00Z
    #[arg(long, value_parser = time, value_name = "TIME")]
    from: Option<Time>,
    /// Only orders placed before this time
    #[arg(long, value_parser = time, value_name = "TIME")]
    before: Option<Time>,
    /// How many orders to show
    #[arg(long, default_value_t = 50, value_name = "ROWS")]
    limit: usize,
    #[command(flatten)]
    form: ListForm,
}

fn status(word: &str) -> Result<OrderStatus> {
    let known = OrderStatus::ALL.iter().map(|status| status.word());
    OrderStatus::from_word(word)
        .ok_or_else(|| anyhow!("not one of {}", known.collect::<Vec<_>>().join(", ")))
}

pub(super) async fn list(panel: &Panel, list: OrderList) -> Result<()> {
    let account = match &list.account {
        Some(account) => Some(find(panel, account).await?.id),
        None => None,
    };
    let search = Search {
        account,
        service: list.service.map(ServiceId),
        status: list.status,
        link: list.link,
        provider_order: list.provider_order,
        created: Period {
            from: list.from,
            before: list.before,
        },
        needs_attention: list.needs_attention,
        ..Search::default()
    };
    let mut table = Table::new([
        "order_id",
        "created_at",
        "account_id",
        "account_name",
        "service_id",
        "service_name",
        "status",
        "total_quantity",
        "remains",
        "charge",
        "refunded",
        "link",
    ]);
    let mut before = None;
    let mut left = list.limit;
    // A page passes over so many orders at most, and may have fewer than there are.
    while left > 0 {
        let page = desk::list(panel, &search, before, left.min(PIECE)).await?;
        left = left.saturating_sub(page.orders.len());
        for listed in page.orders {
            table.push(row(listed));
        }
        match page.next {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    table.print(list.form, "There are no such orders.");
    Ok(())
}

fn row(listed: Listed) -> [serde_json::Value; 12] {
    let order = listed.order;
    [
        json!(order.id.0),
        json!(order.created_at.to_string()),
        json!(listed.account.0),
        json!(listed.account_name),
        json!(order.service.0),
        json!(listed.service_name),
        json!(order.status.word()),
        json!(order.total_quantity),
        json!(order.remains),
        json!(order.charge.to_string()),
        json!(order.refunded.to_string()),
        json!(order.link),
    ]
}

//! Reading orders as customers see them.

use std::collections::HashMap;

use super::rules::{OrderStatus, Shown, shown};
use super::{imported, store};
use crate::accounts::{Caller, Credential};
use crate::error::{Failure, Result};
use crate::money::Money;
use crate::panel::Panel;

/// An order as its customer sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderView {
    /// What has become of it.
    pub status: OrderStatus,
    /// The net charge and the remains.
    pub shown: Shown,
    /// The count before it began, where the provider said one.
    pub start_count: Option<i64>,
}

/// Authenticates and reads the orders `ids` of that account, by id, in one statement, and in one more
/// those of another panel. Orders of other accounts are missing, like those that never were.
pub async fn view(
    panel: &Panel,
    credential: Credential,
    ids: &[i64],
) -> Result<(Caller, HashMap<i64, OrderView>)> {
    let (caller, lines) = store::view(panel, credential, ids).await?;
    let lines = lines.unwrap_or_default();
    let mut orders = HashMap::with_capacity(ids.len());
    for line in lines.split(',').filter(|line| !line.is_empty()) {
        let unreadable = || Failure::Stored(format!("an order reads {line:?}"));
        let (id, view) = read(line).ok_or_else(unreadable)?;
        orders.insert(id, view);
    }
    let others: Vec<i64> = ids
        .iter()
        .copied()
        .filter(|id| !orders.contains_key(id))
        .collect();
    if !others.is_empty() {
        orders.extend(imported::view(&panel.db, caller.account, &others).await?);
    }
    Ok((caller, orders))
}

/// Reads one order as the statement writes it.
fn read(line: &str) -> Option<(i64, OrderView)> {
    let fields: Vec<&str> = line.split(' ').collect();
    let [id, status, charge, refund, withheld, start_count, remains] = fields.as_slice() else {
        return None;
    };
    let number = |text: &str| text.parse::<i64>().ok();
    let money = |text: &str| number(text).map(Money::from_nano);
    let shown = shown(
        money(charge)?,
        money(refund)?,
        *withheld == "1",
        number(remains)?,
    );
    let status = OrderStatus::from_word(status)?;
    let start_count = number(start_count).filter(|count| *count >= 0);
    Some((
        number(id)?,
        OrderView {
            status,
            shown,
            start_count,
        },
    ))
}

//! The screenshots of a ticket: up to three, brought by its customer, read by them and the staff.

use bytes::Bytes;

use super::{found, rules, store, undecided_in_tx};
use crate::db::Db;
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, TicketId};
use crate::panel::Panel;

/// Adds a screenshot to a ticket of `account`; gives its number. It is drawn anew before it is kept.
/// Refused: [`Refusal::Unknown`]; [`Refusal::Conflict`] for a fourth, and once the ticket is decided;
/// [`Refusal::FieldInvalid`] for what is no picture.
pub async fn add_screenshot(
    panel: &Panel,
    account: AccountId,
    id: TicketId,
    sent: Bytes,
) -> Result<i64> {
    // Nobody draws what will not be kept.
    let db = panel.db.read();
    found(db, Some(account), id).await?.undecided()?;
    rules::can_show(store::count_screenshots(db, id).await?)?;
    let picture = panel.pictures.redraw(sent).await?;
    let tx = panel.db.begin().await?;
    undecided_in_tx(&tx, Some(account), id).await?;
    let before = store::count_screenshots(&tx, id).await?;
    rules::can_show(before)?;
    let number = before.saturating_add(1);
    store::insert_screenshot(&tx, panel.now(), id, number, picture).await?;
    tx.commit().await?;
    Ok(number)
}

/// A screenshot of the ticket `id`, of `account` if one is given, as a PNG. Refused:
/// [`Refusal::Unknown`].
pub async fn screenshot(
    db: &Db,
    account: Option<AccountId>,
    id: TicketId,
    number: i64,
) -> Result<Vec<u8>> {
    found(db.read(), account, id).await?;
    let picture = store::screenshot(db.read(), id, number).await?;
    Ok(picture.ok_or(Refusal::Unknown { what: "screenshot" })?)
}

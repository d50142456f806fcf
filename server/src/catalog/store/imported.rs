//! The statements that write services of another panel.

use std::collections::HashMap;

use super::{offer_rows, same_link};
use crate::catalog::counting::Counting;
use crate::catalog::imported::FitService;
use crate::clock::Time;
use crate::db::{Assigned, Rows, Tx, execute, insert_all, query};
use crate::error::Result;
use crate::ids::{ProviderId, ServiceId};
use crate::protocol::ServiceType;

pub(in crate::catalog) async fn names(
    tx: &Tx,
) -> Result<HashMap<ServiceId, (String, ServiceType)>> {
    let rows = query(tx, "SELECT id, name, service_type FROM services", []).await?;
    rows.iter()
        .map(|row| {
            let named = (row.try_get("", "name")?, row.try_get("", "service_type")?);
            Ok((row.try_get("", "id")?, named))
        })
        .collect()
}

pub(in crate::catalog) async fn provider_names(tx: &Tx) -> Result<HashMap<String, ProviderId>> {
    let rows = query(tx, "SELECT id, name FROM providers", []).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "name")?, row.try_get("", "id")?)))
        .collect()
}

/// Writes services with their numbers and offers, at the end of the list.
pub(in crate::catalog) async fn insert(tx: &Tx, now: Time, new: &[FitService]) -> Result<()> {
    let sql = "SELECT COALESCE(MAX(position), 0) AS last FROM services";
    let last = query(tx, sql, []).await?;
    let last: i64 = last.first().map_or(Ok(0), |row| row.try_get("", "last"))?;
    let counting = Counting::default();
    let rows = (last + 1..).zip(new).map(|(position, new)| {
        let terms = new.terms.clone();
        [
            new.id.into(),
            terms.name.into(),
            terms.category.into(),
            terms.description.into(),
            terms.service_type.into(),
            terms.rate.into(),
            terms.min.into(),
            terms.max.into(),
            terms.dripfeed.into(),
            terms.refill.into(),
            terms.cancel.into(),
            terms.family.into(),
            same_link(terms.rejects_same_link).into(),
            now.into(),
            new.state.into(),
            position.into(),
            terms.refill_days.into(),
            counting.tolerance_hundredths.into(),
            counting.automatic.into(),
        ]
    });
    let rows = Rows::table(tx, 0, rows);
    let sql = [
        "INSERT INTO services (id, name, category, description, service_type, rate_micro, min, max, \
         dripfeed, refill, cancel, family, same_link, created_at_ms, state, position, refill_days, \
         drop_tolerance_hundredths, refill_automatically) SELECT * FROM ",
        &rows.text,
    ]
    .concat();
    execute(tx, &sql, rows.values).await?;
    let offers: Vec<_> = new
        .iter()
        .flat_map(|new| offer_rows(new.id, &new.offers))
        .collect();
    Ok(insert_all(tx, offers).await?)
}

/// Has numbers that the database gives go on above the highest there is, and above every one that it gave.
pub(in crate::catalog) async fn continue_numbers(tx: &Tx) -> Result<()> {
    let last = Assigned::read(tx).await?.last("services");
    Ok(Assigned::continue_after(tx, "services", last.unwrap_or_default()).await?)
}

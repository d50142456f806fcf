//! Services that are not sold until a person has looked at a case of abuse.

use super::{ServicePause, ServiceState, store};
use crate::db::{Tx, execute};
use crate::error::Result;
use crate::ids::ServiceId;

/// Keeps the catalogue for a transaction that will pause services, or end that: to be called before
/// anything else is locked.
pub(crate) async fn lock_in_tx(tx: &Tx) -> Result<()> {
    store::lock_catalogue(tx).await
}

/// Takes a service that is on sale off the list; gives whether it was. The catalogue is locked.
pub(crate) async fn pause_in_tx(tx: &Tx, service: ServiceId) -> Result<bool> {
    let sql = "UPDATE services SET state = $2, pause_reason = $3 WHERE id = $1 AND state = $4";
    let values = [
        service.into(),
        ServiceState::Paused.into(),
        ServicePause::Review.into(),
        ServiceState::OnSale.into(),
    ];
    changed(tx, sql, values).await
}

/// Puts a service on sale again that is off the list for a review, and for nothing else; gives whether
/// it was. The catalogue is locked.
pub(crate) async fn resume_in_tx(tx: &Tx, service: ServiceId) -> Result<bool> {
    let sql = "UPDATE services SET state = $2, pause_reason = NULL \
               WHERE id = $1 AND pause_reason = $3 AND state = $4";
    let values = [
        service.into(),
        ServiceState::OnSale.into(),
        ServicePause::Review.into(),
        ServiceState::Paused.into(),
    ];
    changed(tx, sql, values).await
}

async fn changed(tx: &Tx, sql: &str, values: [sea_orm::Value; 4]) -> Result<bool> {
    let is_changed = execute(tx, sql, values).await? > 0;
    if is_changed {
        store::bump_version(tx).await?;
    }
    Ok(is_changed)
}

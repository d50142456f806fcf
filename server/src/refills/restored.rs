//! Refills of a database that was put back from a backup.

use super::{parked_alert, store};
use crate::alerts::raise_in_tx;
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;

/// Parks what a server may have forwarded since the backup from which the database was put back: whether
/// it was taken is not known, and it is not forwarded again by itself. Gives how many shares.
pub(crate) async fn doubt_in_tx(tx: &Tx, now: Time) -> Result<usize> {
    let why = "it may have been forwarded since the backup that was put back";
    let shares = store::park_unforwarded(tx, why).await?;
    let alerts = shares.iter().map(|share| parked_alert(*share, Some(why)));
    raise_in_tx(tx, now, alerts.collect()).await?;
    Ok(shares.len())
}

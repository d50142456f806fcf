//! The disk that the database's file is on.

use super::Condition;
use crate::db::path_of;
use crate::error::Result;
use crate::panel::Panel;

const MIB: u64 = 1024 * 1024;

/// That less is free there than `disk_free_min_bytes`. A database that is elsewhere has a disk that is
/// looked after there, and one that is not known is not judged.
pub(super) async fn nearly_full(panel: &Panel) -> Result<Vec<Condition>> {
    let Some(path) = path_of(panel.config.database_url.expose()) else {
        return Ok(Vec::new());
    };
    let Ok(disk) = rustix::fs::statvfs(&path) else {
        return Ok(Vec::new());
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let least = u64::try_from(panel.config.disk_free_min_bytes).unwrap_or(u64::MAX);
    if free >= least {
        return Ok(Vec::new());
    }
    let message = format!(
        "the disk of the database has {} MiB left, less than {} MiB (disk_free_min_bytes): once it is \
         full, no order is taken and none is followed",
        free / MIB,
        least / MIB
    );
    Ok(vec![Condition {
        cause: "disk".to_owned(),
        message: Some(message),
    }])
}

//! What is made of the catalogue once per version of it and per tier's percentage. Every request
//! brings both along with its key, so what it gets is never older than the request.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::RwLock;

use crate::accounts::Caller;
use crate::catalog::{self, Service};
use crate::db::Db;
use crate::error::Result;
use crate::money::Percent;

/// For how many percentages one is kept; those beyond make room.
const MOST: usize = 16;

/// The catalogue as a `T`, as it was last made for each percentage.
pub(super) struct Listing<T> {
    make: fn(i64, Vec<Service>) -> Result<T>,
    last: RwLock<HashMap<Percent, (i64, Arc<T>)>>,
}

impl<T> Listing<T> {
    /// Nothing yet; `make` takes a version of the catalogue and its services.
    pub(super) fn new(make: fn(i64, Vec<Service>) -> Result<T>) -> Listing<T> {
        Listing {
            make,
            last: RwLock::default(),
        }
    }

    /// What was made for the `caller`, of the catalogue's version of this moment or a newer one.
    pub(super) async fn of(&self, db: &Db, caller: &Caller) -> Result<Arc<T>> {
        let Caller {
            percent,
            catalog_version,
            ..
        } = *caller;
        let current = |last: &HashMap<Percent, (i64, Arc<T>)>| match last.get(&percent) {
            Some((made, listed)) if *made >= catalog_version => Some(listed.clone()),
            Some(_) | None => None,
        };
        if let Some(listed) = current(&*self.last.read().await) {
            return Ok(listed);
        }
        let mut last = self.last.write().await;
        // Another request may have made it while this one waited.
        if let Some(listed) = current(&last) {
            return Ok(listed);
        }
        let (version, services) = catalog::services(db).await?;
        let services = services.into_iter().map(|service| service.in_tier(percent));
        let listed = Arc::new((self.make)(version, services.collect())?);
        if last.len() >= MOST {
            // What is of an older version is worth nothing; else any has to go.
            last.retain(|_, (made, _)| *made >= version);
            if last.len() >= MOST {
                last.clear();
            }
        }
        last.insert(percent, (version, listed.clone()));
        Ok(listed)
    }
}

//! What is made of the catalogue once per version of it. Every request brings the version along
//! with its key, so what it gets is never older than the request.

use std::sync::Arc;

use tokio::sync::RwLock;

use crate::catalog::{self, Service};
use crate::db::Db;
use crate::error::Result;

/// The catalogue as a `T`, as it was last made.
pub(super) struct Listing<T> {
    make: fn(i64, Vec<Service>) -> Result<T>,
    last: RwLock<Option<(i64, Arc<T>)>>,
}

impl<T> Listing<T> {
    /// Nothing yet; `make` takes a version of the catalogue and its services.
    pub(super) fn new(make: fn(i64, Vec<Service>) -> Result<T>) -> Listing<T> {
        Listing {
            make,
            last: RwLock::new(None),
        }
    }

    /// What was made of `version` or a newer one.
    pub(super) async fn of(&self, db: &Db, version: i64) -> Result<Arc<T>> {
        let current = |last: &Option<(i64, Arc<T>)>| match last {
            Some((made, listed)) if *made >= version => Some(listed.clone()),
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
        let listed = Arc::new((self.make)(version, services)?);
        *last = Some((version, listed.clone()));
        Ok(listed)
    }
}

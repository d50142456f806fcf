//! The answer to `services` as bytes, made once per version of the catalogue. Every request brings
//! the version along with its key, so the bytes are never older than the request.

use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::sync::RwLock;

use crate::catalog::{self, Service};
use crate::db::Db;
use crate::error::{Failure, Result};
use crate::protocol::ServiceType;
use crate::protocol::reply::{self, ServiceLine};

/// The catalogue as it was last listed.
#[derive(Default)]
pub(super) struct Listing(RwLock<Option<Arc<Listed>>>);

/// One version of the catalogue, plain and compressed.
pub(super) struct Listed {
    version: i64,
    pub(super) json: Bytes,
    pub(super) gzip: Bytes,
}

impl Listing {
    /// The bytes of `version` or a newer one.
    pub(super) async fn of(&self, db: &Db, version: i64) -> Result<Arc<Listed>> {
        if let Some(listed) = self.0.read().await.as_ref()
            && listed.version >= version
        {
            return Ok(listed.clone());
        }
        let mut cached = self.0.write().await;
        // Another request may have made it while this one waited.
        if let Some(listed) = cached.as_ref()
            && listed.version >= version
        {
            return Ok(listed.clone());
        }
        let (version, services) = catalog::services(db).await?;
        let json = reply::services(&services.iter().filter_map(line).collect::<Vec<_>>());
        let gzip = compress(json.as_bytes())
            .map_err(|fault| Failure::Stored(format!("services not compressed: {fault}")))?;
        let listed = Arc::new(Listed {
            version,
            json: json.into(),
            gzip: gzip.into(),
        });
        *cached = Some(listed.clone());
        Ok(listed)
    }
}

/// A service's line; subscriptions are not sold, so they are not listed.
fn line(service: &Service) -> Option<ServiceLine<'_>> {
    let terms = &service.terms;
    (terms.service_type != ServiceType::Subscriptions).then(|| ServiceLine {
        id: service.id.0,
        name: &terms.name,
        service_type: terms.service_type,
        rate: terms.rate,
        min: terms.min,
        max: terms.max,
        dripfeed: terms.takes_runs(),
        refill: terms.refill,
        cancel: terms.cancel,
        category: &terms.category,
        description: terms.description.as_deref(),
    })
}

fn compress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

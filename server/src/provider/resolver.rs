//! Names of providers become addresses here, and only here: the address that was looked at is the
//! one that is connected to, so that a name cannot be public when it is checked and private when it
//! is used.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::public_host::is_public_address;

/// How names are looked up.
pub trait Lookup: Send + Sync + 'static {
    /// The addresses of a name.
    fn addresses(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// As the system does.
#[derive(Debug, Clone, Copy)]
pub struct System;

impl Lookup for System {
    fn addresses(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Gives public addresses only.
pub(super) struct Resolver {
    lookup: Arc<dyn Lookup>,
    allow_loopback: bool,
}

impl Resolver {
    pub(super) fn new(lookup: impl Lookup, allow_loopback: bool) -> Resolver {
        Resolver {
            lookup: Arc::new(lookup),
            allow_loopback,
        }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let allow_loopback = self.allow_loopback && name == "localhost";
        let found = self.lookup.addresses(name.clone());
        Box::pin(async move {
            let public = |address: &IpAddr| {
                is_public_address(*address) || (allow_loopback && address.is_loopback())
            };
            let all = found.await?;
            // One private address among public ones is an attack or a fault: nothing of it is used.
            if all.is_empty() || !all.iter().all(public) {
                let why = format!("{name} has no address, or one of a private network");
                return Err(why.into());
            }
            // The port is that of the URL.
            let addresses = all.into_iter().map(|address| SocketAddr::new(address, 0));
            let addresses: Addrs = Box::new(addresses.collect::<Vec<_>>().into_iter());
            Ok(addresses)
        })
    }
}

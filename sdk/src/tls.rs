//! TLS by rustls, with the provider that the feature `rustls` chooses.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::error::Error;

/// How the client speaks TLS, by the certificates of the system; `is_needed` if it will.
///
/// The provider is named here, and not taken from the process: which one a program has installed for
/// itself, if any, stays its own affair.
pub(crate) fn config(is_needed: bool) -> Result<ClientConfig, Error> {
    let setting = |fault: rustls::Error| Error::Setting(format!("TLS cannot be used: {fault}"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(setting)?;
    // A system without certificates can still call a panel in plain text.
    let builder = if is_needed {
        builder.with_platform_verifier().map_err(setting)?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}

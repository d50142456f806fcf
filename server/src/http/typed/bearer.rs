//! `Authorization: Bearer`: what whoever calls comes with.

use poem::Request;
use poem::http::header;

use crate::accounts::{Credential, TokenKind};
use crate::error::{Error, Failure, Refusal};
use crate::http::address::client_address;
use crate::panel::Panel;

/// The token of `request` and where it came from, and the panel that knows it. Refused:
/// [`Refusal::KeyInvalid`].
pub(in crate::http) fn bearer(request: &Request) -> Result<(&Panel, Credential), Error> {
    let panel = request.data::<Panel>().ok_or(Failure::Stopped)?;
    let header = request.header(header::AUTHORIZATION).unwrap_or_default();
    let (scheme, token) = header.split_once(' ').ok_or(Refusal::KeyInvalid)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::KeyInvalid.into());
    }
    let address = client_address(request, &panel.config.trusted_proxies);
    let credential = Credential::read(&panel.secrets, token.trim(), TokenKind::ALL, address)?;
    Ok((panel, credential))
}

//! The canonical form of a URL, for comparing: pure, and a fixed point of itself.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use url::Url;

use super::pattern::{self, Address};
use crate::catalog::platform::{self, Platform, Site};

/// What is escaped in a part of the query: all but the unreserved characters.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What is escaped in a segment of the path: here the sub-delimiters are ordinary characters.
pub(super) const IN_PATH: &AsciiSet = &IN_QUERY
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// How often an address is rewritten at most. Every rule but the identities shortens a path, takes
/// parameters away or leaves the shape of its own pattern, so that three steps are the longest way.
const MAX_REWRITES: usize = 8;

/// The first label of hosts that serve the same pages as the host without it.
const SAME_SITE: &[&str] = &["www.", "m.", "mobile."];

/// Parameters that only tell who shared a link or where it was clicked. They are dropped on hosts
/// of no known platform; a known one lists what it keeps. `*`: anything that begins so.
const TRACKING: &[&str] = &[
    "utm_*",
    "igsh*",
    "fbclid",
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "msclkid",
    "gad_*",
    "srsltid",
    "epik",
    "rdt_cid",
    "sccid",
    "ysclid",
    "_openstat",
    "mkt_tok",
    "yclid",
    "ttclid",
    "twclid",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mibextid",
    "si",
    "ref",
    "ref_*",
    "referrer",
    "referer",
    "share",
    "share_*",
    "spm",
    "trk",
    "_branch*",
    "_ga",
    "_gl",
    "_hs*",
    "_t",
    "_r",
    "__tn__",
    "__cft__*",
    "is_from_webapp",
    "sender_device",
];

/// The canonical form of `url`: `host[:port]/path[?query]`. Of an address that only leads to another
/// one in it, the form of that one: each takes letters of its own, so that this ends.
pub(super) fn url(url: &Url) -> String {
    let host = without_same_site(url.host_str().unwrap_or_default());
    // The scheme is ignored, so the default port of either is.
    let port = url.port().filter(|port| *port != 80);
    let known = Platform::of_host(host).filter(|_| port.is_none());
    let (site, folder) = match known {
        Some((platform, folder)) => (Some(platform.site()), folder),
        None => (None, ""),
    };
    let path = folder.split('/').chain(url.path().split('/'));
    let path: Vec<String> = path.filter(|part| !part.is_empty()).map(segment).collect();
    let mut address = Address {
        path: path.join("/"),
        pairs: url.query_pairs().collect(),
    };
    if let Some(site) = site
        && let Some(inner) = rewrite(site, &mut address)
    {
        return self::url(&inner);
    }
    let kept = |name: &str| match site {
        Some(site) => site
            .query
            .iter()
            .any(|(at, known)| *known == name && (at.is_empty() || *at == address.path)),
        None => !platform::is_shortener(host) && !is_tracking(name),
    };
    address.pairs.retain(|(name, _)| kept(name));
    let query = query(&address.pairs);
    let host = site.map_or(host, |site| site.host());
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    format!("{host}{port}/{}{query}", address.path)
}

/// The canonical form of the profile called `name` on a platform that has a host.
pub(super) fn profile(site: &Site, name: &str) -> String {
    let address = format!(
        "{}/{}{}",
        site.host(),
        site.profile,
        segment(&name.to_lowercase())
    );
    Url::parse(&format!("https://{address}")).map_or(address, |address| url(&address))
}

/// Whether a bare `host` is surely a host and not a user's name: `www.`, or a known platform's.
pub(super) fn is_known_host(host: &str) -> bool {
    without_same_site(host) != host || Platform::of_host(host).is_some()
}

/// `host` without the root's dot and without labels that lead to the same site.
fn without_same_site(host: &str) -> &str {
    let mut host = host.strip_suffix('.').unwrap_or(host);
    let shorter = |host| {
        let rest = SAME_SITE
            .iter()
            .find_map(|label| str::strip_prefix(host, label));
        rest.filter(|rest| rest.contains('.'))
    };
    while let Some(rest) = shorter(host) {
        host = rest;
    }
    host
}

/// A segment of a path with exactly the escapes that it needs.
pub(super) fn segment(text: &str) -> String {
    let bytes: Cow<'_, [u8]> = percent_decode_str(text).into();
    percent_encode(&bytes, IN_PATH).to_string()
}

/// Brings `address` into the form of the platform's rules; or gives the address that it only leads to.
/// One rule's form may be another's pattern (`s/joinchat/ID`), so they apply until nothing changes.
fn rewrite(site: &Site, address: &mut Address<'_>) -> Option<Url> {
    for _ in 0..MAX_REWRITES {
        let next = site.paths.iter().find_map(|&(pattern, form)| {
            let found = pattern::found(pattern, address)?;
            match found.url() {
                Some(text) => inner_url(site, text).map(Next::Url),
                None => Some(Next::Address(found.filled(form, address))),
            }
        });
        match next {
            Some(Next::Url(inner)) => return Some(inner),
            Some(Next::Address(next)) if next != *address => *address = next,
            Some(Next::Address(_)) | None => break,
        }
    }
    None
}

/// What a rule makes of an address.
enum Next<'a> {
    /// Another spelling of it.
    Address(Address<'a>),
    /// What it leads to.
    Url(Url),
}

/// The URL that `text`, the value of a parameter, is: a path is one of the same site. `None` if
/// nobody could deliver to it.
fn inner_url(site: &Site, text: &str) -> Option<Url> {
    let local = text.starts_with('/') && !text.starts_with("//");
    let text: Cow<'_, str> = if local {
        [site.host(), text].concat().into()
    } else {
        text.into()
    };
    super::public_url(super::web_address(&text)?).ok()
}

/// The query of `pairs`, sorted; empty or beginning with `?`.
fn query(pairs: &[(Cow<'_, str>, Cow<'_, str>)]) -> String {
    let escape = |text: &str| percent_encode(text.as_bytes(), IN_QUERY).to_string();
    let mut pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| match (escape(name), escape(value)) {
            (name, value) if value.is_empty() => name,
            (name, value) => format!("{name}={value}"),
        })
        .filter(|pair| !pair.is_empty())
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    if pairs.is_empty() {
        String::new()
    } else {
        format!("?{}", pairs.join("&"))
    }
}

/// Whether a parameter only tracks.
fn is_tracking(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TRACKING.iter().any(|known| match known.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == *known,
    })
}

//! The canonical form of a URL, for comparing: pure, and a fixed point of itself.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use url::Url;

use super::is_name_char;
use crate::catalog::platform::{Platform, Site};

/// What is escaped in a part of the query: all but the unreserved characters.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What is escaped in a segment of the path: here the sub-delimiters are ordinary characters.
const IN_PATH: &AsciiSet = &IN_QUERY
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

/// How often a path is rewritten at most. Every rule but the identities shortens a path or leaves
/// the shape of its own pattern, so that two or three steps are the longest way.
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
    "srsltid",
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

/// The canonical form of `url`: `host[:port]/path[?query]`.
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
    let path = path.join("/");
    let (path, fixed) = match site {
        Some(site) => canonical_path(site, path),
        None => (path, None),
    };
    let query = query(url, site, &path, fixed.as_deref());
    let host = site.map_or(host, |site| site.host());
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    format!("{host}{port}/{path}{query}")
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
fn segment(text: &str) -> String {
    let bytes: Cow<'_, [u8]> = percent_decode_str(text).into();
    percent_encode(&bytes, IN_PATH).to_string()
}

/// The canonical path by the platform's rules, and the parameter that it puts in the query. One
/// rule's form may be another's pattern (`s/joinchat/ID`), so they apply until nothing changes.
fn canonical_path(site: &Site, mut path: String) -> (String, Option<String>) {
    for _ in 0..MAX_REWRITES {
        match form(site, &path) {
            Some((next, None)) if next != path => path = next,
            Some((next, fixed)) => return (next, fixed),
            None => break,
        }
    }
    (path, None)
}

/// The form of the first rule that fits `path`, and the parameter that it puts in the query.
fn form(site: &Site, path: &str) -> Option<(String, Option<String>)> {
    let fits = |(pattern, form): &(&str, &'static str)| Some((captured(pattern, path)?, *form));
    let (values, form) = site.paths.iter().find_map(fits)?;
    let filled = values.iter().fold(form.to_owned(), |text, (token, value)| {
        text.replacen(token, value, 1)
    });
    Some(match filled.split_once('?') {
        Some((path, fixed)) => (path.to_owned(), Some(fixed.to_owned())),
        None => (filled, None),
    })
}

/// The values of the tokens of `pattern`, in order, when it fits the whole `path`.
fn captured(pattern: &str, path: &str) -> Option<Vec<(&'static str, String)>> {
    if pattern.split('/').count() != path.split('/').count() {
        return None;
    }
    let mut values = Vec::new();
    for (wanted, part) in pattern.split('/').zip(path.split('/')) {
        match wanted {
            "*" => {}
            "{id}" => values.push(("{id}", part.to_owned())),
            "{name}" => {
                values.push((
                    "{name}",
                    profile_name(part.strip_prefix('@').unwrap_or(part))?,
                ));
            }
            "@{name}" => values.push(("{name}", profile_name(part.strip_prefix('@')?)?)),
            words => {
                words
                    .split('|')
                    .find(|word| part.eq_ignore_ascii_case(word))?;
            }
        }
    }
    Some(values)
}

/// A profile's name in the form that has no case, if the escaped `part` can be one.
fn profile_name(part: &str) -> Option<String> {
    let name = percent_decode_str(part).decode_utf8().ok()?.to_lowercase();
    (!name.is_empty() && name.chars().all(is_name_char)).then(|| segment(&name))
}

/// The query with what identifies a target, sorted; empty or beginning with `?`. `fixed` is the
/// parameter that the path already decided.
fn query(url: &Url, site: Option<&Site>, path: &str, fixed: Option<&str>) -> String {
    let kept = |name: &str| match site {
        Some(site) => site
            .query
            .iter()
            .any(|(at, known)| *known == name && (at.is_empty() || *at == path)),
        None => !is_tracking(name),
    };
    let fixed = fixed.and_then(|pair| pair.split_once('='));
    // In a path `+` is a plus and more characters are plain: the value is escaped anew.
    let fixed = fixed.map(|(name, value)| {
        (
            Cow::from(name),
            percent_decode_str(value).decode_utf8_lossy(),
        )
    });
    let decided = |name: &str| fixed.as_ref().is_some_and(|(fixed, _)| fixed == name);
    let given = url
        .query_pairs()
        .filter(|(name, _)| kept(name) && !decided(name));
    let escape = |text: &str| percent_encode(text.as_bytes(), IN_QUERY).to_string();
    let mut pairs: Vec<String> = given
        .chain(fixed.clone())
        .map(|(name, value)| match (escape(&name), escape(&value)) {
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

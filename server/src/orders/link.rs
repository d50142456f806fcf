//! The link of an order: what is accepted as one, and when two of them mean the same target.
//!
//! [`Link::parse`] refuses what nobody can deliver to; [`Link::as_given`] is what providers get.
//! [`Link::normalised`] and [`overlap_key`] bring the spellings of one target together, so that
//! two active orders of one account on it can be marked as overlapping. A link is never fetched.

mod fault;
mod normal;
mod pattern;

pub(super) use fault::fault;

use sha2::{Digest, Sha256};
use url::Url;

use crate::catalog::platform::Platform;
use crate::public_host;

/// The version of the rules by which [`Link::normalised`] works. It is part of every
/// [`overlap_key`], so that keys of different rules never compare equal: raise it with any change
/// of the rules or of the table of platforms.
pub const NORMALISATION_VERSION: u8 = 3;

/// The longest link, in characters.
const MAX_CHARS: usize = 2_048;

/// A link that an order may have: an http(s) URL, the same without its scheme, or a user name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    given: String,
    target: Target,
}

/// What a link points to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    /// A URL; its scheme says nothing.
    Web(Url),
    /// A user name on a platform that only the service knows, without its `@`.
    Name { name: String, at: bool },
}

/// The text is no link that an order may have. The protocol's answer is `Bad link`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an http(s) URL of a public host, nor a user name, of at most {MAX_CHARS} characters")]
pub struct BadLink;

impl Link {
    /// Reads a link. White space and invisible characters around it (they come with copied text)
    /// are dropped.
    ///
    /// # Errors
    /// [`BadLink`] when it is empty or over 2,048 characters; holds control or invisible
    /// characters, spaces or backslashes; has another scheme than http or https, or credentials;
    /// names a private, loopback, link-local or otherwise not public host; or is neither a URL
    /// nor a possible user name.
    pub fn parse(text: &str) -> Result<Link, BadLink> {
        let given = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
        let unfit = |c: char| c.is_control() || c.is_whitespace() || is_invisible(c) || c == '\\';
        if given.chars().count() > MAX_CHARS || given.contains(unfit) {
            return Err(BadLink);
        }
        let target = match web_address(given) {
            Some(address) => Target::Web(public_url(address)?),
            None => name_or_host(given)?,
        };
        Ok(Link {
            given: given.to_owned(),
            target,
        })
    }

    /// The link as the customer wrote it, for providers and for people.
    pub fn as_given(&self) -> &str {
        &self.given
    }

    /// The form that all spellings of one target share, within what the rules know: without
    /// scheme, `www.`, `m.` or `mobile.`, default port, fragment, trailing slash and tracking
    /// parameters, and with the platform's own spellings (`youtu.be/ID`, `twitter.com`) folded.
    /// A user name becomes the profile's URL on `platform`, the service's platform, and without
    /// one stays a name. Names of profiles have no case, ids of posts keep theirs.
    ///
    /// Normalising the result again changes nothing. It is for comparing, not for showing.
    pub fn normalised(&self, platform: Option<Platform>) -> String {
        match (
            &self.target,
            platform
                .map(Platform::site)
                .filter(|site| !site.host().is_empty()),
        ) {
            (Target::Web(url), _) => normal::url(url),
            (Target::Name { name, .. }, Some(site)) => normal::profile(site, name),
            (Target::Name { name, at: false }, None) if name.contains('.') => {
                // Without a platform `example.com` is rather the site than a user of that name.
                public_url(name).map_or_else(|_| at_name(name), |url| normal::url(&url))
            }
            (Target::Name { name, .. }, None) => at_name(name),
        }
    }
}

/// The number by which overlapping orders are found: equal for equal `family` (of the service)
/// and `normalised` link under the same [`NORMALISATION_VERSION`]. The first eight bytes of a
/// SHA-256, so different links of one account meet by accident about never.
pub fn overlap_key(family: &str, normalised: &str) -> i64 {
    let mut hash = Sha256::new();
    hash.update([NORMALISATION_VERSION]);
    hash.update(family);
    // Neither text holds a NUL: it keeps a family's end from being read as a link's beginning.
    hash.update([0]);
    hash.update(normalised);
    let digest: [u8; 32] = hash.finalize().into();
    let [a, b, c, d, e, f, g, h, ..] = digest;
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// The part of `text` behind the scheme's slashes, if it is a URL with or without a scheme. The
/// whole text for any scheme but http and https, which [`public_url`] then refuses.
fn web_address(text: &str) -> Option<&str> {
    let (before, after) = text.split_once("//").unwrap_or((text, ""));
    if before.is_empty()
        || ["http:", "https:"]
            .iter()
            .any(|s| before.eq_ignore_ascii_case(s))
    {
        return Some(after);
    }
    // User names hold none of these; `x.test:8080` and `[2606::1]` hold one without a slash.
    text.contains(['/', ':', '?', '#', '[']).then_some(text)
}

/// The URL of an address without scheme, when its host is public and it carries no credentials.
fn public_url(address: &str) -> Result<Url, BadLink> {
    // An address that starts with a slash has no host; the parser would take the next part.
    if address.starts_with('/') {
        return Err(BadLink);
    }
    // Any other scheme ends here too: `javascript:x` has no valid port, `ftp://x` an empty one.
    let authority = address.split(['/', '?', '#']).next().unwrap_or_default();
    let no_port = authority.ends_with(':') || authority.contains('@');
    let url = Url::parse(&format!("https://{address}")).map_err(|_| BadLink)?;
    let public = url.host().is_some_and(|host| public_host::is_public(&host));
    if no_port || !public {
        Err(BadLink)
    } else {
        Ok(url)
    }
}

/// Reads a text without slashes: `@name` and `name` are names; `www.x.test`, an address and a host
/// of a known platform are hosts; a private host is refused.
fn name_or_host(text: &str) -> Result<Target, BadLink> {
    let (at, name) = match text.strip_prefix('@') {
        Some(name) => (true, name),
        None => (false, text),
    };
    if !name.chars().all(is_name_char) || !name.contains(char::is_alphanumeric) {
        return Err(BadLink);
    }
    let as_name = Target::Name {
        name: name.to_owned(),
        at,
    };
    let without_root = name.strip_suffix('.').unwrap_or(name);
    let dotted = without_root.contains('.') || without_root.eq_ignore_ascii_case("localhost");
    // `john..doe` is no host at all, but may be a name.
    if at || !dotted || without_root.split('.').any(str::is_empty) {
        return Ok(as_name);
    }
    let Ok(url) = Url::parse(&format!("https://{name}")) else {
        return Ok(as_name);
    };
    let Some(host) = url.host().filter(public_host::is_public) else {
        return Err(BadLink);
    };
    let is_name = match host {
        url::Host::Domain(domain) => !normal::is_known_host(domain),
        url::Host::Ipv4(_) | url::Host::Ipv6(_) => false,
    };
    Ok(if is_name { as_name } else { Target::Web(url) })
}

/// The form of a name whose platform is not known.
fn at_name(name: &str) -> String {
    format!("@{}", name.to_lowercase())
}

/// Whether a user name may hold `c`: letters of any script, digits, and `_`, `.`, `-`.
fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-') || !c.is_ascii()
}

/// Whether `c` shows nothing, or reorders what is shown: zero-width characters, direction marks,
/// the byte order mark. Inside a link they only serve to make equal links look different.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests;

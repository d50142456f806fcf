//! Which bad links no honest software sends.

use url::{Host, Url};

use super::{Link, MAX_CHARS, is_invisible};
use crate::abuse::facts::LinkFault;
use crate::public_host;

/// What is wrong with a link that no honest software sends; `None` for a good one, and for one that is
/// only mistyped.
pub(in crate::orders) fn fault(text: &str) -> Option<LinkFault> {
    if Link::parse(text).is_ok() {
        return None;
    }
    let given = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    if given.chars().count() > MAX_CHARS {
        return Some(LinkFault::Length);
    }
    if given.contains(char::is_control) {
        return Some(LinkFault::Control);
    }
    let (scheme, rest) = scheme_of(given);
    if scheme.is_some_and(|scheme| !is_web(scheme)) {
        return Some(LinkFault::Scheme);
    }
    let url = Url::parse(&["https://", rest].concat()).ok()?;
    let is_private = url.host().is_some_and(|host| is_private(&host));
    is_private.then_some(LinkFault::PrivateHost)
}

/// The scheme of a URL, and what follows its slashes. `example.com:80` has a port and no scheme.
fn scheme_of(text: &str) -> (Option<&str>, &str) {
    let is_scheme = |before: &str| {
        before.starts_with(|c: char| c.is_ascii_alphabetic())
            && before
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-'))
    };
    match text.split_once(':') {
        Some((before, after)) if is_scheme(before) && !is_port(after) => {
            (Some(before), after.trim_start_matches('/'))
        }
        Some(_) | None => (None, text.trim_start_matches('/')),
    }
}

/// Whether a colon before `text` is that of a port.
fn is_port(text: &str) -> bool {
    let port = text.split(['/', '?', '#']).next().unwrap_or_default();
    !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_web(scheme: &str) -> bool {
    ["http", "https"]
        .iter()
        .any(|web| scheme.eq_ignore_ascii_case(web))
}

/// Whether `host` is one that only somebody inside of a network reaches. A name without a dot is
/// mistyped rather than meant.
fn is_private(host: &Host<&str>) -> bool {
    let is_meant = match host {
        Host::Domain(name) => name.contains('.') || name.eq_ignore_ascii_case("localhost"),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    };
    is_meant && !public_host::is_public(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_honest_software_sends_is_told_from_what_is_mistyped() {
        for (text, expected) in [
            ("javascript:alert(1)", Some(LinkFault::Scheme)),
            ("file:///etc/passwd", Some(LinkFault::Scheme)),
            ("ftp://x.test/a", Some(LinkFault::Scheme)),
            ("data:text/html,x", Some(LinkFault::Scheme)),
            ("http://127.0.0.1/x", Some(LinkFault::PrivateHost)),
            ("http://[::1]/", Some(LinkFault::PrivateHost)),
            (
                "http://169.254.169.254/latest",
                Some(LinkFault::PrivateHost),
            ),
            ("localhost:8080/x", Some(LinkFault::PrivateHost)),
            ("https://x.test/a\u{0}b", Some(LinkFault::Control)),
            ("https://x.test/a\r\nb", Some(LinkFault::Control)),
            ("", None),
            ("my link", None),
            ("https://instagram.com/p/x y", None),
            ("instagram", None),
            ("https://instagram", None),
            ("https://instagram.com/p/x", None),
            ("@name", None),
        ] {
            assert_eq!(fault(text), expected, "{text:?}");
        }
        let long = format!("https://instagram.com/{}", "a".repeat(MAX_CHARS));
        assert_eq!(fault(&long), Some(LinkFault::Length));
    }
}

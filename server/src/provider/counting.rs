//! Asking a count source what a target shows now.
//!
//! The address is the operator's, what is put into it is a customer's link: it is encoded whole, and
//! can only ever be a part of the path or of the query. The answer is not trusted more than that of a
//! provider, by the same guard: no redirects, a cap, one time-out, no private network.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use url::{Position, Url};

use super::{BadAddress, Client, check_address, not_answered, whole};

/// Where the link goes in the address of a source.
const LINK: &str = "{link}";
/// The longest address of a source, in bytes.
const MAX_SOURCE: usize = 2_048;
/// The largest answer that is read, in bytes: `{"count": 15848}` is enough.
const MAX_COUNTED: usize = 4 * 1_024;
/// The highest count that is believed: a hundred times what the most watched video has.
const MAX_COUNT: i64 = 1_000_000_000_000;

/// Everything but RFC 3986's unreserved characters.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Why an address cannot be a count source's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSource {
    /// There is no one place for the link in its path or query.
    #[error("a count source is an address with {{link}} once, in its path or its query")]
    NoLink,
    /// As a provider's.
    #[error(transparent)]
    Address(#[from] BadAddress),
}

/// Checks the address of a count source: as a provider's, with `{link}` once, in a place where a link
/// cannot change who is asked.
pub fn check_source(source: &str, allow_loopback: bool) -> Result<(), BadSource> {
    let once = source.matches(LINK).count() == 1;
    if !once || source.len() > MAX_SOURCE || source.contains(char::is_control) {
        return Err(BadSource::NoLink);
    }
    let [one, two] =
        ["a", "b"].map(|link| check_address(&source.replace(LINK, link), allow_loopback));
    let (one, two) = (one?, two?);
    let named = !one.username().is_empty() || one.password().is_some() || one.fragment().is_some();
    let asks_same = one[..Position::BeforePath] == two[..Position::BeforePath];
    let has_link = one[Position::BeforePath..] != two[Position::BeforePath..];
    if named || !asks_same || !has_link {
        return Err(BadSource::NoLink);
    }
    Ok(())
}

/// The address at which `source` is asked about `link`.
fn address(source: &str, link: &str, allow_loopback: bool) -> Result<Url, BadSource> {
    check_source(source, allow_loopback)?;
    let filled = |link: &str| check_address(&source.replace(LINK, link), allow_loopback);
    let encoded = utf8_percent_encode(link, ENCODED).to_string();
    let (url, usual) = (filled(&encoded)?, filled("a")?);
    // `..` is written without a character that could be encoded, and leads out of its folder.
    let depth = |url: &Url| url.path_segments().map(Iterator::count);
    if depth(&url) != depth(&usual) {
        return Err(BadSource::NoLink);
    }
    Ok(url)
}

/// An answer; other fields may stand beside it.
#[derive(Deserialize)]
struct Counted {
    count: i64,
}

/// The count in an answer: a whole number that can be one, once, in an object.
fn counted(body: &[u8]) -> Result<i64, String> {
    // As a list of one number, which is no object, it would be read as well.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err("not a JSON object".to_owned());
    }
    let read: Counted = serde_json::from_slice(body).map_err(|no| format!("no count: {no}"))?;
    if (0..=MAX_COUNT).contains(&read.count) {
        Ok(read.count)
    } else {
        Err(format!("{} is no count", read.count))
    }
}

impl Client {
    /// Asks `source` what the target of `link` shows now; waits for `timeout` at most.
    ///
    /// # Errors
    /// What came instead of a count, in one sentence for an operator.
    pub async fn count(&self, source: &str, link: &str, timeout: Duration) -> Result<i64, String> {
        let url = address(source, link, self.allow_loopback).map_err(|no| no.to_string())?;
        let sent = self.http.get(url).timeout(timeout).send().await;
        let response = sent.map_err(|fault| not_answered(fault).to_string())?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(format!("HTTP {status}"));
        }
        let body = whole(response, MAX_COUNTED).await;
        counted(&body.map_err(|fault| fault.to_string())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_one_place_for_the_link_which_cannot_change_who_is_asked() {
        let check = |source: &str| check_source(source, false);
        for good in [
            "https://counts.example/?of={link}",
            "https://counts.example/v1/{link}/followers?key=1",
            "https://counts.example:8443/{link}",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "https://counts.example/",
            "https://counts.example/?a={link}&b={link}",
            "https://{link}/",
            "https://{link}.example/",
            "https://counts.example:{link}/",
            "https://{link}@counts.example/",
            "https://me:{link}@counts.example/",
            "https://me@counts.example/{link}",
            "https://counts.example/#{link}",
            "{link}://counts.example/",
            "{link}",
            "https://counts.example/{link}\n",
            "http://counts.example/{link}",
            "https://127.0.0.1/{link}",
            "https://169.254.169.254/{link}",
            "ftp://counts.example/{link}",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert_eq!(check_source("http://127.0.0.1:9/{link}", true), Ok(()));
        let long = format!("https://counts.example/{{link}}?{}", "a".repeat(MAX_SOURCE));
        assert_eq!(check(&long), Err(BadSource::NoLink));
    }

    #[test]
    fn a_link_is_encoded_whole() {
        let asked = |source: &str, link: &str| address(source, link, false).map(String::from);
        let query = "https://counts.example/?of={link}&key=1";
        let (link, encoded) = (
            "https://x.test/p?a=1&key=2#é {link}",
            "https%3A%2F%2Fx.test%2Fp%3Fa%3D1%26key%3D2%23%C3%A9%20%7Blink%7D",
        );
        let expected = query.replace(LINK, encoded);
        assert_eq!(asked(query, link), Ok(expected));
        let path = "https://counts.example/v1/{link}/count";
        assert_eq!(asked(path, link), Ok(path.replace(LINK, encoded)));
        assert_eq!(
            asked(path, "../../admin"),
            Ok(path.replace(LINK, "..%2F..%2Fadmin"))
        );
        for out in ["..", "."] {
            assert_eq!(asked(path, out), Err(BadSource::NoLink), "{out}");
        }
    }

    #[test]
    fn only_a_whole_number_that_can_be_one_is_a_count() {
        for (body, count) in [
            (r#"{"count": 15848}"#, 15_848),
            (r#" {"at": "now", "count":0}"#, 0),
            (r#"{"count":1000000000000}"#, MAX_COUNT),
        ] {
            assert_eq!(counted(body.as_bytes()), Ok(count), "{body}");
        }
        for body in [
            "",
            "15848",
            "[15848]",
            "null",
            "{}",
            "<html>15848</html>",
            r#"{"count":-1}"#,
            r#"{"count":1000000000001}"#,
            r#"{"count":99999999999999999999999999}"#,
            r#"{"count":1.5}"#,
            r#"{"count":1e3}"#,
            r#"{"count":"15848"}"#,
            r#"{"count":null}"#,
            r#"{"count":[1]}"#,
            r#"{"count":1,"count":2}"#,
            r#"{"count":1} {"count":2}"#,
            r#"{"count":1"#,
            "{\"count\":1\u{0}}",
        ] {
            assert!(counted(body.as_bytes()).is_err(), "{body}");
        }
    }
}

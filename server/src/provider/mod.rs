//! The client of an upstream panel: one request, one answer, and what is certain about it.
//!
//! Knows the protocol and knows no order: it says whether a request was provably not sent, and
//! leaves what follows to the nouns. Providers are not trusted: no redirects, no proxy from the
//! environment, a cap on every body, one time-out for the whole exchange, and no connection into a
//! private network, whatever a name resolves to.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use secrecy::ExposeSecret;
use url::Url;

use crate::catalog::Provider;
use crate::error::{Failure, Result};
use crate::protocol::upstream::{Answer, Outgoing, encoded};
use crate::protocol::{EXTENSION_REQUEST_ID, EXTENSIONS_HEADER};
use crate::public_host;

mod counting;
mod reading;
mod resolver;

pub use counting::{BadSource, check_source};
pub use reading::{Examined, Reading, examine, read_balance, read_catalogue};
use resolver::Resolver;
pub use resolver::{Lookup, System};

/// What requests are: forms.
const FORM: &str = "application/x-www-form-urlencoded";
/// The largest answer that is read, in bytes.
const MAX_BODY: usize = 1024 * 1024;
/// The largest catalogue that is read, in bytes: real ones have 1.5 MB.
const MAX_CATALOGUE: usize = 16 * 1024 * 1024;
/// How much of an answer is kept as evidence, in bytes.
const MAX_EVIDENCE: usize = 4 * 1024;
/// The shortest key that is looked for in answers, in bytes; real ones have 32 and more.
const MIN_MASKED: usize = 16;
/// Idle connections are dropped before a provider would drop them: a request on a connection that
/// is closing at that moment would be lost without proof that it was not taken.
const IDLE: Duration = Duration::from_secs(3);

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);

/// Talks to providers. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    allow_loopback: bool,
}

/// An answer as it came.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    retry_after_ms: Option<i64>,
    body: Vec<u8>,
    /// Whether the provider names the extension that makes a repeated `request_id` safe.
    pub keeps_request_ids: bool,
}

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CallError {
    /// Not a byte was sent: no address, connection refused, no TLS.
    #[error("not sent: {0}")]
    NotSent(String),
    /// The request may have arrived.
    #[error("no answer: {0}")]
    Unanswered(String),
}

impl Reply {
    /// The answer as the protocol reads it.
    pub fn answer(&self) -> Answer<'_> {
        Answer {
            http_status: self.status,
            retry_after_ms: self.retry_after_ms,
            body: &self.body,
        }
    }

    /// The answer as evidence keeps it: the HTTP status and the beginning of the body.
    pub fn evidence(&self) -> String {
        let shown = self.body.get(..MAX_EVIDENCE).unwrap_or(&self.body);
        // One database stores NUL and the other refuses it.
        let text = String::from_utf8_lossy(shown).replace('\0', "\u{fffd}");
        format!("HTTP {}: {text}", self.status)
    }
}

impl Client {
    /// A client with its own pool of connections; with `allow_loopback` also to this machine.
    pub fn new(allow_loopback: bool) -> Result<Client> {
        Client::with(allow_loopback, System)
    }

    /// The same whose names are looked up by `lookup`.
    pub fn with(allow_loopback: bool, lookup: impl Lookup) -> Result<Client> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // A request that may have arrived is never repeated behind our back.
            .retry(reqwest::retry::never())
            .http1_only()
            .no_proxy()
            // Of what could not even be connected, nothing was sent.
            .connect_timeout(CONNECT)
            .dns_resolver(Arc::new(Resolver::new(lookup, allow_loopback)))
            .pool_idle_timeout(IDLE)
            .user_agent(concat!("smm-panel/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| Failure::Stored(format!("no HTTP client: {e}")))?;
        Ok(Client {
            http,
            allow_loopback,
        })
    }

    /// Sends one request to `provider` and waits for the whole answer, at most its time-out.
    pub async fn call(
        &self,
        provider: &Provider,
        request: &Outgoing,
    ) -> std::result::Result<Reply, CallError> {
        // The row may be older than the rule, or than the setting. A name passes here by its look,
        // and every address that it resolves to is looked at when it is connected to.
        let url = check_place(&provider.url, self.allow_loopback)
            .map_err(|no| CallError::NotSent(no.to_string()))?;
        let pairs = request.pairs();
        let fields = pairs.iter().map(|(name, value)| (&**name, value.as_str()));
        let form = encoded(fields.chain([("key", provider.key.expose_secret())]));
        let timeout = Duration::from_millis(provider.timeout_ms.unsigned_abs());
        let sent = self
            .http
            .post(url)
            .timeout(timeout)
            .header(CONTENT_TYPE, FORM)
            .body(form)
            .send()
            .await;
        // The cause may quote the address; it never holds the key, which is in the body.
        let response = sent.map_err(not_answered)?;
        fail::fail_point!("C4");
        let most = match request {
            Outgoing::Services => MAX_CATALOGUE,
            Outgoing::Balance
            | Outgoing::Add { .. }
            | Outgoing::Status(_)
            | Outgoing::Refill(_)
            | Outgoing::RefillStatus(_)
            | Outgoing::Cancel(_)
            | Outgoing::StatusOf(_)
            | Outgoing::RefillStatusOf(_)
            | Outgoing::CancelOf(_) => MAX_BODY,
        };
        let status = response.status().as_u16();
        let retry_after_ms = retry_after_ms(response.headers());
        let keeps_request_ids = names_extension(response.headers());
        let mut body = whole(response, most).await?;
        mask(&mut body, provider.key.expose_secret().as_bytes());
        Ok(Reply {
            status,
            retry_after_ms,
            keeps_request_ids,
            body,
        })
    }
}

/// What is certain about a request that has no answer.
fn not_answered(fault: reqwest::Error) -> CallError {
    let why = reason(&fault);
    if fault.is_connect() || fault.is_builder() {
        CallError::NotSent(why)
    } else {
        CallError::Unanswered(why)
    }
}

/// The body of an answer, at most `most` bytes.
async fn whole(
    mut response: reqwest::Response,
    most: usize,
) -> std::result::Result<Vec<u8>, CallError> {
    // At once as long as it says it is: one that grows holds twice as much for a moment.
    let announced = response.content_length();
    let announced = announced.and_then(|bytes| usize::try_from(bytes).ok());
    let mut body = Vec::with_capacity(announced.unwrap_or(0).min(most));
    let lost = |fault| CallError::Unanswered(reason(&fault));
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if body.len() + chunk.len() > most {
            return Err(CallError::Unanswered(format!(
                "an answer of over {most} bytes"
            )));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Overwrites `key` in a body: what a provider says is kept as evidence and as a reason, and some
/// panels repeat the request in their errors. A key of under [`MIN_MASKED`] bytes stays, because it
/// could as well be an amount or an id.
fn mask(body: &mut [u8], key: &[u8]) {
    if key.len() < MIN_MASKED {
        return;
    }
    let mut from = 0;
    let next = |body: &[u8], from: usize| {
        let found = body
            .get(from..)?
            .windows(key.len())
            .position(|w| w == key)?;
        Some(from + found)
    };
    while let Some(at) = next(body, from) {
        from = at + key.len();
        if let Some(found) = body.get_mut(at..from) {
            found.fill(b'*');
        }
    }
}

/// `Retry-After` in seconds, as ms. The form with a date is not used by panels.
fn retry_after_ms(headers: &HeaderMap) -> Option<i64> {
    let seconds: i64 = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    seconds.max(0).checked_mul(1000)
}

fn names_extension(headers: &HeaderMap) -> bool {
    let named = headers
        .get(EXTENSIONS_HEADER)
        .and_then(|value| value.to_str().ok());
    named.is_some_and(|list| {
        list.split(',')
            .any(|name| name.trim() == EXTENSION_REQUEST_ID)
    })
}

/// The innermost cause: the outer ones only say that there was one.
fn reason(fault: &reqwest::Error) -> String {
    if fault.is_timeout() {
        return "time-out".to_owned();
    }
    let mut cause: &dyn std::error::Error = fault;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Why an address cannot be a provider's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It is not an absolute URL.
    #[error("{0:?} is not a URL such as https://panel.example/api/v2")]
    NotAUrl(String),
    /// It holds a secret, which addresses do not keep: they are listed, logged and shown.
    #[error(
        "a provider's address must not have a user or a password in it: it would be shown and logged; \
         the key is given apart from the address"
    )]
    HasUser,
    /// Our key would cross the network in the clear.
    #[error("a provider's address begins with https://, so that the key is not read on the way")]
    NotHttps,
    /// It names a host of a private network.
    #[error(
        "{0} is not a public host; a provider on this machine needs the setting \
         provider_allow_loopback"
    )]
    NotPublic(String),
}

/// Checks the address that somebody gives a provider: https and a public host, no user and no password;
/// with `allow_loopback` also http to this machine.
pub fn check_address(address: &str, allow_loopback: bool) -> std::result::Result<Url, BadAddress> {
    let url = check_place(address, allow_loopback)?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    is_plain.then_some(url).ok_or(BadAddress::HasUser)
}

/// The same for one that was given before that rule: a provider goes on being called.
fn check_place(address: &str, allow_loopback: bool) -> std::result::Result<Url, BadAddress> {
    let url = Url::parse(address).map_err(|_| BadAddress::NotAUrl(address.to_owned()))?;
    let host = url
        .host()
        .ok_or_else(|| BadAddress::NotAUrl(address.to_owned()))?;
    if allow_loopback && public_host::is_loopback(&host) {
        return Ok(url);
    }
    if !public_host::is_public(&host) {
        return Err(BadAddress::NotPublic(host.to_string()));
    }
    if url.scheme() != "https" {
        Err(BadAddress::NotHttps)
    } else {
        Ok(url)
    }
}

#[cfg(test)]
mod tests;

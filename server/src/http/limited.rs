//! Limits as every face tells them: by the headers `RateLimit-Policy`, `RateLimit` and `Retry-After`.

use std::net::IpAddr;

use poem::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::abuse::{self, Advice};
use crate::accounts::Credential;
use crate::ids::KeyId;
use crate::limits::{Ask, Denied, From, Kind, Pass, Standing};
use crate::panel::Panel;

/// What a customer's software had better do otherwise.
const WARNING: HeaderName = HeaderName::from_static("x-panel-warning");
/// To whom orders the same twice: the second may be the same request again, after a lost answer.
const ORDERS_TWICE: HeaderValue = HeaderValue::from_static(
    "the same order came twice within seconds, several times: send request_id (Idempotency-Key), \
     and a repeated request is not ordered twice",
);
/// To whom asks far more often than anything changes.
const ASKS_TOO_OFTEN: HeaderValue = HeaderValue::from_static(
    "you ask far more often than anything changes: ask for up to 100 orders in one request, once a minute",
);

/// Which limits hold for a request.
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// What is left of them.
const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// Lets a request in that came with a token of this `print`, or says why not now. Its address may have
/// asked too much already (`crowded`): then only keys go on that were good from there.
///
/// Who is behind an address that is blocked for wrong keys goes on with a key that was good from there
/// before. A server that has just started, or that the key never came to, asks the database for that.
pub(super) async fn enter(
    panel: &Panel,
    (print, credential): (u64, Option<&Credential>),
    (address, crowded): (Option<IpAddr>, Option<Denied>),
    ask: Ask,
) -> Result<Pass, Denied> {
    if let Some(denied) = crowded.filter(|_| !panel.limits.is_at_home(print, address)) {
        return Err(denied);
    }
    let from = From {
        address,
        blocked_until: address.and_then(|address| panel.abuse.blocked_until(address)),
        is_known_there: false,
    };
    let entered = panel.limits.key(print, from, ask).await;
    let (Err(Denied::Blocked { .. }), Some(credential), Some(address)) =
        (&entered, credential, address)
    else {
        return entered;
    };
    match abuse::was_used_from(panel, *credential, address).await {
        Ok(true) => {
            let from = From {
                is_known_there: true,
                ..from
            };
            panel.limits.key(print, from, ask).await
        }
        Ok(false) => entered,
        Err(fault) => {
            tracing::error!(error = %fault, "it is not known from where a key was used");
            entered
        }
    }
}

/// Shows what is left of a key's limits.
pub(super) fn show(standing: &Standing, headers: &mut HeaderMap) {
    write(headers, standing.policy(), &standing.left());
}

/// Warns whoever uses `key`, where what is asked for now had better be asked otherwise.
pub(super) fn warn(panel: &Panel, key: Option<KeyId>, kind: Kind, headers: &mut HeaderMap) {
    let (advice, warning) = match kind {
        Kind::Add => (Advice::NameRequests, ORDERS_TWICE),
        Kind::Status | Kind::Balance => (Advice::AskInBatches, ASKS_TOO_OFTEN),
        Kind::Services | Kind::Change | Kind::Other => return,
    };
    if key.is_some_and(|key| panel.abuse.is_advised(key, advice)) {
        headers.insert(WARNING, warning);
    }
}

/// Shows which limit is used up, and when to ask again.
pub(super) fn show_denied(denied: &Denied, headers: &mut HeaderMap) {
    headers.insert(header::RETRY_AFTER, denied.retry_after_s().into());
    let Denied::Limited {
        limit,
        policy,
        full,
        ..
    } = denied
    else {
        return;
    };
    let seconds = full.as_millis().div_ceil(1_000);
    write(headers, policy, &format!("\"{limit}\";r=0;t={seconds}"));
}

fn write(headers: &mut HeaderMap, policy: &str, left: &str) {
    // Limits that the settings lift have no policy.
    if left.is_empty() {
        return;
    }
    for (name, text) in [(POLICY, policy), (LEFT, left)] {
        if let Ok(value) = HeaderValue::from_str(text) {
            headers.insert(name, value);
        }
    }
}

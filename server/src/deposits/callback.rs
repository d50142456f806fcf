//! What a gateway tells us unasked. It is proved, kept, and answered at once; what follows from it
//! is a worker's.

use std::net::IpAddr;

use sha2::{Digest, Sha256};

use super::store;
use crate::abuse::facts::Fact;
use crate::error::{Refusal, Result};
use crate::gateway::{Callback, CallbackRefused};
use crate::panel::Panel;

/// What became of a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// It is kept, and its payment is asked about.
    Kept,
    /// It is the gateway's, and came before.
    Repeated,
    /// It is the gateway's, and about nothing that concerns deposits.
    Ignored,
    /// It is not the gateway's, or cannot be read.
    Refused(CallbackRefused),
}

/// The largest id of a payment that is kept.
const MAX_ID: usize = 64;

/// Takes a callback with its `signature` as they came from `address`. Refused:
/// [`Refusal::DepositsClosed`] without a gateway.
pub async fn receive(
    panel: &Panel,
    address: Option<IpAddr>,
    signature: Option<&[u8]>,
    body: &[u8],
) -> Result<Received> {
    let gateway = panel.gateway.as_ref().ok_or(Refusal::DepositsClosed)?;
    let name = gateway.name();
    let read = gateway.read_callback(signature, body);
    let now = panel.now();
    let callback = match read {
        Ok(callback) => callback,
        Err(why) => return Ok(refuse(panel, address, why, body)),
    };
    let payment = match &callback {
        Callback::Payment(payment) => Some(payment.id.as_str()),
        Callback::Other => None,
    };
    let is_id = |id: &str| {
        (1..=MAX_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    if payment.is_some_and(|id| !is_id(id)) {
        let why = CallbackRefused::Unreadable("payment_id is no id".to_owned());
        return Ok(refuse(panel, address, why, body));
    }
    let Ok(text) = std::str::from_utf8(body) else {
        let why = CallbackRefused::Unreadable("it is not UTF-8".to_owned());
        return Ok(refuse(panel, address, why, body));
    };
    fail::fail_point!("C10");
    let digest = hex::encode(Sha256::digest(body));
    let tx = panel.db.begin().await?;
    let is_erased = match payment {
        Some(payment) => store::payments::is_of_erased(&tx, name, payment).await?,
        None => false,
    };
    // Of who was erased nothing is kept again, and what came before is known again.
    let (digest, text) = match is_erased {
        true => (panel.secrets.stand_in(&digest), "erased".to_owned()),
        false => (digest, text.replace('\0', "\u{fffd}")),
    };
    let is_new = store::payments::keep_callback(&tx, now, name, &digest, payment, &text).await?;
    // "Replayable for ever": what came before says nothing that was not asked about then.
    if is_new && let Some(payment) = payment {
        store::payments::ask_about(&tx, now, name, payment).await?;
    }
    tx.commit().await?;
    panel.metrics.callback(true);
    fail::fail_point!("C11");
    Ok(match payment {
        _ if !is_new => Received::Repeated,
        Some(_) => Received::Kept,
        None => Received::Ignored,
    })
}

/// How much of a refused body is logged, in bytes.
const MAX_LOGGED: usize = 1024;

fn refuse(panel: &Panel, address: Option<IpAddr>, why: CallbackRefused, body: &[u8]) -> Received {
    let shown = String::from_utf8_lossy(body.get(..MAX_LOGGED).unwrap_or(body)).into_owned();
    panel.metrics.callback(false);
    // Anybody can send them: a log at its usual level has none of them.
    tracing::debug!(error = %why, body = ?shown, "a callback of the gateway was refused");
    // Somebody tries, or the secret was changed on one side only: detectors notice many.
    if let Some(address) = address {
        panel.abuse.note(Fact::CallbackRefused { address });
    }
    Received::Refused(why)
}

//! `/gateway/nowpayments`: where the payment gateway tells of payments. It is answered as soon as
//! what it told is on disk; nothing is credited here.

use poem::http::StatusCode;
use poem::{Endpoint, Request, Response};

use super::address::client_address;
use super::body::{self, NotRead};
use super::limited;
use crate::deposits::{self, Received};
use crate::error::{Error, Refusal};
use crate::gateway::CallbackRefused;
use crate::limits::Denied;
use crate::panel::Panel;

/// The largest callback, in bytes: real ones have under 2 KB.
const MAX_BODY: usize = 64 * 1024;
/// The signature of the body.
const SIGNATURE: &str = "x-nowpayments-sig";

/// Takes callbacks.
pub(super) struct Callbacks {
    pub(super) panel: Panel,
}

impl Endpoint for Callbacks {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let address = client_address(&request, &self.panel.config.trusted_proxies);
        if let Err(denied) = self.panel.limits.address(address) {
            return Ok(self.denied(&denied, StatusCode::TOO_MANY_REQUESTS));
        }
        let body = match body::read(&self.panel, &mut request, address, MAX_BODY).await {
            Ok(body) => body,
            Err(NotRead::TooLarge) => return Ok(answer(StatusCode::PAYLOAD_TOO_LARGE)),
            Err(NotRead::Denied(denied)) => {
                return Ok(self.denied(&denied, StatusCode::SERVICE_UNAVAILABLE));
            }
        };
        let signature = request.headers().get(SIGNATURE);
        let signature = signature.map(|value| value.as_bytes());
        let received = deposits::receive(&self.panel, address, signature, &body.bytes).await;
        let status = match received {
            Ok(Received::Kept | Received::Repeated | Received::Ignored) => StatusCode::OK,
            Ok(Received::Refused(CallbackRefused::Unreadable(_))) => StatusCode::BAD_REQUEST,
            Ok(Received::Refused(
                CallbackRefused::Unsigned
                | CallbackRefused::NotASignature
                | CallbackRefused::WrongSignature,
            )) => StatusCode::UNAUTHORIZED,
            Err(Error::Refused(Refusal::DepositsClosed)) => StatusCode::NOT_FOUND,
            Err(fault) => {
                // The gateway tells it again, and what it tells is looked for besides.
                tracing::error!(face = "gateway", error = %fault, "a callback could not be kept");
                StatusCode::SERVICE_UNAVAILABLE
            }
        };
        Ok(answer(status))
    }
}

impl Callbacks {
    /// The answer to a callback that is not looked at now: the gateway tells it again.
    fn denied(&self, denied: &Denied, status: StatusCode) -> Response {
        self.panel.metrics.limited(denied.layer());
        let mut response = answer(status);
        limited::show_denied(denied, response.headers_mut());
        response
    }
}

fn answer(status: StatusCode) -> Response {
    Response::builder().status(status).finish()
}

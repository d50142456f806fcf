//! `/gateway/nowpayments`: where the payment gateway tells of payments. It is answered as soon as
//! what it told is on disk; nothing is credited here.

use poem::http::StatusCode;
use poem::{Endpoint, Request, Response};

use super::address::client_address;
use super::{body, limited};
use crate::deposits::{self, Received};
use crate::error::{Error, Refusal};
use crate::gateway::CallbackRefused;
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
            self.panel.metrics.limited(denied.layer());
            let mut response = answer(StatusCode::TOO_MANY_REQUESTS);
            limited::show_denied(&denied, response.headers_mut());
            return Ok(response);
        }
        let signature = request.headers().get(SIGNATURE).cloned();
        let Some(body) = body::read(request.take_body(), MAX_BODY).await else {
            return Ok(answer(StatusCode::PAYLOAD_TOO_LARGE));
        };
        let signature = signature.as_ref().map(|value| value.as_bytes());
        let status = match deposits::receive(&self.panel, address, signature, &body).await {
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

fn answer(status: StatusCode) -> Response {
    Response::builder().status(status).finish()
}

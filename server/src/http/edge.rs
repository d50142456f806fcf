//! The edge of the typed APIs: each request gets a number and a time limit, goes through the limits,
//! and each answer that is not a success gets the one body that errors have.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, Response};
use poem_openapi::OperationId;
use poem_openapi::error::{ParseParamError, ParsePathError};
use tracing::Instrument;

use super::address::client_address;
use super::body::{self, NotRead};
use super::documented::DocumentedPaths;
use super::limited;
use super::seen::Seen;
use super::typed::code::Code;
use super::typed::fault_words::in_plain_words;
use super::typed::picture::largest_body;
use super::typed::problem::Problem;
use super::typed::visit::{Arrival, Visit};
use crate::clock::Stopwatch;
use crate::limits::Room;
use crate::metrics::{Call, Face, Outcome};
use crate::panel::Panel;

/// The header with a request's number.
const REQUEST_ID: &str = "x-request-id";

/// The edge around `inner`.
pub(super) struct Edge<E> {
    pub(super) inner: E,
    pub(super) face: Face,
    pub(super) panel: Panel,
    /// How long a request may take.
    pub(super) limit: Duration,
    /// What the documents say of each path.
    pub(super) documented: Arc<DocumentedPaths>,
}

fn new_id() -> String {
    format!("{:016x}", rand::random::<u64>())
}

/// The answer where there is nothing at all.
pub(super) fn unknown_route() -> Response {
    finished(Problem::new(Code::RouteUnknown).into_response(), &new_id())
}

impl<E: Endpoint> Endpoint for Edge<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let mut seen = Seen::new(Call::Other);
        let path = request.uri().path().to_owned();
        let (arrived, _room) = self.arrive(&mut request).await;
        // Waiting for its turn takes of the request's time; the way of its body does not.
        let waited = Stopwatch::start();
        let begin = Visit::begin(&self.panel, &request, new_id(), arrived);
        let (visit, entered) = match tokio::time::timeout(self.limit, begin).await {
            Ok(begun) => begun,
            Err(_) => Visit::timed_out(&request, new_id()),
        };
        let query = request.uri().query();
        let known = self
            .documented
            .require_known_query(request.method(), &path, query);
        let entered = entered.and(known);
        request.set_data(visit.clone());
        // Whatever is logged on the way has the request's number.
        let span = tracing::info_span!("request", request_id = visit.id());
        let asked = AssertUnwindSafe(self.inner.call(request).instrument(span)).catch_unwind();
        let answered = match entered {
            Ok(()) => {
                let left = self.limit.saturating_sub(waited.elapsed());
                tokio::time::timeout(left, asked).await
            }
            Err(problem) => Ok(Ok(Err(problem.into()))),
        };
        let mut response = match answered {
            Ok(Ok(Ok(answer))) => {
                let response = answer.into_response();
                seen.call = self.call_of(response.data());
                response
            }
            Ok(Ok(Err(error))) => {
                seen.call = self.call_of(error.data());
                self.refused(&path, error)
            }
            // The panic hook has told what and where.
            Ok(Err(_)) => Problem::new(Code::Internal).into_response(),
            // What was handed to the batcher goes on without its request.
            Err(_) => Problem::new(Code::Unavailable).into_response(),
        };
        visit.show_limits(&self.panel, &mut response);
        if response
            .data::<Problem>()
            .is_some_and(Problem::is_wrong_key)
        {
            visit.had_wrong_key(&self.panel);
        }
        let problem = response.data::<Problem>();
        if let Some(denied) = problem.and_then(|problem| problem.denied.as_ref()) {
            self.panel.metrics.limited(denied.layer());
        }
        let is_unknown = response.data::<Problem>().is_some_and(|problem| {
            matches!(problem.code, Code::OrderUnknown | Code::RefillUnknown)
        });
        visit.leave(&self.panel, is_unknown);
        seen.account = visit.account();
        let status = response.status();
        let outcome = if status.is_server_error() {
            Outcome::Unavailable
        } else if status.is_client_error() {
            Outcome::Refused
        } else {
            Outcome::Ok
        };
        seen.answered(
            &self.panel.metrics,
            outcome,
            status.as_u16(),
            Some(visit.id()),
        );
        Ok(finished(response, visit.id()))
    }
}

impl<E> Edge<E> {
    /// Counts `request` for its address, and reads its body; gives what is to be held until it is
    /// answered.
    async fn arrive(&self, request: &mut Request) -> (Result<Arrival, Problem>, Option<Room>) {
        let config = &self.panel.config;
        let address = client_address(request, &config.trusted_proxies);
        let crowded = match self.panel.limits.knock(address) {
            Ok(crowded) => crowded,
            Err(denied) => return (Err(denied.into()), None),
        };
        let largest = largest_body(request, config.body_max_bytes);
        match body::read(&self.panel, request, address, largest).await {
            Ok(body) => {
                request.set_body(body.bytes);
                (Ok(Arrival { address, crowded }), body.room)
            }
            Err(NotRead::TooLarge) => (Err(Problem::too_large(largest)), None),
            Err(NotRead::Denied(denied)) => (Err(denied.into()), None),
        }
    }

    /// The operation that answered, as the libraries note it.
    fn call_of(&self, operation: Option<&OperationId>) -> Call {
        match (self.face, operation) {
            (Face::Operator, _) => Call::Operator,
            (Face::V3 | Face::V2, Some(operation)) => Call::of_operation(operation.0),
            (Face::V3 | Face::V2, None) => Call::Other,
        }
    }

    /// The answer to a request that no operation has answered.
    fn refused(&self, path: &str, error: poem::Error) -> Response {
        if error.data::<Problem>().is_some() {
            return error.into_response();
        }
        if error.is::<MethodNotAllowedError>() {
            let mut response = Problem::new(Code::MethodNotAllowed).into_response();
            if let Ok(allow) = HeaderValue::from_str(&self.documented.list_methods(path)) {
                response.headers_mut().insert(header::ALLOW, allow);
            }
            return response;
        }
        self.problem_of(path, &error).into_response()
    }

    /// What an error of the libraries says, in our words.
    fn problem_of(&self, path: &str, error: &poem::Error) -> Problem {
        if error.is::<NotFoundError>() {
            return Problem::new(Code::RouteUnknown);
        }
        let parameter = if let Some(fault) = error.downcast_ref::<ParseParamError>() {
            Some((fault.name, &fault.reason))
        } else {
            error
                .downcast_ref::<ParsePathError>()
                .map(|fault| (fault.name, &fault.reason))
        };
        match parameter {
            Some((name, reason)) => {
                // Parameters of the path have a number there instead of a name.
                let number = name.strip_prefix("param").and_then(|of| of.parse().ok());
                let named = number.and_then(|number| self.documented.name_in_path(path, number));
                let (name, reason) = (named.unwrap_or(name), in_plain_words(reason));
                Problem::invalid(name, format!("{name} is not as documented: {reason}"))
            }
            None if error.status().is_client_error() => Problem::new(Code::RequestInvalid),
            None => {
                tracing::error!(face = "v3", %error, "a request was not answered");
                Problem::new(Code::Internal)
            }
        }
    }
}

/// Writes the body of an error and the headers that every answer has.
fn finished(mut response: Response, id: &str) -> Response {
    if let Some(problem) = response.data::<Problem>().cloned() {
        if problem.code.status().is_server_error() {
            let code = problem.code.word();
            tracing::warn!(
                face = "v3",
                request_id = id,
                code,
                "a request was not answered"
            );
        }
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        if problem.code.status() == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = problem.retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(denied) = &problem.denied {
            limited::show_denied(denied, headers);
        }
        response.set_body(serde_json::to_vec(&problem.body(id)).unwrap_or_default());
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

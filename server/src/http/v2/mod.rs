//! `/api/v2`: the panel protocol, for software that was written for other panels.
//!
//! Every answer is HTTP 200 with `application/json`, refusals included, because many clients read
//! nothing else. Only when the panel cannot answer at all it is 503 with an empty body: a client
//! that reads an `error` would refund its own customer for an order that may stand. Who asks too
//! often gets 429: see [`denied`].

use std::fmt::Display;
use std::time::Duration;

use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Body, Endpoint, Request, Response};
use secrecy::ExposeSecret;

use crate::accounts::{self, Caller, Credential, Scope};
use crate::error::{Error, Failure, Refusal};
use crate::http::body::Whole;
use crate::http::compression::{Compressed, accepts_gzip};
use crate::http::listing::Listing;
use crate::http::seen::Seen;
use crate::limits::Denied;
use crate::metrics::{self, Outcome};
use crate::orders::rules::OrderStatus;
use crate::orders::{self, NewOrder, OrderView, Placer};
use crate::panel::Panel;
use crate::protocol::reply::{self, StatusLine};
use crate::protocol::{
    Action, Asked, AskedId, BadCall, Call, EXTENSION_REQUEST_ID, EXTENSIONS_HEADER, OrderWord,
    RefillWord, sentence,
};
use crate::refills::{self, rules::RefillStatus};

mod denied;
mod entry;
mod ids;
mod listing;
mod params;
mod sentences;

use entry::Entry;
use ids::{numbers, of_known, order_ids, unknown};
use sentences::sentence_of;

/// Serves the panel protocol.
pub(super) struct Face {
    panel: Panel,
    placer: Placer,
    listing: Listing<Compressed>,
}

/// The body of an answer.
enum Answer {
    Json(String),
    /// An error that says what was wrong with the request.
    No(&'static str),
    /// The catalogue: its cached bytes.
    Listing(Caller),
}

/// Why there is no answer.
enum Stop {
    /// It was refused, or failed.
    Error(Error),
    /// It is not answered now.
    Denied(Denied),
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Stop {
        Stop::Error(error.into())
    }
}

impl Endpoint for Face {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let mut seen = Seen::new(metrics::Call::Unreadable);
        let mut entry = Entry::new(&self.panel, &request);
        let (outcome, mut response) = self.outcome(request, &mut seen, &mut entry).await;
        entry.show_limits(&self.panel, &mut response);
        entry.leave(&self.panel);
        let status = response.status().as_u16();
        seen.answered(&self.panel.metrics, outcome, status, None);
        Ok(response)
    }
}

impl Face {
    async fn outcome(
        &self,
        mut request: Request,
        seen: &mut Seen,
        entry: &mut Entry,
    ) -> (Outcome, Response) {
        if !matches!(*request.method(), Method::POST | Method::GET) {
            let response = Response::builder()
                .status(StatusCode::METHOD_NOT_ALLOWED)
                .header(header::ALLOW, "GET, POST")
                .body(());
            return (Outcome::Refused, response);
        }
        let zips = accepts_gzip(&request);
        let limit = Duration::from_millis(self.panel.config.request_timeout_ms.unsigned_abs());
        let body = entry.read_body(&self.panel, &mut request).await;
        let answer = self.answer(&request, body, seen, entry);
        // What was handed to the batcher goes on without its request.
        let answered = tokio::time::timeout(limit, answer).await;
        let refusal = |sentence: &str| (Outcome::Refused, ok(Body::from(reply::error(sentence))));
        match answered {
            Ok(Ok(Answer::Json(json))) => (Outcome::Ok, ok(Body::from(json))),
            Ok(Ok(Answer::No(sentence))) => refusal(sentence),
            Ok(Ok(Answer::Listing(caller))) => {
                match self.listing.of(&self.panel.db, &caller).await {
                    Ok(listing) => (Outcome::Ok, listing.send(ok(Body::empty()), zips)),
                    Err(fault) => (Outcome::Unavailable, unavailable(seen, &fault)),
                }
            }
            Ok(Err(Stop::Error(Error::Refused(no)))) => {
                if no == Refusal::KeyInvalid {
                    entry.had_wrong_key(&self.panel);
                }
                refusal(&sentence_of(&no))
            }
            Ok(Err(Stop::Error(fault @ Error::Failed(_)))) => {
                (Outcome::Unavailable, unavailable(seen, &fault))
            }
            Ok(Err(Stop::Denied(denied))) => {
                self.panel.metrics.limited(denied.layer());
                denied::answer(&denied, seen.call)
            }
            Err(_) => {
                log_unanswered(seen, &"no answer within request_timeout_ms");
                (Outcome::Unavailable, unavailable_at_all())
            }
        }
    }

    pub(super) fn new(panel: Panel, placer: Placer) -> Face {
        Face {
            panel,
            placer,
            listing: Listing::new(listing::bytes),
        }
    }

    /// The checks in their order: key, suspension, action.
    async fn answer(
        &self,
        request: &Request,
        body: Result<Option<Whole>, Denied>,
        seen: &mut Seen,
        entry: &mut Entry,
    ) -> Result<Answer, Stop> {
        let incorrect = || Ok(Answer::No(sentence::INCORRECT_REQUEST));
        let config = &self.panel.config;
        if *request.method() == Method::GET && !config.v2_allow_get {
            return incorrect();
        }
        let read = match body? {
            Some(body) => Some((params::params(request, body.bytes).await, body.room)),
            None => None,
        };
        // The body's memory is held until there is an answer.
        let Some((Ok(params), _room)) = read else {
            entry.without_key()?;
            return incorrect();
        };
        let call = Call::read(params);
        if let Ok(action) = &call.action {
            seen.call = called(action);
        }
        let Some(key) = call.key else {
            entry.without_key()?;
            return incorrect();
        };
        entry
            .ask(&self.panel, key.expose_secret(), &call.action)
            .await?;
        let with = entry.credential()?;
        let json = match call.action {
            Err(bad) => {
                self.caller(with, Scope::Read, seen, entry).await?;
                return Ok(Answer::No(match bad {
                    BadCall::Incorrect => sentence::INCORRECT_REQUEST,
                    BadCall::TooManyIds => sentence::TOO_MANY_IDS,
                }));
            }
            Ok(Action::Balance) => {
                reply::balance(self.caller(with, Scope::Read, seen, entry).await?.balance)
            }
            Ok(Action::Services) => {
                return Ok(Answer::Listing(
                    self.caller(with, Scope::Read, seen, entry).await?,
                ));
            }
            Ok(Action::Add(request)) => {
                let caller = self.caller(with, Scope::Order, seen, entry).await?;
                let order = NewOrder {
                    account: caller.account,
                    key: caller.proof.key(),
                    caps: caller.caps,
                    request: *request,
                    reference: None,
                };
                reply::order(self.placer.submit(order).await?.order.0)
            }
            Ok(Action::Status(asked)) => self.status(with, asked, seen, entry).await?,
            Ok(Action::Refill(asked)) => self.refill(with, asked, seen, entry).await?,
            Ok(Action::RefillStatus(asked)) => self.refill_status(with, asked, seen, entry).await?,
            Ok(Action::Cancel(asked)) => self.cancel(with, asked, seen, entry).await?,
        };
        Ok(Answer::Json(json))
    }

    /// Whose key it is, if it may be used for that.
    async fn caller(
        &self,
        with: Credential,
        need: Scope,
        seen: &mut Seen,
        entry: &mut Entry,
    ) -> Result<Caller, Stop> {
        let caller = accounts::authenticate(&self.panel, with, need).await?;
        seen.account = Some(caller.account);
        entry.admitted(&self.panel, &caller)?;
        Ok(caller)
    }

    async fn status(
        &self,
        with: Credential,
        asked: Asked,
        seen: &mut Seen,
        entry: &mut Entry,
    ) -> Result<String, Stop> {
        let ids = numbers(&asked);
        let (caller, orders) = orders::view(&self.panel, with, &ids).await?;
        seen.account = Some(caller.account);
        entry.admitted(&self.panel, &caller)?;
        let foreign = ids.iter().copied().filter(|id| !orders.contains_key(id));
        let foreign = foreign.collect();
        entry.was_about(ids, foreign);
        let line = |asked: &AskedId| asked.id.and_then(|id| orders.get(&id)).map(status_line);
        match asked {
            Asked::One(id) => {
                let line = line(&id).ok_or(Refusal::OrderUnknown)?;
                Ok(reply::status(&line))
            }
            Asked::Many(ids) => {
                let lines: Vec<_> = ids
                    .into_iter()
                    .map(|id| {
                        let line = line(&id);
                        (id, line)
                    })
                    .collect();
                Ok(reply::statuses(&lines))
            }
        }
    }

    async fn refill(
        &self,
        with: Credential,
        asked: Asked,
        seen: &mut Seen,
        entry: &mut Entry,
    ) -> Result<String, Stop> {
        let account = self.caller(with, Scope::Order, seen, entry).await?.account;
        let ids = order_ids(&asked);
        let answers = refills::request(&self.panel, account, &ids).await?;
        entry.was_about(numbers(&asked), unknown(&asked, &answers));
        let mut answers = answers.into_iter();
        let mut of = |id: &AskedId| of_known(id, &mut answers, Refusal::OrderUnknown);
        match asked {
            Asked::One(id) => Ok(reply::refill(of(&id)?.0)),
            Asked::Many(ids) => {
                let lines: Vec<_> = ids
                    .into_iter()
                    .map(|id| {
                        let answer = of(&id);
                        (
                            id,
                            answer.map(|refill| refill.0).map_err(|no| sentence_of(&no)),
                        )
                    })
                    .collect();
                Ok(reply::refills(&lines))
            }
        }
    }

    async fn refill_status(
        &self,
        with: Credential,
        asked: Asked,
        seen: &mut Seen,
        entry: &mut Entry,
    ) -> Result<String, Stop> {
        let ids = numbers(&asked);
        let (caller, refills) = refills::view(&self.panel, with, &ids).await?;
        seen.account = Some(caller.account);
        entry.admitted(&self.panel, &caller)?;
        let foreign = ids.iter().copied().filter(|id| !refills.contains_key(id));
        let foreign = foreign.collect();
        entry.was_about(ids, foreign);
        let word = |asked: &AskedId| asked.id.and_then(|id| refills.get(&id)).map(refill_word);
        match asked {
            Asked::One(id) => Ok(reply::refill_status(
                word(&id).ok_or(Refusal::RefillUnknown)?,
            )),
            Asked::Many(ids) => {
                let lines: Vec<_> = ids
                    .into_iter()
                    .map(|id| {
                        let word = word(&id);
                        (id, word)
                    })
                    .collect();
                Ok(reply::refill_statuses(&lines))
            }
        }
    }

    async fn cancel(
        &self,
        with: Credential,
        asked: Asked,
        seen: &mut Seen,
        entry: &mut Entry,
    ) -> Result<String, Stop> {
        let account = self.caller(with, Scope::Cancel, seen, entry).await?.account;
        let answers = orders::cancel(&self.panel, account, &order_ids(&asked)).await?;
        entry.was_about(numbers(&asked), unknown(&asked, &answers));
        let mut answers = answers.into_iter();
        let mut line = |id: &AskedId| {
            of_known(id, &mut answers, Refusal::OrderUnknown).map_err(|no| sentence_of(&no))
        };
        match asked {
            Asked::One(id) => {
                let answer = line(&id);
                Ok(reply::cancel_one(&id, &answer))
            }
            Asked::Many(ids) => {
                let lines: Vec<_> = ids
                    .into_iter()
                    .map(|id| {
                        let answer = line(&id);
                        (id, answer)
                    })
                    .collect();
                Ok(reply::cancels(&lines))
            }
        }
    }
}

/// What an action is measured as.
const fn called(action: &Action) -> metrics::Call {
    match action {
        Action::Services => metrics::Call::Services,
        Action::Add(_) => metrics::Call::Add,
        Action::Status(_) => metrics::Call::Status,
        Action::Refill(_) => metrics::Call::Refill,
        Action::RefillStatus(_) => metrics::Call::RefillStatus,
        Action::Cancel(_) => metrics::Call::Cancel,
        Action::Balance => metrics::Call::Balance,
    }
}

fn status_line(order: &OrderView) -> StatusLine {
    StatusLine {
        charge: order.shown.charge,
        start_count: order.start_count,
        status: word_of(order.status),
        remains: order.shown.remains,
    }
}

/// A failed order must read `Canceled`: any other word is "pending for ever" to common panels,
/// and their customer would never be refunded.
const fn word_of(status: OrderStatus) -> OrderWord {
    match status {
        OrderStatus::Pending => OrderWord::Pending,
        OrderStatus::Processing => OrderWord::Processing,
        OrderStatus::InProgress => OrderWord::InProgress,
        OrderStatus::Completed => OrderWord::Completed,
        OrderStatus::Partial => OrderWord::Partial,
        OrderStatus::Canceled | OrderStatus::Failed => OrderWord::Canceled,
    }
}

const fn refill_word(status: &RefillStatus) -> RefillWord {
    match status {
        RefillStatus::Pending => RefillWord::Pending,
        RefillStatus::InProgress => RefillWord::InProgress,
        RefillStatus::Completed => RefillWord::Completed,
        RefillStatus::Rejected => RefillWord::Rejected,
        RefillStatus::Canceled => RefillWord::Canceled,
    }
}

fn ok(body: Body) -> Response {
    Response::builder()
        // To the letter: one widely used client takes nothing else for an object.
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CACHE_CONTROL, "no-store")
        .header(EXTENSIONS_HEADER, EXTENSION_REQUEST_ID)
        .body(body)
}

/// The panel cannot answer. `Retry-After` only where it is certain that nothing was done.
fn unavailable(seen: &Seen, fault: &Error) -> Response {
    log_unanswered(seen, fault);
    let mut response = unavailable_at_all();
    if matches!(fault, Error::Failed(Failure::Overloaded { .. })) {
        let after = HeaderValue::from_static("1");
        response.headers_mut().insert(header::RETRY_AFTER, after);
    }
    response
}

fn unavailable_at_all() -> Response {
    Response::builder()
        .status(StatusCode::SERVICE_UNAVAILABLE)
        .header(header::CACHE_CONTROL, "no-store")
        .header(EXTENSIONS_HEADER, EXTENSION_REQUEST_ID)
        .body(())
}

fn log_unanswered(seen: &Seen, error: &dyn Display) {
    let (face, action) = (seen.call.face().word(), seen.call.word());
    let account = seen.account.map(|account| account.0);
    tracing::error!(face, action, account, %error, "a request was not answered");
}

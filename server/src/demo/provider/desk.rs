//! Where requests are answered: the protocol's actions over the [`Book`], and whatever the
//! scripts and faults put in their place. Nothing here waits or does input and output.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use secrecy::ExposeSecret;

use super::KEY;
use super::answer::{Answer, Fault};
use super::book::{Accepted, Book};
use super::dialect::Dialect;
use super::request::{Incoming, SeenRequest};
use super::script::{AddAnswer, ORDER_PLACEHOLDER, Script};
use super::service::ProviderService;
use crate::clock::Time;
use crate::money::Money;
use crate::protocol::reply;
use crate::protocol::{Action, AddRequest, Asked, AskedId, Call, sentence};

/// What a request of a count is called among the actions.
const COUNT: &str = "count";

/// Everything that can be set, and everything that was seen.
pub(super) struct Desk {
    pub(super) book: Book,
    pub(super) services: BTreeMap<i64, Arc<ProviderService>>,
    pub(super) next_scripts: HashMap<i64, VecDeque<Script>>,
    pub(super) faults: HashMap<String, VecDeque<Fault>>,
    /// What is answered to each `status` that asks about one of these orders.
    pub(super) breaking: HashMap<i64, Fault>,
    pub(super) dialect: Dialect,
    pub(super) requests: Vec<SeenRequest>,
    pub(super) keeps_requests: bool,
    pub(super) keeps_request_ids: bool,
    /// Which order a `request_id` placed, and with what request.
    placed: HashMap<String, (AddRequest, i64)>,
}

impl Desk {
    /// A desk that sells nothing yet, with this balance.
    pub(super) fn new(balance: Money) -> Desk {
        Desk {
            book: Book::new(balance),
            services: BTreeMap::new(),
            next_scripts: HashMap::new(),
            faults: HashMap::new(),
            breaking: HashMap::new(),
            dialect: Dialect::default(),
            requests: Vec::new(),
            keeps_requests: true,
            keeps_request_ids: false,
            placed: HashMap::new(),
        }
    }

    /// Answers one request.
    pub(super) fn answer(&mut self, now: Time, incoming: &Incoming<'_>) -> Answer {
        if self.keeps_requests {
            self.requests.push(incoming.seen());
        }
        let Ok(params) = incoming.params() else {
            return refused(sentence::INCORRECT_REQUEST);
        };
        let action = params.last("action").unwrap_or_default();
        if let Some(fault) = self.faults.get_mut(action).and_then(VecDeque::pop_front) {
            return fault.into();
        }
        self.book.settle_due(now);
        let call = Call::read(params);
        match (call.key, call.action) {
            (None, _) => refused(sentence::INCORRECT_REQUEST),
            (Some(key), _) if key.expose_secret() != KEY => refused(sentence::INVALID_API_KEY),
            (Some(_), Err(bad)) => refused(&bad.to_string()),
            (Some(_), Ok(Action::Add(request))) => self.add(now, *request),
            (Some(_), Ok(Action::Services)) => Answer::json(self.list()),
            (Some(_), Ok(Action::Balance)) => Answer::json(reply::balance(self.book.balance())),
            (Some(_), Ok(Action::Status(asked))) => match self.breaking(&asked) {
                Some(fault) => fault.into(),
                None => Answer::json(self.status(now, asked)),
            },
            (Some(_), Ok(Action::Refill(asked))) => Answer::json(self.refill(now, asked)),
            (Some(_), Ok(Action::RefillStatus(asked))) => {
                Answer::json(self.refill_status(now, asked))
            }
            (Some(_), Ok(Action::Cancel(asked))) => Answer::json(self.cancel(now, asked)),
        }
    }

    /// Answers as a count source: what the target of the link in the query shows now.
    pub(super) fn count(&mut self, now: Time, incoming: &Incoming<'_>) -> Answer {
        let mut seen = incoming.seen();
        seen.action = COUNT.to_owned();
        let link = seen.fields.iter().find(|(name, _)| name == "link");
        let link = link.map(|(_, link)| link.clone());
        if self.keeps_requests {
            self.requests.push(seen);
        }
        if let Some(fault) = self.faults.get_mut(COUNT).and_then(VecDeque::pop_front) {
            return fault.into();
        }
        match link {
            Some(link) => {
                let count = self.book.target(now, &link);
                Answer::json(serde_json::json!({"count": count}).to_string())
            }
            None => refused(sentence::INCORRECT_REQUEST),
        }
    }

    fn add(&mut self, now: Time, request: AddRequest) -> Answer {
        let request_id = request
            .request_id
            .clone()
            .filter(|_| self.keeps_request_ids);
        if let Some((before, order)) = request_id.as_ref().and_then(|id| self.placed.get(id)) {
            return if *before == request {
                Answer::json(reply::order(*order))
            } else {
                refused(sentence::REQUEST_ID_REUSED)
            };
        }
        let (answer, order) = match self.place(now, &request) {
            Ok(placed) => placed,
            Err(sentence) => return refused(&sentence),
        };
        if let (Some(request_id), Some(order)) = (request_id, order) {
            self.placed.insert(request_id, (request, order));
        }
        answer
    }

    /// Judges an order as a provider does, then lets the script decide: the answer, and the id if
    /// the order is accepted; or the sentence that refuses it.
    fn place(&mut self, now: Time, request: &AddRequest) -> Result<(Answer, Option<i64>), String> {
        let service = request
            .service
            .and_then(|id| self.services.get(&id))
            .cloned();
        let service = service.ok_or(sentence::INCORRECT_SERVICE_ID)?;
        let link = request.link.clone().ok_or(sentence::BAD_LINK)?;
        let quantity = service.quantity(request)?;
        let charge = service
            .charge(quantity)
            .map_err(|_| sentence::quantity_more_than(service.max))?;
        let next = self
            .next_scripts
            .get_mut(&service.id)
            .and_then(VecDeque::pop_front);
        let plan = next.as_ref().unwrap_or(&service.script).plan();
        let accept = |course| {
            let accepted = Accepted {
                service,
                link,
                quantity,
                charge,
                details: details(request),
                request_id: request.request_id.clone(),
                course,
            };
            self.book.accept(now, accepted)
        };
        let order = plan.course.map(accept).transpose()?;
        let answer = match (plan.answer, order) {
            (AddAnswer::Fixed(answer), None) => answer,
            (AddAnswer::Fixed(answer), Some(id)) => {
                answer.filled(ORDER_PLACEHOLDER, &id.to_string())
            }
            (AddAnswer::Id, Some(id)) => Answer::json(reply::order(id)),
            (AddAnswer::Id, None) => refused(sentence::INCORRECT_REQUEST),
        };
        Ok((answer, order))
    }

    fn list(&self) -> String {
        let lines: Vec<_> = self
            .services
            .values()
            .map(|service| service.line())
            .collect();
        reply::services(&lines)
    }

    /// The failure of an answer about these orders, if one of them breaks it.
    fn breaking(&self, asked: &Asked) -> Option<Fault> {
        let ids = match asked {
            Asked::One(id) => std::slice::from_ref(id),
            Asked::Many(ids) => ids,
        };
        let mut faults = ids.iter().filter_map(|asked| self.breaking.get(&asked.id?));
        faults.next().cloned()
    }

    fn status(&self, now: Time, asked: Asked) -> String {
        if let Some(refusal) = self.dialect.refusal(&asked) {
            return reply::error(refusal);
        }
        match asked {
            Asked::One(id) => self.dialect.one(self.book.status(now, &id)),
            Asked::Many(ids) => self.dialect.many(each(ids, |id| self.book.status(now, id))),
        }
    }

    fn refill(&mut self, now: Time, asked: Asked) -> String {
        match asked {
            Asked::One(id) => match self.book.refill(now, &id) {
                Ok(refill) => reply::refill(refill),
                Err(sentence) => reply::error(&sentence),
            },
            Asked::Many(ids) => reply::refills(&each(ids, |id| self.book.refill(now, id))),
        }
    }

    fn refill_status(&self, now: Time, asked: Asked) -> String {
        if let Some(refusal) = self.dialect.refusal(&asked) {
            return reply::error(refusal);
        }
        match asked {
            Asked::One(id) => match self.book.refill_status(now, &id) {
                Some(word) => reply::refill_status(word),
                None => reply::error(sentence::REFILL_NOT_FOUND),
            },
            Asked::Many(ids) => {
                reply::refill_statuses(&each(ids, |id| self.book.refill_status(now, id)))
            }
        }
    }

    fn cancel(&mut self, now: Time, asked: Asked) -> String {
        if let Some(refusal) = self.dialect.refusal(&asked) {
            return reply::error(refusal);
        }
        match asked {
            Asked::One(id) => reply::cancel_one(&id, &self.book.cancel(now, &id)),
            Asked::Many(ids) => reply::cancels(&each(ids, |id| self.book.cancel(now, id))),
        }
    }
}

fn refused(sentence: &str) -> Answer {
    Answer::json(reply::error(sentence))
}

/// Each id with what `of` says of it.
fn each<T>(ids: Vec<AskedId>, mut of: impl FnMut(&AskedId) -> T) -> Vec<(AskedId, T)> {
    ids.into_iter()
        .map(|id| {
            let told = of(&id);
            (id, told)
        })
        .collect()
}

/// The fields of an order beside its service, link, quantity and `request_id`.
fn details(request: &AddRequest) -> Vec<(String, String)> {
    let runs = [
        ("runs", request.runs.as_deref()),
        ("interval", request.interval.as_deref()),
    ];
    let runs = runs
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)));
    request
        .details()
        .chain(runs)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

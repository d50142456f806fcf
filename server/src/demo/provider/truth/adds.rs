//! Answers to `add`: what is stored, and what is said about it, which need not agree.

use super::dialect::IdPlace;
use super::house::{Form, House, field, sold};
use super::key_of;
use super::lot::Lot;
use super::odd::OddAnswer;
use super::phrases::Meaning;
use super::spelling::{Spelling, is_number, plain};
use crate::clock::Time;
use crate::demo::provider::answer::Answer;
use crate::money::Money;

/// An order that is asked for: when, its link, its units and their price.
pub(super) type Order<'a> = (Time, &'a str, (i64, Money));

/// What goes wrong while an order is placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AddFault {
    /// Stored; the connection ends without an answer.
    StoredDropped,
    /// Stored; no answer within any time-out.
    StoredHung,
    /// Stored; a proxy answers with a page.
    StoredPage,
    /// Stored; the software fails afterwards and says so.
    StoredFault,
    /// The same, in words that look like those of a refusal.
    StoredTrap,
    /// Stored; the id stands beside an error.
    StoredIdBesideError,
    /// Stored; two JSON values, the second an error.
    StoredTwoValues,
    /// Stored; the answer says "ok" where errors stand.
    StoredOk,
    /// Stored; the answer breaks off.
    StoredCut,
    /// Stored; a number or a flag where errors stand.
    StoredFlag,
    /// Not stored; a proxy answers with a page.
    LostPage,
    /// Not stored; the connection ends.
    LostDropped,
    /// Not stored; the software fails before, and says so in the same words.
    LostFault,
    /// Not stored; an error beside the id of an older order.
    LostOldId,
    /// Not stored; an error beside the id of somebody else's order.
    LostForeignId,
}

impl AddFault {
    const ALL: [AddFault; 15] = [
        AddFault::StoredDropped,
        AddFault::StoredHung,
        AddFault::StoredPage,
        AddFault::StoredFault,
        AddFault::StoredTrap,
        AddFault::StoredIdBesideError,
        AddFault::StoredTwoValues,
        AddFault::StoredOk,
        AddFault::StoredCut,
        AddFault::StoredFlag,
        AddFault::LostPage,
        AddFault::LostDropped,
        AddFault::LostFault,
        AddFault::LostOldId,
        AddFault::LostForeignId,
    ];

    /// Whether the order is stored and its id is not in the answer.
    const fn keeps_id_back(self) -> bool {
        matches!(
            self,
            AddFault::StoredDropped
                | AddFault::StoredHung
                | AddFault::StoredPage
                | AddFault::StoredFault
                | AddFault::StoredTrap
                | AddFault::StoredOk
                | AddFault::StoredFlag
        )
    }

    const fn name(self) -> &'static str {
        match self {
            AddFault::StoredDropped => "add: stored, connection closed",
            AddFault::StoredHung => "add: stored, no answer",
            AddFault::StoredPage => "add: stored, a proxy's page",
            AddFault::StoredFault => "add: stored, then a fault",
            AddFault::StoredTrap => "add: stored, a fault that reads like a refusal",
            AddFault::StoredIdBesideError => "add: stored, an id beside an error",
            AddFault::StoredTwoValues => "add: stored, two values",
            AddFault::StoredOk => "add: stored, ok as an error",
            AddFault::StoredCut => "add: stored, a broken answer",
            AddFault::StoredFlag => "add: stored, a flag as an error",
            AddFault::LostPage => "add: not stored, a proxy's page",
            AddFault::LostDropped => "add: not stored, connection closed",
            AddFault::LostFault => "add: not stored, a fault",
            AddFault::LostOldId => "add: not stored, an older id beside an error",
            AddFault::LostForeignId => "add: not stored, a foreign id beside an error",
        }
    }
}

/// In how many of 1,000 orders each kind of refusal occurs.
const BAD_LINKS: u32 = 30;
const NOT_SOLD: u32 = 3;
const TOO_MANY: u32 = 8;
const OTHERS_ORDER: u32 = 2;
/// Of the faults, how many hang: each costs the client its whole time-out.
const HANGS: u32 = 100;

impl House {
    /// Answers `add`.
    pub(super) fn add(&mut self, now: Time, form: &Form) -> Answer {
        let link = field(form, "link").to_owned();
        let Some(sold) = sold(form) else {
            return self.says(200, r#"{"error":"Incorrect quantity"}"#.to_owned());
        };
        let attempt = self.count_attempt(&link);
        let key = key_of(&link);
        let mut of_link = Lot::new(self.seed, &["link", key]);
        let mut lot = Lot::new(self.seed, &["add", key, &attempt.to_string()]);
        let number = lot.between(1, 99_999);
        if let Some(meaning) = self.refusal(now, &link, &mut of_link, &mut lot) {
            let wait = meaning == Meaning::TooManyRequests && lot.per_mille(500);
            let answer = self.refuses(meaning, &link, number);
            return match wait {
                true => Answer::rate_limited("Too Many Requests".to_owned(), 20),
                false => answer,
            };
        }
        if !lot.per_mille(self.dialect.rates.add) {
            let mut of_oddity = Lot::new(self.seed, &["odd", key, &attempt.to_string()]);
            let order = (now, link.as_str(), sold);
            return match OddAnswer::draw(&mut of_oddity, self.dialect.rates.odd) {
                Some(odd) => self.accept_oddly(odd, order, &mut lot),
                None => self.accept(order, &mut lot),
            };
        }
        let mut fault = lot.of(AddFault::ALL);
        if fault == AddFault::StoredHung && !lot.per_mille(HANGS) {
            fault = AddFault::StoredDropped;
        }
        self.note(&link, fault.name());
        self.fail(fault, (now, &link, sold), &mut lot)
    }

    /// Why the order is refused, if it is; nothing is stored then.
    fn refusal(&self, now: Time, link: &str, of_link: &mut Lot, lot: &mut Lot) -> Option<Meaning> {
        if lot.per_mille(TOO_MANY) {
            return Some(Meaning::TooManyRequests);
        }
        if self.is_short_of_funds(now) {
            return Some(Meaning::OurFunds);
        }
        if of_link.per_mille(BAD_LINKS) {
            return Some(Meaning::OrderFault);
        }
        if of_link.per_mille(NOT_SOLD) {
            return Some(Meaning::ServiceNotSold);
        }
        let is_active = self.book.is_active_on(link, now) || of_link.per_mille(OTHERS_ORDER);
        (self.dialect.checks_links && is_active).then_some(Meaning::WaitForLink)
    }

    pub(super) fn store(&mut self, (now, link, sold): Order<'_>, lot: &mut Lot) -> String {
        self.book.store(lot, link, sold, now)
    }

    pub(super) fn accept(&mut self, order: Order<'_>, lot: &mut Lot) -> Answer {
        let id = self.store(order, lot);
        self.book.tell(&id);
        let body = self.accepted_body(&self.written(&id), order.2.1);
        self.says(self.dialect.http.0, body)
    }

    fn fail(&mut self, fault: AddFault, order: Order<'_>, lot: &mut Lot) -> Answer {
        let (link, charge) = (order.1, order.2.1);
        let number = lot.between(1, 99_999);
        let untold = self.last_untold.clone().filter(|_| lot.per_mille(500));
        let older = untold.or_else(|| self.book.last().map(|order| order.id.clone()));
        let foreign = self.book.foreign_id();
        let id = match fault {
            AddFault::LostPage | AddFault::LostDropped | AddFault::LostFault => String::new(),
            AddFault::LostOldId => older.unwrap_or(foreign),
            AddFault::LostForeignId => foreign,
            AddFault::StoredDropped
            | AddFault::StoredHung
            | AddFault::StoredPage
            | AddFault::StoredFault
            | AddFault::StoredTrap
            | AddFault::StoredIdBesideError
            | AddFault::StoredTwoValues
            | AddFault::StoredOk
            | AddFault::StoredCut
            | AddFault::StoredFlag => self.store(order, lot),
        };
        if fault.keeps_id_back() {
            self.last_untold = Some(id.clone());
        }
        let http = self.dialect.http.0;
        match fault {
            AddFault::StoredDropped | AddFault::LostDropped => Answer::Drop,
            AddFault::StoredHung => Answer::Hang,
            AddFault::StoredPage | AddFault::LostPage => proxy_page(lot),
            AddFault::StoredFault | AddFault::LostFault => {
                self.refuses(Meaning::ServerFault, link, number)
            }
            AddFault::StoredTrap => {
                let text = self.dialect.phrases.trap(link, number);
                self.says_error(Meaning::ServerFault, text)
            }
            AddFault::StoredOk => self.refuses(Meaning::NotARefusal, link, number),
            AddFault::StoredFlag => {
                let body = lot.of([r#"{"error":1}"#, r#"{"error":true}"#, r#"{"error":"500"}"#]);
                self.says(http, body.to_owned())
            }
            AddFault::StoredCut => {
                let body = self.accepted_body(&self.written(&id), charge);
                let cut = body.len() / 2;
                self.says(http, body.chars().take(cut).collect())
            }
            AddFault::StoredTwoValues => {
                let first = self.accepted_body(&self.written(&id), charge);
                let second = lot.of([
                    r#"{"error":"Not enough funds on balance"}"#,
                    r#"{"error":"Bad link"}"#,
                    r#"{"order":77001}"#,
                ]);
                self.says(http, format!("{first}{second}"))
            }
            AddFault::StoredIdBesideError | AddFault::LostOldId | AddFault::LostForeignId => {
                let text = lot.of([
                    "Webhook failed",
                    "Not enough funds on balance",
                    "Bad link",
                    "Something went wrong",
                ]);
                self.means(text, Meaning::ServerFault);
                let id = self.written(&id);
                let name = lot.of(["order", "order_id", "orderId", "id"]);
                self.says(http, format!(r#"{{"{name}":{id},"error":"{text}"}}"#))
            }
        }
    }

    /// An id as this provider writes it.
    pub(super) fn written(&self, id: &str) -> String {
        let spelling = self.dialect.spelling;
        let spelled = spelling.spell(id);
        // A number with zeros before it is no JSON.
        let may_be_number = is_number(plain(id)) && spelling != Spelling::Zeros;
        match may_be_number && !self.dialect.id_as_text {
            true => spelled,
            false => format!("\"{spelled}\""),
        }
    }

    /// An acceptance with this in place of the id.
    pub(super) fn accepted_body(&self, id: &str, charge: Money) -> String {
        let beside = self.dialect.beside_id;
        let charge = match self.dialect.says_charge && self.dialect.numbers {
            true => format!(r#","charge":"{charge}","currency":"USD""#),
            false => String::new(),
        };
        match self.dialect.id_place {
            IdPlace::Field(name) => format!(r#"{{"{name}":{id}{charge}{beside}}}"#),
            IdPlace::BesideSuccess(name) => {
                format!(r#"{{"status":"success","{name}":{id}{charge}{beside}}}"#)
            }
            IdPlace::Within(outer, name) => {
                format!(r#"{{"status":"success","{outer}":{{"{name}":{id}{charge}}}{beside}}}"#)
            }
        }
    }
}

/// What a proxy or a cache shows in front of a provider that did not answer it in time.
pub(super) fn proxy_page(lot: &mut Lot) -> Answer {
    const PAGE: &str = "<html><head><title>Error</title></head><body><h1>The server did not \
        answer in time</h1><p>order of the request: 7</p></body></html>";
    let status = lot.of([502, 503, 504, 520, 522, 524]);
    match lot.per_mille(300) {
        true => Answer::retry_later(PAGE.to_owned(), 5),
        false => Answer::page(status, "text/html", PAGE.to_owned()),
    }
}

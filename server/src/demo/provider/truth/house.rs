//! One generated provider: its dialect, its book, and what it answered to whom.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::book::Book;
use super::dialect::Dialect;
use super::form;
use super::lot::Lot;
use super::phrases::Meaning;
use super::{LINES_SERVICE, SERVICE, key_of, rate};
use crate::clock::Time;
use crate::demo::provider::answer::Answer;
use crate::money::Money;
use crate::protocol::lines;

/// A provider whose truth is known.
pub(super) struct House {
    pub(super) seed: u64,
    pub(super) dialect: Dialect,
    pub(super) book: Book,
    started: Time,
    /// How often an order for a link was asked for.
    attempts: HashMap<String, i64>,
    /// How often what was asked.
    asked: i64,
    /// What it meant by what it said, by the text as it was sent.
    meanings: HashMap<String, Meaning>,
    /// What it meant by the last refusal of an order for a link.
    refused: HashMap<String, Meaning>,
    /// The order that it stored last without giving its id.
    pub(super) last_untold: Option<String>,
    /// What went wrong with the order on a link, in its own view.
    faults: HashMap<String, Vec<&'static str>>,
    /// How often what went wrong.
    pub(super) counts: BTreeMap<&'static str, usize>,
}

/// A form as it was understood.
pub(super) type Form = HashMap<String, String>;

impl House {
    pub(super) fn new(seed: u64, provider: usize, started: Time) -> House {
        let dialect = Dialect::draw(seed);
        House {
            seed,
            book: Book::new(provider, dialect.first_id, dialect.id_prefix),
            dialect,
            started,
            attempts: HashMap::new(),
            asked: 0,
            meanings: HashMap::new(),
            refused: HashMap::new(),
            last_untold: None,
            faults: HashMap::new(),
            counts: BTreeMap::new(),
        }
    }

    /// Answers one request.
    pub(super) fn answer(&mut self, now: Time, body: &[u8], key: &str) -> Answer {
        let form = form::read(self.dialect.reader, body);
        if field(&form, "key") != key {
            return self.says(200, r#"{"error":"Invalid API key"}"#.to_owned());
        }
        match field(&form, "action") {
            "add" => self.add(now, &form),
            "status" => self.status(now, &form),
            "cancel" => self.cancel(now, &form),
            "balance" => self.balance(now),
            "services" => self.services(),
            _ => self.says(200, r#"{"error":"Incorrect request"}"#.to_owned()),
        }
    }

    /// A body, with what this provider prints around it.
    pub(super) fn says(&self, status: u16, body: String) -> Answer {
        let (before, behind) = self.dialect.around;
        let body = match self.dialect.printed_twice {
            true => format!("{before}{body}\n{body}{behind}"),
            false => format!("{before}{body}{behind}"),
        };
        Answer::page(status, self.dialect.content_type, body)
    }

    /// A refusal in this provider's words.
    pub(super) fn refuses(&mut self, meaning: Meaning, link: &str, number: i64) -> Answer {
        self.refused.insert(key_of(link).to_owned(), meaning);
        let text = self.dialect.phrases.say(meaning, link, number);
        self.says_error(meaning, text)
    }

    /// This text where an error stands, whatever it means.
    pub(super) fn says_error(&mut self, meaning: Meaning, text: String) -> Answer {
        let body = format!(r#"{{"error":{}}}"#, Value::from(text.as_str()));
        self.meanings.insert(text, meaning);
        self.says(self.dialect.http.1, body)
    }

    /// Remembers what was meant by a text that stands in an answer of another shape; as a refusal it may
    /// mean something else.
    pub(super) fn means(&mut self, text: &str, meaning: Meaning) {
        self.meanings.entry(text.to_owned()).or_insert(meaning);
    }

    /// What this provider meant by a text that it sent.
    pub(super) fn meaning(&self, text: &str) -> Option<Meaning> {
        self.meanings.get(text).copied()
    }

    /// What it meant by the last refusal of an order for `link`.
    pub(super) fn last_refusal(&self, link: &str) -> Option<Meaning> {
        self.refused.get(link).copied()
    }

    /// Remembers that something went wrong with the order on `link`.
    pub(super) fn note(&mut self, link: &str, fault: &'static str) {
        *self.counts.entry(fault).or_default() += 1;
        self.faults
            .entry(key_of(link).to_owned())
            .or_default()
            .push(fault);
    }

    /// What went wrong with the order on `link`.
    pub(super) fn faults(&self, link: &str) -> &[&'static str] {
        self.faults.get(link).map_or(&[], Vec::as_slice)
    }

    /// The number of this attempt to order for `link`, from 1.
    pub(super) fn count_attempt(&mut self, link: &str) -> i64 {
        let attempts = self.attempts.entry(key_of(link).to_owned()).or_default();
        *attempts += 1;
        *attempts
    }

    /// The draws for one question that may be asked again, another each time.
    pub(super) fn lot_of_question(&mut self, action: &str) -> Lot {
        self.asked += 1;
        Lot::new(self.seed, &[action, &self.asked.to_string()])
    }

    /// Whether it has no funds of ours at the moment.
    pub(super) fn is_short_of_funds(&self, now: Time) -> bool {
        let since_start = now.ms_since(self.started);
        self.dialect
            .short_of_funds
            .is_some_and(|(from, to)| (from..to).contains(&since_start))
    }

    fn balance(&self, now: Time) -> Answer {
        let amount = match self.is_short_of_funds(now) {
            true => "0.00",
            false => "48211.7731",
        };
        let body = match self.dialect.numbers {
            true => format!(r#"{{"balance":{amount},"currency":"USD"}}"#),
            false => format!(r#"{{"balance":"{amount}","currency":"USD"}}"#),
        };
        self.says(200, body)
    }

    fn services(&self) -> Answer {
        let line = |id: i64, kind: &str| {
            let id = match self.dialect.numbers {
                true => id.to_string(),
                false => format!("\"{id}\""),
            };
            let rate = rate();
            [
                format!(r#"{{"service":{id},"name":"Followers {kind}","type":"{kind}","#),
                format!(r#""rate":"{rate}","min":"1","max":"100000","dripfeed":true,"#),
                r#""refill":false,"cancel":true,"category":"Instagram"}"#.to_owned(),
            ]
            .concat()
        };
        let (plain, comments) = (
            line(SERVICE, "Default"),
            line(LINES_SERVICE, "Custom Comments"),
        );
        Answer::page(
            200,
            self.dialect.content_type,
            format!("[{plain},{comments}]"),
        )
    }
}

/// A field of a form; empty if it is not there.
pub(super) fn field<'f>(form: &'f Form, name: &str) -> &'f str {
    form.get(name).map_or("", String::as_str)
}

/// How many units a form orders, and their price.
pub(super) fn sold(form: &Form) -> Option<(i64, Money)> {
    let quantity = match form.get("comments").filter(|text| !text.is_empty()) {
        Some(comments) => i64::try_from(lines(comments).len()).ok()?,
        None => field(form, "quantity").parse().ok()?,
    };
    let charge = rate().charge(quantity).ok()?;
    (quantity > 0).then_some((quantity, charge))
}

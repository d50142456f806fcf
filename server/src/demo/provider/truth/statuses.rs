//! Answers to `status` and `cancel`: the truth, in this provider's shapes; and the slips.

use serde_json::Value;

use super::adds::proxy_page;
use super::book::{State, Stored, is_end};
use super::dialect::{CancelShape, ManyShape, OneShape, Remains};
use super::house::{Form, House, field};
use super::lot::Lot;
use crate::clock::Time;
use crate::demo::provider::answer::Answer;
use crate::protocol::OrderWord;

const UNKNOWN: &str = r#"{"error":"Incorrect order ID"}"#;

/// One line of an answer: the id that it is about, and its fields as JSON without the braces.
struct Line {
    id: String,
    /// `None` for an id that is not known here.
    fields: Option<String>,
}

impl Line {
    /// The line as an object, naming its order under `name`.
    fn object(&self, house: &House, name: Option<&str>) -> String {
        match (&self.fields, name) {
            (None, None) => UNKNOWN.to_owned(),
            (None, Some(name)) => {
                format!(r#"{{"{name}":"{}","error":"Incorrect order ID"}}"#, self.id)
            }
            (Some(fields), None) => format!("{{{fields}}}"),
            (Some(fields), Some(name)) => {
                format!(r#"{{"{name}":{},{fields}}}"#, house.written(&self.id))
            }
        }
    }
}

impl House {
    /// Answers `status`.
    pub(super) fn status(&mut self, now: Time, form: &Form) -> Answer {
        let many = field(form, "orders");
        let one = field(form, "order");
        let is_many = !many.is_empty();
        let ids: Vec<String> = if is_many { many } else { one }
            .split(',')
            .map(|id| id.trim().to_owned())
            .filter(|id| !id.is_empty())
            .collect();
        let mut lot = self.lot_of_question("status");
        if lot.per_mille(self.dialect.rates.status) {
            return self.status_fault(now, &ids, &mut lot);
        }
        if is_many && self.dialect.many == ManyShape::OnlyOne {
            return self.says(
                self.dialect.http.1,
                r#"{"error":"Incorrect request"}"#.into(),
            );
        }
        if ids.len() > self.dialect.many_max {
            let body = format!(r#"{{"error":"Maximum {} orders"}}"#, self.dialect.many_max);
            return self.says(self.dialect.http.1, body);
        }
        let lines: Vec<Line> = ids.iter().map(|id| self.line(now, id)).collect();
        let bad = lines.iter().any(|line| line.fields.is_none());
        if bad && (!is_many || self.dialect.refuses_bad_ids) {
            return self.says(self.dialect.http.1, UNKNOWN.to_owned());
        }
        let body = match (is_many, lines.first()) {
            (false, Some(line)) => self.one_body(line),
            _ => self.many_body(lines),
        };
        self.says(200, body)
    }

    /// The key of a line.
    fn key(&self, asked: &str) -> String {
        match self.dialect.keys_as_asked {
            true => asked.to_owned(),
            false => self.dialect.spelling.spell(asked),
        }
    }

    fn one_body(&self, line: &Line) -> String {
        match self.dialect.one {
            OneShape::Plain => line.object(self, None),
            OneShape::Named(name) => line.object(self, Some(name)),
            OneShape::Enveloped(word) => {
                format!(
                    r#"{{"status":"{word}","data":{}}}"#,
                    line.object(self, None)
                )
            }
            OneShape::Listed => format!("[{}]", line.object(self, Some("order"))),
        }
    }

    fn many_body(&self, mut lines: Vec<Line>) -> String {
        let keyed = |lines: &[Line]| {
            let members: Vec<String> = lines
                .iter()
                .map(|line| format!("\"{}\":{}", self.key(&line.id), line.object(self, None)))
                .collect();
            format!("{{{}}}", members.join(","))
        };
        let listed = |lines: &[Line], name: Option<&str>| {
            let items: Vec<String> = lines.iter().map(|line| line.object(self, name)).collect();
            format!("[{}]", items.join(","))
        };
        lines.sort_by_key(|line| self.book.age(&line.id));
        match self.dialect.many {
            ManyShape::Keyed | ManyShape::OnlyOne => keyed(&lines),
            ManyShape::KeyedWithin(outer) => {
                format!(r#"{{"status":"success","{outer}":{}}}"#, keyed(&lines))
            }
            ManyShape::Named(name) => listed(&lines, Some(name)),
            ManyShape::NamedWithin(outer, name) => {
                format!(r#"{{"{outer}":{}}}"#, listed(&lines, Some(name)))
            }
            ManyShape::UnnamedByAge => listed(&lines, None),
            ManyShape::UnnamedNewestFirst => {
                lines.reverse();
                listed(&lines, None)
            }
            ManyShape::KeyedByPosition => {
                let members: Vec<String> = lines
                    .iter()
                    .enumerate()
                    .map(|(at, line)| format!("\"{at}\":{}", line.object(self, None)))
                    .collect();
                format!("{{{}}}", members.join(","))
            }
        }
    }

    /// The truth about one order, unless its turn to be told wrongly has come.
    fn line(&mut self, now: Time, id: &str) -> Line {
        self.book.note_asked(id);
        let Some(order) = self.book.find(id) else {
            return Line {
                id: id.to_owned(),
                fields: None,
            };
        };
        let state = order.state(now);
        let link = order.link.clone();
        let slip = self.slip(order, state, now);
        if slip.is_some() {
            self.book.count_slip(id);
            self.note(&link, "status: a wrong end, once");
        }
        Line {
            id: id.to_owned(),
            fields: Some(self.fields(slip.unwrap_or(state))),
        }
    }

    /// An end that is none, or a partial end with a wrong number; told once of an order.
    fn slip(&self, order: &Stored, state: State, now: Time) -> Option<State> {
        let mut lot = Lot::new(self.seed, &["slip", &order.id]);
        if order.slips > 0 || !lot.per_mille(self.dialect.rates.flap) {
            return None;
        }
        match state.word {
            OrderWord::InProgress if order.is_in_second_half(now) => Some(State {
                word: lot.of([OrderWord::Canceled, OrderWord::Partial]),
                ..state
            }),
            OrderWord::Partial if state.remains > 1 => Some(State {
                remains: state.remains - 1,
                ..state
            }),
            OrderWord::Completed => Some(State {
                word: OrderWord::Canceled,
                ..state
            }),
            OrderWord::Pending
            | OrderWord::InProgress
            | OrderWord::Processing
            | OrderWord::Partial
            | OrderWord::Canceled => None,
        }
    }

    fn fields(&self, state: State) -> String {
        let word = Value::from(self.dialect.word(state.word));
        let remains = match self.dialect.running_remains {
            Remains::Fixed(text) if !is_end(state.word) => format!("\"{text}\""),
            Remains::Number | Remains::Fixed(_) if self.dialect.numbers => {
                state.remains.to_string()
            }
            Remains::Number | Remains::Fixed(_) => format!("\"{}\"", state.remains),
        };
        let charge = match (self.dialect.says_charge, self.dialect.numbers) {
            (false, _) => String::new(),
            (true, true) => format!(r#""charge":{},"#, state.charge),
            (true, false) => format!(r#""charge":"{}","#, state.charge),
        };
        format!(
            r#"{charge}"start_count":"12","status":{word},"remains":{remains},"currency":"USD""#
        )
    }

    /// An answer that is of no use.
    fn status_fault(&mut self, now: Time, ids: &[String], lot: &mut Lot) -> Answer {
        let links = ids
            .iter()
            .filter_map(|id| Some(self.book.find(id)?.link.clone()));
        let links: Vec<String> = links.collect();
        let kind = lot.between(0, 8);
        let name = match kind {
            0 => "status: a proxy's page",
            1 => "status: a failed request",
            2 => "status: another order's line",
            3 => "status: no number",
            4 => "status: a broken answer",
            5 => "status: no answer",
            _ => "status: a refusal",
        };
        for link in &links {
            self.note(link, name);
        }
        let foreign = self.book.foreign_id();
        let state = ids
            .first()
            .and_then(|id| Some(self.book.find(id)?.state(now)));
        let fields = state.map(|state| self.fields(state)).unwrap_or_default();
        match kind {
            0 => proxy_page(lot),
            1 => {
                let body = lot.of([
                    r#"{"status":"fail","reason":"Too many requests"}"#,
                    r#"{"status":"failed","code":500}"#,
                    r#"{"status":"canceled","message":"request timed out"}"#,
                    r#"{"status":"error","message":"Database is away"}"#,
                ]);
                self.says(200, body.to_owned())
            }
            2 => {
                let word = Value::from(self.dialect.word(OrderWord::Canceled));
                let line = format!(
                    r#"{{"order":{},"charge":"0.00","start_count":"0","status":{word},"remains":"0"}}"#,
                    self.written(&foreign)
                );
                self.says(200, line)
            }
            3 => {
                let id = ids.first().map_or("", String::as_str);
                let body = format!(r#"{{"{id}":{{{fields},"average_time":NaN}}}}"#);
                self.says(200, body)
            }
            4 => self.says(200, format!(r#"{{"0":{{{fields}"#)),
            5 => Answer::Drop,
            _ => {
                let body = lot.of([
                    r#"{"error":"Too many requests"}"#,
                    r#"{"error":"Something went wrong, try again later"}"#,
                    r#"{"error":"Incorrect request"}"#,
                ]);
                self.says(self.dialect.http.1, body.to_owned())
            }
        }
    }

    /// Answers `cancel`.
    pub(super) fn cancel(&mut self, now: Time, form: &Form) -> Answer {
        let many = field(form, "orders");
        let asked = if many.is_empty() {
            field(form, "order")
        } else {
            many
        };
        let ids: Vec<String> = asked.split(',').map(|id| id.trim().to_owned()).collect();
        if let CancelShape::Refused(text) = self.dialect.cancel {
            let body = format!(r#"{{"error":"{text}"}}"#);
            return self.says(self.dialect.http.1, body);
        }
        for id in &ids {
            let mut lot = Lot::new(self.seed, &["cancel", id]);
            let after = lot.between(0, 20) * 60_000;
            if lot.per_mille(800) {
                self.book.cancel(id, now.plus_ms(after));
            }
        }
        let body = match self.dialect.cancel {
            CancelShape::Whole(body) => body.to_owned(),
            CancelShape::Keyed => {
                let members: Vec<String> = ids
                    .iter()
                    .map(|id| format!(r#""{}":{{"cancel":1}}"#, self.key(id)))
                    .collect();
                format!("{{{}}}", members.join(","))
            }
            CancelShape::Lines | CancelShape::Refused(_) => {
                let items: Vec<String> = ids
                    .iter()
                    .map(|id| format!(r#"{{"order":{},"cancel":1}}"#, self.written(id)))
                    .collect();
                format!("[{}]", items.join(","))
            }
        };
        self.says(200, body)
    }
}

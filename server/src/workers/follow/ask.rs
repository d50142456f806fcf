//! Asking one provider about many ids: in lists where it answers them, one by one where not.
//!
//! "How to ask is learned": a list that is refused as a whole is followed by its ids one by one, in
//! ascending order; a list of two that are answered alone shows whether lists are understood at
//! all; if so, the list is halved until the ids that spoil it stand alone. No id keeps the others
//! from being asked about, and no step sends more than [`ASKS_PER_STEP`] requests.

use std::collections::{HashSet, VecDeque};

use super::answers::{Answered, Answers, Failure, Reports, Silent};
use super::passing::is_passing;
use super::request::{ascending, outgoing};
use crate::catalog::Provider;
use crate::catalog::asking::{AskedAction, Asking, Many, OneId};
use crate::clock::Time;
use crate::panel::Panel;
use crate::protocol::MAX_IDS;
use crate::protocol::upstream::{Said, Unreadable};
use crate::provider::{CallError, Client, Reply};

/// How many requests one step sends to one provider about one question.
pub(super) const ASKS_PER_STEP: usize = 24;

/// "After 3 single asks refused in the same words it stops and alerts."
const MAX_REFUSALS: usize = 3;

/// How many requests in a row may fail in one step, where the step before it failed too.
const MAX_FAILURES: usize = 4;

/// How much of an answer that says nothing is kept, in characters.
const MAX_SHOWN: usize = 200;

/// A question to one provider, and how its answers are read.
pub(super) struct Question<'a, F> {
    pub(super) panel: &'a Panel,
    pub(super) client: &'a Client,
    pub(super) provider: &'a Provider,
    pub(super) action: AskedAction,
    pub(super) now: Time,
    /// Reads what is said of each of these ids.
    pub(super) read: F,
}

enum Called<R> {
    Lines(Vec<Answered<R>>, String),
    Refused(String),
    Failed(Failure),
}

/// How one id was answered.
enum One {
    Line,
    NoLine,
}

struct Asker<'a, 'q, F, R> {
    question: &'q Question<'a, F>,
    asking: Asking,
    budget: usize,
    said: Vec<Answered<R>>,
    silent: Vec<Silent>,
    unasked: Vec<String>,
    failure: Option<Failure>,
    /// Whether an id was answered alone in this step.
    one_works: bool,
    /// Ids that were refused alone, in these words.
    refused: Vec<(String, String)>,
    /// Ids that were not answered alone, and what was seen.
    unanswered: Vec<(String, String)>,
    /// How many requests in a row were not answered.
    failed_in_a_row: usize,
}

/// Asks about `lists` in lists where that is possible, and about `alone` one by one, after them.
pub(super) async fn ask<F, R>(
    question: &Question<'_, F>,
    asking: Asking,
    lists: Vec<String>,
    alone: Vec<String>,
) -> Answers<R>
where
    F: Fn(&[String], &Reply) -> Result<Vec<Said<R>>, Unreadable> + Sync,
    R: Reports + Send,
{
    let size = asking.list_size(question.now);
    let mut asker = Asker {
        question,
        asking,
        budget: ASKS_PER_STEP,
        said: Vec::new(),
        silent: Vec::new(),
        unasked: Vec::new(),
        failure: None,
        one_works: false,
        refused: Vec::new(),
        unanswered: Vec::new(),
        failed_in_a_row: 0,
    };
    let (mut lists, mut one_by_one) = (ascending(lists), VecDeque::from(alone));
    if size == 1 {
        one_by_one = lists.drain(..).chain(one_by_one).collect();
    }
    let mut rest: VecDeque<String> = VecDeque::new();
    for list in lists.chunks(size) {
        match list {
            [only] => rest.push_back(only.clone()),
            list => rest.extend(asker.ask_list(list).await),
        }
    }
    rest.extend(one_by_one);
    while let Some(id) = rest.pop_front() {
        if !asker.may_ask() {
            rest.push_front(id);
            break;
        }
        asker.ask_one(id, &asker.forms()).await;
    }
    asker.finish(rest.into())
}

impl<F, R> Asker<'_, '_, F, R>
where
    F: Fn(&[String], &Reply) -> Result<Vec<Said<R>>, Unreadable> + Sync,
    R: Reports + Send,
{
    /// Asks about a list. Gives the ids that are to be asked about alone.
    async fn ask_list(&mut self, list: &[String]) -> Vec<String> {
        if !self.may_ask() {
            return list.to_vec();
        }
        match self.call(list, OneId::Plural).await {
            Called::Lines(lines, _) if lines.is_empty() => self.ask_unbound(list).await,
            Called::Lines(lines, _) => {
                // Once a day what was learned of their length is tried anew.
                let is_tried_anew = self.asking.list_size(self.question.now) == MAX_IDS;
                if self.asking.many != Some(Many::Works)
                    || (self.asking.largest.is_some() && is_tried_anew)
                {
                    let from = format!("a list of {} ids was answered", list.len());
                    self.learn_many(Many::Works, None, from);
                }
                self.take_lines(list, lines)
            }
            Called::Refused(words) => self.divide(list, &words).await,
            Called::Failed(failure) => {
                self.fail(failure);
                match self.failure {
                    None => self.halve(list.to_vec(), list.len()).await,
                    Some(_) => Vec::new(),
                }
            }
        }
    }

    /// Takes in that a request was not answered. What may be over in a minute ends the step; where
    /// nothing was read the last time either, one id may be what spoils each answer, so that the others
    /// are asked about, until several requests in a row fail.
    fn fail(&mut self, failure: Failure) {
        self.failed_in_a_row += 1;
        let is_again = self.asking.failing_since.is_some() && !failure.is_patience;
        if !is_again || self.failed_in_a_row >= MAX_FAILURES {
            self.failure = Some(failure);
        }
    }

    /// The ids of a list whose answer has no line of any of them. Where one alone is answered, the
    /// lines of lists do not say whose they are.
    async fn ask_unbound(&mut self, list: &[String]) -> Vec<String> {
        let mut rest: VecDeque<String> = list.to_vec().into();
        while let Some(id) = rest.pop_front() {
            if !self.may_ask() {
                rest.push_front(id);
                break;
            }
            if matches!(self.ask_one(id, &self.forms()).await, One::Line) {
                if self.asking.many != Some(Many::Works) {
                    let from = "a list was answered by lines that do not name our ids";
                    self.learn_many(Many::Refused, None, from.to_owned());
                }
                break;
            }
        }
        rest.into()
    }

    /// A list that was refused as a whole, in these words: tells whether lists are understood, and
    /// asks about its ids. Gives those that are to be asked about alone.
    async fn divide(&mut self, list: &[String], words: &str) -> Vec<String> {
        let mut rest: VecDeque<String> = list.to_vec().into();
        let mut good = Vec::new();
        while good.len() < 2
            && let Some(id) = rest.pop_front()
        {
            if !self.may_ask() {
                rest.push_front(id);
                return rest.into();
            }
            let forms = self.forms_after_a_list(good.is_empty() && self.refused.is_empty());
            if matches!(self.ask_one(id.clone(), &forms).await, One::Line) {
                good.push(id);
            }
        }
        if good.len() < 2 || !self.may_ask() {
            return rest.into();
        }
        let refused = format!("a list was refused: {words}");
        if rest.is_empty() && good.len() == list.len() {
            self.learn_many(Many::Refused, None, refused);
            return Vec::new();
        }
        match self.call(&good, OneId::Plural).await {
            // Its lines are those that were read already.
            Called::Lines(lines, _) if !lines.is_empty() => {
                self.halve(rest.into(), list.len()).await
            }
            Called::Lines(..) | Called::Refused(_) => {
                self.learn_many(Many::Refused, None, refused);
                rest.into()
            }
            Called::Failed(failure) => {
                self.failure = Some(failure);
                Vec::new()
            }
        }
    }

    /// Halves a list until what spoils it stands alone. `whole` ids were too many, or among them
    /// were some that spoil a list.
    async fn halve(&mut self, list: Vec<String>, whole: usize) -> Vec<String> {
        let (mut alone, mut answered) = (Vec::new(), 0);
        let mut parts = vec![list];
        let mut is_spoiled = false;
        while let Some(part) = parts.pop() {
            if part.len() < 2 {
                is_spoiled |= !part.is_empty();
                alone.extend(part);
                continue;
            }
            let (one, other) = part.split_at(part.len() / 2);
            for half in [one, other] {
                if !self.may_ask() {
                    alone.extend_from_slice(half);
                    is_spoiled = true;
                    continue;
                }
                match self.call(half, OneId::Plural).await {
                    Called::Lines(lines, _) => {
                        answered = answered.max(half.len());
                        alone.extend(self.take_lines(half, lines));
                    }
                    Called::Refused(_) => parts.push(half.to_vec()),
                    Called::Failed(failure) => {
                        self.fail(failure);
                        parts.push(half.to_vec());
                    }
                }
            }
        }
        if !is_spoiled && answered > 1 && self.failure.is_none() {
            let from = format!("a list of {whole} ids was refused, one of {answered} answered");
            self.learn_many(Many::Works, Some(answered), from);
        } else if self.asking.many != Some(Many::Works) {
            self.learn_many(Many::Works, None, "a list of 2 ids was answered".to_owned());
        }
        alone
    }

    /// Asks about one id in the first of `forms` in which it is answered.
    async fn ask_one(&mut self, id: String, forms: &[OneId]) -> One {
        let (mut error, mut nothing, mut refused) = (None, None, None);
        let ids = [id.clone()];
        for &form in forms {
            if !self.may_ask() && error.is_none() && nothing.is_none() && refused.is_none() {
                self.unasked.push(id);
                return One::NoLine;
            }
            match self.call(&ids, form).await {
                Called::Lines(lines, shown) => {
                    let line = lines.into_iter().find(|line| line.said.id == id);
                    match line {
                        Some(line) if !line.said.reply.is_error() => {
                            self.asking.learn_one(self.question.now, form);
                            self.one_works = true;
                            self.said.push(line);
                            return One::Line;
                        }
                        Some(line) => {
                            let is_clear = !line.said.reply.may_be_of_the_field();
                            error = error.or(Some(line));
                            if is_clear {
                                break;
                            }
                        }
                        None => {
                            nothing = nothing.or(Some(shown));
                            // An unclear cancel is repeated later, not at once.
                            if self.question.action == AskedAction::Cancel {
                                break;
                            }
                        }
                    }
                }
                Called::Refused(words) => refused = refused.or(Some(words)),
                Called::Failed(failure) => {
                    let why = failure.why.clone();
                    self.fail(failure);
                    if self.failure.is_none() {
                        self.unanswered.push((id, why));
                    }
                    return One::NoLine;
                }
            }
        }
        if let Some(line) = error {
            self.said.push(line);
        } else if let Some(words) = refused {
            self.count_refusal(id, words);
        } else if let Some(why) = nothing {
            let is_its_own = true;
            self.silent.push(Silent {
                id,
                why,
                is_its_own,
            });
        }
        One::NoLine
    }

    fn count_refusal(&mut self, id: String, words: String) {
        if self.refused.last().is_some_and(|(_, last)| *last != words) {
            self.settle_refusals();
        }
        self.refused.push((id, words.clone()));
        if self.refused.len() >= MAX_REFUSALS && !self.one_works {
            if !self.asking.is_set {
                self.asking.one = None;
            }
            self.failure = Some(Failure {
                why: words,
                is_refused: true,
                is_patience: false,
            });
        }
    }

    /// Those that were refused alone are silent; it is their own trouble if others were answered.
    fn settle_refusals(&mut self) {
        let is_its_own = self.one_works;
        let silent = self.refused.drain(..).map(|(id, words)| Silent {
            id,
            why: format!("the provider answers {words:?}"),
            is_its_own,
        });
        self.silent.extend(silent);
    }

    /// Takes the lines of a list; gives the ids that have none.
    fn take_lines(&mut self, list: &[String], lines: Vec<Answered<R>>) -> Vec<String> {
        let bound: HashSet<String> = lines.iter().map(|line| line.said.id.clone()).collect();
        self.said.extend(lines);
        let missing = list.iter().filter(|id| !bound.contains(*id));
        missing.cloned().collect()
    }

    fn learn_many(&mut self, many: Many, largest: Option<usize>, from: String) {
        self.asking
            .learn_many(self.question.now, many, largest, from);
    }

    /// The forms in which one id is asked about. What was learned is from one answer, which may have
    /// been odd: where nothing is answered in that form, the other is tried too. A cancel is not, for
    /// it would be sent twice.
    fn forms(&self) -> Vec<OneId> {
        let is_sure =
            self.asking.is_set || self.one_works || self.question.action == AskedAction::Cancel;
        match self.asking.one {
            Some(one) if is_sure => vec![one],
            Some(OneId::Singular) => vec![OneId::Singular, OneId::Plural],
            Some(OneId::Plural) | None => vec![OneId::Plural, OneId::Singular],
        }
    }

    /// The same after a list was refused: in the field for one first.
    fn forms_after_a_list(&self, is_first: bool) -> Vec<OneId> {
        match self.asking.one {
            Some(one) => vec![one],
            None if is_first => vec![OneId::Singular, OneId::Plural],
            None => vec![OneId::Singular],
        }
    }

    fn may_ask(&self) -> bool {
        self.budget > 0 && self.failure.is_none()
    }

    async fn call(&mut self, ids: &[String], form: OneId) -> Called<R> {
        self.budget = self.budget.saturating_sub(1);
        let question = self.question;
        let request = outgoing(question.action, ids, form);
        let failed = |why, is_patience| {
            Called::Failed(Failure {
                why,
                is_refused: false,
                is_patience,
            })
        };
        let reply = match question.client.call(question.provider, &request).await {
            Ok(reply) => reply,
            Err(fault @ CallError::NotSent(_)) => return failed(fault.to_string(), true),
            Err(fault @ CallError::Unanswered(_)) => return failed(fault.to_string(), false),
        };
        let is_success = (200..300).contains(&reply.answer().http_status);
        match (question.read)(ids, &reply) {
            Ok(lines) => {
                self.failed_in_a_row = 0;
                let is_own_kind = reply.keeps_request_ids && question.provider.replays_requests;
                let answered = |said| Answered { said, is_own_kind };
                let shown: String = reply.evidence().chars().take(MAX_SHOWN).collect();
                let shown = format!("an answer that is not about it: {shown}");
                Called::Lines(lines.into_iter().map(answered).collect(), shown)
            }
            Err(Unreadable::Refused(says))
                if is_passing(question.panel, question.provider.id, &says) =>
            {
                failed(says.text, true)
            }
            Err(Unreadable::Refused(says)) => Called::Refused(says.text),
            Err(fault @ Unreadable::TryAfter { .. }) => failed(fault.to_string(), true),
            // One unreadable line must not keep the others of a list from being followed.
            Err(fault @ Unreadable::Garbled(_)) if is_success && ids.len() > 1 => {
                Called::Refused(fault.to_string())
            }
            Err(fault @ Unreadable::Garbled(_)) => failed(fault.to_string(), false),
        }
    }

    fn finish(mut self, rest: Vec<String>) -> Answers<R> {
        self.settle_refusals();
        let is_its_own = !self.said.is_empty();
        let unanswered = self.unanswered.drain(..);
        self.silent.extend(unanswered.map(|(id, why)| Silent {
            id,
            why,
            is_its_own,
        }));
        if self.failure.is_none() {
            self.unasked.extend(rest);
        }
        Answers {
            said: self.said,
            silent: self.silent,
            unasked: self.unasked,
            failure: self.failure,
            asking: self.asking,
        }
    }
}

//! Generated replies for the readers of what providers say: bytes, broken and mended replies, and replies
//! put together from everything that was seen. No reader may panic, and none may take an order for
//! accepted or ended whose id does not stand in the reply.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rand::SeedableRng;
use rand::rngs::StdRng;
use smm_panel_server::protocol::OrderWord;
use smm_panel_server::protocol::upstream::{
    AddReply, Answer, CancelReply, Reading, RefillReply, RefillStatusReply, Said, StatusReply,
    add_reply, cancel_replies, refill_reply, refill_statuses, status_replies,
};

mod generate;

use generate::{Generated, asked, generate};

/// What came of reading generated replies.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// How many were read, each by every reader.
    pub replies: u64,
    /// What the readers made of them, and how often.
    pub read: BTreeMap<&'static str, u64>,
    /// What must not be, with the reply: at most [`MOST`] of them.
    pub wrong: Vec<String>,
}

/// How many wrong readings are kept.
pub const MOST: usize = 20;

/// How many replies come from one seed.
pub const BLOCK: u64 = 1_000;

/// Reads the replies of one block; the same seed and block give the same replies.
pub fn read_block(seed: u64, block: u64) -> Report {
    let mut chance = StdRng::seed_from_u64(seed.wrapping_mul(0x9e37_79b9).wrapping_add(block));
    let mut report = Report::default();
    for _ in 0..BLOCK {
        let asked = asked(&mut chance);
        let generated = generate(&mut chance, &asked);
        report.replies += 1;
        let read = catch_unwind(AssertUnwindSafe(|| judge(&generated, &asked)));
        let wrong = match read {
            Ok(read) => {
                for what in read.seen {
                    *report.read.entry(what).or_default() += 1;
                }
                read.wrong
            }
            Err(_) => Some("a reader panicked".to_owned()),
        };
        if let Some(wrong) = wrong
            && report.wrong.len() < MOST
        {
            let body = String::from_utf8_lossy(&generated.body);
            let http = generated.http_status;
            report.wrong.push(format!(
                "seed {seed} block {block}: {wrong}; asked {asked:?}; HTTP {http}: {body}"
            ));
        }
    }
    report
}

impl Report {
    /// Both.
    pub fn add(&mut self, other: Report) {
        self.replies += other.replies;
        for (what, count) in other.read {
            *self.read.entry(what).or_default() += count;
        }
        self.wrong.extend(other.wrong);
        self.wrong.truncate(MOST);
    }
}

/// What the readers said, and what of it must not be.
#[derive(Default)]
struct Judged {
    seen: Vec<&'static str>,
    wrong: Option<String>,
}

fn judge(generated: &Generated, asked: &[String]) -> Judged {
    let answer = Answer {
        http_status: generated.http_status,
        retry_after_ms: generated.retry_after_ms,
        body: &generated.body,
    };
    let mut judged = Judged::default();
    let text = unescaped(&generated.body);
    let stands =
        |id: &str| text.contains(id) && generated.ids.as_ref().is_none_or(|ids| ids.contains(id));
    judge_add(&answer, stands, &mut judged);
    judge_refill(&answer, stands, &mut judged);
    // One that is asked alone may be answered without its id, but not with another one.
    let may_end = |id: &str| {
        stands(id) || asked.len() == 1 && generated.ids.as_ref().is_none_or(|ids| ids.is_empty())
    };
    judge_status(&answer, asked, may_end, &mut judged);
    judge_rest(&answer, asked, &mut judged);
    judged
}

fn judge_add(answer: &Answer<'_>, stands: impl Fn(&str) -> bool, judged: &mut Judged) {
    match add_reply(answer) {
        AddReply::Accepted { order, .. } => {
            judged.seen.push("add accepted");
            if !stands(&order) {
                judged.wrong = Some(format!("accepted as {order}, which does not stand there"));
            }
        }
        AddReply::Refused(_) => judged.seen.push("add refused"),
        AddReply::TryAfter { .. } => judged.seen.push("add asks to wait"),
        AddReply::Unclear(_) => judged.seen.push("add unclear"),
    }
}

fn judge_refill(answer: &Answer<'_>, stands: impl Fn(&str) -> bool, judged: &mut Judged) {
    if let RefillReply::Accepted { refill } = refill_reply(answer) {
        judged.seen.push("refill accepted");
        // A refill's id stands under its own name.
        if !unescaped(answer.body).contains(&refill) && !stands(&refill) {
            judged.wrong = Some(format!("refill {refill}, which does not stand there"));
        }
    }
}

fn judge_status(
    answer: &Answer<'_>,
    asked: &[String],
    may_end: impl Fn(&str) -> bool,
    judged: &mut Judged,
) {
    let Ok(replies) = status_replies(asked, answer, Reading::PLAIN) else {
        judged.seen.push("status unreadable");
        return;
    };
    for Said { id, reply, .. } in replies {
        let StatusReply::Known { word, .. } = reply else {
            judged.seen.push("status error");
            continue;
        };
        let end = [
            OrderWord::Completed,
            OrderWord::Partial,
            OrderWord::Canceled,
        ];
        if !word.is_some_and(|word| end.contains(&word)) {
            judged.seen.push("status open");
            continue;
        }
        judged.seen.push("status ended");
        if !asked.contains(&id) || !may_end(&id) {
            judged.wrong = Some(format!("{id} ended, and it does not stand there"));
        }
    }
}

fn judge_rest(answer: &Answer<'_>, asked: &[String], judged: &mut Judged) {
    if let Ok(replies) = refill_statuses(asked, answer) {
        for Said { id, reply, .. } in replies {
            let RefillStatusReply::Known { word: Some(_), .. } = reply else {
                continue;
            };
            judged.seen.push("refill status");
            if !asked.contains(&id) {
                judged.wrong = Some(format!("refill {id} was not asked about"));
            }
        }
    }
    if let Ok(replies) = cancel_replies(asked, answer, Reading::PLAIN) {
        for Said { id, reply, .. } in replies {
            if !asked.contains(&id) {
                judged.wrong = Some(format!("cancel of {id} was not asked for"));
            }
            if reply == CancelReply::Accepted {
                judged.seen.push("cancel accepted");
            }
        }
    }
}

/// The body as text, with the escapes of JSON taken out of the way.
fn unescaped(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    if !text.contains("\\u") {
        return text.into_owned();
    }
    let mut parts = text.split("\\u");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part
            .get(..4)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok());
        match code.and_then(char::from_u32) {
            Some(letter) => {
                whole.push(letter);
                whole.push_str(part.get(4..).unwrap_or_default());
            }
            None => whole.push_str(part),
        }
    }
    whole
}

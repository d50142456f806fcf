//! Generated replies for the readers of what providers say: bytes, broken and mended replies, and replies
//! put together from everything that was seen. No reader may panic, and none may take an order for
//! accepted or ended whose id does not stand in the reply.

use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use smm_panel_server::protocol::OrderWord;
use smm_panel_server::protocol::upstream::{
    AddReply, Answer, CancelReply, RefillReply, RefillStatusReply, StatusReply, add_reply,
    cancel_replies, refill_reply, refill_statuses, status_replies,
};

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

/// A generated reply.
struct Generated {
    body: Vec<u8>,
    http_status: u16,
    retry_after_ms: Option<i64>,
    /// The ids that stand in it, where it is known which do.
    ids: Option<HashSet<String>>,
}

/// Reads the replies of one block; the same seed and block give the same replies.
pub fn read_block(seed: u64, block: u64) -> Report {
    let mut chance = StdRng::seed_from_u64(seed.wrapping_mul(0x9e37_79b9).wrapping_add(block));
    let mut report = Report::default();
    for _ in 0..BLOCK {
        let generated = generate(&mut chance);
        let asked = asked(&mut chance);
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

/// The ids that are asked about: one to four.
fn asked(chance: &mut StdRng) -> Vec<String> {
    let count = chance.random_range(1..5);
    let mut ids: Vec<String> = Vec::new();
    while ids.len() < count {
        let id = id(chance);
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// Few ids, so that replies often are about those that were asked, and often about others.
fn id(chance: &mut StdRng) -> String {
    pick(
        chance,
        &["101", "102", "103", "2501", "77001", "a7-12", "999999"],
    )
    .to_owned()
}

fn pick<T: Copy>(chance: &mut StdRng, choices: &[T]) -> T {
    choices[chance.random_range(0..choices.len())]
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
    judge_rest(&answer, asked, may_end, &mut judged);
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
        _ => judged.seen.push("add unclear"),
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
    let Ok(replies) = status_replies(asked, answer) else {
        judged.seen.push("status unreadable");
        return;
    };
    for (id, reply) in replies {
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

fn judge_rest(
    answer: &Answer<'_>,
    asked: &[String],
    may_end: impl Fn(&str) -> bool,
    judged: &mut Judged,
) {
    if let Ok(replies) = refill_statuses(asked, answer) {
        for (id, reply) in replies {
            let RefillStatusReply::Known { word: Some(_), .. } = reply else {
                continue;
            };
            judged.seen.push("refill status");
            if !asked.contains(&id) {
                judged.wrong = Some(format!("refill {id} was not asked about"));
            }
        }
    }
    let _ = may_end;
    if let Ok(replies) = cancel_replies(asked, answer) {
        for (id, reply) in replies {
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

fn generate(chance: &mut StdRng) -> Generated {
    let (body, ids) = match chance.random_range(0..100) {
        0..12 => (bytes(chance), None),
        12..24 => (tokens(chance), None),
        24..45 => (mutated(chance), None),
        _ => {
            let mut ids = HashSet::new();
            let body = structured(chance, &mut ids);
            (body.into_bytes(), Some(ids))
        }
    };
    Generated {
        body,
        ids,
        http_status: pick(
            chance,
            &[200, 200, 200, 200, 200, 201, 400, 401, 422, 429, 500, 503],
        ),
        retry_after_ms: pick(chance, &[None, None, None, Some(5_000), Some(-1)]),
    }
}

fn bytes(chance: &mut StdRng) -> Vec<u8> {
    let length = chance.random_range(0..160);
    (0..length).map(|_| chance.random()).collect()
}

/// Pieces of JSON in any order.
fn tokens(chance: &mut StdRng) -> Vec<u8> {
    const PIECES: [&str; 26] = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"order\"",
        "\"id\"",
        "\"status\"",
        "\"error\"",
        "\"Completed\"",
        "\"data\"",
        "101",
        "102",
        "\"103\"",
        "null",
        "true",
        "1e9",
        "-5",
        "\"\"",
        "NaN",
        "\"charge\"",
        "\"remains\"",
        "<b>",
        "\u{FEFF}",
        "\\",
    ];
    let length = chance.random_range(1..40);
    let pieces: Vec<&str> = (0..length).map(|_| pick(chance, &PIECES)).collect();
    pieces.concat().into_bytes()
}

const REAL: [&str; 16] = [
    r#"{"order":23501,"charge":"0.90","status":"success"}"#,
    r#"{"status":"success","data":{"order":"77001"}}"#,
    r#"{"order_id":77001,"error":"Webhook failed"}"#,
    r#"{"order":77001}{"error":"Not enough funds on balance"}"#,
    r#"{"error":"Not enough funds on balance"}"#,
    r#"{"101":{"charge":"0.9","start_count":"3","status":"Partial","remains":"1"},"102":"x"}"#,
    r#"[{"order":101,"charge":"0.9","status":"Completed","remains":"0"},{"order":102,"status":"Canceled","charge":"0"}]"#,
    r#"[{"charge":"0.1","status":"Canceled","remains":"7"},{"charge":"0.1","status":"Completed","remains":"0"}]"#,
    r#"{"status":"complete","data":{"status":"In progress","charge":"1","remains":"5"}}"#,
    r#"{"status":"fail","reason":"Too many requests"}"#,
    r#"{"order":999999,"charge":"0","status":"Canceled","remains":"10"}"#,
    r#"{"0":{"status":"Completed","charge":"1","remains":"0"},"1":{"status":"Canceled","charge":"0"}}"#,
    r#"[{"refill":101,"status":"Completed"},{"refill":102,"status":{"error":"Refill not found"}}]"#,
    r#"{"refill":"2501"}"#,
    r#"[{"order":101,"cancel":1},{"order":102,"cancel":{"error":"no"}}]"#,
    "<br />\n<b>Warning</b>: [x] {y} in a.php\n{\"order\":5}<!-- 0.1 s -->",
];

/// A real reply with some bytes changed, cut or doubled.
fn mutated(chance: &mut StdRng) -> Vec<u8> {
    let mut body = pick(chance, &REAL).as_bytes().to_vec();
    for _ in 0..chance.random_range(0..5) {
        let at = chance
            .random_range(0..body.len().max(1))
            .min(body.len().saturating_sub(1));
        match chance.random_range(0..4) {
            0 if !body.is_empty() => body[at] = chance.random(),
            1 if body.len() > 1 => {
                body.remove(at);
            }
            2 => body.truncate(at),
            _ => {
                let again = body.get(at..).unwrap_or_default().to_vec();
                body.extend(again);
            }
        }
    }
    body
}

/// A reply put together: lines that name ids in all ways, envelopes, errors, things around it.
fn structured(chance: &mut StdRng, ids: &mut HashSet<String>) -> String {
    let count = chance.random_range(0..5);
    let lines: Vec<String> = (0..count).map(|_| line(chance, ids)).collect();
    let inner = match chance.random_range(0..4) {
        0 => format!("[{}]", lines.join(",")),
        1 => {
            let keyed = lines.iter().map(|line| {
                let id = id(chance);
                ids.insert(id.clone());
                format!("\"{id}\":{line}")
            });
            format!("{{{}}}", keyed.collect::<Vec<_>>().join(","))
        }
        2 => {
            let keyed = lines.iter().enumerate();
            let keyed = keyed.map(|(at, line)| format!("\"{at}\":{line}"));
            format!("{{{}}}", keyed.collect::<Vec<_>>().join(","))
        }
        _ => lines.first().cloned().unwrap_or_else(|| "{}".to_owned()),
    };
    let enveloped = match chance.random_range(0..5) {
        0 => {
            let outer = pick(chance, &["data", "result", "orders", "response"]);
            let word = word(chance);
            format!(r#"{{"status":"{word}","{outer}":{inner}}}"#)
        }
        _ => inner,
    };
    let before = pick(
        chance,
        &["", "", "", "\u{FEFF}", "<b>Notice</b>: [x]\n", "{}", "[]\n"],
    );
    let behind = pick(
        chance,
        &[
            "",
            "",
            "",
            "\n<!-- x -->",
            r#"{"error":"Bad link"}"#,
            "]",
            " null",
        ],
    );
    match chance.random_range(0..12) {
        0 => format!("{before}{enveloped}{enveloped}{behind}"),
        _ => format!("{before}{enveloped}{behind}"),
    }
}

fn word(chance: &mut StdRng) -> &'static str {
    pick(
        chance,
        &[
            "Pending",
            "In progress",
            "Completed",
            "complete",
            "Partial",
            "Canceled",
            "fail",
            "failed",
            "success",
            "error",
            "Refund",
            "order.status.completed",
            "3",
            "",
        ],
    )
}

/// An object with some of the fields of a line, in any types.
fn line(chance: &mut StdRng, ids: &mut HashSet<String>) -> String {
    let mut fields = Vec::new();
    if chance.random_range(0..10) < 6 {
        let name = pick(
            chance,
            &[
                "order", "order", "order_id", "orderId", "ORDER", "id", "refill", "Id",
            ],
        );
        let id = id(chance);
        fields.push(match chance.random_range(0..4) {
            0 if id.bytes().all(|byte| byte.is_ascii_digit()) => format!(r#""{name}":{id}"#),
            1 if id.bytes().all(|byte| byte.is_ascii_digit()) => format!(r#""{name}":{id}.0"#),
            _ => format!(r#""{name}":"{id}""#),
        });
        ids.insert(id);
    }
    if chance.random_range(0..10) < 8 {
        fields.push(format!(r#""status":"{}""#, word(chance)));
    }
    for name in ["charge", "remains", "start_count"] {
        if chance.random_range(0..10) < 6 {
            let value = pick(
                chance,
                &[
                    "0", "\"0\"", "\"12\"", "0.5", "\"-3\"", "null", "\"N/A\"", "NaN", "\"\"",
                    "1e400",
                ],
            );
            fields.push(format!(r#""{name}":{value}"#));
        }
    }
    if chance.random_range(0..10) < 2 {
        let value = pick(
            chance,
            &[
                "null",
                "false",
                "0",
                "\"\"",
                "\"Bad link\"",
                "\"OK\"",
                "true",
                "[]",
                "{\"a\":[\"b\"]}",
            ],
        );
        fields.push(format!(r#""error":{value}"#));
    }
    if chance.random_range(0..10) < 1 {
        fields.push(r#""cancel":1"#.to_owned());
    }
    let turn = chance.random_range(0..fields.len().max(1));
    fields.rotate_left(turn.min(fields.len()));
    format!("{{{}}}", fields.join(","))
}

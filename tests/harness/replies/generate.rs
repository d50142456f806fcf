//! Replies, and the ids that are asked about, from a seed.

use std::collections::HashSet;

use rand::RngExt;
use rand::rngs::StdRng;

/// A generated reply.
pub(super) struct Generated {
    pub(super) body: Vec<u8>,
    pub(super) http_status: u16,
    pub(super) retry_after_ms: Option<i64>,
    /// The ids that stand in it, where it is known which do.
    pub(super) ids: Option<HashSet<String>>,
}

/// The ids that are asked about: one to four.
pub(super) fn asked(chance: &mut StdRng) -> Vec<String> {
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

/// One reply.
pub(super) fn generate(chance: &mut StdRng, asked: &[String]) -> Generated {
    let (body, ids) = match chance.random_range(0..100) {
        0..12 => (bytes(chance), None),
        12..24 => (tokens(chance), None),
        24..45 => (mutated(chance), None),
        45..60 => {
            let mut ids = Ids::new(asked);
            let body = acceptance(chance, &mut ids);
            (body.into_bytes(), Some(ids.stand))
        }
        _ => {
            let mut ids = Ids::new(asked);
            let body = structured(chance, &mut ids);
            (body.into_bytes(), Some(ids.stand))
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

/// The ids that stand in a reply: most are those that were asked about.
struct Ids<'a> {
    asked: &'a [String],
    stand: HashSet<String>,
}

impl Ids<'_> {
    fn new(asked: &[String]) -> Ids<'_> {
        Ids {
            asked,
            stand: HashSet::new(),
        }
    }

    fn draw(&mut self, chance: &mut StdRng) -> String {
        let drawn = match chance.random_range(0..10) {
            0..7 => self.asked[chance.random_range(0..self.asked.len())].clone(),
            _ => id(chance),
        };
        self.stand.insert(drawn.clone());
        drawn
    }
}

/// A reply to an order: an id in all places, beside an error or none.
fn acceptance(chance: &mut StdRng, ids: &mut Ids<'_>) -> String {
    let id = ids.draw(chance);
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit());
    let id = match is_number && chance.random_range(0..2) == 0 {
        true => id,
        false => format!("\"{id}\""),
    };
    let name = pick(
        chance,
        &["order", "order_id", "orderId", "ORDER", "id", "refill"],
    );
    let beside = pick(
        chance,
        &[
            "",
            "",
            r#","error":null"#,
            r#","error":"""#,
            r#","error":0"#,
            r#","errors":[]"#,
            r#","error":"Bad link""#,
            r#","status":"success""#,
            r#","status":"fail""#,
            r#","charge":"0.27","currency":"USD""#,
            r#","success":true"#,
        ],
    );
    let outer = pick(chance, &["data", "result", "order", "response"]);
    let one = match chance.random_range(0..3) {
        0 => format!(r#"{{"{outer}":{{"{name}":{id}}}{beside}}}"#),
        1 => format!(r#"[{{"{name}":{id}{beside}}}]"#),
        _ => format!(r#"{{"{name}":{id}{beside}}}"#),
    };
    match chance.random_range(0..8) {
        0 => {
            let other = ids.draw(chance);
            format!(r#"{one}{{"order":"{other}"}}"#)
        }
        1 => format!("{one}\n{one}"),
        2 => format!("\u{FEFF}{one}"),
        3 => format!("<b>Warning</b>: x[0] in a.php\n{one}<!-- 0.1 s -->"),
        _ => one,
    }
}

/// A reply put together: lines that name ids in all ways, envelopes, errors, things around it.
fn structured(chance: &mut StdRng, ids: &mut Ids<'_>) -> String {
    let shape = chance.random_range(0..4);
    let count = match shape {
        3 => 1,
        _ => chance.random_range(0..5),
    };
    let lines: Vec<String> = (0..count).map(|_| line(chance, ids)).collect();
    let inner = match shape {
        0 => format!("[{}]", lines.join(",")),
        1 => {
            let keyed = lines.iter().map(|line| {
                let id = ids.draw(chance);
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
fn line(chance: &mut StdRng, ids: &mut Ids<'_>) -> String {
    let mut fields = Vec::new();
    if chance.random_range(0..10) < 6 {
        let name = pick(
            chance,
            &[
                "order", "order", "order_id", "orderId", "ORDER", "id", "refill", "Id",
            ],
        );
        let id = ids.draw(chance);
        fields.push(match chance.random_range(0..4) {
            0 if id.bytes().all(|byte| byte.is_ascii_digit()) => format!(r#""{name}":{id}"#),
            1 if id.bytes().all(|byte| byte.is_ascii_digit()) => format!(r#""{name}":{id}.0"#),
            _ => format!(r#""{name}":"{id}""#),
        });
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
    if !fields.is_empty() {
        let turn = chance.random_range(0..fields.len());
        fields.rotate_left(turn);
    }
    format!("{{{}}}", fields.join(","))
}

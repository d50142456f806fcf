//! Whose line is whose, and what it says.

use proptest::prelude::*;

use super::*;

fn answer(body: &str) -> Answer<'_> {
    Answer {
        http_status: 200,
        retry_after_ms: None,
        body: body.as_bytes(),
    }
}

fn asked(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

/// Each id with its status as written, or `!` and the error.
pub(super) fn statuses(ids: &[&str], body: &str) -> Result<Vec<String>, Unreadable> {
    said(ids, &answer(body), Reading::PLAIN)
}

fn said(
    ids: &[&str],
    answer: &Answer<'_>,
    reading: Reading<'_>,
) -> Result<Vec<String>, Unreadable> {
    let replies = status_replies(&asked(ids), answer, reading)?;
    let show = |said: Said<StatusReply>| match said.reply {
        StatusReply::Known { raw_status, .. } => format!("{} {raw_status}", said.id),
        StatusReply::Error(text) => format!("{} !{text}", said.id),
    };
    Ok(replies.into_iter().map(show).collect())
}

#[test]
fn a_line_belongs_to_an_order_only_if_it_says_so() {
    let expected = ["1 Pending", "3 Partial"];
    for body in [
        r#"{"3":{"status":"Partial"},"1":{"status":"Pending"},"9":{"status":"Canceled"}}"#,
        r#"[{"order":"3","status":"Partial","remains":5},{"order":1,"status":"Pending","charge":"0"}]"#,
        r#"[{"order":3.0,"status":"Partial","remains":5},{"order":"1.00","status":"Pending","charge":0},
            {"order":9,"status":"Canceled","charge":"0"}]"#,
        r#"[{"order_id":"3","id":1,"status":"Partial","remains":5},
            {"orderId":1,"id":3,"status":"Pending","charge":"0"}]"#,
        r#"[{"ORDER":"3","status":"Partial","remains":5},
            {"Order_ID":" 1 ","status":"Pending","charge":"0"}]"#,
        r#"[{"id":"3","status":"Partial","remains":5},{"ID":1,"status":"Pending","charge":"0"}]"#,
        r#"[{"3":{"status":"Partial"}},{"1":{"status":"Pending"}}]"#,
        r#"{"status":"success","data":{"3":{"status":"Partial"},"1":{"status":"Pending"}}}"#,
        r#"{"status":"complete","result":[{"order":3,"status":"Partial","remains":1},
            {"order":1,"status":"Pending","charge":1}]}"#,
        r#"{"data":{"orders":{"3":{"status":"Partial"},"1":{"status":"Pending"}}}}"#,
        "Notice: x in [a.php]\n{\"1\":{\"status\":\"Pending\"},\"3\":{\"status\":\"Partial\"}}",
    ] {
        assert_eq!(statuses(&["1", "3"], body).unwrap(), expected, "{body}");
    }
}

#[test]
fn the_answer_to_one_order_may_be_bare() {
    for body in [
        r#"{"charge":"1","status":"Pending"}"#,
        r#"{"order":"1","charge":"1","status":"Pending"}"#,
        r#"{"ID":1.0,"remains":"1","status":"Pending"}"#,
        r#"[{"charge":"1","status":"Pending"}]"#,
        r#"{"status":"Completed","data":{"status":"Pending","start_count":null}}"#,
        r#"{"status":"complete","order":{"status":"Pending","charge":"1"}}"#,
        r#"[{"order":2,"charge":"1","status":"Canceled"},{"order":1,"charge":"1","status":"Pending"}]"#,
    ] {
        assert_eq!(statuses(&["1"], body).unwrap(), ["1 Pending"], "{body}");
    }
    // Some scripts print the number of their own row.
    let own_row = r#"{"id":77,"charge":"1","status":"Pending"}"#;
    assert_eq!(statuses(&["1"], own_row).unwrap(), [""; 0]);
    let reading = Reading {
        id_names_order: false,
        ..Reading::PLAIN
    };
    assert_eq!(
        said(&["1"], &answer(own_row), reading).unwrap(),
        ["1 Pending"]
    );
}

#[test]
fn what_has_two_readings_is_not_read() {
    for (ids, body) in [
        // Lists that name nothing, in whatever order.
        (
            &["1", "3"][..],
            r#"[{"status":"Pending","charge":1},{"status":"Partial","charge":1}]"#,
        ),
        (&["1", "3"], r#"[{"status":"Canceled","charge":"0"}]"#),
        (
            &["1"],
            r#"[{"status":"Pending","charge":1},{"status":"Partial","charge":1}]"#,
        ),
        // Keyed by position.
        (
            &["101", "100"],
            r#"{"0":{"status":"Canceled"},"1":{"status":"Partial"}}"#,
        ),
        (
            &["2", "1", "7"],
            r#"{"0":{"status":"Canceled"},"1":{"status":"Partial"},"2":{"status":"Partial"}}"#,
        ),
        (
            &["2", "7"],
            r#"{"1":{"status":"Canceled"},"2":{"status":"Partial"}}"#,
        ),
        // Another order's.
        (
            &["1"],
            r#"{"order":999999,"status":"Canceled","charge":"0"}"#,
        ),
        (
            &["1"],
            r#"{"order":1,"order_id":2,"status":"Canceled","charge":"0"}"#,
        ),
        (
            &["1"],
            r#"{"order_id":[1,2],"status":"Canceled","charge":"0"}"#,
        ),
        (&["1", "3"], r#"{"9":{"status":"Canceled"}}"#),
        (&["1", "3"], r#"{"status":"Canceled","charge":"0"}"#),
        (&["1", "3"], "[]"),
        (&["1", "3"], "{}"),
        (&["1", "3"], r#"{"1":null,"3":[]}"#),
        (&["1", "3"], r#"{"status":"success","data":[]}"#),
        // No numbers: the word may be the envelope's.
        (&["1"], r#"{"status":"complete"}"#),
        (&["1"], r#"{"order":1,"status":"complete"}"#),
        (&["1"], r#"[{"order":1,"status":"Canceled"}]"#),
    ] {
        assert_eq!(statuses(ids, body).unwrap(), [""; 0], "{body}");
    }
    for (body, expected) in [
        // One order's lines contradict each other; the other is read.
        (
            r#"[{"order":1,"status":"Canceled","charge":"0"},{"order":"1","status":"Pending","charge":"0"},
                {"order":3,"status":"Pending","charge":"1"}]"#,
            "3 Pending",
        ),
        (
            r#"{"1":{"status":"Canceled"},"1":{"status":"Pending"},"3":{"status":"Pending"}}"#,
            "3 Pending",
        ),
        (
            r#"{"1":{"order":3,"status":"Canceled"},"3":{"order":3,"status":"Pending"}}"#,
            "3 Pending",
        ),
        (
            r#"[{"1":{"status":"Canceled"}},{"order":1,"status":"Pending","charge":1},
                {"3":{"status":"Pending"}}]"#,
            "3 Pending",
        ),
        // Said twice in the same words, it is said.
        (
            r#"[{"order":3,"status":"Pending","charge":"1"},{"order":3,"status":"Pending","charge":"1"}]"#,
            "3 Pending",
        ),
        // The number of the provider's own row is nobody's key.
        (r#"{"3":{"id":1,"status":"Pending"}}"#, "3 Pending"),
    ] {
        assert_eq!(statuses(&["1", "3"], body).unwrap(), [expected], "{body}");
    }
}

#[test]
fn a_failed_request_is_not_a_failed_order() {
    for (ids, body) in [
        (
            &["1"][..],
            r#"{"status":"fail","reason":"Too many requests"}"#,
        ),
        (&["1"], r#"{"status":"failed","code":500}"#),
        (&["1"], r#"{"status":"fail"}"#),
        (&["1"], r#"{"status":"error","message":"Try later"}"#),
        (
            &["1"],
            r#"{"success":false,"data":{"status":"Canceled","charge":"0"}}"#,
        ),
        (
            &["1"],
            r#"{"status":"fail","data":{"status":"Canceled","charge":"0"}}"#,
        ),
        (
            &["1", "3"],
            r#"{"status":"error","1":{"status":"Canceled"}}"#,
        ),
        (&["1", "3"], r#"{"error":"Incorrect order ID"}"#),
        (&["1"], r#"{"error":"Invalid API key"}"#),
    ] {
        let read = statuses(ids, body);
        assert!(
            matches!(read, Err(Unreadable::Refused(_))),
            "{body}: {read:?}"
        );
    }
    let keyed = r#"{"1":{"status":"fail","reason":"Too many requests"},"3":{"status":"Fail"}}"#;
    assert_eq!(
        statuses(&["1", "3"], keyed).unwrap(),
        ["1 !Too many requests", "3 Fail"]
    );
    for body in ["", "<html>", "5", "\"Canceled\"", "{\"1\":{"] {
        let read = statuses(&["1", "3"], body);
        assert!(
            matches!(read, Err(Unreadable::Garbled(_))),
            "{body}: {read:?}"
        );
    }
}

#[test]
fn anything_but_a_success_of_http_ends_nothing() {
    for http_status in [199, 302, 404, 422, 429, 500, 503] {
        for body in [
            r#"{"1":{"status":"Canceled","charge":"0"}}"#,
            r#"{"status":"Canceled","charge":"0","remains":"5"}"#,
        ] {
            let answer = Answer {
                http_status,
                ..answer(body)
            };
            let read = said(&["1"], &answer, Reading::PLAIN);
            assert!(read.is_err(), "{http_status} {body}: {read:?}");
        }
    }
    let created = Answer {
        http_status: 201,
        ..answer(r#"{"1":{"status":"Canceled"}}"#)
    };
    assert_eq!(
        said(&["1"], &created, Reading::PLAIN).unwrap(),
        ["1 Canceled"]
    );
}

#[test]
fn an_error_in_place_of_a_line_is_not_a_status() {
    let unknown = ["1 Pending", "3 !Incorrect order ID"];
    for body in [
        r#"{"1":{"status":"Pending"},"3":{"error":"Incorrect order ID"}}"#,
        r#"{"1":{"status":"Pending"},"3":"Incorrect order ID"}"#,
        r#"{"1":{"status":"Pending"},"3":{"status":"fail","error":"Incorrect order ID"}}"#,
        r#"{"1":{"status":"Pending"},"3":{"status":"fail","msg":"Incorrect order ID"}}"#,
        r#"[{"order":1,"status":"Pending","charge":1},{"order":3,"error":"Incorrect order ID"}]"#,
    ] {
        assert_eq!(statuses(&["1", "3"], body).unwrap(), unknown, "{body}");
    }
    let only = r#"{"error":"Incorrect order ID"}"#;
    assert_eq!(statuses(&["3"], only).unwrap(), ["3 !Incorrect order ID"]);
    let positional = r#"[{"status":"Pending","charge":1},"Incorrect order ID"]"#;
    assert_eq!(statuses(&["1", "3"], positional).unwrap(), [""; 0]);
}

#[test]
fn a_person_can_sort_the_words_that_the_protocol_does_not_know() {
    let body = r#"{"1":{"status":"Concluído"},"3":{"status":"Tuhaf"}}"#;
    let reading = Reading {
        sorted: &|word| (word == "concluído").then_some(OrderWord::Completed),
        ..Reading::PLAIN
    };
    let replies = status_replies(&asked(&["1", "3"]), &answer(body), reading).unwrap();
    let words: Vec<Option<OrderWord>> = replies
        .into_iter()
        .map(|said| match said.reply {
            StatusReply::Known { word, .. } => word,
            StatusReply::Error(_) => None,
        })
        .collect();
    assert_eq!(words, [Some(OrderWord::Completed), None]);
}

#[test]
fn the_numbers_of_a_status_are_read_strictly() {
    let line = |line: &str| {
        let body = format!(r#"{{"1":{line}}}"#);
        status_replies(&asked(&["1"]), &answer(&body), Reading::PLAIN)
            .unwrap()
            .remove(0)
            .reply
    };
    let known = |word, raw_status: &str, charge: Option<&str>, start_count, remains| {
        let raw_status = raw_status.to_owned();
        let charge = charge.map(str::to_owned);
        StatusReply::Known {
            word,
            raw_status,
            charge,
            currency: None,
            start_count,
            remains,
        }
    };
    for (text, reply) in [
        (
            r#"{"charge":"0.27819","start_count":"3572","status":"Partial","remains":"157"}"#,
            known(
                Some(OrderWord::Partial),
                "Partial",
                Some("0.27819"),
                Some(3572),
                Some(157),
            ),
        ),
        (
            r#"{"charge":0.5,"start_count":null,"status":"Inprogress","remains":157.00}"#,
            known(
                Some(OrderWord::InProgress),
                "Inprogress",
                Some("0.5"),
                None,
                Some(157),
            ),
        ),
        (
            r#"{"status":"Fail","start_count":-1,"remains":-20}"#,
            known(Some(OrderWord::Canceled), "Fail", None, None, Some(-20)),
        ),
        (
            r#"{"status":"Error","remains":"1,000"}"#,
            known(None, "Error", None, None, None),
        ),
        (r#"{"remains":1e3}"#, known(None, "", None, None, None)),
    ] {
        assert_eq!(line(text), reply, "{text}");
    }
}

#[test]
fn refill_statuses_are_read_by_the_same_rules() {
    let completed = RefillStatusReply::Known {
        word: Some(RefillWord::Completed),
        raw_status: "tasks.status.completed".to_owned(),
    };
    let body = r#"[{"refill":1,"status":"tasks.status.completed"},
        {"refill":3,"status":{"error":"Refill not found"}}]"#;
    let missing = RefillStatusReply::Error("Refill not found".to_owned());
    let read = |ids: &[&str], body: &str| -> Vec<RefillStatusReply> {
        let read = refill_statuses(&asked(ids), &answer(body)).unwrap();
        read.into_iter().map(|said| said.reply).collect()
    };
    assert_eq!(
        read(&["1", "3"], body),
        [completed.clone(), missing.clone()]
    );
    for (body, reply) in [
        (r#"{"status":"tasks.status.completed"}"#, completed),
        (r#"{"error":"Refill not found"}"#, missing),
    ] {
        assert_eq!(read(&["1"], body), [reply], "{body}");
    }
    for (ids, body) in [
        (
            &["1", "3"][..],
            r#"[{"status":"Completed"},{"status":"Rejected"}]"#,
        ),
        (&["1"], r#"{"refill":2,"status":"Rejected"}"#),
    ] {
        assert_eq!(read(ids, body), [], "{body}");
    }
    let failed = refill_statuses(&asked(&["1"]), &answer(r#"{"status":"fail"}"#));
    assert!(matches!(failed, Err(Unreadable::Refused(_))));
}

/// A random answer about some orders.
fn arb_answer() -> impl Strategy<Value = String> {
    let id = prop::sample::select(&["1", "3", "23501", "999999", "0", "2"][..]);
    let word = prop::sample::select(&["Canceled", "Partial", "fail", "success", "3", ""][..]);
    let name = prop::sample::select(&["order", "order_id", "orderId", "id", "x", "ORDER"][..]);
    let line = (name, id.clone(), word.clone(), any::<bool>(), any::<bool>());
    let line = line.prop_map(|(name, id, word, names, numbers)| {
        let named = if names {
            format!(r#""{name}":"{id}","#)
        } else {
            String::new()
        };
        let numbers = if numbers {
            r#","charge":"0","remains":"5""#
        } else {
            ""
        };
        format!(r#"{{{named}"status":"{word}"{numbers}}}"#)
    });
    let lines = prop::collection::vec((id, line), 0..5);
    (lines, word, 0..4_u8, any::<bool>()).prop_map(|(lines, word, shape, is_enveloped)| {
        let keyed = lines.iter().map(|(id, line)| format!("\"{id}\":{line}"));
        let keyed: Vec<String> = keyed.collect();
        let bare: Vec<String> = lines.iter().map(|(_, line)| line.clone()).collect();
        let body = match shape {
            0 => format!("{{{}}}", keyed.join(",")),
            1 => format!("[{}]", bare.join(",")),
            2 => bare.first().cloned().unwrap_or_default(),
            _ => format!(
                "[{}]",
                keyed
                    .iter()
                    .map(|one| format!("{{{one}}}"))
                    .collect::<Vec<_>>()
                    .join(",")
            ),
        };
        match is_enveloped {
            true => format!(r#"{{"status":"{word}","data":{body}}}"#),
            false => body,
        }
    })
}

proptest! {
    #[test]
    fn no_line_is_an_orders_whose_id_does_not_stand_in_the_answer(body in arb_answer()) {
        for ids in [&["1", "3"][..], &["23501", "1", "2"], &["3", "4"]] {
            for said in status_replies(&asked(ids), &answer(&body), Reading::PLAIN).unwrap_or_default() {
                let stands = format!("\"{}\"", said.id);
                prop_assert!(body.contains(&stands), "{} in {body}", said.id);
            }
        }
        // One order alone may be answered bare, but never by a line that names another.
        for said in status_replies(&asked(&["7"]), &answer(&body), Reading::PLAIN).unwrap_or_default() {
            let line = body.rsplit('{').next().unwrap_or_default();
            for name in ["\"order\"", "\"order_id\"", "\"orderId\"", "\"id\"", "\"ORDER\""] {
                prop_assert!(!line.contains(name), "{said:?} in {body}");
            }
        }
    }
}

/// "Parsing a status reply of 100 lines: at most 1 ms."
#[test]
#[ignore = "measures time; of use in a release build only"]
#[expect(
    clippy::disallowed_methods,
    reason = "the time that it takes is what is measured"
)]
fn a_hundred_lines_are_read_within_a_millisecond() {
    let ids: Vec<String> = (0..100).map(|n| (5_000_001 + n).to_string()).collect();
    let line = r#"{"charge":"0.27819","start_count":"3572",
        "status":"In progress","remains":"157","currency":"USD"}"#;
    let keyed: Vec<String> = ids.iter().map(|id| format!("\"{id}\":{line}")).collect();
    let name = |id: &String| line.replacen('{', &format!("{{\"order\":{id},"), 1);
    let named: Vec<String> = ids.iter().map(name).collect();
    let (keyed, named) = (keyed.join(","), named.join(","));
    for body in [format!("{{{keyed}}}"), format!("[{named}]")] {
        // The shortest of many rounds: what else the machine does is not what is measured.
        let rounds = (0..300).map(|_| {
            let start = std::time::Instant::now();
            let read = status_replies(&ids, &answer(&body), Reading::PLAIN).unwrap();
            assert_eq!(read.len(), 100);
            start.elapsed()
        });
        let shortest = rounds.min().unwrap();
        println!("100 lines, {} bytes: {shortest:?}", body.len());
        assert!(shortest.as_micros() < 1_000, "{shortest:?}");
    }
}

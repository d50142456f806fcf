//! Answers to one order that say two things of it, or something of another: none of them ends it.

use super::tests::statuses;
use super::*;

#[test]
fn what_has_two_readings_ends_nothing() {
    for body in [
        r#"{"status":"fail","charge":null,"start_count":null,"remains":null}"#,
        r#"{"status":"fail","charge":"","remains":"","message":"Database connection lost"}"#,
        r#"{"status":"success","order":8,"data":{"status":"Canceled","charge":"0","remains":"100"}}"#,
        r#"{"order_id":"8","result":{"status":"Refunded","charge":"0","remains":"100"}}"#,
        r#"{"7":{"order":{"id":8},"status":"Canceled","charge":"0","remains":"9"}}"#,
        r#"{"order":{"order_id":8},"status":"Partial","charge":"0","remains":"90"}"#,
        r#"{"7":{"order_number":8,"status":"Canceled","charge":"0"}}"#,
        r#"{"data":{"7":{"status":"Canceled","charge":"0"}},"orders":{"7":{"status":"In progress"}}}"#,
        r#"{"7":{"status":"In progress"},"data":{"7":{"status":"Canceled","charge":"0"}}}"#,
        r#"{"error":404,"status":"Canceled","charge":"0","remains":"0"}"#,
        r#"{"7":{"error":true,"status":"Canceled","charge":"0"}}"#,
        r#"{"ok":false,"code":404,"status":"Canceled","charge":"0","remains":"0"}"#,
        r#"{"status":"Canceled","Status":"In progress","charge":"0","remains":"0"}"#,
        r#"{"8":{"status":"Canceled"},"status":"Canceled","charge":"0","remains":"0"}"#,
        r#"{"refill_id":1,"status":"Canceled","charge":"0","remains":"0"}"#,
    ] {
        let answer = Answer {
            http_status: 200,
            retry_after_ms: None,
            body: body.as_bytes(),
        };
        let read = status_replies(&["7".to_owned()], &answer, Reading::PLAIN);
        let has_ended = read.into_iter().flatten().any(|said| match said.reply {
            StatusReply::Known { word, .. } => matches!(
                word,
                Some(OrderWord::Canceled | OrderWord::Partial | OrderWord::Completed)
            ),
            StatusReply::Error(_) => false,
        });
        assert!(!has_ended, "{body}");
    }
}

#[test]
fn a_line_names_its_order_in_any_spelling_of_the_number() {
    for body in [
        r#"{"0103":{"status":"Partial"},"101.0":{"status":"Pending"}}"#,
        r#"[{"order":"000103.00","status":"Partial","remains":5},
            {"order":101.0,"status":"Pending","charge":"0"}]"#,
    ] {
        let said = statuses(&["101", "0103"], body).unwrap();
        assert_eq!(said, ["101 Pending", "0103 Partial"], "{body}");
    }
    // Of two that are one number no line says which it is about: each is asked about alone.
    let body =
        r#"{"101":{"status":"Pending"},"0101":{"status":"Partial"},"7":{"status":"Completed"}}"#;
    assert_eq!(
        statuses(&["101", "0101", "7"], body).unwrap(),
        ["7 Completed"]
    );
}

//! Answers to one order that say two things of it, or something of another: none of them ends it.

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

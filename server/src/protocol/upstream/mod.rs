//! The protocol in the other direction: what is sent to a provider, and its answers, read as the
//! hostile and careless texts that they are.
//!
//! Invariants: no reader panics on any bytes; an order counts as accepted only with an id, and as
//! refused only if the provider says so in words; everything between is unclear, and the caller
//! must not send it again. A number that is not plainly one is absent, never guessed.
//!
//! Never: the network, the key, or a decision about an order.

mod amount;
mod around;
mod cancel;
mod json;
mod offered;
mod outgoing;
mod per_id;
mod phrase;
mod placed;
mod plain_id;
mod says;
mod status;

pub use amount::named_amount;
pub use cancel::{CancelReply, cancel_replies};
pub use offered::{
    Catalogue, OfferedService, PRICE_COLUMN, PricePer, RowReading, balance, is_column, services,
};
pub use outgoing::{Outgoing, encoded, is_passable, without_plus};
pub use phrase::{
    CONTRADICTED, PhraseClass, SentValues, has_server_fault_marks, normalize_phrase,
    own_refusal_class, without_sent_values,
};
pub use placed::{AddReply, RefillReply, Unclear, add_reply, refill_reply};
pub use plain_id::plain_id;
pub use says::ProviderSays;
pub use status::{
    Reading, RefillStatusReply, Said, StatusReply, names_unknown_id, refill_statuses,
    status_replies,
};

use std::borrow::Cow;

use serde_json::Value;

/// What came back for one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub http_status: u16,
    /// The `Retry-After` header in milliseconds, if there was one.
    pub retry_after_ms: Option<i64>,
    /// The body, whole.
    pub body: &'a [u8],
}

/// Why an answer to a question that may be asked again says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The provider asks for patience: HTTP 429, or 503 with `Retry-After`.
    #[error("the provider asks to try again later")]
    TryAfter {
        /// How long to wait, in milliseconds, if it said so.
        ms: Option<i64>,
    },
    /// The provider refused the request as a whole.
    #[error("the provider says: {}", .0.text)]
    Refused(ProviderSays),
    /// The answer is not what the protocol knows; the text says how.
    #[error("the provider's answer is unreadable: {0}")]
    Garbled(String),
}

impl Answer<'_> {
    /// True if the provider asks for patience.
    fn asks_to_wait(&self) -> bool {
        self.http_status == 429 || (self.http_status == 503 && self.retry_after_ms.is_some())
    }

    /// How long it asks to wait, in milliseconds, zero or more.
    fn wait_ms(&self) -> Option<i64> {
        self.retry_after_ms.map(|ms| ms.max(0))
    }

    /// The JSON of an answer to a question that may be asked again.
    fn read(&self) -> Result<Value, Unreadable> {
        self.read_by(json::recover)
    }

    /// The same as text, for answers whose values together would take many times its memory.
    fn read_text(&self) -> Result<Cow<'_, str>, Unreadable> {
        self.read_by(json::recover_text)
    }

    fn read_by<'s, T>(&'s self, by: impl Fn(&'s [u8]) -> Option<T>) -> Result<T, Unreadable> {
        if self.asks_to_wait() {
            return Err(Unreadable::TryAfter { ms: self.wait_ms() });
        }
        let http = || format!("HTTP {}", self.http_status);
        if self.http_status >= 500 {
            return Err(Unreadable::Garbled(http()));
        }
        by(self.body)
            .ok_or_else(|| Unreadable::Garbled(format!("no JSON in the body of {}", http())))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_with_every_reader(answer: &Answer<'_>) {
        let asked = ["1".to_owned(), "23501".to_owned()];
        let _ = add_reply(answer);
        let _ = refill_reply(answer);
        let _ = services(answer, &RowReading::default());
        let _ = balance(answer);
        for asked in [&asked[..], &asked[..1], &[]] {
            let _ = status_replies(asked, answer, Reading::PLAIN);
            let _ = refill_statuses(asked, answer);
            let _ = cancel_replies(asked, answer, Reading::PLAIN);
        }
    }

    /// JSON texts that reach deep into the readers.
    const SEEDS: [&str; 12] = [
        r#"{"order":23501,"charge":"0.90","status":"success"}"#,
        r#"{"error":"Not enough funds on balance"}"#,
        r#"{"status":"error","message":"Bad link","errors":{"link":["a",{"b":"c"}]}}"#,
        r#"{"1":{"charge":"0.9","start_count":"3","status":"Partial","remains":"-1"},"23501":"x"}"#,
        r#"[{"charge":1e-2,"start_count":null,"status":"Pending","remains":7.00},[]]"#,
        r#"{"refill":{"error":"Refill days are over"}}"#,
        r#"[{"order":1,"refill":1,"status":"Completed","cancel":{"error":"x"}}]"#,
        r#"[{"service":"1","name":"n","type":"Default","rate":1e-28,"min":"1","max":2.0}]"#,
        r#"{"balance":"100.84292","currency":"USD"}"#,
        r#"{"balance":1e400,"currency":7}"#,
        r#"{"$serde_json::private::Number":"1x","order":{"$serde_json::private::Number":"5"}}"#,
        "<br />\n<b>Warning</b>: [x] {y} in a.php\n{\"order\":5}",
    ];

    proptest! {
        #[test]
        fn no_bytes_make_a_reader_panic(
            body in prop::collection::vec(any::<u8>(), 0..300),
            http_status in any::<u16>(),
            retry_after_ms in any::<Option<i64>>(),
        ) {
            read_with_every_reader(&Answer { http_status, retry_after_ms, body: &body });
        }

        #[test]
        fn no_mutation_of_a_real_answer_makes_a_reader_panic(
            seed in prop::sample::select(&SEEDS[..]),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        ) {
            let mut body = seed.as_bytes().to_vec();
            for (at, byte) in changes {
                let at = at.index(body.len());
                body[at] = byte;
            }
            for at in cuts {
                let at = at.index(body.len().max(1)).min(body.len().saturating_sub(1));
                let _ = (body.len() > 1).then(|| body.remove(at));
            }
            read_with_every_reader(&Answer { http_status: 200, retry_after_ms: None, body: &body });
        }

        #[test]
        fn no_number_or_text_in_a_field_makes_a_reader_panic(
            number in "-?[0-9]{1,40}(\\.[0-9]{1,40})?(e[+-]?[0-9]{1,12})?",
            quoted in any::<bool>(),
        ) {
            let value = if quoted { format!("\"{number}\"") } else { number };
            for body in [
                format!(r#"{{"order":{value},"charge":{value}}}"#),
                format!(r#"{{"refill":{value}}}"#),
                format!(r#"{{"balance":{value},"currency":"USD"}}"#),
                format!(
                    r#"{{"1":{{"charge":{value},"start_count":{value},"remains":{value}}}}}"#
                ),
                format!(
                    r#"[{{"service":{value},"rate":{value},"min":{value},"max":{value}}}]"#
                ),
            ] {
                let body = body.as_bytes();
                read_with_every_reader(&Answer { http_status: 200, retry_after_ms: None, body });
            }
        }
    }

    #[test]
    fn patience_and_server_errors_say_nothing_about_what_was_asked() {
        let ask = |http_status, retry_after_ms| {
            balance(&Answer {
                http_status,
                retry_after_ms,
                body: br#"{"balance":"1"}"#,
            })
        };
        assert_eq!(ask(429, None), Err(Unreadable::TryAfter { ms: None }));
        assert_eq!(
            ask(503, Some(-5)),
            Err(Unreadable::TryAfter { ms: Some(0) })
        );
        assert_eq!(
            ask(503, None),
            Err(Unreadable::Garbled("HTTP 503".to_owned()))
        );
        assert!(ask(422, None).is_ok());
    }
}

//! What a provider's sentence can mean, and which sentences are known without a phrasebook.
//!
//! A sentence is compared whole, by its normalised form ([`normalize_phrase`]), and never by a
//! fragment: "api key" also occurs in `Duplicate entry for key 'orders.api_key_unique'`, which a
//! provider says after it has stored the order.
//!
//! Never: the database, or a decision about an order.

mod normalize;

pub use normalize::{SentValues, normalize_phrase, without_sent_values};

use crate::protocol::sentence;
use crate::vocabulary::words;

words! {
    /// What a sentence that refuses means for the order, and so what may be done next.
    pub enum PhraseClass {
        /// The link, the quantity or a field is refused: the service's next provider is asked.
        OrderFault = "order_fault",
        /// The provider does not sell the service: its catalogue is read, the next provider asked.
        ServiceNotSold = "service_not_sold",
        /// Our balance there does not cover the order: the order waits.
        OurFunds = "our_funds",
        /// Our key or our account there is refused: the order waits.
        OurAccount = "our_account",
        /// We ask too often: the order waits.
        TooManyRequests = "too_many_requests",
        /// An earlier order on the same link is active there: the order waits for it.
        WaitForLink = "wait_for_link",
        /// The `request_id` stands for another order there: an operator decides.
        RequestIdConflict = "request_id_conflict",
        /// The provider failed: whether it stored the order is not known.
        ServerFault = "server_fault",
        /// The sentence refuses nothing: whether the order was stored is not known.
        NotARefusal = "not_a_refusal",
    }
}

impl PhraseClass {
    /// True for what is said of us, whatever was asked: funds, key, account, rate.
    pub fn is_about_us(self) -> bool {
        match self {
            PhraseClass::OurFunds | PhraseClass::OurAccount | PhraseClass::TooManyRequests => true,
            PhraseClass::OrderFault
            | PhraseClass::ServiceNotSold
            | PhraseClass::WaitForLink
            | PhraseClass::RequestIdConflict
            | PhraseClass::ServerFault
            | PhraseClass::NotARefusal => false,
        }
    }
}

/// Marks of a fault of the provider's software, in lower case. A sentence with one of them is
/// never proof of a refusal: common scripts store the order first and fail afterwards.
const SERVER_FAULT_MARKS: [&str; 42] = [
    "sqlstate",
    "curl error",
    "exception",
    "stack trace",
    "fatal error",
    "parse error",
    "syntax error",
    "undefined ",
    "call to a ",
    "server error",
    "internal error",
    "unexpected error",
    "unknown error",
    "error occurred",
    "error has occurred",
    "bad gateway",
    "gateway time",
    "service unavailable",
    "temporarily unavailable",
    "timed out",
    "time out",
    "timeout",
    "connection refused",
    "connection reset",
    "could not connect",
    "went wrong",
    "try again",
    "try later",
    "retry later",
    "deadlock",
    "mysql",
    "pdo",
    "duplicate entry",
    "integrity constraint",
    "gone away",
    "allowed memory",
    "maximum execution time",
    "errno",
    ".php",
    "on line ",
    "econnre",
    "etimedout",
];

/// Stands behind the normalised form of a sentence about our funds or our account that the
/// provider's balance contradicts. Such a sentence is known, and is no evidence all the same: sorting
/// it again would send its orders again and again.
pub const CONTRADICTED: &str = "{contradicted}";

/// True for a sentence that speaks of a fault of the provider's software. It can only be sorted
/// as [`PhraseClass::ServerFault`].
pub fn has_server_fault_marks(text: &str) -> bool {
    let text = text.to_lowercase();
    SERVER_FAULT_MARKS.iter().any(|mark| text.contains(mark))
}

/// What a sentence of this program's own `/api/v2` to `add` means. Each is said before anything is
/// placed, so each is definite, but only in a reply that carries the extension's header.
pub fn own_refusal_class(text: &str) -> Option<PhraseClass> {
    let fixed = match text {
        sentence::INCORRECT_REQUEST | sentence::BAD_LINK | sentence::DRIPFEED_DISABLED => {
            Some(PhraseClass::OrderFault)
        }
        sentence::INCORRECT_SERVICE_ID => Some(PhraseClass::ServiceNotSold),
        sentence::NOT_ENOUGH_FUNDS => Some(PhraseClass::OurFunds),
        sentence::INVALID_API_KEY | sentence::ACCOUNT_SUSPENDED => Some(PhraseClass::OurAccount),
        sentence::RATE_LIMIT_EXCEEDED => Some(PhraseClass::TooManyRequests),
        sentence::ACTIVE_ORDER_ON_LINK => Some(PhraseClass::WaitForLink),
        sentence::REQUEST_ID_REUSED => Some(PhraseClass::RequestIdConflict),
        _ => None,
    };
    fixed.or_else(|| {
        let own = OWN_OPENINGS.iter();
        let found = own.clone().find(|(opening, _)| text.starts_with(opening));
        found.map(|(_, class)| *class)
    })
}

/// How this program's sentences begin that name a number or a field. A sentence of our own kind is
/// of a closed set, which is why its opening is enough.
const OWN_OPENINGS: [(&str, PhraseClass); 7] = [
    ("Quantity less than minimal ", PhraseClass::OrderFault),
    ("Quantity more than maximum ", PhraseClass::OrderFault),
    ("the field ", PhraseClass::OrderFault),
    ("the charge is out of range", PhraseClass::OrderFault),
    ("the API key may not ", PhraseClass::OurAccount),
    ("an API key may not do that", PhraseClass::OurAccount),
    ("request_id must be ", PhraseClass::OrderFault),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_the_software_is_seen_in_any_sentence() {
        for text in [
            "SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry 'x' for key \
             'orders.api_key_unique'",
            "cURL error 28: Operation timed out after 30001 milliseconds",
            "An error occurred while placing your order.",
            "Something went wrong, try again later",
            "Call to a member function create() on null",
            "ErrorException in OrderController.php on line 33",
        ] {
            assert!(has_server_fault_marks(text), "{text}");
        }
        for text in [
            "Not enough funds on balance",
            "Bad link",
            "Quantity less than minimal 100",
            sentence::ACTIVE_ORDER_ON_LINK,
        ] {
            assert!(!has_server_fault_marks(text), "{text}");
        }
    }

    #[test]
    fn every_mark_is_in_lower_case() {
        for mark in SERVER_FAULT_MARKS {
            assert_eq!(mark, mark.to_lowercase());
        }
    }
}

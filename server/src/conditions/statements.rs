//! Which alerts last, and while what is true: each statement gives the causes of one kind, and what
//! an alert says where there is none yet (`message`); without it only what happened raises one.
//!
//! The conditions on states are spelled as the partial indices are: SQLite looks no further.

use crate::alerts::AlertKind;

/// Every kind whose alerts end by themselves and that a statement can tell.
pub(super) const LASTING: [(AlertKind, &str); 17] = [
    (AlertKind::ProviderTrouble, PROVIDER_TROUBLE),
    (AlertKind::UnlistedRefusal, UNLISTED_REFUSAL),
    (AlertKind::CircuitOpen, CIRCUIT_OPEN),
    (AlertKind::UnsortedSentence, UNSORTED_SENTENCE),
    (AlertKind::UnknownStatus, UNKNOWN_STATUS),
    (AlertKind::Parked, PARKED),
    (AlertKind::CannotFollow, CANNOT_FOLLOW),
    (AlertKind::ChargedAboveQuote, CHARGED_ABOVE_QUOTE),
    (AlertKind::FirstChargeMissing, FIRST_CHARGE_MISSING),
    (AlertKind::ServicePaused, SERVICE_PAUSED),
    (AlertKind::CatalogueNotTaken, CATALOGUE_NOT_TAKEN),
    (AlertKind::DepositReview, DEPOSIT_REVIEW),
    (AlertKind::DisputeFiled, DISPUTE_FILED),
    (AlertKind::AbuseFound, ABUSE_FOUND),
    (AlertKind::OrdersNotStopped, ORDERS_NOT_STOPPED),
    (AlertKind::CheckFailed, CHECK_FAILED),
    (AlertKind::ManualOrdersWait, MANUAL_ORDERS_WAIT),
];

const PROVIDER_TROUBLE: &str = "
    SELECT 'provider ' || id AS cause, 'provider ' || id || ' is paused: `smm-panel provider show ' ||
        name || '` says why' AS message
    FROM providers WHERE pause_reason = 'trouble'";

const UNLISTED_REFUSAL: &str = "
    SELECT 'provider ' || id AS cause, 'nothing is sent to provider ' || id ||
        ' until its sentences are sorted: `smm-panel phrase list`' AS message
    FROM providers WHERE pause_reason = 'unsorted'";

const CIRCUIT_OPEN: &str = "
    SELECT 'provider ' || id AS cause, 'nothing is sent to provider ' || id ||
        ' until it answers again' AS message
    FROM providers WHERE pause_reason = 'circuit_open'";

const UNSORTED_SENTENCE: &str = "
    SELECT 'phrase ' || id AS cause, CAST(NULL AS TEXT) AS message
    FROM provider_phrases WHERE kind = 'refusal' AND alerts > 0
    UNION ALL
    SELECT 'phrase decision ' || id, NULL FROM phrase_decisions WHERE state = 'to_confirm'";

const UNKNOWN_STATUS: &str = "
    SELECT 'phrase ' || id AS cause, CAST(NULL AS TEXT) AS message
    FROM provider_phrases WHERE kind = 'status' AND alerts > 0";

/// Who sorts a sentence is told of the sentence, not of each order that waits on it; of an id that was
/// given twice somebody is told by another alert.
const PARKED: &str = "
    SELECT 'dispatch ' || id AS cause, CASE WHEN phrase IS NULL AND NOT EXISTS
            (SELECT 1 FROM alerts a WHERE a.kind = 'duplicate_provider_order'
             AND a.cause = 'dispatch ' || dispatches.id)
        THEN 'dispatch ' || id || ' waits for an operator: ' || COALESCE(reason, 'no answer')
        END AS message
    FROM dispatches WHERE state IN ('unknown', 'parked') AND state = 'parked'
    UNION ALL
    SELECT 'refill dispatch ' || id, 'refill dispatch ' || id || ' waits for an operator: ' ||
        COALESCE(reason, 'no answer')
    FROM refill_dispatches
    WHERE state IN ('queued', 'sending', 'parked', 'accepted') AND state = 'parked'";

const CANNOT_FOLLOW: &str = "
    SELECT 'provider ' || provider_id || ', ' || action AS cause, CAST(NULL AS TEXT) AS message
    FROM provider_asking WHERE failing_since_ms IS NOT NULL";

const CHARGED_ABOVE_QUOTE: &str = "
    SELECT 'offer ' || provider_service || ' of provider ' || provider_id AS cause,
        CAST(NULL AS TEXT) AS message
    FROM offer_charges WHERE held_at_ms IS NOT NULL AND pause_reason IS NOT NULL";

const FIRST_CHARGE_MISSING: &str = "
    SELECT 'offer ' || provider_service || ' of provider ' || provider_id AS cause,
        CAST(NULL AS TEXT) AS message
    FROM offer_charges WHERE held_at_ms IS NOT NULL AND pause_reason IS NULL";

const SERVICE_PAUSED: &str = "
    SELECT 'service ' || id AS cause, CAST(NULL AS TEXT) AS message
    FROM services WHERE state = 'paused'
    UNION
    SELECT 'offer ' || provider_service || ' of provider ' || provider_id, NULL
    FROM offers WHERE gone";

const CATALOGUE_NOT_TAKEN: &str = "
    SELECT 'provider ' || r.provider_id AS cause, CAST(NULL AS TEXT) AS message
    FROM sync_reports r WHERE r.error IS NOT NULL AND r.id =
        (SELECT MAX(n.id) FROM sync_reports n
         WHERE n.provider_id = r.provider_id AND n.finished_at_ms IS NOT NULL)";

const DEPOSIT_REVIEW: &str = "
    SELECT 'deposit review ' || id AS cause, 'deposit review ' || id || ' waits for a decision: ' ||
        reason AS message
    FROM deposit_reviews WHERE state IN ('open', 'held')";

const DISPUTE_FILED: &str = "
    SELECT 'dispute ' || id AS cause, 'dispute ' || id || ' of order ' || order_id ||
        ' waits for a decision' AS message
    FROM disputes WHERE state = 'open'";

const ABUSE_FOUND: &str = "
    SELECT 'case ' || id AS cause, 'case ' || id || ': ' || detector || ' about ' || subject ||
        ' waits for a decision' AS message
    FROM abuse_cases WHERE state = 'open'";

const ORDERS_NOT_STOPPED: &str = "
    SELECT 'suspension ' || id AS cause, CAST(NULL AS TEXT) AS message
    FROM suspensions WHERE lifted_at_ms IS NULL AND orders_stopped_at_ms IS NULL
    UNION ALL
    SELECT 'case ' || case_id, NULL FROM abuse_case_cancels WHERE done_at_ms IS NULL";

const CHECK_FAILED: &str = "
    SELECT 'check' AS cause, CAST(NULL AS TEXT) AS message
    FROM ledger_check WHERE violations > 0";

const MANUAL_ORDERS_WAIT: &str = "
    SELECT 'service ' || service_id AS cause, COUNT(*) || ' order(s) of service ' || service_id ||
        ' wait to be delivered by hand, the oldest is order ' || MIN(id) ||
        ': write their progress with `smm-panel order manual`' AS message
    FROM orders WHERE settled_at_ms IS NULL
        AND NOT EXISTS (SELECT 1 FROM dispatches d WHERE d.order_id = orders.id)
    GROUP BY service_id";

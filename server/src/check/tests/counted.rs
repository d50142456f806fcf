//! The refill that the base panel filed by itself, and the corruptions of that.

use super::Corruption;

/// The refill, its count, and a look after which none was filed.
pub(super) const ROWS: &str = "
    INSERT INTO refills (id, order_id, status, created_at_ms, ended_at_ms, automatic)
        VALUES (2, 1, 'completed', 9, 9, TRUE);
    INSERT INTO count_checks (id, order_id, checked_at_ms, start_count, delivered, current_count,
                              dropped, not_filed, refill_id)
    VALUES (1, 1, 9, 500, 1000, 1499, 1, 'within_tolerance', NULL),
           (2, 1, 9, 500, 1000, 1200, 300, NULL, 2);
";

pub(super) const CORRUPTIONS: &[Corruption] = &[
    Corruption {
        name: "a refill was filed without a count",
        sql: "DELETE FROM count_checks WHERE id = 2",
        found: &[(10, "refill 2")],
    },
    Corruption {
        name: "a refill was filed for what was not missing",
        sql: "UPDATE count_checks SET current_count = 1201 WHERE id = 2",
        found: &[(10, "refill 2")],
    },
    Corruption {
        name: "a refill was filed without a start count",
        sql: "UPDATE count_checks SET start_count = NULL WHERE id = 2",
        found: &[(10, "refill 2")],
    },
    Corruption {
        name: "a refill was filed by the count of another order",
        sql: "UPDATE count_checks SET order_id = 2 WHERE id = 2",
        found: &[(10, "refill 2")],
    },
    Corruption {
        name: "a count names a refill that was asked for",
        sql: "UPDATE refills SET automatic = FALSE WHERE id = 2",
        found: &[(10, "refill 2")],
    },
];

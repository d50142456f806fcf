//! The dispute that gave back a part of the base panel's package, and the corruptions of that.

use super::Corruption;

/// The dispute.
pub(super) const ROWS: &str = "
    INSERT INTO disputes (id, order_id, account_id, reason, amount_nano, description, state,
                          created_at_ms, decided_by, decision, decided_at_ms, refund_id)
    VALUES (1, 8, 1, 'wrong_charge', 1500000000, 'It was offered for a dollar less.', 'upheld', 9,
            'command', 'it was', 9, 7),
           (2, 1, 1, 'not_delivered', 900000000, 'Nobody has followed this account.', 'open', 9,
            NULL, NULL, NULL, NULL);
";

pub(super) const CORRUPTIONS: &[Corruption] = &[
    Corruption {
        name: "a dispute's refund has no dispute",
        sql: "DELETE FROM disputes WHERE id = 1",
        found: &[(10, "refund 7")],
    },
    Corruption {
        name: "a dispute names a refund of another reason",
        sql: "UPDATE refunds SET reason = 'goodwill' WHERE id = 7",
        found: &[(7, "dispute 1"), (10, "refund 7")],
    },
    Corruption {
        name: "a dispute gave more than was claimed",
        sql: "UPDATE disputes SET amount_nano = 999999999 WHERE id = 1",
        found: &[(7, "dispute 1")],
    },
    Corruption {
        name: "a rejected dispute gave something",
        sql: "UPDATE disputes SET state = 'rejected' WHERE id = 1",
        found: &[(7, "dispute 1")],
    },
    Corruption {
        name: "an upheld dispute gave nothing",
        sql: "UPDATE disputes SET state = 'upheld' WHERE id = 2",
        found: &[(7, "dispute 2")],
    },
    Corruption {
        name: "a dispute is about somebody else's order",
        sql: "UPDATE disputes SET account_id = 2 WHERE id = 1",
        found: &[(10, "dispute 1")],
    },
];

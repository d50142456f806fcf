//! Cases of abuse in the base panel: a released one, for which a key was blocked, an open one for which
//! another is, and one for which an account's new orders wait; and what may be wrong with them.

use super::Corruption;

/// The cases, the keys, and the account that is held.
pub(super) const ROWS: &str = "
    INSERT INTO api_keys (id, account_id, digest, prefix, last4, created_at_ms, name, scopes,
                          blocked_at_ms)
    VALUES (1, 1, X'01', 'smp_live_', 'aaaa', 0, 'shop', 'read', NULL),
           (2, 2, X'02', 'smp_live_', 'bbbb', 0, 'shop', 'read', 7);
    UPDATE accounts SET held_at_ms = 8 WHERE id = 2;
    INSERT INTO abuse_cases (id, detector, subject, account_id, key_id, state, action, score,
                             evidence, findings, opened_at_ms, found_at_ms, decided_by,
                             decided_reason, decided_at_ms, judged_at_ms)
    VALUES (1, 'leaked_key', 'key:1', 1, 1, 'released', 'block_key', 900, '[]', 1, 5, 5,
            'operator:9', 'a mistake', 6, 6),
           (2, 'leaked_key', 'key:2', 2, 2, 'open', 'block_key', 900, '[]', 1, 7, 7, NULL, NULL,
            NULL, NULL),
           (3, 'cancel_loop', 'account:2', 2, NULL, 'open', 'hold', 900, '[]', 1, 8, 8, NULL, NULL,
            NULL, NULL);
    INSERT INTO abuse_case_actions (case_id, action, done_at_ms, undone_at_ms)
    VALUES (1, 'block_key', 5, 6), (2, 'block_key', 7, NULL), (3, 'hold', 8, NULL);
";

/// A decision after which everything stands as before.
pub(super) const CONFIRMED: &str = "UPDATE abuse_cases SET state = 'confirmed', \
     decided_by = 'operator:9', decided_reason = 'it was', decided_at_ms = 9, judged_at_ms = 9 WHERE id = 3";

pub(super) const CORRUPTIONS: &[Corruption] = &[
    Corruption {
        name: "a case is decided by nobody",
        sql: "UPDATE abuse_cases SET decided_by = NULL WHERE id = 1",
        found: &[(17, "case 1")],
    },
    Corruption {
        name: "an open case has a decision",
        sql: "UPDATE abuse_cases SET decided_by = 'operator:9', decided_reason = 'x',
                  decided_at_ms = 9, judged_at_ms = 9 WHERE id = 3",
        found: &[(17, "case 3")],
    },
    Corruption {
        name: "a released case goes on",
        sql: "UPDATE abuse_case_actions SET undone_at_ms = NULL WHERE case_id = 1;
              UPDATE api_keys SET blocked_at_ms = 5 WHERE id = 1",
        found: &[(17, "case 1")],
    },
    Corruption {
        name: "a case is gone, and what was done for it stands",
        sql: "DELETE FROM abuse_cases WHERE id = 2",
        found: &[(17, "case 2"), (17, "key 2")],
    },
    Corruption {
        name: "an account is held without a case",
        sql: "UPDATE accounts SET held_at_ms = 5 WHERE id = 1",
        found: &[(17, "account 1")],
    },
    Corruption {
        name: "a case asks for a hold that is not there",
        sql: "UPDATE accounts SET held_at_ms = NULL WHERE id = 2",
        found: &[(17, "account 2")],
    },
    Corruption {
        name: "a key is blocked without a case",
        sql: "UPDATE api_keys SET blocked_at_ms = 5 WHERE id = 1",
        found: &[(17, "key 1")],
    },
    Corruption {
        name: "a key that a case blocks is good",
        sql: "UPDATE api_keys SET blocked_at_ms = NULL WHERE id = 2",
        found: &[(17, "key 2")],
    },
    Corruption {
        name: "a decided case is judged by nobody",
        sql: "UPDATE abuse_cases SET judged_at_ms = NULL WHERE id = 1",
        found: &[(17, "case 1")],
    },
    Corruption {
        name: "orders are to be canceled for a case that nobody confirmed",
        sql: "INSERT INTO abuse_case_cancels (case_id, account_id, through_id, keeps_hold)
              VALUES (3, 2, 9, FALSE)",
        found: &[(17, "case 3")],
    },
    Corruption {
        name: "a run waits of an account that was never held",
        sql: "UPDATE dispatches SET state = 'held' WHERE id = 102",
        found: &[(17, "dispatch 102")],
    },
];

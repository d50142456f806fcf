//! A correction of a credit in the base panel, and somebody who was removed from the staff; and what may
//! be wrong with them.

use super::Corruption;

/// Five of the hundred USD that ledger transaction 1 gave were taken back; a supporter has left.
pub(super) const ROWS: &str = "
    INSERT INTO corrections (id, transaction_id, credit_id, account_id, amount_nano)
    VALUES (1, 22, 1, 1, 5000000000);
    INSERT INTO accounts (id, name, role, created_at_ms, removed_at_ms, removed_name, removed_email)
    VALUES (90, 'sue (removed)', 'support', 0, 5, 'sue', 'sue@x.test');
    INSERT INTO api_keys (id, account_id, digest, prefix, last4, created_at_ms, name, scopes,
                          revoked_at_ms)
    VALUES (90, 90, X'90', 'smp_op_', 'ssss', 0, 'script', 'read', 5);
    INSERT INTO sessions (id, account_id, digest, created_at_ms, last_used_at_ms, expires_at_ms,
                          ended_at_ms)
    VALUES (90, 90, X'91', 0, 0, 9, 5);
";

/// Another part of the same credit is taken back.
pub(super) const ANOTHER: &str = "
    INSERT INTO ledger_transactions VALUES (23, 'correction', 'correction:d', 'x', 0);
    INSERT INTO ledger_entries VALUES (23, 1, 'wallet:1', 'debit', 7), (23, 2, 'bonus', 'credit', 7);
    UPDATE wallets SET balance_nano = balance_nano - 7 WHERE account_id = 1;
    INSERT INTO corrections (id, transaction_id, credit_id, account_id, amount_nano)
    VALUES (2, 23, 1, 1, 7)";

pub(super) const CORRUPTIONS: &[Corruption] = &[
    Corruption {
        name: "corrections take more than their credit gave",
        sql: "INSERT INTO ledger_transactions VALUES (23, 'adjustment', 'adjustment:e', 'x', 0),
                  (24, 'correction', 'correction:e', 'x', 0), (25, 'correction', 'correction:f', 'x', 0);
              INSERT INTO ledger_entries VALUES (23, 1, 'bonus', 'debit', 10),
                  (23, 2, 'wallet:1', 'credit', 10), (24, 1, 'wallet:1', 'debit', 6),
                  (24, 2, 'bonus', 'credit', 6), (25, 1, 'wallet:1', 'debit', 5),
                  (25, 2, 'bonus', 'credit', 5);
              UPDATE wallets SET balance_nano = balance_nano - 1 WHERE account_id = 1;
              INSERT INTO corrections (id, transaction_id, credit_id, account_id, amount_nano)
              VALUES (2, 24, 23, 1, 6), (3, 25, 23, 1, 5)",
        found: &[(21, "ledger transaction 23")],
    },
    Corruption {
        name: "a correction moves other than it says",
        sql: "UPDATE corrections SET amount_nano = amount_nano + 1",
        found: &[(21, "ledger transaction 22")],
    },
    Corruption {
        name: "a correction takes from a charge",
        sql: "UPDATE corrections SET credit_id = 3",
        found: &[(21, "correction 1"), (21, "ledger transaction 3")],
    },
    Corruption {
        name: "a correction takes from another account's credit",
        sql: "UPDATE corrections SET credit_id = 2",
        found: &[(21, "correction 1")],
    },
    Corruption {
        name: "nothing says what a correction takes from",
        sql: "DELETE FROM corrections",
        found: &[(10, "ledger transaction 22")],
    },
    Corruption {
        name: "an adjustment takes",
        sql: "UPDATE ledger_transactions SET kind = 'adjustment' WHERE id = 22;
              DELETE FROM corrections",
        found: &[(10, "ledger transaction 22")],
    },
    Corruption {
        name: "somebody who was removed can sign in",
        sql: "UPDATE accounts SET email = removed_email, password_hash = 'x' WHERE id = 90",
        found: &[(20, "account 90")],
    },
    Corruption {
        name: "somebody who was removed has a key",
        sql: "UPDATE api_keys SET revoked_at_ms = NULL WHERE id = 90",
        found: &[(20, "account 90")],
    },
    Corruption {
        name: "somebody who was removed has a session",
        sql: "UPDATE sessions SET ended_at_ms = NULL WHERE id = 90",
        found: &[(20, "account 90")],
    },
];

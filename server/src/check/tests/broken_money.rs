//! Corruptions of the ledger, the wallets and the holds.

use super::Corruption;

pub(super) const CORRUPTIONS: &[Corruption] = &[
    // 1 and 2: transactions balance.
    Corruption {
        name: "an entry is missing",
        sql: "DELETE FROM ledger_entries WHERE transaction_id = 13 AND line = 2",
        found: &[
            (1, "ledger transaction 13"),
            (2, "ledger"),
            (7, "ledger transaction 13"),
        ],
    },
    Corruption {
        name: "an entry moves nothing",
        sql: "INSERT INTO ledger_entries VALUES (13, 3, 'revenue', 'credit', 0)",
        found: &[(1, "ledger transaction 13")],
    },
    Corruption {
        name: "a transaction has no entries",
        sql: "INSERT INTO ledger_transactions VALUES (23, 'adjustment', 'adjustment:e', 'x', 0)",
        found: &[(1, "ledger transaction 23"), (10, "ledger transaction 23")],
    },
    Corruption {
        name: "an entry is on no side",
        sql: "INSERT INTO ledger_entries VALUES (13, 3, 'revenue', 'left', 5)",
        found: &[(1, "ledger transaction 13")],
    },
    Corruption {
        name: "one nano-USD appears from nowhere",
        sql: "UPDATE ledger_entries SET amount_nano = amount_nano + 1
              WHERE transaction_id = 2 AND account = 'wallet:2';
              UPDATE wallets SET balance_nano = balance_nano + 1 WHERE account_id = 2",
        found: &[
            (1, "ledger transaction 2"),
            (2, "ledger"),
            (10, "ledger transaction 2"),
        ],
    },
    // 3: stored balances.
    Corruption {
        name: "a wallet stores more than its entries",
        sql: "UPDATE wallets SET balance_nano = balance_nano + 1 WHERE account_id = 1",
        found: &[(3, "wallet 1")],
    },
    Corruption {
        name: "a wallet with entries has no row",
        sql: "DELETE FROM wallets WHERE account_id = 2",
        found: &[(3, "wallet 2")],
    },
    Corruption {
        name: "an order stores less as held than its entries",
        sql: "UPDATE orders SET held_nano = held_nano - 1 WHERE id = 6",
        found: &[(3, "order 6"), (5, "order 6")],
    },
    // 4: never negative.
    Corruption {
        name: "a wallet was spent before it was filled",
        sql: "UPDATE ledger_transactions SET id = 23 WHERE id = 1;
              UPDATE ledger_entries SET transaction_id = 23 WHERE transaction_id = 1",
        // What was corrected is the credit that filled it.
        found: &[
            (4, "ledger transaction 3"),
            (21, "correction 1"),
            (21, "ledger transaction 1"),
        ],
    },
    Corruption {
        name: "a hold was released before it was filled",
        sql: "UPDATE ledger_transactions SET id = 16 - id WHERE id IN (3, 13);
              UPDATE ledger_entries SET transaction_id = 16 - transaction_id
                  WHERE transaction_id IN (3, 13)",
        found: &[(4, "ledger transaction 3")],
    },
    // 5: holds.
    Corruption {
        name: "the hold of an open order is released",
        sql: "INSERT INTO ledger_transactions VALUES (23, 'order_settled', 'order:6', NULL, 0);
              INSERT INTO ledger_entries VALUES (23, 1, 'hold:6', 'debit', 900000000),
                                                (23, 2, 'revenue', 'credit', 900000000);
              UPDATE orders SET held_nano = 0 WHERE id = 6",
        found: &[(5, "order 6")],
    },
    Corruption {
        name: "an order ended and its hold stayed",
        sql: "DELETE FROM ledger_transactions WHERE id = 13;
              DELETE FROM ledger_entries WHERE transaction_id = 13;
              UPDATE orders SET held_nano = 900000000 WHERE id = 1",
        found: &[(5, "order 1")],
    },
    Corruption {
        name: "an ended order is not settled",
        sql: "UPDATE orders SET settled_at_ms = NULL WHERE id = 1",
        found: &[(5, "order 1")],
    },
    // 9: money moves once.
    Corruption {
        name: "an order is charged twice",
        sql: "INSERT INTO ledger_transactions VALUES (23, 'order_placed', 'order:6', NULL, 0);
              INSERT INTO ledger_entries VALUES (23, 1, 'wallet:1', 'debit', 900000000),
                                                (23, 2, 'hold:6', 'credit', 900000000);
              UPDATE wallets SET balance_nano = balance_nano - 900000000 WHERE account_id = 1",
        found: &[
            (3, "order 6"),
            (5, "order 6"),
            (9, "ledger transaction 23"),
            (9, "order 6"),
        ],
    },
    Corruption {
        name: "an order is charged under another name",
        sql: "INSERT INTO ledger_transactions VALUES (23, 'order_placed', 'order:06', NULL, 0);
              INSERT INTO ledger_entries VALUES (23, 1, 'wallet:1', 'debit', 900000000),
                                                (23, 2, 'hold:6', 'credit', 900000000);
              UPDATE wallets SET balance_nano = balance_nano - 900000000 WHERE account_id = 1",
        found: &[
            (3, "order 6"),
            (5, "order 6"),
            (9, "order 6"),
            (10, "ledger transaction 23"),
        ],
    },
    Corruption {
        name: "an order was never charged",
        sql: "DELETE FROM ledger_transactions WHERE id IN (3, 13);
              DELETE FROM ledger_entries WHERE transaction_id IN (3, 13);
              UPDATE wallets SET balance_nano = balance_nano + 900000000 WHERE account_id = 1",
        found: &[(9, "order 1")],
    },
    Corruption {
        name: "another account paid for an order",
        sql: "UPDATE ledger_entries SET account = 'wallet:2' WHERE transaction_id = 8 AND line = 1;
              UPDATE wallets SET balance_nano = balance_nano - 900000000 * (2 * account_id - 3)
                  WHERE account_id < 3",
        found: &[(9, "ledger transaction 8")],
    },
    Corruption {
        name: "an adjustment happens twice",
        sql: "INSERT INTO ledger_transactions VALUES (23, 'adjustment', 'adjustment:a', 'x', 0);
              INSERT INTO ledger_entries VALUES (23, 1, 'bonus', 'debit', 1),
                                                (23, 2, 'wallet:1', 'credit', 1);
              UPDATE wallets SET balance_nano = balance_nano + 1 WHERE account_id = 1",
        found: &[(9, "ledger transaction 23")],
    },
    // 10: causes.
    Corruption {
        name: "a correction has no reason",
        sql: "UPDATE ledger_transactions SET note = ' ' WHERE id = 22",
        found: &[(10, "ledger transaction 22")],
    },
    Corruption {
        name: "an adjustment has no reason",
        sql: "UPDATE ledger_transactions SET note = ' ' WHERE id = 1",
        found: &[(10, "ledger transaction 1")],
    },
    Corruption {
        name: "an adjustment takes from revenue",
        sql: "UPDATE ledger_entries SET account = 'revenue'
                  WHERE transaction_id = 2 AND account = 'bonus'",
        found: &[(10, "ledger transaction 2")],
    },
    Corruption {
        name: "a correction gives to revenue",
        sql: "UPDATE ledger_entries SET account = 'revenue'
                  WHERE transaction_id = 22 AND account = 'bonus'",
        found: &[(21, "ledger transaction 22")],
    },
    Corruption {
        name: "a transaction is of no known kind",
        sql: "UPDATE ledger_transactions SET kind = 'gift' WHERE id = 22",
        found: &[(10, "ledger transaction 22"), (21, "correction 1")],
    },
    Corruption {
        name: "an order was charged and does not exist",
        sql: "DELETE FROM orders WHERE id = 6; DELETE FROM dispatches WHERE order_id = 6",
        found: &[(10, "hold:6"), (10, "ledger transaction 8")],
    },
    Corruption {
        name: "a dispatch and a refund belong to no order",
        sql: "UPDATE dispatches SET order_id = 99 WHERE id = 6;
              INSERT INTO refunds VALUES (8, 99, 1, 'goodwill', 1, 0, 1, 0, 0, 'wallet', NULL, 0)",
        found: &[(10, "dispatch 6"), (10, "refund 8")],
    },
    Corruption {
        name: "entries belong to no transaction",
        sql: "DELETE FROM ledger_transactions WHERE id IN (8, 22)",
        found: &[
            (9, "order 6"),
            (10, "entry 1 of ledger transaction 22"),
            (10, "entry 1 of ledger transaction 8"),
            (10, "entry 2 of ledger transaction 22"),
            (10, "entry 2 of ledger transaction 8"),
            (21, "correction 1"),
        ],
    },
    Corruption {
        name: "a later refund has no row",
        sql: "DELETE FROM refunds WHERE id = 7;
              UPDATE orders SET refunded_nano = 600000000 WHERE id = 8",
        found: &[(7, "dispute 1"), (10, "ledger transaction 21")],
    },
];

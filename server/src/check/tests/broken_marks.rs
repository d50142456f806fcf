//! Corruptions of overlap marks that an operator has lifted, and of what that paid.

use super::Corruption;

/// Lifts the mark of order 5 and pays the 360,000,000 nano-USD that were withheld; then `$more`.
macro_rules! lifted {
    ($($more:literal)?) => {
        concat!(
            "INSERT INTO order_overlaps (order_id, other_id, lifted_at_ms) VALUES (5, 6, 10);
             INSERT INTO ledger_transactions VALUES (23, 'order_refund', 'refund:8', NULL, 10);
             INSERT INTO ledger_entries VALUES (23, 1, 'revenue', 'debit', 360000000),
                                               (23, 2, 'wallet:1', 'credit', 360000000);
             UPDATE wallets SET balance_nano = balance_nano + 360000000 WHERE account_id = 1;
             UPDATE orders SET refunded_nano = 360000000 WHERE id = 5;
             INSERT INTO refunds VALUES (8, 5, 1, 'overlap_lifted', 900000000, 400, 1000, 360000000,
                                         360000000, 'wallet', 23, 10);",
            $($more)?
        )
    };
}

/// A mark that was lifted as it should be.
pub(super) const LIFTED: &str = lifted!();

pub(super) const CORRUPTIONS: &[Corruption] = &[
    Corruption {
        name: "a lifted mark has paid nothing",
        sql: "INSERT INTO order_overlaps (order_id, other_id, lifted_at_ms) VALUES (5, 6, 10)",
        found: &[(7, "order 5")],
    },
    Corruption {
        name: "what is withheld was paid although the mark stands",
        sql: lifted!("UPDATE order_overlaps SET lifted_at_ms = NULL"),
        found: &[(7, "order 5")],
    },
    Corruption {
        name: "what is withheld was paid although one of two marks stands",
        sql: lifted!("INSERT INTO order_overlaps (order_id, other_id) VALUES (5, 7)"),
        found: &[(7, "order 5")],
    },
    Corruption {
        name: "what is withheld was paid twice",
        sql: lifted!(
            "INSERT INTO ledger_transactions VALUES (24, 'order_refund', 'refund:9', NULL, 10);
             INSERT INTO ledger_entries VALUES (24, 1, 'revenue', 'debit', 360000000),
                                               (24, 2, 'wallet:1', 'credit', 360000000);
             UPDATE wallets SET balance_nano = balance_nano + 360000000 WHERE account_id = 1;
             UPDATE orders SET refunded_nano = 720000000 WHERE id = 5;
             INSERT INTO refunds VALUES (9, 5, 1, 'overlap_lifted', 900000000, 400, 1000, 360000000,
                                         360000000, 'wallet', 24, 10)"
        ),
        found: &[(7, "order 5")],
    },
    Corruption {
        name: "less was paid than was withheld",
        sql: lifted!(
            "UPDATE ledger_entries SET amount_nano = 350000000 WHERE transaction_id = 23;
             UPDATE wallets SET balance_nano = balance_nano - 10000000 WHERE account_id = 1;
             UPDATE orders SET refunded_nano = 350000000 WHERE id = 5;
             UPDATE refunds SET amount_nano = 350000000 WHERE id = 8"
        ),
        found: &[(7, "order 5")],
    },
    Corruption {
        name: "what was withheld was paid by the order's own hold",
        sql: lifted!(
            "UPDATE ledger_transactions SET kind = 'order_settled', reference = 'order:5b'
                 WHERE id = 23"
        ),
        found: &[(7, "refund 8"), (10, "ledger transaction 23")],
    },
    Corruption {
        name: "a lifted refund is of an order that was refunded when it ended",
        sql: "INSERT INTO order_overlaps (order_id, other_id, lifted_at_ms) VALUES (2, 6, 10);
              INSERT INTO ledger_transactions VALUES (23, 'order_refund', 'refund:8', NULL, 10);
              INSERT INTO ledger_entries VALUES (23, 1, 'revenue', 'debit', 360000000),
                                                (23, 2, 'wallet:1', 'credit', 360000000);
              UPDATE wallets SET balance_nano = balance_nano + 360000000 WHERE account_id = 1;
              UPDATE orders SET refunded_nano = 720000000 WHERE id = 2;
              INSERT INTO refunds VALUES (8, 2, 1, 'overlap_lifted', 900000000, 400, 1000,
                                          360000000, 360000000, 'wallet', 23, 10)",
        found: &[(7, "order 2")],
    },
    Corruption {
        name: "a lifted refund is computed from another quantity",
        sql: lifted!("UPDATE refunds SET quantity = 900 WHERE id = 8"),
        found: &[(7, "refund 8")],
    },
    Corruption {
        name: "a lifted refund was taken out of thin air",
        sql: lifted!(
            "UPDATE ledger_entries SET account = 'bonus' WHERE transaction_id = 23 AND line = 1"
        ),
        found: &[(7, "ledger transaction 23")],
    },
    Corruption {
        name: "the order does not say that its withheld refund was paid",
        sql: lifted!("UPDATE orders SET refunded_nano = 0 WHERE id = 5"),
        found: &[(6, "order 5")],
    },
];

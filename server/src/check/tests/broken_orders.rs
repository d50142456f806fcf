//! Corruptions of what orders charge, refund, send and become.

use super::Corruption;

pub(super) const CORRUPTIONS: &[Corruption] = &[
    // 6: refunds within the charge.
    Corruption {
        name: "a later refund returns what was refunded already",
        sql: "INSERT INTO ledger_transactions VALUES (23, 'order_refund', 'refund:8', NULL, 0);
              INSERT INTO ledger_entries VALUES (23, 1, 'revenue', 'debit', 1),
                                                (23, 2, 'wallet:1', 'credit', 1);
              INSERT INTO refunds VALUES (8, 3, 1, 'goodwill', 900000000, 0, 1000, 0, 1, 'wallet',
                                          23, 0);
              UPDATE orders SET refunded_nano = 900000001 WHERE id = 3;
              UPDATE wallets SET balance_nano = balance_nano + 1 WHERE account_id = 1",
        found: &[(6, "order 3")],
    },
    Corruption {
        name: "an order does not know of a refund",
        sql: "UPDATE orders SET refunded_nano = 0 WHERE id = 8",
        found: &[(6, "order 8")],
    },
    Corruption {
        name: "a refund takes money",
        sql: "INSERT INTO ledger_transactions VALUES (23, 'order_refund', 'refund:8', NULL, 0);
              INSERT INTO ledger_entries VALUES (23, 1, 'wallet:1', 'debit', 1),
                                                (23, 2, 'revenue', 'credit', 1);
              INSERT INTO refunds VALUES (8, 1, 1, 'goodwill', 900000000, 0, 1000, 0, -1, 'wallet',
                                          23, 0);
              UPDATE orders SET refunded_nano = -1 WHERE id = 1;
              UPDATE wallets SET balance_nano = balance_nano - 1 WHERE account_id = 1",
        found: &[(6, "order 1")],
    },
    // 7: the refund of the outcome.
    Corruption {
        name: "a partial refund is one nano-USD too high",
        sql: "UPDATE refunds SET amount_nano = 360000001 WHERE id = 1;
              UPDATE orders SET refunded_nano = 360000001, settled_refund_nano = 360000001
                  WHERE id = 2;
              UPDATE ledger_entries SET amount_nano = 360000001
                  WHERE transaction_id = 14 AND account = 'wallet:1';
              UPDATE ledger_entries SET amount_nano = 539999999
                  WHERE transaction_id = 14 AND account = 'revenue';
              UPDATE wallets SET balance_nano = balance_nano + 1 WHERE account_id = 1",
        found: &[(7, "order 2")],
    },
    Corruption {
        name: "a failed order is not refunded",
        sql: "DELETE FROM refunds WHERE id = 3;
              UPDATE orders SET refunded_nano = 0, settled_refund_nano = 0 WHERE id = 4;
              UPDATE ledger_entries SET account = 'revenue'
                  WHERE transaction_id = 16 AND account = 'wallet:1';
              UPDATE wallets SET balance_nano = balance_nano - 900000000 WHERE account_id = 1",
        found: &[(7, "order 4")],
    },
    Corruption {
        name: "a completed order is refunded automatically",
        sql: "INSERT INTO refunds VALUES (8, 1, 1, 'partial', 900000000, 0, 1000, 0, 0, 'wallet',
                                          NULL, 0)",
        found: &[(7, "order 1")],
    },
    Corruption {
        name: "an open order is refunded",
        sql: "INSERT INTO refunds VALUES (8, 6, 1, 'goodwill', 900000000, 0, 1000, 0, 0, 'wallet',
                                          NULL, 0)",
        found: &[(7, "order 6")],
    },
    Corruption {
        name: "a refund is withheld although no orders overlapped",
        sql: "UPDATE orders SET withheld = FALSE WHERE id = 5",
        found: &[(7, "order 5")],
    },
    Corruption {
        name: "a completed order is marked as withheld",
        sql: "UPDATE orders SET withheld = TRUE WHERE id = 1",
        found: &[(7, "order 1")],
    },
    Corruption {
        name: "a withheld refund states another formula",
        sql: "UPDATE refunds SET formula_nano = 0 WHERE id = 4",
        found: &[(7, "refund 4")],
    },
    Corruption {
        name: "a refund is computed from another charge",
        sql: "UPDATE refunds SET charge_nano = 1 WHERE id = 2",
        found: &[(7, "refund 2")],
    },
    Corruption {
        name: "an order remembers another automatic refund",
        sql: "UPDATE orders SET settled_refund_nano = 1 WHERE id = 8",
        found: &[(7, "order 8")],
    },
    Corruption {
        name: "a refund was never paid",
        sql: "UPDATE refunds SET ledger_transaction_id = NULL WHERE id = 2",
        found: &[(7, "ledger transaction 15"), (7, "refund 2")],
    },
    Corruption {
        name: "a later refund does not name its payment",
        sql: "UPDATE refunds SET ledger_transaction_id = NULL WHERE id = 7",
        found: &[(7, "refund 7"), (10, "ledger transaction 21")],
    },
    Corruption {
        name: "a refund names the payment of another order",
        sql: "UPDATE refunds SET ledger_transaction_id = 16 WHERE id = 2",
        found: &[
            (7, "ledger transaction 15"),
            (7, "ledger transaction 16"),
            (7, "refund 2"),
        ],
    },
    Corruption {
        name: "a refund went to another account's wallet",
        sql: "UPDATE ledger_entries SET account = 'wallet:2'
                  WHERE transaction_id = 15 AND account = 'wallet:1';
              UPDATE refunds SET account_id = 2 WHERE id = 2;
              UPDATE wallets SET balance_nano = balance_nano + 900000000 * (2 * account_id - 3)
                  WHERE account_id < 3",
        found: &[(7, "refund 2")],
    },
    Corruption {
        name: "a forfeited refund was paid to the wallet",
        sql: "UPDATE refunds SET destination = 'wallet' WHERE id = 101",
        found: &[(7, "ledger transaction 104")],
    },
    Corruption {
        name: "a drip-feed is refunded for fewer units than its runs left",
        sql: "UPDATE dispatches SET remains = 50 WHERE id = 11",
        found: &[(7, "order 9")],
    },
    Corruption {
        name: "a partial run does not say what remains",
        sql: "UPDATE dispatches SET remains = NULL WHERE id = 11",
        found: &[(7, "dispatch 11"), (7, "order 9")],
    },
    // 8: charges.
    Corruption {
        name: "a charge is not the rate times the quantity",
        sql: "UPDATE orders SET rate_micro = 900001 WHERE id = 1",
        found: &[(8, "order 1")],
    },
    Corruption {
        name: "a package was charged by its quantity",
        sql: "UPDATE orders SET quantity = 2 WHERE id = 8;
              UPDATE dispatches SET quantity = 2 WHERE id = 9;
              UPDATE orders SET service_type = 'Package' WHERE id = 6",
        found: &[(8, "order 6"), (8, "order 8")],
    },
    Corruption {
        name: "a run sends more than was paid for",
        sql: "UPDATE dispatches SET quantity = 1001 WHERE id = 6",
        found: &[(8, "dispatch 6")],
    },
    Corruption {
        name: "an order has more runs than were paid for",
        sql: "INSERT INTO dispatches (id, order_id, run, quantity, state)
                  VALUES (13, 6, 2, 1000, 'queued')",
        found: &[(8, "order 6")],
    },
    // 11: provider orders.
    Corruption {
        name: "two runs have one provider order",
        sql: "UPDATE dispatches SET provider_order = '501' WHERE id = 7",
        found: &[(11, "dispatch 7")],
    },
    Corruption {
        name: "two runs have one provider order in two spellings",
        sql: "UPDATE dispatches SET provider_order = '0501' WHERE id = 7",
        found: &[(11, "dispatch 7")],
    },
    Corruption {
        name: "two runs have one provider order, neither spelled plainly",
        sql: "UPDATE dispatches SET provider_order = '0501' WHERE id = 1;
              UPDATE dispatches SET provider_order = '501.0' WHERE id = 7",
        found: &[(11, "dispatch 7")],
    },
    Corruption {
        name: "a run was dispatched twice",
        sql: "UPDATE dispatches SET run = 1 WHERE id = 8",
        found: &[(11, "dispatch 8")],
    },
    Corruption {
        name: "an accepted run has no provider order",
        sql: "UPDATE dispatches SET provider_order = NULL WHERE id = 1",
        found: &[(11, "dispatch 1")],
    },
    Corruption {
        name: "an accepted run waits to be sent again",
        sql: "UPDATE dispatches SET provider_order = '506' WHERE id = 6",
        found: &[(11, "dispatch 6")],
    },
    // 12: leases.
    Corruption {
        name: "a request outlives its lease",
        sql: "UPDATE dispatches SET lease_until_ms = 699999 WHERE id = 8",
        found: &[(12, "dispatch 8")],
    },
    Corruption {
        name: "a request has no lease",
        sql: "UPDATE dispatches SET lease_until_ms = NULL WHERE id = 8",
        found: &[(12, "dispatch 8")],
    },
    Corruption {
        name: "a refill request outlives its lease",
        sql: "UPDATE refill_dispatches SET lease_until_ms = 699999",
        found: &[(12, "refill dispatch 1")],
    },
    // 13: idempotency keys.
    Corruption {
        name: "one request placed two orders",
        sql: "INSERT INTO order_requests VALUES (1, 'first', 'other', 3)",
        found: &[(13, "order 3")],
    },
    Corruption {
        name: "two requests placed one order",
        sql: "INSERT INTO order_requests VALUES (1, 'third', 'other', 1)",
        found: &[(13, "order 1")],
    },
    Corruption {
        name: "a request of one account placed another's order",
        sql: "UPDATE order_requests SET account_id = 2 WHERE order_id = 2",
        found: &[(13, "order 2")],
    },
    Corruption {
        name: "a request placed no order",
        sql: "INSERT INTO order_requests VALUES (1, 'lost', 'other', 99)",
        found: &[(13, "request \"lost\" of account 1")],
    },
    // 14: terminal statuses.
    Corruption {
        name: "a terminal status was left and taken again",
        sql: "INSERT INTO order_events VALUES (15, 1, 'in_progress', 'x', 0, 'reported'),
                                              (16, 1, 'completed', 'x', 0, 'reported')",
        found: &[(14, "order 1")],
    },
    Corruption {
        name: "a status changed without an event",
        sql: "UPDATE orders SET status = 'processing' WHERE id = 6",
        found: &[(14, "order 6")],
    },
    Corruption {
        name: "a status is no status",
        sql: "INSERT INTO order_events VALUES (15, 6, 'lost', 'x', 0, 'reported'),
                                              (16, 6, 'pending', 'x', 0, 'reported')",
        found: &[(14, "order 6")],
    },
    Corruption {
        name: "an order ended before its last run",
        sql: "UPDATE dispatches SET state = 'parked' WHERE id = 4",
        found: &[(14, "dispatch 4")],
    },
    Corruption {
        name: "an event belongs to no order",
        sql: "INSERT INTO order_events VALUES (15, 99, 'pending', 'x', 0, 'reported')",
        found: &[(14, "order event 15")],
    },
];

//! Corruptions of what goes on, of what providers said, and of what was sent back: what was right by
//! every single row, and yet cannot be.

use super::Corruption;

/// The customer who was suspended and reinstated had deposited the 3 USD that were forfeited, and the
/// gateway has sent them back meanwhile.
macro_rules! sent_back {
    ($returned:literal) => {
        concat!(
            "UPDATE ledger_transactions SET kind = 'deposit', reference = 'nowpayments:88', note = NULL
                 WHERE id = 106;
             UPDATE ledger_entries SET account = 'gateway:nowpayments'
                 WHERE transaction_id = 106 AND account = 'bonus';
             INSERT INTO deposits (id, account_id, gateway, reference, amount_nano, status,
                                   credited_nano, created_at_ms)
                 VALUES (3, 4, 'nowpayments', 'dep_3', 3000000000, 'returned', 3000000000, 0);
             INSERT INTO payments (id, gateway, gateway_payment, deposit_id, status, credited_nano,
                                   credits, seen_at_ms)
                 VALUES (2, 'nowpayments', '88', 3, 'refunded', 3000000000, 1, 0);
             INSERT INTO deposit_credits (id, deposit_id, payment_id, number, amount_nano,
                                          ledger_transaction_id, created_at_ms)
                 VALUES (4, 3, 2, 1, 3000000000, 106, 0);",
            $returned
        )
    };
}

/// It was taken from what was kept aside, and the rest from what was forfeited.
pub(super) const TAKEN_FROM_FORFEITED: &str = sent_back!(
    "INSERT INTO deposit_returns (id, payment_id, taken_nano, shortfall_nano,
                                  ledger_transaction_id, created_at_ms, ledger_position)
         VALUES (2, 2, 3000000000, 0, 109, 0, 109);
     UPDATE ledger_transactions SET kind = 'deposit_return', reference = 'nowpayments:88'
         WHERE id = 109;
     UPDATE ledger_transactions SET kind = 'reinstatement' WHERE id = 110;
     DELETE FROM ledger_entries WHERE transaction_id IN (109, 110);
     INSERT INTO ledger_entries (transaction_id, line, account, side, amount_nano)
         VALUES (109, 1, 'suspense:suspended_deposit:4', 'debit', 1000000000),
                (109, 2, 'forfeited:2', 'debit', 2000000000),
                (109, 3, 'suspense:gateway_refund', 'credit', 3000000000),
                (110, 1, 'forfeited:2', 'debit', 1000000000),
                (110, 2, 'wallet:4', 'credit', 1000000000);
     UPDATE wallets SET balance_nano = 100000000 WHERE account_id = 4;"
);

/// The second of three runs was not sent, and the third is due.
pub(super) const RUN_IS_DUE: &str =
    "UPDATE dispatches SET state = 'rejected', lease_until_ms = NULL WHERE id = 8;
     INSERT INTO missing_runs (order_id, due_at_ms) VALUES (7, 9)";

pub(super) const CORRUPTIONS: &[Corruption] = &[
    // 9: money returned twice for one deposit.
    Corruption {
        name: "a deposit was sent back to its payer, and returned to the account too",
        sql: sent_back!(
            "INSERT INTO deposit_returns (id, payment_id, taken_nano, shortfall_nano, created_at_ms,
                                          ledger_position)
                 VALUES (2, 2, 0, 3000000000, 0, 107)"
        ),
        found: &[(9, "deposit return 2")],
    },
    Corruption {
        name: "a part of what was sent back was taken from what was kept aside, and the rest was left",
        sql: sent_back!(
            "INSERT INTO deposit_returns (id, payment_id, taken_nano, shortfall_nano, created_at_ms,
                                          ledger_position)
                 VALUES (2, 2, 0, 3000000000, 0, 108)"
        ),
        found: &[(9, "deposit return 2")],
    },
    Corruption {
        name: "a payment was sent back twice",
        sql:
            "INSERT INTO deposit_returns (id, payment_id, taken_nano, shortfall_nano, created_at_ms)
                  VALUES (2, 1, 0, 21000000000, 0)",
        found: &[(9, "payment 1")],
    },
    Corruption {
        name: "what was sent back was not taken out of a wallet that held it",
        sql: "UPDATE deposit_returns SET taken_nano = 20000000000, shortfall_nano = 1000000000,
                  ledger_position = 204;
              UPDATE ledger_entries SET amount_nano = 20000000000 WHERE transaction_id = 204;
              UPDATE wallets SET balance_nano = 6000000000 WHERE account_id = 5",
        found: &[(9, "deposit return 1")],
    },
    // 18: what has not ended goes on.
    Corruption {
        name: "each run of an open order has ended, and no other is due",
        sql: "UPDATE dispatches SET state = 'rejected', lease_until_ms = NULL WHERE id = 8",
        found: &[(18, "order 7")],
    },
    Corruption {
        name: "an order is left open after its only run",
        sql: "UPDATE dispatches SET state = 'completed', provider_order = '506', remains = 0
                  WHERE id = 6",
        found: &[(18, "order 6")],
    },
    // 19: lines of providers.
    Corruption {
        name: "the newest line of a run names another order",
        sql: "INSERT INTO provider_exchanges (id, dispatch_id, attempt, action, request, reply,
                                              created_at_ms)
                  VALUES (901, 1, 1, 'status', 'order=501', 'status=Pending order=501', 8),
                         (902, 1, 1, 'status', 'order=501', 'status=Completed order=502', 9)",
        found: &[(19, "dispatch 1")],
    },
    Corruption {
        name: "a line in JSON, kept whole, names another order",
        sql: r#"INSERT INTO provider_exchanges (id, dispatch_id, attempt, action, request, reply,
                                                created_at_ms)
                    VALUES (901, 2, 1, 'status', 'orders=502,503',
                            '{"data":{"Order_ID":503,"status":"Partial","remains":400}}', 9)"#,
        found: &[(19, "dispatch 2")],
    },
];

//! One more customer of the base panel, who deposits: by a payment that is credited in two parts and
//! then sent back, and by a transfer; and the corruptions of that.

use super::Corruption;
use super::base::Moves;

/// The ledger transactions, numbered from 201: kind, reference, and what each moves.
pub(super) const LEDGER: [(&str, &str, Moves); 4] = [
    (
        "deposit",
        "nowpayments:77",
        &[
            ("gateway:nowpayments", -20_000_000_000),
            ("wallet:5", 20_000_000_000),
        ],
    ),
    (
        "deposit",
        "nowpayments:77#2",
        &[
            ("gateway:nowpayments", -1_000_000_000),
            ("wallet:5", 1_000_000_000),
        ],
    ),
    (
        "deposit",
        "manual:DE-1",
        &[
            ("gateway:manual", -5_000_000_000),
            ("wallet:5", 5_000_000_000),
        ],
    ),
    (
        "deposit_return",
        "nowpayments:77",
        &[
            ("wallet:5", -21_000_000_000),
            ("suspense:gateway_refund", 21_000_000_000),
        ],
    ),
];

/// Everything else.
pub(super) const ROWS: &str = "
    INSERT INTO accounts (id, name, created_at_ms) VALUES (5, 'depositor', 0);
    INSERT INTO wallets (account_id, balance_nano) VALUES (5, 5000000000);
    INSERT INTO deposits (id, account_id, gateway, reference, amount_nano, status, credited_nano,
                          created_at_ms)
    VALUES (1, 5, 'nowpayments', 'dep_1', 20000000000, 'returned', 21000000000, 0),
           (2, 5, 'manual', 'DE-1', 5000000000, 'credited', 5000000000, 0);
    INSERT INTO payments (id, gateway, gateway_payment, deposit_id, status, credited_nano, credits,
                          seen_at_ms)
    VALUES (1, 'nowpayments', '77', 1, 'refunded', 21000000000, 2, 0);
    INSERT INTO deposit_credits (id, deposit_id, payment_id, number, amount_nano,
                                 ledger_transaction_id, created_at_ms)
    VALUES (1, 1, 1, 1, 20000000000, 201, 0), (2, 1, 1, 2, 1000000000, 202, 0),
           (3, 2, NULL, 1, 5000000000, 203, 0);
    INSERT INTO deposit_returns (id, payment_id, taken_nano, shortfall_nano, ledger_transaction_id,
                                 created_at_ms)
    VALUES (1, 1, 21000000000, 0, 204, 0);
";

pub(super) const CORRUPTIONS: &[Corruption] = &[
    Corruption {
        name: "a deposit was credited of which there is nothing",
        sql: "INSERT INTO ledger_transactions VALUES (299, 'deposit', 'nowpayments:99', NULL, 0);
              INSERT INTO ledger_entries VALUES
                  (299, 1, 'gateway:nowpayments', 'debit', 1000000000),
                  (299, 2, 'wallet:5', 'credit', 1000000000);
              UPDATE wallets SET balance_nano = 6000000000 WHERE account_id = 5",
        found: &[(10, "ledger transaction 299")],
    },
    Corruption {
        name: "a payment was credited twice for one thing",
        sql: "UPDATE deposit_credits SET number = 1 WHERE id = 2",
        found: &[
            (3, "payment 1"),
            (9, "deposit credit 2"),
            (10, "ledger transaction 202"),
        ],
    },
    Corruption {
        name: "a payment is there twice",
        sql:
            "INSERT INTO payments (id, gateway, gateway_payment, credited_nano, credits, seen_at_ms)
                  VALUES (2, 'nowpayments', '77', 0, 0, 0)",
        found: &[(9, "payment 2")],
    },
    Corruption {
        name: "a credit is less than the ledger moved",
        sql: "UPDATE deposit_credits SET amount_nano = amount_nano - 1 WHERE id = 1",
        found: &[
            (3, "deposit 1"),
            (3, "payment 1"),
            (9, "ledger transaction 201"),
        ],
    },
    Corruption {
        name: "a deposit went into another's wallet",
        sql:
            "UPDATE ledger_entries SET account = 'wallet:2' WHERE transaction_id = 203 AND line = 2;
              UPDATE wallets SET balance_nano = balance_nano + 5000000000 WHERE account_id = 2;
              UPDATE wallets SET balance_nano = 0 WHERE account_id = 5",
        found: &[(9, "ledger transaction 203")],
    },
    Corruption {
        name: "a deposit stores more than its credits",
        sql: "UPDATE deposits SET credited_nano = credited_nano + 1 WHERE id = 2",
        found: &[(3, "deposit 2")],
    },
    Corruption {
        name: "a credit is not in the ledger",
        sql: "DELETE FROM ledger_transactions WHERE id = 203;
              DELETE FROM ledger_entries WHERE transaction_id = 203;
              UPDATE wallets SET balance_nano = 0 WHERE account_id = 5",
        found: &[(10, "deposit credit 3")],
    },
    Corruption {
        name: "a return takes more than was credited",
        sql: "UPDATE deposit_returns SET shortfall_nano = 1",
        found: &[(9, "payment 1")],
    },
    Corruption {
        name: "money was taken out of a wallet for nothing",
        sql: "DELETE FROM deposit_returns",
        found: &[(10, "ledger transaction 204")],
    },
];

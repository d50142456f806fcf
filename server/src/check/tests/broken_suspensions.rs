//! Corruptions of suspensions, chargebacks and the audit log.

use super::Corruption;

/// A second chargeback of 3 USD that forfeits the 2 USD that are kept. 0.90 USD, of a refund, were
/// left of what was forfeited before.
macro_rules! second_chargeback {
    (covered $covered:literal, short $short:literal) => {
        concat!(
            "INSERT INTO ledger_transactions (id, kind, reference, created_at_ms)
                 VALUES (112, 'deposit_forfeit', 'chargeback:2', 0);
             INSERT INTO ledger_entries (transaction_id, line, account, side, amount_nano)
                 VALUES (112, 1, 'suspense:suspended_deposit:3', 'debit', 2000000000),
                        (112, 2, 'forfeited:1', 'credit', 2000000000);
             INSERT INTO chargebacks VALUES (2, 3, 1, 'CB-2', 3000000000, ",
            $covered,
            ", ",
            $short,
            ", 'x', 'y', 9)"
        )
    };
}

/// It is covered by both.
pub(super) const KEPT_AND_COUNTED: &str =
    second_chargeback!(covered "2900000000", short "100000000");

pub(super) const CORRUPTIONS: &[Corruption] = &[
    // 15: nothing happens to a suspended account's wallet.
    Corruption {
        name: "an order was placed after its account's suspension",
        sql: "UPDATE suspensions SET lifted_position = 111 WHERE id = 2",
        found: &[(15, "ledger transaction 111")],
    },
    Corruption {
        name: "a suspension was lifted nowhere in the ledger",
        sql: "UPDATE suspensions SET lifted_position = NULL WHERE id = 2",
        found: &[(15, "ledger transaction 111"), (15, "suspension 2")],
    },
    Corruption {
        name: "a suspended account can act",
        sql: "UPDATE accounts SET suspended_at_ms = NULL WHERE id = 3",
        found: &[(15, "account 3")],
    },
    Corruption {
        name: "an account cannot act without a suspension",
        sql: "UPDATE accounts SET suspended_at_ms = 9 WHERE id = 4",
        found: &[(15, "account 4")],
    },
    Corruption {
        name: "a refund went to a suspended account's wallet",
        sql: "UPDATE ledger_entries SET account = 'wallet:3'
                  WHERE transaction_id = 104 AND account = 'forfeited:1';
              UPDATE refunds SET destination = 'wallet' WHERE id = 101;
              UPDATE wallets SET balance_nano = 900000000 WHERE account_id = 3",
        found: &[(15, "ledger transaction 104"), (15, "suspension 1")],
    },
    Corruption {
        name: "a credit went to a suspended account's wallet",
        sql: "UPDATE ledger_entries SET account = 'wallet:3'
                  WHERE transaction_id = 105 AND line = 2;
              UPDATE wallets SET balance_nano = 2000000000 WHERE account_id = 3",
        found: &[(15, "ledger transaction 105"), (15, "suspension 1")],
    },
    Corruption {
        name: "not all of the wallet was forfeited",
        sql: "UPDATE ledger_entries SET amount_nano = 4000000000 WHERE transaction_id = 103;
              UPDATE wallets SET balance_nano = 100000000 WHERE account_id = 3",
        found: &[(10, "ledger transaction 103"), (15, "suspension 1")],
    },
    // 10: causes.
    Corruption {
        name: "money was forfeited without a suspension",
        sql: "DELETE FROM suspensions WHERE id = 2",
        found: &[
            (10, "ledger transaction 107"),
            (10, "ledger transaction 108"),
            (10, "ledger transaction 109"),
            (10, "ledger transaction 110"),
        ],
    },
    Corruption {
        name: "a reinstatement returned one nano-USD too little",
        sql: "UPDATE ledger_entries SET amount_nano = amount_nano - 1 WHERE transaction_id = 109;
              UPDATE wallets SET balance_nano = balance_nano - 1 WHERE account_id = 4",
        found: &[(10, "ledger transaction 109"), (10, "suspension 2")],
    },
    Corruption {
        name: "a reinstatement returned more than was forfeited",
        sql: "UPDATE ledger_entries SET amount_nano = amount_nano + 1 WHERE transaction_id = 109;
              UPDATE wallets SET balance_nano = balance_nano + 1 WHERE account_id = 4",
        found: &[
            (4, "ledger transaction 109"),
            (10, "ledger transaction 109"),
            (10, "suspension 2"),
        ],
    },
    Corruption {
        name: "an account that is suspended for good was reinstated",
        sql: "UPDATE suspensions SET kind = 'chargeback' WHERE id = 2",
        found: &[
            (10, "ledger transaction 109"),
            (10, "ledger transaction 110"),
        ],
    },
    Corruption {
        name: "a credit of during the suspension was never released",
        sql: "DELETE FROM ledger_transactions WHERE id = 110;
              DELETE FROM ledger_entries WHERE transaction_id = 110;
              UPDATE wallets SET balance_nano = 2100000000 WHERE account_id = 4",
        found: &[(10, "suspense:suspended_deposit:4")],
    },
    Corruption {
        name: "a chargeback suspends nobody for good",
        sql: "UPDATE suspensions SET kind = 'ordinary' WHERE id = 1",
        found: &[(10, "chargeback 1")],
    },
    // 3: what chargebacks say was covered.
    Corruption {
        name: "a chargeback's shortfall is too small",
        sql: "UPDATE chargebacks SET shortfall_nano = shortfall_nano - 1",
        found: &[(3, "chargeback 1")],
    },
    Corruption {
        name: "less of a chargeback is covered than the wallet held",
        sql: "UPDATE chargebacks SET covered_nano = 3000000000, shortfall_nano = 2000000000",
        found: &[(3, "chargeback 1")],
    },
    Corruption {
        name: "chargebacks are covered by more than was forfeited",
        sql: "INSERT INTO chargebacks VALUES (2, 3, 1, 'CB-2', 1000000000, 1000000000, 0, 'x', 'y', 9)",
        found: &[(3, "chargeback 2")],
    },
    Corruption {
        name: "what was kept beside the wallet was forfeited and did not cover the chargeback",
        sql: second_chargeback!(covered "900000000", short "2100000000"),
        found: &[(3, "chargeback 2")],
    },
    // 16: the audit log.
    Corruption {
        name: "a row of the audit log was edited",
        sql: "UPDATE audit_log SET reason = 'another' WHERE id = 2",
        found: &[(16, "audit row 2")],
    },
    Corruption {
        name: "a row of the audit log was deleted",
        sql: "DELETE FROM audit_log WHERE id = 2",
        found: &[(16, "audit row 3")],
    },
    Corruption {
        name: "a row was inserted into the audit log",
        sql:
            "INSERT INTO audit_log SELECT 4, created_at_ms, actor, address, action, subject, reason,
                  was, became, hash, seal FROM audit_log WHERE id = 3;
              UPDATE id_sequences SET last_id = 4 WHERE name = 'audit_log'",
        found: &[(16, "audit row 4")],
    },
    Corruption {
        name: "rows of the audit log changed places",
        sql: "UPDATE audit_log SET id = 5 - id WHERE id IN (2, 3)",
        found: &[(16, "audit row 2"), (16, "audit row 3")],
    },
    Corruption {
        name: "the end of the audit log was cut off",
        sql: "DELETE FROM audit_log WHERE id = 3",
        found: &[(16, "audit log")],
    },
];

//! Two more customers of the base panel: one suspended for good by a chargeback, one suspended and
//! reinstated; and the audit log that tells of it.

use super::base::Moves;

/// Their ledger transactions, numbered from 101: kind, reference, and what each moves.
pub(super) const LEDGER: [(&str, &str, Moves); 11] = [
    (
        "adjustment",
        "adjustment:s",
        &[("bonus", -5_000_000_000), ("wallet:3", 5_000_000_000)],
    ),
    (
        "order_placed",
        "order:11",
        &[("wallet:3", -900_000_000), ("hold:11", 900_000_000)],
    ),
    (
        "suspension",
        "suspension:1",
        &[("wallet:3", -4_100_000_000), ("forfeited:1", 4_100_000_000)],
    ),
    (
        "order_settled",
        "order:11",
        &[("hold:11", -900_000_000), ("forfeited:1", 900_000_000)],
    ),
    (
        "adjustment",
        "adjustment:t",
        &[
            ("bonus", -2_000_000_000),
            ("suspense:suspended_deposit:3", 2_000_000_000),
        ],
    ),
    (
        "adjustment",
        "adjustment:u",
        &[("bonus", -3_000_000_000), ("wallet:4", 3_000_000_000)],
    ),
    (
        "suspension",
        "suspension:2",
        &[("wallet:4", -3_000_000_000), ("forfeited:2", 3_000_000_000)],
    ),
    (
        "adjustment",
        "adjustment:v",
        &[
            ("bonus", -1_000_000_000),
            ("suspense:suspended_deposit:4", 1_000_000_000),
        ],
    ),
    (
        "reinstatement",
        "suspension:2",
        &[("forfeited:2", -3_000_000_000), ("wallet:4", 3_000_000_000)],
    ),
    (
        "deposit_release",
        "suspension:2",
        &[
            ("suspense:suspended_deposit:4", -1_000_000_000),
            ("wallet:4", 1_000_000_000),
        ],
    ),
    (
        "order_placed",
        "order:12",
        &[("wallet:4", -900_000_000), ("hold:12", 900_000_000)],
    ),
];

/// Everything else of them. When the chargeback of 5 USD came, 4.10 USD had been forfeited.
pub(super) const ROWS: &str = "
    INSERT INTO accounts (id, name, created_at_ms, suspended_at_ms)
        VALUES (3, 'suspended', 0, 9), (4, 'reinstated', 0, NULL);
    INSERT INTO wallets (account_id, balance_nano) VALUES (3, 0), (4, 3100000000);
    INSERT INTO suspensions (id, account_id, kind, reason, suspended_by, suspended_at_ms,
                             suspended_position, lifted_by, lift_reason, lifted_at_ms,
                             lifted_position)
    VALUES (1, 3, 'chargeback', 'charged back', 'operator:9', 9, 102, NULL, NULL, NULL, NULL),
           (2, 4, 'ordinary', 'resold', 'operator:9', 9, 106, 'operator:9', 'a mistake', 10, 110);
    INSERT INTO chargebacks (id, account_id, suspension_id, reference, amount_nano, covered_nano,
                             shortfall_nano, reason, recorded_by, created_at_ms)
    VALUES (1, 3, 1, 'CB-1', 5000000000, 4100000000, 900000000, 'bank', 'operator:9', 9);

    INSERT INTO orders (id, account_id, service_type, status, quantity, runs, rate_micro,
                        charge_nano, held_nano, refunded_nano, settled_refund_nano, withheld,
                        remains, settled_at_ms, service_id, refill, cancel, link, overlap_key,
                        details, interval_minutes, created_at_ms)
    VALUES (11, 3, 'Default', 'canceled', 1000, 1, 900000, 900000000, 0, 900000000, 900000000,
            FALSE, 1000, 9, 1, TRUE, TRUE, 'https://x.test/a', 0, '{}', 0, 0),
           (12, 4, 'Default', 'pending', 1000, 1, 900000, 900000000, 900000000, 0, 0,
            FALSE, 1000, NULL, 1, TRUE, TRUE, 'https://x.test/a', 0, '{}', 0, 0);
    INSERT INTO order_events (id, order_id, status, evidence, created_at_ms)
        VALUES (101, 11, 'canceled', 'suspended', 9);
    INSERT INTO dispatches (id, order_id, run, quantity, state, provider_id, position,
                            provider_service, attempt, not_sent, queued_at_ms, due_at_ms,
                            vague_answers)
    VALUES (101, 11, 1, 1000, 'canceled', 1, 0, '77', 0, 0, 0, 0, 0),
           (102, 12, 1, 1000, 'queued', 1, 0, '77', 0, 0, 0, 0, 0);
    INSERT INTO refunds (id, order_id, account_id, reason, charge_nano, remains, quantity,
                         formula_nano, amount_nano, destination, ledger_transaction_id,
                         created_at_ms)
    VALUES (101, 11, 3, 'canceled', 900000000, 1000, 1000, 900000000, 900000000, 'forfeited', 104,
            9);
";

/// The log; its hashes were computed by another program.
pub(super) const AUDIT: &str = r#"
    INSERT INTO audit_log (id, created_at_ms, actor, address, action, subject, reason, was, became,
                           hash, seal)
    VALUES
        (1, 5, 'command', NULL, 'account_created', 'account:3', NULL, NULL, '{"name":"suspended"}',
         X'48CE0C809F5A4761396C41C9DBF0AC805976483FC752F968EC789966846D86A2', X'00'),
        (2, 6, 'operator:9', '127.0.0.1', 'account_suspended', 'account:3',
         'resold "stolen" cards' || CHAR(10) || 'and ünïcode',
         '{"suspended":false}', '{"suspended":true}',
         X'A45EA90850E1A77A59FC631F9A47B42A2CC8B24E2739ED8C7AC55B367687F5A5', X'00'),
        (3, 7, 'operator:9', '127.0.0.1', 'account_reinstated', 'account:4', 'a mistake', NULL, NULL,
         X'15F766F4000ABC6C058AB82E6FADBBB62F957C5050B871AE5ADEAE00A722EE89', X'00');
    UPDATE id_sequences SET last_id = 3 WHERE name = 'audit_log';
"#;

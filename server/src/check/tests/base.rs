//! A small panel whose every row is right, written by hand: what the tests of the checker break.
//!
//! Rates are 0.90 USD per 1000 unless a row says otherwise, so 1,000 units cost 900,000,000
//! nano-USD and 300 units (three runs of 100) cost 270,000,000.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use smm_panel_migrations::{Migrator, MigratorTrait};

use super::{accused, corrected, counted, deposited, disputed, sealed, suspended, ticketed};
use crate::clock::Time;

/// When the base panel is checked; the one lease in it ends then.
pub(super) const NOW: Time = Time::from_ms(1_000_000);

/// The two accounts, what their wallets hold in the end, and what the orders refer to.
const PARTIES: &str = "
    INSERT INTO accounts (id, name, created_at_ms) VALUES (1, 'reseller', 0), (2, 'other', 0);
    INSERT INTO wallets (account_id, balance_nano) VALUES (1, 60746000000), (2, 10000000000);
    INSERT INTO providers (id, name, url, key_sealed, timeout_ms, concurrency, replays_requests,
                           unlisted_in_a_row, created_at_ms)
        VALUES (1, 'upstream', 'http://127.0.0.1:1/api/v2', '', 30000, 8, FALSE, 0, 0);
    INSERT INTO services (id, name, category, service_type, rate_micro, min, max, dripfeed, refill,
                          cancel, family, same_link, created_at_ms)
        VALUES (1, 'Followers', 'First', 'Default', 900000, 50, 10000, TRUE, TRUE, TRUE,
                'followers', 'flag', 0);
";

/// Accounts of the ledger with what arrives in them; below zero it leaves.
pub(super) type Moves = &'static [(&'static str, i64)];

/// Every ledger transaction: kind, reference, and what it moves. Its id is its place in this
/// list, from 1.
const LEDGER: [(&str, &str, Moves); 22] = [
    (
        "adjustment",
        "adjustment:a",
        &[("bonus", -100_000_000_000), ("wallet:1", 100_000_000_000)],
    ),
    (
        "adjustment",
        "adjustment:b",
        &[("bonus", -10_000_000_000), ("wallet:2", 10_000_000_000)],
    ),
    (
        "order_placed",
        "order:1",
        &[("wallet:1", -900_000_000), ("hold:1", 900_000_000)],
    ),
    (
        "order_placed",
        "order:2",
        &[("wallet:1", -900_000_000), ("hold:2", 900_000_000)],
    ),
    (
        "order_placed",
        "order:3",
        &[("wallet:1", -900_000_000), ("hold:3", 900_000_000)],
    ),
    (
        "order_placed",
        "order:4",
        &[("wallet:1", -900_000_000), ("hold:4", 900_000_000)],
    ),
    (
        "order_placed",
        "order:5",
        &[("wallet:1", -900_000_000), ("hold:5", 900_000_000)],
    ),
    (
        "order_placed",
        "order:6",
        &[("wallet:1", -900_000_000), ("hold:6", 900_000_000)],
    ),
    (
        "order_placed",
        "order:7",
        &[("wallet:1", -270_000_000), ("hold:7", 270_000_000)],
    ),
    (
        "order_placed",
        "order:8",
        &[("wallet:1", -31_600_000_000), ("hold:8", 31_600_000_000)],
    ),
    (
        "order_placed",
        "order:9",
        &[("wallet:1", -270_000_000), ("hold:9", 270_000_000)],
    ),
    (
        "order_placed",
        "order:10",
        &[("wallet:2", -900_000_000), ("hold:10", 900_000_000)],
    ),
    (
        "order_settled",
        "order:1",
        &[("hold:1", -900_000_000), ("revenue", 900_000_000)],
    ),
    (
        "order_settled",
        "order:2",
        &[
            ("hold:2", -900_000_000),
            ("wallet:1", 360_000_000),
            ("revenue", 540_000_000),
        ],
    ),
    (
        "order_settled",
        "order:3",
        &[("hold:3", -900_000_000), ("wallet:1", 900_000_000)],
    ),
    (
        "order_settled",
        "order:4",
        &[("hold:4", -900_000_000), ("wallet:1", 900_000_000)],
    ),
    (
        "order_settled",
        "order:5",
        &[("hold:5", -900_000_000), ("revenue", 900_000_000)],
    ),
    (
        "order_settled",
        "order:8",
        &[("hold:8", -31_600_000_000), ("revenue", 31_600_000_000)],
    ),
    (
        "order_settled",
        "order:9",
        &[
            ("hold:9", -270_000_000),
            ("wallet:1", 126_000_000),
            ("revenue", 144_000_000),
        ],
    ),
    (
        "order_settled",
        "order:10",
        &[("hold:10", -900_000_000), ("wallet:2", 900_000_000)],
    ),
    (
        "order_refund",
        "refund:7",
        &[("revenue", -1_000_000_000), ("wallet:1", 1_000_000_000)],
    ),
    (
        "correction",
        "correction:c",
        &[("wallet:1", -5_000_000_000), ("bonus", 5_000_000_000)],
    ),
];

/// One order of every outcome, with what makes it so: id, account, type, status, quantity, runs,
/// rate, charge, held, refunded, refunded when it ended, withheld, remains. What holds nothing
/// was settled.
const ORDERS: &str = "
    INSERT INTO orders (id, account_id, service_type, status, quantity, runs, rate_micro,
                        charge_nano, held_nano, refunded_nano, settled_refund_nano, withheld,
                        remains, settled_at_ms, service_id, refill, cancel, link, overlap_key,
                        details, interval_minutes, created_at_ms)
    SELECT column1, column2, column3, column4, column5, column6, column7, column8, column9,
           column10, column11, column12, column13, CASE column9 WHEN 0 THEN 9 END, 1, TRUE, TRUE,
           'https://x.test/a', 0, '{}', 0, 0
    FROM (VALUES
    (1, 1, 'Default', 'completed', 1000, 1, 900000, 900000000, 0, 0, 0, FALSE, 0),
    (2, 1, 'Default', 'partial', 1000, 1, 900000, 900000000, 0, 360000000, 360000000, FALSE, 400),
    (3, 1, 'Default', 'canceled', 1000, 1, 900000, 900000000, 0, 900000000, 900000000, FALSE, 1000),
    (4, 1, 'Default', 'failed', 1000, 1, 900000, 900000000, 0, 900000000, 900000000, FALSE, 1000),
    -- Two orders ran on one link: the partial refund is withheld.
    (5, 1, 'Default', 'partial', 1000, 1, 900000, 900000000, 0, 0, 0, TRUE, 400),
    (6, 1, 'Default', 'pending', 1000, 1, 900000, 900000000, 900000000, 0, 0, FALSE, 1000),
    -- Drip-feed: the first run is done, the second is being sent, the third not written yet.
    (7, 1, 'Default', 'in_progress', 300, 3, 900000, 270000000, 270000000, 0, 0, FALSE, 300),
    -- A package for 31.60 USD; a dispute gave 1 USD back later.
    (8, 1, 'Package', 'completed', 1, 1, 31600000, 31600000000, 0, 1000000000, 0, FALSE, 0),
    -- Drip-feed: 100 delivered, 60 of 100 delivered, the third run never sent.
    (9, 1, 'Default', 'partial', 300, 3, 900000, 270000000, 0, 126000000, 126000000, FALSE, 140),
    -- Canceled before it was sent.
    (10, 2, 'Default', 'canceled', 1000, 1, 900000, 900000000, 0, 900000000, 900000000, FALSE, 1000)
    ) AS row_of_orders;
";

/// What happened to the orders: their histories, runs, refunds and requests.
const HISTORY: &str = "
    INSERT INTO order_events (id, order_id, status, evidence, created_at_ms)
    SELECT column1, column2, column3, 'provider', 5
    FROM (VALUES
        (1, 1, 'processing'), (2, 1, 'in_progress'), (3, 1, 'completed'),
        (4, 2, 'processing'), (5, 2, 'partial'), (6, 3, 'canceled'), (7, 4, 'failed'),
        (8, 5, 'processing'), (9, 5, 'partial'), (10, 7, 'in_progress'), (11, 8, 'completed'),
        (12, 9, 'in_progress'), (13, 9, 'partial'), (14, 10, 'canceled')
    ) AS row_of_events;

    INSERT INTO dispatches (id, order_id, run, quantity, state, provider_order, remains,
                            lease_until_ms, provider_id, position, provider_service, attempt,
                            not_sent, queued_at_ms, due_at_ms, vague_answers)
    SELECT column1, column2, column3, column4, column5, column6, column7, column8, 1, 0, '77', 1,
           0, 0, 0, 0
    FROM (VALUES
        (1, 1, 1, 1000, 'completed', '501', 0, NULL),
        (2, 2, 1, 1000, 'partial', '502', 400, NULL),
        (3, 3, 1, 1000, 'canceled', '503', 700, NULL),
        (4, 4, 1, 1000, 'rejected', NULL, NULL, NULL),
        (5, 5, 1, 1000, 'partial', '505', 400, NULL),
        (6, 6, 1, 1000, 'queued', NULL, NULL, NULL),
        (7, 7, 1, 100, 'completed', '507', 0, NULL),
        (8, 7, 2, 100, 'sending', NULL, NULL, 1000000),
        (9, 8, 1, 1, 'completed', '509', 0, NULL),
        (10, 9, 1, 100, 'completed', '510', 0, NULL),
        (11, 9, 2, 100, 'partial', '511', 40, NULL),
        (12, 10, 1, 1000, 'canceled', NULL, NULL, NULL)
    ) AS row_of_dispatches;

    INSERT INTO refunds (id, order_id, account_id, reason, charge_nano, remains, quantity,
                         formula_nano, amount_nano, destination, ledger_transaction_id,
                         created_at_ms)
    VALUES
        (1, 2, 1, 'partial', 900000000, 400, 1000, 360000000, 360000000, 'wallet', 14, 9),
        (2, 3, 1, 'canceled', 900000000, 1000, 1000, 900000000, 900000000, 'wallet', 15, 9),
        (3, 4, 1, 'failed', 900000000, 1000, 1000, 900000000, 900000000, 'wallet', 16, 9),
        (4, 5, 1, 'overlapping_order', 900000000, 400, 1000, 360000000, 0, 'wallet', NULL, 9),
        (5, 9, 1, 'partial', 270000000, 140, 300, 126000000, 126000000, 'wallet', 19, 9),
        (6, 10, 2, 'canceled', 900000000, 1000, 1000, 900000000, 900000000, 'wallet', 20, 9),
        (7, 8, 1, 'dispute', 31600000000, 0, 1, 0, 1000000000, 'wallet', 21, 9);

    INSERT INTO order_requests (account_id, request_id, fingerprint, order_id)
    VALUES (1, 'first', '\\x01', 1), (1, 'second', '\\x02', 2), (2, 'first', '\\x03', 10);

    INSERT INTO refills (id, order_id, status, created_at_ms) VALUES (1, 1, 'in_progress', 9);
    INSERT INTO refill_dispatches (id, refill_id, dispatch_id, provider_id, state, due_at_ms,
                                   lease_until_ms)
    VALUES (1, 1, 1, 1, 'sending', 0, 1000000);
";

/// More orders of account 1, numbered from 1001, each of one unit for 900,000 nano-USD: three of
/// four are completed, the fourth is canceled and refunded. One adjustment pays for them exactly.
const MORE_ORDERS: &str = "
    INSERT INTO ledger_transactions (id, kind, reference, note, created_at_ms)
        VALUES (1000, 'adjustment', 'adjustment:more', 'for more orders', 0);
    INSERT INTO ledger_entries (transaction_id, line, account, side, amount_nano)
        SELECT 1000, 1, 'bonus', 'debit', 900000 * CAST(COUNT(*) AS BIGINT) {each}
        UNION ALL
        SELECT 1000, 2, 'wallet:1', 'credit', 900000 * CAST(COUNT(*) AS BIGINT) {each};
    INSERT INTO ledger_transactions (id, kind, reference, created_at_ms)
        SELECT 1000 + 2 * i - 1, 'order_placed', 'order:' || CAST(1000 + i AS TEXT), 0 {each}
        UNION ALL
        SELECT 1000 + 2 * i, 'order_settled', 'order:' || CAST(1000 + i AS TEXT), 0 {each};
    INSERT INTO ledger_entries (transaction_id, line, account, side, amount_nano)
        SELECT 1000 + 2 * i - 1, 1, 'wallet:1', 'debit', 900000 {each}
        UNION ALL
        SELECT 1000 + 2 * i - 1, 2, 'hold:' || CAST(1000 + i AS TEXT), 'credit', 900000 {each}
        UNION ALL
        SELECT 1000 + 2 * i, 1, 'hold:' || CAST(1000 + i AS TEXT), 'debit', 900000 {each}
        UNION ALL
        SELECT 1000 + 2 * i, 2, CASE i % 4 WHEN 0 THEN 'wallet:1' ELSE 'revenue' END, 'credit',
               900000 {each};
    INSERT INTO orders (id, account_id, service_type, status, quantity, runs, rate_micro,
                        charge_nano, held_nano, refunded_nano, settled_refund_nano, withheld,
                        remains, settled_at_ms, service_id, refill, cancel, link, overlap_key,
                        details, interval_minutes, created_at_ms)
        SELECT 1000 + i, 1, 'Default', CASE i % 4 WHEN 0 THEN 'canceled' ELSE 'completed' END, 1,
               1, 900000, 900000, 0, CASE i % 4 WHEN 0 THEN 900000 ELSE 0 END,
               CASE i % 4 WHEN 0 THEN 900000 ELSE 0 END, FALSE,
               CASE i % 4 WHEN 0 THEN 1 ELSE 0 END, 9, 1, TRUE, TRUE,
               'https://x.test/b', 0, '{}', 0, 0 {each};
    INSERT INTO order_events (id, order_id, status, evidence, created_at_ms)
        SELECT 1000 + 2 * i - 1, 1000 + i, 'processing', 'provider', 5 {each}
        UNION ALL
        SELECT 1000 + 2 * i, 1000 + i, CASE i % 4 WHEN 0 THEN 'canceled' ELSE 'completed' END,
               'provider', 9 {each};
    INSERT INTO dispatches (id, order_id, run, quantity, state, provider_order, provider_id,
                            position, provider_service, attempt, not_sent, queued_at_ms,
                            due_at_ms, vague_answers)
        SELECT 1000 + i, 1000 + i, 1, 1, CASE i % 4 WHEN 0 THEN 'canceled' ELSE 'completed' END,
               CAST(1000 + i AS TEXT), 1, 0, '77', 1, 0, 0, 0, 0 {each};
    INSERT INTO refunds (id, order_id, account_id, reason, charge_nano, remains, quantity,
                         formula_nano, amount_nano, destination, ledger_transaction_id,
                         created_at_ms)
        SELECT 1000 + i, 1000 + i, 1, 'canceled', 900000, 1, 1, 900000, 900000, 'wallet',
               1000 + 2 * i, 9 {each} WHERE i % 4 = 0;
    UPDATE wallets SET balance_nano = balance_nano + 900000 * (SELECT CAST(COUNT(*) AS BIGINT)
        {each} WHERE i % 4 = 0) WHERE account_id = 1;
";

/// Migrates the empty database behind `db` and writes the base panel into it.
pub(super) async fn write(db: &DatabaseConnection) {
    Migrator::up(db, None).await.unwrap();
    db.execute_unprepared(PARTIES).await.unwrap();
    db.execute_unprepared(&sealed::rows()).await.unwrap();
    let ledger = (1..).zip(LEDGER);
    for (id, (kind, reference, moves)) in ledger
        .chain((101..).zip(suspended::LEDGER))
        .chain((201..).zip(deposited::LEDGER))
        .chain((301..).zip(ticketed::LEDGER))
    {
        let note = if ["adjustment", "correction"].contains(&kind) {
            "'asked for by mail'"
        } else {
            "NULL"
        };
        let mut sql = format!(
            "INSERT INTO ledger_transactions (id, kind, reference, note, created_at_ms) \
             VALUES ({id}, '{kind}', '{reference}', {note}, 0);"
        );
        for (line, (account, nano)) in (1..).zip(moves) {
            let side = if *nano < 0 { "debit" } else { "credit" };
            sql.push_str(&format!(
                "INSERT INTO ledger_entries (transaction_id, line, account, side, amount_nano) \
                 VALUES ({id}, {line}, '{account}', '{side}', {});",
                nano.abs()
            ));
        }
        db.execute_unprepared(&sql).await.unwrap();
    }
    db.execute_unprepared(corrected::ROWS).await.unwrap();
    db.execute_unprepared(ORDERS).await.unwrap();
    db.execute_unprepared(HISTORY).await.unwrap();
    db.execute_unprepared(disputed::ROWS).await.unwrap();
    db.execute_unprepared(ticketed::ROWS).await.unwrap();
    db.execute_unprepared(counted::ROWS).await.unwrap();
    db.execute_unprepared(accused::ROWS).await.unwrap();
    db.execute_unprepared(suspended::ROWS).await.unwrap();
    db.execute_unprepared(deposited::ROWS).await.unwrap();
    db.execute_unprepared(suspended::AUDIT).await.unwrap();
}

/// Writes `count` more orders, all of which have ended.
pub(super) async fn write_more_orders(db: &DatabaseConnection, count: usize) {
    let each = format!(
        "FROM (WITH RECURSIVE numbers(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL \
         SELECT i + 1 FROM numbers WHERE i < {count}) SELECT i FROM numbers) AS numbered"
    );
    let sql = MORE_ORDERS.replace("{each}", &each);
    db.execute_unprepared(&sql).await.unwrap();
}

/// Opens the SQLite file at `path` (created if missing) without guarding references between
/// tables, so that broken rows can be written.
pub(super) async fn open(path: &std::path::Path) -> DatabaseConnection {
    let url = format!("sqlite:{}?mode=rwc", path.display());
    let mut options = sea_orm::ConnectOptions::new(url);
    options
        .max_connections(1)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            // Other connections write while a snapshot is read.
            sqlite
                .foreign_keys(false)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "OFF")
        });
    Database::connect(options).await.unwrap()
}

//! Corrections of credits: each names a credit of its account, and together they never take more than
//! it gave.

use sea_orm::DbErr;

use super::CORRECTED;
use super::rows::Inspector;

/// What is wrong with the rows of a query, which gives their numbers.
const WRONG: [(&str, &str); 2] = [
    (
        "no transaction of the ledger is the correction, after the credit that it names",
        "SELECT x.id FROM corrections x WHERE NOT EXISTS (SELECT 1 FROM ledger_transactions t \
         WHERE t.id = x.transaction_id AND t.kind = 'correction' AND t.id > x.credit_id) \
         ORDER BY x.id",
    ),
    (
        "what it corrects is no credit of its account",
        "SELECT x.id FROM corrections x WHERE NOT EXISTS (SELECT 1 FROM ledger_transactions t \
         JOIN ledger_entries e ON e.transaction_id = t.id \
         WHERE t.id = x.credit_id AND t.kind = 'adjustment' AND e.side = 'credit' \
         AND (e.account = 'wallet:' || CAST(x.account_id AS TEXT) \
         OR e.account = 'suspense:suspended_deposit:' || CAST(x.account_id AS TEXT))) \
         ORDER BY x.id",
    ),
];

/// The credits of which more was taken than they gave, with both sums.
const ABOVE: &str = "SELECT s.credit_id, s.taken, s.gave FROM (SELECT x.credit_id, \
     CAST(SUM(x.amount_nano) AS BIGINT) AS taken, \
     (SELECT CAST(COALESCE(SUM(e.amount_nano), 0) AS BIGINT) FROM ledger_entries e \
     WHERE e.transaction_id = x.credit_id AND e.side = 'credit') AS gave \
     FROM corrections x GROUP BY x.credit_id) AS s WHERE s.taken > s.gave ORDER BY s.credit_id";

/// Checks every correction against the ledger.
pub(super) async fn inspect(inspector: &mut Inspector<'_>) -> Result<(), DbErr> {
    for (what, sql) in WRONG {
        for row in inspector.query(sql, []).await? {
            let id: i64 = row.try_get_by_index(0)?;
            let report = &mut inspector.report;
            report.add(
                CORRECTED,
                format_args!("correction {id}"),
                format_args!("{what}"),
            );
        }
    }
    for row in inspector.query(ABOVE, []).await? {
        let credit: i64 = row.try_get("", "credit_id")?;
        let (taken, gave): (i64, i64) = (row.try_get("", "taken")?, row.try_get("", "gave")?);
        inspector.report.add(
            CORRECTED,
            format_args!("ledger transaction {credit}"),
            format_args!("its corrections take {taken}; it gave {gave}"),
        );
    }
    Ok(())
}

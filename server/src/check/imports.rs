//! What was taken over from another panel: each order with its account and its service, under a number
//! that no order here has or will have.

use sea_orm::DbErr;

use super::CAUSE;
use super::rows::Inspector;

/// What is wrong with imported orders, and the query that gives their numbers.
const WRONG: [(&str, &str); 3] = [
    (
        "its account was not imported",
        "SELECT o.id FROM imported_orders o WHERE NOT EXISTS (SELECT 1 FROM imported_accounts i \
         JOIN accounts a ON a.id = i.account_id WHERE i.account_id = o.account_id) ORDER BY o.id",
    ),
    (
        "there is no such service",
        "SELECT o.id FROM imported_orders o WHERE NOT EXISTS (SELECT 1 FROM services s \
         WHERE s.id = o.service_id) ORDER BY o.id",
    ),
    (
        "an order that was placed here has its number, or will have it",
        "SELECT o.id FROM imported_orders o WHERE EXISTS (SELECT 1 FROM orders p WHERE p.id = o.id) \
         OR o.id > (SELECT last_id FROM id_sequences WHERE name = 'orders') ORDER BY o.id",
    ),
];

/// Checks the imported orders.
pub(super) async fn inspect(inspector: &mut Inspector<'_>) -> Result<(), DbErr> {
    for (what, sql) in WRONG {
        for row in inspector.query(sql, []).await? {
            let id: i64 = row.try_get_by_index(0)?;
            inspector.report.add(
                CAUSE,
                format_args!("imported order {id}"),
                format_args!("{what}"),
            );
        }
    }
    Ok(())
}

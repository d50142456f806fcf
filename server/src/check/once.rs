//! What must exist once in the whole database. The schema's unique constraints say the same; they
//! are not trusted here.

use std::collections::HashMap;

use sea_orm::DbErr;

use super::rows::Inspector;
use super::{Invariant, MOVED_ONCE, ONE_PROVIDER_ORDER, ONE_REQUEST};
use crate::protocol::upstream::plain_id;

/// What is there twice violates the invariant; each query gives the name of what it is, how
/// often it is there, and the lowest and highest row of the named sort that has it.
const ONCE: [(Invariant, &str, &str); 6] = [
    (
        MOVED_ONCE,
        "ledger transaction",
        "SELECT kind || ' ' || reference, COUNT(*), MIN(id), MAX(id) FROM ledger_transactions \
         GROUP BY kind, reference HAVING COUNT(*) > 1",
    ),
    (
        MOVED_ONCE,
        "payment",
        "SELECT 'payment ' || gateway_payment || ' of ' || gateway, COUNT(*), MIN(id), MAX(id) \
         FROM payments GROUP BY gateway, gateway_payment HAVING COUNT(*) > 1",
    ),
    (
        MOVED_ONCE,
        "deposit credit",
        "SELECT 'credit ' || CAST(number AS TEXT) || ' of payment ' || CAST(payment_id AS TEXT), \
         COUNT(*), MIN(id), MAX(id) FROM deposit_credits WHERE payment_id IS NOT NULL \
         GROUP BY payment_id, number HAVING COUNT(*) > 1",
    ),
    (
        ONE_PROVIDER_ORDER,
        "dispatch",
        "SELECT 'order ' || provider_order || ' of provider ' || CAST(provider_id AS TEXT), \
         COUNT(*), MIN(id), MAX(id) FROM dispatches WHERE provider_order IS NOT NULL \
         GROUP BY provider_id, provider_order HAVING COUNT(*) > 1",
    ),
    (
        ONE_REQUEST,
        "order",
        "SELECT 'request ' || request_id || ' of account ' || CAST(account_id AS TEXT), \
         COUNT(*), MIN(order_id), MAX(order_id) FROM order_requests \
         GROUP BY account_id, request_id HAVING COUNT(*) > 1",
    ),
    (
        ONE_REQUEST,
        "order",
        "SELECT 'a request for order ' || CAST(order_id AS TEXT), COUNT(*), MIN(order_id), \
         MAX(order_id) FROM order_requests GROUP BY order_id HAVING COUNT(*) > 1",
    ),
];

/// Reports everything that exists more than once.
pub(super) async fn inspect(inspector: &mut Inspector<'_>) -> Result<(), DbErr> {
    for (invariant, row_name, sql) in ONCE {
        for row in inspector.query(sql, []).await? {
            let twice: String = row.try_get_by_index(0)?;
            let count: i64 = row.try_get_by_index(1)?;
            let first: i64 = row.try_get_by_index(2)?;
            let last: i64 = row.try_get_by_index(3)?;
            inspector.report.add(
                invariant,
                format_args!("{row_name} {last}"),
                format_args!("{twice} exists {count} times, first with {row_name} {first}"),
            );
        }
    }
    inspect_spellings(inspector).await
}

/// Reports ids of orders at providers that are one number in two spellings.
async fn inspect_spellings(inspector: &mut Inspector<'_>) -> Result<(), DbErr> {
    // The condition of the index `dispatches_odd_ids`: at most providers no id is written so.
    const ODD: &str = "SELECT id, provider_id, provider_order FROM dispatches WHERE \
        (substr(provider_order, 1, 1) = '0' OR replace(provider_order, '.', '') <> provider_order) \
        ORDER BY id";
    const PLAIN: &str = "SELECT id FROM dispatches WHERE provider_id = $1 AND provider_order = $2";
    let mut seen: HashMap<(i64, String), i64> = HashMap::new();
    for row in inspector.query(ODD, []).await? {
        let (id, provider): (i64, i64) = (row.try_get("", "id")?, row.try_get("", "provider_id")?);
        let written: String = row.try_get("", "provider_order")?;
        let plain = plain_id(&written).to_owned();
        let mut other = seen.insert((provider, plain.clone()), id);
        if other.is_none() && plain != written {
            let values = [provider.into(), plain.into()];
            let rows = inspector.query(PLAIN, values).await?;
            other = rows.first().map(|row| row.try_get("", "id")).transpose()?;
        }
        if let Some(other) = other {
            inspector.report.add(
                ONE_PROVIDER_ORDER,
                format_args!("dispatch {id}"),
                format_args!(
                    "order {written} of provider {provider} is that of dispatch {other} in another \
                     spelling"
                ),
            );
        }
    }
    Ok(())
}

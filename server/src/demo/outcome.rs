//! Whether the demo's orders ended as they must.

use super::cast::{Expected, ORDERS};
use super::screen::{Row, verdict};
use crate::money::Money;

/// Whether an order of this status has ended.
pub(super) fn is_final(status: &str) -> bool {
    matches!(status, "Completed" | "Partial" | "Canceled")
}

/// `charged - net`, as text.
pub(super) fn difference(charged: Money, net: &str) -> String {
    let refund = Money::parse(net).and_then(|net| charged.minus(net));
    refund.map_or_else(|_| "?".to_owned(), |refund| refund.to_string())
}

/// Whether every order ended as it must.
pub(super) fn compare(placed: &[(usize, i64)], rows: &[Row]) -> bool {
    let mut held = true;
    for ((index, order), row) in placed.iter().zip(rows) {
        let Some(ordered) = ORDERS.get(*index) else {
            continue;
        };
        let holds = match ordered.expected {
            Expected::Ends(status, charge, remains) => {
                (
                    row.status.as_str(),
                    row.charge.as_str(),
                    row.remains.as_str(),
                ) == (status, charge, remains)
            }
            Expected::Canceled => {
                matches!(row.status.as_str(), "Canceled" | "Partial") && row.refund != "0.00"
            }
            Expected::Refused(_) => false,
        };
        if !holds {
            verdict(
                false,
                &format!("order {order} should have ended otherwise: {row:?}"),
            );
        }
        held &= holds;
    }
    verdict(held, "every order ended as the published policy says");
    held
}

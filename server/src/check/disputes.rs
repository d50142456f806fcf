//! Disputes: an upheld one has its refund, and a refund of a dispute has one that was upheld.

use sea_orm::{DbErr, QueryResult};

use super::rows::{Cursor, Inspector, Row};
use super::{CAUSE, REFUND_OF_OUTCOME};

/// A row of `disputes` with the refund that it names, and its order's account.
struct Dispute {
    id: i64,
    order: i64,
    account: i64,
    owner: i64,
    amount_nano: i128,
    state: String,
    refund: Option<i64>,
    refund_order: Option<i64>,
    refund_reason: Option<String>,
    refunded_nano: Option<i128>,
}

impl Row for Dispute {
    const TABLE: &'static str = "disputes";
    const SELECT: &'static str = "SELECT d.id, d.order_id, d.account_id, o.account_id, \
         d.amount_nano, d.state, d.refund_id, r.order_id, r.reason, r.amount_nano FROM disputes d \
         JOIN orders o ON o.id = d.order_id LEFT JOIN refunds r ON r.id = d.refund_id";
    const KEY: &'static [&'static str] = &["d.id"];

    fn read(row: &QueryResult) -> Result<Dispute, DbErr> {
        Ok(Dispute {
            id: row.try_get_by_index(0)?,
            order: row.try_get_by_index(1)?,
            account: row.try_get_by_index(2)?,
            owner: row.try_get_by_index(3)?,
            amount_nano: i128::from(row.try_get_by_index::<i64>(4)?),
            state: row.try_get_by_index(5)?,
            refund: row.try_get_by_index(6)?,
            refund_order: row.try_get_by_index(7)?,
            refund_reason: row.try_get_by_index(8)?,
            refunded_nano: row.try_get_by_index::<Option<i64>>(9)?.map(i128::from),
        })
    }

    fn key(&self) -> [i64; 2] {
        [self.id, 0]
    }
}

/// Checks every dispute against the refund that it names. That each refund of a dispute is named by one
/// is checked with the refunds.
pub(super) async fn inspect(inspector: &mut Inspector<'_>) -> Result<(), DbErr> {
    let mut rows = Cursor::<Dispute>::new();
    loop {
        let page = rows.page(inspector).await?;
        if page.is_empty() {
            return Ok(());
        }
        let report = &mut inspector.report;
        for dispute in page {
            let Dispute {
                id,
                order,
                account,
                owner,
                ..
            } = dispute;
            let row = format_args!("dispute {id}");
            if account != owner {
                let what = format_args!("of account {account}; order {order} is account {owner}'s");
                report.add(CAUSE, row, what);
            }
            let refund = (
                dispute.refund,
                dispute.refund_order,
                dispute.refund_reason.as_deref(),
                dispute.refunded_nano,
            );
            let holds = match (dispute.state.as_str(), refund) {
                ("upheld", (Some(_), Some(of), Some("dispute"), Some(nano))) => {
                    of == order && 0 < nano && nano <= dispute.amount_nano
                }
                ("upheld", _) => false,
                (_, (refund, ..)) => refund.is_none(),
            };
            if !holds {
                let what = format_args!(
                    "{} about {} nano-USD of order {order}, with refund {refund:?}",
                    dispute.state, dispute.amount_nano
                );
                report.add(REFUND_OF_OUTCOME, row, what);
            }
        }
    }
}

//! Automatic refills: each follows from a count that shows what is missing, and no other refill does.

use sea_orm::{DbErr, QueryResult};

use super::CAUSE;
use super::rows::{Cursor, Inspector, Row};

/// A row of `refills` with the count check that filed it.
struct Refill {
    id: i64,
    order: i64,
    automatic: bool,
    counted_order: Option<i64>,
    start: Option<i64>,
    delivered: Option<i64>,
    current: Option<i64>,
    dropped: Option<i64>,
}

impl Row for Refill {
    const TABLE: &'static str = "refills";
    const SELECT: &'static str = "SELECT r.id, r.order_id, r.automatic, c.order_id, c.start_count, \
         c.delivered, c.current_count, c.dropped FROM refills r \
         LEFT JOIN count_checks c ON c.refill_id = r.id";
    const KEY: &'static [&'static str] = &["r.id"];

    fn read(row: &QueryResult) -> Result<Refill, DbErr> {
        Ok(Refill {
            id: row.try_get_by_index(0)?,
            order: row.try_get_by_index(1)?,
            automatic: row.try_get_by_index(2)?,
            counted_order: row.try_get_by_index(3)?,
            start: row.try_get_by_index(4)?,
            delivered: row.try_get_by_index(5)?,
            current: row.try_get_by_index(6)?,
            dropped: row.try_get_by_index(7)?,
        })
    }

    fn key(&self) -> [i64; 2] {
        [self.id, 0]
    }
}

impl Refill {
    /// Whether what was counted is what it was filed for.
    fn follows(&self) -> bool {
        let Some(of) = self.counted_order else {
            return !self.automatic;
        };
        let numbers = [self.start, self.delivered, self.current, self.dropped];
        let [Some(start), Some(delivered), Some(current), Some(dropped)] =
            numbers.map(|number| number.map(i128::from))
        else {
            return false;
        };
        self.automatic && of == self.order && dropped > 0 && start + delivered - current == dropped
    }
}

/// Checks every refill against the count that filed it.
pub(super) async fn inspect(inspector: &mut Inspector<'_>) -> Result<(), DbErr> {
    let mut rows = Cursor::<Refill>::new();
    loop {
        let page = rows.page(inspector).await?;
        if page.is_empty() {
            return Ok(());
        }
        for refill in page.into_iter().filter(|refill| !refill.follows()) {
            let row = format_args!("refill {}", refill.id);
            let asked = if refill.automatic {
                "filed by the panel"
            } else {
                "asked for"
            };
            let what = format_args!(
                "of order {}, {asked}; counted of order {:?}: {:?} + {:?} - {:?}, dropped {:?}",
                refill.order,
                refill.counted_order,
                refill.start,
                refill.delivered,
                refill.current,
                refill.dropped
            );
            inspector.report.add(CAUSE, row, what);
        }
    }
}

//! Pages: how many rows one has, of which time, and where the next one begins.

use poem_openapi::param::Query;

use crate::clock::{Period, Time};

/// Rows per page unless asked otherwise.
pub(in crate::http) fn page() -> i64 {
    100
}

/// How many rows a page may have: the parameter is checked to be 1 to 1000.
pub(in crate::http) fn limit_of(limit: i64) -> usize {
    usize::try_from(limit).unwrap_or_default()
}

/// The number that the cursor of a feed stands for; 0 without one, before every row.
pub(in crate::http) fn number_of(cursor: Option<String>) -> i64 {
    cursor.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// The period that a list is asked for.
pub(in crate::http) fn period(from: Query<Option<Time>>, before: Query<Option<Time>>) -> Period {
    Period {
        from: from.0,
        before: before.0,
    }
}

/// Cuts a page out of one row more than it may have. Gives whether there is more.
pub(in crate::http) fn cut<T>(rows: &mut Vec<T>, limit: usize) -> bool {
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    has_more
}

//! Lists of rows inside statements.

use std::fmt::Write;

use sea_orm::Value;

/// The text and the values of a `VALUES` list or an `IN` list, numbered from `$1`. Both databases
/// call the columns of such a list `column1`, `column2`, ...
pub(crate) struct Rows {
    /// `($1, $2), ($3, $4)`.
    pub(crate) placeholders: String,
    /// The values in the order of the placeholders.
    pub(crate) values: Vec<Value>,
}

impl Rows {
    /// A list of `rows`, each of the same width, whose placeholders begin after `$before`.
    pub(crate) fn after<const WIDTH: usize>(
        before: usize,
        rows: impl IntoIterator<Item = [Value; WIDTH]>,
    ) -> Rows {
        let mut list = Rows {
            placeholders: String::new(),
            values: Vec::new(),
        };
        for row in rows {
            if !list.values.is_empty() {
                list.placeholders.push_str(", ");
            }
            for (column, value) in row.into_iter().enumerate() {
                let opening = if column == 0 { "(" } else { ", " };
                list.values.push(value);
                // Writing to a String cannot fail.
                let _ = write!(
                    list.placeholders,
                    "{opening}${}",
                    before + list.values.len()
                );
            }
            list.placeholders.push(')');
        }
        list
    }
}

//! Lists: columns with a heading for people, one JSON object a row for programs.

use clap::Args;
use serde_json::{Map, Value};

/// How a list is printed.
#[derive(Args, Clone, Copy, Default)]
pub(super) struct ListForm {
    /// Print each row as one JSON object
    #[arg(long)]
    json: bool,
}

impl ListForm {
    /// Whether a program reads it.
    pub(super) const fn is_json(self) -> bool {
        self.json
    }
}

/// A list with named columns.
pub(super) struct Table<const COLUMNS: usize> {
    columns: [&'static str; COLUMNS],
    rows: Vec<[Value; COLUMNS]>,
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    /// A list without a row; the names are those of the JSON objects' fields.
    pub(super) const fn new(columns: [&'static str; COLUMNS]) -> Table<COLUMNS> {
        Table {
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row; `null` is an empty cell.
    pub(super) fn push(&mut self, row: [Value; COLUMNS]) {
        self.rows.push(row);
    }

    /// Prints the list, or for people `nothing` if it has no row.
    pub(super) fn print(&self, form: ListForm, nothing: &str) {
        if form.json {
            for row in &self.rows {
                let fields = self.columns.iter().zip(row);
                let object: Map<String, Value> = fields
                    .map(|(name, cell)| ((*name).to_owned(), cell.clone()))
                    .collect();
                anstream::println!("{}", Value::Object(object));
            }
        } else if self.rows.is_empty() {
            anstream::println!("{nothing}");
        } else {
            for line in self.lines() {
                anstream::println!("{line}");
            }
        }
    }

    /// The heading and the rows, numbers to the right of their column.
    fn lines(&self) -> Vec<String> {
        let heading = self
            .columns
            .map(|name| name.to_uppercase().replace('_', " "));
        let text = self.rows.iter().map(|row| row.each_ref().map(text_of));
        let rows: Vec<[String; COLUMNS]> = std::iter::once(heading).chain(text).collect();
        let is_number: [bool; COLUMNS] = std::array::from_fn(|column| {
            let mut cells = self.rows.iter().map(|row| &row[column]);
            cells.all(|cell| cell.is_number() || cell.is_null())
        });
        let width: [usize; COLUMNS] = std::array::from_fn(|column| {
            let widths = rows.iter().map(|row| row[column].chars().count());
            widths.max().unwrap_or_default()
        });
        let line = |row: &[String; COLUMNS]| {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let width = width[column];
                let cell = match is_number[column] {
                    true => format!("{cell:>width$}  "),
                    false => format!("{cell:<width$}  "),
                };
                line.push_str(&cell);
            }
            line.trim_end().to_owned()
        };
        rows.iter().map(line).collect()
    }
}

/// A cell for people: of what customers and providers wrote, a terminal obeys nothing.
fn text_of(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => super::orders::plain(text),
        Value::Number(_) | Value::Array(_) | Value::Object(_) => cell.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_longest_cell_and_numbers_stand_to_the_right() {
        let mut table = Table::new(["order_id", "status", "link"]);
        table.push([json!(7), json!("in_progress"), json!("a\u{1b}[31mb")]);
        table.push([json!(1234), Value::Null, json!("c")]);
        assert_eq!(
            table.lines(),
            [
                "ORDER ID  STATUS       LINK",
                "       7  in_progress  a [31mb",
                "    1234               c",
            ]
        );
    }
}

//! A statement that is put together from parts.

use sea_orm::{ColumnTrait, Condition, Value};

use crate::clock::Period;

/// A statement under construction: its text, and the values of its placeholders so far.
pub(crate) struct Sql {
    /// The text.
    pub(crate) text: String,
    /// The values in the order of the placeholders.
    pub(crate) values: Vec<Value>,
}

impl Sql {
    /// A statement that begins with `text`.
    pub(crate) fn new(text: &str) -> Sql {
        Sql {
            text: text.to_owned(),
            values: Vec::new(),
        }
    }

    /// Adds `text` as it is.
    pub(crate) fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds `text` and the placeholder of `value`.
    pub(crate) fn value(&mut self, text: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        self.text(text);
        self.text("$");
        self.text(&self.values.len().to_string());
    }

    /// Adds the conditions that the time in `column` lies in `period`.
    pub(crate) fn within(&mut self, column: &str, period: Period) {
        let ends = [(" >= ", period.from), (" < ", period.before)];
        for (comparison, end) in ends {
            if let Some(end) = end {
                self.value(&[" AND ", column, comparison].concat(), end);
            }
        }
    }

    /// Adds the condition that `column` has `part` in it, in upper or lower case.
    pub(crate) fn contains(&mut self, column: &str, part: &str) {
        self.text("LOWER(");
        self.text(column);
        self.value(") LIKE ", pattern(part));
        self.text(" ESCAPE '~'");
    }
}

/// The condition that the time in `column` lies in `period`.
pub(crate) fn within<C: ColumnTrait>(column: C, period: Period) -> Condition {
    Condition::all()
        .add_option(period.from.map(|from| column.gte(from)))
        .add_option(period.before.map(|before| column.lt(before)))
}

/// What `LIKE` takes for "has `part` in it".
fn pattern(part: &str) -> String {
    let mut pattern = String::from("%");
    for character in part.to_lowercase().chars() {
        // PostgreSQL takes no text with it, and nothing stored has it.
        if character == '\0' {
            continue;
        }
        if matches!(character, '%' | '_' | '~') {
            pattern.push('~');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_for_is_no_pattern() {
        assert_eq!(pattern("A_b%~c"), "%a~_b~%~~c%");
        let mut sql = Sql::new("SELECT 1 WHERE ");
        sql.contains("name", "x");
        sql.value(" AND id = ", 7_i64);
        assert_eq!(
            sql.text,
            "SELECT 1 WHERE LOWER(name) LIKE $1 ESCAPE '~' AND id = $2"
        );
    }
}

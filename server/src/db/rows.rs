//! Many rows inside one statement.
//!
//! SQLite takes them as a `VALUES` list with a placeholder for each value. PostgreSQL would have to
//! read and plan such a text anew for every number of rows; it takes one array per column, written
//! as text, so that the statement is always the same and is prepared once.

use std::fmt::Write;

use sea_orm::sea_query::Iden;
use sea_orm::{
    ActiveModelTrait, ActiveValue, ConnectionTrait, DbBackend, DbErr, EntityTrait, Iterable, Value,
};

use super::{Tx, execute};

/// A text that stands for rows, and the values of its placeholders.
pub(crate) struct Rows {
    /// See the constructors.
    pub(crate) text: String,
    /// The values in the order of the placeholders.
    pub(crate) values: Vec<Value>,
}

impl Rows {
    /// A table `v` with the columns `column1`, `column2`, ... whose placeholders begin after
    /// `$before`. There must be a row.
    pub(crate) fn table<const WIDTH: usize>(
        on: &impl ConnectionTrait,
        before: usize,
        rows: impl IntoIterator<Item = [Value; WIDTH]>,
    ) -> Rows {
        if on.get_database_backend() == DbBackend::Postgres {
            let mut arrays: [Array; WIDTH] = std::array::from_fn(|_| Array::default());
            for row in rows {
                for (array, value) in arrays.iter_mut().zip(row) {
                    array.push(&value);
                }
            }
            let names = (1..=WIDTH).map(|column| format!("column{column}"));
            let names: Vec<String> = names.collect();
            let unnested = unnest(before, arrays.into());
            return Rows {
                text: [&unnested.text, " AS v (", &names.join(", "), ")"].concat(),
                values: unnested.values,
            };
        }
        let listed = listed(before, rows);
        Rows {
            text: ["(VALUES ", &listed.text, ") AS v"].concat(),
            values: listed.values,
        }
    }

    /// The condition ` IN ...` that a column is one of `values`, whose placeholders begin after
    /// `$before`; without a value it never holds.
    pub(crate) fn is_in(
        on: &impl ConnectionTrait,
        before: usize,
        values: impl IntoIterator<Item = Value>,
    ) -> Rows {
        if on.get_database_backend() == DbBackend::Postgres {
            let mut array = Array::default();
            for value in values {
                array.push(&value);
            }
            return Rows {
                text: [" = ANY (", &array.placeholder(before + 1), ")"].concat(),
                values: vec![array.text.into()],
            };
        }
        let listed = listed(before, values.into_iter().map(|value| [value]));
        let list = if listed.values.is_empty() {
            "NULL"
        } else {
            &listed.text
        };
        Rows {
            text: [" IN (", list, ")"].concat(),
            values: listed.values,
        }
    }
}

/// Inserts rows of one table, all with the same columns set; none is fine.
pub(crate) async fn insert_all<A>(tx: &Tx, rows: Vec<A>) -> Result<(), DbErr>
where
    A: ActiveModelTrait + Send + Sync,
{
    let Some(first) = rows.first() else {
        return Ok(());
    };
    if tx.get_database_backend() != DbBackend::Postgres {
        return <A::Entity as EntityTrait>::insert_many(rows)
            .exec_without_returning(tx)
            .await
            .map(drop);
    }
    let columns: Vec<_> = <A::Entity as EntityTrait>::Column::iter()
        .filter(|column| first.get(*column).is_set())
        .collect();
    let mut arrays: Vec<Array> = columns.iter().map(|_| Array::default()).collect();
    for row in &rows {
        for (array, column) in arrays.iter_mut().zip(&columns) {
            if let ActiveValue::Set(value) = row.get(*column) {
                array.push(&value);
            }
        }
    }
    let names: Vec<String> = columns.iter().map(|column| column.to_string()).collect();
    let table = A::Entity::default().to_string();
    let unnested = unnest(0, arrays);
    let sql = [
        "INSERT INTO ",
        &table,
        " (",
        &names.join(", "),
        ") SELECT * FROM ",
        &unnested.text,
    ]
    .concat();
    execute(tx, &sql, unnested.values).await.map(drop)
}

/// `($1, $2), ($3, $4)`.
fn listed<const WIDTH: usize>(
    before: usize,
    rows: impl IntoIterator<Item = [Value; WIDTH]>,
) -> Rows {
    let mut list = Rows {
        text: String::new(),
        values: Vec::new(),
    };
    for row in rows {
        if !list.values.is_empty() {
            list.text.push_str(", ");
        }
        for (column, value) in row.into_iter().enumerate() {
            let opening = if column == 0 { "(" } else { ", " };
            list.values.push(value);
            // Writing to a String cannot fail.
            let _ = write!(list.text, "{opening}${}", before + list.values.len());
        }
        list.text.push(')');
    }
    list
}

/// `unnest(CAST($1 AS BIGINT[]), ...)`.
fn unnest(before: usize, arrays: Vec<Array>) -> Rows {
    let placeholders: Vec<String> = (before + 1..)
        .zip(&arrays)
        .map(|(number, array)| array.placeholder(number))
        .collect();
    Rows {
        text: ["unnest(", &placeholders.join(", "), ")"].concat(),
        values: arrays.into_iter().map(|array| array.text.into()).collect(),
    }
}

/// PostgreSQL's array of one column, as text.
#[derive(Default)]
struct Array {
    /// `{1,NULL,"text"}`; the last brace is written by [`From`].
    text: Text,
    /// The type of its elements.
    element: &'static str,
}

/// The text of an array under construction, without its last brace.
#[derive(Default)]
struct Text(String);

impl From<Text> for Value {
    fn from(Text(mut text): Text) -> Value {
        if text.is_empty() {
            text.push('{');
        }
        text.push('}');
        text.into()
    }
}

impl Array {
    /// The `number`th placeholder, read as this array.
    fn placeholder(&self, number: usize) -> String {
        let element = if self.element.is_empty() {
            "BIGINT"
        } else {
            self.element
        };
        format!("CAST(${number} AS {element}[])")
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "which values there are depends on features of the library"
    )]
    fn push(&mut self, value: &Value) {
        let text = &mut self.text.0;
        text.push(if text.is_empty() { '{' } else { ',' });
        let element = match value {
            Value::Bool(flag) => {
                text.push_str(flag.map_or("NULL", |flag| if flag { "t" } else { "f" }));
                "BOOLEAN"
            }
            Value::Bytes(None) | Value::String(None) => {
                text.push_str("NULL");
                if matches!(value, Value::Bytes(_)) {
                    "BYTEA"
                } else {
                    "TEXT"
                }
            }
            Value::Bytes(Some(bytes)) => {
                text.push_str("\"\\\\x");
                text.push_str(&hex::encode(bytes));
                text.push('"');
                "BYTEA"
            }
            Value::String(Some(string)) => {
                text.push('"');
                for character in string.chars() {
                    if matches!(character, '"' | '\\') {
                        text.push('\\');
                    }
                    // The one character that PostgreSQL cannot hold.
                    text.push(if character == '\0' {
                        '\u{fffd}'
                    } else {
                        character
                    });
                }
                text.push('"');
                "TEXT"
            }
            Value::BigInt(Some(number)) => {
                let _ = write!(text, "{number}");
                "BIGINT"
            }
            Value::BigInt(None) => {
                text.push_str("NULL");
                "BIGINT"
            }
            // The schema has no other types than these: PostgreSQL refuses this one loudly.
            _ => {
                text.push_str("of_an_unknown_type");
                "BIGINT"
            }
        };
        self.element = element;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_elements_of_an_array() {
        let array = |values: &[Value]| {
            let mut array = Array::default();
            for value in values {
                array.push(value);
            }
            let placeholder = array.placeholder(7);
            let Value::String(Some(text)) = Value::from(array.text) else {
                panic!("a text");
            };
            (text, placeholder)
        };
        let of = |text: &str, element: &str| (text.to_owned(), format!("CAST($7 AS {element}[])"));
        assert_eq!(array(&[]), of("{}", "BIGINT"));
        let numbers = [(-3_i64).into(), Value::BigInt(None), i64::MAX.into()];
        assert_eq!(
            array(&numbers),
            of("{-3,NULL,9223372036854775807}", "BIGINT")
        );
        assert_eq!(array(&[true.into(), false.into()]), of("{t,f}", "BOOLEAN"));
        let texts = ["", "NULL", r#"a"b\c,{}"#, "x\0y"].map(Value::from);
        let written = "{\"\",\"NULL\",\"a\\\"b\\\\c,{}\",\"x\u{fffd}y\"}";
        assert_eq!(array(&texts), of(written, "TEXT"));
        assert_eq!(array(&[Value::String(None)]), of("{NULL}", "TEXT"));
        let bytes = [vec![0_u8, 255].into(), Value::Bytes(None)];
        assert_eq!(array(&bytes), of(r#"{"\\x00ff",NULL}"#, "BYTEA"));
    }
}

//! One value on its way from one database to another.

use std::io::Write;

use sea_orm::{DbErr, QueryResult, Value};
use sha2::{Digest, Sha256};

use super::schema::Kind;

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Integer(Option<i64>),
    Boolean(Option<bool>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

impl Cell {
    /// Takes the value at `index` of a row.
    pub(super) fn read(row: &QueryResult, index: usize, kind: Kind) -> Result<Cell, DbErr> {
        Ok(match kind {
            Kind::Integer => Cell::Integer(row.try_get_by_index(index)?),
            Kind::Boolean => Cell::Boolean(row.try_get_by_index(index)?),
            Kind::Text => Cell::Text(row.try_get_by_index(index)?),
            Kind::Bytes => Cell::Bytes(row.try_get_by_index(index)?),
        })
    }

    /// The value as a parameter of a statement.
    pub(super) fn value(&self) -> Value {
        match self {
            Cell::Integer(value) => (*value).into(),
            Cell::Boolean(value) => (*value).into(),
            Cell::Text(value) => value.clone().into(),
            Cell::Bytes(value) => value.clone().into(),
        }
    }

    /// Takes the value into a digest, told apart from every other value.
    pub(super) fn digest(&self, into: &mut Sha256) {
        let bytes = |bytes: &[u8], into: &mut Sha256| {
            into.update([1]);
            into.update(bytes.len().to_be_bytes());
            into.update(bytes);
        };
        match self {
            Cell::Integer(Some(value)) => bytes(&value.to_be_bytes(), into),
            Cell::Boolean(Some(value)) => bytes(&[u8::from(*value)], into),
            Cell::Text(Some(text)) => bytes(text.as_bytes(), into),
            Cell::Bytes(Some(value)) => bytes(value, into),
            Cell::Integer(None) | Cell::Boolean(None) | Cell::Text(None) | Cell::Bytes(None) => {
                into.update([0]);
            }
        }
    }

    /// Writes the value as PostgreSQL's `COPY` takes it in its text format. Gives how many
    /// characters U+0000 were replaced by U+FFFD.
    pub(super) fn encode(&self, into: &mut Vec<u8>) -> u64 {
        let mut replaced = 0;
        // Writing to a Vec cannot fail.
        let _ = match self {
            Cell::Integer(Some(value)) => write!(into, "{value}"),
            Cell::Boolean(Some(true)) => into.write_all(b"t"),
            Cell::Boolean(Some(false)) => into.write_all(b"f"),
            Cell::Text(Some(text)) => {
                for byte in text.bytes() {
                    match byte {
                        b'\\' => into.extend_from_slice(b"\\\\"),
                        b'\n' => into.extend_from_slice(b"\\n"),
                        b'\r' => into.extend_from_slice(b"\\r"),
                        b'\t' => into.extend_from_slice(b"\\t"),
                        0 => {
                            replaced += 1;
                            into.extend_from_slice("\u{fffd}".as_bytes());
                        }
                        byte => into.push(byte),
                    }
                }
                Ok(())
            }
            Cell::Bytes(Some(bytes)) => write!(into, "\\\\x{}", hex::encode(bytes)),
            Cell::Integer(None) | Cell::Boolean(None) | Cell::Text(None) | Cell::Bytes(None) => {
                into.write_all(b"\\N")
            }
        };
        replaced
    }
}

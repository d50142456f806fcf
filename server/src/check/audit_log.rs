//! The audit log's chain of hashes, recomputed from what is stored. Its seals need the panel's keys,
//! which the checker does not have: `smm-panel audit verify` checks them.

use sea_orm::{DbErr, QueryResult};
use sha2::{Digest, Sha256};

use super::UNCHANGED_LOG;
use super::rows::{Cursor, Inspector, Row};

/// A row of `audit_log`.
struct Logged {
    id: i64,
    created_at_ms: i64,
    /// actor, address, action, subject, reason, was, became.
    texts: [Option<String>; 7],
    hash: Vec<u8>,
}

impl Row for Logged {
    const TABLE: &'static str = "audit_log";
    const SELECT: &'static str = "SELECT id, created_at_ms, actor, address, action, subject, \
         reason, was, became, hash FROM audit_log";
    const KEY: &'static [&'static str] = &["id"];

    fn read(row: &QueryResult) -> Result<Logged, DbErr> {
        let mut texts: [Option<String>; 7] = Default::default();
        for (index, text) in (2..).zip(&mut texts) {
            *text = row.try_get_by_index(index)?;
        }
        Ok(Logged {
            id: row.try_get_by_index(0)?,
            created_at_ms: row.try_get_by_index(1)?,
            texts,
            hash: row.try_get_by_index(9)?,
        })
    }

    fn key(&self) -> [i64; 2] {
        [self.id, 0]
    }
}

impl Logged {
    /// SHA-256 of the hash before it and of its values as a JSON array.
    fn hash_after(&self, previous: &[u8]) -> Vec<u8> {
        let mut sha = Sha256::new();
        sha.update(previous);
        sha.update(format!("[{},{}", self.id, self.created_at_ms));
        for text in &self.texts {
            sha.update(",");
            match text {
                Some(text) => sha.update(serde_json::Value::from(text.as_str()).to_string()),
                None => sha.update("null"),
            }
        }
        sha.update("]");
        sha.finalize().to_vec()
    }
}

/// Reports every row whose hash is not that of its contents and of the row before it, and those that
/// are missing.
pub(super) async fn inspect(inspector: &mut Inspector<'_>) -> Result<(), DbErr> {
    let mut rows = Cursor::<Logged>::new();
    let (mut last, mut previous) = (0, vec![0; 32]);
    loop {
        let page = rows.page(inspector).await?;
        if page.is_empty() {
            break;
        }
        let report = &mut inspector.report;
        for row in page {
            let name = format_args!("audit row {}", row.id);
            if row.id != last + 1 {
                let what = format_args!("the row before it is {last}");
                report.add(UNCHANGED_LOG, name, what);
            } else if row.hash != row.hash_after(&previous) {
                let what = format_args!("its hash is not that of its contents after row {last}");
                report.add(UNCHANGED_LOG, name, what);
            }
            // What follows is judged by what is stored, so that each wrong row is named once.
            (last, previous) = (row.id, row.hash);
        }
    }
    let sql = "SELECT last_id FROM id_sequences WHERE name = 'audit_log'";
    let given = inspector.query(sql, []).await?;
    let given: Option<i64> = given
        .first()
        .map(|row| row.try_get_by_index(0))
        .transpose()?;
    if given != Some(last) {
        let row = format_args!("audit log");
        let what = format_args!("it ends with row {last}; the last number given is {given:?}");
        inspector.report.add(UNCHANGED_LOG, row, what);
    }
    Ok(())
}

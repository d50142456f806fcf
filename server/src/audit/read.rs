//! Reading the log: newest first for people, from the beginning for files and proofs.

use super::chain::Row;
use super::verify::Anchor;
use super::{Deed, store};
use crate::clock::Period;
use crate::db::{Db, Tx};
use crate::error::Result;

/// How many rows are read at once.
const PAGE: i64 = 1_000;

/// A row of the log as it is stored.
#[derive(Debug, Clone)]
pub struct Logged {
    /// What it says.
    pub row: Row,
    pub(super) hash: Vec<u8>,
    pub(super) seal: Vec<u8>,
}

impl Logged {
    /// The stored hash in hexadecimal digits.
    pub fn hash_hex(&self) -> String {
        hex::encode(&self.hash)
    }
}

/// Which rows are wanted; what is not given does not matter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// To what something was done.
    pub subject: Option<String>,
    /// By whom.
    pub actor: Option<String>,
    /// What.
    pub deed: Option<Deed>,
    /// When.
    pub created: Period,
}

/// Rows that pass `filter`, with numbers below `before`, newest first, at most `limit`.
pub async fn list(
    db: &Db,
    filter: &Filter,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<Logged>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    store::list(db.read(), filter, before.unwrap_or(i64::MAX), limit).await
}

/// The last row's number and hash; none while the log is empty. Kept outside of the database it is
/// an [`Anchor`].
pub async fn head(db: &Db) -> Result<Option<Anchor>> {
    let last = list(db, &Filter::default(), None, 1).await?;
    Ok(last.first().and_then(Anchor::of))
}

/// The whole log from its beginning, page by page, as of one moment.
pub(super) struct Pages {
    snapshot: Tx,
    after: Option<i64>,
}

impl Pages {
    /// From row `from` on, or from the first.
    pub(super) async fn open(db: &Db, from: Option<i64>) -> Result<Pages> {
        Ok(Pages {
            snapshot: db.snapshot().await?,
            after: from.map(|from| from.saturating_sub(1)),
        })
    }

    /// The next rows; none at the end.
    pub(super) async fn next(&mut self) -> Result<Vec<Logged>> {
        let page = store::page(&self.snapshot, self.after, PAGE).await?;
        self.after = page.last().map(|last| last.row.id).or(self.after);
        Ok(page)
    }

    /// The last number that was given to a row, at the same moment.
    pub(super) async fn last_number(&self) -> Result<i64> {
        store::last_number(&self.snapshot).await
    }
}

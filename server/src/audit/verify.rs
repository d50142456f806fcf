//! Proving that nothing in the log was changed: every hash and every seal again, in order.

use std::fmt;
use std::str::FromStr;

use super::chain::{GENESIS, Hash};
use super::read::{Logged, Pages};
use crate::db::Db;
use crate::error::Result;
use crate::secrets::Secrets;

/// A row's number and hash, kept outside of the database: `17:5f3a...`. Whoever has the database
/// and the keys could write the whole log anew, but not so that an anchor fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    id: i64,
    hash: Hash,
}

impl Anchor {
    pub(super) fn of(logged: &Logged) -> Option<Anchor> {
        let hash = Hash::try_from(logged.hash.as_slice()).ok()?;
        let id = logged.row.id;
        Some(Anchor { id, hash })
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.id, hex::encode(self.hash))
    }
}

impl FromStr for Anchor {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Anchor, &'static str> {
        let read = || {
            let (id, digits) = text.trim().split_once(':')?;
            let mut hash = GENESIS;
            hex::decode_to_slice(digits, &mut hash).ok()?;
            let id = id.parse().ok().filter(|id| *id > 0)?;
            Some(Anchor { id, hash })
        };
        read().ok_or("an anchor is a row's number, a colon and 64 hexadecimal digits")
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How many rows were found in order, before the first broken one.
    pub sound: u64,
    /// The last of them.
    pub head: Option<Anchor>,
    /// The first row that is not right, if there is one.
    pub broken: Option<Broken>,
}

/// The first row that is not right, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Its number; of several that are missing, the first.
    pub id: i64,
    /// What is wrong.
    pub what: String,
}

/// Reads the whole log and recomputes it. Finds rows that were edited, deleted, inserted, put into
/// another order or cut off at the end; the last also where the numbers were set back, if `anchor`
/// is from before that.
pub async fn verify(db: &Db, secrets: &Secrets, anchor: Option<Anchor>) -> Result<Verdict> {
    let mut pages = Pages::open(db, None).await?;
    let mut chain = Chain {
        secrets,
        anchor,
        last: Anchor {
            id: 0,
            hash: GENESIS,
        },
        sound: 0,
    };
    let broken = chain.read(&mut pages).await?;
    Ok(Verdict {
        sound: chain.sound,
        head: (chain.sound > 0).then_some(chain.last),
        broken,
    })
}

/// The log up to the last sound row.
struct Chain<'a> {
    secrets: &'a Secrets,
    anchor: Option<Anchor>,
    last: Anchor,
    sound: u64,
}

impl Chain<'_> {
    async fn read(&mut self, pages: &mut Pages) -> Result<Option<Broken>> {
        loop {
            let page = pages.next().await?;
            if page.is_empty() {
                return Ok(self.ends(pages.last_number().await?));
            }
            for logged in &page {
                if let Err(broken) = self.take(logged) {
                    return Ok(Some(broken));
                }
            }
        }
    }

    /// Takes the next row, if it is right.
    fn take(&mut self, logged: &Logged) -> std::result::Result<(), Broken> {
        let (id, due) = (logged.row.id, self.last.id + 1);
        if id != due {
            return Err(gap(id, due));
        }
        let hash = logged.row.hash(&self.last.hash);
        let stored = Hash::try_from(logged.hash.as_slice()).ok();
        let seal = stored.map(|stored| self.secrets.seal_audit(&stored));
        let is_ours = seal.is_some_and(|seal| seal[..] == logged.seal);
        if stored != Some(hash) {
            let what = if is_ours {
                "its hash does not fit: it was edited, or stands in another place than it was \
                 written in"
            } else {
                "neither its hash nor its seal fits: it was not written by this panel, or edited \
                 with its hash"
            };
            return Err(broken(id, what.to_owned()));
        }
        if !is_ours {
            let what = "its hash fits, its seal does not: it was inserted or rewritten by somebody \
                        without the panel's keys";
            return Err(broken(id, what.to_owned()));
        }
        if let Some(anchor) = self.anchor.filter(|anchor| anchor.id == id)
            && anchor.hash != hash
        {
            let what = "it is not the row that the anchor names: it, or a row before it, was \
                        rewritten with the panel's keys";
            return Err(broken(id, what.to_owned()));
        }
        self.last = Anchor { id, hash };
        self.sound += 1;
        Ok(())
    }

    /// What is wrong with where the log ends; `number` is the last that was given.
    fn ends(&self, number: i64) -> Option<Broken> {
        let (last, next) = (self.last.id, self.last.id + 1);
        if number > last {
            let what = format!("the rows {next} to {number} are missing: the end was cut off");
            return Some(broken(next, what));
        }
        if number < last {
            let what = format!("the last number that was given is {number}: it was set back");
            return Some(broken(last, what));
        }
        let anchor = self.anchor.filter(|anchor| anchor.id > last)?;
        let what = format!(
            "the anchor names row {}: the end was cut off and the numbers were set back",
            anchor.id
        );
        Some(broken(next, what))
    }
}

fn gap(id: i64, due: i64) -> Broken {
    if id < due {
        return broken(id, "no row is numbered so: it was inserted".to_owned());
    }
    let what = if id == due + 1 {
        "it is missing: it was deleted".to_owned()
    } else {
        format!(
            "the rows {due} to {} are missing: they were deleted",
            id - 1
        )
    };
    broken(due, what)
}

fn broken(id: i64, what: String) -> Broken {
    Broken { id, what }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_reads_back_as_it_was_printed() {
        let anchor = Anchor {
            id: 17,
            hash: [0xa5; 32],
        };
        assert_eq!(anchor.to_string().parse(), Ok(anchor));
        let digits = "a5".repeat(32);
        for text in ["", "17", "17:", "0:00", &digits, &format!("-1:{digits}")] {
            assert!(text.parse::<Anchor>().is_err(), "{text}");
        }
    }
}

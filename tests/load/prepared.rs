//! What `prepare` leaves for `run`: `load.json` in the data folder.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};

/// A prepared database, as the load generator knows it.
#[derive(Clone)]
pub(crate) struct Prepared {
    /// Where the panel will serve.
    pub(crate) url: String,
    /// One key per wallet; order `n` of the stored ones belongs to key `(n - 1) % owners`.
    pub(crate) keys: Vec<String>,
    /// How many orders are stored.
    pub(crate) orders: usize,
    /// How many of the wallets own them.
    pub(crate) owners: usize,
    /// The stored orders of each owner, if they do not belong to them in turn.
    pub(crate) ids: Vec<Vec<i64>>,
    /// The service that orders are placed of.
    pub(crate) service: i64,
    /// The service that a provider completes at once, at the same price; 0 if there is none.
    pub(crate) forwarded: i64,
    /// What one such order costs, in nano-USD.
    pub(crate) charge_nano: i64,
    /// How many people can sign in.
    pub(crate) people: usize,
}

/// How many units each order is for.
pub(crate) const QUANTITY: i64 = 137;

/// How many of the first wallets have had a part of every ended order refunded.
pub(crate) const REFUNDED: usize = 8;

const FILE: &str = "load.json";

impl Prepared {
    /// The wallet that the request number `n` about stored orders comes from, and the id of its
    /// `nth` order from there on.
    pub(crate) fn stored(&self, n: usize, nth: usize) -> (usize, i64) {
        // Spread over the stored orders, so that not the same pages are read again and again.
        let spread = n.wrapping_mul(7_919);
        let owners = self.owners.max(1);
        if !self.ids.is_empty() {
            let wallet = spread % self.ids.len();
            let ids = self.ids.get(wallet).map_or(&[][..], Vec::as_slice);
            let at = (spread / self.ids.len() + nth) % ids.len().max(1);
            return (wallet, ids.get(at).copied().unwrap_or(0));
        }
        // Whole rounds of the owners only, so that a step of `owners` stays with one of them.
        let stored = (self.orders / owners * owners).max(1);
        let order = spread % stored;
        let id = (order + nth * owners) % stored + 1;
        (order % owners, i64::try_from(id).unwrap_or(i64::MAX))
    }

    /// Writes it into `data`.
    pub(crate) fn write(&self, data: &Path) -> Result<()> {
        let whole = json!({
            "url": self.url,
            "keys": self.keys,
            "orders": self.orders,
            "owners": self.owners,
            "service": self.service,
            "charge_nano": self.charge_nano,
            "people": self.people,
        });
        Ok(std::fs::write(data.join(FILE), whole.to_string())?)
    }

    /// Reads it from `data`.
    pub(crate) fn read(data: &Path) -> Result<Prepared> {
        let path = data.join(FILE);
        let missing = || {
            format!(
                "{} cannot be read; run `load prepare` first",
                path.display()
            )
        };
        let text = std::fs::read_to_string(&path).with_context(missing)?;
        let whole: Value = serde_json::from_str(&text).with_context(missing)?;
        let number = |name: &str| {
            let found = whole.get(name).and_then(Value::as_i64);
            found.ok_or_else(|| anyhow!("{} has no {name}", path.display()))
        };
        let keys = whole.get("keys").and_then(Value::as_array);
        let keys = keys.into_iter().flatten().filter_map(Value::as_str);
        let url = whole.get("url").and_then(Value::as_str);
        Ok(Prepared {
            url: url.unwrap_or_default().to_owned(),
            keys: keys.map(str::to_owned).collect(),
            orders: usize::try_from(number("orders")?)?,
            owners: usize::try_from(number("owners")?)?,
            ids: Vec::new(),
            service: number("service")?,
            forwarded: 0,
            charge_nano: number("charge_nano")?,
            people: usize::try_from(number("people")?)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(orders: usize, owners: usize, ids: Vec<Vec<i64>>) -> Prepared {
        Prepared {
            url: String::new(),
            keys: Vec::new(),
            orders,
            owners,
            ids,
            service: 1,
            forwarded: 0,
            charge_nano: 1,
            people: 0,
        }
    }

    #[test]
    fn a_hundred_stored_orders_are_different_and_of_one_wallet() {
        let numbered: Vec<Vec<i64>> = (0..4)
            .map(|wallet| (0..100).map(|nth| 1 + wallet + 4 * nth).collect())
            .collect();
        for ids in [Vec::new(), numbered] {
            // The orders above the last whole round of the owners are never asked for.
            let prepared = prepared(403, 4, ids);
            for n in [0, 1, 31, 7_919, usize::MAX] {
                let (wallet, _) = prepared.stored(n, 0);
                let mut asked: Vec<i64> = (0..100)
                    .map(|nth| {
                        let (same, id) = prepared.stored(n, nth);
                        assert_eq!(same, wallet);
                        assert_eq!((id - 1) % 4, i64::try_from(wallet).unwrap());
                        assert!((1..=400).contains(&id));
                        id
                    })
                    .collect();
                asked.sort_unstable();
                asked.dedup();
                assert_eq!(asked.len(), 100);
            }
        }
    }
}

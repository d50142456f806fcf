//! What `prepare` leaves for `run`: `load.json` in the data folder.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};

/// A prepared database, as the load generator knows it.
pub(crate) struct Prepared {
    /// Where the panel will serve.
    pub(crate) url: String,
    /// One key per wallet; order `n` of the stored ones belongs to key `(n - 1) % owners`.
    pub(crate) keys: Vec<String>,
    /// How many orders are stored.
    pub(crate) orders: usize,
    /// How many of the wallets own them.
    pub(crate) owners: usize,
    /// The service that orders are placed of.
    pub(crate) service: i64,
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
            service: number("service")?,
            charge_nano: number("charge_nano")?,
            people: usize::try_from(number("people")?)?,
        })
    }
}

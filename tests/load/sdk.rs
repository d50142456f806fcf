//! What the SDK adds to the same calls by plain reqwest: both read into the same types, in turns,
//! so that the machine's noise meets both.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use futures::{StreamExt, TryStreamExt};
use serde::Deserialize;
use smm_panel_sdk::{Client, Order, Refund, Wallet};
use tokio::time::Instant;

use crate::prepared::Prepared;

#[derive(Args)]
pub(crate) struct Options {
    /// The folder that `prepare` has filled; its panel must serve
    #[arg(long)]
    data: PathBuf,
    /// Rounds of each call, by both ways; the middle rates are compared
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// Calls per round
    #[arg(long, default_value_t = 300)]
    calls: usize,
}

/// The two ways to one panel.
struct Ways {
    sdk: Client,
    raw: reqwest::Client,
    base: String,
    key: String,
}

impl Ways {
    async fn raw<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T> {
        let url = format!("{}{path}", self.base);
        let answer = self.raw.get(url).bearer_auth(&self.key).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }
}

pub(crate) async fn run(options: &Options) -> Result<()> {
    let prepared = Prepared::read(&options.data)?;
    let base = prepared.url.trim_end_matches("/api/v2").to_owned();
    let key = prepared.keys.first().context("no wallet was prepared")?;
    let ways = Ways {
        sdk: Client::new(&base, key)?,
        raw: reqwest::Client::new(),
        base,
        key: key.clone(),
    };
    println!("| call | reqwest /s | SDK /s | SDK costs |");
    println!("|---|--:|--:|--:|");
    macro_rules! compare {
        ($name:literal, $raw:expr, $sdk:expr) => {
            let (mut raw, mut sdk) = (Vec::new(), Vec::new());
            for _ in 0..options.rounds.max(1) {
                raw.push(timed!(options.calls, $raw));
                sdk.push(timed!(options.calls, $sdk));
            }
            row($name, options.calls, middle(raw)?, middle(sdk)?);
        };
    }
    macro_rules! timed {
        ($calls:expr, $call:expr) => {{
            let begun = Instant::now();
            for _ in 0..$calls {
                $call;
            }
            begun.elapsed()
        }};
    }
    compare!(
        "wallet",
        ways.raw::<Wallet>("/api/v3/wallet").await?,
        ways.sdk.wallet().await?
    );
    compare!(
        "order",
        ways.raw::<Order>("/api/v3/orders/1").await?,
        ways.sdk.order(1).await?
    );
    compare!(
        "500 refunds",
        ways.raw::<RefundPage>("/api/v3/refunds?limit=500").await?,
        ways.sdk
            .refunds_since(None)
            .take(500)
            .try_collect::<Vec<_>>()
            .await?
    );
    Ok(())
}

/// A page of refunds, as the panel sends it.
#[derive(Deserialize)]
struct RefundPage {
    /// Its rows, which are read and thrown away.
    #[serde(rename = "refunds")]
    _refunds: Vec<Refund>,
}

/// The middle of the times; of an even number the shorter one.
fn middle(mut took: Vec<Duration>) -> Result<Duration> {
    took.sort();
    let middle = took.len().saturating_sub(1) / 2;
    took.get(middle).copied().context("no round")
}

fn row(name: &str, calls: usize, raw: Duration, sdk: Duration) {
    let rate = |took: Duration| {
        let micros = took.as_micros().max(1);
        u128::try_from(calls).unwrap_or_default() * 1_000_000 / micros
    };
    let percent = sdk.as_micros() * 100 / raw.as_micros().max(1);
    println!(
        "| {name} | {} | {} | {percent} % of the time |",
        rate(raw),
        rate(sdk)
    );
}

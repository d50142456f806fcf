//! Closed-loop load: each connection asks again as soon as it is answered. Whatever places orders
//! is compared with what the wallets hold, to the nano.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result};
use smm_panel_server::money::Money;
use tokio::task::LocalSet;
use tokio::time::Instant;

use crate::client::{Connection, Target};
use crate::figures::{Figures, Seen};
use crate::prepared::Prepared;
use crate::scenario::{Scenario, Writer};

/// When a turn ends; requests under way then are still awaited.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ends {
    /// After this time.
    After(Duration),
    /// After so many requests.
    AfterRequests(usize),
}

/// One uninterrupted time of asking for the same.
pub(crate) struct Turn<'a> {
    /// What is asked for.
    pub(crate) scenario: Scenario,
    /// Connections that ask at the same time.
    pub(crate) connections: usize,
    /// When it ends.
    pub(crate) ends: Ends,
    /// The panel's servers; the connections go to each in turn.
    pub(crate) targets: &'a [Target],
    /// What is stored there.
    pub(crate) prepared: &'a Rc<Prepared>,
    /// The number of its first request.
    pub(crate) first: usize,
}

impl Turn<'_> {
    /// Asks; gives the figures, and how many wallets had another balance afterwards than their
    /// acknowledged orders say.
    pub(crate) async fn run(&self) -> Result<(Figures, usize)> {
        let before = self.balances().await?;
        let (figures, placed) = self.ask().await?;
        let after = self.balances().await?;
        let mut wrong = 0;
        for (wallet, had) in &before {
            let orders = placed.get(wallet).copied().unwrap_or(0);
            let left = had - orders * self.prepared.charge_nano;
            let has = after.get(wallet).copied().unwrap_or(0);
            if left != has {
                wrong += 1;
                eprintln!(
                    "  wallet {wallet}: {had} nano-USD less {orders} acknowledged orders is \
                     {left}, but its balance is {has}"
                );
            }
        }
        if !before.is_empty() {
            let sum: i64 = placed.values().sum();
            let right = before.len().saturating_sub(wrong);
            eprintln!("  {right} wallets agree with {sum} orders");
        }
        Ok((figures, wrong))
    }

    /// The balances, in nano-USD, of the wallets that are ordered from.
    async fn balances(&self) -> Result<BTreeMap<usize, i64>> {
        let mut balances = BTreeMap::new();
        if !self.scenario.adds() {
            return Ok(balances);
        }
        let used = if self.scenario == Scenario::AddOneWallet {
            1
        } else {
            self.prepared.keys.len()
        };
        let any = self.targets.first().context("no address")?;
        let mut connection = Connection::open(any, false).await?;
        for (wallet, key) in self.prepared.keys.iter().enumerate().take(used) {
            let answer = connection
                .post(&format!("key={key}&action=balance"))
                .await?;
            let json: serde_json::Value = serde_json::from_slice(answer.body)?;
            let text = json.get("balance").and_then(serde_json::Value::as_str);
            let text = text.with_context(|| format!("the balance of wallet {wallet}: {json}"))?;
            balances.insert(wallet, Money::parse(text)?.nano());
        }
        Ok(balances)
    }

    /// Gives the figures and how many orders of each wallet were acknowledged.
    async fn ask(&self) -> Result<(Figures, BTreeMap<usize, i64>)> {
        let step = self.connections.max(1);
        let mut connections = Vec::with_capacity(step);
        for target in self.targets.iter().cycle().take(step) {
            let gzip = self.scenario == Scenario::ServicesGzip;
            connections.push((Connection::open(target, gzip).await?, target.clone()));
        }
        // No link twice, also not of an earlier run on the same data.
        let nonce = smm_panel_server::clock::Clock::system().now().ms();
        let begun = Instant::now();
        let left = Rc::new(Cell::new(match self.ends {
            Ends::After(_) => usize::MAX,
            Ends::AfterRequests(requests) => requests,
        }));
        let until = match self.ends {
            Ends::After(lasts) => Some(begun + lasts),
            Ends::AfterRequests(_) => None,
        };
        let set = LocalSet::new();
        let tasks: Vec<_> = connections
            .into_iter()
            .enumerate()
            .map(|(nth, (connection, target))| {
                let asker = Asker {
                    scenario: self.scenario,
                    writer: Writer::new(self.scenario, self.prepared.clone(), nonce),
                    number: nth + self.first,
                    step,
                    until,
                    left: left.clone(),
                    placed: BTreeMap::new(),
                };
                set.spawn_local(asker.ask(connection, target))
            })
            .collect();
        let (mut seen, mut placed) = (Seen::default(), BTreeMap::new());
        set.run_until(async {
            for task in tasks {
                let (its, orders) = task.await?;
                seen.add(its);
                for (wallet, count) in orders {
                    *placed.entry(wallet).or_insert(0) += count;
                }
            }
            anyhow::Ok(())
        })
        .await?;
        Ok((seen.over(begun.elapsed()), placed))
    }
}

/// One connection's part of a turn.
struct Asker {
    scenario: Scenario,
    writer: Writer,
    /// The number of its next request; those of all connections differ.
    number: usize,
    step: usize,
    until: Option<Instant>,
    /// How many requests all connections together may still begin.
    left: Rc<Cell<usize>>,
    placed: BTreeMap<usize, i64>,
}

impl Asker {
    async fn ask(
        mut self,
        mut connection: Connection,
        target: Target,
    ) -> (Seen, BTreeMap<usize, i64>) {
        let mut seen = Seen::default();
        let good = self.scenario.good();
        loop {
            let wallet = self.writer.write(self.number);
            let begun = Instant::now();
            let left = self.left.get();
            if left == 0 || self.until.is_some_and(|until| begun >= until) {
                break;
            }
            self.left.set(left - 1);
            let Writer { body, call, .. } = &self.writer;
            let answered = if call.is_empty() {
                connection.post(body).await
            } else {
                connection.typed(call, self.writer.key(wallet), body).await
            };
            match answered {
                Ok(answer) if answer.status < 300 && answer.body.starts_with(good) => {
                    seen.answered(begun.elapsed());
                    if self.scenario.adds() {
                        *self.placed.entry(wallet).or_insert(0) += 1;
                    }
                }
                Ok(answer) => {
                    let text = String::from_utf8_lossy(answer.body);
                    let text: String = text.chars().take(200).collect();
                    seen.failed(format_args!("{} {text}", answer.status));
                }
                Err(fault) => {
                    seen.failed(fault);
                    let gzip = self.scenario == Scenario::ServicesGzip;
                    match Connection::open(&target, gzip).await {
                        Ok(again) => connection = again,
                        Err(_) => break,
                    }
                }
            }
            self.number += self.step;
        }
        (seen, self.placed)
    }
}

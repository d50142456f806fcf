//! One program that is measured: served on its own copy of the database, with a provider of its
//! own, and asleep while it is not its turn.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use sea_orm::DatabaseConnection;
use tokio::time::sleep;

use crate::client::Target;
use crate::databases::{Databases, Home};
use crate::figures::{Figures, Memory, ticks};
use crate::furnish;
use crate::prepared::Prepared;
use crate::process::{self, Provider, Served};
use crate::scenario::Scenario;
use crate::settled;
use crate::turn::{Ends, Turn};

/// How long a program that was asleep has for what its timers had put off.
const WAKING: Duration = Duration::from_millis(100);

/// The provider of what is measured, and the service that it delivers. It is not that of the stored
/// orders: it counts from the beginning, and an id that comes again is an alert.
const PROVIDER: &str = "measured";

/// What is measured unless something else is asked for.
const USUAL: [Scenario; 5] = [
    Scenario::Balance,
    Scenario::Status,
    Scenario::Status100,
    Scenario::Add,
    Scenario::EndToEnd,
];

/// Reads a scenario. Refunds are not among what is stored.
fn scenario(text: &str) -> Result<Scenario, String> {
    let mut known = Scenario::EACH.to_vec();
    known.retain(|scenario| *scenario != Scenario::Refunds1000);
    known.extend([Scenario::Health, Scenario::EndToEnd]);
    let found = known.iter().find(|scenario| scenario.word() == text);
    found.copied().ok_or_else(|| {
        let words: Vec<&str> = known.iter().map(|scenario| scenario.word()).collect();
        format!("not one of: {}", words.join(", "))
    })
}

/// How much is stored and how it is measured.
#[derive(Args)]
pub(crate) struct Plan {
    /// What is measured, with commas between: scenarios of `run`, health, and end-to-end, which is
    /// placing, sending and settling orders that their provider completes at once
    #[arg(long, value_delimiter = ',', default_values_t = USUAL, value_parser = scenario)]
    pub(crate) scenarios: Vec<Scenario>,
    /// How often each is measured
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) rounds: u32,
    /// For how many seconds each time
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) seconds: u64,
    /// How many orders end-to-end places and settles each time
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) settled: u32,
    /// Connections that ask at the same time
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=4_096))]
    pub(crate) connections: u32,
    /// Orders that are stored before, all settled
    #[arg(long, default_value_t = 10_000)]
    pub(crate) orders: usize,
    /// Accounts that order and ask in turn
    #[arg(long, default_value_t = 32)]
    pub(crate) wallets: usize,
}

impl Plan {
    /// How long a measurement with so many turns a round may take: several times what it needs.
    pub(crate) fn limit(&self, turns: usize) -> Duration {
        let turns = u32::try_from(turns).unwrap_or(u32::MAX);
        let turns = Duration::from_secs(self.seconds + 5).saturating_mul(turns);
        let orders = u64::from(self.settled) * u64::from(self.rounds) * 2
            + u64::try_from(self.orders).unwrap_or(u64::MAX);
        // Even a slow disk settles 50 orders a second.
        let settling = Duration::from_secs(orders / 50);
        turns.saturating_mul(self.rounds) + settling + Duration::from_secs(300)
    }

    /// Connections, as a number of things.
    pub(crate) fn connections(&self) -> usize {
        usize::try_from(self.connections).unwrap_or(usize::MAX)
    }

    /// How much is stored.
    pub(crate) fn size(&self) -> furnish::Size {
        furnish::Size {
            wallets: self.wallets,
            orders: self.orders,
            connections: self.connections(),
        }
    }
}

/// A program that serves.
pub(crate) struct Side {
    label: &'static str,
    program: PathBuf,
    home: Home,
    db: DatabaseConnection,
    prepared: Rc<Prepared>,
    provider: Provider,
    served: Served,
    targets: [Target; 1],
}

impl Side {
    /// Serves `program` on a copy of `origin`, its schema brought up to date by itself; then it
    /// sleeps.
    pub(crate) async fn start(
        label: &'static str,
        program: &Path,
        databases: &Databases,
        origin: (&Home, &Prepared),
    ) -> Result<Side> {
        let begun = async {
            let home = databases.copy(origin.0, label).await?;
            process::command(program, &home.settings(), &["migrate"], "").await?;
            home.analyze().await?;
            let provider = Provider::start().await?;
            furnish::sell(program, &home, PROVIDER, &provider).await?;
            let served = Served::start(label, program, &home.settings()).await?;
            served.ready().await?;
            let target = Target::parse(&served.url)?;
            let key = origin.1.keys.first().context("no key")?;
            let forwarded = furnish::sold(&target, key, PROVIDER).await?;
            let side = Side {
                label,
                program: program.to_owned(),
                db: home.connect().await?,
                home,
                prepared: Rc::new(Prepared {
                    forwarded,
                    ..origin.1.clone()
                }),
                provider,
                targets: [target],
                served,
            };
            side.served.freeze()?;
            anyhow::Ok(side)
        };
        begun.await.with_context(|| format!("the {label} program"))
    }

    /// Measures it once, in round `round`.
    pub(crate) async fn measure(
        &self,
        scenario: Scenario,
        round: u32,
        plan: &Plan,
    ) -> Result<Figures> {
        let measured = async {
            self.served.thaw()?;
            sleep(WAKING).await;
            let before = ticks(self.served.pid)?;
            let (figures, wrong) = self.once(scenario, usize::try_from(round)?, plan).await?;
            let figures = figures.with_ticks(ticks(self.served.pid)? - before);
            self.served.freeze()?;
            if wrong > 0 {
                bail!("{wrong} wallets are wrong");
            }
            anyhow::Ok(figures)
        };
        let told = || format!("the {} program, {}", self.label, scenario.word());
        let figures = measured.await.with_context(told)?;
        eprintln!("  {} {}: {figures}", self.label, scenario.word());
        if let Some(why) = &figures.first_error {
            eprintln!("  {} {}: first error: {why}", self.label, scenario.word());
        }
        Ok(figures)
    }

    async fn once(
        &self,
        scenario: Scenario,
        first: usize,
        plan: &Plan,
    ) -> Result<(Figures, usize)> {
        let (targets, prepared) = (&self.targets, &self.prepared);
        let connections = plan.connections();
        if scenario == Scenario::EndToEnd {
            let measure = settled::Measure {
                connections,
                orders: usize::try_from(plan.settled)?,
                targets,
                prepared,
                first,
            };
            return measure.run(&self.db).await;
        }
        let turn = Turn {
            scenario,
            connections,
            ends: Ends::After(Duration::from_secs(plan.seconds)),
            targets,
            prepared,
            first,
        };
        turn.run().await
    }

    /// Its memory at this moment.
    pub(crate) fn memory(&self) -> Option<Memory> {
        Memory::of(self.served.pid).ok()
    }

    /// Stops it; fails if an order was sent twice, or its own check finds something.
    pub(crate) async fn finish(self) -> Result<()> {
        let ended = async {
            self.db.close().await?;
            self.served.stop().await?;
            let (accepted, distinct) = self.provider.finish().await?;
            if accepted != distinct {
                bail!("its provider got {accepted} orders, {distinct} different ones");
            }
            if !process::is_sound(&self.program, &self.home.settings()).await? {
                bail!("its check found something");
            }
            anyhow::Ok(())
        };
        ended
            .await
            .with_context(|| format!("the {} program", self.label))
    }
}

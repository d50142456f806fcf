//! Loops without input: each takes what is due from the database, asks a provider, and hands the
//! answer to the noun. They hold no rules and no state that a restart would miss.
//!
//! A loop runs when something signals it and when its timer ticks. [`Workers::run_until_quiet`]
//! does the same work step by step, for tests and for the demo's clock.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::abuse;
use crate::accounts;
use crate::apart::apart;
use crate::conditions;
use crate::error::Result;
use crate::inspection;
use crate::orders;
use crate::panel::Panel;
use crate::phrases;
use crate::provider::Client;
use crate::set_back;
use crate::suspensions;

mod balances;
mod counts;
mod deposits;
mod dispatch;
mod follow;
mod mail;
mod progress;
mod sync;
mod watchdog;

use dispatch::Dispatcher;
use progress::Progress;

/// How long a step may take. Most wait for providers several times; one that takes longer hangs on a
/// connection, and what it had begun is under a lease.
const STEP: Duration = Duration::from_secs(10 * 60);
/// The same for those that go through everything there is.
const LONG_STEP: Duration = Duration::from_secs(60 * 60);

/// How often the clock is set to the database's.
const CLOCK_LOOK: Duration = Duration::from_secs(10);

/// How often it is looked whether a provider's catalogue is due.
const SYNC_LOOK: Duration = Duration::from_secs(5);
/// How often it is written when keys and sessions were last used, and old attempts are forgotten.
const LAST_USES: Duration = Duration::from_secs(10);

/// How often it is written how often sentences of providers were seen.
const PHRASES_SEEN: Duration = Duration::from_secs(60);

/// How often it is looked at what alerts are about, and whether a balance is due.
const CONDITIONS: Duration = Duration::from_secs(60);

/// How often facts are taken to the detectors of abuse, when there were none at last.
const FACTS: Duration = Duration::from_millis(100);

/// How often it is looked whether the regular check is due.
const CHECK_LOOK: Duration = Duration::from_secs(30);

/// Everything that happens without a request.
pub struct Workers {
    panel: Panel,
    client: Client,
    dispatcher: Dispatcher,
}

impl Workers {
    /// The workers of `panel`, not started yet.
    pub fn new(panel: &Panel, client: Client) -> Workers {
        let recorder = orders::recorder(panel);
        Workers {
            panel: panel.clone(),
            client: client.clone(),
            dispatcher: Dispatcher::new(panel.clone(), client, recorder),
        }
    }

    /// Starts the loops. They stop when `stop` becomes true, after what is under way has been
    /// recorded; `wake` makes them look at once. `server` is this server's name.
    pub fn start(
        self,
        server: Arc<str>,
        wake: Arc<Notify>,
        stop: watch::Receiver<bool>,
    ) -> Vec<JoinHandle<()>> {
        let Workers {
            panel,
            client,
            dispatcher,
        } = self;
        let every = Duration::from_millis(panel.config.dispatch_interval_ms.unsigned_abs());
        let slots = dispatcher.slot_freed();
        let progress = Progress::default();
        let loops = Loops {
            progress: progress.clone(),
            stop: stop.clone(),
        };
        let follower = follow::Follower::new(panel.clone(), client.clone());
        let syncer = sync::Syncer::new(panel.clone(), client.clone());
        let depositor = deposits::Depositor::new(panel.clone());
        let counter = counts::Counter::new(panel.clone(), client.clone());
        let balances = balances::BalanceReader::new(panel.clone(), client.clone());
        let postman = mail::Postman::new(panel.clone());
        let watched_workers = progress.clone();
        let [
            lasting,
            inspected,
            timed,
            used,
            stopping,
            watched,
            sorted,
            seen,
        ] = std::array::from_fn(|_| panel.clone());
        let watchdog = watchdog::Watchdog::new(panel, client, dispatcher.clone());
        vec![
            tokio::spawn({
                let (mut stop, progress) = (stop.clone(), progress.clone());
                async move {
                    progress.note("dispatch", STEP);
                    while !*stop.borrow() {
                        let step = dispatcher.clone();
                        let step = async move { step.step().await };
                        survived(&progress, "dispatch", STEP, step).await;
                        tokio::select! {
                            () = wake.notified() => {}
                            () = slots.notified() => {}
                            () = tokio::time::sleep(every) => {}
                            _ = stop.changed() => {}
                        }
                    }
                    dispatcher.finish().await;
                }
            }),
            tokio::spawn(follower.run(progress.clone(), every, STEP, stop.clone())),
            loops.repeat("watchdog", [every, LONG_STEP], move || {
                let watchdog = watchdog.clone();
                async move { watchdog.step().await }
            }),
            loops.repeat("sync", [SYNC_LOOK, LONG_STEP], move || {
                let syncer = syncer.clone();
                async move { syncer.step().await }
            }),
            loops.repeat("deposits", [every, STEP], move || {
                let depositor = depositor.clone();
                async move { depositor.step().await }
            }),
            loops.repeat("counts", [every, STEP], move || {
                let counter = counter.clone();
                async move { counter.step().await }
            }),
            loops.repeat("balances", [CONDITIONS, STEP], move || {
                let balances = balances.clone();
                async move { balances.step().await }
            }),
            loops.repeat("conditions", [CONDITIONS, STEP], move || {
                let (panel, server) = (lasting.clone(), server.clone());
                let still = watched_workers.standing_still();
                async move {
                    conditions::look_at_workers(&panel, &server, &still).await?;
                    // What changes meanwhile waits for the next minute.
                    conditions::look(&panel).await.map(|_| 0)
                }
            }),
            loops.repeat("mail", [every, STEP], move || {
                let postman = postman.clone();
                async move { postman.step().await }
            }),
            loops.repeat("suspensions", [every, STEP], move || {
                let panel = stopping.clone();
                async move { suspensions::stop_orders(&panel).await }
            }),
            loops.repeat("abuse", [FACTS, STEP], move || {
                let panel = watched.clone();
                async move { abuse::work(&panel).await }
            }),
            loops.repeat("phrases", [every, LONG_STEP], move || {
                let panel = sorted.clone();
                async move { phrases::work(&panel).await }
            }),
            loops.repeat("phrases_seen", [PHRASES_SEEN, STEP], move || {
                let panel = seen.clone();
                // What is seen meanwhile waits for the next minute.
                async move { phrases::write_seen_phrases(&panel).await.map(|_| 0) }
            }),
            loops.repeat("clock", [CLOCK_LOOK, STEP], move || {
                let panel = timed.clone();
                async move {
                    panel.follow_clock().await?;
                    // What was pulled in is due then, not the next look at the clock.
                    set_back::pull_in(&panel).await.map(|_| 0)
                }
            }),
            loops.repeat("last_uses", [LAST_USES, STEP], move || {
                let panel = used.clone();
                async move {
                    panel.gate.forget_old_attempts();
                    panel.limits.forget_old();
                    accounts::forget_old_attempts(&panel).await?;
                    // What is used meanwhile waits: rows that are always written are of no use.
                    accounts::write_last_uses(&panel).await.map(|_| 0)
                }
            }),
            loops.repeat("check", [CHECK_LOOK, LONG_STEP], move || {
                let (panel, mut stop) = (inspected.clone(), stop.clone());
                async move {
                    // An error says that nobody can stop it any more, which is a stop as well.
                    let stopped = async move { drop(stop.wait_for(|stop| *stop).await) };
                    let found = inspection::run_if_due(&panel, stopped).await?;
                    Ok(usize::from(found.is_some()))
                }
            }),
        ]
    }

    /// Asks every provider that is due what is left there.
    pub async fn read_balances(&self) -> Result<()> {
        let reader = balances::BalanceReader::new(self.panel.clone(), self.client.clone());
        while reader.step().await? > 0 {}
        Ok(())
    }

    /// Works until nothing is due any more at the panel's present time.
    pub async fn run_until_quiet(&self) -> Result<()> {
        let follower = follow::Follower::new(self.panel.clone(), self.client.clone());
        let watchdog = watchdog::Watchdog::new(
            self.panel.clone(),
            self.client.clone(),
            self.dispatcher.clone(),
        );
        let syncer = sync::Syncer::new(self.panel.clone(), self.client.clone());
        let depositor = deposits::Depositor::new(self.panel.clone());
        let counter = counts::Counter::new(self.panel.clone(), self.client.clone());
        let postman = mail::Postman::new(self.panel.clone());
        accounts::write_last_uses(&self.panel).await?;
        set_back::pull_in(&self.panel).await?;
        loop {
            let mut done = suspensions::stop_orders(&self.panel).await?;
            done += abuse::work(&self.panel).await?;
            done += syncer.step().await?;
            done += depositor.step().await?;
            done += self.dispatcher.step().await?;
            done += watchdog.step().await?;
            watchdog.settled().await;
            self.dispatcher.settled().await;
            done += follower.step().await?;
            done += counter.step().await?;
            done += phrases::work_now(&self.panel).await?;
            done += postman.step().await?;
            if done == 0 {
                phrases::write_seen_phrases(&self.panel).await?;
                return Ok(());
            }
        }
    }
}

/// What all loops have in common.
struct Loops {
    progress: Progress,
    stop: watch::Receiver<bool>,
}

impl Loops {
    /// Runs `step` again and again: at once while it finds work, else after `every`; a step is given
    /// up after `limit`.
    fn repeat<F>(
        &self,
        name: &'static str,
        [every, limit]: [Duration; 2],
        step: impl Fn() -> F + Send + 'static,
    ) -> JoinHandle<()>
    where
        F: Future<Output = Result<usize>> + Send + 'static,
    {
        let (progress, mut stop) = (self.progress.clone(), self.stop.clone());
        tokio::spawn(async move {
            progress.note(name, limit);
            while !*stop.borrow() {
                if survived(&progress, name, limit, step()).await == 0 {
                    tokio::select! {
                        () = tokio::time::sleep(every) => {}
                        _ = stop.changed() => {}
                    }
                }
            }
        })
    }
}

/// Runs one step as a task of its own: a loop survives its failures and its panics, because the
/// work is still in the database. Gives how much was done.
async fn survived(
    progress: &Progress,
    name: &'static str,
    limit: Duration,
    step: impl Future<Output = Result<usize>> + Send + 'static,
) -> usize {
    match apart(limit, step).await {
        Ok(Ok(done)) => {
            progress.note(name, limit);
            done
        }
        Ok(Err(fault)) => {
            tracing::error!(worker = name, error = %fault, "a worker failed");
            0
        }
        Err(unfinished) => {
            tracing::error!(worker = name, error = %unfinished, "a worker did not finish");
            0
        }
    }
}

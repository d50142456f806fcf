//! Counts that several servers share, in Redis (or Valkey): what a key has taken at one of them is gone
//! at all of them.
//!
//! One script takes what a request costs of all its counts, or of none, by Redis' own clock, in one
//! round trip. Redis decides nothing that matters: while it is away, or slow, each server counts by
//! itself, which [`Shared::take`] says by giving nothing. Then no request waits for it any more, until
//! it has answered in the background again.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, RedisError, Script};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::Quota;
use crate::config::RedisUrl;
use crate::metrics::SharedMeter;

/// How long a request waits for Redis.
const PATIENCE: Duration = Duration::from_millis(50);
/// How long whatever no request waits for may take.
const UNHURRIED: Duration = Duration::from_secs(1);
/// How often Redis is asked whether it is there, without and after a failure.
const LOOK: Duration = Duration::from_secs(1);

/// The script, with the time on two lines of its own.
pub const GCRA: &str = include_str!("shared/gcra.lua");

/// What a request takes of one count.
#[derive(Debug, Clone, Copy)]
pub struct Take<'a> {
    /// Whose count, and which: a number or a digest, never a key or an address as it is. All of one
    /// request are different.
    pub count: &'a str,
    /// How fast it comes back, and how many there are at most.
    pub quota: Quota,
    /// How many; of more than there can ever be, all that there can be.
    pub cost: u32,
}

/// What came of a request's takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Which of them makes wait longest, and for how long; `None`: all were taken, else none was.
    pub over: Option<(usize, Duration)>,
    /// How many are left of each, in their order.
    pub remaining: Vec<u32>,
}

/// The connection to Redis. Cheap to clone; the last one that goes ends it.
#[derive(Clone)]
pub struct Shared(Arc<Inner>);

struct Inner {
    link: Arc<Link>,
    client: Client,
    /// What all names at Redis begin with. The braces keep them together in a cluster.
    prefix: String,
    script: Script,
    _keeper: AbortOnDropHandle<()>,
}

/// The connection, while Redis answers.
struct Link {
    connection: RwLock<Option<MultiplexedConnection>>,
    broken: Notify,
    meter: SharedMeter,
}

impl Shared {
    /// Begins to connect to `url`, in the background. Panels with different `instance` may use one
    /// Redis.
    ///
    /// # Errors
    /// What is wrong with the URL.
    pub fn start(url: &RedisUrl, instance: &str, meter: SharedMeter) -> Result<Shared, RedisError> {
        // Several libraries bring their cryptography; the client for TLS takes the one that the
        // process has chosen. It fails only where that is done already.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = Client::open(url.expose())?;
        let link = Arc::new(Link {
            connection: RwLock::new(None),
            broken: Notify::new(),
            meter,
        });
        let keeper = tokio::spawn(keep(client.clone(), link.clone(), url.to_string()));
        Ok(Shared(Arc::new(Inner {
            link,
            client,
            prefix: ["smm-panel:{", instance, "}:"].concat(),
            script: Script::new(GCRA),
            _keeper: AbortOnDropHandle::new(keeper),
        })))
    }

    /// Takes of all these counts, or of none; `None`: Redis is away, or did not answer within
    /// 50 ms, so that what this server has counted itself stands.
    pub async fn take(&self, takes: &[Take<'_>]) -> Option<Verdict> {
        let mut script = self.0.script.prepare_invoke();
        for take in takes {
            let burst = take.quota.burst.get();
            script
                .key([&self.0.prefix, "limit:", take.count].concat())
                .arg(each_us(&take.quota))
                .arg(burst)
                .arg(take.cost.min(burst));
        }
        let mut connection = self.0.link.connection()?;
        let asked = timeout(PATIENCE, script.invoke_async(&mut connection)).await;
        let answer: Vec<i64> = self.0.link.heard(asked)?;
        let [longest, wait, remaining @ ..] = &answer[..] else {
            return None;
        };
        let count = |number: &i64| u32::try_from(*number).unwrap_or_default();
        let over = usize::try_from(*longest).ok()?.checked_sub(1);
        Some(Verdict {
            over: over.map(|index| (index, Duration::from_micros(wait.unsigned_abs()))),
            remaining: remaining.iter().map(count).collect(),
        })
    }

    /// Whether Redis answers at this moment.
    pub fn is_connected(&self) -> bool {
        self.0.link.connection().is_some()
    }

    /// Sends one command that no request waits for; whether it was done.
    pub(crate) async fn send(&self, command: Cmd) -> bool {
        let Some(mut connection) = self.0.link.connection() else {
            return false;
        };
        let sent: Option<i64> = self
            .0
            .link
            .heard(timeout(UNHURRIED, command.query_async(&mut connection)).await);
        sent.is_some()
    }

    /// The client, for a connection of its own.
    pub(crate) fn client(&self) -> &Client {
        &self.0.client
    }

    /// The name of something at Redis.
    pub(crate) fn name(&self, of: &str) -> String {
        [&self.0.prefix, of].concat()
    }
}

impl Link {
    fn connection(&self) -> Option<MultiplexedConnection> {
        // Nothing can panic while it is locked; a connection is as good after that as before.
        match self.connection.read() {
            Ok(connection) => connection.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    fn set(&self, new: Option<MultiplexedConnection>) {
        self.meter.connected(new.is_some());
        match self.connection.write() {
            Ok(mut connection) => *connection = new,
            Err(poisoned) => *poisoned.into_inner() = new,
        }
    }

    /// An answer of Redis; without one nobody asks it any more.
    fn heard<T>(
        &self,
        answer: Result<Result<T, RedisError>, tokio::time::error::Elapsed>,
    ) -> Option<T> {
        let why = match answer {
            Ok(Ok(answer)) => return Some(answer),
            Ok(Err(fault)) => fault.to_string(),
            Err(late) => late.to_string(),
        };
        self.meter.failed();
        // Many requests may have waited for it; one of them tells.
        if self.connection().is_some() {
            self.set(None);
            tracing::warn!(error = %why, "Redis is away: limits are counted by each server alone");
            self.broken.notify_one();
        }
        None
    }
}

/// Connects, sees that the connection lives, and connects again, for ever.
async fn keep(client: Client, link: Arc<Link>, shown: String) {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(UNHURRIED))
        .set_response_timeout(Some(UNHURRIED));
    // Said once: after that it is told when the connection breaks, and when there is one again.
    let mut is_first = true;
    loop {
        match connected(&client, &config).await {
            Ok(connection) => {
                link.set(Some(connection));
                tracing::info!("limits are shared by Redis at {shown}");
                until_broken(&link).await;
                is_first = false;
            }
            Err(why) if is_first => {
                link.set(None);
                link.meter.failed();
                tracing::warn!(error = why, "Redis at {shown} cannot be reached");
                is_first = false;
            }
            Err(_) => link.meter.failed(),
        }
        sleep(LOOK).await;
    }
}

/// A connection that answers and knows the script.
async fn connected(
    client: &Client,
    config: &AsyncConnectionConfig,
) -> Result<MultiplexedConnection, String> {
    let connecting = async {
        let mut connection = client
            .get_multiplexed_async_connection_with_config(config)
            .await?;
        Script::new(GCRA).load_async(&mut connection).await?;
        Ok(connection)
    };
    match timeout(UNHURRIED * 2, connecting).await {
        Ok(done) => done.map_err(|fault: RedisError| fault.to_string()),
        Err(late) => Err(late.to_string()),
    }
}

/// Asks now and then, so that it is known when nobody else does.
async fn until_broken(link: &Link) {
    while let Some(mut connection) = link.connection() {
        tokio::select! {
            () = link.broken.notified() => continue,
            () = sleep(LOOK) => {}
        }
        let ping = redis::cmd("PING");
        let asked = ping.query_async::<redis::Value>(&mut connection);
        link.heard(timeout(UNHURRIED, asked).await);
    }
}

/// The time in which one of a quota comes back, in microseconds, at least one.
fn each_us(quota: &Quota) -> u64 {
    u64::try_from(quota.each().as_micros())
        .unwrap_or(u64::MAX)
        .max(1)
}

//! Facts that servers tell each other by Redis, so that an attacker who spreads over them is seen as
//! one.
//!
//! Nothing waits for it: facts go into a queue, and every fifth of a second what is there is sent on.
//! It is bounded and may lose facts, which is counted; detectors live with that, as with a restart.

use std::time::Duration;

use futures::StreamExt;
use redis::RedisError;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::facts::Event;
use crate::limits::shared::Shared;
use crate::metrics::SharedMeter;

/// How many facts wait at most, to be sent and to be taken.
const WAITING: usize = 10_000;
/// How often they are sent.
const EVERY: Duration = Duration::from_millis(200);
/// How many are in one message at most.
const TOGETHER: usize = 2_000;
/// How often it is seen whether a subscription lives, and how long it may take.
const LOOK: Duration = Duration::from_secs(2);

/// Some facts of one server.
#[derive(Serialize, Deserialize)]
struct Message {
    /// Which server: it is told by Redis what it has said itself, too.
    from: String,
    facts: Vec<Event>,
}

/// What tells other servers. Cheap to clone; the last one that goes ends it.
#[derive(Clone)]
pub struct FactBus {
    queue: mpsc::Sender<Event>,
    meter: SharedMeter,
    _tasks: std::sync::Arc<[AbortOnDropHandle<()>; 2]>,
}

impl FactBus {
    /// Begins; gives what tells others as well, and where their facts come.
    pub fn start(shared: &Shared, meter: SharedMeter) -> (FactBus, mpsc::Receiver<Event>) {
        let (queue, waiting) = mpsc::channel(WAITING);
        let (heard, foreign) = mpsc::channel(WAITING);
        let own = hex::encode(rand::random::<[u8; 8]>());
        let sending = send(shared.clone(), own.clone(), waiting, meter.clone());
        let listening = listen(shared.clone(), own, heard, meter.clone());
        let tasks = [tokio::spawn(sending), tokio::spawn(listening)];
        let bus = FactBus {
            queue,
            meter,
            _tasks: std::sync::Arc::new(tasks.map(AbortOnDropHandle::new)),
        };
        (bus, foreign)
    }

    /// Tells the others, soon; never waits.
    pub fn publish(&self, event: Event) {
        if self.queue.try_send(event).is_err() {
            self.meter.not_sent(1);
        }
    }
}

/// Where facts are said.
fn channel(shared: &Shared) -> String {
    shared.name("facts")
}

/// Sends what waits.
async fn send(shared: Shared, own: String, mut waiting: mpsc::Receiver<Event>, meter: SharedMeter) {
    let mut every = interval(EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let mut facts = Vec::new();
        if waiting.recv_many(&mut facts, TOGETHER).await == 0 {
            return;
        }
        let count = facts.len();
        let from = own.clone();
        let said = match serde_json::to_vec(&Message { from, facts }) {
            Ok(message) => {
                let mut command = redis::cmd("PUBLISH");
                command.arg(channel(&shared)).arg(message);
                shared.send(command).await
            }
            Err(_) => false,
        };
        if !said {
            meter.not_sent(count);
        }
    }
}

/// Hears what others say, for ever.
async fn listen(shared: Shared, own: String, heard: mpsc::Sender<Event>, meter: SharedMeter) {
    loop {
        // While Redis is away, somebody else tells so.
        if shared.is_connected()
            && let Err(fault) = subscribed(&shared, &own, &heard, &meter).await
        {
            tracing::debug!(error = %fault, "what other servers say is not heard");
        }
        sleep(EVERY).await;
    }
}

/// Hears what others say until the subscription breaks.
async fn subscribed(
    shared: &Shared,
    own: &str,
    heard: &mpsc::Sender<Event>,
    meter: &SharedMeter,
) -> Result<(), RedisError> {
    let late = |_| std::io::Error::from(std::io::ErrorKind::TimedOut);
    let subscribing = async {
        let mut subscription = shared.client().get_async_pubsub().await?;
        subscription.subscribe(channel(shared)).await?;
        Ok::<_, RedisError>(subscription.split())
    };
    let (mut control, mut messages) = timeout(LOOK, subscribing).await.map_err(late)??;
    loop {
        match timeout(LOOK, messages.next()).await {
            Ok(Some(message)) => take(message.get_payload_bytes(), own, heard, meter),
            Ok(None) => return Ok(()),
            // Nobody said anything, or nobody is there.
            Err(_) => {
                let asked = timeout(LOOK, control.ping::<redis::Value>()).await;
                asked.map_err(late)??;
            }
        }
    }
}

/// Takes in the facts of one message, unless they are our own.
fn take(message: &[u8], own: &str, heard: &mpsc::Sender<Event>, meter: &SharedMeter) {
    let message: Message = match serde_json::from_slice(message) {
        Ok(message) => message,
        // A server of another version may say what this one does not know.
        Err(fault) => {
            meter.not_received();
            tracing::debug!(error = %fault, "what another server says is not understood");
            return;
        }
    };
    if message.from == own {
        return;
    }
    for event in message.facts {
        if heard.try_send(event).is_err() {
            meter.not_received();
        }
    }
}

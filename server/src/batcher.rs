//! Group commit: requests hand in their items and wait; one task takes whatever is queued, commits
//! it as one batch, and only then answers.
//!
//! Nothing lingers: a lone item is a batch of one at once, and while one batch is on its way to
//! the disk the next one gathers. The work runs in a task of the server's, not in the request's
//! future, so a client that goes away cannot tear it.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, Notify, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::apart::{Unfinished, apart};
use crate::clock::Stopwatch;
use crate::error::{Error, Failure, Refusal, Result};
use crate::metrics::BatchMeter;

type Answer<O> = oneshot::Sender<Result<O>>;

/// Whether a batcher takes items in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It does.
    Open,
    /// As many wait as may.
    Full,
    /// Its task has ended, or is ending.
    Ended,
}

/// Hands items to the task that commits them. Cheap to clone.
pub struct Batcher<I, O> {
    queue: mpsc::Sender<(I, Answer<O>)>,
    waiting: Arc<AtomicUsize>,
    closing: Arc<Notify>,
    task: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl<I, O> Clone for Batcher<I, O> {
    fn clone(&self) -> Self {
        Batcher {
            queue: self.queue.clone(),
            waiting: self.waiting.clone(),
            closing: self.closing.clone(),
            task: self.task.clone(),
        }
    }
}

impl<I: Clone + Send + Sync + 'static, O: Send + 'static> Batcher<I, O> {
    /// Starts the task. `commit` takes a batch of at most `most` items and gives an answer for
    /// each; `most_waiting` items may wait before more are turned away.
    pub fn start<C, F>(
        meter: BatchMeter,
        most: usize,
        most_waiting: usize,
        commit: C,
    ) -> Batcher<I, O>
    where
        C: Fn(Arc<[I]>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Vec<std::result::Result<O, Refusal>>>> + Send + 'static,
    {
        let (queue, mut items) = mpsc::channel::<(I, Answer<O>)>(most_waiting.max(1));
        let waiting = Arc::new(AtomicUsize::new(0));
        let closing = Arc::new(Notify::new());
        let (left, close) = (waiting.clone(), closing.clone());
        let task = tokio::spawn(async move {
            let mut batch = Vec::with_capacity(most);
            loop {
                let taken = tokio::select! {
                    taken = items.recv_many(&mut batch, most) => taken,
                    // What is queued already is still committed.
                    () = close.notified() => { items.close(); continue; }
                };
                if taken == 0 {
                    break;
                }
                left.fetch_sub(batch.len(), Ordering::Relaxed);
                let (items, answers): (Vec<I>, Vec<Answer<O>>) = batch.drain(..).unzip();
                run(&meter, &commit, items, answers).await;
            }
        });
        Batcher {
            queue,
            waiting,
            closing,
            task: Arc::new(Mutex::new(Some(task))),
        }
    }

    /// How many items wait.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Whether it takes items in at this moment.
    pub fn condition(&self) -> Condition {
        if self.queue.is_closed() {
            Condition::Ended
        } else if self.queue.capacity() == 0 {
            Condition::Full
        } else {
            Condition::Open
        }
    }

    /// Hands in one item and waits until its batch is on disk.
    ///
    /// [`Failure::Overloaded`] says that it was not taken in; any other failure leaves open
    /// whether it was committed.
    pub async fn submit(&self, item: I) -> Result<O> {
        let (answer, answered) = oneshot::channel();
        let waiting = self.waiting.fetch_add(1, Ordering::Relaxed);
        match self.queue.try_send((item, answer)) {
            Ok(()) => answered
                .await
                .map_err(|_| Error::Failed(Failure::Stopped))?,
            Err(refused) => {
                self.waiting.fetch_sub(1, Ordering::Relaxed);
                Err(Error::Failed(match refused {
                    mpsc::error::TrySendError::Full(_) => Failure::Overloaded { waiting },
                    mpsc::error::TrySendError::Closed(_) => Failure::Stopped,
                }))
            }
        }
    }

    /// Turns new items away, commits those that are queued, and ends the task.
    pub async fn finish(&self) {
        self.closing.notify_one();
        if let Some(task) = self.task.lock().await.take()
            && let Err(fault) = task.await
        {
            tracing::error!(error = %fault, "a batch task ended");
        }
    }
}

/// How often a batch is written again of which nothing stands.
const REPETITIONS: usize = 3;

/// Commits one batch. One that was undone is written again as it is: its items were not at fault.
/// If it fails and can be told apart, each item is tried alone, so that a row
/// that cannot be written fails nobody but its own request. A transaction that could not be begun
/// or confirmed is no row's fault: a second try could wait as long for each item as the batch did,
/// or write what stands already.
async fn run<I, O, C, F>(meter: &BatchMeter, commit: &C, items: Vec<I>, answers: Vec<Answer<O>>)
where
    I: Clone + Send + Sync + 'static,
    C: Fn(Arc<[I]>) -> F,
    F: Future<Output = Result<Vec<std::result::Result<O, Refusal>>>> + Send + 'static,
    O: Send + 'static,
{
    let items: Arc<[I]> = items.into();
    let mut done = measured(meter, items.len(), commit(items.clone())).await;
    for _ in 0..REPETITIONS {
        match &done {
            Err(Error::Failed(fault)) if fault.may_repeat() => {
                tracing::warn!(
                    batcher = meter.name,
                    items = items.len(),
                    error = %fault,
                    "a batch is repeated, nothing of it stands"
                );
                done = measured(meter, items.len(), commit(items.clone())).await;
            }
            Ok(_) | Err(_) => break,
        }
    }
    match done {
        Ok(results) => answer(
            answers,
            results.into_iter().map(|r| r.map_err(Error::Refused)),
        ),
        Err(Error::Failed(fault))
            if items.len() > 1
                && !fault.may_repeat()
                && !matches!(
                    fault,
                    Failure::Transaction(_) | Failure::Stopped | Failure::LinkRules { .. }
                ) =>
        {
            let (batcher, count) = (meter.name, items.len());
            tracing::error!(batcher, items = count, error = %fault,
                "a batch failed, each of its items is tried alone");
            for (item, waiting) in items.iter().zip(answers) {
                let alone = measured(meter, 1, commit(Arc::from([item.clone()]))).await;
                let result = alone.and_then(|mut results| match results.pop() {
                    Some(result) => result.map_err(Error::Refused),
                    None => Err(Error::Failed(Failure::Stopped)),
                });
                answer(vec![waiting], std::iter::once(result));
            }
        }
        // The first learns why; the others, whose answers end here, that it is not known.
        Err(fault) => {
            let (batcher, count) = (meter.name, items.len());
            tracing::error!(batcher, items = count, error = %fault, "a batch failed");
            answer(answers, std::iter::once(Err(fault)));
        }
    }
}

/// How long a batch may take: longer than all that it waits for by itself, such as a lock or the
/// end of a transaction whose COMMIT was not answered.
const LIMIT: Duration = Duration::from_secs(30);

/// Runs `work` in a task of its own: if it panics or hangs, its batch has no answer, and the next
/// one is taken all the same.
async fn measured<T: Send + 'static>(
    meter: &BatchMeter,
    items: usize,
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let since = Stopwatch::start();
    let done = apart(LIMIT, work).await.unwrap_or_else(|fault| {
        tracing::error!(batcher = meter.name, items, error = %fault, "a batch has no answer");
        Err(Error::Failed(match fault {
            Unfinished::Panicked(_) => Failure::Stopped,
            Unfinished::TookTooLong(_) => {
                Failure::Transaction(sea_orm::DbErr::Custom(fault.to_string()))
            }
        }))
    });
    match &done {
        Ok(_) => meter.committed(items, since),
        Err(_) => meter.failed(),
    }
    done
}

fn answer<O>(answers: Vec<Answer<O>>, results: impl Iterator<Item = Result<O>>) {
    for (waiting, result) in answers.into_iter().zip(results) {
        // A client that has gone away does not wait for its answer; the work is done all the same.
        let _ = waiting.send(result);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Refusal;

    #[tokio::test]
    async fn one_failing_item_fails_nobody_else() {
        let batcher: Batcher<i64, i64> = Batcher::start(
            BatchMeter::idle("test"),
            8,
            8,
            |batch: Arc<[i64]>| async move {
                if batch.contains(&13) {
                    return Err(Error::Failed(Failure::Stored("13".to_owned())));
                }
                Ok(batch
                    .iter()
                    .map(|&n| {
                        if n < 0 {
                            Err(Refusal::OrderUnknown)
                        } else {
                            Ok(n * 2)
                        }
                    })
                    .collect())
            },
        );
        let all = [1, 13, -1, 4].map(|n| batcher.submit(n));
        let results = futures::future::join_all(all).await;
        assert!(matches!(results[0], Ok(2)));
        assert!(matches!(results[1], Err(Error::Failed(Failure::Stored(_)))));
        assert!(matches!(
            results[2],
            Err(Error::Refused(Refusal::OrderUnknown))
        ));
        assert!(matches!(results[3], Ok(8)));
        batcher.finish().await;
    }

    #[tokio::test]
    async fn more_than_can_wait_is_turned_away() {
        let (open, gate) = tokio::sync::watch::channel(false);
        let began = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let begins = began.clone();
        let batcher: Batcher<i64, i64> =
            Batcher::start(BatchMeter::idle("test"), 1, 1, move |batch: Arc<[i64]>| {
                let mut gate = gate.clone();
                begins.store(true, Ordering::Relaxed);
                async move {
                    let opened = gate.wait_for(|open| *open).await;
                    assert!(opened.is_ok());
                    Ok(batch.iter().map(|&n| Ok(n)).collect())
                }
            });
        let submit = |n| {
            let batcher = batcher.clone();
            tokio::spawn(async move { batcher.submit(n).await })
        };
        // The first is taken out of the queue and waits at the gate, the second fills the queue.
        let first = submit(1);
        while !began.load(Ordering::Relaxed) {
            tokio::task::yield_now().await;
        }
        let second = submit(2);
        while batcher.waiting.load(Ordering::Relaxed) < 1 {
            tokio::task::yield_now().await;
        }
        let turned_away = batcher.submit(9).await;
        assert!(matches!(
            turned_away,
            Err(Error::Failed(Failure::Overloaded { .. }))
        ));
        assert_eq!(
            (batcher.condition(), batcher.waiting()),
            (Condition::Full, 1)
        );
        open.send(true).unwrap();
        assert!(matches!(
            (first.await.unwrap(), second.await.unwrap()),
            (Ok(1), Ok(2))
        ));
        assert_eq!(batcher.condition(), Condition::Open);
        batcher.finish().await;
        assert_eq!(batcher.condition(), Condition::Ended);
    }
}

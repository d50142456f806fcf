//! Work in a task of its own, for a limited time.

use std::time::Duration;

use tokio::task::JoinError;

/// Why a task gave no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unfinished {
    /// It panicked.
    #[error("{0}")]
    Panicked(JoinError),
    /// It was given up: it probably waits on a connection whose other end has vanished, which
    /// nobody would ever close.
    #[error("not done within {0:?}, given up")]
    TookTooLong(Duration),
}

/// Runs `work` as a task of its own, which neither ends with the caller nor takes it along when it
/// panics. After `limit` it is given up wherever it is: what it had sent may still be done.
pub(crate) async fn apart<T: Send + 'static>(
    limit: Duration,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Unfinished> {
    let mut task = tokio::spawn(work);
    match tokio::time::timeout(limit, &mut task).await {
        Ok(done) => done.map_err(Unfinished::Panicked),
        Err(_) => {
            task.abort();
            Err(Unfinished::TookTooLong(limit))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_panics_or_never_ends_gives_no_result_and_stops_nobody() {
        let limit = Duration::from_millis(20);
        assert_eq!(apart(limit, async { 1 }).await.unwrap(), 1);
        let panicked = apart(limit, async { assert_eq!(1, 2) }).await;
        assert!(matches!(panicked, Err(Unfinished::Panicked(_))));
        let hangs = apart(limit, std::future::pending::<()>()).await;
        assert_eq!(
            hangs.unwrap_err().to_string(),
            "not done within 20ms, given up"
        );
    }
}

//! Much work in pieces, between which others have the writer.

use std::time::Duration;

use crate::clock::Stopwatch;

/// How long others have it between two pieces, at least and at most. A command in a process of its own
/// asks for the lock of a SQLite file again and again, and rests up to 100 ms in between.
const LEAST: Duration = Duration::from_millis(30);
const MOST: Duration = Duration::from_millis(200);

/// Counts the pieces of one work.
#[derive(Default)]
pub(crate) struct Pieces(Option<Stopwatch>);

impl Pieces {
    /// To be called before each piece: leaves the writer to others for as long as the piece before
    /// took.
    pub(crate) async fn begin_next(&mut self) {
        if let Some(last) = self.0.take() {
            tokio::time::sleep(last.elapsed().clamp(LEAST, MOST)).await;
        }
        self.0 = Some(Stopwatch::start());
    }
}

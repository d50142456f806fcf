//! What comes of asking one provider about many ids.

use crate::catalog::asking::Asking;
use crate::protocol::upstream::Said;

/// What one says of an id, and whether the answer carried our own extension's header.
pub(super) struct Answered<R> {
    pub(super) said: Said<R>,
    pub(super) is_own_kind: bool,
}

/// An id of which nothing was said although nothing else was asked.
pub(super) struct Silent {
    pub(super) id: String,
    pub(super) why: String,
    /// Whether others are answered, so that it is this id's own trouble.
    pub(super) is_its_own: bool,
}

/// Why a step was broken off.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) why: String,
    /// Whether the provider refuses what is asked in any form: asking on is of no use.
    pub(super) is_refused: bool,
    /// Whether it is known that nothing was asked, or that it is to be asked later.
    pub(super) is_patience: bool,
}

/// What came of a step.
pub(super) struct Answers<R> {
    pub(super) said: Vec<Answered<R>>,
    pub(super) silent: Vec<Silent>,
    /// Ids for which there was no time.
    pub(super) unasked: Vec<String>,
    pub(super) failure: Option<Failure>,
    /// What is known of the question by now.
    pub(super) asking: Asking,
}

/// What is said: about an id, or only that there is an error about it.
pub(super) trait Reports {
    /// Whether it is an error in the place of an answer.
    fn is_error(&self) -> bool;

    /// Whether that error may come from the field that the id stood in, which the provider does
    /// not read, and not from the id.
    fn may_be_of_the_field(&self) -> bool;
}

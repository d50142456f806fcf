//! The statements on the tables of abuse.

use super::findings::Subject;
use crate::ids::{AccountId, KeyId};

pub(super) mod blocks;
pub(super) mod cancels;
pub(super) mod cases;
pub(super) mod history;
pub(super) mod judged;
pub(super) mod places;
pub(super) mod remarks;

/// Whom a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Whom {
    /// As the detector says.
    pub(super) subject: Subject,
    /// The account that it concerns.
    pub(super) account: Option<AccountId>,
    /// The key that it concerns.
    pub(super) key: Option<KeyId>,
}

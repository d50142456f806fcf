//! The requests about ids, and the order of ids.

use crate::catalog::asking::{AskedAction, OneId};
use crate::protocol::upstream::Outgoing;

/// The request about ids; one id goes in the field of `form`.
pub(super) fn outgoing(action: AskedAction, ids: &[String], form: OneId) -> Outgoing {
    match (action, form, ids) {
        (AskedAction::Status, OneId::Singular, [id]) => Outgoing::StatusOf(id.clone()),
        (AskedAction::RefillStatus, OneId::Singular, [id]) => Outgoing::RefillStatusOf(id.clone()),
        (AskedAction::Cancel, OneId::Singular, [id]) => Outgoing::CancelOf(id.clone()),
        (AskedAction::Status, _, ids) => Outgoing::Status(ids.to_vec()),
        (AskedAction::RefillStatus, _, ids) => Outgoing::RefillStatus(ids.to_vec()),
        (AskedAction::Cancel, _, ids) => Outgoing::Cancel(ids.to_vec()),
    }
}

/// Ids in ascending order: numbers by their value.
pub(super) fn ascending(mut ids: Vec<String>) -> Vec<String> {
    let digits = |id: &str| id.bytes().all(|b| b.is_ascii_digit());
    ids.sort_by(|one, other| match (digits(one), digits(other)) {
        (true, true) => (one.len(), one).cmp(&(other.len(), other)),
        _ => one.cmp(other),
    });
    ids
}

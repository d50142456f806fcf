//! The ids that a request asks about, and the answers to those of them that are ids.

use crate::error::Refusal;
use crate::ids::OrderId;
use crate::protocol::{Asked, AskedId};

/// The ids asked for that are ids.
pub(super) fn numbers(asked: &Asked) -> Vec<i64> {
    match asked {
        Asked::One(id) => id.id.into_iter().collect(),
        Asked::Many(ids) => ids.iter().filter_map(|id| id.id).collect(),
    }
}

/// The ids to which the answer is that there is no such order of the account.
pub(super) fn unknown<T>(asked: &Asked, answers: &[Result<T, Refusal>]) -> Vec<i64> {
    let is_unknown = |answer: &Result<T, Refusal>| matches!(answer, Err(Refusal::OrderUnknown));
    let answered = numbers(asked).into_iter().zip(answers);
    let unknown = answered.filter(|(_, answer)| is_unknown(answer));
    unknown.map(|(id, _)| id).collect()
}

pub(super) fn order_ids(asked: &Asked) -> Vec<OrderId> {
    numbers(asked).into_iter().map(OrderId).collect()
}

/// The next answer if the id is one; answers are given for ids only, in their order.
pub(super) fn of_known<T>(
    asked: &AskedId,
    answers: &mut impl Iterator<Item = Result<T, Refusal>>,
    unknown: Refusal,
) -> Result<T, Refusal> {
    match asked.id {
        Some(_) => answers.next().unwrap_or(Err(unknown)),
        None => Err(unknown),
    }
}

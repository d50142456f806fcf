//! What goes in and out about how a provider is asked about what it accepted.

use poem_openapi::Object;
use serde::{Deserialize, Serialize};

use crate::catalog::asking::{self, AskedAction, Many, OneId, WayToAsk};
use crate::clock::Time;
use crate::error::Refusal;

/// How the panel asks a provider one question about orders or refills that it accepted: as an operator has
/// set it, or as the panel has learned it from the answers. What was learned is tested again once a day.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderAsking {
    /// The action of the protocol that asks the question.
    pub(super) action: AskedAction,
    /// Whether the provider answers lists of several ids; absent while it is not known, and then lists are
    /// tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lists: Option<Many>,
    /// The maximum number of ids in a list, from 1 to 100; absent if lists are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) largest_list: Option<usize>,
    /// The field in which a single id is sent; absent while it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) one_id: Option<OneId>,
    /// Whether an operator has set these values; then the panel does not learn others.
    pub(super) is_set: bool,
    /// When the values were learned, UTC; absent if they were not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) learned_at: Option<Time>,
    /// The answer from which the values were learned; absent if they were not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) learned_from: Option<String>,
    /// Since when the panel could read no answer, UTC; absent while answers can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failing_since: Option<Time>,
    /// What the panel received instead of an answer; absent while answers can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failure: Option<String>,
}

impl From<(AskedAction, asking::Asking)> for ProviderAsking {
    fn from((action, known): (AskedAction, asking::Asking)) -> ProviderAsking {
        ProviderAsking {
            action,
            lists: known.many,
            largest_list: (known.many != Some(Many::Refused)).then(|| known.largest_list()),
            one_id: known.one,
            is_set: known.is_set,
            learned_at: known.learned_at,
            learned_from: known.learned_from,
            failing_since: known.failing_since,
            failure: known.failure,
        }
    }
}

/// How to ask a provider one question about orders or refills that it accepted.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(rename = "ProviderAskingChange")]
pub(super) struct AskingChange {
    /// The action of the protocol that asks the question.
    pub(super) action: AskedAction,
    /// `works`: several ids are sent in a list. `refused`: ids are sent one by one. If it is absent, the
    /// panel learns it anew; what was set or learned before is discarded.
    pub(super) lists: Option<Many>,
    /// The maximum number of ids in a list, from 2 to 100; 100 if it is absent.
    pub(super) largest_list: Option<i64>,
    /// The field in which a single id is sent, where ids are sent one by one; `singular` if it is absent.
    pub(super) one_id: Option<OneId>,
}

/// The ways to ask as the catalogue takes them.
pub(super) fn ways(changes: Vec<AskingChange>) -> Result<Vec<(AskedAction, WayToAsk)>, Refusal> {
    let way = |change: AskingChange| {
        let way = match change.lists {
            Some(Many::Works) => WayToAsk::lists(change.largest_list)?,
            Some(Many::Refused) => WayToAsk::OneByOne(change.one_id.unwrap_or(OneId::Singular)),
            None => WayToAsk::Learned,
        };
        Ok((change.action, way))
    };
    changes.into_iter().map(way).collect()
}

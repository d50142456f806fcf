//! What goes in and out about how a provider is asked about what it accepted.

use poem_openapi::Object;
use serde::{Deserialize, Serialize};

use crate::catalog::asking::{self, AskedAction, Many, OneId, WayToAsk};
use crate::clock::Time;
use crate::error::Refusal;

/// How a provider is asked one question about what it accepted: as an operator has set it, or as the
/// panel has learned it from the answers. What was learned is tried anew once a day.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderAsking {
    /// The question.
    pub(super) action: AskedAction,
    /// Whether a list of several ids is answered; absent while that is not known, and then lists are
    /// tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lists: Option<Many>,
    /// How many ids a list has at most, from 1 to 100; absent where lists are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) largest_list: Option<usize>,
    /// The field that one id goes in; absent while that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) one_id: Option<OneId>,
    /// Whether an operator has set it: then nothing is learned over it.
    pub(super) is_set: bool,
    /// When it was learned; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) learned_at: Option<Time>,
    /// What it was learned from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) learned_from: Option<String>,
    /// Since when no answer could be read; absent while answers can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failing_since: Option<Time>,
    /// What was seen instead.
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

/// How a provider is to be asked one question about what it accepted.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(rename = "ProviderAskingChange")]
pub(super) struct AskingChange {
    /// The question.
    pub(super) action: AskedAction,
    /// `works`: in lists. `refused`: one by one. Absent: as it is learned from then on; what was set
    /// or learned before is forgotten.
    pub(super) lists: Option<Many>,
    /// How many ids a list has at most, from 2 to 100; 100 if it is absent.
    pub(super) largest_list: Option<i64>,
    /// The field that one id goes in where they are asked about one by one; `singular` if it is absent.
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

//! An answer to `services`, read with care. Pure.

use super::listed::{self, Skipped};
use crate::catalog::Provider;
use crate::catalog::rules::Listed;
use crate::catalog::types::{self, UnknownType};
use crate::protocol::upstream::Catalogue;

/// How much of an error is kept, in characters.
const MAX_ERROR: usize = 500;

/// What a provider lists, once it was read with care.
#[derive(Default)]
pub(super) struct Read {
    pub(super) rows: Vec<Listed>,
    pub(super) skipped: Skipped,
    pub(super) unknown: Vec<UnknownType>,
    advice: String,
}

impl Read {
    pub(super) fn of(provider: &Provider, catalogue: Catalogue) -> Read {
        let unknown = types::unknown(&catalogue);
        let (rows, skipped) = listed::listed(catalogue, &provider.exchange);
        Read {
            rows,
            skipped,
            advice: types::advice(&provider.name, &unknown),
            unknown,
        }
    }

    /// Why it is not taken: an empty answer changes nothing.
    pub(super) fn nothing_to_sell(&self) -> Option<String> {
        let why = match self.advice.as_str() {
            "" => "it lists nothing that can be sold".to_owned(),
            advice => format!("it lists nothing that can be sold: {advice}"),
        };
        self.rows.is_empty().then_some(why)
    }
}

/// What a provider said, as it is kept.
pub(super) fn printable(why: &str) -> String {
    why.chars()
        .take(MAX_ERROR)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

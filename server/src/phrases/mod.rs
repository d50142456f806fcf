//! Temporary.
use crate::ids::ProviderId;
use crate::protocol::upstream::PhraseClass;
#[derive(Default)]
pub struct Phrasebook;
impl Phrasebook {
    pub(crate) fn refusal_class(&self, _p: ProviderId, _phrase: &str) -> Option<PhraseClass> { None }
}

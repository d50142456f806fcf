//! Refusals of a question that pass: what is said of us or of a fault, and not of what was asked.

use crate::ids::ProviderId;
use crate::orders::verdict::class_of;
use crate::panel::Panel;
use crate::protocol::upstream::{PhraseClass, ProviderSays, SentValues};

/// What a provider's sentence means, if it is sorted.
pub(super) fn classify(
    panel: &Panel,
    provider: ProviderId,
    says: &ProviderSays,
) -> Option<PhraseClass> {
    class_of(says, &SentValues::default(), |phrase| {
        panel.phrasebook.refusal_class(provider, phrase)
    })
}

/// Whether a refusal of a question passes: its sentence is, as a whole, one about our rate, our key or
/// our funds, or about a fault of the provider's server, or has marks of such a fault. Every other one
/// refuses what was asked, whatever its words are: it may be asked in another form.
pub(super) fn is_passing(panel: &Panel, provider: ProviderId, says: &ProviderSays) -> bool {
    let class = classify(panel, provider, says);
    class.is_some_and(|class| class.is_about_us() || class == PhraseClass::ServerFault)
}

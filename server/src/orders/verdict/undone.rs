//! What happens without the rule that "the whole sentence is compared, never a fragment". The measure
//! shows with it that its zeros can rise; no release build has it.

use crate::protocol::upstream::{PhraseClass, ProviderSays};

/// Fragments of sentences, the special before the general.
const FRAGMENTS: [(&str, PhraseClass); 12] = [
    ("active order", PhraseClass::WaitForLink),
    ("not enough funds", PhraseClass::TooManyRequests),
    ("insufficient balance", PhraseClass::TooManyRequests),
    ("api key", PhraseClass::TooManyRequests),
    ("api_key", PhraseClass::TooManyRequests),
    ("too many requests", PhraseClass::TooManyRequests),
    ("bad link", PhraseClass::OrderFault),
    ("invalid link", PhraseClass::OrderFault),
    ("incorrect link", PhraseClass::OrderFault),
    ("quantity", PhraseClass::OrderFault),
    ("service id", PhraseClass::OrderFault),
    ("error", PhraseClass::OrderFault),
];

/// The class of the first fragment that occurs.
pub(super) fn fragment_class(says: &ProviderSays) -> Option<PhraseClass> {
    let text = says.whole().to_lowercase();
    let found = FRAGMENTS.iter().find(|(part, _)| text.contains(part));
    found.map(|(_, class)| *class)
}

//! The words of the phrasebook.

use super::{
    Cow, MetaSchema, MetaSchemaRef, ParseError, ParseFromJSON, ParseFromParameter, ParseResult,
    Registry, Serialize, Serializer, ToJSON, Type, Value,
};
use crate::orders::PhraseExit;
use crate::phrases::{Class, DecisionState, Deed, Origin, PhraseKind};

words!(
    PhraseKind,
    "PhraseKind",
    "`refusal`: the sentence of an answer to `add` that refuses, or seems to. `status`: the word for \
     an order's status.",
    PhraseKind::ALL.iter()
);
words!(
    Class,
    "PhraseClass",
    "The class of a refusal or of a status. Of a refusal: `order_fault`: the link, the quantity or a \
     field is refused; the next provider is tried. `service_not_sold`: the provider does not sell the \
     service; the next provider is tried. `our_funds`, `our_account`, `too_many_requests`: the order \
     waits, and is sent again. `wait_for_link`: the order waits for another one on its link. \
     `request_id_conflict`, `server_fault`, `not_a_refusal`: nothing is known of the order; it waits \
     for an operator. Of a status: the status that the word stands for.",
    Class::ALL.iter()
);
words!(
    Origin,
    "PhraseOrigin",
    "Whose sorting says what a phrase means. `provider`: an operator's, for its provider. `all`: an \
     operator's, for every provider that has none of its own. `shipped`: the program's.",
    Origin::ALL.iter()
);
words!(
    DecisionState,
    "PhraseDecisionState",
    "`to_confirm`: a second operator has to confirm it. `pending`: it takes effect at its time, and \
     can be undone until then. `applied`: it took effect. `undone`: it was taken back.",
    DecisionState::ALL.iter()
);
words!(
    Deed,
    "PhraseDeed",
    "`sort`: what the phrase means from then on; the orders that wait follow. `resolve`: what becomes \
     of the orders that wait, without sorting their sentence.",
    Deed::ALL.iter()
);
words!(
    PhraseExit,
    "PhraseResolution",
    "`send_again`: the provider did not take the orders; they are sent there again. `next_provider`: it \
     did not take them; the service's next provider is asked, else they are rejected. `refund`: it did \
     not take them, and nobody else shall. `accepted`: it took them, under the ids that were seen in \
     its answers; orders without such an id are left as they are.",
    PhraseExit::ALL
        .iter()
        .filter(|exit| !matches!(exit, PhraseExit::Stay | PhraseExit::WaitForLink))
);

//! What the reason of a run says of the sentence that it waits on: first that nobody has sorted it,
//! then what it was sorted as and what its operator does next.

use super::phrase_decision::{PIECE, WaitingRuns, waits_still};
use super::store;
use crate::error::Result;
use crate::ids::DispatchId;
use crate::panel::Panel;
use crate::protocol::upstream::PhraseClass;

const UNSORTED: &str = ", which nobody has sorted";
const SORTED: &str = "; sorted as ";
const NEXT: &str = ": ask the provider what became of the order, then decide it by dispatch resolve, \
                    or all that wait on the sentence by phrase decide";

/// The reason of a run whose provider says `text`, which nobody has sorted.
pub(super) fn unsorted_reason(text: &str) -> String {
    format!("the provider says {text:?}{UNSORTED}")
}

/// The reason of a run whose provider says `text`, which is sorted as `class` and leaves open what
/// became of the order.
pub(super) fn sorted_reason(text: &str, class: PhraseClass) -> String {
    format!("the provider says {text:?}{SORTED}{class}{NEXT}")
}

/// The reason of a run that waits on a sentence, once that is sorted as `class`. What else it says
/// stays.
fn reason_once_sorted(reason: &str, class: PhraseClass) -> String {
    // Behind the last quotation mark stands nothing that the provider said.
    let behind = reason.rfind('"').map_or(0, |at| at + 1);
    let (said, rest) = reason.split_at_checked(behind).unwrap_or((reason, ""));
    let rest = rest.replacen(UNSORTED, "", 1);
    // Of a sentence that was sorted before, only the last class is told.
    let rest = match rest.split_once(SORTED) {
        Some((before, last)) => match last.split_once(NEXT) {
            Some((_, after)) => format!("{before}{after}"),
            None => rest,
        },
        None => rest,
    };
    format!("{said}{rest}{SORTED}{class}{NEXT}")
}

/// Says in the reasons of the parked runs among `waiting` that their sentence is sorted as `class`,
/// which leaves them parked.
pub(crate) async fn note_sorted(
    panel: &Panel,
    waiting: &WaitingRuns<'_>,
    class: PhraseClass,
) -> Result<()> {
    let mut after = DispatchId(0);
    loop {
        let listed = store::phrases::parked(panel.db.read(), waiting, after, PIECE).await?;
        let Some(&(last, _)) = listed.last() else {
            return Ok(());
        };
        after = last;
        let tx = panel.db.begin().await?;
        store::lock_orders(&tx, listed.iter().map(|(_, order)| *order)).await?;
        let mut runs = store::runs::lock(&tx, listed.iter().map(|(run, _)| *run)).await?;
        // Somebody may have decided one meanwhile.
        runs.retain(|run| waits_still(run, waiting));
        for run in &mut runs {
            let reason = run.reason.take().unwrap_or_default();
            run.reason = Some(reason_once_sorted(&reason, class));
        }
        store::writes::write(&tx, &runs).await?;
        tx.commit().await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_what_its_sentence_was_sorted_as_last() {
        let fault = PhraseClass::ServerFault;
        let text = "it says \"no\"; sorted as nothing, which nobody has sorted";
        let unsorted = unsorted_reason(text);
        assert_eq!(
            reason_once_sorted(&unsorted, fault),
            sorted_reason(text, fault)
        );
        let once = reason_once_sorted(&unsorted, PhraseClass::NotARefusal);
        assert_eq!(reason_once_sorted(&once, fault), sorted_reason(text, fault));
    }

    #[test]
    fn what_else_a_reason_says_stays() {
        let fault = PhraseClass::ServerFault;
        let seen = "; the order 77 that it names was asked about: its answer is no status line";
        let reason = unsorted_reason("Oops") + seen;
        let expected = format!("the provider says \"Oops\"{seen}; sorted as server_fault{NEXT}");
        assert_eq!(reason_once_sorted(&reason, fault), expected);
        let expected = format!("lost; sorted as server_fault{NEXT}");
        assert_eq!(reason_once_sorted("lost", fault), expected);
    }
}

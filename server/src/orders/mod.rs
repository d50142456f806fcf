//! Orders: placing, sending, following and ending them.
//!
//! Owns the tables `orders`, `order_requests`, `order_overlaps`, `order_events`, `refunds`,
//! `dispatches`, `missing_runs`, `first_runs`, `provider_exchanges`, `count_watches` and
//! `imported_orders`. Invariants:
//! an order is charged in the transaction that writes it; a run is on disk as `sending` before its
//! first byte is written; nothing unknown is sent again without proof; an order is settled once, by
//! `settle`, in the transaction that publishes its terminal status, and neither the status nor what it
//! shows ever changes after that.
//!
//! | phase | by | what |
//! |---|---|---|
//! | placing | `draft`, `text`, `fingerprint`, `place` | check, charge, debit, order, first run |
//! | sending | `claim`, `verdict`, `record` | claim, send (outside), record |
//! | first charges | `first_charges` | few orders until one is known, compared with the quote |
//! | following | `asking`, `report`, `confirm`, `forward_cancel` | ask (outside), apply; confirm ends |
//! | ending | `cancel`, `stop`, `standing`, `settle` | status, refund, ledger |
//! | ended | `watching` | whose targets are counted, and when |
//! | newer rules | `rekey` | which orders are on one link |
//! | doubt | `uncertain`, `seen`, `resolve`, `phrase_decision` | repeat, ask, park, decide one or many |
//! | | `restored` | what may have been sent since a backup that was put back |
//! | | `sorted_sentence`, `sorted_status` | what follows for the orders once words are sorted |
//! | ways out | `missing`, `end` | runs without an offer; ends that an operator decides |
//! | by hand | `manual`, `overlap`, `later` | what operators deliver and decide |
//! | on hold | `held` | what waits for a person before it is sent |
//! | of another panel | `imported` | what was ordered there, to be read |
//! | reading | `view` (the panel protocol's status), `read` | what customers see |
//! | | `desk` | what operators see |

pub mod desk;
pub mod draft;
pub mod fingerprint;
pub mod link;
pub mod read;
pub mod rules;
mod sorted_sentence;
mod sorted_status;
pub mod standing;
pub mod told;
pub mod verdict;

mod asking;
mod cancel;
mod claim;
mod confirm;
mod daily_cost;
mod deliveries;
mod end;
mod first_charges;
mod forward_cancel;
mod held;
pub mod imported;
mod later;
mod manual;
mod missing;
mod moving;
mod overlap;
mod phrase_decision;
mod place;
mod record;
mod rekey;
mod report;
mod resolve;
mod restored;
mod seen;
mod settle;
mod stop;
mod store;
mod text;
mod to_ask;
mod uncertain;
mod view;
mod watching;

pub(crate) use asking::{Asked, count_followed, put_back, take_due};
pub use cancel::{cancel, cancel_for_customer};
pub(crate) use claim::{Claimed, Sent, claim};
pub(crate) use daily_cost::cost_in_a_day;
pub(crate) use deliveries::{DeliveredRun, delivered_in_tx, provider_orders_in_tx};
pub use end::{OpenRun, end};
pub use first_charges::{OfferState, offer_states, resume_offer};
pub(crate) use forward_cancel::{CancelAnswer, record_cancels, take_cancels};
pub use held::Held;
pub(crate) use held::{cancel_held_in_tx, held_of, newest_in_tx, release_held};
pub(crate) use later::{Charged, charged_in_tx, refund_in_tx};
pub use manual::{progress, set_start_count};
pub(crate) use missing::take_up_missing;
pub use moving::change_provider;
pub use overlap::{Lifted, lift_overlap};
pub use phrase_decision::{Fate, Outlook, PhraseExit, WaitingGroup};
pub(crate) use phrase_decision::{
    WaitingRuns, decide_piece, outlooks, sum_waiting, waiting_on_phrases,
};
pub use place::{NewOrder, Placement};
pub(crate) use rekey::{has_keys_of_now, link_rules, rekey};
pub(crate) use report::{Heard, Report, apply};

pub use resolve::{Resolution, Unresolved, resolve};
pub use restored::Doubted;
pub(crate) use restored::doubt_in_tx;
pub(crate) use seen::{SeenOrder, quote_of_run, record_seen};
pub(crate) use sorted_sentence::note_sorted;
pub(crate) use sorted_status::{follow_again, taken_by_status};
pub use standing::ByHand;
pub(crate) use stop::stop_in_tx;
pub use to_ask::{UncertainRun, uncertain};
pub(crate) use to_ask::{dispatches_by_status, waiting_dispatches};
pub(crate) use uncertain::{Uncertain, expire_leases, expire_queued, take_up};
pub use view::{OrderView, view};
pub(crate) use watching::{
    Watched, is_watched_due, take_watched_in_tx, watch_next_in_tx, watched_in_tx,
};

use crate::batcher::Batcher;
use crate::clock::Time;
use crate::error::Result;
use crate::ids::ProviderId;
use crate::panel::Panel;
use store::runs::busy_providers as busy;

/// Takes orders from requests and places them in batches.
pub type Placer = Batcher<NewOrder, Placement>;

/// Takes what came of sending runs and records it in batches.
pub(crate) type Recorder = Batcher<Sent, ()>;

/// Starts the task that places orders. `placed` is called after each batch that was committed.
pub fn placer(panel: &Panel, placed: impl Fn() + Send + Sync + 'static) -> Placer {
    let (most, waiting) = (panel.config.place_batch_max, panel.config.place_queue_max);
    let panel = panel.clone();
    let placed = std::sync::Arc::new(placed);
    let meter = panel.metrics.placer();
    Batcher::start(
        meter,
        most,
        waiting,
        move |batch: std::sync::Arc<[NewOrder]>| {
            let (panel, placed) = (panel.clone(), placed.clone());
            async move {
                let answers = place::place_batch(&panel, &batch).await?;
                let new = answers.iter().flatten().filter(|placed| !placed.is_replay);
                panel.metrics.orders_placed(new.count());
                placed();
                Ok(answers)
            }
        },
    )
}

/// Starts the task that records what came of sending.
pub(crate) fn recorder(panel: &Panel) -> Recorder {
    let (most, waiting) = (
        panel.config.dispatch_batch_max,
        panel.config.place_queue_max,
    );
    let panel = panel.clone();
    let meter = panel.metrics.recorder();
    Batcher::start(
        meter,
        most,
        waiting,
        move |batch: std::sync::Arc<[Sent]>| {
            let panel = panel.clone();
            async move {
                record::record(&panel, &batch).await?;
                Ok(batch.iter().map(|_| Ok(())).collect())
            }
        },
    )
}

/// What a provider has to be asked at this moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Busy {
    /// The provider.
    pub(crate) provider: ProviderId,
    /// Runs wait to be sent.
    pub(crate) sends: bool,
    /// Accepted runs are to be asked about.
    pub(crate) polls: bool,
    /// Cancels are to be forwarded.
    pub(crate) cancels: bool,
    /// Offers are held until their first charge is known.
    pub(crate) waits_for_charge: bool,
    /// Answers of it were lost within `breaker_window_ms`.
    pub(crate) lost_answers: bool,
}

/// What each provider has to be asked at `now`.
pub(crate) async fn busy_providers(panel: &Panel, now: Time) -> Result<Vec<Busy>> {
    let window = now.plus_ms(-panel.config.breaker_window_ms);
    busy(panel.db.read(), now, window).await
}

//! The detectors: each a small module that is told facts, keeps a bounded state, and says what it
//! finds. Pure: no clock, no database, no network; what they do is decided by the facts alone.
//!
//! What is kept of keys, accounts, services, addresses and links is of a fixed size each, and what was
//! not told of for longest is forgotten: `KEYS` keys and as many accounts, with at most 1 KiB for
//! both. After a restart the facts of the last hours are told again.

use std::num::NonZeroUsize;

use lru::LruCache;

use super::facts::Event;
use super::findings::{Action, Detector, Finding};
use super::judged::Judged;
use super::watch::{Knob, Mode, Watch};
use crate::ids::{AccountId, KeyId, ServiceId};

mod cancel_loop;
mod counters;
mod deposit_abuse;
mod dispute_abuse;
mod double_submit;
mod foreign_ids;
mod forget;
mod hostile_links;
#[cfg(test)]
mod judged_tests;
mod key_stuffing;
mod leaked_key;
mod places;
mod polling;
mod price_racing;
mod refund_farming;
mod shared_link;
mod tell;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

/// How many keys are remembered, and how many accounts.
const KEYS: usize = 20_000;
/// How many addresses that sent wrong keys are remembered.
const ADDRESSES: usize = 10_000;
/// How many services are remembered.
const SERVICES: usize = 5_000;

/// The thresholds of a detector, with their defaults.
pub const fn knobs(detector: Detector) -> &'static [Knob] {
    match detector {
        Detector::KeyStuffing => key_stuffing::KNOBS,
        Detector::LeakedKey => leaked_key::KNOBS,
        Detector::ForeignIds => foreign_ids::KNOBS,
        Detector::SharedLink => shared_link::KNOBS,
        Detector::CancelLoop => cancel_loop::KNOBS,
        Detector::RefundFarming => refund_farming::KNOBS,
        Detector::PriceRacing => price_racing::KNOBS,
        Detector::Polling => polling::KNOBS,
        Detector::DoubleSubmit => double_submit::KNOBS,
        Detector::DepositAbuse => deposit_abuse::KNOBS,
        Detector::DisputeAbuse => dispute_abuse::KNOBS,
        Detector::HostileLinks => hostile_links::KNOBS,
    }
}

/// How a detector is set unless the settings say otherwise: it acts, by its defaults.
pub fn default_watch(detector: Detector) -> Watch {
    Watch::acting(knobs(detector))
}

/// How every detector is set, in the order of [`Detector::ALL`].
pub type Watches = Vec<(Detector, Watch)>;

fn capacity(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).unwrap_or(NonZeroUsize::MIN)
}

/// The thresholds of the detectors that are on.
struct Rules {
    leaked_key: Option<leaked_key::Rules>,
    foreign_ids: Option<foreign_ids::Rules>,
    shared_link: Option<shared_link::Rules>,
    cancel_loop: Option<cancel_loop::Rules>,
    refund_farming: Option<refund_farming::Rules>,
    price_racing: Option<price_racing::Rules>,
    polling: Option<polling::Rules>,
    double_submit: Option<double_submit::Rules>,
    deposit_abuse: Option<deposit_abuse::Rules>,
    dispute_abuse: Option<dispute_abuse::Rules>,
    hostile_links: Option<hostile_links::Rules>,
}

/// What is kept of one key.
#[derive(Default)]
struct PerKey {
    /// Whose it is, once it was used.
    account: AccountId,
    places: places::Places,
    leaked: leaked_key::Use,
    foreign: foreign_ids::Tried,
    polling: polling::Asks,
    repeats: double_submit::Repeats,
}

/// What is kept of one account.
#[derive(Default)]
struct PerAccount {
    overlaps: shared_link::Overlaps,
    changes: cancel_loop::Changes,
    refunds: refund_farming::Refunds,
    parts: deposit_abuse::Parts,
    disputes: dispute_abuse::Disputes,
    links: hostile_links::Links,
}

/// What is kept of one service.
#[derive(Default)]
struct PerService {
    refunds: refund_farming::Tally,
    race: price_racing::Race,
}

/// All detectors that are on, with what they remember.
pub struct Detectors {
    rules: Rules,
    /// Those that only open cases.
    observing: Vec<Detector>,
    judged: Judged,
    guessers: Option<key_stuffing::Guessers>,
    senders: deposit_abuse::Senders,
    links: shared_link::Links,
    keys: LruCache<KeyId, PerKey>,
    accounts: LruCache<AccountId, PerAccount>,
    services: LruCache<ServiceId, PerService>,
}

impl Detectors {
    /// Detectors that have been told nothing yet.
    pub fn new(watches: &Watches) -> Detectors {
        let of = |detector| {
            let mut each = watches.iter();
            let watch = each.find(|(named, _)| *named == detector);
            watch
                .map(|(_, watch)| watch)
                .filter(|watch| watch.mode != Mode::Off)
        };
        let rules = Rules {
            leaked_key: of(Detector::LeakedKey).map(leaked_key::Rules::new),
            foreign_ids: of(Detector::ForeignIds).map(foreign_ids::Rules::new),
            shared_link: of(Detector::SharedLink).map(shared_link::Rules::new),
            cancel_loop: of(Detector::CancelLoop).map(cancel_loop::Rules::new),
            refund_farming: of(Detector::RefundFarming).map(refund_farming::Rules::new),
            price_racing: of(Detector::PriceRacing).map(price_racing::Rules::new),
            polling: of(Detector::Polling).map(polling::Rules::new),
            double_submit: of(Detector::DoubleSubmit).map(double_submit::Rules::new),
            deposit_abuse: of(Detector::DepositAbuse).map(deposit_abuse::Rules::new),
            dispute_abuse: of(Detector::DisputeAbuse).map(dispute_abuse::Rules::new),
            hostile_links: of(Detector::HostileLinks).map(hostile_links::Rules::new),
        };
        let observing = watches
            .iter()
            .filter(|(_, watch)| watch.mode == Mode::Observe);
        let guessers = of(Detector::KeyStuffing).map(key_stuffing::Rules::new);
        Detectors {
            rules,
            observing: observing.map(|(detector, _)| *detector).collect(),
            judged: Judged::default(),
            guessers: guessers.map(key_stuffing::Guessers::new),
            senders: deposit_abuse::Senders::new(),
            links: shared_link::Links::new(),
            keys: LruCache::new(capacity(KEYS)),
            accounts: LruCache::new(capacity(KEYS)),
            services: LruCache::new(capacity(SERVICES)),
        }
    }

    /// Whether a detector does more than observe.
    pub fn acts(&self, detector: Detector) -> bool {
        !self.observing.contains(&detector)
    }

    /// Tells every detector one fact. Facts come in the order of their times, but for those of other
    /// servers, which may be some seconds late. Gives what was found, which is nothing nearly always.
    pub fn observe(&mut self, event: &Event) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.tell(event.at, &event.fact, &mut findings);
        for finding in &mut findings {
            if self.observing.contains(&finding.detector) && finding.action != Action::Remark {
                finding.action = Action::Observe;
            }
        }
        findings
    }
}

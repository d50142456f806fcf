//! The detectors: each a small module that is told facts, keeps a bounded state, and says what it
//! finds. Pure: no clock, no database, no network; what they do is decided by the facts alone.

use super::facts::Event;
use super::findings::{Detector, Finding};
use super::watch::{Knob, Watch};

/// The thresholds of a detector, with their defaults.
pub const fn knobs(detector: Detector) -> &'static [Knob] {
    match detector {
        Detector::KeyStuffing
        | Detector::LeakedKey
        | Detector::ForeignIds
        | Detector::SharedLink
        | Detector::CancelLoop
        | Detector::RefundFarming
        | Detector::PriceRacing
        | Detector::Polling
        | Detector::DoubleSubmit
        | Detector::DepositAbuse
        | Detector::DisputeAbuse
        | Detector::HostileLinks => &[],
    }
}

/// How a detector is set unless the settings say otherwise: what costs honest customers nothing is
/// watched only.
pub fn default_watch(detector: Detector) -> Watch {
    match detector {
        Detector::Polling => Watch::observing(knobs(detector)),
        Detector::KeyStuffing
        | Detector::LeakedKey
        | Detector::ForeignIds
        | Detector::SharedLink
        | Detector::CancelLoop
        | Detector::RefundFarming
        | Detector::PriceRacing
        | Detector::DoubleSubmit
        | Detector::DepositAbuse
        | Detector::DisputeAbuse
        | Detector::HostileLinks => Watch::acting(knobs(detector)),
    }
}

/// How every detector is set, in the order of [`Detector::ALL`].
pub type Watches = Vec<(Detector, Watch)>;

/// All detectors that are on, with what they remember.
pub struct Detectors {}

impl Detectors {
    /// Detectors that have been told nothing yet.
    pub fn new(_watches: &Watches) -> Detectors {
        Detectors {}
    }

    /// Tells every detector one fact. Facts come in the order of their times, but for those of other
    /// servers, which may be some seconds late. Gives what was found, which is nothing nearly always.
    pub fn observe(&mut self, _event: &Event) -> Vec<Finding> {
        Vec::new()
    }
}

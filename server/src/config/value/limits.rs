//! Settings of limits and detectors.

use super::Value;
use crate::abuse::detectors::knobs;
use crate::abuse::findings::Detector;
use crate::abuse::watch::Watch;
use crate::limits::{Allowance, LimitTier, Quotas, constant};

impl Value for Quotas {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        Quotas::parse(text)
    }

    fn allowed((): &()) -> String {
        "quotas such as 600/min burst 360 or 5/15min, 20/d, or none".to_owned()
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

/// The rule is the default: what is not named has it.
impl Value for Allowance {
    type Rule = &'static str;

    fn from_text(text: &str, default: &&'static str) -> Option<Self> {
        Allowance::parse(text, &constant(default))
    }

    fn allowed(_: &&'static str) -> String {
        "some of add, status, balance, services, change, other and points, each with quotas or none, \
         and of at_once and waiting, each with a number from 1; semicolons between them, such as \
         add 600/min burst 360; at_once 20; what is not named stays as it is by default"
            .to_owned()
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Value for LimitTier {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        LimitTier::from_word(text)
    }

    fn allowed((): &()) -> String {
        "starter, reseller or unlimited".to_owned()
    }

    fn shown(&self) -> String {
        self.word().to_owned()
    }
}

/// The rule is the detector, which knows its thresholds.
impl Value for Watch {
    type Rule = Detector;

    fn from_text(text: &str, detector: &Detector) -> Option<Self> {
        Watch::parse(text, knobs(*detector))
    }

    fn allowed(detector: &Detector) -> String {
        let thresholds = knobs(*detector).iter().map(|knob| {
            let (name, min, max) = (knob.name, knob.min, knob.max);
            format!("{name}={min}..{max}")
        });
        let thresholds: Vec<String> = thresholds.collect();
        match thresholds.join(" ") {
            none if none.is_empty() => "off, observe or act".to_owned(),
            some => format!("off, observe or act; then any of {some}"),
        }
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

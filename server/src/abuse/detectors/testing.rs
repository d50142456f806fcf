//! What the detectors' tests are told.

use super::{Detectors, default_watch};
use crate::abuse::facts::{Asked, Event, Fact, Placed, What};
use crate::abuse::findings::{Detector, Finding};
use crate::abuse::watch::Watch;
use crate::clock::Time;
use crate::ids::{AccountId, KeyId, OrderId, ServiceId};

pub(super) const HOUR: i64 = 3_600;
pub(super) const DAY: i64 = 24 * HOUR;

/// So many seconds after a midnight that all tests begin at.
pub(super) fn at(seconds: i64) -> Time {
    Time::from_ms((1_800_057_600 + seconds) * 1_000)
}

/// Detectors that are told facts.
pub(super) struct Told(pub(super) Detectors);

impl Told {
    /// Those of the default settings.
    pub(super) fn new() -> Told {
        Told::with(default_watch)
    }

    /// Those that are set by `watch`.
    pub(super) fn with(watch: impl Fn(Detector) -> Watch) -> Told {
        let each = Detector::ALL.iter();
        Told(Detectors::new(
            &each.map(|&detector| (detector, watch(detector))).collect(),
        ))
    }

    pub(super) fn tell(&mut self, at: Time, fact: Fact) -> Vec<Finding> {
        self.0.observe(&Event { at, fact })
    }
}

/// Nothing was found.
#[track_caller]
pub(super) fn none(found: Vec<Finding>) {
    assert_eq!(found, []);
}

/// The only thing that was found.
#[track_caller]
pub(super) fn only(found: Vec<Finding>) -> Finding {
    let [found] = <[Finding; 1]>::try_from(found).unwrap();
    assert!(found.score <= 1_000, "{found:?}");
    found
}

/// A request with the key `key` of the account of the same number.
pub(super) fn ask(key: i64, address: &str, what: What, ids: &[i64], foreign: &[i64]) -> Fact {
    Fact::Asked(Asked {
        key: KeyId(key),
        account: AccountId(key),
        address: Some(address.parse().unwrap()),
        agent: 7,
        what,
        ids: ids.to_vec(),
        foreign: foreign.to_vec(),
    })
}

/// An order by the key of the account's number; half of what is charged is its cost.
pub(super) fn placed(account: i64, order: i64, service: i64, link: i64, charge: i64) -> Placed {
    Placed {
        key: Some(KeyId(account)),
        account: AccountId(account),
        order: OrderId(order),
        service: ServiceId(service),
        link,
        print: order.cast_unsigned(),
        charge,
        cost: Some(charge / 2),
        has_request_id: true,
        is_overlapping: false,
    }
}

/// The end of an order of 1,000.
pub(super) fn ended(account: i64, order: i64, service: i64, link: i64, refunded: i64) -> Fact {
    Fact::Ended {
        account: AccountId(account),
        order: OrderId(order),
        service: ServiceId(service),
        link,
        charge: 1_000,
        refunded,
    }
}

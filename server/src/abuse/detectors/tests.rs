//! What holds for all detectors together.

use std::net::{IpAddr, Ipv6Addr};

use super::testing::{Told, ask, at, none, only, placed};
use super::*;
use crate::abuse::facts::{Fact, What};
use crate::abuse::findings::MAX_EVIDENCE;
use crate::ids::OrderId;

fn wrong(address: impl Into<IpAddr>, print: u64) -> Fact {
    Fact::KeyRefused {
        address: address.into(),
        print,
        is_formed: true,
    }
}

fn address(number: u64) -> Ipv6Addr {
    Ipv6Addr::from(u128::from(number) << 64 | 1)
}

#[test]
fn a_key_and_its_account_take_at_most_a_kibibyte() {
    let [key, account] = [size_of::<PerKey>(), size_of::<PerAccount>()];
    assert!(key + account <= 1_024, "{key} + {account}");
}

#[test]
fn a_million_addresses_keys_and_links_do_not_grow_what_is_remembered() {
    let mut told = Told::new();
    for number in 0..1_000_000 {
        let id = i64::try_from(number).unwrap();
        let second = at(id / 10);
        none(told.tell(second, wrong(address(number), number)));
        none(told.tell(second, ask(id, "192.0.2.1", What::Status, &[id], &[])));
        if id % 10 == 0 {
            let placed = placed(id, id, id, id, 1_000);
            none(told.tell(second, Fact::Placed(placed)));
        }
    }
    let Detectors {
        keys,
        accounts,
        services,
        ..
    } = &told.0;
    assert_eq!(
        (keys.len(), accounts.len(), services.len()),
        (KEYS, KEYS, SERVICES)
    );
}

#[test]
fn a_detector_that_is_off_is_not_asked_and_one_that_observes_does_nothing() {
    for (mode, actions) in [
        ("off", vec![]),
        ("observe", vec![Action::Observe]),
        ("act", vec![Action::BlockNetwork]),
    ] {
        let mut told = Told::with(|detector| Watch::parse(mode, knobs(detector)).unwrap());
        let found = (0..10).flat_map(|print| told.tell(at(1), wrong(address(1), print)));
        let found: Vec<Action> = found.map(|finding| finding.action).collect();
        assert_eq!(found, actions, "{mode}");
    }
}

#[test]
fn thresholds_are_those_of_the_settings() {
    let mut told = Told::with(|detector| {
        let is_it = detector == Detector::KeyStuffing;
        let line = if is_it { "act address=3" } else { "act" };
        Watch::parse(line, knobs(detector)).unwrap()
    });
    (0..2).for_each(|print| none(told.tell(at(1), wrong(address(1), print))));
    only(told.tell(at(1), wrong(address(1), 2)));
}

#[test]
fn every_threshold_is_read_by_the_name_it_is_set_by() {
    for detector in Detector::ALL {
        let watch = default_watch(*detector);
        let read = match detector {
            Detector::KeyStuffing => format!("{:?}", key_stuffing::Rules::new(&watch)),
            Detector::LeakedKey => format!("{:?}", leaked_key::Rules::new(&watch)),
            Detector::ForeignIds => format!("{:?}", foreign_ids::Rules::new(&watch)),
            Detector::SharedLink => format!("{:?}", shared_link::Rules::new(&watch)),
            Detector::CancelLoop => format!("{:?}", cancel_loop::Rules::new(&watch)),
            Detector::RefundFarming => format!("{:?}", refund_farming::Rules::new(&watch)),
            Detector::PriceRacing => format!("{:?}", price_racing::Rules::new(&watch)),
            Detector::Polling => format!("{:?}", polling::Rules::new(&watch)),
            Detector::DoubleSubmit => format!("{:?}", double_submit::Rules::new(&watch)),
            Detector::DepositAbuse => format!("{:?}", deposit_abuse::Rules::new(&watch)),
            Detector::DisputeAbuse => format!("{:?}", dispute_abuse::Rules::new(&watch)),
            Detector::HostileLinks => format!("{:?}", hostile_links::Rules::new(&watch)),
        };
        assert!(!read.contains(": 0"), "{read}");
        for knob in knobs(*detector) {
            assert!((knob.min..=knob.max).contains(&knob.default), "{knob:?}");
        }
    }
}

#[test]
fn detectors_that_are_told_again_after_a_restart_go_on_as_if_nothing_had_been() {
    let facts = |order: i64| {
        let cancel = Fact::Canceled {
            account: AccountId(1),
            order: OrderId(order),
            placed_at: at(order * 60),
        };
        [Fact::Placed(placed(1, order, 1, order, 1_000)), cancel]
    };
    let mut before = Told::new();
    let mut after = Told::new();
    for order in 0..19 {
        for fact in facts(order) {
            none(before.tell(at(order * 60), fact.clone()));
            after.tell(at(order * 60), fact);
        }
    }
    let [last, _] = facts(19);
    let found = only(after.tell(at(1_140), last.clone()));
    assert_eq!(found, only(before.tell(at(1_140), last)));
    assert_eq!(found.action, Action::Hold);
}

#[test]
fn a_finding_has_no_more_evidence_than_is_kept() {
    let most = 2 + places::MOST;
    assert!(most <= MAX_EVIDENCE);
}

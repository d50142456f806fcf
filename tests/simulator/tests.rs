use std::collections::BTreeSet;

use smm_panel_server::abuse::findings::{Action, Detector};

use super::*;

/// Not among those that thresholds were tuned on.
const SEEDS: [u64; 3] = [51, 52, 53];

/// The panels are small here, so that a build without optimisation is done with it in a minute; the
/// full run has those of 2,000 orders an hour.
const BIGGEST: u32 = 130;

#[test]
fn honest_customers_do_not_notice_the_detectors() {
    let days = honest_days(&SEEDS, 500, 1, BIGGEST);
    assert_eq!(days.key_days, 1_500);
    let per_thousand = |action| days.of(action) * 1_000;
    let seen = &days.seen;
    // A case is work for a person.
    assert!(days.cases() * 1_000 <= 5 * 1_500, "{seen:?}");
    assert!(per_thousand(Action::Throttle) <= 1_500, "{seen:?}");
    assert_eq!(days.of(Action::Hold), 0, "{seen:?}");
    assert_eq!(
        days.of(Action::BlockKey) + days.of(Action::BlockNetwork),
        0,
        "{seen:?}"
    );
    assert_eq!(days.of(Action::PauseService), 0, "{seen:?}");
}

#[test]
fn whoever_is_loud_or_at_the_threshold_is_found_in_time() {
    let (rows, _) = attacks(&SEEDS, None);
    let mut seen = BTreeSet::new();
    for row in rows.iter().filter(|row| row.intensity != Intensity::Low) {
        let name = format!("{} {}", row.detector, row.intensity.word());
        assert_eq!(row.found(), row.tried, "{name}");
        // What nothing is done about is a remark, and never a case.
        let is_remarked = matches!(row.detector, Detector::Polling | Detector::DoubleSubmit);
        let cases = if is_remarked { 0 } else { row.tried };
        assert_eq!(row.cases(), cases, "{name}");
        let (seconds, units) = match row.detector {
            Detector::KeyStuffing => (60, 100),
            Detector::LeakedKey => (15 * 60, u64::MAX),
            Detector::ForeignIds => (2 * 60, u64::MAX),
            Detector::CancelLoop => (i64::MAX, 20),
            Detector::SharedLink | Detector::HostileLinks => (0, 1),
            Detector::PriceRacing => (60, u64::MAX),
            Detector::RefundFarming
            | Detector::Polling
            | Detector::DoubleSubmit
            | Detector::DepositAbuse
            | Detector::DisputeAbuse => (i64::MAX, u64::MAX),
        };
        assert!(row.slowest_s() <= seconds, "{name}: {} s", row.slowest_s());
        assert!(row.most_units() <= units, "{name}: {}", row.most_units());
        seen.insert(row.detector.word());
    }
    assert_eq!(seen.len(), Detector::ALL.len());
}

#[test]
fn the_same_seed_is_the_same_run() {
    let [one, other] = [(); 2].map(|()| runs::honest(7, 20, 1, BIGGEST));
    assert_eq!((one.facts, one.found), (other.facts, other.found));
}

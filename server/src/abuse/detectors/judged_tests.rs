//! What a person has judged never counts again: the same for every detector.

use super::testing::{DAY, HOUR, Told, ask, at, ended, placed};
use super::*;
use crate::abuse::facts::{Fact, LinkFault, Placed, What};
use crate::abuse::findings::Subject;
use crate::abuse::judged::Judgement;
use crate::clock::Time;
use crate::ids::OrderId;

/// A fact, so many seconds into a script.
type Step = (i64, Fact);

/// What is there before: what keys did on earlier days, and what comes back of others' orders.
fn before() -> Vec<Step> {
    let history = Fact::KeyHistory {
        key: KeyId(1),
        networks: vec![1, 2, 3],
        agents: vec![7],
        median_spent: 0,
    };
    let others = (0..300).map(|order| {
        let (account, service) = (20 + order % 7, 1 + order % 3);
        let refunded = if order % 10 == 0 { 1_000 } else { 0 };
        (1, ended(account, order, service, order, refunded))
    });
    std::iter::once((0, history)).chain(others).collect()
}

/// So many facts, one a second.
fn each(count: i64, fact: impl Fn(i64) -> Fact) -> Vec<Step> {
    (0..count).map(|n| (n, fact(n))).collect()
}

/// What account 1, key 1 or somebody at 192.0.2.7 does that this detector finds with the last fact of it;
/// the `round`s have no number in common.
fn script(detector: Detector, round: i64) -> Vec<Step> {
    let id = |step: i64| 1_000 * (round + 1) + step;
    let order =
        |second: i64, link: i64| (second, Fact::Placed(placed(1, id(second), 1, link, 1_000)));
    match detector {
        Detector::KeyStuffing => each(10, |n| Fact::KeyRefused {
            address: "192.0.2.7".parse().unwrap(),
            print: id(n).cast_unsigned(),
            is_formed: true,
        }),
        Detector::LeakedKey => each(5, |n| {
            ask(1, &format!("203.{round}.{n}.9"), What::Balance, &[], &[])
        }),
        Detector::ForeignIds => each(60, |n| {
            ask(1, "192.0.2.1", What::Status, &[id(n)], &[id(n)])
        }),
        Detector::SharedLink => {
            let other = Fact::Placed(placed(2, id(500), 1, id(0), 1_000));
            vec![(0, other), order(1, id(0)), order(2, id(0))]
        }
        Detector::CancelLoop => (0..20)
            .flat_map(|n| {
                let cancel = Fact::Canceled {
                    account: AccountId(1),
                    order: OrderId(id(n)),
                    placed_at: at(DAY + round * DAY + n),
                };
                [order(n, id(n)), (n, cancel)]
            })
            .collect(),
        Detector::RefundFarming => each(20, |n| ended(1, id(n), 1 + n % 3, id(n), 900)),
        Detector::PriceRacing => {
            let moved = Fact::PriceMoved {
                service: ServiceId(1),
                rate: 2_000,
                cost: Some(1_000),
                was_cost: Some(1_000),
            };
            let sold = (1..=10).map(|n| {
                let cost = Some(1_100);
                let placed = placed(n, id(n), 1, id(n), 1_000);
                (n, Fact::Placed(Placed { cost, ..placed }))
            });
            std::iter::once((0, moved)).chain(sold).collect()
        }
        Detector::Polling => (0..601)
            .map(|n| (n / 3, ask(1, "192.0.2.1", What::Balance, &[], &[])))
            .collect(),
        Detector::DoubleSubmit => (0..3)
            .flat_map(|n| {
                let same = Fact::Placed(Placed {
                    print: id(n).cast_unsigned(),
                    has_request_id: false,
                    ..placed(1, id(n), 1, id(n), 1_000)
                });
                [(n * 60, same.clone()), (n * 60 + 5, same)]
            })
            .collect(),
        Detector::DepositAbuse if round % 2 == 0 => each(5, |_| Fact::CallbackRefused {
            address: "192.0.2.7".parse().unwrap(),
        }),
        Detector::DepositAbuse => each(5, |_| Fact::PaidInPart {
            account: AccountId(1),
        }),
        Detector::DisputeAbuse => {
            let orders = (0..30).map(|n| order(n, id(n)));
            let disputes = (0..3).map(|n| {
                let (account, order) = (AccountId(1), OrderId(id(n)));
                (30 + n, Fact::Disputed { account, order })
            });
            orders.chain(disputes).collect()
        }
        Detector::HostileLinks => each(5, |_| Fact::HostileLink {
            account: AccountId(1),
            key: Some(KeyId(1)),
            what: LinkFault::PrivateHost,
        }),
    }
}

/// Tells a script from `begin` on, in seconds; gives what the detector found last.
fn tell(told: &mut Told, detector: Detector, begin: i64, script: &[Step]) -> Option<Finding> {
    let mut last = None;
    for (second, fact) in script {
        let found = told.tell(at(begin + second), fact.clone());
        last = found
            .into_iter()
            .rfind(|one| one.detector == detector)
            .or(last);
    }
    last
}

/// When the scripts of the rounds begin, in seconds.
const fn begin(round: i64) -> i64 {
    DAY + round * DAY
}

/// The decision of a person about what was found, ten seconds after the script.
fn judgement(found: &Finding, script: &[Step], round: i64) -> Judgement {
    let whom = crate::abuse::record::whom_of(found);
    let ended = script.last().unwrap().0;
    let decided: Time = at(begin(round) + ended + 10);
    Judgement::new(
        found.detector,
        (whom.subject, whom.account, whom.key),
        decided,
    )
}

/// Whether the next of the same, ten minutes later, is found again.
fn next(told: &mut Told, script: &[Step], round: i64) -> Vec<Finding> {
    let (second, fact) = script.last().unwrap().clone();
    let mut found = told.tell(at(begin(round) + second + 610), fact);
    // One more link that no honest software sends is remarked, whatever was before.
    found.retain(|one| one.detector != Detector::HostileLinks || one.action != Action::Remark);
    found
}

#[test]
fn what_is_judged_is_not_found_again_and_what_is_new_is() {
    for &detector in Detector::ALL {
        let rounds = if detector == Detector::DepositAbuse {
            [0, 2, 1, 3]
        } else {
            [0, 1, 2, 3]
        };
        for pair in rounds.chunks(2) {
            let [judged, newer] = [pair[0], pair[1]];
            let mut told = Told::new();
            let script_of = |round| script(detector, round);
            tell(&mut told, detector, 0, &before());
            let old = script_of(judged);
            let found = tell(&mut told, detector, begin(judged), &old).unwrap();
            let judgement = judgement(&found, &old, judged);
            told.0.judge(&judgement);
            assert_eq!(next(&mut told, &old, judged), [], "{detector}");

            // After a restart everything is told again, and the decision first.
            let mut restarted = Told::new();
            restarted.0.judge(&judgement);
            tell(&mut restarted, detector, 0, &before());
            let again = tell(&mut restarted, detector, begin(judged), &old);
            assert_eq!(again, None, "{detector}");
            assert_eq!(next(&mut restarted, &old, judged), [], "{detector}");

            // From another server the last of it may come late.
            let mut late = Told::new();
            tell(&mut late, detector, 0, &before());
            let (rest, last) = old.split_at(old.len() - 1);
            tell(&mut late, detector, begin(judged), rest);
            late.0.judge(&judgement);
            assert_eq!(tell(&mut late, detector, begin(judged), last), None);

            for told in [&mut told, &mut restarted] {
                let again = tell(told, detector, begin(newer), &script_of(newer));
                let again = again.unwrap_or_else(|| panic!("{detector} finds nothing any more"));
                assert_eq!(again.action, found.action, "{detector}");
            }
        }
    }
}

#[test]
fn what_is_judged_counts_for_no_other_detector_either() {
    let mut told = Told::new();
    tell(&mut told, Detector::RefundFarming, 0, &before());
    // Orders that were canceled came back whole: what one detector found is not for another to find.
    let refunds = script(Detector::RefundFarming, 0);
    let (rest, last) = refunds.split_at(refunds.len() - 1);
    tell(&mut told, Detector::RefundFarming, begin(0), rest);
    let canceled = Judgement::new(
        Detector::CancelLoop,
        (Subject::Account(AccountId(1)), Some(AccountId(1)), None),
        at(begin(0) + HOUR),
    );
    told.0.judge(&canceled);
    let later = begin(0) + 2 * HOUR;
    assert_eq!(tell(&mut told, Detector::RefundFarming, later, last), None);
}

#[test]
fn what_is_judged_of_one_counts_for_others_and_is_forgotten_when_nothing_comes_so_late() {
    let mut told = Told::new();
    let cancels = script(Detector::CancelLoop, 0);
    let found = tell(&mut told, Detector::CancelLoop, begin(0), &cancels).unwrap();
    let other = Judgement::new(
        Detector::CancelLoop,
        (Subject::Account(AccountId(2)), Some(AccountId(2)), None),
        at(begin(0) + HOUR),
    );
    let mut again = Told::new();
    again.0.judge(&other);
    let of_other = tell(&mut again, Detector::CancelLoop, begin(0), &cancels);
    assert_eq!(of_other, Some(found));
    again.0.forget_judged(at(begin(0) + 3 * HOUR));
}

#[test]
fn two_that_order_on_one_link_as_a_person_has_judged_may_go_on_and_not_on_another() {
    let mut told = Told::new();
    let shared = Detector::SharedLink;
    let first = script(shared, 0);
    let found = tell(&mut told, shared, begin(0), &first).unwrap();
    told.0.judge(&judgement(&found, &first, 0));
    let order = |id, link| Fact::Placed(placed(1, id, 1, link, 1_000));
    let later = |second| at(begin(0) + 600 + second);
    for second in 0..5 {
        assert_eq!(told.tell(later(second), order(90 + second, 1_000)), []);
    }
    let other = Fact::Placed(placed(2, 70, 1, 77, 1_000));
    assert_eq!(told.tell(later(10), other), []);
    let new = told.tell(later(11), order(71, 77));
    assert_eq!(new.first().map(|one| one.action), Some(Action::Remark));
}

//! Runs: honest days, and attacks among a few honest customers.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashSet};
use std::net::IpAddr;

use rand::RngExt;
use smm_panel_server::abuse::findings::{Action, Detector, Subject};
use smm_panel_server::clock::Time;
use smm_panel_server::ids::KeyId;

use crate::attackers::{Attack, FIRST, Intensity};
use crate::honest::{Honest, Task, gap};
use crate::world::{DAY, Found, Guard, SERVICES, START, World};

/// The most orders an hour of those around an attack.
const BIGGEST: u32 = 100;

/// What comes next in a run, of customers by their place.
type Due = Reverse<(i64, u64, usize, Task)>;

/// The customers of a run.
struct Crowd {
    customers: Vec<Honest>,
    due: BinaryHeap<Due>,
    count: u64,
    next_price: i64,
}

impl Crowd {
    fn new(world: &mut World, seed: u64, keys: i64, biggest: u32) -> Crowd {
        let customers = (1..=keys).map(|number| Honest::new(seed, number, biggest));
        let mut crowd = Crowd {
            customers: customers.collect(),
            due: BinaryHeap::new(),
            count: 0,
            next_price: START.ms(),
        };
        for place in 0..crowd.customers.len() {
            if let Some(customer) = crowd.customers.get_mut(place) {
                let first = customer.begin(world);
                crowd.plan(place, first);
            }
        }
        crowd
    }

    fn plan(&mut self, place: usize, tasks: Vec<(Time, Task)>) {
        for (at, task) in tasks {
            self.count += 1;
            self.due.push(Reverse((at.ms(), self.count, place, task)));
        }
    }

    /// Lives until `until`.
    fn live(&mut self, world: &mut World, until: Time) {
        while let Some(Reverse((at, ..))) =
            self.due.peek().copied().filter(|due| due.0.0 < until.ms())
        {
            self.move_prices(world, at);
            if let Some(Reverse((at, _, place, task))) = self.due.pop()
                && let Some(customer) = self.customers.get_mut(place)
            {
                world.go_to(Time::from_ms(at));
                let next = customer.act(world, task);
                self.plan(place, next);
            }
        }
        world.go_to(until);
    }

    /// Providers change what they take, by up to a fifth, each service every other day; the price
    /// follows in the same moment.
    fn move_prices(&mut self, world: &mut World, until: i64) {
        while self.next_price <= until {
            world.go_to(Time::from_ms(self.next_price));
            let id = world.rng.random_range(1..=SERVICES);
            let was = world.service(id);
            let cost = (was.cost / 100 * world.rng.random_range(85..=120)).max(1_000_000);
            world.move_price(id, cost / 100 * 125, cost);
            self.next_price += gap(&mut world.rng, 4);
        }
    }
}

/// What honest days came to.
#[derive(Debug, Default, Clone)]
pub(crate) struct HonestDays {
    pub(crate) key_days: i64,
    /// Findings about honest customers: each key, account, network or service once a day.
    pub(crate) found: BTreeMap<(&'static str, &'static str), u64>,
    /// Key-days on which a key was told 429.
    pub(crate) limited: u64,
    pub(crate) facts: u64,
    /// The first of what should not have been, to be looked into.
    pub(crate) seen: Vec<String>,
}

impl HonestDays {
    /// How often detectors wanted `action`.
    pub(crate) fn of(&self, action: Action) -> u64 {
        let each = self.found.iter();
        let those = each.filter(|((_, done), _)| *done == action.word());
        those.map(|(_, count)| count).sum()
    }

    /// How many cases were opened, whatever was done.
    pub(crate) fn cases(&self) -> u64 {
        let each = self.found.iter();
        let cases = each.filter(|((_, done), _)| *done != Action::Remark.word());
        cases.map(|(_, count)| count).sum()
    }

    /// How many cases and how many remarks a detector had.
    pub(crate) fn of_detector(&self, detector: Detector) -> (u64, u64) {
        let each = self.found.iter();
        let those = each.filter(|((word, _), _)| *word == detector.word());
        let (mut cases, mut remarks) = (0, 0);
        for ((_, action), count) in those {
            if *action == Action::Remark.word() {
                remarks += count;
            } else {
                cases += count;
            }
        }
        (cases, remarks)
    }

    pub(crate) fn add(&mut self, other: &HonestDays) {
        self.key_days += other.key_days;
        self.limited += other.limited;
        self.facts += other.facts;
        self.seen.extend(other.seen.iter().cloned());
        for (what, count) in &other.found {
            *self.found.entry(*what).or_default() += count;
        }
    }
}

/// So many honest keys for so many days; no panel among them has more than `biggest` orders an hour.
pub(crate) fn honest(seed: u64, keys: i64, days: i64, biggest: u32) -> HonestDays {
    let mut world = World::new(seed, Guard::All);
    let mut crowd = Crowd::new(&mut world, seed, keys, biggest);
    let mut all = HonestDays {
        key_days: keys * days,
        ..HonestDays::default()
    };
    for day in 1..=days {
        crowd.live(&mut world, START.plus_ms(day * DAY));
        let mut once = HashSet::new();
        for Found { at, finding } in world.found.drain(..) {
            let (detector, action) = (finding.detector.word(), finding.action.word());
            if !once.insert((detector, action, finding.subject)) {
                continue;
            }
            *all.found.entry((detector, action)).or_default() += 1;
            if finding.action != Action::Remark {
                let kind = finding.account.and_then(|account| {
                    let place = usize::try_from(account.0 - 1).ok()?;
                    crowd.customers.get(place).map(|customer| customer.kind)
                });
                let what = (&finding.subject, &finding.evidence);
                all.seen.push(format!(
                    "seed {seed}, {at}: {detector} {action} {kind:?} {what:?}"
                ));
            }
        }
        let keys = world.denials.drain().filter(|(key, _)| key.0 > 0);
        all.limited += u64::try_from(
            keys.filter(|(_, denied)| denied.key + denied.address > 0)
                .count(),
        )
        .unwrap_or(0);
    }
    all.facts = world.facts;
    all
}

/// What came of one attack.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) detector: Detector,
    pub(crate) intensity: Intensity,
    /// Seconds from its first harm until it is remarked, or a case.
    pub(crate) found_after_s: Option<i64>,
    /// Seconds from its first harm until it is a case.
    pub(crate) case_after_s: Option<i64>,
    pub(crate) units: u64,
    pub(crate) lost: i64,
    /// Whether it was told 429 at all.
    pub(crate) limited: bool,
    /// Cases about honest customers meanwhile.
    pub(crate) wrong: Vec<Detector>,
}

fn is_theirs(subject: Subject, found: &Found, detector: Detector) -> bool {
    let finding = &found.finding;
    match subject {
        Subject::Key(key) => key.0 >= FIRST,
        Subject::Account(account) => account.0 >= FIRST,
        Subject::Network(network) => match network.addr() {
            IpAddr::V4(address) => matches!(address.octets(), [203, ..]),
            IpAddr::V6(_) => false,
        },
        Subject::Service(_) => {
            detector == Detector::PriceRacing && finding.account.is_none_or(|id| id.0 >= FIRST)
        }
    }
}

/// One attack among so many honest keys, until it is a case or given up.
pub(crate) fn attack(
    detector: Detector,
    intensity: Intensity,
    seed: u64,
    keys: i64,
    guard: Guard,
) -> Outcome {
    let number = u64::try_from(
        Detector::ALL
            .iter()
            .position(|one| *one == detector)
            .unwrap_or(0),
    );
    let mut world = World::new(seed * 100 + number.unwrap_or(0), guard);
    let mut crowd = Crowd::new(&mut world, seed * 100 + 50, keys, BIGGEST);
    let mut attack = Attack::new(detector, intensity, seed);
    attack.prepare(&mut world);
    world.found.clear();
    // Not at midnight, so that the windows do not begin with it.
    let begin = START.plus_ms(DAY / 24 + seed.cast_signed() * 7_321);
    let (mut at, end) = (begin, begin.plus_ms(attack.lasts_ms()));
    let (mut seen, mut cases) = (0, HashSet::new());
    let mut outcome = Outcome {
        detector,
        intensity,
        found_after_s: None,
        case_after_s: None,
        units: 0,
        lost: 0,
        limited: false,
        wrong: Vec::new(),
    };
    while at < end && outcome.case_after_s.is_none() {
        crowd.live(&mut world, at);
        let wait = attack.act(&mut world);
        for found in world.found.iter().skip(seen) {
            let is_theirs = is_theirs(found.finding.subject, found, detector);
            if is_theirs && found.finding.detector == detector {
                let began = attack.began.unwrap_or(at);
                let after = found.at.ms_since(began) / 1_000;
                if outcome.found_after_s.is_none() {
                    outcome.found_after_s = Some(after);
                    (outcome.units, outcome.lost) = (attack.units, attack.lost);
                }
                if found.finding.action != Action::Remark {
                    outcome.case_after_s.get_or_insert(after);
                }
            } else if !is_theirs
                && found.finding.action != Action::Remark
                && cases.insert((found.finding.detector, found.finding.subject))
            {
                outcome.wrong.push(found.finding.detector);
            }
        }
        seen = world.found.len();
        let Some(wait) = wait else { break };
        at = at.plus_ms(wait);
    }
    let denied = |key| {
        world
            .denials
            .get(&key)
            .is_some_and(|denied| denied.key + denied.address > 0)
    };
    outcome.limited = denied(attack.client.key) || denied(KeyId(0));
    if outcome.found_after_s.is_none() {
        (outcome.units, outcome.lost) = (attack.units, attack.lost);
    }
    outcome
}

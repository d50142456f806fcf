//! What detectors cost: the time of one fact, and the memory of everybody that they remember.

use std::net::{IpAddr, Ipv6Addr};

use anyhow::Result;
use smm_panel_server::abuse::detectors::{Detectors, default_watch};
use smm_panel_server::abuse::facts::{Asked, Event, Fact, Placed, What};
use smm_panel_server::abuse::findings::Detector;
use smm_panel_server::clock::Stopwatch;
use smm_panel_server::ids::{AccountId, KeyId, OrderId, ServiceId};

use crate::world::START;

/// Times are taken over so many facts: a single one is shorter than a clock can see.
const BATCH: i64 = 1_000;
/// How many keys ask.
const KEYS: i64 = 20_000;

fn detectors() -> Detectors {
    let each = Detector::ALL.iter();
    Detectors::new(
        &each
            .map(|&detector| (detector, default_watch(detector)))
            .collect(),
    )
}

fn asked(number: i64, what: What, ids: Vec<i64>) -> Fact {
    let key = number * 7_919 % KEYS;
    let network = u128::from((key * 4 + number % 3).unsigned_abs()) << 80;
    Fact::Asked(Asked {
        key: KeyId(key),
        account: AccountId(key),
        address: Some(IpAddr::V6(Ipv6Addr::from(network | 1 << 125))),
        agent: key.cast_unsigned() % 50,
        what,
        ids,
        foreign: Vec::new(),
    })
}

fn placed(number: i64) -> Fact {
    let key = number * 7_919 % KEYS;
    Fact::Placed(Placed {
        key: Some(KeyId(key)),
        account: AccountId(key),
        order: OrderId(number),
        service: ServiceId(number % 3_000),
        link: number,
        print: number.cast_unsigned(),
        charge: 1_000_000,
        cost: Some(800_000),
        has_request_id: false,
        is_overlapping: false,
    })
}

fn wrong_key(number: i64) -> Fact {
    let number = number.unsigned_abs();
    Fact::KeyRefused {
        address: IpAddr::V6(Ipv6Addr::from(u128::from(number) << 64 | 1 << 126)),
        print: number,
        is_formed: true,
    }
}

/// The median nanoseconds of one fact, over so many batches.
fn median_ns(detectors: &mut Detectors, batches: i64, fact: impl Fn(i64) -> Fact) -> u128 {
    let mut took = Vec::new();
    for batch in 0..batches {
        let facts = (batch * BATCH..(batch + 1) * BATCH).map(|number| Event {
            at: START.plus_ms(number * 2),
            fact: fact(number),
        });
        let facts: Vec<Event> = facts.collect();
        let watch = Stopwatch::start();
        for event in &facts {
            detectors.observe(event);
        }
        took.push(watch.elapsed().as_nanos() / u128::from(BATCH.unsigned_abs()));
    }
    took.sort_unstable();
    took.get(took.len() / 2).copied().unwrap_or(0)
}

/// Resident memory of this process, in kB.
fn memory_kb() -> Result<u64> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find(|line| line.starts_with("VmRSS:"));
    let kb = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(kb.unwrap_or_default().parse()?)
}

/// The table.
pub(crate) fn measure() -> Result<String> {
    let before = memory_kb()?;
    let mut detectors = detectors();
    let one = |what, ids: i64| move |number| asked(number, what, (number..number + ids).collect());
    let mut text = "| fact | ns, median |\n|---|--:|\n".to_owned();
    for (name, ns) in [
        (
            "balance",
            median_ns(&mut detectors, 300, one(What::Balance, 0)),
        ),
        (
            "status of one order",
            median_ns(&mut detectors, 300, one(What::Status, 1)),
        ),
        (
            "status of 100 orders",
            median_ns(&mut detectors, 300, one(What::Status, 100)),
        ),
        ("an order", median_ns(&mut detectors, 300, placed)),
    ] {
        text += &format!("| {name} | {ns} |\n");
    }
    let of_keys = memory_kb()?.saturating_sub(before);
    let ns = median_ns(&mut detectors, 1_000, wrong_key);
    text += &format!("| a wrong key, each from another address | {ns} |\n");
    let of_all = memory_kb()?.saturating_sub(before);
    text += &format!(
        "\nmemory: {of_keys} kB with {KEYS} keys and accounts, 3,000 services and 30,000 links, {of_all} kB after \
         1,000,000 different addresses as well\n"
    );
    Ok(text)
}

//! What limits and detectors cost: the time of one request and of one fact, and the memory of everybody
//! that they remember.

use std::net::{IpAddr, Ipv6Addr};

use anyhow::{Context, Result};
use futures::FutureExt;
use smm_panel_server::abuse::detectors::{Detectors, default_watch};
use smm_panel_server::abuse::facts::{Asked, Event, Fact, Placed, What};
use smm_panel_server::abuse::findings::Detector;
use smm_panel_server::clock::{Clock, Stopwatch};
use smm_panel_server::config::Config;
use smm_panel_server::ids::{AccountId, KeyId, OrderId, ServiceId};
use smm_panel_server::limits::{
    Allowance, Ask, From, Holder, Kind, LimitTier, Limits, RESELLER, constant,
};

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

/// An address of one of many offices.
fn near(number: i64) -> IpAddr {
    IpAddr::V6(Ipv6Addr::from(
        u128::from((number % 2_000).unsigned_abs()) << 64 | 1 << 125,
    ))
}

/// An address that nobody came from before.
fn far(number: i64) -> IpAddr {
    IpAddr::V6(Ipv6Addr::from(
        u128::from(number.unsigned_abs()) << 64 | 1 << 126,
    ))
}

/// The median nanoseconds of what a request goes through on its way in and out.
fn request_ns(limits: &Limits, batches: i64, address: impl Fn(i64) -> IpAddr) -> u128 {
    let ask = Ask {
        kind: Kind::Balance,
        items: 1,
    };
    let mut took = Vec::new();
    for batch in 0..batches {
        let watch = Stopwatch::start();
        for number in batch * BATCH..(batch + 1) * BATCH {
            let (address, key) = (
                Some(address(number)),
                (number * 7_919 % KEYS).cast_unsigned(),
            );
            let from = From {
                address,
                blocked_until: None,
                is_known_there: false,
            };
            let holder = Holder {
                who: key,
                tier: LimitTier::Reseller,
                throttled_until: None,
            };
            if limits.address(address).is_ok()
                && let Some(Ok(mut pass)) = limits.key(key, from, ask).now_or_never()
                && limits.settle(key, address, holder, &mut pass, ask).is_ok()
                && let Some(standing) = &pass.standing
            {
                std::hint::black_box(standing.left());
            }
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
    let config = Config {
        limits_reseller: Allowance::parse(
            "balance 100000/s; points 1000000/s",
            &constant(RESELLER),
        )
        .context("an allowance")?,
        ..Config::default()
    };
    let limits = Limits::new(&config, &Clock::manual(START));
    let before = memory_kb()?;
    let ns = request_ns(&limits, 300, near);
    let mut text = format!("| request | ns, median |\n|---|--:|\n| by {KEYS} keys | {ns} |\n");
    let ns = request_ns(&limits, 1_000, far);
    let of_limits = memory_kb()?.saturating_sub(before);
    text += &format!(
        "| each from another address, 1,000,000 of them | {ns} |\n\nmemory: {of_limits} kB\n\n"
    );
    let before = memory_kb()?;
    let mut detectors = detectors();
    let one = |what, ids: i64| move |number| asked(number, what, (number..number + ids).collect());
    text += "| fact | ns, median |\n|---|--:|\n";
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

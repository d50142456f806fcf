//! Wrong keys: whoever tries many different ones is not answered for a while, longer each time.
//!
//! One wrong key counts once, however often it comes: a cron with a key that was revoked is no guesser,
//! and its neighbours behind the same address lose nothing.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::time::Duration;

use dashmap::DashMap;
use ipnet::IpNet;

use super::Quotas;
use super::keyed::{Keyed, Who};
use crate::clock::{Clock, Time};
use crate::set_back::pulled_in;

/// How many are remembered, of each.
const MOST: usize = 50_000;
/// How long a wrong key is remembered.
const REMEMBERED_MS: i64 = 60 * 60 * 1_000;
/// So long after a block, the next one is a first one again.
const FORGIVEN_MS: i64 = 24 * 60 * 60 * 1_000;

/// An address that is not answered.
#[derive(Clone, Copy)]
struct Block {
    until: Time,
    times: u32,
    address: Option<IpAddr>,
}

/// What is counted of wrong keys.
pub(super) struct WrongKeys {
    quotas: Keyed,
    seen: DashMap<u64, Time>,
    blocks: DashMap<Who, Block>,
    first_ms: i64,
    longest_ms: i64,
    numbers: RandomState,
}

impl WrongKeys {
    pub(super) fn new(quotas: &Quotas, [first_ms, longest_ms]: [i64; 2], clock: &Clock) -> Self {
        WrongKeys {
            quotas: Keyed::new(quotas, clock),
            seen: DashMap::new(),
            blocks: DashMap::new(),
            first_ms,
            longest_ms,
            numbers: RandomState::new(),
        }
    }

    /// How long `who` is not answered.
    pub(super) fn blocked_for(&self, who: Who, now: Time) -> Option<Duration> {
        // Nobody is, nearly always.
        if self.blocks.is_empty() {
            return None;
        }
        let mut block = self.blocks.get_mut(&who)?;
        block.until = pulled_in(block.until, now, self.longest_ms);
        let until = block.until;
        let ms = u64::try_from(until.ms_since(now)).ok()?;
        (ms > 0).then(|| Duration::from_millis(ms))
    }

    /// Counts the wrong key `print` of `who`.
    pub(super) fn count(&self, (who, address): (Who, Option<IpAddr>), print: u64, now: Time) {
        let pair = self.numbers.hash_one((who, print));
        if let Some(mut seen) = self.seen.get_mut(&pair) {
            *seen = now;
            return;
        }
        if self.seen.len() >= MOST {
            // Somebody floods it: then each key of the others counts once more, which harms nobody.
            self.seen.clear();
        }
        self.seen.insert(pair, now);
        if self.quotas.take(who, 1).is_ok() {
            return;
        }
        let earlier = self.blocks.get(&who).map(|block| *block);
        let times = match earlier {
            Some(block) if block.until > now => return,
            Some(block) if now.ms_since(block.until) < FORGIVEN_MS => block.times.saturating_add(1),
            Some(_) | None => 1,
        };
        let doubled = 1_i64.checked_shl(times - 1).filter(|&twice| twice > 0);
        let ms = self.first_ms.saturating_mul(doubled.unwrap_or(i64::MAX));
        let until = now.plus_ms(ms.min(self.longest_ms));
        if earlier.is_some() || self.blocks.len() < MOST {
            let block = Block {
                until,
                times,
                address,
            };
            self.blocks.insert(who, block);
        }
    }

    /// Ends the blocks in `network`.
    pub(super) fn forgive(&self, network: IpNet) {
        let is_in = |address: IpAddr| network.contains(&address);
        self.blocks
            .retain(|_, block| !block.address.is_some_and(is_in));
    }

    /// Forgets what is over.
    pub(super) fn forget_old(&self, now: Time) {
        self.quotas.forget_old();
        self.seen
            .retain(|_, seen| now.ms_since(*seen) < REMEMBERED_MS);
        self.blocks
            .retain(|_, block| now.ms_since(block.until) < FORGIVEN_MS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;
    const HOME: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)));

    fn keys() -> (Clock, WrongKeys) {
        let clock = Clock::manual(Time::from_ms(1_000_000_000_000));
        let quotas = Quotas::parse("10/min, 50/h").unwrap();
        let day = 24 * 60 * MINUTE;
        let keys = WrongKeys::new(&quotas, [15 * MINUTE, day], &clock);
        (clock, keys)
    }

    fn minutes(keys: &WrongKeys, clock: &Clock) -> u64 {
        let blocked = keys.blocked_for(1, clock.now());
        blocked.map_or(0, |left| left.as_secs() / 60)
    }

    #[test]
    fn ten_different_keys_a_minute_are_forgiven_and_each_block_is_twice_as_long() {
        let (clock, keys) = keys();
        let mut blocks = Vec::new();
        for print in 0..500 {
            keys.count((1, HOME), print, clock.now());
            let blocked = minutes(&keys, &clock);
            if blocked > 0 {
                blocks.push((print, blocked));
                clock.advance_ms(i64::try_from(blocked).unwrap() * MINUTE);
            }
        }
        let firsts: Vec<u64> = blocks.iter().map(|(_, minutes)| *minutes).collect();
        assert_eq!(blocks.first(), Some(&(10, 15)));
        assert_eq!(firsts.get(..5), Some(&[15, 30, 60, 120, 240][..]));
        assert_eq!(firsts.iter().max(), Some(&1_440));
        // Others are not touched.
        assert_eq!(keys.blocked_for(2, clock.now()), None);
    }

    #[test]
    fn the_same_wrong_key_over_and_over_is_no_guess() {
        let (clock, keys) = keys();
        for _ in 0..10_000 {
            keys.count((1, HOME), 7, clock.now());
            clock.advance_ms(1_000);
        }
        assert_eq!(minutes(&keys, &clock), 0);
    }

    #[test]
    fn a_network_that_is_forgiven_may_try_again() {
        let (clock, keys) = keys();
        (0..20).for_each(|print| keys.count((1, HOME), print, clock.now()));
        keys.forgive("198.51.100.0/24".parse().unwrap());
        assert_eq!(minutes(&keys, &clock), 15);
        keys.forgive("192.0.2.0/24".parse().unwrap());
        assert_eq!(minutes(&keys, &clock), 0);
    }

    /// Else a flood of wrong keys would have every stale cron counted as a guesser.
    #[test]
    fn a_flood_of_others_does_not_make_one_wrong_key_many() {
        let (clock, keys) = keys();
        for other in 0..200_000 {
            keys.count(((other + 2) << 12, None), other, clock.now());
            if other % 1_000 == 0 {
                keys.count((1, HOME), 7, clock.now());
            }
        }
        assert_eq!(minutes(&keys, &clock), 0);
    }

    #[test]
    fn what_is_over_is_forgotten() {
        let (clock, keys) = keys();
        (0..20).for_each(|print| keys.count((1, HOME), print, clock.now()));
        assert_eq!(minutes(&keys, &clock), 15);
        clock.advance_ms(FORGIVEN_MS + 15 * MINUTE);
        keys.forget_old(clock.now());
        assert!(keys.seen.is_empty() && keys.blocks.is_empty());
        (0..20).for_each(|print| keys.count((1, HOME), print, clock.now()));
        assert_eq!(minutes(&keys, &clock), 15);
    }
}

//! Keys that were good lately: so that what they may ask for is known before the database is asked, and
//! that whoever guesses keys does not take the panel away from honest neighbours.
//!
//! A key is found by the first bytes of its keyed digest, which say nothing about it. Nobody is let in
//! by this: every request is authenticated anew.

use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};

use dashmap::DashMap;

use super::LimitTier;
use super::keyed::Who;
use crate::clock::Time;

/// How many keys are remembered.
const MOST: usize = 20_000;
/// From how many networks each: those of the last requests.
const HOMES: usize = 4;
/// How long a key is remembered that is not used.
const REMEMBERED_MS: i64 = 30 * HOUR_MS;
/// How long if others wait.
const ROOMY_MS: i64 = HOUR_MS;
/// How long a refusal is believed without asking whether the key may ask for more by now.
const BELIEVED_MS: i64 = 5_000;
const HOUR_MS: i64 = 60 * 60 * 1_000;
/// How often room is made at most.
const ROOM_MS: i64 = 60 * 1_000;

/// What limits have to know of a key or a session that is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Its number among keys and sessions.
    pub who: Who,
    /// What its account may ask for.
    pub tier: LimitTier,
    /// Until when a detector throttles it.
    pub throttled_until: Option<Time>,
}

/// One that is remembered.
#[derive(Clone, Copy)]
struct Known {
    holder: Holder,
    used_at: Time,
    /// The networks that it came from last.
    homes: [Who; HOMES],
}

/// Those that are remembered.
#[derive(Default)]
pub(super) struct KnownKeys {
    keys: DashMap<u64, Known>,
    /// When room was last made, in ms.
    room_made_at: AtomicI64,
}

impl KnownKeys {
    /// What is known of the key with this print, if it was good before from `home`. Elsewhere it may be
    /// in the hands of somebody who is not let in: they must not use up what its owner may ask for.
    pub(super) fn at_home(&self, print: u64, home: Who) -> Option<Holder> {
        let known = self.keys.get(&print)?;
        known.homes.contains(&home).then_some(known.holder)
    }

    /// Forgets the key with this print if nothing was heard of it for a while: what it may ask for may
    /// have become more meanwhile.
    pub(super) fn doubt(&self, print: u64, now: Time) {
        let is_old = |_: &u64, known: &Known| now.ms_since(known.used_at) >= BELIEVED_MS;
        self.keys.remove_if(&print, is_old);
    }

    /// It was good, at `now`, from `home`.
    pub(super) fn note(&self, print: u64, holder: Holder, home: Who, now: Time) {
        if let Some(mut known) = self.keys.get_mut(&print) {
            known.holder = holder;
            known.used_at = now;
            if !known.homes.contains(&home) {
                known.homes.rotate_right(1);
                let [newest, ..] = &mut known.homes;
                *newest = home;
            }
            return;
        }
        if self.keys.len() >= MOST {
            self.make_room(now);
            if self.keys.len() >= MOST {
                return;
            }
        }
        let mut homes = [0; HOMES];
        let [newest, ..] = &mut homes;
        *newest = home;
        let known = Known {
            holder,
            used_at: now,
            homes,
        };
        self.keys.insert(print, known);
    }

    fn make_room(&self, now: Time) {
        let last = self.room_made_at.swap(now.ms(), Ordering::Relaxed);
        if now.ms_since(Time::from_ms(last)) >= ROOM_MS {
            self.forget_unused(now, ROOMY_MS);
        } else {
            self.room_made_at.store(last, Ordering::Relaxed);
        }
    }

    /// Forgets those that were not used lately.
    pub(super) fn forget_old(&self, now: Time) {
        self.forget_unused(now, REMEMBERED_MS);
    }

    fn forget_unused(&self, now: Time, ms: i64) {
        self.keys
            .retain(|_, known| now.ms_since(known.used_at) < ms);
    }
}

/// Addresses from which a key was good lately, whichever it was.
#[derive(Default)]
pub(super) struct KnownAddresses(DashMap<Who, Time>);

impl KnownAddresses {
    /// Whether a key was good from there within the last 30 hours.
    pub(super) fn has(&self, who: Who, now: Time) -> bool {
        let is_new = |at: Time| now.ms_since(at) < REMEMBERED_MS;
        self.0.get(&who).is_some_and(|at| is_new(*at))
    }

    /// A key was good from there at `now`. Written once an hour: reading costs less.
    pub(super) fn note(&self, who: Who, now: Time) {
        let is_new = |at: Time| now.ms_since(at) < HOUR_MS;
        if self.0.get(&who).is_some_and(|at| is_new(*at)) {
            return;
        }
        if self.0.len() < MOST || self.0.contains_key(&who) {
            self.0.insert(who, now);
        }
    }

    /// Forgets those that are not known any more.
    pub(super) fn forget_old(&self, now: Time) {
        self.0.retain(|_, at| now.ms_since(*at) < REMEMBERED_MS);
    }
}

/// The network that counts as one who asks: an address of IPv4, a /64 of IPv6, because whoever has an
/// IPv6 address has 2⁶⁴ of them.
pub(crate) fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => std::net::Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = HOUR_MS;

    fn holder(who: Who) -> Holder {
        Holder {
            who,
            tier: LimitTier::Reseller,
            throttled_until: None,
        }
    }

    #[test]
    fn a_key_is_at_home_where_it_was_good() {
        let keys = KnownKeys::default();
        let now = Time::from_ms(1_000_000_000_000);
        for home in 1..=6 {
            keys.note(5, holder(1), home, now);
        }
        let at_home = |&home: &Who| keys.at_home(5, home) == Some(holder(1));
        let at_home: Vec<Who> = (0..9).filter(at_home).collect();
        assert_eq!(at_home, [3, 4, 5, 6]);
        assert_eq!(keys.at_home(6, 6), None);
        keys.doubt(5, now.plus_ms(BELIEVED_MS - 1));
        assert!(keys.at_home(5, 6).is_some());
        keys.doubt(5, now.plus_ms(BELIEVED_MS));
        assert_eq!(keys.at_home(5, 6), None);
    }

    #[test]
    fn those_not_used_for_an_hour_make_room() {
        let keys = KnownKeys::default();
        let now = Time::from_ms(1_000_000_000_000);
        for print in 0..30_000 {
            keys.note(print, holder(print), 1, now);
        }
        assert_eq!(keys.keys.len(), MOST);
        assert_eq!(keys.at_home(29_999, 1), None);
        keys.note(29_999, holder(1), 1, now.plus_ms(HOUR));
        assert_eq!(keys.at_home(29_999, 1), Some(holder(1)));
        assert_eq!(keys.at_home(0, 1), None);
    }

    #[test]
    fn an_address_is_known_for_thirty_hours() {
        let addresses = KnownAddresses::default();
        let now = Time::from_ms(1_000_000_000_000);
        addresses.note(1, now);
        assert!(addresses.has(1, now.plus_ms(30 * HOUR - 1)));
        assert!(!addresses.has(1, now.plus_ms(30 * HOUR)));
        assert!(!addresses.has(2, now));
        addresses.note(1, now.plus_ms(HOUR));
        assert!(addresses.has(1, now.plus_ms(30 * HOUR)));
        for who in 0..30_000 {
            addresses.note(who, now);
        }
        assert_eq!(addresses.0.len(), MOST);
        addresses.forget_old(now.plus_ms(40 * HOUR));
        assert_eq!(addresses.0.len(), 0);
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let of = |text: &str| network_of(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}

//! D1: keys are being guessed. Counted are different keys that are nobody's, by address and by
//! network: a cron that goes on asking with a revoked key asks with one key, however often.

use std::net::IpAddr;

use ipnet::IpNet;
use lru::LruCache;

use super::counters::{self, Alarm, Found, Recent, Ring, rows, score, threshold};
use super::places::Newness;
use super::{ADDRESSES, capacity};
use crate::abuse::facts::Asked;
use crate::abuse::findings::{Action, Detector, Finding, Subject};
use crate::abuse::judged::is_within;
use crate::abuse::watch::{Knob, Watch, knob};
use crate::clock::Time;

/// The limit of failed keys stops one address at ten a minute: a higher threshold would never be seen.
const ADDRESS: Knob = knob("address", 10, 2, 128);
/// So that nobody has a hundred guesses.
const NETWORK: Knob = knob("network", 90, 2, 128);

/// Different wrong keys of an address in 10 minutes, and of a network in an hour.
pub(super) const KNOBS: &[Knob] = &[ADDRESS, NETWORK];

const SLOT_S: u32 = 60;
const HOUR: u8 = 60;
const TEN_MINUTES: u8 = 10;

/// The thresholds.
#[derive(Debug)]
pub(super) struct Rules {
    address: u32,
    network: u32,
}

impl Rules {
    pub(super) fn new(watch: &Watch) -> Rules {
        Rules {
            address: threshold(watch, ADDRESS),
            network: threshold(watch, NETWORK),
        }
    }
}

/// What one address, or one network, has tried.
#[derive(Debug, Default)]
struct Tried {
    keys: Recent<u16, 128, SLOT_S>,
    asks: Ring<6, 600>,
    misspelt: Ring<6, 600>,
    alarm: Alarm,
}

impl Tried {
    fn add(&mut self, at: Time, print: u64, is_formed: bool) {
        self.keys.sweep(at, HOUR.into(), |_| ());
        self.keys.see(counters::print_of(print.cast_signed()));
        self.asks.add(at, 1);
        self.misspelt.add(at, u32::from(!is_formed));
    }
}

/// Whoever tried keys that are nobody's.
pub(super) struct Guessers {
    rules: Rules,
    addresses: LruCache<IpNet, Tried>,
    networks: LruCache<IpNet, Tried>,
}

/// What counts as one address: of IPv6, a /64 is one machine's.
pub(super) fn host(address: IpAddr) -> IpNet {
    within(address, 32)
}

/// The address's /24, of IPv6 its /64.
fn network(address: IpAddr) -> IpNet {
    within(address, 24)
}

fn within(address: IpAddr, of_v4: u8) -> IpNet {
    let address = address.to_canonical();
    let prefix = if address.is_ipv4() { of_v4 } else { 64 };
    IpNet::new(address, prefix).map_or(IpNet::from(address), |network| network.trunc())
}

impl Guessers {
    pub(super) fn new(rules: Rules) -> Guessers {
        Guessers {
            rules,
            addresses: LruCache::new(capacity(ADDRESSES)),
            networks: LruCache::new(capacity(ADDRESSES / 2)),
        }
    }

    /// A wrong key came.
    pub(super) fn refused(
        &mut self,
        at: Time,
        address: IpAddr,
        print: u64,
        is_formed: bool,
    ) -> Found {
        let here = counters::of(&mut self.addresses, host(address));
        let around = counters::of(&mut self.networks, network(address));
        here.add(at, print, is_formed);
        around.add(at, print, is_formed);
        let wide = (around, HOUR, self.rules.network, network(address));
        let near = (here, TEN_MINUTES, self.rules.address, host(address));
        [wide, near]
            .into_iter()
            .find_map(|(tried, slots, threshold, subject)| {
                let count = tried.keys.count(slots);
                let is_found = count >= threshold && tried.alarm.rings(at, count);
                is_found.then(|| found(tried, at, score(count, threshold), count, slots, subject))
            })
    }

    /// What a network, and whoever is in it, has tried is judged.
    pub(super) fn forget(&mut self, network: IpNet) {
        for known in [&mut self.addresses, &mut self.networks] {
            let those = known.iter().map(|(of, _)| *of);
            let those: Vec<IpNet> = those.filter(|of| is_within(*of, network)).collect();
            for of in those {
                known.pop(&of);
            }
        }
    }

    /// D1b: a good key is used for the first time by a network from which somebody has just tried
    /// half as many wrong ones as it takes: it may be one that was guessed.
    pub(super) fn asked(&mut self, at: Time, asked: &Asked, newness: Newness) -> Found {
        let address = asked.address.filter(|_| newness.is_first_from_network)?;
        let tried = self.addresses.peek_mut(&host(address))?;
        tried.keys.sweep(at, HOUR.into(), |_| ());
        let count = tried.keys.count(TEN_MINUTES);
        if count < self.rules.address.div_ceil(2) {
            return None;
        }
        let notice = format!(
            "Your API key {} was used for the first time from {address}, where many wrong keys were \
             tried just before. If that was not you, replace the key now.",
            asked.key
        );
        Some(Finding {
            detector: Detector::KeyStuffing,
            subject: Subject::Key(asked.key),
            account: Some(asked.account),
            key: Some(asked.key),
            score: score(count, self.rules.address),
            action: Action::Observe,
            notice: Some(notice),
            evidence: rows([
                ("the key was first used from", address.to_string()),
                ("at", at.to_string()),
                (
                    "different wrong keys from there in 10 minutes",
                    count.to_string(),
                ),
            ]),
        })
    }
}

fn found(
    tried: &mut Tried,
    at: Time,
    score: u16,
    count: u32,
    slots: u8,
    subject: IpNet,
) -> Finding {
    let asks = tried.asks.sum(at);
    let misspelt = counters::percent(tried.misspelt.sum(at), asks);
    Finding {
        detector: Detector::KeyStuffing,
        subject: Subject::Network(subject),
        account: None,
        key: None,
        score,
        action: Action::BlockNetwork,
        notice: None,
        evidence: rows([
            (
                "different wrong keys",
                format!("{count} in {slots} minutes"),
            ),
            ("requests with wrong keys in an hour", asks.to_string()),
            ("of them with a wrong checksum", format!("{misspelt} %")),
            ("the last at", at.to_string()),
        ]),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Told, ask, at, none, only};
    use super::*;
    use crate::abuse::facts::{Fact, What};

    fn wrong(address: &str, print: u64) -> Fact {
        Fact::KeyRefused {
            address: address.parse().unwrap(),
            print,
            is_formed: print.is_multiple_of(2),
        }
    }

    #[test]
    fn ten_different_keys_of_an_address_block_it() {
        let mut told = Told::new();
        for print in 1..10_u64 {
            none(told.tell(at(print.cast_signed()), wrong("192.0.2.7", print)));
        }
        let found = only(told.tell(at(10), wrong("192.0.2.7", 10)));
        assert_eq!(found.subject.to_string(), "network:192.0.2.7/32");
        assert_eq!((found.action, found.score), (Action::BlockNetwork, 800));
        assert!(found.evidence.iter().any(|row| row.seen == "50 %"));
        (11..20).for_each(|print| none(told.tell(at(20), wrong("192.0.2.7", print))));
        only(told.tell(at(20), wrong("192.0.2.7", 20)));
    }

    #[test]
    fn a_revoked_key_is_one_key_however_often_it_is_asked_with() {
        let mut told = Told::new();
        for second in 0..100_000 {
            none(told.tell(at(second * 10), wrong("192.0.2.7", 77)));
        }
        for print in 0..1_000_u64 {
            let later = at(print.cast_signed() * 90);
            none(told.tell(later, wrong("2001:db8::1", print)));
        }
    }

    #[test]
    fn a_network_is_blocked_for_what_all_its_addresses_try() {
        for (low, high, named) in [
            ("192.0.2.", "", "network:192.0.2.0/24"),
            ("2001:db8:0:1::", "", "network:2001:db8:0:1::/64"),
        ] {
            let mut told = Told::new();
            let mut found = Vec::new();
            for print in 0..90_u64 {
                let address = format!("{low}{}{high}", print % 20 + 1);
                let later = at(print.cast_signed() * 35);
                found.extend(told.tell(later, wrong(&address, print)));
            }
            let last = found.pop().unwrap();
            assert_eq!(last.subject.to_string(), named);
        }
    }

    #[test]
    fn the_owner_hears_of_a_key_that_was_perhaps_guessed() {
        let mut told = Told::new();
        (1..=4).for_each(|print| none(told.tell(at(1), wrong("192.0.2.7", print))));
        none(told.tell(at(5), ask(1, "192.0.2.7", What::Balance, &[], &[])));
        (10..=14).for_each(|print| none(told.tell(at(10), wrong("192.0.2.7", print))));
        none(told.tell(at(20), ask(1, "192.0.2.7", What::Balance, &[], &[])));
        let found = only(told.tell(at(20), ask(2, "192.0.2.7", What::Balance, &[], &[])));
        assert_eq!((found.key.unwrap().0, found.action), (2, Action::Observe));
        assert!(found.notice.unwrap().contains("replace the key"));
        none(told.tell(at(21), ask(2, "192.0.2.7", What::Balance, &[], &[])));
    }
}

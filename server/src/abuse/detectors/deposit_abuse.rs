//! D10: callbacks of the payment gateway that are not its own, and payments in crumbs.

use std::net::IpAddr;

use ipnet::IpNet;
use lru::LruCache;

use super::counters::{self, Alarm, Found, Ring, rows, score, threshold};
use super::key_stuffing::host;
use super::{ADDRESSES, capacity};
use crate::abuse::findings::{Action, Detector, Evidence, Finding, Subject};
use crate::abuse::judged::is_within;
use crate::abuse::watch::{Knob, Watch, knob};
use crate::clock::Time;
use crate::ids::AccountId;

const CALLBACKS: Knob = knob("callbacks", 5, 1, 10_000);
const PARTS: Knob = knob("parts", 5, 1, 10_000);

/// Callbacks without their signature from an address in 10 minutes; payments in part in a day.
pub(super) const KNOBS: &[Knob] = &[CALLBACKS, PARTS];

/// The thresholds.
#[derive(Debug)]
pub(super) struct Rules {
    callbacks: u32,
    parts: u32,
}

impl Rules {
    pub(super) fn new(watch: &Watch) -> Rules {
        Rules {
            callbacks: threshold(watch, CALLBACKS),
            parts: threshold(watch, PARTS),
        }
    }
}

#[derive(Debug, Default)]
struct Sent {
    refused: Ring<10, 60>,
    alarm: Alarm,
}

/// Whoever sent false callbacks.
pub(super) struct Senders {
    addresses: LruCache<IpNet, Sent>,
}

impl Senders {
    pub(super) fn new() -> Senders {
        Senders {
            addresses: LruCache::new(capacity(ADDRESSES / 4)),
        }
    }

    /// What a network, and whoever is in it, has sent is judged.
    pub(super) fn forget(&mut self, network: IpNet) {
        let those = self.addresses.iter().map(|(of, _)| *of);
        let those: Vec<IpNet> = those.filter(|of| is_within(*of, network)).collect();
        for of in those {
            self.addresses.pop(&of);
        }
    }

    /// A callback was refused.
    pub(super) fn refused(&mut self, rules: &Rules, at: Time, address: IpAddr) -> Found {
        let sent = counters::of(&mut self.addresses, host(address));
        let count = sent.refused.add(at, 1);
        if count < rules.callbacks || !sent.alarm.rings(at, count) {
            return None;
        }
        let subject = Subject::Network(host(address));
        let seen = rows([
            ("false callbacks in 10 minutes", count.to_string()),
            ("the last from", address.to_string()),
        ]);
        Some(found(subject, None, score(count, rules.callbacks), seen))
    }
}

/// What one account pays in part.
#[derive(Debug, Default)]
pub(super) struct Parts {
    paid: Ring<8, 10_800>,
    alarm: Alarm,
}

impl Parts {
    /// Less was paid than a deposit asked for.
    pub(super) fn paid(&mut self, rules: &Rules, at: Time, account: AccountId) -> Found {
        let count = self.paid.add(at, 1);
        if count < rules.parts || !self.alarm.rings_daily(at, count) {
            return None;
        }
        let subject = Subject::Account(account);
        let seen = rows([("payments in part in a day", count.to_string())]);
        Some(found(
            subject,
            Some(account),
            score(count, rules.parts),
            seen,
        ))
    }
}

fn found(
    subject: Subject,
    account: Option<AccountId>,
    score: u16,
    evidence: Vec<Evidence>,
) -> Finding {
    Finding {
        detector: Detector::DepositAbuse,
        subject,
        account,
        key: None,
        score,
        action: Action::Observe,
        notice: None,
        evidence,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{HOUR, Told, at, none, only};
    use super::*;
    use crate::abuse::facts::Fact;

    #[test]
    fn five_false_callbacks_in_ten_minutes_are_a_case() {
        let callback = || Fact::CallbackRefused {
            address: "192.0.2.9".parse().unwrap(),
        };
        let mut told = Told::new();
        (0..40).for_each(|turn| none(told.tell(at(turn * 150), callback())));
        (0..3).for_each(|turn| none(told.tell(at(9_000 + turn), callback())));
        none(told.tell(at(9_010), callback()));
        let found = only(told.tell(at(9_011), callback()));
        assert_eq!(found.subject.to_string(), "network:192.0.2.9/32");
        none(told.tell(at(9_012), callback()));
    }

    #[test]
    fn five_payments_in_part_in_a_day_are_a_case() {
        let account = AccountId(4);
        let mut told = Told::new();
        (0..40).for_each(|turn| {
            none(told.tell(at(turn * 6 * HOUR), Fact::PaidInPart { account }));
        });
        let turns =
            (0..5).flat_map(|turn| told.tell(at(400 * HOUR + turn), Fact::PaidInPart { account }));
        assert_eq!(only(turns.collect()).account, Some(account));
    }
}

//! Which detector is told which fact, unless a person has judged it.

use super::{Detectors, counters, key_stuffing, refund_farming};
use crate::abuse::facts::{Asked, Fact, Placed};
use crate::abuse::findings::{Finding, Subject};
use crate::clock::Time;
use crate::ids::{AccountId, ServiceId};

impl Detectors {
    /// Tells every detector that cares.
    pub(super) fn tell(&mut self, at: Time, fact: &Fact, findings: &mut Vec<Finding>) {
        match fact {
            Fact::KeyRefused { address, .. } | Fact::CallbackRefused { address } => {
                let by = Subject::Network(key_stuffing::host(*address));
                if self.judged.counts(by, at) {
                    self.refused(at, fact, findings);
                }
            }
            Fact::Asked(asked) => self.asked(at, asked, findings),
            Fact::Placed(placed) => self.placed(at, placed, findings),
            Fact::Ended {
                account,
                order: _,
                service,
                link,
                charge,
                refunded,
            } => {
                self.links.ended(*account, *link);
                let share = refund_farming::share(*charge, *refunded);
                self.ended(at, (*account, *service), share, findings);
            }
            Fact::Canceled { account, .. }
            | Fact::Disputed { account, .. }
            | Fact::PaidInPart { account }
            | Fact::HostileLink { account, .. } => self.did(at, *account, fact, findings),
            Fact::PriceMoved {
                service,
                rate: _,
                cost,
                was_cost,
            } => {
                let race = &mut counters::of(&mut self.services, *service).race;
                let rules = self.rules.price_racing.as_ref();
                let found =
                    rules.and_then(|rules| race.moved(rules, at, *service, *cost, *was_cost));
                findings.extend(found);
            }
            Fact::KeyHistory {
                key,
                networks,
                agents,
                median_spent,
            } => {
                let known = counters::of(&mut self.keys, *key);
                known.places.remember(networks, agents);
                known.leaked.remember(*median_spent);
            }
        }
    }

    /// Whether what an account did at `at` counts.
    fn counts(&self, account: AccountId, at: Time) -> bool {
        self.judged.counts(Subject::Account(account), at)
    }

    /// Somebody sent what was refused.
    fn refused(&mut self, at: Time, fact: &Fact, findings: &mut Vec<Finding>) {
        if let Fact::KeyRefused {
            address,
            print,
            is_formed,
        } = fact
        {
            let guessers = self.guessers.as_mut();
            let found = guessers.and_then(|all| all.refused(at, *address, *print, *is_formed));
            findings.extend(found);
        } else if let Fact::CallbackRefused { address } = fact {
            let rules = self.rules.deposit_abuse.as_ref();
            findings.extend(rules.and_then(|rules| self.senders.refused(rules, at, *address)));
        }
    }

    /// An account did what is counted by account alone.
    fn did(&mut self, at: Time, account: AccountId, fact: &Fact, findings: &mut Vec<Finding>) {
        if !self.counts(account, at) {
            return;
        }
        let (rules, known) = (&self.rules, counters::of(&mut self.accounts, account));
        let found = if let Fact::Canceled { placed_at, .. } = fact {
            let rules = rules.cancel_loop.as_ref();
            rules.and_then(|rules| known.changes.canceled(rules, at, account, *placed_at))
        } else if let Fact::Disputed { .. } = fact {
            let rules = rules.dispute_abuse.as_ref();
            rules.and_then(|rules| known.disputes.disputed(rules, at, account))
        } else if let Fact::PaidInPart { .. } = fact {
            let rules = rules.deposit_abuse.as_ref();
            rules.and_then(|rules| known.parts.paid(rules, at, account))
        } else if let Fact::HostileLink { key, what, .. } = fact {
            let rules = rules.hostile_links.as_ref();
            rules.and_then(|rules| known.links.refused(rules, at, account, *key, *what))
        } else {
            None
        };
        findings.extend(found);
    }

    /// An order has ended, and this share of it came back.
    fn ended(
        &mut self,
        at: Time,
        (account, service): (AccountId, ServiceId),
        share: f32,
        findings: &mut Vec<Finding>,
    ) {
        let counts = self.counts(account, at);
        let Some(rules) = &self.rules.refund_farming else {
            return;
        };
        // What is judged of one account is still what others are compared with.
        let everybody = &mut counters::of(&mut self.services, service).refunds;
        let usual = everybody.add(at, share);
        if counts {
            let refunds = &mut counters::of(&mut self.accounts, account).refunds;
            findings.extend(refunds.ended(rules, at, (account, service), share, usual));
        }
    }

    fn asked(&mut self, at: Time, asked: &Asked, findings: &mut Vec<Finding>) {
        let counts = self.counts(asked.account, at);
        let rules = &self.rules;
        let key = counters::of(&mut self.keys, asked.key);
        key.account = asked.account;
        let newness = key.places.see(at, asked);
        if !counts {
            key.places.settle();
            return;
        }
        let guessers = self.guessers.as_mut();
        findings.extend(guessers.and_then(|all| all.asked(at, asked, newness)));
        if let Some(rules) = &rules.leaked_key {
            findings.extend(key.leaked.asked(rules, at, asked, &key.places, newness));
        }
        if let Some(rules) = &rules.foreign_ids {
            findings.extend(key.foreign.asked(rules, at, asked));
        }
        if let Some(rules) = &rules.polling {
            findings.extend(key.polling.asked(rules, at, asked));
        }
    }

    fn placed(&mut self, at: Time, placed: &Placed, findings: &mut Vec<Finding>) {
        let counts = self.counts(placed.account, at);
        let races = self.judged.counts(Subject::Service(placed.service), at);
        let rules = &self.rules;
        if let Some(key) = placed.key.filter(|_| counts) {
            let key = counters::of(&mut self.keys, key);
            key.account = placed.account;
            key.leaked.placed(at, placed.charge);
            if let Some(rules) = &rules.double_submit {
                findings.extend(key.repeats.placed(rules, at, placed));
            }
        }
        let account = counters::of(&mut self.accounts, placed.account);
        // Others are told of it whether or not it is judged of this one.
        let other = self.links.placed(at, placed, &account.overlaps);
        if counts {
            account.disputes.placed(at);
            if let Some(rules) = &rules.cancel_loop {
                findings.extend(account.changes.placed(rules, at, placed.account));
            }
            if let Some(rules) = &rules.shared_link {
                findings.extend(account.overlaps.placed(rules, at, placed, other));
            }
        }
        if let Some(rules) = rules.price_racing.as_ref().filter(|_| races) {
            let race = &mut counters::of(&mut self.services, placed.service).race;
            findings.extend(race.placed(rules, at, placed));
        }
    }
}

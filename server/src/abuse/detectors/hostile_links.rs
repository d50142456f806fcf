//! D12: links that no honest software sends. The order is refused in any case, so that one is only
//! remarked; whoever sends several is a case for a person.

use super::counters::{Alarm, Found, Ring, rows, score, threshold};
use crate::abuse::facts::LinkFault;
use crate::abuse::findings::{Action, Detector, Finding, Subject};
use crate::abuse::watch::{Knob, Watch, knob};
use crate::clock::Time;
use crate::ids::{AccountId, KeyId};

const LINKS: Knob = knob("links", 5, 1, 10_000);

/// So many in a day are a case.
pub(super) const KNOBS: &[Knob] = &[LINKS];

/// The thresholds.
#[derive(Debug)]
pub(super) struct Rules {
    links: u32,
}

impl Rules {
    pub(super) fn new(watch: &Watch) -> Rules {
        Rules {
            links: threshold(watch, LINKS),
        }
    }
}

/// What one account tries.
#[derive(Debug, Default)]
pub(super) struct Links {
    hostile: Ring<4, 21_600>,
    opened: Alarm,
    remarked: Alarm,
}

impl Links {
    /// An order was refused for its link.
    pub(super) fn refused(
        &mut self,
        rules: &Rules,
        at: Time,
        account: AccountId,
        key: Option<KeyId>,
        what: LinkFault,
    ) -> Found {
        let count = self.hostile.add(at, 1);
        let (alarm, action) = if count >= rules.links {
            (&mut self.opened, Action::Observe)
        } else {
            (&mut self.remarked, Action::Remark)
        };
        if !alarm.rings(at, count) {
            return None;
        }
        Some(Finding {
            detector: Detector::HostileLinks,
            subject: Subject::Account(account),
            account: Some(account),
            key,
            score: score(count, rules.links),
            action,
            notice: None,
            evidence: rows([
                ("hostile links in a day", count.to_string()),
                ("the last has", named(what).to_owned()),
            ]),
        })
    }
}

fn named(what: LinkFault) -> &'static str {
    match what {
        LinkFault::Scheme => "another scheme than http or https",
        LinkFault::PrivateHost => "a host that is not public",
        LinkFault::Control => "control characters",
        LinkFault::Length => "more than 2,048 characters",
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Told, at, none, only};
    use super::*;
    use crate::abuse::facts::Fact;

    #[test]
    fn the_first_is_remarked_and_five_in_a_day_are_a_case() {
        let link = || Fact::HostileLink {
            account: AccountId(1),
            key: Some(KeyId(2)),
            what: LinkFault::PrivateHost,
        };
        let mut told = Told::new();
        let found = only(told.tell(at(0), link()));
        assert_eq!((found.key, found.action), (Some(KeyId(2)), Action::Remark));
        only(told.tell(at(1), link()));
        none(told.tell(at(2), link()));
        only(told.tell(at(3), link()));
        let found = only(told.tell(at(4), link()));
        assert_eq!((found.score, found.action), (800, Action::Observe));
        (5..9).for_each(|second| none(told.tell(at(second), link())));
        only(told.tell(at(700), link()));
    }
}

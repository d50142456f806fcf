//! D12: links that no honest software sends. The order is refused in any case; this says who tries.

use super::counters::{Alarm, Found, Ring, rows, score};
use crate::abuse::facts::LinkFault;
use crate::abuse::findings::{Action, Detector, Finding, Subject};
use crate::abuse::watch::Knob;
use crate::clock::Time;
use crate::ids::{AccountId, KeyId};

/// One is enough.
pub(super) const KNOBS: &[Knob] = &[];

/// What one account tries.
#[derive(Debug, Default)]
pub(super) struct Links {
    hostile: Ring<4, 21_600>,
    alarm: Alarm,
}

impl Links {
    /// An order was refused for its link.
    pub(super) fn refused(
        &mut self,
        at: Time,
        account: AccountId,
        key: Option<KeyId>,
        what: LinkFault,
    ) -> Found {
        let count = self.hostile.add(at, 1);
        if !self.alarm.rings(at, count) {
            return None;
        }
        Some(Finding {
            detector: Detector::HostileLinks,
            subject: Subject::Account(account),
            account: Some(account),
            key,
            score: score(count, 1),
            action: Action::Observe,
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
    fn the_first_is_a_case_and_then_what_gets_worse() {
        let link = || Fact::HostileLink {
            account: AccountId(1),
            key: Some(KeyId(2)),
            what: LinkFault::PrivateHost,
        };
        let mut told = Told::new();
        let found = only(told.tell(at(0), link()));
        assert_eq!((found.key, found.action), (Some(KeyId(2)), Action::Observe));
        only(told.tell(at(1), link()));
        none(told.tell(at(2), link()));
        only(told.tell(at(3), link()));
        (4..7).for_each(|second| none(told.tell(at(second), link())));
        only(told.tell(at(700), link()));
    }
}

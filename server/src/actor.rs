//! Who does something: a person with a role, a command, or the panel itself. Every operation that
//! the audit log keeps is told.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use crate::clock::Time;
use crate::error::Refusal;
use crate::ids::AccountId;
use crate::money::Money;
use crate::vocabulary::words;

/// How long it counts that somebody has proved who they are, by signing in or by confirming.
pub const CONFIRMED_MS: i64 = 10 * 60 * 1_000;

words! {
    /// What an account is for, and so what it may do.
    pub enum Role {
        /// A customer: orders and pays.
        Reseller = "reseller",
        /// Staff who answer customers: may read, and propose what moves money.
        Support = "support",
        /// Staff who run the panel.
        Operator = "operator",
    }
}

/// Who does something, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    who: Who,
    authority: Authority,
    /// Who runs a command, by the name that the machine knows them by.
    user: Option<Arc<str>>,
    /// The address of the request, if it was one.
    pub address: Option<IpAddr>,
}

/// How far somebody may go, on their own, with what moves much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Authority {
    /// Any way: who runs commands has the machine, and the panel's own work follows its rules.
    Whole,
    /// With any amount, while it is not long ago that they proved who they are.
    Session {
        /// When that was.
        confirmed_at: Time,
    },
    /// By one action up to this much; nothing without.
    Key {
        /// How much.
        limit: Option<Money>,
    },
}

/// What wants more than a session that is open, or a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grave {
    /// Stopping an account for some time or for good: what is at stake is what it forfeits.
    Suspension,
    /// Crediting a wallet, or taking a credit back, where that can be proposed. Up to a sum it is an
    /// everyday matter.
    Credit {
        /// The sum.
        free: Money,
    },
    /// Crediting what came by a deposit, by a person's word.
    Deposit {
        /// The sum up to which it is an everyday matter.
        free: Money,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Somebody with an account.
    Account(AccountId, Role),
    /// Somebody at the panel's machine.
    Command,
    /// Nobody: a rule that the operator set, or the panel's own work.
    Panel,
    /// Somebody who has not proved who they are.
    Stranger,
}

impl Actor {
    /// Somebody who has proved to be `account`, which is of `role`.
    pub const fn account(account: AccountId, role: Role, address: Option<IpAddr>) -> Actor {
        Actor {
            who: Who::Account(account, role),
            // The least, until it is said by what they came.
            authority: Authority::Key { limit: None },
            user: None,
            address,
        }
    }

    /// The same by a session whose owner has proved who they are at `confirmed_at`.
    pub fn by_session(self, confirmed_at: Time) -> Actor {
        Actor {
            authority: Authority::Session { confirmed_at },
            ..self
        }
    }

    /// The same by a key with this limit for one action.
    pub fn by_key(self, limit: Option<Money>) -> Actor {
        Actor {
            authority: Authority::Key { limit },
            ..self
        }
    }

    /// Somebody at the panel's machine, by a command.
    pub const fn command() -> Actor {
        Actor {
            who: Who::Command,
            authority: Authority::Whole,
            user: None,
            address: None,
        }
    }

    /// The same by somebody whom the machine knows as `user`.
    pub fn command_of(user: &str) -> Actor {
        let printable = user
            .chars()
            .filter(|c| !c.is_control() && !c.is_whitespace());
        let user: String = printable.take(64).collect();
        Actor {
            user: (!user.is_empty()).then(|| user.into()),
            ..Actor::command()
        }
    }

    /// As the audit log names them: `operator:3`, `command:ann` (or `command`, where the machine has no
    /// name for who runs it), `panel`, `stranger`.
    pub fn audited(&self) -> String {
        match &self.user {
            Some(user) => format!("{self}:{user}"),
            None => self.to_string(),
        }
    }

    /// Whoever the audit log names so, without the address; `None` for a name that is none of ours.
    pub fn named(name: &str) -> Option<Actor> {
        match name.split_once(':') {
            Some((role, account)) => {
                let (role, account) = (Role::from_word(role)?, account.parse().ok()?);
                Some(Actor::account(AccountId(account), role, None))
            }
            None => [Actor::command(), Actor::panel(), Actor::stranger(None)]
                .into_iter()
                .find(|actor| actor.to_string() == name),
        }
    }

    /// The panel itself.
    pub const fn panel() -> Actor {
        Actor {
            who: Who::Panel,
            authority: Authority::Whole,
            user: None,
            address: None,
        }
    }

    /// Somebody unknown.
    pub const fn stranger(address: Option<IpAddr>) -> Actor {
        Actor {
            who: Who::Stranger,
            authority: Authority::Key { limit: None },
            user: None,
            address,
        }
    }

    /// Whether they may change what only operators change. Who can run commands can do anything.
    pub const fn is_operator(&self) -> bool {
        matches!(
            self.who,
            Who::Account(_, Role::Operator) | Who::Command | Who::Panel
        )
    }

    /// Refuses ([`Refusal::Forbidden`]) everybody who may not decide as an operator.
    pub fn only_operators(&self) -> Result<(), Refusal> {
        if self.is_operator() {
            Ok(())
        } else {
            Err(Refusal::Forbidden)
        }
    }

    /// Refuses ([`Refusal::ConfirmationNeeded`]) whoever is signed in and has not proved lately who they
    /// are; a key ([`Refusal::SessionNeeded`]) in any case.
    pub fn only_confirmed(&self, now: Time) -> Result<(), Refusal> {
        match self.authority {
            Authority::Whole => Ok(()),
            Authority::Session { confirmed_at } if is_recent(confirmed_at, now) => Ok(()),
            Authority::Session { .. } => Err(Refusal::ConfirmationNeeded),
            Authority::Key { .. } => Err(Refusal::SessionNeeded),
        }
    }

    /// Refuses what is too much for what they came with: `amount` is what is moved or forfeited.
    /// [`Refusal::ConfirmationNeeded`] of a session, [`Refusal::AboveKeyLimit`] of a key.
    pub fn may(&self, grave: Grave, amount: Money, now: Time) -> Result<(), Refusal> {
        let free = match grave {
            Grave::Suspension => None,
            Grave::Credit { free } | Grave::Deposit { free } => Some(free),
        };
        if free.is_some_and(|free| amount <= free) {
            return Ok(());
        }
        match self.authority {
            Authority::Key { limit } if limit.is_some_and(|limit| amount <= limit) => Ok(()),
            Authority::Key { limit } => Err(Refusal::AboveKeyLimit {
                amount,
                limit: limit.max(free),
                can_propose: matches!(grave, Grave::Credit { .. }),
            }),
            Authority::Whole | Authority::Session { .. } => self.only_confirmed(now),
        }
    }

    /// Refuses ([`Refusal::Forbidden`]) everybody who is not of the staff. Who can run commands is.
    pub fn only_staff(&self) -> Result<(), Refusal> {
        match self.who {
            Who::Account(_, Role::Support | Role::Operator) | Who::Command | Who::Panel => Ok(()),
            Who::Account(_, Role::Reseller) | Who::Stranger => Err(Refusal::Forbidden),
        }
    }

    /// Whether it is a person who can be asked why: neither a rule nor somebody unknown.
    pub const fn is_person(&self) -> bool {
        matches!(self.who, Who::Account(..) | Who::Command)
    }

    /// Their account, if they have one.
    pub const fn own_account(&self) -> Option<AccountId> {
        match self.who {
            Who::Account(account, _) => Some(account),
            Who::Command | Who::Panel | Who::Stranger => None,
        }
    }
}

/// Whether who proved at `confirmed_at` who they are need not do so again at `now`. A time ahead of the
/// clock, which was set back, counts for nothing.
fn is_recent(confirmed_at: Time, now: Time) -> bool {
    (0..CONFIRMED_MS).contains(&now.ms_since(confirmed_at))
}

/// As they are named wherever somebody may read it: `operator:3`, `command`, `panel`, `stranger`. Who runs
/// the commands of the machine is told by the audit log alone.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.who {
            Who::Account(account, role) => write!(f, "{role}:{account}"),
            Who::Command => f.write_str("command"),
            Who::Panel => f.write_str("panel"),
            Who::Stranger => f.write_str("stranger"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_ms(1_000_000_000_000);

    fn usd(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn operator() -> Actor {
        Actor::account(AccountId(3), Role::Operator, None)
    }

    #[test]
    fn a_session_counts_for_ten_minutes_after_who_uses_it_proved_who_they_are() {
        let ago = |ms: i64| operator().by_session(NOW.plus_ms(-ms));
        for (actor, expected) in [
            (ago(0), Ok(())),
            (ago(CONFIRMED_MS - 1), Ok(())),
            (ago(CONFIRMED_MS), Err(Refusal::ConfirmationNeeded)),
            (ago(-1), Err(Refusal::ConfirmationNeeded)),
        ] {
            assert_eq!(actor.only_confirmed(NOW), expected, "{actor:?}");
            assert_eq!(actor.may(Grave::Suspension, Money::ZERO, NOW), expected);
            let credit = Grave::Credit { free: usd("100") };
            assert_eq!(actor.may(credit, usd("100"), NOW), Ok(()));
            assert_eq!(actor.may(credit, usd("100.000000001"), NOW), expected);
        }
        let key = operator().by_key(Some(usd("5")));
        assert_eq!(key.only_confirmed(NOW), Err(Refusal::SessionNeeded));
        assert_eq!(Actor::command().only_confirmed(NOW), Ok(()));
    }

    #[test]
    fn a_key_goes_as_far_as_its_own_limit_and_everyday_credits() {
        let free = usd("100");
        let (credit, deposit) = (Grave::Credit { free }, Grave::Deposit { free });
        let above = |amount, limit, can_propose| {
            Err(Refusal::AboveKeyLimit {
                amount: usd(amount),
                limit,
                can_propose,
            })
        };
        let limited = operator().by_key(Some(usd("250")));
        assert_eq!(limited.may(Grave::Suspension, usd("250"), NOW), Ok(()));
        assert_eq!(limited.may(credit, usd("250"), NOW), Ok(()));
        let most = Some(usd("250"));
        assert_eq!(
            limited.may(Grave::Suspension, usd("251"), NOW),
            above("251", most, false)
        );
        assert_eq!(
            limited.may(credit, usd("251"), NOW),
            above("251", most, true)
        );
        assert_eq!(
            limited.may(deposit, usd("251"), NOW),
            above("251", most, false)
        );
        // Without a limit, and as somebody of whom it was never said by what they came.
        for actor in [operator(), operator().by_key(None)] {
            assert_eq!(
                actor.may(Grave::Suspension, Money::ZERO, NOW),
                above("0", None, false)
            );
            assert_eq!(actor.may(credit, usd("100"), NOW), Ok(()));
            assert_eq!(
                actor.may(credit, usd("101"), NOW),
                above("101", Some(free), true)
            );
        }
        for actor in [Actor::command(), Actor::command_of("ann"), Actor::panel()] {
            assert_eq!(actor.may(Grave::Suspension, usd("1000000"), NOW), Ok(()));
        }
    }

    #[test]
    fn who_runs_a_command_is_named_in_the_audit_log_alone() {
        for (user, name) in [
            ("ann", "command:ann"),
            ("a\tn n", "command:ann"),
            ("", "command"),
        ] {
            let actor = Actor::command_of(user);
            assert_eq!(
                (actor.audited().as_str(), actor.to_string().as_str()),
                (name, "command")
            );
        }
        assert_eq!(operator().audited(), "operator:3");
    }

    #[test]
    fn whoever_the_audit_log_names_is_found_by_that_name() {
        for actor in [
            Actor::account(AccountId(3), Role::Operator, None),
            Actor::account(AccountId(4), Role::Support, None),
            Actor::command(),
            Actor::panel(),
        ] {
            assert_eq!(Actor::named(&actor.to_string()), Some(actor));
        }
        for wrong in ["", "operator", "operator:x", "nobody:3"] {
            assert_eq!(Actor::named(wrong), None, "{wrong}");
        }
    }
}

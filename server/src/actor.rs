//! Who does something: a person with a role, a command, or the panel itself. Every operation that
//! the audit log keeps is told.

use std::fmt;
use std::net::IpAddr;

use crate::error::Refusal;
use crate::ids::AccountId;
use crate::vocabulary::words;

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
    /// The address of the request, if it was one.
    pub address: Option<IpAddr>,
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
            address,
        }
    }

    /// Somebody at the panel's machine, by a command.
    pub const fn command() -> Actor {
        Actor {
            who: Who::Command,
            address: None,
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
            address: None,
        }
    }

    /// Somebody unknown.
    pub const fn stranger(address: Option<IpAddr>) -> Actor {
        Actor {
            who: Who::Stranger,
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

/// As the audit log names them: `operator:3`, `command`, `panel`, `stranger`.
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

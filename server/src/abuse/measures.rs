//! What is done about a finding by itself, and how that is undone. Each can be undone; none takes money.

use ipnet::IpNet;

use super::findings::{Action, Subject};
use super::store::{self, Whom};
use crate::accounts;
use crate::accounts::measures::{self as keys, Keys};
use crate::catalog::review;
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{AccountId, CaseId, KeyId, ServiceId};
use crate::panel::Panel;

/// Keeps others from doing or undoing anything about `whom` until the transaction ends, so that of two
/// cases which ask for the same each sees what the other decides. A service has the catalogue's lock,
/// which is taken before any case's.
pub(super) async fn lock_in_tx(tx: &Tx, whom: &Whom) -> Result<()> {
    if let Some(account) = whom.account {
        accounts::lock_in_tx(tx, account).await?;
    }
    match whom.subject {
        Subject::Network(network) => store::blocks::lock(tx, network).await,
        Subject::Key(_) | Subject::Account(_) | Subject::Service(_) => Ok(()),
    }
}

/// An action with what it is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// Keys have a quarter of their limits.
    Throttle(Keys),
    /// A service is not sold.
    PauseService(ServiceId),
    /// New orders of an account wait.
    Hold(AccountId),
    /// A network is not answered.
    BlockNetwork(IpNet),
    /// A key is not good.
    BlockKey(KeyId),
}

impl Measure {
    /// What `action` does about `whom`; nothing where there is nothing that it can be done to. It follows
    /// from the subject, so that what is found again about it is undone with the same case.
    pub(super) fn of(action: Action, whom: &Whom) -> Option<Measure> {
        match (whom.subject, action) {
            (_, Action::Remark | Action::Observe) => None,
            (Subject::Key(key), Action::Throttle) => Some(Measure::Throttle(Keys::One(key))),
            (Subject::Key(key), Action::BlockKey) => Some(Measure::BlockKey(key)),
            (Subject::Account(account), Action::Throttle) => {
                Some(Measure::Throttle(Keys::Of(account)))
            }
            (Subject::Key(_) | Subject::Account(_), Action::Hold) => {
                whom.account.map(Measure::Hold)
            }
            (Subject::Network(network), Action::BlockNetwork) => {
                Some(Measure::BlockNetwork(network))
            }
            (Subject::Service(service), Action::PauseService) => {
                Some(Measure::PauseService(service))
            }
            (
                Subject::Key(_) | Subject::Account(_),
                Action::PauseService | Action::BlockNetwork,
            )
            | (Subject::Account(_), Action::BlockKey)
            | (
                Subject::Network(_),
                Action::Throttle | Action::PauseService | Action::Hold | Action::BlockKey,
            )
            | (
                Subject::Service(_),
                Action::Throttle | Action::Hold | Action::BlockNetwork | Action::BlockKey,
            ) => None,
        }
    }

    /// Does it, or does it for longer. What only lasts a while is counted from now.
    pub(super) async fn do_in_tx(self, panel: &Panel, tx: &Tx, case: CaseId) -> Result<()> {
        let now = panel.now();
        match self {
            Measure::Throttle(which) => {
                let until = now.plus_ms(panel.config.throttle_ms);
                keys::throttle_in_tx(tx, which, until).await
            }
            Measure::PauseService(service) => review::pause_in_tx(tx, service).await.map(drop),
            Measure::Hold(account) => keys::hold_in_tx(tx, now, account).await,
            Measure::BlockNetwork(network) => {
                let max_ms = panel.config.block_max_ms;
                store::blocks::block(tx, now, network, case, max_ms).await
            }
            Measure::BlockKey(key) => keys::block_key_in_tx(tx, now, key).await,
        }
    }

    /// Undoes it.
    pub(super) async fn undo_in_tx(self, tx: &Tx) -> Result<()> {
        match self {
            Measure::Throttle(which) => keys::end_throttle_in_tx(tx, which).await,
            Measure::PauseService(service) => review::resume_in_tx(tx, service).await.map(drop),
            Measure::Hold(account) => keys::end_hold_in_tx(tx, account).await,
            Measure::BlockNetwork(network) => store::blocks::lift(tx, network).await,
            Measure::BlockKey(key) => keys::unblock_key_in_tx(tx, key).await,
        }
    }

    /// Until when it lasts, where it ends by itself.
    pub(super) async fn until(self, panel: &Panel) -> Result<Option<Time>> {
        let db = panel.db.read();
        match self {
            Measure::Throttle(which) => keys::throttled_until(&panel.db, which).await,
            Measure::BlockNetwork(network) => store::blocks::until(db, network).await,
            Measure::PauseService(_) | Measure::Hold(_) | Measure::BlockKey(_) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_done_to_what_it_can_be_done_to() {
        let (account, key, service) = (AccountId(1), KeyId(2), ServiceId(3));
        let network: IpNet = "192.0.2.0/24".parse().unwrap();
        let done = |subject| {
            let whom = Whom {
                subject,
                account: Some(account),
                key: Some(key),
            };
            let actions = Action::ALL.iter();
            let done: Vec<_> = actions.filter_map(|&of| Measure::of(of, &whom)).collect();
            done
        };
        let hold = Measure::Hold(account);
        assert_eq!(
            done(Subject::Key(key)),
            [
                Measure::Throttle(Keys::One(key)),
                hold,
                Measure::BlockKey(key)
            ]
        );
        assert_eq!(
            done(Subject::Account(account)),
            [Measure::Throttle(Keys::Of(account)), hold]
        );
        assert_eq!(
            done(Subject::Network(network)),
            [Measure::BlockNetwork(network)]
        );
        assert_eq!(
            done(Subject::Service(service)),
            [Measure::PauseService(service)]
        );
    }
}

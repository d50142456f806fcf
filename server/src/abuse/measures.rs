//! What is done about a finding by itself, and how that is undone. Each can be undone; none takes money.

use ipnet::IpNet;

use super::findings::{Action, Subject};
use super::store::{self, Whom};
use crate::accounts::measures::{self as keys, Keys};
use crate::catalog::review;
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{AccountId, CaseId, KeyId, ServiceId};
use crate::panel::Panel;

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
    /// What `action` does about `whom`; nothing where there is nothing that it can be done to.
    pub(super) fn of(action: Action, whom: &Whom) -> Option<Measure> {
        let of_account = || whom.account.map(Keys::Of);
        match (action, whom.subject) {
            (Action::Observe, _) => None,
            (Action::Throttle, _) => {
                let keys = whom.key.map(Keys::One).or_else(of_account);
                keys.map(Measure::Throttle)
            }
            (Action::PauseService, Subject::Service(service)) => {
                Some(Measure::PauseService(service))
            }
            (Action::BlockNetwork, Subject::Network(network)) => {
                Some(Measure::BlockNetwork(network))
            }
            (Action::PauseService | Action::BlockNetwork, _) => None,
            (Action::Hold, _) => whom.account.map(Measure::Hold),
            (Action::BlockKey, _) => whom.key.map(Measure::BlockKey),
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
        let (account, key) = (AccountId(1), KeyId(2));
        let of = |action, subject, account, key| {
            let whom = Whom {
                subject,
                account,
                key,
            };
            Measure::of(action, &whom)
        };
        let (own, both) = (Subject::Key(key), (Some(account), Some(key)));
        let throttle = |keys| Some(Measure::Throttle(keys));
        assert_eq!(
            of(Action::Throttle, own, both.0, both.1),
            throttle(Keys::One(key))
        );
        let whole = Subject::Account(account);
        assert_eq!(
            of(Action::Throttle, whole, both.0, None),
            throttle(Keys::Of(account))
        );
        assert_eq!(
            of(Action::Hold, own, both.0, both.1),
            Some(Measure::Hold(account))
        );
        assert_eq!(
            of(Action::BlockKey, own, both.0, both.1),
            Some(Measure::BlockKey(key))
        );
        let network: IpNet = "192.0.2.0/24".parse().unwrap();
        let from = Subject::Network(network);
        assert_eq!(
            of(Action::BlockNetwork, from, None, None),
            Some(Measure::BlockNetwork(network))
        );
        let service = ServiceId(3);
        let sold = Subject::Service(service);
        assert_eq!(
            of(Action::PauseService, sold, None, None),
            Some(Measure::PauseService(service))
        );
        for (action, subject) in [
            (Action::Observe, own),
            (Action::Throttle, from),
            (Action::Hold, from),
            (Action::BlockKey, from),
            (Action::BlockNetwork, own),
            (Action::PauseService, own),
        ] {
            let key = matches!(action, Action::BlockNetwork | Action::PauseService).then_some(key);
            assert_eq!(of(action, subject, None, key), None, "{action} {subject}");
        }
    }
}

//! A customer in the hands of a person.

use super::rules::SuspensionKind;
use super::store;
use crate::actor::{Actor, Grave, Role};
use crate::audit::{self, Entry};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Failure, Refusal, Result};
use crate::ids::{AccountId, SuspensionId, TransactionId};
use crate::money::Money;
use crate::panel::Panel;
use crate::{accounts, orders, wallet};

/// A customer in the hands of a person: a transaction that has locked the wallet, so that nothing
/// can be placed, settled or credited for the account until it ends.
pub(super) struct Case<'a> {
    pub(super) panel: &'a Panel,
    pub(super) actor: &'a Actor,
    pub(super) tx: Tx,
    pub(super) now: Time,
    pub(super) account: AccountId,
    /// What the wallet holds.
    pub(super) balance: Money,
    /// The open suspension.
    pub(super) suspension: Option<store::Open>,
}

impl<'a> Case<'a> {
    pub(super) async fn open(
        panel: &'a Panel,
        actor: &'a Actor,
        account: AccountId,
    ) -> Result<Case<'a>> {
        if !(actor.is_operator() && actor.is_person()) {
            return Err(Refusal::Forbidden.into());
        }
        let now = panel.now();
        let tx = panel.db.begin().await?;
        match accounts::role_of(&tx, account).await? {
            None => return Err(Refusal::Unknown { what: "account" }.into()),
            Some(Role::Reseller) => {}
            Some(role) => {
                let why = format!(
                    "account {account} is of the staff ({role}): only customers are suspended, \
                     staff lose their keys"
                );
                return Err(Refusal::Conflict { why }.into());
            }
        }
        let balances = wallet::balances_in_tx(&tx, &[account]).await?;
        let missing = || Failure::Stored(format!("account {account} has no wallet"));
        let balance = balances.get(&account).copied().ok_or_else(missing)?;
        // Read after the lock is had.
        let suspension = store::open(&tx, account).await?;
        Ok(Case {
            panel,
            actor,
            tx,
            now,
            account,
            balance,
            suspension,
        })
    }

    /// Refuses who may not stop an account of which so much is at stake: what its wallet and its open
    /// orders hold, or the `amount` of a chargeback, if that is more.
    pub(super) async fn may_stop(&self, amount: Money) -> Result<()> {
        let held = orders::read::held(&self.tx, self.account).await?;
        let at_stake = self.balance.plus(held)?.max(amount);
        Ok(self.actor.may(Grave::Suspension, at_stake, self.now)?)
    }

    /// Suspends the account and forfeits what its wallet holds.
    pub(super) async fn begin(&self, kind: SuspensionKind, reason: &str) -> Result<SuspensionId> {
        let (tx, now, account) = (&self.tx, self.now, self.account);
        accounts::set_suspended_in_tx(tx, account, Some(now)).await?;
        let position: TransactionId = wallet::last_transaction_in_tx(tx).await?;
        let by = self.actor.to_string();
        let id = store::insert(tx, now, account, kind, reason, &by, position).await?;
        wallet::forfeit_in_tx(tx, now, account, self.balance, id).await?;
        fail::fail_point!("C14");
        Ok(id)
    }

    /// Writes `entry` into the audit log and commits.
    pub(super) async fn commit(self, entry: Entry) -> Result<()> {
        let secrets = &self.panel.secrets;
        audit::record_in_tx(&self.tx, secrets, self.now, self.actor, entry).await?;
        self.tx.commit().await?;
        Ok(())
    }
}

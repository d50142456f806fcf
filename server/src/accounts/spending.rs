//! What may be spent on one day: caps of keys, and of all that an account orders together.
//!
//! A day is one of UTC. What was spent is counted from the moment a cap is set, by the transaction
//! that charges the order; a repetition of an order under its `request_id` is no second order, and
//! a refund does not give the cap back: a cap bounds what a stolen key can order in a day, whatever
//! becomes of it.

use std::collections::BTreeMap;

use super::{Checked, store};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, KeyId};
use crate::money::Money;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Which caps hold for a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// The key that was used, if it has a cap.
    pub(super) key: Option<KeyId>,
    /// Whether the account has one.
    pub(super) account: bool,
}

impl Caps {
    /// No cap.
    pub const NONE: Caps = Caps {
        key: None,
        account: false,
    };
}

/// The day (UTC) of a time, counted from 1970-01-01.
pub(super) const fn day_of(now: Time) -> i64 {
    now.ms().div_euclid(DAY_MS)
}

/// What of `spent` on `day` counts at `now`.
pub(super) fn spent_today(day: i64, spent: Money, now: Time) -> Money {
    if day == day_of(now) {
        spent
    } else {
        Money::ZERO
    }
}

/// A cap and what was spent under it on the present day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meter {
    pub(super) cap: Money,
    pub(super) spent: Money,
    pub(super) is_changed: bool,
}

impl Meter {
    /// What would be spent with `charge` more, if the cap allows it.
    fn with(&self, whose: &'static str, charge: Money, day: i64) -> Checked<Money> {
        match self.spent.plus(charge) {
            Ok(spent) if spent <= self.cap => Ok(spent),
            _ => Err(Refusal::SpendCapReached {
                whose,
                cap: self.cap,
                spent: self.spent,
                charge,
                from: Time::from_ms((day + 1).saturating_mul(DAY_MS)),
            }),
        }
    }
}

/// What the callers of a batch may still spend, locked until its transaction ends.
#[derive(Debug, Default)]
pub(crate) struct Spending {
    day: i64,
    keys: BTreeMap<KeyId, Meter>,
    accounts: BTreeMap<AccountId, Meter>,
}

impl Spending {
    /// Reads and locks the caps of `callers`; asks nothing where none has any. Wallets are locked
    /// before it, id sequences after it.
    pub(crate) async fn read_in_tx(
        tx: &Tx,
        now: Time,
        callers: impl Iterator<Item = (AccountId, Caps)>,
    ) -> Result<Spending> {
        let (mut keys, mut accounts) = (Vec::new(), Vec::new());
        for (account, caps) in callers {
            keys.extend(caps.key);
            accounts.extend(caps.account.then_some(account));
        }
        Ok(Spending {
            day: day_of(now),
            accounts: store::caps::of_accounts(tx, now, &accounts).await?,
            keys: store::caps::of_keys(tx, now, &keys).await?,
        })
    }

    /// Spends `charge` under every cap of the caller, or none of it. Refused:
    /// [`Refusal::SpendCapReached`].
    pub(crate) fn spend(
        &mut self,
        account: AccountId,
        caps: Caps,
        charge: Money,
    ) -> std::result::Result<(), Refusal> {
        let day = self.day;
        let key = caps.key.and_then(|key| self.keys.get_mut(&key));
        let account = self.accounts.get_mut(&account).filter(|_| caps.account);
        let of_key = key.as_ref().map(|meter| meter.with("key", charge, day));
        let of_account = account
            .as_ref()
            .map(|meter| meter.with("account", charge, day));
        let (of_key, of_account) = (of_key.transpose()?, of_account.transpose()?);
        for (meter, spent) in [(key, of_key), (account, of_account)] {
            if let (Some(meter), Some(spent)) = (meter, spent) {
                meter.spent = spent;
                meter.is_changed = true;
            }
        }
        Ok(())
    }

    /// Writes what was spent.
    pub(crate) async fn write_in_tx(&self, tx: &Tx) -> Result<()> {
        store::caps::write(tx, self.day, &self.accounts, &self.keys).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn meter(cap: &str, spent: &str) -> Meter {
        Meter {
            cap: usd(cap),
            spent: usd(spent),
            is_changed: false,
        }
    }

    #[test]
    fn a_charge_is_spent_under_both_caps_or_under_none() {
        let (account, key) = (AccountId(1), KeyId(7));
        let caps = Caps {
            key: Some(key),
            account: true,
        };
        let mut spending = Spending {
            day: 3,
            keys: BTreeMap::from([(key, meter("10", "4"))]),
            accounts: BTreeMap::from([(account, meter("10", "5"))]),
        };
        spending.spend(account, caps, usd("5")).unwrap();
        let refused = spending.spend(account, caps, usd("1")).unwrap_err();
        let expected = Refusal::SpendCapReached {
            whose: "account",
            cap: usd("10"),
            spent: usd("10"),
            charge: usd("1"),
            from: Time::from_ms(4 * DAY_MS),
        };
        assert_eq!(refused, expected);
        assert_eq!(spending.keys[&key].spent, usd("9"));
        // A caller without caps spends what it likes.
        spending.spend(account, Caps::NONE, usd("1000")).unwrap();
        assert_eq!(spending.accounts[&account].spent, usd("10"));
    }

    #[test]
    fn days_are_those_of_utc() {
        let midnight = Time::parse("2026-11-02T00:00:00Z").unwrap();
        assert_eq!(day_of(midnight) - day_of(midnight.plus_ms(-1)), 1);
        let day = day_of(midnight);
        assert_eq!(
            spent_today(day, usd("3"), midnight.plus_ms(DAY_MS - 1)),
            usd("3")
        );
        assert_eq!(
            spent_today(day, usd("3"), midnight.plus_ms(DAY_MS)),
            Money::ZERO
        );
    }
}

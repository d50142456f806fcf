//! Accounts of the ledger, and what a transaction moves between them.

use std::collections::BTreeMap;
use std::fmt;

/// An account of the ledger, by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Account {
    /// `wallet:{account}`, what a customer can spend.
    Wallet(i64),
    /// `hold:{order}`, what an open order has set aside.
    Hold(i64),
    /// `revenue`, what was earned.
    Revenue,
    /// `forfeited:{suspension}`, what a suspended customer has lost.
    Forfeited(i64),
    /// `suspense:suspended_deposit:{account}`, what was credited to a suspended customer.
    SuspendedDeposit(i64),
    /// `bonus`, what operators gave and took.
    Bonus,
    /// `gateway:{name}`, what came from outside, below zero.
    Gateway(String),
    /// `suspense:gateway_refund`, what was taken out of wallets because a gateway had sent it back.
    GatewayRefund,
    /// Any other name; only its sum matters here.
    Other(String),
}

impl Account {
    pub(super) fn of(name: String) -> Account {
        if let Some(id) = number_after("wallet:", &name) {
            return Account::Wallet(id);
        }
        if let Some(id) = number_after("hold:", &name) {
            return Account::Hold(id);
        }
        if let Some(id) = number_after("forfeited:", &name) {
            return Account::Forfeited(id);
        }
        if let Some(id) = number_after("suspense:suspended_deposit:", &name) {
            return Account::SuspendedDeposit(id);
        }
        match name.as_str() {
            "revenue" => Account::Revenue,
            "bonus" => Account::Bonus,
            "suspense:gateway_refund" => Account::GatewayRefund,
            _ if name.starts_with("gateway:") => {
                Account::Gateway(name.trim_start_matches("gateway:").to_owned())
            }
            _ => Account::Other(name),
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Account::Wallet(account) => write!(f, "wallet:{account}"),
            Account::Hold(order) => write!(f, "hold:{order}"),
            Account::Revenue => f.write_str("revenue"),
            Account::Forfeited(suspension) => write!(f, "forfeited:{suspension}"),
            Account::SuspendedDeposit(account) => {
                write!(f, "suspense:suspended_deposit:{account}")
            }
            Account::Bonus => f.write_str("bonus"),
            Account::Gateway(name) => write!(f, "gateway:{name}"),
            Account::GatewayRefund => f.write_str("suspense:gateway_refund"),
            Account::Other(name) => f.write_str(name),
        }
    }
}

/// The id in `{prefix}{id}`, if it is written as the panel writes it (no sign, no leading zero),
/// so that two texts never mean one row.
pub(super) fn number_after(prefix: &str, text: &str) -> Option<i64> {
    let digits = text.strip_prefix(prefix)?;
    let id = digits.parse::<i64>().ok()?;
    (id > 0 && !digits.starts_with(['+', '0'])).then_some(id)
}

/// What a transaction moves, per account: above zero arrives, below zero leaves.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Movement(pub(super) BTreeMap<Account, i128>);

impl Movement {
    /// The movement of `parts`, summed per account; what sums to nothing is no movement.
    pub(super) fn of(parts: impl IntoIterator<Item = (Account, i128)>) -> Movement {
        let mut sums = BTreeMap::new();
        for (account, nano) in parts {
            *sums.entry(account).or_default() += nano;
        }
        sums.retain(|_, nano| *nano != 0);
        Movement(sums)
    }

    /// What arrives in `account`.
    pub(super) fn into(&self, account: &Account) -> i128 {
        self.0.get(account).copied().unwrap_or_default()
    }

    /// The wallets that it moves, by their accounts, with what arrives there.
    pub(super) fn of_wallets(&self) -> impl Iterator<Item = (i64, i128)> {
        self.0.iter().filter_map(|(account, nano)| match account {
            Account::Wallet(id) => Some((*id, *nano)),
            Account::Hold(_)
            | Account::Revenue
            | Account::Forfeited(_)
            | Account::SuspendedDeposit(_)
            | Account::Bonus
            | Account::Gateway(_)
            | Account::GatewayRefund
            | Account::Other(_) => None,
        })
    }

    /// The first account that `wanted` accepts, with what arrives there.
    pub(super) fn find(&self, wanted: impl Fn(&Account) -> bool) -> Option<(Account, i128)> {
        self.0
            .iter()
            .find(|(account, _)| wanted(account))
            .map(|(a, nano)| (a.clone(), *nano))
    }
}

impl fmt::Display for Movement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing");
        }
        for (position, (account, nano)) in self.0.iter().enumerate() {
            let comma = if position == 0 { "" } else { ", " };
            write!(f, "{comma}{account} {nano:+}")?;
        }
        Ok(())
    }
}

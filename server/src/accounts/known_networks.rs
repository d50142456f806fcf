//! The networks where accounts signed in lately. What strangers do wrong with an account does not
//! count there, so that nobody can keep its owner out.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::Email;
use super::rules::NETWORK_KNOWN_MS;
use super::store::networks as store;
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::AccountId;
use crate::panel::Panel;

/// The network of an address as accounts know it: a /24 of IPv4, a /48 of IPv6, because addresses of
/// homes and telephones change within one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignInNetwork(String);

impl SignInNetwork {
    pub(super) fn of(address: IpAddr) -> SignInNetwork {
        let network: IpNet = match address.to_canonical() {
            IpAddr::V4(address) => Ipv4Net::new_assert(address, 24).trunc().into(),
            IpAddr::V6(address) => Ipv6Net::new_assert(address, 48).trunc().into(),
        };
        SignInNetwork(network.to_string())
    }

    /// As it is stored.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether the account of this e-mail address signed in from the network of `address` within 30 days.
/// It takes as long for an address that has no account.
pub(super) async fn is_known(panel: &Panel, email: &str, address: Option<IpAddr>) -> Result<bool> {
    // What cannot be an address belongs to nobody, and not every text can be asked for.
    if Email::parse(email).is_err() {
        return Ok(false);
    }
    let Some(address) = address else {
        return Ok(false);
    };
    let network = SignInNetwork::of(address);
    store::is_known_to_email(panel.db.read(), email, &network, since(panel.now())).await
}

/// The network of `address`, if `account` signed in from it within 30 days.
pub(super) async fn known_in_tx(
    tx: &Tx,
    now: Time,
    account: AccountId,
    address: Option<IpAddr>,
) -> Result<Option<SignInNetwork>> {
    let Some(network) = address.map(SignInNetwork::of) else {
        return Ok(None);
    };
    let is_known = store::is_known_to(tx, account, &network, since(now)).await?;
    Ok(is_known.then_some(network))
}

/// Notes that `account` has signed in from `address`.
pub(super) async fn note_in_tx(
    tx: &Tx,
    now: Time,
    account: AccountId,
    address: Option<IpAddr>,
) -> Result<()> {
    let Some(network) = address.map(SignInNetwork::of) else {
        return Ok(());
    };
    store::note(tx, now, account, &network).await?;
    store::forget(tx, account, since(now)).await
}

/// Networks are known that were signed in from after this.
pub(super) fn since(now: Time) -> Time {
    now.plus_ms(-NETWORK_KNOWN_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_addresses_are_of_one_network() {
        let of = |text: &str| SignInNetwork::of(text.parse().unwrap()).0;
        assert_eq!(of("192.0.2.77"), "192.0.2.0/24");
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.0/24");
        assert_eq!(of("2001:db8:1:2::3"), "2001:db8:1::/48");
        assert_ne!(of("192.0.3.77"), of("192.0.2.77"));
    }
}

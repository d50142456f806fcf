//! Which networks are blocked, as the faces ask for every request: in memory, read again from the table
//! every few seconds, so that what one server blocks the others block too.

use std::collections::HashMap;
use std::net::IpAddr;

use ipnet::IpNet;

use super::store;
use crate::clock::Time;
use crate::error::Result;
use crate::panel::Panel;

const HOUR_MS: i64 = 3_600_000;

/// How long a network is blocked at first; it doubles each time.
const FIRST_MS: i64 = HOUR_MS;

/// After so long without another one a block is forgotten, and the next is short again: a week.
const FORGOTTEN_MS: i64 = 7 * 24 * HOUR_MS;

/// How long a network is blocked that is for the `times`th time, counted from 1; never longer than
/// `max_ms`.
pub(super) fn length_ms(times: i64, max_ms: i64) -> i64 {
    let doublings = u32::try_from(times.saturating_sub(1)).unwrap_or(u32::MAX);
    let factor = 2_i64.saturating_pow(doublings);
    FIRST_MS.saturating_mul(factor).min(max_ms)
}

/// Networks that are blocked, and until when.
#[derive(Default)]
pub(super) struct Blocks {
    /// The lengths of their prefixes: a handful, whatever is blocked.
    lengths: Vec<u8>,
    until: HashMap<IpNet, Time>,
}

impl Blocks {
    pub(super) fn new(blocked: Vec<(IpNet, Time)>) -> Blocks {
        let mut lengths: Vec<u8> = blocked.iter().map(|(net, _)| net.prefix_len()).collect();
        lengths.sort_unstable();
        lengths.dedup();
        Blocks {
            lengths,
            until: blocked
                .into_iter()
                .map(|(network, until)| (network.trunc(), until))
                .collect(),
        }
    }

    /// Those whose time is not over, and which are not among the `newer`.
    pub(super) fn lifted_in(&self, newer: &Blocks, now: Time) -> Vec<IpNet> {
        let stood = self.until.iter().filter(|(_, until)| **until > now);
        let lifted = stood.filter(|(network, _)| !newer.until.contains_key(network));
        lifted.map(|(network, _)| *network).collect()
    }

    /// Until when `address` is blocked, if it is at `now`.
    pub(super) fn of(&self, address: IpAddr, now: Time) -> Option<Time> {
        let address = address.to_canonical();
        let networks = self.lengths.iter().filter_map(|&length| {
            let network = IpNet::new(address, length).ok()?.trunc();
            self.until.get(&network).copied()
        });
        networks.filter(|until| *until > now).max()
    }
}

/// Reads again which networks are blocked.
pub(super) async fn refresh(panel: &Panel) -> Result<()> {
    let blocked = store::blocks::standing(panel.db.read(), panel.now()).await?;
    for lifted in panel.abuse.set_blocks(blocked) {
        panel.limits.forgive(lifted);
    }
    Ok(())
}

/// Forgets blocks that ended long ago.
pub(super) async fn forget_old(panel: &Panel) -> Result<()> {
    let tx = panel.db.begin().await?;
    store::blocks::forget(&tx, panel.now().plus_ms(-FORGOTTEN_MS)).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_twice_as_long_each_time_up_to_a_day() {
        let day = 24 * HOUR_MS;
        let lengths: Vec<i64> = (1..=7)
            .map(|times| length_ms(times, day) / HOUR_MS)
            .collect();
        assert_eq!(lengths, [1, 2, 4, 8, 16, 24, 24]);
        assert_eq!(length_ms(i64::MAX, day), day);
        assert_eq!(length_ms(1, 60_000), 60_000);
    }

    #[test]
    fn an_address_is_blocked_with_its_network_until_that_ends() {
        let at = Time::from_ms;
        let blocked = [
            ("192.0.2.0/24", 10),
            ("192.0.2.7/32", 20),
            ("2001:db8::/48", 30),
        ];
        let blocked = blocked.map(|(net, until)| (net.parse().unwrap(), at(until)));
        let blocks = Blocks::new(blocked.into());
        let until = |address: &str, now| blocks.of(address.parse().unwrap(), at(now));
        assert_eq!(until("192.0.2.1", 0), Some(at(10)));
        assert_eq!(until("192.0.2.1", 10), None);
        assert_eq!(until("192.0.2.7", 10), Some(at(20)));
        assert_eq!(until("::ffff:192.0.2.7", 10), Some(at(20)));
        assert_eq!(until("192.0.3.1", 0), None);
        assert_eq!(until("2001:db8:0:9::1", 0), Some(at(30)));
        assert_eq!(until("2001:db8:1::1", 0), None);
        assert_eq!(
            Blocks::default().of("192.0.2.1".parse().unwrap(), at(0)),
            None
        );
    }
}

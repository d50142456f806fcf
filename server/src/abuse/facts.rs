//! What detectors are told: one stream of facts, each with its time. They are small, hold no secret
//! (a wrong key is a number that says nothing about it), and are made where something happens:
//! the faces tell of requests, the nouns of orders, refunds, prices, disputes and payments.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::clock::Time;
use crate::ids::{AccountId, KeyId, OrderId, ServiceId};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    #[serde(with = "as_ms")]
    pub at: Time,
    /// What.
    pub fact: Fact,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    /// A request came with a key that is nobody's.
    KeyRefused {
        /// Who came with it.
        address: IpAddr,
        /// The same for the same key.
        print: u64,
        /// Whether its checksum is right: then somebody did more than mistype.
        is_formed: bool,
    },
    /// A request with a good key was answered.
    Asked(Asked),
    /// An order was placed.
    Placed(Placed),
    /// A customer had an order canceled.
    Canceled {
        /// Whose it is.
        account: AccountId,
        /// The order.
        order: OrderId,
        /// When it was placed.
        #[serde(with = "as_ms")]
        placed_at: Time,
    },
    /// An order has ended.
    Ended {
        /// Whose it was.
        account: AccountId,
        /// The order.
        order: OrderId,
        /// What was ordered.
        service: ServiceId,
        /// The link and family, as in [`Placed::link`].
        link: i64,
        /// What it cost, in nano-USD.
        charge: i64,
        /// What came back of that, in nano-USD.
        refunded: i64,
    },
    /// What a service sells for, or costs, has changed.
    PriceMoved {
        /// The service.
        service: ServiceId,
        /// The price of 1000 units, or of a package, in micro-USD, before any tier.
        rate: i64,
        /// What its first provider takes for as much, in micro-USD, where one delivers it.
        cost: Option<i64>,
        /// What it took before, in micro-USD, if that is known.
        was_cost: Option<i64>,
    },
    /// A customer disputes a charge.
    Disputed {
        /// Who.
        account: AccountId,
        /// The charge of which order.
        order: OrderId,
    },
    /// A callback of a payment gateway did not have its signature.
    CallbackRefused {
        /// Who sent it.
        address: IpAddr,
    },
    /// Less was paid than a deposit asked for.
    PaidInPart {
        /// Who pays.
        account: AccountId,
    },
    /// An order was refused for a link that no honest software sends.
    HostileLink {
        /// Who sent it.
        account: AccountId,
        /// The key.
        key: Option<KeyId>,
        /// What is wrong with it.
        what: LinkFault,
    },
    /// What is known of a key from earlier days: told before the first fact about it, once.
    KeyHistory {
        /// The key.
        key: KeyId,
        /// The networks that it was used from in the last 30 days ([`network_print`]).
        networks: Vec<u64>,
        /// The software that used it in the last 30 days.
        agents: Vec<u64>,
        /// The median of what its account spends on a day on which it orders, in nano-USD.
        median_spent: i64,
    },
}

/// A request that came with a good key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The key.
    pub key: KeyId,
    /// Whose it is.
    pub account: AccountId,
    /// From where, if that is known.
    pub address: Option<IpAddr>,
    /// The software, as a number; 0 if it does not say.
    pub agent: u64,
    /// What for.
    pub what: What,
    /// The ids that it asked about, in their order; none for what asks about none.
    pub ids: Vec<i64>,
    /// Those of them that are not the account's, which may be nobody's.
    pub foreign: Vec<i64>,
}

/// What a request is for, as far as detectors care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum What {
    /// The catalogue.
    Services,
    /// The wallet.
    Balance,
    /// Statuses of orders or refills.
    Status,
    /// Refills.
    Refill,
    /// Cancels.
    Cancel,
    /// Orders.
    Add,
    /// Anything else.
    Other,
}

/// An order that was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// By which key; none by a session.
    pub key: Option<KeyId>,
    /// Whose it is.
    pub account: AccountId,
    /// The order.
    pub order: OrderId,
    /// What was ordered.
    pub service: ServiceId,
    /// The normalised link and the service's family, as one number.
    pub link: i64,
    /// The same for the same service, link and quantity.
    pub print: u64,
    /// What it costs, in nano-USD.
    pub charge: i64,
    /// What the first provider will take for it, in nano-USD, where one delivers it.
    pub cost: Option<i64>,
    /// Whether it can be repeated without being ordered twice.
    pub has_request_id: bool,
    /// Whether another order of the account is active on the link.
    pub is_overlapping: bool,
}

/// What is wrong with a link that no honest software sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LinkFault {
    /// Another scheme than http or https.
    Scheme,
    /// A private, loopback or otherwise not public host.
    PrivateHost,
    /// Control characters.
    Control,
    /// More than 2,048 characters.
    Length,
}

/// The same for the same service, link and quantity, on every server and after a restart.
pub fn order_print(service: ServiceId, link: i64, quantity: i64) -> u64 {
    // The finalizer of SplitMix64, whose every bit depends on every bit before.
    let mix = |bits: u64| {
        let bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ bits >> 31
    };
    [service.0, link, quantity]
        .into_iter()
        .fold(0x9e37_79b9_7f4a_7c15, |print, part| {
            mix(print ^ part.cast_unsigned())
        })
}

/// The network of an address as detectors tell networks apart, as one number that is the same on
/// every server and after a restart: a /24 of IPv4, a /48 of IPv6.
pub fn network_print(address: IpAddr) -> u64 {
    match address.to_canonical() {
        IpAddr::V4(address) => u64::from(address.to_bits() >> 8),
        // The highest bit keeps them apart from those of IPv4.
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            1 << 63 | u64::from(a) << 32 | u64::from(b) << 16 | u64::from(c)
        }
    }
}

/// A time as servers tell it to each other: milliseconds since 1970.
mod as_ms {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::clock::Time;

    pub(super) fn serialize<S: Serializer>(time: &Time, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(time.ms())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
        i64::deserialize(from).map(Time::from_ms)
    }
}

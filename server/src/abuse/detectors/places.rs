//! From where, and by which software, a key is used, and what of that is new: shared by the detectors
//! that care.

use super::counters::{Bits, Recent, mixed, seconds, small};
use crate::abuse::facts::{Asked, network_print};
use crate::clock::Time;

const SLOT_S: u32 = 360;
/// Slots of an hour.
const HOUR: u8 = 10;
/// The most new networks that can be told apart.
pub(super) const MOST: usize = 12;
/// What was first seen a day ago is not new any more.
const DAY: u32 = 240;

/// What is new about a request.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Newness {
    /// The key was never used from its network before.
    pub(super) is_first_from_network: bool,
    /// Both the network and the software are of the last day.
    pub(super) is_strange: bool,
}

/// Two bits stand for each, so that hardly anything new seems known.
fn bits(place: u64) -> [u64; 2] {
    [place, !place]
}

fn learn(known: &mut Known, place: u64) {
    bits(place).into_iter().for_each(|bit| known.insert(bit));
}

fn knows(known: &Known, place: u64) -> bool {
    bits(place).into_iter().all(|bit| known.has(bit))
}

/// What stands for some software.
fn agent_print(agent: u64) -> u32 {
    let [a, b, c, d, ..] = mixed(agent).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

type Known = Bits<8>;

/// The places of one key.
#[derive(Debug, Default)]
pub(super) struct Places {
    known: Known,
    /// How many networks `known` has.
    networks: u32,
    /// First seen within a day.
    fresh_networks: Recent<u64, MOST, SLOT_S>,
    fresh_agents: Recent<u32, 3, SLOT_S>,
    since_s: u32,
    /// Whether it was used before the first fact about it.
    has_past: bool,
}

impl Places {
    /// What is known from earlier days.
    pub(super) fn remember(&mut self, networks: &[u64], agents: &[u64]) {
        for network in networks {
            learn(&mut self.known, *network);
        }
        for agent in agents {
            learn(&mut self.known, agent_print(*agent).into());
        }
        self.networks = small(networks.len());
        self.has_past = !networks.is_empty();
    }

    /// A person has judged from where the key is used, and by what: none of it is new any more.
    pub(super) fn settle(&mut self) {
        for network in self.fresh_networks.iter() {
            learn(&mut self.known, network);
            self.networks = self.networks.saturating_add(1);
        }
        for agent in self.fresh_agents.iter() {
            learn(&mut self.known, agent.into());
        }
        self.forget_fresh();
    }

    /// What was new until now is new again when it is seen again.
    pub(super) fn forget_fresh(&mut self) {
        self.fresh_networks.clear();
        self.fresh_agents.clear();
    }

    /// The key is used.
    pub(super) fn see(&mut self, at: Time, asked: &Asked) -> Newness {
        if self.since_s == 0 {
            self.since_s = seconds(at);
        }
        let (known, networks) = (&mut self.known, &mut self.networks);
        let mut age = |network| {
            learn(known, network);
            *networks = networks.saturating_add(1);
        };
        self.fresh_networks.sweep(at, DAY, &mut age);
        let network = asked.address.map(network_print);
        let new_network = network.filter(|network| !knows(&self.known, *network));
        let first = new_network.filter(|network| !self.fresh_networks.has(*network));
        if let Some(gone) = first.and_then(|network| self.fresh_networks.see(network)) {
            learn(&mut self.known, gone);
            self.networks = self.networks.saturating_add(1);
        }
        let is_agent_new = self.is_agent_new(at, agent_print(asked.agent));
        Newness {
            is_first_from_network: first.is_some(),
            is_strange: new_network.is_some() && is_agent_new && self.has_past,
        }
    }

    fn is_agent_new(&mut self, at: Time, agent: u32) -> bool {
        let known = &mut self.known;
        self.fresh_agents
            .sweep(at, DAY, |agent| learn(known, agent.into()));
        if knows(&self.known, agent.into()) {
            return false;
        }
        if !self.fresh_agents.has(agent)
            && let Some(gone) = self.fresh_agents.see(agent)
        {
            learn(&mut self.known, gone.into());
        }
        true
    }

    /// Networks that the key was used from for the first time in the last hour, or in the last
    /// `within_s` seconds if that is less.
    pub(super) fn new_networks(&self, within_s: u32) -> impl Iterator<Item = u64> {
        let slots = u8::try_from(within_s / SLOT_S).unwrap_or(HOUR);
        self.fresh_networks.within(slots.min(HOUR))
    }

    /// How many networks the key was used from before the last hour.
    pub(super) fn old_networks(&self) -> u32 {
        let fresh = small(self.fresh_networks.iter().count());
        self.networks + fresh - self.fresh_networks.count(HOUR)
    }

    /// For how long the key's places have been learned, in seconds; the longest for one with a past.
    pub(super) fn learned_s(&self, at: Time) -> u32 {
        if self.has_past {
            return u32::MAX;
        }
        seconds(at).saturating_sub(self.since_s)
    }
}

//! From where, and by which software, keys are used: known of each key that is in use, told to the
//! detectors before the first fact about it, and written down for the next start.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use super::facts::{Asked, Event, Fact, network_print};
use super::store;
use crate::accounts::{self, Credential};
use crate::clock::Time;
use crate::db::PIECE;
use crate::error::Result;
use crate::ids::{AccountId, KeyId};
use crate::panel::Panel;

/// What is remembered of a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum PlaceKind {
    /// The network that it came from.
    Network,
    /// The software that it named.
    Agent,
}

impl PlaceKind {
    /// As it is stored.
    pub(super) const fn word(self) -> &'static str {
        match self {
            PlaceKind::Network => "network",
            PlaceKind::Agent => "agent",
        }
    }

    /// Reads what is stored.
    pub(super) fn from_word(word: &str) -> Option<PlaceKind> {
        let mut kinds = [PlaceKind::Network, PlaceKind::Agent].into_iter();
        kinds.find(|kind| kind.word() == word)
    }

    /// So many are remembered of one key: who has more is not told apart by them.
    const fn most(self) -> usize {
        match self {
            PlaceKind::Network => 40,
            PlaceKind::Agent => 10,
        }
    }
}

const HOUR_MS: i64 = 3_600_000;
/// How long a place is remembered after it was last seen: 30 days.
pub(super) const KEPT_MS: i64 = 30 * 24 * HOUR_MS;
/// That it is still seen is written so often at most.
const WRITTEN_AGAIN_MS: i64 = HOUR_MS;
/// So many keys are known at most; then all are forgotten, and read again as they are used.
const MOST_KEYS: usize = 20_000;

/// Whether the key of `credential` was used from the network of `address` in the last 30 days. It takes
/// as long for a key that there is not, so that nobody learns which there are.
pub(crate) async fn was_used_from(
    panel: &Panel,
    credential: Credential,
    address: IpAddr,
) -> Result<bool> {
    let key = accounts::key_of(panel, credential).await?;
    let print = network_print(address);
    store::places::is_network_of(panel.db.read(), key.unwrap_or_default(), print).await
}

/// A place of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) key: KeyId,
    pub(super) kind: PlaceKind,
    pub(super) print: u64,
    /// When it was last seen, as far as that is written.
    pub(super) seen_at: Time,
}

/// What is known of the keys in use.
#[derive(Default)]
pub(super) struct Places {
    keys: HashMap<KeyId, Vec<Place>>,
    /// What has to be written, under what tells it apart.
    due: HashMap<(KeyId, PlaceKind, u64), Place>,
}

impl Places {
    /// The keys of `events` of which nothing is known yet, with their accounts.
    pub(super) fn unknown(&self, events: &[Event]) -> HashMap<KeyId, AccountId> {
        let asked = events.iter().filter_map(|event| match &event.fact {
            Fact::Asked(asked) => Some((asked.key, asked.account)),
            Fact::KeyRefused { .. }
            | Fact::Placed(_)
            | Fact::Canceled { .. }
            | Fact::Ended { .. }
            | Fact::PriceMoved { .. }
            | Fact::Disputed { .. }
            | Fact::CallbackRefused { .. }
            | Fact::PaidInPart { .. }
            | Fact::HostileLink { .. }
            | Fact::KeyHistory { .. } => None,
        });
        asked
            .filter(|(key, _)| !self.keys.contains_key(key))
            .collect()
    }

    /// Reads what is known of these keys; gives what detectors are told of each.
    pub(super) async fn learn(
        &mut self,
        panel: &Panel,
        unknown: HashMap<KeyId, AccountId>,
    ) -> Result<HashMap<KeyId, Fact>> {
        if self.keys.len().saturating_add(unknown.len()) > MOST_KEYS {
            self.keys.clear();
        }
        let (db, now) = (panel.db.read(), panel.now());
        let accounts: HashSet<AccountId> = unknown.values().copied().collect();
        let mut spent = HashMap::with_capacity(accounts.len());
        for account in accounts {
            let days = store::history::spent_by_day(db, account, now).await?;
            spent.insert(account, days.median(now));
        }
        let keys: Vec<KeyId> = unknown.keys().copied().collect();
        let mut learned: HashMap<KeyId, Vec<Place>> =
            keys.iter().map(|&key| (key, Vec::new())).collect();
        for piece in keys.chunks(PIECE) {
            for place in store::places::of_keys(db, piece, now.plus_ms(-KEPT_MS)).await? {
                learned.entry(place.key).or_default().push(place);
            }
        }
        let mut told = HashMap::with_capacity(learned.len());
        for (key, places) in learned {
            let prints = |kind| {
                let of_kind = places.iter().filter(move |place| place.kind == kind);
                of_kind.map(|place| place.print).collect()
            };
            let account = unknown.get(&key);
            let fact = Fact::KeyHistory {
                key,
                networks: prints(PlaceKind::Network),
                agents: prints(PlaceKind::Agent),
                median_spent: account.and_then(|of| spent.get(of)).copied().unwrap_or(0),
            };
            told.insert(key, fact);
            self.keys.insert(key, places);
        }
        Ok(told)
    }

    /// Takes note of a use.
    pub(super) fn note(&mut self, asked: &Asked, at: Time) {
        let network = asked.address.map(network_print);
        let agent = Some(asked.agent).filter(|agent| *agent != 0);
        let seen = [(PlaceKind::Network, network), (PlaceKind::Agent, agent)];
        for (kind, print) in seen {
            if let Some(print) = print {
                self.see(Place {
                    key: asked.key,
                    kind,
                    print,
                    seen_at: at,
                });
            }
        }
    }

    fn see(&mut self, seen: Place) {
        let known = self.keys.entry(seen.key).or_default();
        let is_of_kind = |place: &&mut Place| place.kind == seen.kind;
        let mut of_kind = known.iter_mut().filter(is_of_kind);
        match of_kind.find(|place| place.print == seen.print) {
            Some(place) if seen.at_least_after(place, WRITTEN_AGAIN_MS) => *place = seen,
            Some(_) => return,
            None => {
                let count = known.iter().filter(|place| place.kind == seen.kind).count();
                if count >= seen.kind.most() {
                    return;
                }
                known.push(seen);
            }
        }
        self.due.insert((seen.key, seen.kind, seen.print), seen);
    }

    /// Writes what is due; what could not be written is written the next time.
    pub(super) async fn write(&mut self, panel: &Panel) -> Result<()> {
        if self.due.is_empty() {
            return Ok(());
        }
        let mut due: Vec<Place> = self.due.values().copied().collect();
        // In order, so that two servers that write the same rows do not wait for each other.
        due.sort_unstable_by_key(|place| (place.key, place.kind.word(), place.print));
        for piece in due.chunks(PIECE) {
            let tx = panel.db.begin().await?;
            store::places::write(&tx, piece).await?;
            tx.commit().await?;
        }
        self.due.clear();
        Ok(())
    }
}

impl Place {
    fn at_least_after(&self, earlier: &Place, ms: i64) -> bool {
        self.seen_at.ms_since(earlier.seen_at) >= ms
    }
}

/// Forgets places that were not seen for 30 days.
pub(super) async fn forget_old(panel: &Panel) -> Result<()> {
    let tx = panel.db.begin().await?;
    store::places::forget(&tx, panel.now().plus_ms(-KEPT_MS)).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abuse::facts::What;

    fn asked(address: &str, agent: u64) -> Asked {
        Asked {
            key: KeyId(1),
            account: AccountId(2),
            address: Some(address.parse().unwrap()),
            agent,
            what: What::Balance,
            ids: Vec::new(),
            foreign: Vec::new(),
        }
    }

    #[test]
    fn a_place_is_written_when_it_is_new_and_every_hour() {
        let mut places = Places::default();
        let mut written = |address: &str, agent, ms| {
            places.note(&asked(address, agent), Time::from_ms(ms));
            std::mem::take(&mut places.due).len()
        };
        assert_eq!(written("192.0.2.1", 7, 0), 2);
        assert_eq!(written("192.0.2.9", 7, 1), 0);
        assert_eq!(written("192.0.3.1", 0, 2), 1);
        assert_eq!(written("192.0.2.1", 7, WRITTEN_AGAIN_MS), 2);
        assert_eq!(written("192.0.2.1", 7, WRITTEN_AGAIN_MS + 1), 0);
    }

    #[test]
    fn what_is_remembered_of_a_key_is_bounded() {
        let mut places = Places::default();
        for third in 0..=255_u8 {
            places.note(
                &asked(&format!("10.0.{third}.1"), u64::from(third)),
                Time::from_ms(0),
            );
        }
        assert_eq!(places.keys[&KeyId(1)].len(), 50);
        assert_eq!(places.due.len(), 50);
    }
}

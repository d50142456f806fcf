//! The panel of the simulation: real limits and real detectors, and of everything else only what
//! decides which facts they are told. What detectors want done is done.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::net::IpAddr;

use futures::FutureExt;
use ipnet::IpNet;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use smm_panel_server::abuse::detectors::{Detectors, default_watch};
use smm_panel_server::abuse::facts::{Asked, Event, Fact, Placed, What, network_print};
use smm_panel_server::abuse::findings::{Action, Detector, Finding, Subject};
use smm_panel_server::clock::{Clock, Time};
use smm_panel_server::config::Config;
use smm_panel_server::ids::{AccountId, KeyId, OrderId, ServiceId};
use smm_panel_server::limits::{Ask, From, Holder, Kind, LimitTier, Limits, Quotas};

pub(crate) const SECOND: i64 = 1_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// A midnight.
pub(crate) const START: Time = Time::from_ms(1_800_057_600_000);

/// A dollar in nano-USD.
pub(crate) const USD: i64 = 1_000_000_000;

/// How many services there are.
pub(crate) const SERVICES: i64 = 200;

/// What holds requests back in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guard {
    /// Limits and detectors, as they are by default.
    All,
    /// Only the quotas of keys: what is to be beaten.
    Quotas,
}

/// Somebody with a key.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) key: KeyId,
    pub(crate) account: AccountId,
    pub(crate) address: IpAddr,
    pub(crate) agent: u64,
}

/// A service, by order in nano-USD.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Service {
    pub(crate) charge: i64,
    pub(crate) cost: i64,
    /// How many orders of a thousand give something back.
    pub(crate) failing: u32,
}

/// An order that is being placed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order {
    pub(crate) service: i64,
    pub(crate) link: i64,
    pub(crate) has_request_id: bool,
    /// How many orders of a thousand like it give something back; as the service if `None`.
    pub(crate) failing: Option<u32>,
    pub(crate) lasts_ms: i64,
}

/// An order that ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct End {
    at: i64,
    order: i64,
    account: i64,
    service: i64,
    link: i64,
    charge: i64,
    refunded: i64,
}

/// A finding, and when.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) at: Time,
    pub(crate) finding: Finding,
}

/// How often somebody was told 429.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Denials {
    pub(crate) address: u64,
    pub(crate) key: u64,
}

/// The simulated panel.
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) rng: StdRng,
    guard: Guard,
    limits: Limits,
    detectors: Detectors,
    services: HashMap<i64, Service>,
    orders: i64,
    ends: BinaryHeap<Reverse<End>>,
    open: HashMap<AccountId, VecDeque<i64>>,
    links: HashMap<(AccountId, i64), u32>,
    throttled: HashMap<KeyId, Time>,
    blocked: HashSet<KeyId>,
    networks: Vec<(IpNet, Time)>,
    paused: HashSet<i64>,
    /// What was found.
    pub(crate) found: Vec<Found>,
    /// Who was told 429 how often; without a key, key 0.
    pub(crate) denials: HashMap<KeyId, Denials>,
    /// How many facts the detectors were told.
    pub(crate) facts: u64,
}

impl World {
    pub(crate) fn new(seed: u64, guard: Guard) -> World {
        let clock = Clock::manual(START);
        let mut config = Config::default();
        if guard == Guard::Quotas {
            config.limit_failed_keys = Quotas::none();
            config.limit_address = Quotas::none();
        }
        let each = Detector::ALL.iter();
        let watches = each.map(|&detector| (detector, default_watch(detector)));
        let mut rng = StdRng::seed_from_u64(seed);
        let service = |id| {
            let cost = rng.random_range(USD / 20..USD * 2);
            let (charge, failing) = (cost / 100 * 125, rng.random_range(20..120));
            let service = Service {
                charge,
                cost,
                failing,
            };
            (id, service)
        };
        let services = (1..=SERVICES).map(service).collect();
        World {
            limits: Limits::new(&config, &clock),
            detectors: Detectors::new(&watches.collect()),
            clock,
            rng,
            guard,
            services,
            orders: 1_000_000,
            ends: BinaryHeap::new(),
            open: HashMap::new(),
            links: HashMap::new(),
            throttled: HashMap::new(),
            blocked: HashSet::new(),
            networks: Vec::new(),
            paused: HashSet::new(),
            found: Vec::new(),
            denials: HashMap::new(),
            facts: 0,
        }
    }

    pub(crate) fn now(&self) -> Time {
        self.clock.now()
    }

    /// Goes on to `at`; orders that end until then do.
    pub(crate) fn go_to(&mut self, at: Time) {
        while let Some(Reverse(end)) = self.ends.peek().copied() {
            if end.at > at.ms() {
                break;
            }
            self.ends.pop();
            self.advance(Time::from_ms(end.at));
            self.end(end);
        }
        self.advance(at);
    }

    fn advance(&mut self, at: Time) {
        let before = self.now();
        self.clock.advance_ms(at.ms_since(before).max(0));
        let tenth = |time: Time| time.ms() / (10 * MINUTE);
        if tenth(at) > tenth(before) {
            self.limits.forget_old();
        }
    }

    /// Tells the detectors, and does what they want.
    pub(crate) fn tell(&mut self, fact: Fact) {
        if self.guard == Guard::Quotas {
            return;
        }
        let at = self.now();
        self.facts += 1;
        for finding in self.detectors.observe(&Event { at, fact }) {
            self.act(at, &finding);
            self.found.push(Found { at, finding });
        }
    }

    fn act(&mut self, at: Time, finding: &Finding) {
        match (finding.action, finding.subject, finding.key) {
            (Action::Throttle, _, Some(key)) => {
                self.throttled.insert(key, at.plus_ms(HOUR));
            }
            (Action::BlockKey, _, Some(key)) => {
                self.blocked.insert(key);
            }
            (Action::BlockNetwork, Subject::Network(network), _) => {
                self.networks.push((network, at.plus_ms(HOUR)));
            }
            (Action::PauseService, Subject::Service(service), _) => {
                self.paused.insert(service.0);
            }
            // Orders that are held are still taken; remarks, cases and what has no key change nothing.
            (
                Action::Remark
                | Action::Observe
                | Action::Hold
                | Action::Throttle
                | Action::BlockKey
                | Action::BlockNetwork
                | Action::PauseService,
                _,
                _,
            ) => {}
        }
    }

    /// Where a request comes from, as limits see it.
    fn from(&mut self, address: IpAddr) -> From {
        let now = self.now();
        self.networks.retain(|(_, until)| *until > now);
        let of_it = |(network, _): &&(IpNet, Time)| network.contains(&address);
        let blocked = self.networks.iter().find(of_it);
        From {
            address: Some(address),
            blocked_until: blocked.map(|(_, until)| *until),
            is_known_there: false,
        }
    }

    /// What is known of a key from earlier days.
    pub(crate) fn remember(&mut self, client: &Client, networks: &[IpAddr], median_spent: i64) {
        let is_new = networks.is_empty();
        self.tell(Fact::KeyHistory {
            key: client.key,
            networks: networks
                .iter()
                .map(|address| network_print(*address))
                .collect(),
            agents: (!is_new).then_some(client.agent).into_iter().collect(),
            median_spent,
        });
    }

    /// A wrong key; whether it was looked at.
    pub(crate) fn guess(&mut self, address: IpAddr, print: u64, is_formed: bool) -> bool {
        let key = KeyId(0);
        if self.limits.address(Some(address)).is_err() {
            self.denials.entry(key).or_default().address += 1;
            return false;
        }
        let ask = Ask {
            kind: Kind::Balance,
            items: 1,
        };
        let from = self.from(address);
        let passed = self.limits.key(print, from, ask).now_or_never();
        if !matches!(passed, Some(Ok(_))) {
            self.denials.entry(key).or_default().key += 1;
            return false;
        }
        self.limits.wrong_key(print, Some(address));
        self.tell(Fact::KeyRefused {
            address,
            print,
            is_formed,
        });
        true
    }

    /// A request; whether it was answered.
    pub(crate) fn ask(
        &mut self,
        client: &Client,
        what: What,
        ids: &[i64],
        foreign: &[i64],
    ) -> bool {
        let denials = self.denials.entry(client.key).or_default();
        if self.limits.address(Some(client.address)).is_err() {
            denials.address += 1;
            return false;
        }
        if self.blocked.contains(&client.key) {
            return false;
        }
        if !self.is_within_limits(client, what, ids) {
            self.denials.entry(client.key).or_default().key += 1;
            return false;
        }
        self.tell(Fact::Asked(Asked {
            key: client.key,
            account: client.account,
            address: Some(client.address),
            agent: client.agent,
            what,
            ids: ids.to_vec(),
            foreign: foreign.to_vec(),
        }));
        true
    }

    fn is_within_limits(&mut self, client: &Client, what: What, ids: &[i64]) -> bool {
        let kind = match what {
            What::Services => Kind::Services,
            What::Balance => Kind::Balance,
            What::Status => Kind::Status,
            What::Refill | What::Cancel => Kind::Change,
            What::Add => Kind::Add,
            What::Other => Kind::Other,
        };
        let items = u32::try_from(ids.len().max(1)).unwrap_or(u32::MAX);
        let ask = Ask { kind, items };
        // The number of a key is as good a print as any.
        let print = client.key.0.cast_unsigned();
        let from = self.from(client.address);
        // Requests take no time here, so it is always their turn.
        let Some(Ok(mut pass)) = self.limits.key(print, from, ask).now_or_never() else {
            return false;
        };
        let holder = Holder {
            who: print,
            tier: LimitTier::Reseller,
            throttled_until: self.throttled.get(&client.key).copied(),
        };
        self.limits
            .settle(print, from.address, holder, &mut pass, ask)
            .is_ok()
    }

    /// What a service is like now.
    pub(crate) fn service(&self, id: i64) -> Service {
        let unknown = Service {
            charge: USD,
            cost: USD / 10 * 8,
            failing: 50,
        };
        self.services.get(&id).copied().unwrap_or(unknown)
    }

    /// Places an order; `None` if it is not taken.
    pub(crate) fn place(&mut self, client: &Client, order: Order) -> Option<i64> {
        if !self.ask(client, What::Add, &[], &[]) || self.paused.contains(&order.service) {
            return None;
        }
        self.orders += 1;
        let id = self.orders;
        let service = self.service(order.service);
        let on_link = self.links.entry((client.account, order.link)).or_default();
        let is_overlapping = *on_link > 0;
        *on_link += 1;
        self.tell(Fact::Placed(Placed {
            key: Some(client.key),
            account: client.account,
            order: OrderId(id),
            service: ServiceId(order.service),
            link: order.link,
            print: (order.service << 40 ^ order.link).cast_unsigned(),
            charge: service.charge,
            cost: Some(service.cost),
            has_request_id: order.has_request_id,
            is_overlapping,
        }));
        let fails = self.rng.random_range(0..1_000) < order.failing.unwrap_or(service.failing);
        let share = if fails {
            self.rng.random_range(20..=100)
        } else {
            0
        };
        self.ends.push(Reverse(End {
            at: self.now().plus_ms(order.lasts_ms).ms(),
            order: id,
            account: client.account.0,
            service: order.service,
            link: order.link,
            charge: service.charge,
            refunded: service.charge / 100 * share,
        }));
        self.open.entry(client.account).or_default().push_back(id);
        Some(id)
    }

    fn end(&mut self, end: End) {
        let account = AccountId(end.account);
        if let Some(open) = self.open.get_mut(&account)
            && let Some(place) = open.iter().position(|id| *id == end.order)
        {
            open.remove(place);
        }
        if let Some(active) = self.links.get_mut(&(account, end.link)) {
            *active -= 1;
            if *active == 0 {
                self.links.remove(&(account, end.link));
            }
        }
        self.tell(Fact::Ended {
            account,
            order: OrderId(end.order),
            service: ServiceId(end.service),
            link: end.link,
            charge: end.charge,
            refunded: end.refunded,
        });
    }

    /// Cancels an order that was placed at `placed_at`; it ends when it would have ended anyway.
    pub(crate) fn cancel(&mut self, client: &Client, order: i64, placed_at: Time) {
        if self.ask(client, What::Cancel, &[order], &[]) {
            let (account, order) = (client.account, OrderId(order));
            self.tell(Fact::Canceled {
                account,
                order,
                placed_at,
            });
        }
    }

    /// The open orders of an account, the oldest first.
    pub(crate) fn open(&self, account: AccountId) -> Vec<i64> {
        let open = self.open.get(&account);
        open.map_or_else(Vec::new, |open| open.iter().copied().collect())
    }

    /// A service has another price and another cost.
    pub(crate) fn move_price(&mut self, id: i64, charge: i64, cost: i64) {
        let was = self.service(id);
        self.services.insert(
            id,
            Service {
                charge,
                cost,
                ..was
            },
        );
        // By order here, as by 1000 there: only the ratio counts.
        self.tell(Fact::PriceMoved {
            service: ServiceId(id),
            rate: charge / 1_000,
            cost: Some(cost / 1_000),
            was_cost: Some(was.cost / 1_000),
        });
    }
}

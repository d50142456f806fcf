//! Honest customers, each drawn by lot from one of the kinds that panels know.

use std::net::{IpAddr, Ipv4Addr};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use smm_panel_server::abuse::facts::{Fact, What};
use smm_panel_server::clock::Time;
use smm_panel_server::ids::{AccountId, KeyId, OrderId};

use crate::world::{Client, DAY, HOUR, MINUTE, Order, SECOND, SERVICES, START, World};

/// What kinds of honest customers there are, and how many of a hundred.
const KINDS: [(Kind, u32); 8] = [
    (Kind::Retail, 33),
    (Kind::Mobile, 18),
    (Kind::Office, 18),
    (Kind::Sloppy, 16),
    (Kind::Reseller, 7),
    (Kind::ManyServers, 4),
    (Kind::Serverless, 2),
    (Kind::Moving, 2),
];

/// A kind of honest customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Two orders an hour from one address.
    Retail,
    /// The same from a telephone, whose network changes.
    Mobile,
    /// The same from an office, where thirty keys share one address.
    Office,
    /// Asks every ten seconds for one order, repeats what timed out, orders a link again, goes on with
    /// a key that was revoked.
    Sloppy,
    /// A panel: 50 to 2,000 orders an hour, statuses in batches, the catalogue every hour.
    Reseller,
    /// The same from several servers.
    ManyServers,
    /// The same from a platform that uses another of sixty networks each time.
    Serverless,
    /// A small panel that moves to another server, with other software, one day.
    Moving,
}

/// What comes next of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Task {
    Order,
    Status,
    Services,
    Balance,
    Network,
    WrongKey,
    Cancel(i64, i64),
    Repeat(i64, i64),
}

/// A customer.
pub(crate) struct Honest {
    pub(crate) client: Client,
    pub(crate) kind: Kind,
    rng: StdRng,
    addresses: Vec<IpAddr>,
    per_hour: u32,
    /// What no panel exceeds, sale or not.
    biggest: u32,
    /// The day of ten times as many orders.
    sale: i64,
    /// When it moves.
    moves_at: Option<Time>,
    status_ms: i64,
    is_careful: bool,
    links: i64,
    next_single: usize,
}

fn address(rng: &mut StdRng, first: u8) -> IpAddr {
    let [b, c, d] = [(); 3].map(|()| rng.random_range(1..255));
    IpAddr::V4(Ipv4Addr::new(first, b, c, d))
}

/// The time to the next of so many in an hour that come by chance.
#[expect(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "a draw by lot"
)]
pub(crate) fn gap(rng: &mut StdRng, per_hour: u32) -> i64 {
    let chance: f64 = rng.random_range(1e-9..1.0);
    (-chance.ln() * 3_600_000.0 / f64::from(per_hour)) as i64
}

impl Honest {
    /// The customer of this number, where no panel has more than `biggest` orders an hour.
    pub(crate) fn new(seed: u64, number: i64, biggest: u32) -> Honest {
        let mut rng = StdRng::seed_from_u64(seed << 32 | number.cast_unsigned());
        let mut lot = rng.random_range(0..100);
        let mut kind = Kind::Retail;
        for (each, share) in KINDS {
            if lot < share {
                kind = each;
                break;
            }
            lot -= share;
        }
        let networks = match kind {
            Kind::Retail | Kind::Office | Kind::Sloppy | Kind::Reseller | Kind::Moving => 1,
            Kind::Mobile => rng.random_range(6..40),
            Kind::ManyServers => rng.random_range(3..7),
            Kind::Serverless => 60,
        };
        let mut addresses: Vec<IpAddr> = (0..networks).map(|_| address(&mut rng, 60)).collect();
        if kind == Kind::Office {
            // Thirty of a hundred keys are in the office of their hundred, more or less.
            let office = u8::try_from(number / 160 % 250).unwrap_or(0);
            addresses = vec![IpAddr::V4(Ipv4Addr::new(61, 7, office, 9))];
        }
        let per_hour = match kind {
            Kind::Retail | Kind::Mobile | Kind::Office => 2,
            Kind::Sloppy => rng.random_range(2..8),
            Kind::Moving => 20,
            Kind::Reseller | Kind::ManyServers | Kind::Serverless => [
                50, 50, 50, 80, 80, 130, 130, 200, 320, 500, 800, 1_300, 2_000,
            ]
            .get(rng.random_range(0..13_usize))
            .copied()
            .unwrap_or(50),
        };
        // Once a month each, whether or not it is within the run.
        let sale = rng.random_range(0..30);
        let moving = START.plus_ms(rng.random_range(0..30 * DAY));
        Honest {
            client: Client {
                key: KeyId(number),
                account: AccountId(number),
                address: addresses
                    .first()
                    .copied()
                    .unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
                agent: rng.random_range(1..40),
            },
            kind,
            addresses,
            per_hour,
            biggest,
            sale,
            moves_at: (kind == Kind::Moving).then_some(moving),
            status_ms: rng.random_range(1..=5) * MINUTE,
            is_careful: rng.random_range(0..3) == 0,
            links: 0,
            next_single: 0,
            rng,
        }
    }

    /// What it does first, each at its time. Three of four customers were there before.
    pub(crate) fn begin(&mut self, world: &mut World) -> Vec<(Time, Task)> {
        let is_new = self.rng.random_range(0..4) == 0;
        let known = match self.kind {
            Kind::Mobile | Kind::Serverless => self.addresses.len() / 2,
            Kind::Retail
            | Kind::Office
            | Kind::Sloppy
            | Kind::Reseller
            | Kind::ManyServers
            | Kind::Moving => self.addresses.len(),
        };
        let past = self.addresses.get(..known).unwrap_or_default();
        let past = if is_new { &[] } else { past };
        let usual = (0..9).map(|more| world.service(self.usual(more)).charge);
        let median = usual.sum::<i64>() / 9 * 24 * i64::from(self.per_hour);
        world.remember(&self.client, past, median);
        let mut tasks = vec![Task::Order, Task::Status, Task::Balance];
        match self.kind {
            Kind::Retail => {}
            Kind::Office => {
                if self.rng.random_range(0..10) == 0 {
                    tasks.push(Task::WrongKey);
                }
            }
            Kind::Sloppy => {
                if self.rng.random_range(0..3) == 0 {
                    tasks.push(Task::WrongKey);
                }
            }
            Kind::Mobile => tasks.push(Task::Network),
            Kind::Reseller | Kind::ManyServers | Kind::Serverless | Kind::Moving => {
                tasks.push(Task::Services);
            }
        }
        let hour = |task| (START.plus_ms(self.rng.random_range(0..HOUR)), task);
        tasks.into_iter().map(hour).collect()
    }

    /// Does what is next, and says when it goes on with what.
    pub(crate) fn act(&mut self, world: &mut World, task: Task) -> Vec<(Time, Task)> {
        let now = world.now();
        let later = |ms: i64| now.plus_ms(ms);
        self.choose_address(now);
        match task {
            Task::Order => {
                let mut next = self.order(world);
                let per_hour = if self.is_sale(now) {
                    self.per_hour * 10
                } else {
                    self.per_hour
                };
                let gap = gap(&mut self.rng, per_hour.min(self.biggest));
                next.push((later(gap), task));
                next
            }
            Task::Repeat(service, link) => {
                self.place(world, service, link);
                Vec::new()
            }
            Task::Cancel(order, placed_at) => {
                world.cancel(&self.client, order, Time::from_ms(placed_at));
                Vec::new()
            }
            Task::Status => {
                self.status(world);
                let sloppy = self.kind == Kind::Sloppy;
                vec![(
                    later(if sloppy { 10 * SECOND } else { self.status_ms }),
                    task,
                )]
            }
            Task::Services => {
                world.ask(&self.client, What::Services, &[], &[]);
                vec![(later(HOUR), task)]
            }
            Task::Balance => {
                world.ask(&self.client, What::Balance, &[], &[]);
                // Some payers send a little less than they were asked for.
                if self.rng.random_range(0..1_000) == 0 {
                    let account = self.client.account;
                    world.tell(Fact::PaidInPart { account });
                }
                vec![(later(20 * MINUTE), task)]
            }
            Task::Network => {
                let which = self.rng.random_range(0..self.addresses.len());
                self.client.address = self
                    .addresses
                    .get(which)
                    .copied()
                    .unwrap_or(self.client.address);
                vec![(later(self.rng.random_range(10 * MINUTE..2 * HOUR)), task)]
            }
            Task::WrongKey => {
                // The key that was revoked; now and then somebody mistypes one.
                let mistyped = self.rng.random_range(0..1_000) == 0;
                let print = if mistyped {
                    self.rng.random()
                } else {
                    self.client.key.0.cast_unsigned() << 8
                };
                world.guess(self.client.address, print, !mistyped);
                vec![(later(MINUTE), task)]
            }
        }
    }

    fn choose_address(&mut self, now: Time) {
        if matches!(self.kind, Kind::ManyServers | Kind::Serverless) {
            let which = self.rng.random_range(0..self.addresses.len());
            self.client.address = self
                .addresses
                .get(which)
                .copied()
                .unwrap_or(self.client.address);
        }
        if self.moves_at.is_some_and(|at| at <= now) {
            self.moves_at = None;
            self.client.address = address(&mut self.rng, 60);
            self.client.agent += 1_000;
        }
    }

    fn is_sale(&self, now: Time) -> bool {
        let into = now.ms_since(START);
        self.sale == into / DAY && (10 * HOUR..18 * HOUR).contains(&(into % DAY))
    }

    /// One of the nine services that the customer usually orders.
    fn usual(&self, which: i64) -> i64 {
        (self.client.key.0 + which) % SERVICES + 1
    }

    /// One of the customer's links.
    fn own(&self, which: i64) -> i64 {
        self.client.account.0 << 24 | which
    }

    fn place(&mut self, world: &mut World, service: i64, link: i64) -> Option<i64> {
        let order = Order {
            service,
            link,
            has_request_id: self.is_careful,
            failing: None,
            lasts_ms: self.rng.random_range(10 * MINUTE..4 * HOUR),
        };
        world.place(&self.client, order)
    }

    fn order(&mut self, world: &mut World) -> Vec<(Time, Task)> {
        let now = world.now();
        let of_thousand = self.rng.random_range(0..1_000);
        let is_sloppy = self.kind == Kind::Sloppy;
        // Nine of ten orders are for the customer's usual services.
        let service = match self.rng.random_range(0..10) {
            9 => self.rng.random_range(1..=SERVICES),
            more => self.usual(more),
        };
        // Some links are ordered again, a while later; now and then two accounts serve one end
        // customer.
        let again = if is_sloppy { 100 } else { 10 };
        let link = match self.rng.random_range(0..2_000) {
            0 => self.rng.random_range(1..300),
            lot if lot < again * 2 && self.links > 0 => {
                let back = self.rng.random_range(0..self.links.min(100));
                self.own(self.links - back)
            }
            _ => {
                self.links += 1;
                self.own(self.links)
            }
        };
        let Some(order) = self.place(world, service, link) else {
            return Vec::new();
        };
        match of_thousand {
            0..20 => {
                let after = self.rng.random_range(SECOND..30 * MINUTE);
                vec![(now.plus_ms(after), Task::Cancel(order, now.ms()))]
            }
            20..30 if is_sloppy => vec![(now.plus_ms(5 * SECOND), Task::Repeat(service, link))],
            30..33 => {
                let account = self.client.account;
                world.tell(Fact::Disputed {
                    account,
                    order: OrderId(order),
                });
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn status(&mut self, world: &mut World) {
        let open = world.open(self.client.account);
        if self.kind == Kind::Sloppy {
            self.next_single += 1;
            if let Some(one) = open.get(self.next_single % open.len().max(1)) {
                // Its list still has an order of another panel.
                let foreign: &[i64] = if one % 50 == 0 { &[7] } else { &[] };
                world.ask(&self.client, What::Status, foreign, foreign);
                world.ask(&self.client, What::Status, &[*one], &[]);
            }
            return;
        }
        for batch in open.chunks(100) {
            world.ask(&self.client, What::Status, batch, &[]);
        }
    }
}

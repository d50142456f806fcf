//! One script of abuse per detector, at three intensities: as loud as a tool goes, just at the
//! thresholds, and slow enough to stay below them.

use std::net::{IpAddr, Ipv4Addr};

use rand::RngExt;
use smm_panel_server::abuse::facts::{Fact, LinkFault, What};
use smm_panel_server::abuse::findings::Detector;
use smm_panel_server::clock::Time;
use smm_panel_server::ids::{AccountId, KeyId, OrderId, ServiceId};

use crate::world::{Client, HOUR, MINUTE, Order, SECOND, USD, World};

/// How hard somebody tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Intensity {
    Loud,
    Threshold,
    Low,
}

impl Intensity {
    pub(crate) const ALL: [Intensity; 3] = [Intensity::Loud, Intensity::Threshold, Intensity::Low];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Intensity::Loud => "loud",
            Intensity::Threshold => "at threshold",
            Intensity::Low => "slow and low",
        }
    }

    /// One of three, by intensity.
    fn of<T>(self, loud: T, threshold: T, low: T) -> T {
        match self {
            Intensity::Loud => loud,
            Intensity::Threshold => threshold,
            Intensity::Low => low,
        }
    }
}

/// What somebody does who is up to no good.
pub(crate) struct Attack {
    pub(crate) detector: Detector,
    pub(crate) intensity: Intensity,
    seed: i64,
    pub(crate) client: Client,
    /// Another account of the same people.
    second: Client,
    turn: i64,
    /// When it began to do harm.
    pub(crate) began: Option<Time>,
    /// Guesses, ids, orders or whatever is counted, so far.
    pub(crate) units: u64,
    /// Nano-USD that somebody lost by it so far.
    pub(crate) lost: i64,
    orders: Vec<(i64, Time)>,
}

/// The service that price races are about.
const RACED: i64 = 150;
/// The first account of attackers.
pub(crate) const FIRST: i64 = 900_000;

fn address(a: u8, third: i64, last: i64) -> IpAddr {
    let octet = |number: i64| u8::try_from(number.rem_euclid(250)).unwrap_or(0) + 1;
    IpAddr::V4(Ipv4Addr::new(203, a, octet(third), octet(last)))
}

impl Attack {
    pub(crate) fn new(detector: Detector, intensity: Intensity, seed: u64) -> Attack {
        let client = |number| Client {
            key: KeyId(FIRST + number),
            account: AccountId(FIRST + number),
            address: address(1, number, 9),
            agent: 77,
        };
        Attack {
            detector,
            intensity,
            seed: seed.cast_signed(),
            client: client(1),
            second: client(2),
            turn: 0,
            began: None,
            units: 0,
            lost: 0,
            orders: Vec::new(),
        }
    }

    /// For how long it is tried.
    pub(crate) fn lasts_ms(&self) -> i64 {
        self.intensity.of(HOUR, 4 * HOUR, 24 * HOUR)
    }

    /// What was there before: the past of its keys, and of others' orders where they are compared.
    pub(crate) fn prepare(&self, world: &mut World) {
        let known = [address(1, 1, 9), address(1, 2, 9), address(1, 3, 9)];
        world.remember(&self.client, &known, 10 * USD);
        world.remember(&self.second, &known, 10 * USD);
        if self.detector == Detector::RefundFarming {
            for order in 0..400 {
                let refunded = if order % 12 == 0 { USD } else { 0 };
                world.tell(ended(
                    AccountId(10_000 + order % 9),
                    order,
                    100 + order % 5,
                    refunded,
                ));
            }
        }
    }

    /// Does what is next; in how many ms it goes on, if it does.
    pub(crate) fn act(&mut self, world: &mut World) -> Option<i64> {
        self.turn += 1;
        if self.began.is_none() && self.detector != Detector::PriceRacing {
            self.began = Some(world.now());
        }
        match self.detector {
            Detector::KeyStuffing => Some(self.guess(world)),
            Detector::LeakedKey => Some(self.steal(world)),
            Detector::ForeignIds => self.enumerate(world),
            Detector::SharedLink => Some(self.share(world)),
            Detector::CancelLoop => Some(self.cancel(world)),
            Detector::RefundFarming => Some(self.farm(world)),
            Detector::PriceRacing => Some(self.race(world)),
            Detector::Polling => Some(self.poll(world)),
            Detector::DoubleSubmit => Some(self.submit(world)),
            Detector::DepositAbuse => Some(self.pay(world)),
            Detector::DisputeAbuse => Some(self.dispute(world)),
            Detector::HostileLinks => Some(self.send_link(world)),
        }
    }

    fn guess(&mut self, world: &mut World) -> i64 {
        let (turn, seed) = (self.turn, self.seed);
        // A network of machines; one of them; machines all over the world, one guess each.
        let (address, wait) = self.intensity.of(
            (address(9, seed, turn), SECOND / 20),
            (address(9, seed, 1), 5 * SECOND),
            (
                address(10 + u8::try_from(turn % 200).unwrap_or(0), turn / 200, turn),
                MINUTE,
            ),
        );
        let print = world.rng.random();
        let is_looked_at = world.guess(address, print, turn % 3 == 0);
        self.units += u64::from(is_looked_at);
        wait
    }

    fn steal(&mut self, world: &mut World) -> i64 {
        let turn = self.turn;
        let by_networks = self.seed % 2 == 0;
        let (network, agent, wait) = self.intensity.of(
            (turn % 40, 99, 5 * SECOND),
            match by_networks {
                true => (turn / 8 % 6, 77, 18 * SECOND),
                false => (1, 99, 20 * SECOND),
            },
            // As the owner does, from one place.
            (1, 77, 10 * MINUTE),
        );
        let thief = Client {
            address: address(40, network, 5),
            agent,
            ..self.client.clone()
        };
        // The owner goes on as usual.
        if turn % 20 == 0 {
            world.ask(&self.client, What::Balance, &[], &[]);
        }
        let service = 1 + turn % 20;
        if world.place(&thief, order(service, turn)).is_some() {
            self.units += 1;
            self.lost += world.service(service).charge;
        }
        wait
    }

    fn enumerate(&mut self, world: &mut World) -> Option<i64> {
        // At the threshold: few more ids than it takes, within two minutes, and no more.
        let (many, wait, most) = self.intensity.of(
            (100, 2 * SECOND, 100_000),
            (1, 2 * SECOND, 52),
            (3, MINUTE, 100_000),
        );
        let ids: Vec<i64> = (0..many).map(|id| 5_000 + self.turn * many + id).collect();
        if world.ask(&self.client, What::Status, &ids, &ids) {
            self.units += many.unsigned_abs();
        }
        (self.turn < most).then_some(wait)
    }

    fn share(&mut self, world: &mut World) -> i64 {
        let link = 77 << 24 | self.intensity.of(1, 1, self.turn);
        let (who, wait) = match self.intensity {
            Intensity::Loud | Intensity::Threshold if self.turn == 1 => (&self.second, SECOND),
            Intensity::Loud => (&self.client, 20 * SECOND),
            Intensity::Threshold => (&self.client, HOUR),
            // The same link spelt so that it is another.
            Intensity::Low => (&self.client, 5 * MINUTE),
        };
        if self.turn == 1 {
            world.place(who, order(3, link));
            self.began = None;
            return wait;
        }
        world.place(who, order(3, link));
        self.units += 1;
        wait
    }

    fn cancel(&mut self, world: &mut World) -> i64 {
        let now = world.now();
        let after = self.intensity.of(4 * SECOND, 2 * MINUTE, 4 * MINUTE);
        let every = self.intensity.of(5 * SECOND, 150 * SECOND, 4 * MINUTE);
        let due = |placed: Time| now.ms_since(placed) >= after;
        if let Some(&(id, placed_at)) = self.orders.first().filter(|(_, placed)| due(*placed)) {
            self.orders.remove(0);
            // At the threshold, every fifth is left.
            if self.intensity != Intensity::Threshold || self.turn % 5 > 0 {
                world.cancel(&self.client, id, placed_at);
            }
        }
        if let Some(id) = world.place(&self.client, order(1 + self.turn % 20, self.turn)) {
            self.orders.push((id, now));
            self.units += 1;
        }
        every
    }

    fn farm(&mut self, world: &mut World) -> i64 {
        let share = self.intensity.of(950, 700, 140);
        let service = 100 + self.turn % 5;
        let refunded = if world.rng.random_range(0..1_000) < share {
            USD / 10 * 9
        } else {
            0
        };
        self.units += 1;
        self.lost += refunded;
        world.tell(ended(self.client.account, self.turn, service, refunded));
        self.intensity.of(MINUTE, 4 * MINUTE, 10 * MINUTE)
    }

    fn race(&mut self, world: &mut World) -> i64 {
        let is_before = self.seed % 2 == 0;
        let many = self.intensity.of(40, 11, 8);
        let gap = self.intensity.of(SECOND / 2, 5 * SECOND, 7 * SECOND);
        let round = many + 1;
        let step = (self.turn - 1) % round;
        let service = RACED + (self.turn - 1) / round % 40;
        let was = world.service(service);
        // Orders before a rise that somebody knows of; or after a change that is a mistake.
        let moves = if is_before { step == many } else { step == 0 };
        if moves {
            let [charge, cost] = if is_before {
                [was.charge * 2, was.cost * 2]
            } else {
                [was.cost / 10 * 7, was.cost]
            };
            world.move_price(service, charge, cost);
            self.began.get_or_insert(world.now());
            if is_before {
                self.lost += many * (was.cost * 2 - was.charge);
                return HOUR;
            }
            return gap;
        }
        if world
            .place(&self.client, order(service, self.turn))
            .is_some()
        {
            self.units += 1;
            if !is_before {
                self.lost += was.cost - was.charge;
            }
        }
        let is_last = !is_before && step == many;
        if is_last { HOUR } else { gap }
    }

    fn poll(&mut self, world: &mut World) -> i64 {
        let id = 1_000 + self.turn % 6;
        if world.ask(&self.client, What::Status, &[id], &[]) {
            self.units += 1;
        }
        if self.intensity == Intensity::Loud {
            world.ask(&self.client, What::Balance, &[], &[]);
            return SECOND / 4;
        }
        self.intensity.of(SECOND, 26 * SECOND, 40 * SECOND)
    }

    fn submit(&mut self, world: &mut World) -> i64 {
        let pair = self.turn / 2;
        world.place(&self.client, order(1 + pair % 20, pair));
        self.units += 1;
        let is_first = self.turn % 2 == 0;
        match is_first {
            true => self.intensity.of(SECOND, 8 * SECOND, 15 * SECOND),
            false => self.intensity.of(20 * SECOND, 15 * MINUTE, 20 * MINUTE),
        }
    }

    fn pay(&mut self, world: &mut World) -> i64 {
        self.units += 1;
        if self.seed % 2 == 0 {
            world.tell(Fact::CallbackRefused {
                address: address(50, 1, 1),
            });
            return self.intensity.of(SECOND, 100 * SECOND, 5 * MINUTE);
        }
        let account = self.client.account;
        world.tell(Fact::PaidInPart { account });
        self.intensity.of(MINUTE, 50 * MINUTE, 8 * HOUR)
    }

    fn dispute(&mut self, world: &mut World) -> i64 {
        let placed = world.place(&self.client, order(1 + self.turn % 20, self.turn));
        let every = self.intensity.of(2, 8, 25);
        if let Some(id) = placed
            && self.turn % every == 0
        {
            let account = self.client.account;
            world.tell(Fact::Disputed {
                account,
                order: OrderId(id),
            });
            self.units += 1;
        }
        self.intensity.of(MINUTE, 5 * MINUTE, 20 * MINUTE)
    }

    fn send_link(&mut self, world: &mut World) -> i64 {
        self.units += 1;
        let (account, key) = (self.client.account, Some(self.client.key));
        let what = LinkFault::PrivateHost;
        world.tell(Fact::HostileLink { account, key, what });
        self.intensity.of(SECOND, MINUTE, 6 * HOUR)
    }
}

fn order(service: i64, link: i64) -> Order {
    Order {
        service,
        link: 78 << 32 | link,
        has_request_id: false,
        failing: None,
        lasts_ms: 2 * HOUR,
    }
}

fn ended(account: AccountId, order: i64, service: i64, refunded: i64) -> Fact {
    Fact::Ended {
        account,
        order: OrderId(order),
        service: ServiceId(service),
        link: order,
        charge: USD,
        refunded,
    }
}

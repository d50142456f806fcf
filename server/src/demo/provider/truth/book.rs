//! What a generated provider really did: the orders that it stored, how each goes and ends.
//!
//! Invariant: what an order's state is follows from its course, the time and a cancel, never from what
//! was said about it.

use std::collections::HashMap;

use super::key_of;
use super::lot::Lot;
use super::spelling::plain;
use crate::clock::Time;
use crate::money::Money;
use crate::protocol::OrderWord;

/// An order as its provider has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrueOrder {
    /// Which provider stored it.
    pub provider: usize,
    /// Its id there, written plainly.
    pub id: String,
    /// The link of the order that is answered for under that id, if it is another: what became of this
    /// one, only a person is told.
    pub line_of: Option<String>,
    /// Where it delivers to.
    pub link: String,
    /// How many units were ordered.
    pub quantity: i64,
    /// When it was stored.
    pub stored_at: Time,
    /// Its status: the final one, once it has ended.
    pub word: OrderWord,
    /// Units not delivered.
    pub remains: i64,
    /// What is charged for it, less what was given back.
    pub charge: Money,
}

impl TrueOrder {
    /// Whether nothing changes any more.
    pub fn has_ended(&self) -> bool {
        is_end(self.word)
    }

    /// Whether its id is this one, in any spelling.
    pub fn is(&self, id: &str) -> bool {
        self.id == plain(id)
    }

    /// Units delivered.
    pub fn delivered(&self) -> i64 {
        self.quantity - self.remains
    }
}

/// Whether a status is an end.
pub(super) fn is_end(word: OrderWord) -> bool {
    matches!(
        word,
        OrderWord::Completed | OrderWord::Partial | OrderWord::Canceled
    )
}

/// What is known of an order's id to who ordered it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum IdIs {
    /// It was not said, or not plainly.
    Untold,
    /// It was said.
    Told,
    /// It was said, and the order's status asked for: it is known.
    Known,
    /// It was given to another order too.
    GivenAgain,
    /// The same, and under it stands now the order for this link.
    TakenOver(String),
}

/// A stored order.
pub(super) struct Stored {
    pub(super) id: String,
    pub(super) link: String,
    quantity: i64,
    charge: Money,
    stored_at: Time,
    over_ms: i64,
    /// The end, and how much of 100 is delivered by then.
    end: (OrderWord, i64),
    canceled_at: Option<Time>,
    /// The slips that `status` has made about it already.
    pub(super) slips: u32,
    id_is: IdIs,
}

/// Where an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    pub(super) word: OrderWord,
    pub(super) remains: i64,
    pub(super) charge: Money,
}

/// The longest that an order takes, in minutes.
const LONGEST: i64 = 90;

impl Stored {
    fn draw(lot: &mut Lot, id: String, link: &str, sold: (i64, Money), now: Time) -> Stored {
        let end = match lot.between(0, 99) {
            0..=11 => (OrderWord::Partial, lot.between(1, 99)),
            12..=19 => (OrderWord::Canceled, 0),
            _ => (OrderWord::Completed, 100),
        };
        Stored {
            id,
            link: link.to_owned(),
            quantity: sold.0,
            charge: sold.1,
            stored_at: now,
            over_ms: lot.between(2, LONGEST) * 60_000,
            end,
            canceled_at: None,
            slips: 0,
            id_is: IdIs::Untold,
        }
    }

    /// Where it is now.
    pub(super) fn state(&self, now: Time) -> State {
        let until = self.canceled_at.filter(|at| *at <= now).unwrap_or(now);
        let elapsed = until.ms_since(self.stored_at).max(0);
        let (last, percent) = self.end;
        let goal = part(self.quantity, percent, 100);
        let (word, delivered) = if elapsed >= self.over_ms {
            (last, goal)
        } else if self.canceled_at.is_some_and(|at| at <= now) {
            match part(goal, elapsed, self.over_ms) {
                0 => (OrderWord::Canceled, 0),
                some => (OrderWord::Partial, some),
            }
        } else if elapsed * 10 < self.over_ms {
            (OrderWord::Pending, 0)
        } else {
            (OrderWord::InProgress, part(goal, elapsed, self.over_ms))
        };
        // A part that is nothing, or everything, is no part.
        let word = if word != OrderWord::Partial {
            word
        } else if delivered == 0 {
            OrderWord::Canceled
        } else if delivered == self.quantity {
            OrderWord::Completed
        } else {
            word
        };
        let remains = self.quantity - delivered;
        let charge = match word {
            OrderWord::Canceled => Money::ZERO,
            OrderWord::Partial => self
                .charge
                .share_of(delivered, self.quantity)
                .unwrap_or(self.charge),
            OrderWord::Pending
            | OrderWord::InProgress
            | OrderWord::Processing
            | OrderWord::Completed => self.charge,
        };
        State {
            word,
            remains,
            charge,
        }
    }

    /// Whether more than half of its time has gone.
    pub(super) fn is_in_second_half(&self, now: Time) -> bool {
        now.ms_since(self.stored_at) * 2 > self.over_ms
    }
}

fn part(of: i64, done: i64, whole: i64) -> i64 {
    let part = i128::from(of) * i128::from(done) / i128::from(whole.max(1));
    i64::try_from(part).unwrap_or(of)
}

/// The orders of one provider.
pub(super) struct Book {
    provider: usize,
    orders: Vec<Stored>,
    by_id: HashMap<String, usize>,
    by_link: HashMap<String, Vec<usize>>,
    next_id: i64,
    prefix: &'static str,
}

impl Book {
    pub(super) fn new(provider: usize, first_id: i64, prefix: &'static str) -> Book {
        Book {
            provider,
            orders: Vec::new(),
            by_id: HashMap::new(),
            by_link: HashMap::new(),
            next_id: first_id,
            prefix,
        }
    }

    /// Stores an order of `sold` units and charge; gives its id. Between two of ours are some of other
    /// customers.
    pub(super) fn store(
        &mut self,
        lot: &mut Lot,
        link: &str,
        sold: (i64, Money),
        now: Time,
    ) -> String {
        self.next_id = self.next_id.saturating_add(lot.between(1, 5));
        let id = format!("{}{}", self.prefix, self.next_id);
        let at = self.orders.len();
        self.orders
            .push(Stored::draw(lot, id.clone(), link, sold, now));
        self.by_id.insert(id.clone(), at);
        self.by_link
            .entry(key_of(link).to_owned())
            .or_default()
            .push(at);
        id
    }

    fn place(&self, id: &str) -> Option<usize> {
        self.by_id.get(plain(id)).copied()
    }

    /// The order that stands under this id, in any spelling.
    pub(super) fn find(&self, id: &str) -> Option<&Stored> {
        self.orders.get(self.place(id)?)
    }

    fn find_mut(&mut self, id: &str) -> Option<&mut Stored> {
        let place = self.place(id)?;
        self.orders.get_mut(place)
    }

    /// Counts one more slip about an order.
    pub(super) fn count_slip(&mut self, id: &str) {
        if let Some(order) = self.find_mut(id) {
            order.slips += 1;
        }
    }

    /// Notes that an order's id was said to who ordered it.
    pub(super) fn tell(&mut self, id: &str) {
        if let Some(order) = self.find_mut(id) {
            order.id_is = IdIs::Told;
        }
    }

    /// Notes that an order was asked for under this id.
    pub(super) fn note_asked(&mut self, id: &str) {
        let told = self.find_mut(id).filter(|order| order.id_is == IdIs::Told);
        if let Some(order) = told {
            order.id_is = IdIs::Known;
        }
    }

    /// The id of the last order for another link that has not ended, and whose id is known to who
    /// ordered it and was not given again.
    pub(super) fn open_and_known(&self, link: &str, now: Time) -> Option<String> {
        let is_open = |order: &&Stored| {
            order.id_is == IdIs::Known
                && key_of(&order.link) != key_of(link)
                && !is_end(order.state(now).word)
        };
        self.orders
            .iter()
            .rev()
            .find(is_open)
            .map(|order| order.id.clone())
    }

    /// Notes that the id of this order is given to another too.
    pub(super) fn give_again(&mut self, id: &str) {
        if let Some(order) = self.find_mut(id) {
            order.id_is = IdIs::GivenAgain;
        }
    }

    /// Puts the order `new` in the place of the one that stands under `id`.
    pub(super) fn take_over(&mut self, id: &str, new: &str) {
        let link = self.find(new).map(|order| order.link.clone());
        if let Some((link, old)) = link.zip(self.find_mut(id)) {
            old.id_is = IdIs::TakenOver(link);
        }
        if let Some(place) = self.place(new) {
            self.by_id.insert(id.to_owned(), place);
        }
    }

    /// The last stored order.
    pub(super) fn last(&self) -> Option<&Stored> {
        self.orders.last()
    }

    /// An id that no order of ours has: another customer's.
    pub(super) fn foreign_id(&self) -> String {
        format!("{}{}", self.prefix, self.next_id.saturating_add(900_001))
    }

    /// Where the order stands in the table.
    pub(super) fn age(&self, id: &str) -> usize {
        self.place(id).unwrap_or(usize::MAX)
    }

    /// Whether an order on this link has not ended.
    pub(super) fn is_active_on(&self, link: &str, now: Time) -> bool {
        self.by_link.get(key_of(link)).is_some_and(|orders| {
            orders
                .iter()
                .any(|at| !is_end(self.orders[*at].state(now).word))
        })
    }

    /// Has an order end at this time, unless it has ended before.
    pub(super) fn cancel(&mut self, id: &str, at: Time) {
        if let Some(order) = self.find_mut(id)
            && order.canceled_at.is_none()
        {
            order.canceled_at = Some(at);
        }
    }

    /// The truth about every order for a link, by its key.
    pub(super) fn truth(&self, link: &str, now: Time) -> Vec<TrueOrder> {
        let orders = self.by_link.get(link).map_or(&[][..], Vec::as_slice);
        orders
            .iter()
            .map(|at| self.told(&self.orders[*at], now))
            .collect()
    }

    /// The truth about every order.
    pub(super) fn all(&self, now: Time) -> Vec<TrueOrder> {
        self.orders.iter().map(|one| self.told(one, now)).collect()
    }

    fn told(&self, order: &Stored, now: Time) -> TrueOrder {
        let State {
            word,
            remains,
            charge,
        } = order.state(now);
        TrueOrder {
            provider: self.provider,
            id: order.id.clone(),
            line_of: match &order.id_is {
                IdIs::TakenOver(link) => Some(link.clone()),
                IdIs::Untold | IdIs::Told | IdIs::Known | IdIs::GivenAgain => None,
            },
            link: order.link.clone(),
            quantity: order.quantity,
            stored_at: order.stored_at,
            word,
            remains,
            charge,
        }
    }
}

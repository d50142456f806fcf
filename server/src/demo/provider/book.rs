//! The provider's book: what it accepted, what that became, and the balance.
//!
//! Invariants: an id names one order for ever; an order's state follows from its course, the time
//! and a cancel, and never from being looked at; a charge is taken once and its refund given once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use super::course::{Course, Phase, Progress, part_of};
use super::dialect::Known;
use super::service::ProviderService;
use crate::clock::Time;
use crate::money::Money;
use crate::protocol::reply::StatusLine;
use crate::protocol::{AskedId, OrderWord, RefillWord, sentence};

/// The first order's id: far from a panel's own ids, so that a mix-up of the two shows.
const FIRST_ORDER: i64 = 5_000_001;
/// The first refill's id, far from both.
const FIRST_REFILL: i64 = 700_001;
/// A target's count before delivery is below this.
const COUNTS_BELOW: u32 = 50_000;

/// An order that the provider accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenOrder {
    /// The provider's id of it.
    pub id: i64,
    /// The service it is of.
    pub service: i64,
    /// Where it delivers to.
    pub link: String,
    /// How many units in all: counted from the lines where the type says so, 1 for a package.
    pub quantity: i64,
    /// The other fields that were sent for it, by wire name: those of its type, `runs`, `interval`.
    pub details: Vec<(String, String)>,
    /// The `request_id` that was sent, whether the provider heeds it or not.
    pub request_id: Option<String>,
    /// When it was accepted.
    pub accepted_at: Time,
}

/// An order before it has an id: what was asked, of which service, how it goes.
pub(super) struct Accepted {
    pub(super) service: Arc<ProviderService>,
    pub(super) link: String,
    pub(super) quantity: i64,
    pub(super) charge: Money,
    pub(super) details: Vec<(String, String)>,
    pub(super) request_id: Option<String>,
    pub(super) course: Course,
}

/// Orders, refills and the balance.
pub(super) struct Book {
    orders: Vec<Order>,
    refills: Vec<Refill>,
    /// What fell away from which target, and when, beside what the scripts say.
    drops: Vec<(String, Time, i64)>,
    balance: Money,
    /// When which order ends with a refund, the earliest on top. Orders that end without one are
    /// not here: accepting them costs no more for a long book.
    refunds_due: BinaryHeap<Reverse<(Time, usize)>>,
}

struct Order {
    seen: SeenOrder,
    service: Arc<ProviderService>,
    course: Course,
    charge: Money,
    refunded: Money,
    canceled_at: Option<Time>,
    last_refill: Option<usize>,
}

struct Refill {
    asked_at: Time,
    over_ms: i64,
}

impl Book {
    /// An empty book with this balance.
    pub(super) fn new(balance: Money) -> Book {
        Book {
            orders: Vec::new(),
            refills: Vec::new(),
            drops: Vec::new(),
            balance,
            refunds_due: BinaryHeap::new(),
        }
    }

    /// Accepts an order and takes its charge; gives its id, or the sentence about the funds.
    pub(super) fn accept(&mut self, now: Time, accepted: Accepted) -> Result<i64, &'static str> {
        let left = self
            .balance
            .minus(accepted.charge)
            .ok()
            .filter(|left| *left >= Money::ZERO);
        self.balance = left.ok_or(sentence::NOT_ENOUGH_FUNDS)?;
        let index = self.orders.len();
        let id = id_of(index, FIRST_ORDER);
        if let Some(after_ms) = accepted.course.refunded_after_ms() {
            self.refunds_due
                .push(Reverse((now.plus_ms(after_ms), index)));
        }
        self.orders.push(Order {
            seen: SeenOrder {
                id,
                service: accepted.service.id,
                link: accepted.link,
                quantity: accepted.quantity,
                details: accepted.details,
                request_id: accepted.request_id,
                accepted_at: now,
            },
            service: accepted.service,
            course: accepted.course,
            charge: accepted.charge,
            refunded: Money::ZERO,
            canceled_at: None,
            last_refill: None,
        });
        Ok(id)
    }

    /// Gives the refunds of all orders that ended by now.
    pub(super) fn settle_due(&mut self, now: Time) {
        while let Some(Reverse((at, index))) = self.refunds_due.peek().copied() {
            if at > now {
                break;
            }
            self.refunds_due.pop();
            self.settle(now, index);
        }
    }

    /// The balance; refunds that are due by now are in it after [`Book::settle_due`].
    pub(super) fn balance(&self) -> Money {
        self.balance
    }

    /// Sets the balance.
    pub(super) fn set_balance(&mut self, balance: Money) {
        self.balance = balance;
    }

    /// Every accepted order, in the order of acceptance.
    pub(super) fn seen(&self) -> impl Iterator<Item = &SeenOrder> {
        self.orders.iter().map(|order| &order.seen)
    }

    /// What `status` knows of an order; `None` if there is no such order.
    pub(super) fn status(&self, now: Time, id: &AskedId) -> Option<Known> {
        let order = &self.orders[self.find(id)?];
        Some(match &order.course {
            Course::Says(text) => Known::Raw(text.clone()),
            Course::Ends { .. } => Known::Line(order.line(now)),
        })
    }

    /// What the target of an order shows now: the count before, what was delivered, less what
    /// fell away and was not refilled. `None` if there is no such order.
    pub(super) fn count(&self, now: Time, id: i64) -> Option<i64> {
        let order = self.orders.get(index_of(id, FIRST_ORDER)?)?;
        let delivered = order.progress(now).delivered;
        Some(start_count(&order.seen.link) + delivered - self.lost(now, order))
    }

    /// Lets `units` fall away from a target, until one of its orders is refilled.
    pub(super) fn drop(&mut self, now: Time, link: &str, units: i64) {
        self.drops.push((link.to_owned(), now, units));
    }

    /// What a target shows now, with all that was delivered to it.
    pub(super) fn target(&self, now: Time, link: &str) -> i64 {
        let orders = || self.orders.iter().filter(|order| order.seen.link == link);
        let there = orders().map(|order| order.progress(now).delivered - self.lost(now, order));
        let refilled = |at: Time| {
            let last = orders().filter_map(|order| order.last_refill);
            let mut last = last.map(|index| &self.refills[index]);
            last.any(|refill| refill.asked_at >= at && refill.is_done(now))
        };
        let fallen = self.drops.iter().filter(|(of, ..)| of == link);
        let fallen = fallen.filter(|(_, at, _)| !refilled(*at));
        start_count(link) + there.sum::<i64>() - fallen.map(|(.., units)| units).sum::<i64>()
    }

    /// Asks for a refill; gives its id, or the sentence that refuses it.
    pub(super) fn refill(&mut self, now: Time, id: &AskedId) -> Result<i64, String> {
        let index = self.find(id).ok_or(sentence::INCORRECT_ORDER_ID)?;
        let order = &self.orders[index];
        let running = order
            .last_refill
            .is_some_and(|refill| !self.refills[refill].is_done(now));
        let refusal = if !order.service.refill {
            Some(sentence::REFILL_DISABLED)
        } else if order.progress(now).word != OrderWord::Completed {
            Some(sentence::NOT_COMPLETED)
        } else {
            running.then_some(sentence::REFILL_TOO_SOON)
        };
        if let Some(refusal) = refusal {
            return Err(refusal.to_owned());
        }
        let refill = self.refills.len();
        self.refills.push(Refill {
            asked_at: now,
            over_ms: order.course.refill_ms(),
        });
        self.orders[index].last_refill = Some(refill);
        Ok(id_of(refill, FIRST_REFILL))
    }

    /// The status of a refill; `None` if there is no such refill.
    pub(super) fn refill_status(&self, now: Time, id: &AskedId) -> Option<RefillWord> {
        let refill = self.refills.get(index_of(id.id?, FIRST_REFILL)?)?;
        Some(match refill.phase(now) {
            Phase::Waiting => RefillWord::Pending,
            Phase::Running { .. } => RefillWord::InProgress,
            Phase::Over => RefillWord::Completed,
        })
    }

    /// Ends an order with what is delivered so far, or gives the sentence that refuses it.
    pub(super) fn cancel(&mut self, now: Time, id: &AskedId) -> Result<(), String> {
        let index = self.find(id).ok_or(sentence::INCORRECT_ORDER_ID)?;
        let order = &mut self.orders[index];
        if !order.service.cancel {
            return Err(sentence::CANCEL_DISABLED.to_owned());
        }
        let word = order.progress(now).word;
        if order.canceled_at.is_some() || word == OrderWord::Canceled {
            return Ok(());
        }
        if is_final(word) {
            return Err(sentence::CANNOT_BE_CANCELED.to_owned());
        }
        order.canceled_at = Some(now);
        self.settle(now, index);
        Ok(())
    }

    fn settle(&mut self, now: Time, index: usize) {
        let order = &mut self.orders[index];
        let due = order
            .charge
            .minus(order.line(now).charge)
            .unwrap_or(Money::ZERO);
        // Out of range is out of the question here: a refund is at most what was charged.
        if let Ok(more) = due.minus(order.refunded)
            && let Ok(balance) = self.balance.plus(more)
        {
            order.refunded = due;
            self.balance = balance;
        }
    }

    fn find(&self, id: &AskedId) -> Option<usize> {
        index_of(id.id?, FIRST_ORDER).filter(|index| *index < self.orders.len())
    }

    fn lost(&self, now: Time, order: &Order) -> i64 {
        let Some(loss) = order.course.loss() else {
            return 0;
        };
        let falls_at = order.seen.accepted_at.plus_ms(loss.after_ms);
        let refilled = order.last_refill.map(|index| &self.refills[index]);
        let refilled = refilled.is_some_and(|r| r.asked_at >= falls_at && r.is_done(now));
        let canceled = order.canceled_at.is_some();
        if now < falls_at || refilled || canceled {
            0
        } else {
            part_of(order.seen.quantity, loss.percent)
        }
    }
}

impl Order {
    fn progress(&self, now: Time) -> Progress {
        let until = self.canceled_at.unwrap_or(now);
        let elapsed_ms = until.ms_since(self.seen.accepted_at);
        let progress = self.course.at(self.seen.quantity, elapsed_ms);
        if self.canceled_at.is_none() || is_final(progress.word) {
            return progress;
        }
        let word = if progress.delivered == 0 {
            OrderWord::Canceled
        } else {
            OrderWord::Partial
        };
        Progress { word, ..progress }
    }

    fn line(&self, now: Time) -> StatusLine {
        let Progress { word, delivered } = self.progress(now);
        let remains = self.seen.quantity - delivered;
        let refund = match word {
            OrderWord::Canceled => self.charge,
            OrderWord::Partial => self
                .charge
                .share_of(remains, self.seen.quantity)
                .unwrap_or(Money::ZERO),
            OrderWord::Pending
            | OrderWord::InProgress
            | OrderWord::Processing
            | OrderWord::Completed => Money::ZERO,
        };
        StatusLine {
            charge: self.charge.minus(refund).unwrap_or(self.charge),
            start_count: Some(start_count(&self.seen.link)),
            status: word,
            remains,
        }
    }
}

impl Refill {
    fn phase(&self, now: Time) -> Phase {
        Phase::at(now.ms_since(self.asked_at), self.over_ms)
    }

    fn is_done(&self, now: Time) -> bool {
        self.phase(now) == Phase::Over
    }
}

fn is_final(word: OrderWord) -> bool {
    matches!(
        word,
        OrderWord::Completed | OrderWord::Partial | OrderWord::Canceled
    )
}

/// What a target showed before: the same for a link every time.
fn start_count(link: &str) -> i64 {
    i64::from(crc32fast::hash(link.as_bytes()) % COUNTS_BELOW)
}

fn id_of(index: usize, first: i64) -> i64 {
    i64::try_from(index).map_or(i64::MAX, |index| first.saturating_add(index))
}

fn index_of(id: i64, first: i64) -> Option<usize> {
    id.checked_sub(first)
        .and_then(|index| usize::try_from(index).ok())
}

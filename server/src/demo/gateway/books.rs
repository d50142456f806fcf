//! What the simulated gateway knows.

use std::collections::{BTreeMap, VecDeque};

use rust_decimal::Decimal;

use super::GatewayFault;
use crate::gateway::PaymentStatus;

/// The first numbers, so that none is small enough to be taken for another.
const FIRST_INVOICE: i64 = 4_522_625_843;
const FIRST_PAYMENT: i64 = 5_800_000_001;
/// What its clock shows first, in ms since 1970. It is none: it goes on by one with each change.
const FIRST_TICK: i64 = 1_765_249_461_097;

/// Everything.
#[derive(Default)]
pub(super) struct Books {
    pub(super) coins: BTreeMap<String, Coin>,
    pub(super) invoices: BTreeMap<i64, SeenInvoice>,
    pub(super) payments: BTreeMap<i64, SimulatedPayment>,
    pub(super) faults: BTreeMap<String, VecDeque<GatewayFault>>,
    pub(super) requests: Vec<String>,
    /// Where callbacks go of invoices that do not say: the account's own setting.
    pub(super) callback_url: Option<String>,
    ticks: i64,
}

/// A coin.
#[derive(Clone, Copy)]
pub(super) struct Coin {
    /// USD per coin.
    pub(super) worth: Decimal,
    /// The least that is taken, in the coin.
    pub(super) least: Decimal,
}

/// An invoice as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenInvoice {
    /// Its number.
    pub id: i64,
    /// What the panel calls it.
    pub order: String,
    /// The price, in USD.
    pub price: Decimal,
    /// The only coin, if there is one.
    pub coin: Option<String>,
    /// Where callbacks are wanted.
    pub callback_url: Option<String>,
}

/// A payment. A test changes what it likes and says so by
/// [`set`](super::SimulatedGateway::set).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedPayment {
    /// Its number.
    pub id: i64,
    /// The payment that it repeats.
    pub parent: Option<i64>,
    /// The invoice; not told, if it is 0.
    pub invoice: i64,
    /// What the panel calls it; not told, if it is empty.
    pub order: String,
    /// The word for how far it is.
    pub status: String,
    /// The price, in `price_currency`.
    pub price: Decimal,
    /// The currency of the price.
    pub price_currency: String,
    /// The coin.
    pub coin: String,
    /// How much of it is asked for.
    pub pay_amount: Decimal,
    /// How much of it arrived.
    pub actually_paid: Decimal,
    /// What that was worth, if it is said; else 0, as often in reality.
    pub actually_paid_fiat: Decimal,
    /// When it was last changed, in ms since 1970.
    pub updated_at_ms: i64,
}

impl SimulatedPayment {
    /// The same with this status.
    #[must_use]
    pub fn at(mut self, status: PaymentStatus) -> SimulatedPayment {
        status.word().clone_into(&mut self.status);
        self
    }

    /// The same as a payment that names nothing but its parent, if it has one.
    #[must_use]
    pub fn unnamed(mut self) -> SimulatedPayment {
        self.order.clear();
        self.invoice = 0;
        self
    }

    /// The same after `amount` of the coin arrived.
    #[must_use]
    pub fn paid(mut self, amount: Decimal) -> SimulatedPayment {
        self.actually_paid = amount;
        self
    }

    /// The same after all arrived that was asked for.
    #[must_use]
    pub fn paid_in_full(self) -> SimulatedPayment {
        let whole = self.pay_amount;
        self.paid(whole)
    }
}

impl Books {
    /// The next moment.
    pub(super) fn tick(&mut self) -> i64 {
        self.ticks += 1;
        FIRST_TICK + self.ticks
    }

    pub(super) fn open(&mut self, invoice: SeenInvoice) -> i64 {
        let id = next(&self.invoices, FIRST_INVOICE);
        self.invoices.insert(id, SeenInvoice { id, ..invoice });
        id
    }

    pub(super) fn choose(&mut self, invoice: &str, coin: &str) -> Option<SimulatedPayment> {
        let invoice = self.invoices.get(&invoice.parse().ok()?)?.clone();
        let worth = self.coins.get(coin)?.worth;
        let price = invoice.price;
        let payment = SimulatedPayment {
            id: next(&self.payments, FIRST_PAYMENT),
            parent: None,
            invoice: invoice.id,
            order: invoice.order,
            status: PaymentStatus::Waiting.word().to_owned(),
            price,
            price_currency: "usd".to_owned(),
            coin: coin.to_owned(),
            pay_amount: price.checked_div(worth)?.round_dp(8),
            actually_paid: Decimal::ZERO,
            actually_paid_fiat: Decimal::ZERO,
            updated_at_ms: self.tick(),
        };
        self.payments.insert(payment.id, payment.clone());
        Some(payment)
    }

    pub(super) fn repeat(
        &mut self,
        first: &SimulatedPayment,
        coin: &str,
        amount: Decimal,
    ) -> SimulatedPayment {
        let payment = SimulatedPayment {
            id: next(&self.payments, FIRST_PAYMENT),
            parent: Some(first.id),
            status: PaymentStatus::PartiallyPaid.word().to_owned(),
            // "It mirrors what arrived."
            price: amount,
            coin: coin.to_owned(),
            pay_amount: amount,
            actually_paid: amount,
            updated_at_ms: self.tick(),
            ..first.clone()
        };
        self.payments.insert(payment.id, payment.clone());
        payment
    }

    /// Where callbacks of an invoice go, if anywhere.
    pub(super) fn callbacks_of(&self, invoice: i64) -> Option<String> {
        let wanted = self.invoices.get(&invoice)?.callback_url.clone();
        wanted.or_else(|| self.callback_url.clone())
    }

    /// What is so of a payment from now on.
    pub(super) fn set(&mut self, payment: &SimulatedPayment) -> SimulatedPayment {
        let mut payment = payment.clone();
        payment.updated_at_ms = self.tick();
        self.payments.insert(payment.id, payment.clone());
        payment
    }

    /// The fault that comes instead of the answer to a request of `path`.
    pub(super) fn fault(&mut self, path: &str) -> Option<GatewayFault> {
        self.requests.push(path.to_owned());
        let queue = self
            .faults
            .iter_mut()
            .find(|(begin, queue)| path.starts_with(begin.as_str()) && !queue.is_empty());
        queue.and_then(|(_, queue)| queue.pop_front())
    }
}

fn next<T>(rows: &BTreeMap<i64, T>, first: i64) -> i64 {
    rows.keys().next_back().map_or(first, |last| last + 1)
}

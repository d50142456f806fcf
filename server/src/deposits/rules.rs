//! What payments are worth, what they make of a deposit, and when a gateway is asked again. Pure.

use rust_decimal::Decimal;

use crate::clock::Time;
use crate::gateway::{Payment, PaymentStatus, Quote};
use crate::ids::DepositId;
use crate::money::Money;
use crate::vocabulary::words;

words! {
    /// Where a deposit stands.
    pub enum DepositStatus {
        /// Nothing has arrived.
        Waiting = "waiting",
        /// A payment was seen, and is not final.
        Confirming = "confirming",
        /// Something arrived that a person of the panel has to look at.
        InReview = "in_review",
        /// It is in the wallet.
        Credited = "credited",
        /// Nothing arrived in time; what comes later is credited all the same.
        Expired = "expired",
        /// The gateway gave up or made no invoice, or a person credited nothing of what arrived.
        Failed = "failed",
        /// The gateway sent the money back after it was credited.
        Returned = "returned",
    }
}

words! {
    /// Why a person has to look at a payment.
    pub enum ReviewReason {
        /// Less than asked for arrived, and less or more of it than is credited without a person.
        Underpaid = "underpaid",
        /// More than asked for arrived; what was asked for is credited.
        Overpaid = "overpaid",
        /// It repeats another payment, or came in another coin than that: what it is worth is not
        /// certain.
        Repeated = "repeated",
        /// It was made in another coin than the deposit names.
        WrongCoin = "wrong_coin",
        /// The gateway says another invoice, price or currency than the deposit has; or it repeats a
        /// payment to another deposit than it names.
        Mismatch = "mismatch",
        /// The gateway uses a status that nobody knows.
        UnknownStatus = "unknown_status",
        /// The gateway says that it is paid, and not how much arrived.
        Unreadable = "unreadable",
        /// The gateway sent it back after it was credited.
        Returned = "returned",
        /// It names no deposit of this panel.
        UnknownDeposit = "unknown_deposit",
        /// A callback told of it, and the gateway knows nothing of it.
        NotAtGateway = "not_at_gateway",
    }
}

words! {
    /// Where a review stands.
    pub enum ReviewState {
        /// Nobody has looked.
        Open = "open",
        /// Somebody has looked, and waits for something.
        Held = "held",
        /// An amount was credited.
        Credited = "credited",
        /// Nothing is credited.
        Rejected = "rejected",
        /// It settled itself: the gateway said more.
        Settled = "settled",
    }
}

/// By what a payment may belong to a deposit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Belonging {
    /// To which it was credited.
    pub credited: Option<DepositId>,
    /// Which its own reference names.
    pub named: Option<DepositId>,
    /// To which the payment belongs that it repeats.
    pub of_parent: Option<DepositId>,
    /// To which an operator bound it.
    pub bound: Option<DepositId>,
    /// To which it belonged before.
    pub before: Option<DepositId>,
}

/// To which deposit a payment belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BelongsTo {
    /// To this one.
    Deposit(DepositId),
    /// To none that is known.
    None,
    /// Its own reference and the payment that it repeats say two, and no operator has said which.
    Contradiction,
}

/// To which deposit a payment belongs. What was credited stays where it is. "A repeated deposit is bound
/// to its parent's"; what an operator says decides only where the gateway says nothing, or two things.
pub fn belongs_to(by: Belonging) -> BelongsTo {
    if let Some(credited) = by.credited {
        return BelongsTo::Deposit(credited);
    }
    let said = by.named.or(by.of_parent);
    match (by.named, by.of_parent) {
        (Some(named), Some(parent)) if named != parent => {
            let decided = by.bound.filter(|bound| *bound == named || *bound == parent);
            decided.map_or(BelongsTo::Contradiction, BelongsTo::Deposit)
        }
        _ => said
            .or(by.bound)
            .or(by.before)
            .map_or(BelongsTo::None, BelongsTo::Deposit),
    }
}

/// The deposit that a payment should belong to.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What the gateway was told as our order.
    pub reference: String,
    /// What was asked for, in USD.
    pub amount: Money,
    /// The only coin, if there is one.
    pub coin: Option<String>,
    /// The invoice.
    pub invoice: Option<String>,
}

/// Which underpaid sums are credited without a person.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From this value on, in USD.
    pub from: Money,
    /// Up to this value.
    pub to: Money,
}

/// What a payment is worth, as far as the gateway proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worth {
    /// What is to be credited for it in all, without a person.
    pub credit: Money,
    /// What it is worth in all; `None` where no number says so.
    pub proved: Option<Money>,
    /// What a person has to look at.
    pub review: Option<ReviewReason>,
}

impl Worth {
    const NOTHING: Worth = Worth {
        credit: Money::ZERO,
        proved: None,
        review: None,
    };

    fn to_review(reason: ReviewReason, proved: Option<Money>) -> Worth {
        Worth {
            proved,
            review: Some(reason),
            ..Worth::NOTHING
        }
    }
}

/// What `payment` is worth to the deposit `asked`. Never more than was asked for, and never the
/// price for less than all of the coins: `floor(price x min(1, actually_paid / pay_amount))`.
pub fn worth(asked: &Asked, payment: &Payment, limits: Limits) -> Worth {
    use PaymentStatus as Status;
    let Some(status) = payment.status else {
        return Worth::to_review(ReviewReason::UnknownStatus, None);
    };
    let arrived = match status {
        Status::Finished | Status::PartiallyPaid => true,
        Status::Waiting | Status::Confirming | Status::Confirmed | Status::Sending => false,
        Status::Failed | Status::Refunded | Status::Expired | Status::Canceled => false,
    };
    if !arrived {
        return Worth::NOTHING;
    }
    // "Do not deliver automatically on any repeated-deposit status": the price of such a payment is
    // not the deposit's, it mirrors what arrived.
    if payment.parent.is_some() {
        let fiat = payment.actually_paid_fiat.filter(|fiat| !fiat.is_zero());
        let proved = fiat.and_then(|fiat| Money::from_decimal_floor(fiat).ok());
        return Worth::to_review(ReviewReason::Repeated, proved);
    }
    if !belongs(asked, payment) {
        return Worth::to_review(ReviewReason::Mismatch, None);
    }
    let (Some(paid), Some(due)) = (payment.actually_paid, payment.pay_amount) else {
        return Worth::to_review(ReviewReason::Unreadable, None);
    };
    let Ok(proved) = asked.amount.in_proportion(paid, due) else {
        return Worth::to_review(ReviewReason::Unreadable, None);
    };
    if paid.is_zero() {
        // Paid nothing, and yet finished: one of the two is not so.
        return if status == Status::Finished {
            Worth::to_review(ReviewReason::Unreadable, None)
        } else {
            Worth::NOTHING
        };
    }
    if asked
        .coin
        .as_ref()
        .is_some_and(|coin| *coin != payment.pay_currency)
    {
        return Worth::to_review(ReviewReason::WrongCoin, Some(proved));
    }
    let credit = proved.min(asked.amount);
    let automatic = status == Status::Finished || (limits.from..=limits.to).contains(&credit);
    if !automatic {
        return Worth::to_review(ReviewReason::Underpaid, Some(proved));
    }
    Worth {
        credit,
        proved: Some(proved),
        review: (paid > due).then_some(ReviewReason::Overpaid),
    }
}

/// Whether the gateway says of `payment` what the deposit has: reference, invoice, price, currency.
fn belongs(asked: &Asked, payment: &Payment) -> bool {
    let price = payment.price.map(Money::from_decimal_floor);
    payment.order.as_ref() == Some(&asked.reference)
        && payment.price_currency == "usd"
        && price == Some(Ok(asked.amount))
        && (payment.invoice.is_none() || payment.invoice == asked.invoice)
}

/// What is known of one payment of a deposit.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// What the gateway said last, if it said something that we know.
    pub status: Option<PaymentStatus>,
    /// Whether a person has to look at it.
    pub in_review: bool,
    /// Whether it was sent back after it had been credited.
    pub returned: bool,
}

/// Where a deposit stands by all that is known of its payments, whatever came first; `is_over` once
/// nothing is looked for any more.
pub fn status_of(credited: Money, payments: &[Known], is_over: bool) -> DepositStatus {
    let any = |test: fn(&Known) -> bool| payments.iter().any(test);
    if any(|payment| payment.returned) {
        DepositStatus::Returned
    } else if any(|payment| payment.in_review) {
        DepositStatus::InReview
    } else if credited.is_positive() {
        DepositStatus::Credited
    } else if any(|payment| payment.status.is_some_and(is_on_its_way)) {
        DepositStatus::Confirming
    } else if any(|payment| payment.status.is_some_and(came_to_nothing)) {
        DepositStatus::Failed
    } else if is_over || any(|payment| payment.status == Some(PaymentStatus::Expired)) {
        DepositStatus::Expired
    } else {
        DepositStatus::Waiting
    }
}

fn is_on_its_way(status: PaymentStatus) -> bool {
    match status {
        PaymentStatus::Confirming | PaymentStatus::Confirmed | PaymentStatus::Sending => true,
        PaymentStatus::Waiting
        | PaymentStatus::PartiallyPaid
        | PaymentStatus::Finished
        | PaymentStatus::Failed
        | PaymentStatus::Refunded
        | PaymentStatus::Expired
        | PaymentStatus::Canceled => false,
    }
}

/// Of a payment that is neither credited nor in review.
fn came_to_nothing(status: PaymentStatus) -> bool {
    match status {
        PaymentStatus::PartiallyPaid
        | PaymentStatus::Finished
        | PaymentStatus::Failed
        | PaymentStatus::Refunded => true,
        PaymentStatus::Waiting
        | PaymentStatus::Confirming
        | PaymentStatus::Confirmed
        | PaymentStatus::Sending
        | PaymentStatus::Expired
        | PaymentStatus::Canceled => false,
    }
}

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// How long payments are looked for every minute: most are made at once.
const EAGER_MS: i64 = 2 * HOUR_MS;
/// How long they are looked for at all: invoices are open for seven days.
const PATIENT_MS: i64 = 8 * 24 * HOUR_MS;

/// When a deposit of `created_at` is looked after again; never, once it is eight days old.
pub fn next_look(created_at: Time, now: Time) -> Option<Time> {
    let age_ms = now.ms_since(created_at);
    if age_ms < EAGER_MS {
        Some(now.plus_ms(MINUTE_MS))
    } else if age_ms < PATIENT_MS {
        Some(now.plus_ms(15 * MINUTE_MS))
    } else {
        None
    }
}

/// When the gateway is asked about a payment again that has this `status`. What is finished or sent
/// back is told by a callback if it changes; all others may still be paid.
pub fn next_ask(status: Option<PaymentStatus>, created_at: Time, now: Time) -> Option<Time> {
    match status {
        Some(PaymentStatus::Finished | PaymentStatus::Refunded) => None,
        Some(_) | None => next_look(created_at, now),
    }
}

/// When it is asked again after `failed` asks in a row without an answer, unless it wants to be left
/// alone for longer.
pub fn next_try(failed: i64, retry_after_ms: Option<i64>, now: Time) -> Time {
    let doublings = failed.clamp(1, 8) - 1;
    let wait_ms = (0..doublings).fold(5 * SECOND_MS, |wait, _| wait * 2);
    let wait_ms = wait_ms.max(retry_after_ms.unwrap_or(0)).min(HOUR_MS);
    now.plus_ms(wait_ms)
}

/// How much more than a coin's minimum is asked for, in percent: its price moves until it is paid.
const MARGIN_PERCENT: i64 = 5;

/// The least that may be deposited with a coin of which the gateway says `quote`, if `amount` is too
/// little: what would do, in USD, rounded up to a cent.
pub fn least_with_coin(amount: Money, quote: &Quote) -> Option<Money> {
    let with_margin = |least: Money| {
        let parts = Decimal::from(100 + MARGIN_PERCENT);
        least.in_proportion(parts, Decimal::ONE_HUNDRED).ok()
    };
    // By the gateway's own figure in USD, or by what the coin is worth now.
    let least = match quote.minimum_usd.filter(|usd| !usd.is_zero()) {
        Some(usd) => Money::from_decimal_floor(usd).ok(),
        None => amount.in_proportion(quote.minimum, quote.estimate).ok(),
    };
    let least = least.and_then(with_margin)?;
    (amount < least).then(|| up_to_a_cent(least))
}

fn up_to_a_cent(amount: Money) -> Money {
    const CENT: i64 = 10_000_000;
    let cents = (amount.nano() + CENT - 1).div_euclid(CENT);
    Money::from_nano(cents * CENT)
}

#[cfg(test)]
mod tests;

//! The rules of tickets, policy 5: pure functions of what is stored and the time.

use crate::clock::Time;
use crate::error::Refusal;
use crate::ids::TicketId;
use crate::money::Money;
use crate::vocabulary::words;

words! {
    /// Where a ticket stands; in the sequence of the queue.
    pub enum TicketState {
        /// It waits for staff.
        Open = "open",
        /// Staff wrote last.
        Answered = "answered",
        /// It was decided.
        Closed = "closed",
    }
}

words! {
    /// What was decided about a ticket.
    pub enum TicketOutcome {
        /// An amount went back.
        Refund = "refund",
        /// What dropped is topped up.
        Refill = "refill",
        /// What was wrong was put right, as the reason says.
        Correction = "correction",
        /// Nothing is done.
        Declined = "declined",
    }
}

/// "Review processes take 24-48 hours": from when on a ticket is due, and overdue, in ms.
pub const REVIEW_MS: [i64; 2] = [24 * 3_600_000, 48 * 3_600_000];

/// How many tickets of one account may be undecided.
pub const UNDECIDED: i64 = 100;

/// How many messages a ticket may have.
pub const MESSAGES: i64 = 200;

/// How many screenshots a ticket may have.
pub const SCREENSHOTS: i64 = 3;

/// When a ticket of this time is due, and when it is overdue.
pub fn review(created_at: Time) -> [Time; 2] {
    REVIEW_MS.map(|ms| created_at.plus_ms(ms))
}

/// Whether another ticket may be filed: "at any time", but an order has one that is not decided, and
/// an account as many as people can look into. `of_order` is the order's, `of_account` how many the
/// account has.
pub fn can_open(of_order: Option<TicketId>, of_account: i64) -> Result<(), Refusal> {
    if let Some(ticket) = of_order {
        let why = format!("ticket {ticket} of this order is not decided: write to that one");
        return Err(Refusal::Conflict { why });
    }
    at_most(UNDECIDED, of_account, "an account", "undecided tickets")
}

/// Whether a ticket with `messages` may have one more.
pub fn can_write(messages: i64) -> Result<(), Refusal> {
    at_most(MESSAGES, messages, "a ticket", "messages")
}

/// Whether a ticket with `screenshots` may have one more: "up to 3".
pub fn can_show(screenshots: i64) -> Result<(), Refusal> {
    at_most(SCREENSHOTS, screenshots, "a ticket", "screenshots")
}

fn at_most(most: i64, has: i64, whose: &str, what: &str) -> Result<(), Refusal> {
    if has < most {
        return Ok(());
    }
    let why = format!("{whose} has at most {most} {what}, and this one has {has}");
    Err(Refusal::Conflict { why })
}

/// What a reviewer counted at the target, in units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Before the delivery.
    pub start: i64,
    /// Now.
    pub current: i64,
}

/// Whether it can have been counted.
pub fn counts(counts: Counts) -> Result<Counts, Refusal> {
    for (field, count) in [
        ("start_count", counts.start),
        ("current_count", counts.current),
    ] {
        if count < 0 {
            return Err(Refusal::FieldInvalid {
                field,
                expected: "zero or more",
            });
        }
    }
    Ok(counts)
}

/// What a ticket refunds: what is given, or, without that, what was proposed; "amount <= what the
/// order still has un-refunded".
pub fn refund(
    given: Option<Money>,
    proposed: Option<Money>,
    left: Money,
) -> Result<Money, Refusal> {
    let invalid = |expected| Refusal::FieldInvalid {
        field: "amount",
        expected,
    };
    let amount = given.or(proposed);
    let amount = amount.ok_or(invalid("there: no refund was proposed on this ticket"))?;
    if !amount.is_positive() {
        return Err(invalid("above zero"));
    }
    if amount > left {
        return Err(Refusal::AmountAboveLeft { left });
    }
    Ok(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(cents: i64) -> Money {
        Money::from_nano(cents * 10_000_000)
    }

    #[test]
    fn a_review_is_due_after_a_day_and_overdue_after_two() {
        let [due, overdue] = review(Time::from_ms(1));
        assert_eq!(due, Time::from_ms(86_400_001));
        assert_eq!(overdue, Time::from_ms(172_800_001));
    }

    #[test]
    fn an_order_has_one_undecided_ticket_and_an_account_a_hundred() {
        assert_eq!(can_open(None, 0), Ok(()));
        assert_eq!(can_open(None, 99), Ok(()));
        let told = |refused: Result<(), Refusal>| refused.unwrap_err().to_string();
        assert_eq!(
            told(can_open(None, 100)),
            "an account has at most 100 undecided tickets, and this one has 100"
        );
        assert_eq!(
            told(can_open(Some(TicketId(7)), 1)),
            "ticket 7 of this order is not decided: write to that one"
        );
        assert_eq!(can_show(2), Ok(()));
        assert!(can_show(3).is_err());
        assert!(can_write(200).is_err());
    }

    #[test]
    fn counts_are_not_below_zero() {
        let ask = |start, current| counts(Counts { start, current }).is_ok();
        assert!(ask(0, 0));
        assert!(!ask(-1, 0));
        assert!(!ask(0, -1));
    }

    #[test]
    fn a_refund_is_what_is_given_or_proposed_and_at_most_what_is_left() {
        assert_eq!(refund(Some(usd(54)), None, usd(54)), Ok(usd(54)));
        assert_eq!(refund(None, Some(usd(20)), usd(54)), Ok(usd(20)));
        assert_eq!(refund(Some(usd(10)), Some(usd(20)), usd(54)), Ok(usd(10)));
        let above = Err(Refusal::AmountAboveLeft { left: usd(19) });
        assert_eq!(refund(None, Some(usd(20)), usd(19)), above);
        assert!(refund(None, None, usd(54)).is_err());
        assert!(refund(Some(Money::ZERO), None, usd(54)).is_err());
        assert!(refund(Some(usd(1)), None, Money::ZERO).is_err());
    }
}

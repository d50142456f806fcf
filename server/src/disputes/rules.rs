//! The rules of disputes, policy 6: pure functions of what is stored and the time.

use crate::clock::Time;
use crate::error::Refusal;
use crate::ids::DisputeId;
use crate::money::Money;
use crate::orders::rules::left;
use crate::vocabulary::words;

words! {
    /// What a dispute is about.
    pub enum DisputeReason {
        /// The charge is not what it should have been.
        WrongCharge = "wrong_charge",
        /// What was charged was not delivered.
        NotDelivered = "not_delivered",
        /// Something else, which the description says.
        Other = "other",
    }
}

words! {
    /// Where a dispute stands.
    pub enum DisputeState {
        /// Nobody has decided it.
        Open = "open",
        /// Decided for the customer: an amount went back.
        Upheld = "upheld",
        /// Decided against the customer: nothing went back.
        Rejected = "rejected",
    }
}

/// "Within 48 hours of the charge", in ms.
const WINDOW_MS: i64 = 48 * 3_600_000;

/// Until when a charge of this time can be disputed, the moment itself included.
pub const fn until(charged_at: Time) -> Time {
    charged_at.plus_ms(WINDOW_MS)
}

/// What decides whether a charge can be disputed.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// When it was charged.
    pub charged_at: Time,
    /// What.
    pub charge: Money,
    /// What came back of it.
    pub refunded: Money,
    /// Whether the order overlaps another of its account.
    pub overlapping: bool,
    /// Its dispute that is open, or was upheld, if there is one.
    pub standing: Option<(DisputeId, DisputeState)>,
}

/// The largest amount that can be disputed at `now`: what did not come back of the charge.
///
/// "Within 48 hours of the charge": later ones are refused, with both times. "One open dispute per
/// order"; one that was upheld is the last word on its order.
pub fn can_dispute(standing: &Standing, now: Time) -> Result<Money, Refusal> {
    let until = until(standing.charged_at);
    if until < now {
        return Err(Refusal::DisputePeriodOver {
            charged_at: standing.charged_at,
            until,
        });
    }
    match standing.standing {
        Some((dispute, DisputeState::Open)) => return Err(Refusal::DisputeOpen { dispute }),
        Some((dispute, DisputeState::Upheld)) => {
            let why = format!("dispute {dispute} of this order was upheld: that is final");
            return Err(Refusal::Conflict { why });
        }
        Some((_, DisputeState::Rejected)) | None => {}
    }
    let left = left(standing.charge, standing.refunded);
    if left.is_positive() {
        Ok(left)
    } else {
        Err(Refusal::AmountAboveLeft { left })
    }
}

/// Whether `amount` of the charge can be disputed for `reason` at `now`.
///
/// "The exact amount in question" (0 < amount <= charge - refunded); "count disputes
/// (`not_delivered`)" of an order that overlaps another are refused: nobody can tell the counts apart.
pub fn check(
    standing: &Standing,
    reason: DisputeReason,
    amount: Money,
    now: Time,
) -> Result<(), Refusal> {
    let left = can_dispute(standing, now)?;
    if !amount.is_positive() {
        return Err(Refusal::FieldInvalid {
            field: "amount",
            expected: "above zero",
        });
    }
    if amount > left {
        return Err(Refusal::AmountAboveLeft { left });
    }
    if standing.overlapping && reason == DisputeReason::NotDelivered {
        return Err(Refusal::OrderOverlapping);
    }
    Ok(())
}

/// What an upheld dispute refunds: what its reviewer gives, or, without that, what is claimed; "capped":
/// at what is claimed, and at what is left of the charge.
pub fn upheld(claimed: Money, given: Option<Money>, left: Money) -> Result<Money, Refusal> {
    let most = claimed.min(left);
    let amount = given.unwrap_or(most);
    if !amount.is_positive() {
        return Err(Refusal::FieldInvalid {
            field: "amount",
            expected: "above zero, with something left of the charge; else reject the dispute",
        });
    }
    if amount > most {
        return Err(Refusal::AmountAboveLeft { left: most });
    }
    Ok(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn usd(cents: i64) -> Money {
        Money::from_nano(cents * 10_000_000)
    }

    fn standing() -> Standing {
        Standing {
            charged_at: Time::from_ms(0),
            charge: usd(90),
            refunded: usd(36),
            overlapping: false,
            standing: None,
        }
    }

    fn at(hours: i64) -> Time {
        Time::from_ms(hours * HOUR)
    }

    #[test]
    fn a_charge_is_disputed_within_48_hours_and_not_a_moment_later() {
        assert_eq!(can_dispute(&standing(), at(0)), Ok(usd(54)));
        assert_eq!(can_dispute(&standing(), at(48)), Ok(usd(54)));
        let late = Refusal::DisputePeriodOver {
            charged_at: at(0),
            until: at(48),
        };
        let moment = at(48).plus_ms(1);
        assert_eq!(can_dispute(&standing(), moment), Err(late.clone()));
        assert_eq!(can_dispute(&standing(), at(49)), Err(late));
    }

    #[test]
    fn one_dispute_is_open_and_an_upheld_one_is_the_last() {
        let with = |state| Standing {
            standing: Some((DisputeId(7), state)),
            ..standing()
        };
        let dispute = DisputeId(7);
        assert_eq!(
            can_dispute(&with(DisputeState::Open), at(1)),
            Err(Refusal::DisputeOpen { dispute })
        );
        let upheld = can_dispute(&with(DisputeState::Upheld), at(1));
        assert!(matches!(upheld, Err(Refusal::Conflict { .. })));
        assert_eq!(
            can_dispute(&with(DisputeState::Rejected), at(1)),
            Ok(usd(54))
        );
    }

    #[test]
    fn the_amount_is_above_zero_and_at_most_what_is_left_of_the_charge() {
        let ask = |amount| check(&standing(), DisputeReason::WrongCharge, amount, at(1));
        assert_eq!(ask(Money::from_nano(1)), Ok(()));
        assert_eq!(ask(usd(54)), Ok(()));
        let above = Refusal::AmountAboveLeft { left: usd(54) };
        assert_eq!(ask(usd(54).plus(Money::from_nano(1)).unwrap()), Err(above));
        assert!(ask(Money::ZERO).is_err());
        let nothing = Standing {
            refunded: usd(90),
            ..standing()
        };
        let none = Refusal::AmountAboveLeft { left: Money::ZERO };
        assert_eq!(can_dispute(&nothing, at(1)), Err(none));
    }

    #[test]
    fn counts_of_overlapping_orders_are_not_disputed_and_charges_are() {
        let overlapping = Standing {
            overlapping: true,
            ..standing()
        };
        let ask = |reason| check(&overlapping, reason, usd(1), at(1));
        let no = Err(Refusal::OrderOverlapping);
        assert_eq!(ask(DisputeReason::NotDelivered), no);
        assert_eq!(ask(DisputeReason::WrongCharge), Ok(()));
        assert_eq!(ask(DisputeReason::Other), Ok(()));
    }

    #[test]
    fn what_is_upheld_is_capped_by_the_claim_and_by_what_is_left() {
        assert_eq!(upheld(usd(50), None, usd(54)), Ok(usd(50)));
        assert_eq!(upheld(usd(50), None, usd(20)), Ok(usd(20)));
        assert_eq!(upheld(usd(50), Some(usd(10)), usd(20)), Ok(usd(10)));
        let above = |left| Err(Refusal::AmountAboveLeft { left });
        assert_eq!(upheld(usd(50), Some(usd(51)), usd(54)), above(usd(50)));
        assert_eq!(upheld(usd(50), Some(usd(21)), usd(20)), above(usd(20)));
        assert!(upheld(usd(50), None, Money::ZERO).is_err());
        assert!(upheld(usd(50), Some(Money::ZERO), usd(54)).is_err());
    }
}

//! The rules of suspensions and chargebacks, pure.

use crate::error::Refusal;
use crate::money::{AmountError, Money};
use crate::vocabulary::words;

words! {
    /// Why an account is suspended, and so whether it can be reinstated.
    pub enum SuspensionKind {
        /// A person decided it; a person can undo it.
        Ordinary = "ordinary",
        /// "Filing an external chargeback will result in immediate permanent suspension".
        Chargeback = "chargeback",
    }
}

/// The longest reason, in characters.
const MAX_REASON: usize = 1_000;
/// The longest reference of a chargeback, in characters.
const MAX_REFERENCE: usize = 100;

/// A reason as it is kept: without spaces around it.
pub fn reason(text: &str) -> Result<&str, Refusal> {
    let text = text.trim();
    // Its lines are kept; what else a terminal would act on is not.
    let is_plain = !text.chars().any(|c| c.is_control() && c != '\n');
    if is_plain && (1..=MAX_REASON).contains(&text.chars().count()) {
        Ok(text)
    } else {
        Err(Refusal::FieldInvalid {
            field: "reason",
            expected: "1 to 1000 printable characters",
        })
    }
}

/// The reference of a chargeback as it is kept: without spaces around it.
pub fn reference(text: &str) -> Result<&str, Refusal> {
    let text = text.trim();
    let is_plain = !text.chars().any(char::is_control);
    if is_plain && (1..=MAX_REFERENCE).contains(&text.chars().count()) {
        Ok(text)
    } else {
        Err(Refusal::FieldInvalid {
            field: "reference",
            expected: "1 to 100 printable characters",
        })
    }
}

/// The amount of a chargeback.
pub fn amount(amount: Money) -> Result<Money, Refusal> {
    let invalid = Refusal::FieldInvalid {
        field: "amount",
        expected: "an amount of USD above zero with at most nine decimals, such as 12.50",
    };
    amount.is_positive().then_some(amount).ok_or(invalid)
}

/// What a chargeback of `amount` is covered by, and what it is short of: `forfeited` is what was
/// forfeited under its suspension, `covered` what of that has covered chargebacks before. "A wallet
/// never goes negative."
pub fn cover(
    amount: Money,
    forfeited: Money,
    covered: Money,
) -> Result<(Money, Money), AmountError> {
    let left = forfeited.minus(covered)?.max(Money::ZERO);
    let covered = left.min(amount);
    Ok((covered, amount.minus(covered)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chargeback_is_covered_by_what_was_forfeited_and_not_used_yet() {
        for (amount, forfeited, used, covered, shortfall) in [
            (30, 100, 0, 30, 0),
            (30, 20, 0, 20, 10),
            (30, 100, 90, 10, 20),
            (30, 0, 0, 0, 30),
            (30, 30, 30, 0, 30),
        ] {
            let [amount, forfeited, used, covered, shortfall] =
                [amount, forfeited, used, covered, shortfall].map(Money::from_nano);
            assert_eq!(cover(amount, forfeited, used), Ok((covered, shortfall)));
        }
    }

    #[test]
    fn a_reason_says_something_and_not_too_much() {
        assert_eq!(
            reason("  resold\nstolen cards "),
            Ok("resold\nstolen cards")
        );
        assert!(reason(&"x".repeat(1_000)).is_ok());
        for text in ["", " \n", "a\u{1b}[2J", &"x".repeat(1_001)] {
            assert!(reason(text).is_err(), "{text:?}");
        }
        assert_eq!(reference(" CB-1 "), Ok("CB-1"));
        for text in ["", " ", "a\nb", &"x".repeat(101)] {
            assert!(reference(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_amount_is_above_zero() {
        assert!(amount(Money::from_nano(1)).is_ok());
        assert!(amount(Money::ZERO).is_err() && amount(Money::from_nano(-1)).is_err());
    }
}

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
    fn an_amount_is_above_zero() {
        assert!(amount(Money::from_nano(1)).is_ok());
        assert!(amount(Money::ZERO).is_err() && amount(Money::from_nano(-1)).is_err());
    }
}

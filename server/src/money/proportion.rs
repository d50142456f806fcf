//! The share of an amount that two quantities of something else stand for.

use num_bigint::BigInt;
use rust_decimal::Decimal;

use super::{AmountError, Money};

impl Money {
    /// `floor(self x part / whole)`, exactly, whatever the decimals of `part` and `whole`; more than
    /// the whole gives more than `self`. `whole` must be above zero and neither `self` nor `part`
    /// below it, else [`AmountError::OutOfRange`], as for a result that is no amount.
    pub fn in_proportion(self, part: Decimal, whole: Decimal) -> Result<Money, AmountError> {
        if self.nano() < 0 || part.is_sign_negative() || whole <= Decimal::ZERO {
            return Err(AmountError::OutOfRange);
        }
        // part / whole = (part's digits x 10^whole's scale) / (whole's digits x 10^part's scale)
        let digits = |number: Decimal| BigInt::from(number.mantissa());
        let above = BigInt::from(self.nano()) * digits(part) * ten_to(whole.scale());
        let below = digits(whole) * ten_to(part.scale());
        i64::try_from(above / below)
            .map(Money::from_nano)
            .map_err(|_| AmountError::OutOfRange)
    }

    /// A gateway's amount in USD, with what is less than a nano-USD left off; neither below zero nor
    /// more than an amount can be, else [`AmountError::OutOfRange`].
    pub fn from_decimal_floor(number: Decimal) -> Result<Money, AmountError> {
        Money::from_nano(1_000_000_000).in_proportion(number, Decimal::ONE)
    }
}

fn ten_to(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_proportion_is_exact_and_rounded_down() {
        let table = [
            ("20", "0.00656612", "0.00656612", "20"),
            ("1", "10", "12.5", "0.80"),
            ("20", "0.00656611", "0.00656612", "19.999969540"),
            ("1", "12", "11.8", "1.016949152"),
            (
                "1",
                "0.0000000000000000000000000001",
                "0.0000000000000000000000000003",
                "0.333333333",
            ),
            (
                "9000000000",
                "79228162514264337593543950335",
                "79228162514264337593543950335",
                "9000000000",
            ),
            ("1", "0", "3", "0"),
        ];
        for (amount, part, whole, expected) in table {
            let share = money(amount).in_proportion(decimal(part), decimal(whole));
            assert_eq!(share, Ok(money(expected)), "{amount} {part} {whole}");
        }
    }

    #[test]
    fn what_is_no_proportion_is_refused() {
        for (amount, part, whole) in [("1", "1", "0"), ("1", "-1", "1"), ("-1", "1", "1")] {
            let share = money(amount).in_proportion(decimal(part), decimal(whole));
            assert_eq!(
                share,
                Err(AmountError::OutOfRange),
                "{amount} {part} {whole}"
            );
        }
        let too_much = money("9000000000").in_proportion(decimal("2"), decimal("1"));
        assert_eq!(too_much, Err(AmountError::OutOfRange));
    }

    #[test]
    fn an_amount_from_a_number_leaves_off_what_is_too_small() {
        let amount = Money::from_decimal_floor(decimal("12.98513924999999"));
        assert_eq!(amount, Ok(money("12.985139249")));
        assert!(Money::from_decimal_floor(decimal("-0.01")).is_err());
        assert!(Money::from_decimal_floor(decimal("99999999999")).is_err());
    }

    proptest! {
        /// Parts of one payment never add up to more than the whole.
        #[test]
        fn shares_add_up_to_no_more_than_the_amount(
            nano in 0_i64..10_i64.pow(18), a in 0_i64..10_i64.pow(15), b in 1_i64..10_i64.pow(15)
        ) {
            let amount = Money::from_nano(nano);
            let (a, b) = (Decimal::new(a, 8), Decimal::new(b, 8));
            let one = amount.in_proportion(a, a + b).unwrap();
            let other = amount.in_proportion(b, a + b).unwrap();
            prop_assert!(one.plus(other).unwrap() <= amount);
        }
    }
}

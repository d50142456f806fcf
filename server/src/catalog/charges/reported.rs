//! A reported charge beside its quote. Pure.

use rust_decimal::Decimal;

use crate::catalog::Exchange;
use crate::catalog::dialect::Dialect;
use crate::money::{Money, provider_number};
use crate::protocol::upstream::named_amount;

/// How many of the first charges are compared.
const FIRST: i64 = 3;
/// After those, one of so many.
const EVERY: i64 = 100;

/// A charge as a provider reported it, in its own currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportedCharge(Decimal);

impl ReportedCharge {
    /// Reads a charge that can be compared: a number above zero that names no currency, or the
    /// provider's own, beside it or in `currency`.
    pub fn read(
        text: &str,
        currency: Option<&str>,
        exchange: &Exchange,
        dialect: &Dialect,
    ) -> Option<ReportedCharge> {
        let (number, beside) = named_amount(text)?;
        let named = [beside, currency.unwrap_or_default().trim()];
        let is_own = |word: &str| word.is_empty() || dialect.is_own_currency(exchange, word);
        let number = provider_number(number).ok()?;
        (named.into_iter().all(is_own) && number > Decimal::ZERO).then_some(ReportedCharge(number))
    }

    /// Whether it is above `quoted` (USD) by more than a quarter and by more than one unit of its last
    /// printed digit. One that is too large to be computed with is above everything.
    pub fn is_above(self, quoted: Money, exchange: &Exchange) -> bool {
        self.compare(quoted, exchange).unwrap_or(true)
    }

    /// Whether it is about a thousand times `quoted` (USD): as if prices of one unit were read as prices
    /// of 1000.
    pub fn is_a_thousandfold(self, quoted: Money, exchange: &Exchange) -> bool {
        let charged = self.0.checked_mul(Decimal::from(exchange.nano_usd));
        let quoted = Decimal::from(quoted.nano());
        let times = charged.and_then(|charged| charged.checked_div(quoted));
        times.is_some_and(|times| (Decimal::from(800)..=Decimal::from(1_250)).contains(&times))
    }

    fn compare(self, quoted: Money, exchange: &Exchange) -> Option<bool> {
        let nano = |amount: Decimal| amount.checked_mul(Decimal::from(exchange.nano_usd));
        let (charged, quoted) = (nano(self.0)?, Decimal::from(quoted.nano()));
        let last_digit = nano(Decimal::new(1, self.0.scale()))?;
        let by_a_quarter =
            charged.checked_mul(Decimal::from(4))? > quoted.checked_mul(Decimal::from(5))?;
        Some(by_a_quarter && charged.checked_sub(quoted)? > last_digit)
    }
}

/// Whether the charge of this number, from 1, is compared.
pub(super) fn is_compared(number: i64) -> bool {
    number <= FIRST || number % EVERY == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::dialect::CurrencyWord;

    fn reported(text: &str, currency: Option<&str>) -> Option<ReportedCharge> {
        ReportedCharge::read(text, currency, &Exchange::usd(), &Dialect::default())
    }

    #[test]
    fn a_charge_is_above_by_a_quarter_and_by_more_than_its_last_digit() {
        for (charge, quoted, above) in [
            // A basis that is wrong by 1000.
            ("0.90", "0.0009", true),
            ("900", "0.90", true),
            ("9e2", "0.90", true),
            // As quoted, or a little more.
            ("0.90", "0.90", false),
            ("1.12", "0.90", false),
            ("1.125", "0.90", false),
            ("1.126", "0.90", true),
            ("1.13", "0.90", true),
            ("0.001", "0.90", false),
            // Rounded to two digits: one unit of them is no proof.
            ("0.01", "0.0009", false),
            ("0.01", "0.000001", false),
            ("0.02", "0.0009", true),
            ("0.02", "0.0101", false),
            ("0.03", "0.0101", true),
            ("0.010", "0.0009", true),
            // No digits behind the point.
            ("1", "0.30", false),
            ("2", "0.30", true),
            ("99999999999999999999999999", "0.90", true),
        ] {
            let read = reported(charge, None).unwrap();
            let quoted = Money::parse(quoted).unwrap();
            assert_eq!(
                read.is_above(quoted, &Exchange::usd()),
                above,
                "{charge} {quoted}"
            );
        }
    }

    #[test]
    fn what_is_no_amount_of_the_providers_own_currency_is_not_compared() {
        for (charge, currency, compared) in [
            ("0.30", None, true),
            ("0.30", Some("USD"), true),
            ("0.30", Some(" usd "), true),
            ("$0.30", None, true),
            ("0.30 USD", Some("USD"), true),
            ("25.00", Some("INR"), false),
            ("25.00 INR", None, false),
            ("₹25", Some("USD"), false),
            ("0.30", Some("USDT"), false),
            ("0", None, false),
            ("0.00", Some("USD"), false),
            ("-0.30", None, false),
            ("1,000.00", None, false),
            ("n/a", None, false),
            ("", None, false),
        ] {
            assert_eq!(
                reported(charge, currency).is_some(),
                compared,
                "{charge} {currency:?}"
            );
        }
    }

    #[test]
    fn a_charge_in_another_currency_is_converted_before_it_is_compared() {
        let reais = Exchange {
            currency: "BRL".to_owned(),
            nano_usd: 180_000_000,
        };
        let dialect = Dialect {
            currency_word: CurrencyWord::Word("R$".to_owned()),
            ..Dialect::default()
        };
        let read = |text| ReportedCharge::read(text, Some("R$"), &reais, &dialect).unwrap();
        let quoted = Money::parse("0.90").unwrap();
        assert!(!read("5.00").is_above(quoted, &reais));
        assert!(read("6.26").is_above(quoted, &reais));
        assert!(!read("0.01").is_above(Money::from_nano(1), &reais));
    }

    #[test]
    fn the_first_three_are_compared_and_every_hundredth() {
        let compared: Vec<i64> = (1..=300).filter(|number| is_compared(*number)).collect();
        assert_eq!(compared, [1, 2, 3, 100, 200, 300]);
    }
}

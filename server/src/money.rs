//! Exact money: [`Money`] in nano-USD, [`Rate`] in micro-USD per 1000, and the only arithmetic
//! that turns one into the other.
//!
//! Amounts are integers in the database, in memory and in every sum; decimal text exists only at
//! the edges. No `f64` is ever involved: there is no conversion from or to it. With a rate of at
//! most six decimals per 1000, `charge = rate_micro x quantity` nano-USD holds exactly, with no
//! division; the two divisions of the product are the refund, see [`Money::share_of`], and what an
//! underpaid deposit is worth, see [`Money::in_proportion`].

mod proportion;

use std::fmt;

use rust_decimal::Decimal;

/// Nano-USD in one USD.
const NANO_PER_USD: i128 = 1_000_000_000;
/// Micro-USD in one USD.
const MICRO_PER_USD: i128 = 1_000_000;
/// Units that a [`Rate`] prices: "the cost is (rate / 1000) x quantity".
const UNITS_PER_RATE: i64 = 1_000;
/// The largest charge of one order: 1,000,000,000 USD.
const MAX_CHARGE: Money = Money(1_000_000_000 * 1_000_000_000);

/// An amount of money in nano-USD (10⁻⁹ USD), signed, at most ±9,223,372,036.85 USD.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i64);

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// The text is not a plain decimal number such as `12.50`.
    #[error("not a plain decimal number such as 12.50")]
    Malformed,
    /// The number has more decimals than the unit can hold.
    #[error("more than {0} decimals")]
    TooPrecise(u32),
    /// The number does not fit the unit, or an operation left its range.
    #[error("out of range")]
    OutOfRange,
}

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(0);

    /// An amount from nano-USD, as the database stores it.
    pub const fn from_nano(nano: i64) -> Money {
        Money(nano)
    }

    /// The amount in nano-USD, as the database stores it.
    pub const fn nano(self) -> i64 {
        self.0
    }

    /// Reads a plain decimal number of USD: digits, at most one point, at most nine decimals; a
    /// leading `-` is allowed, `+`, exponents, spaces and separators are not.
    pub fn parse(text: &str) -> Result<Money, AmountError> {
        scaled(text, 9).map(Money)
    }

    /// `self + other`, or [`AmountError::OutOfRange`].
    pub fn plus(self, other: Money) -> Result<Money, AmountError> {
        self.0
            .checked_add(other.0)
            .map(Money)
            .ok_or(AmountError::OutOfRange)
    }

    /// `self - other`, or [`AmountError::OutOfRange`]; the result may be negative.
    pub fn minus(self, other: Money) -> Result<Money, AmountError> {
        self.0
            .checked_sub(other.0)
            .map(Money)
            .ok_or(AmountError::OutOfRange)
    }

    /// An amount in another currency as one in USD, of which one unit of that currency is worth
    /// `nano_usd` nano; what is less than a nano-USD is left off.
    pub fn converted(self, nano_usd: i64) -> Result<Money, AmountError> {
        let nano = i128::from(self.0) * i128::from(nano_usd) / NANO_PER_USD;
        i64::try_from(nano)
            .map(Money)
            .map_err(|_| AmountError::OutOfRange)
    }

    /// True above zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// `floor(self x part / whole)` with `part` clamped to `0..=whole`, computed in 128 bits: the
    /// published formula `refund = (remains / total_quantity) * charge`.
    ///
    /// The floor makes a sum of shares never exceed the whole. `whole` must be at least 1 and
    /// `self` not negative, else [`AmountError::OutOfRange`].
    pub fn share_of(self, part: i64, whole: i64) -> Result<Money, AmountError> {
        if whole < 1 || self.0 < 0 {
            return Err(AmountError::OutOfRange);
        }
        let part = part.clamp(0, whole);
        let nano = i128::from(self.0) * i128::from(part) / i128::from(whole);
        i64::try_from(nano)
            .map(Money)
            .map_err(|_| AmountError::OutOfRange)
    }
}

/// The shortest plain decimal with at least two places, never an exponent: `0.90`, `0.27819`,
/// `-1.00`, `0.000000001`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, i128::from(self.0), NANO_PER_USD, 9)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} USD")
    }
}

/// The price of 1000 units in micro-USD (at most six decimals); for package types the price of
/// one package. Never negative; a service with rate 0 is not sold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate(i64);

impl Rate {
    /// A rate from micro-USD per 1000, as the database stores it.
    pub const fn from_micro(micro: i64) -> Rate {
        Rate(micro)
    }

    /// The rate in micro-USD per 1000, as the database stores it.
    pub const fn micro(self) -> i64 {
        self.0
    }

    /// Reads a plain decimal of USD per 1000 with at most six decimals, zero or more.
    pub fn parse(text: &str) -> Result<Rate, AmountError> {
        let micro = scaled(text, 6)?;
        if micro < 0 {
            Err(AmountError::OutOfRange)
        } else {
            Ok(Rate(micro))
        }
    }

    /// Reads a provider's rate: any number of decimals, `e` notation too, rounded **up** to one
    /// micro-USD, so that a cost is never taken for lower than it is.
    pub fn parse_rounding_up(text: &str) -> Result<Rate, AmountError> {
        let micro = provider_number(text)?
            .checked_mul(Decimal::from(1_000_000))
            .ok_or(AmountError::OutOfRange)?
            .ceil();
        let micro = i64::try_from(micro).map_err(|_| AmountError::OutOfRange)?;
        if micro < 0 {
            Err(AmountError::OutOfRange)
        } else {
            Ok(Rate(micro))
        }
    }

    /// Reads a provider's price of `units` units, at least 1, as the rate of 1000: rounded **up** to
    /// one micro-USD, once, after it was multiplied.
    pub fn parse_price_of(text: &str, units: i64) -> Result<Rate, AmountError> {
        if units == UNITS_PER_RATE {
            return Rate::parse_rounding_up(text);
        }
        let scale = Decimal::from(UNITS_PER_RATE)
            .checked_mul(Decimal::from(1_000_000))
            .ok_or(AmountError::OutOfRange)?;
        let micro = provider_number(text)?
            .checked_mul(scale)
            .and_then(|product| product.checked_div(Decimal::from(units)))
            .ok_or(AmountError::OutOfRange)?
            .ceil();
        match i64::try_from(micro) {
            Ok(micro) if micro >= 0 && units > 0 => Ok(Rate(micro)),
            Ok(_) | Err(_) => Err(AmountError::OutOfRange),
        }
    }

    /// A rate in another currency as one in USD, of which one unit of that currency is worth
    /// `nano_usd` nano: rounded **up** to one micro-USD, so that a cost is never taken for lower
    /// than it is.
    pub fn converted(self, nano_usd: i64) -> Result<Rate, AmountError> {
        let micro = i128::from(self.0) * i128::from(nano_usd);
        let up = (micro + NANO_PER_USD - 1).div_euclid(NANO_PER_USD);
        i64::try_from(up)
            .map(Rate)
            .map_err(|_| AmountError::OutOfRange)
    }

    /// What `quantity` units cost: `rate_micro x quantity` nano-USD, exactly. Refused above
    /// 1,000,000,000 USD or for a quantity below 1.
    pub fn charge(self, quantity: i64) -> Result<Money, AmountError> {
        if quantity < 1 {
            return Err(AmountError::OutOfRange);
        }
        let nano = i128::from(self.0) * i128::from(quantity);
        let charge = i64::try_from(nano)
            .map(Money)
            .map_err(|_| AmountError::OutOfRange)?;
        if charge > MAX_CHARGE {
            Err(AmountError::OutOfRange)
        } else {
            Ok(charge)
        }
    }

    /// What one package costs: the flat rate, `rate_micro x 1000` nano-USD.
    pub fn package_charge(self) -> Result<Money, AmountError> {
        self.charge(UNITS_PER_RATE)
    }
}

/// Hundredths of a percent in the whole.
const HUNDREDTHS_IN_WHOLE: i64 = 10_000;
/// The highest surcharge: ten times the price on top.
const MAX_HUNDREDTHS: i64 = 100_000;

/// What a rate tier adds to the catalogue's rates, in hundredths of a percent: above -100 %, so that
/// nothing is for free, and at most 1000 %.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Percent(i64);

impl Percent {
    /// The catalogue's own rates.
    pub const ZERO: Percent = Percent(0);

    /// A percentage from its hundredths, as the database stores it; `None` out of range.
    pub const fn from_hundredths(hundredths: i64) -> Option<Percent> {
        if hundredths > -HUNDREDTHS_IN_WHOLE && hundredths <= MAX_HUNDREDTHS {
            Some(Percent(hundredths))
        } else {
            None
        }
    }

    /// The percentage in hundredths, as the database stores it.
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// Reads a plain decimal of percent with at most two decimals, such as `-2.50`.
    pub fn parse(text: &str) -> Result<Percent, AmountError> {
        Percent::from_hundredths(scaled(text, 2)?).ok_or(AmountError::OutOfRange)
    }
}

/// With two places: `-2.50`.
impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, i128::from(self.0), 100, 2)
    }
}

impl Rate {
    /// The rate of a tier: `catalogue rate * (100 + percent) / 100`, rounded **up** to one
    /// micro-USD, so that what is sold is never free. A rate that leaves the range is the highest
    /// there is, which no order can be charged by.
    #[must_use]
    pub fn in_tier(self, percent: Percent) -> Rate {
        let whole = i128::from(HUNDREDTHS_IN_WHOLE);
        let parts = i128::from(self.0) * (whole + i128::from(percent.0));
        let micro = (parts + whole - 1) / whole;
        Rate(i64::try_from(micro).unwrap_or(i64::MAX))
    }
}

/// Like [`Money`]: the shortest plain decimal with at least two places.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, i128::from(self.0), MICRO_PER_USD, 6)
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} USD per 1000")
    }
}

/// Reads a provider's amount of money: `e` notation and surrounding spaces allowed, more than
/// nine decimals rounded half-even.
pub fn parse_provider_amount(text: &str) -> Result<Money, AmountError> {
    let nano = provider_number(text)?
        .checked_mul(Decimal::from(1_000_000_000))
        .ok_or(AmountError::OutOfRange)?
        .round_dp(0);
    i64::try_from(nano)
        .map(Money)
        .map_err(|_| AmountError::OutOfRange)
}

/// A number as providers write it, `e` notation and surrounding spaces allowed, with the decimals
/// that it is printed with.
pub(crate) fn provider_number(text: &str) -> Result<Decimal, AmountError> {
    let text = text.trim();
    text.parse::<Decimal>()
        .or_else(|_| Decimal::from_scientific(text))
        .map_err(|_| AmountError::Malformed)
}

/// The integer `text x 10^decimals`, exactly.
fn scaled(text: &str, decimals: u32) -> Result<i64, AmountError> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return Err(AmountError::Malformed);
    }
    let fraction = fraction.trim_end_matches('0');
    let missing = usize::try_from(decimals)
        .ok()
        .and_then(|decimals| decimals.checked_sub(fraction.len()))
        .ok_or(AmountError::TooPrecise(decimals))?;
    let sign = if unsigned.len() < text.len() { "-" } else { "" };
    format!("{sign}{whole}{fraction}{}", "0".repeat(missing))
        .parse()
        .map_err(|_| AmountError::OutOfRange)
}

fn write_decimal(
    f: &mut fmt::Formatter<'_>,
    value: i128,
    unit: i128,
    places: usize,
) -> fmt::Result {
    let sign = if value < 0 { "-" } else { "" };
    let (whole, fraction) = (value.abs() / unit, value.abs() % unit);
    let digits = format!("{fraction:0places$}");
    let shortest = digits.trim_end_matches('0');
    f.pad(&format!("{sign}{whole}.{shortest:0<2}"))
}

#[cfg(test)]
mod tests;

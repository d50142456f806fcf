//! Amounts and texts of the operator's requests.

use crate::catalog::Exchange;
use crate::catalog::rules::{Markup, Price, RefillDays, Unfit, parse_percent, percent_text};
use crate::error::Refusal;
use crate::money::{Money, Rate};

/// A rate that a request has.
pub(super) fn rate(field: &'static str, text: &str) -> Result<Rate, Refusal> {
    Rate::parse(text).map_err(|_| Refusal::FieldInvalid {
        field,
        expected: "an amount of USD such as 0.90, at most six decimals, not negative",
    })
}

/// The markup of a request, if it has one.
pub(super) fn markup(
    percent: Option<&str>,
    fixed: Option<&str>,
) -> Result<Option<Markup>, Refusal> {
    if percent.is_none() && fixed.is_none() {
        return Ok(None);
    }
    let invalid = || Refusal::FieldInvalid {
        field: "markup_percent",
        expected: "a percentage such as 25 or 12.5, above -100, at most 1000000, two decimals",
    };
    let percent = percent.map(parse_percent).transpose();
    let percent = percent.map_err(|_| invalid())?.unwrap_or_default();
    let fixed = fixed.map(|text| rate("markup_fixed", text)).transpose()?;
    let markup = Markup::new(percent, fixed.unwrap_or_default());
    Ok(Some(markup.map_err(|_| invalid())?))
}

/// The price of a request, if it has one.
pub(super) fn price(
    by_hand: Option<&str>,
    percent: Option<&str>,
    fixed: Option<&str>,
) -> Result<Option<Price>, Refusal> {
    let markup = markup(percent, fixed)?;
    match (by_hand, markup) {
        (Some(_), Some(_)) => Err(Refusal::FieldInvalid {
            field: "rate",
            expected: "absent where there is a markup",
        }),
        (Some(text), None) => Ok(Some(Price::Rate(rate("rate", text)?))),
        (None, markup) => Ok(markup.map(Price::Markup)),
    }
}

/// The refill guarantee of a request, if it has one.
pub(super) fn refill_days(text: Option<&str>) -> Result<Option<RefillDays>, Refusal> {
    let read = |text: &str| {
        RefillDays::parse(text).ok_or(Refusal::FieldInvalid {
            field: "refill_days",
            expected: "a number of days from 1 to 3650, or lifetime",
        })
    };
    text.map(read).transpose()
}

/// The refill guarantee as it is shown, where there is one.
pub(super) fn refill_text(refill: bool, stored: Option<i64>) -> Option<String> {
    refill.then(|| match RefillDays::of(stored) {
        RefillDays::Days(days) => days.to_string(),
        RefillDays::Lifetime => "lifetime".to_owned(),
    })
}

/// The tolerance of a request, if it has one, in hundredths of a percent.
pub(super) fn drop_tolerance(text: Option<&str>) -> Result<Option<i64>, Refusal> {
    text.map(parse_percent)
        .transpose()
        .map_err(|_| Unfit::BadTolerance.into())
}

/// A percentage as it is shown.
pub(super) fn percent(markup: Markup) -> String {
    percent_text(markup.percent_hundredths())
}

/// The currency of a request, if it has one: with its exchange rate, unless it is USD.
pub(super) fn exchange(
    currency: Option<String>,
    exchange_rate: Option<&str>,
) -> Result<Option<Exchange>, Refusal> {
    let invalid = || Refusal::FieldInvalid {
        field: "exchange_rate",
        expected: "what one unit of the currency is worth in USD, such as 1.08, with a currency",
    };
    let rate = exchange_rate.map(Money::parse).transpose();
    let rate = rate.map_err(|_| invalid())?;
    let usd = Exchange::usd();
    match (currency, rate) {
        (None, None) => Ok(None),
        (Some(currency), None) if currency == usd.currency => Ok(Some(usd)),
        (Some(currency), Some(rate)) => Ok(Some(Exchange {
            currency,
            nano_usd: rate.nano(),
        })),
        (Some(_), None) | (None, Some(_)) => Err(invalid()),
    }
}

/// What is searched for, as every database takes it.
pub(super) fn searched(text: Option<String>) -> Option<String> {
    text.map(|text| text.replace('\0', "\u{fffd}"))
}

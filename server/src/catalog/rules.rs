//! The rules of the catalogue: what a markup makes of a cost, which terms a new service has, and
//! what is never sold. Pure; the commands and the operator's API share them.

use super::counting::Counting;
use super::{Offer, Terms, platform};
use crate::error::Refusal;
use crate::ids::ProviderId;
use crate::money::{AmountError, Rate};
use crate::protocol::ServiceType;
use crate::protocol::upstream::is_passable;

/// The longest name and category, in characters. Real ones have 219 at most.
pub const MAX_NAME: usize = 255;
/// The longest description, in characters.
pub const MAX_DESCRIPTION: usize = 4_000;
/// The dearest rate and cost: 1,000,000 USD. What is parked above it is not for sale.
pub const MAX_RATE: Rate = Rate::from_micro(1_000_000 * 1_000_000);
/// How long drops of imported services are refilled: "imported services: 30 days unless the operator
/// says otherwise".
pub const USUAL_REFILL_DAYS: i64 = 30;
/// The longest refill guarantee in days; longer is for life.
pub const MAX_REFILL_DAYS: i64 = 3_650;

/// How a rate follows from a cost: a percentage of it and a fixed sum on top, rounded **up** to one
/// micro-USD, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Markup {
    percent_hundredths: i64,
    fixed: Rate,
}

impl Markup {
    /// A markup of so many hundredths of a percent and a fixed sum; -100 % and less leave nothing,
    /// above 1,000,000 % is a slip of the pen.
    pub fn new(percent_hundredths: i64, fixed: Rate) -> Result<Markup, AmountError> {
        let sensible = percent_hundredths > -10_000 && percent_hundredths <= 100_000_000;
        if sensible && fixed <= MAX_RATE {
            Ok(Markup {
                percent_hundredths,
                fixed,
            })
        } else {
            Err(AmountError::OutOfRange)
        }
    }

    /// The percentage, in hundredths.
    pub fn percent_hundredths(self) -> i64 {
        self.percent_hundredths
    }

    /// The fixed sum.
    pub fn fixed(self) -> Rate {
        self.fixed
    }

    /// The rate of what costs `cost`; none if nothing or too much is left of it.
    pub fn of(self, cost: Rate) -> Option<Rate> {
        let hundredths = i128::from(10_000 + self.percent_hundredths);
        let micro = (i128::from(cost.micro()) * hundredths + 9_999).div_euclid(10_000);
        let rate = Rate::from_micro(i64::try_from(micro + i128::from(self.fixed.micro())).ok()?);
        is_price(rate).then_some(rate)
    }
}

/// Reads a percentage with at most two decimals, such as `25` or `-12.5`, in hundredths.
pub fn parse_percent(text: &str) -> Result<i64, AmountError> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    // A rate has six decimals: hundredths of a percent are its millionths times 10,000.
    let millionths = Rate::parse(unsigned)?.micro();
    if millionths % 10_000 != 0 {
        return Err(AmountError::TooPrecise(2));
    }
    let hundredths = millionths / 10_000;
    Ok(if unsigned.len() < text.len() {
        -hundredths
    } else {
        hundredths
    })
}

/// A percentage of so many hundredths as text: `25`, `-12.5`.
pub fn percent_text(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, part) = (hundredths.abs() / 100, hundredths.abs() % 100);
    let digits = format!("{part:02}");
    match digits.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{part}"),
    }
}

/// Whether something may be sold at this rate: "a service with rate 0 is not sold".
pub fn is_price(rate: Rate) -> bool {
    rate > Rate::default() && rate <= MAX_RATE
}

/// What a provider sells, once it was read with care: its type is one of ours that is sold, its cost
/// is in USD, its texts are of a bounded length and printable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id there.
    pub provider_service: String,
    /// Its name.
    pub name: String,
    /// The heading under which it stands.
    pub category: String,
    /// More about it.
    pub description: Option<String>,
    /// Its type.
    pub service_type: ServiceType,
    /// What it costs per 1000, or per package, in USD.
    pub cost: Rate,
    /// Its smallest quantity.
    pub min: i64,
    /// Its largest quantity.
    pub max: i64,
    /// Whether it sells in runs.
    pub dripfeed: bool,
    /// Whether it refills.
    pub refill: bool,
    /// Whether it cancels.
    pub cancel: bool,
}

impl Listed {
    /// The offer of this service of `provider`.
    pub fn offer(&self, provider: ProviderId) -> Offer {
        Offer {
            provider,
            provider_service: self.provider_service.clone(),
            service_type: self.service_type,
            cost: self.cost,
            min: self.min,
            max: self.max,
            gone: false,
            paused: false,
        }
    }
}

/// How a service is priced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Price {
    /// By hand: no provider moves it.
    Rate(Rate),
    /// By what its first offer costs.
    Markup(Markup),
}

/// What an operator asks of a new service; what is absent is taken from its first offer.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Its name.
    pub name: Option<String>,
    /// The heading under which it is listed.
    pub category: Option<String>,
    /// More about it.
    pub description: Option<String>,
    /// Its type.
    pub service_type: Option<ServiceType>,
    /// Its price.
    pub price: Option<Price>,
    /// Smallest quantity.
    pub min: Option<i64>,
    /// Largest quantity.
    pub max: Option<i64>,
    /// Whether it can be ordered in runs.
    pub dripfeed: Option<bool>,
    /// Whether drops are refilled.
    pub refill: Option<bool>,
    /// For how many days, or for life.
    pub refill_days: Option<RefillDays>,
    /// Whether sent orders may be asked to stop.
    pub cancel: Option<bool>,
    /// Its family.
    pub family: Option<String>,
    /// Whether a second active order on a link is refused.
    pub rejects_same_link: bool,
    /// How its drops are found.
    pub counting: Counting,
    /// Whether it may be sold for less than a provider charges.
    pub below_cost: bool,
}

/// How long drops are refilled: "a number of days or the explicit word lifetime".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefillDays {
    /// So many days after completion.
    Days(i64),
    /// Always.
    Lifetime,
}

impl RefillDays {
    /// Reads a number of days or `lifetime`.
    pub fn parse(text: &str) -> Option<RefillDays> {
        if text == "lifetime" {
            return Some(RefillDays::Lifetime);
        }
        let days: i64 = text.parse().ok()?;
        (1..=MAX_REFILL_DAYS)
            .contains(&days)
            .then_some(RefillDays::Days(days))
    }

    /// As it is stored.
    pub fn stored(self) -> Option<i64> {
        match self {
            RefillDays::Days(days) => Some(days),
            RefillDays::Lifetime => None,
        }
    }

    /// Of what is stored.
    pub fn of(stored: Option<i64>) -> RefillDays {
        stored.map_or(RefillDays::Lifetime, RefillDays::Days)
    }
}

/// Why something cannot be sold so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Nobody said what this field is, and there is no offer that would.
    Missing(&'static str),
    /// Neither a rate nor a markup was given.
    NoPrice,
    /// The markup makes nothing, or too much, of the cost.
    MarkupLeavesNoPrice,
    /// The limits leave no quantity.
    NothingToOrder {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// Its type is not sold.
    NotSold,
    /// A provider charges more.
    BelowCost {
        /// What it charges.
        cost: Rate,
        /// What customers would.
        rate: Rate,
    },
    /// A text is empty, too long, or not printable.
    BadText(&'static str),
    /// An offer is of another type than the service.
    OtherType,
    /// None of its providers sells it at present.
    NobodySells,
    /// The tolerance is not a share.
    BadTolerance,
    /// Packages have no units that could be counted.
    NotCounted,
    /// A field is not one that can be handed on.
    NotPassable,
}

impl From<Unfit> for Refusal {
    fn from(unfit: Unfit) -> Refusal {
        let invalid = |field, expected| Refusal::FieldInvalid { field, expected };
        match unfit {
            Unfit::Missing("type") => {
                invalid("service_type", "given, for a service without offers")
            }
            Unfit::Missing(field) => invalid(field, "given, for a service without offers"),
            Unfit::NoPrice => invalid("rate", "given, or a markup on the cost of the first offer"),
            Unfit::MarkupLeavesNoPrice => {
                invalid("markup_percent", "such that a price is left of the cost")
            }
            Unfit::NothingToOrder { .. } => invalid("min", "from 1 to max"),
            Unfit::NotSold => invalid("service_type", "another one: subscriptions are not sold"),
            Unfit::BelowCost { cost, rate } => Refusal::Conflict {
                why: format!(
                    "a provider charges {cost} USD, above the rate of {rate}; add below_cost to \
                     sell it all the same"
                ),
            },
            Unfit::BadText(field) => invalid(field, "printable text that is not too long"),
            Unfit::BadTolerance => invalid(
                "drop_tolerance",
                "a percentage from 0 to 100, at most two decimals",
            ),
            Unfit::NotCounted => {
                invalid("count_source", "absent: units of packages are not counted")
            }
            Unfit::NotPassable => invalid(
                "passed_fields",
                "names of fields that can be handed on, such as country or reaction",
            ),
            Unfit::OtherType => invalid("offers", "of the service's own type"),
            Unfit::NobodySells => Refusal::Conflict {
                why: "none of its providers sells it at present: give it other offers first"
                    .to_owned(),
            },
        }
    }
}

/// The terms of a new service whose first offer is `first`: what was given, else what that says.
pub fn terms(wish: Wish, first: Option<&Listed>) -> Result<(Terms, Option<Markup>), Unfit> {
    let (rate, markup) = match (wish.price, first) {
        (Some(Price::Rate(rate)), _) => (rate, None),
        (Some(Price::Markup(markup)), Some(first)) => {
            let rate = markup.of(first.cost).ok_or(Unfit::MarkupLeavesNoPrice)?;
            (rate, Some(markup))
        }
        (None, Some(_)) => return Err(Unfit::NoPrice),
        (Some(Price::Markup(_)) | None, None) => return Err(Unfit::Missing("rate")),
    };
    let name = wish.name.or_else(|| first.map(|first| first.name.clone()));
    let name = name.ok_or(Unfit::Missing("name"))?;
    let category = wish
        .category
        .or_else(|| first.map(|first| first.category.clone()));
    let category = category.ok_or(Unfit::Missing("category"))?;
    let service_type = wish
        .service_type
        .or(first.map(|first| first.service_type))
        .ok_or(Unfit::Missing("type"))?;
    let package = service_type.is_package().then_some(1);
    let limit = |given: Option<i64>, offered: Option<i64>| given.or(offered).or(package);
    let refill = wish.refill.or(first.map(|first| first.refill));
    let refill = refill.unwrap_or_default();
    let terms = Terms {
        family: wish
            .family
            .unwrap_or_else(|| platform::family(&category, &name)),
        name,
        category,
        description: wish
            .description
            .or_else(|| first.and_then(|first| first.description.clone())),
        service_type,
        rate,
        min: limit(wish.min, first.map(|first| first.min)).ok_or(Unfit::Missing("min"))?,
        max: limit(wish.max, first.map(|first| first.max)).ok_or(Unfit::Missing("max"))?,
        dripfeed: flag(wish.dripfeed, first.map(|first| first.dripfeed)),
        refill,
        refill_days: refill_days(refill, wish.refill_days),
        cancel: flag(wish.cancel, first.map(|first| first.cancel)),
        rejects_same_link: wish.rejects_same_link,
        passed_fields: Vec::new(),
    };
    check(&terms)?;
    Ok((terms, markup))
}

fn flag(given: Option<bool>, offered: Option<bool>) -> bool {
    given.or(offered).unwrap_or_default()
}

/// As it is stored: the usual number unless another was given; without a guarantee, none.
pub fn refill_days(refill: bool, given: Option<RefillDays>) -> Option<i64> {
    let given = given.unwrap_or(RefillDays::Days(USUAL_REFILL_DAYS));
    refill.then_some(given.stored()).flatten()
}

/// What holds for the terms of every service.
pub fn check(terms: &Terms) -> Result<(), Unfit> {
    if terms.service_type == ServiceType::Subscriptions {
        return Err(Unfit::NotSold);
    }
    if !is_price(terms.rate) {
        return Err(Unfit::NoPrice);
    }
    if terms.min < 1 || terms.max < terms.min {
        return Err(Unfit::NothingToOrder {
            min: terms.min,
            max: terms.max,
        });
    }
    for (field, text) in [
        ("name", &terms.name),
        ("category", &terms.category),
        ("family", &terms.family),
    ] {
        if !is_line(text) {
            return Err(Unfit::BadText(field));
        }
    }
    if !terms.passed_fields.iter().all(|name| is_passable(name)) {
        return Err(Unfit::NotPassable);
    }
    let description = terms.description.as_deref().unwrap_or_default();
    let printable = |c: char| !c.is_control() || c == '\n';
    if description.chars().count() > MAX_DESCRIPTION || !description.chars().all(printable) {
        return Err(Unfit::BadText("description"));
    }
    Ok(())
}

/// Whether a text can be a name: not blank, not long, printable.
pub fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= MAX_NAME && !text.contains(char::is_control)
}

/// "Never below a provider's cost unless told so": every offer may come to deliver.
pub fn check_cost(terms: &Terms, offers: &[Offer], below_cost: bool) -> Result<(), Unfit> {
    let dearest = offers.iter().map(|offer| offer.cost).max();
    match dearest {
        Some(cost) if cost > terms.rate && !below_cost => Err(Unfit::BelowCost {
            cost,
            rate: terms.rate,
        }),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Rate {
        Rate::parse(text).unwrap()
    }

    #[test]
    fn a_markup_rounds_the_rate_up_once() {
        let price = |cost: &str, percent: &str, fixed: &str| {
            let markup = Markup::new(parse_percent(percent).unwrap(), rate(fixed)).ok()?;
            markup.of(rate(cost)).map(|rate| rate.to_string())
        };
        assert_eq!(price("0.90", "25", "0").as_deref(), Some("1.125"));
        assert_eq!(price("0.90", "12.5", "0.10").as_deref(), Some("1.1125"));
        assert_eq!(price("0.000001", "1", "0").as_deref(), Some("0.000002"));
        assert_eq!(price("0.90", "-50", "0").as_deref(), Some("0.45"));
        assert_eq!(price("0", "25", "0"), None);
        assert_eq!(price("0.90", "-100", "0"), None);
        assert_eq!(price("1000000", "1", "0"), None);
    }

    #[test]
    fn a_percentage_has_two_decimals_at_most() {
        for (text, hundredths) in [("25", 2_500), ("12.5", 1_250), ("-0.01", -1), ("0", 0)] {
            assert_eq!(parse_percent(text), Ok(hundredths));
            assert_eq!(percent_text(hundredths), text);
        }
        assert_eq!(parse_percent("1.001"), Err(AmountError::TooPrecise(2)));
        for text in ["", "a", "1e2", "+1", "25%"] {
            assert_eq!(parse_percent(text), Err(AmountError::Malformed), "{text}");
        }
    }

    #[test]
    fn refill_days_are_a_number_or_the_word_lifetime() {
        assert_eq!(RefillDays::parse("30"), Some(RefillDays::Days(30)));
        assert_eq!(RefillDays::parse("lifetime"), Some(RefillDays::Lifetime));
        for text in ["0", "-1", "3651", "", "forever"] {
            assert_eq!(RefillDays::parse(text), None, "{text}");
        }
        assert_eq!(refill_days(true, None), Some(30));
        assert_eq!(refill_days(true, Some(RefillDays::Lifetime)), None);
        assert_eq!(refill_days(false, Some(RefillDays::Days(7))), None);
    }
}

//! Ratios of two measurements that were taken one right after the other, and how far they spread.

use std::fmt;
use std::str::FromStr;

use crate::figures::Figures;

/// One figure by another, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ratio(u64);

impl Ratio {
    /// `this` by `by`, rounded; `None` by zero.
    pub(crate) fn of(this: u64, by: u64) -> Option<Ratio> {
        let thousandths = (u128::from(this) * 1000 + u128::from(by) / 2).checked_div(by.into())?;
        Some(Ratio(u64::try_from(thousandths).unwrap_or(u64::MAX)))
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1000, self.0 % 1000)
    }
}

impl FromStr for Ratio {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Ratio, &'static str> {
        const WHY: &str = "not a ratio such as 0.95, with at most three decimals";
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || part.len() > 3 || !digits(whole) || !digits(part) {
            return Err(WHY);
        }
        let whole: u64 = whole.parse().map_err(|_| WHY)?;
        let part: u64 = format!("{part:0<3}").parse().map_err(|_| WHY)?;
        let thousandths = whole.checked_mul(1000).and_then(|ms| ms.checked_add(part));
        thousandths.map(Ratio).ok_or(WHY)
    }
}

/// Ratios of several pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spread {
    /// The middle one; of an even number half way between the two.
    pub(crate) median: Ratio,
    /// The lowest.
    pub(crate) lowest: Ratio,
    /// The highest.
    pub(crate) highest: Ratio,
}

impl Spread {
    /// Of all these; `None` without any, or if one was by zero.
    pub(crate) fn of(ratios: impl IntoIterator<Item = Option<Ratio>>) -> Option<Spread> {
        let mut ratios: Vec<Ratio> = ratios.into_iter().collect::<Option<_>>()?;
        ratios.sort_unstable();
        let (lowest, highest) = (*ratios.first()?, *ratios.last()?);
        let below = *ratios.get((ratios.len() - 1) / 2)?;
        let above = *ratios.get(ratios.len() / 2)?;
        let median = Ratio(below.0 + (above.0 - below.0) / 2);
        Some(Spread {
            median,
            lowest,
            highest,
        })
    }
}

/// Two measurements of the same, one right after the other.
pub(crate) struct Pair {
    /// What is compared with.
    pub(crate) old: Figures,
    /// What is compared.
    pub(crate) new: Figures,
}

/// The ratios of all pairs in one figure, the new by the old.
pub(crate) fn spread(pairs: &[Pair], figure: impl Fn(&Figures) -> u64) -> Option<Spread> {
    Spread::of(
        pairs
            .iter()
            .map(|pair| Ratio::of(figure(&pair.new), figure(&pair.old))),
    )
}

/// Whether the new one is measured first in this round: A B, B A, A B, ..., so that whatever
/// changes steadily during the run is for one as often as for the other.
pub(crate) const fn new_is_first(round: u32) -> bool {
    round % 2 == 1
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::figures::Seen;

    #[test]
    fn a_ratio_is_rounded_to_thousandths() {
        for (this, by, shown) in [
            (1, 1, "1.000"),
            (2, 3, "0.667"),
            (1, 3, "0.333"),
            (1, 2_000, "0.001"),
            (1, 2_001, "0.000"),
            (25, 2, "12.500"),
            (u64::MAX, u64::MAX, "1.000"),
        ] {
            assert_eq!(Ratio::of(this, by).unwrap().to_string(), shown);
        }
        assert_eq!(Ratio::of(5, 0), None);
        assert_eq!(Ratio::of(0, 5), Some(Ratio(0)));
    }

    #[test]
    fn a_ratio_is_read_as_it_is_shown() {
        for (text, thousandths) in [("0.95", 950), ("1", 1_000), ("0.005", 5), ("12.5", 12_500)] {
            assert_eq!(text.parse(), Ok(Ratio(thousandths)), "{text}");
        }
        for text in ["", ".", ".5", "0.9999", "-1", "0,95", "95 %", "1e3", "0.+5"] {
            assert!(text.parse::<Ratio>().is_err(), "{text}");
        }
    }

    fn all(ratios: &[u64]) -> Option<Spread> {
        Spread::of(ratios.iter().map(|&thousandths| Some(Ratio(thousandths))))
    }

    #[test]
    fn the_median_is_in_the_middle_of_what_was_measured() {
        let spread = |lowest, median, highest| {
            Some(Spread {
                median: Ratio(median),
                lowest: Ratio(lowest),
                highest: Ratio(highest),
            })
        };
        assert_eq!(all(&[]), None);
        assert_eq!(all(&[990]), spread(990, 990, 990));
        assert_eq!(all(&[1_200, 900, 1_000]), spread(900, 1_000, 1_200));
        assert_eq!(all(&[1_100, 900, 1_000, 0]), spread(0, 950, 1_100));
        assert_eq!(Spread::of([Some(Ratio(1)), None]), None);
    }

    fn figures(requests: usize, each: Duration) -> Figures {
        let mut seen = Seen::default();
        (0..requests).for_each(|_| seen.answered(each));
        seen.over(Duration::from_secs(2))
    }

    #[test]
    fn pairs_are_compared_one_by_one() {
        let ms = Duration::from_millis;
        let pairs = [(100, 90), (50, 60), (200, 198)].map(|(old, new)| Pair {
            old: figures(old, ms(10)),
            new: figures(new, ms(20)),
        });
        // The ratio of the medians would be 0.9: the machine was busy in the second pair.
        let rates = spread(&pairs, |figures| figures.milli_rate).unwrap();
        assert_eq!(
            [rates.lowest, rates.median, rates.highest].map(|ratio| ratio.to_string()),
            ["0.900", "0.990", "1.200"]
        );
        let times = spread(&pairs, |figures| figures.p99.into()).unwrap();
        assert_eq!(times.median.to_string(), "2.000");
    }

    #[test]
    fn each_is_first_as_often_as_the_other() {
        let firsts: Vec<bool> = (0..6).map(new_is_first).collect();
        assert_eq!(firsts, [false, true, false, true, false, true]);
    }

    #[test]
    fn a_batch_counts_as_many_as_are_in_it() {
        let figures = figures(10, Duration::from_millis(3)).times(32);
        assert_eq!((figures.per_second(), figures.p50), (160, 3_000));
    }
}

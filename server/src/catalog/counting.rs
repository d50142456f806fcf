//! How the drops of a service's orders are found, and whether they are refilled without being asked
//! for: "automatic where a count source is configured for the service". Pure.

use super::Terms;
use super::rules::Unfit;

/// All of what was delivered, in hundredths of a percent.
pub const WHOLE: i64 = 10_000;

/// Who counts the targets of a service, and what is done about drops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counting {
    /// The address that is asked, with `{link}` in it; without one, refills are by hand only.
    pub source: Option<String>,
    /// How much of what was delivered may be missing before a refill is filed, in hundredths of a
    /// percent.
    pub tolerance_hundredths: i64,
    /// Whether refills are filed; a switch beside the source, so that the source need not be
    /// forgotten.
    pub automatic: bool,
}

impl Default for Counting {
    fn default() -> Counting {
        Counting {
            source: None,
            tolerance_hundredths: 0,
            automatic: true,
        }
    }
}

/// What is to be changed of it; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct CountingChange {
    /// Another source, or none.
    pub source: Option<Option<String>>,
    /// Another tolerance, in hundredths of a percent.
    pub tolerance_hundredths: Option<i64>,
    /// Whether refills are filed.
    pub automatic: Option<bool>,
}

impl Counting {
    /// Whether refills are filed without being asked for.
    pub fn refills(&self) -> bool {
        self.source.is_some() && self.automatic
    }

    /// It after a change.
    #[must_use]
    pub fn changed(mut self, change: CountingChange) -> Counting {
        if let Some(source) = change.source {
            self.source = source;
        }
        self.tolerance_hundredths = change
            .tolerance_hundredths
            .unwrap_or(self.tolerance_hundredths);
        self.automatic = change.automatic.unwrap_or(self.automatic);
        self
    }

    /// What holds for every service: the units of a package cannot be counted.
    pub fn check(&self, terms: &Terms) -> Result<(), Unfit> {
        if !(0..=WHOLE).contains(&self.tolerance_hundredths) {
            return Err(Unfit::BadTolerance);
        }
        if self.source.is_some() && terms.service_type.is_package() {
            return Err(Unfit::NotCounted);
        }
        Ok(())
    }
}

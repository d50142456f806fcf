//! How a detector is set: off, watching only, or acting, and by which thresholds. As a setting it is
//! one line, such as `act ids=50 asked=100 percent=40`; what is not named has its default.

use std::fmt;

use crate::vocabulary::words;

words! {
    /// What a detector may do.
    pub enum Mode {
        /// Nothing: it is not asked.
        Off = "off",
        /// Open cases and write remarks, and nothing else.
        Observe = "observe",
        /// Open cases and act.
        Act = "act",
    }
}

/// A threshold of a detector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Knob {
    /// Its name.
    pub name: &'static str,
    /// Its default.
    pub default: i64,
    /// The least that it may be.
    pub min: i64,
    /// The most that it may be.
    pub max: i64,
}

/// A threshold called `name` that is `default` unless set, from `min` to `max`.
pub const fn knob(name: &'static str, default: i64, min: i64, max: i64) -> Knob {
    Knob {
        name,
        default,
        min,
        max,
    }
}

/// How one detector is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// What it may do.
    pub mode: Mode,
    thresholds: Vec<(&'static str, i64)>,
}

impl Watch {
    /// A detector that acts by the defaults of `knobs`.
    pub fn acting(knobs: &[Knob]) -> Watch {
        Watch {
            mode: Mode::Act,
            thresholds: knobs.iter().map(|knob| (knob.name, knob.default)).collect(),
        }
    }

    /// Reads a mode and perhaps thresholds of `knobs`; `None` if a word, a name or a number is not
    /// allowed.
    pub fn parse(text: &str, knobs: &[Knob]) -> Option<Watch> {
        let mut words = text.split_whitespace();
        let mut watch = Watch {
            mode: Mode::from_word(words.next()?)?,
            ..Watch::acting(knobs)
        };
        for word in words {
            let (name, number) = word.split_once('=')?;
            let knob = knobs.iter().find(|knob| knob.name == name)?;
            let number: i64 = number.parse().ok()?;
            if !(knob.min..=knob.max).contains(&number) {
                return None;
            }
            let set = watch
                .thresholds
                .iter_mut()
                .find(|(known, _)| *known == name);
            set?.1 = number;
        }
        Some(watch)
    }

    /// The threshold called `name`; 0 if there is none of that name, which a test of every detector
    /// rules out.
    pub fn get(&self, name: &str) -> i64 {
        let found = self.thresholds.iter().find(|(known, _)| *known == name);
        found.map_or(0, |(_, number)| *number)
    }
}

/// As it is written in the settings.
impl fmt::Display for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mode.word())?;
        for (name, number) in &self.thresholds {
            write!(f, " {name}={number}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOBS: &[Knob] = &[knob("ids", 50, 1, 1_000), knob("percent", 40, 1, 100)];

    #[test]
    fn what_is_not_named_has_its_default() {
        let watch = Watch::parse("observe percent=50", KNOBS).unwrap();
        assert_eq!(watch.mode, Mode::Observe);
        assert_eq!((watch.get("ids"), watch.get("percent")), (50, 50));
        assert_eq!(watch.to_string(), "observe ids=50 percent=50");
        assert_eq!(Watch::parse(&watch.to_string(), KNOBS), Some(watch));
        assert_eq!(Watch::parse("act", KNOBS), Some(Watch::acting(KNOBS)));
        for wrong in ["", "on", "act ids", "act ids=0", "act ids=x", "act more=1"] {
            assert_eq!(Watch::parse(wrong, KNOBS), None, "{wrong}");
        }
    }
}

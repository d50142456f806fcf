//! What can be told of a setting.

use std::collections::BTreeMap;

/// Where the value of a setting comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody set it.
    Default,
    /// The settings file.
    File,
    /// Its environment variable.
    Environment,
}

impl Source {
    /// The word for it in listings.
    pub fn word(self) -> &'static str {
        match self {
            Source::Default => "default",
            Source::File => "file",
            Source::Environment => "environment",
        }
    }
}

/// What is known of one setting. Secrets are masked in all its texts.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its name in the settings file; the environment's is `SMM_PANEL_` and this in capitals.
    pub name: &'static str,
    /// Its value, as it would be written.
    pub value: String,
    /// Its default, likewise.
    pub default: String,
    /// Its default as it is written in the settings file.
    pub written: String,
    /// The unit of a number; empty when there is none.
    pub unit: &'static str,
    /// The values that are allowed, in words.
    pub allowed: String,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// Where the value comes from.
    pub source: Source,
}

/// The names of the settings that were set, and where. Of use to
/// [`Config::describe`](super::Config::describe) only.
#[derive(Clone, Debug, Default)]
pub struct Sources(pub(super) BTreeMap<&'static str, Source>);

impl Sources {
    pub(super) fn of(&self, name: &str) -> Source {
        self.0.get(name).copied().unwrap_or(Source::Default)
    }
}

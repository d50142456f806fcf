//! What the operator gave: the settings file and the environment, before they are understood.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::value::Value;
use super::{ConfigError, NAMES, PREFIX, Source};

/// Variables with our prefix that are no settings, and why they exist.
pub(super) const OTHER_VARIABLES: &[(&str, &str)] = &[
    (
        CONFIG_FILE,
        "the path of the settings file, as --config; it cannot stand in that file",
    ),
    (
        "SMM_PANEL_URL",
        "the panel that the example programs talk to",
    ),
    ("SMM_PANEL_KEY", "the API key that the example programs use"),
    (
        "SMM_PANEL_TEST_DATABASES",
        "the databases that the tests run on",
    ),
    (
        "SMM_PANEL_TEST_CALLBACKS",
        "how many signed callbacks the tests make",
    ),
    (
        "SMM_PANEL_TEST_WRITE_EXAMPLES",
        "that the tests write the examples of the documents",
    ),
];

/// The variable that names the settings file.
const CONFIG_FILE: &str = "SMM_PANEL_CONFIG";

/// The given values by the names of their settings; every name is one.
pub(super) struct Given {
    file: Option<(PathBuf, toml::Table)>,
    variables: BTreeMap<&'static str, String>,
}

impl Given {
    /// Reads the file and takes our variables out of `env`.
    pub(super) fn collect(
        file: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Given, ConfigError> {
        let mut variables = BTreeMap::new();
        let mut named_file = None;
        for (variable, value) in env.filter(|(name, _)| name.starts_with(PREFIX)) {
            let setting = NAMES.iter().find(|name| variable_of(name) == variable);
            if setting.is_none() && !OTHER_VARIABLES.iter().any(|(other, _)| *other == variable) {
                return Err(ConfigError::UnknownVariable { variable });
            }
            match setting {
                _ if value.is_empty() => {}
                Some(name) => drop(variables.insert(*name, value)),
                None if variable == CONFIG_FILE => named_file = Some(PathBuf::from(value)),
                None => {}
            }
        }
        let file = file
            .map(Path::to_owned)
            .or(named_file)
            .map(read_file)
            .transpose()?;
        Ok(Given { file, variables })
    }

    /// The value given for one setting and where; `None` when it was not given.
    pub(super) fn value<T: Value>(
        &self,
        name: &'static str,
        unit: &str,
        rule: &T::Rule,
    ) -> Result<Option<(T, Source)>, ConfigError> {
        let (value, text, source, place) = if let Some(text) = self.variables.get(name) {
            let place = format!("the environment variable {}", variable_of(name));
            (
                T::from_text(text, rule),
                text.clone(),
                Source::Environment,
                place,
            )
        } else if let Some((path, value)) = self.in_file(name) {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let place = format!("the settings file {}", path.display());
            (T::from_toml(value, rule), text, Source::File, place)
        } else {
            return Ok(None);
        };
        let not_allowed = || {
            let allowed = match unit {
                "" => T::allowed(rule),
                unit => format!("{} ({unit})", T::allowed(rule)),
            };
            ConfigError::NotAllowed {
                name,
                given: T::masked(&text),
                place,
                allowed,
            }
        };
        value
            .map(|value| Some((value, source)))
            .ok_or_else(not_allowed)
    }

    fn in_file(&self, name: &str) -> Option<(&Path, &toml::Value)> {
        let (path, table) = self.file.as_ref()?;
        Some((path, table.get(name)?))
    }
}

/// The environment variable of a setting.
fn variable_of(name: &str) -> String {
    format!("{PREFIX}{}", name.to_ascii_uppercase())
}

fn read_file(path: PathBuf) -> Result<(PathBuf, toml::Table), ConfigError> {
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(source) => return Err(ConfigError::Unreadable { path, source }),
    };
    let table: toml::Table = match toml::from_str(&text) {
        Ok(table) => table,
        Err(error) => {
            // Only the message: the whole error quotes the line, which may hold a secret.
            let before = error
                .span()
                .and_then(|span| text.get(..span.start))
                .unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let message = error.message().replace('\n', ", ");
            return Err(ConfigError::NotToml {
                path,
                line,
                message,
            });
        }
    };
    match table
        .keys()
        .find(|name| !NAMES.contains(&name.as_str()))
        .cloned()
    {
        Some(name) => Err(ConfigError::UnknownInFile { path, name }),
        None => Ok((path, table)),
    }
}

/// The variables of this process, for [`Config::load`](super::Config::load). Text that is not UTF-8
/// is made so: a setting that has it is then refused, and all other variables do not matter.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().map(|(name, value)| {
        (
            name.to_string_lossy().into_owned(),
            value.to_string_lossy().into_owned(),
        )
    })
}

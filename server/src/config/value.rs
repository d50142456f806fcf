//! The types of settings: how each is read, which values it allows, and how it is shown.

use std::fmt;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use tracing_subscriber::EnvFilter;
use url::Url;

use crate::money::Money;
use crate::networks::Networks;

mod limits;
mod mail;
mod redis;
mod secret;

pub use self::mail::SmtpTls;
pub use self::redis::RedisUrl;
pub use secret::SecretHex;

/// A type that a setting can have.
pub(super) trait Value: Sized {
    /// What limits the values of one setting: a range for numbers, nothing for all others.
    type Rule;

    /// Reads a value of the environment; `None` if it is not allowed.
    fn from_text(text: &str, rule: &Self::Rule) -> Option<Self>;

    /// Reads a value of the settings file, which by default must be a string.
    fn from_toml(value: &toml::Value, rule: &Self::Rule) -> Option<Self> {
        Self::from_text(value.as_str()?, rule)
    }

    /// The allowed values in words that go on after "it must be".
    fn allowed(rule: &Self::Rule) -> String;

    /// The value as listings show it, without what is secret.
    fn shown(&self) -> String;

    /// The value as the settings file has it, without what is secret.
    fn written(&self) -> String {
        toml::Value::String(self.shown()).to_string()
    }

    /// A refused text as an error shows it, without what may be secret.
    fn masked(text: &str) -> String {
        format!("{text:?}")
    }
}

macro_rules! whole_numbers {
    ($($type:ty),*) => {$(
        impl Value for $type {
            type Rule = RangeInclusive<$type>;

            fn from_text(text: &str, rule: &Self::Rule) -> Option<Self> {
                text.parse().ok().filter(|number| rule.contains(number))
            }

            fn from_toml(value: &toml::Value, rule: &Self::Rule) -> Option<Self> {
                let number = <$type>::try_from(value.as_integer()?).ok()?;
                rule.contains(&number).then_some(number)
            }

            fn allowed(rule: &Self::Rule) -> String {
                format!("a whole number from {} to {}", rule.start(), rule.end())
            }

            fn shown(&self) -> String {
                self.to_string()
            }

            fn written(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

whole_numbers!(i64, u32, usize);

impl Value for bool {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        text.parse().ok()
    }

    fn from_toml(value: &toml::Value, (): &()) -> Option<Self> {
        value.as_bool()
    }

    fn allowed((): &()) -> String {
        "true or false".to_owned()
    }

    fn shown(&self) -> String {
        self.to_string()
    }

    fn written(&self) -> String {
        self.to_string()
    }
}

impl Value for SocketAddr {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        text.parse().ok()
    }

    fn allowed((): &()) -> String {
        "an IP address and a port such as 0.0.0.0:8080 or [::1]:8080".to_owned()
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Value for Option<SocketAddr> {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        text.parse().ok().map(Some)
    }

    fn allowed((): &()) -> String {
        SocketAddr::allowed(&())
    }

    fn shown(&self) -> String {
        match self {
            Some(address) => address.shown(),
            None => "not set".to_owned(),
        }
    }
}

impl Value for Networks {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        Networks::parse(text.strip_prefix("none").unwrap_or(text))
    }

    fn allowed((): &()) -> String {
        "IP addresses or networks such as 127.0.0.1 or 10.0.0.0/8 with spaces between, or none"
            .to_owned()
    }

    fn shown(&self) -> String {
        match self.to_string() {
            none if none.is_empty() => "none".to_owned(),
            some => some,
        }
    }
}

impl Value for PathBuf {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        (!text.is_empty()).then(|| PathBuf::from(text))
    }

    fn allowed((): &()) -> String {
        "the path of a file".to_owned()
    }

    fn shown(&self) -> String {
        self.display().to_string()
    }
}

impl Value for Option<String> {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        let text = text.trim();
        let is_line = !text.is_empty() && !text.contains(char::is_control);
        is_line.then(|| Some(text.to_owned()))
    }

    fn allowed((): &()) -> String {
        "one line of text".to_owned()
    }

    fn shown(&self) -> String {
        self.as_deref().unwrap_or("not set").to_owned()
    }
}

impl Value for Url {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
        (plain && url.has_host() && matches!(url.scheme(), "http" | "https")).then_some(url)
    }

    fn allowed((): &()) -> String {
        "a URL such as https://panel.example, without user, password or query".to_owned()
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Value for Option<Url> {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        Url::from_text(text, &()).map(Some)
    }

    fn allowed((): &()) -> String {
        Url::allowed(&())
    }

    fn shown(&self) -> String {
        self.as_ref()
            .map_or_else(|| "not set".to_owned(), Value::shown)
    }
}

impl Value for Money {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        Money::parse(text)
            .ok()
            .filter(|amount| amount.is_positive())
    }

    fn allowed((): &()) -> String {
        "an amount above zero such as 1.00".to_owned()
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

/// The URL of the database: `sqlite:` and a path, or `postgres:`/`postgresql:` and an authority.
/// It may hold a password, so neither `Debug` nor a listing shows that.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

/// The text is no URL of a database that the program supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a database URL that begins with sqlite: or postgres:")]
pub struct BadDatabaseUrl;

impl DatabaseUrl {
    /// The SQLite database in the file at `path`, which may hold any character.
    pub fn sqlite(path: &Path) -> DatabaseUrl {
        // The driver undoes percent-escapes and takes a query from the `?` on.
        let path = path
            .to_string_lossy()
            .replace('%', "%25")
            .replace('?', "%3F");
        DatabaseUrl(format!("sqlite:{path}"))
    }

    /// The whole URL, for the driver.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is SQLite; else it is PostgreSQL.
    pub fn is_sqlite(&self) -> bool {
        self.0.starts_with("sqlite:")
    }
}

/// The file `smm-panel.db` in the working directory.
impl Default for DatabaseUrl {
    fn default() -> DatabaseUrl {
        DatabaseUrl("sqlite:smm-panel.db".to_owned())
    }
}

impl FromStr for DatabaseUrl {
    type Err = BadDatabaseUrl;

    fn from_str(text: &str) -> Result<DatabaseUrl, BadDatabaseUrl> {
        let sqlite = text
            .strip_prefix("sqlite:")
            .is_some_and(|path| !path.is_empty());
        let postgres = ["postgres://", "postgresql://"]
            .iter()
            .any(|s| text.starts_with(s))
            && Url::parse(text).is_ok();
        if sqlite || postgres {
            Ok(DatabaseUrl(text.to_owned()))
        } else {
            Err(BadDatabaseUrl)
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({})", self.shown())
    }
}

impl Value for DatabaseUrl {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        text.parse().ok()
    }

    fn allowed((): &()) -> String {
        "a URL such as sqlite:smm-panel.db or postgres://user:password@host/database".to_owned()
    }

    fn shown(&self) -> String {
        match Url::parse(&self.0) {
            Ok(url) if !self.is_sqlite() => without_password(url),
            _ => self.0.clone(),
        }
    }

    fn masked(text: &str) -> String {
        if text.contains(['@', '?']) {
            "a value that is not shown here, as it may hold a password".to_owned()
        } else {
            format!("{text:?}")
        }
    }
}

/// A URL as listings show it.
fn without_password(mut url: Url) -> String {
    // The query may hold a password as well.
    url.set_query(None);
    let hidden = url.password().map(|_| "not-shown");
    // It fails only for URLs that have no place for a password.
    let _ = url.set_password(hidden);
    url.into()
}

/// What is logged: a filter in the language of the `tracing` crates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter(String);

impl LogFilter {
    /// Errors only: for a program whose output is a story.
    pub fn errors() -> LogFilter {
        LogFilter("error".to_owned())
    }

    /// The filter's text, which is valid.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Everything from the level `info` up.
impl Default for LogFilter {
    fn default() -> LogFilter {
        LogFilter("info".to_owned())
    }
}

impl Value for LogFilter {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        EnvFilter::builder()
            .parse(text)
            .ok()
            .map(|_| LogFilter(text.to_owned()))
    }

    fn allowed((): &()) -> String {
        "off, error, warn, info, debug or trace, or such levels by module".to_owned()
    }

    fn shown(&self) -> String {
        self.0.clone()
    }
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

impl Value for LogFormat {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        [LogFormat::Text, LogFormat::Json]
            .into_iter()
            .find(|format| format.shown() == text)
    }

    fn allowed((): &()) -> String {
        "text or json".to_owned()
    }

    fn shown(&self) -> String {
        match self {
            LogFormat::Text => "text".to_owned(),
            LogFormat::Json => "json".to_owned(),
        }
    }
}

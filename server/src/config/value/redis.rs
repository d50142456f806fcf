//! Where Redis is.

use std::fmt;

use url::Url;

use super::{DatabaseUrl, Value, without_password};

/// The URL of a Redis or Valkey server: `redis:`, or `rediss:` for TLS. It may hold a password, so
/// neither `Debug` nor `Display` nor a listing shows that.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisUrl(Url);

impl RedisUrl {
    /// Reads one; `None` if the client could not use it.
    pub fn parse(text: &str) -> Option<RedisUrl> {
        let url = Url::parse(text).ok()?;
        let fits = matches!(url.scheme(), "redis" | "rediss") && url.has_host();
        (fits && redis::Client::open(text).is_ok()).then_some(RedisUrl(url))
    }

    /// The whole URL, for the client.
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_password(self.0.clone()))
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisUrl({self})")
    }
}

impl Value for Option<RedisUrl> {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        RedisUrl::parse(text).map(Some)
    }

    fn allowed((): &()) -> String {
        "a URL such as redis://host:6379 or rediss://:password@host:6379".to_owned()
    }

    fn shown(&self) -> String {
        self.as_ref()
            .map_or_else(|| "not set".to_owned(), RedisUrl::to_string)
    }

    fn masked(text: &str) -> String {
        DatabaseUrl::masked(text)
    }
}

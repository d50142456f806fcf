//! Settings of a client.

use std::time::Duration;

use crate::client::Client;
use crate::error::Error;
use crate::key::Key;

/// Settings of a [`Client`]; made by [`Client::builder`].
///
/// ```
/// # use std::time::Duration;
/// # use smm_panel_sdk::Client;
/// let client = Client::builder("https://your.panel", "smp_live_...")
///     .timeout(Duration::from_secs(10))
///     .retries(5)
///     .build()?;
/// # Ok::<(), smm_panel_sdk::Error>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct Builder {
    url: String,
    key: Secret,
    timeout: Duration,
    connect_timeout: Duration,
    retries: u32,
    http: Option<reqwest::Client>,
}

/// A key before it is checked.
struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("..")
    }
}

impl Builder {
    pub(crate) fn new(url: &str, key: &str) -> Builder {
        Builder {
            url: url.to_owned(),
            key: Secret(key.to_owned()),
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            retries: 3,
            http: None,
        }
    }

    /// How long one attempt of a call may take; 30 seconds unless set.
    pub fn timeout(mut self, timeout: Duration) -> Builder {
        self.timeout = timeout;
        self
    }

    /// How long connecting may take; 10 seconds unless set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Builder {
        self.connect_timeout = timeout;
        self
    }

    /// How often a call is repeated where that is safe; 3 times unless set, 0 for never.
    pub fn retries(mut self, retries: u32) -> Builder {
        self.retries = retries;
        self
    }

    /// The HTTP client to use instead of an own one: with your proxies and certificates. Its
    /// time-outs count then. The key is added to each request, not to the client.
    pub fn http(mut self, http: reqwest::Client) -> Builder {
        self.http = Some(http);
        self
    }

    /// The client. Fails with [`Error::Setting`] if the address is no http(s) address or the key
    /// cannot be sent; nothing is sent here.
    pub fn build(self) -> Result<Client, Error> {
        let address = reqwest::Url::parse(&self.url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let Some(address) = address else {
            let what = format!(
                "{:?} is not an address such as https://your.panel",
                self.url
            );
            return Err(Error::Setting(what));
        };
        let key = Key::new(&self.key.0)
            .map_err(|_| Error::Setting("the API key has characters that no key has".to_owned()))?;
        let http = match self.http {
            Some(http) => http,
            None => reqwest::Client::builder()
                .timeout(self.timeout)
                .connect_timeout(self.connect_timeout)
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .map_err(|fault| Error::Setting(fault.to_string()))?,
        };
        let base = address.as_str().trim_end_matches('/');
        Ok(Client::of(base, http, key, self.retries))
    }
}

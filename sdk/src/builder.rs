//! Settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;

use crate::api_key::ApiKey;
use crate::client::{Client, Observer, Settings};
use crate::error::Error;
use crate::response_info::ResponseInfo;

/// What the client says it is.
const USER_AGENT: &str = concat!("smm-panel-sdk/", env!("CARGO_PKG_VERSION"));

/// What sets more of an HTTP client.
type Configure = Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send>;

/// Whether this build can speak TLS.
const HAS_TLS: bool = cfg!(any(
    feature = "rustls",
    feature = "rustls-aws-lc",
    feature = "native-tls"
));

/// Settings of a [`Client`], from [`Client::builder`].
///
/// ```
/// use std::time::Duration;
/// use smm_panel_sdk::Client;
///
/// let panel = Client::builder("https://your.panel", "smp_live_...")
///     .timeout(Duration::from_secs(10))
///     .deadline(Duration::from_secs(60))
///     .retries(5)
///     .build()?;
/// # Ok::<(), smm_panel_sdk::Error>(())
/// ```
#[must_use]
pub struct Builder {
    url: String,
    key: String,
    timeout: Duration,
    connect_timeout: Duration,
    deadline: Option<Duration>,
    retries: u32,
    user_agent: Option<String>,
    http: Option<reqwest::Client>,
    configure: Option<Configure>,
    observers: Vec<Observer>,
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whoever has exchanged address and key must not find the key in a log.
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}

impl Builder {
    pub(crate) fn new(url: &str, key: &str) -> Builder {
        Builder {
            url: url.to_owned(),
            key: key.to_owned(),
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            deadline: None,
            retries: 3,
            user_agent: None,
            http: None,
            configure: None,
            observers: Vec::new(),
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

    /// How long a call may take, with all its attempts and the waits between them; unless set, as long as
    /// those take. Each page of a list is a call.
    ///
    /// No attempt is begun, and none is waited for, beyond it: the call ends with the error of the attempt
    /// before, or with [`Error::DeadlineExceeded`] if it ends an attempt.
    pub fn deadline(mut self, deadline: Duration) -> Builder {
        self.deadline = Some(deadline);
        self
    }

    /// How often a call is repeated where that is safe; 3 times unless set, 0 for never.
    pub fn retries(mut self, retries: u32) -> Builder {
        self.retries = retries;
        self
    }

    /// What your program is, such as `shop/1.2`: it stands before the name and version of this crate in
    /// the header `User-Agent`, where the panel's operator sees it.
    pub fn user_agent(mut self, program: impl Into<String>) -> Builder {
        self.user_agent = Some(program.into());
        self
    }

    /// What is told of each answer, refusals too: its request's number for your log, and what is left of the
    /// rate limits. Of a success that cannot be read it is not told. It is called while the call waits, so it
    /// should be quick.
    ///
    /// ```
    /// use smm_panel_sdk::Client;
    ///
    /// let panel = Client::builder("https://your.panel", "smp_live_...")
    ///     .on_response(|info| eprintln!("{} {:?}", info.operation, info.request_id))
    ///     .build()?;
    /// # Ok::<(), smm_panel_sdk::Error>(())
    /// ```
    pub fn on_response(
        mut self,
        observer: impl Fn(&ResponseInfo) + Send + Sync + 'static,
    ) -> Builder {
        self.observers.push(Arc::new(observer));
        self
    }

    /// What else is set of the HTTP client: proxies, certificates, a pool.
    ///
    /// ```
    /// use smm_panel_sdk::Client;
    ///
    /// let panel = Client::builder("https://your.panel", "smp_live_...")
    ///     .configure_http(|http| http.pool_max_idle_per_host(4))
    ///     .build()?;
    /// # Ok::<(), smm_panel_sdk::Error>(())
    /// ```
    pub fn configure_http(
        mut self,
        configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + 'static,
    ) -> Builder {
        self.configure = Some(Box::new(configure));
        self
    }

    /// The HTTP client to use instead of an own one, such as that of the rest of your program. Its
    /// time-outs, its TLS, its redirects and its `User-Agent` count then, and
    /// [`timeout`](Builder::timeout), [`connect_timeout`](Builder::connect_timeout),
    /// [`user_agent`](Builder::user_agent) and [`configure_http`](Builder::configure_http) do not. It should
    /// follow no redirects: a redirected order is sent again. The key is added to each request, not to the
    /// client.
    ///
    /// With the feature `rustls`, `reqwest::Client::new()` panics in a program in which nothing else has
    /// turned on TLS of reqwest and no provider of rustls is installed: then use `configure_http`.
    pub fn http(mut self, http: reqwest::Client) -> Builder {
        self.http = Some(http);
        self
    }

    /// The client. Fails with [`Error::Setting`] if the address is no http(s) address or another setting
    /// cannot be used; nothing is sent here.
    pub fn build(self) -> Result<Client, Error> {
        let address = reqwest::Url::parse(&self.url).ok().filter(is_address);
        let Some(address) = address else {
            // It is not shown: it may have a password, or be the key.
            let what = "the panel's address is not one such as https://your.panel, with neither user, \
                        query nor fragment";
            return Err(Error::Setting(what.to_owned()));
        };
        let key = ApiKey::new(&self.key)?;
        let settings = Settings {
            base: address.as_str().trim_end_matches('/').to_owned(),
            retries: self.retries,
            deadline: self.deadline,
            observers: self.observers.clone(),
        };
        let http = match self.http {
            Some(http) => http,
            None => self.own_http(address.scheme() == "https")?,
        };
        Ok(Client::of(settings, http, key))
    }

    /// A blocking client with these settings; see [`blocking`](crate::blocking).
    #[cfg(feature = "blocking")]
    pub fn build_blocking(self) -> Result<crate::blocking::Client, Error> {
        crate::blocking::Client::of(self.build()?)
    }

    /// An own HTTP client; `is_tls` if it is for an https address.
    fn own_http(self, is_tls: bool) -> Result<reqwest::Client, Error> {
        if is_tls && !HAS_TLS {
            let what = "smm-panel-sdk was built without TLS: turn on one of its features rustls, \
                        rustls-aws-lc and native-tls, or give it an HTTP client of yours";
            return Err(Error::Setting(what.to_owned()));
        }
        let user_agent = match &self.user_agent {
            Some(program) => format!("{program} {USER_AGENT}"),
            None => USER_AGENT.to_owned(),
        };
        let user_agent = HeaderValue::from_str(&user_agent).map_err(|_| {
            Error::Setting(format!("{user_agent:?} cannot be sent as the User-Agent"))
        })?;
        let builder = reqwest::Client::builder()
            .timeout(self.timeout)
            .connect_timeout(self.connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(user_agent);
        // Which one it is does not depend on what other parts of the program have turned on of reqwest.
        #[cfg(feature = "rustls")]
        let builder = builder.tls_backend_preconfigured(crate::tls::config(is_tls)?);
        #[cfg(all(feature = "rustls-aws-lc", not(feature = "rustls")))]
        let builder = builder.tls_backend_rustls();
        #[cfg(all(
            feature = "native-tls",
            not(any(feature = "rustls", feature = "rustls-aws-lc"))
        ))]
        let builder = builder.tls_backend_native();
        let builder = match self.configure {
            Some(configure) => configure(builder),
            None => builder,
        };
        builder
            .build()
            .map_err(|fault| Error::Setting(fault.to_string()))
    }
}

/// Whether a panel may be at `url`. What stands before or behind the address of a panel would be sent with
/// each request, or end it.
fn is_address(url: &reqwest::Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
}

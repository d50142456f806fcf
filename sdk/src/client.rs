//! The client: a panel, a key, and how a call is made.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use crate::api_key::ApiKey;
use crate::builder::Builder;
use crate::error::Error;
use crate::generated::{self, Error as Failed, ResponseValue};
use crate::response_info::ResponseInfo;
use crate::retry::{Failure, Repeat};

/// A panel and a key. Cheap to clone; its `Debug` never shows the key.
///
/// Calls that change nothing when they are repeated (reading, placing, canceling) are repeated by
/// themselves after connection errors, time-outs, 429, 502, 503 and 504, as long as the panel asks for in
/// `Retry-After`; others, such as asking for a refill, only if the call was not sent, or the panel says that
/// it was not done. See the page on [retries](crate::guide::retries).
#[derive(Clone)]
pub struct Client {
    pub(crate) raw: generated::Client,
    settings: Arc<Settings>,
    /// What the last answer said, of a client that keeps it.
    last: Option<Arc<Mutex<Option<ResponseInfo>>>>,
}

/// What is told of each answer.
pub(crate) type Observer = Arc<dyn Fn(&ResponseInfo) + Send + Sync>;

/// What holds for every call of a client.
pub(crate) struct Settings {
    /// The panel's address, without a slash at its end.
    pub(crate) base: String,
    /// How often a call is repeated.
    pub(crate) retries: u32,
    /// How long a call may take, with its repetitions.
    pub(crate) deadline: Option<Duration>,
    /// What is told of each answer.
    pub(crate) observers: Vec<Observer>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Client");
        shown.field("url", &self.settings.base);
        shown.finish_non_exhaustive()
    }
}

impl Client {
    /// A client of the panel at `url`, such as `https://your.panel`, with default settings.
    ///
    /// ```
    /// let panel = smm_panel_sdk::Client::new("https://your.panel", "smp_live_...")?;
    /// # Ok::<(), smm_panel_sdk::Error>(())
    /// ```
    pub fn new(url: &str, key: &str) -> Result<Client, Error> {
        Client::builder(url, key).build()
    }

    /// The same with settings of its own.
    ///
    /// ```
    /// use smm_panel_sdk::Client;
    ///
    /// let panel = Client::builder("https://your.panel", "smp_live_...").retries(5).build()?;
    /// # Ok::<(), smm_panel_sdk::Error>(())
    /// ```
    pub fn builder(url: &str, key: &str) -> Builder {
        Builder::new(url, key)
    }

    pub(crate) fn of(settings: Settings, http: reqwest::Client, key: ApiKey) -> Client {
        Client {
            raw: generated::Client::new_with_client(&settings.base, http, key),
            settings: Arc::new(settings),
            last: None,
        }
    }

    /// The same panel and settings with `key`.
    pub(crate) fn with(&self, http: reqwest::Client, key: ApiKey) -> Client {
        Client {
            raw: generated::Client::new_with_client(&self.settings.base, http, key),
            settings: self.settings.clone(),
            last: self.last.as_ref().map(|_| Arc::default()),
        }
    }

    /// The same client, which keeps what the panel's answer to its last call said beside the result: see
    /// [`last_response`](Client::last_response). Make one for each task that wants to know.
    ///
    /// ```no_run
    /// # async fn read(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let client = client.recording();
    /// let wallet = client.wallet().await?;
    /// if let Some(info) = client.last_response() {
    ///     println!("request {:?}, left: {:?}", info.request_id, info.rate_limits);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn recording(&self) -> Client {
        Client {
            last: Some(Arc::default()),
            ..self.clone()
        }
    }

    /// What the panel's last answer to a client from [`recording`](Client::recording), or to its clones,
    /// said: the request's number and the rate limits. `None` before the first answer, and for other
    /// clients.
    ///
    /// ```
    /// # let client = smm_panel_sdk::Client::new("https://your.panel", "smp_live_...")?;
    /// assert_eq!(client.recording().last_response(), None);
    /// # Ok::<(), smm_panel_sdk::Error>(())
    /// ```
    pub fn last_response(&self) -> Option<ResponseInfo> {
        let last = self.last.as_ref()?.lock();
        last.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes a call until it has a result, or may not be made again.
    pub(crate) async fn call<T, F>(
        &self,
        operation: &'static str,
        repeat: Repeat,
        ask: impl Fn() -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<ResponseValue<T>, generated::Error>>,
    {
        let making = self.attempts(operation, repeat, ask);
        let span = tracing::debug_span!("smm_panel", operation);
        making.instrument(span).await
    }

    async fn attempts<T, F>(
        &self,
        operation: &'static str,
        repeat: Repeat,
        ask: impl Fn() -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<ResponseValue<T>, generated::Error>>,
    {
        let deadline = self.settings.deadline;
        let ends_at = deadline.and_then(|deadline| Instant::now().checked_add(deadline));
        let (mut tried, mut last) = (0, None);
        loop {
            let attempt = self.attempt(operation, tried, &ask);
            let ended = match ends_at {
                Some(at) => timeout_at(at, attempt).await,
                None => Ok(attempt.await),
            };
            let failure = match ended {
                Ok(Ok(result)) => return Ok(result),
                Ok(Err(failure)) => failure,
                Err(_) => {
                    return Err(Error::DeadlineExceeded {
                        deadline: deadline.unwrap_or_default(),
                        last: last.map(Box::new),
                    });
                }
            };
            let wait = failure.wait(repeat, tried);
            let in_time = |wait: &Duration| {
                ends_at.is_none_or(|at| at.saturating_duration_since(Instant::now()) > *wait)
            };
            match wait.filter(|wait| tried < self.settings.retries && in_time(wait)) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(failure.error),
            }
            tried += 1;
            last = Some(failure.error);
            tracing::debug!(tried, "asking again");
        }
    }

    /// Attempt number `tried` (from 0) of a call.
    async fn attempt<T, F>(
        &self,
        operation: &'static str,
        tried: u32,
        ask: &impl Fn() -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<ResponseValue<T>, generated::Error>>,
    {
        match ask().await {
            Ok(answer) => {
                let status = answer.status().as_u16();
                self.observe(operation, tried, status, answer.headers());
                Ok(answer.into_inner())
            }
            Err(failed) => {
                if let Failed::UnexpectedResponse(answer) = &failed {
                    let status = answer.status().as_u16();
                    self.observe(operation, tried, status, answer.headers());
                }
                Err(Failure::read(failed).await)
            }
        }
    }

    /// Tells whoever wants to know what an answer says beside its body.
    fn observe(
        &self,
        operation: &'static str,
        tried: u32,
        status: u16,
        headers: &reqwest::header::HeaderMap,
    ) {
        if self.settings.observers.is_empty() && self.last.is_none() {
            return;
        }
        let info = ResponseInfo::new(operation, tried + 1, status, headers);
        for observer in &self.settings.observers {
            observer(&info);
        }
        if let Some(last) = &self.last {
            *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(info);
        }
    }
}

//! Which settings mean nothing without another, and which contradict each other.

use super::{Config, ConfigError, SmtpTls};
use crate::public_host;

impl Config {
    /// Refuses settings that contradict each other.
    pub(super) fn in_order(&self) -> Result<(), ConfigError> {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let (sync, sync_max) = (self.sync_interval_ms, self.sync_max_interval_ms);
        let (batch, queue) = (count(self.place_batch_max), count(self.place_queue_max));
        let pairs = [
            (
                ("sync_interval_ms", sync),
                ("sync_max_interval_ms", sync_max),
            ),
            (
                ("backoff_first_ms", self.backoff_first_ms),
                ("backoff_max_ms", self.backoff_max_ms),
            ),
            (("place_batch_max", batch), ("place_queue_max", queue)),
            (
                ("block_first_ms", self.block_first_ms),
                ("block_max_ms", self.block_max_ms),
            ),
        ];
        self.together()?;
        let gateway = &self.nowpayments_url;
        let is_here = gateway
            .host()
            .as_ref()
            .is_some_and(public_host::is_loopback);
        if gateway.scheme() != "https" && !is_here {
            return Err(ConfigError::InTheClear {
                name: "nowpayments_url",
                given: gateway.to_string(),
            });
        }
        self.mail_in_order()?;
        match pairs.into_iter().find(|(low, high)| low.1 > high.1) {
            Some((low, high)) => Err(ConfigError::OutOfOrder { low, high }),
            None => Ok(()),
        }
    }

    /// Refuses settings of which one is there without the other.
    fn together(&self) -> Result<(), ConfigError> {
        let together = [
            (
                ("nowpayments_api_key", self.nowpayments_api_key.is_some()),
                (
                    "nowpayments_ipn_secret",
                    self.nowpayments_ipn_secret.is_some(),
                ),
            ),
            (
                ("nowpayments_email", self.nowpayments_email.is_some()),
                ("nowpayments_password", self.nowpayments_password.is_some()),
            ),
            (
                ("smtp_host", self.smtp_host.is_some()),
                ("smtp_from", self.smtp_from.is_some()),
            ),
            (
                ("smtp_user", self.smtp_user.is_some()),
                ("smtp_password", self.smtp_password.is_some()),
            ),
        ];
        for (one, other) in together {
            let missing = match (one.1, other.1) {
                (true, false) => Some((one.0, other.0)),
                (false, true) => Some((other.0, one.0)),
                (true, true) | (false, false) => None,
            };
            if let Some((set, missing)) = missing {
                return Err(ConfigError::Alone { set, missing });
            }
        }
        Ok(())
    }

    /// Refuses mail whose links lead nowhere, and a password that everybody on the way could read.
    fn mail_in_order(&self) -> Result<(), ConfigError> {
        let Some(host) = &self.smtp_host else {
            return Ok(());
        };
        if self.public_url.is_none() {
            return Err(ConfigError::Alone {
                set: "smtp_host",
                missing: "public_url",
            });
        }
        let is_here = url::Host::parse(host).is_ok_and(|host| {
            let host = match &host {
                url::Host::Domain(name) => url::Host::Domain(name.as_str()),
                url::Host::Ipv4(address) => url::Host::Ipv4(*address),
                url::Host::Ipv6(address) => url::Host::Ipv6(*address),
            };
            public_host::is_loopback(&host)
        });
        if self.smtp_tls == SmtpTls::None && self.smtp_user.is_some() && !is_here {
            return Err(ConfigError::PasswordInTheClear { host: host.clone() });
        }
        Ok(())
    }
}

//! Every setting of the program: its name, type, default, range, unit and meaning stand once, in
//! the table below, which makes the [`Config`] struct, its defaults, its reader, the listing of
//! `smm-panel config`, the commented settings file and the table in the README.
//!
//! A setting comes from the environment (`SMM_PANEL_` and its name in capitals), else from the
//! settings file (TOML, one flat table), else it has its default. A name that is no setting or a
//! value that is not allowed stops the start with one sentence: a misspelt setting that silently
//! did nothing would be found out in production. Nothing else in the program reads the environment.

mod error;
mod given;
mod order;
mod setting;
mod value;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub use error::ConfigError;
use given::Given;
pub use given::environment;
pub use setting::{Setting, Source, Sources};
use value::Value;

use lettre::message::Mailbox;
use secrecy::SecretString;
use url::Url;

use crate::abuse::detectors::{self, Watches};
use crate::abuse::findings::Detector;
use crate::abuse::watch::Watch;
use crate::db::Pools;
use crate::limits::{Allowance, LimitTier, Quota, Quotas, RESELLER, STARTER, constant};
use crate::money::Money;
use crate::networks::Networks;
pub use value::{BadDatabaseUrl, DatabaseUrl, LogFilter, LogFormat, RedisUrl, SecretHex, SmtpTls};

/// What the environment variable of every setting begins with.
const PREFIX: &str = "SMM_PANEL_";

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const MIB: usize = 1024 * 1024;

/// The API of NOWPayments.
#[expect(clippy::expect_used, reason = "a constant that a test reads")]
fn nowpayments_url() -> Url {
    Url::parse("https://api.nowpayments.io/v1").expect("a constant")
}

/// Longer and longer times behind one another, so that the wait grows with every failure.
fn sign_in_quotas() -> Quotas {
    let quotas = [(5, 900), (10, 7_200), (20, 86_400)];
    Quotas::of(&quotas.map(|(count, per_s)| Quota::new(count, per_s)))
}

/// How a detector is set unless the settings say otherwise.
fn watch(detector: Detector) -> Watch {
    detectors::default_watch(detector)
}

/// Makes all there is from rows of `/// doc`, then `name: Type = default, rule, unit;`. The rule
/// is what [`Value`] of the type asks for: a range for numbers, `()` for all others.
macro_rules! settings {
    ($(
        #[doc = $doc:literal]
        $name:ident: $type:ty = $default:expr, $rule:expr, $unit:literal;
    )*) => {
        /// The settings of one run of the program. The units of numbers end their names: `_ms` is
        /// milliseconds, never negative.
        #[derive(Clone, Debug)]
        pub struct Config {
            $(#[doc = $doc] pub $name: $type,)*
            /// Where the values come from.
            pub sources: Sources,
        }

        impl Default for Config {
            fn default() -> Config {
                Config { $($name: $default,)* sources: Sources::default() }
            }
        }

        /// The names of all settings, in the order of the table.
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        impl Config {
            /// All settings, in the order of the table.
            pub fn describe(&self) -> Vec<Setting> {
                let default = Config::default();
                vec![$(Setting {
                    name: stringify!($name),
                    value: self.$name.shown(),
                    default: default.$name.shown(),
                    written: default.$name.written(),
                    unit: $unit,
                    allowed: <$type as Value>::allowed(&$rule),
                    doc: $doc.trim_ascii(),
                    source: self.sources.of(stringify!($name)),
                }),*]
            }

            fn read(given: &Given) -> Result<Config, ConfigError> {
                let mut config = Config::default();
                $(if let Some((value, source)) = given.value(stringify!($name), $unit, &$rule)? {
                    config.$name = value;
                    config.sources.0.insert(stringify!($name), source);
                })*
                Ok(config)
            }
        }
    };
}

settings! {
    /// The address and port that HTTP listens on; port 0 takes a free one.
    listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080)), (), "";
    /// The address and port that serve `/metrics`, and nothing else; without it nothing is measured.
    metrics_listen: Option<SocketAddr> = None, (), "";
    /// How long a panel that was told to stop goes on serving, with `/health/ready` saying 503.
    drain_delay_ms: i64 = 0, 0..=10 * MINUTE, "ms";
    /// The database: `sqlite:` and the path of its file, or a `postgres:` URL.
    database_url: DatabaseUrl = DatabaseUrl::default(), (), "";
    /// The file with the pepper and the master key; it is made at the first start.
    secrets_file: PathBuf = PathBuf::from("smm-panel.secrets"), (), "";
    /// The secret under which API keys are digested; set with `master_key`, it replaces the file.
    pepper: Option<SecretHex> = None, (), "";
    /// The secret under which keys of providers are encrypted; set together with `pepper`.
    master_key: Option<SecretHex> = None, (), "";
    /// Connections that read the database.
    read_pool: u32 = 4, 1..=256, "connections";
    /// Connections that change a PostgreSQL database; an SQLite database has one.
    write_pool: u32 = 4, 2..=64, "connections";
    /// Orders that are placed in one transaction at most.
    place_batch_max: usize = 256, 1..=1_000, "orders";
    /// Orders that may wait to be placed; more are answered with 503.
    place_queue_max: usize = 10_000, 1..=1_000_000, "orders";
    /// The largest body of a request.
    body_max_bytes: usize = MIB, 1_024..=64 * MIB, "bytes";
    /// Memory for the bodies of all requests together, never less than four of the largest; beyond it is 503.
    bodies_max_bytes: usize = 32 * MIB, MIB..=16_384 * MIB, "bytes";
    /// How long any body may take; after that it has to have come at 500 bytes a second.
    body_grace_ms: i64 = 15 * SECOND, 10..=10 * MINUTE, "ms";
    /// How long a connection has for the head of a request, from its first byte.
    head_timeout_ms: i64 = 10 * SECOND, 10..=10 * MINUTE, "ms";
    /// Connections at the same time; fewer where the limit of open files is lower.
    connections_max: usize = 4_096, 16..=1_000_000, "connections";
    /// Connections of one address that is not a trusted proxy, and never more than an eighth of all.
    connections_per_address: usize = 256, 1..=1_000_000, "connections";
    /// How long a request waits for its turn to be written before it is answered with 503.
    request_timeout_ms: i64 = 10 * SECOND, 100..=10 * MINUTE, "ms";
    /// Reverse proxies in front, whose `X-Forwarded-For` says where a request came from.
    trusted_proxies: Networks = Networks::none(), (), "";
    /// This panel's own address, such as `https://panel.example`: gateways call back there, links lead there.
    public_url: Option<Url> = None, (), "";
    /// The mail server; with it new passwords, invitations and new accounts are confirmed by mail.
    smtp_host: Option<String> = None, (), "";
    /// Its port.
    smtp_port: u32 = 587, 1..=65_535, "port";
    /// How the connection to it is kept from being read: `none` on this machine or a network of your own.
    smtp_tls: SmtpTls = SmtpTls::StartTls, (), "";
    /// The user that signs in to it; without one nobody does.
    smtp_user: Option<String> = None, (), "";
    /// The password that goes with it.
    smtp_password: Option<SecretString> = None, (), "";
    /// From whom mail comes.
    smtp_from: Option<Mailbox> = None, (), "";
    /// The API key of a NOWPayments account; with it, customers deposit by themselves.
    nowpayments_api_key: Option<SecretString> = None, (), "";
    /// The IPN secret of that account, under which its callbacks are signed.
    nowpayments_ipn_secret: Option<SecretString> = None, (), "";
    /// The e-mail address of that account; needed only to find payments without any callback.
    nowpayments_email: Option<String> = None, (), "";
    /// The password that goes with it.
    nowpayments_password: Option<SecretString> = None, (), "";
    /// Where the API of NOWPayments is; its sandbox is `https://api-sandbox.nowpayments.io/v1`.
    nowpayments_url: Url = nowpayments_url(), (), "";
    /// The least that customers may deposit.
    deposit_min: Money = Money::from_nano(1_000_000_000), (), "USD";
    /// Underpaid deposits are credited without a person from this value on.
    deposit_partial_min: Money = Money::from_nano(1_000_000_000), (), "USD";
    /// Underpaid deposits are credited without a person up to this value.
    deposit_partial_max: Money = Money::from_nano(100_000_000_000), (), "USD";
    /// An alert tells of a provider where less is left than this.
    provider_balance_min: Money = Money::from_nano(1_000_000_000), (), "USD";
    /// An alert tells of a provider where what is left will not do for so many days; 0 for never.
    provider_balance_days: i64 = 2, 0..=365, "days";
    /// An alert tells of a disk of the SQLite file with less than this left.
    disk_free_min_bytes: usize = 512 * MIB, MIB..=1_048_576 * MIB, "bytes";
    /// The Redis or Valkey server by which several servers share limits; without it each counts alone.
    redis_url: Option<RedisUrl> = None, (), "";
    /// Networks whose requests no limit of addresses stops: peers that are trusted, for example.
    unlimited_networks: Networks = Networks::none(), (), "";
    /// Requests of one address (of IPv6: of its /64), before anything else of them is looked at.
    limit_address: Quotas = Quotas::of(&[Quota::bursting(1_200, 60, 300)]), (), "";
    /// Different wrong keys from one address; more, and it is blocked for `block_first_ms`.
    limit_failed_keys: Quotas = Quotas::of(&[Quota::new(10, 60), Quota::new(50, 3_600)]), (), "";
    /// How long an address is blocked for that; it doubles each time.
    block_first_ms: i64 = 15 * MINUTE, SECOND..=30 * DAY, "ms";
    /// The longest such time.
    block_max_ms: i64 = DAY, SECOND..=30 * DAY, "ms";
    /// What the keys of an account may ask for that has no limits of its own.
    limits_default: LimitTier = LimitTier::Reseller, (), "";
    /// The limits of each key of a `reseller`.
    limits_reseller: Allowance = constant(RESELLER), RESELLER, "";
    /// The limits of each key of a `starter`.
    limits_starter: Allowance = constant(STARTER), STARTER, "";
    /// How long a detector throttles a key to a quarter of its limits.
    throttle_ms: i64 = HOUR, SECOND..=30 * DAY, "ms";
    /// Requests worked on at the same time; statuses get 503 from four fifths on, orders last.
    requests_max: usize = 1_000, 10..=1_000_000, "requests";
    /// Failed sign-ins to one account from one address.
    limit_sign_in: Quotas = sign_in_quotas(), (), "";
    /// Failed sign-ins from one address, whatever the account.
    limit_sign_in_address: Quotas = Quotas::of(&[Quota::new(50, 3_600), Quota::new(200, 86_400)]), (), "";
    /// Wrong codes for one account; apart for each network where it signed in within 30 days.
    limit_codes: Quotas = Quotas::of(&[Quota::new(10, 3_600), Quota::new(30, 86_400)]), (), "";
    /// Accounts that are opened, and other e-mail addresses that are asked for, from one address.
    limit_sign_up: Quotas = Quotas::of(&[Quota::new(20, 3_600), Quota::new(50, 86_400)]), (), "";
    /// Mails for a new password that are asked for from one address.
    limit_reset: Quotas = Quotas::of(&[Quota::new(20, 3_600), Quota::new(50, 86_400)]), (), "";
    /// Mails that strangers have sent to one e-mail address, each kind apart.
    limit_mails: Quotas = Quotas::of(&[Quota::new(3, 3_600), Quota::new(10, 86_400)]), (), "";
    /// Guessing keys.
    detect_key_stuffing: Watch = watch(Detector::KeyStuffing), Detector::KeyStuffing, "";
    /// A key that is used from many networks, or by others than before.
    detect_leaked_key: Watch = watch(Detector::LeakedKey), Detector::LeakedKey, "";
    /// Trying ids of other accounts.
    detect_foreign_ids: Watch = watch(Detector::ForeignIds), Detector::ForeignIds, "";
    /// Many active orders on one link.
    detect_shared_link: Watch = watch(Detector::SharedLink), Detector::SharedLink, "";
    /// Canceling orders as fast as they are placed.
    detect_cancel_loop: Watch = watch(Detector::CancelLoop), Detector::CancelLoop, "";
    /// More refunds than others have for the same services.
    detect_refund_farming: Watch = watch(Detector::RefundFarming), Detector::RefundFarming, "";
    /// Ordering at a loss of the panel around a change of prices.
    detect_price_racing: Watch = watch(Detector::PriceRacing), Detector::PriceRacing, "";
    /// Asking far more often than anything changes.
    detect_polling: Watch = watch(Detector::Polling), Detector::Polling, "";
    /// The same order twice within seconds, without a `request_id`.
    detect_double_submit: Watch = watch(Detector::DoubleSubmit), Detector::DoubleSubmit, "";
    /// False callbacks of the payment gateway, and payments in crumbs.
    detect_deposit_abuse: Watch = watch(Detector::DepositAbuse), Detector::DepositAbuse, "";
    /// Disputing many charges.
    detect_dispute_abuse: Watch = watch(Detector::DisputeAbuse), Detector::DisputeAbuse, "";
    /// Links that no honest software sends.
    detect_hostile_links: Watch = watch(Detector::HostileLinks), Detector::HostileLinks, "";
    /// Whether customers may open accounts themselves; closed, only commands and operators do.
    sign_up_open: bool = true, (), "";
    /// Whether `/api/v2` takes GET requests too; some old clients send nothing else.
    v2_allow_get: bool = true, (), "";
    /// How long a provider has for one answer.
    provider_timeout_ms: i64 = 30 * SECOND, 10..=10 * MINUTE, "ms";
    /// How much longer than that a dispatch stays leased before its outcome counts as unknown.
    lease_margin_ms: i64 = 30 * SECOND, 10..=HOUR, "ms";
    /// Requests to one provider at the same time, unless the provider has its own limit.
    provider_concurrency: usize = 8, 1..=1_024, "requests";
    /// Whether providers may be at http:// loopback addresses: for development only.
    provider_allow_loopback: bool = false, (), "";
    /// How often dispatches that are due are looked for, beside the signal of a new order.
    dispatch_interval_ms: i64 = 500, 1..=HOUR, "ms";
    /// Dispatches that are claimed, or their results recorded, in one transaction at most.
    dispatch_batch_max: usize = 256, 1..=500, "dispatches";
    /// The shortest time from sending an order, or asking for its status, to asking for it.
    sync_interval_ms: i64 = MINUTE, 1..=DAY, "ms";
    /// The longest such time: it grows with the order's age.
    sync_max_interval_ms: i64 = HOUR, 1..=7 * DAY, "ms";
    /// How long an order may wait to be sent before the next provider is tried or it fails.
    queued_max_ms: i64 = DAY, 1..=30 * DAY, "ms";
    /// How long a dispatch of unknown outcome is asked about before it is parked for an operator.
    unknown_resolve_ms: i64 = DAY, 1..=DAY, "ms";
    /// When to try again after a provider's "active order with this link".
    active_link_retry_ms: i64 = 10 * MINUTE, 1..=DAY, "ms";
    /// How often sending is tried when requests provably never left; then it counts as refused.
    not_sent_max: i64 = 8, 1..=1_000, "attempts";
    /// The wait after the first such attempt; it doubles with each one.
    backoff_first_ms: i64 = SECOND, 1..=HOUR, "ms";
    /// The longest wait between two such attempts.
    backoff_max_ms: i64 = 5 * MINUTE, 1..=DAY, "ms";
    /// Unknown outcomes within `breaker_window_ms` that stop sending to a provider.
    breaker_unknowns: i64 = 5, 1..=1_000, "outcomes";
    /// The time within which they count.
    breaker_window_ms: i64 = MINUTE, 1..=DAY, "ms";
    /// How long nothing is sent to it, before its balance is asked as a probe.
    breaker_open_ms: i64 = MINUTE, 1..=DAY, "ms";
    /// Refusals in a row that nobody has sorted, of 3 accounts and 2 services, which stop sending too.
    refusals_unlisted_max: i64 = 5, 1..=1_000, "refusals";
    /// How long after an operator sorted a sentence that takes effect; it can be undone until then.
    phrase_apply_ms: i64 = 10 * MINUTE, 0..=DAY, "ms";
    /// Above how much held money a second operator must confirm a decision about a sentence; 0 is never.
    phrase_second_person_usd: i64 = 1_000, 0..=1_000_000_000, "USD";
    /// Up to how much a session credits unconfirmed, and a key of staff that has no limit of its own.
    confirm_credits_above_usd: i64 = 100, 0..=1_000_000_000, "USD";
    /// How long a provider rests after it refused for its own reasons, such as our funds with it.
    provider_pause_ms: i64 = 5 * MINUTE, 1..=DAY, "ms";
    /// How long after completion, and after the last refill, an order may be refilled.
    refill_wait_ms: i64 = DAY, 0..=365 * DAY, "ms";
    /// How often a count source is asked about an order in the week after its end; less often later.
    count_check_interval_ms: i64 = DAY, 1..=365 * DAY, "ms";
    /// How often a provider that says Partial without remains is asked again before an operator is.
    partial_remains_max_asks: i64 = 10, 1..=1_000, "times";
    /// How long after a provider reports an end that moves money it is asked once more.
    refund_confirm_ms: i64 = 10 * SECOND, 0..=HOUR, "ms";
    /// How often the catalogue of a provider that was imported from is read again; 0 is never.
    catalog_sync_interval_ms: i64 = 30 * MINUTE, 0..=365 * DAY, "ms";
    /// How often one of the servers runs `check` on the database; 0 is never.
    check_interval_ms: i64 = DAY, 0..=365 * DAY, "ms";
    /// What is logged: a level, or levels by module such as `info,sqlx=warn`.
    log: LogFilter = LogFilter::default(), (), "";
    /// How the log is written.
    log_format: LogFormat = LogFormat::Text, (), "";
}

impl Config {
    /// Reads the settings from `file` (else the file that `SMM_PANEL_CONFIG` in `env` names, else
    /// none) and from the variables `env`. Variables without our prefix are ignored; an empty value
    /// counts as not set, because container files pass on unset variables so.
    ///
    /// # Errors
    /// [`ConfigError`], whose text is one sentence for the operator: the file cannot be read or is
    /// not TOML; a name is no setting; a value is not allowed, or not together with another.
    pub fn load(
        file: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Config, ConfigError> {
        let config = Config::read(&Given::collect(file, env)?)?;
        config.in_order()?;
        Ok(config)
    }

    /// This panel's own address without a slash at its end, if it was told.
    pub fn own_address(&self) -> Option<&str> {
        let own = self.public_url.as_ref()?;
        Some(own.as_str().trim_end_matches('/'))
    }

    /// Up to how much a credit is an everyday matter, which nobody confirms.
    pub fn everyday_credit(&self) -> Money {
        Money::from_nano(self.confirm_credits_above_usd.saturating_mul(1_000_000_000))
    }

    /// The table of all settings for the README, in Markdown, with a line break at the end.
    pub fn markdown_table() -> String {
        let head = "| setting | default | unit | allowed | what it is |\n|---|---|---|---|---|\n";
        let row = |s: Setting| {
            let Setting {
                name,
                default,
                unit,
                allowed,
                doc,
                ..
            } = s;
            format!("| `{name}` | {default} | {unit} | {allowed} | {doc} |\n")
        };
        let rows = Config::default().describe().into_iter().map(row);
        std::iter::once(head.to_owned()).chain(rows).collect()
    }

    /// A settings file that sets nothing: each setting with what it is, what is allowed and its default,
    /// commented out.
    pub fn template() -> String {
        let head = "# Settings of smm-panel. Each is commented out and shows its default; one that\n\
                    # shows \"\" is not set. An environment variable, SMM_PANEL_ and the name in\n\
                    # capitals, goes before what stands here. `smm-panel config` prints what is in\n\
                    # effect.\n";
        let entry = |s: Setting| {
            let unit = match s.unit {
                "" => String::new(),
                unit => format!(" ({unit})"),
            };
            let written = match s.default.as_str() {
                "not set" => "\"\"",
                _ => s.written.as_str(),
            };
            let Setting {
                name, allowed, doc, ..
            } = &s;
            format!("\n# {doc}\n# Allowed: {allowed}{unit}\n#{name} = {written}\n")
        };
        let entries = Config::default().describe().into_iter().map(entry);
        std::iter::once(head.to_owned()).chain(entries).collect()
    }

    /// How every detector is set.
    pub fn watches(&self) -> Watches {
        let watch = |detector: Detector| match detector {
            Detector::KeyStuffing => &self.detect_key_stuffing,
            Detector::LeakedKey => &self.detect_leaked_key,
            Detector::ForeignIds => &self.detect_foreign_ids,
            Detector::SharedLink => &self.detect_shared_link,
            Detector::CancelLoop => &self.detect_cancel_loop,
            Detector::RefundFarming => &self.detect_refund_farming,
            Detector::PriceRacing => &self.detect_price_racing,
            Detector::Polling => &self.detect_polling,
            Detector::DoubleSubmit => &self.detect_double_submit,
            Detector::DepositAbuse => &self.detect_deposit_abuse,
            Detector::DisputeAbuse => &self.detect_dispute_abuse,
            Detector::HostileLinks => &self.detect_hostile_links,
        };
        let each = Detector::ALL.iter();
        each.map(|&detector| (detector, watch(detector).clone()))
            .collect()
    }

    /// How many connections to the database there are.
    pub fn pools(&self) -> Pools {
        Pools {
            read: self.read_pool,
            write: self.write_pool,
            wait: Pools::WAIT,
        }
    }
}

#[cfg(test)]
mod tests;

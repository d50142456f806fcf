//! Logs: to standard error, as text or as JSON lines. Query strings, bodies and keys are never
//! part of them.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Starts logging as `config` says; a second start is ignored.
pub fn start(config: &Config) {
    // The libraries' own "started" and "stopped" say nothing that ours do not.
    let quiet = format!(
        "poem=warn,sea_orm_migration=warn,sqlx::postgres::notice=warn,{}",
        config.log.as_str()
    );
    let filter = EnvFilter::try_new(quiet).unwrap_or_default();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    // Only one subscriber can be set; tests that start several panels keep the first.
    let _ = match config.log_format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}

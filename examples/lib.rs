//! Programs that use a panel; each is a file beside this one, and runs against `smm-panel demo`:
//!
//! ```sh
//! export SMM_PANEL_URL=http://127.0.0.1:8080 SMM_PANEL_KEY=smp_live_...   # `demo` prints both
//! cargo run -p smm-panel-examples --example place_order
//! ```
//!
//! This library is what they share.

use anyhow::{Context, Result};
use smm_panel_sdk::Client;

/// The panel that SMM_PANEL_URL and SMM_PANEL_KEY name.
pub fn panel() -> Result<Client> {
    Ok(Client::new(
        &variable("SMM_PANEL_URL")?,
        &variable("SMM_PANEL_KEY")?,
    )?)
}

/// A variable of the environment that must be set.
pub fn variable(name: &str) -> Result<String> {
    #[expect(clippy::disallowed_methods, reason = "an example has no settings file")]
    std::env::var(name).with_context(|| format!("set {name}; `smm-panel demo` prints it"))
}

//! Following what providers accepted: how they are asked is learned, what they say of an end is
//! asked twice, and nothing is polled for ever in silence.

mod asking;
mod breaking;
mod cancels;
mod confirming;
mod one_each;
mod words;

use harness::{DELIVERY, HOUR, MINUTE, TestPanel, alert_kinds, texts};
use smm_panel_server::alerts;
use smm_panel_server::demo::provider::{Dialect, Fault, Script};
use smm_panel_server::orders;

/// The ids of each `action` request that reached the provider, by the field that they stood in.
fn asked(panel: &TestPanel, action: &str) -> Vec<String> {
    let requests = panel.provider.requests();
    let seen = requests.iter().filter(|seen| seen.action == action);
    seen.map(|seen| format!("{}={}", seen.fields[0].0, seen.fields[0].1))
        .collect()
}

/// What the provider is made to say of an order, whatever becomes of it.
fn says(text: &str) -> Script {
    Script::Says(text.to_owned())
}

/// The states of all runs, in order, with why they stand so.
async fn runs(panel: &TestPanel) -> Vec<String> {
    let sql = "SELECT state || COALESCE(': ' || reason, '') FROM dispatches ORDER BY id";
    texts(panel, sql).await
}

//! Places an order by the panel protocol and says what it costs and where it stands.
//!
//! Run it against `smm-panel demo`:
//! `SMM_PANEL_URL=http://127.0.0.1:8080 SMM_PANEL_KEY=smp_live_... cargo run -p smm-panel-examples
//! --example place_order`

use anyhow::{Context, Result};
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<()> {
    let variable = |name: &str| {
        #[expect(clippy::disallowed_methods, reason = "an example has no settings file")]
        std::env::var(name).with_context(|| format!("set {name}; `smm-panel demo` prints it"))
    };
    let (url, key) = (variable("SMM_PANEL_URL")?, variable("SMM_PANEL_KEY")?);
    let endpoint = format!("{}/api/v2", url.trim_end_matches('/'));
    let http = reqwest::Client::new();
    let ask = async |fields: &[(&str, &str)]| -> Result<Value> {
        let mut form = vec![("key", key.as_str())];
        form.extend_from_slice(fields);
        let answer: Value = http
            .post(&endpoint)
            .form(&form)
            .send()
            .await?
            .json()
            .await?;
        // A refusal is HTTP 200 with the one key `error`.
        match answer["error"].as_str() {
            Some(refusal) => anyhow::bail!("the panel refuses: {refusal}"),
            None => Ok(answer),
        }
    };

    let placed = ask(&[
        ("action", "add"),
        ("service", "1"),
        ("link", "https://instagram.com/example"),
        ("quantity", "100"),
        // Sent again, the same request_id gives the same order: a lost answer costs nothing. Use
        // the number of the order in your own books; it is kept for ever.
        (
            "request_id",
            &format!("example-{:016x}", rand::random::<u64>()),
        ),
    ])
    .await?;
    let order = placed["order"].to_string();
    let status = ask(&[("action", "status"), ("order", &order)]).await?;
    let text = |field: &str| status[field].as_str().unwrap_or("?").to_owned();
    println!(
        "order {order}: {} for {} USD",
        text("status"),
        text("charge")
    );
    Ok(())
}

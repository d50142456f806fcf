//! What the database holds of secrets: nothing that can be read.

use harness::database::stored;
use harness::{DELIVERY, TestPanel};
use smm_panel_server::demo::provider::Script;

#[apply(story)]
async fn no_secret_is_stored_in_the_clear() {
    let panel = TestPanel::start().await;
    let provider_key = panel.provider.key().to_owned();
    // A story in which both keys pass through everything that is stored: orders, exchanges,
    // errors. The provider even repeats our key in its refusals.
    panel.order("https://x.test/planted-link", 1000).await;
    panel.pass(2 * DELIVERY).await;
    let echo = |status, text: String| Script::AddSays {
        status,
        body: text,
        record: false,
    };
    for (number, (status, body)) in (0..).zip([
        (
            200,
            format!(r#"{{"error":"planted-refusal {provider_key}"}}"#),
        ),
        (
            200,
            format!(r#"{{"error":"Invalid API key {provider_key}"}}"#),
        ),
        (
            500,
            format!("<html>planted-page key={provider_key}&amp;</html>"),
        ),
    ]) {
        panel.provider.script_next(1, echo(status, body));
        panel
            .order(&format!("https://x.test/echo/{number}"), 1000)
            .await;
        panel.pass(DELIVERY).await;
    }
    let key = panel.key.clone();
    let wrong = harness::mistyped(&key);
    for key in [&key, &wrong] {
        panel
            .v2_as(key, &[("action", "nope"), ("api_key", key)])
            .await;
    }
    panel.check().await;

    let stored = stored(panel.folder().path()).await;
    let finds = |text: &str| {
        stored
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert!(finds("https://x.test/planted-link"), "the search works");
    assert!(finds("planted-refusal"), "what a provider says is kept");
    // The random part of a key, and the key as hexadecimal digits and the other way round.
    for secret in [&key[9..], &key, &wrong, &provider_key] {
        assert!(!finds(secret), "{secret} is in the database");
        let hex: String = secret.bytes().map(|b| format!("{b:02x}")).collect();
        assert!(!finds(&hex) && !finds(&hex.to_uppercase()));
    }
    panel.finish().await;
}

//! What the database holds of people's secrets: nothing that can be read.

use harness::TestPanel;
use harness::database::stored;
use reqwest::Method;
use serde_json::json;

use super::{ANN, PASSWORD, ask, code, customer, key_with, post, sign_in, text, try_sign_in};

#[apply(story)]
async fn a_dump_of_the_database_contains_no_secret() {
    let panel = TestPanel::start().await;
    let mut secrets = vec![
        panel.key.clone(),
        panel.provider.key().to_owned(),
        PASSWORD.to_owned(),
    ];
    for number in 0..5 {
        let email = format!("person{number}@example.com");
        let (_, session) = customer(&panel, &email).await;
        let (id, key) = key_with(&panel, &session, json!({"daily_cap": "9"})).await;
        let rotated = post(&panel, &session, &format!("/keys/{id}/rotate"), json!({})).await;
        let seed = ask(&panel, &session, Method::POST, "/totp", None)
            .await
            .json();
        let seed = text(&seed, "secret");
        let confirm = json!({"code": code(&panel, &seed)});
        post(&panel, &session, "/totp/confirm", confirm).await;
        let new = format!("a new sentence, number {number}");
        let change = json!({"old_password": PASSWORD, "new_password": new});
        assert_eq!(
            post(&panel, &session, "/password", change).await.status,
            200
        );
        // In the wrong fields, too.
        try_sign_in(&panel, &new, &email).await;
        let order = json!({"service_id": 1, "link": "https://x.test/a", "quantity": 100});
        panel
            .ask(&key, Method::POST, "/api/v3/orders", Some(order))
            .await;
        secrets.extend([session, key, text(&rotated.json(), "token"), seed, new]);
    }
    customer(&panel, ANN).await;
    secrets.push(sign_in(&panel, ANN).await);
    panel.work().await;
    panel.check().await;

    let stored = stored(panel.folder().path()).await;
    let finds = |text: &[u8]| stored.windows(text.len()).any(|window| window == text);
    assert!(finds(b"person3@example.com"), "the search works");
    assert!(secrets.len() > 25, "{}", secrets.len());
    for secret in &secrets {
        // Of a token, the random part; and each as hexadecimal digits, too.
        let bare = secret.rsplit('_').next().unwrap();
        for text in [secret.as_str(), bare] {
            let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
            for form in [text, &text.to_lowercase(), &hex, &hex.to_uppercase()] {
                assert!(!finds(form.as_bytes()), "{secret} is in the database");
            }
        }
    }
    panel.finish().await;
}

//! How fast a body has to come, and how much memory all of them may take.

use harness::TestPanel;
use reqwest::Method;
use serde_json::Value;
use tokio::io::AsyncWriteExt;

use super::{answer_of, connect, exchange, head};

#[apply(story)]
async fn a_body_that_comes_too_slowly_is_not_waited_for() {
    let panel = TestPanel::start_with(|config| config.body_grace_ms = 50).await;
    for (path, code) in [
        ("/api/v2", ""),
        ("/api/v3/orders", "body_too_slow"),
        ("/operator/v1/accounts", "body_too_slow"),
        ("/gateway/nowpayments", ""),
    ] {
        let mut slow = connect(&panel, 1).await;
        let text = head(path, 1_000) + "{\"key\"";
        let (answer, body) = exchange(&mut slow, &text).await;
        let status = if path.starts_with("/gateway") {
            "503"
        } else {
            "408"
        };
        assert!(answer.contains(status), "{path}: {answer}");
        assert!(answer.contains("retry-after: 1"), "{path}: {answer}");
        if code.is_empty() {
            assert_eq!(body, "", "{path}");
        } else {
            let body: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(body["code"], code, "{path}");
        }
    }
    panel.finish().await;
}

/// Without any key, from addresses that are within their limits.
#[apply(story)]
async fn whoever_sends_slowly_holds_no_place_among_the_requests() {
    let panel = TestPanel::start_with(|config| config.requests_max = 10).await;
    let mut slow = Vec::new();
    for number in 0..30 {
        let path = ["/api/v2", "/api/v3/orders", "/operator/v1/accounts"][number % 3];
        let mut one = connect(&panel, u8::try_from(number % 5 + 1).unwrap()).await;
        one.write_all(head(path, 100).as_bytes()).await.unwrap();
        one.write_all(b"{").await.unwrap();
        slow.push(one);
    }
    let order = panel.order("https://x.test/p", 1_000).await;
    for _ in 0..10 {
        assert_eq!(panel.status(order).await["status"], "Pending");
        assert_eq!(panel.v2(&[("action", "services")]).await.status, 200);
        assert_eq!(panel.v2(&[("action", "balance")]).await.status, 200);
        let wallet = panel.ask(&panel.key, Method::GET, "/api/v3/wallet", None);
        assert_eq!(wallet.await.status, 200);
    }
    // Those who were slow are answered once their bodies are there.
    for mut one in slow {
        one.write_all(" ".repeat(98).as_bytes()).await.unwrap();
        let (answer, _) = exchange(&mut one, "}").await;
        assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
    }
    panel.finish().await;
}

#[apply(story)]
async fn bodies_have_a_bound_in_sum_and_strangers_leave_room_for_customers() {
    let large = 250 * 1024;
    let panel = TestPanel::start_with(|config| {
        config.body_max_bytes = 256 * 1024;
        config.bodies_max_bytes = 1024 * 1024;
    })
    .await;
    // From then on the address of the story is that of a customer.
    assert_eq!(panel.balance().await, "100.00");
    let mut held = Vec::new();
    let mut refused = 0;
    for number in 0..8 {
        let path = ["/api/v2", "/api/v3/orders"][number % 2];
        let mut one = connect(&panel, u8::try_from(number + 1).unwrap()).await;
        let text = head(path, large) + "{" + &" ".repeat(large - 2);
        // It may be answered, and closed, before all of it is sent.
        let _ = one.write_all(text.as_bytes()).await;
        if number < 2 {
            held.push(one);
            continue;
        }
        let (answer, body) = answer_of(&mut one).await;
        assert!(answer.starts_with("HTTP/1.1 503"), "{number}: {answer}");
        assert!(answer.contains("retry-after: 1"), "{number}: {answer}");
        assert_eq!(body.is_empty(), path == "/api/v2", "{number}: {body}");
        refused += 1;
    }
    assert_eq!(refused, 6);
    // A customer's large body finds room, a stranger's small one as well.
    let comments = "a\n".repeat(50_000);
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/p"),
        ("quantity", "100"),
        ("x", &comments),
    ];
    assert!(panel.v2(&fields).await.order() > 0);
    let form = format!("key={}&action=balance", panel.key);
    let mut stranger = connect(&panel, 99).await;
    let text = head("/api/v2", form.len()).replace("application/json", "text/plain") + &form;
    let (answer, body) = exchange(&mut stranger, &text).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && body.contains("balance"),
        "{answer}{body}"
    );
    // What was held is answered like anything else.
    for mut one in held {
        let (answer, _) = exchange(&mut one, "}").await;
        assert!(!answer.starts_with("HTTP/1.1 503"), "{answer}");
    }
    panel.finish().await;
}

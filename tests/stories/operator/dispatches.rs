//! What only a person can find out.

use serde_json::json;
use smm_panel_server::demo::provider::Script;

use super::{Operator, ask, order, provider};

#[apply(story)]
async fn a_dispatch_of_unknown_outcome_is_listed_and_leaves_by_three_exits() {
    let operator = Operator::with_loopback();
    let provider = provider().await;
    operator.ok(&["migrate"]).await;
    assert_eq!(
        operator.ok(&["dispatch", "list"]).await,
        "Nothing is unknown, nothing is parked."
    );
    let url = provider.url();
    let add = ["provider", "add", "upstream", &url, "--timeout-ms", "500"];
    operator.ok_given(&add, provider.key()).await;
    let sold = ["service", "add", "--offer", "upstream=7", "--rate", "0.90"];
    operator.ok(&sold).await;
    operator.customer().await;
    let key = operator.ok(&["key", "create", "alice"]).await;

    let opened = operator.opened().await;
    let links = [
        "https://x.test/taken",
        "https://x.test/again",
        "https://x.test/back",
    ];
    for (link, script) in links.into_iter().zip([
        Script::AcceptThenHang,
        Script::HangBeforeAccept,
        Script::HangBeforeAccept,
    ]) {
        provider.script_next(7, script);
        order(&opened.url, &key, link).await;
        // One at a time, so that each order meets its own script.
        opened.work().await;
    }
    assert_eq!(provider.accepted_links(), [links[0]]);
    let listed = operator.ok(&["dispatch", "list"]).await;
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines.len(), 6, "{listed}");
    assert!(
        lines[0].starts_with("DISPATCH ID  STATE   ORDER ID  RUN  PROVIDER NAME"),
        "{listed}"
    );
    assert_eq!(
        lines[4..],
        [
            "No refill is unknown or parked.",
            "Decide with: smm-panel dispatch resolve ID --help",
        ]
    );
    let rows = operator.rows(&["dispatch", "list"]).await;
    for ((id, row), link) in (1..).zip(&rows).zip(links) {
        for (field, value) in [
            ("dispatch_id", json!(id)),
            ("state", json!("parked")),
            ("order_id", json!(id)),
            ("run", json!(1)),
            ("provider_name", json!("upstream")),
            ("provider_order", json!("no id")),
            ("quantity", json!(1000)),
            ("provider_service", json!("7")),
            ("link", json!(link)),
        ] {
            assert_eq!(row[field], value, "{field}: {row}");
        }
        assert!(
            row["reason"].as_str().unwrap().starts_with("time-out"),
            "{row}"
        );
    }
    let first = operator.rows(&["dispatch", "list", "--limit", "1"]).await;
    assert_eq!(first, rows[..1]);
    let alerts = operator.ok(&["alerts"]).await;
    assert!(
        alerts
            .lines()
            .any(|line| line.contains("dispatch 3 waits for an operator")),
        "{alerts}"
    );
    assert_eq!(operator.rows(&["alerts", "--limit", "1"]).await.len(), 1);

    let resolve = |id, how: &[&'static str]| {
        let mut arguments = vec!["dispatch", "resolve", id];
        arguments.extend_from_slice(how);
        arguments
    };
    for (id, how, sentence) in [
        (
            "2",
            &["--send-again"][..],
            "an order that the provider took after all would be delivered twice: ask it first, \
             then add --yes",
        ),
        ("9", &["--refund"], "dispatch 9: there is no such dispatch"),
        (
            "1",
            &["--accepted-as", " "],
            "--accepted-as needs the provider's id",
        ),
        (
            "1",
            &["--refund", "--refill"],
            "refill 1: there is no such refill dispatch",
        ),
    ] {
        assert_eq!(operator.refused(&resolve(id, how)).await, sentence);
    }
    for how in [
        &[][..],
        &["--refund", "--send-again"],
        &["--accepted-as=5", "--refund"],
    ] {
        operator.misused(&resolve("1", how)).await;
    }
    assert_eq!(
        operator.ok(&["dispatch", "list"]).await,
        listed,
        "a refused decision changes nothing"
    );

    let taken_as = provider.orders()[0].id.to_string();
    let accepted = ["dispatch", "resolve", "1", "--accepted-as", &taken_as];
    assert_eq!(operator.ok(&accepted).await, "1 is resolved.");
    assert_eq!(
        operator
            .refused(&["dispatch", "resolve", "3", "--accepted-as", &taken_as])
            .await,
        "dispatch 3: another dispatch has that order id at this provider"
    );
    operator.ok(&resolve("2", &["--send-again", "--yes"])).await;
    operator.ok(&resolve("3", &["--refund"])).await;
    assert_eq!(
        operator.refused(&resolve("3", &["--refund"])).await,
        "dispatch 3: the dispatch is not parked: only a parked one can be resolved so"
    );
    assert_eq!(
        operator.ok(&["dispatch", "list"]).await,
        "Nothing is unknown, nothing is parked."
    );
    let taken = format!("-> accepted-as {taken_as}");
    for (order, decided) in [("1", &*taken), ("2", "-> send-again"), ("3", "-> refund")] {
        let shown = operator.ok(&["order", "show", order]).await;
        assert!(shown.contains(decided), "{decided}: {shown}");
    }
    opened.work().await;
    assert_eq!(provider.accepted_links(), [links[0], links[1]]);
    let statuses = [("action", "status"), ("orders", "1,2,3")];
    let statuses: serde_json::Value =
        serde_json::from_str(&ask(&opened.url, &key, &statuses).await).unwrap();
    assert_eq!(statuses["3"]["status"], "Canceled");
    assert_eq!(statuses["3"]["charge"], "0.00");
    // How far the provider says the first one is depends on the time of day.
    assert_ne!(statuses["1"]["status"], "Canceled");
    assert_eq!(statuses["2"]["status"], "Processing");
    assert_eq!(
        ask(&opened.url, &key, &[("action", "balance")]).await,
        r#"{"balance":"8.20","currency":"USD"}"#
    );
    opened.stop().await;
    provider.stop().await;
    operator.finish().await;
}

#[apply(story)]
async fn alerts_say_so_when_there_are_none() {
    let operator = Operator::new();
    operator.ok(&["migrate"]).await;
    assert_eq!(operator.ok(&["alerts"]).await, "There are no alerts.");
    operator.finish().await;
}

//! Tiers, caps, and what is decided of orders by hand.

use super::{MANUAL, Operator, order, provider};

#[apply(story)]
async fn a_tier_and_a_cap_are_given_shown_and_taken_away() {
    let operator = Operator::new();
    operator.customer().await;
    assert_eq!(
        operator.ok(&["tier", "list"]).await,
        "There are no tiers: everybody pays the catalogue's rates."
    );
    assert_eq!(
        operator.ok(&["tier", "create", "gold", "-2.5"]).await,
        "Tier 1 (gold): -2.50 %."
    );
    let set = ["account", "set", "alice", "--tier", "gold", "--daily-cap=5"];
    let shown = operator.ok(&set).await;
    let lines: Vec<&str> = shown.lines().collect();
    assert!(
        lines[0].starts_with("Account 1 (alice), reseller since "),
        "{shown}"
    );
    assert_eq!(
        lines[1..],
        [
            "balance    10.00 USD, 0.00 USD held",
            "tier       gold (-2.50 %)",
            "daily cap  5.00 USD",
            "limits     reseller (default)",
            "keys       0"
        ]
    );
    assert_eq!(
        operator.ok(&["tier", "set", "gold", "12"]).await,
        "Tier 1 (gold): 12.00 %."
    );
    assert_eq!(
        operator.ok(&["tier", "list"]).await,
        "TIER ID  NAME  PERCENT  ACCOUNTS\n      1  gold  12.00           1"
    );
    let none = ["account", "set", "alice", "--tier=none", "--daily-cap=none"];
    operator.ok(&none).await;
    let shown = operator.ok(&["account", "show", "alice"]).await;
    assert!(
        shown.contains("tier       none\ndaily cap  none"),
        "{shown}"
    );

    for (arguments, sentence) in [
        (
            &["tier", "create", "gold", "1"][..],
            "there is a tier named gold already",
        ),
        (
            &["tier", "set", "silver", "1"],
            "there is no tier named silver",
        ),
        (
            &["account", "set", "alice", "--tier=silver"],
            "there is no tier named silver",
        ),
        (&["account", "show", "bob"], "there is no account named bob"),
    ] {
        assert_eq!(operator.refused(arguments).await, sentence);
    }
    for arguments in [
        &["tier", "create", "free", "-100"][..],
        &["tier", "create", "fine", "1.005"],
        &["account", "set", "alice"],
        &["account", "set", "alice", "--daily-cap=0"],
        &["account", "set", "alice", "--daily-cap=-1"],
    ] {
        operator.misused(arguments).await;
    }
    operator.finish().await;
}

#[apply(story)]
async fn a_manual_order_is_delivered_and_another_canceled_by_command() {
    let operator = Operator::new();
    operator.customer().await;
    operator.ok(&MANUAL).await;
    let key = operator.ok(&["key", "create", "alice"]).await;
    let opened = operator.opened().await;
    for link in ["https://x.test/a", "https://x.test/a", "https://x.test/c"] {
        order(&opened.url, &key, link).await;
    }
    opened.stop().await;
    let begin = ["order", "manual", "1", "--in-progress", "--start-count=17"];
    assert_eq!(
        operator.ok(&begin).await,
        "Order 1 is in_progress, 1000 of 1000 undelivered, 0.00 of 0.90 USD refunded."
    );
    operator
        .ok(&["order", "manual", "2", "--in-progress"])
        .await;
    let partial = [
        "order",
        "manual",
        "1",
        "--remains",
        "400",
        "--reason=no more",
    ];
    assert_eq!(
        operator.ok(&partial).await,
        "Order 1 is partial, 400 of 1000 undelivered, 0.00 of 0.90 USD refunded."
    );
    assert_eq!(
        operator.refused(&partial).await,
        "order 1: the order is partial, which never changes"
    );
    let lift = ["order", "lift-overlap", "1", "--reason=a test"];
    assert_eq!(
        operator.ok(&lift).await,
        "Order 1 is not marked any more; 0.36 USD paid."
    );
    assert_eq!(
        operator.refused(&lift).await,
        "order 1: the order has no overlap mark, or it was lifted before"
    );
    let cancel = ["order", "cancel", "3", "--reason=asked"];
    assert_eq!(
        operator.ok(&cancel).await,
        "Order 3 is canceled, 1000 of 1000 undelivered, 0.90 of 0.90 USD refunded."
    );
    let end = ["order", "end", "2", "--reason=asked"];
    assert_eq!(
        operator.refused(&end).await,
        "order 2: the order was begun by hand: say what remains of it"
    );
    let end = ["order", "end", "2", "--remains=0", "--reason=asked"];
    assert_eq!(
        operator.ok(&end).await,
        "Order 2 is completed, 0 of 1000 undelivered, 0.00 of 0.90 USD refunded."
    );
    assert_eq!(
        operator
            .refused(&["order", "manual", "9", "--completed"])
            .await,
        "order 9: there is no such order"
    );
    let shown = operator.ok(&["order", "show", "1"]).await;
    for line in [
        "order 1 of alice (account 1), service 1, placed 20",
        "link       https://x.test/a",
        "command says partial, 400 of 1000 undelivered",
        "It has no provider: write its progress with order manual.",
        "refund    1  0.00 USD  overlapping_order = (400 / 1000) * 0.90",
        "refund    2  0.36 USD  overlap_lifted = (400 / 1000) * 0.90",
        "overlaps order 2, lifted 20",
    ] {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
    let both = ["order", "manual", "2", "--completed", "--canceled"];
    operator.misused(&both).await;
    operator.misused(&["order", "manual", "2"]).await;
    operator
        .misused(&["order", "manual", "2", "--remains=-1"])
        .await;
    operator.finish().await;
}

#[apply(story)]
async fn an_order_is_shown_with_what_its_provider_said() {
    let operator = Operator::with_loopback();
    let provider = provider().await;
    operator.customer().await;
    let url = provider.url();
    operator
        .ok_given(&["provider", "add", "upstream", &url], provider.key())
        .await;
    let sold = ["service", "add", "--offer", "upstream=7", "--rate", "0.90"];
    operator.ok(&sold).await;
    let key = operator.ok(&["key", "create", "alice"]).await;
    let opened = operator.opened().await;
    order(&opened.url, &key, "https://x.test/a").await;
    opened.work().await;
    opened.stop().await;
    let shown = operator.ok(&["order", "show", "1"]).await;
    assert!(
        shown.contains("run 1 of 1000 units at upstream: accepted"),
        "{shown}"
    );
    assert!(
        shown.contains("-> action=add&service=7&link=https://x.test/a"),
        "{shown}"
    );
    assert!(!shown.contains(provider.key()), "{shown}");
    operator.finish().await;
}

#[apply(story)]
async fn orders_are_listed_for_people_and_for_programs() {
    let operator = Operator::new();
    operator.customer().await;
    operator.ok(&MANUAL).await;
    let none = operator.ok(&["order", "list"]).await;
    assert_eq!(none, "There are no such orders.");
    assert_eq!(operator.ok(&["order", "list", "--json"]).await, "");
    let key = operator.ok(&["key", "create", "alice"]).await;
    let opened = operator.opened().await;
    for link in ["https://x.test/a", "https://x.test/b"] {
        order(&opened.url, &key, link).await;
    }
    opened.stop().await;
    operator
        .ok(&["order", "cancel", "1", "--reason=asked"])
        .await;
    let listed = operator.ok(&["order", "list"]).await;
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines.len(), 3, "{listed}");
    assert!(lines[0].starts_with("ORDER ID  CREATED AT"), "{listed}");
    assert!(lines[1].trim_start().starts_with("2  "), "{listed}");
    assert!(lines[2].contains("  canceled  "), "{listed}");
    let canceled = ["order", "list", "--status=canceled", "--json"];
    let canceled = operator.ok(&canceled).await;
    let row: serde_json::Value = serde_json::from_str(&canceled).unwrap();
    assert_eq!(row["order_id"], 1);
    assert_eq!(row["account_name"], "alice");
    assert_eq!(row["refunded"], "0.90");
    let later = ["order", "list", "--from=2999-01-01T00:00:00Z"];
    assert_eq!(operator.ok(&later).await, "There are no such orders.");
    let one = ["order", "list", "--account=alice", "--link=/b", "--limit=1"];
    assert_eq!(operator.ok(&one).await.lines().count(), 2);
    operator.misused(&["order", "list", "--status=done"]).await;
    operator.finish().await;
}

//! Ids that are none, too many, or somebody else's.

use harness::{Reply, account};

use super::{FORM, JSON, busy, post, refused, state};

#[apply(story)]
async fn ids_that_are_none_change_nothing() {
    let panel = busy().await;
    let before = state(&panel).await;
    for id in [
        "-1",
        "0",
        "+1",
        "1.0",
        "1e0",
        "0x1",
        "999999",
        "2147483648",
        "9223372036854775807",
        "9223372036854775808",
        "99999999999999999999999999",
        "abc",
        "١",
        "1;2",
        "1 OR 1=1",
        "1' OR '1'='1",
        "%",
        "*",
        "null",
        "",
        " ",
        "1\u{0}",
        "\u{0}",
        "{\"a\":1}",
        "<b>1</b>",
    ] {
        for (action, name, sentence) in [
            ("status", "order", "Incorrect order ID"),
            ("refill", "order", "Incorrect order ID"),
            ("cancel", "order", "Incorrect order ID"),
            ("refill_status", "refill", "Refill not found"),
        ] {
            let reply = panel.v2(&[("action", action), (name, id)]).await;
            assert_eq!(refused(&reply), sentence, "{action} {id:?}");
            // In a list it is an entry of its own and does not hurt its neighbours.
            let several = format!("{id},999998");
            let reply = panel
                .v2(&[("action", action), (&format!("{name}s"), &several)])
                .await;
            assert_eq!(reply.status, 200);
            let entries = reply
                .body
                .matches(&format!(r#"{{"error":"{sentence}"}}"#))
                .count();
            let listed = if id.trim().is_empty() || id == "null" {
                1..=2
            } else {
                2..=2
            };
            assert!(listed.contains(&entries), "{action} {id:?}: {}", reply.body);
        }
    }
    assert_eq!(state(&panel).await, before);
    panel.finish().await;
}

#[apply(story)]
async fn ids_of_another_account_are_answered_like_missing_ones_and_change_nothing() {
    let panel = busy().await;
    let (_, stranger) = account(&panel.panel, "stranger", "10").await;
    let before = state(&panel).await;
    // The stranger names the owner's orders 1 and 2, and refill 1; each answer must be the one
    // about ids that do not exist, but for the id itself.
    for (action, name) in [
        ("status", "order"),
        ("refill", "order"),
        ("cancel", "order"),
        ("refill_status", "refill"),
    ] {
        for (theirs, missing) in [("1", "7001"), ("2", "7002"), ("1,2", "7001,7002")] {
            for name in [name.to_owned(), format!("{name}s"), format!("{name}s[]")] {
                let foreign = panel
                    .v2_as(&stranger, &[("action", action), (&name, theirs)])
                    .await;
                let unknown = panel
                    .v2_as(&stranger, &[("action", action), (&name, missing)])
                    .await;
                assert!(unknown.body.contains("error"), "{}", unknown.body);
                assert_eq!(
                    foreign.body,
                    unknown.body.replace("700", ""),
                    "{action} {name}"
                );
                assert_eq!(foreign.status, unknown.status);
                let headers = |reply: &Reply| {
                    let names = reply.headers.keys().map(|name| name.as_str().to_owned());
                    names.collect::<Vec<_>>()
                };
                assert_eq!(headers(&foreign), headers(&unknown));
            }
        }
    }
    assert_eq!(state(&panel).await, before);
    // The owner is answered.
    assert_eq!(panel.shown(2).await, "Pending 0.90 1000");
    panel.finish().await;
}

#[apply(story)]
async fn lists_of_ten_thousand_ids_are_refused_whole() {
    let panel = busy().await;
    let before = state(&panel).await;
    let ids: Vec<String> = (1..=10_000).map(|id| id.to_string()).collect();
    let key = &panel.key;
    for (action, name) in [
        ("status", "order"),
        ("refill", "order"),
        ("cancel", "order"),
        ("refill_status", "refill"),
    ] {
        let head = format!("key={key}&action={action}");
        for (media, body) in [
            (FORM, format!("{head}&{name}s={}", ids.join(","))),
            (FORM, format!("{head}&{name}={}", ids.join(","))),
            (
                FORM,
                format!("{head}&{name}s[]={}", ids.join(&format!("&{name}s[]="))),
            ),
            (
                JSON,
                format!(
                    r#"{{"key":"{key}","action":"{action}","{name}s":[{}]}}"#,
                    ids.join(",")
                ),
            ),
        ] {
            let sentence = refused(&post(&panel, media, body).await);
            assert_eq!(sentence, "Too many IDs. Maximum is 100", "{action}");
        }
    }
    assert_eq!(state(&panel).await, before);
    panel.finish().await;
}

//! The extension for replay safety: `request_id` names an order, once and for ever.

use harness::{DELIVERY, TestPanel, account, key};

use super::{LINK, number};

/// The answer to an `add` of service 1 under `request_id`, with `more` after the usual fields.
async fn place(panel: &TestPanel, key: &str, request_id: &str, more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("action", "add"),
        ("service", "1"),
        ("link", LINK),
        ("quantity", "1000"),
        ("request_id", request_id),
    ];
    fields.extend_from_slice(more);
    panel.v2_as(key, &fields).await.body
}

#[apply(story)]
async fn the_same_request_id_is_the_same_order_for_ever() {
    let panel = TestPanel::start().await;
    let first = place(&panel, &panel.key, "r-1", &[]).await;
    assert_snapshot!(&first, @r#"{"order":1}"#);
    assert_eq!(place(&panel, &panel.key, "r-1", &[]).await, first);
    // Another spelling of the same order.
    let spelled = [("runs", "0"), ("interval", ""), ("quantity", "01000")];
    assert_eq!(place(&panel, &panel.key, " r-1 ", &spelled).await, first);
    panel
        .sql("UPDATE services SET rate_micro = 5000000, min = 2000, max = 3000 WHERE id = 1")
        .await;
    assert_eq!(
        place(&panel, &panel.key, "r-1", &[]).await,
        first,
        "at another price"
    );
    panel
        .sql("UPDATE services SET rate_micro = 900000, min = 50, max = 10000 WHERE id = 1")
        .await;
    panel.pass(2 * DELIVERY).await;
    assert_eq!(
        place(&panel, &panel.key, "r-1", &[]).await,
        first,
        "after it was delivered"
    );
    assert_eq!(panel.balance().await, "99.10");
    assert_eq!(number(&panel, "SELECT count(*) FROM orders").await, 1);
    assert_eq!(panel.provider.times_accepted(LINK), 1);
    panel.finish().await;
}

#[apply(story)]
async fn a_request_id_is_not_for_another_order() {
    let panel = TestPanel::start().await;
    place(&panel, &panel.key, "r-1", &[]).await;
    for other in [
        &[("quantity", "1001")][..],
        &[("link", "https://x.test/other")],
        &[("service", "3")],
        &[("runs", "2"), ("interval", "60")],
        &[("comments", "x")],
    ] {
        let answer = place(&panel, &panel.key, "r-1", other).await;
        let refused = r#"{"error":"request_id was used for another order"}"#;
        assert_eq!(answer, refused, "{other:?}");
    }
    assert_eq!(panel.balance().await, "99.10");
    assert_snapshot!(place(&panel, &panel.key, "r-2", &[]).await, @r#"{"order":2}"#);
    panel.finish().await;
}

/// `007` and `7` are two user names.
#[apply(story)]
async fn a_link_that_looks_like_a_number_is_none() {
    let panel = TestPanel::start().await;
    let place = async |link: &str, id: &str| {
        let fields = [
            ("action", "add"),
            ("service", "1"),
            ("link", link),
            ("quantity", "1000"),
            ("request_id", id),
        ];
        panel.v2(&fields).await.body
    };
    assert_eq!(place("007", "r-1").await, r#"{"order":1}"#);
    assert_eq!(
        place("7", "r-1").await,
        r#"{"error":"request_id was used for another order"}"#
    );
    assert_eq!(place("007", "r-1").await, r#"{"order":1}"#);
    panel.finish().await;
}

#[apply(story)]
async fn request_ids_belong_to_an_account_not_to_a_key() {
    let panel = TestPanel::start().await;
    let (_, other) = account(&panel.panel, "other", "10").await;
    assert_snapshot!(place(&panel, &panel.key, "r-1", &[]).await, @r#"{"order":1}"#);
    assert_snapshot!(place(&panel, &other, "r-1", &[]).await, @r#"{"order":2}"#);
    let second = key(&panel.panel, panel.account).await;
    assert_snapshot!(place(&panel, &second, "r-1", &[]).await, @r#"{"order":1}"#);
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}

#[apply(story)]
async fn a_refusal_binds_no_request_id() {
    let panel = TestPanel::start().await;
    let (_, poor) = account(&panel.panel, "poor", "1").await;
    let refused = place(&panel, &poor, "r-1", &[("quantity", "10000")]).await;
    assert_snapshot!(refused, @r#"{"error":"Not enough funds on balance"}"#);
    assert_snapshot!(place(&panel, &poor, "r-1", &[]).await, @r#"{"order":1}"#);
    panel.finish().await;
}

#[apply(story_on_threads)]
async fn twenty_requests_at_once_under_one_id_place_one_order() {
    let panel = TestPanel::start().await;
    let place = || place(&panel, &panel.key, "r-1", &[]);
    let answers = futures::future::join_all((0..20).map(|_| place())).await;
    assert_eq!(answers, vec![r#"{"order":1}"#; 20]);
    assert_eq!(panel.balance().await, "99.10");
    assert_eq!(number(&panel, "SELECT count(*) FROM orders").await, 1);
    panel.finish().await;
}

#[apply(story)]
async fn a_request_id_has_one_to_sixty_four_characters() {
    let panel = TestPanel::start().await;
    let (longest, longer) = ("é".repeat(64), "é".repeat(65));
    assert_snapshot!(place(&panel, &panel.key, &longest, &[]).await, @r#"{"order":1}"#);
    assert_snapshot!(place(&panel, &panel.key, &longer, &[]).await, @r#"{"error":"request_id must be 1 to 64 printable characters"}"#);
    assert_snapshot!(place(&panel, &panel.key, "a\nb", &[]).await, @r#"{"error":"request_id must be 1 to 64 printable characters"}"#);
    assert_eq!(panel.balance().await, "99.10");
    // None at all: two honest orders.
    assert_snapshot!(place(&panel, &panel.key, "", &[]).await, @r#"{"order":2}"#);
    assert_snapshot!(place(&panel, &panel.key, "", &[]).await, @r#"{"order":3}"#);
    panel.finish().await;
}

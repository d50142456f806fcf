//! Alerts by mail.

use smm_panel_server::conditions;

use super::*;

async fn raise(panel: &TestPanel, order: i64) {
    let sql = format!(
        "INSERT INTO alerts (kind, cause, message, created_at_ms, last_seen_at_ms) \
         VALUES ('sold_below_cost', 'service {order}', 'order {order}: too cheap', 1, 1)"
    );
    panel.sql(&sql).await;
}

#[apply(story)]
async fn staff_who_want_it_are_mailed_once_about_what_is_new() {
    let post_office = Post::open().await;
    let panel = &post_office.panel;
    person(panel, Role::Operator, "olga@example.com").await;
    person(panel, Role::Support, "sue@example.com").await;
    let session = try_sign_in(panel, "sue@example.com", PASSWORD)
        .await
        .unwrap();
    raise(panel, 1).await;
    conditions::look(&panel.panel).await.unwrap();
    assert!(post_office.mails().await.is_empty(), "nobody wants it");
    let path = "/operator/v1/me/alerts-by-mail";
    let wanted = Some(json!({"wanted": true}));
    let set = panel.ask(&session, Method::PUT, path, wanted).await;
    assert_eq!(set.status, 200, "{}", set.body);
    let me = panel
        .ask(&session, Method::GET, "/operator/v1/me", None)
        .await;
    assert_eq!(me.json()["alerts_by_mail"], true);
    for order in [2, 3] {
        raise(panel, order).await;
    }
    for _ in 0..2 {
        conditions::look(&panel.panel).await.unwrap();
    }
    let mail = post_office.mail().await;
    assert_eq!(mail.to, "sue@example.com");
    assert!(mail.text.contains("order 3: too cheap"), "{}", mail.text);
    conditions::look(&panel.panel).await.unwrap();
    assert!(post_office.mails().await.is_empty(), "nothing is new");
    // What was looked after before the mail was written is nothing to tell of.
    raise(panel, 4).await;
    conditions::look(&panel.panel).await.unwrap();
    for id in 1..=4 {
        let path = format!("/operator/v1/alerts/{id}/acknowledgement");
        let done = panel
            .ask(&session, Method::POST, &path, Some(json!({})))
            .await;
        assert_eq!(done.status, 200, "{}", done.body);
    }
    assert!(post_office.mails().await.is_empty());
    check(panel).await;
    post_office.finish().await;
}

#[apply(story)]
async fn a_panel_without_a_mail_server_says_so() {
    let panel = TestPanel::start().await;
    let (_, operator) = harness::staff(&panel.panel, Role::Operator, "olga").await;
    let path = "/operator/v1/me/alerts-by-mail";
    let wanted = Some(json!({"wanted": true}));
    let no = panel.ask(&operator, Method::PUT, path, wanted).await;
    assert_eq!(refused(&no), (409, "state_conflict".to_owned()));
    assert!(no.body.contains("smtp_host"), "{}", no.body);
    panel.finish().await;
}

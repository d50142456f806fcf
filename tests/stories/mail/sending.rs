//! The way of a mail to the mail server.

use harness::{MINUTE, alert_kinds};
use smm_panel_server::config::SmtpTls;

use super::*;

#[apply(story)]
async fn a_mail_waits_while_the_mail_server_is_away_and_is_sent_once() {
    let post_office = Post::open().await;
    let Post { panel, server } = post_office;
    let address = server.address;
    person(&panel, Role::Reseller, ANN).await;
    drop(server);
    let asked = post(&panel, "", "/password/reset", json!({"email": ANN})).await;
    assert_eq!(asked.status, 202);
    panel.pass(10 * MINUTE).await;
    let tries = "SELECT CAST(tries AS TEXT) FROM mails";
    assert_eq!(texts(&panel, tries).await, ["5"]);
    let server = MailServer::start_at(address).await;
    panel.pass(10 * MINUTE).await;
    let mail = server.take_one();
    // Its time runs from when it was sent.
    panel.advance(40 * MINUTE);
    let link = mail.link().unwrap();
    assert_eq!(send(&panel, &link, OTHER).await.status, 200);
    assert!(
        texts(&panel, "SELECT kind FROM mails WHERE kind = 'reset'")
            .await
            .is_empty()
    );
    panel.work().await;
    assert_eq!(
        server.take_one().subject,
        "panel.test: your password was replaced"
    );
    assert!(alert_kinds(&panel).await.is_empty());
    panel.finish().await;
}

#[apply(story)]
async fn a_mail_that_is_never_taken_is_given_up_and_told_of() {
    let post_office = Post::open().await;
    let Post { panel, server } = post_office;
    let (actor, role) = (Actor::command(), Role::Reseller);
    // One whose mailbox is none: at once. One that a stranger has typed is nothing to tell of.
    let invited = ["nobody@example.com", "ann@example.com"];
    accounts::create_and_invite(&panel.panel, &actor, role, "Nobody", Some(invited[0]))
        .await
        .unwrap();
    let new = json!({"email": "nobody@x.test", "password": PASSWORD});
    assert_eq!(post(&panel, "", "", new).await.status, 202);
    panel.work().await;
    assert_eq!(alert_kinds(&panel).await, ["mail_not_sent"]);
    assert!(texts(&panel, "SELECT kind FROM mails").await.is_empty());
    // One that the mail server does not take for a day.
    drop(server);
    accounts::create_and_invite(&panel.panel, &actor, role, "Ann", Some(invited[1]))
        .await
        .unwrap();
    for _ in 0..49 {
        panel.work().await;
        assert_eq!(alert_kinds(&panel).await.len(), 1);
        panel.advance(30 * MINUTE);
    }
    panel.work().await;
    let alerts = texts(&panel, "SELECT message FROM alerts ORDER BY id").await;
    assert!(
        alerts[0].contains("550") && alerts[1].contains("after 50 tries"),
        "{alerts:?}"
    );
    assert!(
        alerts.iter().all(|alert| !alert.contains("@example.com")),
        "{alerts:?}"
    );
    assert!(texts(&panel, "SELECT kind FROM mails").await.is_empty());
    panel.finish().await;
}

#[apply(story)]
async fn a_mail_that_was_taken_as_its_server_died_is_sent_again_under_the_same_name() {
    let post_office = Post::open().await;
    let panel = &post_office.panel;
    person(panel, Role::Reseller, ANN).await;
    post_office.ask_reset(ANN).await;
    let row = "SELECT CAST(id AS TEXT) FROM mails";
    let id = texts(panel, row).await.remove(0);
    let first = post_office.mail().await;
    // As if it had not come to the deletion: the lease is still there.
    let lease = panel.panel.now().plus_ms(15 * MINUTE).ms();
    let again = format!(
        "INSERT INTO mails (id, kind, recipient, created_at_ms, due_at_ms, lease_until_ms, tries) \
         VALUES ({id}, 'reset', '{ANN}', 0, 0, {lease}, 1)"
    );
    panel.sql(&again).await;
    assert!(post_office.mails().await.is_empty());
    panel.advance(15 * MINUTE);
    let second = post_office.mail().await;
    assert_eq!(first.id, second.id);
    assert!(first.id.ends_with("@panel.test>"), "{}", first.id);
    // Whichever of the two is followed, it is good.
    assert_eq!(read(panel, &second.link().unwrap()).await.status, 200);
    assert_eq!(send(panel, &first.link().unwrap(), OTHER).await.status, 200);
    assert_eq!(read(panel, &second.link().unwrap()).await.status, 404);
    post_office.finish().await;
}

#[apply(story)]
async fn nothing_goes_in_the_clear_where_it_must_not() {
    let post_office = Post::open_with(|config| config.smtp_tls = SmtpTls::StartTls).await;
    let panel = &post_office.panel;
    person(panel, Role::Reseller, ANN).await;
    post_office.ask_reset(ANN).await;
    assert!(post_office.mails().await.is_empty());
    post_office.finish().await;
}

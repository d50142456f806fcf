//! A backup of the database is put back: what was done since is not done again.

use harness::database;
use serde_json::{Value, json};
use smm_panel_server::demo::provider::SimulatedProvider;

use super::{Operator, ask, order, provider};

const LINKS: [&str; 6] = [
    "https://x.test/before",
    "https://x.test/waits",
    "https://x.test/drips",
    "https://x.test/since",
    "https://x.test/after",
    "https://x.test/later",
];
const DRIP: [(&str, &str); 6] = [
    ("action", "add"),
    ("service", "1"),
    ("quantity", "100"),
    ("link", LINKS[2]),
    ("runs", "4"),
    ("interval", "1"),
];

/// How often an order for each of `LINKS` was asked for, repetitions too.
fn asked(provider: &SimulatedProvider) -> [usize; 6] {
    let adds = provider.requests();
    let adds = adds.iter().filter(|request| request.action == "add");
    let links: Vec<&str> = adds
        .flat_map(|request| &request.fields)
        .filter(|(name, _)| name == "link")
        .map(|(_, link)| link.as_str())
        .collect();
    LINKS.map(|link| links.iter().filter(|sent| **sent == link).count())
}

/// Under which name the panel asked for an order for `link`.
fn name_in(provider: &SimulatedProvider, link: &str) -> String {
    let orders = provider.orders();
    let found = orders.iter().find(|order| order.link == link).unwrap();
    let id = found.request_id.as_deref().unwrap();
    id.split_once('-').unwrap().0.to_owned()
}

/// An operator with a customer, whose key it gives, and what `provider` sells.
async fn selling(provider: &SimulatedProvider) -> (Operator, String) {
    let operator = Operator::with_loopback();
    provider.keep_request_ids(true);
    let add = ["provider", "add", "upstream", &provider.url()];
    operator.ok_given(&add, provider.key()).await;
    operator.ok(&["provider", "test", "upstream"]).await;
    let sold = ["service", "add", "--offer", "upstream=7", "--rate", "0.90"];
    operator.ok(&sold).await;
    operator.customer().await;
    let key = operator.ok(&["key", "create", "alice"]).await;
    (operator, key)
}

#[apply(story)]
async fn nothing_is_sent_twice_and_no_number_is_given_again_after_a_backup_is_put_back() {
    let provider = provider().await;
    let (operator, key) = selling(&provider).await;

    let opened = operator.opened().await;
    order(&opened.url, &key, LINKS[0]).await;
    opened.work().await;
    order(&opened.url, &key, LINKS[1]).await;
    let drip = ask(&opened.url, &key, &DRIP).await;
    assert_eq!(drip, r#"{"order":3}"#);
    opened.stop().await;
    // It waits for longer than two of its intervals.
    operator
        .sql("UPDATE dispatches SET queued_at_ms = queued_at_ms - 150000 WHERE order_id = 3")
        .await;
    let backup = database::backup_of(operator.folder.path());

    let opened = operator.opened().await;
    opened.work().await;
    let since = order(&opened.url, &key, LINKS[3]).await;
    assert_eq!(since, r#"{"order":4}"#);
    opened.work().await;
    opened.stop().await;
    assert_eq!(asked(&provider), [1, 1, 1, 1, 0, 0]);

    // That server is lost, and its database with it.
    let operator = operator.with("SMM_PANEL_DATABASE_URL", backup.expose());
    let opened = operator.opened().await;
    let lives = operator.refused(&["restore", "mark"]).await;
    assert!(
        lives.starts_with("a server lives on the database (server "),
        "{lives}"
    );
    opened.stop().await;
    let said = operator.ok(&["restore", "mark"]).await;
    let begins = "2 dispatch(es) may have been sent since the backup: they are unknown, and are not \
                  sent again by themselves.\n2 later run(s) of drip-feeds may have been sent since: \
                  they are unknown too.\n0 request(s) for refills ";
    assert!(said.starts_with(begins), "{said}");
    let numbers = "\nNumbers go on 1000000 higher; the next ones are order 1000004, dispatch 1000006, \
                   refill 1000001, refund 1000001, deposit 1000001, ticket 1000001, dispute 1000001.\n";
    assert!(said.contains(numbers), "{said}");
    let log = operator.ok(&["audit", "list"]).await;
    assert!(
        log.contains("restore_marked") && log.contains("command:"),
        "{log}"
    );
    operator.ok(&["check"]).await;

    let opened = operator.opened().await;
    let after = order(&opened.url, &key, LINKS[4]).await;
    assert_eq!(after, r#"{"order":1000004}"#);
    opened.work().await;
    assert_eq!(asked(&provider), [1, 1, 1, 1, 1, 0]);
    let (before, now) = (name_in(&provider, LINKS[0]), name_in(&provider, LINKS[4]));
    assert_ne!(before, now);
    let names = format!("\nOther panels are asked as {now} from now on, no longer as {before}.\n");
    assert!(said.contains(&names), "{said}");

    let rows = operator.rows(&["dispatch", "list"]).await;
    let why = "it may have been sent since the backup that was put back";
    assert_eq!(rows.len(), 4, "{rows:?}");
    for (row, (order, run)) in rows.iter().zip([(2, 1), (3, 1), (3, 2), (3, 3)]) {
        let reason = row["reason"].as_str().unwrap();
        assert!(row["state"] == "parked" && reason.contains(why), "{row}");
        assert_eq!(
            (&row["order_id"], &row["run"]),
            (&json!(order), &json!(run))
        );
    }

    // The provider says what it has.
    let taken = |link: &str| {
        let orders = provider.orders();
        let found = orders.iter().find(|order| order.link == link).unwrap();
        found.id.to_string()
    };
    let (waited, dripped) = (taken(LINKS[1]), taken(LINKS[2]));
    for arguments in [
        ["dispatch", "resolve", "2", "--accepted-as", &waited].as_slice(),
        &["dispatch", "resolve", "3", "--accepted-as", &dripped],
        &["dispatch", "resolve", "1000004", "--refund"],
        &["order", "end", "3", "--reason=the customer asked for it"],
        &["dispatch", "resolve", "1000005", "--refund"],
    ] {
        operator.ok(arguments).await;
    }
    opened.work().await;
    assert_eq!(asked(&provider), [1, 1, 1, 1, 1, 0]);
    opened.stop().await;

    // Once more does no harm.
    let again = operator.ok(&["restore", "mark"]).await;
    assert!(again.starts_with("0 dispatch(es) "), "{again}");
    assert!(again.contains(" order 2000005, "), "{again}");
    let opened = operator.opened().await;
    let later = order(&opened.url, &key, LINKS[5]).await;
    assert_eq!(later, r#"{"order":2000005}"#);
    opened.work().await;
    assert_eq!(asked(&provider), [1, 1, 1, 1, 1, 1]);
    opened.stop().await;
    operator.ok(&["audit", "verify"]).await;
    provider.stop().await;
    operator.finish().await;
}

/// Runs in every state in which a server may have sent them since: held for a review, on their way, to be
/// repeated, parked on a sentence; a share of a refill; and a run that could not be written.
const IN_EVERY_STATE: &str = "
    UPDATE dispatches SET state = 'held' WHERE id = 1;
    UPDATE dispatches SET state = 'sending', attempt = 1, lease_until_ms = 1, request_id = 'x-2',
        fingerprint = 'f' WHERE id = 2;
    UPDATE dispatches SET state = 'unknown', attempt = 1, unknown_at_ms = 1, request_id = 'x-3',
        fingerprint = 'f' WHERE id = 3;
    UPDATE dispatches SET state = 'parked', attempt = 1, unknown_at_ms = 1, phrase = 'not now',
        reason = 'Not now' WHERE id = 4;
    DELETE FROM dispatches WHERE order_id = 5 AND run = 2;
    INSERT INTO missing_runs (order_id, due_at_ms) VALUES (5, 1);
    INSERT INTO refills (order_id, status, created_at_ms, automatic) VALUES (5, 'pending', 1, FALSE);
    INSERT INTO refill_dispatches (refill_id, dispatch_id, provider_id, state, due_at_ms)
        VALUES (1, 5, 1, 'queued', 1);";

#[apply(story)]
async fn whatever_may_have_been_sent_since_a_backup_waits_for_a_person() {
    let provider = provider().await;
    let (operator, key) = selling(&provider).await;
    let opened = operator.opened().await;
    let waiting = [LINKS[0], LINKS[1], LINKS[3], LINKS[4]];
    for link in waiting {
        order(&opened.url, &key, link).await;
    }
    // The others are not sent before the drip-feed is.
    operator
        .sql("UPDATE dispatches SET due_at_ms = due_at_ms + 3600000")
        .await;
    assert_eq!(ask(&opened.url, &key, &DRIP).await, r#"{"order":5}"#);
    opened.work().await;
    opened.stop().await;
    assert_eq!(asked(&provider), [0, 0, 1, 0, 0, 0]);
    operator.sql(IN_EVERY_STATE).await;

    let said = operator.ok(&["restore", "mark"]).await;
    let begins = "4 dispatch(es) may have been sent since the backup: they are unknown, and are not \
                  sent again by themselves.\n3 later run(s) of drip-feeds may have been sent since: \
                  they are unknown too.\n1 request(s) for refills may have been forwarded since: they \
                  are parked.\n";
    assert!(said.starts_with(begins), "{said}");
    let opened = operator.opened().await;
    opened.work().await;
    opened.work().await;
    assert_eq!(asked(&provider), [0, 0, 1, 0, 0, 0]);
    let refills = provider.requests();
    assert!(refills.iter().all(|request| request.action != "refill"));
    let listed = operator.ok(&["dispatch", "list"]).await;
    let why = "it may have been sent since the backup that was put back";
    let parked = |line: &&str| line.contains("parked") && line.contains(why);
    assert_eq!(listed.lines().filter(parked).count(), 7, "{listed}");
    assert!(listed.contains("; before: Not now"), "{listed}");
    let rows = operator.rows(&["dispatch", "list"]).await;
    let is_refill = |row: &&Value| row["refill_dispatch_id"].is_i64();
    assert_eq!(rows.iter().filter(is_refill).count(), 1, "{rows:?}");
    // No sentence that is sorted decides them any more.
    let phrases = operator.ok(&["phrase", "list"]).await;
    assert!(!phrases.contains("not now"), "{phrases}");
    // A customer may still have the order ended, and a person may say what became of it.
    let resolved = ["dispatch", "resolve", "1", "--refund"];
    operator.ok(&resolved).await;
    opened.stop().await;
    provider.stop().await;
    operator.finish().await;
}

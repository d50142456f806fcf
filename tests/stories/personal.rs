//! What is held about one person: written out, and erased so that nothing says any more who they were.

use harness::{DELIVERY, TestPanel, column, key, person, staff};
use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::accounts::notices;
use smm_panel_server::accounts::register::{self, Change};
use smm_panel_server::actor::{Actor, Role};
use smm_panel_server::error::Error;
use smm_panel_server::ids::AccountId;
use smm_panel_server::money::Money;
use smm_panel_server::wallet::{self, CreditName, NewCorrection};
use smm_panel_server::{accounts, audit, personal};

mod traces;

const EMAIL: &str = "zoe.planted@example.com";
const NAME: &str = "Zoe Planted";
/// What must be nowhere in the end.
const PLANTED: [&str; 9] = [
    "planted",
    "Planted",
    "comment-of-zoe",
    "ticket-text-of-zoe",
    "message-of-zoe",
    "answer-to-zoe",
    "dispute-text-of-zoe",
    "reference-of-zoe",
    "notice-to-zoe",
];

fn is_on_postgres(panel: &TestPanel) -> bool {
    let url = panel.panel.config.database_url.expose();
    url.starts_with("postgres")
}

/// Every row of every table but those of `left_out`, as text.
async fn dump(panel: &TestPanel, left_out: &[&str]) -> String {
    let is_postgres = is_on_postgres(panel);
    let tables = if is_postgres {
        "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'"
    } else {
        "SELECT name FROM sqlite_schema WHERE type = 'table'"
    };
    let mut all = String::new();
    for table in column(&panel.panel, tables).await {
        if left_out.contains(&table.as_str()) {
            continue;
        }
        let row = if is_postgres {
            "CAST(t AS TEXT)".to_owned()
        } else {
            let columns = format!("SELECT name FROM pragma_table_info('{table}')");
            let columns = column(&panel.panel, &columns).await;
            let texts = columns.iter().map(|name| format!("QUOTE(\"{name}\")"));
            texts.collect::<Vec<_>>().join(" || '|' || ")
        };
        let sql = format!("SELECT {row} FROM {table} AS t");
        for line in column(&panel.panel, &sql).await {
            all.push_str(&format!("{table}: {line}\n"));
        }
    }
    all
}

fn hits(dump: &str) -> Vec<&str> {
    let is_hit = |line: &&str| PLANTED.iter().any(|planted| line.contains(planted));
    dump.lines().filter(is_hit).collect()
}

/// Asks, and is answered with success.
async fn done(panel: &TestPanel, key: &str, path: &str, body: Value) -> Value {
    let reply = panel.ask(key, Method::POST, path, Some(body)).await;
    assert!(
        reply.status < 300,
        "{path}: {} {}",
        reply.status,
        reply.body
    );
    reply.json()
}

/// Zoe with two orders, a ticket with a picture, a dispute and a notice, all of it decided but the ticket.
async fn past(panel: &TestPanel, operator: &str) -> (AccountId, String, i64) {
    let actor = Actor::command();
    let (zoe, session) = person(panel, EMAIL).await;
    let change = Change {
        name: Some(NAME.to_owned()),
        ..Change::default()
    };
    register::change(&panel.panel, &actor, zoe, &change)
        .await
        .unwrap();
    let amount = Money::parse("0.916").unwrap();
    wallet::credit(&panel.panel, &actor, zoe, amount, "bank-1", "by bank")
        .await
        .unwrap();
    let zoes_key = key(&panel.panel, zoe).await;
    let order = done(
        panel,
        &session,
        "/api/v3/orders",
        json!({"service_id": 1, "link": "https://x.test/planted", "quantity": 1000,
            "reference": "reference-of-zoe"}),
    )
    .await["order_id"]
        .as_i64()
        .unwrap();
    let comments = [
        ("action", "add"),
        ("service", "2"),
        ("link", "https://x.test/planted/2"),
        ("comments", "comment-of-zoe 1\ncomment-of-zoe 2"),
        ("request_id", "reference-of-zoe"),
    ];
    panel.v2_as(&zoes_key, &comments).await.order();
    panel.work().await;
    for _ in 0..3 {
        panel.pass(DELIVERY).await;
    }
    let dispute = json!({"reason": "other", "amount": "0.90",
        "description": "dispute-text-of-zoe: it was too dear"});
    let path = format!("/api/v3/orders/{order}/disputes");
    let dispute = done(panel, &session, &path, dispute).await["dispute_id"].clone();
    let path = format!("/operator/v1/disputes/{dispute}/decision");
    let no = json!({"outcome": "reject", "reason": "the rate was that of the day"});
    done(panel, operator, &path, no).await;
    let path = format!("/api/v3/orders/{order}/tickets");
    let ticket = json!({"description": "ticket-text-of-zoe: where are they?"});
    let ticket = done(panel, &session, &path, ticket).await["ticket_id"]
        .as_i64()
        .unwrap();
    let messages = json!({"message": "message-of-zoe"});
    done(
        panel,
        &session,
        &format!("/api/v3/tickets/{ticket}/messages"),
        messages,
    )
    .await;
    let answer = json!({"message": "answer-to-zoe"});
    done(
        panel,
        operator,
        &format!("/operator/v1/tickets/{ticket}/messages"),
        answer,
    )
    .await;
    let mut picture = std::io::Cursor::new(Vec::new());
    let image = DynamicImage::ImageRgb8(RgbImage::new(40, 30));
    image.write_to(&mut picture, ImageFormat::Png).unwrap();
    let url = format!("/api/v3/tickets/{ticket}/screenshots");
    let url = panel.url.replace("/api/v2", &url);
    let request = panel.http().post(url).bearer_auth(&session);
    let request = request.header("content-type", "application/octet-stream");
    assert_eq!(
        panel.send(request.body(picture.into_inner())).await.status,
        201
    );
    notices::send(&panel.panel, &actor, zoe, "notice-to-zoe")
        .await
        .unwrap();
    panel
        .sql(
            "INSERT INTO alerts (kind, message, created_at_ms) VALUES ('parked', \
             'order 1 of Zoe Planted (zoe.planted@example.com) on https://x.test/planted waits', 0)",
        )
        .await;
    (zoe, session, ticket)
}

#[apply(story)]
async fn an_account_is_written_out_and_erased_and_everything_else_stays_whole() {
    let panel = TestPanel::start().await;
    let (_, operator) = staff(&panel.panel, Role::Operator, "olga").await;
    let (zoe, session, ticket) = past(&panel, &operator).await;
    let actor = Actor::command();

    // What staff and detectors say of others is not hers.
    let said = format!(
        "INSERT INTO abuse_cases (detector, subject, account_id, state, action, score, evidence, findings, \
         opened_at_ms, found_at_ms, decided_by, decided_reason, decided_at_ms, judged_at_ms) VALUES \
         ('shared_link', 'account:{zoe}', {zoe}, 'released', 'observe', 500, \
         '[{{\"what\":\"has the link of active orders of account\",\"seen\":\"4711\"}}]', 1, 0, 0, \
         'operator:3', 'olga asked account 4711', 0, 0)"
    );
    panel.sql(&said).await;
    let held = personal::export(&panel.panel, &actor, zoe).await.unwrap();
    let held = serde_json::to_value(&held).unwrap();
    let written = held.to_string();
    for other in ["olga", "operator:", "4711", "command"] {
        assert!(!written.contains(other), "{other}: {written}");
    }
    let case = &held["held"]["abuse_cases"][0];
    assert_eq!(case["decided_reason"], "staff asked another account");
    for planted in PLANTED {
        assert!(written.contains(planted), "{planted}: {written}");
    }
    assert_eq!(held["held"]["accounts"][0]["email"], EMAIL);
    assert_eq!(held["held"]["orders"][0]["charge"], "0.90");

    let erase = || personal::erase(&panel.panel, &actor, zoe, "asked for by mail");
    let Err(Error::Refused(refusal)) = erase().await else {
        panic!("a ticket is open");
    };
    assert!(
        refusal.to_string().contains("1 ticket(s) are not closed"),
        "{refusal}"
    );
    let path = format!("/operator/v1/tickets/{ticket}/decision");
    let no = json!({"outcome": "decline", "reason": "all were there"});
    done(&panel, &operator, &path, no).await;
    let one = Money::parse("1").unwrap();
    wallet::credit(&panel.panel, &actor, zoe, one, "bank-2", "by bank")
        .await
        .unwrap();
    let hindrances = personal::hindrances(&panel.panel, zoe).await.unwrap();
    assert_eq!(
        hindrances,
        ["the wallet holds 1.00 USD: it has to be spent, or taken back by `account correct`"]
    );
    let again = json!({"service_id": 1, "link": "https://x.test/planted", "quantity": 1000});
    done(&panel, &session, "/api/v3/orders", again).await;
    let Err(Error::Refused(refusal)) = erase().await else {
        panic!("an order is open");
    };
    assert!(
        refusal.to_string().contains("1 order(s) have not ended"),
        "{refusal}"
    );
    panel.work().await;
    for _ in 0..3 {
        panel.pass(DELIVERY).await;
    }
    // What is left is taken back.
    let left = NewCorrection {
        account: zoe,
        credit: CreditName::Reference("bank-2".to_owned()),
        amount: Money::parse("0.10").unwrap(),
        reference: "left-1".to_owned(),
        reason: "paid out by bank".to_owned(),
    };
    wallet::correct(&panel.panel, &actor, &left).await.unwrap();
    panel.check().await;
    assert!(!hits(&dump(&panel, &[]).await).is_empty());

    let erased = erase().await.unwrap();
    assert_eq!((erased.orders, erased.before), (3, false));
    // The audit log is a chain: what it says of the account stays, and says so in the README.
    let after = dump(&panel, &["audit_log"]).await;
    assert_eq!(hits(&after), Vec::<&str>::new());
    let addresses = "SELECT CAST(COUNT(*) AS TEXT) FROM sessions s, api_keys k WHERE s.account_id = \
        k.account_id AND (s.address IS NOT NULL OR k.last_used_address IS NOT NULL) AND k.account_id = ";
    let addresses = format!("{addresses}{zoe}");
    assert_eq!(column(&panel.panel, &addresses).await, ["0"]);
    let digests =
        "SELECT CAST(COUNT(DISTINCT link) AS TEXT) FROM orders WHERE link LIKE 'erased:%'";
    assert_eq!(
        column(&panel.panel, digests).await,
        ["2"],
        "one link is one digest"
    );
    let pictures = "SELECT CAST(SUM(LENGTH(picture)) AS TEXT) FROM ticket_screenshots";
    assert_eq!(column(&panel.panel, pictures).await, ["0"]);
    let kept = column(&panel.panel, "SELECT COALESCE(became, '') FROM audit_log")
        .await
        .concat();
    assert!(
        kept.contains(NAME) && !kept.contains("ticket-text-of-zoe"),
        "{kept}"
    );
    // Nobody comes in any more.
    let read = panel
        .ask(&session, Method::GET, "/api/v3/orders", None)
        .await;
    assert_eq!(read.status, 401, "{}", read.body);
    let called = format!("erased-{zoe}");
    let found = accounts::look_up(&panel.panel, &called).await.unwrap();
    assert_eq!((found.id, found.email), (zoe, None));
    // Again is fine, and changes nothing.
    assert!(erase().await.unwrap().before);
    let verdict = audit::verify(&panel.panel.db, &panel.panel.secrets, None)
        .await
        .unwrap();
    assert_eq!(verdict.broken, None);
    // The other account has lost nothing.
    panel.order("https://x.test/other", 1000).await;
    panel.finish().await;
}

//! What an account's life leaves in other rows than its own, and what could be found by guessing.

use sha2::{Digest, Sha256};

use crate::deposits::Till;
use smm_panel_server::demo::gateway::SimulatedPayment;
use smm_panel_server::gateway::PaymentStatus;

use super::*;

const EARLIER: &str = "zoe.earlier@example.com";
const LINK: &str = "https://x.test/p/of-zoe";
const ADDRESS: &str = "198.51.100.77";
const PASSWORD: &str = "correct horse battery";

/// What is nowhere in the end, in lower case.
const LEFT: [&str; 8] = [
    "zoe.earlier",
    "zoe.next",
    "planted",
    "of-zoe",
    "198.51.100.77",
    "payer-of",
    "reason-of",
    "card 4711",
];

/// Digests and keys that the panel has made of what the account wrote, as they are shown in a dump: who
/// guesses the text makes them again.
async fn guessable(panel: &TestPanel, zoe: AccountId) -> Vec<String> {
    let fingerprint = match is_on_postgres(panel) {
        true => "ENCODE(fingerprint, 'hex')",
        false => "LOWER(HEX(fingerprint))",
    };
    let mut found = Vec::new();
    for (sql, least) in [
        (
            format!("SELECT {fingerprint} FROM order_requests WHERE account_id = {zoe}"),
            1,
        ),
        (
            format!("SELECT CAST(overlap_key AS TEXT) FROM orders WHERE account_id = {zoe}"),
            1,
        ),
        (
            "SELECT fingerprint FROM dispatches WHERE fingerprint IS NOT NULL".to_owned(),
            1,
        ),
        ("SELECT digest FROM payment_callbacks".to_owned(), 2),
    ] {
        let rows = column(&panel.panel, &sql).await;
        assert!(rows.len() >= least, "{sql}: {rows:?}");
        found.extend(rows);
    }
    found
}

/// The lines of a dump that have one of `texts`.
fn lines_with<'a>(dump: &'a str, texts: &[String]) -> Vec<&'a str> {
    let has = |line: &&str| texts.iter().any(|text| line.contains(text));
    dump.lines().filter(has).collect()
}

/// Zoe, with an earlier address, an order, a deposit that was not paid, cases and wrong passwords.
async fn past_of(till: &mut Till) -> (AccountId, String, SimulatedPayment) {
    let panel = &till.panel;
    let actor = Actor::command();
    let (zoe, session) = person(panel, EARLIER).await;
    let change = json!({"email": EMAIL, "password": PASSWORD});
    done(panel, &session, "/api/v3/account/email", change).await;
    let name = Change {
        name: Some(NAME.to_owned()),
        ..Change::default()
    };
    register::change(&panel.panel, &actor, zoe, &name)
        .await
        .unwrap();
    let wrong = json!({"email": EMAIL, "password": "wrong horse battery"});
    let refused = panel
        .ask("", Method::POST, "/api/v3/account/sign-in", Some(wrong))
        .await;
    assert_eq!(refused.status, 401, "{}", refused.body);
    let amount = Money::parse("0.90").unwrap();
    wallet::credit(&panel.panel, &actor, zoe, amount, "bank-1", "by bank")
        .await
        .unwrap();
    let zoes_key = key(&panel.panel, zoe).await;
    let order = [
        ("action", "add"),
        ("service", "1"),
        ("link", LINK),
        ("quantity", "1000"),
        ("request_id", "r-of-zoe"),
    ];
    panel.v2_as(&zoes_key, &order).await.order();
    for _ in 0..3 {
        panel.pass(DELIVERY).await;
    }
    till.panel.key.clone_from(&zoes_key);
    let (_, payment) = till.deposit().await;
    let payment = till.becomes(&payment, PaymentStatus::Failed).await;
    let panel = &till.panel;
    // What a gateway tells says who has paid.
    let payment_id = payment.id;
    let decided =
        "opened_at_ms, found_at_ms, decided_by, decided_reason, decided_at_ms, judged_at_ms";
    let evidence = format!(r#"[{{"what":"the last from","seen":"{ADDRESS}"}}]"#);
    for sql in [
        format!(
            "INSERT INTO payment_callbacks (gateway, digest, gateway_payment, body, received_at_ms) \
             VALUES ('nowpayments', '{}', '{payment_id}', '{{\"from\":\"payer-of-zoe\"}}', 0)",
            hex::encode(Sha256::digest("payer-of-zoe"))
        ),
        format!(
            "INSERT INTO deposit_reviews (payment_id, reason, state, decided_by, decision_reason, \
             decided_at_ms, created_at_ms) SELECT id, 'underpaid', 'rejected', 'operator:3', \
             'reason-of-zoe', 0, 0 FROM payments WHERE gateway_payment = '{payment_id}'"
        ),
        format!(
            "INSERT INTO abuse_cases (detector, subject, account_id, state, action, score, evidence, \
             findings, {decided}) VALUES ('leaked_key', 'account:{zoe}', {zoe}, 'released', 'observe', \
             500, '{evidence}', 1, 0, 0, 'operator:3', 'reason-of-zoe', 0, 0), ('deposit_abuse', \
             'network:198.51.100.0/24', NULL, 'released', 'observe', 500, '{evidence}', 1, 0, 0, \
             'operator:3', 'it was zoe.earlier@example.com', 0, 0)"
        ),
        format!(
            "INSERT INTO alerts (kind, message, created_at_ms, note) VALUES ('mail_not_sent', \
             'to {EARLIER}, of {NAME}', 0, 'see {LINK}')"
        ),
        format!(
            "INSERT INTO address_requests (account_id, email, created_at_ms, expires_at_ms) \
             VALUES ({zoe}, 'zoe.next@example.com', 0, 4102444800000), \
             (1, '{EARLIER}', 0, 4102444800000)"
        ),
        format!("UPDATE sessions SET address = '{ADDRESS}' WHERE account_id = {zoe}"),
        format!("UPDATE api_keys SET last_used_address = '{ADDRESS}' WHERE account_id = {zoe}"),
    ] {
        panel.sql(&sql).await;
    }
    (zoe, zoes_key, payment)
}

#[apply(story)]
async fn nothing_of_a_person_is_left_in_any_table_nor_can_be_guessed() {
    let mut till = Till::start().await;
    let (zoe, zoes_key, payment) = past_of(&mut till).await;
    let panel = &till.panel;
    let guessable = guessable(panel, zoe).await;
    let mut traces: Vec<String> = LEFT.map(str::to_owned).into();
    traces.extend(guessable.iter().map(|digest| digest.to_lowercase()));
    traces.extend([LINK, EMAIL, NAME].map(|text| hex::encode(Sha256::digest(text))));
    let counted = "SELECT CAST(COUNT(DISTINCT who) AS TEXT) FROM attempts";
    assert_eq!(
        column(&panel.panel, counted).await,
        ["3"],
        "and a change of the address"
    );
    let before = dump(panel, &["audit_log"]).await.to_lowercase();
    for digest in &guessable {
        assert!(before.contains(&digest.to_lowercase()), "{digest}");
    }
    // A use is written some seconds after it: it must not come back.
    let used = panel.v2_as(&zoes_key, &[("action", "balance")]).await;
    assert_eq!(used.json()["balance"], "0.00");

    let actor = Actor::command();
    personal::erase(&panel.panel, &actor, zoe, "asked for by mail")
        .await
        .unwrap();
    panel.work().await;
    let after = dump(panel, &["audit_log"]).await.to_lowercase();
    assert_eq!(lines_with(&after, &traces), Vec::<&str>::new());
    let addresses = format!(
        "SELECT COALESCE(address, 'none') FROM sessions WHERE account_id = {zoe} UNION ALL \
         SELECT COALESCE(last_used_address, 'none') FROM api_keys WHERE account_id = {zoe}"
    );
    assert_eq!(column(&panel.panel, &addresses).await, ["none", "none"]);
    // What was counted of the machine goes by itself, within a day.
    assert_eq!(column(&panel.panel, counted).await, ["2"]);

    // Nobody places anything under a request id of before, or under what stands for it.
    for request_id in ["r-of-zoe", "erased:1"] {
        let again = [
            ("action", "add"),
            ("service", "1"),
            ("link", LINK),
            ("quantity", "1000"),
            ("request_id", request_id),
        ];
        let no = panel.v2_as(&zoes_key, &again).await;
        assert_eq!(no.error(), "Invalid API key");
    }
    // What the gateway tells of her from now on is not kept either.
    let kept = "SELECT body || ' ' || digest FROM payment_callbacks ORDER BY id";
    let told = column(&panel.panel, kept).await;
    till.told(&payment).await;
    let panel = &till.panel;
    assert_eq!(column(&panel.panel, kept).await, told, "it came before");
    till.becomes(&payment, PaymentStatus::Expired).await;
    let panel = &till.panel;
    let more = column(&panel.panel, kept).await;
    assert_eq!(more.len(), told.len() + 1);
    assert!(
        more.iter().all(|one| one.starts_with("erased erased:")),
        "{more:?}"
    );
    till.finish().await;
}

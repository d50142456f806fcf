//! The audit log: whoever changes it behind the panel's back is found out.

use harness::{TestPanel, account, staff, texts};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::{Actor, Role};
use smm_panel_server::audit::{self, Anchor, Verdict};
use smm_panel_server::suspensions;

use crate::operator::Operator;

async fn verified(panel: &TestPanel, anchor: Option<Anchor>) -> Verdict {
    audit::verify(&panel.panel.db, &panel.panel.secrets, anchor)
        .await
        .unwrap()
}

/// The first broken row and what is wrong with it.
async fn broken(panel: &TestPanel, anchor: Option<Anchor>) -> (i64, String) {
    let broken = verified(panel, anchor).await.broken.expect("a broken row");
    (broken.id, broken.what)
}

/// Lets rows be changed, as somebody with the database in hand can.
async fn unguard(panel: &TestPanel) {
    let sql = match harness::database::current() {
        harness::database::Database::Sqlite => {
            "DROP TRIGGER audit_log_no_update; DROP TRIGGER audit_log_no_delete"
        }
        harness::database::Database::Postgres => "DROP TRIGGER audit_log_append_only ON audit_log",
    };
    panel.sql(sql).await;
}

/// Keeps the log as it is, to put it back.
async fn keep(panel: &TestPanel) {
    panel
        .sql("CREATE TABLE kept AS SELECT * FROM audit_log")
        .await;
}

async fn put_back(panel: &TestPanel) {
    panel
        .sql(
            "DELETE FROM audit_log; INSERT INTO audit_log SELECT * FROM kept; \
             UPDATE id_sequences SET last_id = (SELECT MAX(id) FROM kept) \
             WHERE name = 'audit_log'",
        )
        .await;
    assert_eq!(verified(panel, None).await.broken, None);
}

#[apply(story)]
async fn every_way_of_changing_the_log_is_found_and_the_first_row_is_named() {
    let panel = TestPanel::start().await;
    for n in 0..4 {
        account(&panel.panel, &format!("customer {n}"), "1").await;
    }
    let whole = verified(&panel, None).await;
    assert_eq!((whole.broken, whole.sound), (None, 15));
    let head = whole.head.unwrap();
    assert_eq!(audit::head(&panel.panel.db).await.unwrap(), Some(head));
    unguard(&panel).await;
    keep(&panel).await;
    for (change, row, what) in [
        (
            "UPDATE audit_log SET actor = 'operator:1' WHERE id = 5",
            5,
            "its hash does not fit",
        ),
        (
            "UPDATE audit_log SET reason = NULL WHERE id = 2",
            2,
            "its hash does not fit",
        ),
        ("DELETE FROM audit_log WHERE id = 7", 7, "it was deleted"),
        (
            "DELETE FROM audit_log WHERE id IN (3, 4)",
            3,
            "the rows 3 to 4 are missing",
        ),
        ("DELETE FROM audit_log WHERE id = 1", 1, "it was deleted"),
        (
            "UPDATE audit_log SET id = 100 WHERE id = 8; UPDATE audit_log SET id = 8 WHERE id = 9; \
             UPDATE audit_log SET id = 9 WHERE id = 100",
            8,
            "stands in another place",
        ),
        (
            "INSERT INTO audit_log SELECT 16, created_at_ms, actor, address, action, subject, \
             reason, was, became, hash, seal FROM audit_log WHERE id = 15; \
             UPDATE id_sequences SET last_id = 16 WHERE name = 'audit_log'",
            16,
            "stands in another place",
        ),
        (
            "INSERT INTO audit_log SELECT 0, created_at_ms, actor, address, action, subject, \
             reason, was, became, hash, seal FROM audit_log WHERE id = 15",
            0,
            "it was inserted",
        ),
        (
            "UPDATE audit_log SET seal = hash WHERE id = 6",
            6,
            "without the panel's keys",
        ),
        (
            "UPDATE audit_log SET hash = seal, actor = 'x' WHERE id = 6",
            6,
            "neither its hash nor its seal fits",
        ),
        (
            "DELETE FROM audit_log WHERE id > 12",
            13,
            "the rows 13 to 15 are missing: the end was cut off",
        ),
        (
            "UPDATE id_sequences SET last_id = 12 WHERE name = 'audit_log'",
            15,
            "it was set back",
        ),
    ] {
        panel.sql(change).await;
        let (id, found) = broken(&panel, None).await;
        assert!(
            id == row && found.contains(what),
            "{change}: row {id}: {found}"
        );
        put_back(&panel).await;
    }
    // Only what is kept elsewhere shows that the end was cut off with the numbers set back.
    let cut = "DELETE FROM audit_log WHERE id > 12; \
               UPDATE id_sequences SET last_id = 12 WHERE name = 'audit_log'";
    panel.sql(cut).await;
    assert_eq!(verified(&panel, None).await.broken, None);
    let (id, found) = broken(&panel, Some(head)).await;
    assert!(
        id == 13 && found.contains("the anchor names row 15"),
        "{found}"
    );
    // So does a log that went on differently, with the panel's keys.
    for n in 0..2 {
        account(&panel.panel, &format!("another {n}"), "0").await;
    }
    assert_eq!(verified(&panel, None).await.broken, None);
    let (id, found) = broken(&panel, Some(head)).await;
    assert!(
        id == 15 && found.contains("not the row that the anchor names"),
        "{found}"
    );
    panel.finish().await;
}

#[apply(story)]
async fn staff_read_the_log_newest_first_and_by_what_they_look_for() {
    let panel = TestPanel::start().await;
    let (_, sue) = staff(&panel.panel, Role::Support, "sue").await;
    let actor = Actor::command();
    suspensions::suspend(&panel.panel, &actor, panel.account, "resold")
        .await
        .unwrap();
    let read = |query: &str| {
        let path = format!("/operator/v1/audit{query}");
        let (panel, sue) = (&panel, &sue);
        async move { panel.ask(sue, Method::GET, &path, None).await }
    };
    let newest = read("?limit=1").await.json();
    let entry = &newest["entries"][0];
    let id = entry["audit_id"].as_i64().unwrap();
    let subject = format!("account:{}", panel.account);
    assert_eq!(
        [
            &entry["deed"],
            &entry["actor"],
            &entry["subject"],
            &entry["reason"]
        ],
        ["account_suspended", "command", &subject, "resold"]
    );
    assert_eq!(newest["next_cursor"], id.to_string());
    let next = read(&format!("?limit=1&cursor={id}")).await.json();
    assert_eq!(next["entries"][0]["audit_id"], id - 1);
    let of = read(&format!("?subject={subject}")).await.json();
    let deeds: Vec<&Value> = of["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["deed"])
        .collect();
    let expected = [
        "account_suspended",
        "key_created",
        "wallet_adjusted",
        "account_created",
    ];
    assert_eq!(deeds, expected);
    let of = read("?deed=account_suspended&actor=command").await.json();
    assert_eq!(of["entries"].as_array().unwrap().len(), 1);
    let of = read("?actor=operator:1").await.json();
    assert_eq!(of, json!({"entries": []}));
    assert_eq!(read("?deed=nothing").await.status, 400);
    let customer = panel
        .ask(&panel.key, Method::GET, "/operator/v1/audit", None)
        .await;
    assert_eq!(customer.status, 403);
    panel.finish().await;
}

#[apply(story)]
async fn commands_verify_list_and_export_the_log() {
    let operator = Operator::new();
    operator.ok(&["account", "create", "alice"]).await;
    let reason = "--reason==HYPERLINK(\"http://x.test\")";
    let credit = ["account", "credit", "alice", "7", reason, "--reference=T-1"];
    operator.ok(&credit).await;
    let proof = operator.ok(&["audit", "verify"]).await;
    let anchor = proof.lines().last().unwrap().to_owned();
    assert!(anchor.starts_with("2:") && anchor.len() == 66, "{proof}");
    let suspend = ["account", "suspend", "alice", "--reason=resold"];
    assert_eq!(
        operator.ok(&suspend).await,
        "alice is suspended (suspension 1); 7.00 USD forfeited."
    );
    assert_eq!(
        operator
            .refused(&["account", "suspend", "alice", "--reason= "])
            .await,
        "the field reason must be 1 to 1000 printable characters"
    );
    let more = [
        "account",
        "credit",
        "alice",
        "1",
        "--reason=x",
        "--reference=T-2",
    ];
    assert_eq!(
        operator.ok(&more).await,
        "alice is suspended: 1.00 USD are kept beside the wallet until it is reinstated; balance \
         0.00 USD."
    );
    assert_eq!(
        operator
            .ok(&["account", "reinstate", "alice", "--reason=a mistake"])
            .await,
        "alice is reinstated: 7.00 USD returned, 1.00 USD of credits released; balance 8.00 USD."
    );
    let back = [
        "account",
        "chargeback",
        "alice",
        "10",
        "--reference=CB",
        "--reason=bank",
    ];
    assert_eq!(
        operator.ok(&back).await,
        "alice is suspended for good (chargeback 1): 8.00 of 10.00 USD are covered by what was \
         forfeited, 2.00 USD are not."
    );
    let proof = operator.ok(&["audit", "verify", "--anchor", &anchor]).await;
    assert!(proof.starts_with("6 rows, none changed."), "{proof}");
    let csv = operator.ok(&["audit", "export", "--format", "csv"]).await;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 7);
    assert!(
        lines[0].starts_with(r#""id","at","actor","address","deed""#),
        "{csv}"
    );
    assert!(
        lines[2].contains(r#","'=HYPERLINK(""http://x.test"")","#),
        "{csv}"
    );
    let jsonl = operator
        .ok(&["audit", "export", "--format", "jsonl", "--from", "3"])
        .await;
    let rows: Vec<Value> = jsonl
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.len(), 4);
    assert_eq!(
        (&rows[0]["id"], &rows[0]["deed"]),
        (&json!(3), &json!("account_suspended"))
    );
    assert_eq!(rows[0]["became"]["forfeited"], "7.00");
    let list = operator.rows(&["audit", "list", "--limit", "1"]).await;
    assert_eq!(
        (list.len(), &list[0]["deed"]),
        (1, &json!("chargeback_recorded"))
    );
    operator.finish().await;
}

#[apply(story)]
async fn the_regular_check_finds_a_changed_log_too() {
    let panel = TestPanel::start().await;
    unguard(&panel).await;
    keep(&panel).await;
    panel
        .sql("UPDATE audit_log SET reason = 'nothing' WHERE id = 2")
        .await;
    let of = &panel.panel;
    let report = smm_panel_server::check::check(of.db.read(), &of.secrets, of.now(), |_| {});
    let report = report.await.unwrap();
    assert_eq!(report.found, [(16, 1)].into(), "{report}");
    put_back(&panel).await;
    assert_eq!(
        texts(&panel, "SELECT CAST(COUNT(*) AS TEXT) FROM kept").await,
        ["3"]
    );
    panel.finish().await;
}

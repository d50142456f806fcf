//! Cases by commands: what waits, what it stands on, the decision.

use serde_json::json;
use smm_panel_server::abuse;
use smm_panel_server::abuse::findings::{Action, Detector, Evidence, Finding, Subject};
use smm_panel_server::ids::{AccountId, KeyId};

use super::Operator;

#[apply(story)]
async fn a_case_is_listed_looked_into_and_decided() {
    let operator = Operator::new();
    operator.customer().await;
    operator.ok(&["key", "create", "alice"]).await;
    let none = operator.ok(&["case", "list"]).await;
    assert_eq!(none, "There is nothing to decide.");
    let opened = operator.opened().await;
    let finding = |detector, action| Finding {
        detector,
        subject: Subject::Key(KeyId(1)),
        account: Some(AccountId(1)),
        key: Some(KeyId(1)),
        score: 900,
        action,
        notice: None,
        evidence: vec![Evidence::new("networks within an hour", 7)],
    };
    let found = vec![
        finding(Detector::LeakedKey, Action::BlockKey),
        finding(Detector::CancelLoop, Action::Hold),
    ];
    abuse::act(&opened.panel, found).await.unwrap();
    opened.stop().await;
    let listed = operator.ok(&["case", "list", "--account", "alice"]).await;
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(
        lines[0],
        "CASE ID  STATE  DETECTOR     SUBJECT  ACTION     FINDINGS  SCORE  FOUND AT"
    );
    let line = "      1  open   leaked_key   key:1    block_key         1    900  20";
    assert!(lines[1].starts_with(line), "{listed}");
    let one = operator
        .rows(&["case", "list", "--detector", "cancel_loop"])
        .await;
    assert_eq!((one.len(), &one[0]["case_id"]), (1, &json!(2)));
    let keys = operator.ok(&["key", "list", "alice"]).await;
    assert!(keys.contains("good, blocked "), "{keys}");
    let account = operator.ok(&["account", "show", "alice"]).await;
    assert!(account.contains("held       new orders wait"), "{account}");
    let noted = operator
        .ok(&["case", "note", "1", "it is their new server"])
        .await;
    assert!(
        noted.contains("evidence   networks within an hour: 7"),
        "{noted}"
    );
    assert!(
        noted.contains("by command: it is their new server"),
        "{noted}"
    );
    let released = operator
        .ok(&["case", "release", "1", "--reason", "their server"])
        .await;
    assert!(
        released.contains("done       block_key since"),
        "{released}"
    );
    assert!(released.contains(", undone "), "{released}");
    assert!(released.contains("by command: their server"), "{released}");
    let again = operator
        .refused(&["case", "release", "1", "--reason", "again"])
        .await;
    assert_eq!(
        again,
        "case 1: it is released, and nothing of it stands any more"
    );
    let confirm = ["case", "confirm", "2", "--reason", "it was"];
    let confirmed = operator.ok(&confirm).await;
    assert!(
        confirmed.starts_with("case     2  confirmed"),
        "{confirmed}"
    );
    let account = operator.ok(&["account", "show", "alice"]).await;
    assert!(!account.contains("held       "), "{account}");
    let all = operator.rows(&["case", "list", "--all"]).await;
    assert_eq!(all.len(), 2);
    let gone = operator.refused(&["case", "show", "9"]).await;
    assert_eq!(gone, "case 9: there is no such case");
    operator.finish().await;
}

//! What is found of abuse: a case with its evidence, something that is done at once and can be undone,
//! and a person who decides. Nobody is ever suspended by it.

use harness::{HOUR, MINUTE, Reply, TestPanel, alert_kinds, staff, texts};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::abuse;
use smm_panel_server::abuse::findings::{Action, Detector, Evidence, Finding, Subject};
use smm_panel_server::actor::Role;
use smm_panel_server::config::Config;
use smm_panel_server::ids::KeyId;

mod cases;
mod deaths;
mod holds;
mod judged;
mod measures;
mod noticed;
mod servers;
mod stream;

/// A day, in ms.
const DAY: i64 = 24 * HOUR;

/// A panel whose detectors have found something, and whoever decides about it.
struct Watch {
    panel: TestPanel,
    operator: String,
    support: String,
}

impl Watch {
    async fn start() -> Watch {
        Watch::start_with(|_| {}).await
    }

    async fn start_with(change: impl FnOnce(&mut Config)) -> Watch {
        let panel = TestPanel::start_with(change).await;
        let (_, support) = staff(&panel.panel, Role::Support, "sue").await;
        let (_, operator) = staff(&panel.panel, Role::Operator, "olga").await;
        Watch {
            panel,
            operator,
            support,
        }
    }

    /// The key of the story.
    const KEY: KeyId = KeyId(1);

    /// Something that a detector is sure of about the key of the story.
    fn finding(&self, detector: Detector, action: Action) -> Finding {
        Finding {
            detector,
            subject: Subject::Key(Watch::KEY),
            account: Some(self.panel.account),
            key: Some(Watch::KEY),
            score: 900,
            action,
            notice: None,
            evidence: vec![Evidence::new("ids of others", 50)],
        }
    }

    /// The same about its account.
    fn of_account(&self, detector: Detector, action: Action) -> Finding {
        Finding {
            subject: Subject::Account(self.panel.account),
            key: None,
            ..self.finding(detector, action)
        }
    }

    /// Has something found; gives the case.
    async fn found(&self, finding: Finding) -> i64 {
        let cases = abuse::act(&self.panel.panel, vec![finding]).await.unwrap();
        cases[0].0
    }

    /// Asks the operator's API with this key; `path` follows `/operator/v1`.
    async fn ask(&self, key: &str, method: Method, path: &str, body: Option<Value>) -> Reply {
        let path = format!("/operator/v1{path}");
        self.panel.ask(key, method, &path, body).await
    }

    /// The case as an operator reads it.
    async fn case(&self, case: i64) -> Value {
        let path = format!("/cases/{case}");
        let reply = self.ask(&self.operator, Method::GET, &path, None).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()
    }

    /// What was remarked about an account, as an operator reads it.
    async fn remarks(&self, account: impl std::fmt::Display) -> Vec<Value> {
        let path = format!("/accounts/{account}");
        let reply = self.ask(&self.operator, Method::GET, &path, None).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()["remarks"].as_array().unwrap().clone()
    }

    /// The open cases of a detector.
    async fn open_cases(&self, detector: &str) -> Vec<Value> {
        let path = format!("/cases?state=open&detector={detector}");
        let reply = self.ask(&self.operator, Method::GET, &path, None).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()["cases"].as_array().unwrap().clone()
    }

    /// Decides a case, `what` is `release` or `confirm`.
    async fn decide(&self, case: i64, what: &str, body: Value) -> Reply {
        let path = format!("/cases/{case}/{what}");
        self.ask(&self.operator, Method::POST, &path, Some(body))
            .await
    }

    async fn release(&self, case: i64) -> Value {
        let reply = self
            .decide(case, "release", json!({"reason": "a mistake"}))
            .await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()
    }

    async fn confirm(&self, case: i64, keep_hold: bool) -> Value {
        let body = json!({"reason": "it was", "keep_hold": keep_hold});
        let reply = self.decide(case, "confirm", body).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()
    }

    async fn finish(self) {
        self.panel.finish().await;
    }
}

/// The status and the code of an error.
fn refused(reply: &Reply) -> (u16, String) {
    let code = reply.json()["code"].as_str().unwrap_or("none").to_owned();
    (reply.status, code)
}

#[apply(story)]
async fn no_finding_of_any_detector_suspends_anybody_or_takes_money() {
    let watch = Watch::start().await;
    let before = watch.panel.balance().await;
    for &detector in Detector::ALL {
        for &action in Action::ALL {
            for subject in [
                Subject::Key(Watch::KEY),
                Subject::Account(watch.panel.account),
                Subject::Network("192.0.2.0/24".parse().unwrap()),
                Subject::Service(smm_panel_server::ids::ServiceId(1)),
            ] {
                let found = Finding {
                    subject,
                    score: 1000,
                    notice: Some("something was noticed".to_owned()),
                    ..watch.finding(detector, action)
                };
                let done = abuse::act(&watch.panel.panel, vec![found]).await;
                done.unwrap();
            }
        }
    }
    watch.panel.work().await;
    let suspended = "SELECT name FROM accounts WHERE suspended_at_ms IS NOT NULL";
    assert!(texts(&watch.panel, suspended).await.is_empty());
    let suspensions = "SELECT reason FROM suspensions";
    assert!(texts(&watch.panel, suspensions).await.is_empty());
    let revoked = "SELECT name FROM api_keys WHERE revoked_at_ms IS NOT NULL";
    assert!(texts(&watch.panel, revoked).await.is_empty());
    let balance = "SELECT CAST(balance_nano AS TEXT) FROM wallets";
    assert_eq!(texts(&watch.panel, balance).await, ["100000000000"]);
    // Whatever was done, a person can undo it.
    let cases = texts(
        &watch.panel,
        "SELECT CAST(id AS TEXT) FROM abuse_cases ORDER BY id",
    )
    .await;
    for case in cases {
        watch.release(case.parse().unwrap()).await;
    }
    assert_eq!(watch.panel.balance().await, before);
    let order = watch.panel.order("https://x.test/a", 1000).await;
    watch.panel.pass(HOUR).await;
    assert_eq!(watch.panel.shown(order).await, "Completed 0.90 0");
    watch.finish().await;
}

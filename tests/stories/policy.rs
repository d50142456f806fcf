//! The published refund policy, clause by clause: each story is named after its clause and quotes it,
//! and the README's table names each story. What is here is the clause itself; its corners are in the
//! stories of its noun.

use harness::{DELIVERY, HOUR, MINUTE, TestPanel, staff, terms, texts};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::Role;
use smm_panel_server::catalog::Terms;
use smm_panel_server::demo::provider::Script;
use smm_panel_server::gateway::PaymentStatus;
use smm_panel_server::protocol::ServiceType;

mod charges;
mod deposits;
mod drops;

const DAY: i64 = 24 * HOUR;

/// Reads as the customer; `path` follows `/api/v3`.
async fn get(panel: &TestPanel, path: &str) -> Value {
    let path = format!("/api/v3{path}");
    let reply = panel.ask(&panel.key, Method::GET, &path, None).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

/// Asks as the customer; gives the status, and the code of a refusal.
async fn post(panel: &TestPanel, path: &str, body: Option<Value>) -> String {
    let path = format!("/api/v3{path}");
    let reply = panel.ask(&panel.key, Method::POST, &path, body).await;
    let json = reply.json();
    let code = json["code"].as_str().unwrap_or("done");
    format!("{} {code}", reply.status)
}

/// An order of 1000 for 0.90 USD that went as `script` says, to its end.
async fn ended(panel: &TestPanel, link: &str, script: Script) -> i64 {
    panel.provider.script_next(1, script);
    let order = panel.order(link, 1000).await;
    panel.pass(DELIVERY + MINUTE).await;
    order
}

/// The refunds of an order, each as one line.
async fn refunds(panel: &TestPanel, order: i64) -> Vec<String> {
    let refunds = get(panel, &format!("/orders/{order}/refunds")).await;
    let word = |refund: &Value, field: &str| refund[field].as_str().unwrap().to_owned();
    let refunds = refunds["refunds"].as_array().unwrap();
    let line = |refund: &Value| {
        format!(
            "{} {} = {} to the {}",
            word(refund, "reason"),
            word(refund, "formula"),
            word(refund, "amount"),
            word(refund, "destination")
        )
    };
    refunds.iter().map(line).collect()
}

#[test]
fn the_readme_names_the_story_of_every_clause() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let read = |path: &str| std::fs::read_to_string(format!("{root}/{path}")).unwrap();
    let readme = read("README.md");
    let section = readme.split("\n## The refund policy\n").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let mut named: Vec<&str> = section
        .lines()
        .filter_map(|line| line.strip_suffix("` |")?.rsplit_once("| `"))
        .map(|(_, story)| story)
        .collect();
    let mut stories = Vec::new();
    for part in ["charges", "deposits", "drops"] {
        let text = read(&format!("tests/stories/policy/{part}.rs"));
        for story in text.split("#[apply(story)]\nasync fn ").skip(1) {
            stories.push(story.split('(').next().unwrap().to_owned());
        }
    }
    named.sort_unstable();
    stories.sort_unstable();
    assert_eq!(named, stories);
}

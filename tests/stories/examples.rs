//! One example of each operation's request and of its answer: what the documents of the typed APIs show
//! is taken from a panel that runs, with customers who order and staff who decide.
//!
//! The examples are committed in `server/src/http/examples/`. With `SMM_PANEL_TEST_WRITE_EXAMPLES=1`
//! this story writes them instead of comparing them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

mod abuse;
mod accounts;
mod catalogue;
mod customers;
mod deposits;
mod desk;
mod masks;
mod orders;
mod phrases;
mod protocol;
mod scene;
mod staffing;
mod talks;

use scene::Scene;

/// Where examples are written instead of being compared.
const WRITE: &str = "SMM_PANEL_TEST_WRITE_EXAMPLES";

/// Successes that are no JSON, and so have no example.
const NO_JSON: [(&str, &str); 3] = [
    ("ticket_screenshot", "the answer is a PNG picture"),
    ("ticket_screenshot_show", "the answer is a PNG picture"),
    ("audit_export", "the answer is CSV or JSON lines"),
];

/// The files, and how the paths of their operations begin.
const FILES: [(&str, &str); 2] = [
    ("customer.json", "/api/v3/"),
    ("operator.json", "/operator/v1/"),
];

fn place(file: &str) -> PathBuf {
    let examples = "../server/src/http/examples";
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(examples)
        .join(file)
}

/// Which examples are not the committed ones.
fn differences(committed: &str, taken: &BTreeMap<&String, &Value>) -> Vec<String> {
    let committed: BTreeMap<String, Value> = serde_json::from_str(committed).unwrap();
    let names: BTreeSet<&String> = committed.keys().chain(taken.keys().copied()).collect();
    let differs = |name: &&String| committed.get(*name) != taken.get(*name).copied();
    let told = |name: &String| {
        let (was, is) = (committed.get(name), taken.get(name));
        format!("{name}: {} is now {}", json!(was), json!(is))
    };
    names.into_iter().filter(differs).map(told).collect()
}

#[apply(story_of_sqlite)]
async fn every_operation_has_the_example_of_a_running_panel() {
    let scene = Scene::open().await;
    staffing::hires(&scene).await;
    catalogue::sells(&scene).await;
    let alice = customers::arrive(&scene).await;
    deposits::pay(&scene, &alice).await;
    let placed = orders::places(&scene, &alice).await;
    talks::disputes(&scene, &alice, &placed).await;
    talks::tickets(&scene, &alice, &placed).await;
    desk::works(&scene, &alice).await;
    phrases::sorts(&scene, &alice).await;
    orders::refills(&scene, &alice, &placed).await;
    abuse::is_found(&scene).await;
    desk::reads(&scene, &placed).await;
    accounts::end(&scene, &alice).await;

    let taken = scene.finish().await;
    let mut missing: BTreeSet<&str> = taken.operations.keys().map(String::as_str).collect();
    missing.retain(|name| !taken.examples.contains_key(*name));
    let expected: BTreeSet<&str> = NO_JSON.map(|(name, _)| name).into();
    assert_eq!(missing, expected, "operations without an example");

    #[expect(
        clippy::disallowed_methods,
        reason = "it is about the tests, not the panel"
    )]
    let writes = std::env::var(WRITE).is_ok();
    let mut found = Vec::new();
    for (file, begin) in FILES {
        let of_file = |name: &String| taken.operations[name].1.starts_with(begin);
        let examples = taken.examples.iter().filter(|(name, _)| of_file(name));
        let examples: BTreeMap<&String, &Value> = examples.collect();
        if writes {
            fs::write(place(file), format!("{:#}\n", json!(examples))).unwrap();
        } else {
            let text = fs::read_to_string(place(file)).unwrap();
            found.extend(differences(&text, &examples));
        }
    }
    assert!(
        found.is_empty(),
        "with {WRITE}=1 they are written:\n{}",
        found.join("\n")
    );
}

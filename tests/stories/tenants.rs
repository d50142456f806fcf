//! Two customers of one panel: neither reads nor changes anything of the other, by any operation.
//!
//! The operations are those of the document that the panel itself serves, and the requests are made
//! from its schemas, so that a new operation is tried without a word here. A parameter or a field
//! that names an object of a kind not known here fails the story: it has to be taught.

use std::collections::{BTreeMap, BTreeSet};

use harness::{DELIVERY, Reply, TestPanel, account, texts};
use reqwest::Method;
use serde_json::{Value, json};

mod requests;

use requests::{Call, Document, Objects};

/// What stands in everything of the first customer that has a text.
const MARK: &str = "belongs-to-alice";

/// The objects of one customer, by the names that the document gives them.
async fn objects_of(panel: &TestPanel) -> Objects {
    let link = |n: i64| format!("https://instagram.com/p/{MARK}-{n}");
    let body =
        |n: i64| json!({"service_id": 1, "link": link(n), "quantity": 100, "reference": MARK});
    let place = async |n: i64| {
        let reply = ask(
            panel,
            &panel.key,
            Method::POST,
            "/api/v3/orders",
            Some(body(n)),
        )
        .await;
        reply.json()["order_id"].as_i64().unwrap()
    };
    let done = place(1).await;
    panel.pass(DELIVERY).await;
    let day = 24 * 3_600_000;
    panel.advance(day);
    panel.work().await;
    let refill = format!("/api/v3/orders/{done}/refill");
    let refill = ask(panel, &panel.key, Method::POST, &refill, None).await;
    let refill = refill.json()["refill_id"].as_i64().unwrap();
    let open = place(2).await;
    Objects::new([("order", vec![done, open]), ("refill", vec![refill])])
}

async fn ask(
    panel: &TestPanel,
    key: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Reply {
    panel.ask(key, method, path, body).await
}

/// Every row of the first customer, in every table, as text.
async fn rows_of(panel: &TestPanel, account: i64) -> BTreeMap<String, Vec<String>> {
    let mut rows = BTreeMap::new();
    for (table, columns) in requests::tables(panel).await {
        let orders = format!("(SELECT id FROM orders WHERE account_id = {account})");
        let has = |name: &str| columns.iter().any(|column| column == name);
        let whose = if table == "accounts" {
            format!("id = {account}")
        } else if has("account_id") {
            format!("account_id = {account}")
        } else if has("order_id") {
            format!("order_id IN {orders}")
        } else if has("refill_id") {
            format!("refill_id IN (SELECT id FROM refills WHERE order_id IN {orders})")
        } else if has("dispatch_id") {
            format!("dispatch_id IN (SELECT id FROM dispatches WHERE order_id IN {orders})")
        } else if has("account") {
            format!("account = 'wallet:{account}'")
        } else {
            continue;
        };
        let whole: Vec<String> = columns
            .iter()
            .map(|column| format!("COALESCE(CAST({column} AS TEXT), '-')"))
            .collect();
        let sql = format!(
            "SELECT {} FROM {table} WHERE {whose} ORDER BY 1",
            whole.join(" || '|' || ")
        );
        rows.insert(table, texts(panel, &sql).await);
    }
    rows
}

#[apply(story)]
async fn no_operation_reads_or_changes_what_belongs_to_somebody_else() {
    let panel = TestPanel::start().await;
    let (_, bob) = account(&panel.panel, "bob", "50").await;
    let alice = objects_of(&panel).await;
    let nobody = alice.missing();
    let either = alice.and(&nobody);
    let document = Document::of(&panel).await;
    let before = rows_of(&panel, panel.account.0).await;
    assert!(
        before["orders"].len() == 2 && before["refills"].len() == 1,
        "{before:?}"
    );

    let mut operations = BTreeSet::new();
    let mut named = BTreeSet::new();
    for call in document.calls(&alice) {
        operations.insert(call.operation.clone());
        named.extend(call.names.clone());
        let reply = call.send(&panel, &bob).await;
        assert!(
            !reply.body.contains(MARK),
            "{}: {}",
            call.operation,
            reply.body
        );
        assert!(reply.status < 500, "{}: {}", call.operation, reply.body);
        if call.operation.starts_with("operator") || call.path.starts_with("/operator/") {
            assert_eq!(reply.status, 403, "{}: {}", call.operation, reply.body);
            assert_eq!(reply.json()["details"], json!({}), "nothing is revealed");
        } else if !call.names.is_empty() {
            // What is somebody else's and what does not exist are answered alike.
            let missing = call.with(&alice, &nobody).send(&panel, &bob).await;
            let told = |reply: &Reply| (reply.status, either.masked(&reply.body));
            assert_eq!(told(&reply), told(&missing), "{}", call.operation);
        }
        let after = rows_of(&panel, panel.account.0).await;
        assert_eq!(after, before, "{} changed something", call.operation);
    }
    assert_eq!(
        operations,
        document.operations(),
        "every operation is tried"
    );
    let known: BTreeSet<String> = alice.kinds().collect();
    assert_eq!(
        named, known,
        "every kind of object is named by some operation"
    );

    // The same requests by their owner do read it: the story could fail.
    let mut read = BTreeSet::new();
    for call in document.calls(&alice).into_iter().filter(Call::only_reads) {
        if call.send(&panel, &panel.key).await.body.contains(MARK) {
            read.insert(call.operation);
        }
    }
    for operation in ["order_view", "order_list"] {
        assert!(read.contains(operation), "{operation}: {read:?}");
    }
    panel.finish().await;
}

#[apply(story)]
async fn no_action_of_the_panel_protocol_does_either() {
    let panel = TestPanel::start().await;
    let (_, bob) = account(&panel.panel, "bob", "50").await;
    let alice = objects_of(&panel).await;
    let nobody = alice.missing();
    let either = alice.and(&nobody);
    let actions = Document::of(&panel).await.actions();
    let before = rows_of(&panel, panel.account.0).await;
    let mut tried = BTreeSet::new();
    for action in &actions {
        for kind in alice.kinds() {
            for name in [kind.clone(), format!("{kind}s")] {
                let fields = |objects: &Objects| {
                    let ids: Vec<String> = objects.of(&kind).iter().map(i64::to_string).collect();
                    let ids = if name == kind {
                        ids[0].clone()
                    } else {
                        ids.join(",")
                    };
                    let link = "https://instagram.com/p/bob".to_owned();
                    [
                        ("action", action.clone()),
                        ("service", "1".to_owned()),
                        ("link", link),
                    ]
                    .into_iter()
                    .chain([("quantity", "1".to_owned())])
                    .map(|(name, value)| (name.to_owned(), value))
                    .chain([(name.clone(), ids)])
                    .collect::<Vec<(String, String)>>()
                };
                let send = async |objects: &Objects| {
                    let fields = fields(objects);
                    let fields: Vec<(&str, &str)> = fields
                        .iter()
                        .map(|(name, value)| (&**name, &**value))
                        .collect();
                    panel.v2_as(&bob, &fields).await.body
                };
                let (theirs, missing) = (send(&alice).await, send(&nobody).await);
                assert!(!theirs.contains(MARK), "{action}: {theirs}");
                // An order is the caller's own, and has another number each time.
                if action != "add" {
                    let told = |body: &str| either.masked(body);
                    assert_eq!(told(&theirs), told(&missing), "{action} {name}");
                }
                assert_eq!(
                    rows_of(&panel, panel.account.0).await,
                    before,
                    "{action} {name}"
                );
                tried.insert(action.clone());
            }
        }
    }
    assert_eq!(tried.len(), 7, "{tried:?}");
    panel.finish().await;
}

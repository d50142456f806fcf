//! Two customers of one panel: neither reads nor changes anything of the other, by any operation.
//!
//! The operations are those of the document that the panel itself serves, and the requests are made
//! from its schemas, so that a new operation is tried without a word here. A parameter or a field
//! that names an object of a kind not known here fails the story: it has to be taught.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use harness::{DELIVERY, Reply, TestPanel, key, person, staff, texts};
use image::ImageFormat;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use smm_panel_server::actor::{Actor, Role};
use smm_panel_server::money::Money;
use smm_panel_server::wallet;

pub(crate) mod requests;

use requests::{Call, Document, Objects};

/// What stands in everything of the first customer that has a text.
const MARK: &str = "belongs-to-alice";

/// A customer with money and a key.
struct Tenant {
    account: i64,
    key: String,
    name: &'static str,
}

async fn tenant(panel: &TestPanel, name: &'static str) -> Tenant {
    let (account, _) = person(panel, &format!("{name}@example.com")).await;
    let (actor, amount) = (Actor::command(), Money::parse("50").unwrap());
    wallet::credit(&panel.panel, &actor, account, amount, name, "a test")
        .await
        .unwrap();
    let key = key(&panel.panel, account).await;
    Tenant {
        account: account.0,
        key,
        name,
    }
}

impl Tenant {
    /// A new session: those of yesterday have ended.
    async fn session(&self, panel: &TestPanel) -> String {
        let email = format!("{}@example.com", self.name);
        let with = json!({"email": email, "password": "correct horse battery"});
        let path = "/api/v3/account/sign-in";
        let reply = ask(panel, "", Method::POST, path, Some(with)).await;
        reply.json()["token"].as_str().unwrap().to_owned()
    }
}

/// One of everything that a customer can have, by the names that the document gives them.
async fn objects_of(panel: &TestPanel, tenant: &Tenant) -> Objects {
    let post = async |key: &str, path: &str, body: Option<Value>, id: &str| {
        let reply = ask(panel, key, Method::POST, path, body).await;
        let json = reply.json();
        let id = json.pointer(id).and_then(Value::as_i64);
        id.unwrap_or_else(|| panic!("{path}: {json}"))
    };
    let place = async |n: i64| {
        let link = format!("https://instagram.com/p/{MARK}-{n}");
        let order = json!({"service_id": 1, "link": link, "quantity": 100, "reference": MARK});
        post(&tenant.key, "/api/v3/orders", Some(order), "/order_id").await
    };
    let done = place(1).await;
    panel.pass(DELIVERY).await;
    panel.advance(24 * 3_600_000);
    panel.work().await;
    let refill = format!("/api/v3/orders/{done}/refill");
    let refill = post(&tenant.key, &refill, None, "/refill_id").await;
    let open = place(2).await;
    let dispute = format!("/api/v3/orders/{open}/disputes");
    let why = format!("{MARK}: {MARK}");
    let why = json!({"reason": "other", "amount": "0.01", "description": why});
    let dispute = post(&tenant.key, &dispute, Some(why), "/dispute_id").await;
    let ticket = format!("/api/v3/orders/{open}/tickets");
    let what = json!({"description": format!("{MARK}: {MARK}")});
    let ticket = post(&tenant.key, &ticket, Some(what), "/ticket_id").await;
    let message = format!("/api/v3/tickets/{ticket}/messages");
    let text = json!({"message": MARK});
    let written = ask(panel, &tenant.key, Method::POST, &message, Some(text)).await;
    assert_eq!(written.status, 201, "{}", written.body);
    let screenshots = format!("/api/v3/tickets/{ticket}/screenshots");
    let url = panel.url.replace("/api/v2", &screenshots);
    let mut picture = Cursor::new(Vec::new());
    let black = image::DynamicImage::new_rgb8(3, 3);
    black.write_to(&mut picture, ImageFormat::Png).unwrap();
    let shown = panel.http().post(url).bearer_auth(&tenant.key);
    let shown = shown.header(CONTENT_TYPE, "application/octet-stream");
    let shown = panel.send(shown.body(picture.into_inner())).await;
    assert_eq!(shown.status, 201, "{}", shown.body);
    let session = tenant.session(panel).await;
    let key = json!({"name": MARK, "scopes": ["read"]});
    let key = post(&session, "/api/v3/account/keys", Some(key), "/key/key_id").await;
    let (_, operator) = staff(&panel.panel, Role::Operator, "olga").await;
    let notices = format!("/operator/v1/accounts/{}/notices", tenant.account);
    let notice = post(
        &operator,
        &notices,
        Some(json!({"message": MARK})),
        "/notice_id",
    )
    .await;
    let deposits = format!("/operator/v1/accounts/{}/deposits", tenant.account);
    let deposit = json!({"amount": "1", "reference": MARK, "reason": "a test"});
    let deposit = post(&operator, &deposits, Some(deposit), "/deposit_id").await;
    Objects::new([
        ("deposit", vec![deposit]),
        ("dispute", vec![dispute]),
        ("ticket", vec![ticket]),
        ("order", vec![done, open]),
        ("refill", vec![refill]),
        ("key", vec![key]),
        ("notice", vec![notice]),
    ])
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
        } else if has("deposit_id") {
            format!("deposit_id IN (SELECT id FROM deposits WHERE account_id = {account})")
        } else if has("ticket_id") {
            format!("ticket_id IN (SELECT id FROM tickets WHERE account_id = {account})")
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
    let (owner, bob) = (tenant(&panel, "alice").await, tenant(&panel, "bob").await);
    let alice = objects_of(&panel, &owner).await;
    let nobody = alice.missing();
    let either = alice.and(&nobody);
    let mut session = bob.session(&panel).await;
    let document = Document::of(&panel).await;
    let before = rows_of(&panel, owner.account).await;
    for (table, rows) in [
        ("orders", 2),
        ("refills", 1),
        ("api_keys", 2),
        ("notices", 1),
        ("deposits", 1),
        ("deposit_credits", 1),
        ("tickets", 1),
        ("ticket_messages", 1),
        ("ticket_screenshots", 1),
    ] {
        assert_eq!(before[table].len(), rows, "{table}");
    }

    let mut operations = BTreeSet::new();
    let mut named = BTreeSet::new();
    for call in document.calls(&alice) {
        operations.insert(call.operation.clone());
        named.extend(call.names.clone());
        for token in [bob.key.clone(), session.clone()] {
            let reply = call.send(&panel, &token).await;
            assert!(
                !reply.body.contains(MARK),
                "{}: {}",
                call.operation,
                reply.body
            );
            assert!(reply.status < 500, "{}: {}", call.operation, reply.body);
            if call.path.starts_with("/operator/") {
                assert_eq!(reply.status, 403, "{}: {}", call.operation, reply.body);
                assert_eq!(reply.json()["details"], json!({}), "nothing is revealed");
            } else if !call.names.is_empty() {
                // What is somebody else's and what does not exist are answered alike.
                let missing = call.with(&alice, &nobody).send(&panel, &token).await;
                let told = |reply: &Reply| (reply.status, either.masked(&reply.body));
                assert_eq!(told(&reply), told(&missing), "{}", call.operation);
            }
            let after = rows_of(&panel, owner.account).await;
            assert_eq!(after, before, "{} changed something", call.operation);
        }
        if call.operation == "account_sign_out" {
            session = bob.session(&panel).await;
        }
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
    let session = owner.session(&panel).await;
    for call in document.calls(&alice).into_iter().filter(Call::only_reads) {
        if call.send(&panel, &session).await.body.contains(MARK) {
            read.insert(call.operation);
        }
    }
    for operation in ["order_view", "order_list", "key_list", "ticket_view"] {
        assert!(read.contains(operation), "{operation}: {read:?}");
    }
    panel.finish().await;
}

#[apply(story)]
async fn no_action_of_the_panel_protocol_does_either() {
    let panel = TestPanel::start().await;
    let (owner, bob) = (tenant(&panel, "alice").await, tenant(&panel, "bob").await);
    let alice = objects_of(&panel, &owner).await;
    let nobody = alice.missing();
    let either = alice.and(&nobody);
    let actions = Document::of(&panel).await.actions();
    let before = rows_of(&panel, owner.account).await;
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
                    panel.v2_as(&bob.key, &fields).await.body
                };
                let (theirs, missing) = (send(&alice).await, send(&nobody).await);
                assert!(!theirs.contains(MARK), "{action}: {theirs}");
                // An order is the caller's own, and has another number each time.
                if action != "add" {
                    let told = |body: &str| either.masked(body);
                    assert_eq!(told(&theirs), told(&missing), "{action} {name}");
                }
                assert_eq!(
                    rows_of(&panel, owner.account).await,
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

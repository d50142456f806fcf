//! A customer's orders, refunds and refills.

use harness::{DELIVERY, HOUR, MINUTE};
use serde_json::{Value, json};
use smm_panel_server::demo::provider::Script;

use super::catalogue::{COMMENTS, MEMBERS};
use super::customers::Customer;
use super::scene::{Scene, number};

/// Orders of the customer.
pub(super) struct Placed {
    /// Completed.
    pub(super) done: i64,
    /// Delivered in part.
    pub(super) part: i64,
    /// Comments, completed.
    pub(super) comments: i64,
    /// Completed, and refilled later.
    refilled: i64,
    /// Completed, and counted.
    pub(super) counted: i64,
}

/// Places an order that is no example.
pub(super) async fn place(scene: &Scene, key: &str, service: i64, post: &str) -> i64 {
    let link = if service == MEMBERS {
        format!("https://t.me/{post}")
    } else {
        format!("https://instagram.com/p/{post}")
    };
    let order = json!({"service_id": service, "link": link, "quantity": 1000});
    let placed = scene.does("order_place", key, "", order).await;
    number(&placed, "/order_id")
}

/// Has what was placed sent, before anything else is: its provider numbers orders as they come.
async fn sent(scene: &Scene) {
    scene.panel.pass(MINUTE).await;
}

pub(super) async fn places(scene: &Scene, alice: &Customer) -> Placed {
    let key = &alice.key;
    scene
        .takes("service_list", key, "?search=instagram", Value::Null)
        .await;
    let order = json!({
        "service_id": 1, "link": "https://instagram.com/p/Cx1", "quantity": 1000,
        "reference": "shop-1001",
    });
    let done = scene.takes("order_place", key, "", order).await;
    let done = number(&done, "/order_id");
    sent(scene).await;
    let batch = json!({"orders": [
        {"idempotency_key": "shop-1002", "order": {
            "service_id": COMMENTS, "link": "https://instagram.com/p/Cx2",
            "comments": ["Great shot!", "Where is this?", "Love the colours"],
            "reference": "shop-1002",
        }},
        {"idempotency_key": "shop-1003", "order": {
            "service_id": 1, "link": "https://instagram.com/p/Cx3", "quantity": 20,
            "reference": "shop-1003",
        }},
    ]});
    let both = scene.takes("order_place_many", key, "", batch).await;
    let comments = number(&both, "/results/0/placed/order_id");
    sent(scene).await;
    let canceled = place(scene, key, 1, "Cx4").await;
    scene
        .takes("order_cancel", key, canceled, Value::Null)
        .await;
    scene.panel.provider.script_next(
        1,
        Script::Partial {
            over_ms: DELIVERY,
            delivered_percent: 60,
        },
    );
    let part = place(scene, key, 1, "Cx5").await;
    sent(scene).await;
    let refilled = place(scene, key, 1, "Cx6").await;
    sent(scene).await;
    let counted = place(scene, key, MEMBERS, "brightmedia").await;
    scene.panel.pass(DELIVERY + 2 * MINUTE).await;
    scene.takes("order_view", key, part, Value::Null).await;
    scene.takes("order_refunds", key, part, Value::Null).await;
    scene
        .takes("refund_list", key, "?limit=3", Value::Null)
        .await;
    scene
        .takes("order_list", key, "?limit=2", Value::Null)
        .await;
    scene.takes("wallet_view", key, "", Value::Null).await;
    scene
        .takes("wallet_entries", key, "?limit=3", Value::Null)
        .await;
    let fallen = "https://t.me/brightmedia";
    scene.panel.provider.drop_units(fallen, 300);
    Placed {
        done,
        part,
        comments,
        refilled,
        counted,
    }
}

/// A day later: refills, asked for and not.
pub(super) async fn refills(scene: &Scene, alice: &Customer, placed: &Placed) {
    let (key, sue) = (&alice.key, &scene.sue.key);
    scene.later(25 * HOUR).await;
    let refill = scene
        .takes("order_refill", key, placed.refilled, Value::Null)
        .await;
    let refill = number(&refill, "/refill_id");
    scene.panel.pass(2 * MINUTE).await;
    scene.takes("refill_view", key, refill, Value::Null).await;
    scene
        .takes("order_refills", key, placed.refilled, Value::Null)
        .await;
    scene
        .takes("count_check_list", sue, placed.counted, Value::Null)
        .await;
    super::desk::refills(scene, alice).await;
    scene.takes("refill_counts", sue, "", Value::Null).await;
}

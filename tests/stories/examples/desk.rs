//! What staff do with orders: by hand, where nobody knows what became of them, and to end them.

use harness::{DELIVERY, MINUTE, texts};
use serde_json::{Value, json};
use smm_panel_server::demo::provider::{Fault, Script};

use super::catalogue::MANUAL;
use super::customers::Customer;
use super::orders::{Placed, place};
use super::scene::{Scene, number};

/// The answer of a web server whose panel is gone.
fn gone() -> Fault {
    Fault::Http(502, "<html><h1>502 Bad Gateway</h1></html>".to_owned())
}

pub(super) async fn works(scene: &Scene, alice: &Customer) {
    by_hand(scene, alice).await;
    let (key, olga, panel) = (&alice.key, &scene.olga.key, &scene.panel);
    let canceled = place(scene, key, 1, "Cx7").await;
    let why = json!({"reason": "The customer wrote that the link is wrong."});
    scene
        .takes("operator_order_cancel", olga, canceled, why)
        .await;

    // Two orders on one target: what is missing of the first is withheld until somebody looks.
    let ends = Script::Partial {
        over_ms: 0,
        delivered_percent: 70,
    };
    panel.provider.script_next(1, ends);
    let first = place(scene, key, 1, "Cx8").await;
    panel.work().await;
    place(scene, key, 1, "Cx8").await;
    panel.pass(2 * MINUTE).await;
    let why = json!({"reason": "The second order began after the first had ended."});
    scene
        .takes("operator_order_lift_overlap", olga, first, why)
        .await;

    // Its provider charged too much for it, and goes on for ever.
    let sql = "SELECT CAST(MIN(id) AS TEXT) FROM orders WHERE service_id = 5";
    let endless = texts(panel, sql).await.remove(0);
    let end = json!({"remains": 400, "reason": "The provider has stopped it at 600."});
    scene.takes("operator_order_end", olga, endless, end).await;

    panel.provider.fail_next("add", gone());
    place(scene, key, 1, "Cx9").await;
    panel.work().await;
    let parked = scene.takes("dispatch_list", olga, "", Value::Null).await;
    let dispatch = number(&parked, "/dispatches/0/dispatch_id");
    let resolution = json!({
        "decision": "send_again", "confirmed": true,
        "reason": "Their support says that they have no such order.",
    });
    scene
        .takes("dispatch_resolve", olga, dispatch, resolution)
        .await;
    panel.pass(DELIVERY + 2 * MINUTE).await;
}

async fn by_hand(scene: &Scene, alice: &Customer) {
    let (key, olga) = (&alice.key, &scene.olga.key);
    let order = |place: &str| json!({"service_id": MANUAL, "link": format!("https://g.page/{place}"), "quantity": 10});
    let first = scene
        .does("order_place", key, "", order("bright-media"))
        .await;
    let first = number(&first, "/order_id");
    let second = scene
        .does("order_place", key, "", order("bright-media-berlin"))
        .await;
    let second = number(&second, "/order_id").to_string();
    let begun = json!({"status": "in_progress", "start_count": 23});
    scene
        .does("manual_order_progress", olga, &second, begun)
        .await;
    let ended = json!({"status": "completed"});
    scene
        .does("manual_order_progress", olga, &second, ended)
        .await;
    scene
        .takes("manual_order_list", olga, "", Value::Null)
        .await;
    let counted = json!({"start_count": 12});
    scene
        .takes("operator_order_set_start_count", olga, first, counted)
        .await;
    let ended = json!({
        "status": "partial", "remains": 4, "reason": "Four reviews were refused by the platform.",
    });
    scene
        .takes("manual_order_progress", olga, first, ended)
        .await;
}

/// Refills that do not end by themselves.
pub(super) async fn refills(scene: &Scene, alice: &Customer) {
    let (key, olga, panel) = (&alice.key, &scene.olga.key, &scene.panel);
    let sql = format!(
        "SELECT CAST(id AS TEXT) FROM orders WHERE status = 'completed' \
         AND service_id = {MANUAL} AND account_id = {}",
        alice.account
    );
    let manual = texts(panel, &sql).await.remove(0);
    scene.does("order_refill", key, &manual, Value::Null).await;
    let listed = scene
        .takes("manual_refill_list", olga, "", Value::Null)
        .await;
    let refill = number(&listed, "/refills/0/refill_id");
    let end = json!({"done": true, "reason": "Two reviews were written again."});
    scene.takes("manual_refill_end", olga, refill, end).await;

    let sql = "SELECT CAST(MAX(id) AS TEXT) FROM orders WHERE status = 'completed' \
               AND service_id = 1 AND link LIKE '%Cx9'";
    let dropped = texts(panel, sql).await.remove(0);
    panel.provider.fail_next("refill", gone());
    scene.does("order_refill", key, &dropped, Value::Null).await;
    panel.work().await;
    let stuck = scene
        .takes("refill_dispatch_list", olga, "", Value::Null)
        .await;
    let share = number(&stuck, "/refill_dispatches/0/refill_dispatch_id");
    let resolution = json!({
        "decision": "ended", "remains": 0, "reason": "The count is whole again.",
    });
    scene
        .takes("refill_dispatch_resolve", olga, share, resolution)
        .await;
    panel.work().await;
}

/// What staff read of orders, alerts and the log.
pub(super) async fn reads(scene: &Scene, placed: &Placed) {
    let (olga, sue) = (&scene.olga.key, &scene.sue.key);
    scene
        .takes("operator_order_view", sue, placed.part, Value::Null)
        .await;
    scene
        .takes("operator_order_list", sue, "?limit=2", Value::Null)
        .await;
    let alerts = scene
        .takes("alert_list", sue, "?state=open&limit=2", Value::Null)
        .await;
    let alert = number(&alerts, "/alerts/0/alert_id");
    scene.takes("alert_view", sue, alert, Value::Null).await;
    let note = json!({"note": "Written to them; they look into it."});
    scene.takes("alert_acknowledge", sue, alert, note).await;
    scene
        .takes("audit_list", olga, "?limit=3", Value::Null)
        .await;
    scene.takes("audit_verify", olga, "", Value::Null).await;
    let log = scene
        .send("audit_export", olga, "?format=csv", &Value::Null)
        .await;
    assert!(log.body.lines().count() > 10, "{}", log.body);
}

//! Cases of abuse.

use serde_json::{Value, json};

use super::scene::{Scene, number};

/// The open case of a detector.
async fn open(scene: &Scene, detector: &str) -> i64 {
    let at = format!("?state=open&detector={detector}");
    let cases = scene
        .does("case_list", &scene.sue.key, &at, Value::Null)
        .await;
    number(&cases, "/cases/0/case_id")
}

pub(super) async fn is_found(scene: &Scene) {
    let (olga, sue, panel) = (&scene.olga.key, &scene.sue.key, &scene.panel);
    // Orders that are not the customer's own.
    let ids: Vec<String> = (100_000..100_060).map(|id| id.to_string()).collect();
    let ids = ids.join(",");
    let status = [("action", "status"), ("orders", ids.as_str())];
    assert_eq!(panel.v2(&status).await.status, 200);
    panel.work().await;
    // Ordering and canceling over and over.
    for post in 0..20 {
        let link = format!("https://instagram.com/p/Ex{post}");
        let order = panel.order(&link, 100).await.to_string();
        let cancel = [("action", "cancel"), ("order", order.as_str())];
        assert_eq!(panel.v2(&cancel).await.status, 200);
    }
    panel.work().await;
    panel.order("https://instagram.com/p/Fx1", 100).await;
    scene
        .takes("case_list", sue, "?state=open", Value::Null)
        .await;
    let foreign = open(scene, "foreign_ids").await;
    let reason = json!({"reason": "Their shop had kept the numbers of another panel."});
    scene.takes("case_release", olga, foreign, reason).await;
    let canceling = open(scene, "cancel_loop").await;
    let note = json!({"note": "Asked them by mail what the orders are for."});
    scene.takes("case_note", sue, canceling, note).await;
    scene.takes("case_view", sue, canceling, Value::Null).await;
    let reason = json!({"reason": "They admit to test a script.", "keep_hold": false});
    scene.takes("case_confirm", olga, canceling, reason).await;
    panel.work().await;
}

//! What providers say that nobody has sorted.

use serde_json::{Value, json};
use smm_panel_server::demo::provider::Script;

use super::customers::Customer;
use super::orders::place;
use super::scene::{Scene, number};

/// Has the provider answer the next order with this sentence.
async fn answered(scene: &Scene, alice: &Customer, post: &str, sentence: &str) {
    let says = Script::AddSays {
        status: 200,
        body: json!({"error": sentence}).to_string(),
        record: false,
    };
    scene.panel.provider.script_next(1, says);
    place(scene, &alice.key, 1, post).await;
    scene.panel.work().await;
}

/// The number of the only sentence that orders wait on.
async fn the_phrase(scene: &Scene) -> i64 {
    let items = scene
        .does("phrase_work_item_list", &scene.sue.key, "", Value::Null)
        .await;
    number(&items, "/work_items/0/phrase/phrase_id")
}

pub(super) async fn sorts(scene: &Scene, alice: &Customer) {
    let (olga, otto, sue) = (&scene.olga.key, &scene.otto.key, &scene.sue.key);
    let new = "Your reseller plan does not include this service";
    answered(scene, alice, "Dx1", new).await;
    answered(scene, alice, "Dx2", new).await;
    scene
        .takes("phrase_work_item_list", sue, "", Value::Null)
        .await;
    scene
        .takes("phrase_list", sue, "?unsorted=true", Value::Null)
        .await;
    let phrase = the_phrase(scene).await;
    scene.takes("phrase_view", sue, phrase, Value::Null).await;
    let sorting = json!({
        "class": "order_fault", "reason": "Their plan has changed; they will not take it.",
        "orders": 2,
    });
    let decision = scene.takes("phrase_sort", olga, phrase, sorting).await;
    let decision = number(&decision, "/decision_id");
    let two = json!({"orders": 2});
    scene
        .takes("phrase_decision_confirm", otto, decision, two)
        .await;
    scene.panel.work().await;

    let known = json!({
        "provider_id": 1, "kind": "refusal", "sentence": "Please top up your balance first",
    });
    let added = scene.takes("phrase_add", olga, "", known).await;
    let added = number(&added, "/phrase_id").to_string();
    let sorting = json!({"class": "our_account", "reason": "It is about our account there."});
    let pending = scene.does("phrase_sort", olga, &added, sorting).await;
    let pending = number(&pending, "/decision_id");
    scene
        .takes("phrase_decision_undo", olga, pending, Value::Null)
        .await;
    scene
        .takes("phrase_decision_list", sue, "", Value::Null)
        .await;

    answered(scene, alice, "Dx3", "Something went wrong, try again later").await;
    let fault = the_phrase(scene).await;
    let resolution = json!({
        "decision": "send_again", "orders": 1,
        "reason": "Their database was down; they have no such order.",
    });
    scene.takes("phrase_resolve", olga, fault, resolution).await;
    scene.panel.work().await;
    let file = json!({
        "csv": "class,sentence\nour_funds,Please top up your balance first\n",
        "reason": "Sorted on our other panel.",
    });
    scene.takes("phrase_import", olga, "", file).await;
    scene.takes("phrase_export", sue, "", Value::Null).await;
    scene
        .takes("shipped_phrase_list", sue, "", Value::Null)
        .await;
}

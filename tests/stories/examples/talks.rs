//! Disputes and tickets.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::customers::Customer;
use super::orders::Placed;
use super::scene::{Scene, number};

pub(super) async fn disputes(scene: &Scene, alice: &Customer, placed: &Placed) {
    let (key, olga) = (&alice.key, &scene.olga.key);
    let claim = json!({
        "reason": "not_delivered", "amount": "0.45",
        "description": "The profile has 500 followers more than before, not 1000.",
    });
    let opened = scene.takes("dispute_open", key, placed.done, claim).await;
    let dispute = number(&opened, "/dispute_id");
    scene
        .takes("dispute_list", key, "?state=open", Value::Null)
        .await;
    scene
        .takes("dispute_evidence", key, dispute, Value::Null)
        .await;
    scene
        .takes("dispute_search", olga, "?state=open", Value::Null)
        .await;
    scene
        .takes("dispute_show", olga, dispute, Value::Null)
        .await;
    scene
        .takes("dispute_evidence_show", olga, dispute, Value::Null)
        .await;
    let decision = json!({
        "outcome": "uphold", "amount": "0.30",
        "reason": "A third of what was ordered had fallen away within the hour.",
    });
    scene.takes("dispute_decide", olga, dispute, decision).await;
    scene.takes("dispute_view", key, dispute, Value::Null).await;
}

/// A picture, as a browser sends it.
fn picture() -> Vec<u8> {
    let mut picture = Cursor::new(Vec::new());
    let black = DynamicImage::new_rgb8(3, 3);
    black.write_to(&mut picture, ImageFormat::Png).unwrap();
    picture.into_inner()
}

pub(super) async fn tickets(scene: &Scene, alice: &Customer, placed: &Placed) {
    let (key, sue, panel) = (&alice.key, &scene.sue.key, &scene.panel);
    let issue = json!({
        "description": "Two of the three comments are gone since this morning.",
    });
    let opened = scene
        .takes("ticket_open", key, placed.comments, issue)
        .await;
    let ticket = number(&opened, "/ticket_id");
    let more = json!({"message": "A screenshot of the post follows."});
    scene.takes("ticket_message", key, ticket, more).await;
    let path = format!("/api/v3/tickets/{ticket}/screenshots");
    let request = panel.http().post(panel.url.replace("/api/v2", &path));
    let request = request
        .bearer_auth(key)
        .header(CONTENT_TYPE, "application/octet-stream");
    let shown = panel.send(request.body(picture())).await;
    assert_eq!(shown.status, 201, "{}", shown.body);
    scene.keep("ticket_screenshot_add", Value::Null, &shown);
    let at = format!("{ticket}/1");
    for (operation, token) in [("ticket_screenshot", key), ("ticket_screenshot_show", sue)] {
        let reply = scene.send(operation, token, &at, &Value::Null).await;
        assert_eq!(reply.headers[CONTENT_TYPE], "image/png");
    }
    scene
        .takes("ticket_search", sue, "?due=false", Value::Null)
        .await;
    let answer = json!({"message": "Thank you. We count what is there and answer today."});
    scene.takes("ticket_answer", sue, ticket, answer).await;
    let counts = json!({"start_count": 41, "current_count": 42});
    scene.takes("ticket_count", sue, ticket, counts).await;
    let proposal = json!({
        "amount": "0.016", "reason": "Two of three comments were removed by the platform.",
    });
    scene.takes("ticket_propose", sue, ticket, proposal).await;
    scene.takes("ticket_view", key, ticket, Value::Null).await;
    let decision = json!({
        "outcome": "refund", "reason": "Two of three comments are gone; they come back.",
    });
    let olga = &scene.olga.key;
    scene.takes("ticket_decide", olga, ticket, decision).await;
    scene.takes("ticket_show", sue, ticket, Value::Null).await;
    scene.takes("ticket_list", key, "", Value::Null).await;
}

//! The staff.

use serde_json::{Value, json};

use super::scene::{PASSWORD, Scene, number, text};

pub(super) async fn hires(scene: &Scene) {
    let olga = &scene.olga.key;
    let session = scene.desk().await;
    scene.takes("operator_me", olga, "", Value::Null).await;
    let wanted = json!({"wanted": true});
    scene
        .takes("operator_alerts_by_mail", olga, "", wanted)
        .await;
    let proof = json!({"password": PASSWORD});
    scene.takes("operator_confirm", &session, "", proof).await;

    let new = json!({"email": "ivan@panel.example", "name": "Ivan", "role": "support"});
    let hired = scene.takes("staff_hire", &session, "", new).await;
    let ivan = number(&hired, "/account_id");
    scene.panel.work().await;
    scene.takes("staff_list", olga, "", Value::Null).await;
    let given = json!({
        "password": "a first password of Ivan",
        "reason": "His mailbox is not set up yet.",
    });
    scene
        .takes("staff_password_set", &session, ivan, given)
        .await;
    let his = scene
        .sign_in("ivan@panel.example", "a first password of Ivan")
        .await;
    let seed = scene
        .does("account_totp_begin", &his, "", Value::Null)
        .await;
    let code = crate::accounts::code(&scene.panel, &text(&seed, "/secret"));
    scene
        .does("account_totp_confirm", &his, "", json!({"code": code}))
        .await;
    let lost = json!({"reason": "Lost the phone with the authenticator."});
    scene.takes("staff_totp_reset", &session, ivan, lost).await;
    let role = json!({"role": "operator", "reason": "Takes over the night shift."});
    scene.takes("staff_role_change", &session, ivan, role).await;
    let left = json!({"reason": "Left the company."});
    scene.takes("staff_remove", &session, ivan, left).await;
}

//! What is done at once, and how it is undone.

use super::*;
use smm_panel_server::abuse::watch::Mode;
use smm_panel_server::ids::ServiceId;

/// What the owner's list says of the key of the story.
async fn key_of(watch: &Watch) -> Vec<String> {
    let sql = "SELECT COALESCE(CAST(throttled_until_ms AS TEXT), '-') || ' ' || \
               COALESCE(CAST(blocked_at_ms AS TEXT), '-') FROM api_keys WHERE id = 1";
    texts(&watch.panel, sql).await
}

#[apply(story)]
async fn a_key_is_throttled_for_an_hour_longer_if_it_goes_on_and_no_more_once_released() {
    let watch = Watch::start().await;
    let at = |ms: i64| harness::START.plus_ms(ms);
    let throttle = || watch.finding(Detector::ForeignIds, Action::Throttle);
    let case = watch.found(throttle()).await;
    assert_eq!(key_of(&watch).await, [format!("{} -", at(HOUR).ms())]);
    watch.panel.advance(10 * MINUTE);
    assert_eq!(watch.found(throttle()).await, case);
    let file = watch.case(case).await;
    assert_eq!(file["case"]["findings"], 2);
    assert_eq!(file["case"]["action"], "throttle");
    let until = at(HOUR + 10 * MINUTE);
    assert_eq!(file["actions"][0]["until"], until.to_string());
    assert_eq!(
        file["evidence"],
        json!([{"what": "ids of others", "seen": "50"}])
    );
    assert_eq!(alert_kinds(&watch.panel).await, ["abuse_found"]);
    // It goes on working.
    assert_eq!(watch.panel.balance().await, "100.00");
    let file = watch.release(case).await;
    assert_eq!(file["case"]["state"], "released");
    assert_eq!(file["case"]["decided_reason"], "a mistake");
    assert_eq!(key_of(&watch).await, ["- -"]);
    watch.finish().await;
}

#[apply(story)]
async fn every_key_of_an_account_is_throttled_where_no_key_is_named() {
    let watch = Watch::start().await;
    harness::key(&watch.panel.panel, watch.panel.account).await;
    let of_account = watch.of_account(Detector::SharedLink, Action::Throttle);
    let case = watch.found(of_account).await;
    let sql = "SELECT name FROM api_keys WHERE throttled_until_ms IS NOT NULL";
    assert_eq!(texts(&watch.panel, sql).await.len(), 2);
    watch.release(case).await;
    assert!(texts(&watch.panel, sql).await.is_empty());
    watch.finish().await;
}

#[apply(story)]
async fn a_blocked_key_is_refused_on_every_face_and_its_owner_can_replace_it() {
    let watch = Watch::start().await;
    let (person, session) = harness::person(&watch.panel, "ann@example.com").await;
    let made = watch
        .panel
        .ask(
            &session,
            Method::POST,
            "/api/v3/account/keys",
            Some(json!({"name": "shop", "scopes": ["read"]})),
        )
        .await
        .json();
    let token = made["token"].as_str().unwrap().to_owned();
    let key = made["key"]["key_id"].as_i64().unwrap();
    let view = async |token: &str| {
        watch
            .panel
            .ask(token, Method::GET, "/api/v3/wallet", None)
            .await
    };
    assert_eq!(view(&token).await.status, 200);
    let found = Finding {
        subject: Subject::Key(KeyId(key)),
        account: Some(person),
        key: Some(KeyId(key)),
        notice: Some("Your key shop was used from many places: rotate it.".to_owned()),
        ..watch.finding(Detector::LeakedKey, Action::BlockKey)
    };
    let case = watch.found(found.clone()).await;
    let no = view(&token).await;
    assert_eq!(refused(&no), (403, "key_blocked".to_owned()));
    let balance = [("action", "balance")];
    let no = watch.panel.v2_as(&token, &balance).await;
    assert_eq!(no.error(), "Invalid API key");
    // Found again, its owner is told once.
    assert_eq!(watch.found(found).await, case);
    let notices = watch
        .panel
        .ask(&session, Method::GET, "/api/v3/account/notices", None)
        .await;
    let notices = notices.json();
    assert_eq!(notices["notices"].as_array().unwrap().len(), 1, "{notices}");
    let keys = watch
        .panel
        .ask(&session, Method::GET, "/api/v3/account/keys", None)
        .await
        .json();
    assert_eq!(keys["keys"][0]["blocked_at"], harness::START.to_string());
    // Another key of the same owner is another key.
    let path = format!("/api/v3/account/keys/{key}/rotate");
    let rotated = watch
        .panel
        .ask(&session, Method::POST, &path, Some(json!({})))
        .await;
    let rotated = rotated.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(view(&rotated).await.status, 200);
    assert_eq!(view(&token).await.status, 403);
    watch.release(case).await;
    assert_eq!(view(&token).await.status, 200);
    watch.finish().await;
}

#[apply(story)]
async fn a_network_is_blocked_for_twice_as_long_each_time() {
    let watch = Watch::start().await;
    let network = "192.0.2.0/24".parse().unwrap();
    let inside = "192.0.2.77".parse().unwrap();
    let found = || Finding {
        subject: Subject::Network(network),
        account: None,
        key: None,
        ..watch.finding(Detector::KeyStuffing, Action::BlockNetwork)
    };
    let blocked = || watch.panel.panel.abuse.blocked_until(inside);
    assert_eq!(blocked(), None);
    let case = watch.found(found()).await;
    for hours in [1, 2, 4] {
        let until = watch.panel.clock.now().plus_ms(hours * HOUR);
        assert_eq!(blocked(), Some(until));
        // What comes late does not make it longer.
        assert_eq!(watch.found(found()).await, case);
        assert_eq!(blocked(), Some(until));
        assert_eq!(
            watch
                .panel
                .panel
                .abuse
                .blocked_until("192.0.3.1".parse().unwrap()),
            None
        );
        watch.panel.advance(hours * HOUR);
        assert_eq!(blocked(), None);
        assert_eq!(watch.found(found()).await, case);
    }
    assert!(blocked().is_some());
    watch.release(case).await;
    assert_eq!(blocked(), None);
    // Forgotten with its case: the next is as short as the first.
    watch.found(found()).await;
    assert_eq!(blocked(), Some(watch.panel.clock.now().plus_ms(HOUR)));
    watch.finish().await;
}

#[apply(story)]
async fn a_service_is_not_sold_until_a_person_has_looked() {
    let watch = Watch::start().await;
    let found = Finding {
        subject: Subject::Service(ServiceId(1)),
        account: None,
        key: None,
        ..watch.finding(Detector::PriceRacing, Action::PauseService)
    };
    let add = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/a"),
        ("quantity", "1000"),
    ];
    let listed = async || watch.panel.v2(&[("action", "services")]).await.json();
    let before = listed().await;
    let case = watch.found(found).await;
    assert_eq!(watch.panel.v2(&add).await.error(), "Incorrect service ID");
    assert_eq!(
        listed().await.as_array().unwrap().len() + 1,
        before.as_array().unwrap().len()
    );
    let path = "/services/1";
    let service = watch
        .ask(&watch.operator, Method::GET, path, None)
        .await
        .json();
    assert_eq!(
        (&service["state"], &service["pause_reason"]),
        (&json!("paused"), &json!("review"))
    );
    // Nothing that its provider says brings it back.
    watch.panel.pass(HOUR).await;
    assert_eq!(watch.panel.v2(&add).await.error(), "Incorrect service ID");
    watch.release(case).await;
    assert_eq!(listed().await, before);
    watch.panel.v2(&add).await.order();
    watch.finish().await;
}

#[apply(story)]
async fn where_the_settings_or_the_score_say_so_a_finding_is_only_kept() {
    let watch = Watch::start_with(|config| {
        config.detect_foreign_ids.mode = Mode::Observe;
    })
    .await;
    let told = |finding: Finding| Finding {
        notice: Some("look".to_owned()),
        ..finding
    };
    for found in [
        told(watch.finding(Detector::ForeignIds, Action::BlockKey)),
        Finding {
            score: 799,
            ..watch.finding(Detector::LeakedKey, Action::BlockKey)
        },
        // There is no key that it could be done to.
        watch.of_account(Detector::CancelLoop, Action::BlockKey),
    ] {
        let file = watch.case(watch.found(found).await).await;
        assert_eq!(
            (&file["case"]["action"], &file["actions"]),
            (&json!("observe"), &json!([]))
        );
        assert_eq!(file["case"]["state"], "open");
    }
    assert_eq!(watch.panel.balance().await, "100.00");
    assert!(
        texts(&watch.panel, "SELECT message FROM notices")
            .await
            .is_empty()
    );
    watch.finish().await;
}

#[apply(story)]
async fn what_two_cases_ask_for_stands_until_both_are_released() {
    let watch = Watch::start().await;
    let block = |detector| watch.finding(detector, Action::BlockKey);
    let first = watch.found(block(Detector::ForeignIds)).await;
    let second = watch.found(block(Detector::LeakedKey)).await;
    let hold = watch
        .found(watch.of_account(Detector::CancelLoop, Action::Hold))
        .await;
    let held_too = watch
        .found(watch.of_account(Detector::RefundFarming, Action::Hold))
        .await;
    let throttled = watch
        .found(watch.finding(Detector::Polling, Action::Throttle))
        .await;
    assert_eq!(watch.case(throttled).await["case"]["action"], "throttle");
    let balance = async || watch.panel.v2(&[("action", "balance")]).await.body;
    watch.release(first).await;
    assert!(balance().await.contains("error"));
    watch.release(second).await;
    assert!(!balance().await.contains("error"));
    let held = "SELECT name FROM accounts WHERE held_at_ms IS NOT NULL";
    // A confirmed case keeps what was done for it.
    watch.confirm(hold, true).await;
    watch.release(held_too).await;
    assert_eq!(texts(&watch.panel, held).await, ["reseller"]);
    let file = watch.release(hold).await;
    assert_eq!(file["case"]["state"], "confirmed");
    assert!(texts(&watch.panel, held).await.is_empty());
    let again = watch
        .decide(hold, "release", json!({"reason": "again"}))
        .await;
    assert_eq!(refused(&again), (409, "state_conflict".to_owned()));
    watch.finish().await;
}

//! The examples of the panel protocol, which are written in its document: a panel answers each request
//! as the answer of the same name says.

use harness::{DELIVERY, HOUR, TestPanel, staff, terms};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::Role;
use smm_panel_server::catalog::Terms;
use smm_panel_server::demo::provider::Script;
use smm_panel_server::protocol::ServiceType;

/// The service that comments are ordered of.
const COMMENTS: i64 = 9;

/// A panel with the services and the orders that the examples are about.
async fn with_orders() -> TestPanel {
    let panel = TestPanel::start().await;
    let (_, operator) = staff(&panel.panel, Role::Operator, "olga").await;
    let change = json!({"name": "Instagram Followers [Refill: 30 days]", "category": "Instagram"});
    let path = "/operator/v1/services/1";
    let changed = panel
        .ask(&operator, Method::PATCH, path, Some(change))
        .await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let comments = Terms {
        name: "Instagram Custom Comments".to_owned(),
        category: "Instagram".to_owned(),
        max: 10_000,
        dripfeed: false,
        refill: false,
        refill_days: None,
        ..terms(ServiceType::CustomComments, "8")
    };
    while panel.service(comments.clone(), Vec::new()).await < COMMENTS {}

    for order in 1..=6 {
        let script = match order {
            2 => Script::Partial {
                over_ms: DELIVERY,
                delivered_percent: 60,
            },
            3 => Script::Deliver {
                over_ms: 1000 * HOUR,
            },
            _ => Script::Deliver { over_ms: DELIVERY },
        };
        panel.provider.script_next(1, script);
        let link = format!("https://instagram.com/p/Cx{order}");
        assert_eq!(panel.order(&link, 1000).await, order);
        panel.work().await;
    }
    panel.pass(DELIVERY).await;
    panel.advance(25 * HOUR);
    panel.work().await;
    panel
}

#[apply(story_of_sqlite)]
async fn the_panel_protocol_answers_its_examples_as_they_say() {
    let panel = with_orders().await;
    let document = panel.ask("", Method::GET, "/openapi.json", None).await;
    let calls = document.json()["paths"]["/api/v2"].clone();
    let (call, by_query) = (&calls["post"], &calls["get"]);
    let media = |place: &Value| place["content"]["application/json"]["examples"].clone();
    let requests = media(&call["requestBody"]);
    let answers = media(&call["responses"]["200"]);
    let mut differences = Vec::new();
    for (name, request) in requests.as_object().unwrap() {
        let mut request = request["value"].clone();
        request["key"] = panel.key.as_str().into();
        let sent = panel.http().post(&panel.url).json(&request);
        let mut answer = panel.send(sent).await.json();
        assert!(answer.get("error").is_none(), "{name}: {answer}");
        if let Some(services) = answer.as_array_mut().filter(|_| name == "services") {
            services.retain(|one| [json!(1), json!(COMMENTS)].contains(&one["service"]));
        }
        // One answer stands for all orders that are placed.
        let shown = if name.starts_with("add_") {
            answer = json!({"order": answer["order"].is_i64()});
            json!({"order": true})
        } else {
            answers[name]["value"].clone()
        };
        if shown != answer {
            differences.push(format!("{name}: {shown} is now {answer}"));
        }
        if name.starts_with("refill") {
            panel.pass(harness::MINUTE).await;
        }
    }
    let url = format!("{}?key={}&action=balance", panel.url, panel.key);
    let answer = panel.send(panel.http().get(url)).await.json();
    let shown = &media(&by_query["responses"]["200"])["balance"]["value"];
    if *shown != answer {
        differences.push(format!("by query: {shown} is now {answer}"));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    panel.finish().await;
}

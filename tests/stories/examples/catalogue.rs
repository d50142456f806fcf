//! What is sold, and by whom it is delivered.

use harness::{provided, services, terms};
use serde_json::{Value, json};
use smm_panel_server::demo::provider::{Fault, ProviderService, Script};
use smm_panel_server::money::{Money, Rate};
use smm_panel_server::protocol::ServiceType;

use super::scene::{Scene, number};

/// The service for comments.
pub(super) const COMMENTS: i64 = 2;
/// A service of which the provider charges more than it quotes.
pub(super) const LIKES: i64 = 5;
/// A service whose targets are counted.
pub(super) const MEMBERS: i64 = 8;
/// A service that is delivered by hand.
pub(super) const MANUAL: i64 = 9;

/// What the provider sells beside what every story sells.
fn sold() -> Vec<ProviderService> {
    let row = |id: i64, name: &str, category: &str, cost: &str| ProviderService {
        name: name.to_owned(),
        category: category.to_owned(),
        rate: Rate::parse(cost).unwrap(),
        min: 50,
        max: 20_000,
        ..provided(id, &terms(ServiceType::Default, "1"))
    };
    vec![
        row(11, "Instagram Likes [Real]", "Instagram Likes", "0.40"),
        row(12, "YouTube Views [Lifetime]", "YouTube Views", "1.20"),
        row(13, "TikTok Followers", "TikTok", "1.60"),
        row(14, "Telegram Members", "Telegram", "0.80"),
    ]
}

fn list(scene: &Scene, sold: &[ProviderService]) {
    let always = (1..).zip(services()).zip(NAMES);
    let always = always.map(|((id, terms), (name, category))| ProviderService {
        name: name.to_owned(),
        category: category.to_owned(),
        ..provided(id, &terms)
    });
    let all = always.chain(sold.iter().cloned());
    scene.panel.provider.set_services(all.collect());
}

/// Names and categories of the services that every story sells.
const NAMES: [(&str, &str); 4] = [
    (
        "Instagram Followers [Refill: 30 days]",
        "Instagram Followers",
    ),
    ("Instagram Custom Comments", "Instagram Comments"),
    ("Instagram Starter Package", "Instagram Packages"),
    ("Instagram Subscriptions", "Instagram Subscriptions"),
];

pub(super) async fn sells(scene: &Scene) {
    let olga = &scene.olga.key;
    let sql = "UPDATE providers SET name = 'wholesale' WHERE id = 1";
    scene.panel.sql(sql).await;
    let mut rows = sold();
    list(scene, &rows);
    let balance = Money::parse("412.35").unwrap();
    scene.panel.provider.set_balance(balance);
    for (id, (name, category)) in (1..=3).zip(NAMES) {
        let family = category.to_lowercase();
        let mut change = json!({"name": name, "category": category, "family": family});
        if id == 1 {
            change["description"] = "Starts within an hour, up to 5,000 a day.".into();
        }
        scene
            .does("operator_service_change", olga, &id.to_string(), change)
            .await;
    }
    providers(scene).await;

    let import = json!({
        "provider_services": ["11", "12", "13"], "markup_percent": "25", "refill_days": "30",
    });
    scene.takes("catalog_import", olga, 1, import).await;
    let new = json!({
        "offers": [{"provider_id": 1, "provider_service": "14"}],
        "name": "Telegram Members [No drop]",
        "category": "Telegram",
        "description": "Public channels only.",
        "markup_percent": "30",
    });
    let made = scene.takes("operator_service_create", olga, "", new).await;
    assert_eq!(number(&made, "/service_id"), MEMBERS, "{made}");
    let manual = json!({
        "name": "Google Reviews [By hand]", "category": "Google", "service_type": "Default",
        "rate": "900", "min": 1, "max": 50, "refill": true, "cancel": true,
    });
    let made = scene
        .does("operator_service_create", olga, "", manual)
        .await;
    assert_eq!(number(&made, "/service_id"), MANUAL, "{made}");
    let change = json!({
        "count_source": scene.panel.provider.count_source(),
        "drop_tolerance": "5",
    });
    scene
        .takes("operator_service_change", olga, MEMBERS, change)
        .await;
    scene
        .takes("operator_service_view", olga, MEMBERS, Value::Null)
        .await;
    let order = json!({"service_ids": [1, 2, 3, MEMBERS]});
    scene.takes("operator_service_order", olga, "", order).await;
    scene
        .takes("operator_service_list", olga, "?limit=3", Value::Null)
        .await;
    tiers(scene).await;
    changes(scene, &mut rows).await;
    findings(scene).await;
}

async fn providers(scene: &Scene) {
    let olga = &scene.olga.key;
    scene.hide(scene.second.key(), "k7Qm2Zr9Xw4Lp8Ts");
    let new = json!({
        "name": "smm-source", "url": scene.second.url(), "key": scene.second.key(),
        "timeout_ms": 20000, "concurrency": 4,
    });
    let added = scene.takes("provider_add", olga, "", new).await;
    let second = number(&added, "/provider_id");
    let change = json!({
        "timeout_ms": 30000,
        "sync_applies": ["cheaper", "limits"],
        "dialect": {"compares_charges": true, "asking": [{"action": "status", "lists": "works"}]},
    });
    scene.takes("provider_change", olga, second, change).await;
    scene
        .takes("provider_pause", olga, second, Value::Null)
        .await;
    scene
        .takes("provider_resume", olga, second, Value::Null)
        .await;
    scene.takes("provider_test", olga, 1, Value::Null).await;
    scene.takes("provider_balance", olga, 1, Value::Null).await;
    scene.takes("provider_view", olga, 1, Value::Null).await;
    scene.takes("provider_list", olga, "", Value::Null).await;
}

async fn tiers(scene: &Scene) {
    let olga = &scene.olga.key;
    let new = json!({"name": "Silver", "percent": "-2.5"});
    let made = scene.takes("tier_create", olga, "", new).await;
    let tier = number(&made, "/tier_id");
    let change = json!({"name": "Gold", "percent": "-5"});
    scene.takes("tier_change", olga, tier, change).await;
    scene.takes("tier_list", olga, "", Value::Null).await;
}

/// The provider's catalogue changes.
async fn changes(scene: &Scene, rows: &mut [ProviderService]) {
    let olga = &scene.olga.key;
    rows[0].rate = Rate::parse("0.44").unwrap();
    rows[1].max = 10_000;
    rows[2].rate = Rate::parse("1.70").unwrap();
    list(scene, rows);
    let report = scene
        .takes("catalog_sync", olga, 1, json!({"believe": false}))
        .await;
    let report = number(&report, "/report_id");
    scene
        .takes("sync_report_view", olga, report, Value::Null)
        .await;
    scene
        .takes("sync_report_list", olga, "?limit=3", Value::Null)
        .await;
    let listed = "?state=open&limit=3";
    let open = scene
        .takes("sync_difference_list", olga, listed, Value::Null)
        .await;
    let id = |place: &str| number(&open, &format!("/differences/{place}/difference_id"));
    let apply = json!({"difference_ids": [id("0")]});
    scene.takes("sync_differences_apply", olga, "", apply).await;
    let dismiss = json!({"difference_ids": [id("1")]});
    scene
        .takes("sync_differences_dismiss", olga, "", dismiss)
        .await;
    let offers = "1?search=instagram&limit=3";
    scene
        .takes("provider_offers", olga, offers, Value::Null)
        .await;
}

/// The provider charges more than it quotes, and has a type that nobody knows.
async fn findings(scene: &Scene) {
    let olga = &scene.olga.key;
    let panel = &scene.panel;
    let line = json!({"charge": "2.00", "start_count": "1204", "status": "In progress",
        "remains": "400", "currency": "USD"});
    panel
        .provider
        .script_next(11, Script::Says(line.to_string()));
    panel
        .order_of(LIKES, "https://instagram.com/p/Bn4", 1000)
        .await;
    panel.pass(harness::MINUTE).await;
    let mut listed = Vec::new();
    let types = ["Default", "Custom Comments", "Package", "Subscriptions"];
    for ((id, terms), ((name, category), kind)) in
        (1..).zip(services()).zip(NAMES.into_iter().zip(types))
    {
        let at = provided(id, &terms);
        listed.push(
            json!({"service": id, "name": name, "category": category, "type": kind,
            "rate": at.rate.to_string(), "min": at.min.to_string(), "max": at.max.to_string(),
            "refill": true, "cancel": true, "dripfeed": true}),
        );
    }
    let mut rows = sold();
    rows.push(ProviderService {
        id: 15,
        name: "Telegram Premium Members".to_owned(),
        ..rows[3].clone()
    });
    for (kind, row) in ["Default", "Default", "Default", "Default", "Premium"]
        .into_iter()
        .zip(&rows)
    {
        listed.push(
            json!({"service": row.id, "name": row.name, "category": row.category,
            "type": kind, "rate": row.rate.to_string(), "min": row.min.to_string(),
            "max": row.max.to_string(), "refill": true, "cancel": true, "dripfeed": true}),
        );
    }
    let answer = Fault::Http(200, json!(listed).to_string());
    panel.provider.fail_next("services", answer);
    scene.does("catalog_sync", olga, "1", json!({})).await;
    scene.takes("provider_findings", olga, 1, Value::Null).await;
    let resume = json!({"provider_service": "11", "compare_charges": true});
    scene.takes("provider_offer_resume", olga, 1, resume).await;
}

//! From a request to its case: what is seen over HTTP is told to the detectors, found, acted on, and
//! undone by a person.

use harness::{ANYWHERE, MINUTE, open_another};
use smm_panel_server::app::{self, Background};
use smm_panel_server::limits::{LimitTier, Quotas};
use smm_panel_server::networks::Networks;
use smm_panel_server::provider::Client;
use smm_panel_server::workers::Workers;

use super::*;

impl Watch {
    /// A panel behind a proxy, for resellers.
    async fn for_resellers() -> Watch {
        Watch::start_with(|config| {
            config.trusted_proxies = Networks::parse("127.0.0.1").unwrap();
            config.limits_default = LimitTier::Reseller;
            config.limit_failed_keys = Quotas::parse("10/min, 50/h").unwrap();
        })
        .await
    }

    /// Sends a form as whoever is at `address`.
    async fn from(&self, address: &str, key: &str, fields: &[(&str, &str)]) -> Reply {
        let mut form = vec![("key", key)];
        form.extend_from_slice(fields);
        let panel = &self.panel;
        let request = panel.http().post(&panel.url).form(&form);
        panel.send(request.header("X-Forwarded-For", address)).await
    }
}

const HOME: &str = "203.0.113.7";
const BALANCE: &[(&str, &str)] = &[("action", "balance")];

#[apply(story)]
async fn guessed_keys_block_their_network_until_somebody_releases_it() {
    let watch = Watch::for_resellers().await;
    let (_, honest) = harness::account(&watch.panel.panel, "honest", "1").await;
    assert_eq!(
        watch.from("203.0.113.9", &honest, BALANCE).await.status,
        200
    );
    for guess in 0..12 {
        watch.from(HOME, &format!("guess {guess}"), BALANCE).await;
    }
    watch.panel.work().await;
    let cases = watch.open_cases("key_stuffing").await;
    assert_eq!(cases.len(), 1, "{cases:?}");
    assert_eq!(cases[0]["action"], "block_network");
    // Nobody there is told whether a key is good, but for those that were good from there.
    let key = &watch.panel.key;
    let blocked = watch.from(HOME, key, BALANCE).await;
    assert_eq!(blocked.status, 429, "{}", blocked.body);
    assert_eq!(
        watch.from("203.0.113.9", &honest, BALANCE).await.status,
        200
    );
    // So does a server that the key never came to.
    let other = open_another(&watch.panel).await;
    let workers = Workers::new(&other, Client::new(true).unwrap());
    workers.run_until_quiet().await.unwrap();
    let server = app::start(other, ANYWHERE, Background::Nobody)
        .await
        .unwrap();
    let url = format!("http://{}/api/v2", server.address);
    for (key, status) in [(&honest, 200), (key, 429)] {
        let form = [("key", key.as_str()), ("action", "balance")];
        let asked = watch.panel.http().post(&url).form(&form);
        let asked = asked.header("X-Forwarded-For", HOME);
        assert_eq!(watch.panel.send(asked).await.status, status);
    }
    server.stop().await.unwrap();
    watch.panel.advance(16 * MINUTE);
    let blocked = watch.from(HOME, key, BALANCE).await;
    assert_eq!(blocked.status, 429, "an hour by the detector");
    watch.release(cases[0]["case_id"].as_i64().unwrap()).await;
    watch.panel.advance(MINUTE);
    watch.panel.work().await;
    assert_eq!(watch.from(HOME, key, BALANCE).await.status, 200);
    watch.panel.finish().await;
}

#[apply(story)]
async fn trying_ids_of_others_leaves_a_key_a_quarter_of_its_limits() {
    let watch = Watch::for_resellers().await;
    let key = &watch.panel.key;
    let ids: Vec<String> = (1_000..1_060).map(|id| id.to_string()).collect();
    let ids = ids.join(",");
    let status = [("action", "status"), ("orders", ids.as_str())];
    assert_eq!(watch.from(HOME, key, &status).await.status, 200);
    watch.panel.work().await;
    let cases = watch.open_cases("foreign_ids").await;
    assert_eq!(cases[0]["action"], "throttle", "{cases:?}");
    // The first request after that is counted as before: it brings the news.
    watch.from(HOME, key, BALANCE).await;
    let mut answered = 0;
    while watch.from(HOME, key, BALANCE).await.status == 200 {
        answered += 1;
    }
    assert_eq!(answered, 14, "of 60");
    watch.release(cases[0]["case_id"].as_i64().unwrap()).await;
    watch.panel.advance(2 * HOUR);
    watch.from(HOME, key, BALANCE).await;
    let mut answered = 0;
    while watch.from(HOME, key, BALANCE).await.status == 200 {
        answered += 1;
    }
    assert!(answered > 50, "{answered}");
    watch.panel.finish().await;
}

#[apply(story)]
async fn ordering_and_canceling_over_and_over_holds_what_is_ordered_next() {
    let watch = Watch::for_resellers().await;
    let panel = &watch.panel;
    for number in 0..20 {
        let link = format!("https://instagram.com/p/{number}");
        let order = panel.order(&link, 100).await.to_string();
        let cancel = [("action", "cancel"), ("orders", order.as_str())];
        assert_eq!(panel.v2(&cancel).await.status, 200);
    }
    panel.work().await;
    let cases = watch.open_cases("cancel_loop").await;
    assert_eq!(cases[0]["action"], "hold", "{cases:?}");
    let order = panel.order("https://instagram.com/p/next", 100).await;
    panel.pass(10 * MINUTE).await;
    assert_eq!(panel.shown(order).await, "Pending 0.09 100");
    watch.release(cases[0]["case_id"].as_i64().unwrap()).await;
    panel.pass(HOUR).await;
    assert_eq!(panel.shown(order).await, "Completed 0.09 0");
    watch.panel.finish().await;
}

#[apply(story)]
async fn whoever_orders_the_same_twice_is_warned_and_served() {
    let watch = Watch::for_resellers().await;
    let add = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://instagram.com/p/1"),
        ("quantity", "100"),
    ];
    for _ in 0..4 {
        let reply = watch.panel.v2(&add).await;
        assert!(reply.order() > 0);
        assert_eq!(reply.headers.get("x-panel-warning"), None);
    }
    watch.panel.work().await;
    // It is no work for anybody.
    assert!(watch.open_cases("double_submit").await.is_empty());
    let remarks = watch.remarks(watch.panel.account).await;
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    assert_eq!(remarks[0]["detector"], "double_submit");
    assert_eq!(remarks[0]["subject"], "key:1");
    let told = texts(&watch.panel, "SELECT message FROM notices").await;
    assert!(told[0].contains("request_id"), "{told:?}");
    let reply = watch.panel.v2(&add).await;
    assert!(reply.order() > 0);
    let warning = reply.headers.get("x-panel-warning").unwrap();
    assert!(
        warning.to_str().unwrap().contains("request_id"),
        "{warning:?}"
    );
    watch.panel.finish().await;
}

#[apply(story)]
async fn links_that_no_honest_software_sends_are_refused_and_told() {
    let watch = Watch::for_resellers().await;
    let add = [
        ("action", "add"),
        ("service", "1"),
        ("link", "javascript:alert(1)"),
        ("quantity", "100"),
    ];
    assert_eq!(watch.panel.v2(&add).await.error(), "Bad link");
    watch.panel.work().await;
    assert!(watch.open_cases("hostile_links").await.is_empty());
    let remarks = watch.remarks(watch.panel.account).await;
    assert_eq!(remarks[0]["detector"], "hostile_links", "{remarks:?}");
    for _ in 0..4 {
        assert_eq!(watch.panel.v2(&add).await.error(), "Bad link");
    }
    watch.panel.work().await;
    let cases = watch.open_cases("hostile_links").await;
    assert_eq!(cases[0]["action"], "observe", "{cases:?}");
    watch.panel.finish().await;
}

#[apply(story)]
async fn a_key_that_is_used_from_everywhere_is_throttled_and_its_owner_told() {
    let watch = Watch::for_resellers().await;
    let key = &watch.panel.key;
    for _ in 0..26 {
        assert_eq!(watch.from(HOME, key, BALANCE).await.status, 200);
        watch.panel.pass(HOUR).await;
    }
    for network in 0..6 {
        let address = format!("198.51.{network}.1");
        assert_eq!(watch.from(&address, key, BALANCE).await.status, 200);
    }
    watch.panel.work().await;
    let cases = watch.open_cases("leaked_key").await;
    assert_eq!(cases[0]["action"], "throttle", "{cases:?}");
    let told = texts(&watch.panel, "SELECT message FROM notices").await;
    assert_eq!(told.len(), 1, "{told:?}");
    // A new key has the same throttle, and both are whole again with the case.
    let newer = harness::key(&watch.panel.panel, watch.panel.account).await;
    let throttled = "SELECT CAST(COUNT(*) AS TEXT) FROM api_keys WHERE throttled_until_ms > 0";
    assert_eq!(texts(&watch.panel, throttled).await, ["2"]);
    watch.release(cases[0]["case_id"].as_i64().unwrap()).await;
    assert_eq!(texts(&watch.panel, throttled).await, ["0"]);
    assert_eq!(watch.from(HOME, &newer, BALANCE).await.status, 200);
    watch.panel.finish().await;
}

#[apply(story)]
async fn two_accounts_on_one_link_are_remarked_and_a_case_where_they_do_it_again() {
    let watch = Watch::for_resellers().await;
    let (account, other) = harness::account(&watch.panel.panel, "other", "10").await;
    let add = |link| {
        [
            ("action", "add"),
            ("service", "1"),
            ("link", link),
            ("quantity", "100"),
        ]
    };
    // What was before this is told again after a start.
    watch.panel.work().await;
    let one = watch.panel.v2(&add("https://instagram.com/p/Same")).await;
    let two = add("https://www.instagram.com/reel/Same/?igsh=x");
    assert!(one.order() < watch.from(HOME, &other, &two).await.order());
    watch.panel.work().await;
    assert!(watch.open_cases("shared_link").await.is_empty());
    let remarks = watch.remarks(account).await;
    assert_eq!(remarks[0]["detector"], "shared_link", "{remarks:?}");
    assert_eq!(remarks[0]["subject"], format!("account:{account}"));
    assert!(watch.remarks(watch.panel.account).await.is_empty());
    watch.from(HOME, &other, &two).await.order();
    watch.panel.work().await;
    let cases = watch.open_cases("shared_link").await;
    assert_eq!(cases[0]["action"], "observe", "{cases:?}");
    watch.panel.finish().await;
}

#[apply(story)]
async fn orders_at_a_loss_around_a_change_of_prices_take_the_service_off_sale() {
    let watch = Watch::for_resellers().await;
    let panel = &watch.panel;
    let cheap = json!({"rate": "0.000001", "below_cost": true});
    let changed = watch
        .ask(&watch.operator, Method::PATCH, "/services/1", Some(cheap))
        .await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    for number in 0..10 {
        panel
            .order(&format!("https://x.test/{number}"), 1_000)
            .await;
        panel.advance(1_000);
    }
    panel.work().await;
    let cases = watch.open_cases("price_racing").await;
    assert_eq!(cases[0]["action"], "pause_service", "{cases:?}");
    let add = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/p"),
        ("quantity", "1000"),
    ];
    assert_eq!(panel.v2(&add).await.error(), "Incorrect service ID");
    watch.release(cases[0]["case_id"].as_i64().unwrap()).await;
    assert!(panel.v2(&add).await.order() > 0);
    watch.panel.finish().await;
}

#[apply(story)]
async fn callbacks_without_the_gateways_signature_are_a_case() {
    let watch = Watch::start_with(|config| harness::use_gateway(config, "http://127.0.0.1:9/v1"));
    let watch = watch.await;
    let url = watch.panel.url.replace("/api/v2", "/gateway/nowpayments");
    for number in 0..5 {
        let body = format!("{{\"payment_id\":{number}}}");
        let told = watch.panel.http().post(&url).body(body);
        assert_eq!(watch.panel.send(told).await.status, 401);
    }
    watch.panel.work().await;
    let cases = watch.open_cases("deposit_abuse").await;
    assert_eq!(cases[0]["subject"], "network:127.0.0.1/32", "{cases:?}");
    watch.panel.finish().await;
}

#[apply(story)]
async fn a_habit_of_disputes_is_a_case() {
    let watch = Watch::for_resellers().await;
    let panel = &watch.panel;
    let mut orders = Vec::new();
    for number in 0..30 {
        orders.push(panel.order(&format!("https://x.test/{number}"), 100).await);
    }
    for order in &orders[..3] {
        let dispute = json!({
            "reason": "wrong_charge",
            "amount": "0.01",
            "description": "this is not what was agreed on",
        });
        let path = format!("/api/v3/orders/{order}/disputes");
        let reply = panel
            .ask(&panel.key, Method::POST, &path, Some(dispute))
            .await;
        assert_eq!(reply.status, 201, "{}", reply.body);
    }
    panel.work().await;
    let cases = watch.open_cases("dispute_abuse").await;
    assert_eq!(cases[0]["action"], "observe", "{cases:?}");
    watch.panel.finish().await;
}

#[apply(story)]
async fn asking_about_one_order_over_and_over_is_remarked_and_its_software_is_told_of_batches() {
    let watch = Watch::for_resellers().await;
    let panel = &watch.panel;
    let order = panel.order("https://x.test/p", 100).await.to_string();
    let status = [("action", "status"), ("order", order.as_str())];
    for _ in 0..150 {
        let reply = panel.v2(&status).await;
        assert_eq!(reply.headers.get("x-panel-warning"), None);
        panel.advance(MINUTE / 6);
    }
    panel.work().await;
    assert!(watch.open_cases("polling").await.is_empty());
    let alerts = "SELECT message FROM alerts WHERE kind = 'abuse_found'";
    assert!(texts(panel, alerts).await.is_empty());
    let remarks = watch.remarks(panel.account).await;
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    assert_eq!(remarks[0]["detector"], "polling");
    let told = texts(panel, "SELECT message FROM notices").await;
    assert!(told[0].contains("up to 100 orders"), "{told:?}");
    let reply = panel.v2(&status).await;
    let warning = reply.headers.get("x-panel-warning").unwrap();
    assert!(warning.to_str().unwrap().contains("up to 100 orders"));
    // A day later nobody is told any more, and after thirty the remark is gone.
    panel.advance(DAY);
    let reply = panel.v2(&status).await;
    assert_eq!(reply.headers.get("x-panel-warning"), None);
    panel.advance(30 * DAY);
    panel.work().await;
    assert!(watch.remarks(panel.account).await.is_empty());
    watch.panel.finish().await;
}

/// What is off finds nothing, and what only observes does nothing.
#[apply(story)]
async fn detectors_can_be_turned_off_or_told_to_observe() {
    use smm_panel_server::abuse::detectors;
    use smm_panel_server::abuse::watch::{Mode, Watch as Setting};

    let set = |mode: Mode, detector: Detector| {
        Setting::parse(mode.word(), detectors::knobs(detector)).unwrap()
    };
    let watch = Watch::start_with(|config| {
        config.detect_hostile_links = set(Mode::Off, Detector::HostileLinks);
        config.detect_foreign_ids = set(Mode::Observe, Detector::ForeignIds);
    })
    .await;
    let panel = &watch.panel;
    let ids: Vec<String> = (1_000..1_060).map(|id| id.to_string()).collect();
    let ids = ids.join(",");
    panel.v2(&[("action", "status"), ("orders", &ids)]).await;
    let add = [
        ("action", "add"),
        ("service", "1"),
        ("link", "javascript:alert(1)"),
        ("quantity", "100"),
    ];
    panel.v2(&add).await;
    panel.work().await;
    assert!(watch.open_cases("hostile_links").await.is_empty());
    let cases = watch.open_cases("foreign_ids").await;
    assert_eq!(cases[0]["action"], "observe", "{cases:?}");
    watch.panel.finish().await;
}

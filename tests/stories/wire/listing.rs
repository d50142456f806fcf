//! `services`: the catalogue that consuming panels import.

use harness::{TestPanel, terms};
use smm_panel_server::catalog::Terms;
use smm_panel_server::protocol::ServiceType;

use super::{body, expect_headers};

const SERVICES: [(&str, &str); 1] = [("action", "services")];

#[apply(story)]
async fn services_are_listed_by_id_in_the_classic_fields_without_subscriptions() {
    let panel = TestPanel::start().await;
    let listed = body(&panel, &SERVICES).await;
    let rows: Vec<&str> = listed.split_inclusive("},").collect();
    assert_snapshot!(rows.join("\n"), @r#"
    [{"service":1,"name":"Followers","type":"Default","rate":"0.90","min":"50","max":"10000","dripfeed":true,"refill":true,"cancel":true,"category":"First Category"},
    {"service":2,"name":"Followers","type":"Custom Comments","rate":"8.00","min":"1","max":"1000000","dripfeed":true,"refill":true,"cancel":true,"category":"First Category"},
    {"service":3,"name":"Followers","type":"Package","rate":"31.60","min":"1","max":"1","dripfeed":false,"refill":true,"cancel":true,"category":"First Category"}]
    "#);
    assert!(!listed.contains("Subscriptions"));
    panel.finish().await;
}

#[apply(story)]
async fn an_empty_catalogue_is_an_empty_array() {
    let panel = TestPanel::start().await;
    panel
        .sql("DELETE FROM offers; DELETE FROM services; UPDATE panel SET catalog_version = 99")
        .await;
    assert_snapshot!(body(&panel, &SERVICES).await, @"[]");
    panel.finish().await;
}

#[apply(story)]
async fn a_change_of_the_catalogue_is_seen_by_the_next_request() {
    let panel = TestPanel::start().await;
    let before = panel.v2(&SERVICES).await.json();
    let new = Terms {
        name: "Лайки 😀 \"fast\"/cheap".to_owned(),
        description: Some("starts at once".to_owned()),
        min: 10,
        max: 2_000_000_000,
        dripfeed: false,
        refill: false,
        cancel: false,
        ..terms(ServiceType::MentionsWithHashtags, "0.00002")
    };
    panel.service(new, Vec::new()).await;
    let after = panel.v2(&SERVICES).await.json();
    let (before, after) = (before.as_array().unwrap(), after.as_array().unwrap());
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(after[..before.len()], before[..]);
    assert_snapshot!(after.last().unwrap(), @r#"{"service":5,"name":"Лайки 😀 \"fast\"/cheap","type":"Mentions with Hashtags","rate":"0.00002","min":"10","max":"2000000000","dripfeed":false,"refill":false,"cancel":false,"category":"First Category","desc":"starts at once"}"#);
    panel.finish().await;
}

#[apply(story)]
async fn the_catalogue_is_compressed_for_those_who_ask_and_for_no_others() {
    let panel = TestPanel::start().await;
    let plain = reqwest::Client::builder()
        .no_proxy()
        .no_gzip()
        .build()
        .unwrap();
    let form = [("key", panel.key.as_str()), ("action", "services")];
    let ask = async |accepts: Option<&str>| {
        let mut request = plain.post(&panel.url).form(&form);
        if let Some(accepts) = accepts {
            request = request.header("accept-encoding", accepts);
        }
        let response = request.send().await.unwrap();
        let coding = response.headers().get("content-encoding").cloned();
        let coding = coding.map(|coding| coding.to_str().unwrap().to_owned());
        (coding, response.bytes().await.unwrap())
    };
    let (coding, text) = ask(None).await;
    assert_eq!(coding, None);
    assert!(text.starts_with(br#"[{"service":1,"#));
    for accepts in ["identity", "br", "gzip;q=0", "deflate, br"] {
        assert_eq!(ask(Some(accepts)).await, (None, text.clone()), "{accepts}");
    }
    for accepts in ["gzip", "deflate, gzip", "GZIP;q=0.5, *"] {
        let (coding, bytes) = ask(Some(accepts)).await;
        assert_eq!(coding.as_deref(), Some("gzip"), "{accepts}");
        assert!(bytes.starts_with(&[0x1f, 0x8b]), "{accepts}");
        assert!(bytes.len() < text.len(), "{accepts}");
    }
    // The harness's client asks for gzip and unpacks it.
    let unpacked = panel.v2(&SERVICES).await;
    assert_eq!(unpacked.body.as_bytes(), text);
    expect_headers(&unpacked);
    panel.finish().await;
}

//! "Server-side transaction logs, delivery records, and provider confirmations."

use sha2::{Digest, Sha256};

use super::*;

impl Court {
    async fn evidence(&self, key: &str, face: &str, dispute: &Value) -> Value {
        let path = format!("{face}/disputes/{dispute}/evidence");
        let reply = self.panel.ask(key, Method::GET, &path, None).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let evidence = reply.json();
        // As the documentation says: the digest is that of the compact text.
        let text = evidence["bundle"].to_string();
        let digest = hex::encode(Sha256::digest(text.as_bytes()));
        assert_eq!(evidence["sha256"], digest);
        assert!(reply.body.contains(&text), "not as it was sent");
        evidence
    }

    async fn whole(&self, dispute: &Value) -> Value {
        self.evidence(&self.operator, "/operator/v1", dispute).await
    }

    async fn shown(&self, dispute: &Value) -> Value {
        self.evidence(&self.panel.key, "/api/v3", dispute).await
    }
}

#[apply(story)]
async fn the_evidence_is_every_record_of_the_order() {
    let court = Court::start().await;
    let partial = Script::Partial {
        over_ms: 0,
        delivered_percent: 60,
    };
    let order = court.ended("https://x.test/a", partial).await;
    let dispute = filed(&court.files(order, "not_delivered", "0.10").await);
    let bundle = court.whole(&dispute).await["bundle"].take();
    assert_eq!(bundle["dispute"]["amount"], "0.10");
    let told = &bundle["order"];
    assert_eq!(
        [&told["charge"], &told["refunded"], &told["rate"]],
        ["0.90", "0.36", "0.90"]
    );
    let (start, target) = (&told["start_count"], &told["target_count"]);
    assert_eq!(target.as_i64(), start.as_i64().map(|start| start + 1000));
    let kinds: Vec<&str> = bundle["ledger"]
        .as_array()
        .unwrap()
        .iter()
        .map(|transaction| transaction["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["order_placed", "order_settled"]);
    assert_eq!(
        bundle["ledger"][1]["entries"][1],
        json!({"account": format!("wallet:{}", court.panel.account), "side": "credit", "amount": "0.36"})
    );
    assert_eq!(bundle["refunds"][0]["formula"], "(400 / 1000) * 0.90");
    let statuses: Vec<&str> = bundle["status_history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|seen| seen["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses.last(), Some(&"partial"));
    assert_eq!(bundle["deliveries"][0]["provider_name"], "simulated");
    let exchanges = bundle["provider_exchanges"].as_array().unwrap();
    assert!(exchanges.len() >= 2, "{exchanges:?}");
    assert!(exchanges.iter().all(|exchange| exchange["at"].is_string()));
    assert!(!bundle.to_string().contains(court.panel.provider.key()));
    court.panel.finish().await;
}

#[apply(story)]
async fn a_customer_reads_the_evidence_without_other_customers_and_providers_secrets() {
    let court = Court::start().await;
    let (_, other) = account(&court.panel.panel, "other", "10").await;
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/a"),
        ("quantity", "1000"),
    ];
    let theirs = court.panel.v2_as(&other, &fields).await.order();
    court.panel.work().await;
    let order = court.completed("https://x.test/a").await;
    let dispute = filed(&court.files(order, "not_delivered", "0.10").await);
    let whole = court.whole(&dispute).await["bundle"].take();
    assert_eq!(whole["orders_of_others"][0]["order_id"], theirs);
    let shown = court.shown(&dispute).await["bundle"].take();
    let text = shown.to_string();
    let address = court.panel.provider.url();
    for secret in [
        "orders_of_others",
        "provider_name",
        "provider_charge",
        "simulated",
        "\"request\"",
        "\"reply\"",
        court.panel.provider.key(),
        &address,
    ] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
    let confirmed: Vec<&Value> = shown["provider_exchanges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|exchange| &exchange["confirmed"])
        .collect();
    assert!(
        confirmed.iter().any(|said| said["status"] == "Completed"),
        "{confirmed:?}"
    );
    assert!(confirmed.iter().all(|said| said["charge"].is_null()));
    assert_eq!(shown["ledger"], whole["ledger"]);
    court.panel.finish().await;
}

#[apply(story)]
async fn the_evidence_of_a_decision_is_kept_as_it_was() {
    let court = Court::start().await;
    let order = court.completed("https://x.test/a").await;
    let dispute = filed(&court.files(order, "not_delivered", "0.10").await);
    let open = court.whole(&dispute).await;
    assert_eq!(open["kept"], false);
    court.panel.advance(HOUR);
    // As long as it is open, it is of the moment.
    assert_ne!(court.whole(&dispute).await["sha256"], open["sha256"]);
    let yes = json!({"outcome": "uphold", "reason": "they are right"});
    assert_eq!(court.decides(&dispute, yes).await.status, 200);
    let (whole, shown) = (court.whole(&dispute).await, court.shown(&dispute).await);
    assert_eq!(
        (&whole["kept"], &shown["kept"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(whole["bundle"]["order"]["refunded"], "0.00");
    court.panel.advance(HOUR);
    assert_eq!(court.whole(&dispute).await, whole);
    assert_eq!(court.shown(&dispute).await, shown);
    // The audit log has its digest.
    let log = "SELECT became FROM audit_log ORDER BY id DESC LIMIT 1";
    let became = texts(&court.panel, log).await[0].clone();
    let became: Value = serde_json::from_str(&became).unwrap();
    assert_eq!(became["evidence_sha256"], whole["sha256"]);
    court.panel.finish().await;
}

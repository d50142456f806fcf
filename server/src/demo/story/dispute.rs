//! How the demo's customer disputes a charge, and what it is decided on.

use anstream::println;
use anyhow::Result;
use serde_json::{Value, json};

use super::{Stage, answer};
use crate::demo::screen::verdict;

/// The order whose charge of 0.90 USD is disputed, and how much of it.
const ORDER: &str = "1";
const AMOUNT: &str = "0.20";

/// What the evidence is made of, as the story names it.
const RECORDS: [(&str, &str); 4] = [
    ("ledger", "ledger transactions"),
    ("status_history", "changes of its status"),
    ("deliveries", "delivery"),
    ("provider_exchanges", "exchanges with the provider"),
];

impl Stage {
    /// Disputes a charge, shows the evidence, and has the operator decide. Gives whether what was
    /// upheld came back, and no second dispute was taken.
    pub(super) async fn dispute(&self) -> Result<bool> {
        let order = self.read(&format!("/api/v3/orders/{ORDER}")).await?;
        let until = order["dispute_until"].as_str().unwrap_or("?");
        println!("  order {ORDER} was charged 0.90 USD; that can be disputed until {until}");
        let why = "The service was offered for 0.70 USD when I ordered.";
        let filed = json!({"reason": "wrong_charge", "amount": AMOUNT, "description": why});
        let path = format!("/api/v3/orders/{ORDER}/disputes");
        let dispute = self.write(&self.key, &path, &filed).await?;
        let id = &dispute["dispute_id"];
        let state = |of: &Value| of["state"].as_str().unwrap_or("?").to_owned();
        println!("  dispute {id}  {}, {AMOUNT} USD: {why:?}", state(&dispute));
        let again = self.write(&self.key, &path, &filed).await?;
        let refused = again["code"] == "dispute_open";
        let message = again["message"].as_str().unwrap_or("?");
        verdict(refused, &format!("a second one is refused: {message}"));
        self.show_evidence(id).await?;
        let upheld = json!({"outcome": "uphold", "reason": "the catalogue of that hour says 0.70"});
        let path = format!("/operator/v1/disputes/{id}/decision");
        let decided = self.write(&self.operator_key, &path, &upheld).await?;
        let decision = &decided["decision"];
        let reason = decision["reason"].as_str().unwrap_or("?");
        println!("  dispute {id}  {}: {reason:?}", state(&decided));
        let kept = self
            .read(&format!("/api/v3/disputes/{id}/evidence"))
            .await?;
        let holds = decision["refunded"] == AMOUNT && kept["kept"] == true;
        let sha256 = kept["sha256"].as_str().unwrap_or("?");
        verdict(
            holds,
            &format!("{AMOUNT} USD came back, and the evidence is kept, SHA-256 {sha256}"),
        );
        Ok(refused && holds)
    }

    /// Prints the evidence as the customer reads it.
    async fn show_evidence(&self, id: &Value) -> Result<()> {
        let evidence = self
            .read(&format!("/api/v3/disputes/{id}/evidence"))
            .await?;
        let bundle = &evidence["bundle"];
        let order = &bundle["order"];
        println!(
            "  evidence   {} of {} delivered; counted {} before, {} is the target",
            bundle["deliveries"][0]["quantity"],
            order["total_quantity"],
            order["start_count"],
            order["target_count"],
        );
        for entry in bundle["ledger"][0]["entries"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let text = |field: &str| entry[field].as_str().unwrap_or("?");
            println!(
                "             {:<7} {:<9} {}",
                text("side"),
                text("account"),
                text("amount")
            );
        }
        for (record, name) in RECORDS {
            let rows = bundle[record].as_array().map_or(0, Vec::len);
            println!("             {rows:>2} {name}");
        }
        let said = bundle["provider_exchanges"].as_array();
        if let Some(last) = said.and_then(|said| said.last()) {
            println!(
                "             the provider last confirmed {}",
                last["confirmed"]
            );
        }
        Ok(())
    }

    /// Asks the typed API to do something, with this key.
    async fn write(&self, key: &str, path: &str, body: &Value) -> Result<Value> {
        let url = format!("{}{path}", self.base());
        answer(self.http.post(url).bearer_auth(key).json(body)).await
    }
}

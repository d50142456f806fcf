//! What drops after its end: refilled because its customer asks, and because the panel counts.

use anstream::println;
use anyhow::Result;
use serde_json::Value;

use super::{LOOK, Stage, TOO_LONG, answer};
use crate::demo::cast::{COUNTED, COUNTED_LINK, DROPS};
use crate::demo::screen::verdict;

/// How many units fall away from the target that is counted.
const FALLEN: i64 = 200;

impl Stage {
    /// Asks for the refill of the order that drops, and follows it.
    pub(super) async fn refill(&self, placed: &[(usize, i64)]) -> Result<bool> {
        let dropped = placed.iter().find(|(index, _)| *index == DROPS);
        let order = dropped
            .map(|(_, order)| order.to_string())
            .unwrap_or_default();
        let mut refill = Value::Null;
        for _ in 0..TOO_LONG {
            refill = self.ask(&[("action", "refill"), ("order", &order)]).await?;
            // "Less than 24 hours ago": two seconds here.
            if refill["refill"].is_string() {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
        let Some(id) = refill["refill"].as_str() else {
            verdict(false, &format!("the refill was not taken: {refill}"));
            return Ok(false);
        };
        println!("  order {order} lost followers; refill {id} is asked for");
        let mut said = String::new();
        for _ in 0..TOO_LONG {
            let status = self
                .ask(&[("action", "refill_status"), ("refill", id)])
                .await?;
            let status = status["status"].as_str().unwrap_or("?").to_owned();
            if status != said {
                println!("  refill {id} is {status}");
            }
            said = status;
            if matches!(said.as_str(), "Completed" | "Rejected" | "Canceled") {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
        verdict(said == "Completed", "the refill is completed");
        Ok(said == "Completed")
    }

    /// Lets units fall away from the target that the panel counts.
    pub(super) fn let_drop(&self) {
        self.provider.drop_units(COUNTED_LINK, FALLEN);
    }

    /// Follows the refill that the panel files by itself, and shows what it counted.
    pub(super) async fn counted(&self, placed: &[(usize, i64)]) -> Result<bool> {
        let counted = placed.iter().find(|(index, _)| *index == COUNTED);
        let order = counted.map(|(_, order)| *order).unwrap_or_default();
        let mut refill = Value::Null;
        for _ in 0..TOO_LONG {
            let path = format!("/api/v3/orders/{order}/refills");
            refill = self.read(&path).await?["refills"][0].take();
            if refill["ended_at"].is_string() {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
        let url = format!("{}/operator/v1/orders/{order}/count-checks", self.base());
        let seen = answer(self.http.get(url).bearer_auth(&self.operator_key)).await?;
        let look = &seen["count_checks"][0];
        println!(
            "  order {order}: {} before, {} delivered, {} counted: {} fell away",
            look["start_count"], look["delivered"], look["current_count"], look["dropped"]
        );
        let holds = look["dropped"] == FALLEN
            && look["refill_id"] == refill["refill_id"]
            && refill["automatic"] == true
            && refill["status"] == "completed";
        let id = &refill["refill_id"];
        verdict(
            holds,
            &format!("refill {id} was filed by the panel, and is completed"),
        );
        Ok(holds)
    }
}

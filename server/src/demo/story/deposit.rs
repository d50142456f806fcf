//! How the demo's customer comes to their money.

use anstream::println;
use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{LOOK, Stage, TOO_LONG, answer};
use crate::demo::gateway::{SignedBody, SimulatedPayment, Spelling};
use crate::demo::screen::verdict;
use crate::gateway::PaymentStatus;

/// What the customer brings, and what the wallet shows then.
const AMOUNT: &str = "100";
const IN_WALLET: &str = "100.00";

impl Stage {
    /// Makes a deposit, pays it, and has the gateway tell of it badly. Gives whether it was credited
    /// once.
    pub(super) async fn deposit(&self) -> Result<bool> {
        let url = format!("{}/api/v3/deposits", self.base());
        let body = json!({"amount": AMOUNT, "coin": "trx"});
        let made = self.http.post(url).bearer_auth(&self.key).json(&body);
        let made = answer(made).await?;
        let text = |pointer: &str| made.pointer(pointer).and_then(Value::as_str).unwrap_or("?");
        let (invoice, estimate) = (
            text("/deposit/invoice_url"),
            text("/deposit/quote/estimate"),
        );
        println!("  deposit 1  {AMOUNT} USD, about {estimate} trx, paid at {invoice}");
        for sentence in text("/terms").split_inclusive(". ") {
            println!("             {sentence}");
        }
        let number = invoice.rsplit('/').next().unwrap_or_default();
        let payment = self.gateway.choose(number, "trx");
        let payment = payment
            .context("the invoice cannot be paid")?
            .paid_in_full();
        let held = self.tell(&payment).await?;
        let mut stands = String::new();
        for _ in 0..TOO_LONG {
            let seen = self.read("/api/v3/deposits/1").await?;
            let status = seen["deposit"]["status"].as_str().unwrap_or("?").to_owned();
            if status != stands {
                println!("  deposit 1  {status}");
            }
            stands = status;
            if stands == "credited" {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
        let wallet = self.read("/api/v3/wallet").await?;
        let holds = wallet["balance"] == IN_WALLET;
        let balance = wallet["balance"].as_str().unwrap_or("?");
        verdict(
            holds,
            &format!("credited once: the wallet has {balance} USD"),
        );
        Ok(held && holds)
    }

    /// The gateway's callbacks: out of order, some lost, one twice; and one that is not its own.
    async fn tell(&self, payment: &SimulatedPayment) -> Result<bool> {
        let sending = self
            .gateway
            .set(&payment.clone().at(PaymentStatus::Sending));
        let finished = self
            .gateway
            .set(&payment.clone().at(PaymentStatus::Finished));
        let of = |payment, spelling| self.gateway.callback(payment, spelling);
        let forged = SignedBody {
            signature: of(&sending, Spelling::Sorted).signature,
            ..of(&finished, Spelling::Sorted)
        };
        let told = [
            ("finished", of(&finished, Spelling::Exponents), "200"),
            ("finished, again", of(&finished, Spelling::Exponents), "200"),
            ("sending, late", of(&sending, Spelling::Spaced), "200"),
            ("forged", forged, "401"),
        ];
        let url = format!("{}/gateway/nowpayments", self.base());
        let mut held = true;
        for (what, callback, expected) in told {
            let status = callback.deliver(&url).await;
            let status = status.map_or("no answer".to_owned(), |status| status.to_string());
            held &= status == expected;
            verdict(status == expected, &format!("callback {what:<16} {status}"));
        }
        println!("         those of waiting, confirming and confirmed are lost on the way");
        Ok(held)
    }
}

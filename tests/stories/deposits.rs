//! "All deposits are strictly non-refundable": money comes in once, for what arrived, whatever the
//! gateway's callbacks do, and no operation of a customer takes it out.

use harness::{ANYWHERE, HOUR, MINUTE, Reply, TestPanel, alert_kinds, staff, texts};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use smm_panel_server::actor::Role;
use smm_panel_server::demo::gateway::{
    GatewayFault, SignedBody, SimulatedGateway, SimulatedPayment, Spelling,
};
use smm_panel_server::gateway::PaymentStatus;

mod callbacks;
mod children;
mod crediting;
mod deaths;
mod permutations;
mod refused_key;
mod reviews;
mod suspended;
mod withdrawing;

const DAY: i64 = 24 * HOUR;

/// A panel with a gateway that it may ask for lists, or not.
pub(crate) struct Till {
    pub(crate) panel: TestPanel,
    gateway: SimulatedGateway,
    operator: String,
}

impl Till {
    pub(crate) async fn start() -> Till {
        Till::start_with(true).await
    }

    async fn start_with(lists: bool) -> Till {
        let gateway = SimulatedGateway::start(ANYWHERE).await.unwrap();
        let panel = TestPanel::start_with(|config| {
            harness::use_gateway(config, &gateway.url());
            if !lists {
                (config.nowpayments_email, config.nowpayments_password) = (None, None);
            }
        })
        .await;
        let (_, operator) = staff(&panel.panel, Role::Operator, "olga").await;
        Till {
            panel,
            gateway,
            operator,
        }
    }

    /// The customer asks for a deposit.
    pub(crate) async fn create(&self, body: Value) -> Reply {
        let path = "/api/v3/deposits";
        let key = &self.panel.key;
        self.panel.ask(key, Method::POST, path, Some(body)).await
    }

    /// A deposit of 20 USD whose payer has chosen trx, of which it takes 80.
    pub(crate) async fn deposit(&self) -> (i64, SimulatedPayment) {
        let made = self.create(json!({"amount": "20"})).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let id = made.json()["deposit"]["deposit_id"].as_i64().unwrap();
        let invoice = self.gateway.invoices().last().unwrap().id.to_string();
        (id, self.gateway.choose(&invoice, "trx").unwrap())
    }

    async fn view(&self, deposit: i64) -> Value {
        let path = format!("/api/v3/deposits/{deposit}");
        let reply = self
            .panel
            .ask(&self.panel.key, Method::GET, &path, None)
            .await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()
    }

    /// Where a deposit stands, and what was credited of it.
    pub(crate) async fn stands(&self, deposit: i64) -> String {
        let view = self.view(deposit).await;
        let word = |field: &str| view["deposit"][field].as_str().unwrap().to_owned();
        format!("{} {}", word("status"), word("credited"))
    }

    /// What the gateway says of a payment from now on; and it tells us. Gives what it told.
    pub(crate) async fn becomes(
        &self,
        payment: &SimulatedPayment,
        status: PaymentStatus,
    ) -> SimulatedPayment {
        let now = self.gateway.set(&payment.clone().at(status));
        self.told(&now).await;
        now
    }

    /// The gateway tells of a payment.
    pub(crate) async fn told(&self, payment: &SimulatedPayment) {
        let callback = self.gateway.callback(payment, Spelling::Sorted);
        assert_eq!(self.call_back(&callback).await, 200);
        self.panel.work().await;
    }

    async fn call_back(&self, callback: &SignedBody) -> u16 {
        self.send(Some(&callback.signature), callback.body.clone().into())
            .await
    }

    /// Sends what may be a callback.
    async fn send(&self, signature: Option<&str>, body: Vec<u8>) -> u16 {
        let url = self.panel.url.replace("/api/v2", "/gateway/nowpayments");
        let mut request = self.panel.http().post(url).body(body);
        if let Some(signature) = signature {
            request = request.header("x-nowpayments-sig", signature);
        }
        self.panel.send(request).await.status
    }

    /// The operator asks.
    async fn asks(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let path = format!("/operator/v1{path}");
        self.panel.ask(&self.operator, method, &path, body).await
    }

    /// The reviews that wait, each as its reason, what is proved and what is credited.
    pub(crate) async fn reviews(&self) -> Vec<String> {
        let listed = self
            .asks(Method::GET, "/deposit-reviews", None)
            .await
            .json();
        let of = |review: &Value| {
            let proved = review["proved"].as_str().unwrap_or("?");
            let word = |field: &str| review[field].as_str().unwrap().to_owned();
            format!("{} {proved} {}", word("reason"), word("credited"))
        };
        listed["reviews"]
            .as_array()
            .unwrap()
            .iter()
            .map(of)
            .collect()
    }

    /// What the ledger has of deposits, in order: kind, reference and amount.
    async fn ledger(&self) -> Vec<String> {
        let sql = "SELECT t.kind || ' ' || t.reference || ' ' || CAST(e.amount_nano AS TEXT) \
                   FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id \
                   WHERE t.kind LIKE 'deposit%' AND e.line = 1 ORDER BY t.id";
        texts(&self.panel, sql).await
    }

    /// Much later, all at once.
    async fn later(&self, ms: i64) {
        self.panel.advance(ms);
        self.panel.work().await;
    }

    pub(crate) async fn finish(self) {
        self.gateway.stop().await;
        self.panel.finish().await;
    }
}

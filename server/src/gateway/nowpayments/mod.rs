//! NOWPayments: payers choose a coin on the page of an invoice, and it tells us by callbacks.
//!
//! Neither of its ways to make something can be repeated safely; an invoice that nobody has the
//! address of harms nobody. Finding payments of which no callback came takes the account's e-mail
//! address and password: its lists are not for API keys.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Number, Value, json};
use tokio::sync::Mutex;
use url::Url;

use super::{
    Callback, CallbackRefused, Gateway, GatewayError, GatewayName, Invoice, NewInvoice, Payment,
    Quote,
};
use crate::error::{Failure, Result as PanelResult};
use crate::money::Money;

mod canonical;
mod said;
mod signature;

use canonical::Json;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);
/// The largest answer that is read, in bytes.
const MAX_BODY: usize = 1024 * 1024;
/// Payments per page of a list.
const PAGE: usize = 100;
/// How many pages of payments to one invoice are read at most.
const MAX_PAGES: usize = 10;
/// How much of a refusal is told, in characters.
const MAX_TOLD: usize = 200;

/// What an account at NOWPayments is used with.
pub struct Access {
    /// Where its API is, such as `https://api.nowpayments.io/v1`.
    pub base: Url,
    /// The account's API key.
    pub api_key: SecretString,
    /// Under which its callbacks are signed.
    pub ipn_secret: SecretString,
    /// The account's e-mail address and password.
    pub login: Option<(String, SecretString)>,
}

/// The client of NOWPayments.
pub struct NowPayments {
    http: reqwest::Client,
    access: Access,
    /// What the last sign-in gave; it is good for minutes.
    token: Mutex<Option<SecretString>>,
}

impl NowPayments {
    /// A client with its own pool of connections.
    pub fn new(access: Access) -> PanelResult<NowPayments> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT)
            .user_agent(concat!("smm-panel/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|fault| Failure::Stored(format!("no HTTP client: {fault}")))?;
        Ok(NowPayments {
            http,
            access,
            token: Mutex::new(None),
        })
    }

    fn request(&self, method: Method, path: &str, query: &[(&str, &str)]) -> RequestBuilder {
        let base = self.access.base.as_str().trim_end_matches('/');
        let key = self.access.api_key.expose_secret();
        let request = self.http.request(method, format!("{base}{path}"));
        request.query(query).header("x-api-key", key)
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Json, GatewayError> {
        answer(self.request(Method::GET, path, query)).await
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Json, GatewayError> {
        answer(self.request(Method::POST, path, &[]).json(body)).await
    }

    /// A token for lists: the one that there is, or, if that was refused, a new one.
    async fn token(&self, refused: bool) -> Result<Option<SecretString>, GatewayError> {
        let Some((email, password)) = &self.access.login else {
            return Ok(None);
        };
        let mut token = self.token.lock().await;
        if refused {
            *token = None;
        }
        if token.is_none() {
            let body = json!({"email": email, "password": password.expose_secret()});
            let json = self.post("/auth", &body).await?;
            let given = said::text(&json, "token").ok_or_else(|| lacks("token"))?;
            *token = Some(SecretString::from(given));
        }
        Ok(token.clone())
    }

    /// One page of the rows of payments to an invoice.
    async fn page(
        &self,
        token: &SecretString,
        invoice: &str,
        page: usize,
    ) -> Result<Vec<Json>, GatewayError> {
        let (limit, page) = (PAGE.to_string(), page.to_string());
        let query = [
            ("invoiceId", invoice),
            ("limit", limit.as_str()),
            ("page", page.as_str()),
        ];
        let request = self.request(Method::GET, "/payment/", &query);
        let json = answer(request.bearer_auth(token.expose_secret())).await?;
        match json.get("data") {
            Some(Json::Array(rows)) => Ok(rows.clone()),
            _ => Err(lacks("data")),
        }
    }

    async fn pages(
        &self,
        token: &SecretString,
        invoice: &str,
    ) -> Result<Vec<Payment>, GatewayError> {
        let mut payments = Vec::new();
        for page in 0..MAX_PAGES {
            let rows = self.page(token, invoice, page).await?;
            let found = rows.iter().filter_map(said::payment);
            // The documented rows name no invoice. Those that name another are everybody's
            // payments, from a gateway that forgot the filter.
            let is_ours =
                |payment: &Payment| payment.invoice.as_deref().is_none_or(|of| of == invoice);
            payments.extend(found.filter(is_ours));
            if rows.len() < PAGE {
                break;
            }
        }
        Ok(payments)
    }
}

#[async_trait]
impl Gateway for NowPayments {
    fn name(&self) -> GatewayName {
        GatewayName::NowPayments
    }

    async fn quote(&self, amount: Money, coin: &str) -> Result<Quote, GatewayError> {
        let dollars = amount.to_string();
        let query = [
            ("amount", dollars.as_str()),
            ("currency_from", "usd"),
            ("currency_to", coin),
        ];
        let estimate = self.get("/estimate", &query).await?;
        let query = [("currency_from", coin), ("fiat_equivalent", "usd")];
        let minimum = self.get("/min-amount", &query).await?;
        Ok(Quote {
            estimate: said::amount(&estimate, "estimated_amount")
                .ok_or_else(|| lacks("estimated_amount"))?,
            minimum: said::amount(&minimum, "min_amount").ok_or_else(|| lacks("min_amount"))?,
            minimum_usd: said::amount(&minimum, "fiat_equivalent"),
        })
    }

    async fn create_invoice(&self, new: &NewInvoice) -> Result<Invoice, GatewayError> {
        // The digits as they are: a binary float would be another price.
        let price: Number = new
            .amount
            .to_string()
            .parse()
            .map_err(|_| GatewayError::Unreadable("the amount is no number".to_owned()))?;
        let mut body = json!({
            "price_amount": price,
            "price_currency": "usd",
            "order_id": new.order,
            "order_description": new.description,
        });
        if let Some(coin) = &new.coin {
            body["pay_currency"] = json!(coin);
        }
        if let Some(url) = &new.callback_url {
            body["ipn_callback_url"] = json!(url);
        }
        let made = self.post("/invoice", &body).await?;
        let url = said::text(&made, "invoice_url").ok_or_else(|| lacks("invoice_url"))?;
        // A simulated gateway is at http://; no other page may be.
        let own = self.access.base.scheme();
        if !Url::parse(&url).is_ok_and(|url| url.scheme() == "https" || url.scheme() == own) {
            return Err(lacks("invoice_url that begins with https://"));
        }
        Ok(Invoice {
            id: said::id(&made, "id").ok_or_else(|| lacks("id"))?,
            url,
        })
    }

    async fn payment(&self, payment_id: &str) -> Result<Payment, GatewayError> {
        let json = self.get(&format!("/payment/{payment_id}"), &[]).await?;
        let payment = said::payment(&json).ok_or_else(|| lacks("payment_id"))?;
        if payment.id == payment_id {
            Ok(payment)
        } else {
            let why = format!("it is about payment {}", payment.id);
            Err(GatewayError::Unreadable(why))
        }
    }

    async fn payments_to(&self, invoice_id: &str) -> Result<Option<Vec<Payment>>, GatewayError> {
        let Some(token) = self.token(false).await? else {
            return Ok(None);
        };
        match self.pages(&token, invoice_id).await {
            // The token was good for some minutes.
            Err(GatewayError::Refused(_) | GatewayError::KeyRefused(_)) => {
                let Some(token) = self.token(true).await? else {
                    return Ok(None);
                };
                self.pages(&token, invoice_id).await.map(Some)
            }
            found => found.map(Some),
        }
    }

    fn read_callback(
        &self,
        signature: Option<&[u8]>,
        body: &[u8],
    ) -> Result<Callback, CallbackRefused> {
        let json = signature::prove(&self.access.ipn_secret, signature, body)?;
        said::callback(&json)
    }
}

fn lacks(field: &str) -> GatewayError {
    GatewayError::Unreadable(format!("it has no {field}"))
}

/// Sends `request` and reads the answer.
async fn answer(request: RequestBuilder) -> Result<Json, GatewayError> {
    let busy = |fault: reqwest::Error| GatewayError::Busy {
        // The URL may hold what is asked about; who reads the log knows where the gateway is.
        why: fault.without_url().to_string(),
        retry_after_ms: None,
    };
    let mut response = request.send().await.map_err(busy)?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(busy)? {
        if body.len() + chunk.len() > MAX_BODY {
            let why = format!("an answer of over {MAX_BODY} bytes");
            return Err(GatewayError::Unreadable(why));
        }
        body.extend_from_slice(&chunk);
    }
    let status = response.status();
    if status.is_success() {
        return Json::parse(&body).map_err(GatewayError::Unreadable);
    }
    let told = told(&body);
    let passes = status.is_server_error()
        || matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
        );
    Err(if passes {
        GatewayError::Busy {
            why: format!("HTTP {status}: {told}"),
            retry_after_ms: retry_after_ms(response.headers()),
        }
    } else if status == StatusCode::NOT_FOUND {
        GatewayError::Unknown
    } else if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        GatewayError::KeyRefused(format!("HTTP {status}: {told}"))
    } else {
        GatewayError::Refused(format!("HTTP {status}: {told}"))
    })
}

/// The message of a refusal, or the beginning of what came instead.
fn told(body: &[u8]) -> String {
    let message = Json::parse(body).ok();
    let message = message.and_then(|json| said::text(&json, "message"));
    let message = message.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned());
    message.chars().take(MAX_TOLD).collect()
}

fn retry_after_ms(headers: &HeaderMap) -> Option<i64> {
    let seconds: i64 = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    seconds.max(0).checked_mul(1_000)
}

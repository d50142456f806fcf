//! The HTTP side of the simulated gateway, spelled as the documentation of NOWPayments shows it: ids
//! are texts in one place and numbers in another.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use poem::http::{Method, StatusCode};
use poem::{Endpoint, Request, Response, Route};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::body::{Said, Spelling, fields, write_spelled};
use super::books::{Books, SeenInvoice};
use super::{GatewayFault, SimulatedGateway, held};

/// The largest body that is read, in bytes.
const MAX_BODY: usize = 64 * 1024;
/// What signing in gives.
const TOKEN: &str = "simulated-token";

struct Api {
    books: Arc<Mutex<Books>>,
    address: SocketAddr,
}

pub(super) fn routes(books: &Arc<Mutex<Books>>, address: SocketAddr) -> Route {
    let api = Api {
        books: Arc::clone(books),
        address,
    };
    Route::new().nest("/", api)
}

/// What was asked, taken apart.
struct Asked {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    body: Value,
    has_key: bool,
    has_token: bool,
}

impl Asked {
    fn parameter(&self, name: &str) -> &str {
        let found = self.query.iter().find(|(given, _)| given == name);
        found.map_or("", |(_, value)| value)
    }

    fn field(&self, name: &str) -> Option<String> {
        match self.body.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

impl Endpoint for Api {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let body = request.take_body().into_bytes_limit(MAX_BODY).await?;
        let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok());
        let query = request.uri().query().unwrap_or_default();
        let asked = Asked {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            query: url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            body: serde_json::from_slice(&body).unwrap_or_default(),
            has_key: header("x-api-key") == Some(SimulatedGateway::API_KEY),
            has_token: header("authorization") == Some(&format!("Bearer {TOKEN}")),
        };
        Ok(self.answer(&asked))
    }
}

impl Api {
    fn answer(&self, asked: &Asked) -> Response {
        if let Some(invoice) = asked.path.strip_prefix("/payment-page/") {
            return page(invoice);
        }
        let Some(path) = asked.path.strip_prefix("/v1") else {
            return refused(StatusCode::NOT_FOUND, "Not Found");
        };
        let mut books = held(&self.books);
        if let Some(GatewayFault::Http(status, body)) = books.fault(path) {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            return Response::builder().status(status).body(body);
        }
        if path == "/auth" {
            return signed_in(asked);
        }
        if !asked.has_key {
            return refused(StatusCode::FORBIDDEN, "Invalid api key");
        }
        match (&asked.method, path) {
            (&Method::GET, "/estimate") => estimate(&books, asked),
            (&Method::GET, "/min-amount") => minimum(&books, asked),
            (&Method::POST, "/invoice") => self.invoice(&mut books, asked),
            (&Method::GET, "/payment/") => list(&books, asked),
            (&Method::GET, path) => match path.strip_prefix("/payment/") {
                Some(id) => payment(&books, id),
                None => refused(StatusCode::NOT_FOUND, "Not Found"),
            },
            _ => refused(StatusCode::NOT_FOUND, "Not Found"),
        }
    }

    fn invoice(&self, books: &mut Books, asked: &Asked) -> Response {
        let price = asked
            .field("price_amount")
            .and_then(|text| text.parse().ok());
        let (Some(price), Some(order)) = (price, asked.field("order_id")) else {
            return refused(StatusCode::BAD_REQUEST, "price_amount is required");
        };
        let coin = asked.field("pay_currency");
        if coin
            .as_ref()
            .is_some_and(|coin| !books.coins.contains_key(coin))
        {
            return refused(StatusCode::BAD_REQUEST, "Currency was not found");
        }
        let callback_url = asked.field("ipn_callback_url");
        let id = books.open(SeenInvoice {
            id: 0,
            order: order.clone(),
            price,
            coin: coin.clone(),
            callback_url: callback_url.clone(),
        });
        let body = json!({
            "id": id.to_string(),
            "token_id": "5100000001",
            "order_id": order,
            "order_description": asked.field("order_description"),
            "price_amount": price.to_string(),
            "price_currency": "usd",
            "pay_currency": coin,
            "ipn_callback_url": callback_url,
            "invoice_url": format!("http://{}/payment-page/{id}", self.address),
            "success_url": null,
            "cancel_url": null,
            "partially_paid_url": null,
            "payout_currency": null,
            "created_at": "2026-11-01T00:00:00.000Z",
            "updated_at": "2026-11-01T00:00:00.000Z",
            "is_fixed_rate": false,
            "is_fee_paid_by_user": false,
        });
        answered(StatusCode::CREATED, body.to_string())
    }
}

/// The page that a payer would choose a coin on.
fn page(invoice: &str) -> Response {
    let invoice: String = invoice.chars().filter(char::is_ascii_digit).collect();
    let html = format!(
        "<!doctype html><title>Simulated payment</title><h1>Invoice {invoice}</h1><p>Here a payer \
         would choose a coin, and be shown an address. Nothing is paid here: the gateway is \
         simulated."
    );
    Response::builder()
        .content_type("text/html; charset=utf-8")
        .body(html)
}

fn signed_in(asked: &Asked) -> Response {
    let given = (asked.field("email"), asked.field("password"));
    let (email, password) = SimulatedGateway::LOGIN;
    if given == (Some(email.to_owned()), Some(password.to_owned())) {
        answered(StatusCode::OK, json!({"token": TOKEN}).to_string())
    } else {
        refused(StatusCode::FORBIDDEN, "Access denied")
    }
}

fn estimate(books: &Books, asked: &Asked) -> Response {
    let amount: Option<Decimal> = asked.parameter("amount").parse().ok();
    let coin = books.coins.get(asked.parameter("currency_to"));
    let (Some(amount), Some(coin)) = (amount, coin) else {
        return refused(StatusCode::BAD_REQUEST, "Currency was not found");
    };
    let estimated = amount.checked_div(coin.worth).unwrap_or_default();
    let body = json!({
        "currency_from": "usd",
        "amount_from": amount.to_string(),
        "currency_to": asked.parameter("currency_to"),
        "estimated_amount": estimated.round_dp(8).normalize().to_string(),
    });
    answered(StatusCode::OK, body.to_string())
}

fn minimum(books: &Books, asked: &Asked) -> Response {
    let name = asked.parameter("currency_from");
    let Some(coin) = books.coins.get(name) else {
        return refused(StatusCode::BAD_REQUEST, "Currency was not found");
    };
    let number = |number: Decimal| -> Value {
        serde_json::from_str(&number.normalize().to_string()).unwrap_or_default()
    };
    let worth = coin.least.checked_mul(coin.worth).unwrap_or_default();
    let body = json!({
        "currency_from": name,
        "currency_to": name,
        "min_amount": number(coin.least),
        "fiat_equivalent": number(worth),
    });
    answered(StatusCode::OK, body.to_string())
}

fn payment(books: &Books, id: &str) -> Response {
    let found = id.parse().ok().and_then(|id: i64| books.payments.get(&id));
    let Some(payment) = found else {
        return refused(StatusCode::NOT_FOUND, "Payment not found");
    };
    let mut body = String::new();
    let mut said = fields(payment);
    said.push(("burning_percent", Said::Text("null".to_owned())));
    write_spelled(&Said::Object(said), Spelling::Unsorted, &mut body);
    answered(StatusCode::OK, body)
}

fn list(books: &Books, asked: &Asked) -> Response {
    if !asked.has_token {
        return refused(StatusCode::UNAUTHORIZED, "Authorization is required");
    }
    let number = |name: &str| asked.parameter(name).parse::<usize>().ok();
    let invoice: Option<i64> = asked.parameter("invoiceId").parse().ok();
    let (limit, page) = (number("limit").unwrap_or(10), number("page").unwrap_or(0));
    let of_invoice = books
        .payments
        .values()
        .filter(|payment| invoice.is_none_or(|invoice| payment.invoice == invoice));
    let rows = of_invoice.skip(page * limit).take(limit);
    let rows = rows.map(|payment| Said::Object(fields(payment))).collect();
    let mut body = String::new();
    let said = Said::Object(vec![("data", Said::List(rows))]);
    write_spelled(&said, Spelling::Unsorted, &mut body);
    answered(StatusCode::OK, body)
}

fn answered(status: StatusCode, body: String) -> Response {
    Response::builder()
        .status(status)
        .content_type("application/json")
        .body(body)
}

fn refused(status: StatusCode, message: &str) -> Response {
    let body = json!({"status": false, "statusCode": status.as_u16(), "message": message});
    answered(status, body.to_string())
}

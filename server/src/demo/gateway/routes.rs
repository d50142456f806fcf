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
use crate::gateway::PaymentStatus;

/// The largest body that is read, in bytes.
const MAX_BODY: usize = 64 * 1024;
/// Where the pages of invoices begin.
const PAGE: &str = "/payment-page/";
const SECRET: &str = SimulatedGateway::IPN_SECRET;
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
        if let (&Method::POST, Some(invoice)) = (&asked.method, paid_page(&asked.path)) {
            let form = url::form_urlencoded::parse(&body);
            let coin = form.into_owned().find(|(name, _)| name == "coin");
            let coin = coin.map_or_else(|| "trx".to_owned(), |(_, coin)| coin);
            return Ok(self.pay(invoice, &coin).await);
        }
        Ok(self.answer(&asked))
    }
}

/// The invoice whose page is paid by a request of this path.
fn paid_page(path: &str) -> Option<&str> {
    path.strip_prefix(PAGE)?.strip_suffix("/pay")
}

impl Api {
    fn answer(&self, asked: &Asked) -> Response {
        if let Some(invoice) = asked.path.strip_prefix(PAGE) {
            return page(&held(&self.books), invoice);
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

    /// Pays an invoice in full, and tells of it.
    async fn pay(&self, invoice: &str, coin: &str) -> Response {
        let told = {
            let mut books = held(&self.books);
            let Some(payment) = books.choose(invoice, coin) else {
                return refused(StatusCode::NOT_FOUND, "There is no such invoice, or coin");
            };
            let payment = books.set(&payment.paid_in_full().at(PaymentStatus::Finished));
            let url = books.callbacks_of(payment.invoice);
            url.map(|url| {
                (
                    super::body::signed(&payment, Spelling::Unsorted, SECRET),
                    url,
                )
            })
        };
        let said = match told {
            Some((callback, url)) => match callback.deliver(&url).await {
                Some(status) => format!("The panel was told, and answered with HTTP {status}."),
                None => "The panel was told, and did not answer.".to_owned(),
            },
            None => "Nobody was told: the invoice does not say whom.".to_owned(),
        };
        html(&format!("<h1>Paid with {coin}</h1><p>{said}"))
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
            "invoice_url": format!("http://{}{PAGE}{id}", self.address),
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

/// The page that a payer chooses a coin on.
fn page(books: &Books, invoice: &str) -> Response {
    let found = invoice
        .parse()
        .ok()
        .and_then(|id: i64| books.invoices.get(&id));
    let Some(invoice) = found else {
        return refused(StatusCode::NOT_FOUND, "There is no such invoice");
    };
    let coins = books.coins.keys().filter(|coin| {
        let only = invoice.coin.as_ref();
        only.is_none_or(|only| only == *coin)
    });
    let buttons: String = coins
        .map(|coin| format!("<button name=\"coin\" value=\"{coin}\">Pay with {coin}</button> "))
        .collect();
    let (id, price) = (invoice.id, invoice.price);
    html(&format!(
        "<h1>Invoice {id}: {price} USD</h1><p>The gateway is simulated: nothing is really paid.\
         <form method=\"post\" action=\"{PAGE}{id}/pay\">{buttons}</form>"
    ))
}

fn html(body: &str) -> Response {
    Response::builder()
        .content_type("text/html; charset=utf-8")
        .body(format!(
            "<!doctype html><title>Simulated payment</title>{body}"
        ))
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
    // The documented rows name no invoice.
    let row = |payment| {
        let mut fields = fields(payment);
        fields.retain(|(name, _)| *name != "invoice_id");
        Said::Object(fields)
    };
    let rows = rows.map(row).collect();
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

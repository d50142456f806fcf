use std::net::{Ipv4Addr, SocketAddr};

use secrecy::SecretString;

use super::*;
use crate::gateway::{
    Access, Callback, Gateway, GatewayError, NewInvoice, NowPayments, Payment, PaymentStatus,
};
use crate::money::Money;

async fn started() -> (SimulatedGateway, NowPayments) {
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let simulated = SimulatedGateway::start(anywhere).await.unwrap();
    let (email, password) = SimulatedGateway::LOGIN;
    let client = NowPayments::new(Access {
        base: simulated.url().parse().unwrap(),
        api_key: SecretString::from(SimulatedGateway::API_KEY),
        ipn_secret: SecretString::from(SimulatedGateway::IPN_SECRET),
        login: Some((email.to_owned(), SecretString::from(password))),
    });
    (simulated, client.unwrap())
}

fn invoice(amount: &str) -> NewInvoice {
    NewInvoice {
        order: "dep_1".to_owned(),
        amount: Money::parse(amount).unwrap(),
        coin: None,
        description: "Deposit 1".to_owned(),
        callback_url: None,
    }
}

#[tokio::test]
async fn the_client_reads_what_it_is_answered() {
    let (simulated, client) = started().await;
    let quote = client.quote(Money::parse("20").unwrap(), "trx").await;
    let quote = quote.unwrap();
    assert_eq!(quote.estimate, Decimal::new(80, 0));
    assert_eq!(quote.minimum, Decimal::new(3, 0));
    assert_eq!(quote.minimum_usd, Some(Decimal::new(75, 2)));
    let unknown = client.quote(Money::parse("20").unwrap(), "doge").await;
    assert!(
        matches!(unknown, Err(GatewayError::Refused(_))),
        "{unknown:?}"
    );

    let made = client.create_invoice(&invoice("20.10")).await.unwrap();
    assert_eq!(simulated.invoices()[0].price, Decimal::new(2010, 2));
    let page = reqwest::get(&made.url).await.unwrap();
    assert!(page.text().await.unwrap().contains(&made.id));

    let waiting = simulated.choose(&made.id, "btc").unwrap();
    let number = waiting.id.to_string();
    let asked = client.payment(&number).await.unwrap();
    assert_eq!(asked.status, Some(PaymentStatus::Waiting));
    assert_eq!(asked.order.as_deref(), Some("dep_1"));
    assert_eq!(asked.invoice.as_deref(), Some(made.id.as_str()));
    assert_eq!(asked.pay_amount, Some(Decimal::new(201, 6)));
    let paid = waiting.paid_in_full().at(PaymentStatus::Finished);
    simulated.set(&paid);
    let later = client.payment(&number).await.unwrap();
    assert_eq!(later.actually_paid, later.pay_amount);
    assert!(later.updated_at > asked.updated_at);

    let other = client.create_invoice(&invoice("3")).await.unwrap();
    simulated.choose(&other.id, "trx").unwrap();
    let found = client.payments_to(&made.id).await.unwrap().unwrap();
    let is_listed = |payment: &Payment| (payment.id.clone(), payment.invoice.clone());
    let found: Vec<_> = found.iter().map(is_listed).collect();
    assert_eq!(found, [(later.id, None)]);
    assert_eq!(client.payment("1").await, Err(GatewayError::Unknown));
    simulated.stop().await;
}

#[tokio::test]
async fn the_client_says_when_to_ask_again() {
    let (simulated, client) = started().await;
    for status in [429, 500, 502, 503] {
        let page = "<html>busy</html>".to_owned();
        simulated.fail_next("/payment", GatewayFault::Http(status, page));
        let answer = client.payment("5800000001").await;
        assert!(
            matches!(answer, Err(GatewayError::Busy { .. })),
            "{answer:?}"
        );
    }
    for body in ["", "<html>", "{}", "[]", r#"{"payment_id":7}"#] {
        simulated.fail_next("/payment", GatewayFault::Http(200, body.to_owned()));
        let answer = client.payment("5800000001").await;
        assert!(
            matches!(answer, Err(GatewayError::Unreadable(_))),
            "{answer:?}"
        );
    }
    let address = simulated.url();
    simulated.stop().await;
    let Err(GatewayError::Busy { why, .. }) = client.payment("5800000001").await else {
        panic!("nobody listens");
    };
    assert!(!why.contains(&address), "{why}");
}

#[tokio::test]
async fn callbacks_are_proved_in_every_spelling() {
    let (simulated, client) = started().await;
    let made = client.create_invoice(&invoice("20")).await.unwrap();
    let payment = simulated.choose(&made.id, "btc").unwrap();
    let payment = payment.paid_in_full().at(PaymentStatus::Finished);
    let payment = simulated.set(&payment);
    let asked = client.payment(&payment.id.to_string()).await.unwrap();
    let mut bodies = std::collections::BTreeSet::new();
    for spelling in Spelling::ALL {
        let SignedBody { body, signature } = simulated.callback(&payment, spelling);
        let read = client.read_callback(Some(signature.as_bytes()), body.as_bytes());
        let Ok(Callback::Payment(told)) = read else {
            panic!("{spelling:?} {read:?}");
        };
        assert_eq!(*told, asked, "{spelling:?}");
        bodies.insert(body);
    }
    assert_eq!(bodies.len(), Spelling::ALL.len());
    simulated.stop().await;
}

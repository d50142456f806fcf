//! Deposits that the gateway sends back while their account is suspended: what was forfeited or kept
//! aside gives first, so that a reinstatement returns exactly what remains.

use super::*;

impl Till {
    async fn suspend(&self) {
        let path = format!("/accounts/{}/suspend", self.panel.account);
        let body = Some(json!({"reason": "resold"}));
        let done = self.asks(Method::POST, &path, body).await;
        assert!(done.status < 300, "{}", done.body);
    }

    /// Gives what came back: of what was forfeited, and of what was deposited meanwhile.
    async fn reinstate(&self) -> String {
        self.panel.check().await;
        let path = format!("/accounts/{}/reinstate", self.panel.account);
        let body = Some(json!({"reason": "a mistake"}));
        let done = self.asks(Method::POST, &path, body).await;
        assert!(done.status < 300, "{}", done.body);
        let json = done.json();
        let word = |field: &str| json[field].as_str().unwrap().to_owned();
        format!("{} {}", word("returned"), word("released_deposits"))
    }

    /// A deposit of 20 USD that is paid.
    async fn paid(&self) -> (i64, SimulatedPayment) {
        let (deposit, payment) = self.deposit().await;
        let payment = payment.paid_in_full();
        self.becomes(&payment, PaymentStatus::Finished).await;
        (deposit, payment)
    }

    /// What was taken back of a deposit's payment, and what was not.
    async fn taken(&self, deposit: i64) -> String {
        let path = format!("/deposits/{deposit}");
        let shown = self.asks(Method::GET, &path, None).await;
        let paid = shown.json()["payments"][0].take();
        let word = |field: &str| paid[field].as_str().unwrap_or("-").to_owned();
        format!("{} {}", word("taken_back"), word("shortfall"))
    }

    /// Spends all of the wallet but `left`, for good.
    async fn spend_all_but(&self, left: &str) {
        let usd = |text: &str| smm_panel_server::money::Money::parse(text).unwrap();
        let spent = usd(&self.panel.balance().await).minus(usd(left)).unwrap();
        let price = spent.to_string();
        let dear = harness::terms(smm_panel_server::protocol::ServiceType::Default, &price);
        let service = self.panel.service(dear, Vec::new()).await;
        let order = self
            .panel
            .order_of(service, &format!("https://x.test/{service}"), 1000)
            .await;
        let path = format!("/manual-orders/{order}/progress");
        let body = Some(json!({"status": "completed"}));
        assert_eq!(self.asks(Method::POST, &path, body).await.status, 200);
    }
}

#[apply(story)]
async fn a_deposit_that_was_sent_back_is_taken_from_what_was_forfeited() {
    let till = Till::start().await;
    let (deposit, payment) = till.paid().await;
    till.suspend().await;
    till.becomes(&payment, PaymentStatus::Refunded).await;
    assert_eq!(till.taken(deposit).await, "20.00 0.00");
    assert_eq!(till.stands_of_staff(deposit).await, "returned");
    // Told again, nothing more is taken.
    till.becomes(&payment, PaymentStatus::Refunded).await;
    assert_eq!(till.reinstate().await, "100.00 0.00");
    assert_eq!(till.panel.balance().await, "100.00");
    assert_eq!(till.reviews().await, ["returned 0.00 20.00"]);
    till.finish().await;
}

impl Till {
    async fn stands_of_staff(&self, deposit: i64) -> String {
        let path = format!("/deposits/{deposit}");
        let shown = self.asks(Method::GET, &path, None).await.json();
        shown["deposit"]["status"].as_str().unwrap().to_owned()
    }
}

#[apply(story)]
async fn what_was_spent_before_is_short_and_the_rest_is_taken() {
    let till = Till::start().await;
    let (deposit, payment) = till.paid().await;
    till.spend_all_but("5").await;
    till.suspend().await;
    till.becomes(&payment, PaymentStatus::Refunded).await;
    assert_eq!(till.taken(deposit).await, "5.00 15.00");
    assert_eq!(till.reinstate().await, "0.00 0.00");
    assert_eq!(till.panel.balance().await, "0.00");
    till.finish().await;
}

#[apply(story)]
async fn of_two_deposits_only_the_one_that_was_sent_back_is_taken() {
    let till = Till::start().await;
    let (one, first) = till.paid().await;
    let (two, second) = till.paid().await;
    till.suspend().await;
    till.becomes(&first, PaymentStatus::Refunded).await;
    assert_eq!(till.taken(one).await, "20.00 0.00");
    assert_eq!(till.reinstate().await, "120.00 0.00");
    // After it, from the wallet again.
    till.becomes(&second, PaymentStatus::Refunded).await;
    assert_eq!(till.taken(two).await, "20.00 0.00");
    assert_eq!(till.panel.balance().await, "100.00");
    till.becomes(&first, PaymentStatus::Refunded).await;
    assert_eq!(till.panel.balance().await, "100.00");
    till.finish().await;
}

#[apply(story)]
async fn what_arrived_while_it_was_suspended_is_taken_from_what_was_kept_aside() {
    let till = Till::start().await;
    let (_, before) = till.paid().await;
    let (kept, during) = till.deposit().await;
    let (_, also) = till.deposit().await;
    till.spend_all_but("7").await;
    till.suspend().await;
    let (during, also) = (during.paid_in_full(), also.paid_in_full());
    till.becomes(&during, PaymentStatus::Finished).await;
    till.becomes(&during, PaymentStatus::Refunded).await;
    assert_eq!(till.taken(kept).await, "20.00 0.00");
    till.panel.check().await;
    till.becomes(&also, PaymentStatus::Finished).await;
    // More than was kept aside: the rest is what was forfeited.
    till.becomes(&before, PaymentStatus::Refunded).await;
    assert_eq!(till.reinstate().await, "7.00 0.00");
    assert_eq!(till.panel.balance().await, "7.00");
    till.finish().await;
}

#[apply(story)]
async fn more_than_was_kept_aside_is_taken_from_what_was_forfeited_too() {
    let till = Till::start().await;
    let made = till.create(json!({"amount": "50"})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let invoice = till.gateway.invoices().last().unwrap().id.to_string();
    let large = till.gateway.choose(&invoice, "trx").unwrap().paid_in_full();
    till.becomes(&large, PaymentStatus::Finished).await;
    let (_, during) = till.deposit().await;
    till.suspend().await;
    till.becomes(&during.paid_in_full(), PaymentStatus::Finished)
        .await;
    till.becomes(&large, PaymentStatus::Refunded).await;
    assert_eq!(till.taken(1).await, "50.00 0.00");
    assert_eq!(till.reinstate().await, "120.00 0.00");
    till.finish().await;
}

#[apply(story)]
async fn what_has_covered_a_chargeback_is_not_taken_a_second_time() {
    let till = Till::start().await;
    let (deposit, payment) = till.paid().await;
    let (_, later) = till.deposit().await;
    let path = format!("/accounts/{}/chargebacks", till.panel.account);
    let chargeback = |reference: &str, amount: &str| {
        Some(json!({"reference": reference, "amount": amount, "reason": "at the bank"}))
    };
    let recorded = till
        .asks(Method::POST, &path, chargeback("CB-1", "105"))
        .await
        .json();
    assert_eq!(recorded["covered"], "105.00");
    // Of 120 that were forfeited 15 are left.
    till.becomes(&payment, PaymentStatus::Refunded).await;
    till.panel.check().await;
    let path_of_deposit = format!("/deposits/{deposit}");
    let shown = till.asks(Method::GET, &path_of_deposit, None).await.json();
    let paid = &shown["payments"][0];
    assert_eq!(
        (&paid["taken_back"], &paid["shortfall"]),
        (&json!("15.00"), &json!("5.00"))
    );
    // What arrives after that is kept aside for nobody, and given back if it is sent back.
    let later = later.paid_in_full();
    till.becomes(&later, PaymentStatus::Finished).await;
    till.becomes(&later, PaymentStatus::Refunded).await;
    let recorded = till
        .asks(Method::POST, &path, chargeback("CB-2", "1"))
        .await
        .json();
    assert_eq!(
        (&recorded["covered"], &recorded["shortfall"]),
        (&json!("0.00"), &json!("1.00"))
    );
    let reinstated = format!("/accounts/{}/reinstate", till.panel.account);
    let body = Some(json!({"reason": "please"}));
    assert_eq!(till.asks(Method::POST, &reinstated, body).await.status, 409);
    till.finish().await;
}

#[apply(story)]
async fn refunds_of_orders_that_end_while_it_is_suspended_stay_with_what_is_forfeited() {
    let till = Till::start().await;
    let (_, payment) = till.paid().await;
    let order = till.panel.order("https://x.test/p", 1000).await;
    till.suspend().await;
    till.becomes(&payment, PaymentStatus::Refunded).await;
    // What was not sent is canceled, and its charge forfeited.
    till.panel.work().await;
    let status = format!("SELECT status FROM orders WHERE id = {order}");
    assert_eq!(texts(&till.panel, &status).await, ["canceled"]);
    assert_eq!(till.reinstate().await, "100.00 0.00");
    assert_eq!(till.panel.balance().await, "100.00");
    till.finish().await;
}

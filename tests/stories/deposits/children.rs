//! Payments that repeat another one and name nothing else: they belong to the deposit of that one.

use super::*;

impl Till {
    /// The payer sends `amount` to the address of `parent` again; the gateway tells of it, and names
    /// nothing but the parent.
    async fn repeated(&self, parent: &SimulatedPayment, amount: &str) -> SimulatedPayment {
        let child = self.gateway.repeat(parent, "trx", amount.parse().unwrap());
        let child = SimulatedPayment {
            actually_paid_fiat: "20".parse().unwrap(),
            ..child.unnamed()
        };
        self.becomes(&child, PaymentStatus::Finished).await;
        child
    }

    /// The reviews that wait, each with the deposit that its payment belongs to.
    async fn of_deposits(&self) -> Vec<String> {
        let listed = self
            .asks(Method::GET, "/deposit-reviews", None)
            .await
            .json();
        let of = |review: &Value| {
            let deposit = review["deposit_id"].as_i64().unwrap_or_default();
            format!("{} {deposit}", review["reason"].as_str().unwrap())
        };
        let reviews = listed["reviews"].as_array().unwrap().iter();
        reviews.map(of).collect()
    }

    async fn add(&self, deposit: i64, payment: &SimulatedPayment) -> u16 {
        let path = format!("/deposits/{deposit}/payments");
        let body = json!({"gateway_payment": payment.id.to_string()});
        let added = self.asks(Method::POST, &path, Some(body)).await.status;
        self.panel.work().await;
        added
    }

    async fn credits(&self, review: i64, amount: &str) -> u16 {
        let path = format!("/deposit-reviews/{review}/decision");
        let body = json!({"outcome": "credit", "amount": amount, "reason": "it arrived"});
        self.asks(Method::POST, &path, Some(body)).await.status
    }
}

#[apply(story)]
async fn a_payment_that_names_only_its_parent_belongs_to_that_ones_deposit() {
    let till = Till::start().await;
    let (other, _) = till.deposit().await;
    let (deposit, payment) = till.deposit().await;
    till.becomes(&payment.clone().paid_in_full(), PaymentStatus::Finished)
        .await;
    let child = till.repeated(&payment, "80").await;
    assert_eq!(till.stands(deposit).await, "in_review 20.00");
    assert_eq!(till.reviews().await, ["repeated 20.00 0.00"]);
    assert_eq!(till.panel.balance().await, "120.00");
    let paid = till.view(deposit).await;
    assert_eq!(paid["payments"].as_array().unwrap().len(), 2, "{paid}");
    let listed = till.asks(Method::GET, "/deposit-reviews", None).await;
    let parent = listed.json()["reviews"][0]["parent_payment"].take();
    assert_eq!(parent, payment.id.to_string());
    // Once, and no more than the gateway proves.
    assert_eq!(till.credits(1, "20.01").await, 409);
    assert_eq!(till.credits(1, "20").await, 200);
    assert_eq!(till.credits(1, "20").await, 409);
    assert_eq!(till.panel.balance().await, "140.00");
    assert_eq!(till.stands(deposit).await, "credited 40.00");
    till.becomes(&child, PaymentStatus::Finished).await;
    till.panel.pass(HOUR).await;
    assert_eq!(till.panel.balance().await, "140.00");
    assert_eq!(till.stands(other).await, "waiting 0.00");
    till.finish().await;
}

#[apply(story)]
async fn a_child_that_comes_before_its_parent_is_bound_when_that_one_is_known() {
    let till = Till::start().await;
    let (deposit, payment) = till.deposit().await;
    let amount = "80".parse().unwrap();
    let child = SimulatedPayment {
        actually_paid_fiat: "20".parse().unwrap(),
        ..till.gateway.repeat(&payment, "trx", amount).unnamed()
    };
    // The gateway says nothing of the parent at first.
    till.gateway.forget(&payment);
    till.becomes(&child, PaymentStatus::Finished).await;
    assert_eq!(till.of_deposits().await, [""; 0]);
    till.gateway
        .set(&payment.clone().paid_in_full().at(PaymentStatus::Finished));
    till.panel.pass(HOUR).await;
    assert_eq!(till.of_deposits().await, [format!("repeated {deposit}")]);
    assert_eq!(till.stands(deposit).await, "in_review 20.00");
    assert_eq!(till.credits(1, "20").await, 200);
    assert_eq!(till.panel.balance().await, "140.00");
    till.becomes(&child, PaymentStatus::Finished).await;
    assert_eq!(till.panel.balance().await, "140.00");
    till.finish().await;
}

#[apply(story)]
async fn a_child_of_a_child_belongs_to_the_deposit_of_the_first() {
    let till = Till::start_with(false).await;
    let (deposit, payment) = till.deposit().await;
    let payment = till
        .gateway
        .set(&payment.paid_in_full().at(PaymentStatus::Finished));
    // The latest first: only the youngest is told of, each other one is named by its child.
    let child = till.gateway.repeat(&payment, "trx", "80".parse().unwrap());
    let child = till
        .gateway
        .set(&child.unnamed().at(PaymentStatus::Finished));
    let youngest = till.gateway.repeat(&child, "trx", "40".parse().unwrap());
    till.becomes(&youngest.unnamed(), PaymentStatus::Finished)
        .await;
    till.panel.pass(5 * MINUTE).await;
    let repeated = format!("repeated {deposit}");
    assert_eq!(till.of_deposits().await, [repeated.clone(), repeated]);
    assert_eq!(till.stands(deposit).await, "in_review 20.00");
    assert_eq!(till.panel.balance().await, "120.00");
    till.finish().await;
}

#[apply(story)]
async fn a_child_of_nothing_that_is_known_waits_for_an_operator_who_binds_it() {
    let till = Till::start().await;
    let (deposit, payment) = till.deposit().await;
    let stranger = SimulatedPayment {
        order: "dep_of_another_shop".to_owned(),
        ..payment.clone()
    };
    let stranger = SimulatedPayment {
        id: payment.id + 1_000,
        invoice: 1,
        ..stranger
    };
    let stranger = till.gateway.set(&stranger);
    till.repeated(&stranger, "80").await;
    till.panel.pass(5 * MINUTE).await;
    let waits = till.of_deposits().await;
    assert!(!waits.is_empty(), "{waits:?}");
    assert!(
        waits.iter().all(|review| review == "unknown_deposit 0"),
        "{waits:?}"
    );
    let of_child = till
        .asks(Method::GET, "/deposit-reviews", None)
        .await
        .json();
    let of_child = of_child["reviews"].as_array().unwrap().iter();
    let review = of_child
        .filter(|review| review["parent_payment"].is_string())
        .map(|review| review["review_id"].as_i64().unwrap())
        .next()
        .unwrap();
    assert_eq!(till.credits(review, "20").await, 409);
    // The payer has shown that it is theirs.
    let child = SimulatedPayment {
        id: stranger.id + 1,
        ..stranger.clone()
    };
    assert_eq!(till.add(deposit, &child).await, 200);
    let bound = format!("repeated {deposit}");
    assert!(till.of_deposits().await.contains(&bound));
    assert_eq!(till.stands(deposit).await, "in_review 0.00");
    let (other, _) = till.deposit().await;
    assert_eq!(till.add(other, &child).await, 409);
    assert_eq!(till.panel.balance().await, "100.00");
    till.finish().await;
}

#[apply(story)]
async fn a_payment_of_nothing_is_bound_by_an_operator_and_credited_by_their_decision() {
    let till = Till::start().await;
    let (deposit, payment) = till.deposit().await;
    let lone = SimulatedPayment {
        id: payment.id + 1_000,
        ..payment.clone().unnamed().paid_in_full()
    };
    till.becomes(&lone, PaymentStatus::Finished).await;
    assert_eq!(till.of_deposits().await, ["unknown_deposit 0"]);
    assert_eq!(till.add(deposit, &lone).await, 200);
    assert_eq!(till.of_deposits().await, [format!("mismatch {deposit}")]);
    assert_eq!(till.panel.balance().await, "100.00");
    assert_eq!(till.credits(2, "20").await, 200);
    assert_eq!(till.panel.balance().await, "120.00");
    assert_eq!(till.credits(2, "20").await, 409);
    till.finish().await;
}

#[apply(story)]
async fn a_child_that_names_another_deposit_than_its_parents_waits_for_a_person() {
    let till = Till::start().await;
    let (one, payment) = till.deposit().await;
    let (two, other) = till.deposit().await;
    till.becomes(&payment.clone().paid_in_full(), PaymentStatus::Finished)
        .await;
    let child = SimulatedPayment {
        order: other.order.clone(),
        invoice: other.invoice,
        ..till.gateway.repeat(&payment, "trx", "80".parse().unwrap())
    };
    till.becomes(&child, PaymentStatus::Finished).await;
    assert_eq!(till.of_deposits().await, ["mismatch 0"]);
    assert_eq!(till.credits(1, "20").await, 409);
    assert_eq!(till.stands(one).await, "credited 20.00");
    assert_eq!(till.stands(two).await, "waiting 0.00");
    // A third one is none of both.
    let (three, _) = till.deposit().await;
    assert_eq!(till.add(three, &child).await, 200);
    assert_eq!(till.of_deposits().await, ["mismatch 0"]);
    // An operator says which.
    assert_eq!(till.add(two, &child).await, 200);
    assert_eq!(till.of_deposits().await, [format!("repeated {two}")]);
    assert_eq!(till.credits(2, "20").await, 200);
    assert_eq!(till.panel.balance().await, "140.00");
    assert_eq!(till.stands(two).await, "credited 20.00");
    till.finish().await;
}

#[apply(story)]
async fn payments_that_name_each_other_end_with_a_person_and_are_not_asked_about_for_ever() {
    let till = Till::start().await;
    let (_, payment) = till.deposit().await;
    let one = SimulatedPayment {
        id: payment.id + 1_000,
        parent: Some(payment.id + 1_001),
        ..payment.clone().unnamed().paid_in_full()
    };
    let two = SimulatedPayment {
        id: payment.id + 1_001,
        parent: Some(payment.id + 1_000),
        ..one.clone()
    };
    let own = SimulatedPayment {
        id: payment.id + 1_002,
        parent: Some(payment.id + 1_002),
        ..one.clone()
    };
    till.gateway.set(&two.at(PaymentStatus::Finished));
    till.becomes(&one, PaymentStatus::Finished).await;
    till.becomes(&own, PaymentStatus::Finished).await;
    till.panel.pass(5 * MINUTE).await;
    assert_eq!(till.of_deposits().await, ["unknown_deposit 0"; 3]);
    for _ in 0..10 {
        till.later(DAY).await;
    }
    let asked = till.gateway.requests().len();
    till.later(10 * DAY).await;
    assert_eq!(till.gateway.requests().len(), asked, "nobody asks any more");
    assert_eq!(till.panel.balance().await, "100.00");
    till.finish().await;
}

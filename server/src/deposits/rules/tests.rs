use super::*;

#[test]
fn a_payment_belongs_where_the_gateway_says_and_a_person_decides_only_between_two() {
    let id = |id: i64| (id > 0).then_some(DepositId(id));
    for (credited, named, of_parent, bound, before, expected) in [
        (0, 1, 0, 0, 0, BelongsTo::Deposit(DepositId(1))),
        (0, 0, 2, 0, 0, BelongsTo::Deposit(DepositId(2))),
        (0, 1, 1, 0, 0, BelongsTo::Deposit(DepositId(1))),
        (0, 1, 2, 0, 0, BelongsTo::Contradiction),
        (0, 1, 2, 0, 1, BelongsTo::Contradiction),
        (0, 1, 2, 3, 0, BelongsTo::Contradiction),
        (0, 1, 2, 1, 0, BelongsTo::Deposit(DepositId(1))),
        (0, 1, 2, 2, 0, BelongsTo::Deposit(DepositId(2))),
        (0, 0, 2, 1, 0, BelongsTo::Deposit(DepositId(2))),
        (0, 1, 0, 2, 0, BelongsTo::Deposit(DepositId(1))),
        (0, 0, 0, 3, 0, BelongsTo::Deposit(DepositId(3))),
        (0, 0, 0, 0, 4, BelongsTo::Deposit(DepositId(4))),
        (0, 0, 0, 0, 0, BelongsTo::None),
        (5, 1, 2, 3, 4, BelongsTo::Deposit(DepositId(5))),
    ] {
        let by = Belonging {
            credited: id(credited),
            named: id(named),
            of_parent: id(of_parent),
            bound: id(bound),
            before: id(before),
        };
        assert_eq!(belongs_to(by), expected, "{by:?}");
    }
}

fn money(text: &str) -> Money {
    Money::parse(text).unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn asked(coin: Option<&str>) -> Asked {
    Asked {
        reference: "dep_1".to_owned(),
        amount: money("20"),
        coin: coin.map(str::to_owned),
        invoice: Some("7".to_owned()),
    }
}

fn limits() -> Limits {
    Limits {
        from: money("1"),
        to: money("100"),
    }
}

/// A payment of 20 USD, of which 40 coins are asked for and `paid` arrived.
fn payment(status: &str, paid: &str) -> Payment {
    Payment {
        id: "1".to_owned(),
        parent: None,
        order: Some("dep_1".to_owned()),
        invoice: Some("7".to_owned()),
        status: PaymentStatus::from_word(status),
        said: status.to_owned(),
        price: Some(decimal("20.0")),
        price_currency: "usd".to_owned(),
        pay_amount: Some(decimal("40")),
        pay_currency: "trx".to_owned(),
        actually_paid: Some(decimal(paid)),
        actually_paid_fiat: Some(Decimal::ZERO),
        updated_at: None,
    }
}

/// What is credited, what is proved, and why a person has to look.
fn of(asked: &Asked, payment: &Payment) -> (String, Option<String>, Option<ReviewReason>) {
    let worth = worth(asked, payment, limits());
    let proved = worth.proved.map(|proved| proved.to_string());
    (worth.credit.to_string(), proved, worth.review)
}

#[test]
fn a_payment_is_worth_what_arrived_of_it() {
    use ReviewReason as Why;
    let table = [
        ("finished", "40", "20.00", Some("20.00"), None),
        (
            "finished",
            "39.99999999",
            "19.999999995",
            Some("19.999999995"),
            None,
        ),
        (
            "finished",
            "13.33333333",
            "6.666666665",
            Some("6.666666665"),
            None,
        ),
        (
            "finished",
            "44",
            "20.00",
            Some("22.00"),
            Some(Why::Overpaid),
        ),
        ("finished", "0", "0.00", None, Some(Why::Unreadable)),
        ("partially_paid", "0", "0.00", None, None),
        ("partially_paid", "2", "1.00", Some("1.00"), None),
        (
            "partially_paid",
            "1.99",
            "0.00",
            Some("0.995"),
            Some(Why::Underpaid),
        ),
        ("partially_paid", "39", "19.50", Some("19.50"), None),
        (
            "partially_paid",
            "41",
            "20.00",
            Some("20.50"),
            Some(Why::Overpaid),
        ),
        ("waiting", "0", "0.00", None, None),
        ("confirming", "40", "0.00", None, None),
        ("confirmed", "40", "0.00", None, None),
        ("sending", "40", "0.00", None, None),
        ("failed", "40", "0.00", None, None),
        ("expired", "40", "0.00", None, None),
        ("refunded", "40", "0.00", None, None),
        ("canceled", "40", "0.00", None, None),
        ("spending", "40", "0.00", None, Some(Why::UnknownStatus)),
    ];
    for (status, paid, credit, proved, why) in table {
        let expected = (credit.to_owned(), proved.map(str::to_owned), why);
        assert_eq!(
            of(&asked(None), &payment(status, paid)),
            expected,
            "{status} {paid}"
        );
    }
}

#[test]
fn more_than_the_limit_of_an_underpaid_deposit_is_for_a_person() {
    let large = Asked {
        amount: money("400"),
        ..asked(None)
    };
    let mut paid = payment("partially_paid", "10");
    paid.price = Some(decimal("400"));
    assert_eq!(of(&large, &paid).0, "100.00");
    paid.actually_paid = Some(decimal("10.01"));
    let expected = (
        "0.00".to_owned(),
        Some("100.10".to_owned()),
        Some(ReviewReason::Underpaid),
    );
    assert_eq!(of(&large, &paid), expected);
    // All of it is no underpayment.
    paid.status = Some(PaymentStatus::Finished);
    paid.actually_paid = Some(decimal("40"));
    assert_eq!(of(&large, &paid).0, "400.00");
}

#[test]
fn a_repeated_payment_is_never_worth_its_price() {
    for status in ["finished", "partially_paid"] {
        let mut repeated = payment(status, "40");
        repeated.parent = Some("1".to_owned());
        repeated.price = Some(decimal("40"));
        let expected = ("0.00".to_owned(), None, Some(ReviewReason::Repeated));
        assert_eq!(of(&asked(None), &repeated), expected);
        repeated.actually_paid_fiat = Some(decimal("12.98513924"));
        let proved = Some("12.98513924".to_owned());
        let expected = ("0.00".to_owned(), proved, Some(ReviewReason::Repeated));
        assert_eq!(of(&asked(None), &repeated), expected);
    }
}

#[test]
fn a_payment_that_is_not_the_deposits_is_for_a_person() {
    type Change = fn(&mut Payment);
    let changes: [(&str, Change); 6] = [
        ("reference", |p| p.order = Some("dep_2".to_owned())),
        ("no reference", |p| p.order = None),
        ("invoice", |p| p.invoice = Some("8".to_owned())),
        ("price", |p| p.price = Some(decimal("20.01"))),
        ("no price", |p| p.price = None),
        ("currency", |p| p.price_currency = "eur".to_owned()),
    ];
    for (what, change) in changes {
        let mut other = payment("finished", "40");
        change(&mut other);
        let expected = ("0.00".to_owned(), None, Some(ReviewReason::Mismatch));
        assert_eq!(of(&asked(None), &other), expected, "{what}");
    }
    let changes: [(&str, Change); 3] = [
        ("paid", |p| p.actually_paid = None),
        ("asked", |p| p.pay_amount = None),
        ("asked for nothing", |p| p.pay_amount = Some(Decimal::ZERO)),
    ];
    for (what, change) in changes {
        let mut other = payment("finished", "40");
        change(&mut other);
        let expected = ("0.00".to_owned(), None, Some(ReviewReason::Unreadable));
        assert_eq!(of(&asked(None), &other), expected, "{what}");
    }
    let other = payment("finished", "40");
    assert_eq!(of(&asked(Some("trx")), &other).0, "20.00");
    let wrong = of(&asked(Some("btc")), &other);
    assert_eq!(wrong.2, Some(ReviewReason::WrongCoin));
    assert_eq!(wrong.0, "0.00");
}

#[test]
fn a_deposit_stands_by_all_its_payments_whatever_came_first() {
    let known = |word: &str| Known {
        status: PaymentStatus::from_word(word),
        in_review: false,
        returned: false,
    };
    let (none, some) = (Money::ZERO, money("1"));
    let table = [
        (none, vec![], false, DepositStatus::Waiting),
        (none, vec![], true, DepositStatus::Expired),
        (none, vec![known("waiting")], false, DepositStatus::Waiting),
        (
            none,
            vec![known("waiting"), known("sending")],
            false,
            DepositStatus::Confirming,
        ),
        (
            none,
            vec![known("expired"), known("confirming")],
            true,
            DepositStatus::Confirming,
        ),
        (none, vec![known("expired")], false, DepositStatus::Expired),
        (
            none,
            vec![known("failed"), known("expired")],
            false,
            DepositStatus::Failed,
        ),
        (
            some,
            vec![known("finished"), known("failed")],
            true,
            DepositStatus::Credited,
        ),
    ];
    for (credited, payments, is_over, expected) in table {
        let mut turned = payments.clone();
        turned.reverse();
        assert_eq!(status_of(credited, &payments, is_over), expected);
        assert_eq!(status_of(credited, &turned, is_over), expected);
    }
    let in_review = Known {
        in_review: true,
        ..known("finished")
    };
    assert_eq!(
        status_of(some, &[in_review], false),
        DepositStatus::InReview
    );
    let returned = Known {
        returned: true,
        ..in_review
    };
    assert_eq!(status_of(some, &[returned], false), DepositStatus::Returned);
}

#[test]
fn payments_are_looked_for_often_at_first_and_for_eight_days() {
    let made = Time::from_ms(1_000_000);
    let wait = |age_ms: i64| {
        let now = made.plus_ms(age_ms);
        next_look(made, now).map(|at| at.ms_since(now))
    };
    assert_eq!(wait(0), Some(MINUTE_MS));
    assert_eq!(wait(EAGER_MS - 1), Some(MINUTE_MS));
    assert_eq!(wait(EAGER_MS), Some(15 * MINUTE_MS));
    assert_eq!(wait(PATIENT_MS - 1), Some(15 * MINUTE_MS));
    assert_eq!(wait(PATIENT_MS), None);
    let ask = |word: &str| next_ask(PaymentStatus::from_word(word), made, made).is_some();
    for word in [
        "waiting",
        "sending",
        "partially_paid",
        "expired",
        "failed",
        "what",
    ] {
        assert!(ask(word), "{word}");
    }
    assert!(!ask("finished") && !ask("refunded"));
}

#[test]
fn a_gateway_that_does_not_answer_is_asked_less_and_less() {
    let now = Time::from_ms(0);
    let wait = |failed, retry| next_try(failed, retry, now).ms();
    let waits: Vec<i64> = (1..=10)
        .map(|failed| wait(failed, None) / SECOND_MS)
        .collect();
    assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 640, 640]);
    assert_eq!(wait(1, Some(90_000)), 90_000);
    assert_eq!(wait(1, Some(i64::MAX)), HOUR_MS);
    assert_eq!(wait(i64::MAX, None), 640 * SECOND_MS);
}

#[test]
fn the_least_that_can_be_paid_with_a_coin_has_a_margin() {
    let quote = |minimum: &str, usd: Option<&str>| Quote {
        estimate: decimal("80"),
        minimum: decimal(minimum),
        minimum_usd: usd.map(decimal),
    };
    let least = |amount: &str, quote: &Quote| {
        least_with_coin(money(amount), quote).map(|least| least.to_string())
    };
    assert_eq!(least("20", &quote("3", Some("0.75"))), None);
    assert_eq!(
        least("8", &quote("3", Some("8.5"))).as_deref(),
        Some("8.93")
    );
    assert_eq!(
        least("8.92", &quote("3", Some("8.5"))).as_deref(),
        Some("8.93")
    );
    assert_eq!(least("8.93", &quote("3", Some("8.5"))), None);
    // Without a figure in USD, by what the coin is worth now.
    assert_eq!(least("20", &quote("79", None)).as_deref(), Some("20.74"));
    assert_eq!(least("20", &quote("76", None)), None);
}

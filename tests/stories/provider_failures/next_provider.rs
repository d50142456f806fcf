//! Waiting for a provider, and asking the next one.

use super::*;

#[apply(story)]
async fn a_provider_that_asks_to_wait_is_left_alone_for_exactly_that_time() {
    let panel = TestPanel::start().await;
    panel
        .provider
        .script_next(1, Script::RateLimited { retry_after_s: 90 });
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    panel.advance(89_999);
    panel.work().await;
    assert_eq!(adds(&panel.provider), 1);
    assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
    panel.advance(1);
    panel.work().await;
    assert_eq!(adds(&panel.provider), 2);
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    panel.finish().await;
}

#[apply(story)]
async fn an_order_for_a_provider_that_is_down_is_tried_eight_times_and_then_refunded() {
    let panel = TestPanel::start().await;
    panel.provider.clone().stop().await;
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    let tries = || async {
        let sql = format!("SELECT CAST(attempt AS TEXT) FROM dispatches WHERE order_id = {order}");
        texts(&panel, &sql).await.remove(0)
    };
    for (done, wait_ms) in (1..8).zip([1, 2, 4, 8, 16, 32, 64].map(|s: i64| s * 1000)) {
        panel.advance(wait_ms - 1);
        panel.work().await;
        assert_eq!(tries().await, done.to_string());
        assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
        panel.advance(1);
        panel.work().await;
    }
    assert_eq!(tries().await, "8");
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}

#[apply(story)]
async fn an_order_for_a_provider_that_is_down_goes_to_the_next_one() {
    let (panel, other, service) = with_two_providers().await;
    panel.provider.clone().stop().await;
    let order = panel.order_of(service, "https://x.test/p", 1000).await;
    panel.pass(8 * MINUTE).await;
    assert_eq!(states(&panel, order).await, ["accepted"]);
    assert_eq!(other.accepted_links(), ["https://x.test/p"]);
    other.stop().await;
    panel.finish().await;
}

#[apply(story)]
async fn the_next_provider_is_asked_only_after_a_definite_refusal() {
    let asked = [
        ("Bad link", Script::Refuse("Bad link"), 1),
        (
            "unknown words",
            Script::Refuse("Mercury is in retrograde"),
            0,
        ),
        ("our funds there", Script::Refuse(FUNDS), 0),
        (
            "our link there",
            Script::Refuse(
                "You have active order with this link. Please wait until order being completed.",
            ),
            0,
        ),
        ("429", Script::RateLimited { retry_after_s: 5 }, 0),
        ("unknown", Script::AcceptThenHtml502, 0),
        ("accepted", Script::CancelAfter { ms: MINUTE }, 0),
    ];
    for (case, script, times) in asked {
        let (panel, other, service) = with_two_providers().await;
        panel.provider.script_next(1, script);
        let order = panel.order_of(service, "https://x.test/p", 1000).await;
        panel.work().await;
        assert_eq!(adds(&other), times, "{case}");
        panel.pass(15 * MINUTE).await;
        assert_eq!(adds(&other), times, "{case}");
        let accepted = panel.provider.orders().len() + other.orders().len();
        let at_somebody = !matches!(case, "unknown words" | "our funds there");
        assert_eq!(accepted, usize::from(at_somebody), "{case}");
        let ends = match case {
            "unknown" | "unknown words" | "our funds there" => "Pending 0.90 1000",
            "accepted" => "Canceled 0.00 1000",
            "our link there" => "In progress 0.90 556",
            _ => "Completed 0.90 0",
        };
        if case != "our link there" {
            assert_eq!(panel.shown(order).await, ends, "{case}");
        }
        other.stop().await;
        panel.finish().await;
    }
}

#[apply(story)]
async fn the_next_provider_must_be_able_to_take_the_order_over() {
    let service = terms(ServiceType::Default, "0.90");
    let usual = |offer: Offer| offer;
    type Change = fn(Offer) -> Offer;
    let cases: [(&str, Change, bool); 6] = [
        ("as it is", usual, true),
        (
            "at our own rate",
            |o| Offer {
                cost: Rate::parse("0.90").unwrap(),
                ..o
            },
            true,
        ),
        (
            "above it",
            |o| Offer {
                cost: Rate::parse("0.900001").unwrap(),
                ..o
            },
            false,
        ),
        (
            "another type",
            |o| Offer {
                service_type: ServiceType::Package,
                ..o
            },
            false,
        ),
        ("more at least", |o| Offer { min: 1001, ..o }, false),
        ("less at most", |o| Offer { max: 999, ..o }, false),
    ];
    for (case, change, takes) in cases {
        let panel = TestPanel::start().await;
        let (other, offers) = second(&panel, &[&service]).await;
        let first = offer(panel.provider_id, 1, &service);
        let next = change(offers[0].clone());
        let id = panel.service(service.clone(), vec![first, next]).await;
        panel.provider.script_next(1, Script::Refuse("Bad link"));
        let order = panel.order_of(id, "https://x.test/p", 1000).await;
        panel.work().await;
        let (shown, seen) = if takes {
            ("Processing 0.90 1000", 1)
        } else {
            ("Canceled 0.00 1000", 0)
        };
        assert_eq!(panel.shown(order).await, shown, "{case}");
        assert_eq!(adds(&other), seen, "{case}");
        other.stop().await;
        panel.finish().await;
    }
}

#[apply(story)]
async fn a_provider_that_cannot_take_over_is_skipped_for_one_that_can() {
    let panel = TestPanel::start().await;
    let service = terms(ServiceType::Default, "0.90");
    let (other, offers) = second(&panel, &[&service]).await;
    let first = offer(panel.provider_id, 1, &service);
    let dear = Offer {
        cost: Rate::parse("2").unwrap(),
        ..offer(panel.provider_id, 2, &service)
    };
    let chain = vec![first, dear, offers[0].clone()];
    let id = panel.service(service, chain).await;
    panel.provider.script_next(1, Script::Refuse("Bad link"));
    let order = panel.order_of(id, "https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    assert_eq!((adds(&panel.provider), adds(&other)), (1, 1));
    other.stop().await;
    panel.finish().await;
}

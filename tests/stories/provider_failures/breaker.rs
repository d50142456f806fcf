//! When sending stops: open circuits, a day in the queue.

use super::*;

/// An order of the account that `key` is of; its answer is lost.
async fn lose(panel: &TestPanel, key: &str, n: usize) {
    panel.provider.script_next(1, Script::AcceptThenHtml502);
    order_as(panel, key, &format!("https://x.test/{n}")).await;
    panel.work().await;
    panel.advance(10_000);
}

async fn order_as(panel: &TestPanel, key: &str, link: &str) -> i64 {
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", link),
        ("quantity", "1000"),
    ];
    panel.v2_as(key, &fields).await.order()
}

async fn circuits(panel: &TestPanel) -> usize {
    let kinds = alert_kinds(panel).await;
    kinds.iter().filter(|kind| *kind == "circuit_open").count()
}

/// "No single customer can cause it."
#[apply(story)]
async fn lost_answers_of_one_customer_stop_only_that_customers_orders() {
    let panel = TestPanel::start().await;
    compare_no_charges(&panel).await;
    let second = harness::account(&panel.panel, "second", "50").await.1;
    // Another one loses one too, by chance.
    lose(&panel, &second, 9).await;
    for n in 0..5 {
        lose(&panel, &panel.key, n).await;
    }
    assert_eq!(circuits(&panel).await, 0);
    let waits = panel.order("https://x.test/waits", 1000).await;
    let other = order_as(&panel, &second, "https://x.test/other").await;
    panel.work().await;
    assert_eq!(states(&panel, waits).await, ["queued"]);
    assert_eq!(states(&panel, other).await, ["accepted"]);
    let why = "SELECT reason FROM dispatches WHERE state = 'queued'";
    let why = texts(&panel, why).await;
    assert_eq!(
        why,
        ["5 orders of its account there have just had no answer"]
    );
    // As long as the provider would rest, from the last one on.
    panel.advance(49_999);
    panel.work().await;
    assert_eq!(states(&panel, waits).await, ["queued"]);
    panel.advance(1);
    panel.work().await;
    assert_eq!(states(&panel, waits).await, ["accepted"]);
    panel.finish().await;
}

#[apply(story)]
async fn five_lost_answers_in_a_minute_stop_sending_until_the_provider_answers_balance() {
    let panel = TestPanel::start().await;
    let second = harness::account(&panel.panel, "second", "50").await.1;
    for n in 0..5 {
        let key = if n < 2 { &second } else { &panel.key };
        lose(&panel, key, n).await;
    }
    assert_eq!(circuits(&panel).await, 1);
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(
        (adds(&panel.provider), count(&panel.provider, "balance")),
        (5, 0)
    );
    // The first probe is not answered: another minute.
    panel.provider.fail_next("balance", page(502));
    panel.advance(50_000);
    panel.work().await;
    assert_eq!(
        (adds(&panel.provider), count(&panel.provider, "balance")),
        (5, 1)
    );
    panel.advance(59_999);
    panel.work().await;
    assert_eq!(
        (adds(&panel.provider), count(&panel.provider, "balance")),
        (5, 1)
    );
    panel.advance(1);
    panel.work().await;
    assert_eq!(
        (adds(&panel.provider), count(&panel.provider, "balance")),
        (6, 2)
    );
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    panel.finish().await;
}

#[apply(story)]
async fn lost_answers_that_are_rare_do_not_stop_sending() {
    let panel = TestPanel::start().await;
    compare_no_charges(&panel).await;
    for n in 0..8 {
        panel.provider.script_next(1, Script::AcceptThenHtml502);
        panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.work().await;
        panel.advance(16_000);
    }
    assert_eq!(alert_kinds(&panel).await, ["parked"; 8]);
    assert_eq!(adds(&panel.provider), 8);
    panel.finish().await;
}

/// "So many unsorted sentences in a row without an acceptance, from at least 3 accounts and 2 services,
/// pause the provider until they are sorted, with one alert."
#[apply(story)]
async fn unsorted_sentences_in_a_row_stop_sending_if_three_accounts_and_two_services_meet_them() {
    let panel = TestPanel::start().await;
    let mut keys = vec![panel.key.clone()];
    for name in ["second", "third"] {
        keys.push(harness::account(&panel.panel, name, "50").await.1);
    }
    let strange = async |key: &str, service: i64, n: usize| {
        let text = "Mercury is in retrograde";
        panel.provider.script_next(service, Script::Refuse(text));
        let (service, link) = (service.to_string(), format!("https://x.test/{n}"));
        let fields = [("action", "add"), ("service", &service), ("link", &link)];
        let more = [("quantity", "100"), ("comments", "one")];
        let placed = panel.v2_as(key, &[&fields[..], &more[..]].concat()).await;
        placed.order();
        panel.work().await;
    };
    let paused = async || {
        let kinds = alert_kinds(&panel).await;
        kinds
            .iter()
            .filter(|kind| *kind == "unlisted_refusal")
            .count()
    };
    for n in 0..4 {
        strange(&keys[n % 3], 1 + i64::from(n % 4 == 0), n).await;
    }
    // An acceptance ends the row.
    panel.order("https://x.test/fine", 1000).await;
    panel.work().await;
    // One customer alone: the others have met them before that row.
    for n in 10..15 {
        strange(&keys[0], 1 + i64::from(n % 4 == 0), n).await;
    }
    assert_eq!(paused().await, 0);
    panel.order("https://x.test/fine/too", 1000).await;
    panel.work().await;
    for n in 4..9 {
        assert_eq!(paused().await, 0, "{n}");
        strange(&keys[n % 3], 1 + i64::from(n % 4 == 0), n).await;
    }
    assert_eq!(paused().await, 1);
    let order = panel.order("https://x.test/p", 1000).await;
    panel.pass(HOUR).await;
    assert_eq!(adds(&panel.provider), 16);
    assert_eq!(states(&panel, order).await, ["queued"]);
    assert_eq!(paused().await, 1);
    let actor = Actor::command();
    catalog::providers::resume(&panel.panel, &actor, panel.provider_id)
        .await
        .unwrap();
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    panel.finish().await;
}

#[apply(story)]
async fn a_day_in_the_queue_is_the_longest_wait_for_one_provider() {
    let (panel, other, service) = with_two_providers().await;
    panel.provider.set_script(1, Script::Refuse(FUNDS));
    panel.provider.set_balance(Money::from_nano(1));
    let alone = panel.order("https://x.test/alone", 1000).await;
    let moves = panel.order_of(service, "https://x.test/moves", 1000).await;
    panel.work().await;
    panel.advance(24 * HOUR);
    panel.work().await;
    assert_eq!(panel.shown(alone).await, "Pending 0.90 1000");
    assert_eq!(panel.shown(moves).await, "Pending 0.90 1000");
    panel.advance(1);
    panel.work().await;
    assert_eq!(panel.shown(alone).await, "Canceled 0.00 1000");
    assert_eq!(panel.shown(moves).await, "Processing 0.90 1000");
    assert_eq!(panel.balance().await, "99.10");
    assert_eq!(other.accepted_links(), ["https://x.test/moves"]);
    other.stop().await;
    panel.finish().await;
}

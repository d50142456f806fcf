//! When a target is looked at, and until when.

use super::*;

/// On which days after its end an order's target was looked at.
async fn days(watch: &Watch, order: i64, until: i64) -> Vec<i64> {
    let mut days = Vec::new();
    let mut seen = watch.looks(order).await.len();
    for day in 1..=until {
        watch.later(DAY).await;
        let looks = watch.looks(order).await.len();
        if looks > seen {
            days.push(day);
        }
        seen = looks;
    }
    days
}

#[apply(story)]
async fn looks_grow_rarer_and_end_with_the_guarantee() {
    let watch = Watch::start().await;
    let order = watch.delivered(LINK).await;
    let looked = days(&watch, order, 40).await;
    let rarer: Vec<i64> = (1..7).chain((7..30).step_by(2)).chain([30]).collect();
    assert_eq!(looked, rarer);
    assert_eq!(watch.watched().await, "0");
    watch.panel.provider.drop_units(LINK, 300);
    watch.later(DAY).await;
    assert_eq!(watch.asked().len(), looked.len());
    watch.panel.finish().await;
}

#[apply(story)]
async fn a_short_guarantee_ends_on_its_day_and_a_lifetime_never() {
    let watch = Watch::start().await;
    watch.set(1, json!({"refill_days": "2"})).await;
    let short = watch.delivered("https://x.test/short").await;
    watch.set(1, json!({"refill_days": "lifetime"})).await;
    let long = watch.delivered("https://x.test/long").await;
    // The second time an hour before its end.
    for _ in 0..60 {
        watch.later(HOUR).await;
    }
    assert_eq!(watch.looks(short).await, ["0: -", "0: -"]);
    assert_eq!(watch.watched().await, "1");
    watch.panel.provider.drop_units("https://x.test/short", 300);
    watch.panel.provider.drop_units("https://x.test/long", 300);
    watch.later(40 * DAY).await;
    assert_eq!(watch.looks(short).await.len(), 2);
    // From the thirtieth day on, once a week.
    watch.later(7 * DAY - 1).await;
    assert_eq!(watch.asked().len(), 5);
    watch.panel.provider.drop_units("https://x.test/long", 1);
    watch.later(1).await;
    let last = watch.looks(long).await.pop();
    assert_eq!(last.as_deref(), Some("1: refill 2"));
    watch.panel.finish().await;
}

#[apply(story)]
async fn a_refill_by_hand_counts_for_the_wait_of_the_panel_too() {
    let watch = Watch::start().await;
    let order = watch.delivered(LINK).await;
    watch.panel.provider.drop_units(LINK, 300);
    watch.panel.advance(DAY);
    let id = order.to_string();
    let asked = [("action", "refill"), ("order", id.as_str())];
    assert_eq!(watch.panel.v2(&asked).await.body, r#"{"refill":"1"}"#);
    // An open refill, asked for at this moment: the order is not even looked at.
    watch.panel.work().await;
    watch.panel.pass(10 * MINUTE).await;
    assert_eq!(watch.refills(order).await, [r#""completed" false"#]);
    watch.panel.provider.drop_units(LINK, 100);
    watch.later(DAY - 10 * MINUTE - 1).await;
    assert_eq!(watch.asked(), [""; 0]);
    watch.later(1).await;
    assert_eq!(watch.looks(order).await, ["100: refill 2"]);
    // The customer waits for the panel's own as well.
    let no = watch.panel.v2(&asked).await.error();
    assert!(no.ends_with("less than 24 hours ago"), "{no}");
    watch.panel.finish().await;
}

#[apply(story)]
async fn an_open_refill_keeps_the_next_one_away() {
    let watch = Watch::start().await;
    let order = watch.delivered(LINK).await;
    watch.panel.provider.drop_units(LINK, 300);
    let unclear = Fault::Http(200, "{}".to_owned());
    watch.panel.provider.fail_next("refill", unclear);
    watch.later(DAY).await;
    watch.later(DAY).await;
    let looks = ["300: refill 1", "-: refill_open"];
    assert_eq!(watch.looks(order).await, looks);
    assert_eq!(watch.asked().len(), 1);
    watch.panel.finish().await;
}

//! What each action is answered.

use super::*;

fn error(sentence: &str) -> String {
    format!(r#"{{"error":"{sentence}"}}"#)
}

#[tokio::test]
async fn a_bad_key_a_missing_key_and_an_unknown_action_are_refused() {
    let bench = Bench::start().await;
    let url = bench.provider.url();
    for (form, sentence) in [
        ("", "Incorrect request"),
        ("action=balance", "Incorrect request"),
        ("key=bad&action=balance", "Invalid API key"),
        ("key=bad&action=nope", "Invalid API key"),
        (
            &format!("key={}&action=nope", bench.provider.key()),
            "Incorrect request",
        ),
        ("key=%FF", "Incorrect request"),
    ] {
        let answer = bench
            .http
            .post(&url)
            .body(form.to_owned())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.text().await.unwrap(), error(sentence), "{form}");
    }
}

#[tokio::test]
async fn every_way_to_ask_that_panels_use_is_answered() {
    let bench = Bench::start().await;
    let expected = r#"{"balance":"1000000.00","currency":"USD"}"#;
    let url = bench.provider.url();
    let key = bench.provider.key();
    let json = serde_json::json!({"key": key, "action": "balance"});
    for request in [
        bench.http.post(&url).json(&json),
        bench.http.post(format!("{url}/")).form(&json),
        bench.http.get(format!("{url}?key={key}&action=balance")),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/json");
        assert_eq!(answer.text().await.unwrap(), expected);
    }
}

#[tokio::test]
async fn services_are_listed_by_id_as_panels_list_them() {
    let bench = Bench::start().await;
    let list: Value = serde_json::from_str(&bench.text(&[("action", "services")]).await).unwrap();
    let ids: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["service"].clone())
        .collect();
    assert_eq!(ids, [1, 2, 3, 4]);
    assert_eq!(list[2]["rate"], "31.60");
    assert_eq!(list[2]["type"], "Package");
    assert_eq!(list[3]["refill"], false);
}

#[tokio::test]
async fn an_order_that_does_not_fit_its_service_is_refused_and_not_recorded() {
    let bench = Bench::start().await;
    for (fields, sentence) in [
        ("service=9&link=x&quantity=1", "Incorrect service ID"),
        ("link=x&quantity=1", "Incorrect service ID"),
        ("service=1&quantity=1", "Bad link"),
        ("service=1&link=x", "Quantity less than minimal 1"),
        (
            "service=1&link=x&quantity=0",
            "Quantity less than minimal 1",
        ),
        (
            "service=1&link=x&quantity=10001",
            "Quantity more than maximum 10000",
        ),
        (
            "service=1&link=x&quantity=6000&runs=2&interval=5",
            "Quantity more than maximum 10000",
        ),
        ("service=1&link=x&quantity=10&runs=2", "Incorrect request"),
        (
            "service=4&link=x&quantity=10&runs=2&interval=5",
            "Drip-feed is disabled for this service",
        ),
        (
            "service=2&link=x&quantity=10",
            "Quantity less than minimal 1",
        ),
    ] {
        let form = format!("key={}&action=add&{fields}", bench.provider.key());
        let answer = bench
            .http
            .post(bench.provider.url())
            .body(form)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.text().await.unwrap(), error(sentence), "{fields}");
    }
    assert_eq!(bench.provider.orders(), []);
}

#[tokio::test]
async fn the_quantity_and_the_charge_follow_the_type() {
    let bench = Bench::start().await;
    for (fields, quantity, charge) in [
        (vec![("service", "1"), ("quantity", "1000")], 1_000, "0.90"),
        (
            vec![
                ("service", "1"),
                ("quantity", "100"),
                ("runs", "10"),
                ("interval", "5"),
            ],
            1_000,
            "0.90",
        ),
        (
            vec![("service", "2"), ("comments", "a\r\n\nb\nc")],
            3,
            "0.024",
        ),
        (vec![("service", "3")], 1, "31.60"),
    ] {
        let before = bench.provider.balance();
        let mut form = vec![("action", "add"), ("link", "https://x.test/p")];
        form.extend(fields);
        bench.text(&form).await;
        assert_eq!(
            before.minus(bench.provider.balance()).unwrap().to_string(),
            charge
        );
        assert_eq!(bench.provider.orders().pop().unwrap().quantity, quantity);
    }
}

#[tokio::test]
async fn status_of_many_names_the_unknown_and_one_unknown_is_an_error() {
    let bench = Bench::start().await;
    let order = bench
        .order(Script::Says(r#"{"status":null}"#.to_owned()), "a")
        .await;
    let many = format!("{order},7,x");
    assert_eq!(
        bench.text(&[("action", "status"), ("orders", &many)]).await,
        format!(
            r#"{{"{order}":{{"status":null}},"7":{0},"x":{0}}}"#,
            error("Incorrect order ID")
        )
    );
    let one = bench.text(&[("action", "status"), ("order", "7")]).await;
    assert_eq!(one, error("Incorrect order ID"));
    let ids = (1..=101)
        .map(|id| id.to_string())
        .collect::<Vec<_>>()
        .join(",");
    let too_many = bench.text(&[("action", "status"), ("orders", &ids)]).await;
    assert_eq!(too_many, error("Too many IDs. Maximum is 100"));
}

#[tokio::test]
async fn status_is_spelled_in_the_dialect_of_the_moment() {
    let bench = Bench::start().await;
    let order = bench
        .order(Script::CancelAfter { ms: 0 }, "https://x.test/p")
        .await;
    let count = bench.provider.count(order).unwrap();
    let start = format!(r#""start_count":"{count}","#);
    let standard = format!(
        r#"{{"charge":"0.00",{start}"status":"Canceled","remains":"1000","currency":"USD"}}"#
    );
    let unknown = error("Incorrect order ID");
    let keyed = |value: &str| format!(r#"{{"{order}":{value},"7":{unknown}}}"#);
    for (dialect, expected) in [
        (Dialect::Standard, keyed(&standard)),
        (Dialect::PositionalList, format!("[{standard},{unknown}]")),
        (
            Dialect::Numbers,
            keyed(&format!(
                concat!(
                    r#"{{"charge":0.00,"start_count":{},"status":"Canceled","#,
                    r#""remains":1000,"currency":"USD"}}"#
                ),
                count
            )),
        ),
        (
            Dialect::Spellings,
            keyed(&standard.replace("Canceled", "Cancelled")),
        ),
        (
            Dialect::BareErrors,
            format!(r#"{{"{order}":{standard},"7":"Incorrect order ID"}}"#),
        ),
    ] {
        bench.provider.speak(dialect);
        let ids = format!("{order},7");
        let told = bench.text(&[("action", "status"), ("orders", &ids)]).await;
        assert_eq!(told, expected, "{dialect:?}");
    }
    bench.provider.speak(Dialect::PhpWarning);
    let told = bench
        .text(&[("action", "status"), ("order", &order.to_string())])
        .await;
    let (warning, json) = told.split_once('{').unwrap();
    assert!(
        warning.starts_with("<br />") && warning.contains("Warning"),
        "{warning}"
    );
    assert_eq!(format!("{{{json}"), standard);
}

#[tokio::test]
async fn refills_are_asked_for_and_told_one_by_one_and_in_lists() {
    let bench = Bench::start().await;
    let done = bench.order(Script::Deliver { over_ms: 0 }, "a").await;
    let running = bench.order(Script::Deliver { over_ms: 10_000 }, "b").await;
    let ids = format!("{done},{running},7");
    assert_eq!(
        bench.text(&[("action", "refill"), ("orders", &ids)]).await,
        format!(
            concat!(
                r#"[{{"order":{},"refill":700001}},{{"order":{},"refill":{}}},"#,
                r#"{{"order":7,"refill":{}}}]"#
            ),
            done,
            running,
            error("The order is not completed"),
            error("Incorrect order ID")
        )
    );
    let again = [("action", "refill"), ("order", &done.to_string())];
    let too_soon = "The order was completed or refill was requested less than 24 hours ago";
    assert_eq!(bench.text(&again).await, error(too_soon));
    let told = async |id| {
        bench
            .text(&[("action", "refill_status"), ("refill", id)])
            .await
    };
    for (ms, word) in [
        (0, "Pending"),
        (USUAL_MS / 2, "In progress"),
        (USUAL_MS, "Completed"),
    ] {
        bench.clock.advance_ms(ms);
        assert_eq!(told("700001").await, format!(r#"{{"status":"{word}"}}"#));
    }
    assert_eq!(told("7").await, error("Refill not found"));
    assert_eq!(bench.text(&again).await, r#"{"refill":"700002"}"#);
    assert_eq!(
        bench
            .text(&[("action", "refill_status"), ("refills", "700001,7")])
            .await,
        concat!(
            r#"[{"refill":700001,"status":"Completed"},"#,
            r#"{"refill":7,"status":{"error":"Refill not found"}}]"#
        )
    );
    bench.add("4", "c").await;
    let plain = bench.provider.orders().pop().unwrap().id.to_string();
    bench.clock.advance_ms(1_000);
    let refused = bench.text(&[("action", "refill"), ("order", &plain)]).await;
    assert_eq!(refused, error("Refill is disabled for this service"));
}

//! Cancels: at once before an order is sent, a request to the provider after it, and never a
//! refund by themselves.

use harness::{
    ANYWHERE, DELIVERY, HOUR, MINUTE, TestPanel, account, connect_to, offer, terms, texts,
};
use smm_panel_server::actor::Actor;
use smm_panel_server::catalog::Terms;
use smm_panel_server::clock::Period;
use smm_panel_server::demo::provider::{Fault, Script};
use smm_panel_server::orders::{self, Resolution};
use smm_panel_server::protocol::ServiceType;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// The answer to `cancel` of one order.
async fn cancel(panel: &TestPanel, order: i64) -> String {
    let order = order.to_string();
    panel
        .v2(&[("action", "cancel"), ("order", &order)])
        .await
        .body
}

fn taken(order: i64) -> String {
    format!(r#"{{"order":{order},"cancel":1}}"#)
}

fn sentence(text: &str) -> String {
    format!(r#"{{"error":"{text}"}}"#)
}

/// The ids of each `cancel` that reached the provider.
fn forwarded(panel: &TestPanel) -> Vec<String> {
    let requests = panel.provider.requests();
    let cancels = requests.iter().filter(|seen| seen.action == "cancel");
    cancels.map(|seen| seen.fields[0].1.clone()).collect()
}

/// A service that takes no cancels, delivered by the provider's service 1.
async fn without_cancel(panel: &TestPanel) -> i64 {
    let terms = Terms {
        cancel: false,
        ..terms(ServiceType::Default, "0.90")
    };
    let offers = vec![offer(panel.provider_id, 1, &terms)];
    panel.service(terms, offers).await
}

#[apply(story)]
async fn an_order_that_was_not_sent_is_canceled_and_refunded_at_once() {
    let panel = TestPanel::start().await;
    let strict = without_cancel(&panel).await;
    let manual = panel
        .service(terms(ServiceType::Default, "0.90"), vec![])
        .await;
    for service in [1, strict, manual] {
        let order = panel.order_of(service, "https://x.test/p", 1000).await;
        assert_eq!(panel.balance().await, "99.10");
        assert_eq!(cancel(&panel, order).await, taken(order));
        assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
        assert_eq!(panel.balance().await, "100.00");
        assert_eq!(cancel(&panel, order).await, taken(order));
        assert_eq!(panel.balance().await, "100.00");
        let rows = format!("SELECT reason FROM refunds WHERE order_id = {order}");
        assert_eq!(texts(&panel, &rows).await, ["canceled"]);
    }
    panel.pass(HOUR).await;
    assert_eq!(panel.provider.requests(), []);
    panel.finish().await;
}

#[apply(story)]
async fn an_order_that_was_sent_is_canceled_by_what_the_provider_makes_of_it() {
    // when it is canceled -> how it ends
    for (case, after, ends, balance) in [
        ("before delivery", 0, "Canceled 0.00 1000", "100.00"),
        // Four and a half of the nine minutes that delivery takes.
        ("half way", 11 * MINUTE / 2, "Partial 0.45 500", "99.55"),
    ] {
        let panel = TestPanel::start().await;
        let order = panel.order("https://x.test/p", 1000).await;
        panel.pass(after).await;
        let shown = panel.shown(order).await;
        assert_eq!(cancel(&panel, order).await, taken(order), "{case}");
        // Not a refund: nothing is different yet.
        if after > 0 {
            assert_eq!(panel.shown(order).await, shown, "{case}");
            assert_eq!(panel.balance().await, "99.10", "{case}");
        } else {
            panel.work().await;
        }
        panel.work().await;
        assert_eq!(panel.shown(order).await, ends, "{case}");
        assert_eq!(panel.balance().await, balance, "{case}");
        panel.pass(2 * DELIVERY).await;
        assert_eq!(panel.shown(order).await, ends, "{case}");
        assert_eq!(panel.balance().await, balance, "{case}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn a_cancel_is_forwarded_once_however_often_it_is_asked() {
    let panel = TestPanel::start().await;
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    for _ in 0..3 {
        assert_eq!(cancel(&panel, order).await, taken(order));
    }
    assert_eq!(panel.balance().await, "99.10");
    panel.work().await;
    let id = panel.provider.orders()[0].id.to_string();
    assert_eq!(forwarded(&panel), [id.as_str()]);
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    assert_eq!(cancel(&panel, order).await, taken(order));
    panel.work().await;
    assert_eq!(forwarded(&panel), [id.as_str()]);
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}

#[apply(story)]
async fn many_cancels_are_one_request_to_the_provider() {
    let panel = TestPanel::start().await;
    let one = panel.order("https://x.test/1", 1000).await;
    let two = panel.order("https://x.test/2", 1000).await;
    panel.work().await;
    let answer = panel
        .v2(&[
            ("action", "cancel"),
            ("orders", &format!("{two},999,{one}")),
        ])
        .await;
    let expected = format!(
        "[{{\"order\":{two},\"cancel\":1}},\
         {{\"order\":999,\"cancel\":{{\"error\":\"Incorrect order ID\"}}}},{{\"order\":{one},\"cancel\":1}}]"
    );
    assert_eq!(answer.body, expected);
    panel.work().await;
    assert_eq!(forwarded(&panel).len(), 1);
    assert_eq!(panel.shown(one).await, "Canceled 0.00 1000");
    assert_eq!(panel.shown(two).await, "Canceled 0.00 1000");
    panel.finish().await;
}

#[apply(story)]
async fn a_cancel_that_the_provider_refuses_leaves_the_order_as_it_is() {
    let panel = TestPanel::start().await;
    let refusal = r#"{"error":"Cancel is disabled for this service"}"#;
    panel
        .provider
        .fail_next("cancel", Fault::Http(200, refusal.to_owned()));
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(cancel(&panel, order).await, taken(order));
    panel.pass(DELIVERY + MINUTE).await;
    assert_eq!(forwarded(&panel).len(), 1);
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}

#[apply(story)]
async fn a_cancel_without_a_clear_answer_is_forwarded_again() {
    for (status, body) in [
        (502, "<html>Bad Gateway</html>"),
        (200, ""),
        (200, "[]"),
        (429, r#"{"error":"Rate limit exceeded"}"#),
    ] {
        let panel = TestPanel::start().await;
        panel
            .provider
            .fail_next("cancel", Fault::Http(status, body.to_owned()));
        let order = panel.order("https://x.test/p", 1000).await;
        panel.work().await;
        assert_eq!(cancel(&panel, order).await, taken(order), "{body}");
        panel.work().await;
        assert_eq!(panel.shown(order).await, "Processing 0.90 1000", "{body}");
        assert_eq!(forwarded(&panel).len(), 1, "{body}");
        panel.advance(MINUTE - 1);
        panel.work().await;
        assert_eq!(forwarded(&panel).len(), 1, "{body}");
        panel.advance(1);
        panel.work().await;
        assert_eq!(forwarded(&panel).len(), 2, "{body}");
        assert_eq!(panel.shown(order).await, "Canceled 0.00 1000", "{body}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn every_way_in_which_providers_take_a_cancel_is_understood() {
    for body in [
        r#"{"status":"success"}"#,
        r#"{"ok":"true"}"#,
        r#"[{"order":"ID","cancel":"1"}]"#,
        r#"{"order":ID,"cancel":1}"#,
        r#"{"ID":{"cancel":1}}"#,
        "Notice: x in [a.php]\n[{\"order\":ID,\"cancel\":1}]",
    ] {
        let panel = TestPanel::start().await;
        let order = panel.order("https://x.test/p", 1000).await;
        panel.work().await;
        let id = panel.provider.orders()[0].id.to_string();
        let answer = body.replace("ID", &id);
        panel.provider.fail_next("cancel", Fault::Http(200, answer));
        cancel(&panel, order).await;
        panel.pass(5 * MINUTE).await;
        assert_eq!(forwarded(&panel).len(), 1, "{body}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn an_order_that_cannot_be_canceled_is_left_alone_and_says_why() {
    let panel = TestPanel::start().await;
    let strict = without_cancel(&panel).await;
    let sent = panel.order_of(strict, "https://x.test/strict", 1000).await;
    let completed = panel.order("https://x.test/completed", 1000).await;
    panel.provider.script_next(
        2,
        Script::Partial {
            over_ms: 0,
            delivered_percent: 50,
        },
    );
    let add = [
        ("action", "add"),
        ("service", "2"),
        ("link", "https://x.test/partial"),
        ("comments", "a\nb"),
    ];
    let partial = panel.v2(&add).await.order();
    panel.work().await;
    let refused = sentence("Cancel is disabled for this service");
    assert_eq!(cancel(&panel, sent).await, refused);
    panel.pass(DELIVERY + MINUTE).await;
    assert_eq!(panel.shown(completed).await, "Completed 0.90 0");
    assert_eq!(panel.shown(partial).await, "Partial 0.008 1");
    let balance = panel.balance().await;
    for order in [completed, partial, sent] {
        assert_eq!(
            cancel(&panel, order).await,
            sentence("The order cannot be canceled")
        );
    }
    let (_, foreign) = account(&panel.panel, "somebody else", "1").await;
    let order = completed.to_string();
    let answer = panel
        .v2_as(&foreign, &[("action", "cancel"), ("order", &order)])
        .await;
    assert_eq!(answer.body, sentence("Incorrect order ID"));
    panel.work().await;
    assert_eq!(forwarded(&panel), [""; 0]);
    assert_eq!(panel.balance().await, balance);
    panel.finish().await;
}

#[apply(story)]
async fn a_cancel_of_an_order_that_may_have_been_taken_is_forwarded_once_it_is_known() {
    let panel = TestPanel::start().await;
    panel.provider.script_next(1, Script::AcceptThenHtml502);
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(cancel(&panel, order).await, taken(order));
    panel.pass(5 * MINUTE).await;
    assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
    assert_eq!(forwarded(&panel), [""; 0]);
    // The provider goes on as its script says; what counts here is that it is asked.
    let run = orders::uncertain(&panel.panel, Period::default(), None, 1)
        .await
        .unwrap()[0]
        .id;
    let id = panel.provider.orders()[0].id.to_string();
    let found = Resolution::Accepted(id.clone());
    assert_eq!(
        orders::resolve(&panel.panel, &Actor::command(), run, found, None)
            .await
            .unwrap(),
        Ok(())
    );
    panel.work().await;
    assert_eq!(forwarded(&panel), [id]);
    panel.finish().await;
}

#[apply(story)]
async fn a_canceled_order_that_turns_out_not_to_be_taken_ends_at_once() {
    let panel = TestPanel::start().await;
    let orders_at_operator = [Resolution::SendAgain, Resolution::Refund];
    for (n, how) in (0..).zip(orders_at_operator) {
        panel
            .provider
            .fail_next("add", Fault::Http(502, String::new()));
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.work().await;
        assert_eq!(cancel(&panel, order).await, taken(order));
        let run = orders::uncertain(&panel.panel, Period::default(), None, 1)
            .await
            .unwrap()[0]
            .id;
        assert_eq!(
            orders::resolve(&panel.panel, &Actor::command(), run, how.clone(), None)
                .await
                .unwrap(),
            Ok(())
        );
        panel.work().await;
        assert_eq!(panel.shown(order).await, "Canceled 0.00 1000", "{how:?}");
        assert_eq!(panel.balance().await, "100.00", "{how:?}");
    }
    assert_eq!(panel.provider.orders(), []);
    panel.finish().await;
}

#[apply(story)]
async fn an_order_canceled_while_it_is_on_its_way_ends_when_the_provider_does_not_take_it() {
    for (status, body) in [
        ("429 Too Many Requests", ""),
        ("200 OK", r#"{"error":"Rate limit exceeded"}"#),
        (
            "200 OK",
            r#"{"error":"You have active order with this link. Please wait until order being completed."}"#,
        ),
    ] {
        let panel = TestPanel::start().await;
        let listener = TcpListener::bind(ANYWHERE).await.unwrap();
        let url = format!("http://{}/api/v2", listener.local_addr().unwrap());
        let at = connect_to(&panel.panel, "slow", &url, "key").await;
        let terms = terms(ServiceType::Default, "0.90");
        let offers = vec![offer(at, 1, &terms), offer(panel.provider_id, 1, &terms)];
        let service = panel.service(terms, offers).await;
        let order = panel.order_of(service, "https://x.test/p", 1000).await;
        // The cancel comes between the request and its answer.
        let (_, answer) = tokio::join!(panel.work(), async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (mut request, mut read) = (vec![0; 16 * 1024], 0);
            while !request[..read].windows(5).any(|part| part == b"&key=") {
                read += stream.read(&mut request[read..]).await.unwrap();
            }
            let answer = cancel(&panel, order).await;
            let head = format!("HTTP/1.1 {status}\r\nconnection: close");
            let reply = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            stream.write_all(reply.as_bytes()).await.unwrap();
            answer
        });
        assert_eq!(answer, taken(order), "{body}");
        assert_eq!(panel.shown(order).await, "Canceled 0.00 1000", "{body}");
        assert_eq!(panel.balance().await, "100.00", "{body}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn a_manual_order_is_canceled_until_an_operator_has_begun_it() {
    let panel = TestPanel::start().await;
    let manual = panel
        .service(terms(ServiceType::Default, "0.90"), vec![])
        .await;
    let order = panel.order_of(manual, "https://x.test/p", 1000).await;
    panel.pass(HOUR).await;
    assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
    assert_eq!(cancel(&panel, order).await, taken(order));
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    panel.finish().await;
}

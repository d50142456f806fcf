//! Answers that come after their run was given up.

use super::*;

/// A provider that answers `add` when the story says so: each request comes out of the channel
/// with the means to answer it.
struct SlowProvider {
    url: String,
    arrived: mpsc::UnboundedReceiver<oneshot::Sender<&'static str>>,
}

impl SlowProvider {
    async fn start() -> SlowProvider {
        let listener = TcpListener::bind(ANYWHERE).await.unwrap();
        let url = format!("http://{}/api/v2", listener.local_addr().unwrap());
        let (came, arrived) = mpsc::unbounded_channel();
        let came = Arc::new(came);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer_late(stream, came.clone()));
            }
        });
        SlowProvider { url, arrived }
    }
}

async fn answer_late(
    mut stream: TcpStream,
    came: Arc<mpsc::UnboundedSender<oneshot::Sender<&'static str>>>,
) {
    let mut request = vec![0; 16 * 1024];
    let mut read = 0;
    while !request[..read].windows(5).any(|part| part == b"&key=") {
        match stream.read(&mut request[read..]).await {
            Ok(more) if more > 0 => read += more,
            _ => return,
        }
    }
    let (answer, given) = oneshot::channel();
    if came.send(answer).is_err() {
        return;
    }
    if let Ok(body) = given.await {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
        let text = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(text.as_bytes()).await.unwrap();
    }
}

/// A panel with an order whose first request was taken and is not answered yet, while the lease
/// has run out: the run is parked. Gives the answer's channel and what still waits for it.
async fn with_a_late_answer() -> (
    TestPanel,
    SlowProvider,
    i64,
    oneshot::Sender<&'static str>,
    tokio::task::JoinHandle<()>,
) {
    let panel = TestPanel::start().await;
    let mut slow = SlowProvider::start().await;
    let at = harness::connect_to(&panel.panel, "slow", &slow.url, "key").await;
    // The story's own clock ends the lease; the connection's time-out must not be first.
    panel
        .sql(&format!(
            "UPDATE providers SET timeout_ms = 600000 WHERE id = {at}"
        ))
        .await;
    let terms = terms(ServiceType::Default, "0.90");
    let offers = vec![offer(at, 1, &terms)];
    let service = panel.service(terms, offers).await;
    let order = panel.order_of(service, "https://x.test/p", 1000).await;
    let workers = Workers::new(&panel.panel, Client::new(true).unwrap());
    let sending = tokio::spawn(async move { workers.run_until_quiet().await.unwrap() });
    let late = slow.arrived.recv().await.unwrap();
    panel.advance(11 * MINUTE);
    panel.work().await;
    assert_eq!(states(&panel, order).await, ["parked"]);
    (panel, slow, order, late, sending)
}

#[apply(story)]
async fn a_late_answer_decides_a_run_that_nobody_has_decided_yet() {
    let (panel, _slow, order, late, sending) = with_a_late_answer().await;
    late.send(r#"{"order":41}"#).unwrap();
    sending.await.unwrap();
    assert_eq!(states(&panel, order).await, ["accepted"]);
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    assert_eq!(uncertain(&panel).await, []);
    panel.finish().await;
}

#[apply(story)]
async fn a_late_answer_to_an_attempt_that_was_given_up_is_an_alarm_and_decides_nothing() {
    let (panel, mut slow, order, late, sending) = with_a_late_answer().await;
    let run = uncertain(&panel).await[0];
    assert_eq!(resolve(&panel, run, Resolution::SendAgain).await, Ok(()));
    let (_, ()) = tokio::join!(panel.work(), async {
        let again = slow.arrived.recv().await.unwrap();
        again.send(r#"{"order":42}"#).unwrap();
    });
    let id = "SELECT provider_order FROM dispatches";
    assert_eq!(texts(&panel, id).await, ["42"]);
    late.send(r#"{"order":41}"#).unwrap();
    sending.await.unwrap();
    assert_eq!(texts(&panel, id).await, ["42"]);
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    let alerts = alerts::list(&panel.panel.db, alerts::Search::default(), 10)
        .await
        .unwrap();
    assert_eq!(alerts[0].kind, "late_answer");
    assert!(alerts[0].message.contains("41"), "{}", alerts[0].message);
    panel.finish().await;
}

#[apply(story)]
async fn a_late_refusal_of_an_attempt_that_was_given_up_refunds_nothing() {
    let (panel, slow, order, late, sending) = with_a_late_answer().await;
    // It hangs up on everything else, such as the question about the order.
    drop(slow);
    let run = uncertain(&panel).await[0];
    let found = Resolution::Accepted("42".to_owned());
    assert_eq!(resolve(&panel, run, found).await, Ok(()));
    late.send(r#"{"error":"Bad link"}"#).unwrap();
    sending.await.unwrap();
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}

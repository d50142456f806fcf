//! Sources that do not answer, or lie: recorded, told of, and nothing is ever refilled for them.

use super::*;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that answers every connection with these bytes; its address, and how many came.
async fn answering(bytes: Vec<u8>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let came = Arc::new(AtomicUsize::new(0));
    let counted = came.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
    });
    (address, came)
}

/// An answer with this status line and body.
fn http(status: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

#[apply(story)]
async fn a_source_that_lies_files_nothing() {
    let watch = Watch::start().await;
    watch.set(1, json!({"refill_days": "lifetime"})).await;
    let order = watch.delivered(LINK).await;
    let huge = format!(r#"{{"count": 1{}}}"#, " ".repeat(10_000_000));
    let bodies: [&[u8]; 18] = [
        b"",
        b"0",
        b"null",
        b"[0]",
        b"{}",
        b"<html><body>0</body></html>",
        b"not json",
        br#"{"count":-1}"#,
        br#"{"count":1000000000001}"#,
        br#"{"count":99999999999999999999999999999999999}"#,
        br#"{"count":0.5}"#,
        br#"{"count":1e2}"#,
        br#"{"count":"0"}"#,
        br#"{"count":null}"#,
        br#"{"count":0,"count":0}"#,
        br#"{"count":0"#,
        b"{\"count\":\"\0\xff\"}",
        huge.as_bytes(),
    ];
    let mut answers: Vec<Vec<u8>> = bodies.iter().map(|body| http("200 OK", body)).collect();
    let good = br#"{"count":0}"#;
    for status in ["404 Not Found", "500 Internal Server Error", "201 Created"] {
        answers.push(http(status, good));
    }
    answers.push(b"".to_vec());
    answers.push(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"co".to_vec());
    answers.push(b"nonsense\r\n\r\n".to_vec());
    let count = answers.len();
    for bytes in answers {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
        let (address, came) = answering(bytes).await;
        let source = format!("http://{address}/{{link}}");
        watch.set(1, json!({"count_source": source})).await;
        watch.later(7 * DAY).await;
        assert_eq!(came.load(Ordering::SeqCst), 1, "{shown}");
        let looks = watch.looks(order).await;
        let last = looks.last().unwrap();
        assert!(
            !last.starts_with('0') && last.ends_with(": -"),
            "{shown}: {last}"
        );
        assert!(last.len() < 210, "{last}");
    }
    assert_eq!(watch.looks(order).await.len(), count);
    assert_eq!(watch.refills(order).await, [""; 0]);
    assert_eq!(alert_kinds(&watch.panel).await, ["count_source_fails"]);
    // It is believed again when it counts.
    let source = watch.panel.provider.count_source();
    watch.set(1, json!({"count_source": source})).await;
    watch.panel.provider.drop_units(LINK, 300);
    watch.later(7 * DAY).await;
    let last = watch.looks(order).await.pop();
    assert_eq!(last.as_deref(), Some("300: refill 1"));
    watch.panel.finish().await;
}

#[apply(story)]
async fn a_redirect_is_never_followed() {
    let watch = Watch::start().await;
    let order = watch.delivered(LINK).await;
    let (victim, visited) = answering(http("200 OK", br#"{"count":0}"#)).await;
    let moved =
        format!("HTTP/1.1 302 Found\r\nLocation: http://{victim}/\r\nContent-Length: 0\r\n\r\n");
    let (address, came) = answering(moved.into_bytes()).await;
    let source = format!("http://{address}/?of={{link}}");
    watch.set(1, json!({"count_source": source})).await;
    watch.later(DAY).await;
    assert_eq!(came.load(Ordering::SeqCst), 1);
    assert_eq!(visited.load(Ordering::SeqCst), 0);
    assert_eq!(watch.looks(order).await, ["HTTP 302: -"]);
    watch.panel.finish().await;
}

#[apply(story)]
async fn no_source_of_a_private_network_is_asked() {
    let watch = Watch::start().await;
    let order = watch.delivered(LINK).await;
    let (victim, visited) = answering(http("200 OK", br#"{"count":0}"#)).await;
    let port = victim.rsplit(':').next().unwrap();
    let sources = [
        "http://10.0.0.1/{link}".to_owned(),
        "http://169.254.169.254/{link}".to_owned(),
        "https://[fd00::1]/{link}".to_owned(),
        format!("http://[::ffff:127.0.0.1]:{port}/{{link}}"),
        format!("https://{{link}}:{port}/"),
        "https://counts.invalid/{link}".to_owned(),
        "file:///etc/passwd?{link}".to_owned(),
    ];
    watch.panel.advance(DAY);
    for source in &sources {
        // Behind the back of the check at the operator's door.
        let sql = format!("UPDATE services SET count_source = '{source}' WHERE id = 1");
        watch.panel.sql(&sql).await;
        watch.later(DAY).await;
        let last = watch.looks(order).await.pop().unwrap();
        assert!(
            last.ends_with(": -") && !last.starts_with('-'),
            "{source}: {last}"
        );
        // Nor does one get in by that door.
        let no = watch.change(1, json!({"count_source": source})).await;
        let is_name = source.contains("counts.invalid");
        assert_eq!(no.status, if is_name { 200 } else { 422 }, "{source}");
    }
    assert_eq!(visited.load(Ordering::SeqCst), 0);
    assert_eq!(watch.refills(order).await, [""; 0]);
    watch.panel.finish().await;
}

#[apply(story)]
async fn a_source_that_hangs_is_asked_less_and_less_and_a_person_is_told_once() {
    let watch = Watch::start().await;
    let order = watch.delivered(LINK).await;
    watch.panel.provider.drop_units(LINK, 300);
    for _ in 0..6 {
        watch.panel.provider.fail_next("count", Fault::Hang);
    }
    watch.later(DAY).await;
    let mut asked = 1;
    for hours in [1, 2, 4, 8, 16] {
        watch.later(hours * HOUR - 1).await;
        assert_eq!(watch.asked().len(), asked, "{hours}");
        watch.later(1).await;
        asked += 1;
        assert_eq!(watch.asked().len(), asked, "{hours}");
    }
    assert_eq!(alert_kinds(&watch.panel).await, ["count_source_fails"]);
    let looks = watch.looks(order).await;
    assert_eq!(looks.len(), 6);
    assert!(
        looks.iter().all(|look| look == "no answer: time-out: -"),
        "{looks:?}"
    );
    watch.later(DAY).await;
    assert_eq!(watch.looks(order).await[6], "300: refill 1");
    watch.panel.finish().await;
}

#[apply(story)]
async fn a_link_of_a_customer_reaches_the_source_as_it_is_and_changes_nothing_else() {
    let watch = Watch::start().await;
    let source = watch.panel.provider.count_source();
    let source = source.replace("link={link}", "link={link}&token=1");
    watch.set(1, json!({"count_source": source})).await;
    let link = "https://x.test/p?a=1&link=https://y.test/%20+é&token=2";
    watch.delivered(link).await;
    watch.later(DAY).await;
    let requests = watch.panel.provider.requests();
    let count = requests.iter().find(|seen| seen.action == "count").unwrap();
    let fields: Vec<(&str, &str)> = count
        .fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let stored = texts(&watch.panel, "SELECT link FROM orders").await;
    assert_eq!(fields, [("link", stored[0].as_str()), ("token", "1")]);
    watch.panel.finish().await;
}

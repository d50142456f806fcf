//! The same request in every encoding that resellers' software uses.

use harness::TestPanel;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{LINK, body, expect_headers, post};

const FORM: &str = "application/x-www-form-urlencoded";
const BALANCE: &str = r#"{"balance":"100.00","currency":"USD"}"#;

/// A multipart body with these fields, as curl writes it, and its media type.
pub(super) fn multipart(fields: &[(&str, &str)]) -> (&'static str, String) {
    let mut body = String::new();
    for (name, value) in fields {
        body.push_str("--------------------------d74496d66958873e\r\n");
        body.push_str(&format!(
            "Content-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    body.push_str("--------------------------d74496d66958873e--\r\n");
    let media = "multipart/form-data; boundary=------------------------d74496d66958873e";
    (media, body)
}

#[apply(story)]
async fn every_encoding_gives_the_same_answer() {
    let panel = TestPanel::start().await;
    let key = &panel.key;
    let form = format!("key={key}&action=balance");
    let json = format!(r#"{{"key":"{key}","action":"balance"}}"#);
    let (parts, multipart) = multipart(&[("key", key), ("action", "balance")]);
    for (media, text) in [
        (Some(FORM), form.clone()),
        (
            Some("application/x-www-form-urlencoded;charset=UTF-8"),
            form.clone(),
        ),
        (
            Some("Application/X-WWW-Form-URLEncoded; Charset=odd; x"),
            form.clone(),
        ),
        (Some("text/plain"), form.clone()),
        (Some("no media type"), form.clone()),
        (None, form.clone()),
        (None, json.clone()),
        (Some("application/json"), json.clone()),
        (Some("application/json; charset=utf-8"), json.clone()),
        (Some("APPLICATION/JSON"), json),
        (Some(parts), multipart),
    ] {
        let reply = post(&panel, media, text).await;
        assert_eq!(reply.body, BALANCE, "{media:?}");
        expect_headers(&reply);
    }
    panel.finish().await;
}

#[apply(story)]
async fn get_and_the_trailing_slash_are_answered_without_a_redirect() {
    let panel = TestPanel::start().await;
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let (url, slash) = (&panel.url, format!("{}/", panel.url));
    let form = [("key", panel.key.as_str()), ("action", "balance")];
    let query = format!("?key={}&action=balance", panel.key);
    for request in [
        client.post(&slash).form(&form),
        client.get(format!("{url}{query}")),
        client.get(format!("{slash}{query}")),
        client.post(format!("{url}{query}")),
    ] {
        let reply = panel.send(request).await;
        assert_eq!(reply.body, BALANCE);
        expect_headers(&reply);
    }
    let add = format!("&action=add&service=1&link={LINK}&quantity=1000");
    let placed = client.get(format!("{url}{query}{add}"));
    assert_snapshot!(panel.send(placed).await.body, @r#"{"order":1}"#);
    panel.finish().await;
}

#[apply(story)]
async fn the_body_wins_over_the_query() {
    let panel = TestPanel::start().await;
    let query = format!("{}?action=nope&key=BAD", panel.url);
    let form = [("key", panel.key.as_str()), ("action", "balance")];
    let reply = panel.send(panel.http().post(query).form(&form)).await;
    assert_eq!(reply.body, BALANCE);
    panel.finish().await;
}

#[apply(story)]
async fn get_can_be_turned_off() {
    let panel = TestPanel::start_with(|config| config.v2_allow_get = false).await;
    let query = format!("{}?key={}&action=balance", panel.url, panel.key);
    let reply = panel.send(panel.http().get(&query)).await;
    assert_eq!(reply.error(), "Incorrect request");
    expect_headers(&reply);
    assert_eq!(body(&panel, &[("action", "balance")]).await, BALANCE);
    panel.finish().await;
}

#[apply(story)]
async fn an_order_is_placed_by_json_multipart_and_form_alike() {
    let panel = TestPanel::start().await;
    let key = &panel.key;
    let json =
        |values: &str| format!(r#"{{"key":"{key}","action":"add","link":"{LINK}",{values}}}"#);
    for (values, order) in [
        (r#""service":1,"quantity":1000"#, 1),
        (r#""service":"1","quantity":"1000""#, 2),
        (
            r#""service":1.0,"quantity":1000.0,"runs":null,"comments":[]"#,
            3,
        ),
    ] {
        let reply = post(&panel, Some("application/json"), json(values)).await;
        assert_eq!(reply.body, format!(r#"{{"order":{order}}}"#), "{values}");
        assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
    }
    let (media, parts) = multipart(&[
        ("key", key),
        ("action", "add"),
        ("service", "2"),
        ("link", LINK),
        ("comments", "good\r\ngrëat 😀\r\n"),
    ]);
    let reply = post(&panel, Some(media), parts).await;
    assert_snapshot!(reply.body, @r#"{"order":4}"#);
    assert_eq!(panel.shown(4).await, "Pending 0.016 2");
    panel.work().await;
    let sent = panel.provider.orders();
    let comments = sent.iter().find_map(|order| order.details.first()).unwrap();
    assert_eq!(comments.1, "good\ngrëat 😀");
    panel.finish().await;
}

#[apply(story)]
async fn lists_of_ids_are_read_in_every_spelling() {
    let panel = TestPanel::start().await;
    let first = panel.order("https://x.test/1", 1000).await;
    let second = panel.order("https://x.test/2", 1000).await;
    let key = &panel.key;
    let expected = body(&panel, &[("action", "status"), ("orders", "1,2")]).await;
    assert_eq!((first, second), (1, 2));
    assert!(expected.starts_with(r#"{"1":{"#), "{expected}");
    for list in [
        "orders= 1 , 2 ,",
        "orders=1%2C2",
        "orders[]=1&orders[]=2",
        "orders%5B%5D=1&orders%5B%5D=2",
        "orders[0]=1&orders[1]=2",
        "order=1,2",
        "orders=1,1,2,2",
        "orders=1,2&order=1",
        "orders=1,2&order=",
    ] {
        let form = format!("key={key}&action=status&{list}");
        assert_eq!(
            post(&panel, Some(FORM), form).await.body,
            expected,
            "{list}"
        );
    }
    for list in [
        r#""orders":[1,2]"#,
        r#""orders":["1","2"]"#,
        r#""orders":"1,2""#,
        r#""order":"1,2""#,
        r#""order":[1,2]"#,
        r#""orders[]":[1,2]"#,
    ] {
        let json = format!(r#"{{"key":"{key}","action":"status",{list}}}"#);
        let reply = post(&panel, Some("application/json"), json).await;
        assert_eq!(reply.body, expected, "{list}");
    }
    let one = body(&panel, &[("action", "status"), ("order", "1")]).await;
    for list in [r#""order":1"#, r#""order":"1""#, r#""order":1,"orders":[]"#] {
        let json = format!(r#"{{"key":"{key}","action":"status",{list}}}"#);
        let reply = post(&panel, Some("application/json"), json).await;
        assert_eq!(reply.body, one, "{list}");
    }
    panel.finish().await;
}

/// Asks for the balance with these lines in the head of the request.
async fn balance_answers(panel: &TestPanel, lines: &str) {
    let mut connection = Connection::open(panel).await;
    let form = connection.form.clone();
    let head = format!(
        "{lines}Content-Type: {FORM}\r\nContent-Length: {}\r\n",
        form.len()
    );
    connection.send_head(&head).await;
    connection.send(&form).await;
    assert_eq!(
        connection.answer().await,
        ("HTTP/1.1 200 OK".to_owned(), BALANCE.to_owned())
    );
}

#[apply(story)]
async fn a_client_without_a_user_agent_or_with_an_ancient_one_is_served() {
    let panel = TestPanel::start().await;
    for agent in [
        "",
        "User-Agent: Mozilla/4.0 (compatible; MSIE 5.01; Windows NT 5.0)\r\n",
    ] {
        balance_answers(&panel, agent).await;
    }
    panel.finish().await;
}

#[apply(story)]
async fn an_offer_to_switch_to_http_2_is_answered_over_http_1() {
    let panel = TestPanel::start().await;
    let upgrade = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\
                   HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n";
    balance_answers(&panel, upgrade).await;
    panel.finish().await;
}

#[apply(story)]
async fn a_client_that_waits_for_continue_is_told_to() {
    let panel = TestPanel::start().await;
    let mut connection = Connection::open(&panel).await;
    let form = connection.form.clone();
    let head = format!(
        "Content-Type: {FORM}\r\nContent-Length: {}\r\nExpect: 100-continue\r\n",
        form.len()
    );
    connection.send_head(&head).await;
    assert_eq!(connection.head().await, "HTTP/1.1 100 Continue");
    connection.send(&form).await;
    assert_eq!(
        connection.answer().await,
        ("HTTP/1.1 200 OK".to_owned(), BALANCE.to_owned())
    );
    panel.finish().await;
}

#[apply(story)]
async fn a_body_in_chunks_is_one_body() {
    let panel = TestPanel::start().await;
    let mut connection = Connection::open(&panel).await;
    let form = connection.form.clone();
    let head = format!("Content-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n");
    connection.send_head(&head).await;
    for chunk in [&form[..7], &form[7..], ""] {
        let chunk = format!("{:x}\r\n{chunk}\r\n", chunk.len());
        connection.send(&chunk).await;
    }
    let answer = ("HTTP/1.1 200 OK".to_owned(), BALANCE.to_owned());
    assert_eq!(connection.answer().await, answer);
    panel.finish().await;
}

/// A connection on which a test writes what no HTTP library writes today.
struct Connection {
    stream: TcpStream,
    host: String,
    /// A form that asks for the balance.
    form: String,
}

impl Connection {
    async fn open(panel: &TestPanel) -> Connection {
        let url = url_of(panel);
        let stream = TcpStream::connect(&url).await.unwrap();
        Connection {
            stream,
            host: url,
            form: format!("key={}&action=balance", panel.key),
        }
    }

    async fn send_head(&mut self, headers: &str) {
        let head = format!(
            "POST /api/v2 HTTP/1.1\r\nHost: {}\r\n{headers}\r\n",
            self.host
        );
        self.send(&head).await;
    }

    async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// Reads the head of an answer and gives its first line.
    async fn head(&mut self) -> String {
        self.whole_head().await.lines().next().unwrap().to_owned()
    }

    async fn whole_head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.stream.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap()
    }

    /// The first line and the body of an answer of stated length.
    async fn answer(&mut self) -> (String, String) {
        let head = self.whole_head().await;
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .unwrap_or_else(|| panic!("no length: {head}"));
        let mut body = vec![0; length.parse().unwrap()];
        self.stream.read_exact(&mut body).await.unwrap();
        let line = head.lines().next().unwrap().to_owned();
        (line, String::from_utf8(body).unwrap())
    }
}

/// `127.0.0.1:PORT` of a panel.
fn url_of(panel: &TestPanel) -> String {
    let address = panel.url.strip_prefix("http://").unwrap();
    address.strip_suffix("/api/v2").unwrap().to_owned()
}

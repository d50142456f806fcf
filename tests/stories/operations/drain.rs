//! Stopping: a panel leaves the load balancer before it leaves its callers.

use std::time::Duration;

use harness::{ANYWHERE, START, account, config, open};
use rustix::process::{Pid, Signal, kill_process};
use smm_panel_server::app::{self, Background};
use smm_panel_server::clock::Clock;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::get;

/// The answer to the rest of a request, which ends its connection.
async fn finish(mut connection: TcpStream, rest: &str) -> String {
    connection.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    if let Err(e) = connection.read_to_string(&mut answer).await {
        return format!("ERR {e} {answer}");
    }
    answer
}

/// The beginning of a request, without the last byte of its body; the panel reads it already.
async fn begin(address: &str, body: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let (sent, length) = (&body[..body.len() - 1], body.len());
    let head = format!(
        "POST /api/v2 HTTP/1.1\r\nHost: panel\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let expected = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut said = vec![0; expected.len()];
    connection.read_exact(&mut said).await.unwrap();
    assert_eq!(said, expected);
    connection.write_all(sent.as_bytes()).await.unwrap();
    connection
}

#[apply(story)]
async fn a_request_under_way_is_answered_while_the_panel_leaves_its_load_balancer() {
    let folder = TempDir::new().unwrap();
    let mut settings = config(&folder);
    settings.drain_delay_ms = 1_000;
    let panel = open(settings, Clock::manual(START)).await;
    let (_, key) = account(&panel, "reseller", "1").await;
    let running = app::start(panel, ANYWHERE, Background::Workers)
        .await
        .unwrap();
    let address = running.address.to_string();
    let body = format!("key={key}&action=balance&x=1");
    let under_way = begin(&address, &body).await;
    let ready = format!("http://{address}/health/ready");
    assert_eq!(get(&ready).await.status, 200);

    let stopping = tokio::spawn(running.stop());
    // It takes a moment until the task runs.
    let said = loop {
        let reply = get(&ready).await;
        if reply.status == 503 {
            break reply.json();
        }
    };
    assert_eq!(
        (&said["stopping"], &said["database"]),
        (&"yes".into(), &"ok".into())
    );
    assert_eq!(
        get(&format!("http://{address}/health/live")).await.status,
        200
    );
    // New requests are still served while load balancers find out.
    let late = format!("http://{address}/api/v2?key={key}&action=balance");
    assert!(get(&late).await.body.contains("\"balance\""));
    // Past the delay nobody new is let in.
    while TcpStream::connect(&address).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!stopping.is_finished(), "a request is under way");
    let answer = finish(under_way, "1").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\"balance\":\"1"), "{answer}");
    stopping.await.unwrap().unwrap();
}

#[apply(story)]
async fn a_process_that_is_told_to_stop_answers_what_is_under_way_and_exits_with_0() {
    let folder = TempDir::new().unwrap();
    let setting = |name: &str| folder.path().join(name).display().to_string();
    let mut process = tokio::process::Command::new(env!("CARGO_BIN_EXE_panel-under-test"))
        .arg("serve")
        .env_clear()
        .env("SMM_PANEL_LISTEN", "127.0.0.1:0")
        .env("SMM_PANEL_METRICS_LISTEN", "127.0.0.1:0")
        .env("SMM_PANEL_DRAIN_DELAY_MS", "300")
        .env("SMM_PANEL_LOG_FORMAT", "json")
        .env("SMM_PANEL_LOG", "debug,poem=trace")
        .env(
            "SMM_PANEL_DATABASE_URL",
            format!("sqlite:{}", setting("panel.db")),
        )
        .env("SMM_PANEL_SECRETS_FILE", setting("secrets"))
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
    let address = loop {
        let line = log.next_line().await.unwrap().unwrap();
        if let Some((_, rest)) = line.split_once("on http://") {
            break rest.split('/').next().unwrap().to_owned();
        }
    };
    let under_way = begin(&address, "key=secret-key&action=balance").await;
    let pid = i32::try_from(process.id().unwrap()).unwrap();
    kill_process(Pid::from_raw(pid).unwrap(), Signal::TERM).unwrap();
    while TcpStream::connect(&address).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let answer = finish(under_way, "e").await;
    if answer.contains("ERR") {
        while let Some(line) = log.next_line().await.unwrap() {
            println!("{line}");
        }
        println!("{:?}", process.wait().await);
    }
    assert!(
        answer.contains("{\"error\":\"Invalid API key\"}"),
        "{answer}"
    );
    assert_eq!(process.wait().await.unwrap().code(), Some(0));

    let mut answered = None;
    while let Some(line) = log.next_line().await.unwrap() {
        assert!(!line.contains("secret-key"), "{line}");
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        if line["fields"]["message"] == "answered" {
            answered = Some(line);
        }
    }
    let answered = answered.expect("the request is logged");
    let fields = &answered["fields"];
    assert_eq!(answered["level"], "DEBUG");
    assert_eq!(
        (
            &fields["face"],
            &fields["action"],
            &fields["status"],
            &fields["outcome"]
        ),
        (
            &"v2".into(),
            &"balance".into(),
            &200.into(),
            &"refused".into()
        )
    );
    assert!(fields["ms"].is_u64(), "{fields}");
}

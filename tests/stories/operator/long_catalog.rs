//! The catalogue of a provider that lists 14 MB: what a served panel takes for it, and what commands
//! beside it do.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{Operator, serve, stop};

/// How many services it lists.
const ROWS: usize = 28_000;
/// By how much the panel may grow while it reads them: the text, the rows, and what was read before.
/// As values all at once it were 230 MiB and more.
const MOST_MIB: u64 = 120;

fn catalogue() -> String {
    let description = "Start: 0-1 hour, speed up to 5K a day, real looking accounts. ".repeat(4);
    let rows: Vec<_> = (1..=ROWS)
        .map(|id| {
            json!({
                "service": id.to_string(),
                "name": format!("Instagram Followers [Max: {id}K] [Refill: 30 Days] [Speed: 5K]"),
                "type": "Default",
                "category": format!("Instagram Followers {}", id % 200),
                "rate": format!("0.9{id:05}"),
                "min": "10",
                "max": "1000000",
                "refill": id % 3 == 0,
                "cancel": id % 5 == 0,
                "dripfeed": true,
                "desc": description,
            })
        })
        .collect();
    serde_json::to_string(&rows).unwrap()
}

/// A provider that answers `services` with `catalogue` and anything else with its balance.
async fn provider(catalogue: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api/v2", listener.local_addr().unwrap());
    let catalogue = Arc::new(catalogue);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let catalogue = catalogue.clone();
            tokio::spawn(async move {
                let (mut asked, mut piece) = (String::new(), [0; 4096]);
                while !asked.contains("action=") {
                    match stream.read(&mut piece).await {
                        Ok(read) if read > 0 => {
                            asked.push_str(&String::from_utf8_lossy(&piece[..read]));
                        }
                        Ok(_) | Err(_) => return,
                    }
                }
                let body = match asked.contains("action=services") {
                    true => catalogue.as_str(),
                    false => r#"{"balance":"100.00","currency":"USD"}"#,
                };
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\
                     content-length: {length}\r\n\r\n"
                );
                let _ = stream.write_all(head.as_bytes()).await;
                let _ = stream.write_all(body.as_bytes()).await;
            });
        }
    });
    url
}

/// The most memory that a process had, in MiB.
fn peak_mib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1024
}

#[apply(story_of_sqlite)]
async fn a_long_catalogue_takes_little_memory_and_leaves_commands_their_turn() {
    let text = catalogue();
    assert!(
        (13_000_000..16_000_000).contains(&text.len()),
        "{}",
        text.len()
    );
    let url = provider(text).await;
    let operator = Operator::with_loopback().with("SMM_PANEL_LISTEN", "127.0.0.1:0");
    operator
        .ok_given(
            &["provider", "add", "long", &url],
            "a-key-of-the-provider\n",
        )
        .await;
    // It is followed, and due.
    operator
        .sql("UPDATE providers SET sync_due_at_ms = 0")
        .await;
    let (mut served, _) = serve(&operator).await;
    let process = served.id().unwrap();
    let before = peak_mib(process);
    let mut beside = 0;
    for number in 0.. {
        assert!(number < 200, "it never came to an end");
        operator.ok(&["alerts"]).await;
        operator
            .ok(&["account", "create", &format!("customer-{number}")])
            .await;
        beside += 2;
        let db = sea_orm::Database::connect(&operator.env["SMM_PANEL_DATABASE_URL"])
            .await
            .unwrap();
        let sql = "SELECT COUNT(*) FROM sync_reports WHERE finished_at_ms IS NOT NULL";
        let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, sql);
        let row = sea_orm::ConnectionTrait::query_one_raw(&db, statement)
            .await
            .unwrap()
            .unwrap();
        let finished: i64 = row.try_get_by_index(0).unwrap();
        db.close().await.unwrap();
        if finished == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let grown = peak_mib(process) - before;
    println!("from {before} MiB by {grown} MiB at most, {beside} commands beside it");
    assert!(grown < MOST_MIB, "it grew by {grown} MiB");
    assert_eq!(stop(&mut served).await, Some(0));
    operator.finish().await;
}

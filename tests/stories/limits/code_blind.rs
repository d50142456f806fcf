//! Software that does not look at HTTP codes: a limit never kills an order or a catalogue there.

use std::process::Stdio;

use harness::TestPanel;
use serde_json::Value;
use tokio::process::Command;

use super::{LINK, of_starters};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

#[apply(story_on_threads)]
async fn a_limit_kills_no_order_of_software_that_reads_bodies_only() {
    let panel = TestPanel::start_with(of_starters).await;
    let order = panel.order(LINK, 1_000).await.to_string();
    let polls = Command::new("php")
        .arg(format!("{FOLDER}/stories/limits/code_blind.php"))
        .arg(format!("{FOLDER}/../examples/php/panel_api.php"))
        .args([&panel.url, &panel.key, &order, "20"])
        .stderr(Stdio::inherit())
        .output()
        .await
        .expect("PHP runs this story's script; on Debian: apt-get install php-cli php-curl");
    assert!(polls.status.success());
    let seen: Value = serde_json::from_slice(&polls.stdout).unwrap();
    // 12 statuses, of one order and of many, and 12 catalogues were answered.
    assert_eq!(seen["dead"], 0, "{seen}");
    assert_eq!(seen["broken"], 0, "{seen}");
    assert_eq!(seen["status"], 6, "{seen}");
    assert_eq!(seen["nothing"], 14, "{seen}");
    assert_eq!(seen["catalogue"], 12, "{seen}");
    panel.advance(harness::MINUTE);
    assert_eq!(
        panel.status(order.parse().unwrap()).await["status"],
        "Pending"
    );
    panel.finish().await;
}

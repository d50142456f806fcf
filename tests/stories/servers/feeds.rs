//! Feeds and cursors with two servers writing: whoever reads on from what it has seen misses
//! nothing.

use futures::future::join;
use harness::TestPanel;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use smm_panel_server::actor::Actor;
use smm_panel_server::app::{self, Background};
use smm_panel_server::money::Money;
use smm_panel_server::wallet;

/// The ledger transactions of the wallet, by the cursor of the typed API from the beginning.
async fn entries(panel: &TestPanel) -> Vec<i64> {
    let url = panel.url.replace("/api/v2", "/api/v3/wallet/entries");
    let request = panel.http().get(url).bearer_auth(&panel.key);
    let page: Value = panel.send(request).await.json();
    let entries = page["entries"].as_array().unwrap().iter();
    entries
        .map(|entry| entry["transaction_id"].as_i64().unwrap())
        .collect()
}

#[apply(story_of_postgres)]
async fn what_has_a_higher_number_is_never_committed_before_what_has_a_lower_one() {
    let panel = TestPanel::start().await;
    let other = harness::open_another(&panel).await;
    let running = app::start(other, harness::ANYWHERE, Background::Nobody)
        .await
        .unwrap();
    let other_url = format!("http://{}/api/v2", running.address);
    let before = entries(&panel).await;

    // A server that has taken its numbers and is slow to commit.
    let slow = panel.panel.db.begin().await.unwrap();
    slow.execute_unprepared(
        "UPDATE id_sequences SET last_id = last_id + 1 WHERE name = 'ledger_transactions'; \
         INSERT INTO ledger_transactions (id, kind, reference, note, created_at_ms) SELECT last_id, \
         'adjustment', 'adjustment:slow', 'a test', 0 FROM id_sequences WHERE name = 'ledger_transactions'; \
         INSERT INTO ledger_entries (transaction_id, line, account, side, amount_nano) \
         SELECT last_id, line, account, side, 5 FROM id_sequences, (VALUES \
         (1, 'bonus', 'debit'), (2, 'wallet:1', 'credit')) AS v (line, account, side) \
         WHERE name = 'ledger_transactions'; \
         UPDATE wallets SET balance_nano = balance_nano + 5 WHERE account_id = 1",
    )
    .await
    .unwrap();
    // Another account orders at the other server, whose numbers come after.
    let (account, key) = harness::account(&panel.panel, "other", "0").await;
    let (actor, amount) = (Actor::command(), Money::parse("1").unwrap());
    let fund = wallet::credit(&panel.panel, &actor, account, amount, "later", "a test");
    let watch = async {
        for _ in 0..50 {
            assert_eq!(
                entries(&panel).await,
                before,
                "nothing after it is to be seen"
            );
        }
        slow.commit().await.unwrap();
    };
    let (funded, ()) = join(fund, watch).await;
    funded.unwrap();
    let form = [
        ("key", key.as_str()),
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/p"),
        ("quantity", "1000"),
    ];
    panel
        .send(panel.http().post(&other_url).form(&form))
        .await
        .order();
    let numbers = harness::texts(
        &panel,
        "SELECT reference FROM ledger_transactions ORDER BY id DESC LIMIT 3",
    );
    assert_eq!(
        numbers.await,
        ["order:1", "adjustment:later", "adjustment:slow"]
    );
    assert_eq!(entries(&panel).await.len(), before.len() + 1);
    running.stop().await.unwrap();
    panel.finish().await;
}

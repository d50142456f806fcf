//! Killed around a callback: proved, kept, credited. The gateway tells it again, or it is found;
//! in both cases it is credited once.

use harness::child::ChildPanel;
use harness::{START, check_clean, open_with};
use smm_panel_server::clock::Clock;
use smm_panel_server::secrets::Secrets;
use tempfile::TempDir;

use super::*;

const PROGRAM: &str = env!("CARGO_BIN_EXE_panel-under-test");

/// Pays a deposit while the panel dies at `point`. Gives how often it died.
async fn pays_over_a_death(point: &str, told_again: bool) -> usize {
    let folder = TempDir::new().unwrap();
    let gateway = SimulatedGateway::start(ANYWHERE).await.unwrap();
    std::fs::write(folder.path().join(harness::GATEWAY_FILE), gateway.url()).unwrap();
    let clock = Clock::manual(START);
    let opened = async || {
        let config = harness::process_config(folder.path());
        let secrets = Secrets::load_or_create(&config).unwrap();
        open_with(config, clock.clone(), secrets).await
    };
    let panel = opened().await;
    let (account, _) = harness::account(&panel, "reseller", "100").await;
    let amount = smm_panel_server::money::Money::parse("20").unwrap();
    let made = smm_panel_server::deposits::create(&panel, account, amount, None).await;
    let invoice = made.unwrap().invoice.unwrap();
    panel.db.close().await.unwrap();
    let payment = gateway.choose(&invoice, "trx").unwrap();
    let paid = gateway.set(&payment.paid_in_full().at(PaymentStatus::Finished));
    let callback = gateway.callback(&paid, Spelling::Sorted);

    let mut child = ChildPanel::new(PROGRAM, folder.path());
    child.start(clock.now(), Some(point));
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = child.url().replace("/api/v2", "/gateway/nowpayments");
    let tell = async || {
        let request = http
            .post(&url)
            .header("x-nowpayments-sig", &callback.signature)
            .body(callback.body.clone());
        // It may die of it.
        let _ = request.send().await;
    };
    tell().await;
    let _ = child.tell("work");
    for _ in 0..3 {
        child.start(clock.now(), None);
        if told_again {
            tell().await;
        }
        clock.advance_ms(MINUTE);
        // One that died is started at the new time.
        let _ = child.tell(&format!("advance {MINUTE}"));
        let _ = child.tell("work");
    }
    let died = child.deaths;
    drop(child);
    let panel = opened().await;
    check_clean(&panel).await;
    let sql = "SELECT CAST(balance_nano AS TEXT) FROM wallets";
    assert_eq!(
        harness::column(&panel, sql).await,
        ["120000000000"],
        "{point}"
    );
    let sql = "SELECT reference FROM ledger_transactions WHERE kind = 'deposit'";
    let credited = format!("nowpayments:{}", paid.id);
    assert_eq!(harness::column(&panel, sql).await, [credited], "{point}");
    panel.db.close().await.unwrap();
    gateway.stop().await;
    died
}

/// A payment that repeats another one, and names nothing but it, is told of while the panel dies at
/// `point`. Gives how often it died, and the reviews of it.
async fn is_repeated_over_a_death(point: &str) -> (usize, Vec<String>) {
    let folder = TempDir::new().unwrap();
    let gateway = SimulatedGateway::start(ANYWHERE).await.unwrap();
    std::fs::write(folder.path().join(harness::GATEWAY_FILE), gateway.url()).unwrap();
    let clock = Clock::manual(START);
    let opened = async || {
        let config = harness::process_config(folder.path());
        let secrets = Secrets::load_or_create(&config).unwrap();
        open_with(config, clock.clone(), secrets).await
    };
    let panel = opened().await;
    let (account, _) = harness::account(&panel, "reseller", "100").await;
    let amount = smm_panel_server::money::Money::parse("20").unwrap();
    let made = smm_panel_server::deposits::create(&panel, account, amount, None).await;
    let invoice = made.unwrap().invoice.unwrap();
    panel.db.close().await.unwrap();
    let first = gateway.choose(&invoice, "trx").unwrap();
    let child = gateway.repeat(&first, "trx", "80".parse().unwrap());
    let child = gateway.set(&child.unnamed().at(PaymentStatus::Finished));
    let callback = gateway.callback(&child, Spelling::Sorted);
    let mut process = ChildPanel::new(PROGRAM, folder.path());
    process.start(clock.now(), Some(point));
    let url = process.url().replace("/api/v2", "/gateway/nowpayments");
    let _ = callback.deliver(&url).await;
    let _ = process.tell("work");
    for _ in 0..4 {
        process.start(clock.now(), None);
        let _ = callback.deliver(&url).await;
        clock.advance_ms(MINUTE);
        let _ = process.tell(&format!("advance {MINUTE}"));
        let _ = process.tell("work");
    }
    let died = process.deaths;
    drop(process);
    let panel = opened().await;
    check_clean(&panel).await;
    let sql = "SELECT v.reason || ' ' || v.state || ' ' || COALESCE(CAST(p.deposit_id AS TEXT), '-') \
               FROM deposit_reviews v JOIN payments p ON p.id = v.payment_id \
               WHERE v.state <> 'settled' ORDER BY v.id";
    let reviews = harness::column(&panel, sql).await;
    panel.db.close().await.unwrap();
    gateway.stop().await;
    (died, reviews)
}

#[apply(story_on_threads)]
async fn a_repeated_payment_is_bound_and_looked_at_once_wherever_the_panel_dies() {
    for point in ["C10", "C11", "C12"] {
        let (died, reviews) = is_repeated_over_a_death(point).await;
        assert_eq!(died, 1, "{point}");
        assert_eq!(reviews, ["repeated open 1"], "{point}");
    }
}

#[apply(story_on_threads)]
async fn a_deposit_is_credited_once_wherever_the_panel_dies() {
    for point in ["C10", "C11", "C12"] {
        for told_again in [false, true] {
            let died = pays_over_a_death(point, told_again).await;
            assert_eq!(died, 1, "{point}");
        }
    }
}

//! The order, the number and the loss of callbacks make no difference.

use super::*;

/// The callbacks of a payment that goes as it should; the last one comes twice.
const COURSE: [PaymentStatus; 6] = [
    PaymentStatus::Waiting,
    PaymentStatus::Confirming,
    PaymentStatus::Confirmed,
    PaymentStatus::Sending,
    PaymentStatus::Finished,
    PaymentStatus::Finished,
];

/// Every order of six things.
fn orders() -> Vec<[usize; 6]> {
    fn go(rest: &mut Vec<usize>, done: &mut Vec<usize>, all: &mut Vec<[usize; 6]>) {
        if let Ok(whole) = <[usize; 6]>::try_from(done.as_slice()) {
            all.push(whole);
        }
        for at in 0..rest.len() {
            done.push(rest.remove(at));
            go(rest, done, all);
            rest.insert(at, done.pop().unwrap());
        }
    }
    let mut all = Vec::new();
    go(&mut (0..6).collect(), &mut Vec::new(), &mut all);
    assert_eq!(all.len(), 720);
    all
}

/// What the gateway answers when it is asked after a callback.
#[derive(Clone, Copy, PartialEq)]
enum Truth {
    /// What is so in the end: callbacks are late.
    Final,
    /// What the callback told: answers are as much out of order as they are.
    AsTold,
}

/// Pays one deposit for each order of callbacks; of those in the bits of `lost` none comes. All are
/// credited once, and alike.
async fn pays_all(till: &Till, lost: impl Fn(usize) -> usize, truth: Truth) {
    let before = till.ledger().await.len();
    let mut payers = Vec::new();
    let mut account = till.panel.account;
    for (number, order) in orders().into_iter().enumerate() {
        // One account has only so many that wait.
        if number % 40 == 0 {
            let name = format!("payer {before} {number}");
            account = harness::account(&till.panel.panel, &name, "0").await.0;
        }
        let made = smm_panel_server::deposits::create(
            &till.panel.panel,
            account,
            smm_panel_server::money::Money::parse("20").unwrap(),
            None,
        );
        let invoice = made.await.unwrap().invoice.unwrap();
        let mut payment = till.gateway.choose(&invoice, "trx").unwrap().paid_in_full();
        // Each callback as the gateway signed it when it was so.
        let mut told: Vec<SimulatedPayment> = Vec::new();
        for status in COURSE {
            let repeats = told.last().is_some_and(|last| last.status == status.word());
            payment = payment.at(status);
            if !repeats {
                payment = till.gateway.set(&payment);
            }
            told.push(payment.clone());
        }
        payers.push((order, told));
    }
    for step in 0..6 {
        for (number, (order, told)) in payers.iter().enumerate() {
            let which = order[step];
            if lost(number) & (1 << which) != 0 {
                continue;
            }
            let then = &told[which];
            if truth == Truth::AsTold {
                till.gateway.recall(then);
            }
            let callback = till.gateway.callback(then, Spelling::Unsorted);
            assert_eq!(till.call_back(&callback).await, 200);
        }
        till.panel.work().await;
    }
    // In the end the gateway says what is so; whoever was told of nothing finds it.
    for (_, told) in &payers {
        till.gateway.recall(&told[5]);
    }
    till.panel.pass(MINUTE).await;
    let ledger = till.ledger().await;
    assert_eq!(ledger.len() - before, payers.len());
    for ((_, told), credited) in payers.iter().zip(sorted(&ledger[before..])) {
        let expected = format!("deposit nowpayments:{} 20000000000", told[0].id);
        assert_eq!(credited, expected);
    }
    assert_eq!(till.reviews().await, Vec::<String>::new());
    let wallets =
        "SELECT CAST(CAST(SUM(balance_nano) AS BIGINT) / 1000000000 AS TEXT) FROM wallets";
    let whole = 100 + 20 * ledger.len();
    assert_eq!(texts(&till.panel, wallets).await, [whole.to_string()]);
    let open = "SELECT CAST(COUNT(*) AS TEXT) FROM deposits WHERE status <> 'credited'";
    assert_eq!(texts(&till.panel, open).await, ["0"]);
}

fn sorted(lines: &[String]) -> Vec<String> {
    let mut lines = lines.to_vec();
    lines.sort();
    lines
}

#[apply(story_on_threads)]
async fn every_order_of_callbacks_gives_the_same_ledger() {
    let till = Till::start().await;
    pays_all(&till, |_| 0, Truth::Final).await;
    pays_all(&till, |_| 0, Truth::AsTold).await;
    till.finish().await;
}

#[apply(story_on_threads)]
async fn callbacks_that_are_lost_make_no_difference() {
    let till = Till::start().await;
    // Every set of losses, from one to all, with some of the orders each.
    pays_all(&till, |number| 1 + number % 63, Truth::Final).await;
    pays_all(&till, |number| 63 - number % 63, Truth::AsTold).await;
    till.finish().await;
}

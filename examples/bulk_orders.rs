//! Places 20 orders at once under keys of its own, then all of them again: the second time nothing
//! is ordered, which is what makes a program safe to restart.

use anyhow::Context;
use smm_panel_examples::panel;
use smm_panel_sdk::{BatchOrder, BatchResult, NewOrder};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let panel = panel()?;
    // The number of a delivery in your books; here a new one for each run of the program.
    let delivery = std::process::id();
    let orders: Vec<BatchOrder> = (1..=20)
        .map(|number| BatchOrder {
            idempotency_key: Some(format!("delivery-{delivery}-{number}")),
            order: NewOrder::new(1, format!("https://instagram.com/p/{delivery}x{number}"))
                // The service takes 50 or more, so the first four are refused.
                .quantity(number * 10 + 9)
                .reference(format!("delivery {delivery}")),
        })
        .collect();

    let first = panel.place_many(orders.clone()).await?;
    for (number, result) in (1..).zip(&first) {
        println!("{number:>3}  {}", told(result));
    }
    let again = panel.place_many(orders).await?;
    for (one, two) in first.iter().zip(&again) {
        let same = id(one) == id(two);
        anyhow::ensure!(same, "{} became {}", told(one), told(two));
    }
    let placed = again.iter().filter_map(|result| result.placed.as_ref());
    let replayed = placed.filter(|placed| placed.replayed).count();
    println!("placed again: the same {replayed} orders, nothing charged twice");
    first.iter().find_map(id).context("no order was placed")?;
    Ok(())
}

fn id(result: &BatchResult) -> Option<i64> {
    result.placed.as_ref().map(|placed| placed.order_id)
}

fn told(result: &BatchResult) -> String {
    match (&result.placed, &result.error) {
        (Some(placed), _) => format!("order {} for {} USD", placed.order_id, placed.charge),
        (None, Some(no)) => format!("refused, {}: {}", no.code, no.message),
        (None, None) => "no answer".to_owned(),
    }
}

//! Places 20 orders at once under keys of its own, then all of them again: the second time nothing
//! is ordered, which is what makes a program safe to restart.

use anyhow::Context;
use smm_panel_examples::panel;
use smm_panel_sdk::{BatchOrder, NewOrder, PlacedOrder, Refusal};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let panel = panel()?;
    // The number of a delivery in your books; here a new one for each run of the program.
    let delivery = std::process::id();
    let mut orders: Vec<BatchOrder> = (1..=20)
        .map(|number| {
            let link = format!("https://instagram.com/p/{delivery}x{number}");
            let order = NewOrder::new(1, link)
                // The service takes 50 or more, so the first four are refused.
                .quantity(number * 10 + 9)
                .reference(format!("delivery {delivery}"));
            BatchOrder::new(order).idempotency_key(format!("delivery-{delivery}-{number}"))
        })
        .collect();

    let first = panel.place_many(&mut orders).await?;
    for (number, result) in (1..).zip(&first) {
        println!("{number:>3}  {}", describe(result));
    }
    let again = panel.place_many(&mut orders).await?;
    for (one, two) in first.iter().zip(&again) {
        let same = order_id(one) == order_id(two);
        anyhow::ensure!(same, "{} became {}", describe(one), describe(two));
    }
    let placed = again.iter().filter_map(|result| result.as_ref().ok());
    let replayed = placed.filter(|placed| placed.replayed).count();
    println!("placed again: the same {replayed} orders, nothing charged twice");
    first
        .iter()
        .find_map(order_id)
        .context("no order was placed")?;
    Ok(())
}

fn order_id(result: &Result<PlacedOrder, Refusal>) -> Option<i64> {
    result.as_ref().ok().map(|placed| placed.order_id)
}

fn describe(result: &Result<PlacedOrder, Refusal>) -> String {
    match result {
        Ok(placed) => format!("order {} for {} USD", placed.order_id, placed.charge),
        Err(refusal) => format!("refused, {}: {}", refusal.code, refusal.message),
    }
}

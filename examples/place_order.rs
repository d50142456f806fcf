//! Places an order, waits until it has ended, and says what came back and why.
//!
//! Its service is the second of `smm-panel demo`, which delivers 600 of every 1000.

use std::time::Duration;

use smm_panel_examples::panel;
use smm_panel_sdk::NewOrder;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let panel = panel()?;
    let order = NewOrder::new(2, "https://instagram.com/p/example").quantity(1000);
    let placed = panel.place(&order).await?;
    println!("order {}: charged {} USD", placed.order_id, placed.charge);

    let minute = Duration::from_secs(60);
    let ended = panel.wait_until_final(placed.order_id, minute).await?;
    println!(
        "it is {}, {} of {} units remain",
        ended.status, ended.remains, ended.total_quantity
    );
    for refund in panel.refunds_of(ended.order_id).await? {
        println!(
            "{} = {} USD: {}",
            refund.formula, refund.amount, refund.message
        );
    }
    Ok(())
}

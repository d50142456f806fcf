//! Depends on `smm-panel-sdk = { path = "smm-panel/sdk" }` and on
//! `tokio = { version = "1", features = ["macros", "rt"] }`.

use smm_panel_sdk::{Client, Error, NewOrder};
use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let panel = Client::new("PANEL_ADDRESS", "YOUR_KEY")?;

    // 1000 units of service 2. The client repeats it until it is answered, and orders once.
    let order = NewOrder::new(2, "https://instagram.com/p/mine").quantity(1000);
    let placed = panel.place(&order).await?;
    println!("order {}: charged {} USD", placed.order_id, placed.charge);

    // Until it has ended.
    let hour = Duration::from_secs(3600);
    let ended = panel.wait_until_final(placed.order_id, hour).await?;
    let (remains, all) = (ended.remains, ended.total_quantity);
    println!("it is {}, {remains} of {all} remain", ended.status);

    // What came back, and by which formula.
    for refund in panel.refunds_of(ended.order_id).await? {
        println!("{} = {} USD", refund.formula, refund.amount);
    }
    Ok(())
}

//! Prints each refund with its formula, from a cursor on (an argument) or from the first; with
//! --follow it keeps asking.

use std::time::Duration;

use smm_panel_examples::panel;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let panel = panel()?;
    let (mut cursor, mut follows) = (None, false);
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--follow" => follows = true,
            given => cursor = Some(given.to_owned()),
        }
    }
    loop {
        let mut refunds = panel.refunds_since(cursor.clone());
        while let Some(next) = refunds.next().await? {
            let refund = next.row;
            println!(
                "order {:<5} {:<18} {:<24} = {:<8} returned {} USD",
                refund.order_id,
                refund.reason.to_string(),
                refund.formula,
                refund.formula_result,
                refund.amount,
            );
            // Whoever keeps this goes on from here after a restart, and misses nothing.
            cursor = Some(next.cursor);
        }
        if !follows {
            break;
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    if let Some(cursor) = cursor {
        println!("go on later with: watch_refunds {cursor}");
    }
    Ok(())
}

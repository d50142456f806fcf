//! Makes a deposit, says how it is paid, and waits a minute for the money.
//!
//! Against `smm-panel demo`, open the page that it prints and press a button there: the payment
//! gateway is simulated.

use std::time::Duration;

use smm_panel_examples::panel;
use smm_panel_sdk::DepositStatus;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let panel = panel()?;
    let made = panel.deposit(20.into(), None).await?;
    let id = made.deposit.deposit_id;
    println!("{}", made.terms);
    for note in made.notes {
        println!("- {note}");
    }
    let page = made.deposit.invoice_url.unwrap_or_default();
    println!("deposit {id}: pay {} USD at {page}", made.deposit.amount);
    for _ in 0..60 {
        let now = panel.deposit_status(id).await?;
        if now.deposit.status == DepositStatus::Credited {
            println!("{} USD are in the wallet", now.deposit.credited);
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    println!("not paid yet; deposit_status({id}) says when it is");
    Ok(())
}

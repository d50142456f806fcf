//! Computes the wallet in three ways and compares them to the last digit: from its ledger entries,
//! from its orders and refunds, and as the panel shows it. Fails if anything differs.

use std::collections::BTreeMap;

use anyhow::bail;
use smm_panel_examples::panel;
use smm_panel_sdk::rust_decimal::Decimal;
use smm_panel_sdk::{Client, OrderFilter, RefundDestination, Wallet, WalletEntry};

/// How often the wallet may move while it is read before that is given up.
const ATTEMPTS: usize = 20;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let panel = panel()?;
    for _ in 0..ATTEMPTS {
        let before = panel.wallet().await?;
        let books = Books::read(&panel).await?;
        // Everything that was read belongs to one moment only if nothing has moved meanwhile.
        if panel.wallet().await? == before && books.is_complete(&panel).await? {
            return books.compare(&before);
        }
    }
    bail!("the wallet moved during each of {ATTEMPTS} attempts; try again when less is ordered")
}

/// What was read of an account.
struct Books {
    entries: Vec<WalletEntry>,
    last: Option<String>,
    /// By order: its charge, and whether it is open.
    orders: BTreeMap<i64, (Decimal, bool)>,
    /// By order: what came back.
    refunds: BTreeMap<i64, Decimal>,
}

impl Books {
    async fn read(panel: &Client) -> anyhow::Result<Books> {
        let entries = panel.entries_since(None).collect_all().await?;
        let orders = panel.orders(OrderFilter::default()).collect_all().await?;
        let refunds = panel.refunds_since(None).collect_all().await?;
        let mut books = Books {
            last: entries.last().map(|entry| entry.cursor.clone()),
            entries: entries.into_iter().map(|entry| entry.row).collect(),
            orders: BTreeMap::new(),
            refunds: BTreeMap::new(),
        };
        for order in orders {
            let open = !order.status.is_final();
            books.orders.insert(order.order_id, (order.charge, open));
        }
        // What was forfeited while the account was suspended did not come into the wallet.
        let returned = refunds
            .into_iter()
            .filter(|refund| refund.row.destination == RefundDestination::Wallet);
        for refund in returned {
            *books.refunds.entry(refund.row.order_id).or_default() += refund.row.amount;
        }
        Ok(books)
    }

    /// Whether no entry was added since.
    async fn is_complete(&self, panel: &Client) -> anyhow::Result<bool> {
        let added = panel.entries_since(self.last.clone()).next().await?;
        Ok(added.is_none())
    }

    fn compare(&self, wallet: &Wallet) -> anyhow::Result<()> {
        let entries: Decimal = self.entries.iter().map(|entry| entry.amount).sum();
        let of_orders = self.entries.iter().filter(|entry| entry.order_id.is_some());
        let deposits = entries - of_orders.map(|entry| entry.amount).sum::<Decimal>();
        let charges: Decimal = self.orders.values().map(|(charge, _)| charge).sum();
        let refunds: Decimal = self.refunds.values().sum();
        let held: Decimal = self
            .orders
            .values()
            .filter(|(_, open)| *open)
            .map(|(charge, _)| charge)
            .sum();
        println!(
            "ledger entries   {entries:>14}  ({} of them)",
            self.entries.len()
        );
        println!("deposits         {deposits:>14}");
        println!(
            "- charges        {charges:>14}  ({} orders)",
            self.orders.len()
        );
        println!(
            "+ refunds        {refunds:>14}  ({} orders)",
            self.refunds.len()
        );
        println!(
            "the panel shows  {:>14}  and {} held",
            wallet.balance, wallet.held
        );

        let mut wrong = Vec::new();
        if entries != wallet.balance {
            wrong.push(format!("the entries sum to {entries}"));
        }
        if deposits - charges + refunds != wallet.balance {
            wrong.push("deposits - charges + refunds is another sum".to_owned());
        }
        if held != wallet.held {
            wrong.push(format!("the charges of open orders sum to {held}"));
        }
        for (order, (charge, _)) in &self.orders {
            let moved = self
                .entries
                .iter()
                .filter(|entry| entry.order_id == Some(*order));
            let moved: Decimal = moved.map(|entry| entry.amount).sum();
            let due = self.refunds.get(order).copied().unwrap_or_default() - charge;
            if moved != due {
                wrong.push(format!(
                    "order {order} moved {moved}, charge and refunds say {due}"
                ));
            }
        }
        if !wrong.is_empty() {
            bail!("the books do not agree:\n  {}", wrong.join("\n  "));
        }
        println!("all agree");
        Ok(())
    }
}

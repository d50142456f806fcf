//! The demo on a screen: headlines, and a table that is redrawn on a terminal and told line by
//! line when it is piped.

use std::io::IsTerminal;

use anstream::{print, println};
use anstyle::{AnsiColor, Style};

const HEAD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// One order in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) order: i64,
    pub(super) what: String,
    pub(super) note: &'static str,
    pub(super) status: String,
    pub(super) remains: String,
    pub(super) charge: String,
    pub(super) refund: String,
}

/// The table of all orders.
pub(super) struct Table {
    live: bool,
    shown: Vec<Row>,
    balance: String,
}

impl Table {
    pub(super) fn new() -> Table {
        Table {
            live: std::io::stdout().is_terminal(),
            shown: Vec::new(),
            balance: String::new(),
        }
    }

    /// Shows the orders as they are now, `seconds` into the story.
    pub(super) fn show(&mut self, seconds: u64, rows: Vec<Row>, balance: &str) {
        if self.live {
            if !self.shown.is_empty() {
                // Back to the first line of the table, and clear to the end.
                print!("\x1b[{}A\x1b[J", self.shown.len() + 2);
            }
            self.head();
            rows.iter().for_each(line);
            println!("{DIM}{seconds:>5} s{DIM:#}   wallet {HEAD}{balance} USD{HEAD:#}");
        } else {
            if self.shown.is_empty() {
                self.head();
            }
            let before = |row: &Row| self.shown.iter().find(|shown| shown.order == row.order);
            let news = rows
                .iter()
                .filter(|row| before(row).map(|r| &r.status) != Some(&row.status));
            news.for_each(line);
            if self.balance != balance {
                println!("{seconds:>5} s   wallet {balance} USD");
            }
        }
        self.shown = rows;
        self.balance = balance.to_owned();
    }

    fn head(&self) {
        println!(
            "{HEAD}{:>5}  {:<11} {:>7} {:>9} {:>9}  {:<37} {}{HEAD:#}",
            "order", "status", "remains", "charge", "refunded", "service", "what happens"
        );
    }
}

fn line(row: &Row) {
    let colour = match row.status.as_str() {
        "Completed" => AnsiColor::Green,
        "Partial" => AnsiColor::Yellow,
        "Canceled" => AnsiColor::Red,
        _ => AnsiColor::Cyan,
    };
    let colour = Style::new().fg_color(Some(colour.into()));
    println!(
        "{:>5}  {colour}{:<11}{colour:#} {:>7} {:>9} {:>9}  {:<37} {DIM}{}{DIM:#}",
        row.order, row.status, row.remains, row.charge, row.refund, row.what, row.note
    );
}

/// A headline of the story.
pub(super) fn headline(text: &str) {
    println!("\n{HEAD}{text}{HEAD:#}");
}

/// One verdict: what must hold, and whether it does.
pub(super) fn verdict(holds: bool, what: &str) {
    let (colour, mark) = if holds {
        (AnsiColor::Green, "ok")
    } else {
        (AnsiColor::Red, "BROKEN")
    };
    let colour = Style::new().fg_color(Some(colour.into())).bold();
    println!("  {colour}{mark:<6}{colour:#} {what}");
}

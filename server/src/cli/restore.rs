//! `restore`: what has to be done after a backup of the database was put back.

use anyhow::Result;
use clap::Subcommand;

use crate::panel::Panel;
use crate::restore::{self, RAISED_BY};

#[derive(Subcommand)]
pub(super) enum RestoreCommand {
    /// Have nothing sent twice that may have been sent since the backup, and no number given again
    ///
    /// To be run once, after the database was put back and before `serve`; it is refused while a server
    /// lives. What waited to be sent when the backup was made, or was on its way, may have been sent
    /// since: its dispatches are unknown, wait for you (`dispatch list`), and are never sent again by
    /// themselves. Orders, dispatches, refills, deposits, tickets, disputes and whatever else has a
    /// number go on 1,000,000 higher, so that no number that a customer or another panel knows is
    /// given again. Other panels are asked under another name, so that none takes a new order for the
    /// repetition of a lost one.
    ///
    /// Running it again does no harm: what waits for you goes on waiting, but so does then what was
    /// ordered in between and not sent yet, and numbers go on another 1,000,000 higher.
    Mark,
}

/// The numbers that are told; all are raised.
const TOLD: [(&str, &str); 7] = [
    ("order", "orders"),
    ("dispatch", "dispatches"),
    ("refill", "refills"),
    ("refund", "refunds"),
    ("deposit", "deposits"),
    ("ticket", "tickets"),
    ("dispute", "disputes"),
];

pub(super) async fn restore(panel: &Panel, command: RestoreCommand) -> Result<()> {
    match command {
        RestoreCommand::Mark => mark(panel).await,
    }
}

async fn mark(panel: &Panel) -> Result<()> {
    let marked = restore::mark(panel, &super::actor()).await?;
    anstream::println!(
        "{} dispatch(es) may have been sent since the backup: they are unknown, and are not sent \
         again by themselves.",
        marked.doubted.runs
    );
    anstream::println!(
        "{} later run(s) of drip-feeds may have been sent since: they are unknown too.",
        marked.doubted.later_runs
    );
    anstream::println!(
        "{} request(s) for refills may have been forwarded since: they are parked.",
        marked.refills
    );
    let next = TOLD.iter().filter_map(|(what, table)| {
        let number = marked.next_number(table)?;
        Some(format!("{what} {number}"))
    });
    anstream::println!(
        "Numbers go on {RAISED_BY} higher; the next ones are {}.",
        next.collect::<Vec<_>>().join(", ")
    );
    anstream::println!(
        "Other panels are asked as {} from now on, no longer as {}.",
        marked.names.1,
        marked.names.0
    );
    anstream::println!(
        "\nNext: `smm-panel check`, start the panel, and decide each dispatch of `smm-panel dispatch \
         list` after asking its provider."
    );
    Ok(())
}

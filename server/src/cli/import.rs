//! `import`: another panel's customers, services and orders, from its files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};

use super::inspect::verdict;
use crate::import::{self, Fault, Imported, Manner};
use crate::panel::Panel;

/// How many lines of remarks are printed.
const REMARKS: usize = 200;

#[derive(Subcommand)]
pub(super) enum ImportCommand {
    /// Take customers over: names, addresses, balances, API keys, tiers; no passwords
    Customers(File),
    /// Take services over, with their numbers and who delivers them
    Services {
        #[command(flatten)]
        file: File,
        /// Which provider here is meant by what the file calls one; repeat it for more
        #[arg(long = "provider", value_name = "THERE=NAME", value_parser = provider)]
        providers: Vec<(String, String)>,
    },
    /// Take orders over, with their numbers, to be read; again, to follow those that were open
    Orders(File),
}

#[derive(Args)]
pub(super) struct File {
    /// A CSV file with a heading; the README names the columns
    file: PathBuf,
    /// Write it; without, it is only looked at
    #[arg(long)]
    apply: bool,
    /// Write the other rows where some are faulty; without, one fault and nothing is written
    #[arg(long, requires = "apply")]
    skip_faulty: bool,
}

impl File {
    fn read(&self) -> Result<Vec<u8>> {
        let file = self.file.display();
        std::fs::read(&self.file).with_context(|| format!("{file} cannot be read"))
    }

    fn manner(&self) -> Manner {
        Manner {
            applies: self.apply,
            skips_faulty: self.skip_faulty,
        }
    }
}

fn provider(text: &str) -> Result<(String, String), String> {
    let (there, name) = text
        .split_once('=')
        .ok_or("not what the file calls it, = and the provider's name here")?;
    Ok((there.to_owned(), name.to_owned()))
}

impl ImportCommand {
    /// Whether a panel may be begun by it.
    pub(super) fn applies(&self) -> bool {
        match self {
            ImportCommand::Customers(file) | ImportCommand::Orders(file) => file.apply,
            ImportCommand::Services { file, .. } => file.apply,
        }
    }
}

/// Takes a file over, or says what would become of it; fails where rows are not taken, and when an
/// invariant is broken afterwards.
pub(super) async fn import(panel: &Panel, command: ImportCommand) -> Result<ExitCode> {
    let actor = super::actor();
    if command.applies() {
        import::require_free_writer(panel).await?;
    }
    let (file, made, what) = match &command {
        ImportCommand::Customers(file) => {
            let made = import::customers(panel, &actor, &file.read()?, file.manner()).await;
            (file, made, "customers")
        }
        ImportCommand::Services { file, providers } => {
            let read = file.read()?;
            let made = import::services(panel, &actor, &read, providers, file.manner()).await;
            (file, made, "services")
        }
        ImportCommand::Orders(file) => {
            let made = import::orders(panel, &actor, &file.read()?, file.manner()).await;
            (file, made, "orders")
        }
    };
    let path = file.file.display().to_string();
    let made = made.with_context(|| path.clone())?;
    report(&file.file, &made);
    let summary = format!(
        "{} {what} {}, {} here already, {} not taken",
        made.taken,
        if made.is_written {
            "taken"
        } else {
            "can be taken"
        },
        made.already,
        made.faults.len()
    );
    let summary = match made.updated {
        0 => summary,
        updated => format!("{summary}, {updated} that were open went on"),
    };
    anstream::println!("{summary}");
    if !made.is_written && !made.faults.is_empty() {
        bail!(
            "{path}: nothing was written: {} row(s) cannot be taken, see above; mend them, or leave them \
             out with --apply --skip-faulty",
            made.faults.len()
        );
    }
    if !made.is_written {
        anstream::println!("Nothing was written: this was a look; --apply writes it.");
        return Ok(ExitCode::SUCCESS);
    }
    let said = match &command {
        ImportCommand::Customers(_) => {
            "Passwords are not taken over: who signs in needs a new one first. Keys go on as they are."
        }
        ImportCommand::Services { .. } => "Read the catalogues of their providers: catalog sync.",
        ImportCommand::Orders(_) => {
            "They are kept to be read: nothing is sent or refunded for them."
        }
    };
    anstream::println!("{said}");
    verdict(&panel.db, &panel.secrets).await
}

fn report(file: &Path, made: &Imported) {
    if made.is_windows {
        anstream::println!("{} is no UTF-8: read as Windows-1252", file.display());
    }
    if !made.unread.is_empty() {
        anstream::println!("columns that are not read: {}", made.unread.join(", "));
    }
    for Fault { line, why } in &made.faults {
        anstream::println!("line {line}: not taken: {why}");
    }
    for Fault { line, why } in made.remarks.iter().take(REMARKS) {
        anstream::println!("line {line}: {why}");
    }
    let more = made.remarks.len().saturating_sub(REMARKS);
    if more > 0 {
        anstream::println!("and {more} more of these remarks");
    }
}

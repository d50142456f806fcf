//! The operator's commands.

use std::ffi::OsString;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};

use crate::actor::Actor;
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::db::Db;
use crate::panel::{self, Panel};
use crate::{demo, telemetry};

mod accounts;
mod alerts;
mod asking;
mod audit;
mod backup;
mod cases;
mod catalog;
mod copy;
mod corrections;
mod deposits;
mod dialect;
mod dispatches;
mod disputes;
mod import;
mod inspect;
mod keys;
mod order_list;
mod orders;
mod personal;
mod phrases;
mod providers;
mod restore;
mod serve;
mod services;
mod staff;
mod table;
mod tickets;
mod tiers;

pub(crate) use serve::stop_asked;

/// A reseller panel for social-media marketing: takes orders by the panel protocol, forwards them
/// to providers, and refunds what was not delivered.
///
/// Try it: `smm-panel demo`. Start your own: `account create` and `account credit` a customer, `key
/// create` its key, `provider add` and `provider test` a provider, `service add` what you sell, and
/// `serve`.
#[derive(Parser)]
#[command(name = "smm-panel", version, max_term_width = 100)]
struct Cli {
    /// The settings file (TOML); each setting can also be an environment variable SMM_PANEL_<NAME>
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show a whole panel at work: simulated provider, orders, refunds, every cent accounted for
    Demo(demo::Options),
    /// Serve the panel until SIGTERM or Ctrl-C
    Serve,
    /// Bring the database's schema up to date
    Migrate {
        /// Change nothing, and fail if the schema is not that of this program
        #[arg(long)]
        check: bool,
    },
    // Described with its options.
    Backup(backup::Options),
    /// Accounts: the panel's customers
    #[command(subcommand)]
    Account(accounts::AccountCommand),
    /// Rate tiers: price lists of their own, by a percentage on the catalogue
    #[command(subcommand)]
    Tier(tiers::TierCommand),
    /// API keys of accounts
    #[command(subcommand)]
    Key(keys::KeyCommand),
    /// Staff: the people who run the panel
    #[command(subcommand)]
    Operator(staff::StaffCommand),
    /// Providers: the panels that orders are forwarded to
    #[command(subcommand)]
    Provider(providers::ProviderCommand),
    /// Services: what customers order
    #[command(subcommand)]
    Service(services::ServiceCommand),
    /// Catalogues: selling what providers sell, and what changed there
    #[command(subcommand)]
    Catalog(catalog::CatalogCommand),
    /// Orders: looking into one, and what is decided by hand
    #[command(subcommand)]
    Order(orders::OrderCommand),
    /// Deposits: money that customers bring, and what is decided about it by hand
    #[command(subcommand)]
    Deposit(deposits::DepositCommand),
    /// Dispatches: orders of which nobody knows whether a provider took them
    #[command(subcommand)]
    Dispatch(dispatches::DispatchCommand),
    /// Phrases: what providers say, what it means, and what becomes of the orders that wait on it
    #[command(subcommand)]
    Phrase(phrases::PhraseCommand),
    /// Disputes about a charge: the records, and the decision
    #[command(subcommand)]
    Dispute(disputes::DisputeCommand),
    /// Tickets about orders: the answers, and the decision
    #[command(subcommand)]
    Ticket(tickets::TicketCommand),
    /// Cases of abuse: what was found and done by itself, and the decision
    #[command(subcommand)]
    Case(cases::CaseCommand),
    /// What a person should look at, newest first
    Alerts(alerts::AlertsCommand),
    /// The audit log: what operators did, and proof that nothing in it was changed
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Print the settings in effect, secrets masked
    Config {
        /// Print a settings file instead, with every setting and its default commented out
        #[arg(long)]
        template: bool,
    },
    /// Check every invariant of the stored data by independent code; fails if one is broken
    Check,
    /// Coming from another panel: its customers, services and orders, from CSV files
    #[command(subcommand)]
    Import(import::ImportCommand),
    // Described with its options.
    Copy(copy::Options),
    /// After a backup of the database was put back: what has to be done before `serve`
    #[command(subcommand)]
    Restore(restore::RestoreCommand),
}

/// Runs the command that `arguments` name, the program's own name first. Prints results to
/// standard output and one sentence about a failure to standard error.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(usage) => {
            let code = if usage.use_stderr() {
                ExitCode::from(2)
            } else {
                ExitCode::SUCCESS
            };
            // Printing fails only when nobody reads it.
            let _ = usage.print();
            return code;
        }
    };
    match execute(cli) {
        Ok(code) => code,
        Err(fault) => {
            anstream::eprintln!("smm-panel: {}", told(&fault));
            ExitCode::FAILURE
        }
    }
}

/// The fault and its causes as one sentence. Many faults tell their cause themselves; it is not
/// told twice.
fn told(fault: &anyhow::Error) -> String {
    let mut told = fault.to_string();
    for cause in fault.chain().skip(1).map(ToString::to_string) {
        if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

fn execute(cli: Cli) -> Result<ExitCode> {
    let config = Config::load(cli.config.as_deref(), config::environment())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no threads could be started")?;
    let command = AssertUnwindSafe(|| runtime.block_on(run_command(cli.command, config)));
    let outcome = std::panic::catch_unwind(command);
    // Whatever is still running has been told to stop, or nobody reads what is printed any more.
    runtime.shutdown_background();
    outcome.unwrap_or_else(|_| bail!("stopped: the output could not be written"))
}

async fn run_command(command: Command, config: Config) -> Result<ExitCode> {
    match command {
        Command::Demo(options) => return demo::run(config, options).await,
        Command::Serve => serve::serve(config).await?,
        Command::Migrate { check: false } => serve::migrate(&config).await?,
        Command::Migrate { check: true } => serve::migrated(&config).await?,
        Command::Backup(options) => backup::backup(&config, &options).await?,
        Command::Account(command) => {
            let create = matches!(command, accounts::AccountCommand::Create { .. });
            with_panel(config, create, async |panel| {
                accounts::account(panel, command).await
            })
            .await?;
        }
        Command::Tier(command) => {
            let create = matches!(command, tiers::TierCommand::Create { .. });
            with_panel(config, create, async |panel| {
                tiers::tier(panel, command).await
            })
            .await?;
        }
        Command::Order(command) => {
            with_panel(config, false, async |panel| {
                orders::order(panel, command).await
            })
            .await?
        }
        Command::Key(command) => {
            with_panel(config, false, async |panel| keys::key(panel, command).await).await?
        }
        Command::Operator(command) => {
            let create = matches!(command, staff::StaffCommand::Create { .. });
            with_panel(config, create, async |panel| {
                staff::staff(panel, command).await
            })
            .await?;
        }
        Command::Provider(command) => {
            let create = matches!(command, providers::ProviderCommand::Add { .. });
            with_panel(config, create, async |panel| {
                providers::provider(panel, command).await
            })
            .await?;
        }
        Command::Service(command) => {
            let create = matches!(command, services::ServiceCommand::Add(_));
            with_panel(config, create, async |panel| {
                services::service(panel, command).await
            })
            .await?;
        }
        Command::Catalog(command) => {
            with_panel(config, false, async |panel| {
                catalog::catalog(panel, command).await
            })
            .await?;
        }
        Command::Deposit(command) => {
            with_panel(config, false, async |panel| {
                deposits::deposit(panel, command).await
            })
            .await?;
        }
        Command::Dispatch(command) => {
            with_panel(config, false, async |panel| {
                dispatches::dispatch(panel, command).await
            })
            .await?;
        }
        Command::Phrase(command) => {
            with_panel(config, false, async |panel| {
                phrases::phrase(panel, command).await
            })
            .await?;
        }
        Command::Dispute(command) => {
            with_panel(config, false, async |panel| {
                disputes::dispute(panel, command).await
            })
            .await?;
        }
        Command::Ticket(command) => {
            with_panel(config, false, async |panel| {
                tickets::ticket(panel, command).await
            })
            .await?;
        }
        Command::Case(command) => {
            with_panel(config, false, async |panel| {
                cases::case(panel, command).await
            })
            .await?
        }
        Command::Alerts(command) => {
            with_panel(config, false, async |panel| {
                alerts::alerts(panel, command).await
            })
            .await?;
        }
        Command::Audit(command) => {
            return with_panel(config, false, async |panel| {
                audit::audit(panel, command).await
            })
            .await;
        }
        Command::Config { template: false } => inspect::config(&config),
        Command::Config { template: true } => anstream::print!("{}", Config::template()),
        Command::Import(command) => {
            let create = command.applies();
            return with_panel(config, create, async |panel| {
                import::import(panel, command).await
            })
            .await;
        }
        Command::Copy(options) => return copy::copy(&config, &options).await,
        Command::Restore(command) => {
            with_panel(config, false, async |panel| {
                restore::restore(panel, command).await
            })
            .await?;
        }
        Command::Check => return inspect::check(&config).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// Who runs the command, by the name that the machine knows them by.
fn actor() -> Actor {
    let user = uzers::get_effective_username();
    Actor::command_of(&user.unwrap_or_default().to_string_lossy())
}

/// For how long a command that has ended waits for its connections.
const CLOSING: Duration = Duration::from_secs(10);

/// Runs a command on the panel that the settings name, and closes its database: the write-ahead log is in
/// the file of SQLite then, so that the file alone is the whole panel, unless somebody else has it open.
async fn with_panel<T>(
    config: Config,
    create: bool,
    run: impl AsyncFnOnce(&Panel) -> Result<T>,
) -> Result<T> {
    let panel = open(config, create).await?;
    let outcome = run(&panel).await;
    let closing = tokio::time::timeout(CLOSING, panel.db.clone().close()).await;
    match (outcome, closing) {
        (Ok(_), Ok(Err(fault))) => Err(fault.into()),
        // What was committed stays so, whatever else is not in order.
        (outcome, _) => outcome,
    }
}

/// Opens the panel that the settings name, its schema current; only commands that begin a panel
/// may `create` it.
async fn open(config: Config, create: bool) -> Result<Panel> {
    telemetry::start(&config);
    let (url, pools) = (config.database_url.expose(), config.pools());
    let db = if create {
        Db::open(url, pools).await?
    } else {
        Db::open_existing(url, pools).await?
    };
    db.require_current().await?;
    let secrets = panel::secrets_of(&db, &config).await?;
    Ok(Panel::open(db, Clock::system(), config, secrets).await?)
}

//! `account`: the customers of the panel.

use anyhow::{Result, bail};
use clap::{ArgGroup, Args, Subcommand};
use serde_json::json;

use super::corrections::{self, Correction};
use super::inspect::utc;
use super::personal::{self, Erase};
use super::table::{ListForm, Table};
use super::tiers::find_tier;
use crate::abuse::remarks::{self, Remark};
use crate::accounts::{Account, Invitation, Link, Named, register};
use crate::actor::Role;
use crate::error::{Error, Refusal};
use crate::ids::{AccountId, DepositId, OrderId};
use crate::limits::LimitTier;
use crate::money::Money;
use crate::panel::Panel;
use crate::suspensions::TakenBack;
use crate::{accounts, orders, suspensions, wallet};

#[derive(Subcommand)]
pub(super) enum AccountCommand {
    /// Create an account with an empty wallet
    Create {
        /// Its name, unique in this panel
        name: String,
        /// The e-mail address that its owner signs in with; they are invited to choose a password
        #[arg(long)]
        email: Option<String>,
    },
    /// Print a link by which the owner of an account chooses a password, good once and for an hour
    ResetLink {
        /// The account: its number, its e-mail address or its name
        name: String,
        /// Why, kept for ever
        #[arg(long)]
        reason: String,
    },
    /// List the customers' accounts: number, name, e-mail address, and whether it is suspended
    List {
        /// Only those with this in their name or e-mail address
        #[arg(default_value = "")]
        search: String,
        /// How many rows to show
        #[arg(long, default_value_t = 50, value_name = "ROWS")]
        limit: u64,
        #[command(flatten)]
        form: ListForm,
    },
    /// Show an account: its wallet, tier and caps, and what was remarked about it
    Show {
        /// The account: its number, its e-mail address or its name
        name: String,
    },
    /// Change what an account pays and may spend, from its next request on
    Set(SetAccount),
    /// Add money to an account's wallet
    Credit {
        /// The account: its number, its e-mail address or its name
        name: String,
        /// How much, in USD, at most nine decimals
        #[arg(value_parser = amount)]
        amount: Money,
        /// Why, kept with the ledger transaction
        #[arg(long)]
        reason: String,
        /// A name for this credit, such as a bank's transfer number: credited once, ever
        #[arg(long)]
        reference: String,
    },
    /// List the credits of an account, oldest first, and what was taken back of each
    Credits {
        /// The account's name
        name: String,
        #[command(flatten)]
        form: ListForm,
    },
    /// Take back what a credit gave wrongly: never more than that, nor more than the balance
    Correct(Correction),
    /// Print everything that is held about an account, as JSON
    Export {
        /// The account: its number, its e-mail address or its name
        name: String,
    },
    /// Erase what is personal of an account, for good: names, addresses, texts, links, pictures
    Erase(Erase),
    /// Suspend an account: every action is refused, its funds are forfeited
    Suspend {
        /// The account: its number, its e-mail address or its name
        name: String,
        /// Why, kept for ever
        #[arg(long)]
        reason: String,
    },
    /// Undo a suspension: the wallet gets back exactly what was forfeited
    Reinstate {
        /// The account: its number, its e-mail address or its name
        name: String,
        /// Why, kept for ever
        #[arg(long)]
        reason: String,
    },
    /// Record a payment that was charged back: suspends the account for good
    Chargeback {
        /// The account: its number, its e-mail address or its name
        name: String,
        /// How much was taken back, in USD, at most nine decimals
        #[arg(value_parser = amount)]
        amount: Money,
        /// What the bank or the gateway calls it: recorded once, ever
        #[arg(long)]
        reference: String,
        /// What happened, kept for ever
        #[arg(long)]
        reason: String,
        /// An order of theirs that it is about; repeat it for more
        #[arg(long = "order", value_name = "ORDER")]
        orders: Vec<i64>,
        /// A deposit of theirs that it is about; repeat it for more
        #[arg(long = "deposit", value_name = "DEPOSIT")]
        deposits: Vec<i64>,
    },
}

#[derive(Args)]
#[command(group(ArgGroup::new("change").required(true).multiple(true)))]
pub(super) struct SetAccount {
    /// The account: its number, its e-mail address or its name
    name: String,
    /// Another name, unique in this panel
    #[arg(long, value_name = "NAME", group = "change")]
    rename: Option<String>,
    /// The rate tier whose rates it pays; `none` for the catalogue's own
    #[arg(long, group = "change")]
    tier: Option<String>,
    /// What all its keys together may spend a day (UTC), in USD; `none` for no limit
    #[arg(long, value_name = "USD", group = "change", value_parser = cap)]
    daily_cap: Option<Cap>,
    /// Whether drops of its orders are refilled without being asked for, where they can be
    #[arg(long, value_name = "BOOL", group = "change")]
    automatic_refills: Option<bool>,
    /// How much its keys may ask for: starter, reseller or unlimited; `default` for what the
    /// settings say
    #[arg(long, value_name = "LIMITS", group = "change", value_parser = limits)]
    limits: Option<Limits>,
}

/// What the keys of an account may ask for.
#[derive(Clone)]
struct Limits(Option<LimitTier>);

fn limits(text: &str) -> Result<Limits, String> {
    match (text, LimitTier::from_word(text)) {
        ("default", _) => Ok(Limits(None)),
        (_, Some(tier)) => Ok(Limits(Some(tier))),
        (_, None) => Err("starter, reseller, unlimited or default".to_owned()),
    }
}

/// What an account may spend a day.
#[derive(Clone)]
enum Cap {
    /// As much as it has.
    None,
    /// At most this.
    Amount(Money),
}

fn cap(text: &str) -> Result<Cap, String> {
    match text {
        "none" => Ok(Cap::None),
        amount => self::amount(amount).map(Cap::Amount),
    }
}

/// An amount above zero.
pub(super) fn amount(text: &str) -> Result<Money, String> {
    let amount = Money::parse(text).map_err(|no| no.to_string())?;
    if amount.is_positive() {
        Ok(amount)
    } else {
        Err("not above zero".to_owned())
    }
}

pub(super) async fn account(panel: &Panel, command: AccountCommand) -> Result<()> {
    match command {
        AccountCommand::Create { name, email } => {
            let (actor, role, email) = (super::actor(), Role::Reseller, email.as_deref());
            let (id, invitation) =
                accounts::create_and_invite(panel, &actor, role, &name, email).await?;
            anstream::println!("Account {id} ({}) has an empty wallet.", name.trim());
            if let Some(invitation) = &invitation {
                print_invitation(invitation);
            }
        }
        AccountCommand::ResetLink { name, reason } => {
            let id = find(panel, &name).await?.id;
            print_password_link(panel, id, &reason).await?;
        }
        AccountCommand::List {
            search,
            limit,
            form,
        } => {
            let found = accounts::search(panel, search.trim(), limit).await?;
            list(&found, form);
        }
        AccountCommand::Show { name } => show(panel, find(panel, &name).await?.id).await?,
        AccountCommand::Set(set) => self::set(panel, set).await?,
        AccountCommand::Export { name } => personal::export(panel, &name).await?,
        AccountCommand::Erase(erase) => personal::erase(panel, erase).await?,
        AccountCommand::Credit {
            name,
            amount,
            reason,
            reference,
        } => {
            let Named {
                id: account, name, ..
            } = find(panel, &name).await?;
            let actor = super::actor();
            let credited =
                wallet::credit(panel, &actor, account, amount, &reference, &reason).await?;
            let balance = credited.balance;
            if credited.suspended {
                anstream::println!(
                    "{name} is suspended: {amount} USD are kept beside the wallet until it is \
                     reinstated; balance {balance} USD."
                );
            } else {
                anstream::println!("{amount} USD credited to {name}; balance {balance} USD.");
            }
        }
        AccountCommand::Credits { name, form } => corrections::list(panel, &name, form).await?,
        AccountCommand::Correct(correction) => corrections::correct(panel, correction).await?,
        AccountCommand::Suspend { name, reason } => {
            let Named {
                id: account, name, ..
            } = find(panel, &name).await?;
            let done = suspensions::suspend(panel, &super::actor(), account, &reason).await?;
            let (id, forfeited) = (done.id, done.forfeited);
            anstream::println!("{name} is suspended (suspension {id}); {forfeited} USD forfeited.");
        }
        AccountCommand::Reinstate { name, reason } => {
            let Named {
                id: account, name, ..
            } = find(panel, &name).await?;
            let done = suspensions::reinstate(panel, &super::actor(), account, &reason).await?;
            let (returned, balance) = (done.returned, done.balance);
            let (forfeited, deposits) = (returned.forfeited, returned.deposits);
            anstream::println!(
                "{name} is reinstated: {forfeited} USD returned, {deposits} USD of credits \
                 released; balance {balance} USD."
            );
        }
        AccountCommand::Chargeback {
            name,
            amount,
            reference,
            reason,
            orders,
            deposits,
        } => {
            let Named {
                id: account, name, ..
            } = find(panel, &name).await?;
            let taken_back = TakenBack {
                reference,
                amount,
                reason,
                orders: orders.into_iter().map(OrderId).collect(),
                deposits: deposits.into_iter().map(DepositId).collect(),
            };
            let actor = &super::actor();
            let recorded =
                suspensions::record_chargeback(panel, actor, account, &taken_back).await?;
            let (id, covered, shortfall) = (recorded.id, recorded.covered, recorded.shortfall);
            anstream::println!(
                "{name} is suspended for good (chargeback {id}): {covered} of {amount} USD are \
                 covered by what was forfeited, {shortfall} USD are not."
            );
        }
    }
    Ok(())
}

/// Prints how somebody chooses their first password.
pub(super) fn print_invitation(invitation: &Invitation) {
    match invitation {
        Invitation::Mailed => {
            anstream::println!("A mail with a link to choose a password by is on its way.");
        }
        Invitation::Link(link) => print_link(link),
    }
}

/// Prints a link by which the owner of `id` chooses a password.
pub(super) async fn print_password_link(panel: &Panel, id: AccountId, reason: &str) -> Result<()> {
    let link = accounts::password_link(panel, &super::actor(), id, reason).await?;
    print_link(&link);
    Ok(())
}

fn print_link(link: &Link) {
    let (url, until) = (link.expose(), link.expires_at);
    anstream::println!("{url}\nHand this link over: it is good once, and until {until}.");
}

fn list(accounts: &[Account], form: ListForm) {
    let mut table = Table::new(["account_id", "name", "email", "role", "suspended_at"]);
    for account in accounts {
        table.push([
            json!(account.id.0),
            json!(account.name),
            json!(account.email),
            json!(account.role.word()),
            json!(account.suspended_at.map(|at| at.to_string())),
        ]);
    }
    table.print(form, "There are no such accounts.");
}

async fn show(panel: &Panel, id: AccountId) -> Result<()> {
    let account = register::view(&panel.db, id).await?;
    let since = utc(account.created_at);
    anstream::println!(
        "Account {id} ({}), {} since {since}",
        account.name,
        account.role
    );
    if let Some(email) = &account.email {
        anstream::println!("e-mail     {email}");
    }
    if account.balance.is_some() {
        let funds = orders::read::funds(&panel.db, id).await?;
        anstream::println!("balance    {} USD, {} USD held", funds.balance, funds.held);
    }
    match &account.tier {
        Some(tier) => anstream::println!("tier       {} ({} %)", tier.name, tier.percent),
        None => anstream::println!("tier       none"),
    }
    match account.daily_cap {
        Some(cap) => anstream::println!("daily cap  {cap} USD"),
        None => anstream::println!("daily cap  none"),
    }
    match account.limits {
        Some(limits) => anstream::println!("limits     {limits}"),
        None => anstream::println!("limits     {} (default)", panel.config.limits_default),
    }
    if !account.automatic_refills {
        anstream::println!("refills    when it asks for them");
    }
    anstream::println!("keys       {}", account.keys);
    if let Some(suspended) = account.suspended_at {
        anstream::println!("suspended  since {}", utc(suspended));
    }
    if let Some(held) = account.held_at {
        anstream::println!(
            "held       new orders wait for a person since {}",
            utc(held)
        );
    }
    for remark in remarks::of_account(&panel.db, id).await? {
        anstream::println!("remark     {}", line_of(&remark));
    }
    Ok(())
}

/// What was noticed, on a line.
fn line_of(remark: &Remark) -> String {
    let seen = remark.evidence.iter();
    let seen: Vec<String> = seen
        .map(|row| format!("{}: {}", row.what, row.seen))
        .collect();
    format!(
        "{} about {}, {} times since {}, last {} ({})",
        remark.detector,
        remark.subject,
        remark.findings,
        utc(remark.first_at),
        utc(remark.last_at),
        seen.join(", ")
    )
}

async fn set(panel: &Panel, set: SetAccount) -> Result<()> {
    let id = find(panel, &set.name).await?.id;
    let tier = match set.tier.as_deref() {
        Some("none") => Some(None),
        Some(name) => Some(Some(find_tier(panel, name).await?)),
        None => None,
    };
    let daily_cap = set.daily_cap.map(|cap| match cap {
        Cap::None => None,
        Cap::Amount(amount) => Some(amount),
    });
    let change = register::Change {
        name: set.rename,
        tier,
        daily_cap,
        automatic_refills: set.automatic_refills,
        limits: set.limits.map(|limits| limits.0),
    };
    register::change(panel, &super::actor(), id, &change).await?;
    show(panel, id).await
}

/// The account that people call so: by its number, its e-mail address or its name.
pub(super) async fn find(panel: &Panel, text: &str) -> Result<Named> {
    match accounts::look_up(panel, text).await {
        Ok(account) => Ok(account),
        Err(Error::Refused(Refusal::Unknown { .. })) => bail!("there is no account named {text}"),
        Err(other) => Err(other.into()),
    }
}

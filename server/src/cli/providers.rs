//! `provider`.

use std::io::{IsTerminal, Read};

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Subcommand};
use secrecy::SecretString;
use serde_json::json;

use super::dialect::{self, DialectOptions};
use super::table::{ListForm, Table};
use crate::catalog::providers::{self, ProviderChange};
use crate::catalog::sync::DifferenceKind;
use crate::catalog::{self, Exchange, NewProvider, Provider};
use crate::money::Money;
use crate::orders;
use crate::panel::Panel;
use crate::protocol::ServiceType;
use crate::protocol::upstream::OfferedService;
use crate::provider::{Client, check_address, examine, read_balance, read_catalogue};

#[derive(Subcommand)]
pub(super) enum ProviderCommand {
    /// Add a provider; our key there is read from standard input and stored encrypted
    Add(Box<AddProvider>),
    /// Ask a provider for its balance and its services; places nothing
    Test {
        /// The provider's name
        name: String,
    },
    /// List what a provider sells: id, type, price, limits, name
    Services {
        /// The provider's name
        name: String,
        #[command(flatten)]
        form: ListForm,
    },
    /// Show our balance at a provider
    Balance {
        /// The provider's name
        name: String,
    },
    /// Send nothing to a provider until it is resumed; what was sent is followed on
    Pause {
        /// The provider's name
        name: String,
    },
    /// Send to a paused provider again, at once
    Resume {
        /// The provider's name
        name: String,
    },
    /// Change a provider; what is not given stays
    Set(Box<SetProvider>),
    /// Show all that is set of a provider, and what was found out about it: how it speaks, types that
    /// nobody has applied, offers that are paused
    Show {
        /// The provider's name
        name: String,
    },
    /// Send to an offer again that was paused for its charges; its first charges are compared again
    ResumeOffer {
        /// The provider's name
        name: String,
        /// The id of its service
        service: String,
        /// Compare the charges of this offer no more, and have any number of its orders under way
        #[arg(long)]
        without_comparison: bool,
    },
    /// List the providers
    List {
        #[command(flatten)]
        form: ListForm,
    },
}

#[derive(Args)]
pub(super) struct AddProvider {
    /// A name for it, unique in this panel
    name: String,
    /// The address of its panel protocol, such as https://panel.example/api/v2
    url: String,
    #[command(flatten)]
    terms: ProviderTerms,
    #[command(flatten)]
    dialect: DialectOptions,
}

#[derive(Args)]
pub(super) struct SetProvider {
    /// The provider's name
    name: String,
    /// The address of its panel protocol
    #[arg(long)]
    url: Option<String>,
    /// The new address is the same panel's: the orders that it has are followed there
    #[arg(long, requires = "url")]
    same_panel: bool,
    /// Read a new key from standard input
    #[arg(long)]
    key: bool,
    #[command(flatten)]
    terms: ProviderTerms,
    /// Differences of its catalogue that are applied without a person, such as
    /// renamed,cheaper; none for none
    #[arg(long, value_name = "KINDS", value_parser = kinds)]
    applies: Option<Kinds>,
    #[command(flatten)]
    dialect: DialectOptions,
}

#[derive(Args)]
pub(super) struct ProviderTerms {
    /// How many requests may be under way at once [default: provider_concurrency]
    #[arg(long, value_name = "REQUESTS")]
    concurrency: Option<u16>,
    /// How long an answer may take [default: provider_timeout_ms]
    #[arg(long, value_name = "MS")]
    timeout_ms: Option<u32>,
    /// The currency of its balance and its prices [default: USD]
    #[arg(long, requires = "exchange_rate")]
    currency: Option<String>,
    /// What one unit of that currency is worth in USD
    #[arg(long, value_name = "USD", requires = "currency", value_parser = Money::parse)]
    exchange_rate: Option<Money>,
}

impl ProviderTerms {
    fn exchange(&self) -> Option<Exchange> {
        let (currency, rate) = self.currency.as_ref().zip(self.exchange_rate)?;
        Some(Exchange {
            currency: currency.clone(),
            nano_usd: rate.nano(),
        })
    }
}

/// Some kinds of difference.
#[derive(Clone)]
pub(super) struct Kinds(Vec<DifferenceKind>);

fn kinds(text: &str) -> Result<Kinds, String> {
    if text == "none" {
        return Ok(Kinds(Vec::new()));
    }
    let kind = |word: &str| {
        DifferenceKind::from_word(word.trim()).ok_or_else(|| {
            let known: Vec<&str> = DifferenceKind::ALL.iter().map(|kind| kind.word()).collect();
            format!("not none, and not some of: {}", known.join(", "))
        })
    };
    text.split(',')
        .map(kind)
        .collect::<Result<_, _>>()
        .map(Kinds)
}

pub(super) async fn provider(panel: &Panel, command: ProviderCommand) -> Result<()> {
    let actor = super::actor();
    match command {
        ProviderCommand::Add(asked) => add(panel, *asked).await?,
        ProviderCommand::Test { name } => test(panel, &find(panel, &name).await?).await?,
        ProviderCommand::Services { name, form } => {
            let provider = find(panel, &name).await?;
            let read = read_catalogue(&client(panel)?, &provider).await;
            let read = read.map_err(|why| anyhow!(why))?;
            list_offered(read.catalogue.services, &provider, form);
        }
        ProviderCommand::Balance { name } => {
            let provider = find(panel, &name).await?;
            let read = read_balance(&client(panel)?, &provider).await;
            let (balance, _) = read.map_err(|why| anyhow!(why))?;
            anstream::println!("{balance} {}", provider.exchange.currency);
        }
        ProviderCommand::Pause { name } => {
            let id = find(panel, &name).await?.id;
            providers::pause(panel, &actor, id).await?;
            anstream::println!("Nothing is sent to {name} until it is resumed.");
        }
        ProviderCommand::Resume { name } => {
            let id = find(panel, &name).await?.id;
            providers::resume(panel, &actor, id).await?;
            anstream::println!("{name} is sent to again.");
        }
        ProviderCommand::Set(asked) => set(panel, *asked).await?,
        ProviderCommand::Show { name } => dialect::show(panel, &find(panel, &name).await?).await?,
        ProviderCommand::ResumeOffer {
            name,
            service,
            without_comparison,
        } => {
            let provider = find(panel, &name).await?;
            dialect::resume_offer(panel, &provider, &service, !without_comparison).await?;
        }
        ProviderCommand::List { form } => {
            let mut table = Table::new(["provider_id", "name", "state", "url"]);
            for provider in catalog::providers(&panel.db, &panel.secrets).await? {
                table.push([
                    json!(provider.id.0),
                    json!(provider.name),
                    json!(provider.pause.map_or("ready", |pause| pause.word())),
                    json!(provider.url),
                ]);
            }
            table.print(form, "There are no providers.");
        }
    }
    Ok(())
}

/// What a provider sells, at its own prices.
fn list_offered(services: Vec<OfferedService>, provider: &Provider, form: ListForm) {
    let mut table = Table::new([
        "service",
        "type",
        "rate",
        "currency",
        "rate_unit",
        "min",
        "max",
        "category",
        "name",
    ]);
    for offered in services {
        table.push([
            json!(offered.service),
            json!(offered.type_word),
            json!(offered.rate.to_string()),
            json!(provider.exchange.currency.to_string()),
            json!(offered.service_type.map(ServiceType::rate_unit)),
            json!(offered.min),
            json!(offered.max),
            json!(offered.category),
            json!(offered.name),
        ]);
    }
    table.print(form, "It sells nothing that can be read.");
}

async fn set(panel: &Panel, asked: SetProvider) -> Result<()> {
    let SetProvider {
        name,
        url,
        same_panel,
        key,
        terms,
        applies,
        dialect,
    } = asked;
    let id = find(panel, &name).await?.id;
    let loopback = panel.config.provider_allow_loopback;
    let url = url.map(|url| check_address(&url, loopback)).transpose()?;
    let change = ProviderChange {
        url: url.map(String::from),
        key: key.then(key_from_input).transpose()?,
        timeout_ms: terms.timeout_ms.map(i64::from),
        concurrency: terms.concurrency.map(|requests| i64::from(requests.max(1))),
        exchange: terms.exchange(),
        sync_applies: applies.map(|Kinds(kinds)| kinds),
        dialect: dialect.change(),
    };
    let actor = super::actor();
    orders::change_provider(panel, &actor, id, change, same_panel).await?;
    anstream::println!("{name} is changed.");
    Ok(())
}

async fn add(panel: &Panel, asked: AddProvider) -> Result<()> {
    let AddProvider {
        name,
        url,
        terms,
        dialect,
    } = asked;
    let url = check_address(&url, panel.config.provider_allow_loopback)?;
    let new = NewProvider {
        name: name.clone(),
        url: url.into(),
        key: key_from_input()?,
        timeout_ms: terms
            .timeout_ms
            .map_or(panel.config.provider_timeout_ms, i64::from),
        concurrency: match terms.concurrency {
            Some(requests) => i64::from(requests.max(1)),
            None => i64::try_from(panel.config.provider_concurrency)?,
        },
        exchange: terms.exchange().unwrap_or_else(Exchange::usd),
    };
    let added = providers::add(panel, &super::actor(), &new, dialect.change()).await?;
    anstream::println!("Provider {} ({name}) is added.", added.id);
    anstream::println!("Next: smm-panel provider test {name}");
    Ok(())
}

fn key_from_input() -> Result<SecretString> {
    if std::io::stdin().is_terminal() {
        anstream::eprintln!("The key at the provider, then Enter and Ctrl-D:");
    }
    let mut key = String::new();
    std::io::stdin()
        .take(4096)
        .read_to_string(&mut key)
        .context("no key could be read")?;
    match key.trim() {
        "" => bail!("no key on standard input; try: smm-panel provider add NAME URL < key-file"),
        key => Ok(SecretString::from(key)),
    }
}

/// Asks what costs nothing, and records whether repeated requests are safe there.
async fn test(panel: &Panel, provider: &Provider) -> Result<()> {
    let examined = examine(&client(panel)?, provider).await;
    let keeps = examined.keeps_request_ids;
    let found = catalog::trial(provider, examined.balance, examined.catalogue);
    let found = found.map_err(|why| anyhow!(why))?;
    anstream::println!(
        "balance      {} {}",
        found.balance,
        provider.exchange.currency
    );
    anstream::println!("services     {}", found.services);
    if found.unreadable_rows > 0 {
        anstream::println!("unreadable   {} rows", found.unreadable_rows);
    }
    if let Some(example) = &found.example {
        anstream::println!("example      {}", example.told(&provider.exchange));
    }
    for unknown in &found.unknown_types {
        anstream::println!("unknown type {}", dialect::told(unknown));
    }
    catalog::providers::record_replays(panel, &super::actor(), provider, keeps).await?;
    anstream::println!(
        "request_id   {}",
        if keeps {
            "kept: orders of which the answer was lost are resolved by repeating them"
        } else {
            "not known: orders of which the answer was lost wait for an operator"
        }
    );
    Ok(())
}

pub(super) fn client(panel: &Panel) -> Result<Client> {
    Ok(Client::new(panel.config.provider_allow_loopback)?)
}

pub(super) async fn find(panel: &Panel, name: &str) -> Result<Provider> {
    match catalog::find_provider(&panel.db, &panel.secrets, name).await? {
        Some(provider) => Ok(provider),
        None => bail!("there is no provider named {name}"),
    }
}

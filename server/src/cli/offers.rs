//! `provider` and `service`.

use std::io::{IsTerminal, Read};

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Subcommand, ValueEnum};
use rust_decimal::Decimal;
use secrecy::SecretString;

use crate::catalog::{self, NewProvider, Offer, Provider, Terms, platform};
use crate::money::Rate;
use crate::panel::Panel;
use crate::protocol::ServiceType;
use crate::protocol::upstream::{self, OfferedService, Outgoing};
use crate::provider::{Client, check_address};

#[derive(Subcommand)]
pub(super) enum ProviderCommand {
    /// Add a provider; our key there is read from standard input and stored encrypted
    Add {
        /// A name for it, unique in this panel
        name: String,
        /// The address of its panel protocol, such as https://panel.example/api/v2
        url: String,
        /// How many requests may be under way at once [default: provider_concurrency]
        #[arg(long, value_name = "REQUESTS")]
        concurrency: Option<u16>,
        /// How long an answer may take [default: provider_timeout_ms]
        #[arg(long, value_name = "MS")]
        timeout_ms: Option<u32>,
    },
    /// Ask a provider for its balance and its services; places nothing
    Test {
        /// The provider's name
        name: String,
    },
    /// List what a provider sells: id, type, price, limits, name
    Services {
        /// The provider's name
        name: String,
    },
    /// Send to a paused provider again, at once
    Resume {
        /// The provider's name
        name: String,
    },
    /// List the providers
    List,
}

#[derive(Subcommand)]
pub(super) enum ServiceCommand {
    /// Add a service. With --offer, what is not given is taken from the provider's own service
    Add(Box<NewService>),
}

#[derive(Args)]
pub(super) struct NewService {
    /// A provider's service that delivers it, as PROVIDER=SERVICE; repeat it for the providers to
    /// ask next. Without one the service is manual
    #[arg(long = "offer", value_name = "PROVIDER=SERVICE")]
    offers: Vec<String>,
    /// Its name, as customers see it
    #[arg(long)]
    name: Option<String>,
    /// The heading under which it is listed
    #[arg(long)]
    category: Option<String>,
    /// More about it
    #[arg(long)]
    description: Option<String>,
    /// Its type, such as Default, Package or "Custom Comments"
    #[arg(long = "type", value_name = "TYPE", value_parser = service_type)]
    service_type: Option<ServiceType>,
    /// Its price in USD per 1000, or per package
    #[arg(long, value_parser = rate, conflicts_with = "markup")]
    rate: Option<Rate>,
    /// Its price as the first offer's cost plus this percentage, rounded up to 0.000001 USD
    #[arg(long, value_name = "PERCENT", requires = "offers")]
    markup: Option<Decimal>,
    /// Smallest quantity
    #[arg(long)]
    min: Option<i64>,
    /// Largest quantity
    #[arg(long)]
    max: Option<i64>,
    /// Sell it although a provider charges more than the rate
    #[arg(long)]
    below_cost: bool,
    /// It can be ordered in runs
    #[arg(long)]
    dripfeed: bool,
    /// Drops are refilled
    #[arg(long)]
    refill: bool,
    /// Sent orders may be canceled
    #[arg(long)]
    cancel: bool,
    /// Orders of one family on one link count as simultaneous [default: platform and category]
    #[arg(long)]
    family: Option<String>,
    /// What happens to a second active order on a link
    #[arg(long, value_enum, default_value = "flag")]
    same_link: SameLink,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SameLink {
    /// It is accepted, and both orders are marked as overlapping
    Flag,
    /// It is refused
    Reject,
}

fn service_type(text: &str) -> Result<ServiceType, String> {
    let known = || {
        let words: Vec<&str> = ServiceType::ALL.iter().map(|known| known.word()).collect();
        format!("not one of: {}", words.join(", "))
    };
    ServiceType::from_word(text)
        .filter(|known| *known != ServiceType::Subscriptions)
        .ok_or_else(known)
}

fn rate(text: &str) -> Result<Rate, String> {
    let rate = Rate::parse(text).map_err(|no| no.to_string())?;
    if rate.micro() > 0 {
        Ok(rate)
    } else {
        Err("a service is not sold for nothing".to_owned())
    }
}

pub(super) async fn provider(panel: &Panel, command: ProviderCommand) -> Result<()> {
    match command {
        ProviderCommand::Add {
            name,
            url,
            concurrency,
            timeout_ms,
        } => {
            let url = check_address(&url, panel.config.provider_allow_loopback)?;
            let new = NewProvider {
                name: name.clone(),
                url: url.into(),
                key: key_from_input()?,
                timeout_ms: timeout_ms.map_or(panel.config.provider_timeout_ms, i64::from),
                concurrency: match concurrency {
                    Some(requests) => i64::from(requests.max(1)),
                    None => i64::try_from(panel.config.provider_concurrency)?,
                },
            };
            match catalog::add_provider(&panel.db, &panel.secrets, panel.now(), &new).await? {
                Some(id) => {
                    anstream::println!("Provider {id} ({name}) is added.");
                    anstream::println!("Next: smm-panel provider test {name}");
                }
                None => bail!("there is a provider named {name} already"),
            }
        }
        ProviderCommand::Test { name } => test(panel, &find(panel, &name).await?).await?,
        ProviderCommand::Services { name } => {
            let provider = find(panel, &name).await?;
            for service in offered(&Client::new()?, &provider).await? {
                let OfferedService {
                    service: id,
                    name,
                    type_word,
                    rate,
                    min,
                    max,
                    ..
                } = service;
                anstream::println!("{id:>8}  {type_word:<24} {rate:>12}  {min}-{max}  {name}");
            }
        }
        ProviderCommand::Resume { name } => {
            catalog::resume(&panel.db, find(panel, &name).await?.id).await?;
            anstream::println!("{name} is sent to again.");
        }
        ProviderCommand::List => {
            let providers = catalog::providers(&panel.db, &panel.secrets).await?;
            if providers.is_empty() {
                anstream::println!("There are no providers.");
            }
            for provider in providers {
                let state = provider.pause.map_or("ready", |pause| pause.word());
                let (id, name, url) = (provider.id, &provider.name, &provider.url);
                anstream::println!("{id:>4}  {name:<20} {state:<13} {url}");
            }
        }
    }
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
    let client = Client::new()?;
    let reply = client
        .call(provider, &Outgoing::Balance)
        .await
        .with_context(|| format!("{} ({})", provider.name, provider.url))?;
    let (balance, currency) = upstream::balance(&reply.answer())?;
    anstream::println!("balance      {balance} {currency}");
    let services = offered(&client, provider).await?;
    anstream::println!("services     {}", services.len());
    let keeps = reply.keeps_request_ids;
    catalog::record_replays(&panel.db, provider.id, keeps).await?;
    anstream::println!(
        "request_id   {}",
        if keeps {
            "kept: orders of which the answer was lost are resolved by repeating them"
        } else {
            "not known: orders of which the answer was lost wait for an operator"
        }
    );
    if currency != "USD" {
        bail!("its balance is in {currency}; only providers that charge in USD can be used");
    }
    Ok(())
}

async fn offered(client: &Client, provider: &Provider) -> Result<Vec<OfferedService>> {
    let reply = client
        .call(provider, &Outgoing::Services)
        .await
        .with_context(|| format!("{} ({})", provider.name, provider.url))?;
    Ok(upstream::services(&reply.answer())?.services)
}

pub(super) async fn service(panel: &Panel, command: ServiceCommand) -> Result<()> {
    let ServiceCommand::Add(new) = command;
    let client = Client::new()?;
    let mut offers = Vec::with_capacity(new.offers.len());
    let mut first: Option<OfferedService> = None;
    for text in &new.offers {
        let (name, id) = text
            .split_once('=')
            .ok_or_else(|| anyhow!("--offer {text}: write it as PROVIDER=SERVICE"))?;
        let provider = find(panel, name).await?;
        let (_, currency) = {
            let reply = client.call(&provider, &Outgoing::Balance).await?;
            upstream::balance(&reply.answer())?
        };
        if currency != "USD" {
            bail!("the balance at {name} is in {currency}; only USD can be used");
        }
        let services = offered(&client, &provider).await?;
        let found = services.into_iter().find(|service| service.service == id);
        let found = found.ok_or_else(|| anyhow!("{name} has no service {id}"))?;
        offers.push(offer(&provider, &found)?);
        first.get_or_insert(found);
    }
    let below_cost = new.below_cost;
    let terms = terms(*new, first, offers.first())?;
    let dearest = offers
        .iter()
        .map(|offer| offer.cost)
        .max()
        .unwrap_or_default();
    if dearest > terms.rate && !below_cost {
        bail!(
            "a provider charges {dearest} USD, above the rate of {}; add --below-cost to sell it \
             all the same",
            terms.rate
        );
    }
    let shown = format!("{} at {} USD", terms.name, terms.rate);
    let manual = offers.is_empty();
    let id = catalog::add_service(&panel.db, panel.now(), terms, offers).await?;
    let how = if manual {
        "manual: nobody is asked to deliver it"
    } else {
        "on sale"
    };
    anstream::println!("Service {id} ({shown}) is {how}.");
    Ok(())
}

fn offer(provider: &Provider, found: &OfferedService) -> Result<Offer> {
    let service_type = found.service_type.ok_or_else(|| {
        anyhow!(
            "service {} of {} has an unknown type",
            found.service,
            provider.name
        )
    })?;
    Ok(Offer {
        provider: provider.id,
        provider_service: found.service.clone(),
        service_type,
        cost: found.rate,
        min: found.min,
        max: found.max,
    })
}

/// What was given, else what the first offer says.
fn terms(new: NewService, first: Option<OfferedService>, offer: Option<&Offer>) -> Result<Terms> {
    let missing = |what: &str| anyhow!("--{what} is needed for a service without --offer");
    let rate = match (new.rate, new.markup, offer) {
        (Some(rate), _, _) => rate,
        (None, Some(percent), Some(offer)) => with_markup(offer.cost, percent)?,
        (None, None, Some(_)) => bail!("give --rate, or --markup on the provider's cost"),
        (None, _, None) => return Err(missing("rate")),
    };
    let of_first = first.as_ref();
    let text = |given: Option<String>, offered: Option<&String>, what: &str| {
        given
            .or_else(|| offered.cloned())
            .ok_or_else(|| missing(what))
    };
    let name = text(new.name, of_first.map(|first| &first.name), "name")?;
    let category = text(
        new.category,
        of_first.map(|first| &first.category),
        "category",
    )?;
    let service_type = new
        .service_type
        .or(offer.map(|offer| offer.service_type))
        .ok_or_else(|| missing("type"))?;
    if service_type == ServiceType::Subscriptions {
        bail!("subscriptions are not sold yet");
    }
    let package = service_type.is_package().then_some(1);
    let min = new
        .min
        .or(offer.map(|offer| offer.min))
        .or(package)
        .ok_or_else(|| missing("min"))?;
    let max = new
        .max
        .or(offer.map(|offer| offer.max))
        .or(package)
        .ok_or_else(|| missing("max"))?;
    if min < 1 || max < min {
        bail!("the limits {min} to {max} leave nothing to order");
    }
    Ok(Terms {
        family: new
            .family
            .unwrap_or_else(|| platform::family(&category, &name)),
        name,
        category,
        description: new
            .description
            .or_else(|| of_first.and_then(|f| f.description.clone())),
        service_type,
        rate,
        min,
        max,
        dripfeed: new.dripfeed || of_first.is_some_and(|first| first.dripfeed),
        refill: new.refill || of_first.is_some_and(|first| first.refill),
        cancel: new.cancel || of_first.is_some_and(|first| first.cancel),
        rejects_same_link: new.same_link == SameLink::Reject,
    })
}

/// `cost` plus `percent` of it, rounded up to one micro-USD.
fn with_markup(cost: Rate, percent: Decimal) -> Result<Rate> {
    let price = Decimal::from(cost.micro())
        .checked_mul(Decimal::ONE_HUNDRED + percent)
        .map(|hundredfold| (hundredfold / Decimal::ONE_HUNDRED).ceil())
        .and_then(|micro| i64::try_from(micro).ok())
        .filter(|micro| *micro > 0);
    Ok(Rate::from_micro(
        price.context("this markup leaves no price")?,
    ))
}

async fn find(panel: &Panel, name: &str) -> Result<Provider> {
    match catalog::find_provider(&panel.db, &panel.secrets, name).await? {
        Some(provider) => Ok(provider),
        None => bail!("there is no provider named {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_markup_rounds_the_rate_up_once() {
        let price = |cost: &str, percent: &str| {
            let cost = Rate::parse(cost).unwrap();
            with_markup(cost, percent.parse().unwrap())
                .map(|rate| rate.to_string())
                .ok()
        };
        assert_eq!(price("0.90", "25").as_deref(), Some("1.125"));
        assert_eq!(price("0.000001", "1").as_deref(), Some("0.000002"));
        assert_eq!(price("0.90", "-100"), None);
    }
}

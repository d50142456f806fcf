//! Reading a provider's catalogue: its balance first, which says what its amounts are in.

use super::Client;
use crate::catalog::Provider;
use crate::catalog::dialect::CurrencyWord;
use crate::money::Money;
use crate::protocol::upstream::{self, Catalogue, Outgoing};

/// What a provider holds and sells.
#[derive(Debug)]
pub struct Reading {
    /// Our balance there, in its currency.
    pub balance: Money,
    /// Whether it names the extension that makes a repeated `request_id` safe.
    pub keeps_request_ids: bool,
    /// What it sells.
    pub catalogue: Catalogue,
}

/// Our balance there, which must be in the currency that the operator named.
///
/// # Errors
/// One sentence for the operator: there is no answer, or one that cannot be read, or another
/// currency.
pub async fn read_balance(client: &Client, provider: &Provider) -> Result<(Money, bool), String> {
    let named = |why: String| format!("{} ({}): {why}", provider.name, provider.url);
    let reply = client
        .call(provider, &Outgoing::Balance)
        .await
        .map_err(|fault| named(fault.to_string()))?;
    let balance = upstream::balance(&reply.answer());
    let (balance, currency) = balance.map_err(|fault| named(fault.to_string()))?;
    if !provider.dialect.is_balance(&provider.exchange, &currency) {
        return Err(named(other_currency(provider, &currency)));
    }
    Ok((balance, reply.keeps_request_ids))
}

/// What to set for a provider whose balance names its currency so, as one sentence.
fn other_currency(provider: &Provider, named: &str) -> String {
    let (name, code) = (&provider.name, &provider.exchange.currency);
    let (says, word) = match named {
        "" => ("names no currency".to_owned(), CurrencyWord::UNNAMED),
        named => (format!("is in {named:?}"), named),
    };
    let is_code = named.len() == 3 && named.bytes().all(|b| b.is_ascii_uppercase());
    let set = format!("provider set {name} --currency-word '{word}'");
    match is_code {
        true => format!(
            "its balance {says}, not in {code}: set its currency and exchange rate (provider set \
             {name} --currency {named} --exchange-rate USD); if it only calls {code} so: {set}"
        ),
        false => format!(
            "its balance {says}, not in {code}: if that counts as {code}, set the word that it \
             uses ({set}); else also its currency and exchange rate (--currency CODE \
             --exchange-rate USD)"
        ),
    }
}

/// What a provider answers to both questions, each by itself.
#[derive(Debug)]
pub struct Examined {
    /// Our balance there, in its currency; or what is wrong, as [`read_balance`] has it.
    pub balance: Result<Money, String>,
    /// What it sells; or what is wrong.
    pub catalogue: Result<Catalogue, String>,
    /// Whether it names the extension that makes a repeated `request_id` safe.
    pub keeps_request_ids: bool,
}

/// Asks for the balance and for the catalogue, whatever comes of the first.
pub async fn examine(client: &Client, provider: &Provider) -> Examined {
    let balance = read_balance(client, provider).await;
    let keeps_request_ids = matches!(balance, Ok((_, true)));
    Examined {
        balance: balance.map(|(balance, _)| balance),
        catalogue: read_services(client, provider).await,
        keeps_request_ids,
    }
}

/// The balance and the catalogue.
///
/// # Errors
/// As [`read_balance`].
pub async fn read_catalogue(client: &Client, provider: &Provider) -> Result<Reading, String> {
    let (balance, keeps_request_ids) = read_balance(client, provider).await?;
    Ok(Reading {
        balance,
        keeps_request_ids,
        catalogue: read_services(client, provider).await?,
    })
}

async fn read_services(client: &Client, provider: &Provider) -> Result<Catalogue, String> {
    let named = |why: String| format!("{} ({}): {why}", provider.name, provider.url);
    let reply = client
        .call(provider, &Outgoing::Services)
        .await
        .map_err(|fault| named(fault.to_string()))?;
    // A long catalogue takes a while to be read: beside the threads that answer customers.
    let rows = provider.dialect.rows.clone();
    let read = move || upstream::services(&reply.answer(), &rows);
    let read = tokio::task::spawn_blocking(read).await;
    read.map_err(|fault| named(fault.to_string()))?
        .map_err(|no| named(no.to_string()))
}

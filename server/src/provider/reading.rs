//! Reading a provider's catalogue: its balance first, which says what its amounts are in.

use super::Client;
use crate::catalog::Provider;
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
    let expected = &provider.exchange.currency;
    if currency != *expected {
        return Err(named(format!(
            "its balance is in {currency:?}, not in {expected}: set its currency and exchange rate"
        )));
    }
    Ok((balance, reply.keeps_request_ids))
}

/// The balance and the catalogue.
///
/// # Errors
/// As [`read_balance`].
pub async fn read_catalogue(client: &Client, provider: &Provider) -> Result<Reading, String> {
    let (balance, keeps_request_ids) = read_balance(client, provider).await?;
    let named = |why: String| format!("{} ({}): {why}", provider.name, provider.url);
    let reply = client
        .call(provider, &Outgoing::Services)
        .await
        .map_err(|fault| named(fault.to_string()))?;
    // A long catalogue takes a while to be read: beside the threads that answer customers.
    let read = move || upstream::services(&reply.answer());
    let read = tokio::task::spawn_blocking(read).await;
    let catalogue = read
        .map_err(|fault| named(fault.to_string()))?
        .map_err(|no| named(no.to_string()))?;
    Ok(Reading {
        balance,
        keeps_request_ids,
        catalogue,
    })
}

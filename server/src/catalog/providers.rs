//! Providers as operators see and change them. Their keys are stored sealed and never shown.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::asking::{self, Many, OneId};
use super::dialect::{Dialect, DialectChange, types_json};
use super::sync::{self, DifferenceKind, Mirrored};
use super::{
    Exchange, NewProvider, Provider, add_provider_in_tx, charges, provider, set_key, store, types,
};
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::db::{Db, Tx, execute};
use crate::error::{Refusal, Result};
use crate::ids::ProviderId;
use crate::panel::Panel;

use super::rules::{Listed, is_line};

/// The largest worth of one unit of a currency: a million dollars.
const MAX_NANO_USD: i64 = 1_000_000 * 1_000_000_000;

/// Adds a provider whose address was checked and which speaks as `dialect` says. Refused:
/// [`Refusal::Taken`], [`Refusal::FieldInvalid`].
pub async fn add(
    panel: &Panel,
    actor: &Actor,
    new: &NewProvider,
    dialect: DialectChange,
) -> Result<Provider> {
    actor.only_operators()?;
    let invalid = |field, expected| Refusal::FieldInvalid { field, expected };
    // What stands in commands as PROVIDER=SERVICE has no such sign itself.
    if !is_line(&new.name) || new.name.contains('=') || new.name.chars().count() > 64 {
        return Err(invalid("name", "1 to 64 printable characters, without =").into());
    }
    check_exchange(&new.exchange)?;
    let tx = panel.db.begin().await?;
    let what = || format!("a provider named {}", new.name);
    // Of two at once, the second is told by the row of the first.
    let added = add_provider_in_tx(&tx, &panel.secrets, panel.now(), new).await;
    let id = added.map_err(|fault| fault.or_taken(what))?;
    let id = id.ok_or_else(|| Refusal::Taken { what: what() })?;
    let mut added = in_tx(&tx, panel, id).await?;
    added.dialect = set_dialect(&tx, id, added.dialect, dialect).await?;
    write(&tx, &added).await?;
    let entry = Entry::new(Deed::ProviderAdded, format!("provider:{id}")).became(json!({
        "name": new.name, "url": new.url, "timeout_ms": new.timeout_ms,
        "concurrency": new.concurrency, "currency": new.exchange.currency,
        "exchange_nano": new.exchange.nano_usd, "dialect": added.dialect.told(&new.exchange),
        "asking": asking_told(&tx, id).await?,
    }));
    audit::record_in_tx(&tx, &panel.secrets, panel.now(), actor, entry).await?;
    tx.commit().await?;
    provider(&panel.db, &panel.secrets, id).await
}

/// Records whether `asked` showed to `actor` that it answers a repeated `request_id` with the same order.
/// Nothing is recorded of a provider that has another address or key by now: it was not that one
/// that was asked.
pub async fn record_replays(
    panel: &Panel,
    actor: &Actor,
    asked: &Provider,
    replays: bool,
) -> Result<()> {
    let tx = panel.db.begin().await?;
    let now = store::lock_provider(&tx, &panel.secrets, asked.id).await?;
    let news = |now: &Provider| {
        now.url == asked.url
            && now.key.expose_secret() == asked.key.expose_secret()
            && now.replays_requests != replays
    };
    if now.as_ref().is_some_and(news) {
        store::set_replays(&tx, asked.id, replays).await?;
        let entry = Entry::new(Deed::ProviderChanged, format!("provider:{}", asked.id))
            .was(json!({"replays_requests": !replays}))
            .became(json!({"replays_requests": replays}));
        audit::record_in_tx(&tx, &panel.secrets, panel.now(), actor, entry).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// "A provider's balance must be in USD, or the operator sets an explicit exchange rate."
fn check_exchange(exchange: &Exchange) -> std::result::Result<(), Refusal> {
    let currency = &exchange.currency;
    let is_code = currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase());
    if !is_code {
        return Err(Refusal::FieldInvalid {
            field: "currency",
            expected: "three capital letters such as USD",
        });
    }
    let usd = *currency == Exchange::usd().currency;
    let fits = (1..=MAX_NANO_USD).contains(&exchange.nano_usd);
    if !fits || (usd && *exchange != Exchange::usd()) {
        return Err(Refusal::FieldInvalid {
            field: "exchange_rate",
            expected: "what one unit of the currency is worth in USD, above 0; 1 for USD",
        });
    }
    Ok(())
}

/// What an operator changes of a provider; what is absent stays.
#[derive(Debug, Default)]
pub struct ProviderChange {
    /// The address of its panel protocol, checked.
    pub url: Option<String>,
    /// Our key there.
    pub key: Option<SecretString>,
    /// How long an answer may take, in ms.
    pub timeout_ms: Option<i64>,
    /// How many requests may be under way at once.
    pub concurrency: Option<i64>,
    /// What its amounts are in.
    pub exchange: Option<Exchange>,
    /// The kinds of difference that are applied without a person.
    pub sync_applies: Option<Vec<DifferenceKind>>,
    /// How it speaks.
    pub dialect: DialectChange,
}

/// Changes a provider. With another address or key it has to prove anew that it keeps request ids;
/// with another exchange rate, price basis or type its catalogue is read again soon, and with another
/// rate or basis its first charges are compared anew. Refused: [`Refusal::Unknown`],
/// [`Refusal::FieldInvalid`].
pub async fn change(
    panel: &Panel,
    actor: &Actor,
    id: ProviderId,
    change: ProviderChange,
) -> Result<Provider> {
    actor.only_operators()?;
    if let Some(exchange) = &change.exchange {
        check_exchange(exchange)?;
    }
    let tx = panel.db.begin().await?;
    let before = in_tx(&tx, panel, id).await?;
    let asked_before = asking_told(&tx, id).await?;
    let mut after = before.clone();
    after.dialect = set_dialect(&tx, id, after.dialect, change.dialect).await?;
    let moved = change.url.as_ref().is_some_and(|url| *url != before.url);
    if moved || change.key.is_some() {
        after.replays_requests = false;
    }
    if let Some(key) = &change.key {
        set_key(&tx, &panel.secrets, id, key).await?;
    }
    after.url = change.url.unwrap_or(after.url);
    after.timeout_ms = change.timeout_ms.unwrap_or(after.timeout_ms);
    after.concurrency = change.concurrency.unwrap_or(after.concurrency);
    after.exchange = change.exchange.unwrap_or(after.exchange);
    let (was, is) = (&before.dialect.rows, &after.dialect.rows);
    let reprices = before.exchange != after.exchange
        || (&was.price_per, &was.price_column) != (&is.price_per, &is.price_column);
    if reprices || was.types != is.types {
        after.sync_due_at = before.sync_due_at.map(|_| panel.now());
    }
    if reprices {
        charges::compare_anew_in_tx(&tx, id).await?;
    }
    let applied: Vec<String> = is.types.keys().cloned().collect();
    types::forget_in_tx(&tx, id, &applied).await?;
    if let Some(mut kinds) = change.sync_applies {
        kinds.sort_unstable_by_key(|kind| kind.word());
        kinds.dedup();
        after.sync_applies = kinds;
    }
    write(&tx, &after).await?;
    let mut was = told(&before, false);
    let mut became = told(&after, change.key.is_some());
    (was["asking"], became["asking"]) = (asked_before, asking_told(&tx, id).await?);
    record(panel, tx, actor, id, was, became).await?;
    provider(&panel.db, &panel.secrets, id).await
}

/// Sends nothing to a provider until it is resumed; what was sent is followed on. Refused:
/// [`Refusal::Unknown`].
pub async fn pause(panel: &Panel, actor: &Actor, id: ProviderId) -> Result<Provider> {
    actor.only_operators()?;
    let tx = panel.db.begin().await?;
    let before = in_tx(&tx, panel, id).await?;
    store::pause_by_operator(&tx, id).await?;
    let after = in_tx(&tx, panel, id).await?;
    let (was, became) = (told(&before, false), told(&after, false));
    record(panel, tx, actor, id, was, became).await?;
    Ok(after)
}

/// Sends to a provider again, whatever it was paused for. Refused: [`Refusal::Unknown`].
pub async fn resume(panel: &Panel, actor: &Actor, id: ProviderId) -> Result<Provider> {
    actor.only_operators()?;
    let tx = panel.db.begin().await?;
    let before = in_tx(&tx, panel, id).await?;
    store::resume(&tx, id).await?;
    let after = in_tx(&tx, panel, id).await?;
    let (was, became) = (told(&before, false), told(&after, false));
    record(panel, tx, actor, id, was, became).await?;
    Ok(after)
}

/// What a provider sells, as it last said.
#[derive(Debug, Clone)]
pub struct Sold {
    /// The service.
    pub listed: Listed,
    /// Since when it is there.
    pub since: Time,
}

/// What a provider sells, as it last said, after the id `after`: all, one category, or what has
/// `search` in its name. Refused: [`Refusal::Unknown`].
pub async fn offers(
    db: &Db,
    id: ProviderId,
    after: &str,
    narrowed: [Option<&str>; 2],
    limit: usize,
) -> Result<Vec<Sold>> {
    if !store::provider_exists(db.read(), id).await? {
        return Err(Refusal::Unknown { what: "provider" }.into());
    }
    let rows = sync::mirrored(db.read(), id, after, narrowed, limit).await?;
    Ok(rows.into_iter().map(Sold::from).collect())
}

impl From<Mirrored> for Sold {
    fn from(mirrored: Mirrored) -> Sold {
        Sold {
            listed: mirrored.row,
            since: mirrored.seen_at,
        }
    }
}

/// A provider as it stands, locked: who waited for it sees what was committed meanwhile.
async fn in_tx(tx: &Tx, panel: &Panel, id: ProviderId) -> Result<Provider> {
    let found = store::lock_provider(tx, &panel.secrets, id).await?;
    Ok(found.ok_or(Refusal::Unknown { what: "provider" })?)
}

async fn write(tx: &Tx, after: &Provider) -> Result<()> {
    let sql = "UPDATE providers SET url = $2, timeout_ms = $3, concurrency = $4, \
               replays_requests = $5, currency = $6, exchange_nano = $7, sync_applies = $8, \
               sync_due_at_ms = $9, price_per = $10, price_column = $11, currency_word = $12, \
               types = $13, id_names_order = $14, decodes_twice = $15, compares_charges = $16 \
               WHERE id = $1";
    let dialect = &after.dialect;
    let words: Vec<&str> = after.sync_applies.iter().map(|kind| kind.word()).collect();
    let values = [
        after.id.into(),
        after.url.clone().into(),
        after.timeout_ms.into(),
        after.concurrency.into(),
        after.replays_requests.into(),
        after.exchange.currency.clone().into(),
        after.exchange.nano_usd.into(),
        words.join(" ").into(),
        after.sync_due_at.into(),
        dialect.rows.price_per.text().into(),
        dialect.rows.price_column.as_str().into(),
        dialect.currency_word.stored().into(),
        types_json(&dialect.rows.types).to_string().into(),
        dialect.id_names_order.into(),
        dialect.decodes_twice.into(),
        dialect.compares_charges.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// The dialect of a provider, whose row is locked, after a change. How it is asked is written here.
async fn set_dialect(
    tx: &Tx,
    id: ProviderId,
    dialect: Dialect,
    mut change: DialectChange,
) -> Result<Dialect> {
    for (action, way) in std::mem::take(&mut change.asking) {
        asking::set_in_tx(tx, id, action, way).await?;
    }
    Ok(dialect.changed(change)?)
}

/// How a provider is asked, as far as operators have set it, as the audit log keeps it.
async fn asking_told(tx: &Tx, id: ProviderId) -> Result<Value> {
    let known = asking::askings(tx, id).await?.into_iter();
    let set = known.filter(|(_, asking)| asking.is_set);
    let told = set.map(|(action, asking)| {
        let one = asking.one.map(OneId::word);
        let told = json!({
            "lists": asking.many.map(Many::word), "largest_list": asking.largest, "one_id": one,
        });
        (action.word().to_owned(), told)
    });
    Ok(Value::Object(told.collect()))
}

async fn record(
    panel: &Panel,
    tx: Tx,
    actor: &Actor,
    id: ProviderId,
    was: Value,
    became: Value,
) -> Result<()> {
    let entry = Entry::new(Deed::ProviderChanged, format!("provider:{id}"))
        .was(was)
        .became(became);
    audit::record_in_tx(&tx, &panel.secrets, panel.now(), actor, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// A provider as the audit log keeps it: never its key, only that there is a new one.
fn told(provider: &Provider, new_key: bool) -> Value {
    let kinds = provider.sync_applies.iter().map(|kind| kind.word());
    json!({
        "url": provider.url, "timeout_ms": provider.timeout_ms,
        "concurrency": provider.concurrency, "currency": provider.exchange.currency,
        "exchange_nano": provider.exchange.nano_usd, "new_key": new_key,
        "pause": provider.pause.map(|pause| pause.word()),
        "sync_applies": kinds.collect::<Vec<_>>(),
        "dialect": provider.dialect.told(&provider.exchange),
    })
}

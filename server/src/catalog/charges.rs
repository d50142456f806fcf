//! What providers charge, beside what they quoted: an offer whose basis was misread sells at a loss,
//! and its first charges show it.
//!
//! Owns the table `offer_charges`, a row for each provider's service that something was sent to. The
//! first three reported charges of an offer are compared, and every hundredth after. One that is above
//! the quoted cost by more than a quarter **and** by more than one unit of its last printed digit
//! pauses the offer: nothing more is sent there until an operator resumes it. An amount that names
//! another currency is not compared, and zero says nothing: it is what many panels print until they
//! have charged.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::ConnectionTrait;

use super::dialect::{CurrencyWord, Dialect};
use super::{Exchange, Provider};
use crate::clock::Time;
use crate::db::{Rows, Tx, execute, locked, query};
use crate::error::Result;
use crate::ids::ProviderId;
use crate::money::{Money, Rate};
use crate::protocol::ServiceType;

mod decided;
mod reported;

pub use decided::OfferCharges;
pub(crate) use decided::{exceptional, resume_in_tx};
pub use reported::ReportedCharge;
use reported::is_compared;

/// A provider's service.
pub(crate) type OfferKey = (ProviderId, String);

/// A charge that was reported for a run for the first time.
#[derive(Debug, Clone)]
pub(crate) struct FirstReport {
    /// At which offer.
    pub(crate) offer: OfferKey,
    /// For how many units.
    pub(crate) quantity: i64,
    /// What was charged, as written.
    pub(crate) charge: String,
    /// The currency that was named beside it.
    pub(crate) currency: Option<String>,
    /// Which run it is, for whoever looks into it.
    pub(crate) run: String,
}

/// An offer that was paused just now.
#[derive(Debug)]
pub(crate) struct Paused {
    /// Which offer, as alerts name it.
    pub(crate) cause: String,
    /// What happened, with the numbers, and what can be done.
    pub(crate) message: String,
}

/// What alerts of an offer are about.
pub(crate) fn alert_cause(provider: ProviderId, service: &str) -> String {
    format!("offer {service} of provider {provider}")
}

/// What came of comparing.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    /// Offers that were paused.
    pub(crate) paused: Vec<Paused>,
    /// Offers whose first charge is known from now on.
    pub(crate) known: Vec<OfferKey>,
}

/// An offer as charges are held against it.
struct Quoted {
    provider: String,
    exchange: Exchange,
    dialect: Dialect,
    cost: Rate,
    service_type: ServiceType,
}

impl Quoted {
    fn of(&self, quantity: i64) -> Option<Money> {
        match self.service_type.is_package() {
            true => self.cost.package_charge().ok(),
            false => self.cost.charge(quantity).ok(),
        }
    }
}

/// Counts and compares charges, and pauses offers. The orders and their runs are locked, and no
/// provider is locked after this.
pub(crate) async fn compare_in_tx(
    tx: &Tx,
    now: Time,
    reports: Vec<FirstReport>,
) -> Result<Compared> {
    let mut made = Compared::default();
    let keys: BTreeSet<OfferKey> = reports.iter().map(|one| one.offer.clone()).collect();
    if keys.is_empty() {
        return Ok(made);
    }
    let quoted = quoted(tx, &keys).await?;
    let mut charges: BTreeMap<&OfferKey, Vec<(&FirstReport, ReportedCharge)>> = BTreeMap::new();
    for one in &reports {
        let read = quoted.get(&one.offer).and_then(|quoted| {
            let currency = one.currency.as_deref();
            ReportedCharge::read(&one.charge, currency, &quoted.exchange, &quoted.dialect)
        });
        if let Some(charge) = read {
            charges.entry(&one.offer).or_default().push((one, charge));
        }
    }
    if charges.is_empty() {
        return Ok(made);
    }
    let counts = charges.iter().map(|(key, of)| (*key, of.len()));
    let seen = count(tx, counts).await?;
    for (key, charges) in &charges {
        let Some((quoted, after)) = quoted.get(*key).zip(seen.get(*key)) else {
            continue;
        };
        let before = after - i64::try_from(charges.len()).unwrap_or(i64::MAX);
        if before == 0 {
            made.known.push((*key).clone());
        }
        let above = (before + 1..).zip(charges).find(|(number, (one, charge))| {
            let quote = quoted.of(one.quantity);
            is_compared(*number)
                && quote.is_some_and(|quote| charge.is_above(quote, &quoted.exchange))
        });
        if let Some((_, (one, charge))) = above {
            let message = told(one, *charge, quoted);
            let is_news = pause(tx, now, key, &message).await?;
            let cause = alert_cause(key.0, &key.1);
            made.paused
                .extend(is_news.then_some(Paused { cause, message }));
        }
    }
    Ok(made)
}

/// What was charged above the quote, and what to do.
fn told(one: &FirstReport, reported: ReportedCharge, quoted: &Quoted) -> String {
    let (provider, service) = (&quoted.provider, &one.offer.1);
    let (charge, quantity, run) = (&one.charge, one.quantity, &one.run);
    let code = &quoted.exchange.currency;
    let quote = quoted.of(quantity).unwrap_or_default();
    let mend = match reported.is_a_thousandfold(quote, &quoted.exchange) {
        true => format!(
            "That is 1000 times the quote, as if its prices were of one unit: provider set {provider} \
             --price-per 1"
        ),
        false => format!(
            "Ask it for its price, and look how its prices are read (provider show {provider})"
        ),
    };
    // What was sold at the misread price is paused by the sync, and has a price again by the apply.
    let cure = format!(
        "{mend}; catalog sync {provider} reads them again and pauses what would be sold below its \
         cost; catalog report shows the differences, catalog apply NUMBERS gives those services their \
         prices; then: provider resume-offer {provider} {service}"
    );
    format!(
        "{provider} charged {charge} {code} for {quantity} of its service {service} ({run}), quoted \
         {quote} USD: nothing more is sent to that offer. {cure}"
    )
}

/// Why the offer of `last`, the newest charge that is known of it, would be paused again by one more
/// like it; nothing if that is not above what the offer is quoted at now, or is not compared.
pub(crate) async fn pauses_again_in_tx(tx: &Tx, last: &FirstReport) -> Result<Option<String>> {
    let quoted = quoted(tx, &BTreeSet::from([last.offer.clone()])).await?;
    let Some(quoted) = quoted.get(&last.offer) else {
        return Ok(None);
    };
    let (currency, exchange) = (last.currency.as_deref(), &quoted.exchange);
    let read = ReportedCharge::read(&last.charge, currency, exchange, &quoted.dialect);
    let Some((charge, quote)) = read.zip(quoted.of(last.quantity)) else {
        return Ok(None);
    };
    Ok(charge.is_above(quote, exchange).then(|| {
        let (charge, code, run) = (&last.charge, &exchange.currency, &last.run);
        let quantity = last.quantity;
        format!(
            "its last charge, {charge} {code} for {quantity} ({run}), is still above the quote of \
             {quote} USD: the next one like it pauses the offer again"
        )
    }))
}

/// The offers of `keys` whose charges are compared.
async fn quoted(tx: &Tx, keys: &BTreeSet<OfferKey>) -> Result<HashMap<OfferKey, Quoted>> {
    let rows = keys
        .iter()
        .cloned()
        .map(|(id, service)| [id.into(), service.into()]);
    let rows = Rows::table(tx, 0, rows);
    let sql = [
        "SELECT v.column1 AS provider_id, v.column2 AS provider_service, p.name, p.currency, \
         p.exchange_nano, p.currency_word, \
         (SELECT MAX(o.cost_micro) FROM offers o WHERE o.provider_id = p.id \
         AND o.provider_service = v.column2) AS cost_micro, \
         (SELECT MIN(o.service_type) FROM offers o WHERE o.provider_id = p.id \
         AND o.provider_service = v.column2) AS service_type FROM ",
        &rows.text,
        " JOIN providers p ON p.id = v.column1 \
         LEFT JOIN offer_charges c ON c.provider_id = p.id AND c.provider_service = v.column2 \
         WHERE p.compares_charges AND COALESCE(c.compares, TRUE)",
    ]
    .concat();
    let mut quoted = HashMap::new();
    for row in query(tx, &sql, rows.values).await? {
        let cost: Option<Rate> = row.try_get("", "cost_micro")?;
        let service_type: Option<ServiceType> = row.try_get("", "service_type")?;
        let Some((cost, service_type)) = cost.zip(service_type) else {
            continue;
        };
        let key = (
            row.try_get("", "provider_id")?,
            row.try_get("", "provider_service")?,
        );
        let quote = Quoted {
            provider: row.try_get("", "name")?,
            exchange: Exchange {
                currency: row.try_get("", "currency")?,
                nano_usd: row.try_get("", "exchange_nano")?,
            },
            dialect: Dialect {
                currency_word: CurrencyWord::of_stored(row.try_get("", "currency_word")?),
                ..Dialect::default()
            },
            cost,
            service_type,
        };
        quoted.insert(key, quote);
    }
    Ok(quoted)
}

/// Adds to the charges that are known of offers, in the order of their keys; gives how many there are
/// now. An offer that was held only for want of one is open again.
async fn count<'k>(
    tx: &Tx,
    counts: impl Iterator<Item = (&'k OfferKey, usize)>,
) -> Result<HashMap<OfferKey, i64>> {
    let rows = counts.map(|((id, service), number)| {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        [(*id).into(), service.as_str().into(), number.into()]
    });
    let rows = Rows::table(tx, 0, rows);
    let sql = [
        "INSERT INTO offer_charges (provider_id, provider_service, charges_seen) \
         SELECT column1, column2, column3 FROM ",
        &rows.text,
        " WHERE TRUE ON CONFLICT (provider_id, provider_service) DO UPDATE SET \
         charges_seen = offer_charges.charges_seen + excluded.charges_seen, \
         held_at_ms = CASE WHEN offer_charges.pause_reason IS NULL THEN NULL \
         ELSE offer_charges.held_at_ms END \
         RETURNING provider_id, provider_service, charges_seen",
    ]
    .concat();
    let rows = query(tx, &sql, rows.values).await?;
    rows.iter()
        .map(|row| {
            let key = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            Ok((key, row.try_get_by_index(2)?))
        })
        .collect()
}

/// Pauses an offer; gives whether it was not paused before.
async fn pause(tx: &Tx, now: Time, key: &OfferKey, reason: &str) -> Result<bool> {
    let sql = "UPDATE offer_charges SET held_at_ms = $3, pause_reason = $4 \
               WHERE provider_id = $1 AND provider_service = $2 AND pause_reason IS NULL";
    let values = [
        key.0.into(),
        key.1.as_str().into(),
        now.into(),
        reason.into(),
    ];
    Ok(execute(tx, sql, values).await? > 0)
}

/// Which of these services of a provider have no charge yet, and are waited for. They are locked: most
/// of those given must be such, as those are that had no charge a moment ago.
pub(crate) async fn lock_unknown_in_tx(
    tx: &Tx,
    provider: &Provider,
    services: &BTreeSet<String>,
) -> Result<Vec<Unknown>> {
    if !provider.dialect.compares_charges || services.is_empty() {
        return Ok(Vec::new());
    }
    let rows = services
        .iter()
        .map(|service| [provider.id.into(), service.as_str().into()]);
    let rows = Rows::table(tx, 0, rows);
    let sql = [
        "INSERT INTO offer_charges (provider_id, provider_service) SELECT column1, column2 FROM ",
        &rows.text,
        " WHERE TRUE ON CONFLICT (provider_id, provider_service) DO NOTHING",
    ]
    .concat();
    execute(tx, &sql, rows.values).await?;
    let of = services.iter().map(|service| service.as_str().into());
    let of = Rows::is_in(tx, 1, of);
    let sql = [
        "SELECT provider_service, held_at_ms FROM offer_charges WHERE provider_id = $1 \
         AND charges_seen = 0 AND compares AND provider_service",
        &of.text,
        " ORDER BY provider_service",
        locked(tx),
    ]
    .concat();
    let values = std::iter::once(provider.id.into()).chain(of.values);
    let rows = query(tx, &sql, values).await?;
    rows.iter()
        .map(|row| {
            let held_at: Option<Time> = row.try_get_by_index(1)?;
            Ok(Unknown {
                service: row.try_get_by_index(0)?,
                is_held: held_at.is_some(),
            })
        })
        .collect()
}

/// A provider's service whose first charge is not known.
#[derive(Debug)]
pub(crate) struct Unknown {
    /// Its id there.
    pub(crate) service: String,
    /// Whether nothing is sent to it.
    pub(crate) is_held: bool,
}

/// An offer that is held until its first charge is known.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// The provider's service.
    pub(crate) service: String,
    /// Since when.
    pub(crate) held_at: Time,
    /// Whether its orders were asked about out of turn.
    pub(crate) is_hurried: bool,
    /// Whether an operator was told.
    pub(crate) is_told: bool,
}

/// Those of a provider.
pub(crate) async fn waiting(
    on: &impl ConnectionTrait,
    provider: ProviderId,
) -> Result<Vec<Waiting>> {
    let sql = "SELECT provider_service, held_at_ms, hurried_at_ms IS NOT NULL, \
               told_at_ms IS NOT NULL FROM offer_charges WHERE provider_id = $1 \
               AND held_at_ms IS NOT NULL AND pause_reason IS NULL ORDER BY provider_service";
    let rows = query(on, sql, [provider.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Waiting {
                service: row.try_get_by_index(0)?,
                held_at: row.try_get_by_index(1)?,
                is_hurried: row.try_get_by_index(2)?,
                is_told: row.try_get_by_index(3)?,
            })
        })
        .collect()
}

/// Sends nothing to these offers until their first charge is known.
pub(crate) async fn hold_in_tx(
    tx: &Tx,
    provider: ProviderId,
    now: Time,
    services: &[&str],
) -> Result<()> {
    let of = Rows::is_in(tx, 2, services.iter().map(|&service| service.into()));
    let sql = [
        "UPDATE offer_charges SET held_at_ms = $2 WHERE provider_id = $1 AND held_at_ms IS NULL \
         AND provider_service",
        &of.text,
    ]
    .concat();
    let values = [provider.into(), now.into()];
    execute(tx, &sql, values.into_iter().chain(of.values)).await?;
    Ok(())
}

/// Sends to these offers again, that were held only until their first charge is known.
pub(crate) async fn reopen_in_tx(tx: &Tx, provider: ProviderId, services: &[&str]) -> Result<()> {
    let of = Rows::is_in(tx, 1, services.iter().map(|&service| service.into()));
    let sql = [
        "UPDATE offer_charges SET held_at_ms = NULL WHERE provider_id = $1 \
         AND pause_reason IS NULL AND provider_service",
        &of.text,
    ]
    .concat();
    execute(tx, &sql, std::iter::once(provider.into()).chain(of.values)).await?;
    Ok(())
}

/// What is done once for an offer that waits for its first charge.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Once {
    /// Its orders were asked about out of turn.
    Hurried,
    /// An operator was told.
    Told,
}

/// Records that it was done for these offers.
pub(crate) async fn done_in_tx(
    tx: &Tx,
    provider: ProviderId,
    now: Time,
    what: Once,
    services: &[&str],
) -> Result<()> {
    if services.is_empty() {
        return Ok(());
    }
    let set = match what {
        Once::Hurried => "hurried_at_ms",
        Once::Told => "told_at_ms",
    };
    let of = Rows::is_in(tx, 2, services.iter().map(|&service| service.into()));
    let sql = [
        "UPDATE offer_charges SET ",
        set,
        " = $2 WHERE provider_id = $1 AND provider_service",
        &of.text,
    ]
    .concat();
    let values = [provider.into(), now.into()];
    execute(tx, &sql, values.into_iter().chain(of.values)).await?;
    Ok(())
}

/// The first charges of a provider are first again: its costs are read otherwise from now on. What is
/// paused stays so.
pub(super) async fn compare_anew_in_tx(tx: &Tx, provider: ProviderId) -> Result<()> {
    let sql = "UPDATE offer_charges SET charges_seen = 0, hurried_at_ms = NULL, \
               told_at_ms = NULL \
               WHERE provider_id = $1 AND charges_seen > 0";
    execute(tx, sql, [provider.into()]).await?;
    Ok(())
}

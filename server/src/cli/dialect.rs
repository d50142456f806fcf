//! `provider set`, `show` and `resume-offer`: how a provider speaks, and what it charged first.

use anyhow::Result;
use clap::Args;

use super::asking;
use super::orders::plain;
use crate::catalog::dialect::{CurrencyWord, DialectChange};
use crate::catalog::types::{self, UnknownType};
use crate::catalog::{self, Pause, Provider, asking::askings};
use crate::error::Refusal;
use crate::money::Money;
use crate::orders::{self, OfferState};
use crate::panel::Panel;
use crate::protocol::ServiceType;
use crate::protocol::upstream::PricePer;

/// How a provider speaks; what is not given stays as it is, or is as the protocol has it.
#[derive(Args)]
pub(super) struct DialectOptions {
    /// For how many units its prices are: 1000, 1, or the column of a service that says so
    #[arg(long, value_name = "UNITS", value_parser = price_per)]
    price_per: Option<PricePer>,
    /// The column of a service that holds its price
    #[arg(long, value_name = "COLUMN")]
    price_column: Option<String>,
    /// What its balance calls its currency, such as USDT or 'R$'; none if it names none
    #[arg(long, value_name = "WORD", value_parser = currency_word)]
    currency_word: Option<CurrencyWord>,
    /// The type of services that have this word for it, as WORD=TYPE; none=TYPE for those without
    /// one; may be repeated
    #[arg(long = "type", value_name = "WORD=TYPE", value_parser = type_word)]
    types: Vec<TypeWord>,
    /// Forget the type of this word; may be repeated
    #[arg(long, value_name = "WORD")]
    forget_type: Vec<String>,
    /// Whether id in a line of a status names the order, where nothing else does
    #[arg(long, value_name = "BOOL")]
    id_names_order: Option<bool>,
    /// Whether it decodes twice what it is sent: then invitations of Telegram are sent as joinchat/
    #[arg(long, value_name = "BOOL")]
    decodes_twice: Option<bool>,
    /// Whether the first charges of its offers are compared with what was quoted, with at most ten
    /// orders under way at an offer until then; false for a provider that reports no charges
    #[arg(long, value_name = "BOOL")]
    compares_charges: Option<bool>,
    /// How it is asked about many things, as ACTION=WAY: status, cancel or refill_status; many, many:50
    /// for lists of at most 50 ids, one for one by one, one:plural for one by one in the list's field,
    /// learned for what its answers show; may be repeated
    #[arg(long = "ask", value_name = "ACTION=WAY", value_parser = asking::parse)]
    asking: Vec<asking::AskOption>,
}

/// A word and the type it stands for.
#[derive(Clone)]
struct TypeWord(String, ServiceType);

fn price_per(text: &str) -> Result<PricePer, String> {
    PricePer::parse(text).ok_or_else(|| "not 1000, 1 or the name of a column".to_owned())
}

fn currency_word(text: &str) -> Result<CurrencyWord, String> {
    CurrencyWord::parse(text).map_err(|refusal: Refusal| refusal.to_string())
}

fn type_word(text: &str) -> Result<TypeWord, String> {
    let known = || {
        let words: Vec<&str> = ServiceType::ALL.iter().map(|known| known.word()).collect();
        format!("not a word, = and one of: {}", words.join(", "))
    };
    let (word, of) = text.rsplit_once('=').ok_or_else(known)?;
    let service_type = ServiceType::from_word(of).ok_or_else(known)?;
    Ok(TypeWord(word.to_owned(), service_type))
}

impl DialectOptions {
    pub(super) fn change(self) -> DialectChange {
        let applied = self.types.into_iter();
        let applied = applied.map(|TypeWord(word, service_type)| (word, Some(service_type)));
        let forgotten = self.forget_type.into_iter().map(|word| (word, None));
        DialectChange {
            price_per: self.price_per,
            price_column: self.price_column,
            currency_word: self.currency_word,
            types: applied.chain(forgotten).collect(),
            id_names_order: self.id_names_order,
            decodes_twice: self.decodes_twice,
            compares_charges: self.compares_charges,
            asking: asking::ways(self.asking),
        }
    }
}

fn line(name: &str, text: &str) {
    anstream::println!("{name:<16} {text}");
}

/// Prints all that is set of a provider, and what was found out about it.
pub(super) async fn show(panel: &Panel, provider: &Provider) -> Result<()> {
    let (id, name, url) = (provider.id, &provider.name, &provider.url);
    anstream::println!("provider {id} ({name})  {url}");
    let state = provider.pause.map_or("ready", Pause::word).to_owned();
    let state = match catalog::pause_record(&panel.db, provider).await? {
        Some(record) => format!("{state} since {}: {}", record.since, plain(&record.why)),
        None => state,
    };
    line("state", &state);
    let (exchange, dialect) = (&provider.exchange, &provider.dialect);
    let word = dialect.currency_word.shown(exchange);
    let (code, worth) = (&exchange.currency, Money::from_nano(exchange.nano_usd));
    line(
        "currency",
        &format!("{code}, each {worth} USD; its balance calls it {word}"),
    );
    let (per, column) = (dialect.rows.price_per.text(), &dialect.rows.price_column);
    let per = match dialect.rows.price_per {
        PricePer::Thousand | PricePer::Unit => format!("of {per}"),
        PricePer::Column(_) => format!("of as many units as the column {per} says"),
    };
    line("prices", &format!("{per}, in the column {column}"));
    for (word, service_type) in &dialect.rows.types {
        line("type", &format!("{word} -> {service_type}"));
    }
    let id_line = match dialect.id_names_order {
        true => "names an order, where nothing else does",
        false => "names no order",
    };
    line("id in statuses", id_line);
    let decodes = match dialect.decodes_twice {
        true => "twice: invitations are sent as joinchat/",
        false => "once",
    };
    line("decodes", decodes);
    let compares = match dialect.compares_charges {
        true => "the first of an offer, and every hundredth, are compared with the quote",
        false => "not compared",
    };
    line("charges", compares);
    let keeps = match provider.replays_requests {
        true => "kept (learned by provider test)",
        false => "not known",
    };
    line("request_id", keeps);
    for (action, known) in askings(panel.db.read(), provider.id).await? {
        line(asking::name(action), &asking::told(action, &known));
    }
    for (unknown, seen_at) in types::last_unknown(&panel.db, provider.id).await? {
        let text = format!(
            "{} (learned at {seen_at} from its catalogue)",
            told(&unknown)
        );
        line("type not known", &text);
    }
    for state in orders::offer_states(panel, provider.id).await? {
        line("offer", &offer(&state));
    }
    Ok(())
}

/// A word that nobody has applied a type to, and what to do about it.
pub(super) fn told(unknown: &UnknownType) -> String {
    let UnknownType {
        word,
        proposed,
        services,
        example,
    } = unknown;
    let proposed = match proposed {
        Some(proposed) => format!("proposed: --type '{word}={proposed}'"),
        None => "nothing is proposed".to_owned(),
    };
    format!("{word}, {services} services such as {example:?}; {proposed}")
}

fn offer(state: &OfferState) -> String {
    let (charges, queued) = (&state.charges, state.queued);
    let service = &charges.provider_service;
    match (&charges.pause_reason, charges.held_at) {
        (Some(reason), Some(since)) => {
            format!("{service} paused since {since}, {queued} orders wait: {reason}")
        }
        (_, Some(since)) => format!(
            "{service} waits for its first charge since {since} (learned by sending), {queued} \
             orders wait"
        ),
        (_, None) => format!("{service}: its charges are not compared"),
    }
}

/// Sends to a paused offer again.
pub(super) async fn resume_offer(
    panel: &Panel,
    provider: &Provider,
    service: &str,
    compares: bool,
) -> Result<()> {
    let actor = super::actor();
    let state = orders::resume_offer(panel, &actor, provider.id, service, compares).await?;
    let (name, queued) = (&provider.name, state.queued);
    let compares = match compares {
        true => "its first charges are compared again",
        false => "its charges are not compared any more",
    };
    anstream::println!(
        "Service {service} of {name} is sent to again, {queued} orders wait; {compares}."
    );
    if let Some(warning) = &state.warning {
        anstream::println!("Nothing is mended, it seems: {warning}.");
    }
    Ok(())
}

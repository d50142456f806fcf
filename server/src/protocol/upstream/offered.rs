//! What a provider offers and holds: its catalogue and our balance there.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::amount::named_amount;
use super::says::error_in;
use super::{Answer, ProviderSays, Unreadable, json};
use crate::money::{Money, Rate, parse_provider_amount};
use crate::protocol::ServiceType;

/// The column of a row that holds its price, unless an operator named another.
pub const PRICE_COLUMN: &str = "rate";
/// The most units that a price may be for.
const MAX_UNITS: i64 = 1_000_000;

/// For how many units a provider names its prices. A package's is always that of one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PricePer {
    /// For 1000, as the protocol has it.
    #[default]
    Thousand,
    /// For each.
    Unit,
    /// For as many as this column of the row says.
    Column(String),
}

impl PricePer {
    /// Reads `1000`, `1`, or the name of a column.
    pub fn parse(text: &str) -> Option<PricePer> {
        match text {
            "1000" => Some(PricePer::Thousand),
            "1" => Some(PricePer::Unit),
            name => is_column(name).then(|| PricePer::Column(name.to_owned())),
        }
    }

    /// As [`PricePer::parse`] reads it.
    pub fn text(&self) -> &str {
        match self {
            PricePer::Thousand => "1000",
            PricePer::Unit => "1",
            PricePer::Column(name) => name,
        }
    }

    fn units(&self, row: &Map<String, Value>) -> Option<i64> {
        match self {
            PricePer::Thousand => Some(1_000),
            PricePer::Unit => Some(1),
            PricePer::Column(name) => units(&json::text(row.get(name))?),
        }
    }
}

/// Whether a text can be the name of a column: 1 to 64 letters, digits, `_`, `-` or `.`, a letter
/// first.
pub fn is_column(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(fits)
}

/// A number of units in digits or in words: `1000`, `per 1000`, `1k`, `unit`.
fn units(text: &str) -> Option<i64> {
    let text = text.trim().to_lowercase();
    let word = text.strip_prefix("per").unwrap_or(&text);
    let word = word.trim_start_matches([' ', '_', '-']);
    match word {
        "unit" | "one" | "each" | "item" | "piece" => Some(1),
        "k" | "1k" | "thousand" => Some(1_000),
        digits => {
            let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
            let plain =
                whole.bytes().all(|b| b.is_ascii_digit()) && fraction.bytes().all(|b| b == b'0');
            let number: i64 = whole.parse().ok().filter(|_| plain)?;
            (1..=MAX_UNITS).contains(&number).then_some(number)
        }
    }
}

/// How the rows of a provider's catalogue are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowReading {
    /// The column that holds the price.
    pub price_column: String,
    /// For how many units it is.
    pub price_per: PricePer,
    /// The types that an operator applied to the provider's words for them, by
    /// [`ServiceType::provider_word`]. They outrank the protocol's own words.
    pub types: BTreeMap<String, ServiceType>,
}

impl Default for RowReading {
    fn default() -> RowReading {
        RowReading {
            price_column: PRICE_COLUMN.to_owned(),
            price_per: PricePer::default(),
            types: BTreeMap::new(),
        }
    }
}

impl RowReading {
    fn service_type(&self, word: &str) -> Option<ServiceType> {
        let applied = self.types.get(&ServiceType::provider_word(word)).copied();
        applied.or_else(|| ServiceType::from_word(word))
    }

    /// The price of 1000 units, or of one package. A row whose type is not known yet is priced as
    /// one that has units: it is not sold before its type is applied, and read again then.
    fn rate(&self, row: &Map<String, Value>, service_type: Option<ServiceType>) -> Option<Rate> {
        let price = json::text(row.get(&self.price_column))?;
        if service_type.is_some_and(ServiceType::is_package) {
            return Rate::parse_rounding_up(&price).ok();
        }
        Rate::parse_price_of(&price, self.price_per.units(row)?).ok()
    }
}

/// A provider's catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue {
    /// The rows that could be read, in the provider's order.
    pub services: Vec<OfferedService>,
    /// How many rows could not: no id, or a rate, min or max that is no number.
    pub unreadable_rows: usize,
}

impl Catalogue {
    /// False only if the catalogue shows that the provider does not sell a service: an empty one
    /// shows nothing, nor does one with rows that could not be read.
    pub fn may_have(&self, service: &str) -> bool {
        self.services.is_empty()
            || self.unreadable_rows > 0
            || self.services.iter().any(|row| row.service == service)
    }
}

/// A row of a provider's catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedService {
    /// The provider's id.
    pub service: String,
    /// The name; may be empty.
    pub name: String,
    /// The category; may be empty.
    pub category: String,
    /// The type as written; may be empty.
    pub type_word: String,
    /// The type, if it is one of ours.
    pub service_type: Option<ServiceType>,
    /// The price of 1000 units or of one package, in the provider's currency, rounded up to a
    /// millionth.
    pub rate: Rate,
    /// The least quantity, zero or more.
    pub min: i64,
    /// The greatest quantity, zero or more.
    pub max: i64,
    /// Whether it says that it sells in runs.
    pub dripfeed: bool,
    /// Whether it says that it refills.
    pub refill: bool,
    /// Whether it says that it cancels.
    pub cancel: bool,
    /// A longer text.
    pub description: Option<String>,
}

/// Reads the answer to `services`: a list of rows, or such a list under `data`, or an object of
/// rows by id. `{}` and a success whose `data` is a text (`"Empty Data"`) are an empty catalogue;
/// an error or any other object is not one.
pub fn services(answer: &Answer<'_>, reading: &RowReading) -> Result<Catalogue, Unreadable> {
    let text = answer.read_text()?;
    let rows = match json::items(&text) {
        Some(rows) => rows,
        None => rows_of(&text)?,
    };
    let mut catalogue = Catalogue::default();
    // One row at a time: a value takes many times the memory of its text.
    for row in rows {
        match json::value_of(row).and_then(|row| offered(&row, reading)) {
            Some(service) => catalogue.services.push(service),
            None => catalogue.unreadable_rows += 1,
        }
    }
    Ok(catalogue)
}

/// Reads the answer to `balance`: the amount, and the currency in upper case, empty if the
/// answer names none, neither in a field nor beside the number.
pub fn balance(answer: &Answer<'_>) -> Result<(Money, String), Unreadable> {
    let value = answer.read()?;
    let garbled = |why: &str| Unreadable::Garbled(why.to_owned());
    let object = value.as_object().ok_or_else(|| garbled("not an object"))?;
    let Some(amount) = json::text(object.get("balance")) else {
        return Err(refused(object).unwrap_or_else(|| garbled("no balance")));
    };
    let no_amount = || garbled("the balance is no amount");
    let (number, beside) = named_amount(&amount).ok_or_else(no_amount)?;
    let amount = parse_provider_amount(number).map_err(|_| no_amount())?;
    let named = json::text(object.get("currency"));
    let currency = named.unwrap_or_else(|| beside.to_owned());
    Ok((amount, currency.to_uppercase()))
}

fn refused(object: &Map<String, Value>) -> Option<Unreadable> {
    error_in(object, "").map(|text| Unreadable::Refused(ProviderSays::new(text)))
}

/// In how many bytes of an answer that is no list an error is looked for.
const MAX_ERROR: usize = 256 * 1024;

fn rows_of(text: &str) -> Result<Vec<&RawValue>, Unreadable> {
    let no_list = || Unreadable::Garbled("an object where the list of services belongs".to_owned());
    let members = json::texts_of_members(text).ok_or_else(no_list)?;
    let is_row = |row: &RawValue| {
        let names = json::texts_of_members(row.get()).unwrap_or_default();
        names.iter().any(|(name, _)| name == "service")
    };
    let (mut others, mut left) = (Map::new(), MAX_ERROR);
    for (name, member) in &members {
        let may_say_no = !is_row(member) || name.to_ascii_lowercase().starts_with("error");
        if let (true, Some(rest)) = (may_say_no, left.checked_sub(member.get().len())) {
            left = rest;
            others.extend(json::value_of(member).map(|value| (name.clone(), value)));
        }
    }
    if let Some(refused) = refused(&others) {
        return Err(refused);
    }
    let data = members.iter().find(|(name, _)| name == "data");
    if let Some((_, data)) = data {
        if let Some(rows) = json::items(data.get()) {
            return Ok(rows);
        }
        if data.get().starts_with('"') {
            return Ok(Vec::new());
        }
    }
    let rows: Vec<&RawValue> = members.iter().map(|(_, row)| *row).collect();
    match rows.iter().all(|row| is_row(row)) {
        true => Ok(rows),
        false => Err(no_list()),
    }
}

fn offered(row: &Value, reading: &RowReading) -> Option<OfferedService> {
    let row = row.as_object()?;
    let word = |name: &str| json::text(row.get(name)).unwrap_or_default();
    let count = |name: &str| json::whole(row.get(name)).filter(|count| *count >= 0);
    let type_word = word("type");
    let service_type = reading.service_type(&type_word);
    Some(OfferedService {
        service: json::id(row.get("service"))?,
        name: word("name"),
        category: word("category"),
        service_type,
        type_word,
        rate: reading.rate(row, service_type)?,
        min: count("min")?,
        max: count("max")?,
        dripfeed: json::yes(row.get("dripfeed")),
        refill: json::yes(row.get("refill")),
        cancel: json::yes(row.get("cancel")),
        description: json::text(json::first(row, &["desc", "description"])),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Answer<'_> {
        Answer {
            http_status: 200,
            retry_after_ms: None,
            body: body.as_bytes(),
        }
    }

    #[test]
    fn rows_are_read_in_both_dialects_of_types() {
        let strings = r#"[{"service":"1","name":"F \ud83d\ude00","type":"Default","rate":"0.90",
            "min":"50","max":"10000","dripfeed":true,"refill":1,"cancel":"0","category":"C"}]"#;
        let numbers = r#"[{"service":1,"name":"F 😀","type":"default","rate":0.9,
            "min":50,"max":10000.0,"dripfeed":"1","refill":"true","cancel":false,"category":"C"}]"#;
        for body in [strings, numbers] {
            let catalogue = services(&answer(body), &RowReading::default()).unwrap();
            assert_eq!(catalogue.unreadable_rows, 0);
            let mut row = catalogue.services[0].clone();
            assert_eq!(row.type_word.to_lowercase(), "default");
            row.type_word.clear();
            assert_eq!(
                row,
                OfferedService {
                    service: "1".to_owned(),
                    name: "F 😀".to_owned(),
                    category: "C".to_owned(),
                    type_word: String::new(),
                    service_type: Some(ServiceType::Default),
                    rate: Rate::parse("0.90").unwrap(),
                    min: 50,
                    max: 10_000,
                    dripfeed: true,
                    refill: true,
                    cancel: false,
                    description: None,
                }
            );
        }
    }

    #[test]
    fn rows_that_cannot_be_read_are_counted() {
        let body = r#"[{"service":7,"rate":"1000000000000","min":1,"max":1,"desc":"d"},
            {"rate":"1","min":1,"max":1}, {"service":1,"rate":"n/a","min":1,"max":1},
            {"service":2,"rate":"1","min":"1,000","max":1},
            {"service":3,"rate":"-1","min":1,"max":1}, 5, null,
            {"service":4,"rate":1e-9,"min":1,"max":2147483647,"type":"mentions_hashtag"}]"#;
        let catalogue = services(&answer(body), &RowReading::default()).unwrap();
        assert_eq!(catalogue.unreadable_rows, 6);
        let [parked, tiny] = catalogue.services.as_slice() else {
            panic!("{catalogue:?}");
        };
        assert_eq!(
            (parked.service_type, parked.description.as_deref()),
            (None, Some("d"))
        );
        assert_eq!(tiny.rate.micro(), 1);
        assert_eq!(tiny.service_type, Some(ServiceType::MentionsHashtag));
    }

    #[test]
    fn an_error_is_never_an_empty_catalogue() {
        let row = r#"{"service":1,"rate":"1","min":1,"max":1}"#;
        for (body, rows) in [
            ("[]".to_owned(), Some(0)),
            ("{}".to_owned(), Some(0)),
            (
                r#"{"status":"success","data":"Empty Data"}"#.to_owned(),
                Some(0),
            ),
            (format!(r#"{{"status":"success","data":[{row}]}}"#), Some(1)),
            (format!(r#"{{"7":{row}}}"#), Some(1)),
            (r#"{"error":"Invalid API key"}"#.to_owned(), None),
            (
                r#"{"status":"error","data":"x","message":"Invalid API key"}"#.to_owned(),
                None,
            ),
            (r#"{"status":"success"}"#.to_owned(), None),
            (String::new(), None),
            ("<html>".to_owned(), None),
        ] {
            let read = services(&answer(&body), &RowReading::default())
                .ok()
                .map(|catalogue| catalogue.services.len());
            assert_eq!(read, rows, "{body}");
        }
    }

    #[test]
    fn a_balance_is_a_string_or_a_number() {
        for (body, amount, currency) in [
            (
                r#"{"balance":"100.84292","currency":"USD"}"#,
                "100.84292",
                "USD",
            ),
            (
                r#"{"balance":100.84292,"currency":"usd"}"#,
                "100.84292",
                "USD",
            ),
            (r#"{"balance":"-1.5"}"#, "-1.50", ""),
            (
                r#"{"status":"success","balance":1e2,"currency":"EUR"}"#,
                "100.00",
                "EUR",
            ),
        ] {
            let (money, read) = balance(&answer(body)).unwrap();
            assert_eq!(
                (money.to_string().as_str(), read.as_str()),
                (amount, currency),
                "{body}"
            );
        }
        for body in [
            r#"{"balance":"1,000.50"}"#,
            r#"{"balance":null}"#,
            r#"{"balance":1e400}"#,
            "[]",
            "{}",
            "",
        ] {
            assert!(
                matches!(balance(&answer(body)), Err(Unreadable::Garbled(_))),
                "{body}"
            );
        }
        match balance(&answer(r#"{"error":"Invalid API key"}"#)) {
            Err(Unreadable::Refused(says)) => {
                assert_eq!(says.text, "Invalid API key");
            }
            other => panic!("{other:?}"),
        }
    }
}

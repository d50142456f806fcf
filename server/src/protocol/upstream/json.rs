//! Finding the JSON in a provider's body, and the plain values in the JSON.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// How many places a body may offer for its JSON to begin. Warnings and logs before the JSON have
/// a few brackets; a page of HTML has many, and each costs a parse.
const MAX_STARTS: usize = 64;

/// The longest text kept of one value, in characters.
const MAX_TEXT: usize = 500;

/// The longest id, in characters.
const MAX_ID: usize = 64;

/// The most digits of a count; more is absurd.
const MAX_COUNT_DIGITS: usize = 12;

/// What a body has of JSON.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    /// None, or a page of HTML around it: whatever a page says, it is not the protocol's answer.
    Nothing,
    /// One value; printed twice it is still one.
    One(Value),
    /// Values that differ: the answer has more than one reading.
    Differing(Vec<Value>),
}

/// The one JSON object or list of a body, if there is exactly one.
pub(super) fn recover(body: &[u8]) -> Option<Value> {
    match find_values(body) {
        Found::One(value) => Some(value),
        Found::Nothing | Found::Differing(_) => None,
    }
}

/// The text of the one JSON object or list of a body, if there is exactly one: for long answers, whose
/// members are read one by one. What is printed twice, letter by letter, is still one.
pub(super) fn recover_text(body: &[u8]) -> Option<Cow<'_, str>> {
    let text = match decoded(body) {
        Cow::Borrowed(text) => text,
        // Rare enough to be read a second time as what it became.
        Cow::Owned(text) => return find_one(&text).map(|one| Cow::Owned(one.into_owned())),
    };
    find_one(text)
}

fn find_one(text: &str) -> Option<Cow<'_, str>> {
    let mut found: Option<Cow<'_, str>> = None;
    let mut empty = None;
    let (mut around, mut rest) = (String::new(), text);
    for _ in 0..MAX_STARTS {
        let Some(at) = rest.find(['{', '[']) else {
            break;
        };
        let (before, from) = rest.split_at(at);
        around.push_str(before);
        let Some((raw, length)) = raw_beginning(from) else {
            rest = from.get(1..).unwrap_or_default();
            continue;
        };
        rest = from.get(length..).unwrap_or_default();
        match (kind_of(&raw), &found) {
            (Kind::Empty, _) => empty = Some(raw),
            (Kind::SaysNothing, _) => {}
            (Kind::Says, None) => found = Some(raw),
            (Kind::Says, Some(first)) if *first == raw => {}
            (Kind::Says, Some(_)) => return None,
        }
    }
    around.push_str(rest);
    let is_whole = !rest.contains(['{', '[']) && !is_page(&around);
    found.or(empty).filter(|_| is_whole)
}

/// The text of the value that `text` begins with, and its length there.
fn raw_beginning(text: &str) -> Option<(Cow<'_, str>, usize)> {
    fn strict(text: &str) -> Option<(&str, usize)> {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
        let raw: &RawValue = values.next()?.ok()?;
        Some((raw.get(), values.byte_offset()))
    }
    if let Some((raw, length)) = strict(text) {
        return Some((Cow::Borrowed(raw), length));
    }
    if !NOT_NUMBERS.iter().any(|word| text.contains(word)) {
        return None;
    }
    let (plain, replaced) = null_for_not_numbers(text);
    let (raw, length) = strict(&plain)?;
    Some((Cow::Owned(raw.to_owned()), length_before(&replaced, length)))
}

/// What a text that is a JSON object or list has to say.
enum Kind {
    Empty,
    SaysNothing,
    Says,
}

fn kind_of(raw: &str) -> Kind {
    let inside = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    if inside.trim_ascii().is_empty() {
        return Kind::Empty;
    }
    let bare = |item: &&RawValue| !item.get().starts_with(['{', '[', '"']);
    match items(raw) {
        Some(items) if items.iter().all(bare) => Kind::SaysNothing,
        Some(_) | None => Kind::Says,
    }
}

/// The texts of the items of a list.
pub(super) fn items(raw: &str) -> Option<Vec<&RawValue>> {
    raw.starts_with('[')
        .then(|| serde_json::from_str(raw).ok())?
}

/// The names and the texts of the members of an object, repeated names too.
pub(super) fn texts_of_members(raw: &str) -> Option<Vec<(String, &RawValue)>> {
    let members: Members<'_> = serde_json::from_str(raw).ok()?;
    Some(members.0)
}

/// The value of a text that [`items`] or [`texts_of_members`] gave.
pub(super) fn value_of(raw: &RawValue) -> Option<Value> {
    read_value(raw.get(), 0)
}

/// The JSON objects and lists of objects in a body. What stands before, between and behind them is
/// skipped: a byte order mark, warnings that PHP prints into the page, a comment, a notice.
///
/// Of a repeated name whose values differ, all are kept, as a list: none of them counts alone.
/// `NaN` and `Infinity`, which some panels print for a missing number, are null.
pub(super) fn find_values(body: &[u8]) -> Found {
    find_with_around(body).0
}

/// The same, and what stands around the values.
pub(super) fn find_with_around(body: &[u8]) -> (Found, String) {
    let text = decoded(body);
    let mut values: Vec<Value> = Vec::new();
    let mut empty = None;
    let mut around = String::new();
    let mut rest: &str = &text;
    for _ in 0..MAX_STARTS {
        let Some(at) = rest.find(['{', '[']) else {
            break;
        };
        let (before, from) = rest.split_at(at);
        around.push_str(before);
        match parse_beginning(from) {
            Some((value, length)) => {
                match value {
                    // `function(){}` and `[12]` of a log are no answers beside one.
                    value if is_empty(&value) => empty = Some(value),
                    value if says_nothing(&value) => {}
                    value if values.contains(&value) => {}
                    value => values.push(value),
                }
                rest = from.get(length..).unwrap_or_default();
            }
            None => rest = from.get(1..).unwrap_or_default(),
        }
    }
    around.push_str(rest);
    if is_page(&around) {
        return (Found::Nothing, around);
    }
    // Whatever begins behind the last place that was looked at may say something else.
    let is_whole = !rest.contains(['{', '[']);
    let found = match (values.len(), empty) {
        (0, Some(empty)) if is_whole => Found::One(empty),
        (0, _) => Found::Nothing,
        (1, _) if is_whole => values.pop().map_or(Found::Nothing, Found::One),
        _ => Found::Differing(values),
    };
    (found, around)
}

/// A body as text. Each byte that is not of UTF-8 becomes a letter of its own, so that sentences in
/// other encodings stay apart; a repeated sign for all of them would make one of many.
fn decoded(body: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(body) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(body.len());
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        let letters = chunk.invalid().iter();
        text.extend(letters.filter_map(|byte| char::from_u32(FOREIGN_BYTES + u32::from(*byte))));
    }
    Cow::Owned(text)
}

/// Where the letters begin that stand for bytes of other encodings: the syllables of Yi, which have
/// neither capitals nor other forms.
const FOREIGN_BYTES: u32 = 0xa000;

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// True for a list of bare numbers and the like: no answer of the protocol is one.
fn says_nothing(value: &Value) -> bool {
    let bare = |item: &Value| item.is_number() || item.is_null() || item.is_boolean();
    value.as_array().is_some_and(|items| items.iter().all(bare))
}

/// True if what stands around the JSON is a page for people.
fn is_page(around: &str) -> bool {
    let around = around.to_ascii_lowercase();
    ["<!doctype", "<html", "<head", "<body", "<script"]
        .iter()
        .any(|tag| around.contains(tag))
}

/// The value that `text` begins with, and its length in bytes.
fn parse_beginning(text: &str) -> Option<(Value, usize)> {
    let strict = parse_strictly(text);
    if strict.is_some() || !NOT_NUMBERS.iter().any(|word| text.contains(word)) {
        return strict;
    }
    let (plain, replaced) = null_for_not_numbers(text);
    let (value, length) = parse_strictly(&plain)?;
    Some((value, length_before(&replaced, length)))
}

/// How long the first `length` bytes were before [`null_for_not_numbers`].
fn length_before(replaced: &[(usize, usize)], length: usize) -> usize {
    let within = replaced.iter().take_while(|(at, _)| *at < length);
    let written: usize = within.clone().map(|(_, written)| written).sum();
    let nulls = within.count() * NULL.len();
    length.saturating_sub(nulls) + written
}

fn parse_strictly(text: &str) -> Option<(Value, usize)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let raw = values.next()?.ok()?;
    Some((read_value(raw.get(), 0)?, values.byte_offset()))
}

/// What is no JSON and is printed for a number that there is not.
const NOT_NUMBERS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];

const NULL: &str = "null";

/// `text` with `null` for each of [`NOT_NUMBERS`] outside of its strings; where each stands now,
/// and how long it was.
fn null_for_not_numbers(text: &str) -> (String, Vec<(usize, usize)>) {
    let mut plain = String::with_capacity(text.len());
    let mut replaced = Vec::new();
    let (mut in_string, mut escaped) = (false, false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word = NOT_NUMBERS.iter().find(|word| rest.starts_with(*word));
        if let Some(word) = word.filter(|_| !in_string) {
            replaced.push((plain.len(), word.len()));
            plain.push_str(NULL);
            rest = rest.get(word.len()..).unwrap_or_default();
            continue;
        }
        in_string = if c == '"' && !escaped {
            !in_string
        } else {
            in_string
        };
        escaped = c == '\\' && !escaped && in_string;
        plain.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    (plain, replaced)
}

/// How deep repeated names are looked for; deeper ones are read as serde_json reads them.
const MAX_DEPTH: usize = 8;

/// A value whose repeated names are told from others: see [`find_values`].
fn read_value(text: &str, depth: usize) -> Option<Value> {
    if depth >= MAX_DEPTH {
        return serde_json::from_str(text).ok();
    }
    match text.as_bytes().first() {
        Some(b'{') => {
            let members: Members<'_> = serde_json::from_str(text).ok()?;
            let mut object = Map::new();
            let mut repeated: HashMap<String, Vec<Value>> = HashMap::new();
            for (name, raw) in members.0 {
                let value = read_value(raw.get(), depth + 1)?;
                match object.get(&name) {
                    None => drop(object.insert(name, value)),
                    Some(first) => {
                        let all = repeated.entry(name).or_insert_with(|| vec![first.clone()]);
                        if !all.contains(&value) {
                            all.push(value);
                        }
                    }
                }
            }
            for (name, all) in repeated.into_iter().filter(|(_, all)| all.len() > 1) {
                object.insert(name, Value::Array(all));
            }
            Some(Value::Object(object))
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            let items = items
                .into_iter()
                .map(|raw| read_value(raw.get(), depth + 1));
            items.collect::<Option<Vec<Value>>>().map(Value::Array)
        }
        _ => serde_json::from_str(text).ok(),
    }
}

/// The members of an object as they are written, repeated names too.
struct Members<'t>(Vec<(String, &'t RawValue)>);

impl<'de: 't, 't> Deserialize<'de> for Members<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Visit).map(Members)
    }
}

/// The trimmed text of a string or a number, at most 500 characters; not of a blank.
pub(super) fn text(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text.trim().chars().take(MAX_TEXT).collect(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// An id that a provider may have given: a positive whole number, or a short token with a digit
/// in it. Anything else (`0`, `success`, a sentence) is no id.
pub(super) fn id(value: Option<&Value>) -> Option<String> {
    let mut text = text(value)?;
    if value.is_some_and(Value::is_number) {
        let (digits, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let whole = fraction.bytes().all(|b| b == b'0');
        let digits = digits.to_owned();
        text = Some(digits).filter(|d| whole && d.bytes().all(|b| b.is_ascii_digit()))?;
    }
    let token = text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.len() <= MAX_ID
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && text.chars().any(|c| matches!(c, '1'..='9'))
        // `neworder.error.link_2` is the name of a sentence.
        && !text.to_ascii_lowercase().contains("error");
    token.then_some(text)
}

/// A whole number, perhaps negative, written as a number or as text: `157`, `"157.00"`, `-3`.
/// `+3` is -3: one common panel shows what was delivered beyond the order so. Commas, exponents,
/// fractions and more than 12 digits are no number.
pub(super) fn whole(value: Option<&Value>) -> Option<i64> {
    let text = text(value)?;
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(&text);
    let (digits, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let plain = !digits.is_empty()
        && digits.len() <= MAX_COUNT_DIGITS
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !fraction.is_empty()
        && fraction.bytes().all(|b| b == b'0');
    let number: i64 = digits.parse().ok().filter(|_| plain)?;
    Some(if unsigned.len() < text.len() {
        -number
    } else {
        number
    })
}

/// `true`, `"true"`, `1`, `"1"`; anything else is false.
pub(super) fn yes(value: Option<&Value>) -> bool {
    value.is_some_and(|value| {
        value.as_bool() == Some(true)
            || text(Some(value))
                .is_some_and(|text| text == "1" || text.eq_ignore_ascii_case("true"))
    })
}

/// The member of that name in any case; `name` is in lower case.
pub(super) fn member<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    object.get(name).or_else(|| {
        object
            .iter()
            .find(|(written, _)| written.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

/// The members of that name in any case.
pub(super) fn members<'v, 'n: 'v>(
    object: &'v Map<String, Value>,
    name: &'n str,
) -> impl Iterator<Item = &'v Value> {
    let same = object
        .iter()
        .filter(move |(written, _)| written.eq_ignore_ascii_case(name));
    same.map(|(_, value)| value)
}

/// True for what is a number, or a text that has a digit: a charge may have a sign beside it.
pub(super) fn is_number(value: &Value) -> bool {
    match value {
        Value::Number(_) => true,
        Value::String(text) => text.contains(|c: char| c.is_ascii_digit()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

/// The first of `names` under which the object has a value.
pub(super) fn first<'v>(object: &'v Map<String, Value>, names: &[&str]) -> Option<&'v Value> {
    names.iter().find_map(|name| object.get(*name))
}

#[cfg(test)]
mod tests;

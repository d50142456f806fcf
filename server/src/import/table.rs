//! A CSV file of another panel as rows of named cells: tolerant in what the file looks like, strict in
//! what a cell is. Pure.

use std::sync::Arc;

use encoding_rs::WINDOWS_1252;

use super::{Fault, Faulty};

/// The largest file, in bytes.
const MAX_BYTES: usize = 256 * 1024 * 1024;
/// The longest text of a cell, in bytes; no column that is read has a longer one.
const MAX_CELL: usize = 64 * 1024;

/// A column, with the headings that it is known by, each without blanks and signs, in lower case.
pub(super) struct Column {
    /// As people are told of it.
    pub(super) name: &'static str,
    pub(super) headings: &'static [&'static str],
    pub(super) is_needed: bool,
}

impl Column {
    pub(super) const fn needed(name: &'static str, headings: &'static [&'static str]) -> Column {
        Column {
            name,
            headings,
            is_needed: true,
        }
    }

    pub(super) const fn optional(name: &'static str, headings: &'static [&'static str]) -> Column {
        Column {
            name,
            headings,
            is_needed: false,
        }
    }
}

/// What a file holds.
#[derive(Debug)]
pub(super) struct Table {
    /// The rows that can be read.
    pub(super) rows: Vec<Row>,
    /// Those that cannot.
    pub(super) faults: Vec<Fault>,
    /// The headings of columns that are not read.
    pub(super) unread: Vec<String>,
    /// Whether its letters are those of Windows-1252.
    pub(super) is_windows: bool,
}

/// Which column each cell of a row is of.
type Places = Arc<[Option<&'static str>]>;

/// One row: where it begins in the file, and its cells.
#[derive(Debug)]
pub(super) struct Row {
    /// The line of the file.
    pub(super) line: u64,
    record: csv::StringRecord,
    places: Places,
}

impl Row {
    /// The text of a column without the blanks around it; `None` where there is none, and for `NULL`.
    pub(super) fn text(&self, column: &str) -> Option<&str> {
        let place = self.places.iter().position(|at| *at == Some(column))?;
        let text = self.record.get(place)?.trim();
        (!text.is_empty() && !text.eq_ignore_ascii_case("null")).then_some(text)
    }

    /// The same of a column that must have one.
    pub(super) fn needed(&self, column: &str) -> Faulty<&str> {
        self.text(column)
            .ok_or_else(|| format!("{column} is empty"))
    }

    /// A whole number from `least` to `most`.
    pub(super) fn number(&self, column: &str, least: i64, most: i64) -> Faulty<Option<i64>> {
        let Some(text) = self.text(column) else {
            return Ok(None);
        };
        let digits = text.bytes().all(|b| b.is_ascii_digit()) && text.len() <= 19;
        let number = digits.then(|| text.parse::<i64>().ok()).flatten();
        let number = number.filter(|number| (least..=most).contains(number));
        let why = || format!("{column} is {text:?}: not a whole number from {least} to {most}");
        number.ok_or_else(why).map(Some)
    }

    /// The same of a column that must have one.
    pub(super) fn needed_number(&self, column: &str, least: i64, most: i64) -> Faulty<i64> {
        let number = self.number(column, least, most)?;
        number.ok_or_else(|| format!("{column} is empty"))
    }

    /// A decimal as `read` takes it; zeros at its end count for nothing.
    pub(super) fn decimal<T, E: std::fmt::Display>(
        &self,
        column: &str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Faulty<Option<T>> {
        let Some(text) = self.text(column) else {
            return Ok(None);
        };
        let short = match text.split_once('.') {
            Some((whole, part)) => match part.trim_end_matches('0') {
                "" if !part.is_empty() => whole.to_owned(),
                part => format!("{whole}.{part}"),
            },
            None => text.to_owned(),
        };
        let read = read(&short);
        read.map(Some)
            .map_err(|fault| format!("{column} is {text:?}: {fault}"))
    }

    /// Yes or no, in the words of common exports; `None` where there is nothing.
    pub(super) fn flag(&self, column: &str) -> Faulty<Option<bool>> {
        let Some(text) = self.text(column) else {
            return Ok(None);
        };
        match text.to_lowercase().as_str() {
            "1" | "yes" | "true" | "on" | "y" | "enabled" | "active" => Ok(Some(true)),
            "0" | "no" | "false" | "off" | "n" | "disabled" | "inactive" => Ok(Some(false)),
            _ => Err(format!("{column} is {text:?}: neither 1 nor 0")),
        }
    }
}

/// Reads a file. Refused as a whole: what has no heading with the columns that are needed.
pub(super) fn read(file: &[u8], columns: &[Column]) -> Faulty<Table> {
    if file.len() > MAX_BYTES {
        return Err(format!(
            "the file has {} bytes, more than {MAX_BYTES}: split it",
            file.len()
        ));
    }
    let (text, is_windows) = decoded(file)?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let heading = records.next().ok_or("the file is empty")?;
    let heading = heading.map_err(|fault| format!("the heading: {fault}"))?;
    let (places, unread) = places(&heading, columns)?;
    let mut table = Table {
        rows: Vec::new(),
        faults: Vec::new(),
        unread,
        is_windows,
    };
    for record in records {
        let record = match record {
            Ok(record) => record,
            Err(fault) => {
                let line = fault.position().map_or(0, csv::Position::line);
                table.faults.push(Fault::new(line, fault.to_string()));
                continue;
            }
        };
        let line = record.position().map_or(0, |place| line_of(place, &text));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        match fault_of(&record, &places) {
            None => table.rows.push(Row {
                line,
                record,
                places: places.clone(),
            }),
            Some(why) => table.faults.push(Fault::new(line, why)),
        }
    }
    Ok(table)
}

/// The line on which a row begins. Its place is behind the row before it, perhaps within the end of that
/// line, or before lines that are empty.
fn line_of(place: &csv::Position, text: &str) -> u64 {
    let at = usize::try_from(place.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let ends = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n'));
    let passed = ends.filter(|b| **b == b'\n').count();
    place.line() + u64::try_from(passed).unwrap_or_default()
}

/// What is wrong with a row, whatever its columns are.
fn fault_of(record: &csv::StringRecord, places: &Places) -> Option<String> {
    let (has, width) = (record.len(), places.len());
    if has != width {
        return Some(format!(
            "it has {has} columns, the heading has {width}: is a quote missing?"
        ));
    }
    let cells = record.iter().zip(places.iter());
    let mut cells = cells.filter_map(|(cell, column)| Some((cell.trim(), (*column)?)));
    cells.find_map(|(cell, column)| {
        if cell.len() > MAX_CELL {
            let bytes = cell.len();
            return Some(format!("{column} has {bytes} bytes, more than {MAX_CELL}"));
        }
        if cell.starts_with('=') {
            return Some(format!("{column} is a formula, not a value"));
        }
        let hidden = cell.contains('\0');
        hidden.then(|| format!("{column} has the character U+0000"))
    })
}

/// The text of a file: UTF-8, with or without its mark, else Windows-1252.
fn decoded(file: &[u8]) -> Faulty<(String, bool)> {
    if file.starts_with(&[0xff, 0xfe]) || file.starts_with(&[0xfe, 0xff]) {
        return Err("the file is UTF-16: save it as CSV in UTF-8".to_owned());
    }
    let bytes = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((text.to_owned(), false)),
        Err(_) => Ok((
            WINDOWS_1252.decode_without_bom_handling(bytes).0.into(),
            true,
        )),
    }
}

/// What stands between the cells: the sign that the heading has most of.
fn delimiter(text: &str) -> u8 {
    let heading = text.lines().next().unwrap_or_default();
    let count = |sign: &u8| heading.bytes().filter(|b| b == sign).count();
    let signs = [b',', b';', b'\t'];
    signs.into_iter().rev().max_by_key(count).unwrap_or(b',')
}

/// Which column each cell of a row is of, and the headings of those that are not read.
fn places(heading: &csv::StringRecord, columns: &[Column]) -> Faulty<(Places, Vec<String>)> {
    let (mut places, mut unread) = (Vec::new(), Vec::new());
    for text in heading {
        let plain: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
        let plain = plain.to_lowercase();
        let known = |column: &&Column| column.headings.contains(&plain.as_str());
        let column = columns.iter().find(known).map(|column| column.name);
        if let Some(name) = column
            && places.contains(&Some(name))
        {
            return Err(format!("the heading has the column {name} twice: {text:?}"));
        }
        if column.is_none() {
            unread.push(text.trim().to_owned());
        }
        places.push(column);
    }
    let is_missing = |column: &&Column| column.is_needed && !places.contains(&Some(column.name));
    let missing: Vec<&str> = columns
        .iter()
        .filter(is_missing)
        .map(|column| column.name)
        .collect();
    if missing.is_empty() {
        Ok((places.into(), unread))
    } else {
        let has: Vec<&str> = heading.iter().collect();
        Err(format!(
            "the heading has no column {}; it has {}",
            missing.join(", "),
            has.join(", ").chars().take(500).collect::<String>()
        ))
    }
}

#[cfg(test)]
#[path = "table/tests.rs"]
mod tests;

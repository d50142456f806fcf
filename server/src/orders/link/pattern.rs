//! The language in which the table of platforms spells addresses: whether a pattern fits one, and
//! what its form makes of it.

use std::borrow::Cow;

use percent_encoding::{percent_decode_str, percent_encode};

use super::is_name_char;
use super::normal::{IN_PATH, segment};

/// A path, escaped, and the parameters behind it, as text, while rules rewrite them.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Address<'a> {
    pub(super) path: String,
    pub(super) pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// What a pattern found where it has tokens.
pub(super) struct Found {
    /// The values of its tokens, in order.
    values: Vec<(&'static str, String)>,
    /// The parameters that it names: they are part of what it found.
    used: Vec<&'static str>,
}

impl Found {
    /// The text of the `{url}` in the pattern.
    pub(super) fn url(&self) -> Option<&str> {
        let (_, value) = self.values.iter().find(|(token, _)| *token == "{url}")?;
        Some(value)
    }

    /// What `form` makes of `address`, in which this was found.
    pub(super) fn filled<'a>(&self, form: &str, address: &Address<'a>) -> Address<'a> {
        let fill = |text: String, (token, value): &(&str, String)| text.replacen(token, value, 1);
        let filled = self.values.iter().fold(form.to_owned(), fill);
        let (path, fixed) = filled.split_once('?').unwrap_or((&filled, ""));
        // In a path `+` is a plus and more characters are plain: the value is escaped anew.
        let fixed = fixed.split_once('=').map(|(name, value)| {
            let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
            (Cow::Owned(name.to_owned()), Cow::Owned(value))
        });
        let rest = address.pairs.iter().filter(|(name, _)| {
            let decided = fixed.as_ref().is_some_and(|(fixed, _)| fixed == name);
            !decided && !self.used.iter().any(|used| used == name)
        });
        Address {
            pairs: rest.cloned().chain(fixed.clone()).collect(),
            path: path.to_owned(),
        }
    }
}

/// What `pattern` finds in `address`, when it fits the whole path and has its parameters.
pub(super) fn found(pattern: &'static str, address: &Address<'_>) -> Option<Found> {
    let (path, parameters) = pattern.split_once('?').unwrap_or((pattern, ""));
    let (wanted, given) = (path.split('/'), address.path.split('/'));
    // Most patterns end here, before anything is read.
    let lacks_all = !parameters.is_empty() && address.pairs.is_empty();
    if lacks_all || wanted.clone().count() != given.clone().count() {
        return None;
    }
    let mut found = Found {
        values: Vec::new(),
        used: Vec::new(),
    };
    for (wanted, part) in wanted.zip(given) {
        found.values.extend(in_segment(wanted, part)?);
    }
    for parameter in parameters.split('&').filter(|text| !text.is_empty()) {
        let (name, wanted) = parameter.split_once('=')?;
        let (_, value) = address.pairs.iter().find(|(given, _)| given == name)?;
        found.values.extend(in_value(wanted, value)?);
        found.used.push(name);
    }
    Some(found)
}

/// A token and what it stands for.
type Value = (&'static str, String);

/// What `wanted` finds in a segment of a path, escaped; the outer `None`: it does not fit.
fn in_segment(wanted: &'static str, part: &str) -> Option<Option<Value>> {
    match wanted {
        "*" => Some(None),
        "{id}" => Some(Some(("{id}", part.to_owned()))),
        "{name}" => {
            let name = decoded_name(part.strip_prefix('@').unwrap_or(part))?;
            Some(Some(("{name}", name)))
        }
        "@{name}" => Some(Some(("{name}", decoded_name(part.strip_prefix('@')?)?))),
        "{shared}" => Some(Some(("{shared}", without_share_token(part)?))),
        run if run.contains('{') => run_of(run, part).map(Some),
        words => {
            let same = |word: &str| part.eq_ignore_ascii_case(word);
            words.split('|').any(same).then_some(None)
        }
    }
}

/// What `wanted` finds in the value of a parameter, plain.
fn in_value(wanted: &'static str, value: &str) -> Option<Option<Value>> {
    match wanted {
        "*" => Some(None),
        "{url}" => Some(Some(("{url}", value.to_owned()))),
        // Empty or of dots alone it would not stay a segment of a path.
        "{id}" if matches!(value, "" | "." | "..") => None,
        "{id}" => {
            let escaped = percent_encode(value.as_bytes(), IN_PATH).to_string();
            Some(Some(("{id}", escaped)))
        }
        "{name}" => Some(Some(("{name}", name(value)?))),
        run => run_of(run, value).map(Some),
    }
}

/// The id in `part`, if a token that only lets one see its target stands behind it: ids have eleven
/// letters at most (they are numbers of 64 bits), such a token has 28.
fn without_share_token(part: &str) -> Option<String> {
    const TOKEN: usize = 28;
    const LONGEST_ID: usize = 11;
    let is_word = part.chars().all(is_word_char);
    let id = part.len().checked_sub(TOKEN).and_then(|id| part.get(..id));
    id.filter(|id| is_word && (1..=LONGEST_ID).contains(&id.len()))
        .map(str::to_owned)
}

/// A letter of ids.
fn is_word_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// The run of characters at the token of `wanted`: digits, or letters, digits, `_` and `-`. A `*` at
/// the beginning or the end of `wanted` is any text.
fn run_of(wanted: &'static str, text: &str) -> Option<Value> {
    let (token, is_in): (_, &dyn Fn(char) -> bool) = if wanted.contains("{digits}") {
        ("{digits}", &|c| c.is_ascii_digit())
    } else {
        ("{word}", &is_word_char)
    };
    let (before, after) = wanted.split_once(token)?;
    let rest = match before.strip_prefix('*') {
        Some("") => text.get(text.find(is_in)?..)?,
        Some(before) => text.rsplit_once(before)?.1,
        None => text.strip_prefix(before)?,
    };
    let (run, rest) = rest.split_at(rest.find(|c| !is_in(c)).unwrap_or(rest.len()));
    let fits = !run.is_empty() && (after == "*" || after == rest);
    fits.then(|| (token, run.to_owned()))
}

/// A profile's name in the form that has no case, if the escaped `part` can be one.
fn decoded_name(part: &str) -> Option<String> {
    name(&percent_decode_str(part).decode_utf8().ok()?)
}

/// The same of a plain text.
fn name(text: &str) -> Option<String> {
    let name = text.to_lowercase();
    let fits = name.contains(|c: char| c != '.') && name.chars().all(is_name_char);
    fits.then(|| segment(&name))
}

//! The normalised form of a provider's sentence: the key of the phrasebook.
//!
//! Two replies that differ only in the values of the order (link, user name, quantity), in blanks,
//! capitals or punctuation have one key. What tells sentences apart stays: the words, the quoted
//! names of fields, and the numbers that are codes.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use crate::protocol::upstream::Outgoing;

/// The longest text that is normalised, in characters; of a longer one the rest is in the key as its
/// SHA-256: "the key is of the whole text".
const MAX_INPUT: usize = 10_000;

/// What stands in place of a value while the rest is folded: letters of the private use area,
/// which are taken out of the input before.
const VALUE: char = '\u{e000}';
const URL: char = '\u{e001}';
const EMAIL: char = '\u{e002}';
const ID: char = '\u{e003}';
const QUOTED: char = '\u{e004}';

/// How each of them is written in the key.
const PLACEHOLDERS: [(char, &str); 5] = [
    (VALUE, "{value}"),
    (URL, "{url}"),
    (EMAIL, "{email}"),
    (ID, "{id}"),
    (QUOTED, "{quoted}"),
];

/// Names of fields of the protocol. Quoted, they are part of the sentence: `"key"` is not `"link"`.
const FIELDS: [&str; 34] = [
    "key",
    "action",
    "service",
    "link",
    "quantity",
    "comments",
    "comment",
    "usernames",
    "username",
    "hashtags",
    "hashtag",
    "media",
    "answer_number",
    "keywords",
    "groups",
    "runs",
    "interval",
    "order",
    "orders",
    "refill",
    "refills",
    "min",
    "max",
    "posts",
    "old_posts",
    "delay",
    "expiry",
    "country",
    "device",
    "type_of_traffic",
    "google_keyword",
    "referring_url",
    "id",
    "status",
];

/// Words of addresses that are no names: a part of a link that is one of them stays a word.
const PATH_WORDS: [&str; 22] = [
    "post", "posts", "reel", "reels", "story", "stories", "status", "watch", "video", "videos",
    "photo", "photos", "channel", "channels", "user", "users", "group", "groups", "page", "share",
    "joinchat", "shorts",
];

/// The shortest value that is looked for in a sentence, in characters: a shorter one is part of
/// too many words.
const MIN_VALUE: usize = 3;

/// The values of one request that its reply may repeat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SentValues(Vec<String>);

impl SentValues {
    /// The values of `request`: the link and its parts, and every field of the order. Numbers are
    /// left out, because every number of a sentence becomes the same sign.
    pub fn of(request: &Outgoing) -> SentValues {
        let mut values = Vec::new();
        for (name, value) in request.pairs() {
            if matches!(name, "action" | "quantity") {
                continue;
            }
            if name == "link" {
                values.extend(link_parts(&value).map(fold_case));
            }
            values.extend(value.lines().map(fold_case));
            values.push(fold_case(&value));
        }
        values.retain(|value| {
            value.chars().count() >= MIN_VALUE
                && value.chars().any(char::is_alphabetic)
                && !FIELDS.contains(&value.as_str())
                && !PATH_WORDS.contains(&value.as_str())
        });
        // The longest first, so that a link goes before the user name in it.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.dedup();
        SentValues(values)
    }
}

/// The parts of a link that a sentence may name: its host and the segments of its path.
fn link_parts(link: &str) -> impl Iterator<Item = &str> {
    let bare = link.split_once("://").map_or(link, |(_, rest)| rest);
    let bare = bare.trim_end_matches('/');
    std::iter::once(bare)
        .chain(bare.split(['/', '?', '#', '&', '=']))
        .map(|part| part.trim_start_matches('@'))
}

/// The key of a whole sentence in the phrasebook: see the module's head. `sent` are the values of
/// the request that it answers. Empty for a text without letters and digits.
pub fn normalize_phrase(text: &str, sent: &SentValues) -> String {
    match text.char_indices().nth(MAX_INPUT) {
        None => normalize_short(text, sent),
        Some((at, _)) => {
            let (start, rest) = text.split_at(at);
            let rest = hex::encode(Sha256::digest(rest));
            format!("{} {rest}", normalize_short(start, sent))
        }
    }
}

fn normalize_short(text: &str, sent: &SentValues) -> String {
    let text = TAG.replace_all(text, " ");
    let text = html_escape::decode_html_entities(&text);
    let text: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let mut text = fold_case(&text);
    for value in &sent.0 {
        text = replace_value(&text, value);
    }
    let text = LINK.replace_all(&text, mark(URL));
    let text = ADDRESS.replace_all(&text, mark(EMAIL));
    let text = replace_quoted(&text);
    let text = fold_numbers(&replace_ids(&text));
    fold_punctuation(&text)
}

/// A sentence without the values that were sent, for what looks at its words: a link may have any.
pub fn without_sent_values(text: &str, sent: &SentValues) -> String {
    let mut text = fold_case(text);
    for value in &sent.0 {
        text = replace_value(&text, value);
    }
    text
}

fn mark(placeholder: char) -> String {
    format!(" {placeholder} ")
}

/// Compatibility forms (full-width letters, ligatures) as their plain ones, in lower case.
fn fold_case(text: &str) -> String {
    text.trim().nfkc().flat_map(char::to_lowercase).collect()
}

/// Letters that are not seen: a provider's editor leaves them behind.
fn is_invisible(c: char) -> bool {
    let control = c.is_control() && !c.is_whitespace();
    control
        || matches!(c,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}' | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}')
}

/// The tags that sentences are formatted with; `<order 5 was created>` is none.
static TAG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix) </? (?: a | abbr | b | big | br | center | code | div | em | font | h[1-6] | hr | i
        | img | label | li | ol | p | pre | q | s | small | span | strong | sub | sup | table | tbody
        | td | th | thead | tr | tt | u | ul ) (?: \s [^<>]* )? /? >",
    )
});
static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:https?://|www\.)[^\s<>]+"));
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\w.+-]+@[\w-]+\.[\w.-]*\w"));
static TOKEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9a-z][0-9a-z_-]{9,}"));
static QUOTES: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#""([^"]*)"|“([^”]*)”|«([^»]*)»|`([^`]*)`|(?:^|[^\w])'([^']*)'"#));
static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\p{Nd}(?:[\p{Nd}.,' ]*\p{Nd})?"));

/// One of the patterns above; one that cannot be read matches nothing, which the tests would show.
fn pattern(text: &str) -> Regex {
    #[expect(
        clippy::expect_used,
        reason = "the patterns are constants, compiled by the tests"
    )]
    Regex::new(text).expect("a valid pattern")
}

/// Puts the placeholder for each `value` that stands for itself: not within a longer word.
fn replace_value(text: &str, value: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(at) = rest.find(value) {
        let (head, tail) = rest.split_at(at);
        let tail = tail.get(value.len()..).unwrap_or_default();
        let joined = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let inside = joined(head.chars().next_back().or(before)) || joined(tail.chars().next());
        replaced.push_str(head);
        if inside {
            replaced.push_str(value);
        } else {
            replaced.push_str(&mark(VALUE));
        }
        before = value.chars().next_back();
        rest = tail;
    }
    replaced.push_str(rest);
    replaced
}

/// Quoted text becomes a placeholder; quoted names of fields stay.
fn replace_quoted(text: &str) -> String {
    let replaced = QUOTES.replace_all(text, |found: &Captures<'_>| {
        let inner = found.iter().skip(1).flatten().next();
        let inner = inner.map_or("", |inner| inner.as_str()).trim();
        if FIELDS.contains(&inner) {
            format!(" {inner} ")
        } else if inner.is_empty() {
            " ".to_owned()
        } else {
            mark(QUOTED)
        }
    });
    replaced.into_owned()
}

/// Long tokens with letters and digits are ids: of an order, a request, a session.
fn replace_ids(text: &str) -> String {
    let replaced = TOKEN.replace_all(text, |found: &Captures<'_>| {
        let token = found.get(0).map_or("", |token| token.as_str());
        let digits = token.bytes().filter(u8::is_ascii_digit).count();
        let letters = token.bytes().any(|b| b.is_ascii_alphabetic());
        // A key of a translation (`neworder_error_v2`) has words; an id is full of digits.
        if letters && digits >= 4 {
            mark(ID)
        } else {
            token.to_owned()
        }
    });
    replaced.into_owned()
}

/// Runs of digits become one `#`. A number after `code`, `error` or `status` is kept, and so are
/// those of sentences of fewer than three words: there the number is what is said.
fn fold_numbers(text: &str) -> String {
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().any(char::is_alphabetic))
        .count();
    if words < 3 {
        return text.to_owned();
    }
    let mut folded = String::with_capacity(text.len());
    let mut end = 0;
    for found in NUMBER.find_iter(text) {
        let before = text.get(end..found.start()).unwrap_or_default();
        folded.push_str(before);
        let last = folded
            .trim_end_matches(|c: char| !c.is_alphanumeric())
            .rsplit(|c: char| !c.is_alphanumeric())
            .next()
            .unwrap_or_default();
        // `v2`, `h264`: part of a word.
        let in_word = before.ends_with(char::is_alphabetic);
        if in_word || matches!(last, "code" | "error" | "status") {
            folded.push_str(found.as_str());
        } else {
            folded.push('#');
        }
        end = found.end();
    }
    folded.push_str(text.get(end..).unwrap_or_default());
    folded
}

/// Everything that is no letter, digit or placeholder becomes one blank.
fn fold_punctuation(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for c in text.chars() {
        let placeholder = PLACEHOLDERS.iter().find(|(sign, _)| *sign == c);
        let combining = unicode_normalization::char::is_combining_mark(c);
        if let Some((_, written)) = placeholder {
            key.push_str(written);
        } else if c.is_alphanumeric() || c == '#' || combining {
            key.push(c);
        } else if !key.ends_with(' ') && !key.is_empty() {
            key.push(' ');
        }
    }
    key.truncate(key.trim_end().len());
    key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sent(link: &str, details: &[(&str, &str)]) -> SentValues {
        let details = details
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        SentValues::of(&Outgoing::Add {
            service: "1234".to_owned(),
            link: link.to_owned(),
            quantity: Some(1000),
            details: details.collect(),
            request_id: None,
        })
    }

    fn plain(text: &str) -> String {
        normalize_phrase(text, &SentValues::default())
    }

    #[test]
    fn spelling_does_not_tell_sentences_apart() {
        for (one, other) in [
            ("Balance not enough !", "balance not enough"),
            ("Not  enough funds", "Not enough\u{a0}funds."),
            ("<b>Bad</b> link", "Bad link"),
            ("Can&#39;t do that", "Can't do that"),
            ("Bad\u{200b} link", "bad link"),
            ("Ｂａｄ link", "Bad link"),
            (
                "Quantity less than minimal 100",
                "Quantity less than minimal 1,000.50",
            ),
            (
                "Quantity less than minimal 100",
                "quantity less than minimal ١٠٠",
            ),
            ("neworder.error.min_quantity", "neworder error min quantity"),
            ("Service \"Likes A\" is off", "Service \"Views B\" is off"),
            (
                "See https://a.example/x?y=1 for more",
                "See www.b.example for more",
            ),
            (
                "Write to a@b.example now",
                "Write to help+x@c.example.org now",
            ),
        ] {
            assert_eq!(plain(one), plain(other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn what_is_said_tells_them_apart() {
        for (one, other) in [
            (
                "The field \"key\" is invalid",
                "The field \"link\" is invalid",
            ),
            (
                "Request failed with error 102",
                "Request failed with error 103",
            ),
            ("Error 5", "Error 6"),
            ("Bad link", "No bad link"),
            ("Not enough funds", "Not enough funds, order was placed"),
            ("Bad link", "Bad link 5"),
        ] {
            assert_ne!(plain(one), plain(other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn the_values_of_the_order_are_one_placeholder() {
        let one = sent(
            "https://instagram.com/some.body/",
            &[("username", "Someone")],
        );
        let other = sent("https://t.me/Other_Body", &[("username", "elsewhere")]);
        for (a, b) in [
            ("User some.body not found", "User other_body not found"),
            ("someone is private", "Elsewhere is private"),
            (
                "Link https://instagram.com/some.body/ is bad",
                "Link https://t.me/Other_Body is bad",
            ),
        ] {
            assert_eq!(
                normalize_phrase(a, &one),
                normalize_phrase(b, &other),
                "{a:?}"
            );
        }
        assert_eq!(
            normalize_phrase("User some.body not found", &one),
            "user {value} not found"
        );
    }

    #[test]
    fn a_value_within_a_word_stays() {
        let values = sent("https://x.test/fun", &[]);
        assert_eq!(
            normalize_phrase("Not enough funds", &values),
            "not enough funds"
        );
        assert_eq!(normalize_phrase("fun is bad", &values), "{value} is bad");
        let values = sent("https://instagram.com/reel/abc", &[]);
        assert_eq!(
            normalize_phrase("Reel not found", &values),
            "reel not found"
        );
    }

    #[test]
    fn ids_are_placeholders_and_keys_of_translations_are_not() {
        assert_eq!(
            plain("Request 9f8e7d6c5b4a3210 was refused"),
            "request {id} was refused"
        );
        assert_eq!(plain("neworder_error_link_v2"), "neworder error link v2");
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key_and_nothing_panics(text in any::<String>()) {
            let key = plain(&text);
            prop_assert!(!key.contains("  "));
            prop_assert_eq!(key.trim(), key.as_str());
        }

        #[test]
        fn values_of_any_kind_do_not_panic(text in any::<String>(), link in any::<String>()) {
            let _ = normalize_phrase(&text, &sent(&link, &[("comments", &text)]));
        }
    }
}

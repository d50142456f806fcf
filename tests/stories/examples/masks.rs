//! What differs from run to run, and what examples show in its place.

use std::cell::RefCell;
use std::collections::HashMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// What begins each key and each session, behind its prefix.
const TOKEN: &str = "ExampleExampleExampleExampleExam";

/// How many hexadecimal digits a random number, the reference of a deposit and a digest have.
const HEX: [usize; 3] = [16, 32, 64];

/// What is replaced, by what.
#[derive(Default)]
pub(super) struct Masks {
    /// Parts of texts.
    parts: Vec<(String, String)>,
    /// Whole texts.
    wholes: HashMap<String, String>,
    /// The last characters of tokens, where they are told.
    lasts: HashMap<String, String>,
    tokens: usize,
}

impl Masks {
    /// Shows something else wherever `secret` stands.
    pub(super) fn hide(&mut self, secret: &str, shown: &str) {
        self.parts.push((secret.to_owned(), shown.to_owned()));
    }

    /// Shows something else where a text is `secret`.
    pub(super) fn hide_whole(&mut self, secret: &str, shown: &str) {
        self.wholes.insert(secret.to_owned(), shown.to_owned());
    }

    /// Shows an example of a key or a session, and of its last four characters.
    pub(super) fn hide_token(&mut self, token: &str) {
        self.tokens += 1;
        let last = format!("{:04}", 1000 + self.tokens);
        let prefix = &token[..=token.rfind('_').expect("a prefix")];
        let its_last = &token[token.len() - 4..];
        self.lasts.insert(its_last.to_owned(), last.clone());
        let in_text = |last: &str| format!("\"last4\":\"{last}\"");
        self.hide(&in_text(its_last), &in_text(&last));
        self.hide(token, &format!("{prefix}{TOKEN}{last}"));
    }

    /// Hides what is secret in an answer.
    pub(super) fn hide_secrets(&mut self, answer: &Value) {
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        if let Some(token) = text("token") {
            self.hide_token(token);
        }
        if let Some(secret) = text("secret") {
            self.hide(secret, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
        }
        if let Some((_, link)) = text("url").and_then(|url| url.split_once("/link/")) {
            self.hide(link, &format!("{TOKEN}ples0001"));
        }
    }

    /// Examples, by the names of operations, without what differs.
    pub(super) fn applied<'a>(
        &self,
        examples: impl IntoIterator<Item = (&'a String, &'a Value)>,
    ) -> Vec<(String, Value)> {
        let numbers = RefCell::default();
        let examples = examples.into_iter();
        examples
            .map(|(name, example)| {
                let numbers = Numbers {
                    known: &numbers,
                    operation: name,
                };
                (name.clone(), self.example(example, &numbers))
            })
            .collect()
    }

    fn example(&self, value: &Value, numbers: &Numbers<'_>) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text, numbers)),
            Value::Array(list) => {
                let list = list.iter().map(|one| self.example(one, numbers));
                Value::Array(list.collect())
            }
            Value::Object(object) => {
                let shown = |(name, value): (&String, &Value)| {
                    let last = value.as_str().filter(|_| name == "last4");
                    let shown = match last.and_then(|last| self.lasts.get(last)) {
                        Some(last) => Value::String(last.clone()),
                        None => self.example(value, numbers),
                    };
                    (name.clone(), shown)
                };
                Value::Object(object.iter().map(shown).collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    fn text(&self, text: &str, numbers: &Numbers<'_>) -> String {
        if let Some(shown) = self.wholes.get(text) {
            return shown.clone();
        }
        let mut text = text.to_owned();
        for (secret, shown) in &self.parts {
            text = text.replace(secret, shown);
        }
        let mut shown = String::new();
        let mut digits = String::new();
        for character in text.chars().map(Some).chain([None]) {
            if let Some(digit) = character.filter(|one| matches!(one, '0'..='9' | 'a'..='f')) {
                digits.push(digit);
                continue;
            }
            shown.push_str(&numbers.shown(&digits));
            digits.clear();
            shown.extend(character);
        }
        shown
    }
}

/// Numbers that are random or computed of what is random: the same number is shown by the same example,
/// which is named after the operation that shows it first.
struct Numbers<'a> {
    /// By what they are: the name of the example, and the example.
    known: &'a RefCell<HashMap<String, (String, String)>>,
    operation: &'a str,
}

impl Numbers<'_> {
    fn shown(&self, digits: &str) -> String {
        if !HEX.contains(&digits.len()) {
            return digits.to_owned();
        }
        let mut known = self.known.borrow_mut();
        let begin = format!("{} ", self.operation);
        let place = known
            .values()
            .filter(|(name, _)| name.starts_with(&begin))
            .count();
        let (_, shown) = known.entry(digits.to_owned()).or_insert_with(|| {
            let named = format!("{begin}{place}");
            let shown = hex::encode(Sha256::digest(&named))[..digits.len()].to_owned();
            (named, shown)
        });
        shown.clone()
    }
}

//! Amounts that name their currency beside the number: `R$ 12.50`, `0.30 USDT`.

use serde_json::{Map, Value};

use super::json;

/// What an answer says it charged, as written, with the currency that it names beside it.
pub(super) fn charge_of(object: &Map<String, Value>) -> Option<String> {
    let charge = json::text(object.get("charge"))?;
    Some(match json::text(object.get("currency")) {
        Some(currency) => [&charge, " ", &currency].concat(),
        None => charge,
    })
}

/// The number and the word beside it, empty without one. `None` for what is not one number: a comma
/// is a point in one country and nothing in another, so a text with one is no amount.
pub fn named_amount(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let in_number = |c: char| c.is_ascii_digit() || c == '.';
    let digit = text.find(|c: char| c.is_ascii_digit())?;
    // A sign or a point may stand before the first digit.
    let head = text.get(..digit)?;
    let start = head.trim_end_matches(['.', '-']).len();
    let rest = text.get(start..)?;
    let signs = rest.len() - rest.trim_start_matches('-').len();
    let digits = rest.get(signs..)?;
    let mut end = start + signs + digits.find(|c| !in_number(c)).unwrap_or(digits.len());
    end += exponent(text.get(end..)?);
    let (before, after) = (text.get(..start)?.trim(), text.get(end..)?.trim());
    let word = match (before, after) {
        ("", word) | (word, "") => word,
        // `US$ 5 USD`: two words, of which nobody knows which counts.
        (_, _) => return None,
    };
    let stray = |c: char| c.is_ascii_digit() || matches!(c, ',' | '\'' | '-' | '+');
    (signs <= 1 && !word.contains(stray) && word.chars().count() <= 16)
        .then_some((text.get(start..end)?, word))
}

/// How long the exponent is that a number goes on with, as in `1e-7`.
fn exponent(rest: &str) -> usize {
    let Some(power) = rest.strip_prefix(['e', 'E']) else {
        return 0;
    };
    let digits = power.strip_prefix(['-', '+']).unwrap_or(power);
    let length = digits.find(|c: char| !c.is_ascii_digit());
    let length = length.unwrap_or(digits.len());
    match length {
        0 => 0,
        length => rest.len() - digits.len() + length,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_stands_before_or_behind_the_number() {
        for (text, read) in [
            ("0.30", Some(("0.30", ""))),
            (" 100 ", Some(("100", ""))),
            ("-1.5", Some(("-1.5", ""))),
            (".5", Some((".5", ""))),
            ("1e-7", Some(("1e-7", ""))),
            ("1E+2", Some(("1E+2", ""))),
            ("R$ 12.50", Some(("12.50", "R$"))),
            ("$0.30", Some(("0.30", "$"))),
            ("0.30 USDT", Some(("0.30", "USDT"))),
            ("5EUR", Some(("5", "EUR"))),
            ("₹25.00", Some(("25.00", "₹"))),
            ("$-1.00", Some(("-1.00", "$"))),
            ("1,000.00", None),
            ("12,50", None),
            ("1 000", None),
            ("US$ 5 USD", None),
            ("--5", None),
            ("n/a", None),
            ("", None),
        ] {
            assert_eq!(named_amount(text), read, "{text:?}");
        }
    }
}

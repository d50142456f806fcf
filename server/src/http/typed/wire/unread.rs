//! What is said of a text that is not of the documented form.

/// How much of a text that was not read is repeated, in characters.
const REPEATED: usize = 40;

/// Says that `text` is not what is `expected`.
pub(super) fn not_read(text: &str, expected: String) -> String {
    let mut shown: String = text.chars().take(REPEATED).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("{shown:?} is not {expected}")
}

/// All `words` of a closed set.
pub(super) fn one_of<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let words: Vec<&str> = words.collect();
    format!("one of {}", words.join(", "))
}

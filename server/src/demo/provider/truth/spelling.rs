//! How ids that are numbers are written. Scripts hand them through columns and languages that fill
//! them up with zeros or make fractions of them, and find an order under any of these spellings.

use super::lot::Lot;

/// How a provider writes its ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// `3383807`.
    Plain,
    /// `03383807`, always as text.
    Zeros,
    /// `3383807.0`.
    Fraction,
}

/// The least number of digits where ids are filled up with zeros: more than any id here has.
const DIGITS: usize = 8;

/// In how many of 1,000 dialects ids are not written plainly.
const NOT_PLAIN: u32 = 80;

impl Spelling {
    /// The spelling of a provider.
    pub(super) fn draw(lot: &mut Lot) -> Spelling {
        match lot.per_mille(NOT_PLAIN) {
            true => lot.of([Spelling::Zeros, Spelling::Fraction]),
            false => Spelling::Plain,
        }
    }

    /// An id in this spelling, if it is a number.
    pub(super) fn spell(self, id: &str) -> String {
        let id = plain(id);
        match self {
            Spelling::Zeros if is_number(id) => format!("{id:0>DIGITS$}"),
            Spelling::Fraction if is_number(id) => format!("{id}.0"),
            Spelling::Plain | Spelling::Zeros | Spelling::Fraction => id.to_owned(),
        }
    }
}

/// An id without the zeros before and the fraction behind it, if it is a number.
pub(super) fn plain(id: &str) -> &str {
    let whole = match id.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole,
        Some(_) | None => id,
    };
    match whole.trim_start_matches('0') {
        digits if is_number(digits) => digits,
        _ => id,
    }
}

/// Whether an id is a number, written plainly.
pub(super) fn is_number(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}

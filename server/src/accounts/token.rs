//! The text of an API key or a session: made here, and read here before anything else looks at it.
//!
//! A prefix that tells its kind, 30 random characters and 6 characters of CRC32 over those 30, all
//! base62. The prefix lets secret scanners find leaked keys; the checksum refuses typing errors and
//! most guesses without asking the database. A token has about 178 random bits, so its keyed digest
//! ([`crate::secrets::Secrets::digest_key`]) is all that is ever stored. This module stores
//! nothing, and neither `Debug` nor `Display` of a token shows more than its last four characters.

use std::fmt;

use rand::distr::{Alphanumeric, SampleString};
use secrecy::{ExposeSecret, SecretString};

crate::vocabulary::words! {
    /// What a token is for; its word is what it begins with.
    pub enum TokenKind {
        /// An API key of a customer.
        Key = "smp_live_",
        /// An API key of staff.
        StaffKey = "smp_op_",
        /// What signing in gives.
        Session = "smp_session_",
        /// An API key of a customer that another panel made; it begins with nothing of ours.
        Foreign = "",
    }
}

/// How long a key of another panel is: common scripts make 32 characters.
pub(crate) const FOREIGN_CHARS: std::ops::RangeInclusive<usize> = 16..=128;

/// Random characters after the prefix.
const RANDOM_CHARS: usize = 30;
/// Checksum characters at the end: 62⁶ is more than 2³².
const CHECKSUM_CHARS: usize = 6;
/// The digits of base62, least first.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A well-formed token: at most 48 ASCII characters that need no escaping in a form and fit the
/// 64-character columns of older panels. Well-formed says nothing about whether it is known.
#[derive(Clone)]
pub struct Token {
    kind: TokenKind,
    text: SecretString,
}

impl Token {
    /// A new token from the system-seeded generator, every character uniform over base62.
    pub fn generate(kind: TokenKind) -> Token {
        let random = Alphanumeric.sample_string(&mut rand::rng(), RANDOM_CHARS);
        let text = format!("{kind}{random}{}", checksum(&random)).into();
        Token { kind, text }
    }

    /// Reads a token exactly as it was issued; `None` for any other text, including one whose
    /// checksum does not hold. Spaces around it are the caller's to trim.
    pub fn parse(text: &str) -> Option<Token> {
        let is_kind = |kind: &TokenKind| text.starts_with(kind.word());
        let ours = TokenKind::ALL.iter().copied();
        let mut ours = ours.filter(|kind| *kind != TokenKind::Foreign);
        let kind = ours.find(is_kind)?;
        let body = text.strip_prefix(kind.word())?;
        let whole = body.len() == RANDOM_CHARS + CHECKSUM_CHARS
            && body.bytes().all(|b| b.is_ascii_alphanumeric());
        let (random, check) = body.split_at_checked(RANDOM_CHARS).filter(|_| whole)?;
        (checksum(random) == check).then(|| Token {
            kind,
            text: text.into(),
        })
    }

    /// Reads a key as another panel may have made it, if it has not the form of ours: whether it is
    /// known only the database can tell.
    pub fn foreign(text: &str) -> Option<Token> {
        let is_ours =
            |kind: &TokenKind| *kind != TokenKind::Foreign && text.starts_with(kind.word());
        let is_key = FOREIGN_CHARS.contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_graphic())
            && !TokenKind::ALL.iter().any(is_ours);
        is_key.then(|| Token {
            kind: TokenKind::Foreign,
            text: text.into(),
        })
    }

    /// The token itself: to be shown once when it is made, and to be digested.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// What it is for.
    pub fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The last four characters, kept beside the digest so that people can tell keys apart.
    pub fn last4(&self) -> &str {
        let text = self.expose();
        text.get(text.len().saturating_sub(4)..).unwrap_or_default()
    }
}

/// Shows what it begins with, `…` and the last four characters.
impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…{}", self.kind, self.last4())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({self})")
    }
}

/// CRC32 (IEEE) of `random` as six base62 digits, most significant first.
fn checksum(random: &str) -> String {
    let mut rest = u64::from(crc32fast::hash(random.as_bytes()));
    let mut digits = [b'0'; CHECKSUM_CHARS];
    for digit in digits.iter_mut().rev() {
        let index = usize::try_from(rest % 62).unwrap_or_default();
        *digit = BASE62.get(index).copied().unwrap_or(b'0');
        rest /= 62;
    }
    digits.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_generated_key_has_the_published_form_and_reads_back() {
        for (kind, prefix) in [
            (TokenKind::Key, "smp_live_"),
            (TokenKind::StaffKey, "smp_op_"),
            (TokenKind::Session, "smp_session_"),
        ] {
            for _ in 0..300 {
                let token = Token::generate(kind);
                let text = token.expose();
                let body = text.strip_prefix(prefix).unwrap();
                assert!(body.len() == 36 && body.bytes().all(|b| b.is_ascii_alphanumeric()));
                let read = Token::parse(text).unwrap();
                assert_eq!((read.expose(), read.kind()), (text, kind));
                assert_eq!(token.last4(), &body[32..]);
            }
        }
    }

    #[test]
    fn the_checksum_is_crc32_in_base62_with_leading_zeros() {
        // CRC32("") = 0; CRC32("123456789") = 0xCBF43926 = 3421780262, the published check value.
        assert_eq!(checksum(""), "000000");
        assert_eq!(checksum("123456789"), "3jZRME");
    }

    #[test]
    fn every_single_character_typo_is_refused() {
        let key = Token::generate(TokenKind::Key);
        let text = key.expose();
        for at in 0..text.len() {
            for other in "0aZ_".chars().filter(|c| !text[at..].starts_with(*c)) {
                let mut typo = text.to_owned();
                typo.replace_range(at..=at, &other.to_string());
                assert!(Token::parse(&typo).is_none(), "{typo}");
            }
        }
    }

    #[test]
    fn texts_that_are_no_keys_are_refused() {
        let good = Token::generate(TokenKind::Key).expose().to_owned();
        let spaced = format!(" {good}");
        let longer = format!("{good}0");
        let other_kind = good.replace("smp_live_", "smp_test_");
        let not_ascii = format!("smp_live_{}", "é".repeat(18));
        for text in [
            "",
            "smp_live_",
            &good[..44],
            &spaced,
            &longer,
            &other_kind,
            &not_ascii,
        ] {
            assert!(Token::parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn a_key_of_another_panel_is_told_from_ours_and_is_not_too_short() {
        let md5 = "5f4dcc3b5aa765d61d8327deb882cf99";
        let read = Token::foreign(md5).unwrap();
        assert_eq!((read.expose(), read.last4()), (md5, "cf99"));
        assert!(Token::parse(md5).is_none());
        let ours = Token::generate(TokenKind::Key);
        let mistyped = "smp_live_000000000000000000000000000000000000";
        let long = "x".repeat(129);
        for no in [
            ours.expose(),
            mistyped,
            "secret",
            &long,
            "with a space in the middle",
            "",
        ] {
            assert!(Token::foreign(no).is_none(), "{no}");
        }
        // Of the length and with the sum of ours, but not ours.
        let bare = ours.expose().strip_prefix("smp_live_").unwrap();
        assert!(Token::parse(bare).is_none());
    }

    #[test]
    fn all_62_characters_occur_and_no_two_keys_are_equal() {
        let keys: HashSet<String> = (0..500)
            .map(|_| Token::generate(TokenKind::Key).expose().to_owned())
            .collect();
        assert_eq!(keys.len(), 500);
        let seen: HashSet<char> = keys.iter().flat_map(|k| k[9..39].chars()).collect();
        assert_eq!(seen.len(), 62);
    }

    #[test]
    fn neither_debug_nor_display_shows_the_key() {
        let key = Token::generate(TokenKind::Key);
        let hidden = &key.expose()[9..41];
        for shown in [format!("{key}"), format!("{key:?}"), format!("{key:#?}")] {
            assert!(
                !shown.contains(hidden) && !shown.contains(&hidden[..4]),
                "{shown}"
            );
            assert!(shown.contains(key.last4()));
        }
    }
}

//! The text of an API key: made here, and read here before anything else looks at it.
//!
//! `smp_live_` + 30 random characters + 6 characters of CRC32 over those 30, all base62. The
//! prefix lets secret scanners find leaked keys; the checksum refuses typing errors and most
//! guesses without asking the database. A key has about 178 random bits, so its keyed digest
//! ([`crate::secrets::Secrets::digest_key`]) is all that is ever stored. This module stores
//! nothing, and neither `Debug` nor `Display` of a key shows more than its last four characters.

use std::fmt;

use rand::distr::{Alphanumeric, SampleString};
use secrecy::{ExposeSecret, SecretString};

/// What every key of a reseller begins with.
const PREFIX: &str = "smp_live_";
/// Random characters after the prefix.
const RANDOM_CHARS: usize = 30;
/// Checksum characters at the end: 62⁶ is more than 2³².
const CHECKSUM_CHARS: usize = 6;
/// The digits of base62, least first.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A well-formed API key: 45 ASCII characters that need no escaping in a form and fit the
/// 64-character columns of older panels. Well-formed says nothing about whether it is known.
#[derive(Clone)]
pub struct ApiKey(SecretString);

impl ApiKey {
    /// A new key from the system-seeded generator, every character uniform over base62.
    pub fn generate() -> ApiKey {
        let random = Alphanumeric.sample_string(&mut rand::rng(), RANDOM_CHARS);
        ApiKey(format!("{PREFIX}{random}{}", checksum(&random)).into())
    }

    /// Reads a key exactly as it was issued; `None` for any other text, including one whose
    /// checksum does not hold. Spaces around it are the caller's to trim.
    pub fn parse(text: &str) -> Option<ApiKey> {
        let body = text.strip_prefix(PREFIX)?;
        let whole = body.len() == RANDOM_CHARS + CHECKSUM_CHARS
            && body.bytes().all(|b| b.is_ascii_alphanumeric());
        let (random, check) = body.split_at_checked(RANDOM_CHARS).filter(|_| whole)?;
        (checksum(random) == check).then(|| ApiKey(text.into()))
    }

    /// The key itself: to be shown once when it is made, and to be digested.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The part in front that tells the kind of key, kept beside the digest for lists.
    pub fn prefix(&self) -> &'static str {
        PREFIX
    }

    /// The last four characters, kept beside the digest so that people can tell keys apart.
    pub fn last4(&self) -> &str {
        let text = self.expose();
        text.get(text.len().saturating_sub(4)..).unwrap_or_default()
    }
}

/// Shows `smp_live_…` and the last four characters.
impl fmt::Display for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}…{}", self.last4())
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({self})")
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
        for _ in 0..1_000 {
            let key = ApiKey::generate();
            let text = key.expose();
            assert_eq!(text.len(), 45);
            assert!(text.starts_with("smp_live_"));
            assert!(text[9..].bytes().all(|b| b.is_ascii_alphanumeric()));
            assert_eq!(ApiKey::parse(text).unwrap().expose(), text);
            assert_eq!(key.last4(), &text[41..]);
            assert_eq!(key.prefix(), "smp_live_");
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
        let key = ApiKey::generate();
        let text = key.expose();
        for at in 0..text.len() {
            for other in "0aZ_".chars().filter(|c| !text[at..].starts_with(*c)) {
                let mut typo = text.to_owned();
                typo.replace_range(at..=at, &other.to_string());
                assert!(ApiKey::parse(&typo).is_none(), "{typo}");
            }
        }
    }

    #[test]
    fn texts_that_are_no_keys_are_refused() {
        let good = ApiKey::generate().expose().to_owned();
        let spaced = format!(" {good}");
        let longer = format!("{good}0");
        let other_kind = good.replace("smp_live_", "smp_op_");
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
            assert!(ApiKey::parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn all_62_characters_occur_and_no_two_keys_are_equal() {
        let keys: HashSet<String> = (0..500)
            .map(|_| ApiKey::generate().expose().to_owned())
            .collect();
        assert_eq!(keys.len(), 500);
        let seen: HashSet<char> = keys.iter().flat_map(|k| k[9..39].chars()).collect();
        assert_eq!(seen.len(), 62);
    }

    #[test]
    fn neither_debug_nor_display_shows_the_key() {
        let key = ApiKey::generate();
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

//! Passwords: what they must be, and how they are kept.
//!
//! A password is kept as argon2id in the PHC form, which names its own parameters. Hashing costs
//! 19 MiB and some 20 ms of a core on purpose, so it happens on threads apart and by
//! [`TURNS`] at a time: however many people sign in, orders go on being answered.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use zxcvbn::zxcvbn;

use crate::error::{Failure, Refusal, Result};

/// How many are hashed at the same time. More would not be faster on two cores, and `balance` would
/// wait behind them.
const TURNS: usize = 1;

/// The parameters: argon2id over 19 MiB, twice, by one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;

/// A password has at least so many characters ...
const MIN_CHARS: usize = 12;
/// ... and at most so many bytes, so that hashing one costs no more than another.
const MAX_BYTES: usize = 256;

/// A password that is found in fewer guesses than this is among the first that are tried: the most
/// common ones, however they are spelled, repetitions, and rows of keys.
const MIN_GUESSES: u64 = 1_000_000;

/// A hash that no password is known for. It is compared with where there is no account, so that
/// the time of the answer does not tell which addresses have one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWhhcy10aGlz\
                      $qP0n6m1q0yM8w0m1xkJ6m5b2c4t9vJt3u1o7e5h2s8A";

/// A password that may be used for an account: checked, never shown.
#[derive(Clone)]
pub struct NewPassword(SecretString);

impl NewPassword {
    /// Checks what somebody chose. Refused: [`Refusal::FieldInvalid`] of `field`.
    pub fn checked(
        field: &'static str,
        password: SecretString,
    ) -> std::result::Result<NewPassword, Refusal> {
        let text = password.expose_secret();
        let refused = |expected| Err(Refusal::FieldInvalid { field, expected });
        if text.chars().count() < MIN_CHARS || text.len() > MAX_BYTES {
            return refused("a password of at least 12 characters and at most 256 bytes");
        }
        if zxcvbn(text, &[]).guesses() < MIN_GUESSES {
            return refused(
                "a password that is not among the most common ones, nor a repetition or a row of keys: \
                 it would be guessed among the first million",
            );
        }
        Ok(NewPassword(password))
    }

    /// Checks that it is not made of what everybody knows of its owner. Refused:
    /// [`Refusal::FieldInvalid`] of `field`.
    pub(super) fn apart_from(
        &self,
        field: &'static str,
        email: Option<&str>,
        name: &str,
    ) -> std::result::Result<(), Refusal> {
        let own = own_words(email, name);
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let text = self.0.expose_secret();
        if zxcvbn(text, &own).guesses() >= MIN_GUESSES {
            return Ok(());
        }
        let expected = "a password other than your own address or name, also with a few more signs";
        Err(Refusal::FieldInvalid { field, expected })
    }
}

/// An address and a name, whole and in parts.
fn own_words(email: Option<&str>, name: &str) -> Vec<String> {
    let mut own = Vec::new();
    let halves = email.into_iter().flat_map(|email| email.split('@'));
    for whole in email.into_iter().chain(halves).chain([name]) {
        let parts = whole.split(|c: char| !c.is_alphanumeric());
        let joined: String = parts.clone().collect();
        own.extend(
            parts
                .filter(|part| part.chars().count() > 2)
                .map(str::to_owned),
        );
        own.extend([whole.to_owned(), joined]);
    }
    own
}

/// Hashes passwords, a few at a time. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Hasher {
    turns: Arc<Semaphore>,
    memory: Memory,
}

/// What hashing works in, kept from one to the next: the system's allocator would keep a piece of
/// that size for every thread that ever hashed.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<Vec<Block>>>>);

/// What comparing a password has shown.
pub(super) enum Compared {
    /// It is another one.
    Wrong,
    /// It is the one, kept as it would be kept now.
    Right,
    /// It is the one, kept by other parameters: this replaces what is kept.
    RightAfter(String),
}

impl Hasher {
    pub(super) fn new() -> Hasher {
        Hasher {
            turns: Arc::new(Semaphore::new(TURNS)),
            memory: Memory::default(),
        }
    }

    /// What to keep of `password`.
    pub(super) async fn hash(&self, password: &NewPassword) -> Result<String> {
        let password = password.0.clone();
        self.in_turn(move |memory| hash(memory, &password)).await?
    }

    /// Compares `password` with what is kept of it; without anything kept it takes as long, and is
    /// wrong.
    pub(super) async fn compare(
        &self,
        password: &SecretString,
        kept: Option<String>,
    ) -> Result<Compared> {
        // Nobody has such a password, and hashing must not cost what its sender likes.
        if password.expose_secret().len() > MAX_BYTES {
            return Ok(Compared::Wrong);
        }
        let password = password.clone();
        self.in_turn(move |memory| compare(memory, &password, kept.as_deref()))
            .await?
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Memory) -> T + Send + 'static,
    ) -> Result<T> {
        let turn = self.turns.clone().acquire_owned().await;
        let turn = turn.map_err(|_| Failure::Stopped)?;
        let memory = self.memory.clone();
        let working = tokio::task::spawn_blocking(move || {
            // Whoever asked may be gone: the turn is over when the work is.
            let _turn = turn;
            work(&memory)
        });
        Ok(working.await.map_err(|_| Failure::Stopped)?)
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None);
    let params = params.map_err(|no| unreadable(&no))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn unreadable(fault: &dyn std::fmt::Display) -> Failure {
    Failure::Stored(format!("a password's hash: {fault}"))
}

impl Memory {
    /// What `argon2` makes of `password` and `salt`, as long as `length`.
    fn run(
        &self,
        argon2: &Argon2<'_>,
        password: &SecretString,
        salt: &[u8],
        length: usize,
    ) -> Result<Output> {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut blocks = kept().pop().unwrap_or_default();
        blocks.resize(argon2.params().block_count(), Block::default());
        let mut output = vec![0; length];
        let password = password.expose_secret().as_bytes();
        let done = argon2.hash_password_into_with_memory(password, salt, &mut output, &mut blocks);
        kept().push(blocks);
        done.map_err(|fault| unreadable(&fault))?;
        Ok(Output::new(&output).map_err(|fault| unreadable(&fault))?)
    }
}

fn hash(memory: &Memory, password: &SecretString) -> Result<String> {
    let argon2 = argon2()?;
    let salt: [u8; SALT_BYTES] = rand::random();
    let output = memory.run(&argon2, password, &salt, Params::DEFAULT_OUTPUT_LEN)?;
    let params = ParamsString::try_from(argon2.params()).map_err(|fault| unreadable(&fault))?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params,
        salt: Some(Salt::new(&salt).map_err(|fault| unreadable(&fault))?),
        hash: Some(output),
    };
    Ok(hash.to_string())
}

fn compare(memory: &Memory, password: &SecretString, kept: Option<&str>) -> Result<Compared> {
    let hash = PasswordHash::new(kept.unwrap_or(NOBODY)).map_err(|fault| unreadable(&fault))?;
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else {
        return Err(unreadable(&"without a salt or a hash").into());
    };
    let algorithm =
        Algorithm::try_from(hash.algorithm.as_str()).map_err(|fault| unreadable(&fault))?;
    let version = hash.version.map_or(Ok(Version::V0x13), Version::try_from);
    let version = version.map_err(|fault| unreadable(&fault))?;
    let params = Params::try_from(&hash).map_err(|fault| unreadable(&fault))?;
    let argon2 = Argon2::new(algorithm, version, params);
    let salt: &[u8] = salt.as_ref();
    // Outputs are compared in constant time.
    let is_right = memory.run(&argon2, password, salt, expected.as_bytes().len())? == *expected;
    if !is_right || kept.is_none() {
        return Ok(Compared::Wrong);
    }
    let current = ParamsString::try_from(self::argon2()?.params());
    let current = current.map_err(|fault| unreadable(&fault))?;
    let is_current = hash.algorithm == Algorithm::Argon2id.ident()
        && hash.version == Some(Version::V0x13.into())
        && hash.params == current;
    if is_current {
        return Ok(Compared::Right);
    }
    Ok(Compared::RightAfter(self::hash(memory, password)?))
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordHasher;

    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[test]
    fn a_password_is_kept_so_that_only_it_compares() {
        let password = secret("correct horse battery");
        let kept = hash(&Memory::default(), &password).unwrap();
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        assert_ne!(
            kept,
            hash(&Memory::default(), &password).unwrap(),
            "each has a salt of its own"
        );
        assert!(matches!(
            compare(&Memory::default(), &password, Some(&kept)).unwrap(),
            Compared::Right
        ));
        let other = secret("correct horse batterz");
        assert!(matches!(
            compare(&Memory::default(), &other, Some(&kept)).unwrap(),
            Compared::Wrong
        ));
        assert!(matches!(
            compare(&Memory::default(), &password, None).unwrap(),
            Compared::Wrong
        ));
    }

    #[test]
    fn a_hash_of_other_parameters_compares_and_is_replaced() {
        let password = secret("correct horse battery");
        let weak = Argon2::from(Params::new(8, 1, 1, None).unwrap());
        let kept = weak
            .hash_password(b"correct horse battery")
            .unwrap()
            .to_string();
        let Compared::RightAfter(better) =
            compare(&Memory::default(), &password, Some(&kept)).unwrap()
        else {
            panic!("not replaced");
        };
        assert!(matches!(
            compare(&Memory::default(), &password, Some(&better)).unwrap(),
            Compared::Right
        ));
    }

    #[test]
    fn comparing_with_nobody_costs_what_comparing_with_somebody_does() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let kept = hash(&Memory::default(), &secret("correct horse battery")).unwrap();
        let somebody = PasswordHash::new(&kept).unwrap();
        assert_eq!(nobody.params, somebody.params);
        assert_eq!(nobody.algorithm, somebody.algorithm);
        let bytes = |hash: &PasswordHash| hash.hash.as_ref().unwrap().len();
        assert_eq!(bytes(&nobody), bytes(&somebody));
    }

    #[test]
    fn short_and_endless_passwords_are_refused() {
        let long = "correct horse battery ".repeat(12);
        for text in ["", "elevenchars", &long] {
            assert!(
                NewPassword::checked("password", secret(text)).is_err(),
                "{text}"
            );
        }
        for text in ["twelve chars", "zwölf Zeichen", &long[..256]] {
            assert!(
                NewPassword::checked("password", secret(text)).is_ok(),
                "{text}"
            );
        }
    }

    #[test]
    fn common_passwords_and_ones_own_address_and_name_are_refused() {
        let checked = |text: &str| NewPassword::checked("password", secret(text));
        for common in [
            "password1234",
            "Password1234",
            "passwordpassword",
            "qwertyuiop12",
            "123456789012",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "iloveyou1234",
            "1q2w3e4r5t6y",
        ] {
            assert!(checked(common).is_err(), "{common}");
        }
        let (email, name) = (Some("bob.miller@example.com"), "Robert Miller");
        for own in [
            "bob.miller@example.com",
            "Bob.Miller@Example.com",
            "bobmiller1234",
            "robertmiller",
            "Robert Miller",
            "millermiller",
            "example.com1",
        ] {
            let refused = checked(own).map(|new| new.apart_from("password", email, name));
            assert!(matches!(refused, Ok(Err(_)) | Err(_)), "{own}");
        }
        let good = checked("correct horse battery").unwrap();
        assert_eq!(good.apart_from("password", email, name), Ok(()));
    }

    #[test]
    fn the_longest_password_is_judged_in_a_moment() {
        let since = crate::clock::Stopwatch::start();
        let longest = "a1B".repeat(86);
        let _ = NewPassword::checked("password", secret(&longest[..MAX_BYTES]));
        assert!(since.elapsed().as_millis() < 2_000, "{:?}", since.elapsed());
    }
}

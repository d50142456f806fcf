//! The two secrets of an installation and all that is done with them: the *pepper*, under which
//! API keys are digested, and the *master key*, under which other secrets (keys of providers)
//! are encrypted before the database sees them.
//!
//! Both come from the settings or from a file of mode 0600, never from the database or its
//! backups. Whoever loses them loses every API key and every stored provider key: back the file up
//! apart from the database. New ones are made for an empty database only. Nothing here is ever
//! printed, logged or put into an error.

mod file;

use std::fmt;
use std::path::PathBuf;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};

use crate::config::Config;

/// What every sealed text begins with: the version of its form.
const SEAL_VERSION: &str = "v1";
/// Bytes of the nonce in front of the ciphertext. It is random: 24 bytes never repeat.
const NONCE_BYTES: usize = 24;

/// The pepper and the master key of this installation, 32 bytes each.
pub struct Secrets {
    pepper: SecretBox<[u8; 32]>,
    master_key: SecretBox<[u8; 32]>,
    key_id: String,
}

/// Why the secrets cannot be had, or a sealed text not be opened. One clear sentence each, without
/// anything secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// Only one of the two secrets is set.
    #[error(
        "The setting {missing} is missing: set both pepper and master_key, or neither, so that \
         both come from the secrets file."
    )]
    OnlyOne {
        /// The name of the setting that is not set.
        missing: &'static str,
    },
    /// The file can be read by others than its owner.
    #[error(
        "The secrets file {path} can be read or written by other users (mode {mode:03o}): run \
         `chmod 600 {path}`, and if they may have read it, make new secrets."
    )]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// There is no file, and the database has rows that belong to one.
    #[error(
        "The secrets file {path} is missing, and the database has rows that only it opens, so that \
         no new one was made: put the backup of the file back there, or say by the setting \
         secrets_file where it is."
    )]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// The database does not say whether it has rows.
    #[error("the database does not answer: {0}")]
    Database(#[from] sea_orm::DbErr),
    /// The file cannot be read or made.
    #[error("The secrets file {path} cannot be {what}: {source}.")]
    File {
        /// The file.
        path: PathBuf,
        /// What was tried: `read` or `made`.
        what: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file does not hold what it should.
    #[error(
        "The secrets file {path} is not as this program made it: it must hold the two lines \
         pepper = \"..\" and master_key = \"..\", each with 64 hexadecimal digits."
    )]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// A text that should be sealed does not have the form of one.
    #[error("The stored secret {place} does not have the form of a sealed text.")]
    NotSealed {
        /// Where it is stored.
        place: String,
    },
    /// The text was sealed under another master key.
    #[error(
        "The stored secret {place} was sealed with the master key {theirs}, but this program runs \
         with the master key {ours}: start it with the secrets that belong to this database."
    )]
    OtherKey {
        /// Where it is stored.
        place: String,
        /// The id of the key that sealed it.
        theirs: String,
        /// The id of the key in use.
        ours: String,
    },
    /// The pepper is not the one that the database's API keys were digested under.
    #[error(
        "The pepper is another one than that of this database, so that no API key would be known: \
         start it with the secrets that belong to this database."
    )]
    OtherPepper,
    /// The text was changed, or belongs to another place.
    #[error("The stored secret {place} was changed, or copied there from another row.")]
    Damaged {
        /// Where it is stored.
        place: String,
    },
}

impl Secrets {
    /// The secrets of the settings `pepper` and `master_key`, if set; else those of the file named
    /// by `secrets_file`, which is made with new random secrets if it does not exist.
    ///
    /// Servers that share a database must share their secrets: give them the settings or a copy
    /// of one file, since each would make its own.
    ///
    /// # Errors
    /// [`SecretsError`] when only one of the two is set, or the file cannot be read or made, can
    /// be read by others, or does not hold two secrets.
    pub fn load_or_create(config: &Config) -> Result<Secrets, SecretsError> {
        match Secrets::of_settings(config)? {
            Some(secrets) => Ok(secrets),
            None => file::read_or_make(&config.secrets_file),
        }
    }

    /// The same for a database that has rows already: a file that is missing stays missing.
    ///
    /// # Errors
    /// [`SecretsError`], as above; `Missing` when there is no file.
    pub fn load(config: &Config) -> Result<Secrets, SecretsError> {
        match Secrets::of_settings(config)? {
            Some(secrets) => Ok(secrets),
            None => file::read_existing(&config.secrets_file),
        }
    }

    /// Those of the settings `pepper` and `master_key`; none if neither is set.
    fn of_settings(config: &Config) -> Result<Option<Secrets>, SecretsError> {
        match (&config.pepper, &config.master_key) {
            (Some(pepper), Some(master_key)) => Ok(Some(Secrets::from_bytes(
                *pepper.bytes(),
                *master_key.bytes(),
            ))),
            (Some(_), None) => Err(SecretsError::OnlyOne {
                missing: "master_key",
            }),
            (None, Some(_)) => Err(SecretsError::OnlyOne { missing: "pepper" }),
            (None, None) => Ok(None),
        }
    }

    /// New random secrets that are kept nowhere, for a demonstration and for tests: what is
    /// sealed or digested with them is lost with the process.
    pub fn ephemeral() -> Secrets {
        Secrets::from_bytes(rand::random(), rand::random())
    }

    fn from_bytes(pepper: [u8; 32], master_key: [u8; 32]) -> Secrets {
        let digest: [u8; 32] = Sha256::digest(master_key).into();
        let [a, b, c, d, ..] = digest;
        Secrets {
            pepper: SecretBox::new(Box::new(pepper)),
            master_key: SecretBox::new(Box::new(master_key)),
            key_id: hex::encode([a, b, c, d]),
        }
    }

    /// The id of the master key: the first four bytes of its SHA-256 in hexadecimal. It is in
    /// every sealed text, so that a rotation knows what is still under the old key.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Encrypts `plain` for storage at `place` (`table|column|row id`), as
    /// `v1:<key id>:<nonce and ciphertext in hexadecimal>`. The place is authenticated: a sealed
    /// text that is copied to another row does not open there.
    pub fn seal(&self, place: &str, plain: &str) -> String {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let payload = Payload {
            msg: plain.as_bytes(),
            aad: place.as_bytes(),
        };
        #[expect(
            clippy::expect_used,
            reason = "fails only for more than 256 GiB of text"
        )]
        let sealed = self
            .cipher()
            .encrypt(&nonce.into(), payload)
            .expect("a short text");
        format!(
            "{SEAL_VERSION}:{}:{}{}",
            self.key_id,
            hex::encode(nonce),
            hex::encode(sealed)
        )
    }

    /// Decrypts what [`Secrets::seal`] made for the same `place`.
    ///
    /// # Errors
    /// [`SecretsError`]: `NotSealed`, `OtherKey`, or `Damaged` when the text was changed or sealed
    /// for another place.
    pub fn open(&self, place: &str, sealed: &str) -> Result<SecretString, SecretsError> {
        let place = || place.to_owned();
        let (key_id, bytes) =
            split_sealed(sealed).ok_or_else(|| SecretsError::NotSealed { place: place() })?;
        if key_id != self.key_id {
            let theirs = key_id.to_owned();
            let ours = self.key_id.clone();
            return Err(SecretsError::OtherKey {
                place: place(),
                theirs,
                ours,
            });
        }
        let (nonce, ciphertext) = bytes
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or_else(|| SecretsError::NotSealed { place: place() })?;
        let where_stored = place();
        let payload = Payload {
            msg: ciphertext,
            aad: where_stored.as_bytes(),
        };
        let plain = self.cipher().decrypt(nonce.into(), payload).ok();
        plain
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .map(SecretString::from)
            .ok_or(SecretsError::Damaged {
                place: where_stored,
            })
    }

    /// The digest under which an API key is stored and looked up: HMAC-SHA256 under the pepper. A
    /// key has 178 random bits, so a slow password hash would only help an attacker to tire the
    /// server, and looking up a keyed digest needs no constant-time comparison.
    pub fn digest_key(&self, key: &str) -> [u8; 32] {
        authenticated(self.pepper.expose_secret(), &[key.as_bytes()])
    }

    /// What stands for a personal text that is erased: the same for the same text, and of no use to who
    /// has not the pepper, even if they guess the text.
    pub fn stand_in(&self, text: &str) -> String {
        let digest = hex::encode(self.digest_key(text));
        format!("erased:{}", digest.get(..32).unwrap_or_default())
    }

    /// The same for a number that was made of a personal text.
    pub fn stand_in_number(&self, number: i64) -> i64 {
        let [a, b, c, d, e, f, g, h, ..] = self.digest_key(&format!("number|{number}"));
        i64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// The seal of a row of the audit log, by its hash: HMAC-SHA256 under the master key, so that
    /// nobody who holds only the database can continue or rewrite the log.
    pub fn seal_audit(&self, hash: &[u8; 32]) -> [u8; 32] {
        authenticated(self.master_key.expose_secret(), &[b"audit_log", hash])
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.master_key.expose_secret().into())
    }
}

/// HMAC-SHA256 of `parts`, one after the other, under `key`.
fn authenticated(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC fills a short key up with zeros to the hash's block of 64 bytes; so does this.
    let mut block = [0; 64];
    let (front, _) = block.split_at_mut(32);
    front.copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Shows the master key's id and nothing secret.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// The key id and the bytes of a sealed text.
fn split_sealed(sealed: &str) -> Option<(&str, Vec<u8>)> {
    let (version, rest) = sealed.split_once(':')?;
    let (key_id, body) = rest.split_once(':')?;
    let bytes = hex::decode(body).ok()?;
    (version == SEAL_VERSION).then_some((key_id, bytes))
}

#[cfg(test)]
mod tests;

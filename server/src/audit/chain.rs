//! The chain: what a row's hash covers. Pure, so that the writer and the verifier cannot differ.

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::clock::Time;

/// A hash of the chain.
pub(super) type Hash = [u8; 32];

/// What stands before the first row.
pub(super) const GENESIS: Hash = [0; 32];

/// A row as its hash covers it: all of it but the hash and the seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// When.
    pub created_at: Time,
    /// Who, such as `operator:3`.
    pub actor: String,
    /// From where, if it was a request.
    pub address: Option<String>,
    /// The word of the [`Deed`](super::Deed).
    pub action: String,
    /// To what, such as `account:7`.
    pub subject: String,
    /// Why.
    pub reason: Option<String>,
    /// What was before, as JSON.
    pub was: Option<String>,
    /// What is after, as JSON.
    pub became: Option<String>,
}

impl Row {
    /// SHA-256 of the hash before it and of its values as one JSON array, in the order of the
    /// columns: an array keeps apart what a mere concatenation would run together.
    pub(super) fn hash(&self, previous: &Hash) -> Hash {
        let values = json!([
            self.id,
            self.created_at.ms(),
            self.actor,
            self.address,
            self.action,
            self.subject,
            self.reason,
            self.was,
            self.became
        ]);
        let mut sha = Sha256::new();
        sha.update(previous);
        sha.update(values.to_string().as_bytes());
        sha.finalize().into()
    }
}

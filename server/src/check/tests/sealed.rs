//! What is sealed in the base panel, and what may be wrong with it.

use std::sync::LazyLock;

use super::Corruption;
use crate::secrets::Secrets;

/// Those that the base panel runs with.
pub(super) static SECRETS: LazyLock<Secrets> = LazyLock::new(Secrets::ephemeral);

/// What is sealed wherever something is.
pub(super) const PLAIN: &str = "nobody-may-read-this";

/// The statements that write it: the panel's own row, a provider's key, an account's seed of codes.
pub(super) fn rows() -> String {
    let seal = SECRETS.seal("panel|seal|1", &hex::encode(SECRETS.digest_key("ours")));
    let key = SECRETS.seal("providers|key_sealed|1", PLAIN);
    let seed = SECRETS.seal("accounts|totp_sealed|2", PLAIN);
    format!(
        "INSERT INTO panel (id, instance, seal, catalog_version) VALUES (1, 'ours', '{seal}', 1);
         UPDATE providers SET key_sealed = '{key}' WHERE id = 1;
         UPDATE accounts SET totp_sealed = '{seed}' WHERE id = 2"
    )
}

pub(super) const CORRUPTIONS: &[Corruption] = &[
    Corruption {
        name: "a provider's key is not sealed",
        sql: "UPDATE providers SET key_sealed = 'their-key'",
        found: &[(22, "provider 1")],
    },
    Corruption {
        name: "an account has what was sealed for another row",
        sql: "UPDATE accounts SET totp_sealed = (SELECT key_sealed FROM providers) WHERE id = 1",
        found: &[(22, "account 1")],
    },
    Corruption {
        name: "a sealed text lost its end",
        sql: "UPDATE accounts SET totp_sealed = substr(totp_sealed, 1, length(totp_sealed) - 2)
                  WHERE id = 2",
        found: &[(22, "account 2")],
    },
    Corruption {
        name: "the panel has another name than its keys were digested for",
        sql: "UPDATE panel SET instance = 'theirs'",
        found: &[(22, "panel 1")],
    },
];

//! Accounts and their API keys: who is calling.
//!
//! Owns the tables `accounts` and `api_keys`. A key is a long random secret, so it is stored as a
//! keyed digest and found by it in one statement, together with its account and wallet: there is
//! no cache of keys, and a revocation or a suspension holds on the next request.

use serde_json::json;

use crate::actor::{Actor, Role};
use crate::audit::{self, Deed, Entry};
use crate::db::Db;
use crate::error::{Refusal, Result};
use crate::ids::AccountId;
use crate::money::Money;
use crate::panel::Panel;
use crate::secrets::Secrets;
use crate::wallet;

mod store;
mod token;

pub(crate) use store::{Authenticated, is_suspended_in_tx};
pub use token::{Token, TokenKind};

/// The digest by which a token is found, `HMAC-SHA256(pepper, token)`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenDigest {
    kind: TokenKind,
    bytes: [u8; 32],
}

/// Who is calling, and what the wallet holds at this moment.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// The account of the key.
    pub account: AccountId,
    /// The wallet's balance when the key was looked up.
    pub balance: Money,
    /// The version of the catalogue at that moment.
    pub catalog_version: i64,
}

/// A member of the staff who is calling.
#[derive(Debug, Clone)]
pub struct Staff {
    /// Their account.
    pub account: AccountId,
    /// What they may do.
    pub role: Role,
    /// Their name.
    pub name: String,
}

impl TokenDigest {
    /// The digest of a token as a client sent it, if it is of one of `kinds`. A mistyped one is
    /// refused by its checksum, without asking the database.
    pub fn of(secrets: &Secrets, token: &str, kinds: &[TokenKind]) -> Result<TokenDigest> {
        let token = Token::parse(token).filter(|token| kinds.contains(&token.kind()));
        let token = token.ok_or(Refusal::KeyInvalid)?;
        Ok(TokenDigest::of_token(secrets, &token))
    }

    fn of_token(secrets: &Secrets, token: &Token) -> TokenDigest {
        TokenDigest {
            kind: token.kind(),
            bytes: secrets.digest_key(token.expose()),
        }
    }
}

/// Finds the account of a key. Refused: [`Refusal::KeyInvalid`], [`Refusal::Suspended`].
pub async fn authenticate(db: &Db, digest: TokenDigest) -> Result<Caller> {
    store::authenticate(db, digest).await
}

/// Finds the member of the staff whose token it is. Refused: [`Refusal::KeyInvalid`],
/// [`Refusal::Suspended`]; [`Refusal::Forbidden`] for a customer's token, good or not.
pub async fn authenticate_staff(db: &Db, digest: TokenDigest) -> Result<Staff> {
    store::authenticate_staff(db, digest).await
}

/// Creates an account; a customer's has an empty wallet. Refused: [`Refusal::Taken`].
pub async fn create(panel: &Panel, actor: &Actor, role: Role, name: &str) -> Result<AccountId> {
    let tx = panel.db.begin().await?;
    if store::named(&tx, name).await?.is_some() {
        let what = format!("an account named {name}");
        return Err(Refusal::Taken { what }.into());
    }
    let now = panel.now();
    let account = store::insert(&tx, now, role, name).await?;
    if role == Role::Reseller {
        wallet::open_in_tx(&tx, account).await?;
    }
    let entry = Entry::new(Deed::AccountCreated, format!("account:{account}"))
        .became(json!({"name": name, "role": role.word()}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(account)
}

/// The account of that name, if there is one.
pub async fn find(db: &Db, name: &str) -> Result<Option<AccountId>> {
    store::named(db.read(), name).await
}

/// Makes a new key for `account`, of the kind that its role has. What is returned is the only copy
/// of it. Refused: [`Refusal::Unknown`].
pub async fn create_key(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    name: &str,
) -> Result<Token> {
    let tx = panel.db.begin().await?;
    let role = store::role_of(&tx, account).await?;
    let kind = match role.ok_or(Refusal::Unknown { what: "account" })? {
        Role::Reseller => TokenKind::Key,
        Role::Support | Role::Operator => TokenKind::StaffKey,
    };
    let token = Token::generate(kind);
    let digest = TokenDigest::of_token(&panel.secrets, &token);
    let now = panel.now();
    let key = store::insert_key(&tx, now, account, name, &token, digest).await?;
    let entry = Entry::new(Deed::KeyCreated, format!("account:{account}"))
        .became(json!({"key_id": key, "name": name, "last4": token.last4()}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(token)
}

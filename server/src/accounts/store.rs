//! The statements on `accounts` and `api_keys`.

use std::collections::HashSet;

use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, ConnectionTrait,
    EntityTrait, QueryFilter, QueryResult, QuerySelect, Value,
};

use super::{Caller, Staff, Token, TokenDigest, TokenKind};
use crate::actor::Role;
use crate::clock::Time;
use crate::db::{Db, Tx, query};
use crate::entity::{account, api_key};
use crate::error::{Refusal, Result};
use crate::ids::AccountId;

/// What a key leads to: the key, its account, its wallet, and the one row of the panel.
const CALLER_COLUMNS: &str = "SELECT k.account_id, a.suspended_at_ms, w.balance_nano, \
     p.catalog_version";
const CALLER_FROM: &str = " FROM api_keys k JOIN accounts a ON a.id = k.account_id \
     JOIN wallets w ON w.account_id = k.account_id CROSS JOIN panel p";
const CALLER_WHERE: &str = " WHERE k.digest = $1 AND k.revoked_at_ms IS NULL";

/// A statement that authenticates and reads in one: what follows the caller's columns is chosen
/// by the noun that asks, and belongs to the caller because it is joined on `k.account_id`.
pub(crate) struct Authenticated {
    digest: TokenDigest,
}

impl Authenticated {
    /// The key to authenticate by.
    pub(crate) fn by(digest: TokenDigest) -> Authenticated {
        Authenticated { digest }
    }

    /// Runs the statement: `columns` begin with a comma, `join` names `k.account_id` and numbers
    /// its `values` from `$2`. Gives the caller and every row.
    pub(crate) async fn rows(
        &self,
        db: &Db,
        columns: &str,
        join: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<(Caller, Vec<QueryResult>)> {
        let sql = [CALLER_COLUMNS, columns, CALLER_FROM, join, CALLER_WHERE].concat();
        let digest = Value::from(self.digest.bytes.to_vec());
        let rows = query(db.read(), &sql, std::iter::once(digest).chain(values)).await?;
        let row = rows.first().ok_or(Refusal::KeyInvalid)?;
        if row.try_get_by_index::<Option<Time>>(1)?.is_some() {
            return Err(Refusal::Suspended.into());
        }
        let caller = Caller {
            account: row.try_get_by_index(0)?,
            balance: row.try_get_by_index(2)?,
            catalog_version: row.try_get_by_index(3)?,
        };
        Ok((caller, rows))
    }
}

pub(super) async fn authenticate(db: &Db, digest: TokenDigest) -> Result<Caller> {
    let (caller, _) = Authenticated::by(digest).rows(db, "", "", []).await?;
    Ok(caller)
}

/// Which of `accounts` are suspended, read under the transaction's lock.
pub(crate) async fn is_suspended_in_tx(
    tx: &Tx,
    accounts: &[AccountId],
) -> Result<HashSet<AccountId>> {
    let suspended: Vec<AccountId> = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(account::Column::Id.is_in(accounts.iter().copied()))
        .filter(account::Column::SuspendedAtMs.is_not_null())
        .into_tuple()
        .all(tx)
        .await?;
    Ok(suspended.into_iter().collect())
}

pub(super) async fn authenticate_staff(db: &Db, digest: TokenDigest) -> Result<Staff> {
    let sql = "SELECT a.id, a.role, a.name, a.suspended_at_ms FROM api_keys k \
               JOIN accounts a ON a.id = k.account_id \
               WHERE k.digest = $1 AND k.revoked_at_ms IS NULL";
    if digest.kind == TokenKind::Key {
        return Err(Refusal::Forbidden.into());
    }
    let rows = query(db.read(), sql, [digest.bytes.to_vec().into()]).await?;
    let row = rows.first().ok_or(Refusal::KeyInvalid)?;
    let role: Role = row.try_get_by_index(1)?;
    if role == Role::Reseller {
        return Err(Refusal::Forbidden.into());
    }
    if row.try_get_by_index::<Option<Time>>(3)?.is_some() {
        return Err(Refusal::Suspended.into());
    }
    Ok(Staff {
        account: row.try_get_by_index(0)?,
        role,
        name: row.try_get_by_index(2)?,
    })
}

pub(super) async fn role_of(on: &impl ConnectionTrait, account: AccountId) -> Result<Option<Role>> {
    let found = account::Entity::find_by_id(account).one(on).await?;
    Ok(found.map(|account| account.role))
}

pub(super) async fn named(on: &impl ConnectionTrait, name: &str) -> Result<Option<AccountId>> {
    let found = account::Entity::find()
        .filter(account::Column::Name.eq(name))
        .one(on)
        .await?;
    Ok(found.map(|account| account.id))
}

pub(super) async fn insert(tx: &Tx, now: Time, role: Role, name: &str) -> Result<AccountId> {
    let account = account::ActiveModel {
        id: NotSet,
        name: Set(name.to_owned()),
        role: Set(role),
        suspended_at_ms: Set(None),
        created_at_ms: Set(now),
    };
    Ok(account.insert(tx).await?.id)
}

pub(super) async fn insert_key(
    tx: &Tx,
    now: Time,
    account: AccountId,
    name: &str,
    token: &Token,
    digest: TokenDigest,
) -> Result<i64> {
    let row = api_key::ActiveModel {
        id: NotSet,
        account_id: Set(account),
        digest: Set(digest.bytes.to_vec()),
        prefix: Set(token.kind().word().to_owned()),
        last4: Set(token.last4().to_owned()),
        name: Set(name.to_owned()),
        created_at_ms: Set(now),
        revoked_at_ms: Set(None),
    };
    Ok(row.insert(tx).await?.id)
}

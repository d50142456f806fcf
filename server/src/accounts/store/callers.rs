//! The statements that authenticate: everything about a key or a session is found by one.

use sea_orm::{QueryResult, Value};

use crate::accounts::rules::{Stored, admit};
use crate::accounts::spending::Caps;
use crate::accounts::{Caller, Credential, Member, Proof, Scope, Scopes, TokenKind};
use crate::actor::Role;
use crate::clock::Time;
use crate::db::query;
use crate::error::{Failure, Refusal, Result};
use crate::ids::{KeyId, SessionId};
use crate::limits::{Holder, LimitTier};
use crate::money::Money;
use crate::networks::Networks;
use crate::panel::Panel;

/// What a key or a session says, and its account.
const KEY: &str = "SELECT k.id, k.account_id, a.role, a.suspended_at_ms, a.daily_cap_nano, \
     k.expires_at_ms, k.last_used_at_ms, k.scopes, k.addresses, k.daily_cap_nano, a.limits, \
     k.throttled_until_ms, k.blocked_at_ms";
const SESSION: &str = "SELECT k.id, k.account_id, a.role, a.suspended_at_ms, a.daily_cap_nano, \
     k.expires_at_ms, k.last_used_at_ms, CAST(NULL AS TEXT), CAST(NULL AS TEXT), \
     CAST(NULL AS BIGINT), a.limits, CAST(NULL AS BIGINT), \
     CAST(NULL AS BIGINT)";
const WIDTH: usize = 13;

const FROM_KEY: &str = " FROM api_keys k JOIN accounts a ON a.id = k.account_id";
const FROM_SESSION: &str = " FROM sessions k JOIN accounts a ON a.id = k.account_id";

const WHERE_KEY: &str = " WHERE k.digest = $1 AND k.revoked_at_ms IS NULL \
     AND a.removed_at_ms IS NULL";
const WHERE_SESSION: &str = " WHERE k.digest = $1 AND k.ended_at_ms IS NULL \
     AND a.removed_at_ms IS NULL";

/// What is told of staff beside: the limit of a key, and when the person of a session last proved who
/// they are.
const MEMBER_BY_KEY: &str =
    ", a.name, k.action_limit_nano, CAST(NULL AS BIGINT) AS confirmed_at_ms";
const MEMBER_BY_SESSION: &str = ", a.name, CAST(NULL AS BIGINT) AS action_limit_nano, \
     COALESCE(k.confirmed_at_ms, k.created_at_ms) AS confirmed_at_ms";

/// A customer's wallet and tier, and the one row of the panel.
const WALLET: &str = ", w.balance_nano, p.catalog_version, COALESCE(t.percent_hundredths, 0)";
const FROM_WALLET: &str = " LEFT JOIN wallets w ON w.account_id = k.account_id \
     LEFT JOIN tiers t ON t.id = a.tier_id CROSS JOIN panel p";

/// A statement that authenticates a customer and reads in one: what follows the caller's columns is
/// chosen by the noun that asks, and belongs to the caller because it is joined on `k.account_id`.
pub(crate) struct Authenticated<'a> {
    panel: &'a Panel,
    credential: Credential,
    need: Scope,
}

impl<'a> Authenticated<'a> {
    /// How many columns stand before those of the noun.
    pub(crate) const WIDTH: usize = WIDTH + 3;

    /// Whoever comes with `credential`, if it is good for `need`.
    pub(crate) fn by(panel: &'a Panel, credential: Credential, need: Scope) -> Authenticated<'a> {
        Authenticated {
            panel,
            credential,
            need,
        }
    }

    /// Runs the statement: `columns` begin with a comma, `join` names `k.account_id` and numbers
    /// its `values` from `$2`. Gives the caller and every row.
    pub(crate) async fn rows(
        &self,
        columns: &str,
        join: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<(Caller, Vec<QueryResult>)> {
        let [what, from, which] = parts(self.credential.digest.kind);
        let sql = [what, WALLET, columns, from, FROM_WALLET, join, which].concat();
        let digest = Value::from(self.credential.digest.bytes.to_vec());
        let db = &self.panel.db;
        let rows = query(db.read(), &sql, std::iter::once(digest).chain(values)).await?;
        let row = rows.first().ok_or(Refusal::KeyInvalid)?;
        let read = Read::of(row, self.credential.digest.kind)?;
        // Staff buy nothing: their tokens are for the operator's side.
        if read.role != Role::Reseller {
            return Err(Refusal::Forbidden.into());
        }
        read.admit(self.panel, self.credential, self.need)?;
        let caller = Caller {
            account: row.try_get_by_index(1)?,
            balance: row.try_get_by_index(WIDTH)?,
            catalog_version: row.try_get_by_index(WIDTH + 1)?,
            caps: read.caps,
            percent: row.try_get_by_index(WIDTH + 2)?,
            proof: read.proof,
            holder: read.holder(self.panel),
        };
        Ok((caller, rows))
    }
}

/// Whoever has an account, customer or staff, with their name.
pub(in crate::accounts) async fn member(
    panel: &Panel,
    credential: Credential,
    need: Scope,
) -> Result<Member> {
    let kind = credential.digest.kind;
    let [what, from, which] = parts(kind);
    let more = match kind {
        TokenKind::Key | TokenKind::StaffKey | TokenKind::Foreign => MEMBER_BY_KEY,
        TokenKind::Session => MEMBER_BY_SESSION,
    };
    let sql = [what, more, from, which].concat();
    let digest = credential.digest.bytes.to_vec();
    let rows = query(panel.db.read(), &sql, [digest.into()]).await?;
    let row = rows.first().ok_or(Refusal::KeyInvalid)?;
    let read = Read::of(row, kind)?;
    read.admit(panel, credential, need)?;
    Ok(Member {
        account: row.try_get_by_index(1)?,
        role: read.role,
        name: row.try_get_by_index(WIDTH)?,
        proof: read.proof,
        action_limit: row.try_get("", "action_limit_nano")?,
        confirmed_at: row.try_get("", "confirmed_at_ms")?,
        holder: read.holder(panel),
    })
}

/// The key with this digest that is not revoked.
pub(in crate::accounts) async fn key_of(
    panel: &Panel,
    credential: Credential,
) -> Result<Option<KeyId>> {
    let sql = "SELECT id FROM api_keys WHERE digest = $1 AND revoked_at_ms IS NULL";
    let digest = credential.digest.bytes.to_vec();
    let rows = query(panel.db.read(), sql, [digest.into()]).await?;
    let id = rows
        .first()
        .map(|row| row.try_get_by_index(0))
        .transpose()?;
    Ok(id)
}

const fn parts(kind: TokenKind) -> [&'static str; 3] {
    match kind {
        TokenKind::Key | TokenKind::StaffKey | TokenKind::Foreign => [KEY, FROM_KEY, WHERE_KEY],
        TokenKind::Session => [SESSION, FROM_SESSION, WHERE_SESSION],
    }
}

/// What a row says of a key or a session.
struct Read {
    proof: Proof,
    role: Role,
    stored: Stored,
    caps: Caps,
    limits: Option<LimitTier>,
    throttled_until: Option<Time>,
}

impl Read {
    fn of(row: &QueryResult, kind: TokenKind) -> Result<Read> {
        let id: i64 = row.try_get_by_index(0)?;
        let unreadable = |what: &str| Failure::Stored(format!("{what} of key {id}"));
        let scopes: Option<String> = row.try_get_by_index(7)?;
        let scopes = scopes.map_or(Some(Scopes::EVERY), |text| Scopes::parse(&text));
        let addresses: Option<String> = row.try_get_by_index(8)?;
        let addresses = addresses.map(|text| {
            let networks = Networks::parse(&text);
            networks.ok_or_else(|| unreadable("the addresses"))
        });
        let has_cap = |column| -> Result<bool> {
            Ok(row.try_get_by_index::<Option<Money>>(column)?.is_some())
        };
        Ok(Read {
            proof: match kind {
                TokenKind::Key | TokenKind::StaffKey | TokenKind::Foreign => Proof::Key(KeyId(id)),
                TokenKind::Session => Proof::Session(SessionId(id)),
            },
            role: row.try_get_by_index(2)?,
            stored: Stored {
                kind,
                expires_at: row.try_get_by_index(5)?,
                last_used_at: row.try_get_by_index(6)?,
                is_suspended: row.try_get_by_index::<Option<Time>>(3)?.is_some(),
                is_blocked: row.try_get_by_index::<Option<Time>>(12)?.is_some(),
                scopes: scopes.ok_or_else(|| unreadable("the scopes"))?,
                addresses: addresses.transpose()?,
            },
            caps: Caps {
                key: has_cap(9)?.then_some(KeyId(id)),
                account: has_cap(4)?,
            },
            limits: row.try_get_by_index(10)?,
            throttled_until: row.try_get_by_index(11)?,
        })
    }

    /// What limits have to know of it.
    fn holder(&self, panel: &Panel) -> Holder {
        Holder {
            who: self.proof.number(),
            tier: self.limits.unwrap_or(panel.config.limits_default),
            throttled_until: self.throttled_until,
        }
    }

    /// Lets whoever it is in, and notes it.
    fn admit(&self, panel: &Panel, credential: Credential, need: Scope) -> Result<()> {
        let now = panel.now();
        admit(&self.stored, need, credential.address, now)?;
        panel
            .gate
            .last_uses
            .note(self.proof, (now, credential.address));
        Ok(())
    }
}

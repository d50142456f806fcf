//! The statements on `attempts` and `wrong_codes`.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use crate::accounts::attempts::Counted;
use crate::accounts::known_networks::SignInNetwork;
use crate::clock::Time;
use crate::db::{Db, PIECE, Rows, Tx, execute, query, skip_locked};
use crate::error::Result;
use crate::ids::AccountId;

/// When each quota of each of them is full again, if anything is missing.
pub(in crate::accounts) async fn full_at(
    on: &impl ConnectionTrait,
    who: &[&str],
) -> Result<HashMap<(String, String), Time>> {
    let ids = Rows::is_in(on, 0, who.iter().map(|who| (*who).into()));
    let sql = [
        "SELECT who, quota, full_at_ms FROM attempts WHERE who",
        &ids.text,
    ]
    .concat();
    let mut found = HashMap::new();
    for row in query(on, &sql, ids.values).await? {
        let key = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        found.insert(key, row.try_get_by_index(2)?);
    }
    Ok(found)
}

/// Takes one of a quota.
pub(in crate::accounts) async fn count(tx: &Tx, now: Time, taken: &Counted) -> Result<()> {
    let sql = "INSERT INTO attempts (who, quota, full_at_ms) VALUES ($1, $2, $3) \
               ON CONFLICT (who, quota) DO UPDATE SET full_at_ms = \
               CASE WHEN attempts.full_at_ms > $4 THEN attempts.full_at_ms + $5 \
               ELSE excluded.full_at_ms END";
    for quota in taken.quotas.iter() {
        let each = i64::try_from(quota.each().as_millis()).unwrap_or(i64::MAX);
        let values = [
            taken.who.as_str().into(),
            quota.to_string().into(),
            now.plus_ms(each).into(),
            now.into(),
            each.into(),
        ];
        execute(tx, sql, values).await?;
    }
    Ok(())
}

/// Forgets what was counted of these, first those that come first.
pub(in crate::accounts) async fn forget_counted(tx: &Tx, who: &[String]) -> Result<()> {
    for who in who {
        execute(
            tx,
            "DELETE FROM attempts WHERE who = $1",
            [who.as_str().into()],
        )
        .await?;
    }
    Ok(())
}

/// When wrong codes of `account` were entered after `since`, newest first: in a network that it knows,
/// or in all that it does not.
pub(in crate::accounts) async fn wrong_codes(
    tx: &Tx,
    account: AccountId,
    known: Option<&SignInNetwork>,
    since: Time,
) -> Result<Vec<Time>> {
    let sql = "SELECT created_at_ms FROM wrong_codes WHERE account_id = $1 \
               AND created_at_ms > $2 AND COALESCE(known_network, '') = $3 \
               ORDER BY created_at_ms DESC, id DESC";
    let network = known.map_or("", SignInNetwork::as_str);
    let rows = query(tx, sql, [account.into(), since.into(), network.into()]).await?;
    let times = rows.iter().map(|row| Ok(row.try_get_by_index(0)?));
    times.collect()
}

/// Notes a wrong code of `account`.
pub(in crate::accounts) async fn insert_wrong_code(
    tx: &Tx,
    now: Time,
    account: AccountId,
    known: Option<&SignInNetwork>,
) -> Result<()> {
    let sql = "INSERT INTO wrong_codes (account_id, known_network, created_at_ms) \
               VALUES ($1, $2, $3)";
    let network = known.map(SignInNetwork::as_str);
    execute(tx, sql, [account.into(), network.into(), now.into()]).await?;
    Ok(())
}

/// What is over and can be forgotten, each until a time of its own.
pub(in crate::accounts) struct Over {
    /// Attempts of quotas that are full again.
    pub(in crate::accounts) attempts: Time,
    /// Wrong codes that count no more.
    pub(in crate::accounts) codes: Time,
    /// Networks that are not known any more.
    pub(in crate::accounts) networks: Time,
    /// Links that are good no more, and what is behind them.
    pub(in crate::accounts) links: Time,
}

/// Forgets a piece of what is over. Gives how many rows there were.
pub(in crate::accounts) async fn forget(db: &Db, over: &Over) -> Result<u64> {
    let tables = [
        ("attempts", "who, quota", "full_at_ms", over.attempts),
        ("wrong_codes", "id", "created_at_ms", over.codes),
        (
            "sign_in_networks",
            "account_id, network",
            "last_at_ms",
            over.networks,
        ),
        ("account_links", "id", "expires_at_ms", over.links),
        ("sign_ups", "id", "expires_at_ms", over.links),
        ("address_changes", "id", "undo_until_ms", over.links),
        ("address_requests", "id", "expires_at_ms", over.links),
    ];
    let piece = i64::try_from(PIECE).unwrap_or(i64::MAX);
    let mut forgotten = 0;
    for (table, key, at, until) in tables {
        let old = [
            "SELECT ",
            key,
            " FROM ",
            table,
            " WHERE ",
            at,
            " <= $1 LIMIT $2",
        ]
        .concat();
        let values = || [until.into(), piece.into()];
        // Most of the time there is nothing, and then nothing is written.
        if query(db.read(), &old, values()).await?.is_empty() {
            continue;
        }
        let tx = db.begin().await?;
        let sql = [
            "DELETE FROM ",
            table,
            " WHERE (",
            key,
            ") IN (",
            &old,
            skip_locked(&tx),
            ")",
        ];
        forgotten += execute(&tx, &sql.concat(), values()).await?;
        tx.commit().await?;
    }
    Ok(forgotten)
}

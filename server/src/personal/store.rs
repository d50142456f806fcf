//! The statements that erase.

use std::net::IpAddr;

use sea_orm::{ConnectionTrait, Value};

use super::mentions::Said;
use crate::audit::Deed;
use crate::clock::Time;
use crate::db::{PIECE, Rows, Tx, execute, locked, query};
use crate::error::{Refusal, Result};
use crate::ids::AccountId;
use crate::money::Money;
use crate::secrets::Secrets;

/// A table of orders with links.
#[derive(Clone, Copy)]
pub(super) struct Linked {
    links: &'static str,
    write: [&'static str; 2],
}

/// The tables that have links.
pub(super) const LINKED: [Linked; 2] = [
    Linked {
        links: "SELECT id, link, overlap_key AS number FROM orders \
                WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        write: [
            "UPDATE orders SET details = '{}', reference = NULL, link = v.column2, \
             overlap_key = v.column3 FROM ",
            " WHERE orders.id = v.column1",
        ],
    },
    Linked {
        links: "SELECT id, link, CAST(0 AS BIGINT) AS number FROM imported_orders \
                WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        write: [
            "UPDATE imported_orders SET link = v.column2 FROM ",
            " WHERE imported_orders.id = v.column1",
        ],
    },
];

/// Who an account is of.
pub(super) struct Who {
    pub(super) is_erased: bool,
    pub(super) said: Said,
}

/// Each says, of the account `$1`, how much there is of something that keeps it from being erased.
const HINDRANCES: [(&str, &str); 10] = [
    (
        "order(s) have not ended: `order end`, or wait",
        "SELECT COUNT(*) FROM orders WHERE account_id = $1 AND settled_at_ms IS NULL",
    ),
    (
        "refill(s) have not ended",
        "SELECT COUNT(*) FROM refills r JOIN orders o ON o.id = r.order_id WHERE o.account_id = $1 \
         AND r.ended_at_ms IS NULL",
    ),
    (
        "deposit(s) are waited for",
        "SELECT COUNT(*) FROM deposits WHERE account_id = $1 \
         AND status NOT IN ('credited', 'expired', 'failed', 'returned')",
    ),
    (
        "payment(s) wait for a decision: `deposit decide`",
        "SELECT COUNT(*) FROM deposit_reviews v JOIN payments p ON p.id = v.payment_id \
         JOIN deposits d ON d.id = p.deposit_id \
         WHERE d.account_id = $1 AND v.state IN ('open', 'held')",
    ),
    (
        "dispute(s) are open: `dispute decide`",
        "SELECT COUNT(*) FROM disputes WHERE account_id = $1 AND state = 'open'",
    ),
    (
        "ticket(s) are not closed: `ticket decide`",
        "SELECT COUNT(*) FROM tickets WHERE account_id = $1 AND state <> 'closed'",
    ),
    (
        "case(s) of abuse are open: `case release` or `case confirm`",
        "SELECT COUNT(*) FROM abuse_cases WHERE account_id = $1 AND state = 'open'",
    ),
    (
        "suspension stands: what it stands on is kept until it is lifted",
        "SELECT COUNT(*) FROM accounts WHERE id = $1 AND suspended_at_ms IS NOT NULL",
    ),
    (
        "other account has the name that it would get, erased- and its number: rename that first",
        "SELECT COUNT(*) FROM accounts WHERE id <> $1 AND erased_at_ms IS NULL \
         AND LOWER(name) = 'erased-' || CAST(CAST($1 AS BIGINT) AS TEXT)",
    ),
    (
        "credit(s) are proposed and not decided",
        "SELECT COUNT(*) FROM adjustment_proposals WHERE account_id = $1 AND decided_at_ms IS NULL",
    ),
];

/// What keeps the account from being erased.
pub(super) async fn hindrances(on: &Tx, account: AccountId) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (what, sql) in HINDRANCES {
        let rows = query(on, sql, [account.into()]).await?;
        let count: i64 = rows.first().map_or(Ok(0), |row| row.try_get_by_index(0))?;
        if count > 0 {
            found.push(format!("{count} {what}"));
        }
    }
    let sql = "SELECT balance_nano FROM wallets WHERE account_id = $1";
    let rows = query(on, sql, [account.into()]).await?;
    let balance = rows.first().map(|row| row.try_get("", "balance_nano"));
    let balance: Money = balance.transpose()?.unwrap_or(Money::ZERO);
    if balance != Money::ZERO {
        found.push(format!(
            "the wallet holds {balance} USD: it has to be spent, or taken back by `account correct`"
        ));
    }
    Ok(found)
}

/// Who the account is of, and was called before. Refused: [`Refusal::Unknown`].
pub(super) async fn who(tx: &Tx, account: AccountId) -> Result<Who> {
    let sql = "SELECT name, email, erased_at_ms FROM accounts WHERE id = $1";
    let rows = query(tx, sql, [account.into()]).await?;
    let row = rows.first().ok_or(Refusal::Unknown { what: "account" })?;
    let mut names: Vec<String> = Vec::new();
    names.extend(row.try_get::<Option<String>>("", "email")?);
    names.push(row.try_get("", "name")?);
    for earlier in earlier_names(tx, account).await? {
        // What somebody else is called by now says who they are.
        let sql = "SELECT 1 FROM accounts WHERE id <> $1 AND (name = $2 OR email = $2) LIMIT 1";
        let values = [account.into(), earlier.as_str().into()];
        if query(tx, sql, values).await?.is_empty() {
            names.push(earlier);
        }
    }
    let erased: Option<Time> = row.try_get("", "erased_at_ms")?;
    Ok(Who {
        is_erased: erased.is_some(),
        said: Said {
            names: names.into_iter().collect(),
            ..Said::default()
        },
    })
}

/// The names and addresses that the account had, as the audit log and what can be undone have them. An
/// address that it only asked for may be somebody else's.
async fn earlier_names(tx: &Tx, account: AccountId) -> Result<Vec<String>> {
    let sql = "SELECT old_email AS text FROM address_changes WHERE account_id = $1";
    let mut names = texts(&query(tx, sql, [account.into()]).await?)?;
    let deeds = [
        Deed::AccountCreated,
        Deed::AccountChanged,
        Deed::EmailChanged,
        Deed::EmailRestored,
    ];
    let among = Rows::is_in(tx, 1, deeds.map(|deed| deed.word().into()));
    for column in ["was", "became"] {
        let sql = [
            "SELECT ",
            column,
            " AS text FROM audit_log WHERE subject = $1 AND ",
            column,
            " IS NOT NULL AND action",
            &among.text,
        ];
        let mut values: Vec<Value> = vec![subject(account).into()];
        values.extend(among.values.clone());
        for told in texts(&query(tx, &sql.concat(), values).await?)? {
            let told: serde_json::Value = serde_json::from_str(&told).unwrap_or_default();
            let said = ["name", "email"].map(|field| told.get(field)?.as_str().map(str::to_owned));
            names.extend(said.into_iter().flatten());
        }
    }
    Ok(names)
}

/// How the audit log names an account.
fn subject(account: AccountId) -> String {
    format!("account:{account}")
}

fn texts(rows: &[sea_orm::QueryResult]) -> Result<Vec<String>> {
    let texts = rows.iter().map(|row| Ok(row.try_get("", "text")?));
    texts.collect()
}

/// The addresses from which the account came.
pub(super) async fn addresses(tx: &Tx, account: AccountId) -> Result<Vec<IpAddr>> {
    let mut addresses = Vec::new();
    for sql in [
        "SELECT DISTINCT address AS text FROM sessions WHERE account_id = $1 \
         AND address IS NOT NULL",
        "SELECT DISTINCT last_used_address AS text FROM api_keys WHERE account_id = $1 \
         AND last_used_address IS NOT NULL",
    ] {
        let found = texts(&query(tx, sql, [account.into()]).await?)?;
        addresses.extend(found.iter().filter_map(|text| text.parse::<IpAddr>().ok()));
    }
    let sql = "SELECT DISTINCT address AS text FROM audit_log WHERE actor = $1 \
               AND address IS NOT NULL";
    let found = texts(&query(tx, sql, [format!("reseller:{account}").into()]).await?)?;
    addresses.extend(found.iter().filter_map(|text| text.parse::<IpAddr>().ok()));
    addresses.sort_unstable();
    addresses.dedup();
    Ok(addresses)
}

/// What comes before wallets in the order of locks, of the account `$1` from behind `$2`.
const BEFORE_WALLETS: [&str; 4] = [
    "SELECT id FROM orders WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    "SELECT id FROM adjustment_proposals WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    "SELECT id FROM payments WHERE id > $2 AND (deposit_id IN (SELECT d.id FROM deposits d \
     WHERE d.account_id = $1) OR bound_deposit_id IN (SELECT d.id FROM deposits d \
     WHERE d.account_id = $1)) ORDER BY id LIMIT $3",
    "SELECT id FROM deposits WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3",
];

/// What comes after accounts.
const AFTER_ACCOUNTS: [&str; 2] = [
    "SELECT id FROM api_keys WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    "SELECT id FROM sessions WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3",
];

/// Locks what others hold while they wait for the account's wallet.
pub(super) async fn lock_before_wallet(tx: &Tx, account: AccountId) -> Result<()> {
    lock_all(tx, account, &BEFORE_WALLETS).await
}

/// Locks the account's keys and sessions.
pub(super) async fn lock_after_account(tx: &Tx, account: AccountId) -> Result<()> {
    lock_all(tx, account, &AFTER_ACCOUNTS).await
}

async fn lock_all(tx: &Tx, account: AccountId, rows: &[&str]) -> Result<()> {
    for sql in rows {
        let sql = [sql, locked(tx)].concat();
        let mut after = i64::MIN;
        loop {
            let piece = i64::try_from(PIECE).unwrap_or(i64::MAX);
            let values = [account.into(), after.into(), piece.into()];
            let rows = query(tx, &sql, values).await?;
            let Some(last) = rows.last() else {
                break;
            };
            after = last.try_get("", "id")?;
        }
    }
    Ok(())
}

/// Ends the watches of others' counts on targets to which orders of the account went later: by those,
/// nothing is refilled any more, and once the keys of the links are erased nobody would know.
pub(super) async fn end_watches_of_others(tx: &Tx, account: AccountId) -> Result<()> {
    let sql = "DELETE FROM count_watches WHERE order_id IN (SELECT w.order_id FROM count_watches w \
               JOIN orders o ON o.id = w.order_id JOIN orders l ON l.overlap_key = o.overlap_key \
               AND l.settled_at_ms IS NOT NULL AND l.settled_at_ms >= o.created_at_ms AND l.id > o.id \
               WHERE l.account_id = $1 AND o.account_id <> $1 \
               AND l.status IN ('completed', 'partial'))";
    execute(tx, sql, [account.into()]).await?;
    Ok(())
}

/// An order's link, and the number by which orders on one link are found; 0 of imported ones.
pub(super) struct Link {
    pub(super) order: i64,
    pub(super) link: String,
    pub(super) number: i64,
}

/// The links of orders of `account` with numbers above `after`, by number.
pub(super) async fn links(
    tx: &Tx,
    table: Linked,
    account: AccountId,
    after: i64,
) -> Result<Vec<Link>> {
    let piece = i64::try_from(PIECE).unwrap_or(i64::MAX);
    let values = [account.into(), after.into(), piece.into()];
    let rows = query(tx, table.links, values).await?;
    rows.iter()
        .map(|row| {
            Ok(Link {
                order: row.try_get("", "id")?,
                link: row.try_get("", "link")?,
                number: row.try_get("", "number")?,
            })
        })
        .collect()
}

/// Writes what stands for links.
pub(super) async fn write_links(tx: &Tx, table: Linked, links: &[Link]) -> Result<()> {
    let rows = links.iter().map(|one| {
        [
            one.order.into(),
            one.link.as_str().into(),
            one.number.into(),
        ]
    });
    let rows = Rows::table(tx, 0, rows);
    let [head, tail] = table.write;
    execute(tx, &[head, &rows.text, tail].concat(), rows.values).await?;
    Ok(())
}

/// Each erases something of the account `$1`. What the new name is compared by is written where names
/// are looked up next.
const TEXTS: [&str; 27] = [
    "DELETE FROM mails WHERE account_id = $1",
    // What is left to look at of orders has no link any more.
    "DELETE FROM count_watches WHERE order_id IN (SELECT id FROM orders WHERE account_id = $1)",
    "DELETE FROM account_links WHERE account_id = $1",
    "DELETE FROM address_changes WHERE account_id = $1",
    "DELETE FROM address_requests WHERE account_id = $1",
    "UPDATE accounts SET email = NULL, email_skeleton = NULL, password_hash = NULL, \
     totp_sealed = NULL, totp_confirmed_at_ms = NULL, removed_name = NULL, removed_email = NULL, \
     name = 'erased-' || CAST(id AS TEXT), name_key = NULL, name_skeleton = NULL WHERE id = $1",
    "UPDATE api_keys SET name = 'erased', addresses = NULL, last_used_address = NULL \
     WHERE account_id = $1",
    "DELETE FROM key_places WHERE key_id IN (SELECT id FROM api_keys WHERE account_id = $1)",
    "UPDATE sessions SET address = NULL WHERE account_id = $1",
    "DELETE FROM sign_in_networks WHERE account_id = $1",
    "DELETE FROM wrong_codes WHERE account_id = $1",
    "UPDATE notices SET message = 'erased' WHERE account_id = $1",
    "UPDATE order_requests SET request_id = 'erased:' || CAST(order_id AS TEXT) \
     WHERE account_id = $1",
    "UPDATE order_events SET evidence = 'erased' \
     WHERE order_id IN (SELECT id FROM orders WHERE account_id = $1)",
    "UPDATE dispatches SET reason = CASE WHEN reason IS NULL THEN NULL ELSE 'erased' END, \
     provider_status = CASE WHEN provider_status IS NULL THEN NULL ELSE 'erased' END, \
     fingerprint = NULL, phrase = NULL, waits_for_link = NULL \
     WHERE order_id IN (SELECT id FROM orders WHERE account_id = $1)",
    "DELETE FROM provider_exchanges WHERE dispatch_id IN (SELECT d.id FROM dispatches d \
     JOIN orders o ON o.id = d.order_id WHERE o.account_id = $1)",
    "UPDATE refill_dispatches SET reason = 'erased' WHERE reason IS NOT NULL AND refill_id IN \
     (SELECT r.id FROM refills r JOIN orders o ON o.id = r.order_id WHERE o.account_id = $1)",
    "UPDATE count_checks SET fault = 'erased' WHERE fault IS NOT NULL \
     AND order_id IN (SELECT id FROM orders WHERE account_id = $1)",
    "UPDATE deposits SET invoice_url = NULL WHERE account_id = $1",
    "UPDATE disputes SET description = 'erased', evidence = NULL, evidence_shown = NULL, \
     decision = CASE WHEN decision IS NULL THEN NULL ELSE 'erased' END WHERE account_id = $1",
    "UPDATE tickets SET description = 'erased', \
     proposal = CASE WHEN proposal IS NULL THEN NULL ELSE 'erased' END, \
     decision = CASE WHEN decision IS NULL THEN NULL ELSE 'erased' END WHERE account_id = $1",
    "UPDATE ticket_messages SET message = 'erased' \
     WHERE ticket_id IN (SELECT id FROM tickets WHERE account_id = $1)",
    "UPDATE abuse_cases SET evidence = '[]', decided_reason = \
     CASE WHEN decided_reason IS NULL THEN NULL ELSE 'erased' END WHERE account_id = $1",
    "UPDATE abuse_case_notes SET note = 'erased' \
     WHERE case_id IN (SELECT id FROM abuse_cases WHERE account_id = $1)",
    "DELETE FROM abuse_remarks WHERE account_id = $1",
    "UPDATE adjustment_proposals SET reason = 'erased', decision_reason = \
     CASE WHEN decision_reason IS NULL THEN NULL ELSE 'erased' END \
     WHERE account_id = $1 AND decided_at_ms IS NOT NULL",
    "UPDATE deposit_reviews SET decision_reason = 'erased' WHERE decision_reason IS NOT NULL \
     AND payment_id IN (SELECT p.id FROM payments p JOIN deposits d ON d.id = p.deposit_id \
     OR d.id = p.bound_deposit_id WHERE d.account_id = $1)",
];

/// What the gateway told of payments of the account, each with its digest.
const CALLBACKS: &str = "SELECT c.id, c.digest FROM payment_callbacks c \
     WHERE c.body <> 'erased' AND EXISTS (SELECT 1 FROM payments p JOIN deposits d \
     ON d.id = p.deposit_id OR d.id = p.bound_deposit_id WHERE d.account_id = $1 \
     AND p.gateway = c.gateway AND p.gateway_payment = c.gateway_payment) ORDER BY c.id";

/// Erases the texts, addresses and pictures of the account's own rows.
pub(super) async fn erase_texts(
    tx: &Tx,
    secrets: &Secrets,
    now: Time,
    account: AccountId,
) -> Result<()> {
    for sql in TEXTS {
        execute(tx, sql, [account.into()]).await?;
    }
    // It is of what was ordered: whoever guesses that could tell. Nothing has this one.
    let sql = "UPDATE order_requests SET fingerprint = $2 WHERE account_id = $1";
    execute(tx, sql, [account.into(), Value::from(vec![0_u8; 32])]).await?;
    for row in query(tx, CALLBACKS, [account.into()]).await? {
        let (id, digest): (i64, String) = (row.try_get("", "id")?, row.try_get("", "digest")?);
        let sql = "UPDATE payment_callbacks SET body = 'erased', digest = $2 WHERE id = $1";
        let digest = secrets.stand_in(&digest);
        execute(tx, sql, [id.into(), digest.into()]).await?;
    }
    let sql = "UPDATE ticket_screenshots SET picture = $2 \
               WHERE ticket_id IN (SELECT id FROM tickets WHERE account_id = $1)";
    let nothing: Vec<u8> = Vec::new();
    execute(tx, sql, [account.into(), Value::from(nothing)]).await?;
    let sql = "UPDATE accounts SET erased_at_ms = $2 WHERE id = $1";
    execute(tx, sql, [account.into(), now.into()]).await?;
    Ok(())
}

/// The names and addresses of staff, of those too who have left.
pub(super) async fn staff(tx: &Tx) -> Result<Vec<String>> {
    let sql = "SELECT name, email, removed_name, removed_email FROM accounts \
               WHERE role <> 'reseller' OR removed_at_ms IS NOT NULL";
    let mut names = Vec::new();
    for row in query(tx, sql, []).await? {
        for column in ["name", "email", "removed_name", "removed_email"] {
            names.extend(row.try_get::<Option<String>>("", column)?);
        }
    }
    Ok(names)
}

/// The rows of one query about an account, every value as text.
pub(super) async fn rows(
    on: &impl ConnectionTrait,
    sql: &str,
    account: AccountId,
    columns: usize,
) -> Result<Vec<Vec<Option<String>>>> {
    let rows = query(on, sql, [account.into()]).await?;
    rows.iter()
        .map(|row| {
            let values = (0..columns).map(|at| Ok(row.try_get_by_index(at)?));
            values.collect()
        })
        .collect()
}

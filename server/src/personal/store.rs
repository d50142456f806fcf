//! The statements that erase.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, Value};

use crate::clock::Time;
use crate::db::{Rows, Tx, execute, query};
use crate::error::{Refusal, Result};
use crate::ids::AccountId;
use crate::money::Money;

/// A table of orders with links.
#[derive(Clone, Copy)]
pub(super) struct Linked {
    links: &'static str,
    write: [&'static str; 2],
}

/// The tables that have links.
pub(super) const LINKED: [Linked; 2] = [
    Linked {
        links: "SELECT id, link FROM orders WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        write: [
            "UPDATE orders SET details = '{}', reference = NULL, link = v.column2 FROM ",
            " WHERE orders.id = v.column1",
        ],
    },
    Linked {
        links: "SELECT id, link FROM imported_orders WHERE account_id = $1 AND id > $2 ORDER BY id \
                LIMIT $3",
        write: [
            "UPDATE imported_orders SET link = v.column2 FROM ",
            " WHERE imported_orders.id = v.column1",
        ],
    },
];

/// What was said of a person elsewhere than in rows of their own.
#[derive(Default)]
pub(super) struct Said {
    /// Their name and their address.
    pub(super) names: Vec<String>,
    /// Their links.
    pub(super) links: HashSet<String>,
}

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

/// Who the account is of. Refused: [`Refusal::Unknown`].
pub(super) async fn who(tx: &Tx, account: AccountId) -> Result<Who> {
    let sql = "SELECT name, email, erased_at_ms FROM accounts WHERE id = $1";
    let rows = query(tx, sql, [account.into()]).await?;
    let row = rows.first().ok_or(Refusal::Unknown { what: "account" })?;
    let mut names: Vec<String> = Vec::new();
    names.extend(row.try_get::<Option<String>>("", "email")?);
    names.push(row.try_get("", "name")?);
    let erased: Option<Time> = row.try_get("", "erased_at_ms")?;
    Ok(Who {
        is_erased: erased.is_some(),
        said: Said {
            names,
            links: HashSet::new(),
        },
    })
}

/// The links of orders of `account` with numbers above `after`, by number.
pub(super) async fn links(
    tx: &Tx,
    table: Linked,
    account: AccountId,
    after: i64,
    most: usize,
) -> Result<Vec<(i64, String)>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let values = [account.into(), after.into(), most.into()];
    let rows = query(tx, table.links, values).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "id")?, row.try_get("", "link")?)))
        .collect()
}

/// Writes what stands for links.
pub(super) async fn write_links(tx: &Tx, table: Linked, links: &[(i64, String)]) -> Result<()> {
    let rows = links
        .iter()
        .map(|(id, link)| [(*id).into(), link.as_str().into()]);
    let rows = Rows::table(tx, 0, rows);
    let [head, tail] = table.write;
    execute(tx, &[head, &rows.text, tail].concat(), rows.values).await?;
    Ok(())
}

/// What stands for a person in texts about others.
const SOMEBODY: &str = "(erased)";

/// A name of fewer characters is in many words.
const LEAST_OF_NAME: usize = 4;

/// Takes names, addresses and links out of what people are told: alerts, and examples of what providers
/// say.
pub(super) async fn erase_mentions(tx: &Tx, said: &Said) -> Result<()> {
    const TEXTS: [[&str; 2]; 3] = [
        [
            "SELECT id, message AS text FROM alerts ORDER BY id",
            "UPDATE alerts SET message = $2 WHERE id = $1",
        ],
        [
            "SELECT id, note AS text FROM alerts WHERE note IS NOT NULL ORDER BY id",
            "UPDATE alerts SET note = $2 WHERE id = $1",
        ],
        [
            "SELECT id, example AS text FROM provider_phrases ORDER BY id",
            "UPDATE provider_phrases SET example = $2 WHERE id = $1",
        ],
    ];
    for [read, write] in TEXTS {
        for row in query(tx, read, []).await? {
            let (id, text): (i64, String) = (row.try_get("", "id")?, row.try_get("", "text")?);
            let without = without(&text, said);
            if without != text {
                execute(tx, write, [id.into(), without.into()]).await?;
            }
        }
    }
    Ok(())
}

/// `text` without what says who somebody is. A link stands in it as a word, between blanks or quotes.
fn without(text: &str, said: &Said) -> String {
    let mut without = text.to_owned();
    let is_end = |c: char| c.is_whitespace() || "\"'`,;()<>[]{}".contains(c);
    for word in text.split(is_end) {
        let plain = word.trim_end_matches(['.', ':', '!']);
        if said.links.contains(word) || said.links.contains(plain) {
            without = without.replace(plain, SOMEBODY);
        }
    }
    for name in &said.names {
        if name.chars().count() >= LEAST_OF_NAME {
            without = without.replace(name, SOMEBODY);
        }
    }
    without
}

/// Each erases something of the account `$1`. What the new name is compared by is written where names
/// are looked up next.
const TEXTS: [&str; 26] = [
    // As long as the address is there.
    "DELETE FROM sign_ups WHERE email = (SELECT email FROM accounts WHERE id = $1)",
    "DELETE FROM mails WHERE account_id = $1 \
     OR recipient = (SELECT email FROM accounts WHERE id = $1)",
    // What is left to look at of orders has no link any more.
    "DELETE FROM count_watches WHERE order_id IN (SELECT id FROM orders WHERE account_id = $1)",
    "DELETE FROM account_links WHERE account_id = $1",
    "DELETE FROM address_changes WHERE account_id = $1",
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
     provider_status = CASE WHEN provider_status IS NULL THEN NULL ELSE 'erased' END \
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
    "UPDATE abuse_cases SET evidence = '[]' WHERE account_id = $1",
    "UPDATE abuse_case_notes SET note = 'erased' \
     WHERE case_id IN (SELECT id FROM abuse_cases WHERE account_id = $1)",
    "DELETE FROM abuse_remarks WHERE account_id = $1",
    "UPDATE adjustment_proposals SET reason = 'erased' WHERE account_id = $1",
];

/// Erases the texts, addresses and pictures of the account's own rows.
pub(super) async fn erase_texts(tx: &Tx, now: Time, account: AccountId) -> Result<()> {
    for sql in TEXTS {
        execute(tx, sql, [account.into()]).await?;
    }
    let sql = "UPDATE ticket_screenshots SET picture = $2 \
               WHERE ticket_id IN (SELECT id FROM tickets WHERE account_id = $1)";
    let nothing: Vec<u8> = Vec::new();
    execute(tx, sql, [account.into(), Value::from(nothing)]).await?;
    let sql = "UPDATE accounts SET erased_at_ms = $2 WHERE id = $1";
    execute(tx, sql, [account.into(), now.into()]).await?;
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_are_told_says_no_name_and_no_link_any_more() {
        let said = Said {
            names: vec![
                "ann@example.com".to_owned(),
                "Ann Lee".to_owned(),
                "Bo".to_owned(),
            ],
            links: HashSet::from(["https://x.test/ann".to_owned(), "@ann".to_owned()]),
        };
        let text =
            "order 7 of Ann Lee (ann@example.com): \"https://x.test/ann\", @ann. Bo is a word";
        assert_eq!(
            without(text, &said),
            "order 7 of (erased) ((erased)): \"(erased)\", (erased). Bo is a word"
        );
        assert_eq!(without("https://x.test/anna", &said), "https://x.test/anna");
    }
}

//! What is said of a person elsewhere than in rows of their own.

use std::collections::{BTreeSet, HashSet};
use std::net::IpAddr;

use sea_orm::Value;

use crate::accounts;
use crate::db::{Rows, Sql, Tx, execute, locked, query};
use crate::error::Result;
use crate::ids::AccountId;
use crate::secrets::Secrets;

/// What was said of a person.
#[derive(Default)]
pub(super) struct Said {
    /// Their names and e-mail addresses, earlier ones too.
    pub(super) names: BTreeSet<String>,
    /// Their links.
    pub(super) links: HashSet<String>,
    /// The addresses from which they came.
    pub(super) addresses: Vec<IpAddr>,
}

/// What stands for a person in texts about others.
const SOMEBODY: &str = "(erased)";

/// A name of fewer characters is in many words.
const LEAST_OF_NAME: usize = 4;

/// A table, and its texts in which somebody may be named.
type Texts = (&'static str, &'static [&'static str]);

const PHRASES: Texts = ("provider_phrases", &["example"]);
const DECISIONS: Texts = ("phrase_decisions", &["reason"]);
const ALERTS: Texts = ("alerts", &["message", "cause", "note"]);
const CASES: Texts = ("abuse_cases", &["evidence", "decided_reason"]);

impl Said {
    /// Takes names, addresses and links out of what people are told: alerts, and what providers say.
    pub(super) async fn erase(&self, tx: &Tx) -> Result<()> {
        for texts in [PHRASES, DECISIONS, ALERTS] {
            for (id, without) in self.named_in(tx, texts).await? {
                write(tx, texts, id, without).await?;
            }
        }
        Ok(())
    }

    /// Locks the cases of abuse of `account`, and erases what those about others say of it: which comes
    /// before all else in the order of locks. What a case about a network is about, that network, stays.
    pub(super) async fn lock_and_erase_cases(&self, tx: &Tx, account: AccountId) -> Result<()> {
        let named = self.named_in(tx, CASES).await?;
        let ids = named.iter().map(|(id, _)| (*id).into());
        let among = Rows::is_in(tx, 1, ids);
        let sql = [
            "SELECT id FROM abuse_cases WHERE account_id = $1 OR id",
            &among.text,
            " ORDER BY id",
            locked(tx),
        ];
        let mut values: Vec<Value> = vec![account.into()];
        values.extend(among.values);
        query(tx, &sql.concat(), values).await?;
        for (id, without) in self.named_in(tx, CASES).await? {
            write(tx, CASES, id, without).await?;
        }
        Ok(())
    }

    /// The rows that name somebody, by number, with their texts without that.
    async fn named_in(
        &self,
        tx: &Tx,
        (table, columns): Texts,
    ) -> Result<Vec<(i64, Vec<Option<String>>)>> {
        let sql = [
            "SELECT id, ",
            &columns.join(", "),
            " FROM ",
            table,
            " ORDER BY id",
        ];
        let mut named = Vec::new();
        for row in query(tx, &sql.concat(), []).await? {
            let texts = columns
                .iter()
                .map(|column| Ok(row.try_get::<Option<String>>("", column)?))
                .collect::<Result<Vec<_>>>()?;
            let without: Vec<Option<String>> = texts
                .iter()
                .map(|text| text.as_deref().map(|text| self.taken_out_of(text)))
                .collect();
            if without != texts {
                named.push((row.try_get("", "id")?, without));
            }
        }
        Ok(named)
    }

    /// Forgets what waits for their e-mail addresses, and what was counted of them.
    pub(super) async fn forget_addresses(&self, tx: &Tx, secrets: &Secrets) -> Result<()> {
        for email in self.names.iter().filter(|name| name.contains('@')) {
            for sql in [
                "DELETE FROM sign_ups WHERE email = $1",
                "DELETE FROM address_requests WHERE email = $1",
                "DELETE FROM mails WHERE recipient = $1",
            ] {
                execute(tx, sql, [email.as_str().into()]).await?;
            }
            accounts::forget_attempts_in_tx(tx, secrets, email, &self.addresses).await?;
        }
        Ok(())
    }

    /// `text` without what says who somebody is. A link and an address stand in it as a word, between
    /// blanks or quotes.
    fn taken_out_of(&self, text: &str) -> String {
        let mut without = text.to_owned();
        let is_end = |c: char| c.is_whitespace() || "\"'`,;()<>[]{}".contains(c);
        for word in text.split(is_end) {
            let plain = word.trim_end_matches(['.', ':', '!']);
            let is_link = self.links.contains(word) || self.links.contains(plain);
            if is_link {
                without = without.replace(plain, SOMEBODY);
            } else if plain
                .parse()
                .is_ok_and(|address| self.addresses.contains(&address))
            {
                without = replaced(&without, plain, SOMEBODY);
            }
        }
        for name in &self.names {
            if name.chars().count() >= LEAST_OF_NAME {
                without = replaced(&without, name, SOMEBODY);
            }
        }
        without
    }
}

async fn write(
    tx: &Tx,
    (table, columns): Texts,
    id: i64,
    texts: Vec<Option<String>>,
) -> Result<()> {
    let mut sql = Sql::new("UPDATE ");
    sql.text(table);
    for (at, (column, text)) in columns.iter().zip(texts).enumerate() {
        sql.text(if at == 0 { " SET " } else { ", " });
        sql.value(&[*column, " = "].concat(), text);
    }
    sql.value(" WHERE id = ", id);
    execute(tx, &sql.text, sql.values).await?;
    Ok(())
}

/// `text` with `by` for each `name` that is no part of a longer word.
pub(super) fn replaced(text: &str, name: &str, by: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(name) {
        let last = before.chars().last().or_else(|| out.chars().last());
        let is_part = last.is_some_and(char::is_alphanumeric)
            || after.chars().next().is_some_and(char::is_alphanumeric);
        out.push_str(before);
        out.push_str(if is_part { name } else { by });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_are_told_says_no_name_and_no_link_any_more() {
        let said = Said {
            names: ["ann@example.com", "Ann Lee", "Bo"]
                .map(str::to_owned)
                .into(),
            links: HashSet::from(["https://x.test/ann".to_owned(), "@ann".to_owned()]),
            addresses: vec!["192.0.2.7".parse().unwrap()],
        };
        let text =
            "order 7 of Ann Lee (ann@example.com): \"https://x.test/ann\", @ann. Bo is a word";
        assert_eq!(
            said.taken_out_of(text),
            "order 7 of (erased) ((erased)): \"(erased)\", (erased). Bo is a word"
        );
        for other in [
            "https://x.test/anna",
            "Ann Leeson wrote",
            "joann@example.com",
            "the last from 192.0.2.77",
        ] {
            assert_eq!(said.taken_out_of(other), other);
        }
        assert_eq!(
            said.taken_out_of("the last from 192.0.2.7, 192.0.2.77"),
            "the last from (erased), 192.0.2.77"
        );
    }
}

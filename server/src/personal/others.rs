//! What is said of others in what is written out for a person: of staff, that it was staff; of other
//! accounts, that it was another one.

use std::collections::BTreeMap;

use serde_json::Value;

use super::mentions::replaced;
use super::store;
use crate::actor::{Actor, Role};
use crate::db::Tx;
use crate::error::Result;
use crate::ids::AccountId;

const STAFF: &str = "staff";
const ANOTHER: &str = "another account";

/// Columns that the panel or its people have written: a person's own words are left as they are.
const TOLD: [(&str, &str); 20] = [
    ("abuse_cases", "decided_reason"),
    ("abuse_cases", "evidence"),
    ("abuse_remarks", "evidence"),
    ("adjustment_proposals", "reason"),
    ("audit_log", "actor"),
    ("audit_log", "became"),
    ("audit_log", "reason"),
    ("audit_log", "was"),
    ("chargebacks", "reason"),
    ("count_checks", "fault"),
    ("deposit_reviews", "decision_reason"),
    ("dispatches", "reason"),
    ("disputes", "decision"),
    ("ledger", "note"),
    ("notices", "message"),
    ("order_events", "evidence"),
    ("suspensions", "lift_reason"),
    ("suspensions", "reason"),
    ("ticket_messages", "message"),
    ("tickets", "decision"),
];

/// Whom what is written out must not name.
pub(super) struct Others {
    /// Whose it is.
    own: AccountId,
    /// Names and addresses of staff, of those too who have left, longest first.
    staff: Vec<String>,
}

impl Others {
    /// Reads whom there is beside `own`.
    pub(super) async fn read(tx: &Tx, own: AccountId) -> Result<Others> {
        let mut staff = store::staff(tx).await?;
        staff.sort_by_key(|name| std::cmp::Reverse(name.len()));
        Ok(Others { own, staff })
    }

    /// Takes them out of a row of `table`.
    pub(super) fn take_out_of(&self, table: &str, row: &mut BTreeMap<String, String>) {
        let is_staff = row.get("actor").is_some_and(|actor| is_staff(actor));
        if table == "audit_log" && is_staff {
            row.remove("address");
        }
        // What the person has written is theirs, whomever it names.
        let is_own = |column: &str| {
            column == "message" && row.get("by_staff").is_some_and(|by| !is_true(by))
        };
        let told = TOLD
            .iter()
            .filter(|(of, column)| *of == table && !is_own(column));
        for column in told.map(|(_, column)| *column).collect::<Vec<_>>() {
            if let Some(text) = row.get_mut(column) {
                *text = self.told(text);
            }
        }
    }

    fn told(&self, text: &str) -> String {
        match serde_json::from_str(text) {
            Ok(mut value @ (Value::Object(_) | Value::Array(_))) => {
                self.take_out_of_value(&mut value);
                value.to_string()
            }
            Ok(_) | Err(_) => self.plain(text),
        }
    }

    fn take_out_of_value(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.plain(text),
            Value::Array(values) => values
                .iter_mut()
                .for_each(|one| self.take_out_of_value(one)),
            Value::Object(fields) => {
                let what = fields.get("what").and_then(Value::as_str);
                let is_of_account = what.is_some_and(|what| what.ends_with("account"));
                for (name, field) in fields.iter_mut() {
                    let is_number = matches!(name.as_str(), "account" | "account_id" | "accounts")
                        || (is_of_account && name == "seen");
                    match is_number {
                        true => self.take_out_numbers(field),
                        false => self.take_out_of_value(field),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// The same of what holds numbers of accounts.
    fn take_out_numbers(&self, value: &mut Value) {
        if let Value::Array(values) = value {
            return values.iter_mut().for_each(|one| self.take_out_numbers(one));
        }
        let number = match &*value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.parse().ok(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        match number {
            Some(number) if number == self.own.0 => {}
            Some(_) => *value = ANOTHER.into(),
            None => self.take_out_of_value(value),
        }
    }

    fn plain(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for name in &self.staff {
            text = replaced(&text, name, STAFF);
        }
        let is_end = |c: char| c.is_whitespace() || "\"'`,;()<>[]{}".contains(c);
        let words: Vec<String> = text
            .split(is_end)
            .map(|word| word.trim_end_matches(['.', ':', '!']).to_owned())
            .collect();
        let mut before = "";
        for word in &words {
            if is_staff(word) && word.contains(':') {
                text = replaced(&text, word, STAFF);
            } else if self.is_other(word) {
                text = replaced(&text, word, ANOTHER);
            } else if before.eq_ignore_ascii_case("account")
                && word.parse().is_ok_and(|id| AccountId(id) != self.own)
            {
                text = replaced(&text, &[before, word].join(" "), ANOTHER);
            }
            before = word;
        }
        match is_staff(&text) {
            true => STAFF.to_owned(),
            false => text,
        }
    }

    /// Whether it is how the audit log names another account, or who is of it.
    fn is_other(&self, word: &str) -> bool {
        let number = ["account:", "reseller:"]
            .iter()
            .find_map(|prefix| word.strip_prefix(prefix));
        let id = number.and_then(|number| number.parse().ok());
        id.is_some_and(|id| AccountId(id) != self.own)
    }
}

/// Whether it is how the audit log names somebody of the staff.
fn is_staff(name: &str) -> bool {
    let command = Actor::command().to_string();
    let kind = name.split_once(':').map_or(name, |(kind, _)| kind);
    kind == command
        || (name.contains(':')
            && matches!(Role::from_word(kind), Some(Role::Operator | Role::Support)))
}

/// As databases write what is true.
fn is_true(text: &str) -> bool {
    matches!(text, "1" | "t" | "true")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_are_staff_and_other_accounts_are_others() {
        let others = Others {
            own: AccountId(5),
            staff: vec!["olga@panel.test".to_owned(), "Olga Petrowa".to_owned()],
        };
        for (told, expected) in [
            ("operator:3", "staff"),
            ("command:ann", "staff"),
            ("command", "staff"),
            ("reseller:5", "reseller:5"),
            ("panel", "panel"),
            (
                "canceled by operator:3, who confirmed case 4",
                "canceled by staff, who confirmed case 4",
            ),
            ("by command:ann.", "by staff."),
            (
                "Olga Petrowa <olga@panel.test> saw it",
                "staff <staff> saw it",
            ),
            (
                "as account 7 did, and account 5",
                "as another account did, and account 5",
            ),
            ("moved from account:7", "moved from another account"),
            (
                r#"[{"what":"has the link of active orders of account","seen":"7"}]"#,
                r#"[{"seen":"another account","what":"has the link of active orders of account"}]"#,
            ),
            (
                r#"{"account":7,"by":"support:9","orders":[7]}"#,
                r#"{"account":"another account","by":"staff","orders":[7]}"#,
            ),
            ("order 7 of 1,000", "order 7 of 1,000"),
        ] {
            assert_eq!(sorted(&others.told(told)), sorted(expected), "{told}");
        }
    }

    /// JSON is compared whatever the order of its fields.
    fn sorted(text: &str) -> Value {
        serde_json::from_str(text).unwrap_or_else(|_| text.into())
    }

    #[test]
    fn a_persons_own_words_stay_and_addresses_of_staff_do_not() {
        let others = Others {
            own: AccountId(5),
            staff: vec!["Olga".to_owned()],
        };
        let row = |fields: &[(&str, &str)]| -> BTreeMap<String, String> {
            let fields = fields
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
            fields.collect()
        };
        let mut own = row(&[("by_staff", "false"), ("message", "Olga said so")]);
        others.take_out_of("ticket_messages", &mut own);
        assert_eq!(own["message"], "Olga said so");
        let mut answer = row(&[("by_staff", "1"), ("message", "Yours, Olga")]);
        others.take_out_of("ticket_messages", &mut answer);
        assert_eq!(answer["message"], "Yours, staff");
        let mut deed = row(&[("actor", "operator:3"), ("address", "192.0.2.1")]);
        others.take_out_of("audit_log", &mut deed);
        assert_eq!(deed, row(&[("actor", "staff")]));
        let mut deed = row(&[("actor", "reseller:5"), ("address", "192.0.2.1")]);
        others.take_out_of("audit_log", &mut deed);
        assert_eq!(deed["address"], "192.0.2.1");
    }
}

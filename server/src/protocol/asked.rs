//! Which orders or refills a request is about.

use std::collections::HashSet;

use super::params::sent;
use super::{BadCall, Params};

/// The most ids in one request. A longer list is refused whole: consumers do not notice a
/// truncated answer.
pub const MAX_IDS: usize = 100;

/// How much of an unreadable id is kept for the answer that is keyed by it, in characters.
const MAX_ID_TEXT: usize = 64;

/// Which ids are asked about; one and many have answers of different shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// One id, perhaps missing or unreadable.
    One(AskedId),
    /// 1 to [`MAX_IDS`] different ids, in the order asked.
    Many(Vec<AskedId>),
}

/// An id as the client wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AskedId {
    /// The trimmed text, by which answers are keyed; at most 64 characters.
    pub text: String,
    /// The number, at least 1; `None` if the text is anything but digits or too large.
    pub id: Option<i64>,
}

impl AskedId {
    /// Reads an id: digits only, 1 to 9,223,372,036,854,775,807.
    pub fn read(text: &str) -> AskedId {
        let text = text.trim();
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let id = text.parse().ok().filter(|id| digits && *id >= 1);
        AskedId {
            text: text.chars().take(MAX_ID_TEXT).collect(),
            id,
        }
    }

    /// What makes two spellings the same id.
    fn identity(&self) -> String {
        self.id
            .map_or_else(|| self.text.clone(), |id| id.to_string())
    }
}

impl Asked {
    /// The ids of a request: a non-empty list under `many` wins over `one`, and a list under `one`
    /// counts as many, because a widely copied client library sends it so.
    pub(super) fn read(params: &Params, one: &str, many: &str) -> Result<Asked, BadCall> {
        let mut ids = different_ids(params, many);
        if ids.is_empty() {
            ids = different_ids(params, one);
            let listed = ids.len() > 1 || params.all(one).any(|value| value.contains(','));
            if !listed || ids.is_empty() {
                return Ok(Asked::One(
                    ids.into_iter().next().unwrap_or_else(|| AskedId::read("")),
                ));
            }
        }
        if ids.len() > MAX_IDS {
            Err(BadCall::TooManyIds)
        } else {
            Ok(Asked::Many(ids))
        }
    }
}

/// The different ids under a name, comma-separated or repeated, without blanks; no more than are
/// needed to see that there are too many.
fn different_ids(params: &Params, name: &str) -> Vec<AskedId> {
    let mut known = HashSet::new();
    params
        .all(name)
        .filter_map(|value| sent(Some(value)))
        .flat_map(|value| value.split(','))
        .filter(|text| !text.trim().is_empty())
        .map(AskedId::read)
        .filter(|id| known.insert(id.identity()))
        .take(MAX_IDS + 1)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Action, Call};
    use super::*;

    type Wrap = fn(Asked) -> Action;

    fn read(form: &str) -> Result<Action, BadCall> {
        Call::read(Params::from_urlencoded(form.as_bytes()).unwrap()).action
    }

    fn many(ids: &[&str]) -> Asked {
        Asked::Many(ids.iter().map(|id| AskedId::read(id)).collect())
    }

    fn one(id: &str) -> Asked {
        Asked::One(AskedId::read(id))
    }

    #[test]
    fn ids_are_asked_for_in_every_way_that_clients_do() {
        for (form, asked) in [
            ("order=5", one("5")),
            ("order=+5+", one("5")),
            ("order[]=5", one("5")),
            ("order=5&order=5", one("5")),
            ("", one("")),
            ("order=", one("")),
            ("order=,", one("")),
            ("order=undefined", one("")),
            ("order=abc", one("abc")),
            ("order=5,", many(&["5"])),
            ("order=1,10", many(&["1", "10"])),
            ("orders=5", many(&["5"])),
            ("orders=+1+,+,x,2+,", many(&["1", "x", "2"])),
            ("orders=1&orders=2", many(&["1", "2"])),
            ("orders[]=1&orders[]=2", many(&["1", "2"])),
            ("orders[0]=1&orders[1]=2,3", many(&["1", "2", "3"])),
            ("orders=2,1,2,02", many(&["2", "1"])),
            ("orders=1&order=2", many(&["1"])),
            ("orders=&order=2", one("2")),
            ("orders=null&order=2", one("2")),
        ] {
            let asking: [(&str, Wrap); 3] = [
                ("status", Action::Status),
                ("refill", Action::Refill),
                ("cancel", Action::Cancel),
            ];
            for (action, wrap) in asking {
                let read = read(&format!("action={action}&{form}"));
                assert_eq!(read, Ok(wrap(asked.clone())), "{form}");
            }
        }
        assert_eq!(
            read("action=refill_status&refill=7"),
            Ok(Action::RefillStatus(one("7")))
        );
        let refills = read("action=refill_status&refills=7,8&orders=1");
        assert_eq!(refills, Ok(Action::RefillStatus(many(&["7", "8"]))));
    }

    #[test]
    fn json_ids_may_be_numbers_texts_and_lists() {
        for (body, asked) in [
            (r#"{"action":"status","order":5}"#, one("5")),
            (r#"{"action":"status","order":"5"}"#, one("5")),
            (r#"{"action":"status","orders":[1,"2"]}"#, many(&["1", "2"])),
            (r#"{"action":"status","orders":"1,2"}"#, many(&["1", "2"])),
            (r#"{"action":"status","orders":[],"order":3}"#, one("3")),
        ] {
            let params = Params::from_json(body.as_bytes()).unwrap();
            assert_eq!(
                Call::read(params).action,
                Ok(Action::Status(asked)),
                "{body}"
            );
        }
    }

    #[test]
    fn more_than_a_hundred_ids_are_refused_whole() {
        let list = |n: usize| (1..=n).map(|i| i.to_string()).collect::<Vec<_>>();
        let status = |ids: String| read(&format!("action=status&{ids}"));
        assert!(status(format!("orders={}", list(100).join(","))).is_ok());
        assert!(status(format!("orders={},,7,100", list(100).join(","))).is_ok());
        for n in [101, 10_000] {
            let refused = Err(BadCall::TooManyIds);
            assert_eq!(status(format!("orders={}", list(n).join(","))), refused);
            assert_eq!(status(format!("order={}", list(n).join(","))), refused);
            assert_eq!(
                status(format!("orders[]={}", list(n).join("&orders[]="))),
                refused
            );
        }
    }

    #[test]
    fn only_digits_from_one_up_are_ids() {
        for (text, id) in [
            ("1", Some(1)),
            ("007", Some(7)),
            ("9223372036854775807", Some(i64::MAX)),
            ("9223372036854775808", None),
            ("0", None),
            ("-1", None),
            ("+1", None),
            ("1.0", None),
            ("1e3", None),
            ("١", None),
            ("", None),
        ] {
            assert_eq!(AskedId::read(text).id, id, "{text}");
        }
        assert_eq!(AskedId::read(&"é".repeat(1000)).text.chars().count(), 64);
    }
}

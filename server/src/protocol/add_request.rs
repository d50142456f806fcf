//! The fields of `add`, as text: which of them a type of service needs is decided elsewhere.

use super::params::sent;
use super::steering::steering_fields;
use super::{BadCall, Params};

/// Declares [`AddRequest`] and [`DETAILS`] from one list of the fields that types need.
macro_rules! add_request {
    ($($(#[$meta:meta])* $field:ident),+ $(,)?) => {
        /// The fields of `add`. Values are trimmed; one that is blank, or what a client library
        /// writes for "no value", is `None`.
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct AddRequest {
            /// The service's id; `None` if missing or not a whole number.
            pub service: Option<i64>,
            /// Where to deliver. The only value that may still hold control characters: a bad
            /// link has an answer of its own.
            pub link: Option<String>,
            /// How many units, per run of a drip-feed; see [`whole_number`].
            pub quantity: Option<String>,
            /// The number of runs of a drip-feed.
            pub runs: Option<String>,
            /// Minutes between the runs of a drip-feed.
            pub interval: Option<String>,
            /// The extension for replay safety: a name of the client's for this order.
            pub request_id: Option<String>,
            /// The fields of [`STEERING_FIELDS`](super::STEERING_FIELDS) that were sent with a value,
            /// with it: the order is refused unless its service passes them on.
            pub steering: Vec<(&'static str, String)>,
            $($(#[$meta])* pub $field: Option<String>,)+
        }

        /// The wire names of the fields that belong to a type of service and pass through to a
        /// provider unchanged.
        pub const DETAILS: &[&str] = &[$(stringify!($field)),+];

        impl AddRequest {
            /// The fields of [`DETAILS`] that were sent, with their values.
            pub fn details(&self) -> impl Iterator<Item = (&'static str, &str)> {
                [$((stringify!($field), self.$field.as_deref())),+]
                    .into_iter()
                    .filter_map(|(name, value)| value.map(|value| (name, value)))
            }

            pub(super) fn read(params: &Params) -> Result<AddRequest, BadCall> {
                Ok(AddRequest {
                    service: field(params, "service")?.as_deref().and_then(whole_number),
                    link: sent(params.last("link")).map(str::to_owned),
                    quantity: field(params, "quantity")?,
                    runs: field(params, "runs")?,
                    interval: field(params, "interval")?,
                    request_id: field(params, "request_id")?,
                    steering: steering_fields(params),
                    $($field: field(params, stringify!($field))?,)+
                })
            }
        }
    };
}

add_request! {
    /// Comments, one per line.
    comments,
    /// User names, one per line.
    usernames,
    /// One user name: whose followers to mention, or whose comment to like or answer.
    username,
    /// Hashtags, one per line.
    hashtags,
    /// One hashtag.
    hashtag,
    /// The media whose likers are mentioned.
    media,
    /// Groups, one per line.
    groups,
    /// The answer of a poll to vote for.
    answer_number,
    /// Search words, one per line.
    keywords,
    /// The country of the visitors.
    country,
    /// The visitors' device: 1 desktop, 2 Android, 3 iOS, 4 mixed mobile, 5 mixed.
    device,
    /// Where visitors come from: 1 Google, 2 a referrer of the client's, 3 nowhere.
    type_of_traffic,
    /// The search word of visitors from Google.
    google_keyword,
    /// The referrer of the client's.
    referring_url,
}

/// The fields that are lists: values sent as an array are joined as lines, not dropped but one.
pub const LIST_FIELDS: [&str; 5] = ["comments", "usernames", "hashtags", "keywords", "groups"];

/// A field's text, free of control characters but those of lists. NUL above all: one database
/// stores it and the other refuses it.
fn field(params: &Params, name: &str) -> Result<Option<String>, BadCall> {
    let value = if LIST_FIELDS.contains(&name) {
        let lists: Vec<&str> = params
            .all(name)
            .filter_map(|value| sent(Some(value)))
            .collect();
        Some(lists.join("\n")).filter(|lists| !lists.is_empty())
    } else {
        sent(params.last(name)).map(str::to_owned)
    };
    let refused = |c: char| c.is_control() && !matches!(c, '\r' | '\n' | '\t');
    match value {
        Some(value) if value.contains(refused) => Err(BadCall::Incorrect),
        Some(_) | None => Ok(value),
    }
}

/// Splits a list field into its items: by `\r\n`, `\n` or `\r`, each trimmed, blanks dropped.
/// Without a real line break, the two characters `\n` separate: some bots send them so.
pub fn lines(list: &str) -> Vec<String> {
    let items = |parts: &mut dyn Iterator<Item = &str>| {
        parts
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(str::to_owned)
            .collect()
    };
    if list.trim().contains(['\r', '\n']) {
        items(&mut list.split(['\r', '\n']))
    } else {
        items(
            &mut list
                .split("\\n")
                .map(|item| item.trim().trim_end_matches("\\r")),
        )
    }
}

/// Reads a whole number: digits only after trimming, so `100.0`, `1,000`, `+5`, `-5`, `1e3` are
/// `None`. A number beyond the range is `i64::MAX`, so that the answer can be that it is more
/// than the maximum.
pub fn whole_number(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::{Action, Call};
    use super::*;

    fn read(form: &str) -> Result<Action, BadCall> {
        Call::read(Params::from_urlencoded(form.as_bytes()).unwrap()).action
    }

    fn add(form: &str) -> AddRequest {
        match read(&format!("action=add&{form}")) {
            Ok(Action::Add(request)) => *request,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn values_that_mean_nothing_are_absent() {
        let request = add(
            "service=1&link=+https://x.test/a+b+&quantity=1000&runs=undefined\
            &interval=None&comments=&username=null&device=NaN&media=+&charge=1&foo=bar",
        );
        assert_eq!(
            request,
            AddRequest {
                service: Some(1),
                link: Some("https://x.test/a b".to_owned()),
                quantity: Some("1000".to_owned()),
                ..AddRequest::default()
            }
        );
        assert_eq!(add("service=abc&link=undefined"), AddRequest::default());
    }

    #[test]
    fn every_detail_is_read_under_its_own_name() {
        let form: Vec<String> = DETAILS
            .iter()
            .map(|name| format!("{name}=<{name}>"))
            .collect();
        let request = add(&form.join("&"));
        let read: Vec<_> = request.details().collect();
        assert_eq!(read.len(), DETAILS.len());
        for (name, value) in read {
            assert_eq!(value, format!("<{name}>"));
        }
        assert_eq!(request.google_keyword.as_deref(), Some("<google_keyword>"));
    }

    #[test]
    fn a_list_sent_as_an_array_loses_no_item() {
        let body = br#"{"action":"add","comments":["good","great"],"quantity":[1,2]}"#;
        let Ok(Action::Add(request)) = Call::read(Params::from_json(body).unwrap()).action else {
            panic!("not an add");
        };
        assert_eq!(request.comments.as_deref(), Some("good\ngreat"));
        assert_eq!(request.quantity.as_deref(), Some("2"));
    }

    #[test]
    fn control_characters_are_refused_except_in_the_link_which_is_judged_later() {
        for form in [
            "comments=a%00b",
            "username=%1Bx",
            "service=1%00",
            "request_id=a%00b",
        ] {
            let read = read(&format!("action=add&link=x&{form}"));
            assert_eq!(read, Err(BadCall::Incorrect), "{form}");
        }
        assert_eq!(
            add("comments=a%09b%0D%0Ac").comments.as_deref(),
            Some("a\tb\r\nc")
        );
        assert_eq!(add("link=a%00b").link.as_deref(), Some("a\0b"));
    }

    #[test]
    fn lists_are_split_into_trimmed_lines_without_blanks() {
        for (list, items) in [
            (
                "good pic\ngreat\r\n\nlast",
                vec!["good pic", "great", "last"],
            ),
            (" a \r b\r\n", vec!["a", "b"]),
            ("a\\nb\\r\\nc", vec!["a", "b", "c"]),
            ("a\\nb\nc", vec!["a\\nb", "c"]),
            ("one", vec!["one"]),
            (" \n \r\n", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(lines(list), items, "{list:?}");
        }
    }

    #[test]
    fn whole_numbers_are_digits_only() {
        for (text, number) in [
            ("1000", Some(1000)),
            (" 100 ", Some(100)),
            ("0", Some(0)),
            ("99999999999999999999", Some(i64::MAX)),
        ] {
            assert_eq!(whole_number(text), number, "{text}");
        }
        for text in [
            "", " ", "-5", "+5", "1e3", "100.0", "1,000", "1 000", "abc", "0x10", "١",
        ] {
            assert_eq!(whole_number(text), None, "{text}");
        }
    }
}

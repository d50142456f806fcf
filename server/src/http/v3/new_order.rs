//! Orders as the typed API takes them, and how they become what the panel protocol asks for: the
//! checks and the charge have one home for both.

use poem_openapi::Object;
use poem_openapi::types::Example;
use serde::Deserialize;

use crate::accounts::Caller;
use crate::error::Refusal;
use crate::orders;
use crate::protocol::AddRequest;

/// The order that is to be placed. The type of the service decides which fields it needs; fields that
/// the type does not need are ignored.
#[derive(Debug, Clone, Default, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example, skip_serializing_if_is_none)]
pub(super) struct NewOrder {
    /// The number of the service, which `service_list` shows.
    pub(super) service_id: i64,
    /// Where the order is delivered: an http(s) address, with or without its scheme, or a user name,
    /// at most 2048 characters.
    link: String,
    /// How many units are ordered, for a drip-feed in each run: at least the service's `min`, and
    /// with all runs together at most its `max`.
    quantity: Option<i64>,
    /// How many runs a drip-feed has, each of `quantity` units: 1 to 1000. It needs
    /// `interval_minutes` too.
    runs: Option<i64>,
    /// How many minutes are between two runs of a drip-feed: 1 to 10080. It needs `runs` too.
    interval_minutes: Option<i64>,
    /// Your own name for the order, by which `order_list` finds it: 1 to 64 printable characters. Any
    /// number of orders may share one.
    reference: Option<String>,
    /// The comments that are written, one line each, at most 10000 characters in each, for
    /// `Custom Comments`, `Custom Comments Package` and `Comment Replies`. All texts of an order
    /// together have at most 65536 characters, and 250 more for each unit.
    comments: Option<Vec<String>>,
    /// The user names that are mentioned, at most 200 characters each, for `Mentions`,
    /// `Mentions with Hashtags` and `Mentions Custom List`.
    usernames: Option<Vec<String>>,
    /// The hashtags whose posts are mentioned, at most 200 characters each, for
    /// `Mentions with Hashtags`.
    hashtags: Option<Vec<String>>,
    /// The groups that members are invited from, at most 2048 characters each, for
    /// `Invites from Groups`.
    groups: Option<Vec<String>>,
    /// The words that are searched for, at most 200 characters each, for `SEO`.
    keywords: Option<Vec<String>>,
    /// The hashtag that is used, at most 200 characters, for `Mentions Hashtag`.
    hashtag: Option<String>,
    /// The user whose followers are mentioned, for `Mentions User Followers`; the user who wrote the
    /// comment, for `Comment Likes` and `Comment Replies`. It has at most 200 characters.
    username: Option<String>,
    /// The address of the media whose likers are mentioned, at most 2048 characters, for
    /// `Mentions Media Likers`.
    media: Option<String>,
    /// The number of the answer that is voted for, 0 to 1000, for `Poll`.
    answer_number: Option<i64>,
    /// The country that the visitors come from, such as `US`, at most 200 characters, for
    /// `Web Traffic`.
    country: Option<String>,
    /// The device that the visitors use, for `Web Traffic`: 1 desktop, 2 Android, 3 iOS, 4 mixed
    /// mobile, 5 mixed.
    device: Option<i64>,
    /// Where the visitors come from, for `Web Traffic`: 1 from Google (needs `google_keyword`), 2
    /// from a referrer (needs `referring_url`), 3 directly.
    type_of_traffic: Option<i64>,
    /// The words that the visitors search for, at most 200 characters, for `Web Traffic` from Google.
    google_keyword: Option<String>,
    /// The address that the visitors come from, at most 2048 characters, for `Web Traffic` from a
    /// referrer.
    referring_url: Option<String>,
}

impl Example for NewOrder {
    fn example() -> NewOrder {
        NewOrder {
            service_id: 1,
            link: "https://instagram.com/example".to_owned(),
            quantity: Some(1000),
            reference: Some("invoice 2026-117".to_owned()),
            ..NewOrder::default()
        }
    }
}

impl NewOrder {
    /// The same for the noun: of `caller`, safe to repeat under `key`.
    pub(super) fn of(
        self,
        caller: Caller,
        key: Option<String>,
    ) -> Result<orders::NewOrder, Refusal> {
        let number = |number: Option<i64>| number.map(|number| number.to_string());
        let request = AddRequest {
            service: Some(self.service_id),
            link: Some(self.link).filter(|link| !link.trim().is_empty()),
            quantity: number(self.quantity),
            runs: number(self.runs),
            interval: number(self.interval_minutes),
            request_id: key,
            // Unknown fields are refused by name before this.
            steering: Vec::new(),
            comments: list("comments", self.comments)?,
            usernames: list("usernames", self.usernames)?,
            username: text("username", self.username)?,
            hashtags: list("hashtags", self.hashtags)?,
            hashtag: text("hashtag", self.hashtag)?,
            media: text("media", self.media)?,
            groups: list("groups", self.groups)?,
            answer_number: number(self.answer_number),
            keywords: list("keywords", self.keywords)?,
            country: text("country", self.country)?,
            device: number(self.device),
            type_of_traffic: number(self.type_of_traffic),
            google_keyword: text("google_keyword", self.google_keyword)?,
            referring_url: text("referring_url", self.referring_url)?,
        };
        Ok(orders::NewOrder {
            account: caller.account,
            key: caller.proof.key(),
            caps: caller.caps,
            request,
            reference: self.reference,
        })
    }
}

/// A text without control characters; a blank one is absent.
fn text(field: &'static str, value: Option<String>) -> Result<Option<String>, Refusal> {
    let value = value.filter(|value| !value.trim().is_empty());
    match &value {
        Some(text) if text.contains(char::is_control) => Err(Refusal::FieldInvalid {
            field,
            expected: "text without line breaks and control characters",
        }),
        Some(_) | None => Ok(value),
    }
}

/// The entries of a list as lines. What the panel protocol would read as two entries or as none is
/// refused: the number of entries is what is charged.
fn list(field: &'static str, entries: Option<Vec<String>>) -> Result<Option<String>, Refusal> {
    let Some(entries) = entries.filter(|entries| !entries.is_empty()) else {
        return Ok(None);
    };
    let is_line = |entry: &String| {
        !entry.trim().is_empty() && !entry.contains(char::is_control) && !entry.contains("\\n")
    };
    if entries.iter().all(is_line) {
        Ok(Some(entries.join("\n")))
    } else {
        Err(Refusal::FieldInvalid {
            field,
            expected: "entries of one line each, none blank, without the characters \\n",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::{Caps, Proof};
    use crate::ids::{AccountId, KeyId};
    use crate::limits::{Holder, LimitTier};
    use crate::money::{Money, Percent};

    const CALLER: Caller = Caller {
        account: AccountId(1),
        balance: Money::ZERO,
        catalog_version: 1,
        caps: Caps::NONE,
        percent: Percent::ZERO,
        proof: Proof::Key(KeyId(1)),
        holder: Holder {
            who: 1,
            tier: LimitTier::Reseller,
            throttled_until: None,
        },
    };

    fn with_comments(comments: &[&str]) -> Result<orders::NewOrder, Refusal> {
        let order = NewOrder {
            comments: Some(comments.iter().map(|&c| c.to_owned()).collect()),
            ..NewOrder::example()
        };
        order.of(CALLER, None)
    }

    #[test]
    fn a_list_keeps_its_entries_and_refuses_what_would_change_their_number() {
        let order = with_comments(&["good", "great"]).unwrap();
        assert_eq!(order.request.comments.as_deref(), Some("good\ngreat"));
        for entries in [
            &["good", " "],
            &["a\nb", "c"],
            &["a\\nb", "c"],
            &["a\0", "c"],
        ] {
            let refused = with_comments(entries);
            assert!(matches!(
                refused,
                Err(Refusal::FieldInvalid {
                    field: "comments",
                    ..
                })
            ));
        }
    }

    #[test]
    fn the_same_order_has_one_fingerprint_on_both_faces() {
        use crate::orders::fingerprint::Fingerprint;
        use crate::protocol::{Action, Call, Params};

        let form = "action=add&service=1&link=https://instagram.com/example&quantity=1000";
        let call = Call::read(Params::from_urlencoded(form.as_bytes()).unwrap());
        let Ok(Action::Add(by_form)) = call.action else {
            panic!("not an add");
        };
        let by_json = NewOrder::example().of(CALLER, None).unwrap();
        assert_eq!(
            Fingerprint::of(&by_form, None),
            Fingerprint::of(&by_json.request, None)
        );
    }
}

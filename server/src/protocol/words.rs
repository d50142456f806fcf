//! The closed sets of the protocol: types of service, order statuses, refill statuses. The wire
//! text is exact, because consumers compare it letter by letter; reading is lenient, because
//! providers spell as they like.

use std::fmt;

use crate::vocabulary::words;

/// A type of service: it decides which fields `add` needs and how the order is priced.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ServiceType {
    /// `link`, `quantity`; may be drip-fed with `runs`, `interval`.
    Default,
    /// `link`; one package at a flat rate.
    Package,
    /// `link`, `comments`; the quantity is the number of comments.
    CustomComments,
    /// `link`, `comments`; one package at a flat rate.
    CustomCommentsPackage,
    /// `username`, `min`, `max`, `delay`, ...; each new post becomes an order of its own.
    Subscriptions,
    /// `link`, `quantity`, `groups`.
    InvitesFromGroups,
    /// `link`, `quantity`, `usernames`.
    Mentions,
    /// `link`, `quantity`, `usernames`, `hashtags`.
    MentionsWithHashtags,
    /// `link`, `usernames`; the quantity is the number of user names.
    MentionsCustomList,
    /// `link`, `quantity`, `hashtag`.
    MentionsHashtag,
    /// `link`, `quantity`, `username` whose followers are mentioned.
    MentionsUserFollowers,
    /// `link`, `quantity`, `media` whose likers are mentioned.
    MentionsMediaLikers,
    /// `link`, `quantity`, `username` of the comment's owner.
    CommentLikes,
    /// `link`, `username`, `comments`; the quantity is the number of comments.
    CommentReplies,
    /// `link`, `quantity`, `answer_number`.
    Poll,
    /// `link`, `quantity`, `keywords`.
    Seo,
    /// `link`, `quantity`, `country`, `device`, `type_of_traffic`, ...
    WebTraffic,
}

/// Where the quantity of an order comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum QuantitySource {
    /// The client's `quantity`.
    Sent,
    /// The number of non-blank lines of a list; a `quantity` that is sent too is ignored.
    Lines(ListField),
    /// Always one.
    One,
}

/// A field that is a list of lines and gives an order its quantity.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ListField {
    /// `comments`
    Comments,
    /// `usernames`
    Usernames,
}

impl ServiceType {
    /// Every type.
    pub const ALL: [ServiceType; 17] = [
        ServiceType::Default,
        ServiceType::Package,
        ServiceType::CustomComments,
        ServiceType::CustomCommentsPackage,
        ServiceType::Subscriptions,
        ServiceType::InvitesFromGroups,
        ServiceType::Mentions,
        ServiceType::MentionsWithHashtags,
        ServiceType::MentionsCustomList,
        ServiceType::MentionsHashtag,
        ServiceType::MentionsUserFollowers,
        ServiceType::MentionsMediaLikers,
        ServiceType::CommentLikes,
        ServiceType::CommentReplies,
        ServiceType::Poll,
        ServiceType::Seo,
        ServiceType::WebTraffic,
    ];

    /// The wire text, as stored and as `services` shows it.
    pub const fn word(self) -> &'static str {
        match self {
            ServiceType::Default => "Default",
            ServiceType::Package => "Package",
            ServiceType::CustomComments => "Custom Comments",
            ServiceType::CustomCommentsPackage => "Custom Comments Package",
            ServiceType::Subscriptions => "Subscriptions",
            ServiceType::InvitesFromGroups => "Invites from Groups",
            ServiceType::Mentions => "Mentions",
            ServiceType::MentionsWithHashtags => "Mentions with Hashtags",
            ServiceType::MentionsCustomList => "Mentions Custom List",
            ServiceType::MentionsHashtag => "Mentions Hashtag",
            ServiceType::MentionsUserFollowers => "Mentions User Followers",
            ServiceType::MentionsMediaLikers => "Mentions Media Likers",
            ServiceType::CommentLikes => "Comment Likes",
            ServiceType::CommentReplies => "Comment Replies",
            ServiceType::Poll => "Poll",
            ServiceType::Seo => "SEO",
            ServiceType::WebTraffic => "Web Traffic",
        }
    }

    /// Reads a type in any case, with spaces, underscores or hyphens between its words, as lesser
    /// panels write it (`mentions_hashtag`); `Custom Replies` is another name of Comment Replies.
    pub fn from_word(word: &str) -> Option<ServiceType> {
        let folded = fold(word);
        if folded == "customreplies" {
            return Some(ServiceType::CommentReplies);
        }
        ServiceType::ALL
            .into_iter()
            .find(|known| fold(known.word()) == folded)
    }

    /// A provider's word for a type as it is known by, whatever its spelling: lower case without
    /// blanks, underscores and hyphens; [`ServiceType::NO_WORD`] for none.
    pub fn provider_word(word: &str) -> String {
        match fold(word).as_str() {
            "" | "null" => ServiceType::NO_WORD.to_owned(),
            folded => folded.chars().take(ServiceType::MAX_WORD).collect(),
        }
    }

    /// The word of services that have none.
    pub const NO_WORD: &str = "none";

    /// The longest word for a type, in characters.
    pub const MAX_WORD: usize = 64;

    /// True for the types whose rate is the price of one package, not of 1000 units.
    pub const fn is_package(self) -> bool {
        matches!(
            self,
            ServiceType::Package | ServiceType::CustomCommentsPackage
        )
    }

    /// What the rate of this type is the price of.
    pub const fn rate_unit(self) -> &'static str {
        if self.is_package() {
            "per package"
        } else {
            "per 1000"
        }
    }

    /// Where the quantity of an order of this type comes from. A subscription has no quantity of
    /// its own (its children have), so it counts as one.
    pub const fn quantity_source(self) -> QuantitySource {
        match self {
            ServiceType::Package
            | ServiceType::CustomCommentsPackage
            | ServiceType::Subscriptions => QuantitySource::One,
            ServiceType::CustomComments | ServiceType::CommentReplies => {
                QuantitySource::Lines(ListField::Comments)
            }
            ServiceType::MentionsCustomList => QuantitySource::Lines(ListField::Usernames),
            ServiceType::Default
            | ServiceType::InvitesFromGroups
            | ServiceType::Mentions
            | ServiceType::MentionsWithHashtags
            | ServiceType::MentionsHashtag
            | ServiceType::MentionsUserFollowers
            | ServiceType::MentionsMediaLikers
            | ServiceType::CommentLikes
            | ServiceType::Poll
            | ServiceType::Seo
            | ServiceType::WebTraffic => QuantitySource::Sent,
        }
    }
}

impl fmt::Display for ServiceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

words! {
    /// The status of an order on the wire. Consumers match it case-sensitively: two l's in
    /// `Canceled` or a word like `Failed` leave their customer unrefunded for ever.
    pub enum OrderWord {
        /// Taken, not yet sent on.
        Pending = "Pending",
        /// Being delivered.
        InProgress = "In progress",
        /// Sent on, not yet being delivered.
        Processing = "Processing",
        /// Delivered.
        Completed = "Completed",
        /// Ended with `remains` undelivered; the charge of those is returned.
        Partial = "Partial",
        /// Ended with nothing delivered; the whole charge is returned.
        Canceled = "Canceled",
    }
}

impl OrderWord {
    /// Reads a provider's status. Refunded, failed, rejected and canceled orders are all
    /// `Canceled`: each means that nothing will be delivered and nothing is owed.
    ///
    /// `None` for every other word, `Error` among them (it speaks of the request, not of the
    /// order): the caller stores it and raises an alarm, and decides nothing by it.
    pub fn from_provider_word(word: &str) -> Option<OrderWord> {
        match provider_word(word).as_str() {
            "pending" | "awaiting" => Some(OrderWord::Pending),
            "inprogress" => Some(OrderWord::InProgress),
            "processing" | "process" => Some(OrderWord::Processing),
            "completed" | "complete" => Some(OrderWord::Completed),
            "partial" | "partiallycompleted" => Some(OrderWord::Partial),
            "canceled" | "cancelled" | "cancel" | "refunded" | "refund" | "refunds" | "fail"
            | "failed" | "rejected" => Some(OrderWord::Canceled),
            _ => None,
        }
    }
}

words! {
    /// The status of a refill on the wire.
    pub enum RefillWord {
        /// Asked for.
        Pending = "Pending",
        /// Being topped up.
        InProgress = "In progress",
        /// Topped up.
        Completed = "Completed",
        /// Refused by whoever would have done it.
        Rejected = "Rejected",
        /// Called off.
        Canceled = "Canceled",
    }
}

impl RefillWord {
    /// Reads a provider's refill status; `None` for an unknown word, which the caller stores.
    pub fn from_provider_word(word: &str) -> Option<RefillWord> {
        match provider_word(word).as_str() {
            "pending" | "awaiting" => Some(RefillWord::Pending),
            "inprogress" | "processing" => Some(RefillWord::InProgress),
            "completed" | "complete" => Some(RefillWord::Completed),
            "rejected" | "fail" | "failed" => Some(RefillWord::Rejected),
            "canceled" | "cancelled" | "cancel" => Some(RefillWord::Canceled),
            _ => None,
        }
    }
}

/// A provider's status word in the spelling by which words are compared and sorted: lower case,
/// without blanks, underscores and hyphens. Some installations leak the key of their translation
/// (`tasks.status.completed`, `order.status.completed`) instead of the word: its prefix is cut.
pub fn provider_word(word: &str) -> String {
    let folded = fold(word);
    ["tasks.status.", "order.status."]
        .iter()
        .find_map(|prefix| folded.strip_prefix(prefix))
        .map(str::to_owned)
        .unwrap_or(folded)
}

/// Lower case without spaces, underscores and hyphens.
fn fold(word: &str) -> String {
    word.chars()
        .filter(|c| !(c.is_whitespace() || matches!(c, '_' | '-')))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_reads_back_from_its_own_word_in_any_spelling() {
        for kind in ServiceType::ALL {
            let word = kind.word();
            let snake = word.to_lowercase().replace(' ', "_");
            for spelled in [
                word.to_owned(),
                word.to_uppercase(),
                snake,
                word.replace(' ', "-"),
            ] {
                assert_eq!(ServiceType::from_word(&spelled), Some(kind), "{spelled}");
            }
        }
        assert_eq!(
            ServiceType::from_word("Custom Replies"),
            Some(ServiceType::CommentReplies)
        );
        for unknown in ["", "Likes", "Package 2", "Default2"] {
            assert_eq!(ServiceType::from_word(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn the_quantity_comes_from_the_field_that_the_type_says() {
        use QuantitySource::{Lines, One, Sent};
        for (kind, source) in [
            (ServiceType::Default, Sent),
            (ServiceType::Package, One),
            (ServiceType::CustomComments, Lines(ListField::Comments)),
            (ServiceType::CustomCommentsPackage, One),
            (ServiceType::CommentReplies, Lines(ListField::Comments)),
            (ServiceType::MentionsCustomList, Lines(ListField::Usernames)),
            (ServiceType::Mentions, Sent),
            (ServiceType::WebTraffic, Sent),
        ] {
            assert_eq!(kind.quantity_source(), source, "{kind}");
        }
        let packages: Vec<_> = ServiceType::ALL
            .into_iter()
            .filter(|t| t.is_package())
            .collect();
        assert_eq!(
            packages,
            [ServiceType::Package, ServiceType::CustomCommentsPackage]
        );
    }

    #[test]
    fn providers_spell_their_statuses_as_they_like() {
        for (word, read) in [
            ("Pending", Some(OrderWord::Pending)),
            ("Awaiting", Some(OrderWord::Pending)),
            ("In progress", Some(OrderWord::InProgress)),
            ("Inprogress", Some(OrderWord::InProgress)),
            ("in_progress", Some(OrderWord::InProgress)),
            ("IN PROGRESS", Some(OrderWord::InProgress)),
            (" processing ", Some(OrderWord::Processing)),
            ("complete", Some(OrderWord::Completed)),
            ("tasks.status.completed", Some(OrderWord::Completed)),
            ("tasks.status.in_progress", Some(OrderWord::InProgress)),
            ("PARTIAL", Some(OrderWord::Partial)),
            ("Canceled", Some(OrderWord::Canceled)),
            ("Cancelled", Some(OrderWord::Canceled)),
            ("Refunded", Some(OrderWord::Canceled)),
            ("Refund", Some(OrderWord::Canceled)),
            ("REFUNDS", Some(OrderWord::Canceled)),
            ("process", Some(OrderWord::Processing)),
            ("pRoCeSs", Some(OrderWord::Processing)),
            ("order.status.completed", Some(OrderWord::Completed)),
            ("Order.Status.In_Progress", Some(OrderWord::InProgress)),
            ("order.status.refund", Some(OrderWord::Canceled)),
            ("Fail", Some(OrderWord::Canceled)),
            ("Failed", Some(OrderWord::Canceled)),
            ("Rejected", Some(OrderWord::Canceled)),
            ("Error", None),
            ("Refill", None),
            ("Paused", None),
            ("success", None),
            ("3", None),
            ("1.0", None),
            ("order.status.", None),
            ("order.status.error", None),
            ("status.completed", None),
            ("Not completed", None),
            ("Partial refund", None),
            ("", None),
        ] {
            assert_eq!(OrderWord::from_provider_word(word), read, "{word:?}");
        }
        for word in OrderWord::ALL {
            assert_eq!(OrderWord::from_provider_word(word.word()), Some(*word));
        }
        for word in RefillWord::ALL {
            assert_eq!(RefillWord::from_provider_word(word.word()), Some(*word));
        }
        assert_eq!(RefillWord::from_provider_word("Error"), None);
        assert_eq!(
            RefillWord::from_provider_word("tasks.status.completed"),
            Some(RefillWord::Completed)
        );
    }
}

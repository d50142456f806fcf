//! An order of each type of service.

use crate::NewOrder;

/// # An order of each type
///
/// What an order needs beside its service and link is told by the [type](crate::ServiceType) of its
/// service. Each function here takes what its type needs; what may be added to any order has a function
/// further down.
///
/// ```
/// use smm_panel_sdk::NewOrder;
///
/// let followers = NewOrder::new(1, "https://instagram.com/example").quantity(1000);
/// let slowly = followers.drip_feed(10, 60).reference("invoice 117");
/// let comments = NewOrder::custom_comments(9, "https://instagram.com/p/Cx2", ["good", "great"]);
/// let votes = NewOrder::poll(12, "https://x.com/example/status/1", 500, 2);
/// # assert_eq!(slowly.runs, Some(10));
/// # assert_eq!(comments.comments.map(|list| list.len()), Some(2));
/// # assert_eq!((votes.quantity, votes.answer_number), (Some(500), Some(2)));
/// ```
impl NewOrder {
    /// An order of the service for the link: an http(s) address, with or without its scheme, or a user
    /// name. With [`quantity`](NewOrder::quantity) it is one of the type `Default`.
    ///
    /// ```
    /// use smm_panel_sdk::NewOrder;
    ///
    /// let order = NewOrder::new(1, "https://instagram.com/example").quantity(1000);
    /// # assert_eq!(order.quantity, Some(1000));
    /// ```
    pub fn new(service_id: i64, link: impl Into<String>) -> NewOrder {
        NewOrder {
            service_id,
            link: link.into(),
            quantity: None,
            runs: None,
            interval_minutes: None,
            reference: None,
            comments: None,
            usernames: None,
            hashtags: None,
            groups: None,
            keywords: None,
            hashtag: None,
            username: None,
            media: None,
            answer_number: None,
            country: None,
            device: None,
            type_of_traffic: None,
            google_keyword: None,
            referring_url: None,
        }
    }

    /// `Package`: one package, at the price of the service.
    ///
    /// ```
    /// let order = smm_panel_sdk::NewOrder::package(4, "https://instagram.com/example");
    /// # assert_eq!(order.quantity, None);
    /// ```
    pub fn package(service_id: i64, link: impl Into<String>) -> NewOrder {
        NewOrder::new(service_id, link)
    }

    /// `Custom Comments`: one unit for each comment, a line of at most 10,000 characters.
    ///
    /// ```
    /// # use smm_panel_sdk::NewOrder;
    /// let order = NewOrder::custom_comments(9, "https://instagram.com/p/Cx2", ["good", "great"]);
    /// # assert_eq!(order.comments.map(|list| list.len()), Some(2));
    /// ```
    pub fn custom_comments<C: Into<String>>(
        service_id: i64,
        link: impl Into<String>,
        comments: impl IntoIterator<Item = C>,
    ) -> NewOrder {
        NewOrder::new(service_id, link).comments(comments)
    }

    /// `Custom Comments Package`: one package, with the comments that are written in turn.
    ///
    /// ```
    /// # use smm_panel_sdk::NewOrder;
    /// let link = "https://instagram.com/p/Cx2";
    /// let order = NewOrder::custom_comments_package(10, link, ["good", "great"]);
    /// # assert_eq!(order.quantity, None);
    /// ```
    pub fn custom_comments_package<C: Into<String>>(
        service_id: i64,
        link: impl Into<String>,
        comments: impl IntoIterator<Item = C>,
    ) -> NewOrder {
        NewOrder::new(service_id, link).comments(comments)
    }

    /// `Comment Replies`: one unit for each reply to the comment that `username` wrote.
    ///
    /// ```
    /// # use smm_panel_sdk::NewOrder;
    /// let link = "https://instagram.com/p/Cx2";
    /// let order = NewOrder::comment_replies(11, link, "example", ["thanks"]);
    /// # assert_eq!(order.username.as_deref(), Some("example"));
    /// ```
    pub fn comment_replies<C: Into<String>>(
        service_id: i64,
        link: impl Into<String>,
        username: impl Into<String>,
        replies: impl IntoIterator<Item = C>,
    ) -> NewOrder {
        NewOrder::new(service_id, link)
            .username(username)
            .comments(replies)
    }

    /// `Comment Likes`: likes of the comment that `username` wrote.
    ///
    /// ```
    /// # use smm_panel_sdk::NewOrder;
    /// let order = NewOrder::comment_likes(12, "https://instagram.com/p/Cx2", 100, "example");
    /// # assert_eq!(order.quantity, Some(100));
    /// ```
    pub fn comment_likes(
        service_id: i64,
        link: impl Into<String>,
        quantity: i64,
        username: impl Into<String>,
    ) -> NewOrder {
        NewOrder::new(service_id, link)
            .quantity(quantity)
            .username(username)
    }

    /// `Mentions`: mentions of users from the list.
    ///
    /// ```
    /// # use smm_panel_sdk::NewOrder;
    /// let order = NewOrder::mentions(13, "https://instagram.com/p/Cx2", 50, ["ann", "bob"]);
    /// # assert_eq!(order.usernames.map(|list| list.len()), Some(2));
    /// ```
    pub fn mentions<U: Into<String>>(
        service_id: i64,
        link: impl Into<String>,
        quantity: i64,
        usernames: impl IntoIterator<Item = U>,
    ) -> NewOrder {
        NewOrder::new(service_id, link)
            .quantity(quantity)
            .usernames(usernames)
    }

    /// `Mentions with Hashtags`: mentions of users from the list and of who posted under the hashtags.
    ///
    /// ```
    /// # use smm_panel_sdk::NewOrder;
    /// let link = "https://instagram.com/p/Cx2";
    /// let order = NewOrder::mentions_with_hashtags(14, link, 50, ["ann"], ["travel"]);
    /// # assert_eq!(order.hashtags.map(|list| list.len()), Some(1));
    /// ```
    pub fn mentions_with_hashtags<U: Into<String>, H: Into<String>>(
        service_id: i64,
        link: impl Into<String>,
        quantity: i64,
        usernames: impl IntoIterator<Item = U>,
        hashtags: impl IntoIterator<Item = H>,
    ) -> NewOrder {
        NewOrder::mentions(service_id, link, quantity, usernames).hashtags(hashtags)
    }

    /// `Mentions Custom List`: one unit for each user to mention.
    ///
    /// ```
    /// # use smm_panel_sdk::NewOrder;
    /// let link = "https://instagram.com/p/Cx2";
    /// let order = NewOrder::mentions_custom_list(15, link, ["ann", "bob"]);
    /// # assert_eq!(order.quantity, None);
    /// ```
    pub fn mentions_custom_list<U: Into<String>>(
        service_id: i64,
        link: impl Into<String>,
        usernames: impl IntoIterator<Item = U>,
    ) -> NewOrder {
        NewOrder::new(service_id, link).usernames(usernames)
    }

    /// `Mentions Hashtag`: mentions of who posted under the hashtag.
    ///
    /// ```
    /// # use smm_panel_sdk::NewOrder;
    /// let order = NewOrder::mentions_hashtag(16, "https://instagram.com/p/Cx2", 50, "travel");
    /// # assert_eq!(order.hashtag.as_deref(), Some("travel"));
    /// ```
    pub fn mentions_hashtag(
        service_id: i64,
        link: impl Into<String>,
        quantity: i64,
        hashtag: impl Into<String>,
    ) -> NewOrder {
        NewOrder::new(service_id, link)
            .quantity(quantity)
            .hashtag(hashtag)
    }

    /// `Mentions User Followers`: mentions of the followers of `username`.
    ///
    /// ```
    /// # use smm_panel_sdk::NewOrder;
    /// let link = "https://instagram.com/p/Cx2";
    /// let order = NewOrder::mentions_user_followers(17, link, 50, "example");
    /// # assert_eq!(order.username.as_deref(), Some("example"));
    /// ```
    pub fn mentions_user_followers(
        service_id: i64,
        link: impl Into<String>,
        quantity: i64,
        username: impl Into<String>,
    ) -> NewOrder {
        NewOrder::new(service_id, link)
            .quantity(quantity)
            .username(username)
    }

    /// `Mentions Media Likers`: mentions of who liked the media at the address.
    ///
    /// ```
    /// # use smm_panel_sdk::NewOrder;
    /// let link = "https://instagram.com/p/Cx2";
    /// let order = NewOrder::mentions_media_likers(18, link, 50, "https://instagram.com/p/Cx9");
    /// # assert!(order.media.is_some());
    /// ```
    pub fn mentions_media_likers(
        service_id: i64,
        link: impl Into<String>,
        quantity: i64,
        media: impl Into<String>,
    ) -> NewOrder {
        NewOrder::new(service_id, link)
            .quantity(quantity)
            .media(media)
    }

    /// `Poll`: votes for the answer of this number, 0 to 1000.
    ///
    /// ```
    /// # use smm_panel_sdk::NewOrder;
    /// let order = NewOrder::poll(19, "https://x.com/example/status/1", 500, 2);
    /// # assert_eq!(order.answer_number, Some(2));
    /// ```
    pub fn poll(
        service_id: i64,
        link: impl Into<String>,
        quantity: i64,
        answer_number: i64,
    ) -> NewOrder {
        NewOrder::new(service_id, link)
            .quantity(quantity)
            .answer_number(answer_number)
    }

    /// `Invites from Groups`: invitations of the members of the groups.
    ///
    /// ```
    /// # use smm_panel_sdk::NewOrder;
    /// let groups = ["https://t.me/example"];
    /// let order = NewOrder::invites_from_groups(20, "https://t.me/mine", 500, groups);
    /// # assert_eq!(order.groups.map(|list| list.len()), Some(1));
    /// ```
    pub fn invites_from_groups<G: Into<String>>(
        service_id: i64,
        link: impl Into<String>,
        quantity: i64,
        groups: impl IntoIterator<Item = G>,
    ) -> NewOrder {
        NewOrder::new(service_id, link)
            .quantity(quantity)
            .groups(groups)
    }

    /// `SEO`: visits by searching for the words.
    ///
    /// ```
    /// # use smm_panel_sdk::NewOrder;
    /// let order = NewOrder::seo(21, "https://shop.example", 500, ["red shoes"]);
    /// # assert_eq!(order.keywords.map(|list| list.len()), Some(1));
    /// ```
    pub fn seo<K: Into<String>>(
        service_id: i64,
        link: impl Into<String>,
        quantity: i64,
        keywords: impl IntoIterator<Item = K>,
    ) -> NewOrder {
        NewOrder::new(service_id, link)
            .quantity(quantity)
            .keywords(keywords)
    }

    /// `Web Traffic`: visits from a country, such as `US`, with a device, from somewhere.
    ///
    /// ```
    /// # use smm_panel_sdk::NewOrder;
    /// use smm_panel_sdk::{Device, TrafficSource};
    ///
    /// let from = TrafficSource::Google("red shoes".to_owned());
    /// let order = NewOrder::web_traffic(22, "https://shop.example", 500, "US", Device::Mixed, from);
    /// # assert_eq!((order.device, order.type_of_traffic), (Some(5), Some(1)));
    /// ```
    pub fn web_traffic(
        service_id: i64,
        link: impl Into<String>,
        quantity: i64,
        country: impl Into<String>,
        device: Device,
        source: TrafficSource,
    ) -> NewOrder {
        let mut order = NewOrder::new(service_id, link).quantity(quantity);
        order.country = Some(country.into());
        order.device = Some(device.number());
        let (number, google_keyword, referring_url) = match source {
            TrafficSource::Google(keyword) => (1, Some(keyword), None),
            TrafficSource::Referrer(url) => (2, None, Some(url)),
            TrafficSource::Direct => (3, None, None),
        };
        order.type_of_traffic = Some(number);
        (order.google_keyword, order.referring_url) = (google_keyword, referring_url);
        order
    }
}

/// What the visitors of `Web Traffic` use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Device {
    /// A desktop computer.
    Desktop,
    /// A telephone with Android.
    Android,
    /// A telephone with iOS.
    Ios,
    /// Telephones of both kinds.
    MixedMobile,
    /// All of them.
    Mixed,
}

impl Device {
    const fn number(self) -> i64 {
        match self {
            Device::Desktop => 1,
            Device::Android => 2,
            Device::Ios => 3,
            Device::MixedMobile => 4,
            Device::Mixed => 5,
        }
    }
}

/// Where the visitors of `Web Traffic` come from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrafficSource {
    /// From Google, by searching for this, at most 200 characters.
    Google(String),
    /// From a page at this address, at most 2048 characters.
    Referrer(String),
    /// From nowhere: the address was typed.
    Direct,
}

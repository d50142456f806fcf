//! Putting an order together.

use crate::types::NewOrder;

impl NewOrder {
    /// An order of the service for the link; what its type needs beside them is added with the
    /// other functions, or by setting the fields.
    ///
    /// ```
    /// use smm_panel_sdk::NewOrder;
    ///
    /// let followers = NewOrder::new(1, "https://instagram.com/example").quantity(1000);
    /// let slowly = followers.clone().drip_feed(10, 60).reference("invoice 117");
    /// let comments = NewOrder::new(9, "https://instagram.com/p/Cx2").comments(["good", "great"]);
    /// # assert_eq!((slowly.runs, comments.comments.map(|list| list.len())), (Some(10), Some(2)));
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

    /// Units; per run of a drip-feed.
    #[must_use]
    pub fn quantity(mut self, units: i64) -> NewOrder {
        self.quantity = Some(units);
        self
    }

    /// In `runs` (1 to 1000) of the quantity each, `interval_minutes` (1 to 10080) apart.
    #[must_use]
    pub fn drip_feed(mut self, runs: i64, interval_minutes: i64) -> NewOrder {
        (self.runs, self.interval_minutes) = (Some(runs), Some(interval_minutes));
        self
    }

    /// Your own name for the order, to find it by: 1 to 64 printable characters.
    #[must_use]
    pub fn reference(mut self, name: impl Into<String>) -> NewOrder {
        self.reference = Some(name.into());
        self
    }

    /// The comments, one line each; their number is the quantity of `Custom Comments`.
    #[must_use]
    pub fn comments<C: Into<String>>(mut self, comments: impl IntoIterator<Item = C>) -> NewOrder {
        self.comments = Some(comments.into_iter().map(Into::into).collect());
        self
    }
}

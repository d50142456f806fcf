//! Putting an order together: its required parts by the type of its service are in `order_types`.

use crate::{BatchOrder, NewOrder};

fn list<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Option<Vec<String>> {
    Some(texts.into_iter().map(Into::into).collect())
}

/// # What may be added to an order
impl NewOrder {
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

    /// The comments, one line each.
    #[must_use]
    pub fn comments<C: Into<String>>(mut self, comments: impl IntoIterator<Item = C>) -> NewOrder {
        self.comments = list(comments);
        self
    }

    /// The user names to mention, at most 200 characters each.
    #[must_use]
    pub fn usernames<U: Into<String>>(mut self, names: impl IntoIterator<Item = U>) -> NewOrder {
        self.usernames = list(names);
        self
    }

    /// The user whose followers or whose comment is meant, at most 200 characters.
    #[must_use]
    pub fn username(mut self, name: impl Into<String>) -> NewOrder {
        self.username = Some(name.into());
        self
    }

    /// The hashtags whose posts are mentioned, at most 200 characters each.
    #[must_use]
    pub fn hashtags<H: Into<String>>(mut self, hashtags: impl IntoIterator<Item = H>) -> NewOrder {
        self.hashtags = list(hashtags);
        self
    }

    /// The hashtag whose posts are mentioned, at most 200 characters.
    #[must_use]
    pub fn hashtag(mut self, hashtag: impl Into<String>) -> NewOrder {
        self.hashtag = Some(hashtag.into());
        self
    }

    /// The address of the media whose likers are mentioned, at most 2048 characters.
    #[must_use]
    pub fn media(mut self, url: impl Into<String>) -> NewOrder {
        self.media = Some(url.into());
        self
    }

    /// The number of the answer to vote for, 0 to 1000.
    #[must_use]
    pub fn answer_number(mut self, number: i64) -> NewOrder {
        self.answer_number = Some(number);
        self
    }

    /// The groups to invite from, at most 2048 characters each.
    #[must_use]
    pub fn groups<G: Into<String>>(mut self, groups: impl IntoIterator<Item = G>) -> NewOrder {
        self.groups = list(groups);
        self
    }

    /// The words to search for, at most 200 characters each.
    #[must_use]
    pub fn keywords<K: Into<String>>(mut self, keywords: impl IntoIterator<Item = K>) -> NewOrder {
        self.keywords = list(keywords);
        self
    }
}

/// # One of many orders
impl BatchOrder {
    /// One of many orders, under an idempotency key of its own that is made when it is placed.
    ///
    /// ```
    /// use smm_panel_sdk::{BatchOrder, NewOrder};
    ///
    /// let order = NewOrder::new(1, "https://instagram.com/example").quantity(1000);
    /// let order = BatchOrder::new(order).idempotency_key("invoice-117");
    /// # assert_eq!(order.idempotency_key.as_deref(), Some("invoice-117"));
    /// ```
    pub fn new(order: NewOrder) -> BatchOrder {
        BatchOrder {
            idempotency_key: None,
            order,
        }
    }

    /// The idempotency key: 1 to 64 printable ASCII characters of yours.
    #[must_use]
    pub fn idempotency_key(mut self, key: impl Into<String>) -> BatchOrder {
        self.idempotency_key = Some(key.into());
        self
    }
}

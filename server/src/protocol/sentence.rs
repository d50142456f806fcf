//! The exact error sentences of the protocol. Consuming panels compare them as text to decide
//! about money (keep queued, wait, refund, give up), so a changed letter changes what they do.

/// The key or the action is missing, the action is unknown, or the request cannot be read.
pub const INCORRECT_REQUEST: &str = "Incorrect request";
/// The key belongs to nobody.
pub const INVALID_API_KEY: &str = "Invalid API key";
/// The account is suspended: the answer to every action.
pub const ACCOUNT_SUSPENDED: &str = "Your account has been suspended.";
/// There is no such service, or it is not sold.
pub const INCORRECT_SERVICE_ID: &str = "Incorrect service ID";
/// The link is missing or not one that can be served.
pub const BAD_LINK: &str = "Bad link";
/// Only this whole sentence makes consumers keep an order queued instead of refunding it.
pub const NOT_ENOUGH_FUNDS: &str = "Not enough funds on balance";
/// The service takes one active order per link; consumers queue behind it.
pub const ACTIVE_ORDER_ON_LINK: &str =
    "You have active order with this link. Please wait until order being completed.";
/// `runs` for a service that is not sold in runs.
pub const DRIPFEED_DISABLED: &str = "Drip-feed is disabled for this service";
/// A `request_id` under which a different order was placed.
pub const REQUEST_ID_REUSED: &str = "request_id was used for another order";
/// No such order, or one of another account: the two are never told apart.
pub const INCORRECT_ORDER_ID: &str = "Incorrect order ID";
/// No such refill, or one of another account.
pub const REFILL_NOT_FOUND: &str = "Refill not found";
/// More ids in one request than [`super::MAX_IDS`].
pub const TOO_MANY_IDS: &str = "Too many IDs. Maximum is 100";
/// The service was sold without a refill guarantee.
pub const REFILL_DISABLED: &str = "Refill is disabled for this service";
/// Only a completed order can be refilled.
pub const NOT_COMPLETED: &str = "The order is not completed";
/// A refill is due 24 hours after completion, and 24 hours after the last one.
pub const REFILL_TOO_SOON: &str =
    "The order was completed or refill was requested less than 24 hours ago";
/// The guarantee period has ended: the one refusal after which consumers stop asking.
pub const REFILL_DAYS_ARE_OVER: &str = "Refill days are over";
/// The service does not take cancels.
pub const CANCEL_DISABLED: &str = "Cancel is disabled for this service";
/// The order was delivered, wholly or in part.
pub const CANNOT_BE_CANCELED: &str = "The order cannot be canceled";
/// Too many requests; never sent on `status` and `services`, whose limited answers are empty.
pub const RATE_LIMIT_EXCEEDED: &str = "Rate limit exceeded";

/// The quantity is below `min`, or missing, or not a whole number.
pub fn quantity_less_than(min: i64) -> String {
    format!("Quantity less than minimal {min}")
}

/// The quantity, times the runs of a drip-feed, is above `max`.
pub fn quantity_more_than(max: i64) -> String {
    format!("Quantity more than maximum {max}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantity_sentences_name_the_limit() {
        assert_eq!(quantity_less_than(50), "Quantity less than minimal 50");
        assert_eq!(
            quantity_more_than(10_000),
            "Quantity more than maximum 10000"
        );
    }

    #[test]
    fn the_sentence_about_too_many_ids_names_the_limit() {
        assert!(TOO_MANY_IDS.ends_with(&format!(" {}", crate::protocol::MAX_IDS)));
    }
}

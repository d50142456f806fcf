//! The codes of errors: the closed list of the typed APIs, with the status and the meaning of each.

use poem::http::StatusCode;

use crate::vocabulary::words;

words! {
    /// What was wrong: the closed list of the typed API.
    pub(crate) enum Code {
        /// The request is not of the documented form.
        RequestInvalid = "request_invalid",
        /// No key, or not a good one.
        KeyInvalid = "key_invalid",
        /// The wallet does not cover the charge.
        NotEnoughFunds = "not_enough_funds",
        /// A person suspended the account.
        AccountSuspended = "account_suspended",
        /// The key is blocked until a person has looked.
        KeyBlocked = "key_blocked",
        /// The caller's role does not allow it.
        Forbidden = "forbidden",
        /// The key may not be used for this.
        ScopeMissing = "scope_missing",
        /// The key may not be used from there.
        AddressNotAllowed = "address_not_allowed",
        /// Only somebody who has signed in may do it.
        SessionNeeded = "session_needed",
        /// Who is signed in has not proved lately that it is them.
        ConfirmationNeeded = "confirmation_needed",
        /// More than the key may do by one action.
        AboveKeyLimit = "above_key_limit",
        /// The address, the password or the code is wrong.
        SignInFailed = "sign_in_failed",
        /// Signing in needs a code.
        TotpRequired = "totp_required",
        /// Somebody has tried too often.
        TooManyAttempts = "too_many_attempts",
        /// More was asked for than the limits of the key, or of its address, let through.
        RateLimited = "rate_limited",
        /// Accounts are opened by the operator.
        SignUpClosed = "sign_up_closed",
        /// The cap of the day does not cover the charge.
        SpendCapReached = "spend_cap_reached",
        /// There is no such thing, or it is not the caller's.
        ObjectUnknown = "object_unknown",
        /// Its name is taken.
        NameTaken = "name_taken",
        /// What it is now does not allow it.
        StateConflict = "state_conflict",
        /// There is no such path.
        RouteUnknown = "route_unknown",
        /// There is no such order of this account.
        OrderUnknown = "order_unknown",
        /// There is no such refill of this account.
        RefillUnknown = "refill_unknown",
        /// The path does not take this method.
        MethodNotAllowed = "method_not_allowed",
        /// The link has an active order, and the service takes one at a time.
        ActiveOrderOnLink = "active_order_on_link",
        /// The service does not take cancels of orders that were sent.
        CancelDisabled = "cancel_disabled",
        /// The order has ended with delivery.
        OrderNotCancelable = "order_not_cancelable",
        /// Not sold with a refill guarantee.
        RefillDisabled = "refill_disabled",
        /// Only completed orders are refilled.
        OrderNotCompleted = "order_not_completed",
        /// A refill may be asked for later.
        RefillTooSoon = "refill_too_soon",
        /// The guarantee has ended.
        RefillPeriodOver = "refill_period_over",
        /// Another order of the account was active on the link.
        OrderOverlapping = "order_overlapping",
        /// The time for a dispute is over.
        DisputePeriodOver = "dispute_period_over",
        /// A dispute of the order is open.
        DisputeOpen = "dispute_open",
        /// More than is left of the charge.
        AmountAboveLeft = "amount_above_left",
        /// The body is larger than the panel reads.
        BodyTooLarge = "body_too_large",
        /// The body comes too slowly to be waited for.
        BodyTooSlow = "body_too_slow",
        /// The body is not of the documented media type.
        MediaTypeUnsupported = "media_type_unsupported",
        /// There is no such service, or it is not sold.
        ServiceUnknown = "service_unknown",
        /// The link cannot be served.
        LinkBad = "link_bad",
        /// Nothing takes deposits here but a person.
        DepositsClosed = "deposits_closed",
        /// The payment gateway does not answer.
        GatewayUnavailable = "gateway_unavailable",
        /// The deposit is too small.
        AmountBelowMin = "amount_below_min",
        /// A field that the service's type needs is missing.
        FieldMissing = "field_missing",
        /// A field has a value that cannot be taken.
        FieldInvalid = "field_invalid",
        /// Below the service's minimum.
        QuantityBelowMin = "quantity_below_min",
        /// Above the service's maximum.
        QuantityAboveMax = "quantity_above_max",
        /// The charge leaves the range of one order.
        ChargeOutOfRange = "charge_out_of_range",
        /// The service is not sold in runs.
        DripfeedDisabled = "dripfeed_disabled",
        /// Runs without an interval, or out of range.
        DripfeedInvalid = "dripfeed_invalid",
        /// The key was used for another order.
        IdempotencyKeyReused = "idempotency_key_reused",
        /// A fault of the panel.
        Internal = "internal",
        /// The panel cannot answer now.
        Unavailable = "unavailable",
    }
}

impl Code {
    /// The HTTP status that goes with it.
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Code::RequestInvalid => StatusCode::BAD_REQUEST,
            Code::KeyInvalid | Code::SignInFailed | Code::TotpRequired => StatusCode::UNAUTHORIZED,
            Code::NotEnoughFunds | Code::SpendCapReached => StatusCode::PAYMENT_REQUIRED,
            Code::AccountSuspended
            | Code::KeyBlocked
            | Code::Forbidden
            | Code::ScopeMissing
            | Code::AddressNotAllowed
            | Code::SessionNeeded
            | Code::ConfirmationNeeded
            | Code::AboveKeyLimit
            | Code::SignUpClosed => StatusCode::FORBIDDEN,
            Code::TooManyAttempts | Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Code::RouteUnknown | Code::ObjectUnknown | Code::OrderUnknown | Code::RefillUnknown => {
                StatusCode::NOT_FOUND
            }
            Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Code::NameTaken
            | Code::StateConflict
            | Code::DepositsClosed
            | Code::ActiveOrderOnLink
            | Code::CancelDisabled
            | Code::OrderNotCancelable
            | Code::RefillDisabled
            | Code::OrderNotCompleted
            | Code::RefillTooSoon
            | Code::RefillPeriodOver
            | Code::OrderOverlapping
            | Code::DisputePeriodOver
            | Code::DisputeOpen
            | Code::AmountAboveLeft => StatusCode::CONFLICT,
            Code::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Code::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Code::MediaTypeUnsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Code::ServiceUnknown
            | Code::LinkBad
            | Code::FieldMissing
            | Code::AmountBelowMin
            | Code::FieldInvalid
            | Code::QuantityBelowMin
            | Code::QuantityAboveMax
            | Code::ChargeOutOfRange
            | Code::DripfeedDisabled
            | Code::DripfeedInvalid
            | Code::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Code::Unavailable | Code::GatewayUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// What it says, and what to do; which `details` come with it.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Code::RequestInvalid => {
                "the request is not of the documented form: `field` says where, `expected` what \
                 would be right"
            }
            Code::KeyInvalid => {
                "no `Authorization: Bearer <API key or session>`, or one that is mistyped, unknown, \
                 revoked or expired"
            }
            Code::NotEnoughFunds => {
                "the wallet does not cover the charge: `charge`, `balance`; deposit, then ask \
                 again with the same Idempotency-Key"
            }
            Code::AccountSuspended => "a person of the panel suspended the account",
            Code::KeyBlocked => {
                "the key is blocked because of how it was used, until a person of the panel has \
                 looked: sign in and rotate it, or ask the panel's operator"
            }
            Code::Forbidden => "the role of whoever asks does not allow it",
            Code::ScopeMissing => "the key lacks the scope `expected`",
            Code::AddressNotAllowed => {
                "the key has a list of addresses, and the request came from another"
            }
            Code::SessionNeeded => "an API key may not do that: sign in, and use the session",
            Code::ConfirmationNeeded => {
                "it is more than 10 minutes ago that you proved who you are: `operator_confirm`, then \
                 ask again"
            }
            Code::AboveKeyLimit => {
                "more than the key may move by one action: `max_amount`; propose it where it can be \
                 proposed, or sign in"
            }
            Code::SignInFailed => {
                "the e-mail address, the password or the code is wrong; a code is good once"
            }
            Code::TotpRequired => "the account has codes: sign in again with `code`",
            Code::TooManyAttempts => {
                "too many attempts; ask again after `retry_after_seconds`, as `Retry-After` says too"
            }
            Code::RateLimited => {
                "more was asked for than `RateLimit-Policy` lets through, and nothing was done: ask \
                 again after `retry_after_seconds`, as `Retry-After` says too"
            }
            Code::SignUpClosed => "accounts are opened by the panel's operator",
            Code::SpendCapReached => {
                "the cap of the key or the account does not cover the charge today: `charge`, \
                 `cap`, `spent`, and `available_from`, when it begins anew"
            }
            Code::ObjectUnknown => "there is no such thing, or it is not yours: `field` says what",
            Code::NameTaken => "the name, or what else must be unique, is taken",
            Code::StateConflict => "what it is now does not allow it; the message says why",
            Code::RouteUnknown => {
                "there is no such path; `/docs` and `/docs/operator` list those there are"
            }
            Code::OrderUnknown => "there is no such order of this account",
            Code::RefillUnknown => "there is no such refill of this account",
            Code::MethodNotAllowed => "the path does not take this method; see the header `Allow`",
            Code::ActiveOrderOnLink => {
                "the service takes one active order per link, and this link has one: order again \
                 when that has ended"
            }
            Code::CancelDisabled => "the order was sent, and its service takes no cancels then",
            Code::OrderNotCancelable => "the order has ended with delivery: `status`",
            Code::RefillDisabled => "the service was sold without a refill guarantee",
            Code::OrderNotCompleted => {
                "only what was delivered is refilled, once the order has ended: `status`"
            }
            Code::RefillTooSoon => {
                "a refill may be asked for 24 hours after completion and after the last one: \
                 `available_from`, `available_until`, `days_left`"
            }
            Code::RefillPeriodOver => {
                "no refill can be asked for within the guarantee any more: `available_until`"
            }
            Code::OrderOverlapping => {
                "the order shares its link with another active order of yours: nobody can tell what \
                 was missing"
            }
            Code::DisputePeriodOver => {
                "a charge can be disputed within 48 hours: `charged_at`, `available_until`"
            }
            Code::DisputeOpen => "a dispute of the order is open: `dispute_id`",
            Code::AmountAboveLeft => "more than can still come back of the charge: `max_amount`",
            Code::BodyTooLarge => "the body is larger than `max` bytes",
            Code::BodyTooSlow => {
                "the body came so slowly that it was not waited for, and nothing was done"
            }
            Code::MediaTypeUnsupported => {
                "the body is not of the documented media type, which is mostly `application/json`"
            }
            Code::ServiceUnknown => "there is no such service, or it is not sold any more",
            Code::LinkBad => "the link is neither a public http(s) address nor a user name",
            Code::DepositsClosed => {
                "the panel has no payment gateway: its operator says how to deposit"
            }
            Code::GatewayUnavailable => {
                "the payment gateway cannot make an invoice now: ask again later"
            }
            Code::AmountBelowMin => {
                "less than the panel takes, or the gateway in this coin: `min_amount`"
            }
            Code::FieldMissing => "the type of the service needs `field`",
            Code::FieldInvalid => "`field` must be `expected`",
            Code::QuantityBelowMin => "the quantity is below the service's minimum: `min`",
            Code::QuantityAboveMax => {
                "the quantity, times the runs of a drip-feed, is above the service's maximum: \
                 `max`"
            }
            Code::ChargeOutOfRange => "the charge would be above 1,000,000,000 USD",
            Code::DripfeedDisabled => "the service is not sold in runs",
            Code::DripfeedInvalid => {
                "a drip-feed takes both `runs` (1 to 1000) and `interval_minutes` (1 to 10080)"
            }
            Code::IdempotencyKeyReused => {
                "another order was placed under this Idempotency-Key (or `request_id`)"
            }
            Code::Internal => "a fault of the panel; tell its operator the `request_id`",
            Code::Unavailable => {
                "the panel cannot answer now; ask again, and place orders again under the same \
                 Idempotency-Key: it is not known whether they were placed"
            }
        }
    }
}

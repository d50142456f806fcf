//! What can go wrong, in two kinds: [`Refusal`], the closed list of expected answers of "no" with
//! the numbers in them, and [`Failure`], the unexpected, logged once at the edge and never shown.

use crate::accounts::Scope;
use crate::clock::Time;
use crate::ids::DisputeId;
use crate::money::Money;
use crate::orders::rules::OrderStatus;

/// The result of an operation of a noun.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an operation did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An expected "no": nothing was changed, and the caller may be told everything in it.
    #[error("{0}")]
    Refused(Refusal),
    /// Something unexpected: the caller learns no more than that.
    #[error(transparent)]
    Failed(Failure),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error::Refused(refusal)
    }
}

impl<E: Into<Failure>> From<E> for Error {
    fn from(cause: E) -> Error {
        Error::Failed(cause.into())
    }
}

impl Error {
    /// The same, but for a row that must be unique and that somebody else has written meanwhile:
    /// then there is `what` already.
    pub(crate) fn or_taken(self, what: impl FnOnce() -> String) -> Error {
        let is_unique = |fault: &sea_orm::DbErr| {
            let kind = fault.sql_err();
            matches!(kind, Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
        };
        match self {
            Error::Failed(Failure::Database(fault)) if is_unique(&fault) => {
                Refusal::Taken { what: what() }.into()
            }
            other @ (Error::Refused(_) | Error::Failed(_)) => other,
        }
    }
}

/// An unexpected fault: of the database, of a stored row, or of the program.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The database did not do what it was asked.
    #[error("database: {0}")]
    Database(#[from] sea_orm::DbErr),
    /// No transaction could be begun, or its end was not confirmed: it may stand.
    #[error("transaction: {0}")]
    Transaction(sea_orm::DbErr),
    /// The database has undone the transaction: nothing of it stands.
    #[error("undone: {0}")]
    Undone(sea_orm::DbErr),
    /// A stored value is not what the program writes.
    #[error("stored data: {0}")]
    Stored(String),
    /// An amount left the range of money.
    #[error("arithmetic on money: {0}")]
    Arithmetic(#[from] crate::money::AmountError),
    /// More work is waiting than the panel takes in; nothing was done.
    #[error("{waiting} orders are waiting already")]
    Overloaded {
        /// How many were waiting.
        waiting: usize,
    },
    /// The panel is stopping, or the task that would have answered is gone; whether the work was
    /// done is not known to the caller.
    #[error("the panel stopped before it could answer")]
    Stopped,
    /// Orders are placed by other rules of links than those of this program: of an order that it
    /// placed, nobody would know what it overlaps.
    #[error(
        "orders are placed by version {placing} of the rules of links, which is not that of this \
         program; start the version of smm-panel that knows it"
    )]
    LinkRules {
        /// The version by which they are placed.
        placing: i64,
    },
    /// The address to serve on cannot be used.
    #[error("cannot listen on {address}: {fault}")]
    Listen {
        /// The address that was asked for.
        address: std::net::SocketAddr,
        /// What the system said.
        fault: std::io::Error,
    },
    /// A secret could not be opened.
    #[error("secrets: {0}")]
    Secrets(#[from] crate::secrets::SecretsError),
}

impl Failure {
    /// Whether nothing was done and the same work may succeed at once: the connection broke before
    /// anything was committed, or the database undid the transaction in favour of another.
    pub(crate) fn may_repeat(&self) -> bool {
        match self {
            Failure::Undone(_) => true,
            Failure::Database(fault) => crate::db::passes(fault),
            Failure::Transaction(_)
            | Failure::Stored(_)
            | Failure::Arithmetic(_)
            | Failure::Overloaded { .. }
            | Failure::Stopped
            | Failure::LinkRules { .. }
            | Failure::Listen { .. }
            | Failure::Secrets(_) => false,
        }
    }
}

/// Every expected "no", with the numbers that explain it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The key is missing its proof: unknown, revoked or mistyped.
    #[error("the API key is not valid")]
    KeyInvalid,
    /// The request has no key at all.
    #[error(
        "the request has no API key: send the header `Authorization: Bearer KEY`, with an API key or \
         the token of a session"
    )]
    KeyMissing,
    /// A person suspended the account; every action is stopped.
    #[error("the account has been suspended")]
    Suspended,
    /// The key is blocked: it seems to be in the wrong hands, or was used for abuse.
    #[error(
        "the API key is blocked because of how it was used: sign in and rotate it, or ask the \
         panel's operator"
    )]
    KeyBlocked,
    /// The caller's role does not allow it.
    #[error("you may not do that")]
    Forbidden,
    /// The key may not be used for this.
    #[error("the API key may not do that: it lacks the scope {scope}")]
    ScopeMissing {
        /// What it would need.
        scope: Scope,
    },
    /// The key may not be used from the caller's address.
    #[error("the API key may not be used from this address")]
    AddressNotAllowed,
    /// Only somebody who has signed in may do it.
    #[error("an API key may not do that: sign in")]
    SessionNeeded,
    /// Whoever is signed in has not proved lately that it is them.
    #[error(
        "confirm first who you are, with your password or a code (operator_confirm): that, and signing \
         in, counts for 10 minutes"
    )]
    ConfirmationNeeded,
    /// More than a key may do by itself.
    #[error("{}", above_key_limit(.amount, .limit.as_ref(), *.can_propose))]
    AboveKeyLimit {
        /// What would be moved or forfeited.
        amount: Money,
        /// How much the key may move at once, if anything.
        limit: Option<Money>,
        /// Whether it can be proposed instead.
        can_propose: bool,
    },
    /// The address or the password is wrong, or the code; never which of them.
    #[error("the e-mail address, the password or the code is wrong")]
    SignInFailed,
    /// The account has codes, and none was given.
    #[error("the code of the authenticator is needed to sign in")]
    TotpRequired,
    /// Somebody has tried too often.
    #[error("too many attempts: try again in {retry_after_s} seconds")]
    TooManyAttempts {
        /// How long to wait, in seconds.
        retry_after_s: u64,
    },
    /// Too many wrong codes were entered for the account.
    #[error(
        "too many wrong codes were entered for this account: codes from your network are looked at \
         again in {retry_after_s} seconds; those from other networks where you signed in within 30 \
         days count apart"
    )]
    TooManyCodes {
        /// How long to wait, in seconds.
        retry_after_s: u64,
    },
    /// The operator opens accounts.
    #[error("accounts are not opened here: ask the panel's operator for one")]
    SignUpClosed,
    /// What may be spent on one day (UTC) does not cover the charge.
    #[error(
        "the charge of {charge} USD is more than what the cap of this {whose} leaves for today: \
         {spent} of {cap} USD are spent, and it begins anew at {from}"
    )]
    SpendCapReached {
        /// Whose cap: `key` or `account`.
        whose: &'static str,
        /// The cap.
        cap: Money,
        /// What was spent of it today.
        spent: Money,
        /// What the order costs.
        charge: Money,
        /// When the next day begins.
        from: Time,
    },
    /// There is no such thing, or it is not the caller's.
    #[error("there is no such {what}")]
    Unknown {
        /// What was asked for, such as `account`.
        what: &'static str,
    },
    /// Its name, or what else must be unique, is taken.
    #[error("there is {what} already")]
    Taken {
        /// What has it, such as `an account named alice`.
        what: String,
    },
    /// What it is now does not allow it.
    #[error("{why}")]
    Conflict {
        /// What it is, and what would have to be.
        why: String,
    },
    /// Nothing takes deposits here but a person.
    #[error("this panel has no payment gateway: ask its operator how to deposit")]
    DepositsClosed,
    /// The payment gateway does not answer, or not as it should.
    #[error("the payment gateway cannot make an invoice now; ask again later")]
    GatewayUnavailable,
    /// The deposit is smaller than the panel, or the gateway for this coin, takes.
    #[error("the least that can be deposited so is {min} USD")]
    AmountBelowMin {
        /// The least.
        min: Money,
    },
    /// There is no such service, or it is not sold.
    #[error("there is no such service")]
    ServiceUnknown,
    /// The link is missing or not one the panel can serve.
    #[error("the link is not a public http(s) address or a user name")]
    LinkBad,
    /// A field that this type of service needs is missing.
    #[error("the field {field} is required for this type of service")]
    FieldMissing {
        /// The field's wire name.
        field: &'static str,
    },
    /// A field has a value that this type of service cannot take.
    #[error("the field {field} must be {expected}")]
    FieldInvalid {
        /// The field's wire name.
        field: &'static str,
        /// What would be right.
        expected: &'static str,
    },
    /// The quantity is below the service's minimum, or not a whole number.
    #[error("the quantity is less than the minimum of {min}")]
    QuantityBelowMin {
        /// The service's minimum.
        min: i64,
    },
    /// The quantity, times the runs of a drip-feed, is above the service's maximum.
    #[error("the quantity is more than the maximum of {max}")]
    QuantityAboveMax {
        /// The service's maximum.
        max: i64,
    },
    /// The charge would leave the range of one order (1,000,000,000 USD).
    #[error("the charge is out of range")]
    ChargeOutOfRange,
    /// `runs` and `interval` for a service that is not sold in runs.
    #[error("drip-feed is disabled for this service")]
    DripfeedDisabled,
    /// One of `runs` and `interval` without the other, or out of range.
    #[error("a drip-feed takes 1 to 1000 runs and an interval of 1 to 10080 minutes")]
    DripfeedIncomplete,
    /// It has a field that would change what is delivered, and that the service does not pass on.
    #[error("the service does not take the field {field}")]
    FieldNotPassedOn {
        /// The field.
        field: &'static str,
    },
    /// The service takes one active order per link, and this link has one.
    #[error("there is an active order with this link")]
    ActiveOrderOnLink,
    /// The wallet does not cover the charge.
    #[error("the charge of {charge} USD is more than the balance of {balance} USD")]
    NotEnoughFunds {
        /// What the order costs.
        charge: Money,
        /// What the wallet held when the order was decided.
        balance: Money,
    },
    /// A `request_id` that is empty, longer than 64 characters or has control characters.
    #[error("request_id must be 1 to 64 printable characters")]
    RequestIdInvalid,
    /// A `request_id` under which a different order was placed.
    #[error("the request_id was used for another order")]
    RequestIdReused,
    /// There is no such order of this account.
    #[error("there is no such order")]
    OrderUnknown,
    /// There is no such refill of this account.
    #[error("there is no such refill")]
    RefillUnknown,
    /// The service was sold without a refill guarantee.
    #[error("refill is disabled for this service")]
    RefillDisabled,
    /// Only a completed order can be refilled.
    #[error("the order is {status}, and nothing was delivered of it that could be refilled")]
    NotCompleted {
        /// The order's status.
        status: OrderStatus,
    },
    /// A refill may be asked for 24 hours after completion and after the last refill.
    #[error("a refill can be requested from {from} on")]
    RefillTooSoon {
        /// The first moment at which it may be asked for.
        from: Time,
        /// The last one; none for a lifetime.
        until: Option<Time>,
        /// The days of the guarantee that are left, begun ones counted; none for a lifetime.
        days_left: Option<i64>,
    },
    /// "Within the specified refill period": no refill can be asked for in it any more.
    #[error("no refill can be requested any more: the guarantee ends at {until}")]
    RefillPeriodOver {
        /// When.
        until: Time,
    },
    /// "We cannot refund overlap issues caused by simultaneous campaigns".
    #[error(
        "the order shares its link with another order of yours that was active at the same time, so \
         nobody can tell what was missing"
    )]
    OrderOverlapping,
    /// "Within 48 hours of the charge": that is over.
    #[error("the charge of {charged_at} could be disputed until {until}")]
    DisputePeriodOver {
        /// When it was charged.
        charged_at: Time,
        /// Until when it could be disputed.
        until: Time,
    },
    /// One dispute per order is open at a time.
    #[error("dispute {dispute} of this order is open: wait for its decision")]
    DisputeOpen {
        /// The dispute.
        dispute: DisputeId,
    },
    /// More than what is left of the charge.
    #[error("at most {left} USD can still come back of this charge")]
    AmountAboveLeft {
        /// What is left.
        left: Money,
    },
    /// The service does not take cancels of orders that were sent.
    #[error("cancel is disabled for this service")]
    CancelDisabled,
    /// The order has ended with delivery: there is nothing to cancel.
    #[error("the order is {status} and cannot be canceled")]
    NotCancelable {
        /// The order's status.
        status: OrderStatus,
    },
}

fn above_key_limit(amount: &Money, limit: Option<&Money>, can_propose: bool) -> String {
    let most = match limit {
        Some(limit) => format!("the key may move at most {limit} USD by one action"),
        None => "the key has no limit of its own, up to which it could do that".to_owned(),
    };
    let instead = if can_propose {
        "propose it (adjustment_propose), or sign in"
    } else {
        "sign in"
    };
    format!("{most}, and this is about {amount} USD: {instead}")
}

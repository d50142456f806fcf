// Generated from openapi/sdk.json by `cargo run -p openapi -- generate`: do not edit.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///Your account.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct Account {
        ///Its number.
        pub account_id: i64,
        ///Whether drops of your orders are refilled without your asking, where the panel can count.
        pub automatic_refills: bool,
        ///When it was opened.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /**What may be ordered on one day (UTC), all your keys together, in USD; refunds do not give
it back.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub daily_cap: ::std::option::Option<::rust_decimal::Decimal>,
        ///The address that you sign in with.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub email: ::std::option::Option<::std::string::String>,
        ///What you are called.
        pub name: ::std::string::String,
        ///What you may do.
        pub role: Role,
        ///What was ordered of it today, in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub spent_today: ::std::option::Option<::rust_decimal::Decimal>,
        ///Your price tier, if you have one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub tier: ::std::option::Option<::std::string::String>,
        ///Whether signing in needs a code of your authenticator.
        pub totp: bool,
    }
    ///What you choose of your account; what is absent stays.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct AccountSettings {
        ///Whether drops of your orders are refilled without your asking, where the panel can count.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub automatic_refills: ::std::option::Option<bool>,
    }
    ///One of many orders to place.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct BatchOrder {
        ///What the header Idempotency-Key is for a single order: 1 to 64 printable characters.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub idempotency_key: ::std::option::Option<::std::string::String>,
        ///The order.
        pub order: NewOrder,
    }
    ///What became of one of many orders: one of the two.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    pub struct BatchResult {
        ///It was not, and why; the same as a single order would have been answered with.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<Error>,
        ///It was placed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub placed: ::std::option::Option<PlacedOrder>,
    }
    ///What became of many orders.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct BatchResults {
        ///One result for each order, in the sequence of the request.
        pub results: ::std::vec::Vec<BatchResult>,
    }
    ///Why an order has a status. `placed`: you placed it. `accepted`: a provider took it. `reported`: the provider reported the state of its delivery. `refused`: no provider would take it. `not_taken_in_time`: it waited too long. `canceled_by_customer`: you canceled it. `decided_by_operator`: a person of the panel decided it. `account_suspended`: your account was suspended, and what was not sent is not sent any more. `imported`: it was placed in the panel that was used before this one.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum Cause {
        #[serde(rename = "placed")]
        Placed,
        #[serde(rename = "accepted")]
        Accepted,
        #[serde(rename = "reported")]
        Reported,
        #[serde(rename = "refused")]
        Refused,
        #[serde(rename = "not_taken_in_time")]
        NotTakenInTime,
        #[serde(rename = "canceled_by_customer")]
        CanceledByCustomer,
        #[serde(rename = "decided_by_operator")]
        DecidedByOperator,
        #[serde(rename = "account_suspended")]
        AccountSuspended,
        #[serde(rename = "imported")]
        Imported,
    }
    impl ::std::fmt::Display for Cause {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Placed => f.write_str("placed"),
                Self::Accepted => f.write_str("accepted"),
                Self::Reported => f.write_str("reported"),
                Self::Refused => f.write_str("refused"),
                Self::NotTakenInTime => f.write_str("not_taken_in_time"),
                Self::CanceledByCustomer => f.write_str("canceled_by_customer"),
                Self::DecidedByOperator => f.write_str("decided_by_operator"),
                Self::AccountSuspended => f.write_str("account_suspended"),
                Self::Imported => f.write_str("imported"),
            }
        }
    }
    impl ::std::str::FromStr for Cause {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "placed" => Ok(Self::Placed),
                "accepted" => Ok(Self::Accepted),
                "reported" => Ok(Self::Reported),
                "refused" => Ok(Self::Refused),
                "not_taken_in_time" => Ok(Self::NotTakenInTime),
                "canceled_by_customer" => Ok(Self::CanceledByCustomer),
                "decided_by_operator" => Ok(Self::DecidedByOperator),
                "account_suspended" => Ok(Self::AccountSuspended),
                "imported" => Ok(Self::Imported),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for Cause {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for Cause {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///What the coin of a deposit asked of its payer when the deposit was made.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct CoinQuote {
        ///The coin.
        pub coin: ::std::string::String,
        ///About how much of it is to be paid; the invoice has the binding figure.
        pub estimate: ::std::string::String,
        ///The least that the gateway takes of it.
        pub minimum: ::std::string::String,
    }
    ///A deposit.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct Deposit {
        ///What is to be paid, in USD.
        pub amount: ::rust_decimal::Decimal,
        ///When it was made.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///What was credited, in USD.
        pub credited: ::rust_decimal::Decimal,
        ///Its number.
        pub deposit_id: i64,
        ///How it comes.
        pub gateway: GatewayName,
        ///The page on which it is paid.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub invoice_url: ::std::option::Option<::std::string::String>,
        ///What its coin asks of you; absent if you choose on the invoice's page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub quote: ::std::option::Option<CoinQuote>,
        ///What the gateway knows it by; of a manual one, what the panel's operator calls it.
        pub reference: ::std::string::String,
        ///Where it stands.
        pub status: DepositStatus,
    }
    ///A deposit with what a payer has to know, and what was paid.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct DepositDetails {
        ///The deposit.
        pub deposit: Deposit,
        ///The least that the panel takes, in USD.
        pub min_amount: ::rust_decimal::Decimal,
        ///What to mind when paying: minimum, network, fees.
        pub notes: ::std::vec::Vec<::std::string::String>,
        ///The payments to it that the gateway told of, oldest first.
        pub payments: ::std::vec::Vec<DepositPayment>,
        ///The terms: a deposit is final.
        pub terms: ::std::string::String,
    }
    ///A page of deposits.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct DepositPage {
        ///Newest first.
        pub deposits: ::std::vec::Vec<Deposit>,
        ///The `cursor` of the next page; absent at the end.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    ///A payment to a deposit, as the gateway last said.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct DepositPayment {
        ///How much of it arrived.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub actually_paid: ::std::option::Option<::std::string::String>,
        ///The coin.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub coin: ::std::option::Option<::std::string::String>,
        ///What was credited of it, in USD.
        pub credited: ::rust_decimal::Decimal,
        ///The gateway's number of it.
        pub gateway_payment: ::std::string::String,
        ///The gateway's number of the payment that it repeats.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub parent: ::std::option::Option<::std::string::String>,
        ///How much of the coin was asked for.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub pay_amount: ::std::option::Option<::std::string::String>,
        ///When the panel learned of it.
        pub seen_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///What the wallet did not cover of that, in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub shortfall: ::std::option::Option<::rust_decimal::Decimal>,
        ///How far it is, in the gateway's word; absent until the gateway was asked.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<::std::string::String>,
        ///What was taken out of the wallet again, in USD, because the gateway sent the payment back.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub taken_back: ::std::option::Option<::rust_decimal::Decimal>,
    }
    ///`waiting`: nothing has arrived. `confirming`: a payment was seen, and is not final. `in_review`: something arrived that a person has to look at. `credited`: it is in the wallet. `expired`: nothing arrived in time; what comes later is credited all the same. `failed`: the gateway gave up, or a person credited nothing of what arrived. `returned`: the gateway sent the money back after it was credited.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum DepositStatus {
        #[serde(rename = "waiting")]
        Waiting,
        #[serde(rename = "confirming")]
        Confirming,
        #[serde(rename = "in_review")]
        InReview,
        #[serde(rename = "credited")]
        Credited,
        #[serde(rename = "expired")]
        Expired,
        #[serde(rename = "failed")]
        Failed,
        #[serde(rename = "returned")]
        Returned,
    }
    impl ::std::fmt::Display for DepositStatus {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Waiting => f.write_str("waiting"),
                Self::Confirming => f.write_str("confirming"),
                Self::InReview => f.write_str("in_review"),
                Self::Credited => f.write_str("credited"),
                Self::Expired => f.write_str("expired"),
                Self::Failed => f.write_str("failed"),
                Self::Returned => f.write_str("returned"),
            }
        }
    }
    impl ::std::str::FromStr for DepositStatus {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "waiting" => Ok(Self::Waiting),
                "confirming" => Ok(Self::Confirming),
                "in_review" => Ok(Self::InReview),
                "credited" => Ok(Self::Credited),
                "expired" => Ok(Self::Expired),
                "failed" => Ok(Self::Failed),
                "returned" => Ok(Self::Returned),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for DepositStatus {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for DepositStatus {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///A dispute about the charge of an order.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct Dispute {
        ///The amount in question, in USD.
        pub amount: ::rust_decimal::Decimal,
        ///When the order was charged.
        pub charged_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///When it was filed.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///What was decided, once it is.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub decision: ::std::option::Option<DisputeDecision>,
        ///What is wrong, in your words.
        pub description: ::std::string::String,
        ///Its number.
        pub dispute_id: i64,
        ///The order.
        pub order_id: i64,
        ///What it is about.
        pub reason: DisputeReason,
        ///Where it stands.
        pub state: DisputeState,
    }
    ///What a reviewer decided about a dispute.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct DisputeDecision {
        ///When.
        pub decided_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///Why.
        pub reason: ::std::string::String,
        ///The refund, if it was upheld.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refund_id: ::std::option::Option<i64>,
        ///How much came back by that, in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refunded: ::std::option::Option<::rust_decimal::Decimal>,
    }
    ///The records that a dispute is decided on, made by the server.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct DisputeEvidence {
        /**The order with its charge, counts and rate; the ledger's transactions; its refunds and refills;
the history of its status; its deliveries and what providers confirmed; overlap marks.*/
        pub bundle: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        ///The dispute.
        pub dispute_id: i64,
        ///Whether it is as it was when the dispute was decided; else it is of this moment.
        pub kept: bool,
        /**The SHA-256 of `bundle` as compact JSON with its keys in their sequence, in hexadecimal:
`jq -cj .bundle | sha256sum`.*/
        pub sha256: ::std::string::String,
    }
    ///A page of disputes.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct DisputePage {
        ///Oldest first.
        pub disputes: ::std::vec::Vec<Dispute>,
        ///The `cursor` of the next page; absent at the end.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    ///What a dispute is about. `wrong_charge`: the charge is not what it should have been. `not_delivered`: what was charged was not delivered. `other`: something else, which the description says.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum DisputeReason {
        #[serde(rename = "wrong_charge")]
        WrongCharge,
        #[serde(rename = "not_delivered")]
        NotDelivered,
        #[serde(rename = "other")]
        Other,
    }
    impl ::std::fmt::Display for DisputeReason {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::WrongCharge => f.write_str("wrong_charge"),
                Self::NotDelivered => f.write_str("not_delivered"),
                Self::Other => f.write_str("other"),
            }
        }
    }
    impl ::std::str::FromStr for DisputeReason {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "wrong_charge" => Ok(Self::WrongCharge),
                "not_delivered" => Ok(Self::NotDelivered),
                "other" => Ok(Self::Other),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for DisputeReason {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for DisputeReason {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///`open`: nobody has decided it. Then one of two ends, each final: `upheld`: an amount went back. `rejected`: nothing went back.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum DisputeState {
        #[serde(rename = "open")]
        Open,
        #[serde(rename = "upheld")]
        Upheld,
        #[serde(rename = "rejected")]
        Rejected,
    }
    impl ::std::fmt::Display for DisputeState {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Open => f.write_str("open"),
                Self::Upheld => f.write_str("upheld"),
                Self::Rejected => f.write_str("rejected"),
            }
        }
    }
    impl ::std::str::FromStr for DisputeState {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "open" => Ok(Self::Open),
                "upheld" => Ok(Self::Upheld),
                "rejected" => Ok(Self::Rejected),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for DisputeState {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for DisputeState {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///What every answer says that is not a success.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct Error {
        ///What was wrong, for programs.
        pub code: ErrorCode,
        ///The numbers.
        pub details: ErrorDetails,
        ///What was wrong, for people; the wording may change.
        pub message: ::std::string::String,
        /**The request's number, which is in the panel's log too; the header `x-request-id` has it as
well.*/
        pub request_id: ::std::string::String,
    }
    ///What was wrong. The list is closed: a code is never given another meaning.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum ErrorCode {
        #[serde(rename = "request_invalid")]
        RequestInvalid,
        #[serde(rename = "key_invalid")]
        KeyInvalid,
        #[serde(rename = "not_enough_funds")]
        NotEnoughFunds,
        #[serde(rename = "account_suspended")]
        AccountSuspended,
        #[serde(rename = "key_blocked")]
        KeyBlocked,
        #[serde(rename = "forbidden")]
        Forbidden,
        #[serde(rename = "scope_missing")]
        ScopeMissing,
        #[serde(rename = "address_not_allowed")]
        AddressNotAllowed,
        #[serde(rename = "session_needed")]
        SessionNeeded,
        #[serde(rename = "confirmation_needed")]
        ConfirmationNeeded,
        #[serde(rename = "above_key_limit")]
        AboveKeyLimit,
        #[serde(rename = "sign_in_failed")]
        SignInFailed,
        #[serde(rename = "totp_required")]
        TotpRequired,
        #[serde(rename = "too_many_attempts")]
        TooManyAttempts,
        #[serde(rename = "rate_limited")]
        RateLimited,
        #[serde(rename = "sign_up_closed")]
        SignUpClosed,
        #[serde(rename = "spend_cap_reached")]
        SpendCapReached,
        #[serde(rename = "object_unknown")]
        ObjectUnknown,
        #[serde(rename = "name_taken")]
        NameTaken,
        #[serde(rename = "state_conflict")]
        StateConflict,
        #[serde(rename = "route_unknown")]
        RouteUnknown,
        #[serde(rename = "order_unknown")]
        OrderUnknown,
        #[serde(rename = "refill_unknown")]
        RefillUnknown,
        #[serde(rename = "method_not_allowed")]
        MethodNotAllowed,
        #[serde(rename = "active_order_on_link")]
        ActiveOrderOnLink,
        #[serde(rename = "cancel_disabled")]
        CancelDisabled,
        #[serde(rename = "order_not_cancelable")]
        OrderNotCancelable,
        #[serde(rename = "refill_disabled")]
        RefillDisabled,
        #[serde(rename = "order_not_completed")]
        OrderNotCompleted,
        #[serde(rename = "refill_too_soon")]
        RefillTooSoon,
        #[serde(rename = "refill_period_over")]
        RefillPeriodOver,
        #[serde(rename = "order_overlapping")]
        OrderOverlapping,
        #[serde(rename = "dispute_period_over")]
        DisputePeriodOver,
        #[serde(rename = "dispute_open")]
        DisputeOpen,
        #[serde(rename = "amount_above_left")]
        AmountAboveLeft,
        #[serde(rename = "body_too_large")]
        BodyTooLarge,
        #[serde(rename = "body_too_slow")]
        BodyTooSlow,
        #[serde(rename = "media_type_unsupported")]
        MediaTypeUnsupported,
        #[serde(rename = "service_unknown")]
        ServiceUnknown,
        #[serde(rename = "link_bad")]
        LinkBad,
        #[serde(rename = "deposits_closed")]
        DepositsClosed,
        #[serde(rename = "gateway_unavailable")]
        GatewayUnavailable,
        #[serde(rename = "amount_below_min")]
        AmountBelowMin,
        #[serde(rename = "field_missing")]
        FieldMissing,
        #[serde(rename = "field_invalid")]
        FieldInvalid,
        #[serde(rename = "quantity_below_min")]
        QuantityBelowMin,
        #[serde(rename = "quantity_above_max")]
        QuantityAboveMax,
        #[serde(rename = "charge_out_of_range")]
        ChargeOutOfRange,
        #[serde(rename = "dripfeed_disabled")]
        DripfeedDisabled,
        #[serde(rename = "dripfeed_invalid")]
        DripfeedInvalid,
        #[serde(rename = "idempotency_key_reused")]
        IdempotencyKeyReused,
        #[serde(rename = "internal")]
        Internal,
        #[serde(rename = "unavailable")]
        Unavailable,
    }
    impl ::std::fmt::Display for ErrorCode {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::RequestInvalid => f.write_str("request_invalid"),
                Self::KeyInvalid => f.write_str("key_invalid"),
                Self::NotEnoughFunds => f.write_str("not_enough_funds"),
                Self::AccountSuspended => f.write_str("account_suspended"),
                Self::KeyBlocked => f.write_str("key_blocked"),
                Self::Forbidden => f.write_str("forbidden"),
                Self::ScopeMissing => f.write_str("scope_missing"),
                Self::AddressNotAllowed => f.write_str("address_not_allowed"),
                Self::SessionNeeded => f.write_str("session_needed"),
                Self::ConfirmationNeeded => f.write_str("confirmation_needed"),
                Self::AboveKeyLimit => f.write_str("above_key_limit"),
                Self::SignInFailed => f.write_str("sign_in_failed"),
                Self::TotpRequired => f.write_str("totp_required"),
                Self::TooManyAttempts => f.write_str("too_many_attempts"),
                Self::RateLimited => f.write_str("rate_limited"),
                Self::SignUpClosed => f.write_str("sign_up_closed"),
                Self::SpendCapReached => f.write_str("spend_cap_reached"),
                Self::ObjectUnknown => f.write_str("object_unknown"),
                Self::NameTaken => f.write_str("name_taken"),
                Self::StateConflict => f.write_str("state_conflict"),
                Self::RouteUnknown => f.write_str("route_unknown"),
                Self::OrderUnknown => f.write_str("order_unknown"),
                Self::RefillUnknown => f.write_str("refill_unknown"),
                Self::MethodNotAllowed => f.write_str("method_not_allowed"),
                Self::ActiveOrderOnLink => f.write_str("active_order_on_link"),
                Self::CancelDisabled => f.write_str("cancel_disabled"),
                Self::OrderNotCancelable => f.write_str("order_not_cancelable"),
                Self::RefillDisabled => f.write_str("refill_disabled"),
                Self::OrderNotCompleted => f.write_str("order_not_completed"),
                Self::RefillTooSoon => f.write_str("refill_too_soon"),
                Self::RefillPeriodOver => f.write_str("refill_period_over"),
                Self::OrderOverlapping => f.write_str("order_overlapping"),
                Self::DisputePeriodOver => f.write_str("dispute_period_over"),
                Self::DisputeOpen => f.write_str("dispute_open"),
                Self::AmountAboveLeft => f.write_str("amount_above_left"),
                Self::BodyTooLarge => f.write_str("body_too_large"),
                Self::BodyTooSlow => f.write_str("body_too_slow"),
                Self::MediaTypeUnsupported => f.write_str("media_type_unsupported"),
                Self::ServiceUnknown => f.write_str("service_unknown"),
                Self::LinkBad => f.write_str("link_bad"),
                Self::DepositsClosed => f.write_str("deposits_closed"),
                Self::GatewayUnavailable => f.write_str("gateway_unavailable"),
                Self::AmountBelowMin => f.write_str("amount_below_min"),
                Self::FieldMissing => f.write_str("field_missing"),
                Self::FieldInvalid => f.write_str("field_invalid"),
                Self::QuantityBelowMin => f.write_str("quantity_below_min"),
                Self::QuantityAboveMax => f.write_str("quantity_above_max"),
                Self::ChargeOutOfRange => f.write_str("charge_out_of_range"),
                Self::DripfeedDisabled => f.write_str("dripfeed_disabled"),
                Self::DripfeedInvalid => f.write_str("dripfeed_invalid"),
                Self::IdempotencyKeyReused => f.write_str("idempotency_key_reused"),
                Self::Internal => f.write_str("internal"),
                Self::Unavailable => f.write_str("unavailable"),
            }
        }
    }
    impl ::std::str::FromStr for ErrorCode {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "request_invalid" => Ok(Self::RequestInvalid),
                "key_invalid" => Ok(Self::KeyInvalid),
                "not_enough_funds" => Ok(Self::NotEnoughFunds),
                "account_suspended" => Ok(Self::AccountSuspended),
                "key_blocked" => Ok(Self::KeyBlocked),
                "forbidden" => Ok(Self::Forbidden),
                "scope_missing" => Ok(Self::ScopeMissing),
                "address_not_allowed" => Ok(Self::AddressNotAllowed),
                "session_needed" => Ok(Self::SessionNeeded),
                "confirmation_needed" => Ok(Self::ConfirmationNeeded),
                "above_key_limit" => Ok(Self::AboveKeyLimit),
                "sign_in_failed" => Ok(Self::SignInFailed),
                "totp_required" => Ok(Self::TotpRequired),
                "too_many_attempts" => Ok(Self::TooManyAttempts),
                "rate_limited" => Ok(Self::RateLimited),
                "sign_up_closed" => Ok(Self::SignUpClosed),
                "spend_cap_reached" => Ok(Self::SpendCapReached),
                "object_unknown" => Ok(Self::ObjectUnknown),
                "name_taken" => Ok(Self::NameTaken),
                "state_conflict" => Ok(Self::StateConflict),
                "route_unknown" => Ok(Self::RouteUnknown),
                "order_unknown" => Ok(Self::OrderUnknown),
                "refill_unknown" => Ok(Self::RefillUnknown),
                "method_not_allowed" => Ok(Self::MethodNotAllowed),
                "active_order_on_link" => Ok(Self::ActiveOrderOnLink),
                "cancel_disabled" => Ok(Self::CancelDisabled),
                "order_not_cancelable" => Ok(Self::OrderNotCancelable),
                "refill_disabled" => Ok(Self::RefillDisabled),
                "order_not_completed" => Ok(Self::OrderNotCompleted),
                "refill_too_soon" => Ok(Self::RefillTooSoon),
                "refill_period_over" => Ok(Self::RefillPeriodOver),
                "order_overlapping" => Ok(Self::OrderOverlapping),
                "dispute_period_over" => Ok(Self::DisputePeriodOver),
                "dispute_open" => Ok(Self::DisputeOpen),
                "amount_above_left" => Ok(Self::AmountAboveLeft),
                "body_too_large" => Ok(Self::BodyTooLarge),
                "body_too_slow" => Ok(Self::BodyTooSlow),
                "media_type_unsupported" => Ok(Self::MediaTypeUnsupported),
                "service_unknown" => Ok(Self::ServiceUnknown),
                "link_bad" => Ok(Self::LinkBad),
                "deposits_closed" => Ok(Self::DepositsClosed),
                "gateway_unavailable" => Ok(Self::GatewayUnavailable),
                "amount_below_min" => Ok(Self::AmountBelowMin),
                "field_missing" => Ok(Self::FieldMissing),
                "field_invalid" => Ok(Self::FieldInvalid),
                "quantity_below_min" => Ok(Self::QuantityBelowMin),
                "quantity_above_max" => Ok(Self::QuantityAboveMax),
                "charge_out_of_range" => Ok(Self::ChargeOutOfRange),
                "dripfeed_disabled" => Ok(Self::DripfeedDisabled),
                "dripfeed_invalid" => Ok(Self::DripfeedInvalid),
                "idempotency_key_reused" => Ok(Self::IdempotencyKeyReused),
                "internal" => Ok(Self::Internal),
                "unavailable" => Ok(Self::Unavailable),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for ErrorCode {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for ErrorCode {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///The numbers that explain an error; those that its code does not name are absent.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    pub struct ErrorDetails {
        ///From when on it may be asked for.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub available_from: ::std::option::Option<
            ::chrono::DateTime<::chrono::offset::Utc>,
        >,
        ///Until when it can, or could, be asked for.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub available_until: ::std::option::Option<
            ::chrono::DateTime<::chrono::offset::Utc>,
        >,
        ///What the wallet holds, in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub balance: ::std::option::Option<::rust_decimal::Decimal>,
        ///What may be spent on one day (UTC), in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub cap: ::std::option::Option<::rust_decimal::Decimal>,
        ///What the order costs, in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub charge: ::std::option::Option<::rust_decimal::Decimal>,
        ///When the order was charged.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub charged_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///How many days are left until then, begun ones counted.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub days_left: ::std::option::Option<i64>,
        ///The dispute that is open.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub dispute_id: ::std::option::Option<i64>,
        ///What would be right.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expected: ::std::option::Option<::std::string::String>,
        ///The field, parameter or header that was wrong.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub field: ::std::option::Option<::std::string::String>,
        ///The largest number allowed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max: ::std::option::Option<i64>,
        ///The largest amount allowed, in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max_amount: ::std::option::Option<::rust_decimal::Decimal>,
        ///The smallest number allowed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub min: ::std::option::Option<i64>,
        ///The smallest amount allowed, in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub min_amount: ::std::option::Option<::rust_decimal::Decimal>,
        ///How many seconds to wait.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub retry_after_seconds: ::std::option::Option<i64>,
        ///What was spent of it today, in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub spent: ::std::option::Option<::rust_decimal::Decimal>,
        ///The order's status.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<OrderStatus>,
    }
    ///`nowpayments`: by crypto-currency. `manual`: another way, recorded by a person of the panel.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum GatewayName {
        #[serde(rename = "nowpayments")]
        Nowpayments,
        #[serde(rename = "manual")]
        Manual,
    }
    impl ::std::fmt::Display for GatewayName {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Nowpayments => f.write_str("nowpayments"),
                Self::Manual => f.write_str("manual"),
            }
        }
    }
    impl ::std::str::FromStr for GatewayName {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "nowpayments" => Ok(Self::Nowpayments),
                "manual" => Ok(Self::Manual),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for GatewayName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for GatewayName {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///An API key; never the key itself.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct Key {
        /**Of a key of staff: up to how much, in USD, it may suspend, record chargebacks and credit by one
action without a person's confirmation.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub action_limit: ::std::option::Option<::rust_decimal::Decimal>,
        ///The addresses and networks that it is good from; from anywhere if there is none.
        pub addresses: ::std::vec::Vec<::std::string::String>,
        ///What it begins with.
        pub begins_with: ::std::string::String,
        /**Since when it is blocked, because of how it was used, until a person has looked; a key that
takes its place by `key_rotate` is not.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub blocked_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///When it was made.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///What may be ordered with it on one day (UTC), in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub daily_cap: ::std::option::Option<::rust_decimal::Decimal>,
        ///When it ends.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expires_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///Its number.
        pub key_id: i64,
        ///Its last four characters.
        pub last4: ::std::string::String,
        ///From where it was last used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub last_used_address: ::std::option::Option<::std::string::String>,
        ///When it was last used, to some seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub last_used_at: ::std::option::Option<
            ::chrono::DateTime<::chrono::offset::Utc>,
        >,
        ///Your name for it.
        pub name: ::std::string::String,
        ///When it was revoked.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub revoked_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///What it may be used for.
        pub scopes: ::std::vec::Vec<Scope>,
        ///What was ordered of it today, in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub spent_today: ::std::option::Option<::rust_decimal::Decimal>,
        ///Until when it has a quarter of its limits, because of how it was used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub throttled_until: ::std::option::Option<
            ::chrono::DateTime<::chrono::offset::Utc>,
        >,
    }
    ///A page of an account's keys.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct KeyPage {
        ///Whether there were more when this page was read.
        pub has_more: bool,
        ///Oldest first, revoked and expired ones among them.
        pub keys: ::std::vec::Vec<Key>,
        ///The `cursor` to go on with, now or later.
        pub next_cursor: ::std::string::String,
    }
    ///How a key is replaced.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct KeyRotation {
        /**How long the old key stays good, in minutes: 0 to 43200 (30 days), 1440 (a day) if you do
not say.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub overlap_minutes: ::std::option::Option<i64>,
    }
    ///What a key may be used for. What is absent does not bound it.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct KeySettings {
        /**Of a key of staff: up to how much, in USD, it may suspend, record chargebacks and credit by one
action without a person's confirmation. A key with one is made, changed and replaced by a session
that was confirmed within the last 10 minutes only.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub action_limit: ::std::option::Option<::rust_decimal::Decimal>,
        /**The addresses and networks (`203.0.113.0/24`) that it is good from, at most 100; from
anywhere without one.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub addresses: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        /**What may be ordered with it on one day (UTC), in USD, above 0, with at most nine decimals.
Refunds do not give it back. What was ordered before a cap was set is not counted.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub daily_cap: ::std::option::Option<::rust_decimal::Decimal>,
        ///When it ends, in the future.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expires_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///Your name for it: 1 to 100 printable characters.
        pub name: ::std::string::String,
        /**What it may be used for: one at least. Of `read`, `order` and `cancel` for a customer, of `read`,
`support`, `money`, `catalogue` and `accounts` for staff.*/
        pub scopes: ::std::vec::Vec<Scope>,
    }
    ///What was sent by mail, if there is anything to send.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct MailAsked {
        ///What to do now: the same words for every address.
        pub message: ::std::string::String,
    }
    ///A deposit to make.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct NewDeposit {
        ///How much is to be paid, in USD, with at most two decimals; from the panel's minimum on.
        pub amount: ::rust_decimal::Decimal,
        /**The coin that it will be paid with, by the gateway's name of it, such as `btc` or
`usdttrc20`; without it, you choose on the invoice's page.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub coin: ::std::option::Option<::std::string::String>,
    }
    ///What is wrong with the charge of an order.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct NewDispute {
        ///The exact amount in question, in USD: above zero, at most what did not come back of the charge.
        pub amount: ::rust_decimal::Decimal,
        ///A clear description: 20 to 2000 characters.
        pub description: ::std::string::String,
        ///What it is about.
        pub reason: DisputeReason,
    }
    ///Another e-mail address.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct NewEmail {
        ///The six digits that your authenticator shows, if you have turned codes on.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::std::string::String>,
        ///The new address, at most 254 characters.
        pub email: ::std::string::String,
        ///Your password.
        pub password: ::std::string::String,
    }
    ///A new key.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct NewKey {
        ///What it may be used for.
        pub key: Key,
        ///The key itself. It is shown this once.
        pub token: ::std::string::String,
    }
    /**An order to place. Which fields it needs depends on the type of the service; those that the
type does not need are ignored.*/
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct NewOrder {
        ///`Poll`: the answer to vote for, 0 to 1000.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub answer_number: ::std::option::Option<i64>,
        /**`Custom Comments`, `Custom Comments Package`, `Comment Replies`: the comments, one line
each, at most 10000 characters in each. All texts of an order together have at most 65536
characters, and 250 more for each unit.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub comments: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        ///`Web Traffic`: the visitors' country, such as `US`, at most 200 characters.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub country: ::std::option::Option<::std::string::String>,
        ///`Web Traffic`: 1 desktop, 2 Android, 3 iOS, 4 mixed mobile, 5 mixed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub device: ::std::option::Option<i64>,
        ///`Web Traffic` from Google: the search word, at most 200 characters.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub google_keyword: ::std::option::Option<::std::string::String>,
        ///`Invites from Groups`: the groups to invite from, at most 2048 characters each.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub groups: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        ///`Mentions Hashtag`: the hashtag, at most 200 characters.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub hashtag: ::std::option::Option<::std::string::String>,
        ///`Mentions with Hashtags`: whose posts are mentioned, at most 200 characters each.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub hashtags: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        ///Minutes between two runs of a drip-feed, 1 to 10080; with `runs`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub interval_minutes: ::std::option::Option<i64>,
        ///`SEO`: the search words, at most 200 characters each.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub keywords: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        /**Where to deliver: an http(s) address, with or without its scheme, or a user name; at most
2048 characters.*/
        pub link: ::std::string::String,
        /**`Mentions Media Likers`: the address of the media whose likers are mentioned, at
most 2048 characters.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub media: ::std::option::Option<::std::string::String>,
        ///Units, per run of a drip-feed: from the service's `min`; times the runs at most its `max`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub quantity: ::std::option::Option<i64>,
        /**Your own name for the order, to find it by: 1 to 64 printable characters. Any number of
orders may share one.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub reference: ::std::option::Option<::std::string::String>,
        ///`Web Traffic` from a referrer: its address, at most 2048 characters.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub referring_url: ::std::option::Option<::std::string::String>,
        ///Runs of a drip-feed, 1 to 1000, each of `quantity` units; with `interval_minutes`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub runs: ::std::option::Option<i64>,
        ///The service, as `service_list` numbers it.
        pub service_id: i64,
        /**`Web Traffic`: 1 from Google (with `google_keyword`), 2 from a referrer (with
`referring_url`), 3 from nowhere.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub type_of_traffic: ::std::option::Option<i64>,
        /**`Mentions User Followers`: whose followers to mention. `Comment Likes`, `Comment Replies`:
who wrote the comment. At most 200 characters.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub username: ::std::option::Option<::std::string::String>,
        /**`Mentions`, `Mentions with Hashtags`, `Mentions Custom List`: the user names to mention,
at most 200 characters each.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub usernames: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
    }
    ///What is to be looked into about an order.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct NewTicket {
        ///A description of the issue: 20 to 2000 characters.
        pub description: ::std::string::String,
    }
    ///What is written to a ticket.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct NewTicketMessage {
        ///The text: 1 to 2000 characters.
        pub message: ::std::string::String,
    }
    ///A notice.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct Notice {
        ///When it was sent.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///What it says.
        pub message: ::std::string::String,
        ///Its number.
        pub notice_id: i64,
        ///When it was marked as read.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub read_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
    }
    ///A page of notices.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct NoticePage {
        ///Whether there were more when this page was read.
        pub has_more: bool,
        ///The `cursor` to go on with, now or later.
        pub next_cursor: ::std::string::String,
        ///Oldest first.
        pub notices: ::std::vec::Vec<Notice>,
    }
    ///An order.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct Order {
        /**Since when the provider's answer is being confirmed: nobody knows yet whether it took the order.
The order stays `pending` and its charge held; a cancel that is asked for meanwhile ends it as
soon as it proves not taken. Only where one order is read.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub awaiting_provider_since: ::std::option::Option<
            ::chrono::DateTime<::chrono::offset::Utc>,
        >,
        ///Whether it can be canceled now. Only where one order is read.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub can_cancel: ::std::option::Option<Right>,
        ///Whether its charge can be disputed now, and until when. Only where one order is read.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub can_dispute: ::std::option::Option<Right>,
        /**Whether a refill can be asked for now, or from when on, and until when. Only where one order
is read.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub can_refill: ::std::option::Option<Right>,
        ///When you asked to cancel it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub cancel_requested_at: ::std::option::Option<
            ::chrono::DateTime<::chrono::offset::Utc>,
        >,
        ///What was charged when it was placed, in USD. `/api/v2` shows it less what was refunded.
        pub charge: ::rust_decimal::Decimal,
        ///When it was placed.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///Until when its charge can be disputed: 48 hours from the charge.
        pub dispute_until: ::chrono::DateTime<::chrono::offset::Utc>,
        ///When it ended.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ended_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///Minutes between the runs; 0 unless it is a drip-feed.
        pub interval_minutes: i64,
        ///Where to deliver, as you wrote it.
        pub link: ::std::string::String,
        ///Its number.
        pub order_id: i64,
        ///Whether another order of yours was active on its link at the same time.
        pub overlapping: bool,
        ///Those orders: the 20 newest at the time. Only where one order is read.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub overlaps: ::std::vec::Vec<i64>,
        ///Your own name for it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub reference: ::std::option::Option<::std::string::String>,
        ///Whether it was bought with a refill guarantee.
        pub refill: bool,
        ///For how many days from its end; absent for a lifetime, and without a guarantee.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refill_days: ::std::option::Option<i64>,
        ///Whether more of the charge may still come back by itself.
        pub refund_eligibility: RefundEligibility,
        ///What came back of that, in USD.
        pub refunded: ::rust_decimal::Decimal,
        ///Undelivered units, as far as is known.
        pub remains: i64,
        ///Number of runs; 1 unless it is a drip-feed.
        pub runs: i64,
        ///What was ordered.
        pub service_id: i64,
        ///The type of that service.
        pub service_type: ServiceType,
        ///The count before delivery began, where the provider said one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub start_count: ::std::option::Option<i64>,
        ///When a provider first took it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub started_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///What has become of it.
        pub status: OrderStatus,
        ///Every change of its status, oldest first. Only where one order is read.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub timeline: ::std::vec::Vec<OrderEvent>,
        ///All units, all runs together.
        pub total_quantity: i64,
    }
    ///Many orders to place.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct OrderBatch {
        ///1 to 100 orders, placed in this sequence as far as the wallet covers them.
        pub orders: ::std::vec::Vec<BatchOrder>,
    }
    ///One change of an order's status.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct OrderEvent {
        ///When.
        pub at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///Why, for programs.
        pub cause: Cause,
        ///Why, for people.
        pub message: ::std::string::String,
        ///The status from then on.
        pub status: OrderStatus,
    }
    ///A page of a list of orders.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct OrderPage {
        ///Where the list goes on: the `cursor` of the next page. Absent at the end.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
        /**The orders, newest first. There may be fewer than `limit`, even none, while the list goes
on: a page passes over 5000 orders that do not match at most.*/
        pub orders: ::std::vec::Vec<Order>,
    }
    ///The refills of one order.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct OrderRefills {
        ///Oldest first.
        pub refills: ::std::vec::Vec<Refill>,
    }
    ///The refunds of one order.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct OrderRefunds {
        ///Oldest first; none while the order is open, and none if it was completed.
        pub refunds: ::std::vec::Vec<Refund>,
    }
    ///`pending`: placed and charged, no provider has accepted it yet. `processing`: a provider has accepted it. `in_progress`: it is being delivered. Then one of four ends, each final: `completed`: delivered. `partial`: ended with units undelivered, which were refunded unless the refund says otherwise. `canceled`: ended by you, the panel or the provider; refunded whole. `failed`: no provider would start it; refunded whole. `/api/v2` shows `failed` as `Canceled`.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum OrderStatus {
        #[serde(rename = "pending")]
        Pending,
        #[serde(rename = "processing")]
        Processing,
        #[serde(rename = "in_progress")]
        InProgress,
        #[serde(rename = "completed")]
        Completed,
        #[serde(rename = "partial")]
        Partial,
        #[serde(rename = "canceled")]
        Canceled,
        #[serde(rename = "failed")]
        Failed,
    }
    impl ::std::fmt::Display for OrderStatus {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Pending => f.write_str("pending"),
                Self::Processing => f.write_str("processing"),
                Self::InProgress => f.write_str("in_progress"),
                Self::Completed => f.write_str("completed"),
                Self::Partial => f.write_str("partial"),
                Self::Canceled => f.write_str("canceled"),
                Self::Failed => f.write_str("failed"),
            }
        }
    }
    impl ::std::str::FromStr for OrderStatus {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "pending" => Ok(Self::Pending),
                "processing" => Ok(Self::Processing),
                "in_progress" => Ok(Self::InProgress),
                "completed" => Ok(Self::Completed),
                "partial" => Ok(Self::Partial),
                "canceled" => Ok(Self::Canceled),
                "failed" => Ok(Self::Failed),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for OrderStatus {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for OrderStatus {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///Another password.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct PasswordChange {
        ///The new one: at least 12 characters and at most 256 bytes.
        pub new_password: ::std::string::String,
        ///The present one.
        pub old_password: ::std::string::String,
    }
    ///What changing a password has done.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct PasswordChanged {
        ///How many other sessions have ended.
        pub sessions_ended: u64,
    }
    ///An order that was placed.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct PlacedOrder {
        ///What it cost, in USD; taken from the wallet.
        pub charge: ::rust_decimal::Decimal,
        ///When it was placed.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///The order's number.
        pub order_id: i64,
        /**Whether it stood before: the request repeats, by its Idempotency-Key, the one that placed
it.*/
        pub replayed: bool,
        ///All its units, all runs together.
        pub total_quantity: i64,
    }
    ///A refill: topping up what dropped after an order was completed.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct Refill {
        ///Whether the panel filed it by itself, because it counted a drop; else somebody asked for it.
        pub automatic: bool,
        ///When it was asked for.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///When it ended.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ended_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///The order that is topped up.
        pub order_id: i64,
        ///Its number.
        pub refill_id: i64,
        ///What has become of it.
        pub status: RefillStatus,
    }
    ///`pending`: asked for. `in_progress`: the provider is topping the order up. `completed`: done. `rejected`: the provider will not. `canceled`: it ended without result.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum RefillStatus {
        #[serde(rename = "pending")]
        Pending,
        #[serde(rename = "in_progress")]
        InProgress,
        #[serde(rename = "completed")]
        Completed,
        #[serde(rename = "rejected")]
        Rejected,
        #[serde(rename = "canceled")]
        Canceled,
    }
    impl ::std::fmt::Display for RefillStatus {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Pending => f.write_str("pending"),
                Self::InProgress => f.write_str("in_progress"),
                Self::Completed => f.write_str("completed"),
                Self::Rejected => f.write_str("rejected"),
                Self::Canceled => f.write_str("canceled"),
            }
        }
    }
    impl ::std::str::FromStr for RefillStatus {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "pending" => Ok(Self::Pending),
                "in_progress" => Ok(Self::InProgress),
                "completed" => Ok(Self::Completed),
                "rejected" => Ok(Self::Rejected),
                "canceled" => Ok(Self::Canceled),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for RefillStatus {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for RefillStatus {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///What an order gave back, or why it did not.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct Refund {
        ///What was returned, in USD: the formula's result, or 0 where it was withheld.
        pub amount: ::rust_decimal::Decimal,
        ///What the order was charged, in USD.
        pub charge: ::rust_decimal::Decimal,
        ///When.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///Where it went: into your wallet, unless your account was suspended then.
        pub destination: RefundDestination,
        /**The formula with its numbers, such as `(400 / 1000) * 0.50`; of a dispute or a ticket,
what was decided.*/
        pub formula: ::std::string::String,
        ///What that gives, in USD.
        pub formula_result: ::rust_decimal::Decimal,
        ///Why, for people.
        pub message: ::std::string::String,
        ///The order.
        pub order_id: i64,
        ///Why, for programs.
        pub reason: RefundReason,
        ///Its number; the feed goes by it.
        pub refund_id: i64,
        ///Its undelivered units.
        pub remains: i64,
        ///All its units.
        pub total_quantity: i64,
        ///The ledger transaction that returned it; absent for an amount of 0.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub transaction_id: ::std::option::Option<i64>,
    }
    ///`wallet`: the refund went into your wallet. `forfeited`: your account was suspended when the order ended, so it was forfeited; a reinstatement returns it with the rest.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum RefundDestination {
        #[serde(rename = "wallet")]
        Wallet,
        #[serde(rename = "forfeited")]
        Forfeited,
    }
    impl ::std::fmt::Display for RefundDestination {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Wallet => f.write_str("wallet"),
                Self::Forfeited => f.write_str("forfeited"),
            }
        }
    }
    impl ::std::str::FromStr for RefundDestination {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "wallet" => Ok(Self::Wallet),
                "forfeited" => Ok(Self::Forfeited),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for RefundDestination {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for RefundDestination {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///Whether more of an order's charge may still come back by itself.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct RefundEligibility {
        ///Whether it may.
        pub eligible: bool,
        ///Why or why not, for people.
        pub message: ::std::string::String,
        ///Why or why not, for programs.
        pub reason: RefundEligibilityReason,
    }
    ///`open`: the order has not ended, what it does not deliver is refunded when it does. `open_overlapping`: the same, but it shares its link with another active order of yours, so a partial refund may be withheld. `completed`: final, no refund. `refunded_whole`: the whole charge went back. `refunded_remains`: what was not delivered went back. `overlapping_order`: the partial refund was withheld. `imported`: it was placed in the panel that was used before this one, and is kept to be read.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum RefundEligibilityReason {
        #[serde(rename = "open")]
        Open,
        #[serde(rename = "open_overlapping")]
        OpenOverlapping,
        #[serde(rename = "completed")]
        Completed,
        #[serde(rename = "refunded_whole")]
        RefundedWhole,
        #[serde(rename = "refunded_remains")]
        RefundedRemains,
        #[serde(rename = "overlapping_order")]
        OverlappingOrder,
        #[serde(rename = "imported")]
        Imported,
    }
    impl ::std::fmt::Display for RefundEligibilityReason {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Open => f.write_str("open"),
                Self::OpenOverlapping => f.write_str("open_overlapping"),
                Self::Completed => f.write_str("completed"),
                Self::RefundedWhole => f.write_str("refunded_whole"),
                Self::RefundedRemains => f.write_str("refunded_remains"),
                Self::OverlappingOrder => f.write_str("overlapping_order"),
                Self::Imported => f.write_str("imported"),
            }
        }
    }
    impl ::std::str::FromStr for RefundEligibilityReason {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "open" => Ok(Self::Open),
                "open_overlapping" => Ok(Self::OpenOverlapping),
                "completed" => Ok(Self::Completed),
                "refunded_whole" => Ok(Self::RefundedWhole),
                "refunded_remains" => Ok(Self::RefundedRemains),
                "overlapping_order" => Ok(Self::OverlappingOrder),
                "imported" => Ok(Self::Imported),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for RefundEligibilityReason {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for RefundEligibilityReason {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///A page of the feed of refunds.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct RefundPage {
        ///Whether there were more when this page was read.
        pub has_more: bool,
        ///The `cursor` to go on with, now or later: it never misses a refund.
        pub next_cursor: ::std::string::String,
        ///Oldest first.
        pub refunds: ::std::vec::Vec<Refund>,
    }
    ///`failed`: no provider started the order, 100 % back. `canceled`: it was canceled, 100 % back. `partial`: (remains / total_quantity) * charge back. `overlapping_order`: withheld, amount 0, because another order of yours was delivered to the same link at the same time. `overlap_lifted`: what was withheld so, paid after a person of the panel had lifted the mark. `dispute`: your dispute about the charge was upheld. `ticket`: your ticket about the order was decided so.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum RefundReason {
        #[serde(rename = "failed")]
        Failed,
        #[serde(rename = "canceled")]
        Canceled,
        #[serde(rename = "partial")]
        Partial,
        #[serde(rename = "overlapping_order")]
        OverlappingOrder,
        #[serde(rename = "overlap_lifted")]
        OverlapLifted,
        #[serde(rename = "dispute")]
        Dispute,
        #[serde(rename = "ticket")]
        Ticket,
    }
    impl ::std::fmt::Display for RefundReason {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Failed => f.write_str("failed"),
                Self::Canceled => f.write_str("canceled"),
                Self::Partial => f.write_str("partial"),
                Self::OverlappingOrder => f.write_str("overlapping_order"),
                Self::OverlapLifted => f.write_str("overlap_lifted"),
                Self::Dispute => f.write_str("dispute"),
                Self::Ticket => f.write_str("ticket"),
            }
        }
    }
    impl ::std::str::FromStr for RefundReason {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "failed" => Ok(Self::Failed),
                "canceled" => Ok(Self::Canceled),
                "partial" => Ok(Self::Partial),
                "overlapping_order" => Ok(Self::OverlappingOrder),
                "overlap_lifted" => Ok(Self::OverlapLifted),
                "dispute" => Ok(Self::Dispute),
                "ticket" => Ok(Self::Ticket),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for RefundReason {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for RefundReason {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///Whose password is forgotten.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct ResetAsk {
        ///The e-mail address that you sign in with.
        pub email: ::std::string::String,
    }
    ///Whether something can be asked for: what the request would be answered at this moment.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct Right {
        ///Whether it can.
        pub allowed: bool,
        ///Why not, for programs: the code that the request would be refused with.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<ErrorCode>,
        ///From when on it can be, if that is to come.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub from: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///Why not, for people.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<::std::string::String>,
        ///Until when it can, or could, be; absent where that has no end.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub until: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
    }
    ///`reseller`: a customer. `support`: answers customers, reads, and proposes what moves money. `operator`: runs the panel.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum Role {
        #[serde(rename = "reseller")]
        Reseller,
        #[serde(rename = "support")]
        Support,
        #[serde(rename = "operator")]
        Operator,
    }
    impl ::std::fmt::Display for Role {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Reseller => f.write_str("reseller"),
                Self::Support => f.write_str("support"),
                Self::Operator => f.write_str("operator"),
            }
        }
    }
    impl ::std::str::FromStr for Role {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "reseller" => Ok(Self::Reseller),
                "support" => Ok(Self::Support),
                "operator" => Ok(Self::Operator),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for Role {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for Role {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///What a key may be used for. `read`: everything that changes nothing. `order`: placing orders, asking for refills, making deposits, disputing charges and writing tickets. `cancel`: canceling orders. Of keys of staff: `support`: answering customers, and proposing what moves money. `money`: what moves money, and decides orders. `catalogue`: what is sold, at which price, and by whom it is delivered. `accounts`: accounts and cases of abuse.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum Scope {
        #[serde(rename = "read")]
        Read,
        #[serde(rename = "order")]
        Order,
        #[serde(rename = "cancel")]
        Cancel,
        #[serde(rename = "support")]
        Support,
        #[serde(rename = "money")]
        Money,
        #[serde(rename = "catalogue")]
        Catalogue,
        #[serde(rename = "accounts")]
        Accounts,
    }
    impl ::std::fmt::Display for Scope {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Read => f.write_str("read"),
                Self::Order => f.write_str("order"),
                Self::Cancel => f.write_str("cancel"),
                Self::Support => f.write_str("support"),
                Self::Money => f.write_str("money"),
                Self::Catalogue => f.write_str("catalogue"),
                Self::Accounts => f.write_str("accounts"),
            }
        }
    }
    impl ::std::str::FromStr for Scope {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "read" => Ok(Self::Read),
                "order" => Ok(Self::Order),
                "cancel" => Ok(Self::Cancel),
                "support" => Ok(Self::Support),
                "money" => Ok(Self::Money),
                "catalogue" => Ok(Self::Catalogue),
                "accounts" => Ok(Self::Accounts),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for Scope {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for Scope {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///A service that can be ordered.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct Service {
        ///Whether an order of it may still be canceled once it was sent.
        pub cancel: bool,
        ///The heading under which it is listed.
        pub category: ::std::string::String,
        ///More about it, where the operator wrote any.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        ///Whether it can be ordered in runs.
        pub dripfeed: bool,
        ///Largest quantity of an order, all runs together.
        pub max: i64,
        ///Smallest quantity of an order, or of one run of a drip-feed.
        pub min: i64,
        ///Its name.
        pub name: ::std::string::String,
        /**Price of 1000 units in USD; of one package for the types `Package` and
`Custom Comments Package`. charge = rate / 1000 * quantity, exactly.*/
        pub rate: ::rust_decimal::Decimal,
        ///Whether drops are refilled.
        pub refill: bool,
        /**Whether drops are refilled without being asked for: the panel counts what a target shows, and
files the refill itself.*/
        pub refill_automatic: bool,
        ///Its number.
        pub service_id: i64,
        ///What an order of it must bring along.
        pub service_type: ServiceType,
    }
    ///Services.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct ServiceList {
        ///By number.
        pub services: ::std::vec::Vec<Service>,
    }
    ///What an order must bring along beside `service_id` and `link`, and how it is priced. `quantity` is needed by every type but these: `Custom Comments` and `Comment Replies` count `comments`, `Mentions Custom List` counts `usernames`, and `Package` and `Custom Comments Package` are one package at a flat price.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum ServiceType {
        Default,
        Package,
        #[serde(rename = "Custom Comments")]
        CustomComments,
        #[serde(rename = "Custom Comments Package")]
        CustomCommentsPackage,
        #[serde(rename = "Invites from Groups")]
        InvitesFromGroups,
        Mentions,
        #[serde(rename = "Mentions with Hashtags")]
        MentionsWithHashtags,
        #[serde(rename = "Mentions Custom List")]
        MentionsCustomList,
        #[serde(rename = "Mentions Hashtag")]
        MentionsHashtag,
        #[serde(rename = "Mentions User Followers")]
        MentionsUserFollowers,
        #[serde(rename = "Mentions Media Likers")]
        MentionsMediaLikers,
        #[serde(rename = "Comment Likes")]
        CommentLikes,
        #[serde(rename = "Comment Replies")]
        CommentReplies,
        Poll,
        #[serde(rename = "SEO")]
        Seo,
        #[serde(rename = "Web Traffic")]
        WebTraffic,
    }
    impl ::std::fmt::Display for ServiceType {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Default => f.write_str("Default"),
                Self::Package => f.write_str("Package"),
                Self::CustomComments => f.write_str("Custom Comments"),
                Self::CustomCommentsPackage => f.write_str("Custom Comments Package"),
                Self::InvitesFromGroups => f.write_str("Invites from Groups"),
                Self::Mentions => f.write_str("Mentions"),
                Self::MentionsWithHashtags => f.write_str("Mentions with Hashtags"),
                Self::MentionsCustomList => f.write_str("Mentions Custom List"),
                Self::MentionsHashtag => f.write_str("Mentions Hashtag"),
                Self::MentionsUserFollowers => f.write_str("Mentions User Followers"),
                Self::MentionsMediaLikers => f.write_str("Mentions Media Likers"),
                Self::CommentLikes => f.write_str("Comment Likes"),
                Self::CommentReplies => f.write_str("Comment Replies"),
                Self::Poll => f.write_str("Poll"),
                Self::Seo => f.write_str("SEO"),
                Self::WebTraffic => f.write_str("Web Traffic"),
            }
        }
    }
    impl ::std::str::FromStr for ServiceType {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "Default" => Ok(Self::Default),
                "Package" => Ok(Self::Package),
                "Custom Comments" => Ok(Self::CustomComments),
                "Custom Comments Package" => Ok(Self::CustomCommentsPackage),
                "Invites from Groups" => Ok(Self::InvitesFromGroups),
                "Mentions" => Ok(Self::Mentions),
                "Mentions with Hashtags" => Ok(Self::MentionsWithHashtags),
                "Mentions Custom List" => Ok(Self::MentionsCustomList),
                "Mentions Hashtag" => Ok(Self::MentionsHashtag),
                "Mentions User Followers" => Ok(Self::MentionsUserFollowers),
                "Mentions Media Likers" => Ok(Self::MentionsMediaLikers),
                "Comment Likes" => Ok(Self::CommentLikes),
                "Comment Replies" => Ok(Self::CommentReplies),
                "Poll" => Ok(Self::Poll),
                "SEO" => Ok(Self::Seo),
                "Web Traffic" => Ok(Self::WebTraffic),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for ServiceType {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for ServiceType {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///A session.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct Session {
        ///Your account.
        pub account_id: i64,
        ///When it ends at the latest; it ends earlier once it is not used for 12 hours.
        pub expires_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///What you may do.
        pub role: Role,
        ///The session: send it as `Authorization: Bearer`. It is shown this once.
        pub token: ::std::string::String,
    }
    ///What to sign in with.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct SignIn {
        /**The six digits that your authenticator shows, if you have turned codes on. Each is good
once.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::std::string::String>,
        ///Your e-mail address.
        pub email: ::std::string::String,
        ///Your password.
        pub password: ::std::string::String,
    }
    ///An account to open.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct SignUp {
        ///Your e-mail address, at most 254 characters; you sign in with it.
        pub email: ::std::string::String,
        /**What you are called: 1 to 100 printable characters of one script, no e-mail address and no
number, unique in this panel in upper and lower case, and not like a name of its staff. A name
such as `customer-7f3c09a1be` is made if you do not say.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        ///At least 12 characters and at most 256 bytes.
        pub password: ::std::string::String,
    }
    ///The end of a session.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct SignedOut {
        ///When the session ended.
        pub signed_out_at: ::chrono::DateTime<::chrono::offset::Utc>,
    }
    ///A ticket about an order.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct Ticket {
        ///When it was filed.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///What they counted when they looked.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub current_count: ::std::option::Option<i64>,
        ///What was decided, once it is.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub decision: ::std::option::Option<TicketDecision>,
        ///The issue, in your words.
        pub description: ::std::string::String,
        ///When its review is due: 24 hours after that.
        pub due_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///What was written since, oldest first. Only where one ticket is read.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub messages: ::std::vec::Vec<TicketMessage>,
        ///The order.
        pub order_id: i64,
        ///Whether it is overdue: not decided by then.
        pub overdue: bool,
        ///When it is overdue: 48 hours after that.
        pub overdue_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///The numbers of its screenshots. Only where one ticket is read.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub screenshots: ::std::vec::Vec<i64>,
        ///What a reviewer counted at the target before the delivery, once one did.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub start_count: ::std::option::Option<i64>,
        ///Where it stands.
        pub state: TicketState,
        ///Its number.
        pub ticket_id: i64,
    }
    ///What a reviewer decided about a ticket.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct TicketDecision {
        ///When.
        pub decided_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///What.
        pub outcome: TicketOutcome,
        ///Why.
        pub reason: ::std::string::String,
        ///The refill, if that is the outcome.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refill_id: ::std::option::Option<i64>,
        ///The refund, if that is the outcome.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refund_id: ::std::option::Option<i64>,
        ///How much came back by that, in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refunded: ::std::option::Option<::rust_decimal::Decimal>,
    }
    ///A message of a ticket.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct TicketMessage {
        ///When.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///Who wrote it.
        pub from: TicketWriter,
        ///The text.
        pub message: ::std::string::String,
    }
    ///What was decided. `refund`: an amount went back. `refill`: what dropped is topped up. `correction`: what was wrong was put right, as the reason says. `declined`: nothing is done.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum TicketOutcome {
        #[serde(rename = "refund")]
        Refund,
        #[serde(rename = "refill")]
        Refill,
        #[serde(rename = "correction")]
        Correction,
        #[serde(rename = "declined")]
        Declined,
    }
    impl ::std::fmt::Display for TicketOutcome {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Refund => f.write_str("refund"),
                Self::Refill => f.write_str("refill"),
                Self::Correction => f.write_str("correction"),
                Self::Declined => f.write_str("declined"),
            }
        }
    }
    impl ::std::str::FromStr for TicketOutcome {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "refund" => Ok(Self::Refund),
                "refill" => Ok(Self::Refill),
                "correction" => Ok(Self::Correction),
                "declined" => Ok(Self::Declined),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for TicketOutcome {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for TicketOutcome {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///A page of tickets.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct TicketPage {
        ///The `cursor` of the next page; absent at the end.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
        ///Oldest first, without messages.
        pub tickets: ::std::vec::Vec<Ticket>,
    }
    ///A screenshot that was added to a ticket.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct TicketScreenshot {
        ///Its number there: 1 to 3.
        pub number: i64,
        ///The ticket.
        pub ticket_id: i64,
    }
    ///`open`: it waits for staff. `answered`: staff wrote last. `closed`: it was decided, which is final.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum TicketState {
        #[serde(rename = "open")]
        Open,
        #[serde(rename = "answered")]
        Answered,
        #[serde(rename = "closed")]
        Closed,
    }
    impl ::std::fmt::Display for TicketState {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Open => f.write_str("open"),
                Self::Answered => f.write_str("answered"),
                Self::Closed => f.write_str("closed"),
            }
        }
    }
    impl ::std::str::FromStr for TicketState {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "open" => Ok(Self::Open),
                "answered" => Ok(Self::Answered),
                "closed" => Ok(Self::Closed),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for TicketState {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for TicketState {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///Who wrote: `customer` or `staff`.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum TicketWriter {
        #[serde(rename = "customer")]
        Customer,
        #[serde(rename = "staff")]
        Staff,
    }
    impl ::std::fmt::Display for TicketWriter {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Customer => f.write_str("customer"),
                Self::Staff => f.write_str("staff"),
            }
        }
    }
    impl ::std::str::FromStr for TicketWriter {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "customer" => Ok(Self::Customer),
                "staff" => Ok(Self::Staff),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for TicketWriter {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for TicketWriter {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///A code.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct TotpCode {
        ///The six digits that your authenticator shows now.
        pub code: ::std::string::String,
    }
    ///The password and a code.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    pub struct TotpDisable {
        ///The six digits that your authenticator shows now.
        pub code: ::std::string::String,
        ///Your password.
        pub password: ::std::string::String,
    }
    ///A seed for your authenticator.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct TotpSeed {
        ///The seed in base32, to type. It is shown this once.
        pub secret: ::std::string::String,
        ///The same as an `otpauth:` address, to show as a QR code.
        pub url: ::std::string::String,
    }
    ///Whether signing in needs a code.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct TotpState {
        ///Whether it does.
        pub totp: bool,
    }
    ///The money of your account.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct Wallet {
        ///What you can order for, in USD.
        pub balance: ::rust_decimal::Decimal,
        ///Always `USD`.
        pub currency: ::std::string::String,
        /**What your open orders have set aside, in USD: each part is earned or returned when its
order ends.*/
        pub held: ::rust_decimal::Decimal,
    }
    ///One movement of your wallet.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct WalletEntry {
        ///What arrived, in USD; below zero, what left.
        pub amount: ::rust_decimal::Decimal,
        ///The ledger transaction of the credit that was taken back, where it is a correction.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub corrects_transaction_id: ::std::option::Option<i64>,
        ///When.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /**What moved the money: `order_placed` (a charge), `order_settled` (a refund), `order_refund`
(a refund that was decided after the order had ended), `deposit` (what arrived by a
deposit), `deposit_return` (what the gateway sent back), `adjustment` (a credit by the panel's
operator), `correction` (such a credit was wrong and is taken back), `suspension` (what was
forfeited), `reinstatement` (the same come back) or `deposit_release` (what was credited while
the account was suspended).*/
        pub kind: ::std::string::String,
        ///The order, where it was one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub order_id: ::std::option::Option<i64>,
        ///Why, where it is a correction.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub reason: ::std::option::Option<::std::string::String>,
        ///The cause, such as `order:17`.
        pub reference: ::std::string::String,
        ///The ledger transaction.
        pub transaction_id: i64,
    }
    ///A page of the movements of your wallet.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct WalletEntryPage {
        ///Oldest first.
        pub entries: ::std::vec::Vec<WalletEntry>,
        ///Whether there were more when this page was read.
        pub has_more: bool,
        ///The `cursor` to go on with, now or later: it never misses a movement.
        pub next_cursor: ::std::string::String,
    }
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }
        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
}
#[derive(Clone, Debug)]
/**Client for smm-panel

The typed API of a reseller panel for social-media marketing.

- **Key**: `Authorization: Bearer <API key>` on every request; the session that `account_sign_in` gives does as well. Keys are made and changed with a session only. A key may have fewer scopes (`read`, `order`, `cancel`), networks that it is good from, an end, and a cap on what is ordered with it on one day (UTC), which refunds do not give back.
- **Money** is a decimal string in USD, exact to nine places; never a binary float.
- **Times** are RFC 3339 in UTC.
- **Errors** have one body: `code` from a closed list, `message`, `request_id`, and `details` with the numbers. 400: not of the documented form; 401, 403: the key, or signing in; 402: the wallet, or a cap; 404: not there, or not yours; 409: the state of what it is about; 422: well-formed, but refused by a rule; 429: too often, see `Retry-After`; 503: ask again.
- **Limits**: `RateLimit-Policy` says on every answer what the key may ask for (`"add";q=600;w=60`: 600 orders in 60 seconds), `RateLimit` what is left. Actions cost points, which all count together: an order, a cancel or a refill 5, whatever else is changed 5, the catalogue 10, anything read 1. A request over the limit was not looked at.
- **Refunds** follow a published policy, enforced by code: failed or canceled = 100 %, partial = `(remains / total_quantity) * charge`, completed = final. A charge can be disputed within 48 hours; a ticket asks people to look into an order, at any time.
- **Repeating**: place orders with an `Idempotency-Key`, and a lost answer costs nothing.

Version: 0.1.0*/
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
    pub(crate) inner: crate::key::Key,
}
impl Client {
    /// Create a new client.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new(baseurl: &str, inner: crate::key::Key) -> Self {
        #[cfg(not(target_arch = "wasm32"))]
        let client = {
            let dur = ::std::time::Duration::from_secs(15u64);
            reqwest::ClientBuilder::new().connect_timeout(dur).timeout(dur)
        };
        #[cfg(target_arch = "wasm32")]
        let client = reqwest::ClientBuilder::new();
        Self::new_with_client(baseurl, client.build().unwrap(), inner)
    }
    /// Construct a new client with an existing `reqwest::Client`,
    /// allowing more control over its configuration.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new_with_client(
        baseurl: &str,
        client: reqwest::Client,
        inner: crate::key::Key,
    ) -> Self {
        Self {
            baseurl: baseurl.to_string(),
            client,
            inner,
        }
    }
}
impl ClientInfo<crate::key::Key> for Client {
    fn api_version() -> &'static str {
        "0.1.0"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &crate::key::Key {
        &self.inner
    }
}
impl ClientHooks<crate::key::Key> for &Client {}
#[allow(clippy::all)]
impl Client {
    /**List the services

The whole catalogue, or those that match every filter. The answer has an `ETag`: send it
back as `If-None-Match`, and an unchanged catalogue costs nothing (304).

Sends a `GET` request to `/api/v3/services`

Arguments:
- `cancel`: Only services whose sent orders can be canceled, or only others.
- `category`: Only services under this heading.
- `dripfeed`: Only services that can be ordered in runs, or only others.
- `refill`: Only services whose drops are refilled, or only others.
- `search`: Only services whose name has this in it, in upper or lower case.
- `service_type`: Only services of this type.
*/
    pub async fn service_list<'a>(
        &'a self,
        cancel: Option<bool>,
        category: Option<&'a str>,
        dripfeed: Option<bool>,
        refill: Option<bool>,
        search: Option<&'a str>,
        service_type: Option<types::ServiceType>,
    ) -> Result<ResponseValue<types::ServiceList>, Error<()>> {
        let url = format!("{}/api/v3/services", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("cancel", &cancel))
            .query(&progenitor_client::QueryParam::new("category", &category))
            .query(&progenitor_client::QueryParam::new("dripfeed", &dripfeed))
            .query(&progenitor_client::QueryParam::new("refill", &refill))
            .query(&progenitor_client::QueryParam::new("search", &search))
            .query(&progenitor_client::QueryParam::new("service_type", &service_type))
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "service_list",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**List your orders

Newest first, a page at a time; filters are combined. Go on with `next_cursor` and the same
filters.

Sends a `GET` request to `/api/v3/orders`

Arguments:
- `created_before`: Only orders placed before this time.
- `created_from`: Only orders placed at this time or later.
- `cursor`: The `next_cursor` of the page before.
- `limit`: Orders per page.
- `reference`: Only orders with this reference.
- `service_id`: Only orders of this service.
- `status`: Only orders of this status.
*/
    pub async fn order_list<'a>(
        &'a self,
        created_before: Option<&'a ::chrono::DateTime<::chrono::offset::Utc>>,
        created_from: Option<&'a ::chrono::DateTime<::chrono::offset::Utc>>,
        cursor: Option<&'a str>,
        limit: Option<i64>,
        reference: Option<&'a str>,
        service_id: Option<i64>,
        status: Option<types::OrderStatus>,
    ) -> Result<ResponseValue<types::OrderPage>, Error<()>> {
        let url = format!("{}/api/v3/orders", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(
                &progenitor_client::QueryParam::new("created_before", &created_before),
            )
            .query(&progenitor_client::QueryParam::new("created_from", &created_from))
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .query(&progenitor_client::QueryParam::new("reference", &reference))
            .query(&progenitor_client::QueryParam::new("service_id", &service_id))
            .query(&progenitor_client::QueryParam::new("status", &status))
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "order_list",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Place an order

Checks and charges the order at once and answers when it is on disk; it is sent to a
provider afterwards. With an `Idempotency-Key` a request may be repeated without risk: the
same key and body give the same order again (`replayed`: true), another body under it is
refused. Keys are per account, kept for ever, and shared with `request_id` of `/api/v2`. A
request that was refused has used no key.

Sends a `POST` request to `/api/v3/orders`

Arguments:
- `idempotency_key`: A name of yours for this order: 1 to 64 printable ASCII characters.
- `body`
*/
    pub async fn order_place<'a>(
        &'a self,
        idempotency_key: Option<&'a str>,
        body: &'a types::NewOrder,
    ) -> Result<ResponseValue<types::PlacedOrder>, Error<()>> {
        let url = format!("{}/api/v3/orders", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        if let Some(value) = idempotency_key {
            header_map.append("Idempotency-Key", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "order_place",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Place many orders

Up to 100 orders, each with a result and, if you give one, an idempotency key of its own.
One that is refused does not touch the others. Orders are decided in their sequence.

Sends a `POST` request to `/api/v3/orders/batch`

*/
    pub async fn order_place_many<'a>(
        &'a self,
        body: &'a types::OrderBatch,
    ) -> Result<ResponseValue<types::BatchResults>, Error<()>> {
        let url = format!("{}/api/v3/orders/batch", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "order_place_many",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Read an order

With the timeline of its status, the orders that it overlaps, and what can still be asked for:
a cancel, a refill, a dispute.

Sends a `GET` request to `/api/v3/orders/{order_id}`

Arguments:
- `order_id`: The order's number.
*/
    pub async fn order_view<'a>(
        &'a self,
        order_id: i64,
    ) -> Result<ResponseValue<types::Order>, Error<()>> {
        let url = format!(
            "{}/api/v3/orders/{}", self.baseurl, encode_path(& order_id.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "order_view",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Cancel an order

An order that was not sent yet ends at once and is refunded whole. One that was sent is a
request to its provider: the order's status says what came of it, and what was not
delivered is refunded then. To ask again changes nothing.

Sends a `POST` request to `/api/v3/orders/{order_id}/cancel`

Arguments:
- `order_id`: The order's number.
*/
    pub async fn order_cancel<'a>(
        &'a self,
        order_id: i64,
    ) -> Result<ResponseValue<types::Order>, Error<()>> {
        let url = format!(
            "{}/api/v3/orders/{}/cancel", self.baseurl, encode_path(& order_id
            .to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "order_cancel",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Ask for a refill of an order

For an order of a service with a refill guarantee of which something was delivered: from 24
hours after its end and after the last refill on, until the days of the guarantee are over.

Sends a `POST` request to `/api/v3/orders/{order_id}/refill`

Arguments:
- `order_id`: The order's number.
*/
    pub async fn order_refill<'a>(
        &'a self,
        order_id: i64,
    ) -> Result<ResponseValue<types::Refill>, Error<()>> {
        let url = format!(
            "{}/api/v3/orders/{}/refill", self.baseurl, encode_path(& order_id
            .to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "order_refill",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Read a refill

Sends a `GET` request to `/api/v3/refills/{refill_id}`

Arguments:
- `refill_id`: The refill's number.
*/
    pub async fn refill_view<'a>(
        &'a self,
        refill_id: i64,
    ) -> Result<ResponseValue<types::Refill>, Error<()>> {
        let url = format!(
            "{}/api/v3/refills/{}", self.baseurl, encode_path(& refill_id.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "refill_view",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**List the refills of an order

Sends a `GET` request to `/api/v3/orders/{order_id}/refills`

Arguments:
- `order_id`: The order's number.
*/
    pub async fn order_refills<'a>(
        &'a self,
        order_id: i64,
    ) -> Result<ResponseValue<types::OrderRefills>, Error<()>> {
        let url = format!(
            "{}/api/v3/orders/{}/refills", self.baseurl, encode_path(& order_id
            .to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "order_refills",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Read the refunds of an order

Sends a `GET` request to `/api/v3/orders/{order_id}/refunds`

Arguments:
- `order_id`: The order's number.
*/
    pub async fn order_refunds<'a>(
        &'a self,
        order_id: i64,
    ) -> Result<ResponseValue<types::OrderRefunds>, Error<()>> {
        let url = format!(
            "{}/api/v3/orders/{}/refunds", self.baseurl, encode_path(& order_id
            .to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "order_refunds",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Follow all refunds

Every refund since a cursor, oldest first, withheld ones with amount 0 among them. Keep
`next_cursor` and ask again from there, as often as you like: refunds are numbered in the
sequence in which they were committed, so none is ever missed and none comes twice.

Sends a `GET` request to `/api/v3/refunds`

Arguments:
- `cursor`: The `next_cursor` of the page before; without it, from the first refund on.
- `limit`: Refunds per page.
*/
    pub async fn refund_list<'a>(
        &'a self,
        cursor: Option<&'a str>,
        limit: Option<i64>,
    ) -> Result<ResponseValue<types::RefundPage>, Error<()>> {
        let url = format!("{}/api/v3/refunds", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "refund_list",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Dispute a charge

Within 48 hours of the charge (`dispute_until` of the order), one open dispute per order. It is
decided by a person on the records of the panel; what they give comes back to the wallet.

Sends a `POST` request to `/api/v3/orders/{order_id}/disputes`

Arguments:
- `order_id`: The order's number.
- `body`
*/
    pub async fn dispute_open<'a>(
        &'a self,
        order_id: i64,
        body: &'a types::NewDispute,
    ) -> Result<ResponseValue<types::Dispute>, Error<()>> {
        let url = format!(
            "{}/api/v3/orders/{}/disputes", self.baseurl, encode_path(& order_id
            .to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "dispute_open",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**List your disputes

Oldest first, of all orders or of one.

Sends a `GET` request to `/api/v3/disputes`

Arguments:
- `cursor`: The `next_cursor` of the page before.
- `limit`: Disputes per page.
- `order_id`: Only those about this order.
- `state`: Only those that stand so.
*/
    pub async fn dispute_list<'a>(
        &'a self,
        cursor: Option<&'a str>,
        limit: Option<i64>,
        order_id: Option<i64>,
        state: Option<types::DisputeState>,
    ) -> Result<ResponseValue<types::DisputePage>, Error<()>> {
        let url = format!("{}/api/v3/disputes", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .query(&progenitor_client::QueryParam::new("order_id", &order_id))
            .query(&progenitor_client::QueryParam::new("state", &state))
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "dispute_list",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Read a dispute

Sends a `GET` request to `/api/v3/disputes/{dispute_id}`

Arguments:
- `dispute_id`: The dispute's number.
*/
    pub async fn dispute_view<'a>(
        &'a self,
        dispute_id: i64,
    ) -> Result<ResponseValue<types::Dispute>, Error<()>> {
        let url = format!(
            "{}/api/v3/disputes/{}", self.baseurl, encode_path(& dispute_id.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "dispute_view",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Read the evidence of a dispute

What it is decided on. Of a dispute that was decided, as it was then.

Sends a `GET` request to `/api/v3/disputes/{dispute_id}/evidence`

Arguments:
- `dispute_id`: The dispute's number.
*/
    pub async fn dispute_evidence<'a>(
        &'a self,
        dispute_id: i64,
    ) -> Result<ResponseValue<types::DisputeEvidence>, Error<()>> {
        let url = format!(
            "{}/api/v3/disputes/{}/evidence", self.baseurl, encode_path(& dispute_id
            .to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "dispute_evidence",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Open a ticket about an order

At any time, one that is not decided per order. A person of the panel looks into it within 24 to
48 hours: a refund, a refill, a correction, or a reason why not.

Sends a `POST` request to `/api/v3/orders/{order_id}/tickets`

Arguments:
- `order_id`: The order's number.
- `body`
*/
    pub async fn ticket_open<'a>(
        &'a self,
        order_id: i64,
        body: &'a types::NewTicket,
    ) -> Result<ResponseValue<types::Ticket>, Error<()>> {
        let url = format!(
            "{}/api/v3/orders/{}/tickets", self.baseurl, encode_path(& order_id
            .to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "ticket_open",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**List your tickets

Oldest first, about all orders or about one.

Sends a `GET` request to `/api/v3/tickets`

Arguments:
- `cursor`: The `next_cursor` of the page before.
- `limit`: Tickets per page.
- `order_id`: Only those about this order.
- `state`: Only those that stand so.
*/
    pub async fn ticket_list<'a>(
        &'a self,
        cursor: Option<&'a str>,
        limit: Option<i64>,
        order_id: Option<i64>,
        state: Option<types::TicketState>,
    ) -> Result<ResponseValue<types::TicketPage>, Error<()>> {
        let url = format!("{}/api/v3/tickets", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .query(&progenitor_client::QueryParam::new("order_id", &order_id))
            .query(&progenitor_client::QueryParam::new("state", &state))
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "ticket_list",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Read a ticket

With its messages, and the numbers of its screenshots.

Sends a `GET` request to `/api/v3/tickets/{ticket_id}`

Arguments:
- `ticket_id`: The ticket's number.
*/
    pub async fn ticket_view<'a>(
        &'a self,
        ticket_id: i64,
    ) -> Result<ResponseValue<types::Ticket>, Error<()>> {
        let url = format!(
            "{}/api/v3/tickets/{}", self.baseurl, encode_path(& ticket_id.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "ticket_view",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Write to a ticket

As long as it is not decided. It waits for staff again then.

Sends a `POST` request to `/api/v3/tickets/{ticket_id}/messages`

Arguments:
- `ticket_id`: The ticket's number.
- `body`
*/
    pub async fn ticket_message<'a>(
        &'a self,
        ticket_id: i64,
        body: &'a types::NewTicketMessage,
    ) -> Result<ResponseValue<types::TicketMessage>, Error<()>> {
        let url = format!(
            "{}/api/v3/tickets/{}/messages", self.baseurl, encode_path(& ticket_id
            .to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "ticket_message",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Add a screenshot to a ticket

Up to three, as long as it is not decided: a PNG, JPEG or WebP picture of at most 5 MiB and 25
million pixels. It is kept as a PNG without whatever else was in the file, such as the place where
it was made; halved, if it would have more than 5 MiB.

Sends a `POST` request to `/api/v3/tickets/{ticket_id}/screenshots`

Arguments:
- `ticket_id`: The ticket's number.
- `body`: The picture: at most 5242880 bytes.
*/
    pub async fn ticket_screenshot_add<'a, B: Into<reqwest::Body>>(
        &'a self,
        ticket_id: i64,
        body: B,
    ) -> Result<ResponseValue<types::TicketScreenshot>, Error<()>> {
        let url = format!(
            "{}/api/v3/tickets/{}/screenshots", self.baseurl, encode_path(& ticket_id
            .to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .header(
                ::reqwest::header::CONTENT_TYPE,
                ::reqwest::header::HeaderValue::from_static("application/octet-stream"),
            )
            .body(body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "ticket_screenshot_add",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Read a screenshot of a ticket

Sends a `GET` request to `/api/v3/tickets/{ticket_id}/screenshots/{number}`

Arguments:
- `ticket_id`: The ticket's number.
- `number`: The screenshot's number: 1 to 3.
*/
    pub async fn ticket_screenshot<'a>(
        &'a self,
        ticket_id: i64,
        number: i64,
    ) -> Result<ResponseValue<ByteStream>, Error<()>> {
        let url = format!(
            "{}/api/v3/tickets/{}/screenshots/{}", self.baseurl, encode_path(& ticket_id
            .to_string()), encode_path(& number.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self.client.get(url).headers(header_map).build()?;
        let info = OperationInfo {
            operation_id: "ticket_screenshot",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => Ok(ResponseValue::stream(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Read your wallet

Sends a `GET` request to `/api/v3/wallet`

*/
    pub async fn wallet_view<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::Wallet>, Error<()>> {
        let url = format!("{}/api/v3/wallet", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "wallet_view",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**List the movements of your wallet

Oldest first, from the first on or from a cursor on. The sum of all amounts is the balance.

Sends a `GET` request to `/api/v3/wallet/entries`

Arguments:
- `cursor`: The `next_cursor` of the page before; without it, from the first movement on.
- `limit`: Movements per page.
*/
    pub async fn wallet_entries<'a>(
        &'a self,
        cursor: Option<&'a str>,
        limit: Option<i64>,
    ) -> Result<ResponseValue<types::WalletEntryPage>, Error<()>> {
        let url = format!("{}/api/v3/wallet/entries", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "wallet_entries",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**List your deposits

Newest first.

Sends a `GET` request to `/api/v3/deposits`

Arguments:
- `cursor`: The `next_cursor` of the page before.
- `limit`: Deposits per page.
- `status`: Only those that stand so.
*/
    pub async fn deposit_list<'a>(
        &'a self,
        cursor: Option<&'a str>,
        limit: Option<i64>,
        status: Option<types::DepositStatus>,
    ) -> Result<ResponseValue<types::DepositPage>, Error<()>> {
        let url = format!("{}/api/v3/deposits", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .query(&progenitor_client::QueryParam::new("status", &status))
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "deposit_list",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Make a deposit

Gives the page on which it is paid. What the coin asks of a payer is found out before the
invoice is made. What arrives is credited by itself; **it is final then**: read `terms` and
`notes`. A deposit that is never paid costs nothing.

Sends a `POST` request to `/api/v3/deposits`

*/
    pub async fn deposit_create<'a>(
        &'a self,
        body: &'a types::NewDeposit,
    ) -> Result<ResponseValue<types::DepositDetails>, Error<()>> {
        let url = format!("{}/api/v3/deposits", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "deposit_create",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Read a deposit

With its payments: what arrived, and what was credited of it.

Sends a `GET` request to `/api/v3/deposits/{deposit_id}`

Arguments:
- `deposit_id`: The deposit's number.
*/
    pub async fn deposit_view<'a>(
        &'a self,
        deposit_id: i64,
    ) -> Result<ResponseValue<types::DepositDetails>, Error<()>> {
        let url = format!(
            "{}/api/v3/deposits/{}", self.baseurl, encode_path(& deposit_id.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "deposit_view",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Read your account

Sends a `GET` request to `/api/v3/account`

*/
    pub async fn account_view<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::Account>, Error<()>> {
        let url = format!("{}/api/v3/account", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "account_view",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Open an account

For customers; the wallet is empty. Sign in afterwards. A panel that sends mail answers 202
whatever the address, and the account is opened by the link in the mail, within 24 hours; one that
sends none opens it at once. A panel may have closed it, and from one address 20 accounts an hour
can be opened.

Sends a `POST` request to `/api/v3/account`

*/
    pub async fn account_sign_up<'a>(
        &'a self,
        body: &'a types::SignUp,
    ) -> Result<ResponseValue<types::Account>, Error<()>> {
        let url = format!("{}/api/v3/account", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "account_sign_up",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Change your settings

They hold from the next time on that they matter.

Sends a `PATCH` request to `/api/v3/account`

*/
    pub async fn account_change<'a>(
        &'a self,
        body: &'a types::AccountSettings,
    ) -> Result<ResponseValue<types::Account>, Error<()>> {
        let url = format!("{}/api/v3/account", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .patch(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "account_change",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Sign in

Gives a session, which works wherever an API key does and where one does not. It ends when it
is not used for 12 hours, after 7 days in any case, by signing out, and by another password.
After 5 failures in 15 minutes for one account from one address the wait grows with every
further one; `Retry-After` says it. After 10 wrong codes in an hour, or 30 in a day, no code for
the account is looked at; networks where it signed in within 30 days count apart.

Sends a `POST` request to `/api/v3/account/sign-in`

*/
    pub async fn account_sign_in<'a>(
        &'a self,
        body: &'a types::SignIn,
    ) -> Result<ResponseValue<types::Session>, Error<()>> {
        let url = format!("{}/api/v3/account/sign-in", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "account_sign_in",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Sign out

Ends the session that asks.

Sends a `POST` request to `/api/v3/account/sign-out`

*/
    pub async fn account_sign_out<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::SignedOut>, Error<()>> {
        let url = format!("{}/api/v3/account/sign-out", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "account_sign_out",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Change your password

Every other session of yours ends. API keys stay as they are.

Sends a `POST` request to `/api/v3/account/password`

*/
    pub async fn account_change_password<'a>(
        &'a self,
        body: &'a types::PasswordChange,
    ) -> Result<ResponseValue<types::PasswordChanged>, Error<()>> {
        let url = format!("{}/api/v3/account/password", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "account_change_password",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Ask for a new password

For somebody who has forgotten theirs. If the address has an account, a link is sent there by
which a password is chosen, good once and for an hour; the answer is the same for every address.
Choosing a password ends every session; API keys go on, and so do the codes of an authenticator.
A panel without a mail server refuses it: its operator gives such a link.

Sends a `POST` request to `/api/v3/account/password/reset`

*/
    pub async fn account_ask_password_reset<'a>(
        &'a self,
        body: &'a types::ResetAsk,
    ) -> Result<ResponseValue<types::MailAsked>, Error<()>> {
        let url = format!("{}/api/v3/account/password/reset", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "account_ask_password_reset",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            202u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Change your e-mail address

You sign in with it from then on. A panel that sends mail answers 202 whatever the address, and puts
it in place by the link in the mail to the new one, with the password, within 24 hours; one that
sends none puts it in place at once. The earlier address is told by mail, with a link that puts it
back within 7 days; and for 24 hours no password of yours is reset by mail.

Sends a `POST` request to `/api/v3/account/email`

*/
    pub async fn account_change_email<'a>(
        &'a self,
        body: &'a types::NewEmail,
    ) -> Result<ResponseValue<types::Account>, Error<()>> {
        let url = format!("{}/api/v3/account/email", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "account_change_email",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Begin to use codes

Makes a seed for an authenticator app (TOTP: SHA-1, 6 digits, 30 seconds). Nothing changes
until `account_totp_confirm`; asked again, it gives another seed.

Sends a `POST` request to `/api/v3/account/totp`

*/
    pub async fn account_totp_begin<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::TotpSeed>, Error<()>> {
        let url = format!("{}/api/v3/account/totp", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "account_totp_begin",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Turn codes on

With a code of the new seed; from then on signing in needs one. Wrong codes count like those at
signing in.

Sends a `POST` request to `/api/v3/account/totp/confirm`

*/
    pub async fn account_totp_confirm<'a>(
        &'a self,
        body: &'a types::TotpCode,
    ) -> Result<ResponseValue<types::TotpState>, Error<()>> {
        let url = format!("{}/api/v3/account/totp/confirm", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "account_totp_confirm",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Turn codes off

With the password and a code that was not used yet.

Sends a `POST` request to `/api/v3/account/totp/disable`

*/
    pub async fn account_totp_disable<'a>(
        &'a self,
        body: &'a types::TotpDisable,
    ) -> Result<ResponseValue<types::TotpState>, Error<()>> {
        let url = format!("{}/api/v3/account/totp/disable", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "account_totp_disable",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**List your keys

Sends a `GET` request to `/api/v3/account/keys`

Arguments:
- `cursor`: The `next_cursor` of the page before; without it, from the first key on.
- `limit`: Keys per page.
*/
    pub async fn key_list<'a>(
        &'a self,
        cursor: Option<&'a str>,
        limit: Option<i64>,
    ) -> Result<ResponseValue<types::KeyPage>, Error<()>> {
        let url = format!("{}/api/v3/account/keys", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "key_list",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Make a key

The key itself is in this answer and nowhere else. An account has 100 good keys at most.

Sends a `POST` request to `/api/v3/account/keys`

*/
    pub async fn key_create<'a>(
        &'a self,
        body: &'a types::KeySettings,
    ) -> Result<ResponseValue<types::NewKey>, Error<()>> {
        let url = format!("{}/api/v3/account/keys", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "key_create",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Change what a key may be used for

Everything is replaced: what you leave out does not bound it any more.

Sends a `PUT` request to `/api/v3/account/keys/{key_id}`

Arguments:
- `key_id`: The key's number.
- `body`
*/
    pub async fn key_change<'a>(
        &'a self,
        key_id: i64,
        body: &'a types::KeySettings,
    ) -> Result<ResponseValue<types::Key>, Error<()>> {
        let url = format!(
            "{}/api/v3/account/keys/{}", self.baseurl, encode_path(& key_id.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .put(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "key_change",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Replace a key

Makes a new key with the same settings, and what was ordered today under its cap. The old one
stays good for a while, so that you can put the new one in its place everywhere.

Sends a `POST` request to `/api/v3/account/keys/{key_id}/rotate`

Arguments:
- `key_id`: The key's number.
- `body`
*/
    pub async fn key_rotate<'a>(
        &'a self,
        key_id: i64,
        body: &'a types::KeyRotation,
    ) -> Result<ResponseValue<types::NewKey>, Error<()>> {
        let url = format!(
            "{}/api/v3/account/keys/{}/rotate", self.baseurl, encode_path(& key_id
            .to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "key_rotate",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Revoke a key

The next request with it is refused. Again is fine, and changes nothing.

Sends a `POST` request to `/api/v3/account/keys/{key_id}/revoke`

Arguments:
- `key_id`: The key's number.
*/
    pub async fn key_revoke<'a>(
        &'a self,
        key_id: i64,
    ) -> Result<ResponseValue<types::Key>, Error<()>> {
        let url = format!(
            "{}/api/v3/account/keys/{}/revoke", self.baseurl, encode_path(& key_id
            .to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "key_revoke",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**List your notices

Oldest first, from the first on or from a cursor on.

Sends a `GET` request to `/api/v3/account/notices`

Arguments:
- `cursor`: The `next_cursor` of the page before; without it, from the first notice on.
- `limit`: Notices per page.
- `unread`: Only those that are not marked as read.
*/
    pub async fn account_notices<'a>(
        &'a self,
        cursor: Option<&'a str>,
        limit: Option<i64>,
        unread: Option<bool>,
    ) -> Result<ResponseValue<types::NoticePage>, Error<()>> {
        let url = format!("{}/api/v3/account/notices", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .query(&progenitor_client::QueryParam::new("unread", &unread))
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "account_notices",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Mark a notice as read

Again is fine, and changes nothing.

Sends a `POST` request to `/api/v3/account/notices/{notice_id}/read`

Arguments:
- `notice_id`: The notice's number.
*/
    pub async fn account_notice_read<'a>(
        &'a self,
        notice_id: i64,
    ) -> Result<ResponseValue<types::Notice>, Error<()>> {
        let url = format!(
            "{}/api/v3/account/notices/{}/read", self.baseurl, encode_path(& notice_id
            .to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "account_notice_read",
        };
        (crate::key::sign)(&self.inner, &mut request);
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
}
/// Items consumers will typically use such as the Client.
pub mod prelude {
    #[allow(unused_imports)]
    pub use super::Client;
}

// Generated from openapi/sdk.json by `cargo run -p openapi -- generate`: do not edit.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///The account that the key or the session belongs to.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct Account {
        ///The number that the account has in this panel.
        pub account_id: i64,
        ///Whether the panel requests refills of your orders by itself where it can count a drop.
        pub automatic_refills: bool,
        ///When the account was opened, UTC.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /**The most, in USD, that the account may order for on one day (UTC), with all its keys together.
Refunds do not give it back. Absent if there is no cap.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub daily_cap: ::std::option::Option<::rust_decimal::Decimal>,
        ///The e-mail address that you sign in with; absent if the account has none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub email: ::std::option::Option<::std::string::String>,
        ///The name that the account has, unique in this panel.
        pub name: ::std::string::String,
        ///The role that the account has; it decides what you may do.
        pub role: crate::generated::types::Role,
        ///What the account has ordered for today (UTC), in USD; absent without `daily_cap`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub spent_today: ::std::option::Option<::rust_decimal::Decimal>,
        ///The rate tier that your rates are computed by; absent if the catalogue's rates hold.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub tier: ::std::option::Option<::std::string::String>,
        ///Whether signing in needs a code of your authenticator.
        pub totp: bool,
    }
    ///The settings to change; a setting that is absent stays as it is.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[serde(deny_unknown_fields)]
    #[non_exhaustive]
    pub struct AccountSettings {
        ///Whether the panel requests refills of your orders by itself where it can count a drop.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub automatic_refills: ::std::option::Option<bool>,
    }
    ///An order that is placed together with others.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    #[non_exhaustive]
    pub struct BatchOrder {
        /**Your own name for this order, which makes it safe to repeat: 1 to 64 printable characters. It
is what the header `Idempotency-Key` is for a single order.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub idempotency_key: ::std::option::Option<::std::string::String>,
        ///The order that is to be placed.
        pub order: NewOrder,
    }
    ///What became of one of the orders: either `placed` or `error` is present.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    pub struct BatchResult {
        /**Why the order was refused, as a single order would have been answered; absent if it was
placed.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<Error>,
        ///The order that was placed; absent if it was refused.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub placed: ::std::option::Option<PlacedOrder>,
    }
    ///What became of the orders of the request.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct BatchResults {
        ///The results, one for each order, in the sequence that the request had.
        pub results: ::std::vec::Vec<BatchResult>,
    }
    ///What the coin of a deposit required of its payer when the deposit was made.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct CoinQuote {
        ///The coin that is to be paid, by the gateway's name of it, such as `btc`.
        pub coin: ::std::string::String,
        ///About how much of the coin is to be paid, as decimal text; the invoice has the binding amount.
        pub estimate: ::std::string::String,
        ///The least of the coin that the gateway takes, as decimal text.
        pub minimum: ::std::string::String,
    }
    ///A deposit, which brings money into the wallet.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct Deposit {
        ///How much is to be paid, in USD.
        pub amount: ::rust_decimal::Decimal,
        ///When the deposit was made, UTC.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///What was credited for the deposit, in USD; 0 if nothing was.
        pub credited: ::rust_decimal::Decimal,
        ///The number that the deposit has.
        pub deposit_id: i64,
        ///The way in which the deposit is paid.
        pub gateway: crate::generated::types::GatewayName,
        ///The page on which the deposit is paid; absent if it has no invoice.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub invoice_url: ::std::option::Option<::std::string::String>,
        ///What the chosen coin requires; absent if you choose a coin on the invoice's page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub quote: ::std::option::Option<CoinQuote>,
        /**The reference by which the gateway knows the deposit; for a manual deposit, the one that the
panel's operator gave it.*/
        pub reference: ::std::string::String,
        ///The status that the deposit has now.
        pub status: crate::generated::types::DepositStatus,
    }
    ///A deposit with what its payer has to know, and what was paid.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct DepositDetails {
        ///The deposit that this is about.
        pub deposit: Deposit,
        ///The least that the panel takes by a deposit, in USD.
        pub min_amount: ::rust_decimal::Decimal,
        ///What a payer has to mind, for people: minimum, network and fees.
        pub notes: ::std::vec::Vec<::std::string::String>,
        ///The payments to the deposit that the gateway reported, oldest first.
        pub payments: ::std::vec::Vec<DepositPayment>,
        ///The terms that every deposit has, for people: what was credited is final.
        pub terms: ::std::string::String,
    }
    ///One page of the deposits that match the filter.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct DepositPage {
        ///The deposits that the page has, newest first.
        pub deposits: ::std::vec::Vec<Deposit>,
        ///Pass this as `cursor` to get the next page; absent at the end of the list.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    ///A payment to a deposit, as the gateway last reported it.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct DepositPayment {
        ///How much of the coin arrived, as decimal text; absent if it is not known.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub actually_paid: ::std::option::Option<::std::string::String>,
        ///The coin that was paid, by the gateway's name of it; absent if it is not known.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub coin: ::std::option::Option<::std::string::String>,
        ///What was credited for the payment, in USD; 0 if nothing was.
        pub credited: ::rust_decimal::Decimal,
        ///The number that the gateway gave the payment.
        pub gateway_payment: ::std::string::String,
        ///The gateway's number of the payment that this one repeats; absent if it repeats none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub parent: ::std::option::Option<::std::string::String>,
        ///How much of the coin was to be paid, as decimal text; absent if it is not known.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub pay_amount: ::std::option::Option<::std::string::String>,
        ///When the panel learned of the payment, UTC.
        pub seen_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /**What the wallet did not cover of the amount that was to be taken back, in USD; absent if the
gateway did not send the payment back.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub shortfall: ::std::option::Option<::rust_decimal::Decimal>,
        /**How far the payment is, in the gateway's own word; absent until the panel has asked the
gateway.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<::std::string::String>,
        /**What was taken out of the wallet again, in USD, because the gateway sent the payment back;
absent if the gateway did not.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub taken_back: ::std::option::Option<::rust_decimal::Decimal>,
    }
    ///A dispute that was opened about the charge of an order.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct Dispute {
        ///The amount that is in question, in USD.
        pub amount: ::rust_decimal::Decimal,
        ///When the order was charged, UTC.
        pub charged_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///When the dispute was opened, UTC.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///What was decided; absent until the dispute is decided.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub decision: ::std::option::Option<DisputeDecision>,
        ///What is wrong, in your words.
        pub description: ::std::string::String,
        ///The number that the dispute has.
        pub dispute_id: i64,
        ///The number of the order whose charge is disputed.
        pub order_id: i64,
        ///What the dispute is about.
        pub reason: crate::generated::types::DisputeReason,
        ///The state that the dispute has now.
        pub state: crate::generated::types::DisputeState,
    }
    ///What a reviewer decided about a dispute.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct DisputeDecision {
        ///When the dispute was decided, UTC.
        pub decided_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///Why the reviewer decided so, for people.
        pub reason: ::std::string::String,
        ///The number of the refund that was made; absent if the dispute was rejected.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refund_id: ::std::option::Option<i64>,
        ///How much was refunded by the decision, in USD; absent if the dispute was rejected.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refunded: ::std::option::Option<::rust_decimal::Decimal>,
    }
    ///The records of the panel that a dispute is decided on.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct DisputeEvidence {
        /**The records: the order with its charge, counts and rate; the transactions of the ledger;
refunds and refills; the history of the status; the deliveries and what providers confirmed;
overlap marks.*/
        pub bundle: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        ///The number of the dispute that the records are for.
        pub dispute_id: i64,
        /**Whether the records are as they were when the dispute was decided; false if they are of this
moment.*/
        pub kept: bool,
        /**The SHA-256 of `bundle` as compact JSON with its keys in their sequence, in hexadecimal:
`jq -cj .bundle | sha256sum` computes it.*/
        pub sha256: ::std::string::String,
    }
    ///One page of the disputes that match the filters.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct DisputePage {
        ///The disputes that the page has, oldest first.
        pub disputes: ::std::vec::Vec<Dispute>,
        ///Pass this as `cursor` to get the next page; absent at the end of the list.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    ///The body that every answer has which is not a success.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct Error {
        ///What was wrong, for programs: one code of a closed list.
        pub code: crate::generated::types::ErrorCode,
        ///What explains the error, in numbers and names.
        pub details: ErrorDetails,
        ///What was wrong, for people; the wording may change.
        pub message: ::std::string::String,
        ///The number that the panel gave the request; its log and the header `x-request-id` have it too.
        pub request_id: ::std::string::String,
    }
    ///The numbers and names that explain an error; those that its code does not name are absent.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    pub struct ErrorDetails {
        ///From when on the request can be accepted, UTC.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub available_from: ::std::option::Option<
            ::chrono::DateTime<::chrono::offset::Utc>,
        >,
        ///Until when the request can, or could, be made, UTC.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub available_until: ::std::option::Option<
            ::chrono::DateTime<::chrono::offset::Utc>,
        >,
        ///What the wallet has, in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub balance: ::std::option::Option<::rust_decimal::Decimal>,
        ///The most that may be spent on one day (UTC), in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub cap: ::std::option::Option<::rust_decimal::Decimal>,
        ///What the order would cost, in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub charge: ::std::option::Option<::rust_decimal::Decimal>,
        ///When the order was charged, UTC.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub charged_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///How many days are left until `available_until`, begun days included.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub days_left: ::std::option::Option<i64>,
        ///The number of the dispute that is open.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub dispute_id: ::std::option::Option<i64>,
        ///What would be right, such as the form of the field or the scope that is missing.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expected: ::std::option::Option<::std::string::String>,
        ///The name of the field, parameter or header that was wrong.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub field: ::std::option::Option<::std::string::String>,
        ///The largest number that is allowed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max: ::std::option::Option<i64>,
        ///The largest amount that is allowed, in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max_amount: ::std::option::Option<::rust_decimal::Decimal>,
        ///The smallest number that is allowed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub min: ::std::option::Option<i64>,
        ///The smallest amount that is allowed, in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub min_amount: ::std::option::Option<::rust_decimal::Decimal>,
        ///How many seconds to wait before the request is sent again.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub retry_after_seconds: ::std::option::Option<i64>,
        ///What was spent under the cap today (UTC), in USD.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub spent: ::std::option::Option<::rust_decimal::Decimal>,
        ///The status that the order has now.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<crate::generated::types::OrderStatus>,
    }
    ///What is shown of an API key, never the key itself.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct Key {
        /**The most, in USD, that a key of staff may suspend, record as a chargeback or credit by one
action without a person's confirmation; absent if the key may do none of that.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub action_limit: ::std::option::Option<::rust_decimal::Decimal>,
        ///The addresses and networks from which the key works; an empty list means everywhere.
        pub addresses: ::std::vec::Vec<::std::string::String>,
        ///The text that the key begins with, such as `smp_live_`.
        pub begins_with: ::std::string::String,
        /**Since when, UTC, the key is blocked because of how it was used, until the panel's staff have
reviewed it; absent if it is not blocked. A key that replaces it by `key_rotate` is not
blocked.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub blocked_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///When the key was made, UTC.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///The most, in USD, that the key may order for on one day (UTC); absent if the key has no cap.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub daily_cap: ::std::option::Option<::rust_decimal::Decimal>,
        ///When the key ends, UTC; absent if it does not end.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expires_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///The number that the key has.
        pub key_id: i64,
        ///The four characters that the key ends with.
        pub last4: ::std::string::String,
        ///The IP address from which the key was last used; absent if none is known.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub last_used_address: ::std::option::Option<::std::string::String>,
        ///When the key was last used, UTC, exact to some seconds; absent if it never was.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub last_used_at: ::std::option::Option<
            ::chrono::DateTime<::chrono::offset::Utc>,
        >,
        ///The name that its owner gave the key.
        pub name: ::std::string::String,
        ///When the key was revoked, UTC; absent if it was not.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub revoked_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///What the key may be used for.
        pub scopes: ::std::vec::Vec<crate::generated::types::Scope>,
        ///What was ordered with the key today (UTC), in USD; absent without `daily_cap`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub spent_today: ::std::option::Option<::rust_decimal::Decimal>,
        ///Until when, UTC, the key has a quarter of its limits because of how it was used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub throttled_until: ::std::option::Option<
            ::chrono::DateTime<::chrono::offset::Utc>,
        >,
    }
    ///One page of the keys that an account has.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct KeyPage {
        ///Whether more keys followed when this page was read.
        pub has_more: bool,
        ///The keys that the page has, oldest first; revoked and expired keys are included.
        pub keys: ::std::vec::Vec<Key>,
        ///Pass this as `cursor` to get the keys that follow, now or later.
        pub next_cursor: ::std::string::String,
    }
    ///How long the replaced key goes on working.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[serde(deny_unknown_fields)]
    #[non_exhaustive]
    pub struct KeyRotation {
        /**For how many minutes the old key goes on working: 0 to 43200 (30 days), by default 1440 (one
day). It does not work longer than its own `expires_at`.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub overlap_minutes: ::std::option::Option<i64>,
    }
    ///What an API key may be used for. A limit that is absent does not bound the key.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    #[non_exhaustive]
    pub struct KeySettings {
        /**The most, in USD, that a key of staff may suspend, record as a chargeback or credit by one
action without a person's confirmation: above 0, at most 1000000000. A key with such a limit
is made, changed and replaced only by a session that was confirmed within the last 10 minutes.
A customer's key has none.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub action_limit: ::std::option::Option<::rust_decimal::Decimal>,
        /**The addresses and networks (such as `203.0.113.0/24`) from which the key works, at most 100.
Without any, the key works from everywhere.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub addresses: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        /**The most, in USD, that a customer's key may order for on one day (UTC): above 0, with at most
nine decimals. Refunds do not give it back. Orders that were placed before a cap was set are
not counted.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub daily_cap: ::std::option::Option<::rust_decimal::Decimal>,
        ///When the key ends, in the future. Without it, the key does not end.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expires_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///The name that you give the key: 1 to 100 printable characters.
        pub name: ::std::string::String,
        /**What the key may be used for, at least one scope: of `read`, `order` and `cancel` for a
customer; of `read`, `support`, `money`, `catalogue` and `accounts` for staff.*/
        pub scopes: ::std::vec::Vec<crate::generated::types::Scope>,
    }
    ///The answer to a request that is completed by a link in a mail.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct MailAsked {
        ///What to do next, for people; the text is the same for every address.
        pub message: ::std::string::String,
    }
    ///The deposit that is to be made.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    #[non_exhaustive]
    pub struct NewDeposit {
        /**How much is to be paid, in USD: at least the panel's minimum, at most 1000000, with at most
two decimals.*/
        pub amount: ::rust_decimal::Decimal,
        /**The coin that the deposit is paid with, by the gateway's name of it, such as `btc` or
`usdttrc20`. Without it, you choose a coin on the invoice's page.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub coin: ::std::option::Option<::std::string::String>,
    }
    ///What is wrong with the charge of an order.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    #[non_exhaustive]
    pub struct NewDispute {
        /**The exact amount that is in question, in USD: above 0, at most what was not refunded of the
charge.*/
        pub amount: ::rust_decimal::Decimal,
        ///What is wrong, in your words: 20 to 2000 characters.
        pub description: ::std::string::String,
        ///What the dispute is about.
        pub reason: crate::generated::types::DisputeReason,
    }
    ///The e-mail address that your account is to have.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    #[non_exhaustive]
    pub struct NewEmail {
        ///The six digits that your authenticator shows now; needed if codes are on.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::std::string::String>,
        ///The e-mail address that replaces the present one, at most 254 characters.
        pub email: ::std::string::String,
        ///The password that your account has.
        pub password: ::std::string::String,
    }
    ///A key that was made by the request.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct NewKey {
        ///What lists of keys show of the new key.
        pub key: Key,
        ///The key itself; only this answer shows it.
        pub token: ::std::string::String,
    }
    /**The order that is to be placed. The type of the service decides which fields it needs; fields that
the type does not need are ignored.*/
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    #[non_exhaustive]
    pub struct NewOrder {
        ///The number of the answer that is voted for, 0 to 1000, for `Poll`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub answer_number: ::std::option::Option<i64>,
        /**The comments that are written, one line each, at most 10000 characters in each, for
`Custom Comments`, `Custom Comments Package` and `Comment Replies`. All texts of an order
together have at most 65536 characters, and 250 more for each unit.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub comments: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        /**The country that the visitors come from, such as `US`, at most 200 characters, for
`Web Traffic`.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub country: ::std::option::Option<::std::string::String>,
        /**The device that the visitors use, for `Web Traffic`: 1 desktop, 2 Android, 3 iOS, 4 mixed
mobile, 5 mixed.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub device: ::std::option::Option<i64>,
        ///The words that the visitors search for, at most 200 characters, for `Web Traffic` from Google.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub google_keyword: ::std::option::Option<::std::string::String>,
        /**The groups that members are invited from, at most 2048 characters each, for
`Invites from Groups`.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub groups: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        ///The hashtag that is used, at most 200 characters, for `Mentions Hashtag`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub hashtag: ::std::option::Option<::std::string::String>,
        /**The hashtags whose posts are mentioned, at most 200 characters each, for
`Mentions with Hashtags`.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub hashtags: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        ///How many minutes are between two runs of a drip-feed: 1 to 10080. It needs `runs` too.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub interval_minutes: ::std::option::Option<i64>,
        ///The words that are searched for, at most 200 characters each, for `SEO`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub keywords: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        /**Where the order is delivered: an http(s) address, with or without its scheme, or a user name,
at most 2048 characters.*/
        pub link: ::std::string::String,
        /**The address of the media whose likers are mentioned, at most 2048 characters, for
`Mentions Media Likers`.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub media: ::std::option::Option<::std::string::String>,
        /**How many units are ordered, for a drip-feed in each run: at least the service's `min`, and
with all runs together at most its `max`.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub quantity: ::std::option::Option<i64>,
        /**Your own name for the order, by which `order_list` finds it: 1 to 64 printable characters. Any
number of orders may share one.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub reference: ::std::option::Option<::std::string::String>,
        /**The address that the visitors come from, at most 2048 characters, for `Web Traffic` from a
referrer.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub referring_url: ::std::option::Option<::std::string::String>,
        /**How many runs a drip-feed has, each of `quantity` units: 1 to 1000. It needs
`interval_minutes` too.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub runs: ::std::option::Option<i64>,
        ///The number of the service, which `service_list` shows.
        pub service_id: i64,
        /**Where the visitors come from, for `Web Traffic`: 1 from Google (needs `google_keyword`), 2
from a referrer (needs `referring_url`), 3 directly.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub type_of_traffic: ::std::option::Option<i64>,
        /**The user whose followers are mentioned, for `Mentions User Followers`; the user who wrote the
comment, for `Comment Likes` and `Comment Replies`. It has at most 200 characters.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub username: ::std::option::Option<::std::string::String>,
        /**The user names that are mentioned, at most 200 characters each, for `Mentions`,
`Mentions with Hashtags` and `Mentions Custom List`.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub usernames: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
    }
    ///What the panel's staff should look into about an order.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    #[non_exhaustive]
    pub struct NewTicket {
        ///What the issue is, in your words: 20 to 2000 characters.
        pub description: ::std::string::String,
    }
    ///A message that is added to a ticket.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    #[non_exhaustive]
    pub struct NewTicketMessage {
        ///What the message says: 1 to 2000 characters.
        pub message: ::std::string::String,
    }
    ///A message that the panel sent to an account.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct Notice {
        ///When the notice was sent, UTC.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///What the notice says, for people.
        pub message: ::std::string::String,
        ///The number that the notice has.
        pub notice_id: i64,
        ///When the notice was marked as read, UTC; absent if it was not.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub read_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
    }
    ///One page of the notices that were sent to you.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct NoticePage {
        ///Whether more notices followed when this page was read.
        pub has_more: bool,
        ///Pass this as `cursor` to get the notices that follow, now or later.
        pub next_cursor: ::std::string::String,
        ///The notices that the page has, oldest first.
        pub notices: ::std::vec::Vec<Notice>,
    }
    ///An order and what has become of it.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct Order {
        /**Since when, UTC, the panel has been finding out whether the provider took the order; absent if
that is not in doubt. Meanwhile the order stays `pending` and its charge is held; a cancel
that is requested meanwhile ends the order as soon as it is certain that the provider did not
take it. Present only where one order is read.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub awaiting_provider_since: ::std::option::Option<
            ::chrono::DateTime<::chrono::offset::Utc>,
        >,
        ///Whether the order can be canceled now. Present only where one order is read.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub can_cancel: ::std::option::Option<Right>,
        ///Whether the charge can be disputed now, and until when. Present only where one order is read.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub can_dispute: ::std::option::Option<Right>,
        /**Whether a refill can be requested now, or from when on, and until when. Present only where one
order is read.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub can_refill: ::std::option::Option<Right>,
        ///When a cancel of the order was requested, UTC; absent if none was.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub cancel_requested_at: ::std::option::Option<
            ::chrono::DateTime<::chrono::offset::Utc>,
        >,
        /**What was charged when the order was placed, in USD. `/api/v2` shows this less what was
refunded.*/
        pub charge: ::rust_decimal::Decimal,
        ///When the order was placed, UTC.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///Until when the charge can be disputed, UTC: 48 hours after the charge.
        pub dispute_until: ::chrono::DateTime<::chrono::offset::Utc>,
        ///When the order ended, UTC; absent until then.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ended_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///How many minutes are between two runs; 0 unless the order is a drip-feed.
        pub interval_minutes: i64,
        ///Where the order is delivered, as you wrote it.
        pub link: ::std::string::String,
        ///The number that the order has in this panel.
        pub order_id: i64,
        ///Whether another order of yours was active on the same link at the same time.
        pub overlapping: bool,
        /**The numbers of the orders that were active on the same link at the same time, at most the 20
newest of each moment. Present only where one order is read.*/
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub overlaps: ::std::vec::Vec<i64>,
        ///The name that you gave the order; absent if you gave none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub reference: ::std::option::Option<::std::string::String>,
        ///Whether the order was bought with a refill guarantee.
        pub refill: bool,
        /**For how many days after the end of the order the refill guarantee holds; absent for a lifetime
guarantee, and without a guarantee.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refill_days: ::std::option::Option<i64>,
        ///How the refund policy applies to the order now.
        pub refund_eligibility: RefundEligibility,
        ///What was refunded of the charge, in USD; 0 if nothing was.
        pub refunded: ::rust_decimal::Decimal,
        ///How many units of `total_quantity` are not delivered, as far as is known.
        pub remains: i64,
        ///How many runs the order has; 1 unless it is a drip-feed.
        pub runs: i64,
        ///The number of the service that was ordered.
        pub service_id: i64,
        ///The type of the service that was ordered.
        pub service_type: crate::generated::types::ServiceType,
        ///The count that the target had before delivery began; absent if it is not known.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub start_count: ::std::option::Option<i64>,
        ///When the order was first accepted for delivery, UTC; absent until then.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub started_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///The status that the order has now.
        pub status: crate::generated::types::OrderStatus,
        /**The changes of status that the order went through, oldest first. Present only where one order
is read.*/
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub timeline: ::std::vec::Vec<OrderEvent>,
        ///How many units were ordered, all runs of a drip-feed together.
        pub total_quantity: i64,
    }
    ///The orders that one request places.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    #[non_exhaustive]
    pub struct OrderBatch {
        ///1 to 100 orders, which are placed in this sequence as far as the wallet covers them.
        pub orders: ::std::vec::Vec<BatchOrder>,
    }
    ///A change of status that an order went through.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct OrderEvent {
        ///When the status changed, UTC.
        pub at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///Why the status changed, for programs.
        pub cause: crate::generated::types::Cause,
        ///Why the status changed, for people; the wording may change.
        pub message: ::std::string::String,
        ///The status that the order had from then on.
        pub status: crate::generated::types::OrderStatus,
    }
    ///One page of the orders that match the filters.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct OrderPage {
        ///Pass this as `cursor` to get the next page; absent at the end of the list.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
        /**The orders, newest first. There may be fewer than `limit`, even none, while the list goes on:
a page passes over at most 5000 orders that do not match.*/
        pub orders: ::std::vec::Vec<Order>,
    }
    ///The refills that one order has.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct OrderRefills {
        ///The refills, oldest first; empty if none was requested.
        pub refills: ::std::vec::Vec<Refill>,
    }
    ///The refunds that one order has.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct OrderRefunds {
        ///The refunds, oldest first; empty as long as nothing was refunded or withheld.
        pub refunds: ::std::vec::Vec<Refund>,
    }
    ///The password that you have now and the one that replaces it.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    #[non_exhaustive]
    pub struct PasswordChange {
        /**The password that the account gets: at least 12 characters and at most 256 bytes. A password
that is easily guessed is refused.*/
        pub new_password: ::std::string::String,
        ///The password that the account has now.
        pub old_password: ::std::string::String,
    }
    ///What a change of the password has ended.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct PasswordChanged {
        ///How many other sessions of yours the change has ended.
        pub sessions_ended: u64,
    }
    ///The order that the request placed or repeated.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct PlacedOrder {
        ///What the order cost, in USD; it was taken from the wallet.
        pub charge: ::rust_decimal::Decimal,
        ///When the order was placed, UTC.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///The number that the order has; other operations take it as `order_id`.
        pub order_id: i64,
        ///Whether an earlier request with the same idempotency key had placed the order.
        pub replayed: bool,
        ///How many units were ordered, all runs of a drip-feed together.
        pub total_quantity: i64,
    }
    ///A refill, which delivers again what dropped after an order had ended.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct Refill {
        /**Whether the panel requested the refill by itself because it counted a drop; false if somebody
requested it.*/
        pub automatic: bool,
        ///When the refill was requested, UTC.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///When the refill ended, UTC; absent until then.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ended_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///The number of the order that is refilled.
        pub order_id: i64,
        ///The number that the refill has.
        pub refill_id: i64,
        ///The status that the refill has now.
        pub status: crate::generated::types::RefillStatus,
    }
    ///A refund of an order, or the record that a refund was withheld.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct Refund {
        ///What was refunded, in USD: the result of the formula, or 0 where the refund was withheld.
        pub amount: ::rust_decimal::Decimal,
        ///What the order was charged, in USD.
        pub charge: ::rust_decimal::Decimal,
        ///When the refund was made or withheld, UTC.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///Where the amount went: into the wallet, unless the account was suspended then.
        pub destination: crate::generated::types::RefundDestination,
        /**The formula with its numbers, such as `(400 / 1000) * 0.50`; for a dispute or a ticket, the
amount that was decided, such as `0.20 as decided`.*/
        pub formula: ::std::string::String,
        ///What the formula gives, in USD.
        pub formula_result: ::rust_decimal::Decimal,
        ///Why the amount was refunded or withheld, for people; the wording may change.
        pub message: ::std::string::String,
        ///The number of the order that the refund is about.
        pub order_id: i64,
        ///Why the amount was refunded or withheld, for programs.
        pub reason: crate::generated::types::RefundReason,
        ///The number that the refund has; later refunds have higher numbers.
        pub refund_id: i64,
        ///How many units of the order were not delivered.
        pub remains: i64,
        ///How many units were ordered, all runs of a drip-feed together.
        pub total_quantity: i64,
        ///The number of the ledger transaction that made the refund; absent for an amount of 0.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub transaction_id: ::std::option::Option<i64>,
    }
    ///Whether the panel may still refund more of an order's charge by itself.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct RefundEligibility {
        ///True if a further refund is possible.
        pub eligible: bool,
        ///Why it is possible or not, for people; the wording may change.
        pub message: ::std::string::String,
        ///Why it is possible or not, for programs.
        pub reason: crate::generated::types::RefundEligibilityReason,
    }
    ///One page of the refunds that your orders have.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct RefundPage {
        ///Whether more refunds followed when this page was read.
        pub has_more: bool,
        ///Pass this as `cursor` to get the refunds that follow, now or later: no refund is missed.
        pub next_cursor: ::std::string::String,
        ///The refunds that the page has, oldest first.
        pub refunds: ::std::vec::Vec<Refund>,
    }
    ///The account whose password was forgotten.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    #[non_exhaustive]
    pub struct ResetAsk {
        ///The e-mail address that you sign in with.
        pub email: ::std::string::String,
    }
    ///Whether something can be requested now: how the request would be answered at this moment.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct Right {
        ///True if the request would be accepted now.
        pub allowed: bool,
        ///The error code that the request would be refused with; absent if `allowed` is true.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<crate::generated::types::ErrorCode>,
        /**From when on the request can be accepted, UTC; absent unless that time is known and still to
come.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub from: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///Why the request would be refused, for people; absent if `allowed` is true.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<::std::string::String>,
        ///Until when the request can, or could, be made, UTC; absent where no such time is set.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub until: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
    }
    ///A service that can be ordered.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct Service {
        ///Whether an order of the service can still be canceled after it was sent.
        pub cancel: bool,
        ///The heading under which the service is listed.
        pub category: ::std::string::String,
        ///A longer text about the service; absent if the operator wrote none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        ///Whether the service can be ordered as a drip-feed, in several runs.
        pub dripfeed: bool,
        ///The largest quantity that can be ordered, in units, all runs of a drip-feed together.
        pub max: i64,
        ///The smallest quantity that can be ordered, in units; for a drip-feed it holds for each run.
        pub min: i64,
        ///The name that the service has.
        pub name: ::std::string::String,
        /**What 1000 units cost, in USD; for the types `Package` and `Custom Comments Package`, what one
package costs. For every other type the charge of an order is exactly
`rate / 1000 * total_quantity`.*/
        pub rate: ::rust_decimal::Decimal,
        ///Whether orders of the service have a refill guarantee.
        pub refill: bool,
        ///Whether the panel counts what the target shows, and requests refills of drops by itself.
        pub refill_automatic: bool,
        ///The number by which the service is ordered.
        pub service_id: i64,
        ///The type that the service has; it decides which fields an order needs.
        pub service_type: crate::generated::types::ServiceType,
    }
    ///The services that match the filters.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct ServiceList {
        ///The services, in the sequence in which the panel lists them.
        pub services: ::std::vec::Vec<Service>,
    }
    ///A session that was begun by signing in.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct Session {
        ///The number that your account has in this panel.
        pub account_id: i64,
        ///When the session ends at the latest, UTC; it ends earlier if it is not used for 12 hours.
        pub expires_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///The role that your account has; it decides what you may do.
        pub role: crate::generated::types::Role,
        ///The token of the session: send it as `Authorization: Bearer`. Only this answer shows it.
        pub token: ::std::string::String,
    }
    ///The e-mail address, the password and the code that you sign in with.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    #[non_exhaustive]
    pub struct SignIn {
        /**The six digits that your authenticator shows now; needed if codes are on. Each code works
once.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::std::string::String>,
        ///The e-mail address that your account has.
        pub email: ::std::string::String,
        ///The password that your account has.
        pub password: ::std::string::String,
    }
    ///The e-mail address, the password and the name that a new account is opened with.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    #[non_exhaustive]
    pub struct SignUp {
        ///The e-mail address that you sign in with, at most 254 characters.
        pub email: ::std::string::String,
        /**The name of the account: 1 to 100 printable characters of one script. It is no e-mail address
and no number, it is unique in this panel whatever the case of its letters, and it is not like
a name of the panel's staff. Without it, the panel makes a name such as `customer-7f3c09a1be`.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        /**The password that you sign in with: at least 12 characters and at most 256 bytes. A password
that is easily guessed is refused.*/
        pub password: ::std::string::String,
    }
    ///The session that signing out has ended.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct SignedOut {
        ///When the session ended, UTC.
        pub signed_out_at: ::chrono::DateTime<::chrono::offset::Utc>,
    }
    ///A ticket, which asks the panel's staff to look into an order.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct Ticket {
        ///When the ticket was opened, UTC.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///The count that the reviewer found at the target later; absent until a reviewer has counted.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub current_count: ::std::option::Option<i64>,
        ///What was decided; absent until the ticket is closed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub decision: ::std::option::Option<TicketDecision>,
        ///What the issue is, in your words.
        pub description: ::std::string::String,
        ///When the review of the ticket is due, UTC: 24 hours after it was opened.
        pub due_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /**The messages that were written to the ticket, oldest first. Present only where one ticket is
read.*/
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub messages: ::std::vec::Vec<TicketMessage>,
        ///The number of the order that the ticket is about.
        pub order_id: i64,
        ///Whether the review is overdue: `overdue_at` has passed, and the ticket is not decided.
        pub overdue: bool,
        ///When the review of the ticket becomes overdue, UTC: 48 hours after it was opened.
        pub overdue_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///The numbers that the screenshots of the ticket have. Present only where one ticket is read.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub screenshots: ::std::vec::Vec<i64>,
        /**The count before delivery, as a reviewer found it at the target; absent until a reviewer has
counted.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub start_count: ::std::option::Option<i64>,
        ///The state that the ticket has now.
        pub state: crate::generated::types::TicketState,
        ///The number that the ticket has.
        pub ticket_id: i64,
    }
    ///What a reviewer decided about a ticket.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct TicketDecision {
        ///When the ticket was decided, UTC.
        pub decided_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///The outcome that the reviewer chose.
        pub outcome: crate::generated::types::TicketOutcome,
        ///Why the reviewer decided so, for people.
        pub reason: ::std::string::String,
        ///The number of the refill that was requested; absent for every other outcome.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refill_id: ::std::option::Option<i64>,
        ///The number of the refund that was made; absent for every other outcome.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refund_id: ::std::option::Option<i64>,
        ///How much was refunded by the decision, in USD; absent for every other outcome.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refunded: ::std::option::Option<::rust_decimal::Decimal>,
    }
    ///A message that was written to a ticket.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct TicketMessage {
        ///When the message was written, UTC.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///The side that wrote the message.
        pub from: crate::generated::types::TicketWriter,
        ///What the message says, 1 to 2000 characters.
        pub message: ::std::string::String,
    }
    ///One page of the tickets that match the filters.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct TicketPage {
        ///Pass this as `cursor` to get the next page; absent at the end of the list.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
        ///The tickets that the page has, oldest first, without messages and screenshots.
        pub tickets: ::std::vec::Vec<Ticket>,
    }
    ///A screenshot that was added to a ticket.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct TicketScreenshot {
        ///The number that the screenshot has in its ticket: 1 to 3.
        pub number: i64,
        ///The number of the ticket that has the screenshot.
        pub ticket_id: i64,
    }
    ///The code that turns codes on.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    #[non_exhaustive]
    pub struct TotpCode {
        ///The six digits that your authenticator shows now.
        pub code: ::std::string::String,
    }
    ///The password and the code that turn codes off.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    #[non_exhaustive]
    pub struct TotpDisable {
        ///The six digits that your authenticator shows now.
        pub code: ::std::string::String,
        ///The password that your account has.
        pub password: ::std::string::String,
    }
    ///The seed that your authenticator makes codes from.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct TotpSeed {
        ///The seed in base32, which is typed into the authenticator. Only this answer shows it.
        pub secret: ::std::string::String,
        ///The seed as an `otpauth:` address, which is shown as a QR code.
        pub url: ::std::string::String,
    }
    ///What signing in needs after the request.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct TotpState {
        ///Whether signing in needs a code of your authenticator.
        pub totp: bool,
    }
    ///The money that your account has.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct Wallet {
        ///What you can place orders for, in USD.
        pub balance: ::rust_decimal::Decimal,
        ///The currency that all amounts are in: always `USD`.
        pub currency: ::std::string::String,
        /**What is held for your open orders, in USD: each part is earned by the panel or refunded when
its order ends.*/
        pub held: ::rust_decimal::Decimal,
    }
    ///A movement of your wallet: an amount that came in or went out.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct WalletEntry {
        ///What the movement added to the balance, in USD; below zero if it took from the balance.
        pub amount: ::rust_decimal::Decimal,
        /**The number of the ledger transaction whose credit was taken back; absent unless the movement
is a correction.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub corrects_transaction_id: ::std::option::Option<i64>,
        ///When the movement was made, UTC.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /**What moved the money: `order_placed` (a charge), `order_settled` (a refund), `order_refund` (a
refund that was decided after the order had ended), `deposit` (what arrived by a deposit),
`deposit_return` (what the gateway sent back), `adjustment` (a credit by the panel's
operator), `correction` (a credit was wrong and is taken back), `suspension` (what was
forfeited), `reinstatement` (what was forfeited is returned) or `deposit_release` (what was
credited while the account was suspended).*/
        pub kind: ::std::string::String,
        ///The number of the order that caused the movement; absent if none did.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub order_id: ::std::option::Option<i64>,
        ///Why a credit was corrected; absent for other movements.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub reason: ::std::option::Option<::std::string::String>,
        ///What caused the movement, such as `order:17`.
        pub reference: ::std::string::String,
        ///The number of the ledger transaction that made the movement.
        pub transaction_id: i64,
    }
    ///One page of the movements that your wallet has had.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    pub struct WalletEntryPage {
        ///The movements that the page has, oldest first.
        pub entries: ::std::vec::Vec<WalletEntry>,
        ///Whether more movements followed when this page was read.
        pub has_more: bool,
        ///Pass this as `cursor` to get the movements that follow, now or later: no movement is missed.
        pub next_cursor: ::std::string::String,
    }
    ///Why an order has a status. `placed`: you placed it. `accepted`: a provider took it. `reported`: the provider reported the state of its delivery. `refused`: no provider would take it. `not_taken_in_time`: no provider took it in time. `canceled_by_customer`: you canceled it. `decided_by_operator`: the panel's staff decided it. `account_suspended`: your account was suspended, and what was not sent is not sent any more. `imported`: it was placed in the panel that was used before this one.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum Cause {
        /// `placed`: you placed it.
        Placed,
        /// `accepted`: a provider took it.
        Accepted,
        /// `reported`: the provider reported the state of its delivery.
        Reported,
        /// `refused`: no provider would take it.
        Refused,
        /// `not_taken_in_time`: no provider took it in time.
        NotTakenInTime,
        /// `canceled_by_customer`: you canceled it.
        CanceledByCustomer,
        /// `decided_by_operator`: the panel's staff decided it.
        DecidedByOperator,
        /// `account_suspended`: your account was suspended, and what was not sent is not sent any more.
        AccountSuspended,
        /// `imported`: it was placed in the panel that was used before this one.
        Imported,
        /// A word that this version does not know, as the panel sent it.
        Unknown(String),
    }
    impl Cause {
        /// The word on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Placed => "placed",
                Self::Accepted => "accepted",
                Self::Reported => "reported",
                Self::Refused => "refused",
                Self::NotTakenInTime => "not_taken_in_time",
                Self::CanceledByCustomer => "canceled_by_customer",
                Self::DecidedByOperator => "decided_by_operator",
                Self::AccountSuspended => "account_suspended",
                Self::Imported => "imported",
                Self::Unknown(word) => word,
            }
        }
        fn from_word(word: &str) -> Option<Self> {
            match word {
                "placed" => Some(Self::Placed),
                "accepted" => Some(Self::Accepted),
                "reported" => Some(Self::Reported),
                "refused" => Some(Self::Refused),
                "not_taken_in_time" => Some(Self::NotTakenInTime),
                "canceled_by_customer" => Some(Self::CanceledByCustomer),
                "decided_by_operator" => Some(Self::DecidedByOperator),
                "account_suspended" => Some(Self::AccountSuspended),
                "imported" => Some(Self::Imported),
                _ => None,
            }
        }
    }
    crate::open_word::on_the_wire!(Cause);
    ///`waiting`: nothing has arrived. `confirming`: a payment was seen, and is not final. `in_review`: something arrived that the panel's staff have to review. `credited`: it is in the wallet. `expired`: nothing arrived in time; what arrives later is credited all the same. `failed`: the gateway gave up, or the panel's staff credited nothing of what arrived. `returned`: the gateway sent the money back after it was credited.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum DepositStatus {
        /// `waiting`: nothing has arrived.
        Waiting,
        /// `confirming`: a payment was seen, and is not final.
        Confirming,
        /// `in_review`: something arrived that the panel's staff have to review.
        InReview,
        /// `credited`: it is in the wallet.
        Credited,
        /// `expired`: nothing arrived in time; what arrives later is credited all the same.
        Expired,
        /// `failed`: the gateway gave up, or the panel's staff credited nothing of what arrived.
        Failed,
        /// `returned`: the gateway sent the money back after it was credited.
        Returned,
        /// A word that this version does not know, as the panel sent it.
        Unknown(String),
    }
    impl DepositStatus {
        /// The word on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Waiting => "waiting",
                Self::Confirming => "confirming",
                Self::InReview => "in_review",
                Self::Credited => "credited",
                Self::Expired => "expired",
                Self::Failed => "failed",
                Self::Returned => "returned",
                Self::Unknown(word) => word,
            }
        }
        fn from_word(word: &str) -> Option<Self> {
            match word {
                "waiting" => Some(Self::Waiting),
                "confirming" => Some(Self::Confirming),
                "in_review" => Some(Self::InReview),
                "credited" => Some(Self::Credited),
                "expired" => Some(Self::Expired),
                "failed" => Some(Self::Failed),
                "returned" => Some(Self::Returned),
                _ => None,
            }
        }
    }
    crate::open_word::on_the_wire!(DepositStatus);
    ///`wrong_charge`: the charge is not what it should have been. `not_delivered`: what was charged was not delivered. `other`: something else, which the description says.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum DisputeReason {
        /// `wrong_charge`: the charge is not what it should have been.
        WrongCharge,
        /// `not_delivered`: what was charged was not delivered.
        NotDelivered,
        /// `other`: something else, which the description says.
        Other,
        /// A word that this version does not know, as the panel sent it.
        Unknown(String),
    }
    impl DisputeReason {
        /// The word on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::WrongCharge => "wrong_charge",
                Self::NotDelivered => "not_delivered",
                Self::Other => "other",
                Self::Unknown(word) => word,
            }
        }
        fn from_word(word: &str) -> Option<Self> {
            match word {
                "wrong_charge" => Some(Self::WrongCharge),
                "not_delivered" => Some(Self::NotDelivered),
                "other" => Some(Self::Other),
                _ => None,
            }
        }
    }
    crate::open_word::on_the_wire!(DisputeReason);
    ///`open`: it was not decided yet. Two states are final: `upheld`: an amount was refunded. `rejected`: nothing was refunded.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum DisputeState {
        /// `open`: it was not decided yet.
        Open,
        /// `upheld`: an amount was refunded.
        Upheld,
        /// `rejected`: nothing was refunded.
        Rejected,
        /// A word that this version does not know, as the panel sent it.
        Unknown(String),
    }
    impl DisputeState {
        /// The word on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Open => "open",
                Self::Upheld => "upheld",
                Self::Rejected => "rejected",
                Self::Unknown(word) => word,
            }
        }
        fn from_word(word: &str) -> Option<Self> {
            match word {
                "open" => Some(Self::Open),
                "upheld" => Some(Self::Upheld),
                "rejected" => Some(Self::Rejected),
                _ => None,
            }
        }
    }
    crate::open_word::on_the_wire!(DisputeState);
    ///What was wrong. The list is closed: a code is never given another meaning.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum ErrorCode {
        /// `request_invalid`.
        RequestInvalid,
        /// `key_invalid`.
        KeyInvalid,
        /// `not_enough_funds`.
        NotEnoughFunds,
        /// `account_suspended`.
        AccountSuspended,
        /// `key_blocked`.
        KeyBlocked,
        /// `forbidden`.
        Forbidden,
        /// `scope_missing`.
        ScopeMissing,
        /// `address_not_allowed`.
        AddressNotAllowed,
        /// `session_needed`.
        SessionNeeded,
        /// `confirmation_needed`.
        ConfirmationNeeded,
        /// `above_key_limit`.
        AboveKeyLimit,
        /// `sign_in_failed`.
        SignInFailed,
        /// `totp_required`.
        TotpRequired,
        /// `too_many_attempts`.
        TooManyAttempts,
        /// `rate_limited`.
        RateLimited,
        /// `sign_up_closed`.
        SignUpClosed,
        /// `spend_cap_reached`.
        SpendCapReached,
        /// `object_unknown`.
        ObjectUnknown,
        /// `name_taken`.
        NameTaken,
        /// `state_conflict`.
        StateConflict,
        /// `route_unknown`.
        RouteUnknown,
        /// `order_unknown`.
        OrderUnknown,
        /// `refill_unknown`.
        RefillUnknown,
        /// `method_not_allowed`.
        MethodNotAllowed,
        /// `active_order_on_link`.
        ActiveOrderOnLink,
        /// `cancel_disabled`.
        CancelDisabled,
        /// `order_not_cancelable`.
        OrderNotCancelable,
        /// `refill_disabled`.
        RefillDisabled,
        /// `order_not_completed`.
        OrderNotCompleted,
        /// `refill_too_soon`.
        RefillTooSoon,
        /// `refill_period_over`.
        RefillPeriodOver,
        /// `order_overlapping`.
        OrderOverlapping,
        /// `dispute_period_over`.
        DisputePeriodOver,
        /// `dispute_open`.
        DisputeOpen,
        /// `amount_above_left`.
        AmountAboveLeft,
        /// `body_too_large`.
        BodyTooLarge,
        /// `body_too_slow`.
        BodyTooSlow,
        /// `media_type_unsupported`.
        MediaTypeUnsupported,
        /// `service_unknown`.
        ServiceUnknown,
        /// `link_bad`.
        LinkBad,
        /// `deposits_closed`.
        DepositsClosed,
        /// `gateway_unavailable`.
        GatewayUnavailable,
        /// `amount_below_min`.
        AmountBelowMin,
        /// `field_missing`.
        FieldMissing,
        /// `field_invalid`.
        FieldInvalid,
        /// `quantity_below_min`.
        QuantityBelowMin,
        /// `quantity_above_max`.
        QuantityAboveMax,
        /// `charge_out_of_range`.
        ChargeOutOfRange,
        /// `dripfeed_disabled`.
        DripfeedDisabled,
        /// `dripfeed_invalid`.
        DripfeedInvalid,
        /// `idempotency_key_reused`.
        IdempotencyKeyReused,
        /// `internal`.
        Internal,
        /// `unavailable`.
        Unavailable,
        /// A word that this version does not know, as the panel sent it.
        Unknown(String),
    }
    impl ErrorCode {
        /// The word on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::RequestInvalid => "request_invalid",
                Self::KeyInvalid => "key_invalid",
                Self::NotEnoughFunds => "not_enough_funds",
                Self::AccountSuspended => "account_suspended",
                Self::KeyBlocked => "key_blocked",
                Self::Forbidden => "forbidden",
                Self::ScopeMissing => "scope_missing",
                Self::AddressNotAllowed => "address_not_allowed",
                Self::SessionNeeded => "session_needed",
                Self::ConfirmationNeeded => "confirmation_needed",
                Self::AboveKeyLimit => "above_key_limit",
                Self::SignInFailed => "sign_in_failed",
                Self::TotpRequired => "totp_required",
                Self::TooManyAttempts => "too_many_attempts",
                Self::RateLimited => "rate_limited",
                Self::SignUpClosed => "sign_up_closed",
                Self::SpendCapReached => "spend_cap_reached",
                Self::ObjectUnknown => "object_unknown",
                Self::NameTaken => "name_taken",
                Self::StateConflict => "state_conflict",
                Self::RouteUnknown => "route_unknown",
                Self::OrderUnknown => "order_unknown",
                Self::RefillUnknown => "refill_unknown",
                Self::MethodNotAllowed => "method_not_allowed",
                Self::ActiveOrderOnLink => "active_order_on_link",
                Self::CancelDisabled => "cancel_disabled",
                Self::OrderNotCancelable => "order_not_cancelable",
                Self::RefillDisabled => "refill_disabled",
                Self::OrderNotCompleted => "order_not_completed",
                Self::RefillTooSoon => "refill_too_soon",
                Self::RefillPeriodOver => "refill_period_over",
                Self::OrderOverlapping => "order_overlapping",
                Self::DisputePeriodOver => "dispute_period_over",
                Self::DisputeOpen => "dispute_open",
                Self::AmountAboveLeft => "amount_above_left",
                Self::BodyTooLarge => "body_too_large",
                Self::BodyTooSlow => "body_too_slow",
                Self::MediaTypeUnsupported => "media_type_unsupported",
                Self::ServiceUnknown => "service_unknown",
                Self::LinkBad => "link_bad",
                Self::DepositsClosed => "deposits_closed",
                Self::GatewayUnavailable => "gateway_unavailable",
                Self::AmountBelowMin => "amount_below_min",
                Self::FieldMissing => "field_missing",
                Self::FieldInvalid => "field_invalid",
                Self::QuantityBelowMin => "quantity_below_min",
                Self::QuantityAboveMax => "quantity_above_max",
                Self::ChargeOutOfRange => "charge_out_of_range",
                Self::DripfeedDisabled => "dripfeed_disabled",
                Self::DripfeedInvalid => "dripfeed_invalid",
                Self::IdempotencyKeyReused => "idempotency_key_reused",
                Self::Internal => "internal",
                Self::Unavailable => "unavailable",
                Self::Unknown(word) => word,
            }
        }
        fn from_word(word: &str) -> Option<Self> {
            match word {
                "request_invalid" => Some(Self::RequestInvalid),
                "key_invalid" => Some(Self::KeyInvalid),
                "not_enough_funds" => Some(Self::NotEnoughFunds),
                "account_suspended" => Some(Self::AccountSuspended),
                "key_blocked" => Some(Self::KeyBlocked),
                "forbidden" => Some(Self::Forbidden),
                "scope_missing" => Some(Self::ScopeMissing),
                "address_not_allowed" => Some(Self::AddressNotAllowed),
                "session_needed" => Some(Self::SessionNeeded),
                "confirmation_needed" => Some(Self::ConfirmationNeeded),
                "above_key_limit" => Some(Self::AboveKeyLimit),
                "sign_in_failed" => Some(Self::SignInFailed),
                "totp_required" => Some(Self::TotpRequired),
                "too_many_attempts" => Some(Self::TooManyAttempts),
                "rate_limited" => Some(Self::RateLimited),
                "sign_up_closed" => Some(Self::SignUpClosed),
                "spend_cap_reached" => Some(Self::SpendCapReached),
                "object_unknown" => Some(Self::ObjectUnknown),
                "name_taken" => Some(Self::NameTaken),
                "state_conflict" => Some(Self::StateConflict),
                "route_unknown" => Some(Self::RouteUnknown),
                "order_unknown" => Some(Self::OrderUnknown),
                "refill_unknown" => Some(Self::RefillUnknown),
                "method_not_allowed" => Some(Self::MethodNotAllowed),
                "active_order_on_link" => Some(Self::ActiveOrderOnLink),
                "cancel_disabled" => Some(Self::CancelDisabled),
                "order_not_cancelable" => Some(Self::OrderNotCancelable),
                "refill_disabled" => Some(Self::RefillDisabled),
                "order_not_completed" => Some(Self::OrderNotCompleted),
                "refill_too_soon" => Some(Self::RefillTooSoon),
                "refill_period_over" => Some(Self::RefillPeriodOver),
                "order_overlapping" => Some(Self::OrderOverlapping),
                "dispute_period_over" => Some(Self::DisputePeriodOver),
                "dispute_open" => Some(Self::DisputeOpen),
                "amount_above_left" => Some(Self::AmountAboveLeft),
                "body_too_large" => Some(Self::BodyTooLarge),
                "body_too_slow" => Some(Self::BodyTooSlow),
                "media_type_unsupported" => Some(Self::MediaTypeUnsupported),
                "service_unknown" => Some(Self::ServiceUnknown),
                "link_bad" => Some(Self::LinkBad),
                "deposits_closed" => Some(Self::DepositsClosed),
                "gateway_unavailable" => Some(Self::GatewayUnavailable),
                "amount_below_min" => Some(Self::AmountBelowMin),
                "field_missing" => Some(Self::FieldMissing),
                "field_invalid" => Some(Self::FieldInvalid),
                "quantity_below_min" => Some(Self::QuantityBelowMin),
                "quantity_above_max" => Some(Self::QuantityAboveMax),
                "charge_out_of_range" => Some(Self::ChargeOutOfRange),
                "dripfeed_disabled" => Some(Self::DripfeedDisabled),
                "dripfeed_invalid" => Some(Self::DripfeedInvalid),
                "idempotency_key_reused" => Some(Self::IdempotencyKeyReused),
                "internal" => Some(Self::Internal),
                "unavailable" => Some(Self::Unavailable),
                _ => None,
            }
        }
    }
    crate::open_word::on_the_wire!(ErrorCode);
    ///`nowpayments`: it is paid in a cryptocurrency. `manual`: it is paid in another way, and the panel's staff record it.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum GatewayName {
        /// `nowpayments`: it is paid in a cryptocurrency.
        Nowpayments,
        /// `manual`: it is paid in another way, and the panel's staff record it.
        Manual,
        /// A word that this version does not know, as the panel sent it.
        Unknown(String),
    }
    impl GatewayName {
        /// The word on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Nowpayments => "nowpayments",
                Self::Manual => "manual",
                Self::Unknown(word) => word,
            }
        }
        fn from_word(word: &str) -> Option<Self> {
            match word {
                "nowpayments" => Some(Self::Nowpayments),
                "manual" => Some(Self::Manual),
                _ => None,
            }
        }
    }
    crate::open_word::on_the_wire!(GatewayName);
    ///`pending`: placed and charged, no provider has accepted it yet. `processing`: a provider has accepted it. `in_progress`: it is being delivered. Four statuses are final: `completed`: delivered. `partial`: ended with units undelivered, which were refunded unless the refund says otherwise. `canceled`: ended by you, the panel or the provider; refunded in full. `failed`: no provider would start it; refunded in full. `/api/v2` shows `failed` as `Canceled`.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum OrderStatus {
        /// `pending`: placed and charged, no provider has accepted it yet.
        Pending,
        /// `processing`: a provider has accepted it.
        Processing,
        /// `in_progress`: it is being delivered.
        InProgress,
        /// `completed`: delivered.
        Completed,
        /// `partial`: ended with units undelivered, which were refunded unless the refund says otherwise.
        Partial,
        /// `canceled`: ended by you, the panel or the provider; refunded in full.
        Canceled,
        /// `failed`: no provider would start it; refunded in full.
        Failed,
        /// A word that this version does not know, as the panel sent it.
        Unknown(String),
    }
    impl OrderStatus {
        /// The word on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Pending => "pending",
                Self::Processing => "processing",
                Self::InProgress => "in_progress",
                Self::Completed => "completed",
                Self::Partial => "partial",
                Self::Canceled => "canceled",
                Self::Failed => "failed",
                Self::Unknown(word) => word,
            }
        }
        fn from_word(word: &str) -> Option<Self> {
            match word {
                "pending" => Some(Self::Pending),
                "processing" => Some(Self::Processing),
                "in_progress" => Some(Self::InProgress),
                "completed" => Some(Self::Completed),
                "partial" => Some(Self::Partial),
                "canceled" => Some(Self::Canceled),
                "failed" => Some(Self::Failed),
                _ => None,
            }
        }
    }
    crate::open_word::on_the_wire!(OrderStatus);
    ///`pending`: requested. `in_progress`: the provider is refilling the order. `completed`: refilled. `rejected`: the provider refused it. `canceled`: it ended without result.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum RefillStatus {
        /// `pending`: requested.
        Pending,
        /// `in_progress`: the provider is refilling the order.
        InProgress,
        /// `completed`: refilled.
        Completed,
        /// `rejected`: the provider refused it.
        Rejected,
        /// `canceled`: it ended without result.
        Canceled,
        /// A word that this version does not know, as the panel sent it.
        Unknown(String),
    }
    impl RefillStatus {
        /// The word on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Pending => "pending",
                Self::InProgress => "in_progress",
                Self::Completed => "completed",
                Self::Rejected => "rejected",
                Self::Canceled => "canceled",
                Self::Unknown(word) => word,
            }
        }
        fn from_word(word: &str) -> Option<Self> {
            match word {
                "pending" => Some(Self::Pending),
                "in_progress" => Some(Self::InProgress),
                "completed" => Some(Self::Completed),
                "rejected" => Some(Self::Rejected),
                "canceled" => Some(Self::Canceled),
                _ => None,
            }
        }
    }
    crate::open_word::on_the_wire!(RefillStatus);
    ///`wallet`: the refund went into your wallet. `forfeited`: your account was suspended when the order ended, so the refund was forfeited; a reinstatement returns it with the rest.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum RefundDestination {
        /// `wallet`: the refund went into your wallet.
        Wallet,
        /// `forfeited`: your account was suspended when the order ended, so the refund was forfeited; a reinstatement returns it with the rest.
        Forfeited,
        /// A word that this version does not know, as the panel sent it.
        Unknown(String),
    }
    impl RefundDestination {
        /// The word on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Wallet => "wallet",
                Self::Forfeited => "forfeited",
                Self::Unknown(word) => word,
            }
        }
        fn from_word(word: &str) -> Option<Self> {
            match word {
                "wallet" => Some(Self::Wallet),
                "forfeited" => Some(Self::Forfeited),
                _ => None,
            }
        }
    }
    crate::open_word::on_the_wire!(RefundDestination);
    ///`open`: the order has not ended; what it does not deliver is refunded when it ends. `open_overlapping`: the same, but the order shares its link with another active order of yours, so a partial refund may be withheld. `completed`: final, no refund. `refunded_whole`: the whole charge was refunded. `refunded_remains`: what was not delivered was refunded. `overlapping_order`: the partial refund was withheld. `imported`: it was placed in the panel that was used before this one, and is kept to be read.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum RefundEligibilityReason {
        /// `open`: the order has not ended; what it does not deliver is refunded when it ends.
        Open,
        /// `open_overlapping`: the same, but the order shares its link with another active order of yours, so a partial refund may be withheld.
        OpenOverlapping,
        /// `completed`: final, no refund.
        Completed,
        /// `refunded_whole`: the whole charge was refunded.
        RefundedWhole,
        /// `refunded_remains`: what was not delivered was refunded.
        RefundedRemains,
        /// `overlapping_order`: the partial refund was withheld.
        OverlappingOrder,
        /// `imported`: it was placed in the panel that was used before this one, and is kept to be read.
        Imported,
        /// A word that this version does not know, as the panel sent it.
        Unknown(String),
    }
    impl RefundEligibilityReason {
        /// The word on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Open => "open",
                Self::OpenOverlapping => "open_overlapping",
                Self::Completed => "completed",
                Self::RefundedWhole => "refunded_whole",
                Self::RefundedRemains => "refunded_remains",
                Self::OverlappingOrder => "overlapping_order",
                Self::Imported => "imported",
                Self::Unknown(word) => word,
            }
        }
        fn from_word(word: &str) -> Option<Self> {
            match word {
                "open" => Some(Self::Open),
                "open_overlapping" => Some(Self::OpenOverlapping),
                "completed" => Some(Self::Completed),
                "refunded_whole" => Some(Self::RefundedWhole),
                "refunded_remains" => Some(Self::RefundedRemains),
                "overlapping_order" => Some(Self::OverlappingOrder),
                "imported" => Some(Self::Imported),
                _ => None,
            }
        }
    }
    crate::open_word::on_the_wire!(RefundEligibilityReason);
    ///`failed`: no provider started the order, 100 % refunded. `canceled`: it was canceled, 100 % refunded. `partial`: (remains / total_quantity) * charge refunded. `overlapping_order`: withheld, amount 0, because another order of yours was delivered to the same link at the same time. `overlap_lifted`: what was withheld for that was paid, after the panel's staff had lifted the mark. `dispute`: your dispute about the charge was upheld. `ticket`: your ticket about the order was decided so.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum RefundReason {
        /// `failed`: no provider started the order, 100 % refunded.
        Failed,
        /// `canceled`: it was canceled, 100 % refunded.
        Canceled,
        /// `partial`: (remains / total_quantity) * charge refunded.
        Partial,
        /// `overlapping_order`: withheld, amount 0, because another order of yours was delivered to the same link at the same time.
        OverlappingOrder,
        /// `overlap_lifted`: what was withheld for that was paid, after the panel's staff had lifted the mark.
        OverlapLifted,
        /// `dispute`: your dispute about the charge was upheld.
        Dispute,
        /// `ticket`: your ticket about the order was decided so.
        Ticket,
        /// A word that this version does not know, as the panel sent it.
        Unknown(String),
    }
    impl RefundReason {
        /// The word on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Failed => "failed",
                Self::Canceled => "canceled",
                Self::Partial => "partial",
                Self::OverlappingOrder => "overlapping_order",
                Self::OverlapLifted => "overlap_lifted",
                Self::Dispute => "dispute",
                Self::Ticket => "ticket",
                Self::Unknown(word) => word,
            }
        }
        fn from_word(word: &str) -> Option<Self> {
            match word {
                "failed" => Some(Self::Failed),
                "canceled" => Some(Self::Canceled),
                "partial" => Some(Self::Partial),
                "overlapping_order" => Some(Self::OverlappingOrder),
                "overlap_lifted" => Some(Self::OverlapLifted),
                "dispute" => Some(Self::Dispute),
                "ticket" => Some(Self::Ticket),
                _ => None,
            }
        }
    }
    crate::open_word::on_the_wire!(RefundReason);
    ///`reseller`: a customer. `support`: answers customers, reads, and proposes what moves money. `operator`: runs the panel.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum Role {
        /// `reseller`: a customer.
        Reseller,
        /// `support`: answers customers, reads, and proposes what moves money.
        Support,
        /// `operator`: runs the panel.
        Operator,
        /// A word that this version does not know, as the panel sent it.
        Unknown(String),
    }
    impl Role {
        /// The word on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Reseller => "reseller",
                Self::Support => "support",
                Self::Operator => "operator",
                Self::Unknown(word) => word,
            }
        }
        fn from_word(word: &str) -> Option<Self> {
            match word {
                "reseller" => Some(Self::Reseller),
                "support" => Some(Self::Support),
                "operator" => Some(Self::Operator),
                _ => None,
            }
        }
    }
    crate::open_word::on_the_wire!(Role);
    ///What a key may be used for. `read`: everything that changes nothing. `order`: placing orders, asking for refills, making deposits, disputing charges and writing tickets. `cancel`: canceling orders. Of keys of staff: `support`: answering customers, and proposing what moves money. `money`: what moves money, and decides orders. `catalogue`: what is sold, at which price, and by whom it is delivered. `accounts`: accounts and cases of abuse.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum Scope {
        /// `read`: everything that changes nothing.
        Read,
        /// `order`: placing orders, asking for refills, making deposits, disputing charges and writing tickets.
        Order,
        /// `cancel`: canceling orders.
        Cancel,
        /// `support`: answering customers, and proposing what moves money.
        Support,
        /// `money`: what moves money, and decides orders.
        Money,
        /// `catalogue`: what is sold, at which price, and by whom it is delivered.
        Catalogue,
        /// `accounts`: accounts and cases of abuse.
        Accounts,
        /// A word that this version does not know, as the panel sent it.
        Unknown(String),
    }
    impl Scope {
        /// The word on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Read => "read",
                Self::Order => "order",
                Self::Cancel => "cancel",
                Self::Support => "support",
                Self::Money => "money",
                Self::Catalogue => "catalogue",
                Self::Accounts => "accounts",
                Self::Unknown(word) => word,
            }
        }
        fn from_word(word: &str) -> Option<Self> {
            match word {
                "read" => Some(Self::Read),
                "order" => Some(Self::Order),
                "cancel" => Some(Self::Cancel),
                "support" => Some(Self::Support),
                "money" => Some(Self::Money),
                "catalogue" => Some(Self::Catalogue),
                "accounts" => Some(Self::Accounts),
                _ => None,
            }
        }
    }
    crate::open_word::on_the_wire!(Scope);
    ///Which fields an order needs beside `service_id` and `link`, and how it is priced. Every type needs `quantity` but these: `Custom Comments` and `Comment Replies` count `comments`, `Mentions Custom List` counts `usernames`, and `Package` and `Custom Comments Package` are one package at a flat price.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum ServiceType {
        /// `Default`.
        Default,
        /// `Package`.
        Package,
        /// `Custom Comments`.
        CustomComments,
        /// `Custom Comments Package`.
        CustomCommentsPackage,
        /// `Invites from Groups`.
        InvitesFromGroups,
        /// `Mentions`.
        Mentions,
        /// `Mentions with Hashtags`.
        MentionsWithHashtags,
        /// `Mentions Custom List`.
        MentionsCustomList,
        /// `Mentions Hashtag`.
        MentionsHashtag,
        /// `Mentions User Followers`.
        MentionsUserFollowers,
        /// `Mentions Media Likers`.
        MentionsMediaLikers,
        /// `Comment Likes`.
        CommentLikes,
        /// `Comment Replies`.
        CommentReplies,
        /// `Poll`.
        Poll,
        /// `SEO`.
        Seo,
        /// `Web Traffic`.
        WebTraffic,
        /// A word that this version does not know, as the panel sent it.
        Unknown(String),
    }
    impl ServiceType {
        /// The word on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Default => "Default",
                Self::Package => "Package",
                Self::CustomComments => "Custom Comments",
                Self::CustomCommentsPackage => "Custom Comments Package",
                Self::InvitesFromGroups => "Invites from Groups",
                Self::Mentions => "Mentions",
                Self::MentionsWithHashtags => "Mentions with Hashtags",
                Self::MentionsCustomList => "Mentions Custom List",
                Self::MentionsHashtag => "Mentions Hashtag",
                Self::MentionsUserFollowers => "Mentions User Followers",
                Self::MentionsMediaLikers => "Mentions Media Likers",
                Self::CommentLikes => "Comment Likes",
                Self::CommentReplies => "Comment Replies",
                Self::Poll => "Poll",
                Self::Seo => "SEO",
                Self::WebTraffic => "Web Traffic",
                Self::Unknown(word) => word,
            }
        }
        fn from_word(word: &str) -> Option<Self> {
            match word {
                "Default" => Some(Self::Default),
                "Package" => Some(Self::Package),
                "Custom Comments" => Some(Self::CustomComments),
                "Custom Comments Package" => Some(Self::CustomCommentsPackage),
                "Invites from Groups" => Some(Self::InvitesFromGroups),
                "Mentions" => Some(Self::Mentions),
                "Mentions with Hashtags" => Some(Self::MentionsWithHashtags),
                "Mentions Custom List" => Some(Self::MentionsCustomList),
                "Mentions Hashtag" => Some(Self::MentionsHashtag),
                "Mentions User Followers" => Some(Self::MentionsUserFollowers),
                "Mentions Media Likers" => Some(Self::MentionsMediaLikers),
                "Comment Likes" => Some(Self::CommentLikes),
                "Comment Replies" => Some(Self::CommentReplies),
                "Poll" => Some(Self::Poll),
                "SEO" => Some(Self::Seo),
                "Web Traffic" => Some(Self::WebTraffic),
                _ => None,
            }
        }
    }
    crate::open_word::on_the_wire!(ServiceType);
    ///`refund`: an amount is refunded. `refill`: what dropped is refilled. `correction`: what was wrong was put right, as the reason says. `declined`: nothing is done.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum TicketOutcome {
        /// `refund`: an amount is refunded.
        Refund,
        /// `refill`: what dropped is refilled.
        Refill,
        /// `correction`: what was wrong was put right, as the reason says.
        Correction,
        /// `declined`: nothing is done.
        Declined,
        /// A word that this version does not know, as the panel sent it.
        Unknown(String),
    }
    impl TicketOutcome {
        /// The word on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Refund => "refund",
                Self::Refill => "refill",
                Self::Correction => "correction",
                Self::Declined => "declined",
                Self::Unknown(word) => word,
            }
        }
        fn from_word(word: &str) -> Option<Self> {
            match word {
                "refund" => Some(Self::Refund),
                "refill" => Some(Self::Refill),
                "correction" => Some(Self::Correction),
                "declined" => Some(Self::Declined),
                _ => None,
            }
        }
    }
    crate::open_word::on_the_wire!(TicketOutcome);
    ///`open`: it waits for staff. `answered`: staff wrote last. `closed`: it was decided, which is final.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum TicketState {
        /// `open`: it waits for staff.
        Open,
        /// `answered`: staff wrote last.
        Answered,
        /// `closed`: it was decided, which is final.
        Closed,
        /// A word that this version does not know, as the panel sent it.
        Unknown(String),
    }
    impl TicketState {
        /// The word on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Open => "open",
                Self::Answered => "answered",
                Self::Closed => "closed",
                Self::Unknown(word) => word,
            }
        }
        fn from_word(word: &str) -> Option<Self> {
            match word {
                "open" => Some(Self::Open),
                "answered" => Some(Self::Answered),
                "closed" => Some(Self::Closed),
                _ => None,
            }
        }
    }
    crate::open_word::on_the_wire!(TicketState);
    ///`customer`: whoever opened the ticket. `staff`: somebody of the panel's staff.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum TicketWriter {
        /// `customer`: whoever opened the ticket.
        Customer,
        /// `staff`: somebody of the panel's staff.
        Staff,
        /// A word that this version does not know, as the panel sent it.
        Unknown(String),
    }
    impl TicketWriter {
        /// The word on the wire.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Customer => "customer",
                Self::Staff => "staff",
                Self::Unknown(word) => word,
            }
        }
        fn from_word(word: &str) -> Option<Self> {
            match word {
                "customer" => Some(Self::Customer),
                "staff" => Some(Self::Staff),
                _ => None,
            }
        }
    }
    crate::open_word::on_the_wire!(TicketWriter);
}
#[derive(Clone, Debug)]
/**Client for smm-panel

The typed API of a reseller panel for social-media marketing.

- **Key**: send `Authorization: Bearer <API key>` with every request; the session that `account_sign_in` gives works as well. Keys are made and changed with a session only. A key may have fewer scopes (`read`, `order`, `cancel`), networks from which it works, an end, and a cap on what is ordered with it on one day (UTC), which refunds do not give back.
- **Money** is a decimal string in USD, exact to nine places; never a binary float.
- **Times** are RFC 3339 in UTC.
- **Errors** have one body: `code` from a closed list, `message`, `request_id`, and `details` with the numbers. 400: the request is not of the documented form; 401, 403: the key or the signing in is not accepted; 402: the wallet or a cap does not cover the charge; 404: the object does not exist or is not yours; 409: the state of the object does not allow it; 422: a rule refuses the request; 429: too many requests, see `Retry-After`; 503: repeat the request later.
- **Limits**: the header `RateLimit-Policy` of every answer has the limits of the key (`"add";q=600;w=60`: 600 orders in 60 seconds), `RateLimit` has what is left. Actions cost points, which all count together: an order, a cancel, a refill and any other change 5, the catalogue 10, any other reading 1. A request over the limit is refused before anything is done.
- **Refunds** follow a published policy, enforced by code: failed or canceled = 100 %, partial = `(remains / total_quantity) * charge`, completed = final. A charge can be disputed within 48 hours; a ticket asks the panel's staff to look into an order, at any time.
- **Repeating**: place orders with an `Idempotency-Key`; after a lost answer, the same request does not charge a second time.

Version: 0.1.0*/
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
    pub(crate) inner: crate::api_key::ApiKey,
}
impl Client {
    /// Create a new client.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new(baseurl: &str, inner: crate::api_key::ApiKey) -> Self {
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
        inner: crate::api_key::ApiKey,
    ) -> Self {
        Self {
            baseurl: baseurl.to_string(),
            client,
            inner,
        }
    }
}
impl ClientInfo<crate::api_key::ApiKey> for Client {
    fn api_version() -> &'static str {
        "0.1.0"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &crate::api_key::ApiKey {
        &self.inner
    }
}
impl ClientHooks<crate::api_key::ApiKey> for &Client {}
#[allow(clippy::all)]
impl Client {
    /**List the services

Lists the whole catalogue, or the services that match every filter. The answer has an `ETag`:
send it back as `If-None-Match`, and an unchanged catalogue is answered with 304 and no body.

Sends a `GET` request to `/api/v3/services`

Arguments:
- `cancel`: True lists only services whose sent orders can be canceled; false lists only the others.
- `category`: Lists only services under exactly this heading.
- `dripfeed`: True lists only services that can be ordered as a drip-feed; false lists only the others.
- `refill`: True lists only services with a refill guarantee; false lists only the others.
- `search`: Lists only services whose name contains this text, in upper or lower case.
- `service_type`: Lists only services that have this type.
*/
    pub async fn service_list<'a>(
        &'a self,
        cancel: Option<bool>,
        category: Option<&'a str>,
        dripfeed: Option<bool>,
        refill: Option<bool>,
        search: Option<&'a str>,
        service_type: Option<&'a crate::generated::types::ServiceType>,
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Lists orders newest first, a page at a time; an order must match every filter. Get the next
page by `next_cursor` with the same filters.

Sends a `GET` request to `/api/v3/orders`

Arguments:
- `created_before`: Lists only orders that were placed before this time.
- `created_from`: Lists only orders that were placed at this time or later.
- `cursor`: Pass the `next_cursor` of the previous page to get the next one; without it, you get the
first page.
- `limit`: A page has at most this many orders: 1 to 1000, by default 100.
- `reference`: Lists only orders with this `reference`, 1 to 64 characters.
- `service_id`: Lists only orders of the service with this number.
- `status`: Lists only orders that have this status.
*/
    pub async fn order_list<'a>(
        &'a self,
        created_before: Option<&'a ::chrono::DateTime<::chrono::offset::Utc>>,
        created_from: Option<&'a ::chrono::DateTime<::chrono::offset::Utc>>,
        cursor: Option<&'a str>,
        limit: Option<i64>,
        reference: Option<&'a str>,
        service_id: Option<i64>,
        status: Option<&'a crate::generated::types::OrderStatus>,
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Checks and charges the order at once, and answers when the order is stored; the order is sent
to a provider afterwards. With an `Idempotency-Key` the request may be repeated without risk:
the same key and body give the same order again (`replayed`: true), and another body under the
same key is refused. Keys belong to the account, are kept for ever, and are shared with
`request_id` of `/api/v2`. A request that was refused has used no key.

Sends a `POST` request to `/api/v3/orders`

Arguments:
- `idempotency_key`: Your own name for this order, which makes the request safe to repeat: 1 to 64 printable
ASCII characters.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Places up to 100 orders, each with a result and, if you give one, an idempotency key of its
own. An order that is refused does not affect the others. Orders are decided in their
sequence.

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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Gives the order with the timeline of its status, the orders that it overlaps, and whether a
cancel, a refill or a dispute can be requested now.

Sends a `GET` request to `/api/v3/orders/{order_id}`

Arguments:
- `order_id`: The number of the order, which `order_place` and `order_list` return.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

An order that was not sent yet ends at once and is refunded in full. For an order that was
sent, the provider is asked to cancel it: the status of the order shows the outcome, and what
was not delivered is refunded then. Repeating the request changes nothing.

Sends a `POST` request to `/api/v3/orders/{order_id}/cancel`

Arguments:
- `order_id`: The number of the order, which `order_place` and `order_list` return.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

A refill can be requested for an order that was bought with a refill guarantee and of which
something was delivered: by default from 24 hours after the order ended and after its last
refill was requested, until the days of the guarantee are over.

Sends a `POST` request to `/api/v3/orders/{order_id}/refill`

Arguments:
- `order_id`: The number of the order, which `order_place` and `order_list` return.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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
- `refill_id`: The number of the refill, which `order_refill` and `order_refills` return.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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
- `order_id`: The number of the order, which `order_place` and `order_list` return.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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
- `order_id`: The number of the order, which `order_place` and `order_list` return.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Gives every refund since a cursor, oldest first; withheld refunds are included, with amount 0.
Keep `next_cursor` and go on from there as often as you like: refunds are numbered in the
sequence in which they were committed, so none is ever missed and none comes twice.

Sends a `GET` request to `/api/v3/refunds`

Arguments:
- `cursor`: Pass the `next_cursor` of an earlier page to get the refunds that follow it; without it,
the list begins with the first one.
- `limit`: A page has at most this many refunds: 1 to 1000, by default 100.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

A charge can be disputed within 48 hours (until `dispute_until` of the order); an order has at
most one open dispute. The panel's staff decide it on the records of the panel; what they
grant is refunded.

Sends a `POST` request to `/api/v3/orders/{order_id}/disputes`

Arguments:
- `order_id`: The number of the order, which `order_place` and `order_list` return.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Lists disputes oldest first, of all orders or of one.

Sends a `GET` request to `/api/v3/disputes`

Arguments:
- `cursor`: Pass the `next_cursor` of the previous page to get the next one; without it, you get the
first page.
- `limit`: A page has at most this many disputes: 1 to 1000, by default 100.
- `order_id`: Lists only disputes about the order with this number.
- `state`: Lists only disputes that have this state.
*/
    pub async fn dispute_list<'a>(
        &'a self,
        cursor: Option<&'a str>,
        limit: Option<i64>,
        order_id: Option<i64>,
        state: Option<&'a crate::generated::types::DisputeState>,
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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
- `dispute_id`: The number of the dispute, which `dispute_open` and `dispute_list` return.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Gives the records that the dispute is decided on; for a dispute that was decided, the records
are as they were then.

Sends a `GET` request to `/api/v3/disputes/{dispute_id}/evidence`

Arguments:
- `dispute_id`: The number of the dispute, which `dispute_open` and `dispute_list` return.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

A ticket can be opened at any time; an order has at most one ticket that is not decided, and
an account at most 100. The panel's staff look into it within 24 to 48 hours. The outcome is a
refund, a refill, a correction, or a refusal with its reason.

Sends a `POST` request to `/api/v3/orders/{order_id}/tickets`

Arguments:
- `order_id`: The number of the order, which `order_place` and `order_list` return.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Lists tickets oldest first, about all orders or about one.

Sends a `GET` request to `/api/v3/tickets`

Arguments:
- `cursor`: Pass the `next_cursor` of the previous page to get the next one; without it, you get the
first page.
- `limit`: A page has at most this many tickets: 1 to 1000, by default 100.
- `order_id`: Lists only tickets about the order with this number.
- `state`: Lists only tickets that have this state.
*/
    pub async fn ticket_list<'a>(
        &'a self,
        cursor: Option<&'a str>,
        limit: Option<i64>,
        order_id: Option<i64>,
        state: Option<&'a crate::generated::types::TicketState>,
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Gives the ticket with its messages and the numbers of its screenshots.

Sends a `GET` request to `/api/v3/tickets/{ticket_id}`

Arguments:
- `ticket_id`: The number of the ticket, which `ticket_open` and `ticket_list` return.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Adds a message as long as the ticket is not decided; the ticket waits for staff again then. A
ticket can have at most 200 messages.

Sends a `POST` request to `/api/v3/tickets/{ticket_id}/messages`

Arguments:
- `ticket_id`: The number of the ticket, which `ticket_open` and `ticket_list` return.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

A ticket takes up to three screenshots as long as it is not decided: PNG, JPEG or WebP
pictures of at most 5 MiB and 25 million pixels each. A picture is kept as a PNG without
metadata, such as the place where it was taken; it is halved if the PNG would have more than 5
MiB.

Sends a `POST` request to `/api/v3/tickets/{ticket_id}/screenshots`

Arguments:
- `ticket_id`: The number of the ticket, which `ticket_open` and `ticket_list` return.
- `body`: The bytes that the picture file has, at most 5242880.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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
- `ticket_id`: The number of the ticket, which `ticket_open` and `ticket_list` return.
- `number`: The number that the screenshot has in its ticket: 1 to 3.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Lists movements oldest first, from the first one or from a cursor on. The sum of all amounts
is the balance.

Sends a `GET` request to `/api/v3/wallet/entries`

Arguments:
- `cursor`: Pass the `next_cursor` of an earlier page to get the movements that follow it; without it,
the list begins with the first one.
- `limit`: A page has at most this many movements: 1 to 1000, by default 100.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Lists deposits newest first, a page at a time.

Sends a `GET` request to `/api/v3/deposits`

Arguments:
- `cursor`: Pass the `next_cursor` of the previous page to get the next one; without it, you get the
first page.
- `limit`: A page has at most this many deposits: 1 to 1000, by default 100.
- `status`: Lists only deposits that have this status.
*/
    pub async fn deposit_list<'a>(
        &'a self,
        cursor: Option<&'a str>,
        limit: Option<i64>,
        status: Option<&'a crate::generated::types::DepositStatus>,
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Gives the page on which the deposit is paid. The panel finds out what the coin requires before
the invoice is made. What arrives is credited without a further request; **it is final then**:
read `terms` and `notes`. A deposit that is never paid costs nothing. An account can have at
most 50 deposits that wait for their payment.

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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Gives the deposit with its payments: what arrived, and what was credited.

Sends a `GET` request to `/api/v3/deposits/{deposit_id}`

Arguments:
- `deposit_id`: The number of the deposit, which `deposit_create` and `deposit_list` return.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Opens an account of a customer with an empty wallet; sign in afterwards. A panel that sends
mail answers 202 for every address, and opens the account when the link in the mail is
followed within 24 hours. A panel that sends no mail opens the account at once. A panel may
have closed this operation, and it limits how many accounts one client address can open: by
default 20 an hour and 50 a day.

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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

A changed setting holds from the next time that the panel applies it.

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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Gives a session, which works wherever an API key does and also where a session is needed. A
session ends when it is not used for 12 hours, at the latest after 7 days, by signing out, and
by a change of the password. After 5 failures in 15 minutes for one account from one address,
each further failure makes the wait longer; `Retry-After` says how long it is. After 10 wrong
codes in an hour, or 30 in a day, no further code of the account is checked; networks where
the account signed in within 30 days are counted separately.

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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Ends the session that the request is sent with.

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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Ends every other session of yours. API keys stay valid.

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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

For somebody who has forgotten the password. If an account has the address, a link is sent
there by which a new password is chosen; the link works once and for one hour. The answer is
the same for every address. Choosing a password ends every session; API keys and the
authenticator stay valid. A panel without a mail server refuses the request: its operator can
give such a link.

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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

You sign in with the new address from then on. A panel that sends mail answers 202 for every
address; the new address is in place when the link in the mail that it gets is followed, with
the password, within 24 hours. A panel that sends no mail puts it in place at once. The
earlier address gets a mail with a link that undoes the change within 7 days. For 24 hours
after the change the password cannot be reset by mail.

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
        (crate::api_key::add_to)(&self.inner, &mut request);
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
until `account_totp_confirm`; each further request makes another seed.

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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Needs a code of the new seed. From then on signing in needs a code. Wrong codes count like
those at signing in.

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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Needs the password and a code that was not used yet.

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
        (crate::api_key::add_to)(&self.inner, &mut request);
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
- `cursor`: Pass the `next_cursor` of an earlier page to get the keys that follow it; without it, the
list begins with the first one.
- `limit`: A page has at most this many keys: 1 to 1000, by default 100.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

The key itself is in this answer and nowhere else. An account can have at most 100 keys that
are neither revoked nor expired.

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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Replaces all settings of the key: a limit that is left out does not bound the key any more.

Sends a `PUT` request to `/api/v3/account/keys/{key_id}`

Arguments:
- `key_id`: The number of the key, which `key_list` shows.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Makes a new key with the same settings; what was ordered today counts under its cap too. The
old key goes on working for `overlap_minutes`, so that you can replace it everywhere.

Sends a `POST` request to `/api/v3/account/keys/{key_id}/rotate`

Arguments:
- `key_id`: The number of the key, which `key_list` shows.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

The next request with the key is refused. Revoking a key again changes nothing.

Sends a `POST` request to `/api/v3/account/keys/{key_id}/revoke`

Arguments:
- `key_id`: The number of the key, which `key_list` shows.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Lists notices oldest first, from the first one or from a cursor on.

Sends a `GET` request to `/api/v3/account/notices`

Arguments:
- `cursor`: Pass the `next_cursor` of an earlier page to get the notices that follow it; without it,
the list begins with the first one.
- `limit`: A page has at most this many notices: 1 to 1000, by default 100.
- `unread`: Lists only notices that are not marked as read; by default all are listed.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

Marking a notice again changes nothing.

Sends a `POST` request to `/api/v3/account/notices/{notice_id}/read`

Arguments:
- `notice_id`: The number of the notice, which `account_notices` returns.
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
        (crate::api_key::add_to)(&self.inner, &mut request);
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

//! The seam to payment gateways: what the panel asks one and is told by it, in the words of
//! deposits.
//!
//! Knows gateways and knows no deposit, account or wallet: it says what a gateway said, exactly,
//! and whether it was the gateway that said it. What that is worth is decided by the noun.
//! Gateways are not trusted either: no redirects, a cap on every body, one time-out.

use std::sync::Arc;

use async_trait::async_trait;
use rust_decimal::Decimal;

use crate::clock::Time;
use crate::config::Config;
use crate::error::Result as PanelResult;
use crate::money::Money;
use crate::vocabulary::words;

mod nowpayments;

pub use nowpayments::{Access, NowPayments};

words! {
    /// Where money came from.
    pub enum GatewayName {
        /// NOWPayments, which takes crypto-currencies.
        NowPayments = "nowpayments",
        /// A person of the panel, who has seen it arrive.
        Manual = "manual",
    }
}

/// The gateway that the settings name, if they name one.
pub fn of(config: &Config) -> PanelResult<Option<Arc<dyn Gateway>>> {
    let (Some(api_key), Some(ipn_secret)) =
        (&config.nowpayments_api_key, &config.nowpayments_ipn_secret)
    else {
        return Ok(None);
    };
    let login = config.nowpayments_email.clone();
    let access = Access {
        base: config.nowpayments_url.clone(),
        api_key: api_key.clone(),
        ipn_secret: ipn_secret.clone(),
        login: login.zip(config.nowpayments_password.clone()),
    };
    Ok(Some(Arc::new(NowPayments::new(access)?)))
}

/// A payment gateway: takes payers' coins, and tells us what arrived.
#[async_trait]
pub trait Gateway: Send + Sync + 'static {
    /// What it is called in rows and in the ledger.
    fn name(&self) -> GatewayName;

    /// What `coin` asks of a payer who pays `amount` (USD) with it.
    async fn quote(&self, amount: Money, coin: &str) -> Result<Quote, GatewayError>;

    /// Makes an invoice. Not idempotent: a repeated call makes another one, which is harmless,
    /// because money is credited by payment.
    async fn create_invoice(&self, new: &NewInvoice) -> Result<Invoice, GatewayError>;

    /// What the gateway knows of one payment, now.
    async fn payment(&self, payment_id: &str) -> Result<Payment, GatewayError>;

    /// The payments to one invoice, also those of which no callback ever came; `None` when this
    /// gateway cannot be asked (it was given no credentials for its lists).
    async fn payments_to(&self, invoice_id: &str) -> Result<Option<Vec<Payment>>, GatewayError>;

    /// Reads a callback, after proving by its `signature` that the gateway has made it.
    fn read_callback(
        &self,
        signature: Option<&[u8]>,
        body: &[u8],
    ) -> Result<Callback, CallbackRefused>;
}

/// What a coin asks of a payer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// How much of the coin the amount is, now; the invoice's page has the binding figure.
    pub estimate: Decimal,
    /// The least that the gateway takes of this coin, in the coin.
    pub minimum: Decimal,
    /// The same in USD, if the gateway says so.
    pub minimum_usd: Option<Decimal>,
}

/// An invoice to be made.
#[derive(Debug, Clone)]
pub struct NewInvoice {
    /// Our own reference of the deposit; comes back with every payment as its `order`.
    pub order: String,
    /// What is to be paid, in USD, exactly.
    pub amount: Money,
    /// The only coin that it may be paid with; the payer chooses without one.
    pub coin: Option<String>,
    /// One line that the payer reads.
    pub description: String,
    /// Where callbacks are sent to; without it, where the gateway's own settings say.
    pub callback_url: Option<String>,
}

/// An invoice as the gateway has made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// The gateway's number of it.
    pub id: String,
    /// The page on which it is paid; begins with `https://`, or is on this machine in a demo.
    pub url: String,
}

words! {
    /// How far a payment is, in the gateway's own vocabulary.
    pub enum PaymentStatus {
        /// Nothing has arrived.
        Waiting = "waiting",
        /// Seen on the chain.
        Confirming = "confirming",
        /// Confirmed by the chain.
        Confirmed = "confirmed",
        /// On its way to us.
        Sending = "sending",
        /// Arrived.
        Finished = "finished",
        /// Less than asked for arrived.
        PartiallyPaid = "partially_paid",
        /// The gateway gave up.
        Failed = "failed",
        /// Sent back to the payer.
        Refunded = "refunded",
        /// Not paid in time; what comes later is still reported.
        Expired = "expired",
        /// Called off.
        Canceled = "canceled",
    }
}

/// What a gateway says of one payment. Amounts are read from the digits of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The gateway's number of it.
    pub id: String,
    /// The payment that this one is a repetition of, or to which it came in a wrong coin.
    pub parent: Option<String>,
    /// Our own reference, see [`NewInvoice::order`].
    pub order: Option<String>,
    /// The invoice it pays.
    pub invoice: Option<String>,
    /// How far it is; `None` for a word that we do not know, see `said`.
    pub status: Option<PaymentStatus>,
    /// The word for the status as it came.
    pub said: String,
    /// What was asked for, in `price_currency`.
    pub price: Option<Decimal>,
    /// The currency of the price, in lower case.
    pub price_currency: String,
    /// What was asked for, in the coin.
    pub pay_amount: Option<Decimal>,
    /// The coin, in lower case.
    pub pay_currency: String,
    /// What arrived, in the coin.
    pub actually_paid: Option<Decimal>,
    /// What that was worth in the currency of the price when it arrived; often not told (0).
    pub actually_paid_fiat: Option<Decimal>,
    /// When the gateway last changed it.
    pub updated_at: Option<Time>,
}

/// What a callback told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Callback {
    /// News of a payment.
    Payment(Box<Payment>),
    /// Genuine, and about something else, such as a payout.
    Other,
}

/// Why a callback is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackRefused {
    /// There is no signature.
    #[error("there is no signature")]
    Unsigned,
    /// The signature is not one: it is not 128 hexadecimal digits.
    #[error("the signature is not 128 hexadecimal digits")]
    NotASignature,
    /// The signature is not the gateway's of this body.
    #[error("the signature is not that of this body")]
    WrongSignature,
    /// Signed or not, it cannot be read: not JSON, too deep, a key twice.
    #[error("the body cannot be read: {0}")]
    Unreadable(String),
}

/// Why a gateway did not answer what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// It is overloaded or down (429, 5xx, no connection, time-out): to be asked again.
    #[error("{why}")]
    Busy {
        /// What happened.
        why: String,
        /// How long it asked us to wait, in ms.
        retry_after_ms: Option<i64>,
    },
    /// It knows no such payment.
    #[error("the gateway knows no such payment")]
    Unknown,
    /// It refuses our key, or what the key is used for: whatever is asked.
    #[error("the gateway refuses our key: {0}")]
    KeyRefused(String),
    /// It understood and refused.
    #[error("the gateway refused: {0}")]
    Refused(String),
    /// Its answer cannot be read.
    #[error("the gateway's answer cannot be read: {0}")]
    Unreadable(String),
}

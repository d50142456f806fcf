//! Deposits: money that customers bring into their wallets. "All deposits are strictly
//! non-refundable": it comes in once, for what actually arrived, and no operation takes it out.
//!
//! Owns the tables `deposits`, `payments`, `payment_callbacks`, `deposit_credits`, `deposit_returns`
//! and `deposit_reviews`.
//!
//! A gateway's callback is a reason to ask the gateway, never to credit: what it says about a
//! payment when it is asked is the only fact, whatever callbacks came, in which order and how often.
//! What is credited of a payment is the most that those facts prove, so that later ones add their
//! difference and none takes away. Payments of which no callback came are looked for.
//!
//! | step | by | in one transaction |
//! |---|---|---|
//! | [`create`] | the customer | the deposit; then the gateway's invoice |
//! | [`receive`] | the gateway's callback | the callback as it came, and that its payment is asked about |
//! | `take_due`, `record` | a worker | what the gateway says, the credit, what a person has to look at |
//! | `take_looks`, `found` | a worker | payments to the invoice that nobody told of |
//! | [`reviews::decide`] | an operator | the decision, and its credit |
//! | [`record_manual`] | an operator | a deposit that came another way, credited |

use std::sync::Arc;
use std::time::Duration;

use crate::accounts;
use crate::actor::Role;
use crate::apart::apart;
use crate::clock::{Period, Time};
use crate::db::Db;
use crate::error::{Refusal, Result};
use crate::gateway::{Gateway, GatewayError, GatewayName, NewInvoice, Quote};
use crate::ids::{AccountId, DepositId, PaymentId};
use crate::money::Money;
use crate::panel::Panel;

mod callback;
mod crediting;
mod gateway_key;
mod manual;
pub mod reviews;
pub mod rules;
mod store;
mod terms;

pub use callback::{Received, receive};
pub(crate) use crediting::{ToAsk, found, record, take_due, take_looks};
pub(crate) use gateway_key::{Asked, note as note_key};
pub use manual::{add_payment, record_manual};
use rules::DepositStatus;
pub use terms::{TERMS, notes};

/// A deposit.
#[derive(Debug, Clone)]
pub struct Deposit {
    /// Its number.
    pub id: DepositId,
    /// Whose wallet it is for.
    pub account: AccountId,
    /// How it comes.
    pub gateway: GatewayName,
    /// What the gateway knows it by.
    pub reference: String,
    /// What was asked for, in USD.
    pub amount: Money,
    /// The only coin that it may be paid with, if there is one.
    pub coin: Option<String>,
    /// About how much of the coin that was when it was made.
    pub coin_estimate: Option<String>,
    /// The least of the coin that the gateway took then.
    pub coin_minimum: Option<String>,
    /// The gateway's number of the invoice.
    pub invoice: Option<String>,
    /// The page on which it is paid.
    pub invoice_url: Option<String>,
    /// Where it stands.
    pub status: DepositStatus,
    /// What came into the wallet by it, or is kept beside it while the account is suspended.
    pub credited: Money,
    /// When it was made.
    pub created_at: Time,
}

/// A payment to a deposit, as the gateway last said.
#[derive(Debug, Clone)]
pub struct Paid {
    /// Its number here.
    pub id: PaymentId,
    /// The gateway's number of it.
    pub gateway_payment: String,
    /// The gateway's number of the payment that it repeats.
    pub parent: Option<String>,
    /// How far it is, in the gateway's word; `None` until the gateway was asked.
    pub status: Option<String>,
    /// The coin.
    pub coin: Option<String>,
    /// How much of the coin was asked for.
    pub pay_amount: Option<String>,
    /// How much of it arrived.
    pub actually_paid: Option<String>,
    /// What was credited of it.
    pub credited: Money,
    /// What was taken back, because the gateway sent it back.
    pub taken_back: Option<Money>,
    /// What was not in the wallet any more then.
    pub shortfall: Option<Money>,
    /// When the panel learned of it.
    pub seen_at: Time,
}

/// Which deposits are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Search {
    /// Of this account only.
    pub account: Option<AccountId>,
    /// That stand so only.
    pub status: Option<DepositStatus>,
    /// Made in this period only.
    pub created: Period,
}

/// The largest deposit: a million USD.
const MAX_AMOUNT: Money = Money::from_nano(1_000_000 * 1_000_000_000);
/// A payer's price has whole cents.
const CENT_NANO: i64 = 10_000_000;
/// How many deposits of one account may wait for their payment: each is looked after for days.
const MAX_WAITING: i64 = 50;

/// Makes a deposit of `amount` for `account` and the invoice that it is paid by, with `coin` only or
/// with any. What the coin asks of a payer is found out first: "the minimum is checked and shown
/// before the invoice is made". Refused: [`Refusal::DepositsClosed`] without a gateway;
/// [`Refusal::FieldInvalid`]; [`Refusal::AmountBelowMin`]; [`Refusal::Conflict`] with too many that
/// wait; [`Refusal::GatewayUnavailable`].
pub async fn create(
    panel: &Panel,
    account: AccountId,
    amount: Money,
    coin: Option<&str>,
) -> Result<Deposit> {
    let gateway = panel.gateway.clone().ok_or(Refusal::DepositsClosed)?;
    check_amount(panel, amount)?;
    // Staff have no wallet.
    if accounts::role_of(panel.db.read(), account).await? != Some(Role::Reseller) {
        return Err(Refusal::Forbidden.into());
    }
    let coin = coin.map(coin_name).transpose()?;
    if store::waiting(panel.db.read(), account).await? >= MAX_WAITING {
        let why = format!(
            "{MAX_WAITING} deposits wait for their payment: pay one of them, or make another when \
             they have expired"
        );
        return Err(Refusal::Conflict { why }.into());
    }
    let quote = match &coin {
        Some(coin) => Some(quoted(panel, &gateway, amount, coin).await?),
        None => None,
    };
    let now = panel.now();
    let text = |number: rust_decimal::Decimal| number.normalize().to_string();
    let mut deposit = Deposit {
        id: DepositId::default(),
        account,
        gateway: gateway.name(),
        reference: reference(),
        amount,
        coin,
        coin_estimate: quote.as_ref().map(|quote| text(quote.estimate)),
        coin_minimum: quote.as_ref().map(|quote| text(quote.minimum)),
        invoice: None,
        invoice_url: None,
        status: DepositStatus::Waiting,
        credited: Money::ZERO,
        created_at: now,
    };
    let tx = panel.db.begin().await?;
    deposit.id = store::insert(&tx, &deposit, rules::next_look(now, now)).await?;
    tx.commit().await?;
    let new = NewInvoice {
        order: deposit.reference.clone(),
        amount,
        coin: deposit.coin.clone(),
        description: format!("Deposit {} of {amount} USD", deposit.id),
        callback_url: callback_url(panel, gateway.name()),
    };
    // The invoice stands once it is made: a customer who goes away meanwhile does not undo it.
    let opened = open_invoice(panel.clone(), gateway, deposit, new);
    match apart(INVOICE_TIME, opened).await {
        Ok(opened) => opened,
        Err(unfinished) => {
            tracing::error!(error = %unfinished, "no invoice was made");
            Err(Refusal::GatewayUnavailable.into())
        }
    }
}

/// How long making an invoice may take: the gateway's answer, and writing it down.
const INVOICE_TIME: Duration = Duration::from_secs(60);

/// Has the gateway make the invoice of `deposit`, and writes it down.
async fn open_invoice(
    panel: Panel,
    gateway: Arc<dyn Gateway>,
    mut deposit: Deposit,
    new: NewInvoice,
) -> Result<Deposit> {
    let made = gateway.create_invoice(&new).await;
    note_key(&panel, gateway.name(), Asked::Payments, &made).await;
    let tx = panel.db.begin().await?;
    match made {
        Ok(invoice) => {
            store::set_invoice(&tx, deposit.id, &invoice).await?;
            tx.commit().await?;
            deposit.invoice = Some(invoice.id);
            deposit.invoice_url = Some(invoice.url);
            Ok(deposit)
        }
        Err(fault) => {
            // It may have been made all the same: nobody knows its address, so nobody pays it.
            store::set_status(&tx, deposit.id, DepositStatus::Failed).await?;
            store::set_look(&tx, deposit.id, None).await?;
            tx.commit().await?;
            Err(unavailable(&gateway, &fault).into())
        }
    }
}

/// One of the deposits of `account`, with its payments. Refused: [`Refusal::Unknown`].
pub async fn view(db: &Db, account: AccountId, id: DepositId) -> Result<(Deposit, Vec<Paid>)> {
    of(db, id, Some(account)).await
}

/// Any deposit, with its payments. Refused: [`Refusal::Unknown`].
pub async fn show(db: &Db, id: DepositId) -> Result<(Deposit, Vec<Paid>)> {
    of(db, id, None).await
}

async fn of(db: &Db, id: DepositId, account: Option<AccountId>) -> Result<(Deposit, Vec<Paid>)> {
    let found = store::deposit(db.read(), id, account).await?;
    let deposit = found.ok_or(Refusal::Unknown { what: "deposit" })?;
    let payments = store::payments::of_deposit(db.read(), id).await?;
    Ok((deposit, payments))
}

/// The deposits that `search` is about, newest first, below `before`, at most `limit`.
pub async fn list(
    db: &Db,
    search: Search,
    before: Option<DepositId>,
    limit: usize,
) -> Result<Vec<Deposit>> {
    store::list(db.read(), search, before, limit).await
}

fn check_amount(panel: &Panel, amount: Money) -> std::result::Result<(), Refusal> {
    let invalid = |expected| Refusal::FieldInvalid {
        field: "amount",
        expected,
    };
    if !amount.is_positive() || amount > MAX_AMOUNT {
        return Err(invalid("above zero and at most 1000000"));
    }
    if amount.nano() % CENT_NANO != 0 {
        return Err(invalid("an amount of USD with at most two decimals"));
    }
    let min = panel.config.deposit_min;
    if amount < min {
        return Err(Refusal::AmountBelowMin { min });
    }
    Ok(())
}

/// The name of a coin as gateways write it.
fn coin_name(coin: &str) -> std::result::Result<String, Refusal> {
    let coin = coin.trim().to_ascii_lowercase();
    let is_name = coin.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_name && (2..=20).contains(&coin.len()) {
        Ok(coin)
    } else {
        Err(no_such_coin())
    }
}

fn no_such_coin() -> Refusal {
    Refusal::FieldInvalid {
        field: "coin",
        expected: "the name of a coin that the gateway takes, such as btc or usdttrc20",
    }
}

async fn quoted(
    panel: &Panel,
    gateway: &Arc<dyn Gateway>,
    amount: Money,
    coin: &str,
) -> Result<Quote> {
    let quote = gateway.quote(amount, coin).await;
    note_key(panel, gateway.name(), Asked::Payments, &quote).await;
    let quote = match quote {
        Ok(quote) => quote,
        Err(GatewayError::Refused(_) | GatewayError::Unknown) => return Err(no_such_coin().into()),
        Err(
            fault @ (GatewayError::Busy { .. }
            | GatewayError::KeyRefused(_)
            | GatewayError::Unreadable(_)),
        ) => {
            return Err(unavailable(gateway, &fault).into());
        }
    };
    match rules::least_with_coin(amount, &quote) {
        Some(min) => Err(Refusal::AmountBelowMin { min }.into()),
        None => Ok(quote),
    }
}

fn unavailable(gateway: &Arc<dyn Gateway>, fault: &GatewayError) -> Refusal {
    tracing::warn!(gateway = gateway.name().word(), error = %fault, "no invoice was made");
    Refusal::GatewayUnavailable
}

/// A name of a deposit that nobody can guess.
fn reference() -> String {
    format!("dep_{}", hex::encode(rand::random::<[u8; 16]>()))
}

/// Where the gateway calls back, if the panel knows its own address.
fn callback_url(panel: &Panel, gateway: GatewayName) -> Option<String> {
    let own = panel.config.own_address()?;
    Some(format!("{own}/gateway/{gateway}"))
}

//! Deposits: bringing money into the wallet. There is no operation that takes it out.

use poem_openapi::param::{Path, Query};
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::api_key::{ApiKey, Places, Reads};
use super::orders::Listing;
use crate::clock::Time;
use crate::deposits::rules::DepositStatus;
use crate::deposits::{self, Paid, Search, TERMS, notes};
use crate::gateway::GatewayName;
use crate::http::typed::code::Code;
use crate::http::typed::paging::{cut, limit_of, page};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::{Fault, Refusals};
use crate::http::typed::wire::Amount;
use crate::ids::DepositId;
use crate::money::Money;
use crate::panel::Panel;

/// Serves deposits.
pub(super) struct Deposits {
    pub(super) panel: Panel,
}

/// The deposit that is to be made.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
struct NewDeposit {
    /// How much is to be paid, in USD: at least the panel's minimum, at most 1000000, with at most
    /// two decimals.
    amount: Amount,
    /// The coin that the deposit is paid with, by the gateway's name of it, such as `btc` or
    /// `usdttrc20`. Without it, you choose a coin on the invoice's page.
    coin: Option<String>,
}

impl Example for NewDeposit {
    fn example() -> NewDeposit {
        NewDeposit {
            amount: Amount(Money::from_nano(20_000_000_000)),
            coin: Some("usdttrc20".to_owned()),
        }
    }
}

/// What the coin of a deposit required of its payer when the deposit was made.
#[derive(Debug, Object, Serialize)]
struct CoinQuote {
    /// The coin that is to be paid, by the gateway's name of it, such as `btc`.
    coin: String,
    /// About how much of the coin is to be paid, as decimal text; the invoice has the binding amount.
    estimate: String,
    /// The least of the coin that the gateway takes, as decimal text.
    minimum: String,
}

/// A payment to a deposit, as the gateway last reported it.
#[derive(Debug, Object, Serialize)]
pub(in crate::http) struct DepositPayment {
    /// The number that the gateway gave the payment.
    gateway_payment: String,
    /// The gateway's number of the payment that this one repeats; absent if it repeats none.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    /// How far the payment is, in the gateway's own word; absent until the panel has asked the
    /// gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    /// The coin that was paid, by the gateway's name of it; absent if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    coin: Option<String>,
    /// How much of the coin was to be paid, as decimal text; absent if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pay_amount: Option<String>,
    /// How much of the coin arrived, as decimal text; absent if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    actually_paid: Option<String>,
    /// What was credited for the payment, in USD; 0 if nothing was.
    credited: Money,
    /// What was taken out of the wallet again, in USD, because the gateway sent the payment back;
    /// absent if the gateway did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_back: Option<Money>,
    /// What the wallet did not cover of the amount that was to be taken back, in USD; absent if the
    /// gateway did not send the payment back.
    #[serde(skip_serializing_if = "Option::is_none")]
    shortfall: Option<Money>,
    /// When the panel learned of the payment, UTC.
    seen_at: Time,
}

impl From<Paid> for DepositPayment {
    fn from(paid: Paid) -> DepositPayment {
        DepositPayment {
            gateway_payment: paid.gateway_payment,
            parent: paid.parent,
            status: paid.status,
            coin: paid.coin,
            pay_amount: paid.pay_amount,
            actually_paid: paid.actually_paid,
            credited: paid.credited,
            taken_back: paid.taken_back,
            shortfall: paid.shortfall,
            seen_at: paid.seen_at,
        }
    }
}

/// A deposit, which brings money into the wallet.
#[derive(Debug, Object, Serialize)]
struct Deposit {
    /// The number that the deposit has.
    deposit_id: i64,
    /// The way in which the deposit is paid.
    gateway: GatewayName,
    /// The reference by which the gateway knows the deposit; for a manual deposit, the one that the
    /// panel's operator gave it.
    reference: String,
    /// How much is to be paid, in USD.
    amount: Money,
    /// The status that the deposit has now.
    status: DepositStatus,
    /// What was credited for the deposit, in USD; 0 if nothing was.
    credited: Money,
    /// The page on which the deposit is paid; absent if it has no invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice_url: Option<String>,
    /// What the chosen coin requires; absent if you choose a coin on the invoice's page.
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<CoinQuote>,
    /// When the deposit was made, UTC.
    created_at: Time,
}

impl From<deposits::Deposit> for Deposit {
    fn from(deposit: deposits::Deposit) -> Deposit {
        let quote = match (deposit.coin, deposit.coin_estimate, deposit.coin_minimum) {
            (Some(coin), Some(estimate), Some(minimum)) => Some(CoinQuote {
                coin,
                estimate,
                minimum,
            }),
            _ => None,
        };
        Deposit {
            deposit_id: deposit.id.0,
            gateway: deposit.gateway,
            reference: deposit.reference,
            amount: deposit.amount,
            status: deposit.status,
            credited: deposit.credited,
            invoice_url: deposit.invoice_url,
            quote,
            created_at: deposit.created_at,
        }
    }
}

/// A deposit with what its payer has to know, and what was paid.
#[derive(Debug, Object, Serialize)]
struct DepositDetails {
    /// The deposit that this is about.
    deposit: Deposit,
    /// The least that the panel takes by a deposit, in USD.
    min_amount: Money,
    /// The terms that every deposit has, for people: what was credited is final.
    terms: String,
    /// What a payer has to mind, for people: minimum, network and fees.
    notes: Vec<String>,
    /// The payments to the deposit that the gateway reported, oldest first.
    payments: Vec<DepositPayment>,
}

/// One page of the deposits that match the filter.
#[derive(Debug, Object, Serialize)]
struct DepositPage {
    /// The deposits that the page has, newest first.
    deposits: Vec<Deposit>,
    /// Pass this as `cursor` to get the next page; absent at the end of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

struct Creating;

impl Refusals for Creating {
    const CODES: &'static [Code] = &[
        Code::StateConflict,
        Code::DepositsClosed,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
        Code::FieldInvalid,
        Code::AmountBelowMin,
        Code::GatewayUnavailable,
    ];
}

struct Viewing;

impl Refusals for Viewing {
    const CODES: &'static [Code] = &[Code::ObjectUnknown];
}

#[OpenApi(prefix_path = "/api/v3", tag = "Tag::Deposits")]
impl Deposits {
    /// Make a deposit
    ///
    /// Gives the page on which the deposit is paid. The panel finds out what the coin requires before
    /// the invoice is made. What arrives is credited without a further request; **it is final then**:
    /// read `terms` and `notes`. A deposit that is never paid costs nothing. An account can have at
    /// most 50 deposits that wait for their payment.
    #[oai(path = "/deposits", method = "post", operation_id = "deposit_create")]
    async fn create(
        &self,
        key: ApiKey<Places>,
        deposit: JsonBody<NewDeposit>,
    ) -> Result<Answer<DepositDetails, 201>, Fault<Creating>> {
        let NewDeposit { amount, coin } = deposit.0;
        let (panel, account) = (&self.panel, key.0.account);
        let made = deposits::create(panel, account, amount.0, coin.as_deref()).await?;
        Ok(Answer(self.details(made, Vec::new())))
    }

    /// Read a deposit
    ///
    /// Gives the deposit with its payments: what arrived, and what was credited.
    #[oai(
        path = "/deposits/:deposit_id",
        method = "get",
        operation_id = "deposit_view"
    )]
    async fn view(
        &self,
        key: ApiKey<Reads>,
        /// The number of the deposit, which `deposit_create` and `deposit_list` return.
        deposit_id: Path<i64>,
    ) -> Result<Answer<DepositDetails>, Fault<Viewing>> {
        let id = DepositId(deposit_id.0);
        let (deposit, payments) = deposits::view(&self.panel.db, key.0.account, id).await?;
        Ok(Answer(self.details(deposit, payments)))
    }

    /// List your deposits
    ///
    /// Lists deposits newest first, a page at a time.
    #[oai(path = "/deposits", method = "get", operation_id = "deposit_list")]
    async fn list(
        &self,
        key: ApiKey<Reads>,
        /// Lists only deposits that have this status.
        status: Query<Option<DepositStatus>>,
        /// Pass the `next_cursor` of the previous page to get the next one; without it, you get the
        /// first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// A page has at most this many deposits: 1 to 1000, by default 100.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<DepositPage>, Fault<Listing>> {
        let search = Search {
            account: Some(key.0.account),
            status: status.0,
            ..Search::default()
        };
        let before = cursor
            .0
            .and_then(|digits| digits.parse().ok())
            .map(DepositId);
        let (db, limit) = (&self.panel.db, limit_of(limit.0));
        let mut found = deposits::list(db, search, before, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().filter(|_| has_more);
        Ok(Answer(DepositPage {
            next_cursor: last.map(|last| last.id.to_string()),
            deposits: found.into_iter().map(Deposit::from).collect(),
        }))
    }
}

impl Deposits {
    fn details(&self, deposit: deposits::Deposit, payments: Vec<Paid>) -> DepositDetails {
        DepositDetails {
            min_amount: self.panel.config.deposit_min,
            terms: TERMS.to_owned(),
            notes: notes(deposit.coin.as_deref(), deposit.coin_minimum.as_deref()),
            deposit: deposit.into(),
            payments: payments.into_iter().map(DepositPayment::from).collect(),
        }
    }
}

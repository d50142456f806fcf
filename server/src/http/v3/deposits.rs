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

/// A deposit to make.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
struct NewDeposit {
    /// How much is to be paid, in USD, with at most two decimals; from the panel's minimum on.
    amount: Amount,
    /// The coin that it will be paid with, by the gateway's name of it, such as `btc` or
    /// `usdttrc20`; without it, you choose on the invoice's page.
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

/// What the coin of a deposit asked of its payer when the deposit was made.
#[derive(Debug, Object, Serialize)]
struct CoinQuote {
    /// The coin.
    coin: String,
    /// About how much of it is to be paid; the invoice has the binding figure.
    estimate: String,
    /// The least that the gateway takes of it.
    minimum: String,
}

/// A payment to a deposit, as the gateway last said.
#[derive(Debug, Object, Serialize)]
pub(in crate::http) struct DepositPayment {
    /// The gateway's number of it.
    gateway_payment: String,
    /// The gateway's number of the payment that it repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    /// How far it is, in the gateway's word; absent until the gateway was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    /// The coin.
    #[serde(skip_serializing_if = "Option::is_none")]
    coin: Option<String>,
    /// How much of the coin was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pay_amount: Option<String>,
    /// How much of it arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    actually_paid: Option<String>,
    /// What was credited of it, in USD.
    credited: Money,
    /// What was taken out of the wallet again, in USD, because the gateway sent the payment back.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_back: Option<Money>,
    /// What the wallet did not cover of that, in USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    shortfall: Option<Money>,
    /// When the panel learned of it.
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

/// A deposit.
#[derive(Debug, Object, Serialize)]
struct Deposit {
    /// Its number.
    deposit_id: i64,
    /// How it comes.
    gateway: GatewayName,
    /// What the gateway knows it by; of a manual one, what the panel's operator calls it.
    reference: String,
    /// What is to be paid, in USD.
    amount: Money,
    /// Where it stands.
    status: DepositStatus,
    /// What was credited, in USD.
    credited: Money,
    /// The page on which it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice_url: Option<String>,
    /// What its coin asks of you; absent if you choose on the invoice's page.
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<CoinQuote>,
    /// When it was made.
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

/// A deposit with what a payer has to know, and what was paid.
#[derive(Debug, Object, Serialize)]
struct DepositDetails {
    /// The deposit.
    deposit: Deposit,
    /// The least that the panel takes, in USD.
    min_amount: Money,
    /// The terms: a deposit is final.
    terms: String,
    /// What to mind when paying: minimum, network, fees.
    notes: Vec<String>,
    /// The payments to it that the gateway told of, oldest first.
    payments: Vec<DepositPayment>,
}

/// A page of deposits.
#[derive(Debug, Object, Serialize)]
struct DepositPage {
    /// Newest first.
    deposits: Vec<Deposit>,
    /// The `cursor` of the next page; absent at the end.
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
    /// Gives the page on which it is paid. What the coin asks of a payer is found out before the
    /// invoice is made. What arrives is credited by itself; **it is final then**: read `terms` and
    /// `notes`. A deposit that is never paid costs nothing.
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
    /// With its payments: what arrived, and what was credited of it.
    #[oai(
        path = "/deposits/:deposit_id",
        method = "get",
        operation_id = "deposit_view"
    )]
    async fn view(
        &self,
        key: ApiKey<Reads>,
        /// The deposit's number.
        deposit_id: Path<i64>,
    ) -> Result<Answer<DepositDetails>, Fault<Viewing>> {
        let id = DepositId(deposit_id.0);
        let (deposit, payments) = deposits::view(&self.panel.db, key.0.account, id).await?;
        Ok(Answer(self.details(deposit, payments)))
    }

    /// List your deposits
    ///
    /// Newest first.
    #[oai(path = "/deposits", method = "get", operation_id = "deposit_list")]
    async fn list(
        &self,
        key: ApiKey<Reads>,
        /// Only those that stand so.
        status: Query<Option<DepositStatus>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Deposits per page.
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

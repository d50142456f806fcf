//! The wallet: what it holds, and every movement of it.

use poem_openapi::param::Query;
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::Tag;
use super::api_key::{ApiKey, Reads};
use super::orders::Listing;
use crate::clock::Time;
use crate::http::typed::paging::{cut, limit_of, number_of, page};
use crate::http::typed::payload::Answer;
use crate::http::typed::problem::Fault;
use crate::ids::TransactionId;
use crate::money::Money;
use crate::orders::read::{self, Moved};
use crate::panel::Panel;

/// Serves the reading of wallets.
pub(super) struct Wallets {
    pub(super) panel: Panel,
}

/// The money that your account has.
#[derive(Debug, Object, Serialize)]
struct Wallet {
    /// What you can place orders for, in USD.
    balance: Money,
    /// What is held for your open orders, in USD: each part is earned by the panel or refunded when
    /// its order ends.
    held: Money,
    /// The currency that all amounts are in: always `USD`.
    currency: String,
}

/// A movement of your wallet: an amount that came in or went out.
#[derive(Debug, Object, Serialize)]
struct WalletEntry {
    /// The number of the ledger transaction that made the movement.
    transaction_id: i64,
    /// What moved the money: `order_placed` (a charge), `order_settled` (a refund), `order_refund` (a
    /// refund that was decided after the order had ended), `deposit` (what arrived by a deposit),
    /// `deposit_return` (what the gateway sent back), `adjustment` (a credit by the panel's
    /// operator), `correction` (a credit was wrong and is taken back), `suspension` (what was
    /// forfeited), `reinstatement` (what was forfeited is returned) or `deposit_release` (what was
    /// credited while the account was suspended).
    kind: String,
    /// What caused the movement, such as `order:17`.
    reference: String,
    /// The number of the order that caused the movement; absent if none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<i64>,
    /// What the movement added to the balance, in USD; below zero if it took from the balance.
    amount: Money,
    /// Why a credit was corrected; absent for other movements.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The number of the ledger transaction whose credit was taken back; absent unless the movement
    /// is a correction.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrects_transaction_id: Option<i64>,
    /// When the movement was made, UTC.
    created_at: Time,
}

impl From<Moved> for WalletEntry {
    fn from(Moved { line, order }: Moved) -> WalletEntry {
        WalletEntry {
            transaction_id: line.transaction.0,
            kind: line.kind,
            order_id: order.map(|order| order.0),
            reference: line.reference,
            amount: line.amount,
            reason: line.reason,
            corrects_transaction_id: line.corrects.map(|credit| credit.0),
            created_at: line.created_at,
        }
    }
}

/// One page of the movements that your wallet has had.
#[derive(Debug, Object, Serialize)]
struct WalletEntryPage {
    /// The movements that the page has, oldest first.
    entries: Vec<WalletEntry>,
    /// Pass this as `cursor` to get the movements that follow, now or later: no movement is missed.
    next_cursor: String,
    /// Whether more movements followed when this page was read.
    has_more: bool,
}

#[OpenApi(prefix_path = "/api/v3", tag = "Tag::Wallet")]
impl Wallets {
    /// Read your wallet
    #[oai(path = "/wallet", method = "get", operation_id = "wallet_view")]
    async fn view(&self, key: ApiKey<Reads>) -> Result<Answer<Wallet>, Fault<Listing>> {
        let funds = read::funds(&self.panel.db, key.0.account).await?;
        Ok(Answer(Wallet {
            balance: funds.balance,
            held: funds.held,
            currency: "USD".to_owned(),
        }))
    }

    /// List the movements of your wallet
    ///
    /// Lists movements oldest first, from the first one or from a cursor on. The sum of all amounts
    /// is the balance.
    #[oai(
        path = "/wallet/entries",
        method = "get",
        operation_id = "wallet_entries"
    )]
    async fn entries(
        &self,
        key: ApiKey<Reads>,
        /// Pass the `next_cursor` of an earlier page to get the movements that follow it; without it,
        /// the list begins with the first one.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// A page has at most this many movements: 1 to 1000, by default 100.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<WalletEntryPage>, Fault<Listing>> {
        let after = TransactionId(number_of(cursor.0));
        let (db, limit) = (&self.panel.db, limit_of(limit.0));
        let mut lines = read::statement(db, key.0.account, after, limit + 1).await?;
        let has_more = cut(&mut lines, limit);
        let last = lines.last().map_or(after, |moved| moved.line.transaction);
        Ok(Answer(WalletEntryPage {
            entries: lines.into_iter().map(WalletEntry::from).collect(),
            next_cursor: last.to_string(),
            has_more,
        }))
    }
}

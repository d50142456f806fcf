//! Credits that were given, and corrections of those that were wrong.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::refusals::{Crediting, Reading};
use super::staff::{Operator, Staff};
use crate::accounts::register;
use crate::clock::Time;
use crate::error::Refusal;
use crate::http::typed::paging::{cut, limit_of, number_of, page, period};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::Fault;
use crate::http::typed::wire::Amount;
use crate::ids::{AccountId, TransactionId};
use crate::money::Money;
use crate::panel::Panel;
use crate::wallet::{self, CreditName, GivenCredit, NewCorrection};

/// Serves credits and their corrections.
pub(super) struct Corrections {
    pub(super) panel: Panel,
}

/// A credit that a member of the staff or a command posted to a wallet.
#[derive(Debug, Object, Serialize)]
struct AccountCredit {
    /// The number of the ledger transaction of the credit.
    transaction_id: i64,
    /// The unique name of the credit.
    reference: String,
    /// The reason for the credit.
    reason: String,
    /// The credited amount, in USD with 2 to 9 decimals.
    amount: Money,
    /// The part of the amount that was taken back by corrections, in USD with 2 to 9 decimals.
    corrected: Money,
    /// When the credit was posted, UTC.
    created_at: Time,
}

impl From<GivenCredit> for AccountCredit {
    fn from(credit: GivenCredit) -> AccountCredit {
        AccountCredit {
            transaction_id: credit.transaction.0,
            reference: credit.reference,
            reason: credit.reason,
            amount: credit.amount,
            corrected: credit.corrected,
            created_at: credit.created_at,
        }
    }
}

/// One page of the list of credits.
#[derive(Debug, Object, Serialize)]
struct AccountCreditPage {
    /// The credits of this page, oldest first.
    credits: Vec<AccountCredit>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A correction of a credit, which exactly one of the first two fields names.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct CreditCorrection {
    /// The reference of the credit to correct; absent if `credit_transaction_id` is given.
    credit_reference: Option<String>,
    /// The ledger transaction of the credit to correct; absent if `credit_reference` is given.
    credit_transaction_id: Option<i64>,
    /// The amount to take back, in USD, above zero, with at most 9 decimals.
    amount: Amount,
    /// The reason for the correction: 1 to 1000 printable characters. The customer reads it.
    reason: String,
    /// Your unique name for this correction, such as a ticket's number: 1 to 100 printable characters. A
    /// reference can be used only once, for credits and corrections together.
    reference: String,
}

/// The result of a correction of a credit.
#[derive(Debug, Object, Serialize)]
struct CorrectedCredit {
    /// The number of the account whose credit was corrected.
    account_id: i64,
    /// The number of the ledger transaction of the correction.
    transaction_id: i64,
    /// The number of the ledger transaction of the corrected credit.
    credit_transaction_id: i64,
    /// The amount of the credit that can still be taken back, in USD with 2 to 9 decimals.
    left: Money,
    /// The balance of the wallet after the correction, in USD with 2 to 9 decimals.
    balance: Money,
}

/// The credit that a request names by one of two fields, if it names one.
pub(super) fn credit_named(
    (field, reference): (&'static str, Option<String>),
    transaction: Option<i64>,
) -> Result<Option<CreditName>, Refusal> {
    match (reference, transaction) {
        (None, None) => Ok(None),
        (Some(reference), None) => Ok(Some(CreditName::Reference(reference))),
        (None, Some(id)) => Ok(Some(CreditName::Transaction(TransactionId(id)))),
        (Some(_), Some(_)) => Err(Refusal::FieldInvalid {
            field,
            expected: "absent where the credit is named by its ledger transaction",
        }),
    }
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Accounts")]
impl Corrections {
    /// List the credits of an account
    ///
    /// Credits that staff or commands posted, oldest first, with the amount of each that was taken back.
    /// Deposits are not listed.
    #[oai(
        path = "/accounts/:account_id/credits",
        method = "get",
        operation_id = "operator_credit_list"
    )]
    async fn credits(
        &self,
        _staff: Staff,
        /// The number of the account, which `operator_account_list` gives as `account_id`.
        account_id: Path<i64>,
        /// Lists only credits that were given at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only credits that were given before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of credits in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<AccountCreditPage>, Fault<Reading>> {
        let (db, account) = (&self.panel.db, AccountId(account_id.0));
        register::view(db, account).await?;
        let (after, limit) = (TransactionId(number_of(cursor.0)), limit_of(limit.0));
        let created = period(created_from, created_before);
        let mut found = wallet::credits(db, account, created, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().map(|credit| credit.transaction.to_string());
        Ok(Answer(AccountCreditPage {
            credits: found.into_iter().map(AccountCredit::from).collect(),
            next_cursor: last.filter(|_| has_more),
        }))
    }

    /// Correct a credit
    ///
    /// Takes back an amount of a wrong credit: at most the credit less earlier corrections of it, and at most
    /// the balance. Money from deposits is never taken back this way, and nothing is taken back while the
    /// account is suspended. A reference can be used only once.
    #[oai(
        path = "/accounts/:account_id/corrections",
        method = "post",
        operation_id = "operator_account_correct"
    )]
    async fn correct(
        &self,
        operator: Operator,
        /// The number of the account, which `operator_account_list` gives as `account_id`.
        account_id: Path<i64>,
        correction: JsonBody<CreditCorrection>,
    ) -> Result<Answer<CorrectedCredit, 201>, Fault<Crediting>> {
        let CreditCorrection {
            credit_reference,
            credit_transaction_id,
            amount: Amount(amount),
            reason,
            reference,
        } = correction.0;
        let named = credit_named(
            ("credit_reference", credit_reference),
            credit_transaction_id,
        )?;
        let new = NewCorrection {
            account: AccountId(account_id.0),
            credit: named.ok_or(Refusal::FieldInvalid {
                field: "credit_reference",
                expected: "the reference of the credit, unless credit_transaction_id names it",
            })?,
            amount,
            reference,
            reason,
        };
        let corrected = wallet::correct(&self.panel, &operator.0, &new).await?;
        Ok(Answer(CorrectedCredit {
            account_id: account_id.0,
            transaction_id: corrected.transaction.0,
            credit_transaction_id: corrected.credit.0,
            left: corrected.left,
            balance: corrected.balance,
        }))
    }
}

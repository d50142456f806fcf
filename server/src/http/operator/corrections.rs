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

/// A credit by a decision of the panel's people.
#[derive(Debug, Object, Serialize)]
struct AccountCredit {
    /// Its ledger transaction.
    transaction_id: i64,
    /// The name under which it counts once.
    reference: String,
    /// Why it was given.
    reason: String,
    /// How much it gave, in USD.
    amount: Money,
    /// How much of that was taken back, in USD.
    corrected: Money,
    /// When it was given.
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

/// A page of credits.
#[derive(Debug, Object, Serialize)]
struct AccountCreditPage {
    /// Oldest first.
    credits: Vec<AccountCredit>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// What to take back of a credit, which one of the two fields names.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct CreditCorrection {
    /// The reference of the credit that was wrong.
    credit_reference: Option<String>,
    /// The same by its ledger transaction.
    credit_transaction_id: Option<i64>,
    /// How much of it is taken back, in USD, above zero.
    amount: Amount,
    /// Why: 1 to 1000 printable characters. The customer reads it.
    reason: String,
    /// A name for this correction, such as a ticket's number: 1 to 100 printable characters. It
    /// counts once, ever.
    reference: String,
}

/// A credit that was corrected.
#[derive(Debug, Object, Serialize)]
struct CorrectedCredit {
    /// The account.
    account_id: i64,
    /// The correction's ledger transaction.
    transaction_id: i64,
    /// The credit's.
    credit_transaction_id: i64,
    /// What can still be taken back of that credit, in USD.
    left: Money,
    /// What the wallet holds now, in USD.
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
    /// Oldest first: what people of the panel have given, and how much of each was taken back. Deposits
    /// are no credits.
    #[oai(
        path = "/accounts/:account_id/credits",
        method = "get",
        operation_id = "operator_credit_list"
    )]
    async fn credits(
        &self,
        _staff: Staff,
        /// The account's number.
        account_id: Path<i64>,
        /// Only credits that were given at this time or later.
        created_from: Query<Option<Time>>,
        /// Only credits that were given before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Credits per page.
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
    /// Takes back what a credit gave wrongly: at most what it gave less what was taken back of it
    /// before, and at most what the wallet holds. Money that came by a deposit is never taken so, and
    /// nothing is taken while the account is suspended. A reference counts once, ever.
    #[oai(
        path = "/accounts/:account_id/corrections",
        method = "post",
        operation_id = "operator_account_correct"
    )]
    async fn correct(
        &self,
        operator: Operator,
        /// The account's number.
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

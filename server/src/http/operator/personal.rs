//! What is held about one person: written out for them, and erased.

use std::collections::BTreeMap;

use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::Tag;
use super::reason::ReasonGiven;
use super::refusals::{ChangingStaff, ReadingAccount};
use super::staff::{ConfirmedOperator, Operator};
use crate::accounts;
use crate::clock::Time;
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::Fault;
use crate::panel::Panel;
use crate::personal;

/// Serves what is held about one person.
pub(super) struct Personal {
    pub(super) panel: Panel,
}

/// Everything that is held about an account.
#[derive(Debug, Object, Serialize)]
struct AccountExport {
    /// The account.
    account_id: i64,
    /// When it was written out.
    written_at: Time,
    /// What is held, by table: each row with its columns as texts, without those that are empty. Staff
    /// are called `staff`, and other accounts `another account`.
    held: BTreeMap<String, Vec<BTreeMap<String, String>>>,
}

impl From<personal::Export> for AccountExport {
    fn from(export: personal::Export) -> AccountExport {
        AccountExport {
            account_id: export.account_id.0,
            written_at: export.written_at,
            held: export.held,
        }
    }
}

/// What an erasure has changed.
#[derive(Debug, Object, Serialize)]
struct AccountErasure {
    /// The account.
    account_id: i64,
    /// How many orders have keyed digests in place of their links now, imported ones among them.
    orders: i64,
    /// Whether it had been erased before: then nothing was changed.
    erased_before: bool,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Accounts")]
impl Personal {
    /// Write out what is held about an account
    ///
    /// For its owner, who may ask for it. Pictures are told of by their number; secrets and digests are left
    /// out. Only operators may; the audit log keeps that it was written out.
    #[oai(
        path = "/accounts/:account_id/export",
        method = "get",
        operation_id = "account_export"
    )]
    async fn export(
        &self,
        operator: Operator,
        /// The account: its number, its e-mail address or its name.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
    ) -> Result<Answer<AccountExport>, Fault<ReadingAccount>> {
        let panel = &self.panel;
        let account = accounts::look_up(panel, &account_id.0).await?.id;
        let export = personal::export(panel, &operator.0, account).await?;
        Ok(Answer(export.into()))
    }

    /// Erase what is personal of an account
    ///
    /// Names, addresses, links, texts and pictures are gone for good, and its keys and sessions end; amounts,
    /// times and numbers stay. It is refused with the list of what stands against it while anything of the
    /// account is open, its wallet holds something or it is suspended. Once erased, it changes nothing again.
    /// It wants a session that was confirmed within the last 10 minutes (`operator_confirm`).
    #[oai(
        path = "/accounts/:account_id/erase",
        method = "post",
        operation_id = "account_erase"
    )]
    async fn erase(
        &self,
        operator: ConfirmedOperator,
        /// The account: its number, its e-mail address or its name.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        body: JsonBody<ReasonGiven>,
    ) -> Result<Answer<AccountErasure>, Fault<ChangingStaff>> {
        let (panel, actor) = (&self.panel, &operator.0);
        let account = accounts::look_up(panel, &account_id.0).await?.id;
        let erased = personal::erase(panel, actor, account, &body.0.reason).await?;
        Ok(Answer(AccountErasure {
            account_id: account.0,
            orders: i64::try_from(erased.orders).unwrap_or(i64::MAX),
            erased_before: erased.before,
        }))
    }
}

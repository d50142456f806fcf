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

/// All data that the panel holds about an account.
#[derive(Debug, Object, Serialize)]
struct AccountExport {
    /// The number of the exported account.
    account_id: i64,
    /// When the export was made, UTC.
    written_at: Time,
    /// The data by table: each row with its columns as text, without empty columns. Staff are called `staff`,
    /// and other accounts `another account`.
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

/// The result of the erasure of an account's personal data.
#[derive(Debug, Object, Serialize)]
struct AccountErasure {
    /// The number of the erased account.
    account_id: i64,
    /// The number of orders whose links were replaced by keyed digests, with imported orders.
    orders: i64,
    /// Whether the account was already erased; if so, nothing was changed.
    erased_before: bool,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Accounts")]
impl Personal {
    /// Export the personal data of an account
    ///
    /// For the account's owner, who may request it. Screenshots are named by their numbers; secrets and
    /// digests are left out. Only operators may export it; the audit log records the export.
    #[oai(
        path = "/accounts/:account_id/export",
        method = "get",
        operation_id = "account_export"
    )]
    async fn export(
        &self,
        operator: Operator,
        /// The number, the e-mail address or the name of the account, 1 to 254 characters; `id:7` always
        /// means number 7.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
    ) -> Result<Answer<AccountExport>, Fault<ReadingAccount>> {
        let panel = &self.panel;
        let account = accounts::look_up(panel, &account_id.0).await?.id;
        let export = personal::export(panel, &operator.0, account).await?;
        Ok(Answer(export.into()))
    }

    /// Erase the personal data of an account
    ///
    /// Names, addresses, links, texts and pictures are deleted for good, and the keys and sessions of the
    /// account end; amounts, times and numbers stay. It is refused, with a list of the reasons, while
    /// anything of the account is open, its wallet is not empty, or it is suspended. Repeating it changes
    /// nothing. It needs a session that was confirmed within the last 10 minutes (`operator_confirm`).
    #[oai(
        path = "/accounts/:account_id/erase",
        method = "post",
        operation_id = "account_erase"
    )]
    async fn erase(
        &self,
        operator: ConfirmedOperator,
        /// The number, the e-mail address or the name of the account, 1 to 254 characters; `id:7` always
        /// means number 7.
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

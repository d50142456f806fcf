//! API keys of accounts: seen and revoked by operators, and made for customers.

use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use super::Tag;
use super::refusals::{ChangingStaff, ReadingAccount};
use super::staff::{ConfirmedOperator, Operator, Staff};
use crate::accounts;
use crate::http::typed::paging::{limit_of, number_of, page};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::Fault;
use crate::http::v3::keys::{KeyPage, KeyRotation, KeySettings, NewKey, ShownKey};
use crate::ids::KeyId;
use crate::panel::Panel;

/// Serves the keys of accounts.
pub(super) struct Keys {
    pub(super) panel: Panel,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Accounts")]
impl Keys {
    /// List the keys of an account
    ///
    /// API keys of a customer or of staff, with revoked and expired ones. The secret keys are never shown.
    #[oai(
        path = "/accounts/:account_id/keys",
        method = "get",
        operation_id = "operator_key_list"
    )]
    async fn list(
        &self,
        _staff: Staff,
        /// The number, the e-mail address or the name of the account, 1 to 254 characters; `id:7` always
        /// means number 7.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of keys in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<KeyPage>, Fault<ReadingAccount>> {
        let account = accounts::look_up(&self.panel, &account_id.0).await?.id;
        let (after, limit) = (KeyId(number_of(cursor.0)), limit_of(limit.0));
        let page = KeyPage::read(&self.panel, account, after, limit).await?;
        Ok(Answer(page))
    }

    /// Create a key for a customer
    ///
    /// The secret key is in this answer only: hand it over. Staff create their own keys with `key_create`. It
    /// needs a session that was confirmed within the last 10 minutes (`operator_confirm`).
    #[oai(
        path = "/accounts/:account_id/keys",
        method = "post",
        operation_id = "operator_key_create"
    )]
    async fn create(
        &self,
        operator: ConfirmedOperator,
        /// The number, the e-mail address or the name of the account, 1 to 254 characters; `id:7` always
        /// means number 7.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        settings: JsonBody<KeySettings>,
    ) -> Result<Answer<NewKey, 201>, Fault<ChangingStaff>> {
        let terms = settings.0.terms()?;
        let account = accounts::look_up_customer(&self.panel, &account_id.0).await?;
        let made = accounts::create_key(&self.panel, &operator.0, account, &terms).await?;
        Ok(Answer(made.into()))
    }

    /// Change the settings of a customer's key
    ///
    /// All settings are replaced: a limit that you leave out does not apply any more. It needs a session that
    /// was confirmed within the last 10 minutes (`operator_confirm`).
    #[oai(
        path = "/accounts/:account_id/keys/:key_id",
        method = "put",
        operation_id = "operator_key_change"
    )]
    async fn change(
        &self,
        operator: ConfirmedOperator,
        /// The number, the e-mail address or the name of the account, 1 to 254 characters; `id:7` always
        /// means number 7.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        /// The number of the key, which `operator_key_list` gives as `key_id`.
        key_id: Path<i64>,
        settings: JsonBody<KeySettings>,
    ) -> Result<Answer<ShownKey>, Fault<ChangingStaff>> {
        let (panel, terms, id) = (&self.panel, settings.0.terms()?, KeyId(key_id.0));
        let account = accounts::look_up_customer(panel, &account_id.0).await?;
        let key = accounts::change_key(panel, &operator.0, account, id, &terms).await?;
        Ok(Answer(key.into()))
    }

    /// Replace a customer's key
    ///
    /// Creates a new key with the same settings, whose daily cap counts what the old key spent today. The old
    /// key stays valid for a while. It needs a session that was confirmed within the last 10 minutes
    /// (`operator_confirm`).
    #[oai(
        path = "/accounts/:account_id/keys/:key_id/rotate",
        method = "post",
        operation_id = "operator_key_rotate"
    )]
    async fn rotate(
        &self,
        operator: ConfirmedOperator,
        /// The number, the e-mail address or the name of the account, 1 to 254 characters; `id:7` always
        /// means number 7.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        /// The number of the key, which `operator_key_list` gives as `key_id`.
        key_id: Path<i64>,
        rotation: JsonBody<KeyRotation>,
    ) -> Result<Answer<NewKey, 201>, Fault<ChangingStaff>> {
        let (panel, id) = (&self.panel, KeyId(key_id.0));
        let account = accounts::look_up_customer(panel, &account_id.0).await?;
        let overlap_ms = rotation.0.overlap_ms();
        let made = accounts::rotate_key(panel, &operator.0, account, id, overlap_ms).await?;
        Ok(Answer(made.into()))
    }

    /// Revoke a key
    ///
    /// For a key of a customer or of staff: the next request with it is refused. Revoking it again changes
    /// nothing.
    #[oai(
        path = "/accounts/:account_id/keys/:key_id/revoke",
        method = "post",
        operation_id = "operator_key_revoke"
    )]
    async fn revoke(
        &self,
        operator: Operator,
        /// The number, the e-mail address or the name of the account, 1 to 254 characters; `id:7` always
        /// means number 7.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        /// The number of the key, which `operator_key_list` gives as `key_id`.
        key_id: Path<i64>,
    ) -> Result<Answer<ShownKey>, Fault<ReadingAccount>> {
        let account = accounts::look_up(&self.panel, &account_id.0).await?.id;
        let id = KeyId(key_id.0);
        let key = accounts::revoke_key(&self.panel, &operator.0, account, id).await?;
        Ok(Answer(key.into()))
    }
}

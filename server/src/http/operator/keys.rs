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
    /// Of a customer or of staff, revoked and expired ones among them; never the keys themselves.
    #[oai(
        path = "/accounts/:account_id/keys",
        method = "get",
        operation_id = "operator_key_list"
    )]
    async fn list(
        &self,
        _staff: Staff,
        /// The account: its number, its e-mail address or its name.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        /// The `next_cursor` of the page before; without it, from the first key on.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Keys per page.
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

    /// Make a key for a customer
    ///
    /// The key itself is in this answer and nowhere else: hand it over. Staff make their own keys, by
    /// `key_create`. It wants a session that was confirmed within the last 10 minutes
    /// (`operator_confirm`).
    #[oai(
        path = "/accounts/:account_id/keys",
        method = "post",
        operation_id = "operator_key_create"
    )]
    async fn create(
        &self,
        operator: ConfirmedOperator,
        /// The account: its number, its e-mail address or its name.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        settings: JsonBody<KeySettings>,
    ) -> Result<Answer<NewKey, 201>, Fault<ChangingStaff>> {
        let terms = settings.0.terms()?;
        let account = accounts::look_up_customer(&self.panel, &account_id.0).await?;
        let made = accounts::create_key(&self.panel, &operator.0, account, &terms).await?;
        Ok(Answer(made.into()))
    }

    /// Change what a customer's key may be used for
    ///
    /// Everything is replaced: what you leave out does not bound it any more. It wants a session that was
    /// confirmed within the last 10 minutes (`operator_confirm`).
    #[oai(
        path = "/accounts/:account_id/keys/:key_id",
        method = "put",
        operation_id = "operator_key_change"
    )]
    async fn change(
        &self,
        operator: ConfirmedOperator,
        /// The account: its number, its e-mail address or its name.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        /// The key's number.
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
    /// Makes a new key with the same settings, and what was ordered today under its cap. The old one stays
    /// good for a while. It wants a session that was confirmed within the last 10 minutes
    /// (`operator_confirm`).
    #[oai(
        path = "/accounts/:account_id/keys/:key_id/rotate",
        method = "post",
        operation_id = "operator_key_rotate"
    )]
    async fn rotate(
        &self,
        operator: ConfirmedOperator,
        /// The account: its number, its e-mail address or its name.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        /// The key's number.
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
    /// Of a customer or of staff: the next request with it is refused. Again is fine, and changes nothing.
    #[oai(
        path = "/accounts/:account_id/keys/:key_id/revoke",
        method = "post",
        operation_id = "operator_key_revoke"
    )]
    async fn revoke(
        &self,
        operator: Operator,
        /// The account: its number, its e-mail address or its name.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        /// The key's number.
        key_id: Path<i64>,
    ) -> Result<Answer<ShownKey>, Fault<ReadingAccount>> {
        let account = accounts::look_up(&self.panel, &account_id.0).await?.id;
        let id = KeyId(key_id.0);
        let key = accounts::revoke_key(&self.panel, &operator.0, account, id).await?;
        Ok(Answer(key.into()))
    }
}

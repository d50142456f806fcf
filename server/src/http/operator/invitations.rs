//! Accounts that operators make, and links by which their owners choose a password.

use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::reason::ReasonGiven;
use super::refusals::ChangingStaff;
use super::staff::ConfirmedOperator;
use crate::accounts::{self, Invitation, Link};
use crate::clock::Time;
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::Fault;
use crate::panel::Panel;

/// Serves links.
pub(super) struct Invitations {
    pub(super) panel: Panel,
}

/// How the owner of a new account chooses the first password.
#[derive(Debug, Object, Serialize)]
pub(super) struct InvitationMade {
    /// Whether an invitation was sent by mail; the link in it is valid for 72 hours.
    mailed: bool,
    /// The link to hand over if no mail was sent: shown only once, valid once and for one hour. Absent if
    /// `mailed` is `true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// When the link in `url` expires, UTC; absent if `mailed` is `true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    good_until: Option<Time>,
}

impl From<Invitation> for InvitationMade {
    fn from(invitation: Invitation) -> InvitationMade {
        match invitation {
            Invitation::Mailed => InvitationMade {
                mailed: true,
                url: None,
                good_until: None,
            },
            Invitation::Link(link) => InvitationMade {
                mailed: false,
                good_until: Some(link.expires_at),
                url: Some(link.expose().to_owned()),
            },
        }
    }
}

/// A customer's account to create, with an empty wallet.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAccount {
    /// The name of the account, unique in this panel: 1 to 100 printable characters.
    pub(super) name: String,
    /// The e-mail address of the owner, unique in this panel: at most 254 characters. It can be left out.
    pub(super) email: Option<String>,
}

/// A link by which the owner of an account chooses a password.
#[derive(Object, Serialize)]
struct PasswordLink {
    /// The link to hand over: it is shown only once and can be used only once.
    url: String,
    /// When the link expires, UTC: one hour after it was created.
    good_until: Time,
}

impl From<Link> for PasswordLink {
    fn from(link: Link) -> PasswordLink {
        PasswordLink {
            url: link.expose().to_owned(),
            good_until: link.expires_at,
        }
    }
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Accounts")]
impl Invitations {
    /// Create a link to choose a password
    ///
    /// For the owner of an account, customer or staff, who has forgotten the password or has none yet. Hand
    /// the link over yourself: whoever has it can use it, once and within an hour. Choosing a password ends
    /// the sessions of the account; its API keys and the codes of its authenticator stay valid. It needs a
    /// session that was confirmed within the last 10 minutes (`operator_confirm`). Your own password is
    /// changed by `account_change_password`.
    #[oai(
        path = "/accounts/:account_id/password-link",
        method = "post",
        operation_id = "operator_account_password_link"
    )]
    async fn password_link(
        &self,
        operator: ConfirmedOperator,
        /// The number, the e-mail address or the name of the account, 1 to 254 characters; `id:7` always
        /// means number 7.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        body: JsonBody<ReasonGiven>,
    ) -> Result<Answer<PasswordLink, 201>, Fault<ChangingStaff>> {
        let (panel, actor) = (&self.panel, &operator.0);
        let account = accounts::look_up(panel, &account_id.0).await?.id;
        let link = accounts::password_link(panel, actor, account, &body.0.reason).await?;
        Ok(Answer(link.into()))
    }
}

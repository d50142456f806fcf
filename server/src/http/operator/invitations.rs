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

/// How somebody who was just let in chooses their first password.
#[derive(Debug, Object, Serialize)]
pub(super) struct InvitationMade {
    /// Whether a mail was sent, whose link is good for 72 hours.
    mailed: bool,
    /// Else the link to hand over: shown this once, good once and for an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// Until when that link is good.
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

/// An account to make: a customer's, with an empty wallet.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAccount {
    /// Its name, unique in this panel: 1 to 100 printable characters.
    pub(super) name: String,
    /// Where its mail goes: at most 254 characters, unique in this panel.
    pub(super) email: Option<String>,
}

/// A link by which a password is chosen.
#[derive(Object, Serialize)]
struct PasswordLink {
    /// The link to hand over: shown this once, good once.
    url: String,
    /// Until when it is good: for an hour.
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
    /// Make a link to choose a password by
    ///
    /// For somebody, customer or staff, who has forgotten theirs, or has none yet. Hand it over yourself:
    /// whoever has it can use it, once and within an hour. Choosing a password ends their sessions; keys
    /// go on, and so do the codes of an authenticator. It wants a session that was confirmed within the
    /// last 10 minutes (`operator_confirm`). Your own password is changed by `account_change_password`.
    #[oai(
        path = "/accounts/:account_id/password-link",
        method = "post",
        operation_id = "operator_account_password_link"
    )]
    async fn password_link(
        &self,
        operator: ConfirmedOperator,
        /// The account: its number, its e-mail address or its name.
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

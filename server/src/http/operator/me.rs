//! Who the caller is.

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::Tag;
use super::staff::Staff;
use crate::actor::Role;
use crate::http::typed::code::Code;
use crate::http::typed::payload::Answer;
use crate::http::typed::problem::{Fault, Refusals};
use crate::panel::Panel;

/// Serves the caller's own account.
pub(super) struct Me {
    pub(super) panel: Panel,
}

/// A member of the staff.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "StaffMember")]
struct Member {
    /// Your account.
    account_id: i64,
    /// Your name.
    name: String,
    /// What you may do.
    role: Role,
    /// This panel's name in what it sends to providers.
    instance: String,
}

/// What reading one's own account can answer.
pub(super) struct Reading;

impl Refusals for Reading {
    const CODES: &'static [Code] = &[Code::Forbidden];
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Operator")]
impl Me {
    /// Show who you are
    ///
    /// The account and the role of the key.
    #[oai(path = "/me", method = "get", operation_id = "operator_me")]
    async fn me(&self, staff: Staff) -> Result<Answer<Member>, Fault<Reading>> {
        Ok(Answer(Member {
            account_id: staff.who.account.0,
            name: staff.who.name,
            role: staff.who.role,
            instance: self.panel.instance.to_string(),
        }))
    }
}

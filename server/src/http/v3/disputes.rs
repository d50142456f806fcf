//! Disputes about a charge, and the records that they are decided on.

use poem_openapi::param::{Path, Query};
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::api_key::{ApiKey, Places, Reads};
use super::orders::{Listing, an_order};
use crate::clock::Time;
use crate::disputes::rules::{DisputeReason, DisputeState};
use crate::disputes::{self, Evidence, Filed, Search};
use crate::http::typed::code::Code;
use crate::http::typed::document::Document;
use crate::http::typed::paging::{cut, limit_of, number_of, page};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::{Fault, Refusals};
use crate::http::typed::wire::Amount;
use crate::ids::{DisputeId, OrderId};
use crate::money::Money;
use crate::panel::Panel;

/// Serves disputes.
pub(super) struct Disputes {
    pub(super) panel: Panel,
}

/// What is wrong with the charge of an order.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
struct NewDispute {
    /// What it is about.
    reason: DisputeReason,
    /// The exact amount in question, in USD: above zero, at most what did not come back of the charge.
    amount: Amount,
    /// A clear description: 20 to 2000 characters.
    description: String,
}

impl Example for NewDispute {
    fn example() -> NewDispute {
        NewDispute {
            reason: DisputeReason::NotDelivered,
            amount: Amount(Money::from_nano(200_000_000)),
            description: "The profile never showed more than 600 of the 1000 followers.".to_owned(),
        }
    }
}

/// What a reviewer decided about a dispute.
#[derive(Debug, Object, Serialize)]
pub(in crate::http) struct DisputeDecision {
    /// Why.
    reason: String,
    /// When.
    decided_at: Time,
    /// The refund, if it was upheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_id: Option<i64>,
    /// How much came back by that, in USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    refunded: Option<Money>,
}

impl From<disputes::Decided> for DisputeDecision {
    fn from(decided: disputes::Decided) -> DisputeDecision {
        DisputeDecision {
            reason: decided.reason,
            decided_at: decided.at,
            refund_id: decided.refund.map(|refund| refund.0),
            refunded: decided.refunded,
        }
    }
}

/// A dispute about the charge of an order.
#[derive(Debug, Object, Serialize)]
struct Dispute {
    /// Its number.
    dispute_id: i64,
    /// The order.
    order_id: i64,
    /// Where it stands.
    state: DisputeState,
    /// What it is about.
    reason: DisputeReason,
    /// The amount in question, in USD.
    amount: Money,
    /// What is wrong, in your words.
    description: String,
    /// When the order was charged.
    charged_at: Time,
    /// When it was filed.
    created_at: Time,
    /// What was decided, once it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<DisputeDecision>,
}

impl From<disputes::Dispute> for Dispute {
    fn from(dispute: disputes::Dispute) -> Dispute {
        Dispute {
            dispute_id: dispute.id.0,
            order_id: dispute.order.0,
            state: dispute.state,
            reason: dispute.filed.reason,
            amount: dispute.filed.amount,
            description: dispute.filed.description,
            charged_at: dispute.charged_at,
            created_at: dispute.created_at,
            decision: dispute.decided.map(DisputeDecision::from),
        }
    }
}

/// A page of disputes.
#[derive(Debug, Object, Serialize)]
struct DisputePage {
    /// Oldest first.
    disputes: Vec<Dispute>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The records that a dispute is decided on, made by the server.
#[derive(Debug, Object, Serialize)]
pub(in crate::http) struct DisputeEvidence {
    /// The dispute.
    dispute_id: i64,
    /// The SHA-256 of `bundle` as compact JSON with its keys in their sequence, in hexadecimal:
    /// `jq -cj .bundle | sha256sum`.
    sha256: String,
    /// Whether it is as it was when the dispute was decided; else it is of this moment.
    kept: bool,
    /// The order with its charge, counts and rate; the ledger's transactions; its refunds and refills;
    /// the history of its status; its deliveries and what providers confirmed; overlap marks.
    bundle: Document,
}

impl DisputeEvidence {
    pub(in crate::http) fn of(id: DisputeId, evidence: Evidence) -> DisputeEvidence {
        DisputeEvidence {
            dispute_id: id.0,
            sha256: evidence.sha256,
            kept: evidence.is_kept,
            bundle: Document(evidence.bundle),
        }
    }
}

struct Filing;

impl Refusals for Filing {
    const CODES: &'static [Code] = &[
        Code::OrderUnknown,
        Code::OrderOverlapping,
        Code::DisputePeriodOver,
        Code::DisputeOpen,
        Code::AmountAboveLeft,
        Code::StateConflict,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
        Code::FieldInvalid,
    ];
}

struct Viewing;

impl Refusals for Viewing {
    const CODES: &'static [Code] = &[Code::ObjectUnknown];
}

#[OpenApi(prefix_path = "/api/v3", tag = "Tag::Disputes")]
impl Disputes {
    /// Dispute a charge
    ///
    /// Within 48 hours of the charge (`dispute_until` of the order), one open dispute per order. It is
    /// decided by a person on the records of the panel; what they give comes back to the wallet.
    #[oai(
        path = "/orders/:order_id/disputes",
        method = "post",
        operation_id = "dispute_open"
    )]
    async fn open(
        &self,
        key: ApiKey<Places>,
        /// The order's number.
        #[oai(example = "an_order")]
        order_id: Path<i64>,
        dispute: JsonBody<NewDispute>,
    ) -> Result<Answer<Dispute, 201>, Fault<Filing>> {
        let NewDispute {
            reason,
            amount: Amount(amount),
            description,
        } = dispute.0;
        let filed = Filed {
            reason,
            amount,
            description,
        };
        let (account, order) = (key.0.account, OrderId(order_id.0));
        let opened = disputes::open(&self.panel, account, order, filed).await?;
        Ok(Answer(opened.into()))
    }

    /// List your disputes
    ///
    /// Oldest first, of all orders or of one.
    #[oai(path = "/disputes", method = "get", operation_id = "dispute_list")]
    async fn list(
        &self,
        key: ApiKey<Reads>,
        /// Only those about this order.
        order_id: Query<Option<i64>>,
        /// Only those that stand so.
        state: Query<Option<DisputeState>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Disputes per page.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<DisputePage>, Fault<Listing>> {
        let search = Search {
            account: Some(key.0.account),
            order: order_id.0.map(OrderId),
            state: state.0,
            ..Search::default()
        };
        let after = DisputeId(number_of(cursor.0));
        let (db, limit) = (&self.panel.db, limit_of(limit.0));
        let mut found = disputes::list(db, search, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().filter(|_| has_more);
        Ok(Answer(DisputePage {
            next_cursor: last.map(|last| last.id.to_string()),
            disputes: found.into_iter().map(Dispute::from).collect(),
        }))
    }

    /// Read a dispute
    #[oai(
        path = "/disputes/:dispute_id",
        method = "get",
        operation_id = "dispute_view"
    )]
    async fn view(
        &self,
        key: ApiKey<Reads>,
        /// The dispute's number.
        #[oai(example = "a_dispute")]
        dispute_id: Path<i64>,
    ) -> Result<Answer<Dispute>, Fault<Viewing>> {
        let (db, id) = (&self.panel.db, DisputeId(dispute_id.0));
        Ok(Answer(
            disputes::read(db, Some(key.0.account), id).await?.into(),
        ))
    }

    /// Read the evidence of a dispute
    ///
    /// What it is decided on. Of a dispute that was decided, as it was then.
    #[oai(
        path = "/disputes/:dispute_id/evidence",
        method = "get",
        operation_id = "dispute_evidence"
    )]
    async fn evidence(
        &self,
        key: ApiKey<Reads>,
        /// The dispute's number.
        #[oai(example = "a_dispute")]
        dispute_id: Path<i64>,
    ) -> Result<Answer<DisputeEvidence>, Fault<Viewing>> {
        let id = DisputeId(dispute_id.0);
        let evidence = disputes::evidence(&self.panel, Some(key.0.account), id).await?;
        Ok(Answer(DisputeEvidence::of(id, evidence)))
    }
}

/// The dispute of the demo.
fn a_dispute() -> i64 {
    1
}

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
    /// What the dispute is about.
    reason: DisputeReason,
    /// The exact amount that is in question, in USD: above 0, at most what was not refunded of the
    /// charge.
    amount: Amount,
    /// What is wrong, in your words: 20 to 2000 characters.
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
    /// Why the reviewer decided so, for people.
    reason: String,
    /// When the dispute was decided, UTC.
    decided_at: Time,
    /// The number of the refund that was made; absent if the dispute was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_id: Option<i64>,
    /// How much was refunded by the decision, in USD; absent if the dispute was rejected.
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

/// A dispute that was opened about the charge of an order.
#[derive(Debug, Object, Serialize)]
struct Dispute {
    /// The number that the dispute has.
    dispute_id: i64,
    /// The number of the order whose charge is disputed.
    order_id: i64,
    /// The state that the dispute has now.
    state: DisputeState,
    /// What the dispute is about.
    reason: DisputeReason,
    /// The amount that is in question, in USD.
    amount: Money,
    /// What is wrong, in your words.
    description: String,
    /// When the order was charged, UTC.
    charged_at: Time,
    /// When the dispute was opened, UTC.
    created_at: Time,
    /// What was decided; absent until the dispute is decided.
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

/// One page of the disputes that match the filters.
#[derive(Debug, Object, Serialize)]
struct DisputePage {
    /// The disputes that the page has, oldest first.
    disputes: Vec<Dispute>,
    /// Pass this as `cursor` to get the next page; absent at the end of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The records of the panel that a dispute is decided on.
#[derive(Debug, Object, Serialize)]
pub(in crate::http) struct DisputeEvidence {
    /// The number of the dispute that the records are for.
    dispute_id: i64,
    /// The SHA-256 of `bundle` as compact JSON with its keys in their sequence, in hexadecimal:
    /// `jq -cj .bundle | sha256sum` computes it.
    sha256: String,
    /// Whether the records are as they were when the dispute was decided; false if they are of this
    /// moment.
    kept: bool,
    /// The records: the order with its charge, counts and rate; the transactions of the ledger;
    /// refunds and refills; the history of the status; the deliveries and what providers confirmed;
    /// overlap marks.
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
    /// A charge can be disputed within 48 hours (until `dispute_until` of the order); an order has at
    /// most one open dispute. The panel's staff decide it on the records of the panel; what they
    /// grant is refunded.
    #[oai(
        path = "/orders/:order_id/disputes",
        method = "post",
        operation_id = "dispute_open"
    )]
    async fn open(
        &self,
        key: ApiKey<Places>,
        /// The number of the order, which `order_place` and `order_list` return.
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
    /// Lists disputes oldest first, of all orders or of one.
    #[oai(path = "/disputes", method = "get", operation_id = "dispute_list")]
    async fn list(
        &self,
        key: ApiKey<Reads>,
        /// Lists only disputes about the order with this number.
        order_id: Query<Option<i64>>,
        /// Lists only disputes that have this state.
        state: Query<Option<DisputeState>>,
        /// Pass the `next_cursor` of the previous page to get the next one; without it, you get the
        /// first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// A page has at most this many disputes: 1 to 1000, by default 100.
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
        /// The number of the dispute, which `dispute_open` and `dispute_list` return.
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
    /// Gives the records that the dispute is decided on; for a dispute that was decided, the records
    /// are as they were then.
    #[oai(
        path = "/disputes/:dispute_id/evidence",
        method = "get",
        operation_id = "dispute_evidence"
    )]
    async fn evidence(
        &self,
        key: ApiKey<Reads>,
        /// The number of the dispute, which `dispute_open` and `dispute_list` return.
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

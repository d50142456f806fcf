//! The evidence of a dispute: "server-side transaction logs, delivery records, and provider
//! confirmations", as one JSON document that the server makes.

use sea_orm::ConnectionTrait;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::Dispute;
use super::rules;
use crate::clock::Time;
use crate::error::{Failure, Result};
use crate::orders::desk::{self, Exchange, File, Run};
use crate::refills::{self, automatic::NotFiled};
use crate::wallet::{self, Recorded};

/// How many looks at the target are evidence: those of the first years.
const COUNTS: usize = 1_000;

/// The evidence of a dispute.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The document.
    pub bundle: Value,
    /// The SHA-256 of its compact text, its keys in their sequence, in hexadecimal.
    pub sha256: String,
    /// Whether it is as it was when the dispute was decided; else it is of this moment.
    pub is_kept: bool,
}

impl Evidence {
    pub(super) fn of(text: String, is_kept: bool) -> Result<Evidence> {
        let unreadable = |e| Failure::Stored(format!("evidence that is no JSON: {e}"));
        Ok(Evidence {
            bundle: serde_json::from_str(&text).map_err(unreadable)?,
            sha256: digest(&text),
            is_kept,
        })
    }
}

/// The SHA-256 of `text`, in hexadecimal.
pub(super) fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// What `on` knows of a dispute at `now`: the whole document, and what its customer reads of it.
pub(super) async fn make(
    on: &impl ConnectionTrait,
    now: Time,
    dispute: &Dispute,
) -> Result<(String, String)> {
    let file = desk::file_on(on, dispute.order).await?;
    let refunds: Vec<_> = file.refunds.iter().map(|refund| refund.id).collect();
    let ledger = wallet::transactions_of(on, dispute.order, &refunds).await?;
    let refills = refills::all_of_order(on, dispute.order).await?;
    let counts = refills::first_checks(on, dispute.order, COUNTS).await?;
    let facts = Facts {
        now,
        dispute,
        file: &file,
        ledger: &ledger,
        refills: &refills,
        counts: &counts,
    };
    Ok((facts.whole().to_string(), facts.shown().to_string()))
}

struct Facts<'a> {
    now: Time,
    dispute: &'a Dispute,
    file: &'a File,
    ledger: &'a [Recorded],
    refills: &'a [refills::Refill],
    counts: &'a [refills::CountCheck],
}

impl Facts<'_> {
    /// Everything, for the people who decide.
    fn whole(&self) -> Value {
        let mut bundle = self.common();
        let file = self.file;
        let history = file.timeline.iter().map(|seen| {
            json!({
                "status": seen.status.word(),
                "cause": seen.cause.word(),
                "evidence": seen.evidence,
                "at": seen.at.to_string(),
            })
        });
        bundle.insert("status_history".to_owned(), history.collect());
        let runs = file.runs.iter().map(|run| {
            let mut told = delivery(run);
            told.insert("provider_id".to_owned(), run.provider.0.into());
            told.insert("provider_name".to_owned(), json!(run.provider_name));
            told.insert("provider_service".to_owned(), json!(run.provider_service));
            told.insert("provider_charge".to_owned(), json!(run.provider_charge));
            told.insert("reason".to_owned(), json!(run.reason));
            Value::Object(told)
        });
        bundle.insert("deliveries".to_owned(), runs.collect());
        let exchanges = file.exchanges.iter().map(|exchange| {
            json!({
                "dispatch_id": exchange.run.0,
                "attempt": exchange.attempt,
                "action": exchange.action,
                "request": exchange.request,
                "reply": exchange.reply,
                "at": exchange.at.to_string(),
            })
        });
        bundle.insert("provider_exchanges".to_owned(), exchanges.collect());
        let neighbours = file.neighbours.iter().map(|order| {
            json!({
                "order_id": order.order.0,
                "account_id": order.account.0,
                "status": order.status.word(),
                "created_at": order.created_at.to_string(),
                "ended_at": order.settled_at.map(|at| at.to_string()),
            })
        });
        bundle.insert("orders_of_others".to_owned(), neighbours.collect());
        Value::Object(bundle)
    }

    /// "Without other customers' data and provider secrets": no neighbours, no provider's name, price
    /// or words, but what it confirmed.
    fn shown(&self) -> Value {
        let mut bundle = self.common();
        let file = self.file;
        let history = file.timeline.iter().map(|seen| {
            json!({
                "status": seen.status.word(),
                "cause": seen.cause.word(),
                "at": seen.at.to_string(),
            })
        });
        bundle.insert("status_history".to_owned(), history.collect());
        let runs = file.runs.iter().map(|run| Value::Object(delivery(run)));
        bundle.insert("deliveries".to_owned(), runs.collect());
        let exchanges = file.exchanges.iter().map(confirmed);
        bundle.insert("provider_exchanges".to_owned(), exchanges.collect());
        Value::Object(bundle)
    }

    /// What both read.
    fn common(&self) -> Map<String, Value> {
        let Facts { dispute, file, .. } = self;
        let (order, rate) = (&file.listed.order, file.listed.rate);
        let time = |at: Option<Time>| at.map(|at| at.to_string());
        let target = order
            .start_count
            .map(|start| start.saturating_add(order.total_quantity));
        let document = json!({
            "made_at": self.now.to_string(),
            "dispute": {
                "dispute_id": dispute.id.0,
                "account_id": dispute.account.0,
                "reason": dispute.filed.reason.word(),
                "amount": dispute.filed.amount.to_string(),
                "description": dispute.filed.description,
                "created_at": dispute.created_at.to_string(),
                "dispute_until": rules::until(dispute.charged_at).to_string(),
            },
            "order": {
                "order_id": order.id.0,
                "service_id": order.service.0,
                "service_type": order.service_type.word(),
                "link": order.link,
                "details": file.details,
                "status": order.status.word(),
                "rate": rate.to_string(),
                "charge": order.charge.to_string(),
                "refunded": order.refunded.to_string(),
                "total_quantity": order.total_quantity,
                "runs": order.runs,
                "interval_minutes": order.interval_minutes,
                "start_count": order.start_count,
                "target_count": target,
                "remains": order.remains,
                "overlapping": order.is_overlapping,
                "withheld": order.is_withheld,
                "cancel_requested_at": time(order.cancel_requested_at),
                "charged_at": order.created_at.to_string(),
                "started_at": time(order.started_at),
                "ended_at": time(order.settled_at),
            },
            "ledger": self.ledger.iter().map(transaction).collect::<Value>(),
            "refunds": file.refunds.iter().map(|refund| json!({
                "refund_id": refund.id.0,
                "reason": refund.reason.word(),
                "formula": refund.formula(),
                "amount": refund.amount.to_string(),
                "destination": refund.destination.word(),
                "transaction_id": refund.transaction.map(|transaction| transaction.0),
                "at": refund.created_at.to_string(),
            })).collect::<Value>(),
            "refills": self.refills.iter().map(|refill| json!({
                "refill_id": refill.id.0,
                "status": refill.status.word(),
                "automatic": refill.automatic,
                "created_at": refill.created_at.to_string(),
                "ended_at": time(refill.ended_at),
            })).collect::<Value>(),
            "count_checks": self.counts.iter().map(counted_since).collect::<Value>(),
            "overlap_marks": file.marks.iter().map(|mark| json!({
                "order_id": mark.other.0,
                "lifted_at": time(mark.lifted_at),
            })).collect::<Value>(),
        });
        document.as_object().cloned().unwrap_or_default()
    }
}

/// A look at the target after the order's end.
fn counted_since(check: &refills::CountCheck) -> Value {
    json!({
        "at": check.checked_at.to_string(),
        "start_count": check.start_count,
        "delivered": check.delivered,
        "current_count": check.current_count,
        "dropped": check.dropped,
        "not_filed": check.not_filed.map(NotFiled::word),
        "refill_id": check.refill.map(|refill| refill.0),
    })
}

fn transaction(recorded: &Recorded) -> Value {
    json!({
        "transaction_id": recorded.id.0,
        "kind": recorded.kind,
        "reference": recorded.reference,
        "at": recorded.created_at.to_string(),
        "entries": recorded.entries.iter().map(|entry| json!({
            "account": entry.account,
            "side": entry.side,
            "amount": entry.amount.to_string(),
        })).collect::<Value>(),
    })
}

/// What is known of one run's delivery.
fn delivery(run: &Run) -> Map<String, Value> {
    let time = |at: Option<Time>| json!(at.map(|at| at.to_string()));
    Map::from_iter([
        ("dispatch_id".to_owned(), run.id.0.into()),
        ("run".to_owned(), run.run.into()),
        ("quantity".to_owned(), run.quantity.into()),
        ("state".to_owned(), run.state.word().into()),
        ("attempt".to_owned(), run.attempt.into()),
        ("provider_order".to_owned(), json!(run.provider_order)),
        ("provider_status".to_owned(), json!(run.provider_status)),
        ("start_count".to_owned(), json!(run.start_count)),
        ("remains".to_owned(), json!(run.remains)),
        ("accepted_at".to_owned(), time(run.accepted_at)),
        ("unknown_since".to_owned(), time(run.unknown_at)),
    ])
}

/// An exchange as the customer reads it: what was asked when, and what was confirmed.
fn confirmed(exchange: &Exchange) -> Value {
    let Exchange { action, reply, .. } = exchange;
    let confirmed = match action.as_str() {
        "add" => accepted(reply),
        "status" => counted(reply),
        "cancel" => Some(json!({"cancel_taken": reply == "cancel taken"})),
        _ => None,
    };
    json!({
        "dispatch_id": exchange.run.0,
        "attempt": exchange.attempt,
        "action": action,
        "confirmed": confirmed,
        "at": exchange.at.to_string(),
    })
}

/// The order that a provider gave, if its reply to `add` has one. Not its sentences, which may say who
/// knows what.
fn accepted(reply: &str) -> Option<Value> {
    let (_, body) = reply.split_once(": ")?;
    let body: Value = serde_json::from_str(body).ok()?;
    let order = body.get("order")?;
    (order.is_number() || order.is_string()).then(|| json!({"order": order}))
}

/// How far a provider said an order is, of what is kept of its reply to `status`: not what it charges.
fn counted(reply: &str) -> Option<Value> {
    let (seen, counts) = reply.strip_prefix("status=")?.split_once(" start_count=")?;
    let (status, _) = seen.split_once(" charge=")?;
    let (start_count, remains) = counts.split_once(" remains=")?;
    Some(json!({"status": status, "start_count": start_count, "remains": remains}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::OrderWord;
    use crate::protocol::upstream::StatusReply;

    #[test]
    fn of_what_a_provider_said_its_customer_reads_how_far_it_is() {
        let said = StatusReply::Known {
            word: Some(OrderWord::InProgress),
            raw_status: "In progress".to_owned(),
            charge: Some("0.30".to_owned()),
            currency: Some("USD".to_owned()),
            start_count: Some(15848),
            remains: None,
        };
        let said = said.to_string();
        assert_eq!(
            said,
            "status=In progress charge=0.30 start_count=15848 remains=-"
        );
        let told = json!({"status": "In progress", "start_count": "15848", "remains": "-"});
        assert_eq!(counted(&said), Some(told));
        assert_eq!(counted("<html>charge=1</html>"), None);
        let error = StatusReply::Error("Incorrect order ID".to_owned());
        assert_eq!(counted(&error.to_string()), None);
        let others = format!("not counted, it is dispatch 5's: {said}");
        assert_eq!(counted(&others), None, "another order's");
        let taken = accepted(r#"HTTP 200: {"order":5000002}"#);
        assert_eq!(taken, Some(json!({"order": 5000002})));
        let broke = r#"HTTP 200: {"error":"Not enough funds on balance of alice"}"#;
        assert_eq!(accepted(broke), None);
        assert_eq!(accepted("HTTP 502: gateway of our host"), None);
    }
}

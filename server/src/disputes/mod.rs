//! Disputes about a charge, policy 6: filed by its customer within 48 hours, decided by a person "on
//! records, not memory".
//!
//! Owns the table `disputes`. The records are one document that the server makes ([`Evidence`]): it is
//! made anew as long as the dispute is open, and kept as it was when the dispute is decided. Money moves
//! by `orders::refund_in_tx` only, so a dispute and whatever else is decided about an order never
//! exceed its charge together.

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::abuse::facts::Fact;
use crate::actor::Actor;
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::audit::{self, Deed, Entry};
use crate::clock::{Period, Time};
use crate::db::Db;
use crate::error::{Failure, Refusal, Result};
use crate::ids::{AccountId, DisputeId, OrderId, RefundId};
use crate::money::Money;
use crate::orders::rules::RefundReason;
use crate::orders::{self, Charged};
use crate::panel::Panel;
use crate::{accounts, wording};

mod evidence;
pub mod rules;
mod store;

pub use evidence::Evidence;
use rules::{DisputeReason, DisputeState, Standing};

/// What a customer says is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// What it is about.
    pub reason: DisputeReason,
    /// "The exact amount in question".
    pub amount: Money,
    /// "A clear description": 20 to 2,000 characters.
    pub description: String,
}

/// A dispute.
#[derive(Debug, Clone)]
pub struct Dispute {
    /// Its number.
    pub id: DisputeId,
    /// The order whose charge it is about.
    pub order: OrderId,
    /// Who filed it.
    pub account: AccountId,
    /// What they say.
    pub filed: Filed,
    /// Where it stands.
    pub state: DisputeState,
    /// When it was filed.
    pub created_at: Time,
    /// When the order was charged.
    pub charged_at: Time,
    /// What was decided, once it is.
    pub decided: Option<Decided>,
}

/// What a reviewer decided.
#[derive(Debug, Clone)]
pub struct Decided {
    /// Who, as the audit log names them.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Time,
    /// The refund, if it was upheld.
    pub refund: Option<RefundId>,
    /// How much that was.
    pub refunded: Option<Money>,
}

/// Whether a charge can be disputed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disputable {
    /// The largest amount that filing a dispute now could name, or what it would be answered.
    pub now: std::result::Result<Money, Refusal>,
    /// Until when the charge can be disputed.
    pub until: Time,
}

/// Whether the charge of `order` can be disputed now.
pub async fn right(panel: &Panel, order: &orders::read::Order) -> Result<Disputable> {
    let (now, until) = (panel.now(), rules::until(order.created_at));
    if order.is_imported {
        let why = "the order was placed in the panel that was used before this one".to_owned();
        return Ok(Disputable {
            now: Err(Refusal::Conflict { why }),
            until,
        });
    }
    // Once the time is over, nothing else matters.
    let standing = match until < now {
        true => None,
        false => store::standing(panel.db.read(), order.id).await?,
    };
    let standing = Standing {
        charged_at: order.created_at,
        charge: order.charge,
        refunded: order.refunded,
        overlapping: order.is_overlapping,
        standing,
    };
    Ok(Disputable {
        now: rules::can_dispute(&standing, now),
        until,
    })
}

async fn standing(
    on: &impl ConnectionTrait,
    order: OrderId,
    charged: &Charged,
) -> Result<Standing> {
    Ok(Standing {
        charged_at: charged.charged_at,
        charge: charged.charge,
        refunded: charged.refunded,
        overlapping: charged.overlapping,
        standing: store::standing(on, order).await?,
    })
}

/// Files a dispute about the charge of an order of `account`. Refused: [`Refusal::OrderUnknown`] for a
/// missing one and for anybody else's alike; [`Refusal::DisputePeriodOver`], [`Refusal::DisputeOpen`],
/// [`Refusal::AmountAboveLeft`], [`Refusal::OrderOverlapping`], [`Refusal::Conflict`] after one that was
/// upheld; [`Refusal::FieldInvalid`].
pub async fn open(
    panel: &Panel,
    account: AccountId,
    order: OrderId,
    filed: Filed,
) -> Result<Dispute> {
    let filed = Filed {
        description: wording::description(&filed.description)?.to_owned(),
        ..filed
    };
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let charged = orders::charged_in_tx(&tx, order).await?;
    let charged = charged.filter(|charged| charged.account == account);
    let charged = charged.ok_or(Refusal::OrderUnknown)?;
    let standing = standing(&tx, order, &charged).await?;
    rules::check(&standing, filed.reason, filed.amount, now)?;
    let id = store::insert(&tx, now, account, order, &filed).await?;
    let message = format!(
        "dispute {id}: account {account} disputes {} of the {} USD of order {order} ({})",
        filed.amount, charged.charge, filed.reason
    );
    let alert = Alert::new(AlertKind::DisputeFiled, format!("dispute {id}"), message);
    raise_in_tx(&tx, now, vec![alert]).await?;
    tx.commit().await?;
    panel.abuse.note(Fact::Disputed { account, order });
    Ok(Dispute {
        id,
        order,
        account,
        filed,
        state: DisputeState::Open,
        created_at: now,
        charged_at: charged.charged_at,
        decided: None,
    })
}

/// Which disputes a list has: all that match everything given.
#[derive(Debug, Clone, Copy, Default)]
pub struct Search {
    /// Those of this account.
    pub account: Option<AccountId>,
    /// Those about this order.
    pub order: Option<OrderId>,
    /// Those that stand so.
    pub state: Option<DisputeState>,
    /// Those that were opened in this period.
    pub created: Period,
}

/// The disputes that match `search`, with numbers above `after`, oldest first, at most `limit`.
pub async fn list(db: &Db, search: Search, after: DisputeId, limit: usize) -> Result<Vec<Dispute>> {
    store::list(db.read(), search, after, limit).await
}

/// The dispute `id`, of `account` if one is given; [`Refusal::Unknown`] for a missing one and for
/// anybody else's alike.
pub async fn read(db: &Db, account: Option<AccountId>, id: DisputeId) -> Result<Dispute> {
    found(db.read(), account, id).await
}

async fn found(
    on: &impl ConnectionTrait,
    account: Option<AccountId>,
    id: DisputeId,
) -> Result<Dispute> {
    let found = store::dispute(on, account, id).await?;
    Ok(found.ok_or(Refusal::Unknown { what: "dispute" })?)
}

/// What a dispute is decided on, or was: for its customer, if `account` is given, without what is
/// other customers' or its providers'. Refused: [`Refusal::Unknown`].
pub async fn evidence(
    panel: &Panel,
    account: Option<AccountId>,
    id: DisputeId,
) -> Result<Evidence> {
    let snapshot = panel.db.snapshot().await?;
    let dispute = found(&snapshot, account, id).await?;
    let kept = store::evidence(&snapshot, id).await?;
    let is_kept = kept.is_some();
    let (whole, shown) = match kept {
        Some(kept) => kept,
        None => evidence::make(&snapshot, panel.now(), &dispute).await?,
    };
    snapshot.commit().await?;
    let text = if account.is_some() { shown } else { whole };
    Evidence::of(text, is_kept)
}

/// What a reviewer may decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// This much is refunded; without a number, what is claimed, or what is left of the charge if that
    /// is less.
    Uphold(Option<Money>),
    /// Nothing is refunded.
    Reject,
}

/// Decides a dispute, and tells its customer by a notice; gives it as it is after that. The clock of 48
/// hours is that of the filing: "the decision may come later". Refused: [`Refusal::Forbidden`];
/// [`Refusal::Unknown`]; [`Refusal::FieldInvalid`]; [`Refusal::AmountAboveLeft`]; [`Refusal::Conflict`] if
/// it was decided, its order has not ended, or its account is suspended.
pub async fn decide(
    panel: &Panel,
    actor: &Actor,
    id: DisputeId,
    decision: Decision,
    reason: &str,
) -> Result<Dispute> {
    actor.only_operators()?;
    let reason = wording::reason(reason)?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let order = found(&tx, None, id).await?.order;
    let charged = orders::charged_in_tx(&tx, order).await?;
    let gone = || Failure::Stored(format!("dispute {id} has no order"));
    let charged = charged.ok_or_else(gone)?;
    // Under the order's lock: who waited for it sees what was decided meanwhile.
    let dispute = found(&tx, None, id).await?;
    if let Some(decided) = &dispute.decided {
        let why = format!("dispute {id} was {} by {}", dispute.state, decided.by);
        return Err(Refusal::Conflict { why }.into());
    }
    let (whole, shown) = evidence::make(&tx, now, &dispute).await?;
    let digest = evidence::digest(&whole);
    let (refund, amount) = match decision {
        Decision::Uphold(given) => {
            let left = charged.left();
            let amount = rules::upheld(dispute.filed.amount, given, left)?;
            let because = RefundReason::Dispute;
            let refund = orders::refund_in_tx(&tx, now, &charged, because, amount).await?;
            (Some(refund), Some(amount))
        }
        Decision::Reject => (None, None),
    };
    let end = store::End {
        by: actor.to_string(),
        reason,
        refund,
        evidence: (&whole, &shown),
    };
    store::end(&tx, now, id, end).await?;
    let outcome = match amount {
        Some(amount) => format!("upheld, and {amount} USD came back to your wallet"),
        None => "rejected".to_owned(),
    };
    let message = format!("Your dispute {id} about order {order} was {outcome}: {reason}");
    accounts::notices::tell_in_tx(&tx, now, dispute.account, &message).await?;
    let dispute = found(&tx, None, id).await?;
    let entry = Entry::new(Deed::DisputeDecided, format!("dispute:{id}"))
        .because(reason)
        .was(json!({"state": DisputeState::Open.word(), "order_id": order.0}))
        .became(json!({
            "state": dispute.state.word(),
            "amount": amount.map(|amount| amount.to_string()),
            "refund_id": refund.map(|refund| refund.0),
            "evidence_sha256": digest,
        }));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(dispute)
}

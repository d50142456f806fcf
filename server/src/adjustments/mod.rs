//! Adjustments: credits that support staff propose and operators decide. "Support staff propose, an
//! operator posts."
//!
//! Owns the table `adjustment_proposals`. An accepted one is credited by the wallet's own operation,
//! in the transaction that decides it, so that neither stands without the other.

use serde_json::json;

use crate::accounts;
use crate::actor::{Actor, Role};
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::db::Db;
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, ProposalId};
use crate::money::Money;
use crate::panel::Panel;
use crate::{wallet, wording};

mod store;

/// A credit that is proposed.
#[derive(Debug, Clone)]
pub struct NewProposal {
    /// Whose wallet is to be credited.
    pub account: AccountId,
    /// How much, above zero.
    pub amount: Money,
    /// The name under which it counts once, such as a ticket's number.
    pub reference: String,
    /// Why.
    pub reason: String,
}

/// A proposed credit, and what was decided.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Its number.
    pub id: ProposalId,
    /// What is proposed.
    pub credit: NewProposal,
    /// Who proposed it, as the audit log names them.
    pub proposed_by: String,
    /// When.
    pub created_at: Time,
    /// What was decided; `None` while it is open.
    pub decided: Option<Decided>,
}

/// What became of a proposal.
#[derive(Debug, Clone)]
pub struct Decided {
    /// Whether the wallet was credited.
    pub accepted: bool,
    /// Why, where somebody said so.
    pub reason: Option<String>,
    /// Who decided, as the audit log names them.
    pub by: String,
    /// When.
    pub at: Time,
}

/// What an operator decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The wallet is credited.
    Accept,
    /// It is not, for this reason.
    Refuse(String),
}

/// Proposes a credit. Refused: [`Refusal::Unknown`] without such a customer, [`Refusal::Taken`] if
/// the reference was credited or is proposed already, [`Refusal::FieldInvalid`].
pub async fn propose(panel: &Panel, actor: &Actor, new: &NewProposal) -> Result<Proposal> {
    if !new.amount.is_positive() {
        return Err(Refusal::FieldInvalid {
            field: "amount",
            expected: "above zero",
        }
        .into());
    }
    let credit = NewProposal {
        reference: wording::reference(&new.reference)?.to_owned(),
        reason: wording::reason(&new.reason)?.to_owned(),
        ..new.clone()
    };
    let account = accounts::register::view(&panel.db, new.account).await?;
    if account.role != Role::Reseller {
        return Err(Refusal::Unknown { what: "wallet" }.into());
    }
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let reference = &credit.reference;
    let what = || format!("a credit or a proposal with the reference {reference}");
    if wallet::is_credited(&tx, reference).await? || store::is_open(&tx, reference).await? {
        return Err(Refusal::Taken { what: what() }.into());
    }
    let by = actor.to_string();
    // Of two at once, the second is told by the row of the first.
    let inserted = store::insert(&tx, now, &by, &credit).await;
    let id = inserted.map_err(|fault| fault.or_taken(what))?;
    let entry = Entry::new(Deed::AdjustmentProposed, format!("account:{}", new.account))
        .because(&credit.reason)
        .became(json!({
            "proposal_id": id.0,
            "amount": credit.amount.to_string(),
            "reference": credit.reference,
        }));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(Proposal {
        id,
        credit,
        proposed_by: by,
        created_at: now,
        decided: None,
    })
}

/// The proposals that are open, or those that are decided, or all, with numbers above `after`,
/// lowest first, at most `limit`.
pub async fn list(
    db: &Db,
    open: Option<bool>,
    after: ProposalId,
    limit: usize,
) -> Result<Vec<Proposal>> {
    store::list(db.read(), open, after, limit).await
}

/// Decides a proposal, once; an accepted one is credited. Refused: [`Refusal::Unknown`];
/// [`Refusal::Conflict`] if it was decided; what [`wallet::credit`] refuses, and it stays open then.
pub async fn decide(
    panel: &Panel,
    actor: &Actor,
    id: ProposalId,
    decision: &Decision,
) -> Result<Proposal> {
    let now = panel.now();
    let reason = match decision {
        Decision::Accept => None,
        Decision::Refuse(reason) => Some(wording::reason(reason)?),
    };
    let decided = Decided {
        accepted: *decision == Decision::Accept,
        reason: reason.map(str::to_owned),
        by: actor.to_string(),
        at: now,
    };
    let tx = panel.db.begin().await?;
    let is_first = store::decide(&tx, id, &decided).await?;
    let stored = store::proposal(&tx, id).await?;
    let proposal = stored.ok_or(Refusal::Unknown { what: "proposal" })?;
    if !is_first {
        let why = match &proposal.decided {
            Some(Decided {
                accepted: true, by, ..
            }) => format!("proposal {id} was accepted by {by}"),
            Some(Decided { by, .. }) => format!("proposal {id} was refused by {by}"),
            None => format!("proposal {id} is being decided"),
        };
        return Err(Refusal::Conflict { why }.into());
    }
    let NewProposal {
        account,
        amount,
        reference,
        reason: proposed_because,
    } = &proposal.credit;
    if decided.accepted {
        let (_, entry) =
            wallet::credit_in_tx(&tx, now, *account, *amount, reference, proposed_because).await?;
        audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    }
    let mut entry =
        Entry::new(Deed::AdjustmentDecided, format!("account:{account}")).became(json!({
            "proposal_id": id.0,
            "accepted": decided.accepted,
            "amount": amount.to_string(),
            "reference": reference,
        }));
    if let Some(reason) = reason {
        entry = entry.because(reason);
    }
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(proposal)
}

//! Adjustments: credits, and corrections of wrong ones, that support staff propose and operators
//! decide. "Support staff propose, an operator posts."
//!
//! Owns the table `adjustment_proposals`. An accepted one is posted by the wallet's own operation,
//! in the transaction that decides it, so that neither stands without the other.

use serde_json::{Value, json};

use crate::accounts;
use crate::actor::{Actor, Grave, Role};
use crate::audit::{self, Deed, Entry};
use crate::clock::{Period, Time};
use crate::db::{Db, Tx};
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, ProposalId, TransactionId};
use crate::money::Money;
use crate::panel::Panel;
use crate::wallet::{self, CreditName, NewCorrection};
use crate::wording;

mod store;

/// A credit, or a correction of one, that is proposed.
#[derive(Debug, Clone)]
pub struct NewProposal {
    /// Whose wallet it is about.
    pub account: AccountId,
    /// How much, above zero.
    pub amount: Money,
    /// The credit from which it is to be taken; without one the wallet is to be credited.
    pub corrects: Option<CreditName>,
    /// The name under which it counts once, such as a ticket's number.
    pub reference: String,
    /// Why.
    pub reason: String,
}

/// A proposed credit or correction, and what was decided.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Its number.
    pub id: ProposalId,
    /// Whose wallet it is about.
    pub account: AccountId,
    /// How much, above zero.
    pub amount: Money,
    /// The ledger transaction of the credit from which it is taken; the wallet is credited without
    /// one.
    pub corrects: Option<TransactionId>,
    /// The name under which it counts once.
    pub reference: String,
    /// Why.
    pub reason: String,
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
    /// Whether what was proposed was done.
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
    /// The wallet is credited, or the credit corrected.
    Accept,
    /// It is not, for this reason.
    Refuse(String),
}

/// Proposes a credit, or a correction of one. Refused: [`Refusal::Unknown`] without such a customer or
/// credit, [`Refusal::Taken`] if the reference was used or is proposed already,
/// [`Refusal::Conflict`] where the credit cannot be corrected so, [`Refusal::FieldInvalid`].
pub async fn propose(panel: &Panel, actor: &Actor, new: &NewProposal) -> Result<Proposal> {
    if !new.amount.is_positive() {
        return Err(Refusal::FieldInvalid {
            field: "amount",
            expected: "above zero",
        }
        .into());
    }
    let reference = wording::reference(&new.reference)?.to_owned();
    let reason = wording::reason(&new.reason)?.to_owned();
    let account = accounts::register::view(&panel.db, new.account).await?;
    if account.role != Role::Reseller {
        return Err(Refusal::Unknown { what: "wallet" }.into());
    }
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let what = || format!("a credit or a proposal with the reference {reference}");
    if wallet::used_by(&tx, &reference).await?.is_some() || store::is_open(&tx, &reference).await? {
        return Err(Refusal::Taken { what: what() }.into());
    }
    let corrects = match &new.corrects {
        Some(credit) => {
            let credit = wallet::correctable(&tx, new.account, credit, new.amount).await?;
            Some(credit.transaction)
        }
        None => None,
    };
    let mut proposal = Proposal {
        id: ProposalId::default(),
        account: new.account,
        amount: new.amount,
        corrects,
        reference: reference.clone(),
        reason,
        proposed_by: actor.to_string(),
        created_at: now,
        decided: None,
    };
    // Of two at once, the second is told by the row of the first.
    let inserted = store::insert(&tx, &proposal).await;
    proposal.id = inserted.map_err(|fault| fault.or_taken(what))?;
    let entry = Entry::new(Deed::AdjustmentProposed, format!("account:{}", new.account))
        .because(&proposal.reason)
        .became(told(&proposal));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(proposal)
}

/// A proposal as the audit log keeps it.
fn told(proposal: &Proposal) -> Value {
    let mut told = json!({
        "proposal_id": proposal.id.0,
        "amount": proposal.amount.to_string(),
        "reference": proposal.reference,
    });
    if let Some(credit) = proposal.corrects {
        told["corrects_transaction_id"] = credit.0.into();
    }
    told
}

/// The proposals that are open, or those that are decided, or all, made in the period `created`, with
/// numbers above `after`, lowest first, at most `limit`.
pub async fn list(
    db: &Db,
    open: Option<bool>,
    created: Period,
    after: ProposalId,
    limit: usize,
) -> Result<Vec<Proposal>> {
    store::list(db.read(), open, created, after, limit).await
}

/// Decides a proposal, once; an accepted one is posted. Refused: [`Refusal::Unknown`];
/// [`Refusal::Conflict`] if it was decided; what [`wallet::credit`] and [`wallet::correct`] refuse, and
/// it stays open then.
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
    if decided.accepted {
        let free = panel.config.everyday_credit();
        actor.may(Grave::Credit { free }, proposal.amount, now)?;
        let entry = post(&tx, now, &proposal).await?;
        audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    }
    let mut became = told(&proposal);
    became["accepted"] = decided.accepted.into();
    let subject = format!("account:{}", proposal.account);
    let mut entry = Entry::new(Deed::AdjustmentDecided, subject).became(became);
    if let Some(reason) = reason {
        entry = entry.because(reason);
    }
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(proposal)
}

/// Does what was proposed; gives what the audit log is to keep of it.
async fn post(tx: &Tx, now: Time, proposal: &Proposal) -> Result<Entry> {
    let Proposal {
        account,
        amount,
        corrects,
        reference,
        reason,
        ..
    } = proposal;
    let Some(credit) = *corrects else {
        let (_, entry) =
            wallet::credit_in_tx(tx, now, *account, *amount, reference, reason).await?;
        return Ok(entry);
    };
    let correction = NewCorrection {
        account: *account,
        credit: CreditName::Transaction(credit),
        amount: *amount,
        reference: reference.clone(),
        reason: reason.clone(),
    };
    let (_, entry) = wallet::correct_in_tx(tx, now, &correction).await?;
    Ok(entry)
}

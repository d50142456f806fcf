//! Cases: what was found about somebody, with its evidence and what was done, until a person decides.
//!
//! An open case is added to as more is found. Its decision is final: what is found later opens another.
//! Released, everything that was done for it is undone, unless another case asks for the same.
//! Confirmed, it stays done, but that what waits of the account is canceled with its whole charge
//! back; what still stands of a confirmed case can be released later. No decision suspends anybody.

use serde_json::json;

use super::findings::{Action, Detector, Evidence, Subject};
use super::measures::{Measure, lock_in_tx};
use super::store::{self, Whom};
use super::{blocks, cancels};
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::catalog::review;
use crate::clock::{Period, Time};
use crate::db::{Db, Tx};
use crate::error::{Failure, Refusal, Result};
use crate::ids::{AccountId, CaseId, KeyId};
use crate::orders::{self, Held};
use crate::panel::Panel;
use crate::vocabulary::words;
use crate::wording;

words! {
    /// Where a case stands.
    pub enum CaseState {
        /// Nobody has decided it.
        Open = "open",
        /// It was no abuse: what was done was undone.
        Released = "released",
        /// It was abuse.
        Confirmed = "confirmed",
    }
}

/// A case.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its number.
    pub id: CaseId,
    /// Which detector found it.
    pub detector: Detector,
    /// About whom.
    pub subject: Subject,
    /// The account that it concerns, where it is one.
    pub account: Option<AccountId>,
    /// The key that it concerns, where it is one.
    pub key: Option<KeyId>,
    /// Where it stands.
    pub state: CaseState,
    /// The strongest thing that was done.
    pub action: Action,
    /// How sure the detector was at most, from 0 to 1000.
    pub score: i64,
    /// What the newest finding stands on.
    pub evidence: Vec<Evidence>,
    /// How often it was found.
    pub findings: i64,
    /// When it was found first.
    pub opened_at: Time,
    /// When it was found last.
    pub found_at: Time,
    /// When the account's owner was told.
    pub told_at: Option<Time>,
    /// What was decided, once it is.
    pub decided: Option<Decided>,
}

/// What a person decided; what it was is the state.
#[derive(Debug, Clone)]
pub struct Decided {
    /// Who, as the audit log names them.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Time,
}

/// Something that was done for a case.
#[derive(Debug, Clone)]
pub struct Done {
    /// What.
    pub action: Action,
    /// When it was done first.
    pub done_at: Time,
    /// When it was undone; it stands until then.
    pub undone_at: Option<Time>,
    /// Until when it lasts at present, where it ends by itself and stands.
    pub until: Option<Time>,
}

/// What somebody of the staff wrote.
#[derive(Debug, Clone)]
pub struct Note {
    /// Who, as the audit log names them.
    pub by: String,
    /// What.
    pub text: String,
    /// When.
    pub at: Time,
}

/// A case with everything that belongs to it.
#[derive(Debug, Clone)]
pub struct File {
    /// The case.
    pub case: Case,
    /// What was done, oldest first.
    pub done: Vec<Done>,
    /// What was written, oldest first.
    pub notes: Vec<Note>,
    /// What waits of the account's orders at present, for this case or for another.
    pub held: Option<Held>,
    /// Whether orders are still to be canceled because it was confirmed.
    pub is_canceling: bool,
}

/// Which cases a list has: all that match everything given.
#[derive(Debug, Clone, Copy, Default)]
pub struct Search {
    /// Those that stand so.
    pub state: Option<CaseState>,
    /// Those of this detector.
    pub detector: Option<Detector>,
    /// Those that concern this account.
    pub account: Option<AccountId>,
    /// Those that were opened in this period.
    pub opened: Period,
}

/// The cases that match `search`, with numbers above `after`, oldest first, at most `limit`.
pub async fn list(db: &Db, search: Search, after: CaseId, limit: usize) -> Result<Vec<Case>> {
    store::cases::list(db.read(), search, after, limit).await
}

/// A case with everything that belongs to it. Refused: [`Refusal::Unknown`].
pub async fn view(panel: &Panel, id: CaseId) -> Result<File> {
    let db = panel.db.read();
    let case = store::cases::case(db, id).await?.ok_or_else(unknown)?;
    let mut done = store::cases::done(db, id).await?;
    for one in done.iter_mut().filter(|one| one.undone_at.is_none()) {
        if let Some(measure) = Measure::of(one.action, &case.whom()) {
            one.until = measure.until(panel).await?;
        }
    }
    let held = match case.account {
        Some(account) => Some(orders::held_of(db, account).await?),
        None => None,
    };
    Ok(File {
        notes: store::cases::notes(db, id).await?,
        held: held.filter(|held| held.orders > 0),
        is_canceling: store::cancels::due(db, id).await?.is_some(),
        case,
        done,
    })
}

/// Writes a note to a case, decided or not. Refused: [`Refusal::Unknown`], [`Refusal::FieldInvalid`],
/// [`Refusal::Forbidden`] for everybody but staff.
pub async fn note(panel: &Panel, actor: &Actor, id: CaseId, text: &str) -> Result<File> {
    actor.only_staff()?;
    let text = wording::note(text)?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    locked(&tx, id).await?;
    store::cases::insert_note(&tx, now, id, &actor.to_string(), text).await?;
    let entry = entry(Deed::CaseNoted, id).became(json!({"note": text}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    view(panel, id).await
}

/// Decides that an open case was no abuse, and undoes what was done for it: keys are good again, orders
/// that waited are sent, networks are answered, a service is on sale. Of a case that was confirmed it
/// undoes what still stands, and the decision stays. What another case asks for too stands on. Refused:
/// [`Refusal::Unknown`]; [`Refusal::Conflict`] for a case that was released, or of which nothing stands
/// any more; [`Refusal::FieldInvalid`]; [`Refusal::Forbidden`] for everybody but operators.
pub async fn release(panel: &Panel, actor: &Actor, id: CaseId, reason: &str) -> Result<File> {
    actor.only_operators()?;
    let reason = wording::reason(reason)?;
    // What follows from its confirmation is done before it is undone.
    if store::cancels::due(panel.db.read(), id).await?.is_some() {
        cancels::finish(panel, id, None).await?;
    }
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let case = locked(&tx, id).await?;
    let standing = store::cases::standing(&tx, id).await?;
    match case.state {
        CaseState::Open => {
            let state = CaseState::Released;
            store::cases::decide(&tx, now, id, state, &actor.to_string(), reason).await?;
        }
        CaseState::Confirmed if !standing.is_empty() => {
            store::cases::judged_again(&tx, now, id).await?;
        }
        CaseState::Confirmed | CaseState::Released => {
            let why = format!("it is {}, and nothing of it stands any more", case.state);
            return Err(Refusal::Conflict { why }.into());
        }
    }
    let undone = undo(panel, &tx, &case, &standing).await?;
    let entry = entry(Deed::CaseReleased, id)
        .because(reason)
        .was(json!({"state": case.state.word(), "stands": words_of(&standing)}))
        .became(json!({"undone": words_of(&undone)}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    follow(panel).await?;
    view(panel, id).await
}

/// Decides that an open case was abuse. If the account's new orders are held for it, what waits of them
/// is canceled with the whole charge back, and new ones are sent again unless `keep_hold`. What else
/// was done stands, until it ends by itself or the case is released. Refused: [`Refusal::Unknown`];
/// [`Refusal::Conflict`] for a case that is decided; [`Refusal::FieldInvalid`]; [`Refusal::Forbidden`]
/// for everybody but operators.
///
/// The decision is written first, with what is to follow; then orders are canceled piece by piece. Where
/// that fails the decision stands: a worker goes on, and so does confirming the case again.
pub async fn confirm(
    panel: &Panel,
    actor: &Actor,
    id: CaseId,
    keep_hold: bool,
    reason: &str,
) -> Result<File> {
    actor.only_operators()?;
    let reason = wording::reason(reason)?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let case = locked(&tx, id).await?;
    let goes_on = store::cancels::due(&tx, id).await?.is_some();
    if goes_on {
        tx.rollback().await?;
    } else {
        undecided(&case)?;
        let state = CaseState::Confirmed;
        store::cases::decide(&tx, now, id, state, &actor.to_string(), reason).await?;
        let holds = store::cases::standing(&tx, id)
            .await?
            .contains(&Action::Hold);
        let waiting = match holds {
            true => cancels::order_in_tx(&tx, &case, keep_hold).await?,
            false => 0,
        };
        let entry = entry(Deed::CaseConfirmed, id)
            .because(reason)
            .became(json!({"orders_to_cancel": waiting, "ends_hold": holds && !keep_hold}));
        audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
        tx.commit().await?;
    }
    fail::fail_point!("C19");
    cancels::finish(panel, id, Some(actor)).await?;
    follow(panel).await?;
    view(panel, id).await
}

impl Case {
    /// Whom it is about.
    pub(super) fn whom(&self) -> Whom {
        Whom {
            subject: self.subject,
            account: self.account,
            key: self.key,
        }
    }
}

fn unknown() -> Refusal {
    Refusal::Unknown { what: "case" }
}

fn undecided(case: &Case) -> std::result::Result<(), Refusal> {
    if case.state == CaseState::Open {
        return Ok(());
    }
    let why = format!("it is {} already", case.state);
    Err(Refusal::Conflict { why })
}

fn entry(deed: Deed, id: CaseId) -> Entry {
    Entry::new(deed, format!("case:{id}"))
}

fn words_of(actions: &[Action]) -> Vec<&'static str> {
    actions.iter().map(|action| action.word()).collect()
}

/// A case, locked until the transaction ends; before it the catalogue, if a service is concerned.
pub(super) async fn locked(tx: &Tx, id: CaseId) -> Result<Case> {
    let case = store::cases::case(tx, id).await?.ok_or_else(unknown)?;
    if matches!(case.subject, Subject::Service(_)) {
        review::lock_in_tx(tx).await?;
    }
    store::cases::lock(tx, id).await?;
    let gone = || Failure::Stored(format!("case {id} is gone"));
    Ok(store::cases::case(tx, id).await?.ok_or_else(gone)?)
}

/// Undoes `actions` of a case; what another case asks for too stands on. Gives what was undone.
pub(super) async fn undo(
    panel: &Panel,
    tx: &Tx,
    case: &Case,
    actions: &[Action],
) -> Result<Vec<Action>> {
    let now = panel.now();
    let throttled_since = now.plus_ms(-panel.config.throttle_ms);
    lock_in_tx(tx, &case.whom()).await?;
    let mut undone = Vec::new();
    for &action in actions {
        store::cases::undid(tx, now, case.id, action).await?;
        let is_wanted = store::cases::is_wanted(tx, action, &case.whom(), throttled_since).await?;
        if let (Some(measure), false) = (Measure::of(action, &case.whom()), is_wanted) {
            measure.undo_in_tx(tx).await?;
            undone.push(action);
        }
    }
    Ok(undone)
}

/// What follows at once from a decision, and by the worker if this is not reached.
async fn follow(panel: &Panel) -> Result<()> {
    blocks::refresh(panel).await?;
    orders::release_held(panel).await?;
    Ok(())
}

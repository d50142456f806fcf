//! Suspensions: accounts whose every action is stopped and whose money is forfeited, and the
//! chargebacks for which that is permanent.
//!
//! Owns the tables `suspensions`, `chargebacks` and `chargeback_subjects`. Only a person suspends,
//! never a detector.
//!
//! | policy | here |
//! |---|---|
//! | "all remaining wallet funds are forfeited" | [`suspend`]: one transaction of the ledger |
//! | unsent orders are canceled, sent ones run out | `stop_orders`, piece by piece after it |
//! | deposits that arrive later | [`crate::wallet`] keeps them beside the wallet |
//! | "returns exactly the sum under that suspension's id" | [`reinstate`], in one transaction |
//! | "immediate permanent suspension" | [`record_chargeback`] |
//!
//! An account may have 100,000 open orders, so its orders are not stopped in the transaction that
//! suspends it. From that transaction's commit on nothing can be placed (placing reads the
//! suspension under the wallet's lock) and nothing is claimed to be sent (the claim leaves out what
//! belongs to suspended accounts; a claim that was under way at that moment counts as sent). What is
//! left to stop is in the database, with how far it came: whoever dies, the next server goes on.

use std::collections::BTreeSet;

use serde_json::json;

use crate::actor::Actor;
use crate::alerts::{Alert, AlertKind, raise_once};
use crate::audit::{Deed, Entry};
use crate::clock::{Period, Time};
use crate::db::Db;
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, ChargebackId, DepositId, OrderId, SuspensionId};
use crate::money::Money;
use crate::panel::Panel;
use crate::wallet::{self, Returned};
use crate::{accounts, deposits, orders, wording};

mod case;
pub mod rules;
mod store;

use case::Case;
use rules::SuspensionKind;

/// A suspension, open or lifted.
#[derive(Debug, Clone)]
pub struct Suspension {
    /// Its number.
    pub id: SuspensionId,
    /// Who is suspended.
    pub account: AccountId,
    /// Whether it can be lifted.
    pub kind: SuspensionKind,
    /// Why, in the words of who suspended.
    pub reason: String,
    /// Who suspended, as the audit log names them.
    pub suspended_by: String,
    /// Since when.
    pub suspended_at: Time,
    /// When the last of its open orders was stopped; not yet, without one.
    pub orders_stopped_at: Option<Time>,
    /// What is forfeited under it now: nothing once it is lifted.
    pub forfeited: Money,
    /// How it ended.
    pub lifted: Option<Lift>,
}

/// How a suspension ended.
#[derive(Debug, Clone)]
pub struct Lift {
    /// Who lifted it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Time,
}

/// A reinstated account.
#[derive(Debug, Clone, Copy)]
pub struct Reinstated {
    /// The suspension that ended.
    pub suspension: SuspensionId,
    /// What came back into the wallet.
    pub returned: Returned,
    /// What the wallet holds after it.
    pub balance: Money,
}

/// A payment that a customer took back by their bank: a permanent record.
#[derive(Debug, Clone)]
pub struct Chargeback {
    /// Its number.
    pub id: ChargebackId,
    /// Whose payment it was.
    pub account: AccountId,
    /// The suspension that it brought about or made permanent.
    pub suspension: SuspensionId,
    /// What the bank or the gateway calls it; recorded once, ever.
    pub reference: String,
    /// What was taken back.
    pub amount: Money,
    /// How much of that the forfeited funds covered.
    pub covered: Money,
    /// The rest.
    pub shortfall: Money,
    /// What happened, in the words of who recorded it.
    pub reason: String,
    /// Who recorded it, as the audit log names them.
    pub recorded_by: String,
    /// When.
    pub created_at: Time,
    /// The orders that it is about.
    pub orders: Vec<OrderId>,
    /// The deposits that it is about.
    pub deposits: Vec<DepositId>,
}

/// What an operator knows of a payment that was taken back.
#[derive(Debug, Clone)]
pub struct TakenBack {
    /// What the bank or the gateway calls it; recorded once, ever.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// What happened.
    pub reason: String,
    /// The account's orders that it is about, at most 100.
    pub orders: Vec<OrderId>,
    /// The account's deposits that it is about, at most 100.
    pub deposits: Vec<DepositId>,
}

/// Suspends `account`, for `reason`: every action of it is refused from now on, and what its wallet
/// holds is forfeited. Refused: [`Refusal::Unknown`] without such a customer,
/// [`Refusal::Conflict`] if it is suspended, [`Refusal::Forbidden`] unless a person does it; what
/// [`Actor::may`] refuses.
pub async fn suspend(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    reason: &str,
) -> Result<Suspension> {
    let reason = wording::reason(reason)?;
    let case = Case::open(panel, actor, account).await?;
    case.may_stop(Money::ZERO).await?;
    if let Some(open) = &case.suspension {
        let (id, since) = (open.id, open.suspended_at);
        let why = format!("account {account} is suspended already: suspension {id}, since {since}");
        return Err(Refusal::Conflict { why }.into());
    }
    let id = case.begin(SuspensionKind::Ordinary, reason).await?;
    let suspension = store::view(&case.tx, id).await?;
    let entry = Entry::new(Deed::AccountSuspended, format!("account:{account}"))
        .because(reason)
        .was(json!({"suspended": false, "balance": case.balance.to_string()}))
        .became(json!({
            "suspended": true,
            "suspension_id": id.0,
            "kind": suspension.kind.word(),
            "forfeited": suspension.forfeited.to_string(),
        }));
    case.commit(entry).await?;
    Ok(suspension)
}

/// Undoes the suspension of `account`: the wallet gets back exactly what was forfeited under it,
/// and what was deposited meanwhile. Orders that were stopped stay stopped. Refused:
/// [`Refusal::Conflict`] if it is not suspended, or for good.
pub async fn reinstate(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    reason: &str,
) -> Result<Reinstated> {
    let reason = wording::reason(reason)?;
    let case = Case::open(panel, actor, account).await?;
    let conflict = |why: String| Refusal::Conflict { why };
    let open = case.suspension.as_ref();
    let open = open.ok_or_else(|| conflict(format!("account {account} is not suspended")))?;
    let id = open.id;
    if open.kind == SuspensionKind::Chargeback {
        let why = format!(
            "account {account} was suspended by a chargeback (suspension {id}): filing an external \
             chargeback results in immediate permanent suspension, which cannot be lifted"
        );
        return Err(conflict(why).into());
    }
    let (tx, now) = (&case.tx, case.now);
    let returned = wallet::reinstate_in_tx(tx, now, account, id).await?;
    accounts::set_suspended_in_tx(tx, account, None).await?;
    let position = wallet::last_transaction_in_tx(tx).await?;
    let lift = Lift {
        by: actor.to_string(),
        reason: reason.to_owned(),
        at: now,
    };
    store::lift(tx, id, &lift, position).await?;
    fail::fail_point!("C15");
    let balance = wallet::balance(tx, account).await?;
    let entry = Entry::new(Deed::AccountReinstated, format!("account:{account}"))
        .because(reason)
        .was(json!({"suspended": true, "suspension_id": id.0}))
        .became(json!({
            "suspended": false,
            "returned": returned.forfeited.to_string(),
            "released_deposits": returned.deposits.to_string(),
            "balance": balance.to_string(),
        }));
    case.commit(entry).await?;
    Ok(Reinstated {
        suspension: id,
        returned,
        balance,
    })
}

/// Records that a payment of `account` was charged back: the account is suspended for good, its
/// funds are forfeited, its keys revoked and its sessions ended; what the funds do not cover stays
/// on the record as a shortfall. An ordinary suspension becomes permanent. Refused:
/// [`Refusal::Taken`] if this reference was recorded before; [`Refusal::OrderUnknown`] and
/// [`Refusal::Unknown`] for orders and deposits that are not the account's.
pub async fn record_chargeback(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    taken_back: &TakenBack,
) -> Result<Chargeback> {
    let reason = wording::reason(&taken_back.reason)?;
    let reference = wording::reference(&taken_back.reference)?;
    let amount = rules::amount(taken_back.amount)?;
    let (orders, deposits) = subjects(panel, account, taken_back).await?;
    let case = Case::open(panel, actor, account).await?;
    case.may_stop(amount).await?;
    let (tx, now) = (&case.tx, case.now);
    let what = || format!("a chargeback with the reference {reference}");
    if store::is_recorded(tx, reference).await? {
        return Err(Refusal::Taken { what: what() }.into());
    }
    let was = case.suspension.as_ref().map(|open| open.kind.word());
    let suspension = match &case.suspension {
        Some(open) => open.id,
        None => case.begin(SuspensionKind::Chargeback, reason).await?,
    };
    let keys = accounts::shut_out_in_tx(tx, now, account).await?;
    store::make_permanent(tx, suspension).await?;
    // "All remaining funds are forfeited": what was kept beside the wallet can come back no more.
    let kept = wallet::kept_in_tx(tx, account).await?;
    let forfeited = wallet::forfeited_under(tx, &[suspension]).await?;
    let forfeited = forfeited.get(&suspension).copied().unwrap_or_default();
    let forfeited = forfeited.plus(kept)?;
    let used = store::covered(tx, suspension).await?;
    let (covered, shortfall) = rules::cover(amount, forfeited, used)?;
    let mut chargeback = Chargeback {
        id: ChargebackId(0),
        account,
        suspension,
        reference: reference.to_owned(),
        amount,
        covered,
        shortfall,
        reason: reason.to_owned(),
        recorded_by: actor.to_string(),
        created_at: now,
        orders,
        deposits,
    };
    let inserted = store::insert_chargeback(tx, &chargeback).await;
    chargeback.id = inserted.map_err(|fault| fault.or_taken(what))?;
    store::insert_subjects(tx, &chargeback).await?;
    wallet::forfeit_kept_in_tx(tx, now, account, suspension, chargeback.id, kept).await?;
    let entry = Entry::new(Deed::ChargebackRecorded, format!("account:{account}"))
        .because(reason)
        .was(json!({"suspended": was, "balance": case.balance.to_string()}))
        .became(json!({
            "chargeback_id": chargeback.id.0,
            "suspension_id": suspension.0,
            "reference": reference,
            "amount": amount.to_string(),
            "covered": covered.to_string(),
            "shortfall": shortfall.to_string(),
            "revoked_keys": keys,
            "orders": chargeback.orders.iter().map(|order| order.0).collect::<Vec<_>>(),
            "deposits": chargeback.deposits.iter().map(|deposit| deposit.0).collect::<Vec<_>>(),
        }));
    case.commit(entry).await?;
    Ok(chargeback)
}

/// How many orders, and how many deposits, a chargeback is about at most.
const MAX_SUBJECTS: usize = 100;

/// The orders and deposits of `account` that a chargeback is about, each once. They never change hands,
/// so nothing is locked.
async fn subjects(
    panel: &Panel,
    account: AccountId,
    taken_back: &TakenBack,
) -> Result<(Vec<OrderId>, Vec<DepositId>)> {
    let orders: BTreeSet<OrderId> = taken_back.orders.iter().copied().collect();
    let deposits: BTreeSet<DepositId> = taken_back.deposits.iter().copied().collect();
    for (field, count) in [("order_ids", orders.len()), ("deposit_ids", deposits.len())] {
        if count > MAX_SUBJECTS {
            let expected = "at most 100 of them";
            return Err(Refusal::FieldInvalid { field, expected }.into());
        }
    }
    for &order in &orders {
        if orders::desk::view(&panel.db, order).await?.account != account {
            return Err(Refusal::OrderUnknown.into());
        }
    }
    for &deposit in &deposits {
        let (found, _) = deposits::show(&panel.db, deposit).await?;
        if found.account != account {
            return Err(Refusal::Unknown { what: "deposit" }.into());
        }
    }
    Ok((orders.into_iter().collect(), deposits.into_iter().collect()))
}

/// Stops one piece of what each suspended account has open; gives how many pieces there were.
/// Whoever comes next goes on after the last order of the piece, which is kept in the same
/// transaction.
pub(crate) async fn stop_orders(panel: &Panel) -> Result<usize> {
    let (mut done, mut failing) = (0, Vec::new());
    let mut after = SuspensionId(0);
    // One that cannot be stopped keeps no other from being stopped, however many there are of them.
    loop {
        let page = store::stopping(panel.db.read(), after).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for stopping in &page {
            match stop_piece(panel, stopping).await {
                Ok(()) => done += 1,
                Err(fault) => {
                    let (suspension, account) = (stopping.id.0, stopping.account.0);
                    tracing::error!(suspension, account, error = %fault, "orders were not stopped");
                    let message = format!(
                        "the orders of account {account} are not stopped, under suspension \
                     {suspension}: the log says why; it is tried again and again"
                    );
                    failing.push(Alert::new(
                        AlertKind::OrdersNotStopped,
                        format!("suspension {suspension}"),
                        message,
                    ));
                }
            }
        }
    }
    raise_once(&panel.db, panel.now(), failing).await?;
    Ok(done)
}

async fn stop_piece(panel: &Panel, stopping: &store::Stopping) -> Result<()> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let (account, after) = (stopping.account, stopping.through);
    let last = orders::stop_in_tx(&tx, now, account, after).await?;
    let went_on = match last {
        Some(last) => store::stopped_through(&tx, stopping.id, last).await?,
        None => store::all_stopped(&tx, stopping.id, now).await?,
    };
    fail::fail_point!("C16");
    // Lifted meanwhile: its orders go on, and nothing of this piece stands.
    if went_on {
        tx.commit().await?;
    }
    Ok(())
}

/// The suspensions of `account`, or of all, that began in `period`, with numbers below `before`,
/// newest first.
pub async fn list(
    db: &Db,
    account: Option<AccountId>,
    period: Period,
    before: Option<SuspensionId>,
    limit: usize,
) -> Result<Vec<Suspension>> {
    let snapshot = db.snapshot().await?;
    let suspensions = store::list(&snapshot, account, period, before, limit).await?;
    snapshot.commit().await?;
    Ok(suspensions)
}

/// The chargebacks of `account`, or of all, that were recorded in `period`, with numbers below
/// `before`, newest first.
pub async fn chargebacks(
    db: &Db,
    account: Option<AccountId>,
    period: Period,
    before: Option<ChargebackId>,
    limit: usize,
) -> Result<Vec<Chargeback>> {
    let snapshot = db.snapshot().await?;
    let mut chargebacks = store::chargebacks(&snapshot, account, period, before, limit).await?;
    store::read_subjects(&snapshot, &mut chargebacks).await?;
    snapshot.commit().await?;
    Ok(chargebacks)
}

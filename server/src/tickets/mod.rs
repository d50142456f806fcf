//! Tickets about an order, policy 5: "to check if your order is eligible for a manual refund or
//! correction, open a support ticket".
//!
//! Owns the tables `tickets`, `ticket_messages` and `ticket_screenshots`, of which the last two are
//! only ever added to. Staff answer, count and decide; "money moves by ledger only: support staff
//! propose, an operator posts", by `orders::refund_in_tx` only, so that a ticket and a dispute on
//! one order never exceed its charge together.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::accounts;
use crate::actor::{Actor, Role};
use crate::audit::{self, Deed, Entry};
use crate::clock::{Period, Time};
use crate::db::{Db, Tx};
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, OrderId, RefillId, RefundId, TicketId};
use crate::money::Money;
use crate::orders;
use crate::panel::Panel;
use crate::wording;

mod decision;
mod pictures;
pub mod rules;
mod screenshots;
mod store;

pub use decision::{Decision, decide, propose};
pub use pictures::MAX_BYTES;
pub(crate) use pictures::{Pictures, Seat};
use rules::{Counts, TicketOutcome, TicketState};
pub use screenshots::{add_screenshot, screenshot};

/// A ticket.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Its number.
    pub id: TicketId,
    /// The order that it is about.
    pub order: OrderId,
    /// Who filed it.
    pub account: AccountId,
    /// What they say.
    pub description: String,
    /// Where it stands.
    pub state: TicketState,
    /// When it was filed.
    pub created_at: Time,
    /// What a reviewer counted, once one did.
    pub counted: Option<Counted>,
    /// The refund that staff propose, if they do.
    pub proposed: Option<Proposed>,
    /// What was decided, once it is.
    pub decided: Option<Decided>,
}

impl Ticket {
    /// When its review is due, and when it is overdue.
    pub fn review(&self) -> [Time; 2] {
        rules::review(self.created_at)
    }

    /// Whether its review is due at `now`, and whether it is overdue: until it is decided.
    pub fn lateness(&self, now: Time) -> [bool; 2] {
        self.review()
            .map(|from| self.decided.is_none() && from <= now)
    }

    /// Refuses ([`Refusal::Conflict`]) what may be done only until it is decided.
    fn undecided(&self) -> Result<()> {
        let Some(decided) = &self.decided else {
            return Ok(());
        };
        let Decided { outcome, .. } = decided;
        let why = format!("ticket {} is closed: its outcome is {outcome}", self.id);
        Err(Refusal::Conflict { why }.into())
    }
}

/// What a reviewer counted at the target of the order.
#[derive(Debug, Clone)]
pub struct Counted {
    /// How many.
    pub counts: Counts,
    /// Who, as the audit log names them.
    pub by: String,
    /// When.
    pub at: Time,
}

/// A refund that staff propose.
#[derive(Debug, Clone)]
pub struct Proposed {
    /// How much.
    pub amount: Money,
    /// Who, as the audit log names them.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Time,
}

/// What a reviewer decided.
#[derive(Debug, Clone)]
pub struct Decided {
    /// What.
    pub outcome: TicketOutcome,
    /// Who, as the audit log names them.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Time,
    /// The refund, if that is the outcome.
    pub refund: Option<RefundId>,
    /// How much that was.
    pub refunded: Option<Money>,
    /// The refill, if that is the outcome.
    pub refill: Option<RefillId>,
}

/// What somebody wrote.
#[derive(Debug, Clone)]
pub struct Message {
    /// Who, as the audit log names them.
    pub author: String,
    /// Whether that is somebody of the staff.
    pub by_staff: bool,
    /// What.
    pub text: String,
    /// When.
    pub created_at: Time,
}

/// A ticket with everything that belongs to it.
#[derive(Debug, Clone)]
pub struct Thread {
    /// The ticket.
    pub ticket: Ticket,
    /// What was written, oldest first.
    pub messages: Vec<Message>,
    /// The numbers of its screenshots.
    pub screenshots: Vec<i64>,
}

/// Opens a ticket about an order of `account`. Refused: [`Refusal::OrderUnknown`] for a missing one
/// and for anybody else's alike; [`Refusal::Conflict`] beside one that is not decided, or with too many
/// of those; [`Refusal::FieldInvalid`].
pub async fn open(
    panel: &Panel,
    account: AccountId,
    order: OrderId,
    description: &str,
) -> Result<Ticket> {
    let description = wording::description(description)?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let charged = orders::charged_in_tx(&tx, order).await?;
    let charged = charged.filter(|charged| charged.account == account);
    charged.ok_or(Refusal::OrderUnknown)?;
    // Whoever opens a hundred at once for as many orders is counted one after the other.
    accounts::lock_in_tx(&tx, account).await?;
    let standing = store::undecided(&tx, order).await?;
    rules::can_open(standing, store::undecided_of(&tx, account).await?)?;
    let id = store::insert(&tx, now, account, order, description).await?;
    tx.commit().await?;
    Ok(Ticket {
        id,
        order,
        account,
        description: description.to_owned(),
        state: TicketState::Open,
        created_at: now,
        counted: None,
        proposed: None,
        decided: None,
    })
}

/// Which tickets a list has: all that match everything given.
#[derive(Debug, Clone, Copy, Default)]
pub struct Search {
    /// Those of this account.
    pub account: Option<AccountId>,
    /// Those about this order.
    pub order: Option<OrderId>,
    /// Those that stand so.
    pub state: Option<TicketState>,
    /// Those whose review is, or is not, due.
    pub due: Option<bool>,
    /// Those whose review is, or is not, overdue.
    pub overdue: Option<bool>,
    /// Those that were opened in this period.
    pub created: Period,
}

/// The tickets that match `search`, with numbers above `after`, oldest first, at most `limit`.
pub async fn list(
    panel: &Panel,
    search: Search,
    after: TicketId,
    limit: usize,
) -> Result<Vec<Ticket>> {
    store::list(panel.db.read(), panel.now(), search, after, limit).await
}

/// A place in the queue.
pub type Place = (TicketState, TicketId);

/// The queue of the staff: what waits for them, then what they answered, then what they decided, in
/// each the earliest due first. Those that match `search`, behind `after`, at most `limit`.
pub async fn queue(
    panel: &Panel,
    search: Search,
    after: Option<Place>,
    limit: usize,
) -> Result<Vec<Ticket>> {
    let now = panel.now();
    let snapshot = panel.db.snapshot().await?;
    let (from, mut behind) = after.unwrap_or((TicketState::Open, TicketId(0)));
    let states = TicketState::ALL.iter().skip_while(|state| **state != from);
    let mut found = Vec::new();
    for &state in states {
        if search.state.is_none_or(|only| only == state) {
            let here = Search {
                state: Some(state),
                ..search
            };
            // Whatever was filed first is due first.
            let left = limit.saturating_sub(found.len());
            found.extend(store::list(&snapshot, now, here, behind, left).await?);
        }
        behind = TicketId(0);
    }
    snapshot.commit().await?;
    Ok(found)
}

/// The ticket `id`, of `account` if one is given, with what belongs to it; [`Refusal::Unknown`] for
/// a missing one and for anybody else's alike.
pub async fn read(db: &Db, account: Option<AccountId>, id: TicketId) -> Result<Thread> {
    let snapshot = db.snapshot().await?;
    let thread = Thread {
        ticket: found(&snapshot, account, id).await?,
        messages: store::messages(&snapshot, id).await?,
        screenshots: store::screenshots(&snapshot, id).await?,
    };
    snapshot.commit().await?;
    Ok(thread)
}

async fn found(
    on: &impl ConnectionTrait,
    account: Option<AccountId>,
    id: TicketId,
) -> Result<Ticket> {
    let found = store::ticket(on, account, id).await?;
    Ok(found.ok_or(Refusal::Unknown { what: "ticket" })?)
}

/// The same, locked until the transaction ends, if it is not decided.
async fn undecided_in_tx(tx: &Tx, account: Option<AccountId>, id: TicketId) -> Result<Ticket> {
    store::lock(tx, id).await?;
    let ticket = found(tx, account, id).await?;
    ticket.undecided()?;
    Ok(ticket)
}

/// Writes to a ticket of `account`. Refused: [`Refusal::Unknown`]; [`Refusal::Conflict`] once it is
/// decided, or full; [`Refusal::FieldInvalid`].
pub async fn write(panel: &Panel, account: AccountId, id: TicketId, text: &str) -> Result<Message> {
    let customer = Actor::account(account, Role::Reseller, None);
    let message = Message {
        author: customer.to_string(),
        by_staff: false,
        text: wording::message(text)?.to_owned(),
        created_at: panel.now(),
    };
    add(panel, Some(account), id, message).await
}

/// Answers a ticket as staff. Refused: as [`write()`] is, and [`Refusal::Forbidden`].
pub async fn answer(panel: &Panel, actor: &Actor, id: TicketId, text: &str) -> Result<Message> {
    actor.only_staff()?;
    let message = Message {
        author: actor.to_string(),
        by_staff: true,
        text: wording::message(text)?.to_owned(),
        created_at: panel.now(),
    };
    add(panel, None, id, message).await
}

async fn add(
    panel: &Panel,
    account: Option<AccountId>,
    id: TicketId,
    message: Message,
) -> Result<Message> {
    let tx = panel.db.begin().await?;
    undecided_in_tx(&tx, account, id).await?;
    rules::can_write(store::count_messages(&tx, id).await?)?;
    store::write(&tx, id, &message).await?;
    tx.commit().await?;
    Ok(message)
}

/// Records what a reviewer counted at the target: "our audit team will review the start and current
/// counts". Refused: [`Refusal::Forbidden`]; [`Refusal::Unknown`]; [`Refusal::Conflict`] once it is
/// decided; [`Refusal::FieldInvalid`].
pub async fn count(panel: &Panel, actor: &Actor, id: TicketId, counts: Counts) -> Result<Ticket> {
    actor.only_staff()?;
    let counts = rules::counts(counts)?;
    let now = panel.now();
    let told = |counts: Counts| -> Value {
        json!({"start_count": counts.start, "current_count": counts.current})
    };
    let tx = panel.db.begin().await?;
    let was = undecided_in_tx(&tx, None, id).await?;
    store::write_counts(&tx, now, id, counts, &actor.to_string()).await?;
    let ticket = found(&tx, None, id).await?;
    let mut entry = Entry::new(Deed::TicketCounted, format!("ticket:{id}")).became(told(counts));
    if let Some(was) = was.counted {
        entry = entry.was(told(was.counts));
    }
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(ticket)
}

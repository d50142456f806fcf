//! Tickets as staff see them: the queue, the answers, the counts, the decision.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Enum, Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::refusals::{DecidingAmount, DecidingTicket, Listing, Reading, WritingTicket};
use super::staff::Staff;
use crate::clock::Time;
use crate::error::Refusal;
use crate::http::typed::paging::{cut, limit_of, page, period};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::picture::Picture;
use crate::http::typed::problem::Fault;
use crate::http::typed::wire::Amount;
use crate::http::v3::tickets::{NewTicketMessage, TicketDecision};
use crate::ids::{AccountId, OrderId, TicketId};
use crate::money::Money;
use crate::panel::Panel;
use crate::tickets::rules::{Counts, TicketState};
use crate::tickets::{self, Decision, Place, Search, Thread};

/// Serves tickets to staff.
pub(super) struct Tickets {
    pub(super) panel: Panel,
}

/// A message of a ticket, with who wrote it.
#[derive(Debug, Object, Serialize)]
struct AccountTicketMessage {
    /// Who wrote it, such as `support:7`.
    author: String,
    /// The text.
    message: String,
    /// When.
    created_at: Time,
}

impl From<tickets::Message> for AccountTicketMessage {
    fn from(message: tickets::Message) -> AccountTicketMessage {
        AccountTicketMessage {
            author: message.author,
            message: message.text,
            created_at: message.created_at,
        }
    }
}

/// What a reviewer counted at the target of the order.
#[derive(Debug, Object, Serialize)]
struct TicketCounts {
    /// Before the delivery.
    start_count: i64,
    /// When they looked.
    current_count: i64,
    /// Who counted.
    counted_by: String,
    /// When.
    counted_at: Time,
}

impl From<tickets::Counted> for TicketCounts {
    fn from(counted: tickets::Counted) -> TicketCounts {
        TicketCounts {
            start_count: counted.counts.start,
            current_count: counted.counts.current,
            counted_by: counted.by,
            counted_at: counted.at,
        }
    }
}

/// A refund that staff propose.
#[derive(Debug, Object, Serialize)]
struct TicketProposal {
    /// How much, in USD.
    amount: Money,
    /// Why.
    reason: String,
    /// Who proposes it.
    proposed_by: String,
    /// When.
    proposed_at: Time,
}

impl From<tickets::Proposed> for TicketProposal {
    fn from(proposed: tickets::Proposed) -> TicketProposal {
        TicketProposal {
            amount: proposed.amount,
            reason: proposed.reason,
            proposed_by: proposed.by,
            proposed_at: proposed.at,
        }
    }
}

/// A ticket of an account.
#[derive(Debug, Object, Serialize)]
struct AccountTicket {
    /// Its number.
    ticket_id: i64,
    /// The order.
    order_id: i64,
    /// Who filed it.
    account_id: i64,
    /// Where it stands.
    state: TicketState,
    /// The issue, in the customer's words.
    description: String,
    /// When it was filed.
    created_at: Time,
    /// When its review is due: 24 hours after that.
    due_at: Time,
    /// When it is overdue: 48 hours after that.
    overdue_at: Time,
    /// Whether it is due: not decided by then.
    due: bool,
    /// Whether it is overdue: not decided by then.
    overdue: bool,
    /// What a reviewer counted, once one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<TicketCounts>,
    /// The refund that is proposed, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<TicketProposal>,
    /// Who decided it.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// What was decided, once it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<TicketDecision>,
    /// What was written since, oldest first. Only where one ticket is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<Vec<AccountTicketMessage>>,
    /// The numbers of its screenshots. Only where one ticket is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    screenshots: Option<Vec<i64>>,
}

impl AccountTicket {
    fn of(ticket: tickets::Ticket, now: Time) -> AccountTicket {
        let ([due_at, overdue_at], [due, overdue]) = (ticket.review(), ticket.lateness(now));
        AccountTicket {
            ticket_id: ticket.id.0,
            order_id: ticket.order.0,
            account_id: ticket.account.0,
            state: ticket.state,
            description: ticket.description,
            created_at: ticket.created_at,
            due_at,
            overdue_at,
            due,
            overdue,
            counts: ticket.counted.map(TicketCounts::from),
            proposal: ticket.proposed.map(TicketProposal::from),
            decided_by: ticket.decided.as_ref().map(|decided| decided.by.clone()),
            decision: ticket.decided.map(TicketDecision::from),
            messages: None,
            screenshots: None,
        }
    }

    fn whole(thread: Thread, now: Time) -> AccountTicket {
        let messages = thread.messages.into_iter().map(AccountTicketMessage::from);
        AccountTicket {
            messages: Some(messages.collect()),
            screenshots: Some(thread.screenshots),
            ..AccountTicket::of(thread.ticket, now)
        }
    }
}

/// A page of the queue.
#[derive(Debug, Object, Serialize)]
struct AccountTicketPage {
    /// What waits for staff, then what was answered, then what was decided; in each the earliest due
    /// first. Without messages.
    tickets: Vec<AccountTicket>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A place in the queue as text.
fn cursor_of((state, id): Place) -> String {
    format!("{state}-{id}")
}

/// The place that a cursor stands for, which is checked to be of its form.
fn place_of(cursor: &str) -> Option<Place> {
    let (state, id) = cursor.split_once('-')?;
    Some((TicketState::from_word(state)?, TicketId(id.parse().ok()?)))
}

/// What a reviewer counted.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTicketCounts {
    /// What the target had before the delivery: zero or more.
    start_count: i64,
    /// What it has now: zero or more.
    current_count: i64,
}

/// A refund to propose.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTicketProposal {
    /// How much, in USD: above zero, at most what did not come back of the charge.
    amount: Amount,
    /// Why, for whoever decides and the audit log: 1 to 1000 printable characters.
    reason: String,
}

/// What is decided: `refund` an amount, for operators only; ask for a `refill`; say that what was
/// wrong was put right (`correction`); or `decline`.
#[derive(Debug, Clone, Copy, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
enum TicketVerdict {
    /// An amount is refunded.
    Refund,
    /// A refill is asked for, by the rules that hold for the customer too.
    Refill,
    /// What was wrong was put right.
    Correction,
    /// Nothing is done.
    Decline,
}

/// A decision about a ticket.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTicketDecision {
    /// What is decided.
    outcome: TicketVerdict,
    /// How much is refunded, in USD, at most what did not come back of the charge; with `refund` only.
    /// Without it, what was proposed.
    amount: Option<Amount>,
    /// Why, for the customer and the audit log: 1 to 1000 printable characters.
    reason: String,
}

impl NewTicketDecision {
    fn decision(&self) -> Result<Decision, Refusal> {
        match (self.outcome, self.amount) {
            (TicketVerdict::Refund, amount) => Ok(Decision::Refund(amount.map(|amount| amount.0))),
            (TicketVerdict::Refill, None) => Ok(Decision::Refill),
            (TicketVerdict::Correction, None) => Ok(Decision::Correction),
            (TicketVerdict::Decline, None) => Ok(Decision::Decline),
            (
                TicketVerdict::Refill | TicketVerdict::Correction | TicketVerdict::Decline,
                Some(_),
            ) => Err(Refusal::FieldInvalid {
                field: "amount",
                expected: "there with the outcome refund only",
            }),
        }
    }
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Tickets")]
impl Tickets {
    /// Read the queue of tickets
    ///
    /// What waits for staff first, then what was answered, then what was decided; in each the earliest
    /// due first.
    #[oai(path = "/tickets", method = "get", operation_id = "ticket_search")]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
    async fn search(
        &self,
        _staff: Staff,
        /// Only this account's.
        account_id: Query<Option<i64>>,
        /// Only those about this order.
        order_id: Query<Option<i64>>,
        /// Only those that stand so.
        state: Query<Option<TicketState>>,
        /// Only those that are, or are not, due: undecided for 24 hours.
        due: Query<Option<bool>>,
        /// Only those that are, or are not, overdue: undecided for 48 hours.
        overdue: Query<Option<bool>>,
        /// Only tickets that were opened at this time or later.
        created_from: Query<Option<Time>>,
        /// Only tickets that were opened before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^(open|answered|closed)-[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Tickets per page.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<AccountTicketPage>, Fault<Listing>> {
        let search = Search {
            account: account_id.0.map(AccountId),
            order: order_id.0.map(OrderId),
            state: state.0,
            due: due.0,
            overdue: overdue.0,
            created: period(created_from, created_before),
        };
        let (after, limit) = (cursor.0.as_deref().and_then(place_of), limit_of(limit.0));
        let mut found = tickets::queue(&self.panel, search, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().filter(|_| has_more);
        let next_cursor = last.map(|last| cursor_of((last.state, last.id)));
        let now = self.panel.now();
        let tickets = found
            .into_iter()
            .map(|ticket| AccountTicket::of(ticket, now));
        Ok(Answer(AccountTicketPage {
            tickets: tickets.collect(),
            next_cursor,
        }))
    }

    /// Show a ticket
    ///
    /// With its messages, and the numbers of its screenshots.
    #[oai(
        path = "/tickets/:ticket_id",
        method = "get",
        operation_id = "ticket_show"
    )]
    async fn show(
        &self,
        _staff: Staff,
        /// The ticket's number.
        ticket_id: Path<i64>,
    ) -> Result<Answer<AccountTicket>, Fault<Reading>> {
        let thread = tickets::read(&self.panel.db, None, TicketId(ticket_id.0)).await?;
        Ok(Answer(AccountTicket::whole(thread, self.panel.now())))
    }

    /// Show a screenshot of a ticket
    #[oai(
        path = "/tickets/:ticket_id/screenshots/:number",
        method = "get",
        operation_id = "ticket_screenshot_show"
    )]
    async fn screenshot(
        &self,
        _staff: Staff,
        /// The ticket's number.
        ticket_id: Path<i64>,
        /// The screenshot's number: 1 to 3.
        number: Path<i64>,
    ) -> Result<Picture, Fault<Reading>> {
        let id = TicketId(ticket_id.0);
        let png = tickets::screenshot(&self.panel.db, None, id, number.0).await?;
        Ok(Picture::of_ticket(id, number.0, png))
    }

    /// Answer a ticket
    #[oai(
        path = "/tickets/:ticket_id/messages",
        method = "post",
        operation_id = "ticket_answer"
    )]
    async fn answer(
        &self,
        staff: Staff,
        /// The ticket's number.
        ticket_id: Path<i64>,
        message: JsonBody<NewTicketMessage>,
    ) -> Result<Answer<AccountTicketMessage, 201>, Fault<WritingTicket>> {
        let (panel, id) = (&self.panel, TicketId(ticket_id.0));
        let written = tickets::answer(panel, &staff.actor, id, &message.0.message).await?;
        Ok(Answer(written.into()))
    }

    /// Record what was counted at the target of a ticket's order
    ///
    /// The customer reads both counts.
    #[oai(
        path = "/tickets/:ticket_id/counts",
        method = "post",
        operation_id = "ticket_count"
    )]
    async fn count(
        &self,
        staff: Staff,
        /// The ticket's number.
        ticket_id: Path<i64>,
        counts: JsonBody<NewTicketCounts>,
    ) -> Result<Answer<AccountTicket>, Fault<WritingTicket>> {
        let counted = Counts {
            start: counts.0.start_count,
            current: counts.0.current_count,
        };
        let (panel, id) = (&self.panel, TicketId(ticket_id.0));
        let ticket = tickets::count(panel, &staff.actor, id, counted).await?;
        Ok(Answer(AccountTicket::of(ticket, panel.now())))
    }

    /// Propose a refund on a ticket
    ///
    /// For support staff, who post no money; in place of what was proposed before. Nothing is refunded
    /// until an operator decides so.
    #[oai(
        path = "/tickets/:ticket_id/proposal",
        method = "post",
        operation_id = "ticket_propose"
    )]
    async fn propose(
        &self,
        staff: Staff,
        /// The ticket's number.
        ticket_id: Path<i64>,
        proposal: JsonBody<NewTicketProposal>,
    ) -> Result<Answer<AccountTicket>, Fault<DecidingAmount>> {
        let NewTicketProposal {
            amount: Amount(amount),
            reason,
        } = proposal.0;
        let (panel, id) = (&self.panel, TicketId(ticket_id.0));
        let ticket = tickets::propose(panel, &staff.actor, id, amount, &reason).await?;
        Ok(Answer(AccountTicket::of(ticket, panel.now())))
    }

    /// Decide a ticket
    ///
    /// Final. A refund is an operator's decision, and goes back to the wallet at once, once the order
    /// has ended; an order has one refund by ticket. Support staff decide everything else.
    #[oai(
        path = "/tickets/:ticket_id/decision",
        method = "post",
        operation_id = "ticket_decide"
    )]
    async fn decide(
        &self,
        staff: Staff,
        /// The ticket's number.
        ticket_id: Path<i64>,
        decision: JsonBody<NewTicketDecision>,
    ) -> Result<Answer<AccountTicket>, Fault<DecidingTicket>> {
        let outcome = decision.0.decision()?;
        let (panel, id) = (&self.panel, TicketId(ticket_id.0));
        let decided = tickets::decide(panel, &staff.actor, id, outcome, &decision.0.reason).await?;
        Ok(Answer(AccountTicket::of(decided, panel.now())))
    }
}

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

/// A message of a ticket, with its author.
#[derive(Debug, Object, Serialize)]
struct AccountTicketMessage {
    /// The author of the message, such as `support:7`.
    author: String,
    /// The text of the message.
    message: String,
    /// When the message was written, UTC.
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

/// The counts that a member of the staff recorded for the target of the order.
#[derive(Debug, Object, Serialize)]
struct TicketCounts {
    /// The count of the target before the delivery.
    start_count: i64,
    /// The count of the target when it was recorded.
    current_count: i64,
    /// Who recorded the counts, such as `support:7`.
    counted_by: String,
    /// When the counts were recorded, UTC.
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

/// A refund that a member of the staff proposes.
#[derive(Debug, Object, Serialize)]
struct TicketProposal {
    /// The proposed amount, in USD with 2 to 9 decimals.
    amount: Money,
    /// The reason for the proposal.
    reason: String,
    /// Who proposes the refund, such as `support:7`.
    proposed_by: String,
    /// When the refund was proposed, UTC.
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

/// A ticket about an order of an account.
#[derive(Debug, Object, Serialize)]
struct AccountTicket {
    /// The number of the ticket, unique in this panel.
    ticket_id: i64,
    /// The number of the order that the ticket is about.
    order_id: i64,
    /// The number of the account that filed the ticket.
    account_id: i64,
    /// The state of the ticket: `open`, `answered` or `closed`.
    state: TicketState,
    /// The customer's description of the issue.
    description: String,
    /// When the ticket was filed, UTC.
    created_at: Time,
    /// When the review of the ticket is due, UTC: 24 hours after `created_at`.
    due_at: Time,
    /// When the review of the ticket is overdue, UTC: 48 hours after `created_at`.
    overdue_at: Time,
    /// Whether the ticket is undecided and `due_at` has passed.
    due: bool,
    /// Whether the ticket is undecided and `overdue_at` has passed.
    overdue: bool,
    /// The counts that staff recorded; absent if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<TicketCounts>,
    /// The refund that is proposed; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<TicketProposal>,
    /// Who decided the ticket, such as `operator:3`; absent until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// The decision about the ticket; absent until it is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<TicketDecision>,
    /// The messages of the ticket, oldest first; present only when one ticket is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<Vec<AccountTicketMessage>>,
    /// The numbers of the ticket's screenshots; present only when one ticket is read.
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

/// One page of the queue of tickets.
#[derive(Debug, Object, Serialize)]
struct AccountTicketPage {
    /// The tickets without their messages: open ones first, then answered, then closed ones; within each
    /// state the earliest due first.
    tickets: Vec<AccountTicket>,
    /// The `cursor` of the next page; absent on the last page.
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

/// The counts to record for the target of a ticket's order.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTicketCounts {
    /// The count of the target before the delivery, zero or more.
    start_count: i64,
    /// The count of the target now, zero or more.
    current_count: i64,
}

/// A refund to propose on a ticket.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTicketProposal {
    /// The amount to refund, in USD, above zero, with at most 9 decimals, at most the part of the charge that
    /// was not refunded yet.
    amount: Amount,
    /// The reason, for the deciding operator and the audit log: 1 to 1000 printable characters.
    reason: String,
}

/// The outcome of a ticket: `refund` an amount (operators only), request a `refill`, state that the problem
/// was corrected (`correction`), or `decline`.
#[derive(Debug, Clone, Copy, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
enum TicketVerdict {
    /// An amount is refunded to the wallet.
    Refund,
    /// A refill is requested, by the same rules as for the customer.
    Refill,
    /// The problem was corrected without a refund.
    Correction,
    /// Nothing is done about the ticket.
    Decline,
}

/// The decision to make about a ticket.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTicketDecision {
    /// The outcome: `refund`, `refill`, `correction` or `decline`.
    outcome: TicketVerdict,
    /// The amount to refund, in USD with at most 9 decimals, at most the part of the charge that was not
    /// refunded yet; with `refund` only. If it is absent, the proposed amount.
    amount: Option<Amount>,
    /// The reason, for the customer and the audit log: 1 to 1000 printable characters.
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
    /// List the queue of tickets
    ///
    /// Open tickets first, then answered ones, then closed ones; within each state the earliest due first.
    /// Filters are combined.
    #[oai(path = "/tickets", method = "get", operation_id = "ticket_search")]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
    async fn search(
        &self,
        _staff: Staff,
        /// Lists only tickets of the account of this number.
        account_id: Query<Option<i64>>,
        /// Lists only tickets about the order of this number.
        order_id: Query<Option<i64>>,
        /// Lists only tickets in this state.
        state: Query<Option<TicketState>>,
        /// Lists only tickets that are due (undecided for 24 hours) if `true`, only others if `false`.
        due: Query<Option<bool>>,
        /// Lists only tickets that are overdue (undecided for 48 hours) if `true`, only others if `false`.
        overdue: Query<Option<bool>>,
        /// Lists only tickets that were filed at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only tickets that were filed before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^(open|answered|closed)-[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of tickets in a page, from 1 to 1000; 100 if it is absent.
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

    /// Read a ticket
    ///
    /// Includes its messages, and the numbers of its screenshots.
    #[oai(
        path = "/tickets/:ticket_id",
        method = "get",
        operation_id = "ticket_show"
    )]
    async fn show(
        &self,
        _staff: Staff,
        /// The number of the ticket, which `ticket_search` gives as `ticket_id`.
        ticket_id: Path<i64>,
    ) -> Result<Answer<AccountTicket>, Fault<Reading>> {
        let thread = tickets::read(&self.panel.db, None, TicketId(ticket_id.0)).await?;
        Ok(Answer(AccountTicket::whole(thread, self.panel.now())))
    }

    /// Read a screenshot of a ticket
    ///
    /// Answers with the picture as PNG, without metadata.
    #[oai(
        path = "/tickets/:ticket_id/screenshots/:number",
        method = "get",
        operation_id = "ticket_screenshot_show"
    )]
    async fn screenshot(
        &self,
        _staff: Staff,
        /// The number of the ticket, which `ticket_search` gives as `ticket_id`.
        ticket_id: Path<i64>,
        /// The number of the screenshot within the ticket, from 1 to 3.
        number: Path<i64>,
    ) -> Result<Picture, Fault<Reading>> {
        let id = TicketId(ticket_id.0);
        let png = tickets::screenshot(&self.panel.db, None, id, number.0).await?;
        Ok(Picture::of_ticket(id, number.0, png))
    }

    /// Answer a ticket
    ///
    /// The customer can read the message. An open ticket becomes `answered`.
    #[oai(
        path = "/tickets/:ticket_id/messages",
        method = "post",
        operation_id = "ticket_answer"
    )]
    async fn answer(
        &self,
        staff: Staff,
        /// The number of the ticket, which `ticket_search` gives as `ticket_id`.
        ticket_id: Path<i64>,
        message: JsonBody<NewTicketMessage>,
    ) -> Result<Answer<AccountTicketMessage, 201>, Fault<WritingTicket>> {
        let (panel, id) = (&self.panel, TicketId(ticket_id.0));
        let written = tickets::answer(panel, &staff.actor, id, &message.0.message).await?;
        Ok(Answer(written.into()))
    }

    /// Record counts for a ticket
    ///
    /// Records the counts of the target of the ticket's order. The customer can read both counts.
    #[oai(
        path = "/tickets/:ticket_id/counts",
        method = "post",
        operation_id = "ticket_count"
    )]
    async fn count(
        &self,
        staff: Staff,
        /// The number of the ticket, which `ticket_search` gives as `ticket_id`.
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
    /// For support staff, who cannot post money; it replaces an earlier proposal. Nothing is refunded until
    /// an operator decides so.
    #[oai(
        path = "/tickets/:ticket_id/proposal",
        method = "post",
        operation_id = "ticket_propose"
    )]
    async fn propose(
        &self,
        staff: Staff,
        /// The number of the ticket, which `ticket_search` gives as `ticket_id`.
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
    /// The decision is final. Only operators can decide a refund, which is posted to the wallet at once; the
    /// order must have ended, and an order has at most one refund by ticket. Support staff can decide all
    /// other outcomes.
    #[oai(
        path = "/tickets/:ticket_id/decision",
        method = "post",
        operation_id = "ticket_decide"
    )]
    async fn decide(
        &self,
        staff: Staff,
        /// The number of the ticket, which `ticket_search` gives as `ticket_id`.
        ticket_id: Path<i64>,
        decision: JsonBody<NewTicketDecision>,
    ) -> Result<Answer<AccountTicket>, Fault<DecidingTicket>> {
        let outcome = decision.0.decision()?;
        let (panel, id) = (&self.panel, TicketId(ticket_id.0));
        let decided = tickets::decide(panel, &staff.actor, id, outcome, &decision.0.reason).await?;
        Ok(Answer(AccountTicket::of(decided, panel.now())))
    }
}

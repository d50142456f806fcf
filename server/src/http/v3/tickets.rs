//! Tickets: what people look into about an order.

use poem_openapi::param::{Path, Query};
use poem_openapi::types::Example;
use poem_openapi::{Enum, Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::api_key::{ApiKey, Places, Reads};
use super::orders::Listing;
use crate::clock::Time;
use crate::http::typed::code::Code;
use crate::http::typed::paging::{cut, limit_of, number_of, page};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::picture::{Picture, PictureBody};
use crate::http::typed::problem::{Fault, Refusals};
use crate::ids::{OrderId, TicketId};
use crate::money::Money;
use crate::panel::Panel;
use crate::tickets::rules::{TicketOutcome, TicketState};
use crate::tickets::{self, Search, Thread};

/// Serves tickets.
pub(super) struct Tickets {
    pub(super) panel: Panel,
}

/// What is to be looked into about an order.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
struct NewTicket {
    /// A description of the issue: 20 to 2000 characters.
    description: String,
}

impl Example for NewTicket {
    fn example() -> NewTicket {
        NewTicket {
            description: "It is completed, but the profile shows 600 followers.".to_owned(),
        }
    }
}

/// What is written to a ticket.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub(in crate::http) struct NewTicketMessage {
    /// The text: 1 to 2000 characters.
    pub(in crate::http) message: String,
}

impl Example for NewTicketMessage {
    fn example() -> NewTicketMessage {
        NewTicketMessage {
            message: "It showed 600 when the order was completed.".to_owned(),
        }
    }
}

/// Who wrote: `customer` or `staff`.
#[derive(Debug, Clone, Copy, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
enum TicketWriter {
    /// Whoever filed the ticket.
    Customer,
    /// Somebody of the panel.
    Staff,
}

/// A message of a ticket.
#[derive(Debug, Object, Serialize)]
struct TicketMessage {
    /// Who wrote it.
    from: TicketWriter,
    /// The text.
    message: String,
    /// When.
    created_at: Time,
}

impl From<tickets::Message> for TicketMessage {
    fn from(message: tickets::Message) -> TicketMessage {
        TicketMessage {
            from: match message.by_staff {
                true => TicketWriter::Staff,
                false => TicketWriter::Customer,
            },
            message: message.text,
            created_at: message.created_at,
        }
    }
}

/// What a reviewer decided about a ticket.
#[derive(Debug, Object, Serialize)]
pub(in crate::http) struct TicketDecision {
    /// What.
    outcome: TicketOutcome,
    /// Why.
    reason: String,
    /// When.
    decided_at: Time,
    /// The refund, if that is the outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_id: Option<i64>,
    /// How much came back by that, in USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    refunded: Option<Money>,
    /// The refill, if that is the outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    refill_id: Option<i64>,
}

impl From<tickets::Decided> for TicketDecision {
    fn from(decided: tickets::Decided) -> TicketDecision {
        TicketDecision {
            outcome: decided.outcome,
            reason: decided.reason,
            decided_at: decided.at,
            refund_id: decided.refund.map(|refund| refund.0),
            refunded: decided.refunded,
            refill_id: decided.refill.map(|refill| refill.0),
        }
    }
}

/// A ticket about an order.
#[derive(Debug, Object, Serialize)]
struct Ticket {
    /// Its number.
    ticket_id: i64,
    /// The order.
    order_id: i64,
    /// Where it stands.
    state: TicketState,
    /// The issue, in your words.
    description: String,
    /// When it was filed.
    created_at: Time,
    /// When its review is due: 24 hours after that.
    due_at: Time,
    /// When it is overdue: 48 hours after that.
    overdue_at: Time,
    /// Whether it is overdue: not decided by then.
    overdue: bool,
    /// What a reviewer counted at the target before the delivery, once one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_count: Option<i64>,
    /// What they counted when they looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    current_count: Option<i64>,
    /// What was decided, once it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<TicketDecision>,
    /// What was written since, oldest first. Only where one ticket is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<Vec<TicketMessage>>,
    /// The numbers of its screenshots. Only where one ticket is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    screenshots: Option<Vec<i64>>,
}

impl Ticket {
    fn of(ticket: tickets::Ticket, now: Time) -> Ticket {
        let ([due_at, overdue_at], [_, overdue]) = (ticket.review(), ticket.lateness(now));
        let counts = ticket.counted.map(|counted| counted.counts);
        Ticket {
            ticket_id: ticket.id.0,
            order_id: ticket.order.0,
            state: ticket.state,
            description: ticket.description,
            created_at: ticket.created_at,
            due_at,
            overdue_at,
            overdue,
            start_count: counts.map(|counts| counts.start),
            current_count: counts.map(|counts| counts.current),
            decision: ticket.decided.map(TicketDecision::from),
            messages: None,
            screenshots: None,
        }
    }

    fn whole(thread: Thread, now: Time) -> Ticket {
        let messages = thread.messages.into_iter().map(TicketMessage::from);
        Ticket {
            messages: Some(messages.collect()),
            screenshots: Some(thread.screenshots),
            ..Ticket::of(thread.ticket, now)
        }
    }
}

/// A screenshot that was added to a ticket.
#[derive(Debug, Object, Serialize)]
struct TicketScreenshot {
    /// The ticket.
    ticket_id: i64,
    /// Its number there: 1 to 3.
    number: i64,
}

/// A page of tickets.
#[derive(Debug, Object, Serialize)]
struct TicketPage {
    /// Oldest first, without messages.
    tickets: Vec<Ticket>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

struct Filing;

impl Refusals for Filing {
    const CODES: &'static [Code] = &[
        Code::OrderUnknown,
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

struct Writing;

impl Refusals for Writing {
    const CODES: &'static [Code] = &[
        Code::ObjectUnknown,
        Code::StateConflict,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
        Code::FieldInvalid,
    ];
}

#[OpenApi(prefix_path = "/api/v3", tag = "Tag::Tickets")]
impl Tickets {
    /// Open a ticket about an order
    ///
    /// At any time, one that is not decided per order. A person of the panel looks into it within 24 to
    /// 48 hours: a refund, a refill, a correction, or a reason why not.
    #[oai(
        path = "/orders/:order_id/tickets",
        method = "post",
        operation_id = "ticket_open"
    )]
    async fn open(
        &self,
        key: ApiKey<Places>,
        /// The order's number.
        order_id: Path<i64>,
        ticket: JsonBody<NewTicket>,
    ) -> Result<Answer<Ticket, 201>, Fault<Filing>> {
        let (account, order) = (key.0.account, OrderId(order_id.0));
        let opened = tickets::open(&self.panel, account, order, &ticket.0.description).await?;
        Ok(Answer(Ticket::of(opened, self.panel.now())))
    }

    /// List your tickets
    ///
    /// Oldest first, about all orders or about one.
    #[oai(path = "/tickets", method = "get", operation_id = "ticket_list")]
    async fn list(
        &self,
        key: ApiKey<Reads>,
        /// Only those about this order.
        order_id: Query<Option<i64>>,
        /// Only those that stand so.
        state: Query<Option<TicketState>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Tickets per page.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<TicketPage>, Fault<Listing>> {
        let search = Search {
            account: Some(key.0.account),
            order: order_id.0.map(OrderId),
            state: state.0,
            ..Search::default()
        };
        let (after, limit) = (TicketId(number_of(cursor.0)), limit_of(limit.0));
        let mut found = tickets::list(&self.panel, search, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().filter(|_| has_more);
        let (next_cursor, now) = (last.map(|last| last.id.to_string()), self.panel.now());
        let tickets = found.into_iter().map(|ticket| Ticket::of(ticket, now));
        Ok(Answer(TicketPage {
            tickets: tickets.collect(),
            next_cursor,
        }))
    }

    /// Read a ticket
    ///
    /// With its messages, and the numbers of its screenshots.
    #[oai(
        path = "/tickets/:ticket_id",
        method = "get",
        operation_id = "ticket_view"
    )]
    async fn view(
        &self,
        key: ApiKey<Reads>,
        /// The ticket's number.
        ticket_id: Path<i64>,
    ) -> Result<Answer<Ticket>, Fault<Viewing>> {
        let (db, id) = (&self.panel.db, TicketId(ticket_id.0));
        let thread = tickets::read(db, Some(key.0.account), id).await?;
        Ok(Answer(Ticket::whole(thread, self.panel.now())))
    }

    /// Write to a ticket
    ///
    /// As long as it is not decided. It waits for staff again then.
    #[oai(
        path = "/tickets/:ticket_id/messages",
        method = "post",
        operation_id = "ticket_message"
    )]
    async fn message(
        &self,
        key: ApiKey<Places>,
        /// The ticket's number.
        ticket_id: Path<i64>,
        message: JsonBody<NewTicketMessage>,
    ) -> Result<Answer<TicketMessage, 201>, Fault<Writing>> {
        let (account, id) = (key.0.account, TicketId(ticket_id.0));
        let written = tickets::write(&self.panel, account, id, &message.0.message).await?;
        Ok(Answer(written.into()))
    }

    /// Add a screenshot to a ticket
    ///
    /// Up to three, as long as it is not decided: a PNG, JPEG or WebP picture of at most 5 MiB and 25
    /// million pixels. It is kept as a PNG without whatever else was in the file, such as the place where
    /// it was made; halved, if it would have more than 5 MiB.
    #[oai(
        path = "/tickets/:ticket_id/screenshots",
        method = "post",
        operation_id = "ticket_screenshot_add"
    )]
    async fn add_screenshot(
        &self,
        key: ApiKey<Places>,
        /// The ticket's number.
        ticket_id: Path<i64>,
        picture: PictureBody,
    ) -> Result<Answer<TicketScreenshot, 201>, Fault<Writing>> {
        let (account, id) = (key.0.account, TicketId(ticket_id.0));
        let sent = picture.bytes.clone();
        let number = tickets::add_screenshot(&self.panel, account, id, sent).await?;
        Ok(Answer(TicketScreenshot {
            ticket_id: id.0,
            number,
        }))
    }

    /// Read a screenshot of a ticket
    #[oai(
        path = "/tickets/:ticket_id/screenshots/:number",
        method = "get",
        operation_id = "ticket_screenshot"
    )]
    async fn screenshot(
        &self,
        key: ApiKey<Reads>,
        /// The ticket's number.
        ticket_id: Path<i64>,
        /// The screenshot's number: 1 to 3.
        number: Path<i64>,
    ) -> Result<Picture, Fault<Viewing>> {
        let (account, id) = (Some(key.0.account), TicketId(ticket_id.0));
        let png = tickets::screenshot(&self.panel.db, account, id, number.0).await?;
        Ok(Picture::of_ticket(id, number.0, png))
    }
}

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

/// What the panel's staff should look into about an order.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
struct NewTicket {
    /// What the issue is, in your words: 20 to 2000 characters.
    description: String,
}

impl Example for NewTicket {
    fn example() -> NewTicket {
        NewTicket {
            description: "It is completed, but the profile shows 600 followers.".to_owned(),
        }
    }
}

/// A message that is added to a ticket.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub(in crate::http) struct NewTicketMessage {
    /// What the message says: 1 to 2000 characters.
    pub(in crate::http) message: String,
}

impl Example for NewTicketMessage {
    fn example() -> NewTicketMessage {
        NewTicketMessage {
            message: "It showed 600 when the order was completed.".to_owned(),
        }
    }
}

/// `customer`: whoever opened the ticket. `staff`: somebody of the panel's staff.
#[derive(Debug, Clone, Copy, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
enum TicketWriter {
    /// Whoever filed the ticket.
    Customer,
    /// Somebody of the panel.
    Staff,
}

/// A message that was written to a ticket.
#[derive(Debug, Object, Serialize)]
struct TicketMessage {
    /// The side that wrote the message.
    from: TicketWriter,
    /// What the message says, 1 to 2000 characters.
    message: String,
    /// When the message was written, UTC.
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
    /// The outcome that the reviewer chose.
    outcome: TicketOutcome,
    /// Why the reviewer decided so, for people.
    reason: String,
    /// When the ticket was decided, UTC.
    decided_at: Time,
    /// The number of the refund that was made; absent for every other outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_id: Option<i64>,
    /// How much was refunded by the decision, in USD; absent for every other outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    refunded: Option<Money>,
    /// The number of the refill that was requested; absent for every other outcome.
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

/// A ticket, which asks the panel's staff to look into an order.
#[derive(Debug, Object, Serialize)]
struct Ticket {
    /// The number that the ticket has.
    ticket_id: i64,
    /// The number of the order that the ticket is about.
    order_id: i64,
    /// The state that the ticket has now.
    state: TicketState,
    /// What the issue is, in your words.
    description: String,
    /// When the ticket was opened, UTC.
    created_at: Time,
    /// When the review of the ticket is due, UTC: 24 hours after it was opened.
    due_at: Time,
    /// When the review of the ticket becomes overdue, UTC: 48 hours after it was opened.
    overdue_at: Time,
    /// Whether the review is overdue: `overdue_at` has passed, and the ticket is not decided.
    overdue: bool,
    /// The count before delivery, as a reviewer found it at the target; absent until a reviewer has
    /// counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_count: Option<i64>,
    /// The count that the reviewer found at the target later; absent until a reviewer has counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    current_count: Option<i64>,
    /// What was decided; absent until the ticket is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<TicketDecision>,
    /// The messages that were written to the ticket, oldest first. Present only where one ticket is
    /// read.
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<Vec<TicketMessage>>,
    /// The numbers that the screenshots of the ticket have. Present only where one ticket is read.
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
    /// The number of the ticket that has the screenshot.
    ticket_id: i64,
    /// The number that the screenshot has in its ticket: 1 to 3.
    number: i64,
}

/// One page of the tickets that match the filters.
#[derive(Debug, Object, Serialize)]
struct TicketPage {
    /// The tickets that the page has, oldest first, without messages and screenshots.
    tickets: Vec<Ticket>,
    /// Pass this as `cursor` to get the next page; absent at the end of the list.
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
    /// A ticket can be opened at any time; an order has at most one ticket that is not decided, and
    /// an account at most 100. The panel's staff look into it within 24 to 48 hours. The outcome is a
    /// refund, a refill, a correction, or a refusal with its reason.
    #[oai(
        path = "/orders/:order_id/tickets",
        method = "post",
        operation_id = "ticket_open"
    )]
    async fn open(
        &self,
        key: ApiKey<Places>,
        /// The number of the order, which `order_place` and `order_list` return.
        order_id: Path<i64>,
        ticket: JsonBody<NewTicket>,
    ) -> Result<Answer<Ticket, 201>, Fault<Filing>> {
        let (account, order) = (key.0.account, OrderId(order_id.0));
        let opened = tickets::open(&self.panel, account, order, &ticket.0.description).await?;
        Ok(Answer(Ticket::of(opened, self.panel.now())))
    }

    /// List your tickets
    ///
    /// Lists tickets oldest first, about all orders or about one.
    #[oai(path = "/tickets", method = "get", operation_id = "ticket_list")]
    async fn list(
        &self,
        key: ApiKey<Reads>,
        /// Lists only tickets about the order with this number.
        order_id: Query<Option<i64>>,
        /// Lists only tickets that have this state.
        state: Query<Option<TicketState>>,
        /// Pass the `next_cursor` of the previous page to get the next one; without it, you get the
        /// first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// A page has at most this many tickets: 1 to 1000, by default 100.
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
    /// Gives the ticket with its messages and the numbers of its screenshots.
    #[oai(
        path = "/tickets/:ticket_id",
        method = "get",
        operation_id = "ticket_view"
    )]
    async fn view(
        &self,
        key: ApiKey<Reads>,
        /// The number of the ticket, which `ticket_open` and `ticket_list` return.
        ticket_id: Path<i64>,
    ) -> Result<Answer<Ticket>, Fault<Viewing>> {
        let (db, id) = (&self.panel.db, TicketId(ticket_id.0));
        let thread = tickets::read(db, Some(key.0.account), id).await?;
        Ok(Answer(Ticket::whole(thread, self.panel.now())))
    }

    /// Write to a ticket
    ///
    /// Adds a message as long as the ticket is not decided; the ticket waits for staff again then. A
    /// ticket can have at most 200 messages.
    #[oai(
        path = "/tickets/:ticket_id/messages",
        method = "post",
        operation_id = "ticket_message"
    )]
    async fn message(
        &self,
        key: ApiKey<Places>,
        /// The number of the ticket, which `ticket_open` and `ticket_list` return.
        ticket_id: Path<i64>,
        message: JsonBody<NewTicketMessage>,
    ) -> Result<Answer<TicketMessage, 201>, Fault<Writing>> {
        let (account, id) = (key.0.account, TicketId(ticket_id.0));
        let written = tickets::write(&self.panel, account, id, &message.0.message).await?;
        Ok(Answer(written.into()))
    }

    /// Add a screenshot to a ticket
    ///
    /// A ticket takes up to three screenshots as long as it is not decided: PNG, JPEG or WebP
    /// pictures of at most 5 MiB and 25 million pixels each. A picture is kept as a PNG without
    /// metadata, such as the place where it was taken; it is halved if the PNG would have more than 5
    /// MiB.
    #[oai(
        path = "/tickets/:ticket_id/screenshots",
        method = "post",
        operation_id = "ticket_screenshot_add"
    )]
    async fn add_screenshot(
        &self,
        key: ApiKey<Places>,
        /// The number of the ticket, which `ticket_open` and `ticket_list` return.
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
        /// The number of the ticket, which `ticket_open` and `ticket_list` return.
        ticket_id: Path<i64>,
        /// The number that the screenshot has in its ticket: 1 to 3.
        number: Path<i64>,
    ) -> Result<Picture, Fault<Viewing>> {
        let (account, id) = (Some(key.0.account), TicketId(ticket_id.0));
        let png = tickets::screenshot(&self.panel.db, account, id, number.0).await?;
        Ok(Picture::of_ticket(id, number.0, png))
    }
}

//! Tickets: what people look into about an order.

use std::future::poll_fn;
use std::pin::pin;

use futures_core::Stream;

use crate::client::Client;
use crate::error::Error;
use crate::generated::types::{NewTicket, NewTicketMessage};
use crate::generated::{Error as Failed, ResponseValue};
use crate::pages::{PAGE_SIZE, Page, Pages};
use crate::retry::Repeat;
use crate::{Ticket, TicketMessage, TicketScreenshot};

/// # Tickets
///
/// A key needs the scope `read` to read and `order` to open one and to write to it.
impl Client {
    /// Opens a ticket about an order, with a description of the issue (20 to 2000 characters). It is
    /// reviewed within 24 to 48 hours. Repeated by itself only if it was not sent, or not done.
    ///
    /// ```no_run
    /// # async fn ask(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let why = "It is completed, but the profile shows 600 followers.";
    /// let ticket = client.open_ticket(17, why).await?;
    /// let ticket = client.ticket(ticket.ticket_id).await?;
    /// println!("{:?}, until {}", ticket.decision, ticket.overdue_at);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn open_ticket(&self, order_id: i64, description: &str) -> Result<Ticket, Error> {
        let new = NewTicket {
            description: description.to_owned(),
        };
        let ask = || self.raw.ticket_open(order_id, &new);
        self.call("ticket_open", Repeat::Unsent, ask).await
    }

    /// A ticket as it is now, with its messages, and its decision once there is one.
    ///
    /// ```no_run
    /// # async fn read(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let ticket = client.ticket(4).await?;
    /// println!("{}: {} messages", ticket.state, ticket.messages.len());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn ticket(&self, ticket_id: i64) -> Result<Ticket, Error> {
        let ask = || self.raw.ticket_view(ticket_id);
        self.call("ticket_view", Repeat::Safe, ask).await
    }

    /// Writes to a ticket. Repeated by itself only if it was not sent, or not done.
    ///
    /// ```no_run
    /// # async fn write(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// client.write_to_ticket(4, "It has dropped to 550 since.").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn write_to_ticket(
        &self,
        ticket_id: i64,
        message: &str,
    ) -> Result<TicketMessage, Error> {
        let new = NewTicketMessage {
            message: message.to_owned(),
        };
        let ask = || self.raw.ticket_message(ticket_id, &new);
        self.call("ticket_message", Repeat::Unsent, ask).await
    }

    /// Adds a screenshot to a ticket: a PNG, JPEG or WebP picture of at most 5 MiB, up to three per
    /// ticket. What is kept is a PNG with nothing of the file but the picture. Repeated by itself
    /// only if it was not sent, or not done.
    ///
    /// ```no_run
    /// # async fn show(client: smm_panel_sdk::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let picture = std::fs::read("profile.png")?;
    /// client.add_screenshot(4, &picture).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn add_screenshot(
        &self,
        ticket_id: i64,
        picture: &[u8],
    ) -> Result<TicketScreenshot, Error> {
        let ask = || self.raw.ticket_screenshot_add(ticket_id, picture.to_vec());
        self.call("ticket_screenshot_add", Repeat::Unsent, ask)
            .await
    }

    /// A screenshot of a ticket, by its number there, as a PNG.
    ///
    /// ```no_run
    /// # async fn save(client: smm_panel_sdk::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// std::fs::write("profile.png", client.screenshot(4, 1).await?)?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn screenshot(&self, ticket_id: i64, number: i64) -> Result<Vec<u8>, Error> {
        let ask = || async {
            let answer = self.raw.ticket_screenshot(ticket_id, number).await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let (mut pieces, mut png) = (pin!(answer.into_inner().into_inner()), Vec::new());
            while let Some(piece) = poll_fn(|context| pieces.as_mut().poll_next(context)).await {
                png.extend_from_slice(&piece.map_err(Failed::ResponseBodyError)?);
            }
            Ok(ResponseValue::new(png, status, headers))
        };
        self.call("ticket_screenshot", Repeat::Safe, ask).await
    }

    /// Every ticket, oldest first, without messages and screenshots.
    ///
    /// ```no_run
    /// # async fn list(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
    /// let mut tickets = client.tickets();
    /// while let Some(ticket) = tickets.next().await? {
    ///     println!("{} is {}", ticket.ticket_id, ticket.state);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn tickets(&self) -> Pages<Ticket> {
        Pages::new(self, None, |client, cursor| async move {
            let ask = || {
                let cursor = cursor.as_deref();
                client.raw.ticket_list(cursor, Some(PAGE_SIZE), None, None)
            };
            let page = client.call("ticket_list", Repeat::Safe, ask).await?;
            Ok(Page {
                rows: page.tickets,
                next_cursor: page.next_cursor,
            })
        })
    }
}

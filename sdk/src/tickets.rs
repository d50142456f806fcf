//! Tickets: what people look into about an order.

use futures::stream::{Stream, TryStreamExt, try_unfold};

use crate::client::{Client, PAGE, rows};
use crate::error::Error;
use crate::retry::Repeat;
use crate::types::{NewTicket, NewTicketMessage, Ticket, TicketMessage, TicketScreenshot};

impl Client {
    /// Opens a ticket about an order, with a description of the issue (20 to 2000 characters). It is
    /// reviewed within 24 to 48 hours. Never repeated by itself once it was sent.
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
    pub async fn ticket(&self, ticket_id: i64) -> Result<Ticket, Error> {
        let ask = || self.raw.ticket_view(ticket_id);
        self.call("ticket_view", Repeat::Safe, ask).await
    }

    /// Writes to a ticket. Never repeated by itself once it was sent.
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
    /// ticket. What is kept is a PNG with nothing of the file but the picture. Never repeated by
    /// itself once it was sent.
    pub async fn add_screenshot(
        &self,
        ticket_id: i64,
        picture: &[u8],
    ) -> Result<TicketScreenshot, Error> {
        let ask = || self.raw.ticket_screenshot_add(ticket_id, picture.to_vec());
        self.call("ticket_screenshot_add", Repeat::Unsent, ask)
            .await
    }

    /// A screenshot of a ticket, as a PNG.
    pub async fn screenshot(&self, ticket_id: i64, number: i64) -> Result<Vec<u8>, Error> {
        let ask = || self.raw.ticket_screenshot(ticket_id, number);
        let bytes = self.call("ticket_screenshot", Repeat::Safe, ask).await?;
        let png = bytes
            .into_inner()
            .try_fold(Vec::new(), async |mut png, piece| {
                png.extend_from_slice(&piece);
                Ok(png)
            });
        png.await
            .map_err(|fault| Error::Transport(fault.without_url()))
    }

    /// Every ticket, oldest first, without messages and screenshots; pages are fetched as the stream is read.
    pub fn tickets(&self) -> impl Stream<Item = Result<Ticket, Error>> + Send {
        let client = self.clone();
        let pages = try_unfold(Some(None), move |next: Option<Option<String>>| {
            let client = client.clone();
            async move {
                let Some(cursor) = next else { return Ok(None) };
                let ask = || {
                    let cursor = cursor.as_deref();
                    client.raw.ticket_list(cursor, Some(PAGE), None, None)
                };
                let page = client.call("ticket_list", Repeat::Safe, ask).await?;
                let next = page.next_cursor.map(Some);
                Ok::<_, Error>(Some((rows(page.tickets), next)))
            }
        });
        pages.try_flatten()
    }
}

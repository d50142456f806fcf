//! Lists that are read page by page.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::client::Client;
use crate::error::{Error, unreadable};

/// Rows per page.
pub(crate) const PAGE_SIZE: i64 = 500;

/// The rows of a list, of which the next page is asked for when the one before was read.
///
/// ```no_run
/// # async fn list(client: smm_panel_sdk::Client) -> Result<(), smm_panel_sdk::Error> {
/// let mut orders = client.orders(Default::default());
/// while let Some(order) = orders.next().await? {
///     println!("{} {}", order.order_id, order.status);
/// }
/// # Ok(())
/// # }
/// ```
///
/// It is a [`Stream`] of `Result<T, Error>` too. It ends after an error; see the page on
/// [paging](crate::guide::paging).
#[must_use = "nothing is asked for until a row is read"]
pub struct Pages<T> {
    /// Asks for the page from a cursor on.
    ask: Box<dyn FnMut(Option<String>) -> Asking<T> + Send>,
    /// The rows that were received and not read.
    received: VecDeque<T>,
    next: Next<T>,
}

/// A page on its way.
type Asking<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>;

/// Where the next page comes from.
enum Next<T> {
    /// It is to be asked for, from a cursor on.
    From(Option<String>),
    /// It was asked for, from a cursor on.
    Asked(Asking<T>, Option<String>),
    /// There is none.
    End,
}

/// A page of a list.
pub(crate) struct Page<T> {
    pub(crate) rows: Vec<T>,
    /// Where the next page begins; `None` after the last.
    pub(crate) next_cursor: Option<String>,
}

/// A row of a feed, with the cursor to go on from once the row was dealt with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WithCursor<T> {
    /// The row.
    pub row: T,
    /// Keep it: a feed that is read from it begins with the next row, now or after a restart.
    pub cursor: String,
}

impl<T: Send + 'static> Pages<T> {
    /// The rows from `cursor` on; `ask` gives the page that begins there.
    pub(crate) fn new<F>(
        client: &Client,
        cursor: Option<String>,
        ask: impl Fn(Client, Option<String>) -> F + Send + 'static,
    ) -> Pages<T>
    where
        F: Future<Output = Result<Page<T>, Error>> + Send + 'static,
    {
        let client = client.clone();
        Pages {
            ask: Box::new(move |cursor| Box::pin(ask(client.clone(), cursor))),
            received: VecDeque::new(),
            next: Next::From(cursor),
        }
    }
}

impl<T> Pages<T> {
    /// The next row; `None` at the end of the list.
    ///
    /// It may be dropped before it is done, as `select!` does: no row is lost. The time limits of a page go
    /// on meanwhile.
    pub async fn next(&mut self) -> Result<Option<T>, Error> {
        poll_fn(|context| self.poll_row(context)).await.transpose()
    }

    /// All rows that are left, in one list.
    pub async fn collect_all(mut self) -> Result<Vec<T>, Error> {
        let mut rows = Vec::new();
        while let Some(row) = self.next().await? {
            rows.push(row);
        }
        Ok(rows)
    }

    fn poll_row(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(row) = self.received.pop_front() {
                return Poll::Ready(Some(Ok(row)));
            }
            match &mut self.next {
                Next::End => return Poll::Ready(None),
                Next::From(cursor) => {
                    let cursor = cursor.take();
                    self.next = Next::Asked((self.ask)(cursor.clone()), cursor);
                }
                Next::Asked(asked, from) => {
                    let outcome = ready!(asked.as_mut().poll(context));
                    let from = from.take();
                    self.next = Next::End;
                    let page = match outcome {
                        Ok(page) => page,
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    };
                    if page.next_cursor.is_some() && page.next_cursor == from {
                        let what = "the page after a page is that page again".to_owned();
                        return Poll::Ready(Some(Err(unreadable(None, what))));
                    }
                    self.received.extend(page.rows);
                    if let Some(cursor) = page.next_cursor {
                        self.next = Next::From(Some(cursor));
                    }
                }
            }
        }
    }
}

// Nothing in it is pinned to its place: a page on its way is in a box of its own.
impl<T> Unpin for Pages<T> {}

impl<T> Stream for Pages<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_row(context)
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Pages");
        shown.field("received", &self.received.len());
        shown.finish_non_exhaustive()
    }
}

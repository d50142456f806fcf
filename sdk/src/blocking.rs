//! A client for programs without async.
//!
//! ```no_run
//! use smm_panel_sdk::{Error, NewOrder, blocking::Client};
//!
//! fn main() -> Result<(), Error> {
//!     let panel = Client::new("https://your.panel", "smp_live_...")?;
//!     let placed = panel.place(&NewOrder::new(2, "https://instagram.com/p/Cx1").quantity(1000))?;
//!     for refund in panel.refunds_of(placed.order_id)? {
//!         println!("{} = {} USD", refund.formula, refund.amount);
//!     }
//!     for order in panel.orders(Default::default()) {
//!         println!("{}", order?.status);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Every call is one of [`smm_panel_sdk::Client`](crate::Client), where it is described. In async code that
//! one is to be used: a call from here holds up the thread that it is made on.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::thread::{self, Thread};
use std::time::Duration;

use rust_decimal::Decimal;
use tokio::runtime::Runtime;

use crate::{
    Account, BatchOrder, Builder, Deposit, DepositDetails, DepositStatus, Dispute, DisputeEvidence,
    DisputeReason, EmailChanged, Error, Key, KeySettings, NewKey, NewOrder, Notice, Order,
    OrderFilter, PlacedOrder, Refill, Refund, Refusal, ResponseInfo, Service, ServiceFilter,
    SignedIn, SignedUp, Ticket, TicketMessage, TicketScreenshot, TotpSeed, Wallet, WalletEntry,
    WithCursor,
};

/// A panel and a key, for programs without async. Cheap to clone; its `Debug` never shows the key.
#[derive(Clone, Debug)]
pub struct Client {
    client: crate::Client,
    worker: Arc<Worker>,
}

/// The rows of a list, of which the next page is asked for when the one before was read.
///
/// It ends after an error; see the page on [paging](crate::guide::paging).
#[derive(Debug)]
#[must_use = "nothing is asked for until a row is read"]
pub struct Pages<T> {
    pages: crate::Pages<T>,
    worker: Arc<Worker>,
}

impl<T> Iterator for Pages<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        self.worker.run(self.pages.next()).transpose()
    }
}

/// The runtime with the thread that works for the calls.
#[derive(Debug)]
struct Worker(Option<Runtime>);

impl Worker {
    fn start() -> Result<Worker, Error> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("smm-panel-sdk")
            .enable_all()
            .build()
            .map_err(|fault| Error::Setting(format!("a thread cannot be started: {fault}")))?;
        Ok(Worker(Some(runtime)))
    }

    /// Runs a call to its end: its timers and connections are the worker's, and this thread sleeps until they
    /// wake it. Unlike `Runtime::block_on` it may be called on any thread.
    fn run<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let _entered = self.0.as_ref().map(Runtime::enter);
        let waker = Arc::new(Unpark(thread::current())).into();
        let (mut call, mut context) = (pin!(call), Context::from_waker(&waker));
        loop {
            if let Poll::Ready(outcome) = call.as_mut().poll(&mut context) {
                return outcome;
            }
            thread::park();
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // To wait for the thread's end is forbidden in async code, where the last client may be dropped.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Wakes a thread that sleeps until a call goes on.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl Client {
    /// A client of the panel at `url`, such as `https://your.panel`, with default settings; with others,
    /// [`Builder::build_blocking`].
    pub fn new(url: &str, key: &str) -> Result<Client, Error> {
        Builder::new(url, key).build_blocking()
    }

    /// A client of the panel at `url` for somebody who has no key yet: to sign up and in.
    pub fn without_key(url: &str) -> Result<Client, Error> {
        Client::new(url, "")
    }

    pub(crate) fn of(client: crate::Client) -> Result<Client, Error> {
        Ok(Client {
            client,
            worker: Arc::new(Worker::start()?),
        })
    }

    /// The same thread with another client.
    fn with(&self, client: crate::Client) -> Client {
        Client {
            client,
            worker: self.worker.clone(),
        }
    }

    fn pages<T>(&self, pages: crate::Pages<T>) -> Pages<T> {
        Pages {
            pages,
            worker: self.worker.clone(),
        }
    }

    /// As [`Client::recording`](crate::Client::recording).
    #[must_use]
    pub fn recording(&self) -> Client {
        self.with(self.client.recording())
    }

    /// As [`Client::last_response`](crate::Client::last_response).
    pub fn last_response(&self) -> Option<ResponseInfo> {
        self.client.last_response()
    }

    /// As [`Client::with_key`](crate::Client::with_key).
    pub fn with_key(&self, key: &str) -> Result<Client, Error> {
        Ok(self.with(self.client.with_key(key)?))
    }

    /// As [`Client::sign_in`](crate::Client::sign_in).
    pub fn sign_in(
        &self,
        email: &str,
        password: &str,
        code: Option<&str>,
    ) -> Result<SignedIn<Client>, Error> {
        let signed_in = self
            .worker
            .run(self.client.sign_in(email, password, code))?;
        Ok(SignedIn {
            client: self.with(signed_in.client),
            token: signed_in.token,
            account_id: signed_in.account_id,
            role: signed_in.role,
            expires_at: signed_in.expires_at,
        })
    }
}

/// Where a call is described.
macro_rules! see {
    ($name:ident) => {
        concat!(
            "As [`Client::",
            stringify!($name),
            "`](crate::Client::",
            stringify!($name),
            ")."
        )
    };
}

/// Calls that give one result.
macro_rules! calls {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {
        impl Client {$(
            #[doc = see!($name)]
            pub fn $name(&self, $($argument: $type),*) -> Result<$result, Error> {
                self.worker.run(self.client.$name($($argument),*))
            }
        )*}
    };
}

/// Calls that give a list, page by page.
macro_rules! lists {
    ($($name:ident($($argument:ident: $type:ty),*) -> $row:ty;)*) => {
        impl Client {$(
            #[doc = see!($name)]
            pub fn $name(&self, $($argument: $type),*) -> Pages<$row> {
                self.pages(self.client.$name($($argument),*))
            }
        )*}
    };
}

calls! {
    place(order: &NewOrder) -> PlacedOrder;
    place_with_idempotency_key(order: &NewOrder, key: &str) -> PlacedOrder;
    place_many(orders: &mut [BatchOrder]) -> Vec<Result<PlacedOrder, Refusal>>;
    order(order_id: i64) -> Order;
    wait_until_final(order_id: i64, timeout: Duration) -> Order;
    cancel(order_id: i64) -> Order;
    services(filter: &ServiceFilter) -> Vec<Service>;
    refill(order_id: i64) -> Refill;
    refill_status(refill_id: i64) -> Refill;
    refills_of(order_id: i64) -> Vec<Refill>;
    refunds_of(order_id: i64) -> Vec<Refund>;
    wallet() -> Wallet;
    deposit(amount: Decimal, coin: Option<&str>) -> DepositDetails;
    deposit_status(deposit_id: i64) -> DepositDetails;
    dispute(
        order_id: i64, reason: DisputeReason, amount: Decimal, description: &str
    ) -> Dispute;
    dispute_status(dispute_id: i64) -> Dispute;
    dispute_evidence(dispute_id: i64) -> DisputeEvidence;
    open_ticket(order_id: i64, description: &str) -> Ticket;
    ticket(ticket_id: i64) -> Ticket;
    write_to_ticket(ticket_id: i64, message: &str) -> TicketMessage;
    add_screenshot(ticket_id: i64, picture: &[u8]) -> TicketScreenshot;
    screenshot(ticket_id: i64, number: i64) -> Vec<u8>;
    sign_up(email: &str, password: &str, name: Option<&str>) -> SignedUp;
    ask_password_reset(email: &str) -> ();
    change_email(email: &str, password: &str, code: Option<&str>) -> EmailChanged;
    sign_out() -> ();
    account() -> Account;
    refill_automatically(wanted: bool) -> Account;
    change_password(old: &str, new: &str) -> u64;
    totp_begin() -> TotpSeed;
    totp_confirm(code: &str) -> ();
    totp_disable(password: &str, code: &str) -> ();
    create_key(settings: &KeySettings) -> NewKey;
    change_key(key_id: i64, settings: &KeySettings) -> Key;
    rotate_key(key_id: i64, overlap: Duration) -> NewKey;
    revoke_key(key_id: i64) -> Key;
    mark_notice_read(notice_id: i64) -> Notice;
}

lists! {
    orders(filter: OrderFilter) -> Order;
    refunds_since(cursor: Option<String>) -> WithCursor<Refund>;
    entries_since(cursor: Option<String>) -> WithCursor<WalletEntry>;
    deposits(status: Option<DepositStatus>) -> Deposit;
    disputes() -> Dispute;
    tickets() -> Ticket;
    keys() -> WithCursor<Key>;
    notices_since(cursor: Option<String>) -> WithCursor<Notice>;
}

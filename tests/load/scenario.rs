//! What a panel is asked for, and how each request is written.

use std::fmt;
use std::rc::Rc;

use clap::ValueEnum;

use crate::prepared::{Prepared, QUANTITY, REFUNDED};

/// One kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// Orders of a manual service, from all wallets in turn
    Add,
    /// The same from one wallet
    AddOneWallet,
    /// The balance of each wallet in turn
    Balance,
    /// The status of one stored order of the caller
    Status,
    /// The status of 100 stored orders of the caller
    Status100,
    /// The whole list of services
    Services,
    /// The same, compressed
    ServicesGzip,
    /// The wallet by the typed API
    WalletV3,
    /// One stored order of the caller by the typed API
    OrderV3,
    /// The 100 newest orders of the caller
    OrdersV3,
    /// 1,000 refunds of an account that has them: prepare 500 wallets for 1,000,000 orders
    Refunds1000,
    /// Orders by the typed API, from all wallets in turn
    PlaceV3,
    /// `/health/live`, which does nothing but answer
    Health,
    /// Orders that a provider completes at once, from all wallets in turn
    #[value(skip)]
    EndToEnd,
    /// All of these but health, those that write last
    All,
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Scenario {
    /// What [`Scenario::All`] stands for.
    pub(crate) const EACH: [Scenario; 12] = [
        Scenario::Balance,
        Scenario::Status,
        Scenario::Status100,
        Scenario::Services,
        Scenario::ServicesGzip,
        Scenario::WalletV3,
        Scenario::OrderV3,
        Scenario::OrdersV3,
        Scenario::Refunds1000,
        Scenario::Add,
        Scenario::PlaceV3,
        Scenario::AddOneWallet,
    ];

    /// Its name in tables and on the command line.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Scenario::Add => "add",
            Scenario::AddOneWallet => "add-one-wallet",
            Scenario::Balance => "balance",
            Scenario::Status => "status",
            Scenario::Status100 => "status100",
            Scenario::Services => "services",
            Scenario::ServicesGzip => "services-gzip",
            Scenario::WalletV3 => "wallet-v3",
            Scenario::OrderV3 => "order-v3",
            Scenario::OrdersV3 => "orders-v3",
            Scenario::Refunds1000 => "refunds1000",
            Scenario::PlaceV3 => "place-v3",
            Scenario::Health => "health",
            Scenario::EndToEnd => "end-to-end",
            Scenario::All => "all",
        }
    }

    /// Whether it places orders.
    pub(crate) const fn adds(self) -> bool {
        matches!(
            self,
            Scenario::Add | Scenario::AddOneWallet | Scenario::PlaceV3 | Scenario::EndToEnd
        )
    }

    /// How every good answer begins; a gzip file with its magic bytes.
    pub(crate) const fn good(self) -> &'static [u8] {
        match self {
            Scenario::Add | Scenario::AddOneWallet | Scenario::EndToEnd => b"{\"order\":",
            Scenario::Balance => b"{\"balance\":",
            Scenario::Status => b"{\"charge\":",
            // The first of the ids, which is one of the caller's orders.
            Scenario::Status100 => b"{\"",
            Scenario::Services => b"[{\"service\":",
            Scenario::ServicesGzip => &[0x1f, 0x8b],
            Scenario::WalletV3 => b"{\"balance\":",
            Scenario::OrderV3 | Scenario::PlaceV3 => b"{\"order_id\":",
            Scenario::OrdersV3 => b"{\"orders\":[{",
            Scenario::Refunds1000 => b"{\"refunds\":[{",
            Scenario::Health => b"{\"status\":\"live\"",
            Scenario::All => b"",
        }
    }
}

/// Writes the requests of a scenario, one after the other, into the same buffers.
pub(crate) struct Writer {
    scenario: Scenario,
    prepared: Rc<Prepared>,
    /// Part of every link, so that no link is used twice on the same data.
    nonce: i64,
    /// The form, or the JSON body of a request of the typed API.
    pub(crate) body: String,
    /// The method and the path of a request of the typed API; empty for a form.
    pub(crate) call: String,
}

impl Writer {
    /// Nothing is written yet.
    pub(crate) fn new(scenario: Scenario, prepared: Rc<Prepared>, nonce: i64) -> Writer {
        Writer {
            scenario,
            prepared,
            nonce,
            body: String::new(),
            call: String::new(),
        }
    }

    /// The key of a wallet.
    pub(crate) fn key(&self, wallet: usize) -> &str {
        self.prepared.keys.get(wallet).map_or("", String::as_str)
    }

    /// Writes the request number `n`; gives the wallet that asks.
    pub(crate) fn write(&mut self, n: usize) -> usize {
        use std::fmt::Write;
        let wallet = self.wallet(n);
        self.body.clear();
        self.call.clear();
        let (nonce, body, call) = (self.nonce, &mut self.body, &mut self.call);
        let Prepared {
            keys,
            service,
            forwarded,
            ..
        } = &*self.prepared;
        let key = keys.get(wallet).map_or("", String::as_str);
        let stored = |nth: usize| self.prepared.stored(n, nth).1;
        // Writing to a String cannot fail.
        let _ = match self.scenario {
            Scenario::Add | Scenario::AddOneWallet | Scenario::EndToEnd => {
                let sold = if self.scenario == Scenario::EndToEnd {
                    forwarded
                } else {
                    service
                };
                write!(
                    body,
                    "key={key}&action=add&service={sold}&quantity={QUANTITY}&\
                     link=https%3A%2F%2Fwww.instagram.com%2Fp%2FL{nonce}x{n}%2F"
                )
            }
            Scenario::Balance => write!(body, "key={key}&action=balance"),
            Scenario::Status => write!(body, "key={key}&action=status&order={}", stored(0)),
            Scenario::Status100 => {
                let mut written = write!(body, "key={key}&action=status&orders=");
                for nth in 0..100 {
                    let comma = if nth == 0 { "" } else { "," };
                    written = written.and(write!(body, "{comma}{}", stored(nth)));
                }
                written
            }
            Scenario::WalletV3 => write!(call, "GET /api/v3/wallet"),
            Scenario::OrderV3 => write!(call, "GET /api/v3/orders/{}", stored(0)),
            Scenario::OrdersV3 => write!(call, "GET /api/v3/orders?limit=100"),
            Scenario::Refunds1000 => write!(call, "GET /api/v3/refunds?limit=1000"),
            Scenario::PlaceV3 => write!(call, "POST /api/v3/orders").and(write!(
                body,
                "{{\"service_id\":{service},\"quantity\":{QUANTITY},\
                 \"link\":\"https://www.instagram.com/p/T{nonce}x{n}/\"}}"
            )),
            Scenario::Health => write!(call, "GET /health/live"),
            Scenario::Services | Scenario::ServicesGzip | Scenario::All => {
                write!(body, "key={key}&action=services")
            }
        };
        wallet
    }

    /// The wallet that sends the request number `n`.
    fn wallet(&self, n: usize) -> usize {
        match self.scenario {
            Scenario::AddOneWallet => 0,
            Scenario::Status | Scenario::Status100 | Scenario::OrderV3 | Scenario::OrdersV3 => {
                self.prepared.stored(n, 0).0
            }
            Scenario::Refunds1000 => n % REFUNDED,
            Scenario::Add
            | Scenario::Balance
            | Scenario::PlaceV3
            | Scenario::WalletV3
            | Scenario::Health
            | Scenario::EndToEnd
            | Scenario::Services
            | Scenario::ServicesGzip
            | Scenario::All => n % self.prepared.keys.len().max(1),
        }
    }
}

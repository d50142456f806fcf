//! Orders one by one, each with the rows that belong to it: its charge, its hold, its history and
//! its request.

use sea_orm::{DbErr, QueryResult};

use super::dispatches::{self, Dispatch};
use super::ledger::Books;
use super::refunds::{self, Refund};
use super::rows::{Cursor, Group, Inspector, Owned, Row};
use super::{
    CHARGE_OF_RATE, HOLD_WHILE_OPEN, Invariant, MOVED_ONCE, ONE_REQUEST, Report, STORED_BALANCE,
    TERMINAL_STAYS,
};

/// The statuses of an order that is under way.
const OPEN: [&str; 3] = ["pending", "processing", "in_progress"];
/// The statuses of an order that has ended.
const TERMINAL: [&str; 4] = ["completed", "partial", "canceled", "failed"];
/// The types that are sold by the package: the rate is the price of one.
const SOLD_BY_PACKAGE: [&str; 2] = ["Package", "Custom Comments Package"];
/// Units that a rate prices, and so what one package counts.
const UNITS_PER_RATE: i128 = 1_000;

/// A row of `orders`. `placements` counts the transactions that charged it; its overlap marks are
/// counted by whether an operator has lifted them.
pub(super) struct Order {
    pub(super) id: i64,
    pub(super) account: i64,
    service_type: String,
    pub(super) status: String,
    pub(super) quantity: i128,
    pub(super) runs: i128,
    rate_micro: i128,
    pub(super) charge_nano: i128,
    held_nano: i128,
    pub(super) refunded_nano: i128,
    pub(super) settled_refund_nano: i128,
    pub(super) withheld: bool,
    pub(super) remains: i128,
    settled_at_ms: Option<i64>,
    placements: i64,
    pub(super) marks: i64,
    pub(super) lifted_marks: i64,
    /// Whether a run of it is due that could not be written yet.
    pub(super) run_is_due: bool,
}

impl Row for Order {
    const TABLE: &'static str = "orders";
    const SELECT: &'static str = "SELECT id, account_id, service_type, status, quantity, runs, \
         rate_micro, charge_nano, held_nano, refunded_nano, settled_refund_nano, withheld, \
         remains, settled_at_ms, (SELECT COUNT(*) FROM ledger_transactions t \
         WHERE t.kind = 'order_placed' AND t.reference = 'order:' || CAST(orders.id AS TEXT)), \
         (SELECT COUNT(*) FROM order_overlaps v WHERE v.order_id = orders.id \
         AND v.lifted_at_ms IS NULL), \
         (SELECT COUNT(*) FROM order_overlaps v WHERE v.order_id = orders.id \
         AND v.lifted_at_ms IS NOT NULL), \
         EXISTS (SELECT 1 FROM missing_runs m WHERE m.order_id = orders.id) FROM orders";
    const KEY: &'static [&'static str] = &["id"];

    fn read(row: &QueryResult) -> Result<Order, DbErr> {
        let number = |index| row.try_get_by_index::<i64>(index).map(i128::from);
        Ok(Order {
            id: row.try_get_by_index(0)?,
            account: row.try_get_by_index(1)?,
            service_type: row.try_get_by_index(2)?,
            status: row.try_get_by_index(3)?,
            quantity: number(4)?,
            runs: number(5)?,
            rate_micro: number(6)?,
            charge_nano: number(7)?,
            held_nano: number(8)?,
            refunded_nano: number(9)?,
            settled_refund_nano: number(10)?,
            withheld: row.try_get_by_index(11)?,
            remains: number(12)?,
            settled_at_ms: row.try_get_by_index(13)?,
            placements: row.try_get_by_index(14)?,
            marks: row.try_get_by_index(15)?,
            lifted_marks: row.try_get_by_index(16)?,
            run_is_due: row.try_get_by_index(17)?,
        })
    }

    fn key(&self) -> [i64; 2] {
        [self.id, 0]
    }
}

impl Order {
    pub(super) fn is_terminal(&self) -> bool {
        TERMINAL.contains(&self.status.as_str())
    }

    /// Reports that this order violates `invariant`.
    pub(super) fn breaks(
        &self,
        invariant: Invariant,
        what: std::fmt::Arguments<'_>,
        report: &mut Report,
    ) {
        report.add(invariant, format_args!("order {}", self.id), what);
    }
}

/// A row of `order_events`.
struct Event {
    id: i64,
    order: i64,
    status: String,
}

impl Row for Event {
    const TABLE: &'static str = "order_events";
    const SELECT: &'static str = "SELECT order_id, id, status FROM order_events";
    const KEY: &'static [&'static str] = &["order_id", "id"];

    fn read(row: &QueryResult) -> Result<Event, DbErr> {
        Ok(Event {
            order: row.try_get_by_index(0)?,
            id: row.try_get_by_index(1)?,
            status: row.try_get_by_index(2)?,
        })
    }

    fn key(&self) -> [i64; 2] {
        [self.order, self.id]
    }
}

impl Owned for Event {
    const OWNER: &'static str = "order";
    const ORPHAN: Invariant = TERMINAL_STAYS;

    fn name(&self) -> String {
        format!("order event {}", self.id)
    }
}

/// A row of `order_requests`.
struct Request {
    order: i64,
    account: i64,
    request_id: String,
}

impl Row for Request {
    const TABLE: &'static str = "order_requests";
    const SELECT: &'static str = "SELECT order_id, account_id, request_id FROM order_requests";
    const KEY: &'static [&'static str] = &["order_id"];

    fn read(row: &QueryResult) -> Result<Request, DbErr> {
        Ok(Request {
            order: row.try_get_by_index(0)?,
            account: row.try_get_by_index(1)?,
            request_id: row.try_get_by_index(2)?,
        })
    }

    fn key(&self) -> [i64; 2] {
        [self.order, 0]
    }
}

impl Owned for Request {
    const OWNER: &'static str = "order";
    const ORPHAN: Invariant = ONE_REQUEST;

    fn name(&self) -> String {
        format!("request {:?} of account {}", self.request_id, self.account)
    }
}

/// Reads every order with what belongs to it, and takes their holds out of `books`.
pub(super) async fn inspect(inspector: &mut Inspector<'_>, books: &mut Books) -> Result<(), DbErr> {
    let mut orders = Cursor::<Order>::new();
    let (mut events, mut its_events) = (Cursor::<Event>::new(), Group::new());
    let (mut dispatches, mut its_dispatches) = (Cursor::<Dispatch>::new(), Group::new());
    let (mut refunds, mut its_refunds) = (Cursor::<Refund>::new(), Group::new());
    let (mut requests, mut its_requests) = (Cursor::<Request>::new(), Group::new());
    loop {
        let page = orders.page(inspector).await?;
        if page.is_empty() {
            break;
        }
        for order in &page {
            events.take(order.id, &mut its_events, inspector).await?;
            dispatches
                .take(order.id, &mut its_dispatches, inspector)
                .await?;
            refunds.take(order.id, &mut its_refunds, inspector).await?;
            requests
                .take(order.id, &mut its_requests, inspector)
                .await?;
            let report = &mut inspector.report;
            check_charge(order, report);
            check_hold(order, books.take_hold(order.id), report);
            check_history(order, &its_events.owned, report);
            check_requests(order, &its_requests.owned, report);
            let undelivered = dispatches::check(order, &its_dispatches.owned, report);
            refunds::check(order, &its_refunds.owned, undelivered, report);
        }
    }
    while events.orphan(inspector).await?.is_some() {}
    while dispatches.orphan(inspector).await?.is_some() {}
    while refunds.orphan(inspector).await?.is_some() {}
    while requests.orphan(inspector).await?.is_some() {}
    books.report_left_holds(&mut inspector.report);
    Ok(())
}

fn check_charge(order: &Order, report: &mut Report) {
    let Order {
        quantity,
        rate_micro,
        charge_nano,
        ..
    } = order;
    let by_package = SOLD_BY_PACKAGE.contains(&order.service_type.as_str());
    let units = if by_package {
        UNITS_PER_RATE
    } else {
        *quantity
    };
    let due = rate_micro * units;
    if *charge_nano != due {
        let what = format_args!("charged {charge_nano}; {rate_micro} x {units} is {due}");
        order.breaks(CHARGE_OF_RATE, what, report);
    }
    if by_package && *quantity != 1 {
        let what = format_args!("a package has quantity 1, not {quantity}");
        order.breaks(CHARGE_OF_RATE, what, report);
    }
    if order.placements != 1 {
        let what = format_args!("{} ledger transactions have charged it", order.placements);
        order.breaks(MOVED_ONCE, what, report);
    }
}

/// `hold` is what the ledger holds for the order.
fn check_hold(order: &Order, hold: i128, report: &mut Report) {
    let Order {
        status,
        held_nano,
        charge_nano,
        settled_at_ms,
        ..
    } = order;
    if *held_nano != hold {
        let what = format_args!("it stores {held_nano} as held, its entries sum to {hold}");
        order.breaks(STORED_BALANCE, what, report);
    }
    let due = if order.is_terminal() { 0 } else { *charge_nano };
    if hold != due || *held_nano != due {
        let what = format_args!(
            "{status}: {due} should be held; the ledger holds {hold}, the order says {held_nano}"
        );
        order.breaks(HOLD_WHILE_OPEN, what, report);
    }
    if settled_at_ms.is_some() != order.is_terminal() {
        let what = format_args!("{status}, settled at {settled_at_ms:?}");
        order.breaks(HOLD_WHILE_OPEN, what, report);
    }
}

fn check_history(order: &Order, events: &[Event], report: &mut Report) {
    let statuses = events
        .iter()
        .map(|event| &event.status)
        .chain([&order.status]);
    for status in statuses {
        if !OPEN.contains(&status.as_str()) && !TERMINAL.contains(&status.as_str()) {
            order.breaks(
                TERMINAL_STAYS,
                format_args!("{status:?} is no status"),
                report,
            );
        }
    }
    for pair in events.windows(2) {
        let [before, after] = pair else { continue };
        if TERMINAL.contains(&before.status.as_str()) {
            let what = format_args!(
                "was {} by event {}, then {} by event {}",
                before.status, before.id, after.status, after.id
            );
            order.breaks(TERMINAL_STAYS, what, report);
        }
    }
    let last = events
        .last()
        .map_or("pending", |event| event.status.as_str());
    if order.status != last {
        let what = format_args!("is {}, but its history ends with {last}", order.status);
        order.breaks(TERMINAL_STAYS, what, report);
    }
}

fn check_requests(order: &Order, requests: &[Request], report: &mut Report) {
    for Request {
        account,
        request_id,
        ..
    } in requests
    {
        if *account != order.account {
            let what = format_args!(
                "belongs to account {}, its request {request_id:?} to account {account}",
                order.account
            );
            order.breaks(ONE_REQUEST, what, report);
        }
    }
}

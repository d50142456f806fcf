//! What an order gave back: by its outcome when it ended, and by later decisions.

use sea_orm::{DbErr, QueryResult};

use super::orders::Order;
use super::rows::{Owned, Row};
use super::{CAUSE, Invariant, REFUND_OF_OUTCOME, REFUND_WITHIN_CHARGE, Report};

/// The reasons of refunds that are made when the order ends, without a person.
const AUTOMATIC: [&str; 4] = ["failed", "canceled", "partial", "overlapping_order"];

/// The reasons of refunds that a person decided on something which names them: an upheld dispute, a
/// ticket.
const DECIDED: [&str; 2] = ["dispute", "ticket"];

/// The reason of the refund that pays what was withheld, once an operator has lifted the mark.
const LIFTED: &str = "overlap_lifted";

/// A row of `refunds`, with the kind and the reference of the transaction that it names.
pub(super) struct Refund {
    id: i64,
    order: i64,
    account: i64,
    reason: String,
    charge_nano: i128,
    quantity: i128,
    formula_nano: i128,
    amount_nano: i128,
    paid_by: Option<i64>,
    paid_as: (Option<String>, Option<String>),
    /// The dispute, and the ticket, that name it.
    decided_on: [Option<i64>; 2],
}

impl Row for Refund {
    const TABLE: &'static str = "refunds";
    const SELECT: &'static str = "SELECT r.order_id, r.id, r.account_id, r.reason, \
         r.charge_nano, r.quantity, r.formula_nano, r.amount_nano, r.ledger_transaction_id, \
         t.kind, t.reference, d.id, k.id FROM refunds r \
         LEFT JOIN ledger_transactions t ON t.id = r.ledger_transaction_id \
         LEFT JOIN disputes d ON d.refund_id = r.id \
         LEFT JOIN tickets k ON k.refund_id = r.id";
    const KEY: &'static [&'static str] = &["r.order_id", "r.id"];

    fn read(row: &QueryResult) -> Result<Refund, DbErr> {
        let number = |index| row.try_get_by_index::<i64>(index).map(i128::from);
        Ok(Refund {
            order: row.try_get_by_index(0)?,
            id: row.try_get_by_index(1)?,
            account: row.try_get_by_index(2)?,
            reason: row.try_get_by_index(3)?,
            charge_nano: number(4)?,
            quantity: number(5)?,
            formula_nano: number(6)?,
            amount_nano: number(7)?,
            paid_by: row.try_get_by_index(8)?,
            paid_as: (row.try_get_by_index(9)?, row.try_get_by_index(10)?),
            decided_on: [row.try_get_by_index(11)?, row.try_get_by_index(12)?],
        })
    }

    fn key(&self) -> [i64; 2] {
        [self.order, self.id]
    }
}

impl Owned for Refund {
    const OWNER: &'static str = "order";
    const ORPHAN: Invariant = CAUSE;

    fn name(&self) -> String {
        format!("refund {}", self.id)
    }
}

impl Refund {
    fn is_automatic(&self) -> bool {
        AUTOMATIC.contains(&self.reason.as_str())
    }

    fn breaks(&self, what: std::fmt::Arguments<'_>, report: &mut Report) {
        let Refund { id, order, .. } = self;
        report.add(
            REFUND_OF_OUTCOME,
            format_args!("refund {id}"),
            format_args!("of order {order}: {what}"),
        );
    }
}

/// Checks the refunds of `order`. `undelivered` is how much of it did not come, by its runs.
pub(super) fn check(
    order: &Order,
    refunds: &[Refund],
    undelivered: Option<i128>,
    report: &mut Report,
) {
    check_sum(order, refunds, report);
    for refund in refunds {
        check_row(order, refund, report);
    }
    check_remains(order, undelivered, report);
    check_outcome(order, refunds, report);
    check_lifted(order, refunds, report);
}

fn check_sum(order: &Order, refunds: &[Refund], report: &mut Report) {
    let Order {
        charge_nano,
        refunded_nano,
        ..
    } = order;
    let sum: i128 = refunds.iter().map(|refund| refund.amount_nano).sum();
    if refunds.iter().any(|refund| refund.amount_nano < 0) || sum > *charge_nano {
        let what = format_args!("refunds of {sum} in all, charge {charge_nano}");
        order.breaks(REFUND_WITHIN_CHARGE, what, report);
    }
    if sum != *refunded_nano {
        let what = format_args!("it says {refunded_nano} is refunded, its refunds sum to {sum}");
        order.breaks(REFUND_WITHIN_CHARGE, what, report);
    }
}

/// The account, the formula's inputs, and the transaction that paid it. That the transaction
/// paid just this sum is checked with the ledger.
fn check_row(order: &Order, refund: &Refund, report: &mut Report) {
    let Refund {
        id,
        account,
        amount_nano,
        paid_by,
        paid_as,
        ..
    } = refund;
    if *account != order.account {
        let what = format_args!("to account {account}, ordered by account {}", order.account);
        refund.breaks(what, report);
    }
    let inputs = (refund.charge_nano, refund.quantity);
    if refund.is_automatic() && inputs != (order.charge_nano, order.quantity) {
        let what = format_args!(
            "computed from charge {} and quantity {}, the order's are {} and {}",
            refund.charge_nano, refund.quantity, order.charge_nano, order.quantity
        );
        refund.breaks(what, report);
    }
    for (reason, decided_on) in DECIDED.into_iter().zip(refund.decided_on) {
        if (refund.reason == reason) != decided_on.is_some() {
            let what = format_args!(
                "its reason is {}, the {reason} that names it {decided_on:?}",
                refund.reason
            );
            report.add(CAUSE, format_args!("refund {id}"), what);
        }
    }
    let due = if refund.is_automatic() {
        ("order_settled", format!("order:{}", order.id))
    } else {
        ("order_refund", format!("refund:{id}"))
    };
    let paid = (paid_as.0.as_deref(), paid_as.1.as_deref());
    match paid_by {
        None if *amount_nano == 0 => {}
        None => refund.breaks(format_args!("{amount_nano} was never paid"), report),
        Some(_) if paid == (Some(due.0), Some(due.1.as_str())) => {}
        Some(transaction) => {
            let (kind, reference) = paid;
            let what = format_args!(
                "names ledger transaction {transaction} ({} {}), not {} {}",
                kind.unwrap_or("missing"),
                reference.unwrap_or("missing"),
                due.0,
                due.1
            );
            refund.breaks(what, report);
        }
    }
}

/// What the order says remains must be what its runs have not delivered.
fn check_remains(order: &Order, undelivered: Option<i128>, report: &mut Report) {
    let Some(undelivered) = undelivered else {
        return;
    };
    let due = match order.status.as_str() {
        "completed" => 0,
        "partial" => order.remains,
        _ => order.quantity,
    };
    if due != undelivered {
        let what = format_args!(
            "{} with {due} of {} undelivered, by its runs it is {undelivered}",
            order.status, order.quantity
        );
        order.breaks(REFUND_OF_OUTCOME, what, report);
    }
}

fn check_outcome(order: &Order, refunds: &[Refund], report: &mut Report) {
    let Order {
        charge_nano,
        quantity,
        remains,
        withheld,
        ..
    } = order;
    let automatic: Vec<&Refund> = refunds
        .iter()
        .filter(|refund| refund.is_automatic())
        .collect();
    // The published formula, (remains / total quantity) * charge, never rounded up.
    let formula = charge_nano * remains.clamp(&0, quantity) / quantity.max(&1);
    // Where the formula gives nothing, orders that overlapped have nothing withheld either.
    let overlapped = automatic
        .iter()
        .any(|refund| refund.reason == "overlapping_order");
    let due = match order.status.as_str() {
        "failed" => Some(("failed", *charge_nano)),
        "canceled" => Some(("canceled", *charge_nano)),
        "partial" if *withheld || (overlapped && formula == 0) => Some(("overlapping_order", 0)),
        "partial" => Some(("partial", formula)),
        _ => None,
    };
    let made = |refund: &&Refund| format!("{} {}", refund.reason, refund.amount_nano);
    let is_as_due = match (automatic.as_slice(), due) {
        ([], None) => true,
        ([refund], Some(due)) => (refund.reason.as_str(), refund.amount_nano) == due,
        _ => false,
    };
    if !is_as_due {
        let made: Vec<String> = automatic.iter().map(made).collect();
        let due = due.map(|(reason, nano)| format!("{reason} {nano}"));
        let what = format_args!(
            "{}: automatic refunds [{}] instead of [{}] (charge {charge_nano}, remains {remains} \
             of {quantity})",
            order.status,
            made.join(", "),
            due.unwrap_or_default()
        );
        order.breaks(REFUND_OF_OUTCOME, what, report);
    }
    for refund in automatic.iter().filter(|_| order.status == "partial") {
        if refund.formula_nano != formula {
            let what = format_args!("the formula says {formula}, not {}", refund.formula_nano);
            refund.breaks(what, report);
        }
    }
    check_summary(order, refunds, report);
}

/// What was withheld is paid when the marks are lifted, once, as far as the charge allows, and never
/// otherwise.
fn check_lifted(order: &Order, refunds: &[Refund], report: &mut Report) {
    let Order {
        charge_nano,
        quantity,
        remains,
        withheld,
        marks,
        lifted_marks,
        ..
    } = order;
    let formula = charge_nano * remains.clamp(&0, quantity) / quantity.max(&1);
    let paid: Vec<&Refund> = refunds.iter().filter(|one| one.reason == LIFTED).collect();
    let is_before = |one: &&Refund| paid.first().is_none_or(|paid| one.id < paid.id);
    let before: i128 = refunds
        .iter()
        .filter(is_before)
        .map(|one| one.amount_nano)
        .sum();
    let is_lifted = *withheld && *marks == 0 && *lifted_marks > 0;
    let due = match is_lifted {
        true => formula.min(charge_nano - before).max(0),
        false => 0,
    };
    let amounts: Vec<i128> = paid.iter().map(|one| one.amount_nano).collect();
    let is_as_due = match amounts.as_slice() {
        [] => due == 0,
        [amount] => due > 0 && *amount == due,
        _ => false,
    };
    if !is_as_due {
        let what = format_args!(
            "{amounts:?} paid of a withheld refund instead of {due} (withheld: {withheld}, marks: \
             {marks}, lifted: {lifted_marks})"
        );
        order.breaks(REFUND_OF_OUTCOME, what, report);
    }
    for refund in paid {
        let inputs = (refund.charge_nano, refund.quantity, refund.formula_nano);
        if inputs != (*charge_nano, *quantity, formula) {
            let what = format_args!(
                "computed from charge {}, quantity {} and formula {}, the order's are \
                 {charge_nano}, {quantity} and {formula}",
                inputs.0, inputs.1, inputs.2
            );
            refund.breaks(what, report);
        }
    }
}

/// What the order's own row says about its refunds.
fn check_summary(order: &Order, refunds: &[Refund], report: &mut Report) {
    let Order {
        status,
        withheld,
        settled_refund_nano,
        ..
    } = order;
    let settled: i128 = refunds
        .iter()
        .filter(|refund| refund.is_automatic())
        .map(|refund| refund.amount_nano)
        .sum();
    if *settled_refund_nano != settled {
        let what = format_args!(
            "it says {settled_refund_nano} was refunded when it ended, its refunds say {settled}"
        );
        order.breaks(REFUND_OF_OUTCOME, what, report);
    }
    if *withheld && status != "partial" {
        let what = format_args!("{status} with a withheld refund; only a partial one is withheld");
        order.breaks(REFUND_OF_OUTCOME, what, report);
    }
    if !order.is_terminal() && !refunds.is_empty() {
        let what = format_args!("{status} with {} refunds", refunds.len());
        order.breaks(REFUND_OF_OUTCOME, what, report);
    }
}

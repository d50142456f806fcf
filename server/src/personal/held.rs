//! Everything that is held about an account, as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use super::others::Others;
use super::store;
use crate::actor::Actor;
use crate::audit::{self, Deed};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Refusal, Result};
use crate::ids::AccountId;
use crate::money::{Money, Rate};
use crate::panel::Panel;

/// What is written out of a table: its name, its columns and which of its rows. Left out is what only
/// proves something: digests, hashes and sealed secrets.
type Held = (&'static str, &'static [&'static str], &'static str);

const OF_ACCOUNT: &str = "account_id = $1";
const OF_ORDERS: &str = "order_id IN (SELECT id FROM orders WHERE account_id = $1)";
const OF_DEPOSITS: &str = "deposit_id IN (SELECT id FROM deposits WHERE account_id = $1) \
     OR bound_deposit_id IN (SELECT id FROM deposits WHERE account_id = $1)";
const OF_TICKETS: &str = "ticket_id IN (SELECT id FROM tickets WHERE account_id = $1)";

const HELD: &[Held] = &[
    (
        "accounts",
        &[
            "id",
            "name",
            "email",
            "created_at_ms",
            "suspended_at_ms",
            "held_at_ms",
            "tier_id",
            "daily_cap_nano",
            "limits",
            "automatic_refills",
        ],
        "id = $1",
    ),
    ("wallets", &["account_id", "balance_nano"], OF_ACCOUNT),
    (
        "api_keys",
        &[
            "id",
            "prefix",
            "last4",
            "name",
            "scopes",
            "addresses",
            "created_at_ms",
            "revoked_at_ms",
            "expires_at_ms",
            "last_used_at_ms",
            "last_used_address",
        ],
        OF_ACCOUNT,
    ),
    (
        "sessions",
        &[
            "id",
            "created_at_ms",
            "last_used_at_ms",
            "ended_at_ms",
            "address",
        ],
        OF_ACCOUNT,
    ),
    ("sign_in_networks", &["network"], OF_ACCOUNT),
    (
        "address_changes",
        &["old_email", "created_at_ms", "undo_until_ms"],
        OF_ACCOUNT,
    ),
    (
        "address_requests",
        &["email", "created_at_ms", "expires_at_ms"],
        OF_ACCOUNT,
    ),
    ("notices", &["id", "message", "created_at_ms"], OF_ACCOUNT),
    (
        "orders",
        &[
            "id",
            "service_id",
            "service_type",
            "status",
            "link",
            "details",
            "reference",
            "quantity",
            "runs",
            "interval_minutes",
            "charge_nano",
            "refunded_nano",
            "start_count",
            "remains",
            "created_at_ms",
            "started_at_ms",
            "settled_at_ms",
        ],
        OF_ACCOUNT,
    ),
    ("order_requests", &["order_id", "request_id"], OF_ACCOUNT),
    (
        "order_events",
        &["order_id", "status", "cause", "evidence", "created_at_ms"],
        OF_ORDERS,
    ),
    (
        "dispatches",
        &[
            "id",
            "order_id",
            "run",
            "quantity",
            "state",
            "provider_status",
            "reason",
        ],
        OF_ORDERS,
    ),
    (
        "provider_exchanges",
        &[
            "id",
            "dispatch_id",
            "action",
            "request",
            "reply",
            "created_at_ms",
        ],
        "dispatch_id IN (SELECT d.id FROM dispatches d JOIN orders o ON o.id = d.order_id \
         WHERE o.account_id = $1)",
    ),
    (
        "refunds",
        &[
            "id",
            "order_id",
            "reason",
            "amount_nano",
            "destination",
            "created_at_ms",
        ],
        OF_ACCOUNT,
    ),
    (
        "refills",
        &["id", "order_id", "status", "created_at_ms", "ended_at_ms"],
        OF_ORDERS,
    ),
    (
        "count_checks",
        &[
            "order_id",
            "checked_at_ms",
            "start_count",
            "delivered",
            "current_count",
            "fault",
        ],
        OF_ORDERS,
    ),
    (
        "imported_orders",
        &[
            "id",
            "service_id",
            "link",
            "quantity",
            "charge_nano",
            "start_count",
            "remains",
            "status",
            "created_at_ms",
        ],
        OF_ACCOUNT,
    ),
    ("imported_accounts", &["old_id"], OF_ACCOUNT),
    (
        "ledger",
        &["id", "kind", "reference", "note", "created_at_ms"],
        "id IN (SELECT transaction_id FROM ledger_entries \
         WHERE account = 'wallet:' || CAST(CAST($1 AS BIGINT) AS TEXT))",
    ),
    (
        "adjustment_proposals",
        &["id", "amount_nano", "reference", "reason"],
        OF_ACCOUNT,
    ),
    (
        "deposits",
        &[
            "id",
            "gateway",
            "reference",
            "amount_nano",
            "coin",
            "invoice_id",
            "invoice_url",
            "status",
            "credited_nano",
            "created_at_ms",
        ],
        OF_ACCOUNT,
    ),
    (
        "payments",
        &[
            "id",
            "deposit_id",
            "gateway_payment",
            "status",
            "pay_currency",
            "pay_amount",
            "actually_paid",
            "credited_nano",
            "seen_at_ms",
        ],
        OF_DEPOSITS,
    ),
    (
        "payment_callbacks",
        &["id", "gateway_payment", "body", "received_at_ms"],
        "EXISTS (SELECT 1 FROM payments p JOIN deposits d ON d.id = p.deposit_id \
         OR d.id = p.bound_deposit_id WHERE d.account_id = $1 \
         AND p.gateway = payment_callbacks.gateway \
         AND p.gateway_payment = payment_callbacks.gateway_payment)",
    ),
    (
        "deposit_reviews",
        &[
            "id",
            "payment_id",
            "reason",
            "state",
            "decision_reason",
            "created_at_ms",
        ],
        "payment_id IN (SELECT p.id FROM payments p JOIN deposits d ON d.id = p.deposit_id \
         OR d.id = p.bound_deposit_id WHERE d.account_id = $1)",
    ),
    (
        "disputes",
        &[
            "id",
            "order_id",
            "reason",
            "amount_nano",
            "description",
            "state",
            "decision",
            "created_at_ms",
            "decided_at_ms",
        ],
        OF_ACCOUNT,
    ),
    (
        "tickets",
        &[
            "id",
            "order_id",
            "description",
            "state",
            "outcome",
            "decision",
            "created_at_ms",
        ],
        OF_ACCOUNT,
    ),
    (
        "ticket_messages",
        &["id", "ticket_id", "by_staff", "message", "created_at_ms"],
        OF_TICKETS,
    ),
    (
        "ticket_screenshots",
        &["ticket_id", "number", "created_at_ms"],
        OF_TICKETS,
    ),
    (
        "suspensions",
        &[
            "id",
            "kind",
            "reason",
            "suspended_at_ms",
            "lifted_at_ms",
            "lift_reason",
        ],
        OF_ACCOUNT,
    ),
    (
        "chargebacks",
        &["id", "amount_nano", "reference", "reason"],
        OF_ACCOUNT,
    ),
    (
        "abuse_cases",
        &[
            "id",
            "detector",
            "subject",
            "state",
            "action",
            "evidence",
            "opened_at_ms",
            "decided_reason",
        ],
        OF_ACCOUNT,
    ),
    (
        "abuse_remarks",
        &["detector", "subject", "evidence", "last_at_ms"],
        OF_ACCOUNT,
    ),
    (
        "audit_log",
        &[
            "id",
            "created_at_ms",
            "actor",
            "address",
            "action",
            "subject",
            "reason",
            "was",
            "became",
        ],
        "subject = 'account:' || CAST(CAST($1 AS BIGINT) AS TEXT) \
         OR actor = 'reseller:' || CAST(CAST($1 AS BIGINT) AS TEXT)",
    ),
];

/// Everything that is held about an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Export {
    /// The account.
    pub account_id: AccountId,
    /// When it was written out.
    pub written_at: Time,
    /// The rows of each table; times and amounts as people write them, without what is empty.
    pub held: BTreeMap<String, Vec<Row>>,
}

/// A row: its columns and what they hold.
pub type Row = BTreeMap<String, String>;

/// Everything that is held about `account`, with a row of the audit log that says so. Staff and other
/// accounts are not named in it. Pictures are told of by their number; they are read by the ticket.
/// Refused: [`Refusal::Unknown`].
pub async fn export(panel: &Panel, actor: &Actor, account: AccountId) -> Result<Export> {
    actor.only_operators()?;
    let snapshot = panel.db.snapshot().await?;
    let others = Others::read(&snapshot, account).await?;
    let mut held = BTreeMap::new();
    for &(name, columns, which) in HELD {
        let rows = rows(&snapshot, account, (name, columns, which)).await?;
        let rows = rows.into_iter().map(|values| {
            let mut row = row(columns, values);
            others.take_out_of(name, &mut row);
            row
        });
        held.insert(name.to_owned(), rows.collect::<Vec<Row>>());
    }
    snapshot.commit().await?;
    if held.get("accounts").is_none_or(Vec::is_empty) {
        return Err(Refusal::Unknown { what: "account" }.into());
    }
    let subject = format!("account:{account}");
    audit::record(panel, actor, Deed::AccountExported, &subject).await?;
    Ok(Export {
        account_id: account,
        written_at: panel.now(),
        held,
    })
}

async fn rows(
    on: &Tx,
    account: AccountId,
    (name, columns, which): Held,
) -> Result<Vec<Vec<Option<String>>>> {
    let table = if name == "ledger" {
        "ledger_transactions"
    } else {
        name
    };
    let cast: Vec<String> = columns
        .iter()
        .map(|one| format!("CAST({one} AS TEXT)"))
        .collect();
    let order = columns.first().copied().unwrap_or("1");
    let sql = [
        "SELECT ",
        &cast.join(", "),
        " FROM ",
        table,
        " WHERE ",
        which,
        " ORDER BY ",
        order,
    ];
    store::rows(on, &sql.concat(), account, columns.len()).await
}

/// What is stored in a row as people read it.
fn row(columns: &[&'static str], values: Vec<Option<String>>) -> Row {
    let mut row = Row::new();
    for (column, text) in columns.iter().zip(values) {
        let Some(text) = text else {
            continue;
        };
        let number = text.parse::<i64>().ok();
        let (name, value) = if let Some(name) = column.strip_suffix("_ms") {
            (name, number.map(|ms| Time::from_ms(ms).to_string()))
        } else if let Some(name) = column.strip_suffix("_nano") {
            (name, number.map(|nano| Money::from_nano(nano).to_string()))
        } else if let Some(name) = column.strip_suffix("_micro") {
            (
                name,
                number.map(|micro| Rate::from_micro(micro).to_string()),
            )
        } else {
            (*column, None)
        };
        row.insert(name.to_owned(), value.unwrap_or(text));
    }
    row
}

//! The statements on `payments`, `payment_callbacks` and `deposit_returns`.

use rust_decimal::Decimal;
use sea_orm::{ConnectionTrait, QueryResult};

use crate::clock::Time;
use crate::db::{Tx, execute, locked, query, skip_locked};
use crate::deposits::rules::Known;
use crate::deposits::{Paid, ToAsk};
use crate::error::Result;
use crate::gateway::{GatewayName, Payment, PaymentStatus};
use crate::ids::{DepositId, PaymentId, TransactionId};
use crate::money::Money;

/// A payment as it is stored.
#[derive(Debug, Clone)]
pub(in crate::deposits) struct Row {
    pub(in crate::deposits) id: PaymentId,
    pub(in crate::deposits) gateway: GatewayName,
    pub(in crate::deposits) gateway_payment: String,
    pub(in crate::deposits) deposit: Option<DepositId>,
    pub(in crate::deposits) updated_at: Option<Time>,
    pub(in crate::deposits) credited: Money,
    pub(in crate::deposits) credits: i64,
    pub(in crate::deposits) seen_at: Time,
    pub(in crate::deposits) asks_failed: i64,
    pub(in crate::deposits) is_returned: bool,
    pub(in crate::deposits) status: Option<PaymentStatus>,
    /// The deposit that an operator bound it to.
    pub(in crate::deposits) bound_to: Option<DepositId>,
}

const ROW: &str = "SELECT p.id, p.gateway, p.gateway_payment, p.deposit_id, p.updated_at_ms, \
     p.credited_nano, p.credits, p.seen_at_ms, p.asks_failed, \
     EXISTS (SELECT 1 FROM deposit_returns r WHERE r.payment_id = p.id), p.status, \
     p.bound_deposit_id FROM payments p";

fn read(row: &QueryResult) -> Result<Row> {
    Ok(Row {
        id: row.try_get_by_index(0)?,
        gateway: row.try_get_by_index(1)?,
        gateway_payment: row.try_get_by_index(2)?,
        deposit: row.try_get_by_index(3)?,
        updated_at: row.try_get_by_index(4)?,
        credited: row.try_get_by_index(5)?,
        credits: row.try_get_by_index(6)?,
        seen_at: row.try_get_by_index(7)?,
        asks_failed: row.try_get_by_index(8)?,
        is_returned: row.try_get_by_index(9)?,
        status: row
            .try_get_by_index::<Option<String>>(10)?
            .and_then(|word| PaymentStatus::from_word(&word)),
        bound_to: row.try_get_by_index(11)?,
    })
}

/// A payment, locked until the transaction ends.
pub(in crate::deposits) async fn lock(tx: &Tx, id: PaymentId) -> Result<Option<Row>> {
    let sql = [ROW, " WHERE p.id = $1", locked(tx)].concat();
    let rows = query(tx, &sql, [id.into()]).await?;
    rows.first().map(read).transpose()
}

/// The same of the payment that the gateway knows by `number`.
pub(in crate::deposits) async fn lock_numbered(
    tx: &Tx,
    gateway: GatewayName,
    number: &str,
) -> Result<Option<Row>> {
    let sql = [
        ROW,
        " WHERE p.gateway = $1 AND p.gateway_payment = $2",
        locked(tx),
    ]
    .concat();
    let rows = query(tx, &sql, [gateway.into(), number.into()]).await?;
    rows.first().map(read).transpose()
}

/// What is known of the payment that another one repeats.
pub(in crate::deposits) struct Parent {
    /// The deposit that it belongs to.
    pub(in crate::deposits) deposit: Option<DepositId>,
    /// Whether the gateway has yet to say something about it.
    pub(in crate::deposits) is_asked_about: bool,
}

/// The payment that the gateway knows by `number`, not locked.
pub(in crate::deposits) async fn parent(
    tx: &Tx,
    gateway: GatewayName,
    number: &str,
) -> Result<Option<Parent>> {
    let sql = "SELECT deposit_id, status IS NULL AND ask_at_ms IS NOT NULL FROM payments \
               WHERE gateway = $1 AND gateway_payment = $2";
    let rows = query(tx, sql, [gateway.into(), number.into()]).await?;
    let read = |row: &QueryResult| -> Result<Parent> {
        Ok(Parent {
            deposit: row.try_get_by_index(0)?,
            is_asked_about: row.try_get_by_index(1)?,
        })
    };
    rows.first().map(read).transpose()
}

/// Binds a payment to a deposit, because an operator said so.
pub(in crate::deposits) async fn bind(
    tx: &Tx,
    gateway: GatewayName,
    number: &str,
    deposit: DepositId,
) -> Result<()> {
    let sql = "UPDATE payments SET bound_deposit_id = $1 WHERE gateway = $2 \
               AND gateway_payment = $3";
    execute(tx, sql, [deposit.into(), gateway.into(), number.into()]).await?;
    Ok(())
}

/// Whether the payment is one of an account of whose owner nothing personal is kept. It is locked: whoever
/// erases an account waits for what is being kept, or has erased it.
pub(in crate::deposits) async fn is_of_erased(
    tx: &Tx,
    gateway: GatewayName,
    number: &str,
) -> Result<bool> {
    let Some(row) = lock_numbered(tx, gateway, number).await? else {
        return Ok(false);
    };
    let sql = "SELECT 1 FROM deposits d JOIN accounts a ON a.id = d.account_id \
               WHERE d.id IN ($1, $2) AND a.erased_at_ms IS NOT NULL LIMIT 1";
    let rows = query(tx, sql, [row.deposit.into(), row.bound_to.into()]).await?;
    Ok(!rows.is_empty())
}

/// Keeps a callback, once. Gives whether it is the first like it.
pub(in crate::deposits) async fn keep_callback(
    tx: &Tx,
    now: Time,
    gateway: GatewayName,
    digest: &str,
    payment: Option<&str>,
    body: &str,
) -> Result<bool> {
    let sql = "INSERT INTO payment_callbacks (gateway, digest, gateway_payment, body, \
               received_at_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (gateway, digest) DO NOTHING";
    let values = [
        gateway.into(),
        digest.into(),
        payment.map(str::to_owned).into(),
        body.into(),
        now.into(),
    ];
    Ok(execute(tx, sql, values).await? == 1)
}

/// Has the gateway asked about a payment at `now`, also one that is not known yet.
pub(in crate::deposits) async fn ask_about(
    tx: &Tx,
    now: Time,
    gateway: GatewayName,
    payment: &str,
) -> Result<()> {
    let sql = "INSERT INTO payments (gateway, gateway_payment, seen_at_ms, ask_at_ms) \
               VALUES ($1, $2, $3, $3) ON CONFLICT (gateway, gateway_payment) \
               DO UPDATE SET ask_at_ms = excluded.ask_at_ms, asks_failed = 0";
    execute(tx, sql, [gateway.into(), payment.into(), now.into()]).await?;
    Ok(())
}

/// Has the gateway asked about a payment, unless it is known already. Gives whether it was not.
pub(in crate::deposits) async fn ask_about_new(
    tx: &Tx,
    now: Time,
    gateway: GatewayName,
    payment: &str,
) -> Result<bool> {
    let sql = "INSERT INTO payments (gateway, gateway_payment, seen_at_ms, ask_at_ms) \
               VALUES ($1, $2, $3, $3) ON CONFLICT (gateway, gateway_payment) DO NOTHING";
    Ok(execute(tx, sql, [gateway.into(), payment.into(), now.into()]).await? == 1)
}

/// Takes up to `limit` payments that the gateway is to be asked about at `now`, which nobody else
/// asks about before `until`.
pub(in crate::deposits) async fn take_due(
    tx: &Tx,
    gateway: GatewayName,
    now: Time,
    until: Time,
    limit: i64,
) -> Result<Vec<ToAsk>> {
    let sql = [
        "UPDATE payments SET ask_at_ms = $1 WHERE id IN (SELECT id FROM payments \
         WHERE gateway = $2 AND ask_at_ms <= $3 ORDER BY ask_at_ms, id LIMIT $4",
        skip_locked(tx),
        ") RETURNING id, gateway_payment",
    ]
    .concat();
    let values = [until.into(), gateway.into(), now.into(), limit.into()];
    let rows = query(tx, &sql, values).await?;
    let read = |row: &QueryResult| {
        Ok(ToAsk {
            payment: row.try_get_by_index(0)?,
            gateway_payment: row.try_get_by_index(1)?,
            lease_until: until,
        })
    };
    rows.iter().map(read).collect()
}

/// Whether there are any.
pub(in crate::deposits) async fn is_due(
    on: &impl ConnectionTrait,
    gateway: GatewayName,
    now: Time,
) -> Result<bool> {
    let sql = "SELECT id FROM payments WHERE gateway = $1 AND ask_at_ms <= $2 LIMIT 1";
    Ok(!query(on, sql, [gateway.into(), now.into()])
        .await?
        .is_empty())
}

/// Writes what the gateway says of a payment.
pub(in crate::deposits) async fn write(
    tx: &Tx,
    id: PaymentId,
    deposit: Option<DepositId>,
    said: &Payment,
) -> Result<()> {
    let text = |number: Option<Decimal>| number.map(|number| number.normalize().to_string());
    let sql = "UPDATE payments SET deposit_id = $1, parent = $2, status = $3, pay_currency = $4, \
               pay_amount = $5, actually_paid = $6, updated_at_ms = $7 WHERE id = $8";
    let values = [
        deposit.into(),
        said.parent.as_deref().map(kept).into(),
        said.status
            .map_or_else(|| kept(&said.said), |known| known.word().to_owned())
            .into(),
        kept(&said.pay_currency).into(),
        text(said.pay_amount).into(),
        text(said.actually_paid).into(),
        said.updated_at.into(),
        id.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// A gateway's word as it is kept: one database stores NUL and the other refuses it.
fn kept(word: &str) -> String {
    word.chars()
        .take(64)
        .collect::<String>()
        .replace('\0', "\u{fffd}")
}

/// Writes when the gateway is asked again, if at all, and how often in a row it has not answered;
/// unless it was said meanwhile that it is to be asked at once.
pub(in crate::deposits) async fn put_off(
    tx: &Tx,
    asked: &ToAsk,
    ask_at: Option<Time>,
    failed: i64,
) -> Result<()> {
    let sql = "UPDATE payments SET ask_at_ms = $1, asks_failed = $2 WHERE id = $3 \
               AND ask_at_ms = $4";
    let values = [
        ask_at.into(),
        failed.into(),
        asked.payment.into(),
        asked.lease_until.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Writes that the gateway has sent a credited payment back.
pub(in crate::deposits) async fn insert_return(
    tx: &Tx,
    now: Time,
    payment: PaymentId,
    taken: Money,
    shortfall: Money,
    transaction: Option<TransactionId>,
    position: TransactionId,
) -> Result<()> {
    let sql = "INSERT INTO deposit_returns (payment_id, taken_nano, shortfall_nano, \
               ledger_transaction_id, created_at_ms, ledger_position) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = [
        payment.into(),
        taken.into(),
        shortfall.into(),
        transaction.into(),
        now.into(),
        position.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// What is known of the payments of a deposit.
pub(in crate::deposits) async fn known(tx: &Tx, deposit: DepositId) -> Result<Vec<Known>> {
    let sql = "SELECT p.status, EXISTS (SELECT 1 FROM deposit_reviews v WHERE v.payment_id = p.id \
               AND v.state IN ('open', 'held')), \
               EXISTS (SELECT 1 FROM deposit_returns r WHERE r.payment_id = p.id) \
               FROM payments p WHERE p.deposit_id = $1";
    let read = |row: &QueryResult| -> Result<Known> {
        let word: Option<String> = row.try_get_by_index(0)?;
        Ok(Known {
            status: word.as_deref().and_then(PaymentStatus::from_word),
            in_review: row.try_get_by_index(1)?,
            returned: row.try_get_by_index(2)?,
        })
    };
    let rows = query(tx, sql, [deposit.into()]).await?;
    rows.iter().map(read).collect()
}

/// The payments of a deposit, as they are shown, oldest first.
pub(in crate::deposits) async fn of_deposit(
    on: &impl ConnectionTrait,
    deposit: DepositId,
) -> Result<Vec<Paid>> {
    let sql = "SELECT p.id, p.gateway_payment, p.parent, p.status, p.pay_currency, p.pay_amount, \
               p.actually_paid, p.credited_nano, r.taken_nano, r.shortfall_nano, p.seen_at_ms \
               FROM payments p LEFT JOIN deposit_returns r ON r.payment_id = p.id \
               WHERE p.deposit_id = $1 ORDER BY p.id";
    let read = |row: &QueryResult| -> Result<Paid> {
        Ok(Paid {
            id: row.try_get_by_index(0)?,
            gateway_payment: row.try_get_by_index(1)?,
            parent: row.try_get_by_index(2)?,
            status: row.try_get_by_index(3)?,
            coin: row.try_get_by_index(4)?,
            pay_amount: row.try_get_by_index(5)?,
            actually_paid: row.try_get_by_index(6)?,
            credited: row.try_get_by_index(7)?,
            taken_back: row.try_get_by_index(8)?,
            shortfall: row.try_get_by_index(9)?,
            seen_at: row.try_get_by_index(10)?,
        })
    };
    let rows = query(on, sql, [deposit.into()]).await?;
    rows.iter().map(read).collect()
}

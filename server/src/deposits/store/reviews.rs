//! The statements on `deposit_reviews`.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::clock::{Period, Time};
use crate::db::{Sql, Tx, execute, query};
use crate::deposits::reviews::{Decided, Review};
use crate::deposits::rules::{ReviewReason, ReviewState};
use crate::error::Result;
use crate::ids::{DepositReviewId, PaymentId};
use crate::money::Money;

const REVIEW: &str = "SELECT v.id, v.payment_id, p.gateway, p.gateway_payment, p.deposit_id, \
     d.account_id, v.reason, v.proved_nano, p.credited_nano, v.state, v.credited_nano, \
     v.decided_by, v.decision_reason, v.decided_at_ms, v.created_at_ms, p.status, p.pay_currency, \
     p.actually_paid, p.parent FROM deposit_reviews v JOIN payments p ON p.id = v.payment_id \
     LEFT JOIN deposits d ON d.id = p.deposit_id";

fn read(row: &QueryResult) -> Result<Review> {
    let by: Option<String> = row.try_get_by_index(11)?;
    let decided = match by {
        Some(by) => Some(Decided {
            by,
            credited: row.try_get_by_index(10)?,
            reason: row.try_get_by_index(12)?,
            at: row.try_get_by_index(13)?,
        }),
        None => None,
    };
    Ok(Review {
        id: row.try_get_by_index(0)?,
        payment: row.try_get_by_index(1)?,
        gateway: row.try_get_by_index(2)?,
        gateway_payment: row.try_get_by_index(3)?,
        deposit: row.try_get_by_index(4)?,
        account: row.try_get_by_index(5)?,
        reason: row.try_get_by_index(6)?,
        proved: row.try_get_by_index(7)?,
        payment_credited: row.try_get_by_index(8)?,
        state: row.try_get_by_index(9)?,
        decided,
        created_at: row.try_get_by_index(14)?,
        payment_status: row.try_get_by_index(15)?,
        coin: row.try_get_by_index(16)?,
        actually_paid: row.try_get_by_index(17)?,
        parent: row.try_get_by_index(18)?,
    })
}

/// A review.
pub(in crate::deposits) async fn review(
    on: &impl ConnectionTrait,
    id: DepositReviewId,
) -> Result<Option<Review>> {
    let sql = [REVIEW, " WHERE v.id = $1"].concat();
    let rows = query(on, &sql, [id.into()]).await?;
    rows.first().map(read).transpose()
}

/// The reviews in `state`, or the undecided ones, with numbers above `after`, lowest first.
pub(in crate::deposits) async fn list(
    on: &impl ConnectionTrait,
    state: Option<ReviewState>,
    created: Period,
    after: DepositReviewId,
    limit: usize,
) -> Result<Vec<Review>> {
    let mut sql = Sql::new(REVIEW);
    match state {
        Some(state) => sql.value(" WHERE v.state = ", state),
        None => sql.text(" WHERE v.state IN ('open', 'held')"),
    }
    sql.value(" AND v.id > ", after);
    sql.within("v.created_at_ms", created);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.value(" ORDER BY v.id LIMIT ", limit);
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read).collect()
}

/// The newest review of a payment for `reason`: its number, state and what was proved then.
pub(in crate::deposits) async fn newest(
    tx: &Tx,
    payment: PaymentId,
    reason: ReviewReason,
) -> Result<Option<(DepositReviewId, ReviewState, Option<Money>)>> {
    let sql = "SELECT id, state, proved_nano FROM deposit_reviews WHERE payment_id = $1 \
               AND reason = $2 ORDER BY id DESC LIMIT 1";
    let rows = query(tx, sql, [payment.into(), reason.into()]).await?;
    let read = |row: &QueryResult| -> Result<_> {
        Ok((
            row.try_get_by_index(0)?,
            row.try_get_by_index(1)?,
            row.try_get_by_index(2)?,
        ))
    };
    rows.first().map(read).transpose()
}

/// Opens a review. The payment is locked.
pub(in crate::deposits) async fn insert(
    tx: &Tx,
    now: Time,
    payment: PaymentId,
    reason: ReviewReason,
    proved: Option<Money>,
) -> Result<DepositReviewId> {
    let sql = "INSERT INTO deposit_reviews (payment_id, reason, proved_nano, state, created_at_ms) \
               VALUES ($1, $2, $3, $4, $5) RETURNING id";
    let values = [
        payment.into(),
        reason.into(),
        proved.into(),
        ReviewState::Open.into(),
        now.into(),
    ];
    super::id_of(&query(tx, sql, values).await?)
}

/// Writes what is proved by now.
pub(in crate::deposits) async fn set_proved(
    tx: &Tx,
    id: DepositReviewId,
    proved: Option<Money>,
) -> Result<()> {
    let sql = "UPDATE deposit_reviews SET proved_nano = $1 WHERE id = $2";
    execute(tx, sql, [proved.into(), id.into()]).await?;
    Ok(())
}

/// Settles the undecided reviews of a payment but those for `reason`, because the gateway has said
/// more.
pub(in crate::deposits) async fn settle_others(
    tx: &Tx,
    now: Time,
    payment: PaymentId,
    reason: Option<ReviewReason>,
) -> Result<()> {
    // What was sent back stays a person's to look at, whatever is said later.
    let sql = "UPDATE deposit_reviews SET state = $1, decided_at_ms = $2 WHERE payment_id = $3 \
               AND state IN ('open', 'held') AND reason <> $4 AND reason <> $5";
    let kept = reason.unwrap_or(ReviewReason::Returned);
    let values = [
        ReviewState::Settled.into(),
        now.into(),
        payment.into(),
        kept.into(),
        ReviewReason::Returned.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Writes a decision.
pub(in crate::deposits) async fn decide(
    tx: &Tx,
    id: DepositReviewId,
    state: ReviewState,
    decided: &Decided,
) -> Result<()> {
    let sql = "UPDATE deposit_reviews SET state = $1, credited_nano = $2, decided_by = $3, \
               decision_reason = $4, decided_at_ms = $5 WHERE id = $6";
    let values = [
        state.into(),
        decided.credited.into(),
        decided.by.as_str().into(),
        decided.reason.as_str().into(),
        decided.at.into(),
        id.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

//! The statements on `abuse_cases`, `abuse_case_actions` and `abuse_case_notes`.

use sea_orm::{ConnectionTrait, QueryResult, Value};

use super::Whom;
use crate::abuse::cases::{Case, CaseState, Decided, Done, Note, Search};
use crate::abuse::findings::{Action, Evidence, Subject};
use crate::abuse::record::Found;
use crate::clock::Time;
use crate::db::{Sql, Tx, execute, locked, query};
use crate::error::{Failure, Result};
use crate::ids::CaseId;

const CASE: &str = "SELECT id, detector, subject, account_id, key_id, state, action, score, evidence, \
     findings, opened_at_ms, found_at_ms, told_at_ms, decided_by, decided_reason, decided_at_ms \
     FROM abuse_cases WHERE ";

fn read(row: &QueryResult) -> Result<Case> {
    let id: CaseId = row.try_get_by_index(0)?;
    let subject: String = row.try_get_by_index(2)?;
    let unreadable = || Failure::Stored(format!("the subject of case {id}"));
    let evidence: String = row.try_get_by_index(8)?;
    let decided = match row.try_get_by_index(15)? {
        Some(at) => Some(Decided {
            by: row.try_get_by_index(13)?,
            reason: row.try_get_by_index(14)?,
            at,
        }),
        None => None,
    };
    Ok(Case {
        id,
        detector: row.try_get_by_index(1)?,
        subject: Subject::parse(&subject).ok_or_else(unreadable)?,
        account: row.try_get_by_index(3)?,
        key: row.try_get_by_index(4)?,
        state: row.try_get_by_index(5)?,
        action: row.try_get_by_index(6)?,
        score: row.try_get_by_index(7)?,
        evidence: evidence_of(&evidence, &format!("case {id}"))?,
        findings: row.try_get_by_index(9)?,
        opened_at: row.try_get_by_index(10)?,
        found_at: row.try_get_by_index(11)?,
        told_at: row.try_get_by_index(12)?,
        decided,
    })
}

pub(in crate::abuse) async fn case(on: &impl ConnectionTrait, id: CaseId) -> Result<Option<Case>> {
    let rows = query(on, &[CASE, "id = $1"].concat(), [id.into()]).await?;
    rows.first().map(read).transpose()
}

/// Locks a case until the transaction ends.
pub(in crate::abuse) async fn lock(tx: &Tx, id: CaseId) -> Result<()> {
    let sql = ["SELECT id FROM abuse_cases WHERE id = $1", locked(tx)].concat();
    query(tx, &sql, [id.into()]).await?;
    Ok(())
}

pub(in crate::abuse) async fn list(
    on: &impl ConnectionTrait,
    search: Search,
    after: CaseId,
    limit: usize,
) -> Result<Vec<Case>> {
    let mut sql = Sql::new(CASE);
    sql.value("id > ", after);
    if let Some(state) = search.state {
        sql.value(" AND state = ", state);
    }
    if let Some(detector) = search.detector {
        sql.value(" AND detector = ", detector);
    }
    if let Some(account) = search.account {
        sql.value(" AND account_id = ", account);
    }
    sql.within("opened_at_ms", search.opened);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.value(" ORDER BY id LIMIT ", limit);
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read).collect()
}

/// Reads evidence of `whose`, as it is stored.
pub(super) fn evidence_of(text: &str, whose: &str) -> Result<Vec<Evidence>> {
    let read = serde_json::from_str(text);
    Ok(read.map_err(|e| Failure::Stored(format!("the evidence of {whose}: {e}")))?)
}

/// Evidence as it is stored.
pub(super) fn stored(evidence: &[Evidence]) -> Result<Value> {
    let text = serde_json::to_string(evidence);
    Ok(text
        .map_err(|e| Failure::Stored(format!("evidence: {e}")))?
        .into())
}

/// The open case of a detector about somebody, locked, or a new one with `action`; gives whether it is
/// new.
pub(in crate::abuse) async fn find_or_open(
    tx: &Tx,
    now: Time,
    found: &Found,
    whom: &Whom,
    action: Action,
    evidence: &[Evidence],
) -> Result<(Case, bool)> {
    let (finding, subject) = (&found.finding, whom.subject.to_string());
    let insert = "INSERT INTO abuse_cases (detector, subject, account_id, key_id, state, action, \
         score, evidence, findings, opened_at_ms, found_at_ms) \
         VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, $9) ON CONFLICT DO NOTHING RETURNING id";
    let values: [Value; 9] = [
        finding.detector.into(),
        subject.as_str().into(),
        whom.account.into(),
        whom.key.into(),
        action.into(),
        i64::from(finding.score).into(),
        stored(evidence)?,
        found.times.into(),
        now.into(),
    ];
    let is_new = !query(tx, insert, values).await?.is_empty();
    let which = "detector = $1 AND subject = $2 AND state = 'open'";
    let sql = [CASE, which, locked(tx)].concat();
    let rows = query(tx, &sql, [finding.detector.into(), subject.into()]).await?;
    // Decided by somebody between the two: the next finding opens another.
    let none = || Failure::Stored(format!("no open case about {}", whom.subject));
    let case = read(rows.first().ok_or_else(none)?)?;
    Ok((case, is_new))
}

/// Adds what was found again to a case, which is locked; `action` is now the strongest.
pub(in crate::abuse) async fn add(
    tx: &Tx,
    now: Time,
    id: CaseId,
    found: &Found,
    action: Action,
    evidence: &[Evidence],
) -> Result<()> {
    let sql = "UPDATE abuse_cases SET action = $2, evidence = $3, findings = findings + $4, \
               found_at_ms = $5, score = CASE WHEN score < $6 THEN $6 ELSE score END WHERE id = $1";
    let values = [
        id.into(),
        action.into(),
        stored(evidence)?,
        found.times.into(),
        now.into(),
        i64::from(found.finding.score).into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Keeps that the owner of the account was told.
pub(in crate::abuse) async fn told(tx: &Tx, now: Time, id: CaseId) -> Result<()> {
    let sql = "UPDATE abuse_cases SET told_at_ms = $2 WHERE id = $1";
    execute(tx, sql, [id.into(), now.into()]).await?;
    Ok(())
}

/// Keeps that something was done for a case.
pub(in crate::abuse) async fn did(tx: &Tx, now: Time, id: CaseId, action: Action) -> Result<()> {
    let sql = "INSERT INTO abuse_case_actions (case_id, action, done_at_ms) VALUES ($1, $2, $3) \
               ON CONFLICT (case_id, action) DO NOTHING";
    execute(tx, sql, [id.into(), action.into(), now.into()]).await?;
    Ok(())
}

/// Keeps that it was undone.
pub(in crate::abuse) async fn undid(tx: &Tx, now: Time, id: CaseId, action: Action) -> Result<()> {
    let sql = "UPDATE abuse_case_actions SET undone_at_ms = $3 WHERE case_id = $1 AND action = $2";
    execute(tx, sql, [id.into(), action.into(), now.into()]).await?;
    Ok(())
}

/// What was done for a case, oldest first.
pub(in crate::abuse) async fn done(on: &impl ConnectionTrait, id: CaseId) -> Result<Vec<Done>> {
    let sql = "SELECT action, done_at_ms, undone_at_ms FROM abuse_case_actions WHERE case_id = $1 \
               ORDER BY done_at_ms, action";
    let read = |row: &QueryResult| {
        Ok(Done {
            action: row.try_get_by_index(0)?,
            done_at: row.try_get_by_index(1)?,
            undone_at: row.try_get_by_index(2)?,
            until: None,
        })
    };
    query(on, sql, [id.into()])
        .await?
        .iter()
        .map(read)
        .collect()
}

/// What was done for a case and not undone.
pub(in crate::abuse) async fn standing(
    on: &impl ConnectionTrait,
    id: CaseId,
) -> Result<Vec<Action>> {
    let done = done(on, id).await?;
    let standing = done.into_iter().filter(|one| one.undone_at.is_none());
    Ok(standing.map(|one| one.action).collect())
}

/// Whether a case asks for `action` about `whom`, of those for which it was not undone and has not ended
/// by itself: a throttle ends that was last found before `throttled_since`.
pub(in crate::abuse) async fn is_wanted(
    tx: &Tx,
    action: Action,
    whom: &Whom,
    throttled_since: Time,
) -> Result<bool> {
    let mut sql = Sql::new(
        "SELECT c.id FROM abuse_case_actions x JOIN abuse_cases c ON c.id = x.case_id \
         WHERE x.undone_at_ms IS NULL",
    );
    sql.value(" AND x.action = ", action);
    match action {
        Action::Hold => sql.value(" AND c.account_id = ", whom.account),
        Action::BlockKey => sql.value(" AND c.key_id = ", whom.key),
        Action::Throttle => {
            sql.value(" AND c.found_at_ms > ", throttled_since);
            sql.value(" AND c.account_id = ", whom.account);
            // A case about the account throttles every key of it.
            if let Some(key) = whom.key {
                sql.value(" AND (c.key_id IS NULL OR c.key_id = ", key);
                sql.text(")");
            }
        }
        Action::BlockNetwork => {
            sql.value(" AND c.subject = ", whom.subject.to_string());
            // The block of an earlier case is over.
            sql.text(" AND EXISTS (SELECT 1 FROM network_blocks b WHERE b.case_id = c.id)");
        }
        Action::PauseService | Action::Observe | Action::Remark => {
            sql.value(" AND c.subject = ", whom.subject.to_string());
        }
    }
    sql.text(" LIMIT 1");
    Ok(!query(tx, &sql.text, sql.values).await?.is_empty())
}

/// Writes the decision of a case.
pub(in crate::abuse) async fn decide(
    tx: &Tx,
    now: Time,
    id: CaseId,
    state: CaseState,
    by: &str,
    reason: &str,
) -> Result<()> {
    let sql = "UPDATE abuse_cases SET state = $2, decided_by = $3, decided_reason = $4, \
               decided_at_ms = $5, judged_at_ms = $5 WHERE id = $1 AND state = 'open'";
    let values = [
        id.into(),
        state.into(),
        by.into(),
        reason.into(),
        now.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Keeps that a decided case was judged again.
pub(in crate::abuse) async fn judged_again(tx: &Tx, now: Time, id: CaseId) -> Result<()> {
    let sql = "UPDATE abuse_cases SET judged_at_ms = $2 WHERE id = $1 AND judged_at_ms < $2";
    execute(tx, sql, [id.into(), now.into()]).await?;
    Ok(())
}

pub(in crate::abuse) async fn insert_note(
    tx: &Tx,
    now: Time,
    id: CaseId,
    by: &str,
    text: &str,
) -> Result<()> {
    let sql = "INSERT INTO abuse_case_notes (case_id, written_by, note, created_at_ms) \
               VALUES ($1, $2, $3, $4)";
    execute(tx, sql, [id.into(), by.into(), text.into(), now.into()]).await?;
    Ok(())
}

/// The notes of a case, oldest first.
pub(in crate::abuse) async fn notes(on: &impl ConnectionTrait, id: CaseId) -> Result<Vec<Note>> {
    let sql = "SELECT written_by, note, created_at_ms FROM abuse_case_notes WHERE case_id = $1 \
               ORDER BY id";
    let read = |row: &QueryResult| {
        Ok(Note {
            by: row.try_get_by_index(0)?,
            text: row.try_get_by_index(1)?,
            at: row.try_get_by_index(2)?,
        })
    };
    query(on, sql, [id.into()])
        .await?
        .iter()
        .map(read)
        .collect()
}

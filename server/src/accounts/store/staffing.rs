//! The statements on those who run the panel.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::accounts::staffing::Member;
use crate::actor::Role;
use crate::clock::Time;
use crate::db::{Tx, execute, locked, query};
use crate::error::Result;
use crate::ids::AccountId;

const MEMBER: &str = "SELECT id, COALESCE(removed_name, name) AS name, \
     COALESCE(removed_email, email) AS email, role, \
     email IS NOT NULL AND password_hash IS NOT NULL AS signs_in, \
     totp_confirmed_at_ms, alerts_by_mail, created_at_ms, removed_at_ms FROM accounts ";

fn read(row: &QueryResult) -> Result<Member> {
    Ok(Member {
        id: row.try_get("", "id")?,
        name: row.try_get("", "name")?,
        email: row.try_get("", "email")?,
        role: row.try_get("", "role")?,
        signs_in: row.try_get("", "signs_in")?,
        has_totp: row
            .try_get::<Option<Time>>("", "totp_confirmed_at_ms")?
            .is_some(),
        alerts_by_mail: row.try_get("", "alerts_by_mail")?,
        created_at: row.try_get("", "created_at_ms")?,
        removed_at: row.try_get("", "removed_at_ms")?,
    })
}

/// Everybody of the staff, or everybody who was, by number.
pub(in crate::accounts) async fn list(
    on: &impl ConnectionTrait,
    removed: bool,
) -> Result<Vec<Member>> {
    let which = if removed {
        "WHERE role <> 'reseller' AND removed_at_ms IS NOT NULL ORDER BY id"
    } else {
        "WHERE role <> 'reseller' AND removed_at_ms IS NULL ORDER BY id"
    };
    let rows = query(on, &[MEMBER, which].concat(), []).await?;
    rows.iter().map(read).collect()
}

/// Writes whether alerts are sent to a member by mail.
pub(in crate::accounts) async fn set_alerts_by_mail(
    tx: &Tx,
    id: AccountId,
    wants: bool,
) -> Result<()> {
    let sql = "UPDATE accounts SET alerts_by_mail = $2 WHERE id = $1";
    execute(tx, sql, [id.into(), wants.into()]).await?;
    Ok(())
}

/// The member `id` and every operator, locked until the transaction ends: whoever else removes or
/// demotes one waits, and then sees what was done.
pub(in crate::accounts) async fn lock_team(tx: &Tx, id: AccountId) -> Result<Vec<Member>> {
    let which = "WHERE removed_at_ms IS NULL \
                 AND (role = 'operator' OR (id = $1 AND role <> 'reseller')) ORDER BY id";
    let rows = query(tx, &[MEMBER, which, locked(tx)].concat(), [id.into()]).await?;
    rows.iter().map(read).collect()
}

/// Marks a member as removed: nobody signs in to the row any more, and its name and address are free.
pub(in crate::accounts) async fn remove(
    tx: &Tx,
    now: Time,
    id: AccountId,
    name: &str,
) -> Result<()> {
    let sql = "UPDATE accounts SET removed_at_ms = $1, removed_name = name, removed_email = email, \
               name = $2, email = NULL, password_hash = NULL, totp_sealed = NULL, \
               totp_confirmed_at_ms = NULL, totp_last_step = NULL \
               WHERE id = $3 AND removed_at_ms IS NULL";
    execute(tx, sql, [now.into(), name.into(), id.into()]).await?;
    Ok(())
}

pub(in crate::accounts) async fn set_role(tx: &Tx, id: AccountId, role: Role) -> Result<()> {
    let sql = "UPDATE accounts SET role = $1 WHERE id = $2";
    execute(tx, sql, [role.into(), id.into()]).await?;
    Ok(())
}

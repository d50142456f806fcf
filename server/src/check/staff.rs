//! Who was removed from the staff: nothing of theirs is good any more.

use sea_orm::DbErr;

use super::REMOVED;
use super::rows::Inspector;

/// What is wrong with the accounts of a query, which gives their numbers.
const WRONG: [(&str, &str); 4] = [
    (
        "it was removed from the staff, and is a customer's or can sign in",
        "SELECT id FROM accounts WHERE removed_at_ms IS NOT NULL AND (role = 'reseller' \
         OR email IS NOT NULL OR password_hash IS NOT NULL OR totp_sealed IS NOT NULL \
         OR removed_name IS NULL) ORDER BY id",
    ),
    (
        "it was removed from the staff, and has a key that is not revoked",
        "SELECT a.id FROM accounts a WHERE a.removed_at_ms IS NOT NULL AND EXISTS \
         (SELECT 1 FROM api_keys k WHERE k.account_id = a.id AND k.revoked_at_ms IS NULL) \
         ORDER BY a.id",
    ),
    (
        "it was removed from the staff, and has a session that has not ended",
        "SELECT a.id FROM accounts a WHERE a.removed_at_ms IS NOT NULL AND EXISTS \
         (SELECT 1 FROM sessions s WHERE s.account_id = a.id AND s.ended_at_ms IS NULL) \
         ORDER BY a.id",
    ),
    (
        "it was removed from the staff, and has a link that has not ended",
        "SELECT a.id FROM accounts a WHERE a.removed_at_ms IS NOT NULL AND EXISTS \
         (SELECT 1 FROM account_links l WHERE l.account_id = a.id AND l.ended_at_ms IS NULL) \
         ORDER BY a.id",
    ),
];

/// Checks everybody who was removed.
pub(super) async fn inspect(inspector: &mut Inspector<'_>) -> Result<(), DbErr> {
    for (what, sql) in WRONG {
        for row in inspector.query(sql, []).await? {
            let id: i64 = row.try_get_by_index(0)?;
            let report = &mut inspector.report;
            report.add(
                REMOVED,
                format_args!("account {id}"),
                format_args!("{what}"),
            );
        }
    }
    Ok(())
}

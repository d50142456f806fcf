//! Cases of abuse: whoever is held or blocked has a case that asks for it, and the other way round.

use sea_orm::DbErr;

use super::MEASURES;
use super::rows::Inspector;

/// What was done about abuse and not undone, with its case.
macro_rules! standing {
    ($action:literal) => {
        concat!(
            "abuse_case_actions x JOIN abuse_cases c ON c.id = x.case_id WHERE x.action = '",
            $action,
            "' AND x.undone_at_ms IS NULL"
        )
    };
}

/// What is wrong with the rows of a query, which gives their numbers.
struct Wrong {
    row: &'static str,
    what: &'static str,
    sql: &'static str,
}

const WRONG: &[Wrong] = &[
    Wrong {
        row: "case",
        what: "it is not open and has no decision, or is open and has one",
        sql: "SELECT id FROM abuse_cases WHERE (state = 'open') <> (decided_at_ms IS NULL) \
              OR (decided_at_ms IS NULL) <> (decided_by IS NULL) \
              OR (decided_at_ms IS NULL) <> (decided_reason IS NULL) ORDER BY id",
    },
    Wrong {
        row: "case",
        what: "it was released, and what was done for it was not undone",
        sql: "SELECT DISTINCT c.id FROM abuse_case_actions x JOIN abuse_cases c \
              ON c.id = x.case_id WHERE c.state = 'released' AND x.undone_at_ms IS NULL \
              ORDER BY c.id",
    },
    Wrong {
        row: "case",
        what: "something was done for it, and there is no such case",
        sql: "SELECT DISTINCT x.case_id FROM abuse_case_actions x WHERE NOT EXISTS \
              (SELECT 1 FROM abuse_cases c WHERE c.id = x.case_id) ORDER BY x.case_id",
    },
    Wrong {
        row: "account",
        what: "its new orders are held, and no case asks for that",
        sql: concat!(
            "SELECT a.id FROM accounts a WHERE a.held_at_ms IS NOT NULL AND NOT EXISTS \
             (SELECT 1 FROM ",
            standing!("hold"),
            " AND c.account_id = a.id) ORDER BY a.id"
        ),
    },
    Wrong {
        row: "account",
        what: "a case has its new orders held, and they are not",
        sql: concat!(
            "SELECT a.id FROM accounts a WHERE a.held_at_ms IS NULL AND EXISTS (SELECT 1 FROM ",
            standing!("hold"),
            " AND c.account_id = a.id) ORDER BY a.id"
        ),
    },
    Wrong {
        row: "key",
        what: "it is blocked, and no case asks for that",
        sql: concat!(
            "SELECT k.id FROM api_keys k WHERE k.blocked_at_ms IS NOT NULL AND NOT EXISTS \
             (SELECT 1 FROM ",
            standing!("block_key"),
            " AND c.key_id = k.id) ORDER BY k.id"
        ),
    },
    Wrong {
        row: "key",
        what: "a case has it blocked, and it is not",
        sql: concat!(
            "SELECT k.id FROM api_keys k WHERE k.blocked_at_ms IS NULL AND EXISTS (SELECT 1 FROM ",
            standing!("block_key"),
            " AND c.key_id = k.id) ORDER BY k.id"
        ),
    },
    Wrong {
        row: "case",
        what: "orders are to be canceled for it, and it is not confirmed, or has them held no more",
        sql: "SELECT x.case_id FROM abuse_case_cancels x WHERE x.done_at_ms IS NULL AND NOT EXISTS \
              (SELECT 1 FROM abuse_cases c JOIN abuse_case_actions y ON y.case_id = c.id \
              WHERE c.id = x.case_id AND c.state = 'confirmed' AND y.action = 'hold' \
              AND y.undone_at_ms IS NULL) ORDER BY x.case_id",
    },
    Wrong {
        row: "case",
        what: "it was confirmed, and an order that it had waiting then waits still",
        sql: "SELECT DISTINCT x.case_id FROM abuse_case_cancels x JOIN orders o \
              ON o.account_id = x.account_id AND o.id <= x.through_id \
              JOIN dispatches d ON d.order_id = o.id AND d.state = 'held' \
              WHERE x.done_at_ms IS NOT NULL ORDER BY x.case_id",
    },
    Wrong {
        row: "case",
        what: "it is decided, and not judged",
        sql: "SELECT id FROM abuse_cases WHERE (decided_at_ms IS NULL) <> (judged_at_ms IS NULL) \
              OR judged_at_ms < decided_at_ms ORDER BY id",
    },
    Wrong {
        row: "dispatch",
        what: "it waits for a person, and no case ever had its account's orders held",
        sql: "SELECT d.id FROM dispatches d WHERE d.state = 'held' AND NOT EXISTS \
              (SELECT 1 FROM orders o JOIN abuse_cases c ON c.account_id = o.account_id \
              JOIN abuse_case_actions x ON x.case_id = c.id AND x.action = 'hold' \
              WHERE o.id = d.order_id) ORDER BY d.id",
    },
];

/// Checks cases, and what was done for them.
pub(super) async fn inspect(inspector: &mut Inspector<'_>) -> Result<(), DbErr> {
    for wrong in WRONG {
        for row in inspector.query(wrong.sql, []).await? {
            let id: i64 = row.try_get_by_index(0)?;
            let (row, what) = (format!("{} {id}", wrong.row), wrong.what);
            let report = &mut inspector.report;
            report.add(MEASURES, format_args!("{row}"), format_args!("{what}"));
        }
    }
    Ok(())
}

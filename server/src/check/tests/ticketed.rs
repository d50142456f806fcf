//! The tickets of the base panel: one that gave back a part of its package, one that caused its
//! refill, and one that waits; and the corruptions of that.

use super::Corruption;
use super::base::Moves;

/// The ledger transaction of the first one, number 301.
pub(super) const LEDGER: [(&str, &str, Moves); 1] = [(
    "order_refund",
    "refund:801",
    &[("revenue", -600_000_000), ("wallet:1", 600_000_000)],
)];

/// The tickets.
pub(super) const ROWS: &str = "
    UPDATE orders SET refunded_nano = refunded_nano + 600000000 WHERE id = 8;
    UPDATE wallets SET balance_nano = balance_nano + 600000000 WHERE account_id = 1;
    INSERT INTO refunds (id, order_id, account_id, reason, charge_nano, remains, quantity,
                         formula_nano, amount_nano, destination, ledger_transaction_id,
                         created_at_ms)
    VALUES (801, 8, 1, 'ticket', 31600000000, 0, 1, 600000000, 600000000, 'wallet', 301, 9);
    INSERT INTO tickets (id, order_id, account_id, description, state, created_at_ms, outcome,
                         decided_by, decision, decided_at_ms, refund_id, refill_id)
    VALUES (1, 8, 1, 'Some of the packages were empty.', 'closed', 9, 'refund', 'command',
            'they were', 9, 801, NULL),
           (2, 1, 1, 'A hundred of them have gone by now.', 'closed', 9, 'refill', 'command',
            'they have', 9, NULL, 1),
           (3, 6, 1, 'Nobody has followed this account.', 'open', 9, NULL, NULL, NULL, NULL, NULL,
            NULL);
";

pub(super) const CORRUPTIONS: &[Corruption] = &[
    Corruption {
        name: "a ticket's refund has no ticket",
        sql: "DELETE FROM tickets WHERE id = 1",
        found: &[(10, "refund 801")],
    },
    Corruption {
        name: "a ticket names a refund of another reason",
        sql: "UPDATE refunds SET reason = 'goodwill' WHERE id = 801",
        found: &[(7, "ticket 1"), (10, "refund 801")],
    },
    Corruption {
        name: "a ticket names the refund of another order",
        sql: "UPDATE tickets SET order_id = 1 WHERE id = 1",
        found: &[(7, "ticket 1")],
    },
    Corruption {
        name: "a declined ticket gave something",
        sql: "UPDATE tickets SET outcome = 'declined' WHERE id = 1",
        found: &[(7, "ticket 1")],
    },
    Corruption {
        name: "a ticket whose outcome is a refund gave nothing",
        sql: "UPDATE tickets SET state = 'closed', outcome = 'refund' WHERE id = 3",
        found: &[(7, "ticket 3")],
    },
    Corruption {
        name: "a ticket was decided and is open",
        sql: "UPDATE tickets SET state = 'open' WHERE id = 2",
        found: &[(10, "ticket 2")],
    },
    Corruption {
        name: "a ticket's refill is gone",
        sql: "UPDATE tickets SET refill_id = 9 WHERE id = 2",
        found: &[(10, "ticket 2")],
    },
    Corruption {
        name: "a ticket is about somebody else's order",
        sql: "UPDATE tickets SET account_id = 2 WHERE id = 3",
        found: &[(10, "ticket 3")],
    },
];

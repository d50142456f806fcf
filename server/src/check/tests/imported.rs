//! An order of another panel in the base panel, and what may be wrong with it.

use super::Corruption;

/// Account 1 is customer 17 of another panel, where it placed order 500 for service 1; then `$more`.
macro_rules! imported {
    ($($more:literal)?) => {
        concat!(
            "UPDATE id_sequences SET last_id = 500 WHERE name = 'orders';
             INSERT INTO imported_accounts (old_id, account_id) VALUES (17, 1);
             INSERT INTO imported_orders (id, account_id, service_id, service_type, link, quantity,
                 charge_nano, remains, status, created_at_ms)
             VALUES (500, 1, 1, 'Default', 'https://x.test/a', 100, 90000000, 0, 'completed', 0);",
            $($more)?
        )
    };
}

/// One that is as it should be.
pub(super) const IMPORTED: &str = imported!();

pub(super) const CORRUPTIONS: &[Corruption] = &[
    Corruption {
        name: "an imported order is of nobody who was imported",
        sql: imported!("DELETE FROM imported_accounts"),
        found: &[(10, "imported order 500")],
    },
    Corruption {
        name: "an imported order is of no service",
        sql: imported!("UPDATE imported_orders SET service_id = 900"),
        found: &[(10, "imported order 500")],
    },
    Corruption {
        name: "an order was placed under the number of an imported one",
        sql: imported!("UPDATE imported_orders SET id = 1"),
        found: &[(10, "imported order 1")],
    },
    Corruption {
        name: "an order will be placed under the number of an imported one",
        sql: imported!("UPDATE id_sequences SET last_id = 499 WHERE name = 'orders'"),
        found: &[(10, "imported order 500")],
    },
];

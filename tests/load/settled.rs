//! End to end: a fixed number of orders, from the first one that is placed to the last one that is
//! settled after its provider completed it.

use std::rc::Rc;
use std::time::Duration;

use anyhow::{Result, bail};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use tokio::time::{Instant, sleep};

use crate::client::Target;
use crate::end_to_end::number;
use crate::figures::{Figures, Seen};
use crate::prepared::Prepared;
use crate::scenario::Scenario;
use crate::turn::{Ends, Turn};

/// How long none may be settled before the measurement is given up.
const STANDSTILL: Duration = Duration::from_secs(30);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(20);

/// Orders that are to be placed and settled.
pub(crate) struct Measure<'a> {
    /// Connections on which they are placed.
    pub(crate) connections: usize,
    /// How many.
    pub(crate) orders: usize,
    /// The panel.
    pub(crate) targets: &'a [Target],
    /// What is stored there.
    pub(crate) prepared: &'a Rc<Prepared>,
    /// The number of the first request.
    pub(crate) first: usize,
}

impl Measure<'_> {
    /// Gives how many were settled in a second, with the time of each from its placing to its
    /// settlement as the panel has it in `db`; and how many wallets were wrong.
    pub(crate) async fn run(&self, db: &DatabaseConnection) -> Result<(Figures, usize)> {
        let before = number(db, "SELECT MAX(id) FROM orders").await?.unwrap_or(0);
        let turn = Turn {
            scenario: Scenario::EndToEnd,
            connections: self.connections,
            ends: Ends::AfterRequests(self.orders),
            targets: self.targets,
            prepared: self.prepared,
            first: self.first,
        };
        let begun = Instant::now();
        let (placed, wrong) = turn.run().await?;
        let orders = i64::try_from(self.orders)? - i64::try_from(placed.errors)?;
        let ended =
            format!("SELECT COUNT(*) FROM orders WHERE id > {before} AND settled_at_ms > 0");
        let (mut settled, mut moved) = (0, Instant::now());
        loop {
            let now = number(db, &ended).await?.unwrap_or(0);
            if now >= orders {
                break;
            }
            if now > settled {
                (settled, moved) = (now, Instant::now());
            }
            if moved.elapsed() > STANDSTILL {
                bail!("{settled} of {orders} orders are settled, and for long no other one was");
            }
            sleep(LOOK).await;
        }
        let took = begun.elapsed();
        let mut seen = Seen {
            errors: placed.errors,
            first_error: placed.first_error,
            ..Seen::default()
        };
        for ms in times(db, before).await? {
            seen.answered(Duration::from_millis(u64::try_from(ms).unwrap_or(0)));
        }
        Ok((seen.over(took), wrong))
    }
}

/// How long each order after `before` took, in ms.
async fn times(db: &DatabaseConnection, before: i64) -> Result<Vec<i64>> {
    let sql = format!(
        "SELECT settled_at_ms - created_at_ms FROM orders WHERE id > {before} \
         AND settled_at_ms > 0"
    );
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await?;
    let times = rows.iter().map(|row| row.try_get_by_index(0));
    Ok(times.collect::<Result<_, _>>()?)
}

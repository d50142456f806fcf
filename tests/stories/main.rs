//! The stories: what happens, seen from outside, over real HTTP on a real database.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on must stop, loudly"
)]

#[macro_use]
extern crate macro_rules_attribute;

/// Makes a test of a story for each database, `on_sqlite` and `on_postgres`.
macro_rules! story {
    (@with $run:ident $(#[$meta:meta])* async fn $name:ident() $body:block) => {
        $(#[$meta])*
        async fn $name() $body

        mod $name {
            #[test]
            fn on_sqlite() {
                harness::database::$run(harness::database::Database::Sqlite, super::$name());
            }

            #[test]
            fn on_postgres() {
                harness::database::$run(harness::database::Database::Postgres, super::$name());
            }
        }
    };
    ($($story:tt)*) => { story!(@with run $($story)*); };
}

/// The same for a story whose tasks run on several threads.
macro_rules! story_on_threads {
    ($($story:tt)*) => { story!(@with run_on_threads $($story)*); };
}

mod bad_input;
mod cancel;
mod concurrency;
mod crash;
mod dialects;
mod operator;
mod oracle;
mod partial;
mod place_order;
mod provider_failures;
mod refill;
mod tidy;
mod v3;
mod wire;

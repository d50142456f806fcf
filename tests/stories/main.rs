//! The stories: what happens, seen from outside, over real HTTP on a real database.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on must stop, loudly"
)]

#[macro_use]
extern crate macro_rules_attribute;

/// Makes a test of a story for each database that it is about.
macro_rules! tests_of_story {
    ($run:ident on ($($test:ident: $database:ident),+),
        $(#[$meta:meta])* async fn $name:ident() $body:block) => {
        $(#[$meta])*
        async fn $name() $body

        mod $name {
            $(#[test]
            fn $test() {
                harness::database::$run(harness::database::Database::$database, super::$name());
            })+
        }
    };
}

/// A story that runs on every database: the tests `on_sqlite` and `on_postgres`.
macro_rules! story {
    ($($story:tt)*) => {
        tests_of_story!(run on (on_sqlite: Sqlite, on_postgres: Postgres), $($story)*);
    };
}

/// The same for a story whose tasks run on several threads.
macro_rules! story_on_threads {
    ($($story:tt)*) => {
        tests_of_story!(run_on_threads on (on_sqlite: Sqlite, on_postgres: Postgres), $($story)*);
    };
}

/// A story about what only SQLite does.
macro_rules! story_of_sqlite {
    ($($story:tt)*) => { tests_of_story!(run on (on_sqlite: Sqlite), $($story)*); };
}

/// A story about what only PostgreSQL does.
macro_rules! story_of_postgres {
    ($($story:tt)*) => {
        tests_of_story!(run_on_threads on (on_postgres: Postgres), $($story)*);
    };
}

mod abuse;
mod accounts;
mod audit;
mod automatic_refill;
mod bad_input;
mod bounds;
mod cancel;
mod concurrency;
mod crash;
mod deposits;
mod dialects;
mod disputes;
mod examples;
mod following;
mod limits;
mod link_rules;
mod mail;
mod operations;
mod operator;
mod operator_api;
mod oracle;
mod partial;
mod personal;
mod phrases;
mod place_order;
mod policy;
mod provider_dialects;
mod provider_failures;
mod refill;
mod servers;
mod set_back;
mod shared;
mod suspension;
mod tenants;
mod tickets;
mod tidy;
mod truth;
mod v3;
mod wire;
mod year;

//! "Evidence before money", measured: a part of what `truth run` and `truth replies` do.

use std::path::PathBuf;

use harness::database::{Database, current};
use harness::replies::{self, Report};
use harness::truth::{Figures, Plan};

/// The providers speak 40 dialects, and the panel dies four times. On PostgreSQL it is less of the same.
async fn measured(undo: &[&str], orders: usize) -> Figures {
    let orders = match current() {
        Database::Sqlite => orders,
        Database::Postgres => orders / 8,
    };
    let plan = Plan {
        seed: 20_261,
        dialects: 40,
        orders,
        kills: 4,
        undo: undo.iter().map(|rule| (*rule).to_owned()).collect(),
        program: PathBuf::from(env!("CARGO_BIN_EXE_panel-under-test")),
        progress: false,
    };
    let figures = harness::truth::run(&plan).await;
    println!("{figures}");
    assert_eq!(figures.orders, orders);
    assert_eq!(figures.check, Vec::<String>::new());
    figures
}

#[apply(story_on_threads)]
async fn orders_end_as_their_providers_say_and_nothing_is_delivered_twice() {
    let figures = measured(&[], 2_000).await;
    let cases = [&figures.twice, &figures.against, &figures.lost];
    for case in cases.into_iter().flatten() {
        println!("{} {}\n", case.link, case.what);
    }
    assert_eq!(cases.map(Vec::len), [0, 0, 0]);
}

#[test]
fn no_generated_reply_is_taken_for_an_order_that_it_does_not_name() {
    let mut report = Report::default();
    for block in 0..20 {
        report.add(replies::read_block(20_261, block));
    }
    println!("{report:#?}");
    assert_eq!(report.wrong, Vec::<String>::new());
    for read in ["add accepted", "status ended", "cancel accepted"] {
        assert!(report.read.contains_key(read), "never {read}");
    }
}

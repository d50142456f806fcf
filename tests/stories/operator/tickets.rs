//! Tickets by commands: what waits, what was written, the answer, the decision.

use smm_panel_server::ids::{AccountId, OrderId};
use smm_panel_server::tickets;

use super::{MANUAL, Operator, order};

#[apply(story)]
async fn a_ticket_is_listed_read_answered_and_decided() {
    let operator = Operator::new();
    operator.customer().await;
    operator.ok(&MANUAL).await;
    let key = operator.ok(&["key", "create", "alice"]).await;
    let none = operator.ok(&["ticket", "list"]).await;
    assert_eq!(none, "There is nothing to decide.");
    let opened = operator.opened().await;
    order(&opened.url, &key, "https://x.test/a").await;
    let what = "It is completed, but nobody follows.";
    let filed = tickets::open(&opened.panel, AccountId(1), OrderId(1), what).await;
    assert_eq!(filed.unwrap().id.0, 1);
    opened.stop().await;
    operator.ok(&["order", "manual", "1", "--completed"]).await;
    let listed = operator.ok(&["ticket", "list", "--account", "alice"]).await;
    let line = "        1  open          1           1  20";
    assert!(listed.lines().nth(1).unwrap().starts_with(line), "{listed}");
    let overdue = operator.ok(&["ticket", "list", "--overdue"]).await;
    assert_eq!(overdue, "There is nothing to decide.");
    let answered = operator.ok(&["ticket", "answer", "1", "We look."]).await;
    assert_eq!(answered, "ticket 1 is answered");
    let shown = operator.ok(&["ticket", "show", "1"]).await;
    assert!(shown.contains("answered"), "{shown}");
    assert!(shown.contains("  command: \"We look.\""), "{shown}");
    let decide = |amount: &'static str| {
        [
            "ticket", "decide", "1", "--refund", amount, "--reason", "it was",
        ]
    };
    let above = operator.refused(&decide("1000")).await;
    assert!(above.starts_with("ticket 1: at most "), "{above}");
    let unproposed = ["ticket", "decide", "1", "--as-proposed", "--reason", "so"];
    let unproposed = operator.refused(&unproposed).await;
    assert!(
        unproposed.contains("no refund was proposed"),
        "{unproposed}"
    );
    let decided = operator.ok(&decide("0.20")).await;
    assert!(decided.contains("closed"), "{decided}");
    assert!(decided.contains("refund, 0.20 USD"), "{decided}");
    let none = operator.ok(&["ticket", "list"]).await;
    assert_eq!(none, "There is nothing to decide.");
    let all = operator.ok(&["ticket", "list", "--all"]).await;
    assert!(all.contains("closed"), "{all}");
    let gone = operator.refused(&["ticket", "show", "9"]).await;
    assert_eq!(gone, "ticket 9: there is no such ticket");
    operator.finish().await;
}

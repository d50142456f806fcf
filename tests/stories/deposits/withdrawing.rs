//! "It cannot be converted back or withdrawn to any external wallet": no operation of a customer
//! takes money out of the wallet, but for orders.

use std::collections::BTreeSet;

use super::*;
use crate::tenants::requests::{Document, Objects};

#[apply(story)]
async fn no_operation_of_a_customer_takes_money_out() {
    let till = Till::start().await;
    let panel = &till.panel;
    let (deposit, payment) = till.deposit().await;
    till.becomes(&payment.paid_in_full(), PaymentStatus::Finished)
        .await;
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    // Everything that is documented, about everything that there is, and as a session too.
    let own = Objects::new([
        ("order", vec![order]),
        ("refill", vec![1]),
        ("key", vec![9]),
        ("notice", vec![1]),
        ("deposit", vec![deposit]),
        ("dispute", vec![1]),
        ("ticket", vec![1]),
    ]);
    let document = Document::of(panel).await;
    let mut tried = BTreeSet::new();
    for call in document.calls(&own) {
        if call.path.starts_with("/operator/") {
            continue;
        }
        let reply = call.send(panel, &panel.key).await;
        assert!(reply.status < 500, "{}: {}", call.operation, reply.body);
        tried.insert(call.operation.clone());
    }
    let served = panel
        .ask("", Method::GET, "/openapi.json", None)
        .await
        .json();
    let paths = served["paths"].as_object().unwrap();
    let mut documented = BTreeSet::new();
    for (_, item) in paths
        .iter()
        .filter(|(path, _)| path.starts_with("/api/v3/"))
    {
        for operation in item.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            documented.insert(id.to_owned());
            for word in ["withdraw", "payout", "cash", "transfer"] {
                assert!(!id.contains(word), "{id}");
            }
        }
    }
    assert_eq!(tried, documented, "every operation of customers is tried");
    let out = "SELECT DISTINCT t.kind FROM ledger_entries e \
               JOIN ledger_transactions t ON t.id = e.transaction_id \
               WHERE e.account LIKE 'wallet:%' AND e.side = 'debit'";
    assert_eq!(texts(panel, out).await, ["order_placed"]);
    // What was taken is in the holds of orders, or earned, and nowhere else.
    let books = "SELECT DISTINCT CASE WHEN e.account LIKE 'hold:%' THEN 'hold' ELSE e.account END \
                 FROM ledger_entries e WHERE e.account NOT LIKE 'wallet:%' ORDER BY 1";
    let books: BTreeSet<String> = texts(panel, books).await.into_iter().collect();
    let known = ["bonus", "gateway:nowpayments", "hold", "revenue"];
    assert!(
        books.iter().all(|book| known.contains(&book.as_str())),
        "{books:?}"
    );
    till.finish().await;
}

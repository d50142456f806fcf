//! Imports that are killed, keys that are guessed, and a whole panel of a usual size.

use std::fmt::Write;

use harness::{HOUR, TestPanel};
use smm_panel_server::actor::Actor;
use smm_panel_server::clock::Clock;
use smm_panel_server::import::{self, Manner};
use smm_panel_server::limits::Quotas;

use super::*;

#[apply(story)]
async fn an_import_that_is_killed_has_written_nothing() {
    let operator = Operator::with_loopback();
    let add = ["provider", "add", "main", "http://127.0.0.1:9/api/v2"];
    operator.ok_given(&add, "key").await;
    operator.taken_over().await;
    let more = format!("{CUSTOMERS}41,dora,,x,7,,,\n");
    operator.write("customers.csv", more);
    for what in ["customers", "orders"] {
        let file = format!("{what}.csv");
        let mut command = operator.command(&["import", what, &file, "--apply"]);
        command.env("PANEL_UNDER_TEST_DIES_AT", "C21");
        let died = command.spawn().unwrap().wait_with_output().await.unwrap();
        assert_eq!(died.status.code(), None, "{what}: {died:?}");
        let looked = operator.import(what, &[]).await;
        let open = if what == "customers" {
            "1 customers"
        } else {
            "3 orders"
        };
        assert!(looked.contains(&format!("{open} can be taken")), "{looked}");
        operator.ok(&["check"]).await;
        operator.import(what, &["--apply"]).await;
    }
    operator.finish().await;
}

#[apply(story)]
async fn keys_of_another_panel_are_looked_up_under_the_limits_for_wrong_keys() {
    let panel = TestPanel::start_with(|config| {
        config.limit_failed_keys = Quotas::parse("10/min").unwrap();
    })
    .await;
    let balance = [("action", "balance")];
    let invalid = "Invalid API key";
    // Nothing was imported: it is not even looked for.
    assert_eq!(panel.v2_as(ANNS_KEY, &balance).await.error(), invalid);
    let manner = Manner {
        applies: true,
        ..Manner::default()
    };
    let file = format!("id,name,balance,api_key\n1,ann,2,{ANNS_KEY}\n");
    let actor = Actor::command();
    let made = import::customers(&panel.panel, &actor, file.as_bytes(), manner).await;
    assert_eq!(made.unwrap().taken, 1);
    panel.advance(5_000);
    let known = panel.v2_as(ANNS_KEY, &balance).await.json();
    assert_eq!(known["balance"], "2.00");
    // It is for the protocol that it was made for.
    let typed = panel
        .ask(ANNS_KEY, reqwest::Method::GET, "/api/v3/wallet", None)
        .await;
    assert_eq!(typed.status, 401, "{}", typed.body);
    // An upper case letter is another key.
    let upper = ANNS_KEY.to_uppercase();
    assert_eq!(panel.v2_as(&upper, &balance).await.error(), invalid);
    let mut refused = Vec::new();
    for guess in 0..20 {
        let key = format!("{guess:032x}");
        refused.push(panel.v2_as(&key, &balance).await.status);
    }
    assert!(
        refused.starts_with(&[200; 8]) && refused.ends_with(&[429; 8]),
        "{refused:?}"
    );
    // Who was there before goes on.
    assert_eq!(
        panel.v2_as(ANNS_KEY, &balance).await.json()["balance"],
        "2.00"
    );
    panel.advance(24 * HOUR);
    panel.finish().await;
}

/// Customers, services and orders of a panel of this size.
fn panel_of(customers: usize, services: usize, orders: usize) -> [String; 3] {
    let mut files = [
        "id,username,email,balance,api_key\n",
        "id,name,category,rate,min,max,type,provider,provider_service,cost\n",
        "id,user,service,link,quantity,charge,start_count,remains,status,date\n",
    ]
    .map(str::to_owned);
    let [users, sold, placed] = &mut files;
    for n in 1..=customers {
        writeln!(users, "{n},user{n},user{n}@example.com,{n}.25,{n:032x}").unwrap();
    }
    for n in 1..=services {
        let service = n * 2;
        writeln!(
            sold,
            "{service},Service {n},Instagram,0.9,50,10000,Default,main,7,0.3"
        )
        .unwrap();
    }
    for n in 1..=orders {
        let (user, service) = (n % customers + 1, (n % services + 1) * 2);
        let link = format!("https://instagram.com/user{user}/{n}");
        let (status, remains) = match n % 10 {
            0 => ("In progress", 400),
            1 => ("Canceled", 1000),
            _ => ("Completed", 0),
        };
        writeln!(
            placed,
            "{n},{user},{service},{link},1000,0.9,{n},{remains},{status},2026-01-01 00:00:00"
        )
        .unwrap();
    }
    files
}

#[apply(story)]
async fn a_panel_of_2000_customers_3000_services_and_100000_orders_is_taken_over() {
    let (customers, services, orders) = match harness::database::current() {
        harness::database::Database::Sqlite => (2_000, 3_000, 100_000),
        harness::database::Database::Postgres => (200, 300, 10_000),
    };
    let operator = Operator::with_loopback();
    let provider = provider().await;
    let add = ["provider", "add", "main", &provider.url()];
    operator.ok_given(&add, provider.key()).await;
    let files = panel_of(customers, services, orders);
    for (what, file) in ["customers", "services", "orders"].into_iter().zip(files) {
        operator.write(&format!("{what}.csv"), file);
        let begun = Clock::system().now();
        let taken = operator.import(what, &["--apply"]).await;
        assert!(taken.contains(" 0 here already, 0 not taken"), "{taken}");
        let took = Clock::system().now().ms_since(begun);
        println!("{what}: {took} ms");
    }
    let opened = operator.opened().await;
    let key = format!("{:032x}", customers);
    let (last, own) = (orders + 1, (customers - 1).to_string());
    let fields = [
        ("action", "add"),
        ("service", "4"),
        ("link", "https://instagram.com/new"),
        ("quantity", "1000"),
    ];
    assert_eq!(
        ask(&opened.url, &key, &fields).await,
        format!("{{\"order\":{last}}}")
    );
    let read = ask(&opened.url, &key, &[("action", "status"), ("order", &own)]).await;
    assert!(read.contains("\"charge\":\"0.90\""), "{read}");
    opened.stop().await;
    operator.finish().await;
}

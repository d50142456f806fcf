//! Another panel's customers, services and orders, taken over from its files.

use std::fmt::Write;

use harness::{HOUR, TestPanel};
use serde_json::{Value, json};
use smm_panel_server::actor::Actor;
use smm_panel_server::import::{self, Manner};
use smm_panel_server::limits::Quotas;

use super::{Operator, ask, provider};

/// Keys as common scripts make them.
const ANNS_KEY: &str = "5f4dcc3b5aa765d61d8327deb882cf99";
const BOBS_KEY: &str = "098f6bcd4621d373cade4e832627b4f6";

const CUSTOMERS: &str = "\
id,Username,Email,Password,Balance,Api Key,Discount,Status
17,ann,Ann@Example.com,$2y$10$abc,12.5000,5f4dcc3b5aa765d61d8327deb882cf99,0,1
18,bob@example.com,bob@example.com,$2y$10$def,0.00,098f6bcd4621d373cade4e832627b4f6,10,active
40,carol,,x,3.333333333,,,banned
";

const SERVICES: &str = "\
service_id;name;category;price;min;max;type;description;refill;cancel;api_provider_id;api_service_id;original_price;status
4711;Followers;Instagram;0.9000;50;10000;default;\"Real; slow\";1;1;3;7;0.30;1
4712;Comments;Instagram;8;1;500;custom_comments;;0;0;0;0;;1
";

const ORDERS: &str = "\
ID,User,Service,Link,Quantity,Charge,Start count,Remains,Status,Created
900,17,4711,https://instagram.com/ann,1000,0.9,120,0,Completed,2026-11-01 10:00:00
901,ann@example.com,4711,https://instagram.com/ann,500,0.45,1120,200,In progress,2026-11-29 10:00:00
1200,18,4712,https://instagram.com/p/x,10,0.08,,10,Canceled,2026-11-29
";

impl Operator {
    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// What `import` prints of a file that can be taken, without the report of the check.
    async fn import(&self, what: &str, more: &[&str]) -> String {
        let file = format!("{what}.csv");
        let arguments = [&["import", what, &file], more].concat();
        let out = self.ok(&arguments).await;
        if !more.contains(&"--apply") {
            return out;
        }
        assert!(out.ends_with("\nno violation"), "{out}");
        let end = out.find("\nPasswords").or_else(|| out.find("\nRead the"));
        let end = end.or_else(|| out.find("\nThey are kept")).unwrap();
        out[..end].to_owned()
    }

    /// What it prints of one that cannot, and its sentence.
    async fn not_imported(&self, what: &str, text: impl AsRef<[u8]>, more: &[&str]) -> String {
        self.write("bad.csv", text);
        let ran = self
            .run(&[&["import", what, "bad.csv"], more].concat(), "")
            .await;
        assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
        format!("{}{}", ran.out, ran.err)
    }

    /// The other panel of these files, taken over, but for its orders.
    async fn taken_over(&self) {
        self.write("customers.csv", CUSTOMERS);
        self.write("services.csv", SERVICES);
        self.write("orders.csv", ORDERS);
        self.ok(&["tier", "create", "friends", "-10"]).await;
        self.import("customers", &["--apply"]).await;
        self.import("services", &["--apply", "--provider", "3=main"])
            .await;
    }
}

#[apply(story)]
async fn old_clients_go_on_with_their_keys_services_and_orders() {
    let operator = Operator::with_loopback();
    let provider = provider().await;
    let add = ["provider", "add", "main", &provider.url()];
    operator.ok_given(&add, provider.key()).await;
    operator.taken_over().await;
    operator.import("orders", &["--apply"]).await;

    let opened = operator.opened().await;
    let ann = |fields: Vec<(&'static str, String)>| {
        let url = opened.url.clone();
        async move {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
            serde_json::from_str::<Value>(&ask(&url, ANNS_KEY, &fields).await).unwrap()
        }
    };
    let of = |pairs: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        pairs
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect()
    };
    let balance = ann(of(&[("action", "balance")])).await;
    assert_eq!(balance, json!({"balance": "12.50", "currency": "USD"}));
    let services = ann(of(&[("action", "services")])).await;
    assert_eq!(services[0]["service"], 4711);
    assert_eq!(
        services.as_array().unwrap().len(),
        1,
        "a service that nobody delivers is hidden"
    );
    // What is placed from now on has higher numbers than all that was imported.
    let placed = ann(of(&[
        ("action", "add"),
        ("service", "4711"),
        ("link", "https://instagram.com/ann"),
        ("quantity", "1000"),
    ]))
    .await;
    assert_eq!(placed, json!({"order": 1201}));
    opened.work().await;
    let statuses = ann(of(&[("action", "status"), ("orders", "900,901,1200,1201")])).await;
    assert_eq!(
        statuses,
        json!({
            "900": {"charge": "0.90", "start_count": "120", "status": "Completed", "remains": "0",
                "currency": "USD"},
            "901": {"charge": "0.45", "start_count": "1120", "status": "In progress",
                "remains": "200", "currency": "USD"},
            "1200": {"error": "Incorrect order ID"},
            "1201": statuses["1201"].clone(),
        })
    );
    assert_eq!(statuses["1201"]["charge"], "0.90");
    // They are read, and that is all.
    let refill = ann(of(&[("action", "refill"), ("order", "900")])).await;
    assert_eq!(
        refill,
        json!({"error": "Refill is disabled for this service"})
    );
    let cancel = ann(of(&[("action", "cancel"), ("orders", "901,1200")])).await;
    assert_eq!(cancel[0]["cancel"]["error"], "The order cannot be canceled");
    assert_eq!(cancel[1]["cancel"]["error"], "Incorrect order ID");
    let bob = ask(&opened.url, BOBS_KEY, &[("action", "balance")]).await;
    assert_eq!(bob, r#"{"balance":"0.00","currency":"USD"}"#);
    opened.stop().await;

    let shown = operator.ok(&["order", "show", "901"]).await;
    assert!(shown.contains("in the panel before this one"), "{shown}");
    let added = operator.ok(&super::MANUAL).await;
    assert!(added.contains("4713"), "{added}");
    // A later export brings what became of the open ones, and opens nothing that has ended.
    let later = ORDERS
        .replace("1120,200,In progress", "1120,0,Completed")
        .replace("120,0,Completed,2026-11-01", "120,0,Pending,2026-11-01");
    operator.write("orders.csv", later);
    let again = operator.import("orders", &["--apply"]).await;
    assert!(
        again.contains("line 2: here it is completed already, which stays"),
        "{again}"
    );
    assert!(
        again.ends_with("0 orders taken, 2 here already, 0 not taken, 1 that were open went on")
    );
    operator.finish().await;
}

#[apply(story)]
async fn a_file_is_looked_at_first_and_written_once() {
    let operator = Operator::with_loopback();
    let add = ["provider", "add", "main", "http://127.0.0.1:9/api/v2"];
    operator.ok_given(&add, "key").await;
    operator.ok(&["tier", "create", "friends", "-10"]).await;
    operator.write("customers.csv", CUSTOMERS);
    let remarks = "\
columns that are not read: Password
line 3: called customer-18, not \"bob@example.com\": the field name must be a name and no e-mail address, without \
`@` or what stands for it
line 4: not active there: taken without its API key
";
    let looked = operator.import("customers", &[]).await;
    assert_eq!(
        looked,
        format!(
            "{remarks}3 customers can be taken, 0 here already, 0 not taken\n\
             Nothing was written: this was a look; --apply writes it."
        )
    );
    assert_eq!(operator.ok(&["account", "list"]).await, "");
    let taken = operator.import("customers", &["--apply"]).await;
    assert_eq!(
        taken,
        format!("{remarks}3 customers taken, 0 here already, 0 not taken")
    );
    let again = operator.import("customers", &["--apply"]).await;
    assert!(
        again.ends_with("0 customers taken, 3 here already, 0 not taken"),
        "{again}"
    );
    let ann = operator.ok(&["account", "show", "ann@example.com"]).await;
    assert!(ann.contains("12.50"), "{ann}");
    let bob = operator.ok(&["account", "show", "customer-18"]).await;
    assert!(bob.contains("friends"), "{bob}");
    let carol = operator.ok(&["account", "show", "carol"]).await;
    assert!(carol.contains("3.333333333"), "{carol}");
    let keys = operator.ok(&["key", "list", "ann"]).await;
    assert!(
        keys.contains("cf99") && !keys.contains("smp_live_"),
        "{keys}"
    );
    let credits = operator.ok(&["account", "credits", "ann"]).await;
    assert!(credits.contains("import:17"), "{credits}");
    let stored = harness::database::stored(operator.folder.path()).await;
    assert!(
        !super::contains(&stored, ANNS_KEY),
        "a key is stored as a digest alone"
    );
    let audit = operator.ok(&["audit", "list"]).await;
    assert_eq!(audit.matches("customers_imported").count(), 1, "{audit}");
    operator.finish().await;
}

#[apply(story)]
async fn one_fault_and_nothing_is_written() {
    let operator = Operator::with_loopback();
    let add = ["provider", "add", "main", "http://127.0.0.1:9/api/v2"];
    operator.ok_given(&add, "key").await;
    operator.taken_over().await;
    let accounts = operator.ok(&["account", "list"]).await;
    let heading = "id,name,email,balance,api_key,tier,discount,status\n";
    let good = "50,dave,dave@example.com,1,,,,\n";
    let long = "x".repeat(70_000);
    for (row, why) in [
        (
            "51,e,dave@example.com,1,,,,",
            "somebody has the e-mail address dave@example.com already",
        ),
        (
            "51,e,ANN@example.com,1,,,,",
            "somebody has the e-mail address ann@example.com already",
        ),
        ("50,e,,1,,,,", "the id 50 stands in an earlier row"),
        (
            "51,e,,-3.2,,,,",
            "balance is -3.20: a wallet holds no debt; settle it, or write 0",
        ),
        (
            "51,e,,1.0000000001,,,,",
            "balance is \"1.0000000001\": more than 9 decimals",
        ),
        (
            "51,e,,1e3,,,,",
            "balance is \"1e3\": not a plain decimal number such as 12.50",
        ),
        (
            "51,e,,99999999999,,,,",
            "balance is \"99999999999\": out of range",
        ),
        ("51,e,,=1+1,,,,", "balance is a formula, not a value"),
        (
            "51,\"=HYPERLINK(\"\"x\"\")\",,1,,,,",
            "name is a formula, not a value",
        ),
        (
            "51,e,nobody,1,,,,",
            "the field email must be an e-mail address such as",
        ),
        ("1.5e1,e,,1,,,,", "id is \"1.5e1\": not a whole number"),
        (
            "51,e,,1,short,,,",
            "api_key is no key of 16 to 128 letters, digits and signs",
        ),
        (
            "51,e,,1,5f4dcc3b5aa765d61d8327deb882cf99,,,",
            "somebody has the API key already",
        ),
        (
            "51,e,,1,,gold,,",
            "tier is \"gold\", and there is none here: `smm-panel tier create`",
        ),
        (
            "51,e,,1,,,25,",
            "discount is 25.00 percent, and no tier here has that",
        ),
        (
            "51,e,,1,,,,3",
            "status is \"3\": neither active nor inactive",
        ),
        (
            "51,e,,1",
            "it has 4 columns, the heading has 8: is a quote missing?",
        ),
        (
            &format!("51,{long},,1,,,,"),
            "name has 70000 bytes, more than 65536",
        ),
    ] {
        let file = format!(
            "\u{feff}{}",
            format!("{heading}{good}{row}\n").replace('\n', "\r\n")
        );
        let said = operator.not_imported("customers", file, &["--apply"]).await;
        assert!(
            said.contains(&format!("line 3: not taken: {why}")),
            "{row}: {said}"
        );
        assert!(
            said.contains("nothing was written: 1 row(s) cannot be taken"),
            "{said}"
        );
    }
    assert_eq!(operator.ok(&["account", "list"]).await, accounts);
    for (file, why) in [
        (&b""[..], "the file is empty"),
        (
            b"\xff\xfei\0d\0",
            "the file is UTF-16: save it as CSV in UTF-8",
        ),
        (
            b"name,mail\nx,y\n",
            "the heading has no column id, balance; it has name, mail",
        ),
        (
            b"id,name,balance,balance\n1,a,1,2\n",
            "the heading has the column balance twice",
        ),
    ] {
        let said = operator.not_imported("customers", file, &[]).await;
        assert!(said.contains(why), "{said}");
    }
    let services = "id,name,category,rate,min,max,type,provider,provider_service,cost\n";
    for (row, why) in [
        (
            "4711,Other,I,1,1,9,,,,",
            "service 4711 is here already, and is \"Followers\"",
        ),
        (
            "1,A,I,1,1,9,,nobody,5,",
            "there is no provider \"nobody\" here: `smm-panel provider add`",
        ),
        (
            "1,A,I,1,1,9,,main,5,2",
            "a provider charges 2 USD, above the rate of 1",
        ),
        ("1,A,I,0,1,9,,,,", "the field rate must be given"),
        (
            "1,A,I,0.0000001,1,9,,,,",
            "rate is \"0.0000001\": more than 6 decimals",
        ),
        ("1,A,I,1,9,1,,,,", "the field min must be from 1 to max"),
        (
            "1,A,I,1,1,9,magic,,,",
            "type is \"magic\", which is none of the panel protocol",
        ),
        ("1,A,I,1,1,9,subscriptions,,,", "subscriptions are not sold"),
        (
            "1,A,I,1,1,9,,main,,",
            "it has a provider without a service there",
        ),
        (
            "9999999999,A,I,1,1,9,,,,",
            "id is \"9999999999\": not a whole number from 1 to",
        ),
    ] {
        let said = operator
            .not_imported("services", format!("{services}{row}\n"), &["--apply"])
            .await;
        assert!(
            said.contains(&format!("line 2: not taken: {why}")) || said.contains(why),
            "{row}: {said}"
        );
    }
    let orders = "id,user,service,link,quantity,charge,start_count,remains,status,date\n";
    for (row, why) in [
        (
            "5,99,4711,x,1,1,,,Completed,2026-01-01",
            "user is \"99\", whom nobody has imported",
        ),
        (
            "5,17,1,x,1,1,,,Completed,2026-01-01",
            "there is no service 1 here: import it first",
        ),
        (
            "5,17,4711,x,1,-1,,,Completed,2026-01-01",
            "charge is -1.00, below zero",
        ),
        (
            "5,17,4711,x,10,1,,11,Partial,2026-01-01",
            "remains is \"11\": not a whole number from 0 to 10",
        ),
        (
            "5,17,4711,x,0,1,,,Partial,2026-01-01",
            "quantity is \"0\": not a whole number from 1",
        ),
        (
            "5,17,4711,x,1,1,,,Lost,2026-01-01",
            "status is \"Lost\", which is none of the panel protocol",
        ),
        (
            "5,17,4711,x,1,1,,,Partial,01/02/2026",
            "date is \"01/02/2026\": not a time such as",
        ),
        ("5,17,4711,,1,1,,,Partial,2026-01-01", "link is empty"),
    ] {
        let said = operator
            .not_imported("orders", format!("{orders}{row}\n"), &["--apply"])
            .await;
        assert!(
            said.contains(&format!("line 2: not taken: {why}")),
            "{row}: {said}"
        );
    }
    // Who says so has the others taken.
    operator.write(
        "customers.csv",
        b"id;name;balance\n60;J\xfcrgen;1\n61;e;-1\n",
    );
    let skipped = operator
        .import("customers", &["--apply", "--skip-faulty"])
        .await;
    assert!(
        skipped.contains("is no UTF-8: read as Windows-1252"),
        "{skipped}"
    );
    assert!(
        skipped.ends_with("1 customers taken, 0 here already, 1 not taken"),
        "{skipped}"
    );
    assert!(
        operator
            .ok(&["account", "list", "Jürgen"])
            .await
            .contains("Jürgen")
    );
    operator.finish().await;
}

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
        let begun = std::time::Instant::now();
        let taken = operator.import(what, &["--apply"]).await;
        assert!(taken.contains(" 0 here already, 0 not taken"), "{taken}");
        println!("{what}: {:?}", begun.elapsed());
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

//! Another panel's customers, services and orders, taken over from its files.

use serde_json::{Value, json};

use super::{Operator, ask, contains, provider};

mod faults;
mod large;

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

    let ours = operator.ok(&["key", "create", "ann"]).await;
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
    typed_api_shows_them(&opened.url, &ours).await;
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

/// The typed API lists imported orders among the others, page by page, and says that they are only read.
async fn typed_api_shows_them(url: &str, key: &str) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let get = async |path: &str| -> Value {
        let url = url.replace("/api/v2", &format!("/api/v3/orders{path}"));
        let reply = http.get(url).bearer_auth(key).send().await.unwrap();
        assert_eq!(reply.status().as_u16(), 200, "{path}");
        serde_json::from_str(&reply.text().await.unwrap()).unwrap()
    };
    let (mut ids, mut path) = (Vec::new(), "?limit=1".to_owned());
    loop {
        let page = get(&path).await;
        for order in page["orders"].as_array().unwrap() {
            ids.push(order["order_id"].as_i64().unwrap());
        }
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("?limit=1&cursor={next}");
    }
    assert_eq!(ids, [1201, 901, 900]);
    let open = get("?status=in_progress").await;
    assert_eq!(open["orders"][0]["order_id"], 901);
    let order = get("/901").await;
    assert_eq!(order["timeline"][0]["cause"], "imported");
    assert_eq!(order["refund_eligibility"]["reason"], "imported");
    for right in ["can_cancel", "can_refill", "can_dispute"] {
        assert_eq!(order[right]["allowed"], false, "{right}: {order}");
    }
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
line 4: not active there: taken without its API key and its address
";
    let looked = operator.import("customers", &[]).await;
    assert_eq!(
        looked,
        format!(
            "{remarks}3 customers can be taken, 0 here already, 0 not taken\n\
             Nothing was written: this was a look; --apply writes it."
        )
    );
    let none = operator.ok(&["account", "list"]).await;
    assert_eq!(none, "There are no such accounts.");
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
        !contains(&stored, ANNS_KEY),
        "a key is stored as a digest alone"
    );
    let audit = operator.ok(&["audit", "list"]).await;
    assert_eq!(audit.matches("customers_imported").count(), 1, "{audit}");
    operator.finish().await;
}

#[apply(story)]
async fn what_differs_in_a_later_file_is_said_and_changes_nothing() {
    let operator = Operator::with_loopback();
    let add = ["provider", "add", "main", "http://127.0.0.1:9/api/v2"];
    operator.ok_given(&add, "key").await;
    operator.taken_over().await;
    let accounts = operator.ok(&["account", "list"]).await;
    let later = CUSTOMERS
        .replace("12.5000", "11")
        .replace(",1\n18", ",banned\n18")
        .replace(",3.333333333,", ",3.5,");
    operator.write("customers.csv", later);
    let said = "\
line 2: already there, and differs: balance 11.00 in the file, 12.50 here; status inactive in the file, active here; \
nothing is changed
line 4: already there, and differs: balance 3.50 in the file, 3.333333333 here; nothing is changed
";
    let looked = operator.import("customers", &[]).await;
    assert!(
        looked.contains(said) && looked.contains("0 customers can be taken, 3 here already"),
        "{looked}"
    );
    let again = operator.import("customers", &["--apply"]).await;
    assert!(again.contains(said) && !again.contains("line 3"), "{again}");
    assert_eq!(operator.ok(&["account", "list"]).await, accounts);
    // What was spent here is no difference of the file.
    operator.write("customers.csv", CUSTOMERS);
    let correct = [
        "account",
        "correct",
        "ann",
        "0.50",
        "--credit",
        "import:17",
        "--reference",
        "c-1",
        "--reason",
        "spent",
    ];
    operator.ok(&correct).await;
    let same = operator.import("customers", &["--apply"]).await;
    assert!(!same.contains("differs"), "{same}");
    operator.finish().await;
}

#[apply(story)]
async fn a_file_is_not_written_on_sqlite_while_a_server_lives() {
    let operator = Operator::with_loopback();
    let add = ["provider", "add", "main", "http://127.0.0.1:9/api/v2"];
    operator.ok_given(&add, "key").await;
    operator.ok(&["tier", "create", "friends", "-10"]).await;
    operator.write("customers.csv", CUSTOMERS);
    let opened = operator.opened().await;
    let looked = operator.import("customers", &[]).await;
    assert!(looked.contains("3 customers can be taken"), "{looked}");
    match harness::database::current() {
        harness::database::Database::Sqlite => {
            let said = operator
                .not_imported("customers", CUSTOMERS, &["--apply"])
                .await;
            let servers = harness::column(&opened.panel, "SELECT id FROM servers").await;
            let server = format!("(server {}, started 20", servers[0]);
            assert!(
                said.contains(&server) && said.contains("stop it first"),
                "{said}"
            );
            opened.stop().await;
            operator.import("customers", &["--apply"]).await;
        }
        harness::database::Database::Postgres => {
            operator.import("customers", &["--apply"]).await;
            opened.stop().await;
        }
    }
    operator.finish().await;
}

//! Files with faults, of which nothing is taken.

use super::*;

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
            "its provider charges 2.00 USD, above the rate of 1.00",
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

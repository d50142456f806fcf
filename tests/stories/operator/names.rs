//! Commands take an account by its number, its address or its name, and never guess which is meant.

use super::Operator;

const PASSWORD: &str = "correct horse battery";

#[apply(story)]
async fn commands_ask_for_the_number_where_two_look_alike() {
    let operator = Operator::new();
    let create = ["operator", "create", "olga@example.com", "--name", "Olga"];
    assert_eq!(operator.run(&create, PASSWORD).await.code, Some(0));
    for name in ["modem", "modern", "eve"] {
        operator.ok(&["account", "create", name]).await;
    }
    let credit = |who, reference| {
        let (why, by) = ("--reason=transfer", "--reference");
        ["account", "credit", who, "5", why, by, reference]
    };
    let unclear = operator.refused(&credit("modern", "A")).await;
    assert_eq!(
        unclear,
        "modern may be any of several accounts: 2 (\"modem\", no address), 3 (\"modern\", no \
         address); say which by its number, as id:7"
    );
    for (who, reference) in [("3", "B"), ("id:3", "C")] {
        let paid = operator.ok(&credit(who, reference)).await;
        assert!(paid.starts_with("5.00 USD credited to modern;"), "{paid}");
    }
    assert_eq!(
        operator.refused(&credit("m0dern", "D")).await,
        "there is no account m0dern; what looks like it is 2 (\"modem\", no address), \
         3 (\"modern\", no address)"
    );
    let paid = operator.ok(&credit("EVE", "E")).await;
    assert!(paid.starts_with("5.00 USD credited to eve;"), "{paid}");
    let shown = operator.ok(&["account", "show", "olga@example.com"]).await;
    assert!(shown.starts_with("Account 1 (Olga), operator"), "{shown}");
    let key = operator.run(&["key", "create", "4"], "").await;
    assert_eq!(
        key.err,
        "This key of eve cannot be shown again: keep it now.\n"
    );

    // No command gives a name that passes for another.
    for name in ["olga@example.com", "0lga", "Eve", "e\u{432}e", "12"] {
        let (create, set) = (
            ["account", "create", name],
            ["account", "set", "2", "--rename", name],
        );
        let said = [
            operator.refused(&create).await,
            operator.refused(&set).await,
        ];
        for said in said {
            assert!(
                said.contains("the field name must be") || said.contains("already"),
                "{said}"
            );
        }
    }
    let create = ["operator", "create", "sue@example.com", "--name", "m0dem"];
    let ran = operator.run(&create, PASSWORD).await;
    assert!(ran.err.contains("looks like m0dem already"), "{}", ran.err);
    operator.finish().await;
}

#[apply(story)]
async fn names_of_before_the_rules_are_told_once_and_nobody_is_renamed() {
    let operator = Operator::new();
    for name in ["bob", "eve", "Alice"] {
        operator.ok(&["account", "create", name]).await;
    }
    operator
        .sql(
            "UPDATE accounts SET email = 'bob@example.com', email_skeleton = NULL WHERE id = 1; \
             UPDATE accounts SET name = 'bob@example.com' WHERE id = 2; \
             UPDATE accounts SET name_key = NULL, name_skeleton = NULL; \
             INSERT INTO accounts (id, name, role, created_at_ms) VALUES (9, 'ALICE', 'support', 0)",
        )
        .await;
    assert_eq!(operator.ok(&["migrate"]).await, "The schema is up to date.");
    for _ in 0..2 {
        let alerts = operator.ok(&["alerts"]).await;
        assert_eq!(alerts.matches("names_not_allowed").count(), 1, "{alerts}");
        for line in [
            "2 accounts have names that would not be taken now",
            "2 (\"bob@example.com\", no address): looks like the e-mail address of 1 (\"bob\"",
            "9 (\"ALICE\", no address): the name of 3 (\"Alice\", no address) in other letters",
        ] {
            assert!(alerts.contains(line), "{alerts}");
        }
    }
    let listed = operator.ok(&["account", "list"]).await;
    assert!(listed.contains("         2  bob@example.com  "), "{listed}");
    operator.finish().await;
}

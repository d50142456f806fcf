//! The people who run the panel, their keys and what they correct, by commands.

use harness::database::{Database::Sqlite, current};
use sea_orm::{ConnectionTrait, Database};
use serde_json::json;
use smm_panel_migrations::{Migrator, MigratorTrait};

use super::Operator;

const PASSWORD: &str = "correct horse battery";

/// A panel with the operator Olga and the supporter Sue.
async fn office() -> Operator {
    let operator = Operator::new();
    for (email, name, role) in [
        ("olga@example.com", "Olga", "operator"),
        ("sue@example.com", "Sue", "support"),
    ] {
        let create = ["operator", "create", email, "--name", name, "--role", role];
        operator.ok_given(&create, PASSWORD).await;
    }
    operator
}

#[apply(story)]
async fn staff_are_removed_and_hired_again_by_commands() {
    let operator = office().await;
    let remove = |who| ["operator", "remove", who, "--reason=left"];
    for who in ["1", "olga@example.com", "Olga"] {
        let no = operator.refused(&remove(who)).await;
        assert!(
            no.contains("without account 1 (Olga) there would be no operator who can sign in"),
            "{no}"
        );
    }
    assert_eq!(
        operator.ok(&remove("Sue@Example.com")).await,
        "Account 2 (Sue), support, is removed from the staff; its sessions and keys have ended."
    );
    assert_eq!(
        operator.refused(&remove("2")).await,
        "there is no such member of the staff"
    );
    assert_eq!(
        operator.ok(&["operator", "list"]).await,
        "ACCOUNT ID  NAME  EMAIL             ROLE      SIGNS IN  TOTP  ALERTS BY MAIL  REMOVED AT\n         \
         1  Olga  olga@example.com  operator  yes       no    no"
    );
    let gone = operator.rows(&["operator", "list", "--removed"]).await;
    assert_eq!(gone.len(), 1);
    assert_eq!(
        (&gone[0]["account_id"], &gone[0]["email"]),
        (&json!(2), &json!("sue@example.com"))
    );
    assert!(
        gone[0]["removed_at"]
            .as_str()
            .is_some_and(|at| at.starts_with("20"))
    );
    let again = [
        "operator",
        "create",
        "sue@example.com",
        "--name",
        "Sue",
        "--role",
        "support",
    ];
    assert_eq!(
        operator.ok_given(&again, PASSWORD).await,
        "Account 3 (Sue) is a member of the staff: support."
    );
    // A customer is no member of the staff, whatever they are called.
    operator.ok(&["account", "create", "bob"]).await;
    assert_eq!(
        operator.refused(&remove("bob")).await,
        "there is no such member of the staff"
    );
    let list = operator.ok(&["audit", "list", "--limit", "50"]).await;
    assert!(list.contains("staff_removed"), "{list}");
    operator.finish().await;
}

#[apply(story)]
async fn roles_and_passwords_are_changed_by_commands_and_the_password_is_read_from_the_input() {
    let operator = office().await;
    assert_eq!(
        operator
            .ok(&[
                "operator",
                "role",
                "sue@example.com",
                "operator",
                "--reason=promoted"
            ])
            .await,
        "Account 2 (Sue) is of the role operator now; its sessions and keys have ended."
    );
    // Now the other one may go.
    assert_eq!(
        operator
            .ok(&["operator", "role", "Olga", "support", "--reason=wishes so"])
            .await,
        "Account 1 (Olga) is of the role support now; its sessions and keys have ended."
    );
    let no = operator
        .refused(&["operator", "role", "Sue", "support", "--reason=x"])
        .await;
    assert!(no.contains("no operator who can sign in"), "{no}");
    let password = ["operator", "password", "Sue", "--reason=forgotten"];
    for (input, says) in [
        ("", "at least 12 characters"),
        ("short\n", "at least 12 characters"),
    ] {
        let no = operator.refused_given(&password, input).await;
        assert!(no.contains(says), "{no}");
    }
    assert_eq!(
        operator.ok_given(&password, "staple battery horse\n").await,
        "Account 2 (Sue) has the new password; its sessions and keys have ended."
    );
    let no = operator
        .refused(&["operator", "reset-totp", "Sue", "--reason=x"])
        .await;
    assert_eq!(no, "codes are off for account 2 (Sue)");
    operator
        .sql("UPDATE accounts SET totp_sealed = 'x', totp_confirmed_at_ms = 1 WHERE id = 2")
        .await;
    let listed = operator.rows(&["operator", "list"]).await;
    let last = listed.last().unwrap();
    assert_eq!(
        (&last["signs_in"], &last["totp"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(
        operator
            .ok(&["operator", "reset-totp", "Sue", "--reason=lost"])
            .await,
        "Codes are off for account 2 (Sue); its sessions and keys have ended."
    );
    operator.misused(&["operator", "remove", "Sue"]).await;
    operator
        .misused(&["operator", "role", "Sue", "reseller", "--reason=x"])
        .await;
    operator.finish().await;
}

#[apply(story)]
async fn a_wrong_credit_is_corrected_by_a_command() {
    let operator = Operator::new();
    operator.customer().await;
    let correct = |amount, credit, reference| {
        let reason = "--reason=credited to the wrong account";
        [
            "account", "correct", "alice", amount, credit, reason, reference,
        ]
    };
    assert_eq!(
        operator
            .ok(&correct("4", "--credit=R", "--reference=F-1"))
            .await,
        "4.00 USD of credit 1 taken back from alice; 6.00 USD of it are left, balance 6.00 USD."
    );
    let no = operator
        .refused(&correct("7", "--transaction=1", "--reference=F-2"))
        .await;
    assert_eq!(
        no,
        "ledger transaction 1 (adjustment:R) gave 10.00 USD, of which 4.00 USD are taken back already: a \
         correction can take 6.00 USD of it, not 7.00 USD"
    );
    assert_eq!(
        operator
            .refused(&correct("1", "--credit=R", "--reference=F-1"))
            .await,
        "there is a correction with the reference F-1 already"
    );
    operator
        .ok(&correct("6", "--transaction=1", "--reference=F-2"))
        .await;
    let credits = operator.rows(&["account", "credits", "alice"]).await;
    assert_eq!(credits.len(), 1);
    for (field, value) in [
        ("transaction_id", json!(1)),
        ("amount", json!("10.00")),
        ("corrected", json!("10.00")),
        ("reference", json!("R")),
        ("reason", json!("x")),
    ] {
        assert_eq!(credits[0][field], value, "{field}");
    }
    let record = [
        "deposit",
        "record",
        "alice",
        "5",
        "--reference=DE-7",
        "--reason=seen",
    ];
    operator.ok(&record).await;
    let no = operator
        .refused(&correct("1", "--credit=DE-7", "--reference=F-3"))
        .await;
    assert!(no.ends_with("is never taken by a correction"), "{no}");
    let nothing = [
        "account",
        "correct",
        "alice",
        "1",
        "--reason=x",
        "--reference=F-4",
    ];
    operator.misused(&nothing).await;
    operator
        .misused(&correct("0", "--credit=R", "--reference=F-4"))
        .await;
    operator.finish().await;
}

#[apply(story)]
async fn a_key_of_staff_is_made_by_a_command_that_names_its_scopes() {
    let operator = office().await;
    let no = operator.refused(&["key", "create", "Sue"]).await;
    assert_eq!(
        no,
        "the field scopes must be some of read, support, money, catalogue and accounts: a key of staff \
         says what it is for"
    );
    let no = operator
        .refused(&["key", "create", "Sue", "--scopes", "read,order"])
        .await;
    assert!(no.contains("some of read, support, money"), "{no}");
    let create = [
        "key",
        "create",
        "Sue",
        "--scopes",
        "support,read",
        "--action-limit",
        "50",
    ];
    let key = operator.ok(&create).await;
    assert!(key.starts_with("smp_op_"), "{key}");
    let listed = operator.rows(&["key", "list", "Sue"]).await;
    assert_eq!(
        (&listed[0]["scopes"], &listed[0]["state"]),
        (&json!("read support"), &json!("good"))
    );
    operator.ok(&["account", "create", "alice"]).await;
    for wrong in [["--scopes", "read,money"], ["--action-limit", "5"]] {
        let create = [&["key", "create", "alice"][..], &wrong[..]].concat();
        let no = operator.refused(&create).await;
        assert!(
            no.starts_with(&format!("the field {}", wrong[0][2..].replace('-', "_"))),
            "{no}"
        );
    }
    operator.finish().await;
}

/// An operator with a key, of before keys of staff had scopes.
const OF_BEFORE: &str = "
    INSERT INTO accounts (id, name, role, created_at_ms) VALUES (1, 'olga', 'operator', 0);
    INSERT INTO api_keys (id, account_id, digest, prefix, last4, name, created_at_ms)
    VALUES (1, 1, BYTES, 'smp_op_', 'abcd', 'old', 0);
    INSERT INTO accounts (id, name, created_at_ms) VALUES (2, 'alice', 0);
    INSERT INTO wallets (account_id, balance_nano) VALUES (2, 0);
    INSERT INTO api_keys (id, account_id, digest, prefix, last4, name, created_at_ms)
    VALUES (2, 2, BYTES2, 'smp_live_', 'efgh', 'shop', 0);";

#[apply(story)]
async fn keys_of_before_keep_what_they_could_do() {
    // Of before, too: the secrets of a database with rows are never made anew.
    let secret = "ab".repeat(32);
    let operator = Operator::without_schema()
        .with("SMM_PANEL_PEPPER", &secret)
        .with("SMM_PANEL_MASTER_KEY", &secret);
    let mut url = operator.env["SMM_PANEL_DATABASE_URL"].clone();
    let (one, two) = match current() == Sqlite {
        true => ("X'01'", "X'02'"),
        false => ("'\\x01'", "'\\x02'"),
    };
    if current() == Sqlite {
        url.push_str("?mode=rwc");
    }
    let old = Database::connect(url).await.unwrap();
    let changes = Migrator::migrations();
    let before = changes
        .iter()
        .position(|change| change.name() == "m0024_corrections_and_confirmations");
    let before = u32::try_from(before.unwrap()).unwrap();
    Migrator::up(&old, Some(before)).await.unwrap();
    let rows = OF_BEFORE.replace("BYTES2", two).replace("BYTES", one);
    old.execute_unprepared(&rows).await.unwrap();
    old.close().await.unwrap();
    operator.ok(&["migrate"]).await;
    let listed = operator.ok(&["key", "list", "olga"]).await;
    assert_eq!(
        listed,
        "KEY ID  KEY           NAME  SCOPES                                 STATE  LAST USED AT  LAST USED \
         ADDRESS\n     1  smp_op_…abcd  old   read support money catalogue accounts  good"
    );
    let listed = operator.rows(&["key", "list", "alice"]).await;
    assert_eq!(
        listed,
        [
            json!({"key_id": 2, "key": "smp_live_…efgh", "name": "shop", "scopes": "read order cancel",
            "state": "good", "last_used_at": null, "last_used_address": null})
        ]
    );
    operator.finish().await;
}

#[apply(story)]
async fn the_audit_log_names_who_ran_a_command() {
    let operator = Operator::new();
    operator.customer().await;
    let user = std::process::Command::new("id")
        .arg("-un")
        .output()
        .unwrap();
    let user = String::from_utf8(user.stdout).unwrap();
    let by = format!("command:{}", user.trim());
    let listed = operator.rows(&["audit", "list"]).await;
    assert!(!listed.is_empty());
    assert!(listed.iter().all(|row| row["actor"] == by), "{listed:?}");
    operator.ok(&["audit", "verify"]).await;
    operator.finish().await;
}

//! Staff, and the keys of accounts.

use super::Operator;
use serde_json::json;

const PASSWORD: &str = "correct horse battery";

#[apply(story)]
async fn the_first_operator_is_made_by_a_command_that_reads_the_password() {
    let operator = Operator::new();
    let create = |email, name| ["operator", "create", email, "--name", name];
    let olga = create("Olga@Example.com", "Olga");
    let made = operator.run(&olga, &format!("{PASSWORD}\n")).await;
    assert_eq!(made.code, Some(0), "{}", made.err);
    assert_eq!(
        made.out.trim(),
        "Account 1 (Olga) is a member of the staff: operator."
    );
    let support = [
        "operator",
        "create",
        "sue@example.com",
        "--name",
        "Sue",
        "--role",
        "support",
    ];
    assert_eq!(operator.run(&support, PASSWORD).await.code, Some(0));
    let listed = operator.ok(&["operator", "list"]).await;
    assert_eq!(
        listed,
        "ACCOUNT ID  NAME  EMAIL             ROLE      SIGNS IN  TOTP  ALERTS BY MAIL  REMOVED AT\n         \
         1  Olga  olga@example.com  operator  yes       no    no\n         \
         2  Sue   sue@example.com   support   yes       no    no"
    );
    // There is no default password, and what is refused makes no account.
    for (create, input, says) in [
        (
            create("bob@example.com", "Bob"),
            "",
            "at least 12 characters",
        ),
        (
            create("bob@example.com", "Bob"),
            "short\n",
            "at least 12 characters",
        ),
        (create("bob", "Bob"), PASSWORD, "an e-mail address"),
        (
            create("bob@example.com", "Olga"),
            PASSWORD,
            "with this e-mail address or name",
        ),
        (
            create("olga@example.com", "Bob"),
            PASSWORD,
            "with this e-mail address or name",
        ),
    ] {
        let ran = operator.run(&create, input).await;
        assert_eq!(ran.code, Some(1), "{create:?}");
        assert!(ran.err.contains(says), "{}", ran.err);
        assert!(!ran.err.contains(PASSWORD));
    }
    assert_eq!(operator.ok(&["operator", "list"]).await, listed);
    operator.finish().await;
}

#[apply(story)]
async fn keys_are_made_listed_replaced_and_revoked_by_commands() {
    let operator = Operator::new();
    operator.ok(&["account", "create", "alice"]).await;
    operator.ok(&["account", "create", "bob"]).await;
    assert_eq!(
        operator.ok(&["account", "list", "LI"]).await,
        "ACCOUNT ID  NAME   EMAIL  ROLE      SUSPENDED AT\n         1  alice         reseller"
    );
    let create = [
        "key",
        "create",
        "alice",
        "--name",
        "shop",
        "--scopes",
        "order,read",
        "--addresses",
        "127.0.0.1,10.0.0.0/8",
        "--daily-cap",
        "12.5",
        "--expires",
        "2099-01-01T00:00:00Z",
    ];
    let first = operator.ok(&create).await;
    let second = operator
        .ok(&["key", "rotate", "alice", "1", "--overlap", "0"])
        .await;
    assert!(first.starts_with("smp_live_") && second.starts_with("smp_live_") && first != second);
    let third = operator.ok(&["key", "create", "alice"]).await;
    assert_eq!(
        operator.ok(&["key", "revoke", "alice", "3"]).await,
        "Key 3 (default) of alice is revoked."
    );
    let listed = operator.ok(&["key", "list", "alice"]).await;
    let rows = operator.rows(&["key", "list", "alice"]).await;
    let [one, two, three] = rows.as_slice() else {
        panic!("{listed}");
    };
    let last = format!("smp_live_…{}", &first[41..]);
    for (field, value) in [
        ("key_id", json!(1)),
        ("key", json!(last)),
        ("name", json!("shop")),
        ("scopes", json!("read order")),
    ] {
        assert_eq!(one[field], value, "{listed}");
    }
    for (row, begins) in [
        (one, "expired "),
        (two, "good until 2099-01-01T00:00:00.000Z"),
        (three, "revoked "),
    ] {
        assert!(row["state"].as_str().unwrap().starts_with(begins), "{row}");
    }
    assert!(two["last_used_at"].is_null(), "{two}");
    for key in [&first, &second, &third] {
        assert!(!listed.contains(&key[9..]), "{listed}");
    }
    for (arguments, says) in [
        (["key", "revoke", "bob", "1"], "there is no such key"),
        (["key", "rotate", "alice", "3"], "the key was revoked"),
        (["key", "rotate", "alice", "1"], "the key has expired"),
        (
            ["key", "revoke", "carol", "1"],
            "there is no account named carol",
        ),
    ] {
        let refused = operator.refused(&arguments).await;
        assert!(refused.contains(says), "{refused}");
    }
    for wrong in [
        ["--scopes", "write"],
        ["--addresses", "home"],
        ["--daily-cap", "0"],
        ["--expires", "tomorrow"],
    ] {
        let arguments = [&["key", "create", "alice"][..], &wrong[..]].concat();
        operator.misused(&arguments).await;
    }
    operator.finish().await;
}

#[apply(story)]
async fn people_are_invited_and_let_in_again_by_links_that_commands_print() {
    let operator = Operator::new().with("SMM_PANEL_PUBLIC_URL", "https://panel.example/");
    let link = |said: &str, line: usize| {
        let lines: Vec<&str> = said.lines().collect();
        let token = lines[line].strip_prefix("https://panel.example/link/");
        let token = token.unwrap_or_else(|| panic!("{said}"));
        assert!(token.len() == 40, "{said}");
        assert!(
            lines[line + 1].starts_with("Hand this link over: it is good once, and until 20"),
            "{said}"
        );
        token.to_owned()
    };
    let hire = [
        "operator",
        "create",
        "sue@example.com",
        "--name=Sue",
        "--role=support",
        "--invite",
    ];
    let hired = operator.ok(&hire).await;
    assert!(hired.starts_with("Account 1 (Sue) is a member of the staff: support.\n"));
    let create = ["account", "create", "alice", "--email=alice@example.com"];
    let made = operator.ok(&create).await;
    assert!(made.starts_with("Account 2 (alice) has an empty wallet.\n"));
    let again = ["account", "reset-link", "alice", "--reason=she called"];
    let once_more = ["operator", "reset-link", "sue@example.com", "--reason=late"];
    let links = [
        link(&hired, 1),
        link(&made, 1),
        link(&operator.ok(&again).await, 0),
        link(&operator.ok(&once_more).await, 0),
    ];
    assert!(
        links
            .iter()
            .all(|one| links.iter().filter(|two| one == *two).count() == 1)
    );
    operator.ok(&["account", "create", "bob"]).await;
    let no = operator
        .refused(&["account", "reset-link", "bob", "--reason=x"])
        .await;
    assert_eq!(no, "account 3 (bob) has no address to sign in with");
    let told = operator.ok(&["audit", "list"]).await;
    assert!(
        told.contains("password_link_made") && told.contains("she called"),
        "{told}"
    );
    assert!(
        links.iter().all(|link| !told.contains(link.as_str())),
        "{told}"
    );
    let lost = Operator::new();
    let no = lost.refused(&hire).await;
    assert!(no.contains("public_url"), "{no}");
    lost.finish().await;
    operator.finish().await;
}

//! Accounts, their money and their keys.

use harness::database::stored;

use super::{MANUAL, Operator, ask, contains, order, serve, stop};

#[apply(story)]
async fn an_account_is_created_once_and_credited_once_per_reference() {
    let operator = Operator::new();
    let create = ["account", "create", "alice"];
    assert_eq!(
        operator.ok(&create).await,
        "Account 1 (alice) has an empty wallet."
    );
    assert_eq!(
        operator.refused(&create).await,
        "there is an account named alice already"
    );
    for name in ["", "  ", "a\nb", &"x".repeat(101)] {
        assert_eq!(
            operator.refused(&["account", "create", name]).await,
            "the field name must be 1 to 100 printable characters",
            "{name:?}"
        );
    }
    let credit = |name, amount, reference| {
        let (why, by) = ("--reason=bank transfer", "--reference");
        ["account", "credit", name, amount, why, by, reference]
    };
    assert_eq!(
        operator.ok(&credit("alice", "100", "T-1")).await,
        "100.00 USD credited to alice; balance 100.00 USD."
    );
    assert_eq!(
        operator.ok(&credit("alice", "0.000000001", "T-2")).await,
        "0.000000001 USD credited to alice; balance 100.000000001 USD."
    );
    assert_eq!(
        operator.refused(&credit("alice", "100", "T-1")).await,
        "there is a credit with the reference T-1 already"
    );
    assert_eq!(
        operator.refused(&credit("bob", "1", "T-3")).await,
        "there is no account named bob"
    );
    assert_eq!(
        operator.ok(&credit("alice", "1", "T-4")).await,
        "1.00 USD credited to alice; balance 101.000000001 USD."
    );
    operator.finish().await;
}

#[apply(story)]
async fn an_amount_that_is_no_sum_of_money_above_zero_is_not_credited() {
    let operator = Operator::new();
    operator.ok(&["account", "create", "alice"]).await;
    for amount in [
        "0",
        "0.00",
        "-5",
        "+5",
        "1e3",
        "1,000",
        "1.0000000001",
        "abc",
        "",
        " ",
        "0x10",
        "NaN",
        "99999999999999999999",
        "$5",
    ] {
        let said = operator
            .misused(&[
                "account",
                "credit",
                "--reason=x",
                "--reference=T",
                "alice",
                "--",
                amount,
            ])
            .await;
        assert!(said.contains("for '<AMOUNT>'"), "{amount:?}: {said}");
    }
    for missing in ["--reason=x", "--reference=x"] {
        let said = operator
            .misused(&["account", "credit", "alice", "5", missing])
            .await;
        assert!(said.contains("required arguments"), "{said}");
    }
    operator.finish().await;
}

#[apply(story)]
async fn a_key_stands_alone_on_standard_output_and_opens_a_served_panel() {
    let operator = Operator::new().with("SMM_PANEL_LISTEN", "127.0.0.1:0");
    operator.ok(&["account", "create", "alice"]).await;
    operator
        .ok(&[
            "account",
            "credit",
            "alice",
            "12.5",
            "--reason=gift",
            "--reference=G",
        ])
        .await;
    let ran = operator.run(&["key", "create", "alice"], "").await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let key = ran.out.strip_suffix('\n').unwrap();
    assert_eq!((key.len(), &key[..9]), (45, "smp_live_"));
    assert_eq!(
        ran.err,
        "This key of alice cannot be shown again: keep it now.\n"
    );
    assert_eq!(
        operator.refused(&["key", "create", "bob"]).await,
        "there is no account named bob"
    );

    let (mut served, url) = serve(&operator).await;
    assert_eq!(
        ask(&url, key, &[("action", "balance")]).await,
        r#"{"balance":"12.50","currency":"USD"}"#
    );
    // The commands work beside a panel that serves, and hold at its next request.
    operator.ok(&MANUAL).await;
    assert_eq!(order(&url, key, "https://x.test/p").await, r#"{"order":1}"#);
    assert_eq!(
        ask(&url, key, &[("action", "balance")]).await,
        r#"{"balance":"11.60","currency":"USD"}"#
    );
    assert_eq!(stop(&mut served).await, Some(0));
    let stored = stored(operator.folder.path()).await;
    assert!(!contains(&stored, key), "a key is stored in the clear");
    operator.finish().await;
}

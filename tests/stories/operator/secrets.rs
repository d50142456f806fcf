//! The secrets of a database: they are not made anew where it has rows, and what is sealed opens.

use super::Operator;

/// A panel with a customer and a provider, whose key is `PLAIN`.
async fn with_a_sealed_key() -> Operator {
    let operator = Operator::new();
    operator.ok(&["account", "create", "alice"]).await;
    let url = "https://panel.example/api/v2";
    let add = ["provider", "add", "upstream", url];
    operator.ok_given(&add, PLAIN).await;
    operator
}

const PLAIN: &str = "nobody-may-read-this-key";

#[apply(story)]
async fn a_missing_secrets_file_stops_every_command_and_none_is_made_where_there_are_rows() {
    let operator = with_a_sealed_key().await;
    let file = operator.path("panel.secrets");
    let backup = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let url = operator.env["SMM_PANEL_DATABASE_URL"].clone();
    let to = format!("sqlite:{}", operator.path("copy.db").display());
    let missing = format!(
        "The secrets file {} is missing, and the database has rows that only it opens, so that no \
         new one was made: put the backup of the file back there, or say by the setting \
         secrets_file where it is.",
        file.display()
    );
    for command in [
        &["serve"][..],
        &["check"],
        &["account", "list"],
        &["account", "create", "bob"],
        &["key", "create", "alice"],
        &["provider", "list"],
        &["restore", "mark"],
        &["copy", "--from", &url, "--to", &to],
    ] {
        assert_eq!(operator.refused(command).await, missing, "{command:?}");
        assert!(!file.exists(), "{command:?}");
    }
    // An account alone is enough, and so is what is left when somebody took the panel's own row away.
    operator
        .sql("DELETE FROM panel; DELETE FROM providers")
        .await;
    assert_eq!(operator.refused(&["key", "list", "alice"]).await, missing);
    assert!(!file.exists());
    std::fs::write(&file, backup).unwrap();
    set_mode(&file);
    operator.ok(&["key", "create", "alice"]).await;
    operator.finish().await;
}

/// As the panel makes it: for its owner alone.
fn set_mode(file: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[apply(story)]
async fn an_empty_database_needs_no_secrets_and_is_given_new_ones() {
    let operator = Operator::new();
    operator.ok(&["migrate"]).await;
    let clean = operator.ok(&["check"]).await;
    assert!(clean.ends_with("\nno violation"), "{clean}");
    assert!(!operator.path("panel.secrets").exists());
    operator.ok(&["account", "create", "alice"]).await;
    assert!(operator.path("panel.secrets").exists());
    operator.finish().await;
}

#[apply(story)]
async fn secrets_of_another_database_stop_the_start_with_one_sentence() {
    let operator = with_a_sealed_key().await;
    let other = Operator::new();
    other.ok(&["account", "create", "bob"]).await;
    let (file, kept) = (
        operator.path("panel.secrets"),
        operator.path("kept.secrets"),
    );
    std::fs::rename(&file, &kept).unwrap();
    std::fs::copy(other.path("panel.secrets"), &file).unwrap();
    let said = operator.refused(&["key", "create", "alice"]).await;
    assert!(
        said.contains("start it with the secrets that belong to this database"),
        "{said}"
    );

    let ran = operator.run(&["check"], "").await;
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""), "{}", ran.out);
    let broken = " 22  BROKEN  what is sealed opens with the secrets that the panel runs with, each at its \
                  own place\n               panel 1: The stored secret panel|seal|1 was sealed with the \
                  master key ";
    assert!(ran.out.contains(broken), "{}", ran.out);
    let key =
        "\n               provider 1: The stored secret providers|key_sealed|1 was sealed with";
    assert!(ran.out.contains(key), "{}", ran.out);
    assert!(ran.out.ends_with("\n2 violations\n"), "{}", ran.out);
    assert!(!ran.out.contains(PLAIN), "{}", ran.out);

    std::fs::rename(&kept, &file).unwrap();
    operator.ok(&["key", "create", "alice"]).await;
    operator.finish().await;
    other.finish().await;
}

#[apply(story)]
async fn check_names_the_rows_of_which_the_seal_is_broken() {
    let operator = with_a_sealed_key().await;
    operator
        .sql(
            "ALTER TABLE providers ADD COLUMN kept TEXT; UPDATE providers SET kept = key_sealed; \
             UPDATE providers SET key_sealed = \
             substr(key_sealed, 1, length(key_sealed) - 2) || \
             CASE substr(key_sealed, length(key_sealed) - 1) WHEN '00' THEN '11' ELSE '00' END",
        )
        .await;
    let ran = operator.run(&["check"], "").await;
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    let row = "\n               provider 1: The stored secret providers|key_sealed|1 was changed, or \
               copied there from another row.\n";
    assert!(ran.out.contains(row), "{}", ran.out);
    assert!(ran.out.ends_with("\n1 violation\n"), "{}", ran.out);
    operator
        .sql("UPDATE providers SET key_sealed = kept; ALTER TABLE providers DROP COLUMN kept")
        .await;
    operator.finish().await;
}

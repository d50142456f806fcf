//! A backup of the SQLite database, and that a panel starts from it.

use std::os::unix::fs::PermissionsExt;

use harness::database::{Database::Sqlite, current};

use super::Operator;

#[apply(story)]
async fn a_backup_beside_a_running_panel_is_a_whole_panel_for_its_owner_alone() {
    let operator = Operator::new();
    operator.customer().await;
    let running = operator.opened().await;
    let folder = operator.path("backup");
    let folder_arg = folder.display().to_string();
    let backup = ["backup", &folder_arg, "--with-secrets"];
    if current() != Sqlite {
        let said = "the database is PostgreSQL: back it up with pg_dump";
        assert_eq!(operator.refused(&backup).await, said);
        assert!(!folder.exists());
        running.stop().await;
        return operator.finish().await;
    }
    let said = operator.ok(&backup).await;
    let (database, secrets) = (
        folder.join("smm-panel.db"),
        folder.join("smm-panel.secrets"),
    );
    let bytes = database.metadata().unwrap().len();
    assert_eq!(
        said,
        format!(
            "The database is backed up: {}, {bytes} bytes.\nThe secrets file is copied: {}.",
            database.display(),
            secrets.display()
        )
    );
    for (path, expected) in [(&folder, 0o700), (&database, 0o600), (&secrets, 0o600)] {
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, expected, "{}", path.display());
    }
    // What is there already is never overwritten, nor taken away.
    let again = operator.refused(&backup).await;
    let exists = format!("{folder_arg} cannot be made: File exists (os error 17)");
    assert_eq!(again, exists);
    running.stop().await;

    let kept = operator.path("elsewhere");
    std::fs::rename(&folder, &kept).unwrap();
    let path = |name: &str| kept.join(name).display().to_string();
    let url = format!("sqlite:{}", path("smm-panel.db"));
    let restored = Operator::without_schema()
        .with("SMM_PANEL_DATABASE_URL", &url)
        .with("SMM_PANEL_SECRETS_FILE", &path("smm-panel.secrets"));
    restored.ok(&["migrate", "--check"]).await;
    let accounts = restored.rows(&["account", "list"]).await;
    assert_eq!(accounts, operator.rows(&["account", "list"]).await);
    assert_eq!(accounts.len(), 1);
    restored.finish().await;
    operator.finish().await;
}

#[apply(story_of_sqlite)]
async fn a_backup_that_cannot_be_made_leaves_no_folder() {
    let operator = Operator::new();
    let folder = operator.path("backup").display().to_string();
    std::fs::create_dir(operator.path("panel.secrets")).unwrap();
    let said = operator
        .refused(&["backup", &folder, "--with-secrets"])
        .await;
    let file = operator.path("panel.secrets").display().to_string();
    assert_eq!(
        said,
        format!("{file} cannot be read: Is a directory (os error 21)")
    );
    assert!(!operator.path("backup").exists());
    operator.ok(&["backup", &folder]).await;
}

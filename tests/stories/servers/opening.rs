//! Databases that cannot be used: one clear sentence, and nothing else happens.

use futures::future::join_all;
use harness::database;
use tempfile::TempDir;

use crate::operator::Operator;

#[apply(story_of_postgres)]
async fn a_database_that_cannot_be_used_stops_the_start_with_one_sentence() {
    let folder = TempDir::new().unwrap();
    let url = database::empty_of(folder.path()).expose().to_owned();
    let (_, rest) = url.split_once('@').unwrap();
    let (server, name) = rest.split_once('/').unwrap();
    let nobody = super::free();
    for (url, why) in [
        (
            url.replace("secret", "other"),
            format!(
                "PostgreSQL at {server} cannot be used: password authentication failed for user \"panel\""
            ),
        ),
        (
            url.replace(name, "nowhere"),
            format!("PostgreSQL at {server} cannot be used: database \"nowhere\" does not exist"),
        ),
        (
            url.replace(server, &nobody.to_string()),
            format!("PostgreSQL at {nobody} cannot be used: Connection refused (os error 111)"),
        ),
    ] {
        let operator = Operator::without_schema().with("SMM_PANEL_DATABASE_URL", &url);
        for command in [&["serve"][..], &["migrate"], &["check"]] {
            let said = operator.refused(command).await;
            assert_eq!(
                said,
                format!("{why}; see the setting database_url"),
                "{command:?}"
            );
            assert!(
                !said.contains("secret") && !said.contains("other"),
                "{said}"
            );
        }
    }
}

#[apply(story_of_postgres)]
async fn servers_that_start_at_once_on_an_empty_database_make_one_panel() {
    let operator = Operator::without_schema();
    // The secrets are there: servers share them.
    operator.ok(&["migrate"]).await;
    operator
        .sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        .await;
    let alone = Operator::without_schema();
    alone.ok(&["account", "create", "someone"]).await;
    let secrets = alone.path("panel.secrets");
    std::fs::copy(secrets, operator.path("panel.secrets")).unwrap();
    let names: Vec<String> = (0..4).map(|number| format!("account-{number}")).collect();
    let started = names.iter().map(|name| {
        let operator = &operator;
        async move { operator.ok(&["account", "create", name]).await }
    });
    join_all(started).await;
    assert_eq!(operator.ok(&["migrate"]).await, "The schema is up to date.");
    operator.finish().await;
    alone.finish().await;
}

//! Settings, and what is said of wrong ones.

use harness::ANYWHERE;
use smm_panel_server::config::Config;

use super::Operator;

#[apply(story)]
async fn config_shows_every_setting_with_its_source_and_no_secret() {
    let secret = "5ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2";
    let operator = Operator::new()
        .with(
            "SMM_PANEL_DATABASE_URL",
            "postgres://panel:hunter2@db.example/panel",
        )
        .with("SMM_PANEL_PEPPER", secret)
        .with("SMM_PANEL_READ_POOL", "7")
        // A container passes variables on that nobody has set.
        .with("SMM_PANEL_PLACE_BATCH_MAX", "");
    let file = operator.path("panel.toml");
    std::fs::write(
        &file,
        format!("sync_interval_ms = 90000\nread_pool = 3\nmaster_key = \"{secret}\"\n"),
    )
    .unwrap();
    let shown = operator
        .ok(&["config", "--config", &file.display().to_string()])
        .await;
    assert_eq!(shown.lines().count(), Config::default().describe().len());
    for (name, value, source) in [
        ("listen", "127.0.0.1:8080", "default"),
        ("read_pool", "7", "environment"),
        ("sync_interval_ms", "90000", "file"),
        ("place_batch_max", "256", "default"),
        ("pepper", "set, not shown", "environment"),
        ("master_key", "set, not shown", "file"),
    ] {
        let begins = format!("{name:<26} = {value:<32} # {source}; ");
        let found = shown.lines().any(|line| line.starts_with(&begins));
        assert!(found, "{begins:?} in\n{shown}");
    }
    assert!(
        !shown.contains(secret) && !shown.contains("hunter2"),
        "{shown}"
    );
    assert!(shown.contains("db.example"), "{shown}");
    let by_variable = operator.with("SMM_PANEL_CONFIG", &file.display().to_string());
    assert_eq!(by_variable.ok(&["config"]).await, shown);
}

#[apply(story)]
async fn a_wrong_setting_stops_every_command_with_one_sentence() {
    let no_file = "The settings file missing.toml cannot be read: No such file or directory (os \
                   error 2).";
    for (content, variable, sentence) in [
        (
            "listne = \"127.0.0.1:1\"",
            None,
            "The settings file panel.toml sets \"listne\", which is no setting; the nearest name \
             is listen.",
        ),
        (
            "colour = 1",
            None,
            "The settings file panel.toml sets \"colour\", which is no setting; `smm-panel \
             config` lists all settings.",
        ),
        (
            "read_pool = 0",
            None,
            "The setting read_pool is \"0\" in the settings file panel.toml, but it must be a whole \
             number from 1 to 256 (connections).",
        ),
        (
            "",
            Some(("SMM_PANEL_REED_POOL", "3")),
            "The environment variable SMM_PANEL_REED_POOL belongs to no setting; the nearest \
             name is SMM_PANEL_READ_POOL.",
        ),
        (
            "",
            Some(("SMM_PANEL_V2_ALLOW_GET", "yes")),
            "The setting v2_allow_get is \"yes\" in the environment variable \
             SMM_PANEL_V2_ALLOW_GET, but it must be true or false.",
        ),
        (
            "sync_interval_ms = 5000\nsync_max_interval_ms = 4000",
            None,
            "The setting sync_interval_ms is 5000, but it must not be more than \
             sync_max_interval_ms, which is 4000.",
        ),
        ("", Some(("SMM_PANEL_CONFIG", "missing.toml")), no_file),
    ] {
        let mut operator = Operator::without_schema();
        std::fs::write(operator.path("panel.toml"), content).unwrap();
        if let Some((name, value)) = variable {
            operator = operator.with(name, value);
        }
        let file = ["--config", "panel.toml"];
        let given = if sentence == no_file { &[][..] } else { &file };
        for command in [
            &["serve"][..],
            &["config"],
            &["alerts"],
            &["check"],
            &["migrate"],
        ] {
            let arguments = [command, given].concat();
            let ran = operator.run(&arguments, "").await;
            assert_eq!(ran.code, Some(1), "{arguments:?}");
            assert_eq!(ran.err, format!("smm-panel: {sentence}\n"), "{arguments:?}");
        }
        assert!(!operator.path("panel.db").exists(), "nothing was begun");
    }
}

#[apply(story)]
async fn settings_that_do_not_belong_together_stop_what_needs_them() {
    let secret = "ab".repeat(32);
    let operator = Operator::new().with("SMM_PANEL_PEPPER", &secret);
    assert_eq!(
        operator.refused(&["account", "create", "alice"]).await,
        "The setting master_key is missing: set both pepper and master_key, or neither, so that \
         both come from the secrets file."
    );
    let operator = Operator::new().with("SMM_PANEL_DATABASE_URL", "mysql://localhost/panel");
    let said = operator.refused(&["serve"]).await;
    assert!(said.starts_with("The setting database_url is "), "{said}");
    let operator = Operator::new().with("SMM_PANEL_DATABASE_URL", "sqlite:no/such/folder/p.db");
    let said = operator.refused(&["serve"]).await;
    assert!(
        said.starts_with("the database cannot be opened: "),
        "{said}"
    );
}

#[apply(story)]
async fn an_address_in_use_stops_the_start_with_one_sentence() {
    let taken = std::net::TcpListener::bind(ANYWHERE).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let operator = Operator::new().with("SMM_PANEL_LISTEN", &address);
    let said = operator.refused(&["serve"]).await;
    assert!(said.contains(&address), "{said}");
    operator.finish().await;
}

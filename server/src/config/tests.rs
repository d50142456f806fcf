use std::fs;

use super::given::OTHER_VARIABLES;
use super::*;

const DIGITS: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// Loads a file with `toml`, if given, and `env`.
fn load(toml: Option<&str>, env: &[(&str, &str)]) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("panel.toml");
    if let Some(text) = toml {
        fs::write(&path, text).unwrap();
    }
    let env = env
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()));
    let loaded = Config::load(toml.is_some().then_some(path.as_path()), env);
    loaded.map_err(|e| {
        e.to_string()
            .replace(&path.display().to_string(), "panel.toml")
    })
}

fn setting(config: &Config, name: &str) -> Setting {
    config
        .describe()
        .into_iter()
        .find(|s| s.name == name)
        .unwrap()
}

#[test]
fn without_file_and_environment_everything_has_its_default() {
    let config = load(None, &[("PATH", "/bin"), ("HOME", "/root")]).unwrap();
    for setting in config.describe() {
        assert_eq!(setting.value, setting.default, "{}", setting.name);
        assert_eq!(setting.source, Source::Default, "{}", setting.name);
    }
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.provider_timeout_ms, 30_000);
    assert_eq!(config.refill_wait_ms, 86_400_000);
}

#[test]
fn every_default_is_allowed_by_its_own_rule_in_the_environment() {
    for row in Config::default().describe() {
        let variable = format!("SMM_PANEL_{}", row.name.to_uppercase());
        let value = match (row.name, row.default.as_str()) {
            ("metrics_listen", "not set") => "127.0.0.1:9090",
            ("public_url", "not set") => "https://panel.example",
            ("smtp_from", "not set") => "Panel <panel@panel.example>",
            ("smtp_host", "not set") => "mail.example",
            ("redis_url", "not set") => "redis://redis.test:6379",
            (_, "not set") => DIGITS,
            (_, default) => default,
        };
        let mut env = vec![(variable.as_str(), value)];
        let others = TOGETHER.iter().find(|(one, _)| *one == row.name);
        env.extend(
            others
                .into_iter()
                .flat_map(|(_, others)| others.iter().copied()),
        );
        let config = load(None, &env).unwrap();
        assert_eq!(setting(&config, row.name).source, Source::Environment);
    }
}

/// Settings that mean nothing without others, and the variables of those.
const TOGETHER: [(&str, &[(&str, &str)]); 8] = [
    (
        "nowpayments_api_key",
        &[("SMM_PANEL_NOWPAYMENTS_IPN_SECRET", "x")],
    ),
    (
        "nowpayments_ipn_secret",
        &[("SMM_PANEL_NOWPAYMENTS_API_KEY", "x")],
    ),
    (
        "nowpayments_email",
        &[("SMM_PANEL_NOWPAYMENTS_PASSWORD", "x")],
    ),
    (
        "nowpayments_password",
        &[("SMM_PANEL_NOWPAYMENTS_EMAIL", "x")],
    ),
    (
        "smtp_host",
        &[
            ("SMM_PANEL_SMTP_FROM", "panel@panel.example"),
            ("SMM_PANEL_PUBLIC_URL", "https://panel.example"),
        ],
    ),
    (
        "smtp_from",
        &[
            ("SMM_PANEL_SMTP_HOST", "mail.example"),
            ("SMM_PANEL_PUBLIC_URL", "https://panel.example"),
        ],
    ),
    ("smtp_user", &[("SMM_PANEL_SMTP_PASSWORD", "x")]),
    ("smtp_password", &[("SMM_PANEL_SMTP_USER", "x")]),
];

#[test]
fn a_password_of_the_mail_server_is_never_sent_in_the_clear() {
    let at = |host: &str, tls: &str| {
        let env = [
            ("SMM_PANEL_SMTP_HOST", host),
            ("SMM_PANEL_SMTP_FROM", "panel@panel.example"),
            ("SMM_PANEL_PUBLIC_URL", "https://panel.example"),
            ("SMM_PANEL_SMTP_USER", "panel"),
            ("SMM_PANEL_SMTP_PASSWORD", "secret-of-mine"),
            ("SMM_PANEL_SMTP_TLS", tls),
        ];
        load(None, &env).map(drop)
    };
    assert!(at("mail.example", "starttls").is_ok() && at("mail.example", "tls").is_ok());
    assert!(at("127.0.0.1", "none").is_ok() && at("localhost", "none").is_ok());
    let refused = at("mail.example", "none").unwrap_err();
    assert!(refused.contains("would be sent in the clear"), "{refused}");
    assert!(!refused.contains("secret-of-mine"), "{refused}");
}

#[test]
fn what_means_nothing_alone_is_refused_alone() {
    for (name, _) in TOGETHER {
        let variable = format!("SMM_PANEL_{}", name.to_uppercase());
        let value = match name {
            "smtp_from" => "secret-of-mine@panel.example",
            _ => "secret-of-mine",
        };
        let refused = load(None, &[(variable.as_str(), value)]).unwrap_err();
        assert!(
            refused.starts_with(&format!("The setting {name} is set, and ")),
            "{refused}"
        );
        assert!(!refused.contains("secret-of-mine"), "{refused}");
    }
}

#[test]
fn a_gateway_is_never_asked_in_the_clear() {
    let at = |url: &str| load(None, &[("SMM_PANEL_NOWPAYMENTS_URL", url)]);
    assert!(at("https://api-sandbox.nowpayments.io/v1").is_ok());
    assert!(at("http://127.0.0.1:9000/v1").is_ok() && at("http://[::1]/v1").is_ok());
    for url in [
        "http://api.nowpayments.io/v1",
        "http://127.0.0.1.example/v1",
    ] {
        let refused = at(url).unwrap_err();
        assert!(refused.contains("must begin with https://"), "{refused}");
    }
    for url in [
        "ftp://x/v1",
        "https://me:secret@x/v1",
        "x",
        "https://x/?key=secret",
    ] {
        assert!(at(url).unwrap_err().contains("must be a URL"), "{url}");
    }
}

#[test]
fn the_file_replaces_defaults_and_the_environment_replaces_the_file() {
    let toml =
        "read_pool = 7\nlog_format = \"json\"\nv2_allow_get = false\nbreaker_open_ms = 1_000";
    let env = [
        ("SMM_PANEL_READ_POOL", "9"),
        ("SMM_PANEL_LISTEN", "[::1]:0"),
    ];
    let config = load(Some(toml), &env).unwrap();
    assert_eq!((config.read_pool, config.v2_allow_get), (9, false));
    assert_eq!(
        (config.log_format, config.breaker_open_ms),
        (LogFormat::Json, 1_000)
    );
    assert_eq!(config.listen.to_string(), "[::1]:0");
    assert_eq!(setting(&config, "read_pool").source.word(), "environment");
    assert_eq!(setting(&config, "log_format").source.word(), "file");
    assert_eq!(setting(&config, "log").source.word(), "default");
}

#[test]
fn a_name_that_is_no_setting_stops_the_start_with_the_nearest_one() {
    let table = [
        (
            Some("lisen = 1"),
            None,
            "The settings file panel.toml sets \"lisen\", which is no \
         setting; the nearest name is listen.",
        ),
        (
            Some("[server]\nlisten = 1"),
            None,
            "The settings file panel.toml sets \"server\", which \
         is no setting; `smm-panel config` lists all settings.",
        ),
        (
            None,
            Some("SMM_PANEL_PROVIDER_TIMOUT_MS"),
            "The environment variable \
         SMM_PANEL_PROVIDER_TIMOUT_MS belongs to no setting; the nearest name is \
         SMM_PANEL_PROVIDER_TIMEOUT_MS.",
        ),
        (
            None,
            Some("SMM_PANEL_Listen"),
            "The environment variable SMM_PANEL_Listen belongs to no \
         setting; the nearest name is SMM_PANEL_LISTEN.",
        ),
        (
            None,
            Some("SMM_PANEL_"),
            "The environment variable SMM_PANEL_ belongs to no setting; \
         `smm-panel config` lists all settings.",
        ),
    ];
    for (toml, variable, sentence) in table {
        let env: Vec<_> = variable.into_iter().map(|name| (name, "")).collect();
        assert_eq!(load(toml, &env).unwrap_err(), sentence);
    }
}

#[test]
fn a_value_that_is_not_allowed_stops_the_start_with_what_is() {
    let table = [
        (
            Some("read_pool = 0"),
            None,
            "The setting read_pool is \"0\" in the settings file \
         panel.toml, but it must be a whole number from 1 to 256 (connections).",
        ),
        (
            Some("read_pool = \"4\""),
            None,
            "The setting read_pool is \"4\" in the settings file \
         panel.toml, but it must be a whole number from 1 to 256 (connections).",
        ),
        (
            Some("v2_allow_get = 1"),
            None,
            "The setting v2_allow_get is \"1\" in the settings file \
         panel.toml, but it must be true or false.",
        ),
        (
            None,
            Some(("SMM_PANEL_PROVIDER_TIMEOUT_MS", "30s")),
            "The setting provider_timeout_ms is \
         \"30s\" in the environment variable SMM_PANEL_PROVIDER_TIMEOUT_MS, but it must be a whole \
         number from 10 to 600000 (ms).",
        ),
        (
            None,
            Some(("SMM_PANEL_LOG_FORMAT", "JSON")),
            "The setting log_format is \"JSON\" in the \
         environment variable SMM_PANEL_LOG_FORMAT, but it must be text or json.",
        ),
        (
            None,
            Some(("SMM_PANEL_SYNC_INTERVAL_MS", "3600001")),
            "The setting sync_interval_ms is \
         3600001, but it must not be more than sync_max_interval_ms, which is 3600000.",
        ),
    ];
    for (toml, variable, sentence) in table {
        let env: Vec<_> = variable.into_iter().collect();
        assert_eq!(load(toml, &env).unwrap_err(), sentence);
    }
    for (name, value) in [
        ("LISTEN", "8080"),
        ("LISTEN", "localhost:8080"),
        ("DATABASE_URL", "mysql://h/d"),
        ("DATABASE_URL", "sqlite:"),
        ("DATABASE_URL", "postgres:x"),
        ("PEPPER", "abcd"),
        ("READ_POOL", "-1"),
        ("READ_POOL", "4.0"),
        ("READ_POOL", "99999999999999999999"),
        ("V2_ALLOW_GET", "yes"),
        ("LOG", "info,=,"),
        ("QUEUED_MAX_MS", "0"),
    ] {
        let variable = format!("SMM_PANEL_{name}");
        let sentence = load(None, &[(variable.as_str(), value)]).unwrap_err();
        let beginning = format!("The setting {} is ", name.to_lowercase());
        assert!(sentence.starts_with(&beginning), "{sentence}");
    }
}

#[test]
fn a_broken_or_missing_file_stops_the_start() {
    let sentence = load(Some("listen = \"127.0.0.1:1\"\npepper = \"secret\n"), &[]).unwrap_err();
    let beginning = "The settings file panel.toml is not valid TOML in line 2: ";
    assert!(
        sentence.starts_with(beginning) && sentence.ends_with('.'),
        "{sentence}"
    );
    assert!(
        !sentence.contains("secret") && !sentence.contains('\n'),
        "{sentence}"
    );
    let twice = load(Some("read_pool = 1\nread_pool = 2\n"), &[]).unwrap_err();
    assert!(twice.starts_with(beginning), "{twice}");
    let missing = load(None, &[("SMM_PANEL_CONFIG", "/nowhere/panel.toml")]).unwrap_err();
    let beginning = "The settings file /nowhere/panel.toml cannot be read: ";
    assert!(missing.starts_with(beginning), "{missing}");
}

#[test]
fn the_variable_names_the_file_unless_an_argument_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("one.toml"), "read_pool = 11").unwrap();
    fs::write(path("two.toml"), "read_pool = 22").unwrap();
    let one = path("one.toml").to_string_lossy().into_owned();
    let env = || [("SMM_PANEL_CONFIG".to_owned(), one.clone())].into_iter();
    assert_eq!(Config::load(None, env()).unwrap().read_pool, 11);
    assert_eq!(
        Config::load(Some(&path("two.toml")), env())
            .unwrap()
            .read_pool,
        22
    );
}

#[test]
fn variables_of_the_product_that_are_no_settings_are_left_alone_and_empty_ones_are_unset() {
    let env: Vec<_> = OTHER_VARIABLES
        .iter()
        .map(|(name, _)| (*name, ""))
        .collect();
    assert!(load(None, &env).is_ok());
    let env = [
        ("SMM_PANEL_URL", "x"),
        ("SMM_PANEL_PEPPER", ""),
        ("SMM_PANEL_READ_POOL", ""),
    ];
    let config = load(Some("read_pool = 5"), &env).unwrap();
    assert_eq!((config.read_pool, config.pepper.is_none()), (5, true));
}

#[test]
fn no_secret_is_ever_shown() {
    let url = "postgres://panel:hunter2@db.test/panel?sslmode=require&password=hunter2";
    let env = [
        ("SMM_PANEL_PEPPER", DIGITS),
        ("SMM_PANEL_MASTER_KEY", DIGITS),
        ("SMM_PANEL_DATABASE_URL", url),
        (
            "SMM_PANEL_REDIS_URL",
            "rediss://panel:hunter2@redis.test:6380/1",
        ),
    ];
    let config = load(None, &env).unwrap();
    assert_eq!(config.database_url.expose(), url);
    let shown = format!("{config:?} {:?}", config.describe());
    assert!(
        !shown.contains(&DIGITS[..8]) && !shown.contains("hunter2"),
        "{shown}"
    );
    let masked = "postgres://panel:not-shown@db.test/panel";
    assert_eq!(setting(&config, "database_url").value, masked);
    let masked = "rediss://panel:not-shown@redis.test:6380/1";
    assert_eq!(setting(&config, "redis_url").value, masked);
    assert_eq!(setting(&config, "pepper").value, "set, not shown");
    for (name, value) in [
        ("SMM_PANEL_PEPPER", "hunter2"),
        ("SMM_PANEL_DATABASE_URL", "postgress://u:hunter2@h/d"),
        ("SMM_PANEL_DATABASE_URL", "mysql://h/d?password=hunter2"),
        ("SMM_PANEL_REDIS_URL", "http://:hunter2@h"),
        ("SMM_PANEL_REDIS_URL", "redis://:hunter2@h/not-a-number"),
    ] {
        let sentence = load(None, &[(name, value)]).unwrap_err();
        assert!(!sentence.contains("hunter2"), "{sentence}");
    }
    let sentence = load(Some("pepper = 12345678"), &[]).unwrap_err();
    assert!(!sentence.contains("12345678"), "{sentence}");
}

#[test]
fn a_database_url_is_sqlite_or_postgres_and_takes_any_path() {
    for text in [
        "sqlite::memory:",
        "sqlite:a.db?mode=ro",
        "sqlite:///tmp/a.db",
    ] {
        assert!(text.parse::<DatabaseUrl>().unwrap().is_sqlite());
    }
    assert!(
        !"postgresql://h/d"
            .parse::<DatabaseUrl>()
            .unwrap()
            .is_sqlite()
    );
    assert_eq!("".parse::<DatabaseUrl>(), Err(BadDatabaseUrl));
    let odd = DatabaseUrl::sqlite(Path::new("/tmp/50% off?/a.db"));
    assert_eq!(odd.expose(), "sqlite:/tmp/50%25 off%3F/a.db");
}

#[test]
fn numbers_that_carry_a_unit_end_their_names_with_it() {
    for setting in Config::default().describe() {
        assert_eq!(
            setting.name.ends_with("_ms"),
            setting.unit == "ms",
            "{}",
            setting.name
        );
        let allowed = &setting.allowed;
        let number = allowed.starts_with("a whole number") || allowed.starts_with("an amount");
        assert_eq!(number, !setting.unit.is_empty(), "{}", setting.name);
        assert!(setting.doc.ends_with('.'), "{}", setting.name);
    }
}

#[test]
fn the_readme_has_the_table_of_all_settings() {
    let table = Config::markdown_table();
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = fs::read_to_string(readme).expect("the README");
    assert!(
        readme.contains(&table),
        "README.md must contain exactly this table:\n\n{table}"
    );
    // A cell with a bar would break the row.
    assert!(
        table.lines().all(|row| row.matches('|').count() == 6),
        "{table}"
    );
}

#[test]
fn the_settings_file_that_is_shipped_sets_nothing_and_shows_every_default() {
    let (template, folder) = (Config::template(), env!("CARGO_MANIFEST_DIR"));
    let file = format!("{folder}/../examples/deploy/smm-panel.toml");
    assert!(
        fs::read_to_string(&file).expect("the file") == template,
        "run `cargo run -- config --template > examples/deploy/smm-panel.toml`"
    );
    assert!(template.lines().all(|l| l.is_empty() || l.starts_with('#')));
    let shown = template.lines().filter_map(|line| line.strip_prefix('#'));
    let shown = shown.filter(|line| !line.starts_with(' '));
    let (unset, set): (Vec<&str>, Vec<&str>) = shown.partition(|line| line.ends_with(" = \"\""));
    let config = load(Some(&set.join("\n")), &[]).unwrap();
    for Setting {
        name,
        value,
        default,
        source,
        ..
    } in config.describe()
    {
        assert_eq!(value, default, "{name}");
        let is_unset = unset.contains(&format!("{name} = \"\"").as_str());
        assert_eq!(source == Source::Default, is_unset, "{name}");
    }
}

//! Providers and the services that are sold.

use harness::database::stored;
use serde_json::json;
use smm_panel_server::catalog;
use smm_panel_server::demo::provider::{Fault, ProviderService};
use smm_panel_server::money::Rate;

use super::{MANUAL, Operator, ask, contains, order, provider, sold_upstream};

#[apply(story)]
async fn a_providers_key_comes_from_standard_input_and_is_never_stored_in_the_clear() {
    let operator = Operator::new();
    let add = [
        "provider",
        "add",
        "upstream",
        "https://panel.example/api/v2",
    ];
    assert_eq!(
        operator.refused(&add).await,
        "no key on standard input; try: smm-panel provider add NAME URL < key-file"
    );
    let key = "c0ffee00c0ffee00c0ffee00c0ffee00";
    assert_eq!(
        operator.ok_given(&add, &format!(" {key}\n")).await,
        "Provider 1 (upstream) is added.\nNext: smm-panel provider test upstream"
    );
    assert_eq!(
        operator.refused_given(&add, key).await,
        "there is a provider named upstream already"
    );
    let stored = stored(operator.folder.path()).await;
    assert!(!contains(&stored, key), "a provider's key is readable");
    let secrets = std::fs::metadata(operator.path("panel.secrets")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&secrets.permissions());
    assert_eq!(mode & 0o777, 0o600);
    let listed = operator.ok(&["provider", "list"]).await;
    assert_eq!(
        listed,
        "PROVIDER ID  NAME      STATE  URL\n          1  upstream  ready  https://panel.example/api/v2"
    );
    operator.finish().await;
}

#[apply(story)]
async fn a_providers_address_is_refused_where_its_key_or_this_network_would_be_exposed() {
    let https = "a provider's address begins with https://, so that the key is not read on the way";
    let operator = Operator::new();
    for (url, sentence) in [
        (
            "http://127.0.0.1:9/api/v2",
            "127.0.0.1 is not a public host; a provider on this machine needs the setting \
             provider_allow_loopback",
        ),
        ("http://panel.example/api/v2", https),
        ("ftp://panel.example/api/v2", https),
        (
            "https://me:secret@panel.example/api/v2",
            "a provider's address must not have a user or a password in it: it would be shown and \
             logged; the key is given apart from the address",
        ),
    ] {
        let add = ["provider", "add", "upstream", url];
        assert_eq!(operator.refused_given(&add, "key").await, sentence, "{url}");
    }
    for url in [
        "https://127.0.0.1/api/v2",
        "https://10.0.0.1/api/v2",
        "panel.example",
    ] {
        let add = ["provider", "add", "upstream", url];
        let sentence = operator.refused_given(&add, "key").await;
        assert!(
            !sentence.contains("key on standard input"),
            "{url}: {sentence}"
        );
    }
    assert_eq!(
        operator.ok(&["provider", "list"]).await,
        "There are no providers."
    );

    let operator = Operator::with_loopback();
    let add = ["provider", "add", "near", "http://127.0.0.1:9/api/v2"];
    operator.ok_given(&add, "key").await;
    let add = ["provider", "add", "far", "http://panel.example/api/v2"];
    assert_eq!(operator.refused_given(&add, "key").await, https);
    operator.finish().await;
}

#[apply(story)]
async fn a_provider_is_tested_without_ordering_and_what_it_can_is_recorded() {
    let operator = Operator::with_loopback();
    let provider = provider().await;
    let add = ["provider", "add", "upstream", &provider.url()];
    operator.ok_given(&add, provider.key()).await;
    let test = ["provider", "test", "upstream"];
    let plain = "balance      1000000.00 USD\nservices     1\nexample      its service 7 (Followers) \
                 would cost 0.30 USD per 1000\nrequest_id   not known: orders of which the answer was \
                 lost wait for an operator";
    assert_eq!(operator.ok(&test).await, plain);
    provider.keep_request_ids(true);
    let keeps = "balance      1000000.00 USD\nservices     1\nexample      its service 7 (Followers) \
                 would cost 0.30 USD per 1000\nrequest_id   kept: orders of which the answer was lost \
                 are resolved by repeating them";
    assert_eq!(operator.ok(&test).await, keeps);
    let opened = operator.opened().await;
    let known = catalog::find_provider(&opened.panel.db, &opened.panel.secrets, "upstream");
    assert!(known.await.unwrap().unwrap().replays_requests);
    opened.stop().await;

    assert_eq!(
        operator.refused(&["provider", "test", "other"]).await,
        "there is no provider named other"
    );
    let wrong = ["provider", "add", "wrong", &provider.url()];
    operator.ok_given(&wrong, "0000").await;
    let said = operator.refused(&["provider", "test", "wrong"]).await;
    assert!(said.contains("Invalid API key"), "{said}");
    assert!(!said.contains("0000"), "{said}");
    provider.fail_next("balance", Fault::Http(502, "<html>".to_owned()));
    let said = operator.refused(&test).await;
    assert!(said.contains("502"), "{said}");
    assert_eq!(provider.orders(), []);
    provider.stop().await;
    operator.finish().await;
}

#[apply(story)]
async fn a_manual_service_needs_all_its_terms_and_is_sold_with_them() {
    let operator = Operator::new();
    assert_eq!(
        operator.ok(&MANUAL).await,
        "Service 1 (Followers at 0.90 USD per 1000) is manual: nobody is asked to deliver it."
    );
    // Without one of the options, which stand in pairs after the first two words.
    for left_out in ["--name", "--category", "--type", "--rate", "--min", "--max"] {
        let mut arguments = MANUAL.to_vec();
        let at = arguments.iter().position(|word| *word == left_out).unwrap();
        arguments.drain(at..at + 2);
        assert_eq!(
            operator.refused(&arguments).await,
            format!("{left_out} is needed for a service without --offer")
        );
    }
    let changed = |option: &str, value: &'static str| {
        let mut arguments = MANUAL.to_vec();
        let at = arguments.iter().position(|word| *word == option).unwrap();
        arguments[at + 1] = value;
        arguments
    };
    for (option, value) in [("--min", "0"), ("--min", "10001"), ("--max", "49")] {
        let said = operator.refused(&changed(option, value)).await;
        assert!(said.ends_with("leave nothing to order"), "{said}");
    }
    for (option, value) in [
        ("--type", "Fame"),
        ("--type", "Subscriptions"),
        ("--rate", "0"),
        ("--rate", "free"),
        ("--rate", "0.0000001"),
        ("--min", "ten"),
    ] {
        let said = operator.misused(&changed(option, value)).await;
        assert!(said.contains(&format!("for '{option} <")), "{said}");
    }
    operator.ok(&["account", "create", "alice"]).await;
    let key = operator.ok(&["key", "create", "alice"]).await;
    let opened = operator.opened().await;
    assert_eq!(
        ask(&opened.url, &key, &[("action", "services")]).await,
        "[{\"service\":1,\"name\":\"Followers\",\"type\":\"Default\",\"rate\":\"0.90\",\
         \"min\":\"50\",\"max\":\"10000\",\"dripfeed\":false,\"refill\":false,\"cancel\":false,\
         \"category\":\"Instagram\"}]"
    );
    opened.stop().await;
    operator.finish().await;
}

#[apply(story)]
async fn a_service_of_a_provider_is_sold_with_its_terms_at_a_markup() {
    let operator = Operator::with_loopback();
    let provider = provider().await;
    let add = ["provider", "add", "upstream", &provider.url()];
    operator.ok_given(&add, provider.key()).await;
    let marked_up = [
        "service",
        "add",
        "--offer",
        "upstream=7",
        "--markup",
        "25",
        "--max",
        "5000",
    ];
    assert_eq!(
        operator.ok(&marked_up).await,
        "Service 1 (Followers at 0.375 USD per 1000) is on sale."
    );
    for (more, sentence) in [
        (
            &["service", "add", "--offer", "upstream=7"][..],
            "give --rate, or --markup on the provider's cost",
        ),
        (
            &["service", "add", "--offer", "upstream=8", "--rate", "1"],
            "upstream has no service 8",
        ),
        (
            &["service", "add", "--offer", "other=7", "--rate", "1"],
            "there is no provider named other",
        ),
        (
            &["service", "add", "--offer", "upstream", "--rate", "1"],
            "--offer upstream: write it as PROVIDER=SERVICE",
        ),
        (
            &["service", "add", "--offer", "upstream=7", "--markup=-100"],
            "this markup leaves no price",
        ),
    ] {
        assert_eq!(operator.refused(more).await, sentence, "{more:?}");
    }
    let both = ["service", "add", "--offer=a=7", "--rate=1", "--markup=1"];
    assert!(
        operator
            .misused(&both)
            .await
            .contains("cannot be used with")
    );
    operator.customer().await;
    let key = operator.ok(&["key", "create", "alice"]).await;

    let opened = operator.opened().await;
    assert_eq!(
        ask(&opened.url, &key, &[("action", "services")]).await,
        "[{\"service\":1,\"name\":\"Followers\",\"type\":\"Default\",\"rate\":\"0.375\",\
         \"min\":\"50\",\"max\":\"5000\",\"dripfeed\":true,\"refill\":true,\"cancel\":true,\
         \"category\":\"First Category\"}]"
    );
    let link = "https://x.test/p";
    assert_eq!(order(&opened.url, &key, link).await, r#"{"order":1}"#);
    opened.work().await;
    let [sent] = &provider.orders()[..] else {
        panic!("one order was sent: {:?}", provider.orders());
    };
    assert_eq!(
        (sent.link.as_str(), sent.service, sent.quantity),
        (link, 7, 1000)
    );
    opened.stop().await;
    provider.stop().await;
    operator.finish().await;
}

#[apply(story)]
async fn the_secrets_of_another_installation_do_not_open_a_providers_key() {
    let operator = Operator::new();
    let add = [
        "provider",
        "add",
        "upstream",
        "https://panel.example/api/v2",
    ];
    operator.ok_given(&add, "secret").await;
    let other = Operator::new();
    other.ok(&["account", "create", "bob"]).await;
    let own = operator.path("panel.secrets").display().to_string();
    let elsewhere = other.path("panel.secrets").display().to_string();
    let operator = operator.with("SMM_PANEL_SECRETS_FILE", &elsewhere);
    let said = operator.refused(&["provider", "test", "upstream"]).await;
    assert!(said.contains("was sealed with the master key"), "{said}");
    let operator = operator.with("SMM_PANEL_SECRETS_FILE", &own);
    operator.finish().await;
    other.finish().await;
}

#[apply(story)]
async fn a_whole_catalogue_is_imported_and_a_category_that_is_not_there_is_told_with_those_that_are()
 {
    let operator = Operator::with_loopback();
    let provider = provider().await;
    let add = ["provider", "add", "upstream", &provider.url()];
    operator.ok_given(&add, provider.key()).await;
    let offered = operator.ok(&["provider", "services", "upstream"]).await;
    assert!(offered.starts_with("SERVICE  TYPE "), "{offered}");
    assert!(offered.contains("0.30  USD       per 1000"), "{offered}");
    let category = sold_upstream().category;
    let import = ["catalog", "import", "upstream", "--markup=50"];
    let nowhere = [&import[..], &["--category=Nowhere"]].concat();
    let no = operator.run(&nowhere, "").await;
    assert_eq!(no.code, Some(1));
    let told = format!("has no category \"Nowhere\"; it has these:\n  {category}");
    assert!(no.err.contains(&told), "{}", no.err);
    operator.misused(&import).await;
    let both = [&import[..], &["--all", "--category=Nowhere"]].concat();
    operator.misused(&both).await;
    let all = [&import[..], &["--all"]].concat();
    let made = operator.ok(&all).await;
    assert!(made.starts_with("1 services are on sale; "), "{made}");
    let listed = operator.ok(&["service", "list", "--json"]).await;
    let row: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(
        (&row["rate"], &row["rate_unit"]),
        (&"0.45".into(), &"per 1000".into())
    );
    operator.finish().await;
}

#[apply(story)]
async fn a_catalogue_is_imported_followed_and_decided_by_commands() {
    let operator = Operator::with_loopback();
    let provider = provider().await;
    let add = ["provider", "add", "upstream", &provider.url()];
    operator.ok_given(&add, provider.key()).await;
    assert_eq!(
        operator.ok(&["provider", "balance", "upstream"]).await,
        "1000000.00 USD"
    );
    let import = [
        "catalog",
        "import",
        "upstream",
        "--services",
        "7",
        "--markup",
        "50",
    ];
    assert_eq!(
        operator.ok(&import).await,
        "1 services are on sale; 0 were sold already, 0 have no price at this markup; the provider \
         lists 0 rows that cannot be sold."
    );
    let listed = operator.ok(&["service", "list"]).await;
    assert!(listed.contains("on_sale"), "{listed}");
    assert!(listed.contains("0.45"), "{listed}");
    let unchanged = operator.ok(&["catalog", "sync", "upstream"]).await;
    assert_eq!(
        unchanged,
        "Report 2: 1 services, 0 new, 0 gone, 0 not taken; 0 differences for what is sold here, 0 to \
         decide."
    );
    provider.set_services(vec![ProviderService {
        rate: Rate::parse("0.33").unwrap(),
        ..sold_upstream()
    }]);
    operator.ok(&["catalog", "sync", "upstream"]).await;
    let report = operator.rows(&["catalog", "report", "3"]).await;
    for (field, value) in [
        ("kind", json!("dearer")),
        ("service_id", json!(1)),
        ("was", json!("0.30")),
        ("became", json!("0.33")),
    ] {
        assert_eq!(report[0][field], value, "{field}");
    }
    assert_eq!(operator.ok(&["catalog", "apply", "1"]).await, "1 applied.");
    let said = operator.refused(&["catalog", "dismiss", "1"]).await;
    assert!(said.contains("applied already"), "{said}");
    let hidden = operator
        .ok(&["service", "set", "1", "--state", "hidden"])
        .await;
    assert!(
        hidden.contains("hidden") && hidden.contains("0.495"),
        "{hidden}"
    );
    let said = operator
        .refused(&["service", "set", "9", "--min", "1"])
        .await;
    assert_eq!(said, "there is no service 9");
    let said = operator
        .refused(&["service", "set", "1", "--rate", "0.1"])
        .await;
    assert!(said.contains("0.33 USD, above the rate of 0.10;"), "{said}");
    operator.ok(&["provider", "pause", "upstream"]).await;
    assert!(
        operator
            .ok(&["provider", "list"])
            .await
            .contains("operator")
    );
    let shown = operator.ok(&["provider", "show", "upstream"]).await;
    let state = shown.lines().nth(1).unwrap();
    assert!(
        state.starts_with("state            operator since 20") && state.contains(": by command"),
        "{shown}"
    );
    let set = [
        "provider",
        "set",
        "upstream",
        "--applies",
        "renamed,cheaper",
    ];
    assert_eq!(operator.ok(&set).await, "upstream is changed.");
    let said = operator
        .misused(&["provider", "set", "upstream", "--applies", "all"])
        .await;
    assert!(said.contains("not some of"), "{said}");
    provider.stop().await;
    operator.finish().await;
}

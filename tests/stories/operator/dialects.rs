//! A provider that speaks oddly, by commands.

use smm_panel_server::demo::provider::{Fault, Script};

use super::{Operator, order, provider};

const ROWS: &str = r#"[{"service":7,"name":"Likes","category":"Odd","type":"insta_likes",
    "rate":"0.0009","min":50,"max":10000}]"#;

#[apply(story)]
async fn a_provider_that_speaks_oddly_is_added_by_what_its_test_says() {
    let operator = Operator::with_loopback();
    let provider = provider().await;
    let says = |currency: &str| {
        let balance = format!(r#"{{"balance":"12.5","currency":{currency}}}"#);
        provider.fail_next("balance", Fault::Http(200, balance));
    };
    let add = ["provider", "add", "odd", &provider.url()];
    operator.ok_given(&add, provider.key()).await;
    let test = ["provider", "test", "odd"];
    says(r#""USDT""#);
    provider.fail_next("services", Fault::Http(200, ROWS.to_owned()));
    let said = operator.refused(&test).await;
    // Everything at once, and the price as it would be read.
    for found in [
        "provider set odd --currency-word 'USDT'",
        "it lists 1 services; its service 7 (Likes) would cost 0.0009 USD per 1000",
        "provider set odd --type 'instalikes=TYPE'",
    ] {
        assert!(said.contains(found), "{found}: {said}");
    }
    operator
        .ok(&["provider", "set", "odd", "--currency-word", "USDT"])
        .await;
    says(r#""USDT""#);
    provider.fail_next("services", Fault::Http(200, ROWS.to_owned()));
    let tested = operator.ok(&test).await;
    let unknown = "unknown type instalikes, 1 services such as \"Likes\"; nothing is proposed";
    assert!(
        tested.contains("12.50 USD") && tested.contains(unknown),
        "{tested}"
    );

    let import = [
        "catalog",
        "import",
        "odd",
        "--category",
        "Odd",
        "--markup",
        "50",
    ];
    says(r#""USDT""#);
    provider.fail_next("services", Fault::Http(200, ROWS.to_owned()));
    let said = operator.refused(&import).await;
    assert!(
        said.contains("provider set odd --type 'instalikes=TYPE'"),
        "{said}"
    );
    let show = operator.ok(&["provider", "show", "odd"]).await;
    let learned = "type not known   instalikes, 1 services such as \"Likes\"; nothing is proposed \
                   (learned at ";
    assert!(show.contains(learned), "{show}");

    operator
        .ok(&[
            "provider",
            "set",
            "odd",
            "--type",
            "Insta Likes=Default",
            "--price-per",
            "1",
            "--decodes-twice",
            "true",
            "--id-names-order",
            "false",
            "--compares-charges",
            "false",
        ])
        .await;
    // By the basis that was set the price is another one.
    says(r#""USDT""#);
    provider.fail_next("services", Fault::Http(200, ROWS.to_owned()));
    let tested = operator.ok(&test).await;
    let example = "example      its service 7 (Likes) would cost 0.90 USD per 1000";
    assert!(tested.contains(example), "{tested}");
    says(r#""USDT""#);
    provider.fail_next("services", Fault::Http(200, ROWS.to_owned()));
    let made = operator.ok(&import).await;
    assert!(made.contains("1 services are on sale"), "{made}");
    let listed = operator.ok(&["service", "list"]).await;
    assert!(listed.contains("1.35"), "{listed}");
    let show = operator.ok(&["provider", "show", "odd"]).await;
    for line in [
        "currency         USD, each 1.00 USD; its balance calls it USDT",
        "prices           of 1, in the column rate",
        "type             instalikes -> Default",
        "id in statuses   names no order",
        "decodes          twice: invitations are sent as joinchat/",
        "charges          not compared",
    ] {
        assert!(show.contains(line), "{line}: {show}");
    }
    assert!(!show.contains("type not known"), "{show}");
    let resume = [
        "provider",
        "resume-offer",
        "odd",
        "7",
        "--without-comparison",
    ];
    let resumed = operator.ok(&resume).await;
    assert!(
        resumed.contains("its charges are not compared any more"),
        "{resumed}"
    );
    let unknown = operator
        .refused(&["provider", "resume-offer", "odd", "8"])
        .await;
    assert!(unknown.contains("offer"), "{unknown}");
    provider.stop().await;
    operator.finish().await;
}

#[apply(story)]
async fn what_was_learned_of_asking_a_provider_is_shown_apart_from_what_is_set() {
    let operator = Operator::with_loopback();
    let provider = provider().await;
    let add = ["provider", "add", "upstream", &provider.url()];
    operator.ok_given(&add, provider.key()).await;
    let show = async || operator.ok(&["provider", "show", "upstream"]).await;
    let shown = show().await;
    for line in ["asks statuses", "asks cancels", "asks refills"] {
        let line = format!("{line:<16} in lists, unless they are refused (not learned yet)");
        assert!(shown.contains(&line), "{line}: {shown}");
    }
    operator
        .sql(
            "INSERT INTO provider_asking (provider_id, action, many, largest, one, learned_at_ms, \
             learned_from, is_set, failing_since_ms, failure) VALUES \
             (1, 'status', 'refused', NULL, 'singular', 0, 'a list was refused: No', FALSE, NULL, \
             NULL), \
             (1, 'cancel', 'works', 20, NULL, NULL, NULL, TRUE, 3600000, 'time-out'), \
             (1, 'refill_status', 'works', NULL, 'plural', 60000, 'a list of 3 ids was answered', \
             FALSE, NULL, NULL)",
        )
        .await;
    let shown = show().await;
    for line in [
        "asks statuses    one by one, one id as order=ID (learned at 1970-01-01T00:00:00.000Z from: a \
         list was refused: No)",
        "asks cancels     in lists of at most 20 ids (set); not answered since 1970-01-01T01:00:00.000Z: time-out",
        "asks refills     in lists of at most 100 ids, one id as refills=ID (learned at \
         1970-01-01T00:01:00.000Z from: a list of 3 ids was answered)",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    provider.stop().await;
    operator.finish().await;
}

#[apply(story)]
async fn a_provider_whose_dialect_is_known_is_added_by_one_command() {
    let operator = Operator::with_loopback();
    let provider = provider().await;
    let url = provider.url();
    for (name, word, balance) in [
        ("tether", "USDT", r#"{"balance":"12.5","currency":"USDT"}"#),
        ("unnamed", "none", r#"{"balance":"12.5"}"#),
    ] {
        let add = [
            "provider",
            "add",
            name,
            &url,
            "--currency-word",
            word,
            "--type",
            "insta_likes=Default",
            "--price-per",
            "1",
            "--price-column",
            "cost",
            "--decodes-twice",
            "true",
            "--id-names-order",
            "false",
            "--compares-charges",
            "false",
            "--ask",
            "status=many:20",
            "--ask",
            "cancel=one:plural",
        ];
        operator.ok_given(&add, provider.key()).await;
        provider.fail_next("balance", Fault::Http(200, balance.to_owned()));
        let rows = ROWS.replace("rate", "cost");
        provider.fail_next("services", Fault::Http(200, rows));
        let tested = operator.ok(&["provider", "test", name]).await;
        assert!(tested.contains("12.50 USD"), "{tested}");
        assert!(!tested.contains("unknown type"), "{tested}");
        let show = operator.ok(&["provider", "show", name]).await;
        for line in [
            &*format!("currency         USD, each 1.00 USD; its balance calls it {word}"),
            "prices           of 1, in the column cost",
            "type             instalikes -> Default",
            "id in statuses   names no order",
            "decodes          twice: invitations are sent as joinchat/",
            "charges          not compared",
            "asks statuses    in lists of at most 20 ids (set)",
            "asks cancels     one by one, one id as orders=ID (set)",
            "asks refills     in lists, unless they are refused (not learned yet)",
        ] {
            assert!(show.contains(line), "{line}: {show}");
        }
        let set = ["provider", "set", name, "--ask", "status=learned"];
        operator.ok(&set).await;
        let show = operator.ok(&["provider", "show", name]).await;
        let line = "asks statuses    in lists, unless they are refused (not learned yet)";
        assert!(show.contains(line), "{show}");
    }
    for (options, said) in [
        (["--price-column", "a price"], "price_column"),
        (["--type", "x=Subscriptions"], "types"),
    ] {
        let add = ["provider", "add", "bad", &url, options[0], options[1]];
        let refused = operator.refused_given(&add, provider.key()).await;
        assert!(refused.contains(said), "{refused}");
    }
    for way in [
        "status",
        "status=two",
        "add=one",
        "status=many:1",
        "cancel=many:101",
    ] {
        let said = operator
            .misused(&["provider", "add", "bad", &url, "--ask", way])
            .await;
        assert!(said.contains("--ask"), "{said}");
    }
    let list = operator.ok(&["provider", "list"]).await;
    assert!(!list.contains("bad"), "{list}");
    let kept = operator.ok(&["audit", "list"]).await;
    assert!(kept.contains("provider_added"), "{kept}");
    provider.stop().await;
    operator.finish().await;
}

#[apply(story)]
async fn an_offer_that_is_resumed_with_nothing_mended_says_so() {
    let operator = Operator::with_loopback();
    let provider = provider().await;
    let add = ["provider", "add", "upstream", &provider.url()];
    operator.ok_given(&add, provider.key()).await;
    let sold = ["service", "add", "--offer", "upstream=7", "--rate", "0.90"];
    operator.ok(&sold).await;
    operator.customer().await;
    let key = operator.ok(&["key", "create", "alice"]).await;
    let opened = operator.opened().await;
    provider.script_next(
        7,
        Script::AddSays {
            status: 200,
            body: r#"{"order":<order>,"charge":"9.00"}"#.to_owned(),
            record: true,
        },
    );
    order(&opened.url, &key, "https://x.test/1").await;
    opened.work().await;
    let resume = ["provider", "resume-offer", "upstream", "7"];
    assert_eq!(
        operator.ok(&resume).await,
        "Service 7 of upstream is sent to again, 0 orders wait; its first charges are compared again.\n\
         Nothing is mended, it seems: its last charge, 9.00 USD for 1000 (dispatch 1 of order 1), is \
         still above the quote of 0.30 USD: the next one like it pauses the offer again."
    );
    let again = operator.ok(&resume).await;
    assert!(!again.contains("mended"), "it was not paused: {again}");
    opened.stop().await;
    provider.stop().await;
    operator.finish().await;
}

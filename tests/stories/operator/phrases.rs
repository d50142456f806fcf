//! The phrasebook by commands, beside a panel that serves.

use std::fs;

use serde_json::Value;
use smm_panel_server::demo::provider::{Script, SimulatedProvider};

use super::{Opened, Operator, ask, order, provider};

const NEW: &str = "Your reseller plan does not include this";

/// A panel whose provider says something new of the next orders.
async fn start(operator: &Operator) -> (SimulatedProvider, String) {
    let provider = provider().await;
    operator.ok(&["migrate"]).await;
    let url = provider.url();
    let add = ["provider", "add", "upstream", &url, "--timeout-ms", "500"];
    operator.ok_given(&add, provider.key()).await;
    let sold = ["service", "add", "--offer", "upstream=7", "--rate", "0.90"];
    operator.ok(&sold).await;
    operator.customer().await;
    let key = operator.ok(&["key", "create", "alice"]).await;
    (provider, key)
}

async fn answered(
    opened: &Opened,
    provider: &SimulatedProvider,
    key: &str,
    link: &str,
    says: &str,
) {
    provider.script_next(
        7,
        Script::AddSays {
            status: 200,
            body: serde_json::json!({"error": says}).to_string(),
            record: false,
        },
    );
    order(&opened.url, key, link).await;
    opened.work().await;
}

async fn status(opened: &Opened, key: &str, order: &str) -> String {
    let answer = ask(&opened.url, key, &[("action", "status"), ("order", order)]).await;
    let json: serde_json::Value = serde_json::from_str(&answer).unwrap();
    json["status"].as_str().unwrap().to_owned()
}

#[apply(story)]
async fn a_person_sorts_an_unknown_sentence_once_and_all_orders_that_wait_on_it_go_on() {
    let operator = Operator::with_loopback();
    let (provider, key) = start(&operator).await;
    assert_eq!(
        operator.ok(&["phrase", "list"]).await,
        "There is nothing to sort."
    );
    let opened = operator.opened().await;
    for link in ["https://x.test/1", "https://x.test/2"] {
        answered(&opened, &provider, &key, link, NEW).await;
    }
    let listed = operator.ok(&["phrase", "list"]).await;
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines.len(), 2, "{listed}");
    assert!(
        lines[0].starts_with(
            "PHRASE ID  PROVIDER NAME  KIND     CLASS     DECISION  TIMES SEEN  ORDERS  HELD"
        ),
        "{listed}"
    );
    let begins =
        "        1  upstream       refusal  unsorted                     2       2  1.80  20";
    assert!(lines[1].starts_with(begins), "{listed}");
    let shown = operator.ok(&["phrase", "show", "1"]).await;
    for line in [
        "compared   your reseller plan does not include this",
        "as order_fault         2 rejected and refunded (1.80 USD held)",
        "as our_funds           2 sent again (1.80 USD held)",
        "as server_fault        2 left parked",
        "decide refund          2 rejected and refunded",
        "dispatch 1 of order 1 at upstream (no id) since 20",
        "    1000 of its service 7 for https://x.test/1\ndispatch 2 of order 2 at upstream",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }

    let sort = [
        "phrase",
        "sort",
        "1",
        "too_many_requests",
        "--reason",
        "asked them",
    ];
    let pending = operator.ok(&sort).await;
    assert!(
        pending.contains("as order_fault"),
        "what it does is shown: {pending}"
    );
    assert!(
        pending.contains("decision 1: sort phrase 1 of upstream"),
        "{pending}"
    );
    assert!(
        pending.contains("until then: smm-panel phrase undo 1"),
        "{pending}"
    );
    let listed = operator.ok(&["phrase", "list"]).await;
    assert!(listed.contains("decision 1: sort"), "{listed}");
    let open = "unsorted; decision 1: too_many_requests at 20";
    let waiting = operator.rows(&["phrase", "list"]).await;
    let decision = waiting[0]["decision"].as_str().unwrap();
    assert!(
        decision.starts_with("decision 1: too_many_requests at 20"),
        "{decision}"
    );
    let shown = operator.ok(&["phrase", "show", "1"]).await;
    assert!(shown.contains(open), "{shown}");
    assert!(
        shown.contains("open       decision 1: sort phrase 1 of upstream as too_many_requests"),
        "{shown}"
    );
    assert!(
        shown.ends_with("until then: smm-panel phrase undo 1"),
        "{shown}"
    );
    let undone = operator.ok(&["phrase", "undo", "1"]).await;
    assert!(undone.contains("it was undone 20"), "{undone}");
    let no = operator.refused(&["phrase", "undo", "1"]).await;
    assert!(no.contains("it cannot be undone"), "{no}");

    let wrong = [&sort[..], &["--yes-for", "3"]].concat();
    let no = operator.refused(&wrong).await;
    assert!(no.contains("2 orders wait on it, not 3"), "{no}");
    let now = [&sort[..], &["--yes-for", "2"]].concat();
    let done = operator.ok(&now).await;
    assert!(
        done.contains("decision 2: sort phrase 1 of upstream"),
        "{done}"
    );
    assert!(done.contains("it took effect 20"), "{done}");
    opened.work().await;
    for order in ["1", "2"] {
        assert_ne!(status(&opened, &key, order).await, "Pending");
    }
    assert_eq!(
        operator.ok(&["phrase", "list"]).await,
        "There is nothing to sort."
    );
    let all = operator.ok(&["phrase", "list", "--all"]).await;
    assert!(all.contains("too_many_requests (provider)"), "{all}");
    let log = operator.ok(&["audit", "list"]).await;
    for deed in ["phrase_sorted", "phrase_undone", "phrase_applied"] {
        assert!(log.contains(deed), "{log}");
    }
    opened.stop().await;
    provider.stop().await;
    operator.finish().await;
}

#[apply(story)]
async fn orders_that_wait_on_a_fault_are_decided_together() {
    let operator = Operator::with_loopback().with("SMM_PANEL_PHRASE_SECOND_PERSON_USD", "1");
    let (provider, key) = start(&operator).await;
    let opened = operator.opened().await;
    for link in ["https://x.test/1", "https://x.test/2"] {
        answered(
            &opened,
            &provider,
            &key,
            link,
            "Something went wrong, try again later",
        )
        .await;
    }
    let no = ["phrase", "sort", "1", "order_fault", "--reason", "x"];
    let no = operator.refused(&no).await;
    assert!(no.contains("class must be server_fault"), "{no}");
    let decide = [
        "phrase",
        "decide",
        "1",
        "--refund",
        "--reason",
        "they lost them",
    ];
    let shown = operator.ok(&decide).await;
    assert!(
        shown.ends_with(
            "decide refund          2 rejected and refunded (1.80 USD held)\n\
             Nothing was done: 2 order(s) with 1.80 USD; add --yes-for 2"
        ),
        "{shown}"
    );
    assert!(!shown.contains("as server_fault"), "{shown}");
    let first = [&decide[..], &["--to", "2026-01-01T00:00:00Z"]].concat();
    let shown = operator.ok(&first).await;
    assert!(
        shown.ends_with("Nothing was done: no order waits on it in that time"),
        "{shown}"
    );
    let done = operator
        .ok(&[&decide[..], &["--yes-for", "2"]].concat())
        .await;
    assert!(
        done.contains(
            "waits for a second person: an operator confirms it: \
             POST /operator/v1/phrase-decisions/1/confirmation, page /docs/operator; to take \
             it back: smm-panel phrase undo 1"
        ),
        "{done}"
    );
    assert!(!done.contains("left over"), "nothing took effect: {done}");
    let no = operator.refused(&["phrase", "confirm", "1"]).await;
    assert!(
        no.contains("a second person has to confirm it: an operator confirms it: POST /operator/"),
        "{no}"
    );
    let alerts = operator.ok(&["alerts"]).await;
    assert!(
        alerts.contains("decision 1 of command about the phrase"),
        "{alerts}"
    );
    assert!(
        alerts.contains("phrase-decisions/1/confirmation"),
        "{alerts}"
    );
    let undone = operator.ok(&["phrase", "undo", "1"]).await;
    assert!(undone.contains("was undone"), "{undone}");
    opened.stop().await;

    let operator = operator.with("SMM_PANEL_PHRASE_SECOND_PERSON_USD", "0");
    let done = operator
        .ok(&[&decide[..], &["--yes-for", "2"]].concat())
        .await;
    assert!(
        done.contains("decision 2: resolve phrase 1 of upstream as refund"),
        "{done}"
    );
    let opened = operator.opened().await;
    for order in ["1", "2"] {
        assert_eq!(status(&opened, &key, order).await, "Canceled");
    }
    opened.stop().await;
    provider.stop().await;
    operator.finish().await;
}

#[apply(story)]
async fn what_is_not_decided_together_says_what_to_do_instead() {
    let operator = Operator::with_loopback();
    operator.ok(&["migrate"]).await;
    operator
        .ok(&["phrase", "add", "--status", "Em andamento"])
        .await;
    operator.ok(&["phrase", "add", NEW]).await;
    let decide = |phrase| ["phrase", "decide", phrase, "--refund", "--reason", "r"];
    let word = "\"Em andamento\" is a status word: it is sorted, not decided: smm-panel phrase sort 1; \
                one order: smm-panel dispatch resolve";
    assert_eq!(operator.refused(&decide("1")).await, word);
    let all =
        "phrase 2 is for all providers: decide the phrase of one provider, listed by phrase list";
    assert_eq!(operator.refused(&decide("2")).await, all);
    let given = [&decide("2")[..], &["--yes-for", "0"]].concat();
    assert_eq!(operator.refused(&given).await, all);
    operator.finish().await;
}

#[apply(story)]
async fn what_a_status_word_holds_up_is_shown_in_money() {
    let operator = Operator::with_loopback().with("SMM_PANEL_SYNC_INTERVAL_MS", "1");
    let (provider, key) = start(&operator).await;
    let opened = operator.opened().await;
    let line = r#"{"charge":"0.3","status":"Em andamento","remains":"900"}"#;
    provider.script_next(7, Script::Says(line.to_owned()));
    order(&opened.url, &key, "https://x.test/1").await;
    opened.work().await;
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    opened.work().await;
    let shown = operator.ok(&["phrase", "show", "1"]).await;
    for line in [
        "waiting    1 order(s) with 0.90 USD",
        "as in_progress         1 order(s) with 0.90 USD are asked about again at once",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    let added = operator.ok(&["phrase", "add", "--status", "Novo"]).await;
    let id = added.split_whitespace().nth(1).unwrap();
    let shown = operator.ok(&["phrase", "show", id]).await;
    let line = "as in_progress         answers to come only";
    assert!(shown.contains(line), "{shown}");
    opened.stop().await;
    provider.stop().await;
    operator.finish().await;
}

#[apply(story)]
async fn a_decision_for_all_is_shown_on_the_providers_phrase_and_unsaid_rows_are_hidden() {
    let operator = Operator::with_loopback();
    let (provider, key) = start(&operator).await;
    let opened = operator.opened().await;
    answered(&opened, &provider, &key, "https://x.test/1", NEW).await;
    let sort = ["phrase", "sort", "1", "order_fault", "--for-all"];
    operator
        .ok(&[&sort[..], &["--reason", "their page"]].concat())
        .await;
    let open = "unsorted; decision 1: order_fault for all at 20";
    let listed = operator.rows(&["phrase", "list"]).await;
    let decision = listed[0]["decision"].as_str().unwrap();
    assert!(
        decision.starts_with("decision 1: order_fault for all at 20"),
        "{decision}"
    );
    let shown = operator.ok(&["phrase", "show", "1"]).await;
    assert!(shown.contains(open), "{shown}");
    operator.ok(&["phrase", "undo", "1"]).await;
    let listed = operator.ok(&["phrase", "list"]).await;
    assert_eq!(
        listed.lines().count(),
        2,
        "nobody has said it for all: {listed}"
    );
    assert!(!listed.contains("decision"), "{listed}");
    let all = operator.rows(&["phrase", "list", "--all"]).await;
    let for_all = |row: &&Value| row["provider_name"].is_null() && row["class"] == "unsorted";
    assert_eq!(all.iter().filter(for_all).count(), 1, "{all:?}");
    opened.stop().await;
    provider.stop().await;
    operator.finish().await;
}

#[apply(story)]
async fn a_class_of_the_other_kind_is_answered_with_those_there_are() {
    let operator = Operator::with_loopback();
    operator.ok(&["migrate"]).await;
    operator
        .ok(&["phrase", "add", "--status", "Em andamento"])
        .await;
    operator.ok(&["phrase", "add", NEW]).await;
    let sort = |phrase, class| ["phrase", "sort", phrase, class, "--reason", "r"];
    assert_eq!(
        operator.refused(&sort("1", "our_funds")).await,
        "\"Em andamento\" is a status word: sort it as pending, in_progress, processing, completed, \
         partial or canceled"
    );
    let no = operator.refused(&sort("2", "completed")).await;
    assert!(
        no.ends_with(
            "is a sentence that refuses: sort it as order_fault, service_not_sold, \
                      our_funds, our_account, too_many_requests, wait_for_link, \
                      request_id_conflict, server_fault or not_a_refusal"
        ),
        "{no}"
    );
    let help = operator.ok(&["phrase", "sort", "--help"]).await;
    for line in [
        "our_funds            our balance",
        "canceled     it ended without",
    ] {
        assert!(help.contains(line), "{help}");
    }
    operator.finish().await;
}

#[apply(story)]
async fn the_phrasebook_is_carried_by_a_file() {
    let operator = Operator::with_loopback();
    let (provider, _) = start(&operator).await;
    let added = operator.ok(&["phrase", "add", NEW]).await;
    assert!(
        added.starts_with("phrase     1  (all)        refusal  unsorted"),
        "{added}"
    );
    let sort = [
        "phrase",
        "sort",
        "1",
        "order_fault",
        "--yes-for",
        "0",
        "--reason",
        "their page",
    ];
    operator.ok(&sort).await;
    let file = operator.ok(&["phrase", "export"]).await;
    assert_eq!(file.lines().count(), 2, "{file}");
    let path = operator.path("phrases.csv");
    fs::write(
        &path,
        file + "\nnobody,refusal,order_fault,-,Bad thing here,x,\n",
    )
    .unwrap();
    let path = path.display().to_string();
    let ran = operator
        .run(&["phrase", "import", &path, "--reason", "again"], "")
        .await;
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let said = "0 sorted, 1 sorted so already, 0 decided later because orders wait, 1 refused\n\
                row 3: there is no provider named nobody\n";
    assert_eq!(ran.out, said);
    let shipped = operator.ok(&["phrase", "list", "--shipped"]).await;
    assert!(!shipped.contains("There is nothing"), "{shipped}");
    provider.stop().await;
    operator.finish().await;
}

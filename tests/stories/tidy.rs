//! The architecture, where the language cannot hold it: who may know whom, and how long a file and
//! a line may be.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the whole project.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Every Rust file below `folder`, with its path from the project's folder and its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty(), "there is nothing in {folder}");
    found
}

/// The code of a file without comments and without its tests.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// No file whose path begins with one of `files` names one of `words`.
fn never(files: &[&str], words: &[&str]) {
    let mut seen = 0;
    for (name, text) in sources("server/src") {
        let inside = name.strip_prefix("server/src/").unwrap();
        let is_test = name.ends_with("tests.rs") || name.contains("/tests/");
        if is_test || !files.iter().any(|file| inside.starts_with(file)) {
            continue;
        }
        seen += 1;
        let code = code(&text);
        for word in words {
            assert!(!code.contains(word), "{name} knows {word}");
        }
    }
    assert!(seen > 0, "no file is called {files:?}");
}

const PURE: &[&str] = &[
    "money.rs",
    "ids.rs",
    "vocabulary.rs",
    "wording.rs",
    "accounts/names.rs",
    "protocol/",
    "accounts/rules.rs",
    "accounts/scope.rs",
    "accounts/email.rs",
    "mail/rules.rs",
    "orders/rules.rs",
    "orders/draft.rs",
    "orders/standing.rs",
    "orders/told.rs",
    "orders/verdict.rs",
    "orders/link.rs",
    "refills/rules.rs",
    "tickets/rules.rs",
    "refills/automatic.rs",
    "catalog/counting.rs",
    "catalog/rules.rs",
    "catalog/sync/listed.rs",
    "catalog/sync/difference.rs",
    "suspensions/rules.rs",
    "deposits/rules.rs",
    "deposits/terms.rs",
    "abuse/detectors/",
    "abuse/facts.rs",
    "abuse/findings.rs",
    "abuse/watch.rs",
];

const NOUNS: &[&str] = &[
    "abuse/",
    "accounts/",
    "adjustments/",
    "catalog/",
    "deposits/",
    "mail/",
    "orders/",
    "phrases/",
    "refills/",
    "suspensions/",
    "tickets/",
    "wallet/",
    "audit/",
    "alerts/",
];

#[test]
fn rules_money_and_the_protocol_are_pure() {
    never(
        PURE,
        &[
            "sea_orm",
            "poem",
            "reqwest",
            "tokio",
            "rand::",
            "Clock",
            "SystemTime",
        ],
    );
}

#[test]
fn faces_know_no_table_and_no_arithmetic_on_money() {
    never(
        &["http/"],
        &[
            "sea_orm",
            "crate::entity",
            ".plus(",
            ".minus(",
            ".share_of(",
            ".in_proportion(",
        ],
    );
}

#[test]
fn nouns_know_no_face_and_no_network() {
    never(
        NOUNS,
        &[
            "crate::http",
            "poem",
            "reqwest",
            "crate::workers",
            "crate::cli",
        ],
    );
}

#[test]
fn nouns_know_each_other_in_one_direction() {
    never(
        &["wallet/"],
        &[
            "crate::accounts",
            "crate::catalog",
            "crate::adjustments",
            "crate::orders",
            "crate::refills",
            "crate::suspensions",
            "crate::tickets",
        ],
    );
    never(
        &["accounts/", "catalog/"],
        &[
            "crate::adjustments",
            "crate::orders",
            "crate::refills",
            "crate::suspensions",
            "crate::tickets",
        ],
    );
    never(
        &["adjustments/"],
        &[
            "crate::catalog",
            "crate::orders",
            "crate::refills",
            "crate::suspensions",
        ],
    );
    never(
        &["orders/"],
        &[
            "crate::adjustments",
            "crate::phrases",
            "crate::refills",
            "crate::suspensions",
            "crate::tickets",
        ],
    );
    // They note what happens; what is made of it is not theirs to know.
    never(
        &[
            "accounts/",
            "catalog/",
            "deposits/",
            "disputes/",
            "orders/",
            "refills/",
            "tickets/",
            "wallet/",
        ],
        &[
            "abuse::cases",
            "abuse::act",
            "abuse::work",
            "abuse::findings",
        ],
    );
    never(&["refills/"], &["crate::suspensions", "crate::tickets"]);
    never(&["tickets/"], &["crate::disputes", "crate::suspensions"]);
    never(&["disputes/"], &["crate::tickets", "crate::suspensions"]);
    never(&["suspensions/"], &["crate::refills"]);
}

#[test]
fn workers_and_the_client_hold_no_statements() {
    never(
        &["workers/", "provider/"],
        &["sea_orm", "crate::entity", "query(", "execute("],
    );
}

#[test]
fn only_the_wallet_writes_balances_and_the_ledger() {
    let words = [
        "entity::wallet",
        "ledger_entry",
        "ledger_transaction::",
        "UPDATE wallets",
    ];
    let others: Vec<&str> = NOUNS
        .iter()
        .copied()
        .filter(|noun| *noun != "wallet/")
        .collect();
    never(&others, &words);
    never(&["http/", "workers/", "cli/", "panel.rs", "app.rs"], &words);
}

#[test]
fn the_checker_shares_nothing_with_what_it_checks() {
    let nouns = [
        "crate::orders",
        "crate::wallet",
        "crate::refills",
        "crate::money",
    ];
    never(&["check/"], &nouns);
    never(
        &["check/"],
        &["crate::entity", "crate::catalog", "crate::accounts"],
    );
}

#[test]
fn statements_are_never_formatted() {
    for (name, text) in sources("server/src") {
        if name.contains("/tests") {
            continue;
        }
        for (number, line) in code(&text).lines().enumerate() {
            let formats = line.contains("format!(");
            let statement = ["SELECT ", "INSERT ", "UPDATE ", "DELETE "];
            let formatted = formats && statement.iter().any(|verb| line.contains(verb));
            assert!(!formatted, "{name}, line {}: {line}", number + 1);
        }
    }
}

#[test]
fn files_and_lines_are_of_a_readable_length() {
    for folder in [
        "server",
        "migrations",
        "tests",
        "sdk",
        "openapi",
        "examples",
    ] {
        for (name, text) in sources(folder) {
            if name.ends_with("/generated.rs") {
                continue;
            }
            let lines = text.lines().count();
            assert!(lines <= 460, "{name} has {lines} lines");
            // An answer of the panel is compared as it is, on one line.
            let lines = if folder == "tests" { "" } else { text.as_str() };
            for (number, line) in lines.lines().enumerate() {
                let width = line.chars().count();
                assert!(
                    width <= 110,
                    "{name}, line {}: {width} characters",
                    number + 1
                );
            }
        }
    }
}

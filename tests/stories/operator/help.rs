//! What the program says of itself, and the README of it.

use super::Operator;

/// Every command of the program by its path, in order; each help says what it and each option does.
async fn every_command(operator: &Operator) -> Vec<String> {
    let mut left = vec![Vec::<String>::new()];
    let mut seen = Vec::new();
    while let Some(path) = left.pop() {
        let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = operator.ok(&arguments).await;
        let usage = format!(
            "Usage: {}",
            [&["smm-panel".to_owned()], &path[..]].concat().join(" ")
        );
        assert!(help.contains(&usage), "{help}");
        let about = help.lines().next().unwrap_or_default();
        assert!(about.len() > 10 && !about.starts_with("Usage"), "{help}");
        for command in described(&help, "Commands:") {
            if command != "help" {
                let mut below = path.clone();
                below.push(command);
                left.push(below);
            }
        }
        described(&help, "Arguments:");
        described(&help, "Options:");
        seen.push(path.join(" "));
    }
    seen.sort();
    seen
}

#[apply(story)]
async fn every_command_has_a_help_that_says_what_it_and_each_option_does() {
    let operator = Operator::without_schema();
    let seen = every_command(&operator).await;
    let expected = [
        "",
        "account",
        "account chargeback",
        "account correct",
        "account create",
        "account credit",
        "account credits",
        "account erase",
        "account export",
        "account list",
        "account reinstate",
        "account reset-link",
        "account set",
        "account show",
        "account suspend",
        "alerts",
        "alerts acknowledge",
        "audit",
        "audit export",
        "audit list",
        "audit verify",
        "backup",
        "case",
        "case confirm",
        "case list",
        "case note",
        "case release",
        "case show",
        "catalog",
        "catalog apply",
        "catalog dismiss",
        "catalog import",
        "catalog report",
        "catalog sync",
        "check",
        "config",
        "copy",
        "demo",
        "deposit",
        "deposit add-payment",
        "deposit decide",
        "deposit list",
        "deposit record",
        "deposit reviews",
        "deposit show",
        "dispatch",
        "dispatch list",
        "dispatch resolve",
        "dispute",
        "dispute decide",
        "dispute evidence",
        "dispute list",
        "import",
        "import customers",
        "import orders",
        "import services",
        "key",
        "key create",
        "key list",
        "key revoke",
        "key rotate",
        "migrate",
        "operator",
        "operator alert-mails",
        "operator create",
        "operator list",
        "operator password",
        "operator remove",
        "operator reset-link",
        "operator reset-totp",
        "operator role",
        "order",
        "order cancel",
        "order end",
        "order lift-overlap",
        "order list",
        "order manual",
        "order show",
        "phrase",
        "phrase add",
        "phrase confirm",
        "phrase decide",
        "phrase export",
        "phrase import",
        "phrase list",
        "phrase show",
        "phrase sort",
        "phrase undo",
        "provider",
        "provider add",
        "provider balance",
        "provider list",
        "provider pause",
        "provider resume",
        "provider resume-offer",
        "provider services",
        "provider set",
        "provider show",
        "provider test",
        "restore",
        "restore mark",
        "serve",
        "service",
        "service add",
        "service list",
        "service set",
        "ticket",
        "ticket answer",
        "ticket decide",
        "ticket list",
        "ticket show",
        "tier",
        "tier create",
        "tier list",
        "tier set",
    ];
    assert_eq!(seen, expected);
    assert!(!operator.path("panel.db").exists(), "help opens nothing");
}

/// The first words of the entries under `heading`; each entry has a description, on its own line
/// or on the next.
fn described(help: &str, heading: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != heading).skip(1);
    let lines: Vec<&str> = lines
        .take_while(|line| line.is_empty() || line.starts_with(' '))
        .collect();
    let mut names = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        // Descriptions that stand on lines of their own are further in.
        if line.is_empty() || indent > 6 {
            continue;
        }
        let entry = line.trim_start();
        let told = entry
            .split_once("  ")
            .is_some_and(|(_, text)| !text.trim().is_empty());
        let below = lines
            .get(at + 1)
            .is_some_and(|next| next.starts_with("          "));
        assert!(
            told || below,
            "{heading} {entry:?} is not described:\n{help}"
        );
        names.push(
            entry
                .split([' ', ','])
                .next()
                .unwrap_or_default()
                .to_owned(),
        );
    }
    names
}

/// The words in backticks of a cell.
fn named(cell: &str) -> Vec<String> {
    let words = cell.split('`').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

#[apply(story_of_sqlite)]
async fn the_readme_says_by_what_command_and_what_operation_each_thing_is_decided() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let read = |path: &str| std::fs::read_to_string(format!("{root}/{path}")).unwrap();
    let readme = read("README.md");
    let table = readme.split("| what | command | operation |\n").nth(1);
    let table = table.unwrap().split("\n\n").next().unwrap();
    let (mut commands, mut operations) = (Vec::new(), Vec::new());
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let [_, command, operation] = cells[..] else {
            panic!("{row}");
        };
        commands.extend(named(command));
        operations.extend(named(operation));
    }
    commands.sort();
    operations.sort();

    let document: serde_json::Value = serde_json::from_str(&read("openapi/panel.json")).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let ours = paths.filter(|(path, _)| path.starts_with("/operator/v1/"));
    let mut documented: Vec<String> = ours
        .flat_map(|(_, item)| item.as_object().unwrap().values())
        .filter_map(|operation| operation["operationId"].as_str())
        .map(str::to_owned)
        .collect();
    documented.sort();
    assert_eq!(operations, documented);

    let all = every_command(&Operator::new()).await;
    // A command with others below it is told by those, but for one that does something itself.
    let does_something = |path: &&String| {
        let below = format!("{path} ");
        *path == "alerts" || !path.is_empty() && !all.iter().any(|other| other.starts_with(&below))
    };
    let known: Vec<String> = all.iter().filter(does_something).cloned().collect();
    assert_eq!(commands, known);
}

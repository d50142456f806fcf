//! The committed documents and the generated client are what the code says, and the documents are
//! described in whole sentences.

use serde_json::Value;
use smm_panel_server::http::documents;

#[test]
fn the_committed_documents_and_client_are_what_the_code_says() {
    let differences = openapi::check().expect("documents and a client");
    assert!(
        differences.is_empty(),
        "{differences}\nrun `cargo run -p openapi -- generate`"
    );
}

/// `sdk.json` is a part of `panel.json`.
#[test]
fn every_description_is_a_whole_sentence() {
    let document = documents::panel().expect("a document");
    let mut fragments = Vec::new();
    collect_fragments(&document, "", &mut fragments);
    assert!(
        fragments.is_empty(),
        "descriptions that are no whole sentences:\n{}",
        fragments.join("\n")
    );
}

/// Adds each description in `value` that is no whole sentence to `fragments`, behind its path.
fn collect_fragments(value: &Value, path: &str, fragments: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, inner) in object {
                // An example is data, and a property may have any name.
                let is_keyword = !path.ends_with("/properties");
                if is_keyword && matches!(name.as_str(), "example" | "examples") {
                    continue;
                }
                let path = format!("{path}/{name}");
                match inner.as_str().filter(|_| name == "description") {
                    Some(text) if is_sentence(text) => {}
                    Some(text) => fragments.push(format!("{path}: {text:?}")),
                    None => collect_fragments(inner, &path, fragments),
                }
            }
        }
        Value::Array(array) => {
            for (number, inner) in array.iter().enumerate() {
                collect_fragments(inner, &format!("{path}/{number}"), fragments);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whether `text` has four words or more, and begins and ends like a sentence or ends with a list or a
/// table.
fn is_sentence(text: &str) -> bool {
    let text = text.trim();
    let begins = |first: char| first.is_uppercase() || first.is_ascii_digit();
    let last = text.lines().last().unwrap_or_default().trim_start();
    text.split_whitespace().count() >= 4
        && (text.starts_with(begins) || text.starts_with(['`', '"', '\'']))
        && (text.ends_with(['.', ':', '?', '!']) || last.starts_with("- ") || last.starts_with('|'))
}

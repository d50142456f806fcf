//! The OpenAPI documents of smm-panel and the client that is generated from them, as texts.
//!
//! Three files are committed: `openapi/panel.json`, `openapi/sdk.json` and
//! `sdk/src/generated.rs`. [`files`] gives what each of them must be, [`write()`] writes them, and
//! [`check`] tells where they differ; the test of this crate does, so that none can drift from the
//! code.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, TypeImpl};
use quote::quote;
use schemars::schema::{InstanceType, SchemaObject};
use serde_json::Value;
use similar::TextDiff;
use smm_panel_server::http::documents;

/// How many lines around a difference are shown.
const AROUND: usize = 3;

/// A file and what it must be.
pub struct File {
    /// Its path from the project's folder.
    pub path: &'static str,
    /// Its text.
    pub text: String,
}

/// The three files.
pub fn files() -> Result<[File; 3]> {
    let sdk = documents::sdk()?;
    Ok([
        File {
            path: "openapi/panel.json",
            text: json(&documents::panel()?),
        },
        File {
            path: "openapi/sdk.json",
            text: json(&sdk),
        },
        File {
            path: "sdk/src/generated.rs",
            text: client(sdk)?,
        },
    ])
}

/// Writes the three files. Gives the paths of those that changed.
pub fn write() -> Result<Vec<&'static str>> {
    let mut changed = Vec::new();
    for File { path, text } in files()? {
        let place = place(path);
        if fs::read_to_string(&place).ok().as_ref() != Some(&text) {
            fs::write(&place, text).with_context(|| place.display().to_string())?;
            changed.push(path);
        }
    }
    Ok(changed)
}

/// Where the three files are not what they must be, as a unified difference; empty if nowhere.
pub fn check() -> Result<String> {
    let mut differences = String::new();
    for File { path, text } in files()? {
        let committed = fs::read_to_string(place(path)).unwrap_or_default();
        if committed != text {
            let diff = TextDiff::from_lines(&committed, &text);
            let mut shown = diff.unified_diff();
            shown
                .context_radius(AROUND)
                .header(path, "what the code says");
            differences.push_str(&shown.to_string());
        }
    }
    Ok(differences)
}

/// The project's folder is the parent of this package's.
fn place(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn json(document: &Value) -> String {
    format!("{document:#}\n")
}

/// What limits a value. The panel checks all of them; a generated type for each would only be in
/// the way.
const LIMITS: [&str; 6] = [
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "example",
];

/// Takes the limits out of every schema.
fn unlimited(value: &mut Value) {
    match value {
        Value::Object(object) => {
            // A property may be called like a limit; then it is no text and no number.
            object.retain(|name, limit| !LIMITS.contains(&name.as_str()) || limit.is_object());
            object.values_mut().for_each(unlimited);
        }
        Value::Array(array) => array.iter_mut().for_each(unlimited),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Takes the answers that are no success out of every operation: the client's own part reads them.
/// What stands between a panel and its client answers with errors of its own, which are never the
/// documented body, and generated code would forget their status.
fn without_errors(document: &mut Value) {
    let paths = document["paths"].as_object_mut();
    let items = paths.into_iter().flat_map(|paths| paths.values_mut());
    let items = items.filter_map(Value::as_object_mut);
    for operation in items.flat_map(|item| item.values_mut()) {
        if let Some(responses) = operation["responses"].as_object_mut() {
            responses.retain(|status, _| status.starts_with('2'));
        }
    }
}

/// The client that is generated from `document`.
fn client(mut document: Value) -> Result<String> {
    unlimited(&mut document);
    without_errors(&mut document);
    let document = serde_json::from_value(document).context("sdk.json is not OpenAPI 3.0")?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_derive("PartialEq")
        // The key goes into each request, whoever made the HTTP client that sends it.
        .with_inner_type(quote! { crate::key::Key })
        .with_pre_hook(quote! { crate::key::sign })
        // Amounts are exact: decimal text becomes a decimal number, never a binary float.
        .with_conversion(
            SchemaObject {
                instance_type: Some(InstanceType::String.into()),
                format: Some("decimal".to_owned()),
                ..SchemaObject::default()
            },
            "::rust_decimal::Decimal",
            [TypeImpl::Display, TypeImpl::FromStr].into_iter(),
        );
    let tokens = Generator::new(&settings).generate_tokens(&document)?;
    let file = syn::parse2(tokens).context("the generated client is not Rust")?;
    let code = prettyplease::unparse(&file);
    Ok(format!(
        "// Generated from openapi/sdk.json by `cargo run -p openapi -- generate`: do not edit.\n\n\
         {code}"
    ))
}

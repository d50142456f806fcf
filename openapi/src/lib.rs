//! The OpenAPI documents of smm-panel and the client that is generated from them, as texts.
//!
//! Five files are committed: `openapi/panel.json`, `openapi/customer.json`, `openapi/operator.json`,
//! `openapi/sdk.json` and `sdk/src/generated.rs`. [`files`] gives what each of them must be,
//! [`write()`] writes them, and [`check`] tells where they differ; the test of this crate does, so that
//! none can drift from the code.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;
use similar::TextDiff;
use smm_panel_server::http::documents;

mod client;

/// How many lines around a difference are shown.
const AROUND: usize = 3;

/// A file and what it must be.
pub struct File {
    /// Its path from the project's folder.
    pub path: &'static str,
    /// Its text.
    pub text: String,
}

/// The five files.
pub fn files() -> Result<[File; 5]> {
    let sdk = documents::sdk()?;
    Ok([
        File {
            path: "openapi/panel.json",
            text: json(&documents::panel()?),
        },
        File {
            path: "openapi/customer.json",
            text: json(&documents::customer()?),
        },
        File {
            path: "openapi/operator.json",
            text: json(&documents::operator()?),
        },
        File {
            path: "openapi/sdk.json",
            text: json(&sdk),
        },
        File {
            path: "sdk/src/generated.rs",
            text: client::generate(sdk)?,
        },
    ])
}

/// Writes the five files. Gives the paths of those that changed.
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

/// Where the five files are not what they must be, as a unified difference; empty if nowhere.
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

//! The client in Rust that is generated from `sdk.json`.
//!
//! Whatever an answer may hold is open, so that a panel of a later version does not break a program of
//! today: a word that is not known is kept as it is, and a struct may get more fields.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, TypeImpl};
use quote::{format_ident, quote};
use schemars::schema::{InstanceType, SchemaObject};
use serde_json::Value;
use syn::{File, Item, parse_quote};

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

/// The words of a closed set, by the name of their schema.
struct Words {
    /// What the set is about, and what each word says: "`word`: meaning."
    description: String,
    /// In the document's order.
    words: Vec<String>,
}

/// The schemas of `document` that are sets of words.
fn word_sets(document: &Value) -> BTreeMap<String, Words> {
    let schemas = document["components"]["schemas"].as_object();
    let sets = schemas.into_iter().flatten().filter_map(|(name, schema)| {
        let words = schema["enum"].as_array()?.iter();
        let words = Words {
            description: schema["description"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            words: words
                .filter_map(|word| word.as_str().map(str::to_owned))
                .collect(),
        };
        Some((name.clone(), words))
    });
    sets.collect()
}

/// The enumeration of a set of words, with a variant for those that this version does not know.
fn open_enumeration(name: &str, set: &Words) -> Vec<Item> {
    let name = format_ident!("{name}");
    let description = &set.description;
    let words = &set.words;
    let variants: Vec<_> = words.iter().map(|word| variant(word)).collect();
    let meanings = words.iter().map(|word| meaning(word, &set.description));
    let unknown = " A word that this version does not know, as the panel sent it.";
    let enumeration = parse_quote! {
        #[doc = #description]
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #meanings] #variants,)*
            #[doc = #unknown]
            Unknown(String),
        }
    };
    let words_of = parse_quote! {
        impl #name {
            /// The word on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #words,)*
                    Self::Unknown(word) => word,
                }
            }

            fn from_word(word: &str) -> Option<Self> {
                match word {
                    #(#words => Some(Self::#variants),)*
                    _ => None,
                }
            }
        }
    };
    let on_the_wire = parse_quote! { crate::open_word::on_the_wire!(#name); };
    vec![enumeration, words_of, on_the_wire]
}

/// What a variant is called: `in_progress` is `InProgress`, `Custom Comments` is `CustomComments`.
fn variant(word: &str) -> syn::Ident {
    let parts = word.split(|c: char| !c.is_ascii_alphanumeric());
    let name: String = parts.map(capitalized).collect();
    format_ident!("{name}")
}

/// A part of a name in upper camel case; `SEO` is `Seo`.
fn capitalized(part: &str) -> String {
    let is_abbreviation = part.chars().all(|c| c.is_ascii_uppercase());
    let (first, rest) = part.split_at(part.len().min(1));
    let rest = if is_abbreviation {
        rest.to_lowercase()
    } else {
        rest.to_owned()
    };
    first.to_uppercase() + &rest
}

/// What `description` says of one of its words, or the word alone.
fn meaning(word: &str, description: &str) -> String {
    let named = format!("`{word}`: ");
    match description.split_once(&named) {
        Some((_, rest)) => {
            let text = rest.split(". ").next().unwrap_or(rest);
            format!(" `{word}`: {}.", text.trim_end_matches('.'))
        }
        None => format!(" `{word}`."),
    }
}

/// The items of the module `types`.
fn types_of(file: &mut File) -> Result<&mut Vec<Item>> {
    let mut modules = file.items.iter_mut().filter_map(|item| {
        if let Item::Mod(module) = item
            && module.ident == "types"
        {
            module.content.as_mut()
        } else {
            None
        }
    });
    let (_, items) = modules
        .next()
        .context("the generated client has no types")?;
    Ok(items)
}

/// Lets every struct have more fields later.
fn leave_structs_open(types: &mut [Item]) {
    for item in types {
        if let Item::Struct(open) = item {
            open.attrs.push(parse_quote! { #[non_exhaustive] });
        }
    }
}

/// The client that is generated from `document`.
pub(crate) fn generate(mut document: Value) -> Result<String> {
    unlimited(&mut document);
    without_errors(&mut document);
    let sets = word_sets(&document);
    let document = serde_json::from_value(document).context("sdk.json is not OpenAPI 3.0")?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_derive("PartialEq")
        // The API key goes into each request, whoever made the HTTP client that sends it.
        .with_inner_type(quote! { crate::api_key::ApiKey })
        .with_pre_hook(quote! { crate::api_key::add_to })
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
    for name in sets.keys() {
        let path = format!("crate::generated::types::{name}");
        let impls = [TypeImpl::Display, TypeImpl::FromStr].into_iter();
        settings.with_replacement(name, path, impls);
    }
    let tokens = Generator::new(&settings).generate_tokens(&document)?;
    let mut file = syn::parse2(tokens).context("the generated client is not Rust")?;
    let types = types_of(&mut file)?;
    // Its error is of reading words, which cannot fail.
    types.retain(|item| !matches!(item, Item::Mod(module) if module.ident == "error"));
    leave_structs_open(types);
    types.extend(
        sets.iter()
            .flat_map(|(name, set)| open_enumeration(name, set)),
    );
    let code = prettyplease::unparse(&file);
    Ok(format!(
        "// Generated from openapi/sdk.json by `cargo run -p openapi -- generate`: do not edit.\n\n\
         {code}"
    ))
}

//! What the documents say of each path: the methods that it takes, and the parameters of the query.

use std::collections::BTreeSet;

use poem::http::Method;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::typed::problem::Problem;

/// The paths of a document.
#[derive(Debug, Clone)]
pub(super) struct DocumentedPaths(Vec<DocumentedPath>);

/// A path with its operations.
#[derive(Debug, Clone)]
pub(super) struct DocumentedPath {
    /// The path; a part of it in braces stands for any.
    pub(super) template: String,
    /// What it takes.
    pub(super) operations: Vec<DocumentedOperation>,
}

/// What answers one method on a path.
#[derive(Debug, Clone)]
pub(super) struct DocumentedOperation {
    /// The method.
    pub(super) method: Method,
    /// The names of its parameters in the query.
    query: Vec<String>,
}

impl DocumentedPaths {
    /// What `document` describes.
    pub(super) fn of(document: &Value) -> DocumentedPaths {
        let paths = document.get("paths").and_then(Value::as_object);
        let path = |(template, item): (&String, &Value)| DocumentedPath {
            template: template.clone(),
            operations: operations_of(item),
        };
        DocumentedPaths(paths.into_iter().flatten().map(path).collect())
    }

    /// Every path, in the document's order.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = &DocumentedPath> {
        self.0.iter()
    }

    /// The methods that the documented path takes which `path` is one of, with commas between them.
    pub(super) fn list_methods(&self, path: &str) -> String {
        let operations = self.find(path).into_iter().flat_map(|of| &of.operations);
        let names: Vec<&str> = operations.map(|of| of.method.as_str()).collect();
        names.join(", ")
    }

    /// Refuses a `query` with a parameter that the operation of `method` on `path` does not have, or
    /// with one of its own twice: which of two is meant nobody can say. Where there is no such
    /// operation nothing is refused.
    pub(super) fn require_known_query(
        &self,
        method: &Method,
        path: &str,
        query: Option<&str>,
    ) -> Result<(), Problem> {
        let Some(query) = query.filter(|query| !query.is_empty()) else {
            return Ok(());
        };
        let method = if *method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        let operations = self.find(path).into_iter().flat_map(|of| &of.operations);
        let Some(operation) = operations.into_iter().find(|of| of.method == *method) else {
            return Ok(());
        };
        let mut given = BTreeSet::new();
        for (name, _) in form_urlencoded::parse(query.as_bytes()) {
            if !operation.query.iter().any(|known| *known == name) {
                return Err(unknown(&name, &operation.query));
            }
            if !given.insert(name.clone()) {
                let message = format!("the query has `{name}` more than once");
                return Err(Problem::invalid(&name, message));
            }
        }
        Ok(())
    }

    /// The name of the parameter of this number, from 0 on, in the documented path which `path` is one of.
    pub(super) fn name_in_path(&self, path: &str, number: usize) -> Option<&str> {
        let parts = self.find(path)?.template.split('/');
        let mut names = parts.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        names.nth(number)
    }

    fn find(&self, path: &str) -> Option<&DocumentedPath> {
        // What the routes take with a slash at its end is the same path.
        let path = path.strip_suffix('/').unwrap_or(path);
        // A path in full goes before one with a parameter, as it does when requests are routed.
        let exact = self.0.iter().find(|of| of.template == path);
        exact.or_else(|| self.0.iter().find(|of| is_of(path, &of.template)))
    }
}

/// Whether `path` is one of `template`, in which a part in braces stands for any.
pub(super) fn is_of(path: &str, template: &str) -> bool {
    let (given, known) = (path.split('/'), template.split('/'));
    given.clone().count() == known.clone().count()
        && given
            .zip(known)
            .all(|(given, known)| known.starts_with('{') || given == known)
}

/// Says which parameter there is not, and which there are.
fn unknown(name: &str, known: &[String]) -> Problem {
    // What is repeated to whoever sent it has an end.
    let name: String = name.chars().take(100).collect();
    let message = if known.is_empty() {
        format!("unknown parameter `{name}`: the query of this operation has none")
    } else {
        let known: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
        format!(
            "unknown parameter `{name}`: the query may have {}",
            known.join(", ")
        )
    };
    Problem::invalid(&name, message)
}

fn operations_of(item: &Value) -> Vec<DocumentedOperation> {
    let each = item.as_object().into_iter().flat_map(Map::iter);
    each.filter_map(|(method, operation)| {
        Some(DocumentedOperation {
            method: method.to_uppercase().parse().ok()?,
            query: query_of(operation),
        })
    })
    .collect()
}

fn query_of(operation: &Value) -> Vec<String> {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    parameters
        .into_iter()
        .flatten()
        .filter(|parameter| parameter["in"] == "query")
        .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths() -> DocumentedPaths {
        let limit = json!({"name": "limit", "in": "query"});
        let number = json!({"name": "order_id", "in": "path"});
        DocumentedPaths::of(&json!({"paths": {
            "/orders": {"get": {"parameters": [limit]}, "post": {}},
            "/orders/{order_id}": {"get": {"parameters": [number]}},
            "/orders/batch": {"post": {}},
        }}))
    }

    #[test]
    fn the_methods_are_those_of_the_path_that_is_meant() {
        for (path, methods) in [
            ("/orders", "GET, POST"),
            ("/orders/", "GET, POST"),
            ("/orders/7", "GET"),
            ("/orders/batch", "POST"),
            ("/order", ""),
            ("/orders/7/8", ""),
        ] {
            assert_eq!(paths().list_methods(path), methods, "{path}");
        }
    }

    #[test]
    fn a_parameter_of_the_path_has_its_documented_name() {
        assert_eq!(paths().name_in_path("/orders/x", 0), Some("order_id"));
        assert_eq!(paths().name_in_path("/orders/x", 1), None);
        assert_eq!(paths().name_in_path("/other/x", 0), None);
    }

    #[test]
    fn a_parameter_that_is_not_documented_is_refused_by_name() {
        let refused = |method, path, query| {
            let refused = paths().require_known_query(&method, path, Some(query));
            refused.err().map(|problem| {
                let (_, message, details) = problem.into_parts();
                (details.field.unwrap_or_default(), message)
            })
        };
        for (method, path, query) in [
            (Method::GET, "/orders", ""),
            (Method::GET, "/orders", "limit=1"),
            (Method::HEAD, "/orders", "limit=1"),
            (Method::GET, "/orders", "%6cimit=1"),
            // Answered as what is not there.
            (Method::GET, "/other", "anything=1"),
            (Method::DELETE, "/orders", "anything=1"),
        ] {
            assert_eq!(refused(method, path, query), None, "{path}?{query}");
        }
        for (method, path, query, field, says) in [
            (
                Method::GET,
                "/orders",
                "limits=1",
                "limits",
                "may have `limit`",
            ),
            (
                Method::HEAD,
                "/orders",
                "Limit=1",
                "Limit",
                "may have `limit`",
            ),
            (Method::GET, "/orders", "limit=1&x", "x", "may have `limit`"),
            (
                Method::GET,
                "/orders",
                "limit=1&limit=2",
                "limit",
                "more than once",
            ),
            (Method::POST, "/orders", "limit=1", "limit", "has none"),
            (
                Method::GET,
                "/orders/7",
                "order_id=8",
                "order_id",
                "has none",
            ),
            (Method::GET, "/orders/7/", "=8", "", "unknown parameter ``"),
        ] {
            let (named, message) = refused(method, path, query).unwrap();
            assert_eq!(named, field, "{path}?{query}");
            assert!(message.contains(says), "{path}?{query}: {message}");
        }
    }
}

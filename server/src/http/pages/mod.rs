//! The pages for people: `/`, `/docs`, `/docs/operator` and what they are made of, and the documents.
//!
//! Everything is part of the program and nothing comes from elsewhere: the pages work without the
//! internet, and no stranger's script ever sees the key that a reader types into them.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use poem::http::{Method, StatusCode, header};
use poem::{Endpoint, Request, Response, Route};
use serde_json::Value;

use super::compression::{accepts_gzip, compress, decompress};
use super::documents;
use crate::config::Config;
use crate::error;

mod first;
mod swagger_ui;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const JSON: &str = "application/json";

/// For what changes with the panel: ask before it is used again.
const ASK: &str = "no-cache";
/// For what changes with the program only.
const KEEP: &str = "public, max-age=3600";

/// Nothing but the panel's own files, and calls to the panel itself. Images in `data:` are the
/// arrows in the style sheet of Swagger UI.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// The page of Swagger UI for customers: what its `{...}` stand for.
const CUSTOMER: [(&str, &str); 5] = [
    ("{title}", "API"),
    ("{credential}", "your API key"),
    ("{warning}", "Calls are real: orders are charged."),
    ("{document}", "/customer.json"),
    ("{other}", "<a href=\"/docs/operator\">For operators</a>"),
];

/// The same for operators.
const OPERATOR: [(&str, &str); 5] = [
    ("{title}", "operator's API"),
    ("{credential}", "a key of staff"),
    (
        "{warning}",
        "Calls are real: money moves, and the audit log has them.",
    ),
    ("{document}", "/operator.json"),
    ("{other}", "<a href=\"/docs\">For customers</a>"),
];

/// The pages of a panel that is set up by `config` and listens on `listens`, and what they are made of;
/// the documents.
pub(super) fn routes(route: Route, config: &Config, listens: SocketAddr) -> Route {
    let docs = Arc::new(docs_of(CUSTOMER));
    let operator_docs = Arc::new(docs_of(OPERATOR));
    route
        .at("/", File::short(HTML, ASK, first::page(config, listens)))
        .at(
            "/address.js",
            File::short(JS, KEEP, include_str!("address.js")),
        )
        .at(
            "/style.css",
            File::short(CSS, KEEP, include_str!("style.css")),
        )
        .at("/docs", docs.clone())
        .at("/docs/", docs)
        .at("/docs/operator", operator_docs.clone())
        .at("/docs/operator/", operator_docs)
        .at(
            "/docs/docs.js",
            File::short(JS, KEEP, include_str!("docs.js")),
        )
        .at(
            "/docs/swagger-ui.css",
            File::large(CSS, KEEP, swagger_ui::style),
        )
        .at(
            "/docs/swagger-ui-bundle.js",
            File::large(JS, KEEP, swagger_ui::script),
        )
        .at("/openapi.json", document(documents::panel))
        .at("/customer.json", document(documents::customer))
        .at("/operator.json", document(documents::operator))
        .at("/sdk.json", document(documents::sdk))
}

/// A page of Swagger UI for `reader`.
fn docs_of(reader: [(&str, &str); 5]) -> File {
    let page = include_str!("docs.html").to_owned();
    let page = reader
        .iter()
        .fold(page, |page, (name, text)| page.replace(name, text));
    File::short(HTML, ASK, page)
}

/// The document that `make` makes; it is made when it is first wanted, too.
fn document(make: fn() -> error::Result<Value>) -> File {
    File::large(JSON, ASK, move || {
        let text = make().map_err(io::Error::other)?.to_string();
        Ok(compress(text.as_bytes())?.into())
    })
}

/// Something to read, at an address of its own.
struct File {
    content_type: &'static str,
    cache: &'static str,
    content: Content,
}

/// What a file holds.
enum Content {
    /// Not worth compressing.
    Short(Bytes),
    /// In gzip, made when it is first wanted: a panel that only serves calls never pays for it.
    Large(LazyLock<io::Result<Bytes>, Make>),
}

/// Makes the gzip of a large file.
type Make = Box<dyn FnOnce() -> io::Result<Bytes> + Send>;

impl File {
    fn short(content_type: &'static str, cache: &'static str, text: impl Into<Bytes>) -> File {
        File {
            content_type,
            cache,
            content: Content::Short(text.into()),
        }
    }

    fn large(
        content_type: &'static str,
        cache: &'static str,
        make: impl FnOnce() -> io::Result<Bytes> + Send + 'static,
    ) -> File {
        File {
            content_type,
            cache,
            content: Content::Large(LazyLock::new(Box::new(make))),
        }
    }

    /// The content for a client, and whether it is in gzip.
    async fn read(&self, zips: bool) -> io::Result<(Bytes, bool)> {
        let gzip = match &self.content {
            Content::Short(text) => return Ok((text.clone(), false)),
            Content::Large(gzip) => match &**gzip {
                Ok(gzip) => gzip.clone(),
                // The fault is kept with the file and cannot be given away.
                Err(fault) => return Err(io::Error::new(fault.kind(), fault.to_string())),
            },
        };
        if zips {
            return Ok((gzip, true));
        }
        // Milliseconds of work, which must not hold up the calls of others.
        let plain = tokio::task::spawn_blocking(move || decompress(&gzip)).await;
        Ok((plain.map_err(io::Error::other)??.into(), false))
    }
}

impl Endpoint for File {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let response = Response::builder()
            .header(header::CONTENT_SECURITY_POLICY, POLICY)
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
            .header(header::REFERRER_POLICY, "no-referrer");
        // The server leaves out the body where the method is HEAD.
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Ok(response
                .status(StatusCode::METHOD_NOT_ALLOWED)
                .header(header::ALLOW, "GET, HEAD")
                .body(()));
        }
        let (bytes, zipped) = match self.read(accepts_gzip(&request)).await {
            Ok(content) => content,
            Err(fault) => {
                let page = request.uri().path();
                tracing::error!(page, error = %fault, "a page cannot be read");
                return Ok(response.status(StatusCode::INTERNAL_SERVER_ERROR).body(()));
            }
        };
        let mut response = response
            .header(header::CONTENT_TYPE, self.content_type)
            .header(header::CACHE_CONTROL, self.cache);
        if matches!(self.content, Content::Large(_)) {
            response = response.header(header::VARY, "Accept-Encoding");
        }
        if zipped {
            response = response.header(header::CONTENT_ENCODING, "gzip");
        }
        Ok(response.body(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(method: Method, path: &str, encoding: &str) -> Response {
        let request = Request::builder()
            .method(method)
            .uri(path.parse().unwrap())
            .header(header::ACCEPT_ENCODING, encoding)
            .finish();
        let listens = SocketAddr::from(([127, 0, 0, 1], 8080));
        routes(Route::new(), &Config::default(), listens)
            .get_response(request)
            .await
    }

    #[tokio::test]
    async fn every_file_is_served_to_every_client() {
        let table = [
            ("/", HTML, ASK, "<!doctype html>"),
            ("/style.css", CSS, KEEP, ":root"),
            ("/docs", HTML, ASK, "<!doctype html>"),
            ("/docs/", HTML, ASK, "<!doctype html>"),
            ("/docs/operator", HTML, ASK, "<!doctype html>"),
            ("/docs/operator/", HTML, ASK, "<!doctype html>"),
            ("/address.js", JS, KEEP, "// "),
            ("/docs/docs.js", JS, KEEP, "// "),
            ("/docs/swagger-ui.css", CSS, KEEP, ".swagger-ui"),
            ("/docs/swagger-ui-bundle.js", JS, KEEP, "/*! For license"),
            ("/openapi.json", JSON, ASK, "{\"openapi\""),
            ("/customer.json", JSON, ASK, "{\"openapi\""),
            ("/operator.json", JSON, ASK, "{\"openapi\""),
            ("/sdk.json", JSON, ASK, "{\"openapi\""),
        ];
        for (path, content_type, cache, beginning) in table {
            for encoding in ["gzip, br", "identity"] {
                let response = ask(Method::GET, path, encoding).await;
                assert_eq!(response.status(), StatusCode::OK, "{path}");
                let header = |name| response.header(name);
                assert_eq!(header("content-type"), Some(content_type), "{path}");
                assert_eq!(header("cache-control"), Some(cache), "{path}");
                assert_eq!(header("content-security-policy"), Some(POLICY), "{path}");
                assert_eq!(header("x-content-type-options"), Some("nosniff"), "{path}");
                assert_eq!(header("referrer-policy"), Some("no-referrer"), "{path}");
                let zipped = header("content-encoding") == Some("gzip");
                let large = header("vary").is_some();
                assert_eq!(zipped, large && encoding != "identity", "{path}");
                let bytes = response.into_body().into_vec().await.unwrap();
                let bytes = if zipped {
                    decompress(&bytes).unwrap()
                } else {
                    bytes
                };
                let text = String::from_utf8(bytes).unwrap();
                assert!(text.starts_with(beginning), "{path}: {text:.80}");
            }
        }
    }

    #[tokio::test]
    async fn files_are_only_read() {
        for path in [
            "/",
            "/docs",
            "/docs/operator",
            "/docs/docs.js",
            "/openapi.json",
            "/operator.json",
        ] {
            for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
                let response = ask(method, path, "gzip").await;
                assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
                assert_eq!(response.header("allow"), Some("GET, HEAD"), "{path}");
            }
            let response = ask(Method::HEAD, path, "gzip").await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
        }
    }

    async fn text_of(path: &str) -> String {
        let body = ask(Method::GET, path, "identity").await.into_body();
        body.into_string().await.unwrap()
    }

    #[tokio::test]
    async fn pages_hold_nothing_that_their_policy_forbids() {
        for path in ["/", "/docs", "/docs/operator"] {
            let page = text_of(path).await;
            for forbidden in ["<style", "style=", "<script>", " onclick", "src=\"http"] {
                assert!(!page.contains(forbidden), "{path}: {forbidden}");
            }
        }
    }

    #[tokio::test]
    async fn each_reader_has_a_page_on_a_document_of_their_own_which_leads_to_the_other() {
        for (path, document, other) in [
            ("/docs", "/customer.json", "/docs/operator"),
            ("/docs/operator", "/operator.json", "/docs"),
        ] {
            let page = text_of(path).await;
            for part in [
                format!("data-document=\"{document}\""),
                format!("href=\"{document}\""),
                format!("href=\"{other}\""),
            ] {
                assert!(page.contains(&part), "{path}: {part}");
            }
            assert!(!page.contains('{'), "{path}: {page}");
        }
    }
}

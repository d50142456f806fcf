//! The pages for people: `/`, `/docs` and what they are made of, and the document at
//! `/openapi.json`.
//!
//! Everything is part of the program and nothing comes from elsewhere: the pages work without the
//! internet, and no stranger's script ever sees the key that a reader types into them.

use std::io;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use poem::http::{Method, StatusCode, header};
use poem::{Endpoint, Request, Response, Route};

use super::compression::{accepts_gzip, compress, decompress};

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

/// The pages for people: `/`, `/docs` and what they are made of, and the document at
/// `/openapi.json`.
pub(super) fn routes(route: Route, document: Bytes) -> Route {
    let docs = Arc::new(File::short(HTML, ASK, include_str!("docs.html")));
    let document = move || compress(&document).map(Bytes::from);
    route
        .at("/", File::short(HTML, ASK, include_str!("index.html")))
        .at(
            "/style.css",
            File::short(CSS, KEEP, include_str!("style.css")),
        )
        .at("/docs", docs.clone())
        .at("/docs/", docs)
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
        .at("/openapi.json", File::large(JSON, ASK, document))
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
    Short(&'static str),
    /// In gzip, made when it is first wanted: a panel that only serves calls never pays for it.
    Large(LazyLock<io::Result<Bytes>, Make>),
}

/// Makes the gzip of a large file.
type Make = Box<dyn FnOnce() -> io::Result<Bytes> + Send>;

impl File {
    const fn short(content_type: &'static str, cache: &'static str, text: &'static str) -> File {
        File {
            content_type,
            cache,
            content: Content::Short(text),
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
            Content::Short(text) => return Ok((Bytes::from_static(text.as_bytes()), false)),
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

    const DOCUMENT: &[u8] = b"{\"openapi\":\"3.0.0\"}";

    async fn ask(method: Method, path: &str, encoding: &str) -> Response {
        let request = Request::builder()
            .method(method)
            .uri(path.parse().unwrap())
            .header(header::ACCEPT_ENCODING, encoding)
            .finish();
        routes(Route::new(), Bytes::from_static(DOCUMENT))
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
            ("/docs/docs.js", JS, KEEP, "// "),
            ("/docs/swagger-ui.css", CSS, KEEP, ".swagger-ui"),
            ("/docs/swagger-ui-bundle.js", JS, KEEP, "/*! For license"),
            ("/openapi.json", JSON, ASK, "{\"openapi\""),
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
        for path in ["/", "/docs", "/docs/docs.js", "/openapi.json"] {
            for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
                let response = ask(method, path, "gzip").await;
                assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
                assert_eq!(response.header("allow"), Some("GET, HEAD"), "{path}");
            }
            let response = ask(Method::HEAD, path, "gzip").await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
        }
    }

    #[test]
    fn pages_hold_nothing_that_their_policy_forbids() {
        for page in [include_str!("index.html"), include_str!("docs.html")] {
            for forbidden in ["<style", "style=", "<script>", " onclick", "src=\"http"] {
                assert!(!page.contains(forbidden), "{forbidden}");
            }
        }
    }
}

//! The files of Swagger UI, from the archive of its release that is part of the program.

use std::io::{self, Cursor, Read};

use bytes::Bytes;
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

use crate::http::compression::compress;

/// The script, in gzip.
pub(super) fn script() -> io::Result<Bytes> {
    file("/dist/swagger-ui-bundle.js")
}

/// The style sheet, in gzip.
pub(super) fn style() -> io::Result<Bytes> {
    file("/dist/swagger-ui.css")
}

/// The file whose name ends so, in gzip. The beginning of a name has the version, which changes.
fn file(end: &str) -> io::Result<Bytes> {
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    let name = archive
        .file_names()
        .filter_map(Result::ok)
        .find(|name| name.ends_with(end))
        .map(String::from)
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("no file …{end}")))?;
    let mut bytes = Vec::new();
    archive.by_name(&name)?.read_to_end(&mut bytes)?;
    Ok(compress(&bytes)?.into())
}

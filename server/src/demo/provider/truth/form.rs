//! Forms as scripts take them apart.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;

use super::dialect::FormReader;

/// The fields of a form as the provider understands them.
pub(super) fn read(reader: FormReader, body: &[u8]) -> HashMap<String, String> {
    let text = String::from_utf8_lossy(body);
    let mut fields = HashMap::new();
    for pair in text.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = match reader {
            FormReader::EndsAtEquals => value.split('=').next().unwrap_or_default(),
            FormReader::Standard | FormReader::KeepsPlus | FormReader::DecodesTwice => value,
        };
        fields.insert(decoded(reader, name), decoded(reader, value));
    }
    fields
}

fn decoded(reader: FormReader, text: &str) -> String {
    let spaced = match reader {
        FormReader::KeepsPlus => text.to_owned(),
        FormReader::Standard | FormReader::EndsAtEquals | FormReader::DecodesTwice => {
            text.replace('+', " ")
        }
    };
    let once = percent_decode_str(&spaced).decode_utf8_lossy().into_owned();
    match reader {
        FormReader::DecodesTwice => percent_decode_str(&once).decode_utf8_lossy().into_owned(),
        FormReader::Standard | FormReader::KeepsPlus | FormReader::EndsAtEquals => once,
    }
}

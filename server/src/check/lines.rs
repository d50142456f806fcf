//! What was kept of providers' answers about runs: a line belongs to an order only if it does not name
//! another one.

use sea_orm::{DbErr, QueryResult};
use serde_json::Value;

use super::OWN_LINE;
use super::rows::{Cursor, Inspector, Row};
use crate::protocol::upstream::plain_id;

/// The newest kept answer to `status` of a run that its provider has taken.
struct Line {
    id: i64,
    dispatch: i64,
    provider_order: String,
    request: String,
    reply: String,
}

impl Row for Line {
    const TABLE: &'static str = "provider_exchanges";
    const SELECT: &'static str = "SELECT id, dispatch_id, provider_order, request, reply FROM \
         (SELECT e.id, e.dispatch_id, d.provider_order, e.request, e.reply \
         FROM provider_exchanges e JOIN dispatches d ON d.id = e.dispatch_id \
         WHERE e.action = 'status' AND d.provider_order IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM provider_exchanges later WHERE later.dispatch_id = e.dispatch_id \
         AND later.action = 'status' AND later.id > e.id)) AS newest";
    const KEY: &'static [&'static str] = &["id"];

    fn read(row: &QueryResult) -> Result<Line, DbErr> {
        Ok(Line {
            id: row.try_get_by_index(0)?,
            dispatch: row.try_get_by_index(1)?,
            provider_order: row.try_get_by_index(2)?,
            request: row.try_get_by_index(3)?,
            reply: row.try_get_by_index(4)?,
        })
    }

    fn key(&self) -> [i64; 2] {
        [self.id, 0]
    }
}

/// Reports runs whose newest kept answer names another order than the run's.
pub(super) async fn inspect(inspector: &mut Inspector<'_>) -> Result<(), DbErr> {
    let mut lines = Cursor::<Line>::new();
    loop {
        let page = lines.page(inspector).await?;
        if page.is_empty() {
            return Ok(());
        }
        for line in page {
            // An operator may have said since that it is another order: then this was about the old one.
            let asked = token(&line.request, &["order"]);
            if asked.is_some_and(|asked| !is_same(&asked, &line.provider_order)) {
                continue;
            }
            let named = named(&line.reply, &line.provider_order);
            if let Some(other) = named.filter(|named| !is_same(named, &line.provider_order)) {
                let (own, kept) = (&line.provider_order, line.id);
                let what = format_args!(
                    "it is order {own:?} at its provider; exchange {kept} names order {other:?}"
                );
                let row = format_args!("dispatch {}", line.dispatch);
                inspector.report.add(OWN_LINE, row, what);
            }
        }
    }
}

/// The order that a kept answer names, if it does: in JSON, or as a word `order=...`.
fn named(reply: &str, own: &str) -> Option<String> {
    let json = serde_json::from_str::<Value>(reply.trim()).ok();
    match json.filter(|json| json.is_object() || json.is_array()) {
        Some(json) => in_json(&json, own),
        None => token(reply, &NAMES),
    }
}

/// What names the order in a line, in lower case and without `_`.
const NAMES: [&str; 2] = ["order", "orderid"];
/// What lines are put into.
const ENVELOPES: [&str; 3] = ["data", "result", "orders"];

fn plain(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}

fn in_json(json: &Value, own: &str) -> Option<String> {
    // Only of a list of one line it is known that it was taken.
    if let Some([line]) = json.as_array().map(Vec::as_slice) {
        return in_json(line, own);
    }
    let object = json.as_object()?;
    if let Some(line) = object.get(own) {
        return in_json(line, own);
    }
    let mut names = object
        .iter()
        .filter(|(name, _)| NAMES.contains(&plain(name).as_str()));
    let named = names.find_map(|(_, value)| {
        let number = value.as_number().map(ToString::to_string);
        number.or_else(|| value.as_str().map(str::to_owned))
    });
    named.or_else(|| {
        let mut inner = object
            .iter()
            .filter(|(name, _)| ENVELOPES.contains(&plain(name).as_str()));
        inner.find_map(|(_, value)| in_json(value, own))
    })
}

/// The value of the first word `name=value` of `text` whose name is one of `names`.
fn token(text: &str, names: &[&str]) -> Option<String> {
    let mut words = text.split([' ', '&', ',', ';', '\n', '\t']);
    words.find_map(|word| {
        let (name, value) = word.split_once('=')?;
        let value = value.trim_matches(['"', '\'']);
        let is_value = !value.is_empty() && value != "-";
        (is_value && names.contains(&plain(name).as_str())).then(|| value.to_owned())
    })
}

/// Whether two texts are one id, in whatever spelling.
fn is_same(one: &str, other: &str) -> bool {
    plain_id(one) == plain_id(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_that_a_line_names_is_found_however_it_is_written() {
        for (reply, expected) in [
            ("status=Completed charge=0.3 start_count=5 remains=0", None),
            ("status=In progress charge=- order=77 remains=0", Some("77")),
            ("order_id=\"77\" status=Partial", Some("77")),
            ("status=order charge=order", None),
            ("order=-", None),
            (r#"{"order":77,"status":"Completed"}"#, Some("77")),
            (r#"{"Order_ID":"77","status":"Completed"}"#, Some("77")),
            (r#"{"orderId":77.0}"#, Some("77.0")),
            (r#"{"data":{"order":"77"}}"#, Some("77")),
            (r#"{"5":{"order":"77"}}"#, Some("77")),
            (r#"{"5":{"status":"Completed"},"order":"77"}"#, None),
            (r#"[{"order":77}]"#, Some("77")),
            (r#"[{"order":77},{"order":5}]"#, None),
            (r#"{"id":77,"status":"Completed"}"#, None),
            ("<html>order 77</html>", None),
            ("", None),
        ] {
            assert_eq!(named(reply, "5").as_deref(), expected, "{reply}");
        }
        assert!(is_same("77.00", " 77") && !is_same("77", "770") && !is_same("7.5", "7"));
    }
}

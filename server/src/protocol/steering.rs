//! Fields of `add` that no type of service has, and that change what is delivered or whether the order
//! is real at all. Whoever sends one relies on it: to ignore it, as unknown fields are ignored, would
//! charge for an order that was not meant. The list is closed.

use super::Params;

/// Their names, as they are written in lower case.
pub const STEERING_FIELDS: &[&str] = &[
    "is_test",
    "test",
    "sandbox",
    "dry_run",
    "reaction",
    "reactions",
    "schedule",
    "schedule_time",
];

/// What says that such a field is not used, in any case: what client libraries write for "no value",
/// and what switches it off.
const UNUSED: &[&str] = &["", "undefined", "null", "none", "nan", "0", "false"];

/// The longest name that is compared with them, in bytes.
const MAX_NAME: usize = 32;

/// The fields of [`STEERING_FIELDS`] that are used, with their values. A name is read in any case, with
/// or without `_` and `-` between its words (`isTest`), and with whatever index stands behind it
/// (`reactions[0][name]`); of a repeated one every value counts.
pub(super) fn steering_fields(params: &Params) -> Vec<(&'static str, String)> {
    let used = params.named().filter_map(|(name, value)| {
        let name = steering_field(name)?;
        let value = value.trim();
        let unused = UNUSED.iter().any(|word| value.eq_ignore_ascii_case(word));
        (!unused).then(|| (name, value.to_owned()))
    });
    used.collect()
}

/// The field that `name` stands for, if it is one of [`STEERING_FIELDS`].
fn steering_field(name: &str) -> Option<&'static str> {
    let name = name.split_once('[').map_or(name, |(name, _)| name);
    if name.len() > MAX_NAME {
        return None;
    }
    let mut fields = STEERING_FIELDS.iter().copied();
    fields.find(|field| letters(field).eq(letters(name)))
}

/// `name` in lower case and without what stands between its words. Every field of every request is
/// compared so: nothing is allocated for it.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    let letters = name
        .bytes()
        .filter(|b| !matches!(b, b'_' | b'-' | b' ' | b'.'));
    letters.map(|b| b.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_form(form: &str) -> Vec<(&'static str, String)> {
        steering_fields(&Params::from_urlencoded(form.as_bytes()).unwrap())
    }

    fn of_json(json: &str) -> Vec<&'static str> {
        let fields = steering_fields(&Params::from_json(json.as_bytes()).unwrap());
        fields.into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn every_field_of_the_closed_list_is_seen_however_it_is_written() {
        for field in STEERING_FIELDS {
            for name in [
                (*field).to_owned(),
                field.to_uppercase(),
                field.replace('_', "-"),
                field.replace('_', ""),
                format!("{field}[]"),
                format!("{field}[a][b]"),
            ] {
                let expected = [(*field, "love".to_owned())];
                assert_eq!(of_form(&format!("{name}=+love+")), expected, "{name}");
            }
        }
        assert_eq!(of_form("isTest=1&dryRun=yes")[1].0, "dry_run");
        assert_eq!(of_form("reaction=0&reaction=love&reaction=").len(), 1);
    }

    #[test]
    fn what_says_that_a_field_is_not_used_is_no_use_of_it() {
        for value in [
            "",
            "+",
            "0",
            "false",
            "False",
            "undefined",
            "null",
            "NULL",
            "None",
            "NaN",
        ] {
            let form = format!("is_test={value}&reaction={value}&schedule={value}");
            assert_eq!(of_form(&form), [], "{value:?}");
        }
        for json in [
            r#"{"is_test":false,"test":0,"reaction":null,"schedule":"","reactions":[]}"#,
            r#"{"reactions":[null,""],"sandbox":"false","dry_run":{}}"#,
        ] {
            assert_eq!(of_json(json), [""; 0], "{json}");
        }
    }

    #[test]
    fn what_json_nests_is_a_use_too() {
        let json =
            r#"{"schedule":{"time":"12:00"},"reactions":[{"love":3}],"is_test":true,"test":1}"#;
        let mut fields = of_json(json);
        fields.sort_unstable();
        assert_eq!(fields, ["is_test", "reactions", "schedule", "test"]);
    }

    #[test]
    fn other_fields_are_none_of_them() {
        let form = "tests=1&testing=1&my_test=1&reacts=love&scheduled=1&time=1&emoji=love&x=1";
        assert_eq!(of_form(form), []);
    }
}

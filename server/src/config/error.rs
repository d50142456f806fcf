//! Why the settings cannot be used, in one sentence each.

use std::io;
use std::path::PathBuf;

use super::{NAMES, PREFIX};

/// Why the settings cannot be used. The text is meant for the operator and holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("The settings file {path} cannot be read: {source}.")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not TOML.
    #[error("The settings file {path} is not valid TOML in line {line}: {message}.")]
    NotToml {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// The file sets a name that is no setting.
    #[error("The settings file {path} sets {name:?}, which is no setting; {}.", hint(.name, ""))]
    UnknownInFile {
        /// The file.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// A variable with our prefix belongs to no setting.
    #[error("The environment variable {variable} belongs to no setting; {}.", env_hint(.variable))]
    UnknownVariable {
        /// The variable.
        variable: String,
    },
    /// A value is not allowed.
    #[error("The setting {name} is {given} in {place}, but it must be {allowed}.")]
    NotAllowed {
        /// The setting.
        name: &'static str,
        /// The value, masked if it may be secret.
        given: String,
        /// Where it is set.
        place: String,
        /// What is allowed.
        allowed: String,
    },
    /// A key would cross the network in the clear.
    #[error(
        "The setting {name} is {given}, but it must begin with https://, so that the key is not \
         read on the way."
    )]
    InTheClear {
        /// The setting.
        name: &'static str,
        /// Its value.
        given: String,
    },
    /// The password of the mail server would be sent so that everybody on the way can read it.
    #[error(
        "The setting smtp_tls is none, and the password for {host} would be sent in the clear: set \
         smtp_tls to starttls or tls."
    )]
    PasswordInTheClear {
        /// The mail server.
        host: String,
    },
    /// A setting that means nothing without another.
    #[error("The setting {set} is set, and {missing} is not: set both, or neither.")]
    Alone {
        /// The one that is set.
        set: &'static str,
        /// The one that is missing.
        missing: &'static str,
    },
    /// Two settings contradict each other.
    #[error(
        "The setting {} is {}, but it must not be more than {}, which is {}.",
        .low.0, .low.1, .high.0, .high.1
    )]
    OutOfOrder {
        /// The setting that should be at most the other, and its value.
        low: (&'static str, i64),
        /// The other one.
        high: (&'static str, i64),
    },
}

fn env_hint(variable: &str) -> String {
    hint(variable.strip_prefix(PREFIX).unwrap_or(variable), PREFIX)
}

/// What to say about a name that is no setting: the one that was probably meant. With a `prefix`,
/// names are those of variables.
fn hint(name: &str, prefix: &str) -> String {
    let meant = name.to_lowercase();
    let near = NAMES
        .iter()
        .map(|known| (distance(&meant, known), known))
        .min();
    // A third of the characters wrong is still a typing error; more is another word.
    match near.filter(|(distance, _)| *distance <= (meant.chars().count() / 3).max(1)) {
        Some((_, known)) if prefix.is_empty() => format!("the nearest name is {known}"),
        Some((_, known)) => format!("the nearest name is {prefix}{}", known.to_uppercase()),
        None => "`smm-panel config` lists all settings".to_owned(),
    }
}

/// How many characters must be put in, left out, replaced or swapped with their neighbour to make
/// `a` from `b` (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    let at = |rows: &[Vec<usize>], i: usize, j: usize| {
        rows.get(i)
            .and_then(|row| row.get(j))
            .copied()
            .unwrap_or(usize::MAX / 2)
    };
    for (i, x) in a.iter().enumerate() {
        rows.push(vec![i + 1]);
        for (j, y) in b.iter().enumerate() {
            let replaced = at(&rows, i, j) + usize::from(x != y);
            let added = at(&rows, i, j + 1).min(at(&rows, i + 1, j)) + 1;
            let before =
                |k: usize, text: &[char]| k.checked_sub(1).and_then(|k| text.get(k)).copied();
            let swapped = before(i, &a) == Some(*y) && before(j, &b) == Some(*x);
            let swap = if swapped {
                at(&rows, i - 1, j - 1) + 1
            } else {
                usize::MAX
            };
            if let Some(row) = rows.last_mut() {
                row.push(replaced.min(added).min(swap));
            }
        }
    }
    at(&rows, a.len(), b.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_counts_typing_errors() {
        let table = [
            ("", "", 0),
            ("listen", "listen", 0),
            ("lisen", "listen", 1),
            ("lsiten", "listen", 1),
            ("listenn", "listen", 1),
            ("lasten", "listen", 1),
            ("", "log", 3),
            ("gol", "log", 2),
            ("kitten", "sitting", 3),
        ];
        for (a, b, expected) in table {
            assert_eq!(
                (distance(a, b), distance(b, a)),
                (expected, expected),
                "{a} {b}"
            );
        }
    }
}

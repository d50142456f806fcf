//! What a provider prints around its JSON: warnings of PHP and comments say nothing about an order;
//! anything else in words is part of what it says.

use std::sync::LazyLock;

use regex::Regex;

/// The shortest word that says something, in letters: `<!-- 0.0132 s -->` has none.
const MIN_WORD: usize = 3;

/// What PHP prints of itself and goes on: a whole line.
static NOTICE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?imx) ^ [^\n]*? (?:\bPHP\s+)? (?:<b>)? \b
        (?:warning | notice | deprecated | strict\ standards) (?:</b>)? : [^\n]* $",
    )
    .ok()
});
static MARKUP: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"<!--|-->|</?[A-Za-z][^<>]*>").ok());

/// The words around a provider's JSON that say something, if there are any.
pub(super) fn words_around(around: &str) -> Option<String> {
    let plain = match (NOTICE.as_ref(), MARKUP.as_ref()) {
        (Some(notice), Some(markup)) => {
            let without_notices = notice.replace_all(around, " ");
            markup.replace_all(&without_notices, " ").into_owned()
        }
        (_, _) => around.to_owned(),
    };
    let says = plain
        .split(|c: char| !c.is_alphabetic())
        .any(|word| word.chars().count() >= MIN_WORD);
    says.then(|| plain.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_and_timings_say_nothing_and_other_words_do() {
        for around in [
            "",
            "\u{feff} \n",
            "\n<!-- 0.0132 s -->",
            "<br />\n<b>Warning</b>:  Undefined array key \"start\" in <b>/a.php</b> on line 2<br />\n",
            "\n\n\n<b>Notice</b>: unused variable in api.php\n",
            "[13-Nov-2026 10:00:01 UTC] PHP Notice: x\n",
            "<br />\n</div>",
        ] {
            assert_eq!(words_around(around), None, "{around}");
        }
        for (around, said) in [
            ("<!-- order 1001 created -->", "order 1001 created"),
            (
                "<br />\n<b>Fatal error</b>: Uncaught PDOException: SQLSTATE[HY000]<br />",
                "Fatal error : Uncaught PDOException: SQLSTATE[HY000]",
            ),
            (
                "Order 55 was stored. Upstream said:",
                "Order 55 was stored. Upstream said:",
            ),
        ] {
            assert_eq!(words_around(around).as_deref(), Some(said), "{around}");
        }
    }
}

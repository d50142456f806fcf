//! What an account may be called, and which names look alike. Pure.
//!
//! A name is shown to people who move money by it, so it must not pass for something else: it is no
//! e-mail address and no number, has nothing invisible in it and one script. Two accounts have not the
//! same name in upper and lower case or in other forms of its letters. What looks like a name of the
//! staff or like an e-mail address is refused where it is set ([`super::naming`]); two customers whose
//! names look alike are told apart by their numbers.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_security::{MixedScript, skeleton};

use super::Email;
use crate::error::Refusal;
use crate::wording::line;

/// How many characters a name has at most.
const MAX_CHARS: usize = 100;

/// A name that an account may have, as far as the name alone tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// As it is shown.
    pub(super) text: String,
    /// The same for names that differ in their case or in the form of their letters alone.
    pub(super) key: String,
    /// The same for names that look alike.
    pub(super) skeleton: String,
}

impl Name {
    /// Reads a name. Refused: [`Refusal::FieldInvalid`].
    pub(super) fn parse(text: &str) -> Result<Name, Refusal> {
        let text = line("name", text, MAX_CHARS, "1 to 100 printable characters")?;
        let wrong = |expected| Refusal::FieldInvalid {
            field: "name",
            expected,
        };
        match fault_of(text) {
            None => Ok(Name::of(text)),
            Some(fault) => Err(wrong(fault.expected())),
        }
    }

    /// A name for somebody who has not said one: with `random` bytes, no other account has it.
    pub(super) fn made(of: &str, random: [u8; 5]) -> Name {
        Name::of(&[of, "-", &hex::encode(random)].concat())
    }

    /// The forms of a name, whether it may be one or not.
    pub(super) fn of(text: &str) -> Name {
        Name {
            text: text.nfc().collect(),
            key: key_of(text),
            skeleton: skeleton_of(text),
        }
    }
}

/// Why a text cannot be a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameFault {
    /// It is an e-mail address, or is read as one.
    Address,
    /// It is a number, as accounts have.
    Number,
    /// It has something in it that is not seen or that turns the direction of writing.
    Invisible,
    /// It has letters of several scripts.
    MixedScripts,
}

impl NameFault {
    /// What a name must be instead.
    const fn expected(self) -> &'static str {
        match self {
            NameFault::Address => "a name and no e-mail address, without `@` or what stands for it",
            NameFault::Number => "more than a number: accounts have numbers of their own",
            NameFault::Invisible => {
                "1 to 100 printable characters, none of them invisible or turning the direction of \
                 writing"
            }
            NameFault::MixedScripts => {
                "written in one script: no Latin letters beside Cyrillic or Greek ones, for example"
            }
        }
    }

    /// As people are told of names that exist.
    pub(super) const fn said(self) -> &'static str {
        match self {
            NameFault::Address => "an e-mail address",
            NameFault::Number => "a number",
            NameFault::Invisible => "with invisible characters",
            NameFault::MixedScripts => "of several scripts",
        }
    }
}

/// What is wrong with a name, if anything is.
pub(super) fn fault_of(text: &str) -> Option<NameFault> {
    let plain: String = text.nfkc().collect();
    if text.chars().chain(plain.chars()).any(is_invisible) {
        return Some(NameFault::Invisible);
    }
    if is_address(&plain) {
        return Some(NameFault::Address);
    }
    if plain.chars().all(|c| c.is_numeric() || c.is_whitespace()) {
        return Some(NameFault::Number);
    }
    (!is_of_one_script(&plain)).then_some(NameFault::MixedScripts)
}

/// Whether a text has an `@`, or is read as an address by people: `bob (at) example.com`.
fn is_address(plain: &str) -> bool {
    if plain.contains('@') || skeleton(plain).any(|c| c == '@') {
        return true;
    }
    let mut text = plain.to_lowercase();
    for (said, sign) in [
        ("(at)", "@"),
        ("[at]", "@"),
        ("{at}", "@"),
        ("<at>", "@"),
        (" at ", "@"),
        ("(dot)", "."),
        ("[dot]", "."),
        ("{dot}", "."),
        (" dot ", "."),
    ] {
        text = text.replace(said, sign);
    }
    text.retain(|c| !c.is_whitespace());
    Email::parse(&text).is_ok()
}

/// Whether nobody sees it, or it turns the direction of writing. A space is seen between words; other
/// spaces are not told from it.
fn is_invisible(c: char) -> bool {
    match c.general_category() {
        GeneralCategory::Control
        | GeneralCategory::Format
        | GeneralCategory::PrivateUse
        | GeneralCategory::Surrogate
        | GeneralCategory::Unassigned
        | GeneralCategory::LineSeparator
        | GeneralCategory::ParagraphSeparator => return true,
        GeneralCategory::SpaceSeparator => return c != ' ',
        GeneralCategory::UppercaseLetter
        | GeneralCategory::LowercaseLetter
        | GeneralCategory::TitlecaseLetter
        | GeneralCategory::ModifierLetter
        | GeneralCategory::OtherLetter
        | GeneralCategory::NonspacingMark
        | GeneralCategory::SpacingMark
        | GeneralCategory::EnclosingMark
        | GeneralCategory::DecimalNumber
        | GeneralCategory::LetterNumber
        | GeneralCategory::OtherNumber
        | GeneralCategory::ConnectorPunctuation
        | GeneralCategory::DashPunctuation
        | GeneralCategory::OpenPunctuation
        | GeneralCategory::ClosePunctuation
        | GeneralCategory::InitialPunctuation
        | GeneralCategory::FinalPunctuation
        | GeneralCategory::OtherPunctuation
        | GeneralCategory::MathSymbol
        | GeneralCategory::CurrencySymbol
        | GeneralCategory::ModifierSymbol
        | GeneralCategory::OtherSymbol => {}
    }
    // The skeleton leaves out what Unicode calls ignorable: fillers, joiners, selectors of variants.
    // A braille pattern without a dot is a symbol that looks like a space.
    c == '\u{2800}' || skeleton(c.encode_utf8(&mut [0; 4])).next().is_none()
}

/// Whether all letters are of one script; beside those of Chinese, Japanese and Korean, Latin ones are
/// usual and look like none of them.
fn is_of_one_script(plain: &str) -> bool {
    if plain.is_single_script() {
        return true;
    }
    let others: String = plain.chars().filter(|c| !is_latin(*c)).collect();
    let scripts = others.as_str().resolve_script_set();
    !scripts.is_all() && (scripts.hanb || scripts.jpan || scripts.kore)
}

/// Basic Latin letters and those with marks.
fn is_latin(c: char) -> bool {
    c.is_alphabetic() && c <= '\u{24f}'
}

fn key_of(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain: String = words.nfkc().collect();
    // Both ways, so that `ß` and `SS` are one; the sigma at the end of a word is a sigma.
    let folded = plain.to_uppercase().to_lowercase().replace('ς', "σ");
    folded.nfkc().collect()
}

/// The same for texts that look alike: what differs in letters that are drawn alike, in case, in
/// spaces, or in signs between the letters.
pub(super) fn skeleton_of(text: &str) -> String {
    let key = key_of(text);
    let drawn: String = skeleton(&key).collect();
    let drawn: String = skeleton(&drawn.to_lowercase()).collect();
    let drawn = drawn.to_lowercase();
    let is_letter = |c: &char| match c.general_category_group() {
        GeneralCategoryGroup::Letter
        | GeneralCategoryGroup::Mark
        | GeneralCategoryGroup::Number => true,
        GeneralCategoryGroup::Punctuation
        | GeneralCategoryGroup::Symbol
        | GeneralCategoryGroup::Separator
        | GeneralCategoryGroup::Other => false,
    };
    // A capital `I` is drawn like an `l`, and is an `i` here.
    let letters: String = drawn
        .chars()
        .filter(is_letter)
        .map(|c| if c == 'i' { 'l' } else { c })
        .collect();
    if letters.is_empty() { drawn } else { letters }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Option<NameFault> {
        fault_of(text)
    }

    #[test]
    fn names_of_all_scripts_are_taken() {
        for text in [
            "Ann's shop",
            "Alice_1",
            "Jürgen & Söhne",
            "Мой магазин",
            "Κατάστημα 24",
            "متجر",
            "小米 Mi Shop",
            "カタカナ ひらがな 漢字",
            "한국 Shop",
            "24/7",
            "Shop at Home",
            "★ stars ★",
            "café",
            "cafe\u{301}",
        ] {
            assert!(Name::parse(text).is_ok(), "{text}: {:?}", fault(text));
        }
        assert_eq!(Name::parse(" cafe\u{301} ").unwrap().text, "café");
    }

    #[test]
    fn a_name_is_no_address_in_any_spelling() {
        for text in [
            "bob@example.com",
            "bob@",
            "@bob",
            "bob＠example.com",
            "bob﹫example.com",
            "bob (at) example.com",
            "bob [AT] example [dot] com",
            "bob at example.com",
        ] {
            assert_eq!(fault(text), Some(NameFault::Address), "{text}");
        }
    }

    #[test]
    fn a_name_is_no_number() {
        for text in ["17", "１７", "007", "1 7", "٣"] {
            assert_eq!(fault(text), Some(NameFault::Number), "{text}");
        }
    }

    #[test]
    fn a_name_has_nothing_invisible_and_nothing_that_turns_it() {
        for hidden in [
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{202e}',
            '\u{2066}',
            '\u{61c}',
            '\u{ad}',
            '\u{feff}',
            '\u{34f}',
            '\u{115f}',
            '\u{3164}',
            '\u{ffa0}',
            '\u{2800}',
            '\u{fe0f}',
            '\u{e0041}',
            '\u{a0}',
            '\u{3000}',
            '\u{2028}',
            '\u{e000}',
            '\u{180e}',
            '\u{17b4}',
        ] {
            let text = format!("a{hidden}lice");
            assert_eq!(fault(&text), Some(NameFault::Invisible), "{text:?}");
        }
    }

    #[test]
    fn a_name_is_of_one_script() {
        for text in [
            "аlice",
            "pаypal",
            "Οlga",
            "ѕcope shop",
            "小米 Магазин",
            "аlice 小米",
        ] {
            assert_eq!(fault(text), Some(NameFault::MixedScripts), "{text}");
        }
    }

    #[test]
    fn one_name_has_one_key_in_every_case_and_form() {
        for (one, other) in [
            ("Alice", "aLICE"),
            ("alice  shop", " Alice Shop "),
            ("straße", "STRASSE"),
            ("ﬁsh", "fish"),
            ("Ａｌｉｃｅ", "alice"),
            ("café", "CAFE\u{301}"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ] {
            assert_eq!(Name::of(one).key, Name::of(other).key, "{one} {other}");
        }
        assert_ne!(Name::of("modem").key, Name::of("modern").key);
    }

    #[test]
    fn what_looks_alike_has_one_skeleton() {
        for (one, other) in [
            ("modem", "modern"),
            ("olga", "0lga"),
            ("olga", "о1gа"),
            ("BiII", "Bill"),
            ("olga", "OLGA."),
            ("bob@example.com", "bob example com"),
            ("bob@example.com", "bоb@examp1e.com"),
        ] {
            let [one, other] = [one, other].map(skeleton_of);
            assert_eq!(one, other);
        }
        for (one, other) in [("olga", "otto"), ("★", "☆"), ("bob", "rob")] {
            assert_ne!(skeleton_of(one), skeleton_of(other));
        }
        let made = Name::made("customer", [0x1f, 2, 3, 4, 5]);
        assert_eq!(fault_of(&made.text), None, "{}", made.text);
    }
}

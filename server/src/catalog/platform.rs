//! The social platforms whose links we can compare: one table, read by [`Platform::from_words`]
//! (which platform does a service sell for?) and by the normalisation of links.
//!
//! The table only has to bring different spellings of one target together. A spelling that it
//! does not know stays as it is: two orders are then not seen as overlapping, and nothing else
//! happens. A platform is listed when its links have more than one spelling in use.

mod sites;

use sites::{Below, SITES};
pub(crate) use sites::{Site, is_shortener};

/// One platform of the table.
#[derive(Clone, Copy)]
pub struct Platform(&'static Site);

impl Platform {
    /// The platform that a service's category names, else the one that its name does. The word
    /// that stands first decides ("Website Traffic from Instagram" is no Instagram service), and
    /// of two that start together the longer ("Instagram Threads" is Threads).
    pub fn from_words(category: &str, name: &str) -> Option<Platform> {
        first_named(&words(category)).or_else(|| first_named(&words(name)))
    }

    /// The platform's word in a service's family: lower-case, `instagram`.
    pub fn word(self) -> &'static str {
        self.0.word
    }

    /// The platform that serves `host` (lower-case, without `www.`), and the folder that this
    /// host stands for: `youtu.be/ID` is `youtube.com/shorts/ID`.
    pub(crate) fn of_host(host: &str) -> Option<(Platform, &str)> {
        let exact = |site: &'static Site| {
            let (_, folder) = site.hosts.iter().find(|(known, _)| *known == host)?;
            Some((Platform(site), *folder))
        };
        let below = |site: &'static Site| {
            let known = site.hosts.iter().filter(|(_, folder)| folder.is_empty());
            let label = known
                .filter_map(|(known, _)| host.strip_suffix(known)?.strip_suffix('.'))
                .find(|label| !label.is_empty())?;
            match site.below {
                Below::Nothing => None,
                Below::SameSite => Some((Platform(site), "")),
                Below::Profile => (!label.contains('.')).then_some((Platform(site), label)),
            }
        };
        let sites = || SITES.iter();
        sites().find_map(exact).or_else(|| sites().find_map(below))
    }

    /// The platform's row of the table.
    pub(crate) fn site(self) -> &'static Site {
        self.0
    }
}

impl PartialEq for Platform {
    fn eq(&self, other: &Platform) -> bool {
        self.word() == other.word()
    }
}

impl Eq for Platform {}

impl std::fmt::Debug for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Platform({})", self.word())
    }
}

/// The default family of a service, within which two orders on one link overlap: its platform's
/// word and its category's words, lower-case, such as `instagram/instagram followers hq`. Without
/// a known platform the category alone; empty when the category has no letters or digits either.
pub fn family(category: &str, name: &str) -> String {
    let category_words = words(category).join(" ");
    match Platform::from_words(category, name) {
        Some(platform) => format!("{}/{category_words}", platform.word()),
        None => category_words,
    }
}

/// The runs of letters and digits in `text`, lower-case: emoji and punctuation only decorate.
fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The platform named first in `words`.
fn first_named(words: &[String]) -> Option<Platform> {
    (0..words.len()).find_map(|at| {
        let rest = words.get(at..)?;
        let length = |site: &Site| {
            site.words
                .iter()
                .filter_map(|w| starts_with(rest, at, w))
                .max()
        };
        let best = SITES.iter().filter_map(|site| Some((length(site)?, site)));
        best.max_by_key(|(length, _)| *length)
            .map(|(_, site)| Platform(site))
    })
}

/// How many words of `rest` the `wanted` words cover, if `rest` starts with them. A wanted word
/// behind `^` counts only as the first of the whole text: a lone "x" means little elsewhere.
fn starts_with(rest: &[String], at: usize, wanted: &str) -> Option<usize> {
    let (first_only, wanted) = match wanted.strip_prefix('^') {
        Some(wanted) => (true, wanted),
        None => (false, wanted),
    };
    let count = wanted.split(' ').count();
    let same = rest.len() >= count && wanted.split(' ').zip(rest).all(|(w, r)| w == r);
    (same && (at == 0 || !first_only)).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platform_is_the_first_one_that_the_category_or_else_the_name_names() {
        let table = [
            ("Instagram Followers [Real]", "", Some("instagram")),
            ("🔥 IG Reels", "", Some("instagram")),
            ("Instagram THREADS Likes", "", Some("threads")),
            ("Threads by Instagram", "", Some("threads")),
            ("X - Twitter Followers", "", Some("twitter")),
            ("X Followers", "", Some("twitter")),
            ("Likes x 100 Facebook", "", Some("facebook")),
            ("Tik Tok Views", "", Some("tiktok")),
            ("YT Shorts", "", Some("youtube")),
            ("Website Traffic from Instagram", "", Some("website")),
            ("Best sellers", "Telegram Members", Some("telegram")),
            ("Instagram", "Telegram Members", Some("instagram")),
            ("Mobile App Installs", "Android", None),
            ("Instagrammers", "", None),
            ("", "", None),
        ];
        for (category, name, word) in table {
            let found = Platform::from_words(category, name);
            assert_eq!(found.map(Platform::word), word, "{category} / {name}");
        }
    }

    #[test]
    fn a_family_is_the_platform_and_the_category_in_lower_case() {
        let table = [
            (
                "Instagram Followers [HQ] 🔥",
                "",
                "instagram/instagram followers hq",
            ),
            (
                "instagram  followers - HQ",
                "other name",
                "instagram/instagram followers hq",
            ),
            ("Top Services", "TikTok Likes", "tiktok/top services"),
            ("Press Release", "Forbes", "press release"),
            ("🔥", "?", ""),
        ];
        for (category, name, expected) in table {
            assert_eq!(family(category, name), expected);
        }
    }

    #[test]
    fn hosts_find_their_platform_and_folder() {
        let table = [
            ("instagram.com", Some(("instagram", ""))),
            ("youtu.be", Some(("youtube", "shorts"))),
            ("twitter.com", Some(("twitter", ""))),
            ("de-de.facebook.com", Some(("facebook", ""))),
            (".facebook.com", None),
            ("notfacebook.com", None),
            ("vm.tiktok.com", None),
            ("br.pinterest.com", Some(("pinterest", ""))),
            ("de.youtu.be", None),
            ("john.t.me", Some(("telegram", "john"))),
            ("john.doe.t.me", None),
            ("x.test", None),
            ("", None),
        ];
        for (host, expected) in table {
            let found = Platform::of_host(host).map(|(p, folder)| (p.word(), folder));
            assert_eq!(found, expected, "{host}");
        }
    }
}

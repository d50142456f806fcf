//! The table of platforms: their words, hosts and the spellings of their links.

mod messengers;
mod networks;
mod video;

/// What is known of one platform.
pub(crate) struct Site {
    /// Its word in a family.
    pub(super) word: &'static str,
    /// How categories and names of services call it, in lower-case words; `^`: only as the first.
    pub(super) words: &'static [&'static str],
    /// Its hosts and the folder each one stands for, the canonical one first. Empty: the links of
    /// such services lead anywhere.
    pub(super) hosts: &'static [(&'static str, &'static str)],
    /// What the hosts below those are that stand for no folder.
    pub(super) below: Below,
    /// What stands between the canonical host and the name of a profile: `@`, `in/` or nothing.
    pub(crate) profile: &'static str,
    /// The query parameters that tell one target from another, each with the only canonical path
    /// where it does (empty: anywhere); all others only track.
    pub(crate) query: &'static [(&'static str, &'static str)],
    /// Spellings of an address and their canonical form; the first that fits counts. It fits the
    /// whole path, and has the parameters behind its `?`, which the form replaces.
    ///
    /// Of a path: `*` is any segment, `a|b` one of these words in any case, `{name}` a profile's
    /// name (which has no case; an `@` before it may be missing), `{id}` anything else, whose case is
    /// kept. Within a segment or a value: `{digits}` and `{word}` are a run of digits, or of letters,
    /// digits, `_` and `-`, with text before and behind; a `*` at either end is any. `{shared}` is a
    /// whole segment of 29 to 39 such letters without its last 28, which only let one see it. `{url}` is
    /// the value of a parameter that holds the address which counts.
    pub(crate) paths: &'static [(&'static str, &'static str)],
}

/// What the hosts below a platform's own are.
pub(super) enum Below {
    /// Others: `vm.tiktok.com` does not say where it leads.
    Nothing,
    /// The same site, such as `de-de.facebook.com`.
    SameSite,
    /// Profiles, by the first label: `john.t.me`.
    Profile,
}

impl Site {
    /// The canonical host; empty when the platform has none.
    pub(crate) fn host(&self) -> &'static str {
        self.hosts.first().map_or("", |(host, _)| host)
    }
}

/// A platform of which nothing is known: the rows below say where they differ.
const PLAIN: Site = Site {
    word: "",
    words: &[],
    hosts: &[],
    below: Below::Nothing,
    profile: "",
    query: &[],
    paths: &[("{name}", "{name}")],
};

/// Every platform that is known, in no order that matters.
pub(super) const SITES: &[Site] = &[
    Site {
        word: "website",
        words: &["website", "web traffic", "traffic"],
        ..PLAIN
    },
    networks::INSTAGRAM,
    networks::THREADS,
    networks::TIKTOK,
    networks::TWITTER,
    networks::FACEBOOK,
    networks::SNAPCHAT,
    networks::LINKEDIN,
    networks::VK,
    networks::OK,
    networks::REDDIT,
    networks::PINTEREST,
    messengers::TELEGRAM,
    messengers::WHATSAPP,
    messengers::DISCORD,
    video::YOUTUBE,
    video::TWITCH,
    video::KICK,
    video::VIMEO,
    video::DAILYMOTION,
    video::RUTUBE,
    video::SOUNDCLOUD,
    video::SPOTIFY,
];

/// Hosts whose links lead to somewhere that only they know: without asking them, which is never
/// done, such a link is a target of its own. Nothing behind the `?` tells one from another.
const SHORTENERS: &[&str] = &[
    "vm.tiktok.com",
    "vt.tiktok.com",
    "fb.watch",
    "fb.me",
    "t.co",
    "pin.it",
    "lnkd.in",
    "vk.cc",
    "spoti.fi",
    "spotify.link",
    "on.soundcloud.com",
    "t.snapchat.com",
    "l.likee.video",
    "bit.ly",
    "tinyurl.com",
    "is.gd",
    "cutt.ly",
    "rebrand.ly",
    "ow.ly",
    "buff.ly",
    "clck.ru",
];

/// Whether `host` (lower-case, without `www.`) only serves such links.
pub(crate) fn is_shortener(host: &str) -> bool {
    SHORTENERS.contains(&host)
}

//! The table of platforms: their words, hosts and the spellings of their links.

/// What is known of one platform.
pub(crate) struct Site {
    /// Its word in a family.
    pub(super) word: &'static str,
    /// How categories and names of services call it, in lower-case words; `^`: only as the first.
    pub(super) words: &'static [&'static str],
    /// Its hosts and the folder each one stands for, the canonical one first. Empty: the links of
    /// such services lead anywhere.
    pub(super) hosts: &'static [(&'static str, &'static str)],
    /// Whether every host below the canonical one is the same site (`de-de.facebook.com`).
    pub(super) whole_domain: bool,
    /// What stands between the canonical host and the name of a profile: `@`, `in/` or nothing.
    pub(crate) profile: &'static str,
    /// The query parameters that tell one target from another, each with the only canonical path
    /// where it does (empty: anywhere); all others only track.
    pub(crate) query: &'static [(&'static str, &'static str)],
    /// Spellings of a path and their canonical form; the first that fits the whole path counts.
    /// `*` is any segment, `a|b` one of these, `{name}` a profile's name (which has no case; an
    /// `@` before it may be missing), `{id}` anything else, whose case is kept.
    pub(crate) paths: &'static [(&'static str, &'static str)],
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
    whole_domain: false,
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
    Site {
        word: "instagram",
        words: &["instagram", "^ig", "igtv", "insta"],
        hosts: &[("instagram.com", ""), ("instagr.am", "")],
        whole_domain: true,
        query: &[("", "story_media_id")],
        paths: &[
            ("p|reel|reels|tv/{id}", "p/{id}"),
            ("p|reel|reels|tv/{id}/c/{id}", "p/{id}/c/{id}"),
            ("*/p|reel|reels|tv/{id}", "p/{id}"),
            ("*/p|reel|reels|tv/{id}/c/{id}", "p/{id}/c/{id}"),
            ("stories/{name}", "stories/{name}"),
            ("stories/{name}/{id}", "stories/{name}/{id}"),
            ("_u/{name}", "{name}"),
            (
                "{name}/reels|tagged|feed|channel|followers|following",
                "{name}",
            ),
            ("{name}", "{name}"),
        ],
        ..PLAIN
    },
    Site {
        word: "threads",
        words: &["threads", "instagram threads"],
        hosts: &[("threads.com", ""), ("threads.net", "")],
        profile: "@",
        paths: &[
            ("*/post/{id}", "post/{id}"),
            ("t/{id}", "post/{id}"),
            ("{name}/replies|reposts|media", "@{name}"),
            ("{name}", "@{name}"),
        ],
        ..PLAIN
    },
    Site {
        word: "tiktok",
        words: &["tiktok", "tik tok"],
        hosts: &[("tiktok.com", "")],
        profile: "@",
        paths: &[
            ("*/video|photo/{id}", "video/{id}"),
            ("{name}/live", "@{name}/live"),
            ("{name}", "@{name}"),
        ],
        ..PLAIN
    },
    Site {
        word: "youtube",
        words: &["youtube", "you tube", "yt"],
        hosts: &[
            ("youtube.com", ""),
            ("youtu.be", "shorts"),
            ("youtube-nocookie.com", ""),
        ],
        whole_domain: true,
        profile: "@",
        query: &[
            ("", "v"),
            ("", "lc"),
            ("playlist", "list"),
            ("results", "search_query"),
        ],
        paths: &[
            ("shorts|live|embed|v/{id}", "watch?v={id}"),
            ("watch", "watch"),
            ("playlist", "playlist"),
            ("results", "results"),
            ("c/{name}", "c/{name}"),
            ("user/{name}", "user/{name}"),
            ("@{name}/live", "@{name}/live"),
            (
                "@{name}/videos|shorts|streams|featured|about|community|playlists|posts",
                "@{name}",
            ),
            ("{name}", "@{name}"),
        ],
    },
    Site {
        word: "twitter",
        words: &["twitter", "x twitter", "^x"],
        hosts: &[("x.com", ""), ("twitter.com", "")],
        whole_domain: true,
        query: &[("search", "q")],
        paths: &[
            ("*/status|statuses/{id}", "status/{id}"),
            ("*/*/status/{id}", "status/{id}"),
            ("*/status/{id}/photo|video/*", "status/{id}"),
            (
                "*/status/{id}/likes|retweets|quotes|analytics",
                "status/{id}",
            ),
            (
                "{name}/with_replies|media|likes|highlights|followers|following",
                "{name}",
            ),
            ("{name}", "{name}"),
        ],
        ..PLAIN
    },
    Site {
        word: "facebook",
        words: &["facebook", "fb"],
        hosts: &[("facebook.com", ""), ("fb.com", "")],
        whole_domain: true,
        query: &[
            ("", "id"),
            ("", "v"),
            ("", "fbid"),
            ("", "story_fbid"),
            ("", "comment_id"),
            ("", "reply_comment_id"),
        ],
        paths: &[
            ("*/videos/{id}", "watch?v={id}"),
            ("*/videos/*/{id}", "watch?v={id}"),
            ("watch|video.php", "watch"),
            ("watch/live", "watch"),
            ("story.php|permalink.php", "permalink.php"),
            ("groups/{name}", "groups/{name}"),
            ("{name}", "{name}"),
        ],
        ..PLAIN
    },
    Site {
        word: "telegram",
        words: &["telegram", "tg"],
        hosts: &[("t.me", ""), ("telegram.me", ""), ("telegram.dog", "")],
        query: &[
            ("", "start"),
            ("", "startapp"),
            ("", "startgroup"),
            ("", "comment"),
            ("", "thread"),
            ("", "boost"),
        ],
        paths: &[
            ("joinchat/{id}", "+{id}"),
            ("s/{name}", "{name}"),
            ("s/{name}/{id}", "{name}/{id}"),
            ("{name}/{id}", "{name}/{id}"),
            ("{name}", "{name}"),
        ],
        ..PLAIN
    },
    Site {
        word: "twitch",
        words: &["twitch"],
        hosts: &[("twitch.tv", ""), ("clips.twitch.tv", "clip")],
        paths: &[
            ("*/clip/{id}", "clip/{id}"),
            ("{name}/about|schedule|videos|clips", "{name}"),
            ("{name}", "{name}"),
        ],
        ..PLAIN
    },
    Site {
        word: "snapchat",
        words: &["snapchat"],
        hosts: &[("snapchat.com", "")],
        profile: "add/",
        paths: &[("@{name}", "add/{name}"), ("add/{name}", "add/{name}")],
        ..PLAIN
    },
    Site {
        word: "linkedin",
        words: &["linkedin", "linked in"],
        hosts: &[("linkedin.com", "")],
        whole_domain: true,
        profile: "in/",
        paths: &[
            ("in/{name}", "in/{name}"),
            ("company/{name}", "company/{name}"),
        ],
        ..PLAIN
    },
    Site {
        word: "vk",
        words: &["vk", "vkontakte"],
        hosts: &[("vk.com", ""), ("vk.ru", ""), ("vkontakte.ru", "")],
        query: &[("", "w"), ("", "z")],
        ..PLAIN
    },
    Site {
        word: "kick",
        words: &["kick"],
        hosts: &[("kick.com", "")],
        query: &[("", "clip")],
        ..PLAIN
    },
    Site {
        word: "discord",
        words: &["discord"],
        hosts: &[
            ("discord.com", ""),
            ("discord.gg", "invite"),
            ("discordapp.com", ""),
        ],
        paths: &[],
        ..PLAIN
    },
    Site {
        word: "reddit",
        words: &["reddit"],
        hosts: &[("reddit.com", ""), ("redd.it", "comments")],
        whole_domain: true,
        profile: "user/",
        paths: &[
            ("r/*/comments/{id}", "comments/{id}"),
            ("r/*/comments/{id}/*", "comments/{id}"),
            ("r/*/comments/{id}/*/{id}", "comments/{id}/comment/{id}"),
            ("r/{name}", "r/{name}"),
            ("u|user/{name}", "user/{name}"),
        ],
        ..PLAIN
    },
    Site {
        word: "pinterest",
        words: &["pinterest"],
        hosts: &[("pinterest.com", "")],
        whole_domain: true,
        ..PLAIN
    },
    Site {
        word: "soundcloud",
        words: &["soundcloud", "sound cloud"],
        hosts: &[("soundcloud.com", "")],
        paths: &[("{name}/{id}", "{name}/{id}"), ("{name}", "{name}")],
        ..PLAIN
    },
    Site {
        word: "spotify",
        words: &["spotify"],
        hosts: &[("open.spotify.com", ""), ("play.spotify.com", "")],
        profile: "user/",
        paths: &[
            ("*/track/{id}", "track/{id}"),
            ("*/album/{id}", "album/{id}"),
            ("*/artist/{id}", "artist/{id}"),
            ("*/playlist/{id}", "playlist/{id}"),
            ("*/show/{id}", "show/{id}"),
            ("*/episode/{id}", "episode/{id}"),
            ("user/{name}", "user/{name}"),
        ],
        ..PLAIN
    },
];

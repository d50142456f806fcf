//! Videos, streams and music.

use super::{Below, PLAIN, Site};

pub(super) const YOUTUBE: Site = Site {
    word: "youtube",
    words: &["youtube", "you tube", "yt"],
    hosts: &[
        ("youtube.com", ""),
        ("youtu.be", "shorts"),
        ("youtube-nocookie.com", ""),
    ],
    below: Below::SameSite,
    profile: "@",
    query: &[
        ("", "v"),
        ("", "lc"),
        ("playlist", "list"),
        ("results", "search_query"),
    ],
    paths: &[
        ("attribution_link?u={url}", "{url}"),
        ("redirect?q={url}", "{url}"),
        ("oembed?url={url}", "{url}"),
        ("signin?next={url}", "{url}"),
        ("m?continue={url}", "{url}"),
        ("embed/videoseries?list={id}", "playlist?list={id}"),
        ("embed/live_stream?channel={id}", "channel/{id}/live"),
        ("v/{word}*", "watch?v={word}"),
        ("shorts|live|embed|e|vi|watch/{id}", "watch?v={id}"),
        ("watch", "watch"),
        ("playlist", "playlist"),
        ("results", "results"),
        ("*/*/community?lb={id}", "post/{id}"),
        ("{name}/community?lb={id}", "post/{id}"),
        ("c/{name}", "c/{name}"),
        ("user/{name}", "user/{name}"),
        ("@{name}/live", "@{name}/live"),
        (
            "@{name}/videos|shorts|streams|featured|about|community|playlists|posts|podcasts",
            "@{name}",
        ),
        (
            "channel/{id}/videos|shorts|streams|featured|about|community|playlists|posts|podcasts",
            "channel/{id}",
        ),
        (
            "c/{name}/videos|shorts|streams|featured|about|community|playlists|posts|podcasts",
            "c/{name}",
        ),
        (
            "user/{name}/videos|shorts|streams|featured|about|community|playlists|posts|podcasts",
            "user/{name}",
        ),
        ("{name}", "@{name}"),
    ],
};

pub(super) const TWITCH: Site = Site {
    word: "twitch",
    words: &["twitch"],
    hosts: &[
        ("twitch.tv", ""),
        ("clips.twitch.tv", "clip"),
        ("player.twitch.tv", "player"),
        ("go.twitch.tv", ""),
    ],
    paths: &[
        ("clip/embed?clip={id}", "clip/{id}"),
        ("*/clip/{id}", "clip/{id}"),
        ("player?channel={name}", "{name}"),
        ("player?video=*{digits}", "videos/{digits}"),
        ("*/v|video/{digits}", "videos/{digits}"),
        ("videos/{digits}", "videos/{digits}"),
        ("popout|embed|moderator/{name}", "{name}"),
        ("popout|embed/{name}/chat", "{name}"),
        (
            "{name}/about|schedule|videos|clips|home|chat|squad",
            "{name}",
        ),
        ("{name}", "{name}"),
    ],
    ..PLAIN
};

pub(super) const KICK: Site = Site {
    word: "kick",
    words: &["kick"],
    hosts: &[("kick.com", ""), ("player.kick.com", "")],
    query: &[("", "clip")],
    paths: &[
        ("{name}/clips/{id}", "{name}?clip={id}"),
        ("{name}/videos/{id}", "video/{id}"),
        ("popout/{name}/chat", "{name}"),
        ("{name}/about|videos|clips|chatroom|chat", "{name}"),
        ("{name}", "{name}"),
    ],
    ..PLAIN
};

pub(super) const VIMEO: Site = Site {
    word: "vimeo",
    words: &["vimeo"],
    hosts: &[("vimeo.com", ""), ("player.vimeo.com", "")],
    paths: &[
        ("video/{digits}", "{digits}"),
        // Behind the number of a video stands what lets one see a private one.
        ("{digits}/*", "{digits}"),
        ("channels/*/{digits}", "{digits}"),
        ("groups/*/videos/{digits}", "{digits}"),
        ("album|showcase/*/video/{digits}", "{digits}"),
        ("{name}/videos|about|albums", "{name}"),
        ("{name}", "{name}"),
    ],
    ..PLAIN
};

pub(super) const DAILYMOTION: Site = Site {
    word: "dailymotion",
    words: &["dailymotion"],
    hosts: &[("dailymotion.com", ""), ("dai.ly", "video")],
    below: Below::SameSite,
    paths: &[
        ("player.html?video={id}", "video/{id}"),
        ("player/*?video={id}", "video/{id}"),
        ("*/video/{id}", "video/{id}"),
        ("user/{name}", "{name}"),
        ("{name}", "{name}"),
    ],
    ..PLAIN
};

pub(super) const RUTUBE: Site = Site {
    word: "rutube",
    words: &["rutube"],
    hosts: &[("rutube.ru", "")],
    paths: &[
        ("play/embed/{id}", "video/{id}"),
        ("video/embed/{id}", "video/{id}"),
        ("shorts|video/{id}", "video/{id}"),
        ("video/private/{id}", "video/{id}"),
        ("channel/{digits}/*", "channel/{digits}"),
        ("u/{name}", "u/{name}"),
        ("u/{name}/*", "u/{name}"),
    ],
    ..PLAIN
};

pub(super) const SOUNDCLOUD: Site = Site {
    word: "soundcloud",
    words: &["soundcloud", "sound cloud"],
    hosts: &[("soundcloud.com", ""), ("w.soundcloud.com", "")],
    paths: &[
        ("player?url={url}", "{url}"),
        ("{name}/sets/{id}", "{name}/sets/{id}"),
        (
            "{name}/tracks|popular-tracks|albums|sets|reposts|likes|comments|followers|following",
            "{name}",
        ),
        ("{name}/{id}", "{name}/{id}"),
        // Behind a track or a set stands what lets one see a private one.
        ("{name}/sets/{id}/s-{word}", "{name}/sets/{id}"),
        ("{name}/{id}/s-{word}", "{name}/{id}"),
        ("{name}", "{name}"),
    ],
    ..PLAIN
};

pub(super) const SPOTIFY: Site = Site {
    word: "spotify",
    words: &["spotify"],
    hosts: &[("open.spotify.com", ""), ("play.spotify.com", "")],
    profile: "user/",
    paths: &[
        ("*/track/{id}", "track/{id}"),
        ("*/album/{id}", "album/{id}"),
        ("*/artist/{id}", "artist/{id}"),
        ("artist/{id}/*", "artist/{id}"),
        ("artist/{id}/discography/*", "artist/{id}"),
        ("*/playlist/{id}", "playlist/{id}"),
        ("user/*/playlist/{id}", "playlist/{id}"),
        ("*/show/{id}", "show/{id}"),
        ("*/episode/{id}", "episode/{id}"),
        ("user/{name}", "user/{name}"),
    ],
    ..PLAIN
};

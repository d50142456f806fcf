//! Social networks.

use super::{Below, PLAIN, Site};

pub(super) const INSTAGRAM: Site = Site {
    word: "instagram",
    words: &["instagram", "^ig", "igtv", "insta"],
    hosts: &[
        ("instagram.com", ""),
        ("instagr.am", ""),
        ("ig.me", "direct"),
    ],
    below: Below::SameSite,
    query: &[("", "story_media_id")],
    paths: &[
        ("?u={url}", "{url}"),
        ("accounts/login?next={url}", "{url}"),
        // Shared by a button: the id is not that of the post.
        ("share/p/{id}", "share/p/{id}"),
        ("share/reel/{id}", "share/reel/{id}"),
        // Shared from a private account: the id of at most eleven letters, and 28 that let one see it.
        ("p|reel|reels|tv/{shared}", "p/{shared}"),
        ("p|reel|reels|tv/{shared}/c/{id}", "p/{shared}/c/{id}"),
        ("p|reel|reels|tv/{id}", "p/{id}"),
        (
            "p|reel|reels|tv/{id}/embed|comments|liked_by|media",
            "p/{id}",
        ),
        ("p|reel|reels|tv/{id}/embed/captioned", "p/{id}"),
        ("p|reel|reels|tv/{id}/c/{id}", "p/{id}/c/{id}"),
        ("*/p|reel|reels|tv/{id}", "p/{id}"),
        (
            "*/p|reel|reels|tv/{id}/embed|comments|liked_by|media",
            "p/{id}",
        ),
        ("*/p|reel|reels|tv/{id}/embed/captioned", "p/{id}"),
        ("*/p|reel|reels|tv/{id}/c/{id}", "p/{id}/c/{id}"),
        ("stories/{name}", "stories/{name}"),
        ("stories/{name}/{id}", "stories/{name}/{id}"),
        ("explore/tags/{name}", "explore/tags/{name}"),
        ("explore/locations/{digits}/*", "explore/locations/{digits}"),
        ("_u|n/{name}", "{name}"),
        ("direct/m/{name}", "{name}"),
        (
            "{name}/reels|tagged|feed|channel|followers|following|guides|embed|profilecard",
            "{name}",
        ),
        ("{name}", "{name}"),
    ],
    ..PLAIN
};

pub(super) const THREADS: Site = Site {
    word: "threads",
    words: &["threads", "instagram threads"],
    hosts: &[("threads.com", ""), ("threads.net", "")],
    profile: "@",
    paths: &[
        ("login?next={url}", "{url}"),
        ("*/post/{id}", "post/{id}"),
        ("*/post/{id}/embed|media|likes|reposts|quotes", "post/{id}"),
        ("t/{id}", "post/{id}"),
        ("t/{id}/embed", "post/{id}"),
        (
            "{name}/replies|reposts|media|followers|following",
            "@{name}",
        ),
        ("{name}", "@{name}"),
    ],
    ..PLAIN
};

pub(super) const TIKTOK: Site = Site {
    word: "tiktok",
    words: &["tiktok", "tik tok"],
    hosts: &[("tiktok.com", "")],
    profile: "@",
    paths: &[
        ("login?redirect_url={url}", "{url}"),
        ("foryou?item_id={digits}", "video/{digits}"),
        ("embed/@{name}", "@{name}"),
        ("embed/{digits}", "video/{digits}"),
        ("embed/*/{digits}", "video/{digits}"),
        ("player/*/{digits}", "video/{digits}"),
        ("v/{digits}.html", "video/{digits}"),
        ("v/{digits}", "video/{digits}"),
        ("*/share/video/{id}", "video/{id}"),
        ("*/video|photo/{id}", "video/{id}"),
        ("{name}/live", "@{name}/live"),
        ("tag/{name}", "tag/{name}"),
        ("{name}", "@{name}"),
    ],
    ..PLAIN
};

pub(super) const TWITTER: Site = Site {
    word: "twitter",
    words: &["twitter", "x twitter", "^x"],
    hosts: &[("x.com", ""), ("twitter.com", "")],
    below: Below::SameSite,
    query: &[("search", "q")],
    paths: &[
        ("i/flow/login?redirect_after_login={url}", "{url}"),
        ("embed/tweet.html?id={id}", "status/{id}"),
        ("intent/user|follow?screen_name={name}", "{name}"),
        ("intent/user|follow?user_id={id}", "i/user/{id}"),
        ("intent/like|favorite|retweet?tweet_id={id}", "status/{id}"),
        ("intent/post|tweet?in_reply_to={id}", "status/{id}"),
        ("status|statuses/{id}", "status/{id}"),
        ("*/status|statuses/{id}", "status/{id}"),
        ("*/*/status/{id}", "status/{id}"),
        ("*/status/{id}/photo|video/*", "status/{id}"),
        (
            "*/status/{id}/likes|retweets|quotes|analytics",
            "status/{id}",
        ),
        ("hashtag/{name}", "hashtag/{name}"),
        (
            "{name}/with_replies|media|likes|highlights|followers|following|verified_followers|articles",
            "{name}",
        ),
        ("{name}", "{name}"),
    ],
    ..PLAIN
};

pub(super) const FACEBOOK: Site = Site {
    word: "facebook",
    words: &["facebook", "fb"],
    hosts: &[
        ("facebook.com", ""),
        ("fb.com", ""),
        ("fb.gg", "gaming"),
        ("m.me", "messages/t"),
        ("messenger.com", "messages"),
    ],
    below: Below::SameSite,
    query: &[
        ("", "id"),
        ("watch", "v"),
        ("", "fbid"),
        ("", "story_fbid"),
        ("", "comment_id"),
        ("", "reply_comment_id"),
        ("media/set", "set"),
    ],
    paths: &[
        ("l.php?u={url}", "{url}"),
        ("flx/warn?u={url}", "{url}"),
        ("login|login.php?next={url}", "{url}"),
        ("plugins/*?href={url}", "{url}"),
        ("sharer|sharer.php|share.php?u={url}", "{url}"),
        ("sharer/sharer.php?u={url}", "{url}"),
        ("video/embed?video_id={id}", "watch?v={id}"),
        ("*/videos/{id}", "watch?v={id}"),
        ("*/videos/*/{id}", "watch?v={id}"),
        ("reel/{id}", "watch?v={id}"),
        ("watch|video.php", "watch"),
        ("watch/live", "watch"),
        ("photo|photo.php?fbid={id}", "photo/{id}"),
        ("*/photos/{digits}", "photo/{digits}"),
        ("*/photos/*/{digits}", "photo/{digits}"),
        // The page is named beside the post, by its id or its name; a post has one page.
        ("permalink.php|story.php?story_fbid={id}&id=*", "posts/{id}"),
        ("permalink.php|story.php?story_fbid={id}", "posts/{id}"),
        ("groups/*?multi_permalinks={digits}", "posts/{digits}"),
        ("groups/*/posts|permalink/{id}", "posts/{id}"),
        ("*/posts/{id}", "posts/{id}"),
        ("*/posts/*/{id}", "posts/{id}"),
        ("profile.php?id={digits}", "{digits}"),
        ("people|pages/*/{digits}", "{digits}"),
        ("pg/{name}", "{name}"),
        ("pg/{name}/*", "{name}"),
        ("messages/t/{name}", "{name}"),
        ("gaming/{name}", "{name}"),
        ("events/{digits}/*", "events/{digits}"),
        ("groups/{name}", "groups/{name}"),
        (
            "groups/{name}/about|media|members|discussion|announcements|events|files",
            "groups/{name}",
        ),
        ("hashtag/{name}", "hashtag/{name}"),
        (
            "{name}/about|photos|videos|reels|posts|followers|following|friends|mentions|reviews",
            "{name}",
        ),
        ("{name}/live|events|community|likes", "{name}"),
        ("{name}", "{name}"),
    ],
    ..PLAIN
};

pub(super) const SNAPCHAT: Site = Site {
    word: "snapchat",
    words: &["snapchat"],
    hosts: &[("snapchat.com", ""), ("story.snapchat.com", "")],
    profile: "add/",
    paths: &[
        ("@{name}/spotlight/{id}", "spotlight/{id}"),
        ("@{name}", "add/{name}"),
        ("add/{name}", "add/{name}"),
    ],
    ..PLAIN
};

pub(super) const LINKEDIN: Site = Site {
    word: "linkedin",
    words: &["linkedin", "linked in"],
    hosts: &[("linkedin.com", "")],
    below: Below::SameSite,
    profile: "in/",
    paths: &[
        ("authwall?sessionRedirect={url}", "{url}"),
        ("login|signup?session_redirect={url}", "{url}"),
        ("uas/login?session_redirect={url}", "{url}"),
        ("redir/redirect?url={url}", "{url}"),
        ("safety/go?url={url}", "{url}"),
        ("embed/feed/update/{id}", "feed/update/{id}"),
        (
            "posts/*-activity-{digits}*",
            "feed/update/urn:li:activity:{digits}",
        ),
        (
            "posts/*-ugcPost-{digits}*",
            "feed/update/urn:li:ugcPost:{digits}",
        ),
        (
            "posts/*-share-{digits}*",
            "feed/update/urn:li:share:{digits}",
        ),
        ("comm|mwlite/in/{name}", "in/{name}"),
        ("in/{name}", "in/{name}"),
        ("in/{name}/*", "in/{name}"),
        ("in/{name}/recent-activity|details/*", "in/{name}"),
        ("company|school|showcase/{name}", "company/{name}"),
        ("company|school|showcase/{name}/*", "company/{name}"),
        ("groups/{digits}/*", "groups/{digits}"),
    ],
    ..PLAIN
};

pub(super) const VK: Site = Site {
    word: "vk",
    words: &["vk", "vkontakte"],
    hosts: &[
        ("vk.com", ""),
        ("vk.ru", ""),
        ("vkontakte.ru", ""),
        ("vk.me", "im"),
        ("vkvideo.ru", "video"),
    ],
    query: &[("", "w"), ("", "z"), ("", "reply")],
    paths: &[
        ("away.php?to={url}", "{url}"),
        (
            "video_ext.php?oid={digits}&id={digits}",
            "video{digits}_{digits}",
        ),
        (
            "video_ext.php?oid=-{digits}&id={digits}",
            "video-{digits}_{digits}",
        ),
        ("*?z={word}*", "{word}"),
        ("*?w={word}*", "{word}"),
        ("im/{name}", "{name}"),
        ("video/video{word}", "video{word}"),
        ("public{digits}", "club{digits}"),
        ("event{digits}", "club{digits}"),
        ("{name}", "{name}"),
    ],
    ..PLAIN
};

pub(super) const OK: Site = Site {
    word: "ok",
    words: &["ok ru", "odnoklassniki"],
    hosts: &[("ok.ru", ""), ("odnoklassniki.ru", "")],
    paths: &[
        ("videoembed|video|live/{digits}", "video/{digits}"),
        ("{name}", "{name}"),
    ],
    ..PLAIN
};

pub(super) const REDDIT: Site = Site {
    word: "reddit",
    words: &["reddit"],
    hosts: &[
        ("reddit.com", ""),
        ("redd.it", "comments"),
        ("redditmedia.com", ""),
    ],
    below: Below::SameSite,
    profile: "user/",
    paths: &[
        ("login?dest={url}", "{url}"),
        ("gallery|tb/{id}", "comments/{id}"),
        ("comments/{id}/*", "comments/{id}"),
        ("comments/{id}/comment/{id}", "comments/{id}/comment/{id}"),
        ("comments/{id}/*/{id}", "comments/{id}/comment/{id}"),
        ("r|u|user/*/comments/{id}", "comments/{id}"),
        ("r|u|user/*/comments/{id}/*", "comments/{id}"),
        (
            "r|u|user/*/comments/{id}/*/{id}",
            "comments/{id}/comment/{id}",
        ),
        ("r/{name}", "r/{name}"),
        ("r/{name}/new|hot|top|rising|best|about", "r/{name}"),
        ("u|user/{name}", "user/{name}"),
        (
            "u|user/{name}/overview|submitted|comments|about",
            "user/{name}",
        ),
    ],
    ..PLAIN
};

pub(super) const PINTEREST: Site = Site {
    word: "pinterest",
    words: &["pinterest"],
    hosts: &[
        ("pinterest.com", ""),
        ("pinterest.at", ""),
        ("pinterest.ca", ""),
        ("pinterest.ch", ""),
        ("pinterest.cl", ""),
        ("pinterest.co.kr", ""),
        ("pinterest.co.uk", ""),
        ("pinterest.com.au", ""),
        ("pinterest.com.mx", ""),
        ("pinterest.de", ""),
        ("pinterest.dk", ""),
        ("pinterest.es", ""),
        ("pinterest.fr", ""),
        ("pinterest.ie", ""),
        ("pinterest.it", ""),
        ("pinterest.jp", ""),
        ("pinterest.nz", ""),
        ("pinterest.ph", ""),
        ("pinterest.pt", ""),
        ("pinterest.se", ""),
    ],
    below: Below::SameSite,
    paths: &[
        ("login?next={url}", "{url}"),
        ("ext/embed.html?id={digits}", "pin/{digits}"),
        ("pin/*--{digits}", "pin/{digits}"),
        ("pin/{digits}", "pin/{digits}"),
        ("pin/{digits}/*", "pin/{digits}"),
        (
            "{name}/_created|_saved|boards|pins|followers|following",
            "{name}",
        ),
        ("{name}/{name}", "{name}/{name}"),
        ("{name}", "{name}"),
    ],
    ..PLAIN
};

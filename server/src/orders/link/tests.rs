use proptest::prelude::*;

use super::*;

fn platform(word: &str) -> Option<Platform> {
    Platform::from_words(word, "")
}

fn normalised(text: &str, word: &str) -> String {
    Link::parse(text)
        .unwrap_or_else(|_| panic!("{text:?} is a link"))
        .normalised(platform(word))
}

#[test]
fn urls_with_and_without_scheme_and_user_names_are_links() {
    for text in [
        "https://x.test/p",
        "HTTP://Instagram.com/x",
        "//instagram.com/x",
        "instagram.com/x",
        "instagram.com",
        "x.test:8080/p",
        "x.test?a=b",
        "x.test/p?next=http://127.0.0.1/",
        "https://8.8.8.8/x",
        "https://[2606:4700::1111]/x",
        "https://пример.рф/путь",
        "https://tiktok.com/@name/video/1",
        "name",
        "@name",
        "@john.local",
        "john_doe-1.x",
        "john..doe",
        "имя",
        "2130706433",
    ] {
        assert_eq!(
            Link::parse(text).map(|l| l.as_given().to_owned()),
            Ok(text.to_owned())
        );
    }
}

#[test]
fn what_nobody_can_deliver_to_is_refused() {
    for text in [
        "",
        "  ",
        "\u{200b}",
        "@",
        "...",
        "http://",
        "https:///x.test/p",
        "///x.test/p",
        "/p/x",
        "https://",
        "https:x.test",
        "https:/x.test",
        "http:x.test/p",
        "javascript:alert(1)",
        "javascript://x.test/%0aalert(1)",
        "JavaScript:1",
        "ftp://x.test/p",
        "file:///etc/passwd",
        "data:text/html,x",
        "tg://resolve?domain=x",
        "mailto:a@x.test",
        "a.b:c/d",
        "a@x.test",
        "https://user:pw@x.test/p",
        "https://@x.test/p",
        "https://x.test:/p",
        "x.test:99999/p",
        "https://x.test/a b",
        "two words",
        "https://x.test\\@y.test/",
        "https:\\\\x.test\\p",
        "https://x.test/\u{7}",
        "https://x.test/a\0b",
        "https://x.test/a\nb",
        "x.test/\u{202e}p",
        "na\u{200b}me",
        "https://",
        "https://x..test/p",
        "p/x",
        "name?x",
        "name#1234",
        "a,b",
        "a;b",
        "<script>",
    ] {
        assert_eq!(Link::parse(text), Err(BadLink), "{text:?}");
    }
}

#[test]
fn private_hosts_are_refused_with_and_without_scheme() {
    for host in [
        "localhost",
        "localhost.",
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "router.local",
        "metadata.google.internal",
    ] {
        for text in [
            host.to_owned(),
            format!("http://{host}/x"),
            format!("{host}:80/x"),
        ] {
            assert_eq!(Link::parse(&text), Err(BadLink), "{text:?}");
        }
    }
    for text in [
        "http://2130706433/",
        "0x7f000001/x",
        "http://017700000001",
        "[::1]/x",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "[::ffff:7f00:1]:80/x",
        "http://127。0。0。1/",
    ] {
        assert_eq!(Link::parse(text), Err(BadLink), "{text:?}");
    }
}

#[test]
fn a_link_has_at_most_2048_characters_and_loses_only_space_around_it() {
    let longest = format!("https://x.test/{}", "é".repeat(2_048 - 15));
    assert!(Link::parse(&longest).is_ok());
    assert_eq!(Link::parse(&format!("{longest}a")), Err(BadLink));
    let spaced = Link::parse(" \u{feff}https://x.test/P/?b=1\r\n").unwrap();
    assert_eq!(spaced.as_given(), "https://x.test/P/?b=1");
}

/// A platform's word (`-`: none), the form, and the spellings of it.
const SPELLINGS: &str = "
- x.test/p https://x.test/p http://X.TEST/p/ x.test/p //x.test//p www.x.test/p#top
- x.test/p https://m.x.test:443/p http://mobile.x.test:80/p? https://www.m.x.test./a/../p
- x.test/p https://x.test/%70?utm_source=a&UTM_Medium=b x.test/p?fbclid=1&igshid=2&ref=3
- x.test/p?a=1&b x.test/p?b&a=1 x.test/p?a=1&b=&a=1&si=x
- x.test/ https://x.test x.test http://www.x.test/
- xn--e1afmkfd.xn--p1ai/%D1%84 https://пример.рф/ф ПРИМЕР.рф/%d1%84
- @name name @Name NAME
instagram instagram.com/john.doe john.doe @John.Doe instagram.com/john.doe instagr.am/John.Doe/
instagram instagram.com/john.doe https://www.instagram.com/john.doe/?igsh=abc
instagram instagram.com/john.doe https://m.instagram.com/john.doe/reels
instagram instagram.com/john.doe https://de-de.instagram.com/john.doe?hl=de
instagram instagram.com/p/CxYz_1 https://www.instagram.com/p/CxYz_1/?igshid=x&img_index=2
instagram instagram.com/p/CxYz_1 instagram.com/reel/CxYz_1 instagram.com/tv/CxYz_1/
instagram instagram.com/p/CxYz_1 https://instagram.com/john/reel/CxYz_1/#c
tiktok tiktok.com/@john john @John https://www.tiktok.com/@john?_t=8&_r=1 tiktok.com/John
tiktok tiktok.com/video/71 https://www.tiktok.com/@john/video/71?is_from_webapp=1
tiktok tiktok.com/video/71 m.tiktok.com/@x/photo/71
youtube youtube.com/watch?v=dQw4 https://youtu.be/dQw4?si=abc youtube.com/shorts/dQw4
youtube youtube.com/watch?v=dQw4 https://www.youtube.com/watch?v=dQw4&t=5&list=x
youtube youtube.com/watch?v=dQw4 https://m.youtube.com/watch?feature=share&v=dQw4
youtube youtube.com/watch?v=dQw4 https://music.youtube.com/watch?v=dQw4
youtube youtube.com/watch?v=dQw4 youtube.com/live/dQw4?v=other
youtube youtube.com/@john john @John youtube.com/@john/videos
youtube youtube.com/playlist?list=A youtube.com/playlist?list=A&si=1
twitter x.com/john @john https://twitter.com/John mobile.twitter.com/john/
twitter x.com/status/12 https://x.com/john/status/12?s=20&t=a twitter.com/i/web/status/12
twitter x.com/status/12 https://twitter.com/John/status/12/photo/1
facebook facebook.com/john.doe john.doe fb.com/John.Doe
facebook facebook.com/john.doe https://m.facebook.com/john.doe?mibextid=1
facebook facebook.com/john.doe https://web.facebook.com/john.doe/?__tn__=x
facebook facebook.com/watch?v=12 https://www.facebook.com/john/videos/12/
facebook facebook.com/watch?v=12 facebook.com/john/videos/title/12 facebook.com/video.php?v=12
facebook facebook.com/watch?v=12 facebook.com/watch/?v=12&ref=sharing
telegram t.me/john @John https://t.me/john telegram.me/john t.me/s/john
telegram t.me/+AbC https://t.me/+AbC https://t.me/joinchat/AbC t.me/s/joinchat/AbC
telegram t.me/john/5 t.me/John/5?single t.me/s/john/5
threads threads.com/@john @john threads.net/@John www.threads.com/@john
twitch twitch.tv/john john https://m.twitch.tv/John/about
linkedin linkedin.com/in/john john https://uk.linkedin.com/in/John/
discord discord.com/invite/AbC discord.gg/AbC https://discord.com/invite/AbC
spotify open.spotify.com/track/3N https://open.spotify.com/intl-de/track/3N?si=1
";

#[test]
fn spellings_of_one_target_have_one_form() {
    for row in SPELLINGS.trim().lines() {
        let mut words = row.split(' ');
        let (word, form) = (words.next().unwrap(), words.next().unwrap());
        for text in words {
            assert_eq!(normalised(text, word), form, "{text} on {word}");
        }
    }
}

#[test]
fn different_targets_have_different_forms() {
    let table = [
        ("instagram", "instagram.com/p/abc", "instagram.com/p/ABC"),
        (
            "instagram",
            "instagram.com/john",
            "instagram.com/stories/john",
        ),
        ("instagram", "john", "john_"),
        (
            "youtube",
            "youtube.com/watch?v=abc",
            "youtube.com/watch?v=ABC",
        ),
        (
            "youtube",
            "youtube.com/watch?v=a",
            "youtube.com/watch?v=a&lc=comment",
        ),
        (
            "youtube",
            "youtube.com/playlist?list=a",
            "youtube.com/playlist?list=b",
        ),
        ("telegram", "t.me/+abc", "t.me/+Abc"),
        ("telegram", "t.me/bot?start=1", "t.me/bot?start=2"),
        ("tiktok", "vm.tiktok.com/ZMabc", "vm.tiktok.com/ZMABC"),
        (
            "facebook",
            "facebook.com/profile.php?id=1",
            "facebook.com/profile.php?id=2",
        ),
        ("", "x.test/p", "x.test/P"),
        ("", "x.test/p?id=1", "x.test/p?id=2"),
        ("", "x.test/p", "x.test:8080/p"),
        ("", "x.test/a%2Fb", "x.test/a/b"),
        ("", "x.test/?a=b%26c", "x.test/?a=b&c"),
        ("website", "website.test", "@website.test"),
    ];
    for (word, one, other) in table {
        assert_ne!(
            normalised(one, word),
            normalised(other, word),
            "{one} and {other}"
        );
    }
}

#[test]
fn a_name_becomes_a_profile_only_on_the_platform_of_its_service() {
    assert_eq!(
        normalised("@john", "instagram"),
        normalised("instagram.com/john", "")
    );
    assert_ne!(
        normalised("@john", "instagram"),
        normalised("@john", "twitter")
    );
    assert_ne!(
        normalised("@john", ""),
        normalised("instagram.com/john", "")
    );
}

#[test]
fn the_overlap_key_depends_on_family_and_link_and_never_changes_within_a_version() {
    let key = overlap_key("instagram/likes", "instagram.com/p/abc");
    // SHA-256 of 01 "instagram/likes" 00 "instagram.com/p/abc", by another program.
    assert_eq!(NORMALISATION_VERSION, 1);
    assert_eq!(key, KEY_BY_ANOTHER_PROGRAM);
    assert_ne!(key, overlap_key("instagram/views", "instagram.com/p/abc"));
    assert_ne!(key, overlap_key("instagram/likes", "instagram.com/p/abd"));
    assert_ne!(overlap_key("a", "bc"), overlap_key("ab", "c"));
}

/// See the test that uses it.
const KEY_BY_ANOTHER_PROGRAM: i64 = -7125928343872376518;

/// Parts of which links are made, so that the random ones reach the rules.
fn likely_link() -> impl Strategy<Value = String> {
    let scheme = prop::sample::select(vec!["", "", "https://", "HTTP://", "//", "@"]);
    let host = prop::sample::select(vec![
        "instagram.com",
        "www.youtube.com",
        "youtu.be",
        "m.tiktok.com",
        "t.me",
        "x.com",
        "fb.com",
        "twitter.com:80",
        "discord.gg",
        "clips.twitch.tv",
        "old.reddit.com",
        "redd.it",
        "threads.net",
        "open.spotify.com",
        "www.m.x.test.",
        "vk.com",
        "İ.test",
        "snapchat.com",
        "name",
    ]);
    let part = prop::sample::select(vec![
        "p",
        "reel",
        "s",
        "c",
        "joinchat",
        "+Ab",
        "@Name",
        "name",
        "İΣ",
        "status",
        "videos",
        "watch",
        "user",
        "u",
        "video",
        "live",
        "r",
        "comments",
        "%70",
        "%2F",
        "%252e",
        "%zz",
        "",
        ".",
        "..",
        "{id}",
        "{name}",
        "in",
        "post",
        "a;b",
        "*",
        "|",
        "intl-de",
        "track",
        "stories",
        "add",
        "%FF",
        "video.php",
        "story.php",
        "5",
    ]);
    let query = prop::sample::select(vec![
        "",
        "?",
        "?v=A&v=b",
        "?igsh=1&b=%26&a=+",
        "?=&&a",
        "?id=%FF&w=1#x",
        "?list=1&lc=%3D",
        "#?a=b",
        "?utm_x=1&__cft__[0]=2",
    ]);
    (scheme, host, prop::collection::vec(part, 0..5), query).prop_map(
        |(scheme, host, parts, query)| {
            let path: String = parts.iter().flat_map(|part| ["/", part]).collect();
            format!("{scheme}{host}{path}{query}")
        },
    )
}

fn assert_fixed_point(text: &str) {
    let Ok(link) = Link::parse(text) else { return };
    for word in [
        "",
        "instagram",
        "youtube",
        "telegram",
        "facebook",
        "linkedin",
        "discord",
        "website",
    ] {
        let once = link.normalised(platform(word));
        let again = Link::parse(&once).map(|link| link.normalised(platform(word)));
        assert_eq!(again.as_ref(), Ok(&once), "{text:?} on {word:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn normalising_twice_is_normalising_once(text in likely_link()) {
        assert_fixed_point(&text);
    }

    #[test]
    fn no_text_makes_the_rules_panic_and_every_normal_form_is_a_fixed_point(
        text in prop_oneof![any::<String>(), "[a-zA-Z@._:/?#%&=+0-9\u{e9}\u{130}-]{1,40}"],
    ) {
        assert_fixed_point(&text);
    }
}

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

#[test]
fn spellings_of_one_target_have_one_form() {
    let (mut form, mut word) = ("", "");
    let mut spellings = 0;
    for line in rows(include_str!("same.txt")) {
        if let Some(spelling) = line.strip_prefix("    ") {
            assert_eq!(normalised(spelling, word), form, "{spelling}");
            spellings += 1;
        } else {
            (form, word) = line.split_once(" on ").unwrap_or((line, ""));
            assert_eq!(normalised(form, word), form);
        }
    }
    assert!(spellings >= 150, "{spellings} spellings");
}

#[test]
fn different_targets_have_different_forms() {
    let mut pairs = 0;
    for line in rows(include_str!("different.txt")) {
        let [word, one, other] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let [one, other] = [one, other].map(|text| normalised(text, word));
        assert_ne!(one, other, "{line}");
        pairs += 1;
    }
    assert!(pairs >= 60, "{pairs} pairs");
}

/// The lines of a table that say something.
fn rows(table: &str) -> impl Iterator<Item = &str> {
    let says = |line: &&str| !line.is_empty() && !line.starts_with('#');
    table.lines().filter(says)
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
    // SHA-256 of 03 "instagram/likes" 00 "instagram.com/p/abc", by another program.
    assert_eq!(NORMALISATION_VERSION, 3);
    assert_eq!(key, KEY_BY_ANOTHER_PROGRAM);
    assert_ne!(key, overlap_key("instagram/views", "instagram.com/p/abc"));
    assert_ne!(key, overlap_key("instagram/likes", "instagram.com/p/abd"));
    assert_ne!(overlap_key("a", "bc"), overlap_key("ab", "c"));
}

/// See the test that uses it.
const KEY_BY_ANOTHER_PROGRAM: i64 = 3939540624740217660;

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
        "l.instagram.com",
        "www.facebook.com",
        "m.me",
        "john.t.me",
        "player.twitch.tv",
        "vkvideo.ru",
        "wa.me",
        "linkedin.com",
        "pinterest.de",
        "w.soundcloud.com",
        "vm.tiktok.com",
        "name",
    ]);
    let part = prop::sample::select(vec![
        "p",
        "reel",
        "CxYz_1aB-90ABCDEFGHIJKLMNOPQRSTUVWXYZab",
        "s-abc",
        "private",
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
        "embed",
        "player",
        "plugins",
        "l.php",
        "login",
        "tweet.html",
        "video_ext.php",
        "posts",
        "x-activity-5-y",
        "pin",
        "a--5",
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
        "?u=https%3A%2F%2Finstagram.com%2Fp%2Fx",
        "?u=/l.php%3Fu%3D%252Freel%252F5",
        "?href=http%3A%2F%2F127.0.0.1&next=/a%20b",
        "?url=x.test/+%2B?q",
        "?id=..&channel=%2e%2e&video=a5",
        "?oid=-5&id=6&z=video-1_2%2Fx",
        "?story_fbid=%2F&id=7&comment_id=8",
        "?screen_name=%C4%B0&next=//x.test",
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

//! Messengers.

use super::{Below, PLAIN, Site};

pub(super) const TELEGRAM: Site = Site {
    word: "telegram",
    words: &["telegram", "tg"],
    hosts: &[("t.me", ""), ("telegram.me", ""), ("telegram.dog", "")],
    below: Below::Profile,
    query: &[
        ("", "start"),
        ("", "startapp"),
        ("", "startgroup"),
        ("", "comment"),
        ("", "boost"),
        ("proxy", "server"),
        ("proxy", "port"),
    ],
    paths: &[
        ("iv?url={url}", "{url}"),
        ("joinchat/{id}", "+{id}"),
        ("s/{name}", "{name}"),
        ("s/{name}/{id}", "{name}/{id}"),
        ("c/{id}/{id}", "c/{id}/{id}"),
        // A post of a topic has its number in the whole group.
        ("c/{id}/*/{id}", "c/{id}/{id}"),
        ("{name}/s/{id}", "{name}/s/{id}"),
        ("{name}/*/{id}", "{name}/{id}"),
        ("{name}/{id}", "{name}/{id}"),
        ("{name}", "{name}"),
    ],
    ..PLAIN
};

pub(super) const WHATSAPP: Site = Site {
    word: "whatsapp",
    words: &["whatsapp", "whats app"],
    hosts: &[
        ("whatsapp.com", ""),
        ("wa.me", "send"),
        ("api.whatsapp.com", ""),
        ("web.whatsapp.com", ""),
        ("chat.whatsapp.com", "invite"),
    ],
    profile: "send/",
    paths: &[
        ("send?phone=*{digits}", "send/{digits}"),
        ("send/*{digits}", "send/{digits}"),
        ("send/channel/{id}", "channel/{id}"),
        ("channel/{id}/*", "channel/{id}"),
        ("invite/invite/{id}", "invite/{id}"),
    ],
    ..PLAIN
};

pub(super) const DISCORD: Site = Site {
    word: "discord",
    words: &["discord"],
    hosts: &[
        ("discord.com", ""),
        ("discord.gg", "invite"),
        ("discordapp.com", ""),
        ("ptb.discord.com", ""),
        ("canary.discord.com", ""),
    ],
    paths: &[
        ("invite/invite/{id}", "invite/{id}"),
        ("widget?id={digits}", "widget/{digits}"),
    ],
    ..PLAIN
};

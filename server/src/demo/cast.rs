//! What the demo's panel sells and what its customer orders, with what is to come of it.

use crate::catalog::{Offer, Terms, platform};
use crate::demo::provider::{ProviderService, Script};
use crate::ids::ProviderId;
use crate::money::Rate;
use crate::protocol::ServiceType;

/// How long a whole delivery takes, in ms.
const DELIVERY: i64 = 4_000;

/// A service of the demo; its id is its place in [`services`], from 1.
pub(super) struct Sold {
    pub(super) terms: Terms,
    /// What the provider does with orders of it; each is an offer, asked in this order.
    scripts: Vec<Script>,
}

/// An order of the story.
pub(super) struct Ordered {
    /// What the table says about it.
    pub(super) note: &'static str,
    pub(super) service: i64,
    pub(super) fields: &'static [(&'static str, &'static str)],
    pub(super) expected: Expected,
}

/// What must come of an order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// It is placed and ends with this status, net charge and remains.
    Ends(&'static str, &'static str, &'static str),
    /// It is placed, its customer cancels it on the way, and what was not delivered is refunded.
    Canceled,
    /// It is refused with this sentence and costs nothing.
    Refused(&'static str),
}

/// The place of the order that drops after its completion and is refilled.
pub(super) const DROPS: usize = 5;

/// The place of the order whose target the panel counts, and its link.
pub(super) const COUNTED: usize = 0;
pub(super) const COUNTED_LINK: &str = "https://instagram.com/alice";

fn sold(
    service_type: ServiceType,
    category: &str,
    name: &str,
    rate: &str,
    scripts: Vec<Script>,
) -> Sold {
    let package = service_type.is_package();
    Sold {
        terms: Terms {
            name: name.to_owned(),
            category: category.to_owned(),
            description: None,
            service_type,
            rate: Rate::parse(rate).unwrap_or_default(),
            min: if service_type == ServiceType::Default {
                50
            } else {
                1
            },
            max: if package { 1 } else { 10_000 },
            dripfeed: service_type == ServiceType::Default,
            refill: service_type == ServiceType::Default,
            cancel: true,
            family: platform::family(category, name),
            refill_days: (service_type == ServiceType::Default).then_some(30),
            rejects_same_link: false,
            passed_fields: Vec::new(),
        },
        scripts,
    }
}

/// Everything that is sold: eight ways in which an order can go, then every other type of service.
pub(super) fn services() -> Vec<Sold> {
    use ServiceType as Type;
    let delivers = || vec![Script::Deliver { over_ms: DELIVERY }];
    let of =
        |service_type, category, name, rate| sold(service_type, category, name, rate, delivers());
    let partial = Script::Partial {
        over_ms: DELIVERY,
        delivered_percent: 60,
    };
    let drops = Script::DropLater {
        over_ms: DELIVERY / 2,
        drop_percent: 30,
        refill_ms: DELIVERY / 2,
    };
    let slow = Script::Deliver {
        over_ms: 3 * DELIVERY,
    };
    let refuses = Script::Refuse("Bad link");
    let default = Type::Default;
    vec![
        of(
            default,
            "Instagram",
            "Instagram Followers [Refill: 30 days]",
            "0.90",
        ),
        sold(
            default,
            "Instagram",
            "Instagram Likes",
            "0.50",
            vec![partial],
        ),
        sold(
            default,
            "TikTok",
            "TikTok Views",
            "0.02",
            vec![Script::CancelAfter { ms: 2_000 }],
        ),
        sold(
            default,
            "YouTube",
            "YouTube Views",
            "1.40",
            vec![refuses.clone()],
        ),
        sold(
            default,
            "Telegram",
            "Telegram Members",
            "0.75",
            vec![Script::AcceptThenHang],
        ),
        sold(
            default,
            "Instagram",
            "Instagram Followers [Cheap]",
            "0.60",
            vec![drops],
        ),
        sold(
            default,
            "TikTok",
            "TikTok Followers [Slow]",
            "2.10",
            vec![slow],
        ),
        sold(
            default,
            "Twitter",
            "Twitter Retweets",
            "3.00",
            [refuses].into_iter().chain(delivers()).collect(),
        ),
        of(
            Type::CustomComments,
            "Instagram",
            "Instagram Custom Comments",
            "8.00",
        ),
        of(
            Type::Package,
            "Instagram",
            "Instagram Starter Package",
            "31.60",
        ),
        of(
            Type::CustomCommentsPackage,
            "YouTube",
            "YouTube Comment Package",
            "4.50",
        ),
        of(
            Type::InvitesFromGroups,
            "Telegram",
            "Telegram Invites from Groups",
            "2.00",
        ),
        of(Type::Mentions, "Instagram", "Instagram Mentions", "1.00"),
        of(
            Type::MentionsWithHashtags,
            "Instagram",
            "Instagram Mentions with Hashtags",
            "1.10",
        ),
        of(
            Type::MentionsCustomList,
            "Instagram",
            "Instagram Mentions Custom List",
            "1.20",
        ),
        of(
            Type::MentionsHashtag,
            "Instagram",
            "Instagram Mentions Hashtag",
            "1.30",
        ),
        of(
            Type::MentionsUserFollowers,
            "Instagram",
            "Instagram Mentions Followers",
            "1.40",
        ),
        of(
            Type::MentionsMediaLikers,
            "Instagram",
            "Instagram Mentions Likers",
            "1.50",
        ),
        of(
            Type::CommentLikes,
            "Instagram",
            "Instagram Comment Likes",
            "0.80",
        ),
        of(
            Type::CommentReplies,
            "Instagram",
            "Instagram Comment Replies",
            "9.00",
        ),
        of(Type::Poll, "Telegram", "Telegram Poll Votes", "0.70"),
        of(Type::Seo, "Website Traffic", "Search Ranking", "12.00"),
        of(
            Type::WebTraffic,
            "Website Traffic",
            "Website Visitors",
            "0.30",
        ),
    ]
}

impl Sold {
    /// The provider's services behind it, whose ids begin at `first_id`, at 60 % of its rate.
    pub(super) fn provided(&self, first_id: i64) -> Vec<ProviderService> {
        let cost = Rate::from_micro(self.terms.rate.micro() / 5 * 3);
        (first_id..)
            .zip(&self.scripts)
            .map(|(id, script)| ProviderService {
                id,
                name: self.terms.name.clone(),
                category: self.terms.category.clone(),
                service_type: self.terms.service_type,
                rate: cost,
                min: self.terms.min,
                max: self.terms.max,
                dripfeed: self.terms.dripfeed,
                refill: self.terms.refill,
                cancel: self.terms.cancel,
                script: script.clone(),
            })
            .collect()
    }
}

/// The panel's side of what `provider` sells.
pub(super) fn offer(provider: ProviderId, service: &ProviderService) -> Offer {
    Offer {
        provider,
        provider_service: service.id.to_string(),
        service_type: service.service_type,
        cost: service.rate,
        min: service.min,
        max: service.max,
        gone: false,
        paused: false,
    }
}

/// The orders of the story.
pub(super) const ORDERS: &[Ordered] = &[
    Ordered {
        note: "delivered in full",
        service: 1,
        fields: &[("link", COUNTED_LINK), ("quantity", "1000")],
        expected: Expected::Ends("Completed", "0.90", "0"),
    },
    Ordered {
        note: "the provider stops at 600 of 1000",
        service: 2,
        fields: &[
            ("link", "https://instagram.com/p/Cx1"),
            ("quantity", "1000"),
        ],
        expected: Expected::Ends("Partial", "0.30", "400"),
    },
    Ordered {
        note: "the provider cancels it",
        service: 3,
        fields: &[
            ("link", "https://tiktok.com/@bob/video/1"),
            ("quantity", "5000"),
        ],
        expected: Expected::Ends("Canceled", "0.00", "5000"),
    },
    Ordered {
        note: "no provider takes it: failed",
        service: 4,
        fields: &[
            ("link", "https://youtube.com/watch?v=x"),
            ("quantity", "500"),
        ],
        expected: Expected::Ends("Canceled", "0.00", "500"),
    },
    Ordered {
        note: "its answer is lost: found out, not sent twice",
        service: 5,
        fields: &[("link", "https://t.me/carol"), ("quantity", "200")],
        expected: Expected::Ends("Completed", "0.15", "0"),
    },
    Ordered {
        note: "drops later and is refilled",
        service: 6,
        fields: &[("link", "https://instagram.com/dave"), ("quantity", "1000")],
        expected: Expected::Ends("Completed", "0.60", "0"),
    },
    Ordered {
        note: "its customer cancels it on the way",
        service: 7,
        fields: &[("link", "https://tiktok.com/@erin"), ("quantity", "1000")],
        expected: Expected::Canceled,
    },
    Ordered {
        note: "refused by one provider, delivered by the next",
        service: 8,
        fields: &[
            ("link", "https://x.com/frank/status/1"),
            ("quantity", "100"),
        ],
        expected: Expected::Ends("Completed", "0.30", "0"),
    },
    Ordered {
        note: "three comments, so a quantity of 3",
        service: 9,
        fields: &[
            ("link", "https://instagram.com/p/Cx2"),
            ("comments", "good pic\nGreat\n\nLast one"),
        ],
        expected: Expected::Ends("Completed", "0.024", "0"),
    },
    Ordered {
        note: "two orders on one link ...",
        service: 2,
        fields: &[
            ("link", "https://instagram.com/p/Cx3"),
            ("quantity", "1000"),
        ],
        expected: Expected::Ends("Partial", "0.50", "0"),
    },
    Ordered {
        note: "... at once: the partial refund is withheld",
        service: 2,
        fields: &[
            ("link", "instagram.com/p/Cx3/?utm_source=x"),
            ("quantity", "1000"),
        ],
        expected: Expected::Ends("Partial", "0.50", "0"),
    },
    Ordered {
        note: "a package at a flat price",
        service: 10,
        fields: &[("link", "https://instagram.com/grace")],
        expected: Expected::Ends("Completed", "31.60", "0"),
    },
    Ordered {
        note: "costs more than the wallet holds",
        service: 22,
        fields: &[
            ("link", "https://example.com/"),
            ("quantity", "10000"),
            ("keywords", "shoes\nboots"),
        ],
        expected: Expected::Refused("Not enough funds on balance"),
    },
    Ordered {
        note: "a link nobody can deliver to",
        service: 1,
        fields: &[("link", "http://127.0.0.1/admin"), ("quantity", "100")],
        expected: Expected::Refused("Bad link"),
    },
];

//! Every type of service: what its orders need, cost, and send on.

use harness::{DELIVERY, TestPanel, terms};
use smm_panel_server::catalog::Terms;
use smm_panel_server::demo::provider::Script;
use smm_panel_server::protocol::ServiceType;

use super::body;

/// Fields by wire name.
type Fields = &'static [(&'static str, &'static str)];

/// An order of a type: the fields sent beside service and link, those that reach the provider,
/// and charge and quantity at a rate of 2 USD.
struct Case {
    of: ServiceType,
    sent: Fields,
    forwarded: Fields,
    shown: &'static str,
}

const fn case(of: ServiceType, sent: Fields, forwarded: Fields, shown: &'static str) -> Case {
    Case {
        of,
        sent,
        forwarded,
        shown,
    }
}

/// The same fields arrive as were sent.
const fn same(of: ServiceType, sent: Fields, shown: &'static str) -> Case {
    case(of, sent, sent, shown)
}

const CASES: &[Case] = &[
    same(ServiceType::Default, &[("quantity", "100")], "0.20 100"),
    same(ServiceType::Package, &[], "2.00 1"),
    same(
        ServiceType::CustomComments,
        &[("comments", "good\ngreat")],
        "0.004 2",
    ),
    same(
        ServiceType::CustomCommentsPackage,
        &[("comments", "good\ngreat")],
        "2.00 1",
    ),
    same(
        ServiceType::InvitesFromGroups,
        &[
            ("quantity", "100"),
            ("groups", "https://x.test/g1\nhttps://x.test/g2"),
        ],
        "0.20 100",
    ),
    same(
        ServiceType::Mentions,
        &[("quantity", "100"), ("usernames", "ann\nbob")],
        "0.20 100",
    ),
    same(
        ServiceType::MentionsWithHashtags,
        &[
            ("quantity", "100"),
            ("usernames", "ann\nbob"),
            ("hashtags", "#a\n#b"),
        ],
        "0.20 100",
    ),
    same(
        ServiceType::MentionsCustomList,
        &[("usernames", "ann\nbob\ncem")],
        "0.006 3",
    ),
    same(
        ServiceType::MentionsHashtag,
        &[("quantity", "100"), ("hashtag", "#a")],
        "0.20 100",
    ),
    same(
        ServiceType::MentionsUserFollowers,
        &[("quantity", "100"), ("username", "https://x.test/ann")],
        "0.20 100",
    ),
    same(
        ServiceType::MentionsMediaLikers,
        &[("quantity", "100"), ("media", "https://x.test/m/1")],
        "0.20 100",
    ),
    same(
        ServiceType::CommentLikes,
        &[("quantity", "100"), ("username", "ann")],
        "0.20 100",
    ),
    same(
        ServiceType::CommentReplies,
        &[("username", "ann"), ("comments", "yes\nno")],
        "0.004 2",
    ),
    same(
        ServiceType::Poll,
        &[("quantity", "100"), ("answer_number", "2")],
        "0.20 100",
    ),
    same(
        ServiceType::Seo,
        &[("quantity", "100"), ("keywords", "shoes\nred shoes")],
        "0.20 100",
    ),
    same(
        ServiceType::WebTraffic,
        &[
            ("quantity", "100"),
            ("country", "US"),
            ("device", "5"),
            ("type_of_traffic", "1"),
            ("google_keyword", "red shoes & co"),
        ],
        "0.20 100",
    ),
    same(
        ServiceType::WebTraffic,
        &[
            ("quantity", "100"),
            ("country", "US"),
            ("device", "1"),
            ("type_of_traffic", "2"),
            ("referring_url", "https://x.test/?a=b&c=d"),
        ],
        "0.20 100",
    ),
    same(
        ServiceType::WebTraffic,
        &[
            ("quantity", "100"),
            ("country", "WW"),
            ("device", "3"),
            ("type_of_traffic", "3"),
        ],
        "0.20 100",
    ),
    // What belongs to other types is not passed on; a list goes one entry per line; a quantity
    // that the type counts itself is not the client's to say.
    case(
        ServiceType::Default,
        &[
            ("quantity", "100"),
            ("comments", "x"),
            ("username", "ann"),
            ("country", "US"),
        ],
        &[("quantity", "100")],
        "0.20 100",
    ),
    case(
        ServiceType::CustomComments,
        &[
            ("quantity", "77"),
            ("comments", " good \r\n\r\ngreat\rlast\n"),
        ],
        &[("comments", "good\ngreat\nlast")],
        "0.006 3",
    ),
    case(
        ServiceType::CustomComments,
        &[("comments", "good\\ngreat")],
        &[("comments", "good\ngreat")],
        "0.004 2",
    ),
    case(ServiceType::Package, &[("quantity", "5")], &[], "2.00 1"),
    case(
        ServiceType::WebTraffic,
        &[
            ("quantity", "100"),
            ("country", " US "),
            ("device", "03"),
            ("type_of_traffic", "3"),
            ("google_keyword", "shoes"),
            ("referring_url", "https://x.test/"),
        ],
        &[
            ("quantity", "100"),
            ("country", "US"),
            ("device", "3"),
            ("type_of_traffic", "3"),
        ],
        "0.20 100",
    ),
];

/// Terms of a type at 2 USD, as panels sell it.
fn terms_of(of: ServiceType) -> Terms {
    let terms = terms(of, "2");
    let max = if of.is_package() { 1 } else { terms.max };
    Terms { max, ..terms }
}

#[apply(story)]
async fn every_type_is_charged_and_sent_on_with_its_own_fields_and_no_others() {
    let panel = TestPanel::start().await;
    for (number, case) in (1..).zip(CASES) {
        let at_provider = 100 + number;
        let deliver = Script::Deliver { over_ms: DELIVERY };
        let service = panel.offered(terms_of(case.of), at_provider, deliver).await;
        let (service, link) = (service.to_string(), format!("https://x.test/{number}"));
        let mut form = vec![("action", "add"), ("service", &service), ("link", &link)];
        form.extend_from_slice(case.sent);
        let order = panel.v2(&form).await.order();
        let expected = format!("Pending {}", case.shown);
        assert_eq!(panel.shown(order).await, expected, "{form:?}");

        panel.work().await;
        let requests = panel.provider.requests();
        let sent = requests.iter().rfind(|request| request.action == "add");
        let sent: Vec<_> = sent
            .unwrap()
            .fields
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        let at_provider = at_provider.to_string();
        let mut expected = vec![("service", at_provider.as_str()), ("link", &link)];
        expected.extend_from_slice(case.forwarded);
        assert_eq!(sent, expected, "{form:?}");
        assert_eq!(panel.provider.times_accepted(&link), 1);
    }
    let types: Vec<_> = CASES.iter().map(|case| case.of).collect();
    for of in ServiceType::ALL {
        assert_eq!(
            types.contains(&of),
            of != ServiceType::Subscriptions,
            "{of}"
        );
    }
    panel.finish().await;
}

#[apply(story)]
async fn every_type_misses_each_of_its_own_fields() {
    let panel = TestPanel::start().await;
    for case in CASES.iter().filter(|case| case.sent == case.forwarded) {
        let service = panel
            .service(terms_of(case.of), Vec::new())
            .await
            .to_string();
        for (left_out, _) in case.sent {
            let mut form = vec![
                ("action", "add"),
                ("service", service.as_str()),
                ("link", "https://x.test/p"),
            ];
            form.extend(case.sent.iter().filter(|(name, _)| name != left_out));
            let expected = match *left_out {
                "quantity" => "Quantity less than minimal 1".to_owned(),
                _ => {
                    format!("the field {left_out} is required for this type of service")
                }
            };
            assert_eq!(panel.v2(&form).await.error(), expected, "{}", case.of);
        }
    }
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}

#[apply(story)]
async fn a_choice_that_does_not_exist_is_refused() {
    let panel = TestPanel::start().await;
    let service = panel
        .service(terms_of(ServiceType::WebTraffic), Vec::new())
        .await;
    let service = service.to_string();
    let traffic = async |device, kind| {
        let fields = [
            ("action", "add"),
            ("service", service.as_str()),
            ("link", "https://x.test/p"),
            ("quantity", "100"),
            ("country", "US"),
            ("device", device),
            ("type_of_traffic", kind),
        ];
        body(&panel, &fields).await
    };
    assert_snapshot!(traffic("6", "3").await, @r#"{"error":"the field device must be 1 (desktop), 2, 3, 4 (mobile) or 5 (mixed)"}"#);
    assert_snapshot!(traffic("desktop", "3").await, @r#"{"error":"the field device must be 1 (desktop), 2, 3, 4 (mobile) or 5 (mixed)"}"#);
    assert_snapshot!(traffic("1", "0").await, @r#"{"error":"the field type_of_traffic must be 1 (search engine), 2 (referrer) or 3 (blank)"}"#);
    assert_snapshot!(traffic("1", "4").await, @r#"{"error":"the field type_of_traffic must be 1 (search engine), 2 (referrer) or 3 (blank)"}"#);
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}

#[apply(story)]
async fn a_drip_feed_sends_one_run_of_the_clients_quantity_without_runs_and_interval() {
    let panel = TestPanel::start().await;
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/p"),
        ("quantity", "100"),
        ("runs", "10"),
        ("interval", "60"),
    ];
    panel.v2(&fields).await.order();
    panel.work().await;
    let requests = panel.provider.requests();
    let sent = requests.iter().rfind(|request| request.action == "add");
    let expected = [
        ("service", "1"),
        ("link", "https://x.test/p"),
        ("quantity", "100"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(sent.unwrap().fields, expected);
    panel.finish().await;
}

#[apply(story)]
async fn a_package_is_never_sent_in_runs_for_the_price_of_one() {
    let panel = TestPanel::start().await;
    let fields = [
        ("action", "add"),
        ("service", "3"),
        ("link", "https://x.test/p"),
        ("runs", "10"),
        ("interval", "1"),
    ];
    let reply = panel.v2(&fields).await;
    assert_eq!(reply.error(), "Drip-feed is disabled for this service");
    panel.pass(20 * harness::MINUTE).await;
    assert_eq!(panel.balance().await, "100.00");
    assert_eq!(panel.provider.times_accepted("https://x.test/p"), 0);
    panel.finish().await;
}

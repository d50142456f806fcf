use super::*;
use crate::protocol::{Action, Call, Params};

fn terms(service_type: ServiceType) -> Terms {
    Terms {
        name: "Followers".to_owned(),
        category: "Instagram".to_owned(),
        description: None,
        service_type,
        rate: Rate::parse("0.90").unwrap(),
        min: 50,
        max: 10_000,
        dripfeed: true,
        refill: true,
        refill_days: Some(30),
        cancel: true,
        family: "instagram".to_owned(),
        rejects_same_link: false,
        passed_fields: Vec::new(),
    }
}

fn request(fields: &[(&str, &str)]) -> AddRequest {
    let mut params = Params::default();
    for &(name, value) in fields.iter().chain(&[("action", "add"), ("service", "1")]) {
        params.push(name, value.to_owned()).unwrap();
    }
    match Call::read(params).action {
        Ok(Action::Add(request)) => *request,
        other => panic!("{other:?}"),
    }
}

fn place(service_type: ServiceType, fields: &[(&str, &str)]) -> Result<Draft, Refusal> {
    draft(&terms(service_type), Percent::ZERO, &request(fields))
}

const LINK: (&str, &str) = ("link", "https://x.test/p");

#[test]
fn a_quantity_is_digits_within_the_limits() {
    let below = Err(Refusal::QuantityBelowMin { min: 50 });
    let above = Err(Refusal::QuantityAboveMax { max: 10_000 });
    for (given, expected) in [
        ("1000", Ok(1000)),
        (" 100 ", Ok(100)),
        ("50", Ok(50)),
        ("10000", Ok(10_000)),
        ("49", below.clone()),
        ("10001", above.clone()),
        ("99999999999999999999999999", above.clone()),
        ("-5", below.clone()),
        ("+100", below.clone()),
        ("1e3", below.clone()),
        ("1,000", below.clone()),
        ("100.0", below.clone()),
        ("abc", below.clone()),
        ("", below.clone()),
    ] {
        let placed = place(ServiceType::Default, &[LINK, ("quantity", given)]);
        assert_eq!(placed.map(|draft| draft.quantity), expected, "{given:?}");
    }
}

#[test]
fn a_drip_feed_multiplies_the_quantity_and_needs_both_fields() {
    let drip = |runs, interval| {
        let fields = [
            LINK,
            ("quantity", "100"),
            ("runs", runs),
            ("interval", interval),
        ];
        place(ServiceType::Default, &fields).map(|d| (d.quantity, d.runs, d.interval_minutes))
    };
    assert_eq!(drip("10", "60"), Ok((1000, 10, 60)));
    assert_eq!(drip("0", "0"), Ok((100, 1, 0)));
    assert_eq!(drip("undefined", "undefined"), Ok((100, 1, 0)));
    assert_eq!(drip("2", ""), Err(Refusal::DripfeedIncomplete));
    assert_eq!(drip("", "60"), Err(Refusal::DripfeedIncomplete));
    assert_eq!(drip("1001", "60"), Err(Refusal::DripfeedIncomplete));
    assert_eq!(drip("2", "10081"), Err(Refusal::DripfeedIncomplete));
    assert_eq!(drip("x", "60"), Err(Refusal::DripfeedIncomplete));
    assert_eq!(
        drip("101", "60"),
        Err(Refusal::QuantityAboveMax { max: 10_000 })
    );
}

#[test]
fn lists_give_the_quantity_and_packages_are_one() {
    let list = Terms {
        min: 1,
        ..terms(ServiceType::CustomComments)
    };
    let comments = ("comments", "good pic\nGreat\r\n\nLast\n");
    let placed = draft(
        &list,
        Percent::ZERO,
        &request(&[LINK, comments, ("quantity", "77")]),
    )
    .unwrap();
    assert_eq!(
        (placed.quantity, placed.charge.to_string().as_str()),
        (3, "0.0027")
    );
    assert_eq!(
        placed.details,
        [("comments".to_owned(), "good pic\nGreat\nLast".to_owned())]
    );

    let package = place(ServiceType::Package, &[LINK]).unwrap();
    assert_eq!(
        (package.quantity, package.charge.to_string().as_str()),
        (1, "0.90")
    );
}

#[test]
fn every_type_asks_for_its_own_fields() {
    for service_type in ServiceType::ALL {
        for &(field, _) in needed(service_type) {
            let fields = [LINK, ("quantity", "100")];
            let placed = place(service_type, &fields);
            assert!(
                matches!(placed, Err(Refusal::FieldMissing { .. })),
                "{service_type:?} without {field}"
            );
        }
    }
    let traffic = |kind, more: &[(&'static str, &'static str)]| {
        let mut fields = vec![
            LINK,
            ("quantity", "100"),
            ("country", "US"),
            ("device", "1"),
            ("type_of_traffic", kind),
        ];
        fields.extend_from_slice(more);
        place(ServiceType::WebTraffic, &fields)
    };
    assert!(traffic("3", &[]).is_ok());
    assert!(traffic("1", &[("google_keyword", "shoes")]).is_ok());
    let missing = |field| Err(Refusal::FieldMissing { field });
    assert_eq!(traffic("1", &[]), missing("google_keyword"));
    assert_eq!(traffic("2", &[]), missing("referring_url"));
    assert!(matches!(
        traffic("4", &[]),
        Err(Refusal::FieldInvalid { .. })
    ));
}

#[test]
fn the_checks_come_in_their_published_order() {
    assert_eq!(
        place(ServiceType::Poll, &[("quantity", "1")]),
        Err(Refusal::LinkBad)
    );
    assert!(matches!(
        place(ServiceType::Poll, &[LINK, ("quantity", "1")]),
        Err(Refusal::FieldMissing {
            field: "answer_number"
        })
    ));
}

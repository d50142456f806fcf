use super::lot::Lot;
use super::odd::{NO_IDS, OPEN_IDS, OddAnswer};
use super::spelling::{Spelling, is_number, plain};
use super::*;
use crate::protocol::upstream::{AddReply, Answer as Said, add_reply};

const LINK: &str = "https://x.test/1";

fn form(action: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("key", KEY).append_pair("action", action);
    form.extend_pairs(fields);
    form.finish().replace('+', "%20").into_bytes()
}

fn body(answer: &Answer) -> String {
    match answer {
        Answer::Http { body, .. } => body.clone(),
        Answer::Hang | Answer::Drop => String::new(),
    }
}

fn at(ms: i64) -> Time {
    Time::from_ms(ms)
}

fn add(house: &mut House, link: &str) -> Answer {
    let fields = [("service", "11"), ("link", link), ("quantity", "100")];
    house.answer(at(1_000), &form("add", &fields), KEY)
}

#[test]
fn one_seed_gives_the_same_provider_with_the_same_answers() {
    for seed in 0..50 {
        let (mut one, mut other) = (House::new(seed, 0, at(0)), House::new(seed, 0, at(0)));
        for n in 0..20 {
            let link = format!("{LINK}{n}");
            assert_eq!(add(&mut one, &link), add(&mut other, &link), "seed {seed}");
        }
        let all = |house: &House| house.book.all(at(2_000));
        assert_eq!(all(&one), all(&other));
    }
}

#[test]
fn what_is_accepted_was_stored_under_that_id() {
    let mut accepted = 0;
    for seed in 0..200 {
        let mut house = House::new(seed, 0, at(0));
        let answer = add(&mut house, LINK);
        let stored = house.book.truth(LINK, at(1_000));
        let said = body(&answer);
        let reply = add_reply(&Said {
            http_status: 200,
            retry_after_ms: None,
            body: said.as_bytes(),
        });
        if let AddReply::Accepted { order, .. } = reply
            && house.faults(LINK).is_empty()
        {
            accepted += 1;
            assert_eq!(stored.len(), 1, "seed {seed}: {said}");
            assert!(stored[0].is(&order), "seed {seed}: {said}");
        }
    }
    assert!(accepted > 50, "{accepted}");
}

#[test]
fn an_orders_end_is_its_last_word_and_a_cancel_keeps_what_was_delivered() {
    for seed in 0..100 {
        let mut house = House::new(seed, 0, at(0));
        add(&mut house, LINK);
        for order in house.book.truth(LINK, at(i64::MAX / 2)) {
            assert!(order.has_ended());
            assert_eq!(order.word == OrderWord::Completed, order.remains == 0);
            house.book.cancel(&order.id, at(1_001));
            let canceled = &house.book.truth(LINK, at(2_000))[0];
            assert_eq!(canceled.word, OrderWord::Canceled);
            assert_eq!(canceled.delivered(), 0);
        }
    }
}

#[test]
fn ids_are_numbers_in_any_spelling_and_tokens_in_one() {
    for (id, is) in [
        ("3383807", "3383807"),
        ("03383807", "3383807"),
        ("3383807.0", "3383807"),
        ("003383807.00", "3383807"),
        ("3383807.5", "3383807.5"),
        ("a7-0012.0", "a7-0012.0"),
        ("0", "0"),
        ("", ""),
    ] {
        assert_eq!(plain(id), is, "{id}");
    }
    for spelling in [Spelling::Plain, Spelling::Zeros, Spelling::Fraction] {
        let spelled = spelling.spell("1234567");
        assert_eq!(plain(&spelled), "1234567", "{spelled}");
        assert_eq!(spelling.spell("ord_7"), "ord_7");
    }
}

#[test]
fn a_provider_finds_an_order_under_its_id_in_any_spelling() {
    let mut spelled = 0;
    for seed in 0..300 {
        let mut house = House::new(seed, 0, at(0));
        add(&mut house, LINK);
        let stored = house.book.truth(LINK, at(1_000));
        let Some(id) = stored.first().map(|stored| stored.id.clone()) else {
            continue;
        };
        let written = house.written(&id);
        let said: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(plain(written.trim_matches('"')), id, "seed {seed}: {said}");
        if is_number(&id) {
            spelled += i32::from(written.trim_matches('"') != id);
            for asked in [format!("00{id}"), format!("{id}.0")] {
                assert_eq!(house.book.find(&asked).unwrap().id, id, "seed {seed}");
            }
        }
    }
    assert!(spelled > 5, "{spelled}");
}

/// What is said of the order for another link by a provider that has an open order for [`LINK`]; it, and
/// the id of the open one.
fn answered_oddly(seed: u64, odd: OddAnswer) -> Option<(House, AddReply, String)> {
    let mut house = House::new(seed, 0, at(0));
    let mut lot = Lot::new(seed, &["test"]);
    let order = |link| (at(1_000), link, (100, rate().charge(100).unwrap()));
    house.accept(order(LINK), &mut lot);
    let old = house.book.truth(LINK, at(1_000))[0].id.clone();
    assert_eq!(house.book.open_and_known(OTHER, at(1_000)), None);
    let field = [("order", old.as_str())];
    for _ in 0..2 {
        house.answer(at(1_000), &form("status", &field), KEY);
    }
    let known = house.book.open_and_known(OTHER, at(1_000));
    // Both questions may have been lost on the way.
    known.filter(|_| is_number(&old))?;
    let answer = house.accept_oddly(odd, order(OTHER), &mut lot);
    let status = match &answer {
        Answer::Http { status, .. } => *status,
        Answer::Hang | Answer::Drop => 0,
    };
    let reply = add_reply(&Said {
        http_status: status,
        retry_after_ms: None,
        body: body(&answer).as_bytes(),
    });
    Some((house, reply, old))
}

/// How often `add` was answered wrongly about the order on `link`; statuses may have been lost too.
fn odd_answers(house: &House, link: &str) -> usize {
    let faults = house.faults(link).iter();
    faults.filter(|fault| fault.starts_with("add:")).count()
}

const OTHER: &str = "https://x.test/2";

#[test]
fn an_open_orders_id_is_given_to_another_and_both_truths_are_kept() {
    for odd in OPEN_IDS {
        let mut met = 0;
        for seed in 0..50 {
            let Some((house, reply, id)) = answered_oddly(seed, odd) else {
                continue;
            };
            let AddReply::Accepted { order, .. } = reply else {
                panic!("seed {seed} {odd:?}: {reply:?}");
            };
            met += 1;
            let truth = |link| house.book.truth(link, at(1_000)).remove(0);
            let (old, new) = (truth(LINK), truth(OTHER));
            assert!(old.is(&order) && !new.is(&order), "seed {seed} {odd:?}");
            assert_eq!(old.id, id);
            let takes_over = odd == OddAnswer::OpenIdTakenOver;
            assert_eq!(old.line_of, takes_over.then(|| OTHER.to_owned()));
            let stands = &house.book.find(&order).unwrap().link;
            assert_eq!(stands, if takes_over { OTHER } else { LINK });
            assert_eq!(house.book.find(&new.id).unwrap().link, OTHER);
            for link in [LINK, OTHER] {
                assert_eq!(odd_answers(&house, link), 1, "seed {seed} {odd:?}");
            }
        }
        assert!(met > 10, "{odd:?}: {met}");
    }
}

#[test]
fn what_is_no_id_is_said_of_an_order_that_is_stored() {
    for odd in NO_IDS {
        for (house, reply, _) in (0..50).filter_map(|seed| answered_oddly(seed, odd)) {
            assert!(matches!(reply, AddReply::Unclear(_)), "{odd:?}: {reply:?}");
            assert_eq!(house.book.truth(OTHER, at(1_000)).len(), 1);
            assert_eq!(odd_answers(&house, OTHER), 1);
        }
    }
}

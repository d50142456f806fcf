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
            assert_eq!(stored[0].id, order, "seed {seed}: {said}");
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

use super::*;

const WAITS: Waits = Waits {
    provider_pause_ms: 60_000,
    active_link_retry_ms: 600_000,
    backoff_first_ms: 1_000,
    backoff_max_ms: 60_000,
    queued_max_ms: 86_400_000,
    not_sent_max: 8,
};

const FIRST: RunFacts = RunFacts {
    not_sent: 0,
    answered_attempts: 0,
    ours_on_link: false,
};

fn refused(class: PhraseClass) -> SendOutcome {
    SendOutcome::Refused {
        class,
        text: "no".to_owned(),
        phrase: "no".to_owned(),
        is_own_kind: false,
    }
}

fn at(ms: i64) -> Time {
    Time::from_ms(ms)
}

/// What a phrasebook of three sentences makes of an error of these parts.
fn sorted(parts: &[&str], is_own_kind: bool) -> SendOutcome {
    let says = ProviderSays {
        text: parts.join("; "),
        parts: parts.iter().map(|part| (*part).to_owned()).collect(),
    };
    let classify = |phrase: &str| match phrase {
        "bad link" | "quantity less than minimal #" => Some(PhraseClass::OrderFault),
        "not enough funds" => Some(PhraseClass::OurFunds),
        _ => None,
    };
    let sent = SentValues::default();
    outcome_of(AddReply::Refused(says), is_own_kind, &sent, classify)
}

#[test]
fn a_sentence_is_known_whole_or_not_at_all() {
    use PhraseClass::{OrderFault, OurFunds, ServerFault};
    for (parts, class) in [
        (&["Bad  link!"][..], Some(OrderFault)),
        (&["Not enough funds"], Some(OurFunds)),
        (&["Not enough funds on this shelf"], None),
        (&["The link is bad link"], None),
        (
            &["Bad link", "Quantity less than minimal 5"],
            Some(OrderFault),
        ),
        (&["Bad link", "Not enough funds"], None),
        (&["Bad link", "Something new"], None),
        (&["SQLSTATE[23000] bad link"], Some(ServerFault)),
        (&["Bad link", "cURL error 28"], Some(ServerFault)),
    ] {
        let found = match sorted(parts, false) {
            SendOutcome::Refused { class, .. } => Some(class),
            SendOutcome::Unsorted { .. } => None,
            other => panic!("{parts:?}: {other:?}"),
        };
        assert_eq!(found, class, "{parts:?}");
    }
}

#[test]
fn our_own_sentences_are_definite_only_under_our_header() {
    let own = "request_id was used for another order";
    assert!(matches!(
        sorted(&[own], true),
        SendOutcome::Refused {
            class: PhraseClass::RequestIdConflict,
            is_own_kind: true,
            ..
        }
    ));
    assert!(matches!(
        sorted(&[own], false),
        SendOutcome::Unsorted { .. }
    ));
}

#[test]
fn a_good_balance_contradicts_what_is_said_of_our_funds_and_account() {
    let usd = |nano| Some(Money::from_nano(nano));
    for (class, balance, cost, contradicts) in [
        (PhraseClass::OurFunds, usd(10), usd(9), true),
        (PhraseClass::OurFunds, usd(10), usd(10), true),
        (PhraseClass::OurFunds, usd(9), usd(10), false),
        (PhraseClass::OurFunds, None, usd(10), false),
        (PhraseClass::OurFunds, usd(10), None, false),
        (PhraseClass::OurAccount, usd(0), None, true),
        (PhraseClass::OurAccount, None, None, false),
        (PhraseClass::OrderFault, usd(10), usd(1), false),
    ] {
        let judged = with_balance(refused(class), balance, cost);
        let unsorted = matches!(judged, SendOutcome::Unsorted { .. });
        assert_eq!(unsorted, contradicts, "{class} {balance:?} {cost:?}");
    }
}

#[test]
fn only_a_sorted_refusal_or_nothing_sent_lets_a_run_be_sent_again() {
    let unknown = |outcome| matches!(verdict(outcome, FIRST, at(0), WAITS), Verdict::Unknown(_));
    assert!(unknown(SendOutcome::Unanswered("time-out".to_owned())));
    assert!(unknown(SendOutcome::Unclear {
        why: "HTML".to_owned(),
        seen_order: None,
        is_unreadable: true,
    }));
    assert!(unknown(sorted(&["Something new"], false)));
    assert!(unknown(refused(PhraseClass::ServerFault)));
    assert!(unknown(refused(PhraseClass::NotARefusal)));
    assert!(!unknown(SendOutcome::NotSent("refused".to_owned())));
    assert!(!unknown(refused(PhraseClass::OrderFault)));
}

#[test]
fn only_lost_and_unreadable_answers_count_against_a_provider() {
    let lost = |outcome| match verdict(outcome, FIRST, at(0), WAITS) {
        Verdict::Unknown(doubt) => doubt.is_lost,
        other => panic!("{other:?}"),
    };
    assert!(lost(SendOutcome::Unanswered("time-out".to_owned())));
    assert!(!lost(sorted(&["Something new"], false)));
    assert!(!lost(refused(PhraseClass::ServerFault)));
}

#[test]
fn a_refusal_waits_or_moves_on_by_its_meaning() {
    let cases = [
        (PhraseClass::OurFunds, Some((60_000, Wait::Account))),
        (PhraseClass::OurAccount, Some((60_000, Wait::Account))),
        (PhraseClass::TooManyRequests, Some((60_000, Wait::Account))),
        (PhraseClass::WaitForLink, Some((600_000, Wait::Link))),
        (PhraseClass::OrderFault, None),
        (PhraseClass::ServiceNotSold, None),
    ];
    for (class, waits) in cases {
        match (verdict(refused(class), FIRST, at(5), WAITS), waits) {
            (Verdict::Requeue { due, wait, .. }, Some((ms, expected))) => {
                assert_eq!((due, wait), (at(5 + ms), expected));
            }
            (Verdict::NextProvider { .. }, None) => {}
            (other, _) => panic!("{class:?}: {other:?}"),
        }
    }
}

#[test]
fn an_active_order_that_is_none_of_ours_shows_that_an_earlier_attempt_was_taken() {
    let of = |answered_attempts, ours_on_link| {
        let run = RunFacts {
            answered_attempts,
            ours_on_link,
            ..FIRST
        };
        verdict(refused(PhraseClass::WaitForLink), run, at(0), WAITS)
    };
    assert!(matches!(of(1, false), Verdict::Park { .. }));
    assert!(matches!(of(1, true), Verdict::Requeue { .. }));
    assert!(matches!(of(0, false), Verdict::Requeue { .. }));
    let conflict = refused(PhraseClass::RequestIdConflict);
    assert!(matches!(
        verdict(conflict, FIRST, at(0), WAITS),
        Verdict::Park { .. }
    ));
}

#[test]
fn a_provider_that_asks_to_wait_is_heeded_for_a_day_at_most() {
    for (asked, waited) in [
        (Some(7_000), 7_000),
        (None, 60_000),
        (Some(i64::MAX), 86_400_000),
    ] {
        match verdict(SendOutcome::TryAfter { ms: asked }, FIRST, at(0), WAITS) {
            Verdict::Requeue { due, wait, .. } => {
                assert_eq!((due, wait), (at(waited), Wait::Account));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn attempts_that_were_not_sent_back_off_and_end_after_eight() {
    let unsent = |not_sent| {
        let run = RunFacts { not_sent, ..FIRST };
        let outcome = SendOutcome::NotSent("refused".to_owned());
        verdict(outcome, run, at(0), WAITS)
    };
    for (before, wait_ms) in [(0, 1_000), (1, 2_000), (6, 60_000)] {
        match unsent(before) {
            Verdict::Requeue {
                due,
                wait: Wait::Reachable,
                ..
            } => {
                assert_eq!(due, at(wait_ms));
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(unsent(7), Verdict::NextProvider { .. }));
}

#[test]
fn a_repetition_settles_the_doubt_only_by_an_id_or_our_own_refusal_of_the_order() {
    for (class, settles) in [
        (PhraseClass::OrderFault, true),
        (PhraseClass::ServiceNotSold, true),
        (PhraseClass::WaitForLink, true),
        (PhraseClass::OurFunds, false),
        (PhraseClass::OurAccount, false),
        (PhraseClass::TooManyRequests, false),
        (PhraseClass::RequestIdConflict, false),
        (PhraseClass::ServerFault, false),
    ] {
        let own = SendOutcome::Refused {
            class,
            text: "no".to_owned(),
            phrase: "no".to_owned(),
            is_own_kind: true,
        };
        assert_eq!(settles_doubt(&own), settles, "{class:?}");
        assert!(!settles_doubt(&refused(class)), "{class:?}");
    }
    assert!(!settles_doubt(&SendOutcome::TryAfter { ms: None }));
    assert!(!settles_doubt(&SendOutcome::NotSent("refused".to_owned())));
}

#[test]
fn a_late_answer_decides_only_the_attempt_it_belongs_to() {
    for (state, of, current, decides) in [
        (DispatchState::Sending, 1, 1, true),
        (DispatchState::Unknown, 1, 1, true),
        (DispatchState::Parked, 1, 1, true),
        (DispatchState::Parked, 1, 2, false),
        (DispatchState::Queued, 1, 1, false),
        (DispatchState::Accepted, 1, 1, false),
    ] {
        assert_eq!(
            still_decides(state, of, current),
            decides,
            "{state} {of} {current}"
        );
    }
}

/// A customer's link may hold any words: neither marks of a fault nor those of a known sentence.
#[test]
fn a_link_in_a_sentence_changes_no_class() {
    let sent = |link: &str| {
        SentValues::of(&crate::protocol::upstream::Outgoing::Add {
            service: "1".to_owned(),
            link: link.to_owned(),
            quantity: Some(100),
            details: Vec::new().into_iter().collect(),
            request_id: None,
        })
    };
    let known = |phrase: &str| match phrase {
        "invalid link {value}" | "quantity less than minimal #" => Some(PhraseClass::OrderFault),
        _ => None,
    };
    let says = |text: &str| ProviderSays {
        text: text.to_owned(),
        parts: vec![text.to_owned()],
    };
    let link = "https://shop.example/page.php?id=23";
    let text = format!("Invalid link {link}");
    let class = class_of(&says(&text), &sent(link), known);
    assert_eq!(class, Some(PhraseClass::OrderFault));
    let link = "https://instagram.com/minimal";
    let class = class_of(&says("Quantity less than minimal 100"), &sent(link), known);
    assert_eq!(class, Some(PhraseClass::OrderFault));
    let fault = class_of(&says("Error in api.php on line 3"), &sent(link), known);
    assert_eq!(fault, Some(PhraseClass::ServerFault));
}

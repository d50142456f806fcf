//! The published policy, clause by clause.

use super::*;

const USD: Money = Money::from_nano(1_000_000_000);

#[test]
fn a_terminal_status_becomes_nothing_and_the_others_only_move_forward() {
    for &from in OrderStatus::ALL {
        for &to in OrderStatus::ALL {
            assert!(
                !(from.is_terminal() && from.can_become(to)),
                "{from} -> {to}"
            );
            assert!(
                !(from.can_become(to) && to.can_become(from)),
                "{from} <-> {to}"
            );
        }
    }
}

#[test]
fn a_run_that_may_have_been_sent_is_never_canceled_by_the_panel() {
    for state in [DispatchState::Sending, DispatchState::Unknown] {
        assert!(!state.can_become(DispatchState::Canceled));
    }
    for &state in DispatchState::ALL {
        for &next in DispatchState::ALL {
            assert!(
                !(state.is_terminal() && state.can_become(next)),
                "{state} -> {next}"
            );
        }
    }
}

#[test]
fn each_end_of_an_order_gives_back_what_the_policy_says() {
    let cases = [
        // status, remains of 1000, overlapped -> refund, remains, reason
        (
            OrderStatus::Failed,
            1000,
            false,
            USD.nano(),
            1000,
            Some(RefundReason::Failed),
        ),
        (
            OrderStatus::Canceled,
            10,
            true,
            USD.nano(),
            1000,
            Some(RefundReason::Canceled),
        ),
        (
            OrderStatus::Partial,
            400,
            false,
            400_000_000,
            400,
            Some(RefundReason::Partial),
        ),
        (
            OrderStatus::Partial,
            -5,
            false,
            0,
            0,
            Some(RefundReason::Partial),
        ),
        (
            OrderStatus::Partial,
            400,
            true,
            0,
            400,
            Some(RefundReason::OverlappingOrder),
        ),
        (OrderStatus::Completed, 0, false, 0, 0, None),
    ];
    for (status, remains, overlapped, refund, left, reason) in cases {
        let settled = settlement(status, USD, remains, 1000, overlapped).unwrap();
        assert_eq!(settled.refund.nano(), refund, "{status}");
        assert_eq!(settled.revenue, USD.minus(settled.refund).unwrap());
        assert_eq!(
            (settled.remains, settled.reason),
            (left, reason),
            "{status}"
        );
    }
    assert!(settlement(OrderStatus::Pending, USD, 0, 1000, false).is_err());
}

#[test]
fn what_was_withheld_is_paid_by_the_formula_and_within_the_charge() {
    for (refunded, remains, expected) in [
        (0, 400, 400_000_000),
        (700_000_000, 400, 300_000_000),
        (1_000_000_000, 400, 0),
        (0, 0, 0),
    ] {
        let paid = withheld(USD, Money::from_nano(refunded), remains, 1000).unwrap();
        assert_eq!(paid.nano(), expected);
    }
}

#[test]
fn another_order_overlaps_only_while_both_were_delivering() {
    let at = Time::from_ms;
    let other = |status, started: Option<i64>, settled: Option<i64>| Delivery {
        status,
        started_at: started.map(at),
        settled_at: settled.map(at),
    };
    let completed = OrderStatus::Completed;
    let running = OrderStatus::InProgress;
    for (started, theirs, expected) in [
        (Some(100), other(running, Some(150), None), true),
        (Some(100), other(completed, Some(50), Some(150)), true),
        (Some(100), other(completed, Some(50), Some(90)), false),
        (Some(100), other(OrderStatus::Pending, None, None), false),
        (
            Some(100),
            other(OrderStatus::Canceled, Some(50), Some(150)),
            false,
        ),
        (None, other(running, Some(150), None), false),
    ] {
        assert_eq!(
            delivered_meanwhile(started.map(at), at(200), theirs),
            expected,
            "{theirs:?}"
        );
    }
}

#[test]
fn a_cancel_is_immediate_before_sending_and_a_request_after_it() {
    use OrderStatus::{Canceled, Completed, InProgress, Pending};
    assert_eq!(cancel(Pending, false, false, false), Ok(Cancel::AtOnce));
    assert_eq!(cancel(InProgress, false, true, true), Ok(Cancel::Ask));
    assert_eq!(
        cancel(InProgress, false, true, false),
        Err(Refusal::CancelDisabled)
    );
    assert_eq!(
        cancel(InProgress, true, true, true),
        Ok(Cancel::AlreadyAsked)
    );
    assert_eq!(
        cancel(Canceled, false, false, false),
        Ok(Cancel::AlreadyAsked)
    );
    assert_eq!(
        cancel(Completed, false, true, true),
        Err(Refusal::NotCancelable { status: Completed })
    );
}

#[test]
fn polling_slows_down_with_age() {
    let (born, minute) = (Time::from_ms(0), 60_000);
    let wait = |age_ms: i64| {
        let now = Time::from_ms(age_ms);
        next_poll(born, now, minute, 60 * minute).ms_since(now)
    };
    assert_eq!(wait(0), minute);
    assert_eq!(wait(100 * minute), 5 * minute);
    assert_eq!(wait(10_000 * minute), 60 * minute);
}

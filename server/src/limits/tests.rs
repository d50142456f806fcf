use super::*;
use crate::clock::Time;

const HOME: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)));

fn limits() -> (Clock, Limits) {
    let clock = Clock::manual(Time::from_ms(1_000_000_000_000));
    let limits = Limits::new(&Config::default(), &clock);
    (clock, limits)
}

fn at(address: Option<IpAddr>) -> From {
    From {
        address,
        blocked_until: None,
        is_known_there: false,
    }
}

fn reseller(who: Who) -> Holder {
    Holder {
        who,
        tier: LimitTier::Reseller,
        throttled_until: None,
    }
}

async fn ask(limits: &Limits, kind: Kind, items: u32) -> Result<Pass, Denied> {
    limits.key(1, at(HOME), Ask { kind, items }).await
}

/// The limit that `key` 1 has gone beyond.
async fn limit(limits: &Limits, kind: Kind, items: u32) -> &'static str {
    match ask(limits, kind, items).await {
        Err(Denied::Limited { limit, .. }) => limit,
        Err(_) => "another",
        Ok(_) => "none",
    }
}

/// The burst of a usual reseller's cron, at any moment of its day.
#[tokio::test]
async fn what_a_usual_cron_sends_is_never_limited() {
    let (clock, limits) = limits();
    limits.note(1, HOME, reseller(1));
    // 2,000 orders an hour, 100 statuses of 100 ids a minute, a catalogue every ten minutes, and
    // the wallet with each of them; for three hours.
    for second in 0..3 * 3_600_u32 {
        if second % 9 < 5 {
            assert!(ask(&limits, Kind::Add, 1).await.is_ok(), "{second}");
        }
        if second % 3_600 == 1_800 {
            for order in 0..300 {
                assert!(ask(&limits, Kind::Add, 1).await.is_ok(), "{second} {order}");
            }
        }
        if second % 60 == 0 {
            for status in 0..100 {
                let asked = ask(&limits, Kind::Status, 100).await;
                assert!(asked.is_ok(), "{second} {status}");
            }
        }
        if second % 600 == 0 {
            assert!(ask(&limits, Kind::Services, 1).await.is_ok(), "{second}");
            assert!(ask(&limits, Kind::Balance, 1).await.is_ok(), "{second}");
        }
        clock.advance_ms(1_000);
    }
}

#[tokio::test]
async fn each_action_has_its_limit_and_all_together_have_theirs() {
    let (clock, limits) = limits();
    limits.note(1, HOME, reseller(1));
    for _ in 0..360 {
        assert_eq!(limit(&limits, Kind::Add, 1).await, "none");
    }
    assert_eq!(limit(&limits, Kind::Add, 1).await, "add");
    // A batch of orders is that many orders.
    clock.advance_ms(9_900);
    assert_eq!(limit(&limits, Kind::Add, 100).await, "add");
    // It is doubted after some seconds, so that a request is authenticated, which may ask for more.
    limits.note(1, HOME, reseller(1));
    clock.advance_ms(100);
    assert_eq!(limit(&limits, Kind::Add, 100).await, "none");
    // 360 and 100 orders have cost 2,300 of 6,000 points; 1,000 are back.
    for _ in 0..60 {
        assert_eq!(limit(&limits, Kind::Change, 1).await, "none");
    }
    assert_eq!(limit(&limits, Kind::Change, 1).await, "change");
    let answered = ask(&limits, Kind::Balance, 1).await.ok().unwrap();
    let standing = answered.standing.unwrap();
    assert_eq!(
        standing.policy(),
        r#""balance";q=60;w=60, "points";q=6000;w=60"#
    );
    assert_eq!(
        standing.left(),
        r#""balance";r=59;t=1, "points";r=4399;t=17"#
    );
}

#[tokio::test]
async fn a_throttled_key_has_a_quarter_until_it_is_over() {
    let (clock, limits) = limits();
    let throttled = Holder {
        throttled_until: Some(clock.now().plus_ms(60_000)),
        ..reseller(1)
    };
    limits.note(1, HOME, throttled);
    for _ in 0..90 {
        assert_eq!(limit(&limits, Kind::Add, 1).await, "none");
    }
    assert_eq!(limit(&limits, Kind::Add, 1).await, "add");
    clock.advance_ms(60_000);
    for _ in 0..360 {
        assert_eq!(limit(&limits, Kind::Add, 1).await, "none");
    }
}

#[tokio::test]
async fn a_key_that_was_not_known_is_counted_once_it_is() {
    let (_, limits) = limits();
    let one = Ask {
        kind: Kind::Services,
        items: 1,
    };
    for number in 0..120 {
        let mut pass = limits.key(number, at(HOME), one).await.ok().unwrap();
        assert_eq!(pass.standing, None);
        // Many tokens of one key: a session that is renewed, say.
        limits
            .settle(number, HOME, reseller(1), &mut pass, one)
            .unwrap();
    }
    let mut pass = limits.key(999, at(HOME), one).await.ok().unwrap();
    assert!(
        limits
            .settle(999, HOME, reseller(1), &mut pass, one)
            .is_err()
    );
    let unlimited = Holder {
        tier: LimitTier::Unlimited,
        ..reseller(2)
    };
    for _ in 0..1_000 {
        let mut pass = limits.key(5_000, at(HOME), one).await.ok().unwrap();
        limits
            .settle(5_000, HOME, unlimited, &mut pass, one)
            .unwrap();
        assert_eq!(pass.standing, None);
    }
}

#[tokio::test]
async fn whoever_guesses_keys_learns_nothing_and_neighbours_with_good_ones_go_on() {
    let (clock, limits) = limits();
    limits.note(1, HOME, reseller(1));
    let one = Ask {
        kind: Kind::Balance,
        items: 1,
    };
    for print in 100..111 {
        limits.wrong_key(print, HOME);
    }
    // 2 is another's good key, which they have just guessed.
    limits.note(2, None, reseller(2));
    for guess in [2, 100, 200] {
        let denied = limits.key(guess, at(HOME), one).await.err().unwrap();
        assert_eq!(denied.retry_after_s(), 900, "{guess}");
    }
    assert!(limits.key(1, at(HOME), one).await.is_ok());
    assert!(limits.key(2, at(None), one).await.is_ok());
    clock.advance_ms(900_000);
    assert!(limits.key(2, at(HOME), one).await.is_ok());
}

#[tokio::test]
async fn a_network_that_a_detector_blocks_is_not_answered_but_for_keys_that_were_good_there() {
    let (clock, limits) = limits();
    limits.note(1, HOME, reseller(1));
    let one = Ask {
        kind: Kind::Balance,
        items: 1,
    };
    let blocked = From {
        address: HOME,
        blocked_until: Some(clock.now().plus_ms(3_600_000)),
        is_known_there: false,
    };
    assert!(limits.key(1, blocked, one).await.is_ok());
    let denied = limits.key(2, blocked, one).await.err().unwrap();
    assert_eq!(denied.retry_after_s(), 3_600);
}

#[test]
fn an_address_has_a_burst_and_some_have_no_limit() {
    let (clock, limits) = limits();
    for _ in 0..300 {
        limits.address(HOME).unwrap();
    }
    assert_eq!(limits.address(HOME).unwrap_err().retry_after_s(), 1);
    clock.advance_ms(1_000);
    for _ in 0..20 {
        limits.address(HOME).unwrap();
    }
    assert!(limits.address(HOME).is_err());
    let config = Config {
        unlimited_networks: Networks::parse("192.0.2.0/24").unwrap(),
        ..Config::default()
    };
    let limits = Limits::new(&config, &clock);
    for _ in 0..10_000 {
        limits.address(HOME).unwrap();
    }
}

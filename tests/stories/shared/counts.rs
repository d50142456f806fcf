//! Counts of several servers.

use smm_panel_server::clock::Stopwatch;
use smm_panel_server::config::RedisUrl;

use super::*;

/// Takes of one count; a machine that is busy may answer late, which is not what it is about.
async fn take(shared: &Shared, count: &str, text: &str, cost: u32) -> Verdict {
    take_all(shared, &[(count, text, cost)]).await
}

async fn take_all(shared: &Shared, takes: &[(&str, &str, u32)]) -> Verdict {
    let takes: Vec<Take<'_>> = takes
        .iter()
        .map(|&(count, text, cost)| Take {
            count,
            quota: quota(text),
            cost,
        })
        .collect();
    let mut verdict = None;
    until("Redis answers in time", async || {
        verdict = shared.take(&takes).await;
        verdict.is_some()
    })
    .await;
    verdict.unwrap()
}

fn left(remaining: &[u32]) -> Verdict {
    Verdict {
        over: None,
        remaining: remaining.to_vec(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_take_of_one_count_and_two_panels_do_not() {
    let Some(redis) = Redis::start() else { return };
    let one = connect(&redis, "a").await;
    let two = connect(&redis, "a").await;
    let other = connect(&redis, "b").await;
    assert_eq!(take(&one, "add:1", "3/h", 1).await, left(&[2]));
    assert_eq!(take(&two, "add:1", "3/h", 1).await, left(&[1]));
    assert_eq!(take(&one, "add:1", "3/h", 1).await, left(&[0]));
    for shared in [&one, &two] {
        let verdict = take(shared, "add:1", "3/h", 1).await;
        let (index, wait) = verdict.over.unwrap();
        assert_eq!((index, verdict.remaining), (0, vec![0]));
        let almost = Duration::from_secs(20 * 60 - 30)..=Duration::from_secs(20 * 60);
        assert!(almost.contains(&wait), "{wait:?}");
    }
    assert_eq!(take(&one, "add:2", "3/h", 2).await, left(&[1]));
    assert_eq!(take(&other, "add:1", "3/h", 1).await, left(&[2]));
    // More than there can ever be is all that there can be.
    assert_eq!(take(&one, "add:3", "3/h", 100).await, left(&[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_counts_of_a_request_are_taken_or_none() {
    let Some(redis) = Redis::start() else { return };
    let shared = connect(&redis, "a").await;
    let both = [("minute", "10/h", 3), ("day", "4/d", 3)];
    assert_eq!(take_all(&shared, &both).await, left(&[7, 1]));
    let verdict = take_all(&shared, &both).await;
    assert_eq!(verdict.over.unwrap().0, 1);
    assert_eq!(verdict.remaining, [7, 1]);
    assert_eq!(take(&shared, "minute", "10/h", 7).await, left(&[0]));
    // The one that makes wait longest is told, whichever stands first.
    let verdict = take_all(&shared, &[("day", "4/d", 4), ("minute", "10/h", 1)]).await;
    assert_eq!(verdict.over.unwrap().0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_says_nothing_and_goes_by_itself() {
    let Some(redis) = Redis::start() else { return };
    let shared = connect(&redis, "a").await;
    take(&shared, "add:17", "60/min", 2).await;
    take(&shared, "add:18", "1000/s", 1).await;
    let client = redis::Client::open(redis.url().expose()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut ask = redis::cmd("PTTL");
    let ask = ask.arg("smm-panel:{a}:limit:add:17");
    let ttl: i64 = ask.query_async(&mut connection).await.unwrap();
    assert!((1..=2_000).contains(&ttl), "{ttl}");
    until("no count is left", async || {
        let keys: Vec<String> = redis::cmd("KEYS")
            .arg("*")
            .query_async(&mut connection)
            .await
            .unwrap();
        keys.is_empty()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_nobody_waits_and_with_it_again_it_counts_again() {
    let Some(redis) = Redis::start() else { return };
    let shared = connect(&redis, "a").await;
    let takes = [Take {
        count: "add:1",
        quota: quota("100/h"),
        cost: 1,
    }];
    for round in 0..2 {
        take(&shared, "add:1", "100/h", 1).await;
        if round == 0 {
            redis.kill();
        } else {
            redis.hang();
        }
        // At most one request finds out.
        until("it is known", async || {
            shared.take(&takes).await;
            !shared.is_connected()
        })
        .await;
        let began = Stopwatch::start();
        for _ in 0..1_000 {
            assert_eq!(shared.take(&takes).await, None);
        }
        let took = began.elapsed();
        // Waiting 50 ms each time would take 50 s.
        assert!(took < Duration::from_secs(5), "{took:?}");
        if round == 0 {
            redis.run();
        } else {
            redis.go_on();
        }
        until("it counts again", async || shared.is_connected()).await;
        // A server that was killed has forgotten; one that hung has not.
        let verdict = take(&shared, "add:1", "100/h", 1).await;
        assert!(verdict.remaining[0] >= 90, "{verdict:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_hangs_costs_a_request_its_time_limit_once() {
    let Some(redis) = Redis::start() else { return };
    let shared = connect(&redis, "a").await;
    redis.hang();
    let takes = [Take {
        count: "add:1",
        quota: quota("100/h"),
        cost: 1,
    }];
    let began = Stopwatch::start();
    let asked = (0..100).map(|_| shared.take(&takes));
    let verdicts = futures::future::join_all(asked).await;
    assert!(verdicts.iter().all(Option::is_none));
    // 50 ms, and what a busy machine adds; one after another they would wait for 5 s.
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
    assert!(!shared.is_connected());
    redis.go_on();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_was_never_there_is_waited_for_in_the_background() {
    let Some(redis) = Redis::start() else { return };
    redis.kill();
    let shared = Shared::start(&redis.url(), "a", Metrics::new(false).shared()).unwrap();
    assert!(shared.take(&[]).await.is_none());
    redis.run();
    until("it is connected", async || shared.is_connected()).await;
    assert_eq!(take(&shared, "add:1", "3/h", 1).await, left(&[2]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_speaks_no_tls_is_not_used_over_it() {
    let Some(redis) = Redis::start() else { return };
    let url = redis.url().expose().replace("redis:", "rediss:");
    let url = RedisUrl::parse(&url).unwrap();
    let shared = Shared::start(&url, "a", Metrics::new(false).shared()).unwrap();
    // The client as it is made there: it fails, and does not panic for want of cryptography.
    let client = redis::Client::open(url.expose()).unwrap();
    let connected = client.get_multiplexed_async_connection().await;
    assert!(connected.is_err());
    assert!(!shared.is_connected());
}

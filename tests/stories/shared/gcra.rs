//! The script decides as `governor` does, which counts where Redis is away.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};

use governor::clock::{Clock, FakeRelativeClock};
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::{NotKeyed, StateStore};
use governor::{Quota, RateLimiter};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use redis::{Commands, Connection, Script};
use smm_panel_server::limits::shared::GCRA;

use super::*;

/// One step of a random sequence: time that passes, in microseconds, and what is taken of each count.
type Step = (u64, Vec<u32>);

/// A state of `governor` that can be put back.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Option<Nanos>>>);

impl StateStore for Kept {
    type Key = NotKeyed;

    fn measure_and_replace<T, F, E>(&self, _: &NotKeyed, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut kept = self.0.lock().unwrap();
        let (answer, next) = measure(*kept)?;
        *kept = Some(next);
        Ok(answer)
    }
}

struct Model {
    clock: FakeRelativeClock,
    counts: Vec<(
        Kept,
        RateLimiter<NotKeyed, Kept, FakeRelativeClock, StateInformationMiddleware>,
    )>,
}

impl Model {
    fn new(quotas: &[(u64, u32)]) -> Model {
        let clock = FakeRelativeClock::default();
        let count = |&(each, burst): &(u64, u32)| {
            let quota = Quota::with_period(Duration::from_micros(each)).unwrap();
            let quota = quota.allow_burst(NonZeroU32::new(burst).unwrap());
            let kept = Kept::default();
            (kept.clone(), RateLimiter::new(quota, kept, clock.clone()))
        };
        Model {
            counts: quotas.iter().map(count).collect(),
            clock,
        }
    }

    /// What is left of each count, or the longest wait in microseconds; then nothing is taken.
    fn take(&self, costs: &[u32]) -> Result<Vec<u32>, u64> {
        let now = self.clock.now();
        let before: Vec<Option<Nanos>> = self
            .counts
            .iter()
            .map(|(kept, _)| *kept.0.lock().unwrap())
            .collect();
        let taken = self.counts.iter().zip(costs).map(|((_, count), &cost)| {
            let taken = count.check_n(NonZeroU32::new(cost).unwrap()).unwrap();
            let left = taken.map(|left| left.remaining_burst_capacity());
            left.map_err(|no| no.wait_time_from(now).as_micros())
        });
        let taken: Vec<Result<u32, u128>> = taken.collect();
        let wait = taken.iter().filter_map(|taken| taken.as_ref().err()).max();
        let Some(&wait) = wait else {
            return Ok(taken.into_iter().map(Result::unwrap).collect());
        };
        for ((kept, _), before) in self.counts.iter().zip(before) {
            *kept.0.lock().unwrap() = before;
        }
        Err(u64::try_from(wait).unwrap())
    }
}

/// The same by the script, at `now`.
fn take(
    connection: &mut Connection,
    script: &Script,
    quotas: &[(u64, u32)],
    costs: &[u32],
    now: u64,
) -> Result<Vec<u32>, u64> {
    let mut asked = script.prepare_invoke();
    for (number, (&(each, burst), cost)) in quotas.iter().zip(costs).enumerate() {
        asked.key(number).arg(each).arg(burst).arg(cost);
    }
    let answer: Vec<i64> = asked.arg(now).invoke(connection).unwrap();
    if answer[0] > 0 {
        return Err(answer[1].unsigned_abs());
    }
    Ok(answer[2..]
        .iter()
        .map(|&left| u32::try_from(left).unwrap())
        .collect())
}

/// Quotas and what happens to them. Nothing comes back so fast that Redis, whose own time is not the
/// one of the test, forgets a count while it matters.
fn sequences() -> impl Strategy<Value = (Vec<(u64, u32)>, Vec<Step>)> {
    let quotas = vec((5_000_000_u64..100_000_000, 1_u32..12), 1..4);
    quotas.prop_flat_map(|quotas| {
        let most = quotas.iter().map(|(each, _)| *each).max().unwrap();
        let costs: Vec<_> = quotas.iter().map(|&(_, burst)| 1..=burst).collect();
        let step = (prop_oneof![Just(0), 0..most, Just(most)], costs);
        (Just(quotas), vec(step, 1..40))
    })
}

#[test]
fn the_script_decides_as_the_local_limiter_does() {
    let Some(redis) = Redis::start() else { return };
    let client = redis::Client::open(redis.url().expose()).unwrap();
    let connection = Mutex::new(client.get_connection().unwrap());
    // The time comes last among the arguments.
    let ours = "local time = { 0, tonumber(ARGV[#ARGV]) }";
    let code = GCRA.replace("local time = redis.call('TIME')", ours);
    assert_ne!(code, GCRA);
    let script = Script::new(&code);
    let (mut taken, mut refused) = (0, 0);
    let counted = Mutex::new((&mut taken, &mut refused));
    let config = Config {
        cases: 500,
        failure_persistence: None,
        ..Config::default()
    };
    let ran = TestRunner::new(config).run(&sequences(), |(quotas, steps)| {
        let mut connection = connection.lock().unwrap();
        let () = connection.flushall().unwrap();
        let model = Model::new(&quotas);
        let mut now = 1_793_491_200_000_000;
        for (pass, costs) in steps {
            model.clock.advance(Duration::from_micros(pass));
            now += pass;
            let decided = take(&mut connection, &script, &quotas, &costs, now);
            let mut counted = counted.lock().unwrap();
            *match decided {
                Ok(_) => &mut *counted.0,
                Err(_) => &mut *counted.1,
            } += 1;
            prop_assert_eq!(decided, model.take(&costs));
        }
        Ok::<_, TestCaseError>(())
    });
    ran.unwrap();
    assert!(taken > 1_000 && refused > 1_000, "{taken} and {refused}");
}

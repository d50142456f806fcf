use super::*;

fn connections(all: usize, address: usize) -> Arc<Connections> {
    let bounds = Bounds {
        all,
        address,
        unbounded: Networks::parse("127.0.0.9").unwrap(),
        head: Duration::from_millis(10),
        idle: Duration::from_millis(75),
    };
    Arc::new(Connections::new(bounds, Gauge::noop(), Counter::noop()))
}

fn ip(last: u8) -> IpAddr {
    [127, 0, 0, last].into()
}

/// Whether it was told to close.
fn is_closing(connection: &Connection) -> bool {
    futures::FutureExt::now_or_never(connection.closed()).is_some()
}

fn count(connections: &Connections) -> usize {
    connections.count.load(Ordering::Relaxed)
}

#[test]
fn an_address_with_its_share_closes_its_own_that_waited_longest() {
    let all = connections(10, 2);
    let first = all.open(ip(1), 1).unwrap();
    let second = all.open(ip(1), 2).unwrap();
    let other = all.open(ip(2), 0).unwrap();
    let third = all.open(ip(1), 3).unwrap();
    assert!(is_closing(&first) && !is_closing(&second) && !is_closing(&other));
    let _busy = [&second, &third].map(|one| UnderWay::begin(&all, one, false));
    assert!(all.open(ip(1), 4).is_none());
    assert!(all.open(ip(2), 4).is_some());
    assert_eq!(count(&all), 4);
    all.close(&first);
    all.close(&second);
    assert_eq!(count(&all), 3);
}

#[test]
fn the_greediest_address_makes_room_for_others() {
    let all = connections(4, 10);
    let greedy: Vec<_> = (1..=3).map(|at| all.open(ip(1), at).unwrap()).collect();
    let modest = all.open(ip(2), 0).unwrap();
    let new = all.open(ip(3), 5).unwrap();
    assert!(is_closing(&greedy[0]) && !is_closing(&modest));
    // Where it works on all of its own, the next one makes room.
    let _busy: Vec<_> = greedy
        .iter()
        .map(|one| UnderWay::begin(&all, one, false))
        .collect();
    assert!(all.open(ip(3), 6).is_some());
    assert!(is_closing(&modest) || is_closing(&new));
}

#[test]
fn who_is_not_bounded_has_only_the_bound_of_all() {
    let all = connections(4, 1);
    let held: Vec<_> = (0..4).filter_map(|at| all.open(ip(9), at)).collect();
    assert_eq!((held.len(), count(&all)), (4, 4));
    assert!(all.open(ip(1), 5).is_some());
    assert!(is_closing(&held[0]));
}

#[test]
fn a_slow_head_and_an_idle_connection_are_overdue() {
    let all = connections(4, 4);
    let one = all.open(ip(1), 0).unwrap();
    let is_overdue = |now| one.is_overdue(now, &all.bounds);
    assert!(!is_overdue(74) && is_overdue(75));
    one.has_read(20);
    one.has_read(29);
    assert!(!is_overdue(29) && is_overdue(30));
    let request = UnderWay::begin(&all, &one, false);
    one.has_read(40);
    assert!(!is_overdue(1_000_000));
    drop(request);
    let ended = one.waits_since();
    assert!(!is_overdue(ended + 74) && is_overdue(ended + 75));
    one.has_written(ended + 50);
    assert!(!is_overdue(ended + 124));
}

#[test]
fn what_is_read_between_requests_of_a_multiplexed_connection_is_no_head() {
    let all = connections(4, 4);
    let one = all.open(ip(1), 0).unwrap();
    drop(UnderWay::begin(&all, &one, true));
    let ended = one.waits_since();
    one.has_read(ended + 1);
    assert!(!one.is_overdue(ended + 74, &all.bounds));
    assert!(one.is_overdue(ended + 75, &all.bounds));
}

#[test]
fn a_request_whose_body_is_not_there_is_not_worked_on() {
    let all = connections(1, 1);
    let one = all.open(ip(1), 0).unwrap();
    let _request = UnderWay::begin(&all, &one, false);
    assert!(!one.is_waiting());
    let body = one.reads_body();
    assert!(one.is_waiting());
    drop(body);
    assert!(!one.is_waiting());
    assert!(all.open(ip(2), 1).is_none());
}

#[test]
fn everything_is_forgotten_of_what_is_closed() {
    let all = connections(4, 4);
    let opened: Vec<_> = (0..4).map(|at| all.open(ip(1), at).unwrap()).collect();
    all.close_overdue(100);
    assert!(opened.iter().all(|one| is_closing(one)));
    opened.iter().for_each(|one| all.close(one));
    assert_eq!(count(&all), 0);
    assert!(all.table().is_empty());
}

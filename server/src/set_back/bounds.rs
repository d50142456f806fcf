//! How far ahead each stored time can be: all of them, in one list. Pure.

use crate::accounts::{ADDRESS_REQUEST_MS, RESET_LIFE_MS, SESSION_LIFE_MS, UNDO_MS};
use crate::catalog::sync;
use crate::config::Config;
use crate::orders::verdict::ASKED_TO_WAIT;
use crate::{inspection, mail, phrases};

/// The longest waits, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Longest {
    /// For a provider that is away, that refuses our account, or of whose account nothing more is
    /// sent for a moment.
    pub(super) backoff: i64,
    /// What a provider may ask for by `Retry-After`.
    pub(super) asked_for: i64,
    /// Until one who was asked about a run has answered.
    pub(super) lease: i64,
    /// Until a run is looked at again, when it is first not known to have been taken.
    pub(super) doubt: i64,
    circuit: i64,
    poll: i64,
    sync_lease: i64,
    sync: i64,
    count: i64,
    block: i64,
    throttle: i64,
    apply: i64,
}

/// A run waits so long for the first charge of its offer, and a gateway is left alone so long.
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

impl Longest {
    pub(super) fn of(config: &Config, timeout_ms: i64) -> Longest {
        let lease = timeout_ms.saturating_add(config.lease_margin_ms);
        let sync = config.sync_interval_ms;
        let backoff = [
            config.backoff_max_ms,
            config.provider_pause_ms,
            config.active_link_retry_ms,
            config.breaker_open_ms,
            MINUTE_MS,
        ];
        let poll = [sync, config.sync_max_interval_ms, config.refund_confirm_ms];
        Longest {
            backoff: backoff.into_iter().fold(0, i64::max),
            asked_for: config.queued_max_ms,
            lease,
            doubt: lease.max(sync),
            circuit: config.breaker_open_ms,
            poll: poll.into_iter().fold(0, i64::max),
            sync_lease: sync::longest_lease_ms(timeout_ms),
            sync: config.catalog_sync_interval_ms,
            count: config
                .count_check_interval_ms
                .max(config.refill_wait_ms)
                .max(lease),
            block: config.block_max_ms.max(config.block_first_ms),
            throttle: config.throttle_ms,
            apply: config.phrase_apply_ms,
        }
    }
}

/// One column, and how far ahead it can be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound {
    pub(super) table: &'static str,
    pub(super) id: &'static str,
    pub(super) column: &'static str,
    /// Of which rows; `$2` is `word`.
    pub(super) which: &'static str,
    pub(super) word: &'static str,
    pub(super) longest_ms: i64,
}

const AT_PROVIDERS: &str = "provider_id IN (SELECT id FROM providers)";

/// Whether a pause of a provider is what it asked for: a run waits for as long.
macro_rules! asked_for {
    ($not:literal) => {
        concat!(
            "pause_reason = 'trouble' AND ",
            $not,
            " EXISTS (SELECT 1 FROM dispatches d WHERE d.provider_id = providers.id ",
            "AND d.state IN ('queued', 'unknown') AND d.reason = $2 ",
            "AND d.due_at_ms >= providers.paused_until_ms)"
        )
    };
}

/// All of them. A time at which something happened is at most now.
pub(super) fn bounds(longest: &Longest) -> Vec<Bound> {
    let bound = |table, column, which, longest_ms| Bound {
        table,
        id: "id",
        column,
        which,
        word: ASKED_TO_WAIT,
        longest_ms,
    };
    let Longest {
        backoff, asked_for, ..
    } = *longest;
    let mut all = vec![
        // Before the runs: by them it is seen what a provider asked for.
        bound(
            "providers",
            "paused_until_ms",
            "pause_reason = 'circuit_open'",
            longest.circuit,
        ),
        bound("providers", "paused_until_ms", asked_for!(""), asked_for),
        bound("providers", "paused_until_ms", asked_for!("NOT"), backoff),
        bound("providers", "sync_due_at_ms", "TRUE", longest.sync),
        bound(
            "providers",
            "sync_lease_until_ms",
            "TRUE",
            longest.sync_lease,
        ),
    ];
    all.extend(of_runs(longest));
    all.extend([
        bound("deposits", "look_at_ms", "TRUE", HOUR_MS),
        bound("payments", "ask_at_ms", "TRUE", HOUR_MS),
        Bound {
            id: "order_id",
            ..bound("count_watches", "due_at_ms", "TRUE", longest.count)
        },
        bound(
            "ledger_check",
            "lease_until_ms",
            "TRUE",
            inspection::LEASE_MS,
        ),
        bound("ledger_check", "finished_at_ms", "TRUE", 0),
        Bound {
            id: "network",
            ..bound("network_blocks", "until_ms", "TRUE", longest.block)
        },
        bound("api_keys", "throttled_until_ms", "TRUE", longest.throttle),
        bound(
            "sessions",
            "expires_at_ms",
            "ended_at_ms IS NULL",
            SESSION_LIFE_MS,
        ),
        bound("sessions", "last_used_at_ms", "ended_at_ms IS NULL", 0),
        bound(
            "provider_phrases",
            "alert_due_ms",
            "TRUE",
            phrases::LONGEST_ALERT_MS,
        ),
        bound(
            "phrase_decisions",
            "effective_at_ms",
            "state = 'pending'",
            longest.apply,
        ),
        bound("servers", "seen_at_ms", "TRUE", 0),
        bound("mails", "due_at_ms", "TRUE", mail::LONGEST_BACKOFF_MS),
        bound("mails", "lease_until_ms", "TRUE", mail::LONGEST_LEASE_MS),
        bound(
            "account_links",
            "expires_at_ms",
            "kind = 'reset'",
            RESET_LIFE_MS,
        ),
        bound(
            "account_links",
            "expires_at_ms",
            "ended_at_ms IS NULL",
            UNDO_MS,
        ),
        bound("address_changes", "created_at_ms", "TRUE", 0),
        bound("address_changes", "undo_until_ms", "TRUE", UNDO_MS),
        bound(
            "address_requests",
            "expires_at_ms",
            "TRUE",
            ADDRESS_REQUEST_MS,
        ),
    ]);
    for column in ["learned_at_ms", "failing_since_ms", "alerted_at_ms"] {
        all.push(Bound {
            id: "provider_id",
            ..bound("provider_asking", column, "TRUE", 0)
        });
    }
    all.push(Bound {
        id: "provider_id",
        ..bound("offer_charges", "held_at_ms", "TRUE", 0)
    });
    all
}

/// Those of runs and of refills at providers. The later runs of drip-feeds have a rule of their own.
fn of_runs(longest: &Longest) -> Vec<Bound> {
    const QUEUED: &str = "state = 'queued' AND run = 1 \
                          AND provider_id IN (SELECT id FROM providers) \
                          AND COALESCE(reason, '') <> $2";
    const ASKED: &str = "state = 'queued' AND run = 1 \
                         AND provider_id IN (SELECT id FROM providers) AND reason = $2";
    const POLLED: &str = "state = 'accepted' AND provider_id IN (SELECT id FROM providers)";
    let Longest {
        backoff,
        asked_for,
        lease,
        poll,
        ..
    } = *longest;
    let at = |table, column, which, longest_ms| Bound {
        table,
        id: "id",
        column,
        which,
        word: ASKED_TO_WAIT,
        longest_ms,
    };
    vec![
        at("dispatches", "due_at_ms", QUEUED, backoff),
        at("dispatches", "due_at_ms", ASKED, asked_for),
        at("dispatches", "queued_at_ms", "state = 'queued'", 0),
        at("dispatches", "lease_until_ms", "state = 'sending'", lease),
        at("dispatches", "poll_at_ms", POLLED, poll),
        at(
            "dispatches",
            "cancel_at_ms",
            "cancel_at_ms IS NOT NULL",
            poll.max(lease),
        ),
        at("dispatches", "unknown_at_ms", AT_PROVIDERS, 0),
        at("dispatches", "lost_at_ms", AT_PROVIDERS, 0),
        at(
            "refill_dispatches",
            "due_at_ms",
            "state = 'queued' AND COALESCE(reason, '') <> $2",
            backoff,
        ),
        at(
            "refill_dispatches",
            "due_at_ms",
            "state = 'queued' AND reason = $2",
            asked_for,
        ),
        at("refill_dispatches", "due_at_ms", "state = 'accepted'", poll),
        at(
            "refill_dispatches",
            "lease_until_ms",
            "state = 'sending'",
            lease,
        ),
    ]
}

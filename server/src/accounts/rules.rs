//! Who is let in, with what, and for how long. Pure.

use std::net::IpAddr;

use super::{Scope, Scopes, TokenKind};
use crate::clock::Time;
use crate::error::Refusal;
use crate::limits::{Quota, Quotas};
use crate::networks::Networks;

const HOUR_MS: i64 = 60 * 60 * 1_000;

/// A session that is not used for so long has ended: about a working day, so that a screen left
/// open does not stay signed in overnight.
pub(super) const SESSION_IDLE_MS: i64 = 12 * HOUR_MS;

/// No session lasts longer, used or not: a stolen one ends by itself within a week.
pub(crate) const SESSION_LIFE_MS: i64 = 7 * 24 * HOUR_MS;
/// How many sessions an account has at most: with the next one the oldest ends.
pub(super) const MOST_SESSIONS: i64 = 20;

/// How long the old key of a rotation may go on being good.
pub(super) const MAX_OVERLAP_MS: i64 = 30 * 24 * HOUR_MS;

/// A network is known to an account for so long after it signed in from there.
pub(super) const NETWORK_KNOWN_MS: i64 = 30 * 24 * HOUR_MS;

/// So many networks are known to an account at most, the latest: each has a bound of wrong codes of its
/// own.
pub(super) const MAX_KNOWN_NETWORKS: i64 = 10;

/// Keys that an account may have at the same time.
pub(super) const MAX_KEYS: i64 = 100;

/// A key or session that is neither revoked nor ended, as it is stored.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) kind: TokenKind,
    pub(super) expires_at: Option<Time>,
    pub(super) last_used_at: Option<Time>,
    pub(super) is_suspended: bool,
    /// The key is blocked until a person has looked; a session never is.
    pub(super) is_blocked: bool,
    /// Those of a key; a session may do everything.
    pub(super) scopes: Scopes,
    /// The networks that may use it; any without.
    pub(super) addresses: Option<Networks>,
}

/// Whether somebody at `address` may use it for `need` at `now`.
pub(super) fn admit(
    stored: &Stored,
    need: Scope,
    address: Option<IpAddr>,
    now: Time,
) -> Result<(), Refusal> {
    let is_expired = stored.expires_at.is_some_and(|end| end <= now);
    let is_idle = match (stored.kind, stored.last_used_at) {
        (TokenKind::Session, Some(used)) => now.ms_since(used) >= SESSION_IDLE_MS,
        (TokenKind::Session | TokenKind::Key | TokenKind::StaffKey | TokenKind::Foreign, _) => {
            false
        }
    };
    if is_expired || is_idle {
        return Err(Refusal::KeyInvalid);
    }
    if stored.is_suspended {
        return Err(Refusal::Suspended);
    }
    if stored.is_blocked {
        return Err(Refusal::KeyBlocked);
    }
    let is_near = |networks: &Networks| address.is_some_and(|from| networks.contains(from));
    if !stored.addresses.as_ref().is_none_or(is_near) {
        return Err(Refusal::AddressNotAllowed);
    }
    if !stored.scopes.has(need) {
        return Err(Refusal::ScopeMissing { scope: need });
    }
    Ok(())
}

/// When a code may be looked at again, after wrong ones at `earlier`, newest first; `None`: now. Each
/// quota holds for every time of its length.
pub(super) fn codes_open_at(quotas: &Quotas, earlier: &[Time], now: Time) -> Option<Time> {
    let open_at = |quota: &Quota| {
        let most = usize::try_from(quota.count.get()).unwrap_or(usize::MAX);
        let first = earlier.get(most.checked_sub(1)?)?;
        Some(first.plus_ms(window_ms(quota))).filter(|at| *at > now)
    };
    quotas.iter().filter_map(open_at).max()
}

/// The longest time that one of `quotas` looks back.
pub(super) fn longest_window_ms(quotas: &Quotas) -> i64 {
    quotas.iter().map(window_ms).max().unwrap_or_default()
}

fn window_ms(quota: &Quota) -> i64 {
    i64::from(quota.per_s.get()) * 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_ms(1_000_000_000_000);

    fn key() -> Stored {
        Stored {
            kind: TokenKind::Key,
            expires_at: None,
            last_used_at: None,
            is_suspended: false,
            is_blocked: false,
            scopes: Scopes::EVERY,
            addresses: None,
        }
    }

    fn session(used_ms_ago: i64, expires_in_ms: i64) -> Stored {
        Stored {
            kind: TokenKind::Session,
            expires_at: Some(NOW.plus_ms(expires_in_ms)),
            last_used_at: Some(NOW.plus_ms(-used_ms_ago)),
            ..key()
        }
    }

    fn asked(stored: &Stored, address: Option<&str>) -> Result<(), Refusal> {
        let address = address.map(|text| text.parse().unwrap());
        admit(stored, Scope::Order, address, NOW)
    }

    #[test]
    fn sessions_end_idle_and_in_any_case_keys_when_they_say() {
        let day = 24 * HOUR_MS;
        assert_eq!(asked(&session(SESSION_IDLE_MS - 1, day), None), Ok(()));
        for ended in [session(SESSION_IDLE_MS, day), session(0, 0), session(0, -1)] {
            assert_eq!(asked(&ended, None), Err(Refusal::KeyInvalid), "{ended:?}");
        }
        let unused = Stored {
            last_used_at: Some(NOW.plus_ms(-365 * day)),
            ..key()
        };
        assert_eq!(asked(&unused, None), Ok(()));
        let expired = Stored {
            expires_at: Some(NOW),
            ..key()
        };
        assert_eq!(asked(&expired, None), Err(Refusal::KeyInvalid));
    }

    #[test]
    fn ten_wrong_codes_an_hour_and_thirty_a_day_are_looked_at() {
        let quotas = Quotas::parse("10/h, 30/d").unwrap();
        let (mut looked_at, mut times) = (0, Vec::new());
        for minute in 0..24 * 60 {
            let now = NOW.plus_ms(minute * 60_000);
            if codes_open_at(&quotas, &times, now).is_none() {
                looked_at += 1;
                times.insert(0, now);
            }
            if minute == 59 {
                assert_eq!(looked_at, 10);
                let open = codes_open_at(&quotas, &times, now);
                assert_eq!(open, Some(NOW.plus_ms(HOUR_MS)));
            }
        }
        assert_eq!(looked_at, 30);
        let open = codes_open_at(&quotas, &times, *times.first().unwrap());
        assert_eq!(open, Some(NOW.plus_ms(24 * HOUR_MS)));
        assert_eq!(longest_window_ms(&quotas), 24 * HOUR_MS);
        assert_eq!(codes_open_at(&Quotas::none(), &times, NOW), None);
    }

    #[test]
    fn a_key_is_good_from_its_networks_and_for_its_scopes() {
        let near = Stored {
            addresses: Networks::parse("10.0.0.0/8"),
            ..key()
        };
        assert_eq!(asked(&near, Some("10.1.2.3")), Ok(()));
        for far in [Some("11.1.2.3"), None] {
            assert_eq!(asked(&near, far), Err(Refusal::AddressNotAllowed));
        }
        let reads = Stored {
            scopes: Scopes::parse("read cancel").unwrap(),
            ..key()
        };
        let missing = Refusal::ScopeMissing {
            scope: Scope::Order,
        };
        assert_eq!(asked(&reads, None), Err(missing));
        let suspended = Stored {
            is_suspended: true,
            ..near
        };
        assert_eq!(asked(&suspended, None), Err(Refusal::Suspended));
        let blocked = Stored {
            is_blocked: true,
            ..key()
        };
        assert_eq!(asked(&blocked, None), Err(Refusal::KeyBlocked));
    }
}

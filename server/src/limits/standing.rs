//! What a key has left, in the form of the headers `RateLimit-Policy` and `RateLimit`
//! (draft-ietf-httpapi-ratelimit-headers): lists of named policies, with `q` in `w` seconds, and `r`
//! left, all of them back in `t` seconds.

use std::fmt::Write;
use std::sync::Arc;

use super::keyed::Left;
use super::tier::POINTS;
use super::{Allowance, Kind, Quotas};

/// What a key has left after a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    policy: Arc<str>,
    left: [Option<(&'static str, Left)>; 2],
    factor: u32,
}

impl Standing {
    /// The limits that hold for the request: `"add";q=600;w=60, "points";q=6000;w=60`.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// The same where other servers have taken of it too: what is left of each, in their order.
    pub(super) fn with_left(mut self, remaining: &[(&'static str, u32)]) -> Standing {
        for (name, left) in self.left.iter_mut().flatten() {
            let shared = remaining.iter().filter(|(of, _)| of == name);
            if let Some(least) = shared.map(|(_, left)| *left).min() {
                left.remaining = left.remaining.min(least);
            }
        }
        self
    }

    /// The policy, to be told with a refusal.
    pub(super) fn policy_of(&self) -> Arc<str> {
        self.policy.clone()
    }

    /// What is left of them: `"add";r=359;t=1, "points";r=5995;t=1`.
    pub fn left(&self) -> String {
        let mut text = String::with_capacity(48);
        for (name, left) in self.left.iter().flatten() {
            let gap = if text.is_empty() { "" } else { ", " };
            let seconds = left.until_full().as_millis().div_ceil(1_000);
            let remaining = left.remaining / self.factor;
            // Writing to a text does not fail.
            let _ = write!(text, "{gap}\"{name}\";r={remaining};t={seconds}");
        }
        text
    }
}

/// The policies of a tier, written once, in the order of [`Kind::ALL`].
pub(super) struct Policies {
    whole: Vec<Arc<str>>,
    /// Those of a key that is throttled.
    throttled: Vec<Arc<str>>,
}

impl Policies {
    pub(super) fn new(allowance: &Allowance, throttled: u32) -> Policies {
        let of = |factor: u32| {
            let policy = |kind: &Kind| {
                let own = parts(kind.word(), allowance.of(*kind), factor);
                let all = own.chain(parts(POINTS, &allowance.points, factor));
                Arc::from(all.collect::<Vec<_>>().join(", "))
            };
            Kind::ALL.iter().map(policy).collect()
        };
        Policies {
            whole: of(1),
            throttled: of(throttled),
        }
    }

    /// The policy for `kind`, of a key that has so much less than all.
    pub(super) fn of(&self, kind: Kind, factor: u32) -> Arc<str> {
        let policies = match factor {
            1 => &self.whole,
            _ => &self.throttled,
        };
        let found = policies.get(kind.index()).cloned();
        found.unwrap_or_else(|| Arc::from(""))
    }

    pub(super) fn standing(
        &self,
        kind: Kind,
        own: Option<Left>,
        points: Option<Left>,
        factor: u32,
    ) -> Standing {
        Standing {
            policy: self.of(kind, factor),
            left: [
                own.map(|left| (kind.word(), left)),
                points.map(|left| (POINTS, left)),
            ],
            factor,
        }
    }
}

/// The policy of quotas by themselves.
pub(super) fn policy(name: &str, quotas: &Quotas) -> Arc<str> {
    let parts: Vec<String> = parts(name, quotas, 1).collect();
    Arc::from(parts.join(", "))
}

fn parts(name: &str, quotas: &Quotas, factor: u32) -> impl Iterator<Item = String> {
    let part = move |quota: &super::Quota| {
        let (q, w) = ((quota.count.get() / factor).max(1), quota.per_s);
        format!("\"{name}\";q={q};w={w}")
    };
    quotas.iter().map(part).collect::<Vec<_>>().into_iter()
}

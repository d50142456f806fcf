//! What one request takes of the counts that several servers share.

use std::net::IpAddr;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::keyed::Who;
use super::shared::{Take, Verdict};
use super::tier::POINTS;
use super::{ADDRESS, Allowance, Ask, Denied, Quota, Quotas, Standing, network_of};

/// One count.
struct Count {
    limit: &'static str,
    name: String,
    quota: Quota,
    cost: u32,
}

/// The counts of one request.
pub(super) struct Counts(Vec<Count>);

impl Counts {
    /// Those of an action and of all cost points of the key or session `who`, and of its address, if
    /// that has a limit.
    pub(super) fn new(
        allowance: &Allowance,
        (quotas, address): (&Quotas, Option<IpAddr>),
        who: Who,
        (ask, factor): (Ask, u32),
    ) -> Counts {
        let of_kind = ask.kind.cells(ask.items).saturating_mul(factor);
        let of_points = ask.kind.points(ask.items).saturating_mul(factor);
        let kind = ask.kind.word();
        let mut counts = Vec::with_capacity(4);
        let mut add = |limit: &'static str, whose: &str, quotas: &Quotas, cost| {
            for (index, quota) in quotas.iter().enumerate() {
                counts.push(Count {
                    limit,
                    name: format!("{limit}:{whose}:{index}"),
                    quota: *quota,
                    cost,
                });
            }
        };
        let whose = who.to_string();
        add(kind, &whose, allowance.of(ask.kind), of_kind);
        add(POINTS, &whose, &allowance.points, of_points);
        if let Some(address) = address {
            add(ADDRESS, &digest(address), quotas, 1);
        }
        Counts(counts)
    }

    pub(super) fn takes(&self) -> Vec<Take<'_>> {
        let each = self.0.iter().map(|count| Take {
            count: &count.name,
            quota: count.quota,
            cost: count.cost,
        });
        each.collect()
    }

    /// What came of it: what is left, or which limit was gone beyond.
    pub(super) fn outcome(
        &self,
        verdict: &Verdict,
        standing: Standing,
        address_policy: &Arc<str>,
    ) -> Result<Standing, Denied> {
        let over = verdict.over.and_then(|(index, wait)| {
            let count = self.0.get(index)?;
            Some((count.limit, wait))
        });
        let Some((limit, wait)) = over else {
            let names = self.0.iter().map(|count| count.limit);
            let remaining: Vec<_> = names.zip(verdict.remaining.iter().copied()).collect();
            return Ok(standing.with_left(&remaining));
        };
        let of_limit = self.0.iter().filter(|count| count.limit == limit);
        let full = |count: &Count| count.quota.each().saturating_mul(count.quota.burst.get());
        let full = of_limit.map(full).max().unwrap_or(wait);
        let policy = if limit == ADDRESS {
            address_policy.clone()
        } else {
            standing.policy_of()
        };
        Err(Denied::Limited {
            limit,
            policy,
            wait,
            full,
        })
    }
}

/// The network of an address as Redis is told of it: the same at every server, and not the address.
fn digest(address: IpAddr) -> String {
    let mut hash = Sha256::new();
    hash.update("smm-panel address ");
    hash.update(network_of(address).to_string());
    let digest: [u8; 32] = hash.finalize().into();
    hex::encode(digest.get(..12).unwrap_or_default())
}

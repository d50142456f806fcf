//! Rate tiers.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::refusals::{Changing, Listing, Making};
use super::staff::{Operator, Staff};
use crate::accounts::tiers;
use crate::clock::Time;
use crate::error::Refusal;
use crate::http::typed::paging::{cut, limit_of, number_of, page};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::Fault;
use crate::http::typed::wire::GivenPercent;
use crate::ids::TierId;
use crate::money::Percent;
use crate::panel::Panel;

/// Serves the rate tiers.
pub(super) struct Tiers {
    pub(super) panel: Panel,
}

/// A rate tier: a percentage on the catalogue.
#[derive(Debug, Object, Serialize)]
struct Tier {
    /// Its number.
    tier_id: i64,
    /// Its name.
    name: String,
    /// What it adds to the catalogue's rates, in percent; below zero it is a discount. rate =
    /// catalogue rate * (100 + percent) / 100, rounded up to 0.000001.
    percent: Percent,
    /// How many accounts are in it.
    accounts: i64,
    /// When it was made.
    created_at: Time,
}

impl From<tiers::Tier> for Tier {
    fn from(tier: tiers::Tier) -> Tier {
        Tier {
            tier_id: tier.id.0,
            name: tier.name,
            percent: tier.percent,
            accounts: tier.accounts,
            created_at: tier.created_at,
        }
    }
}

/// A page of tiers.
#[derive(Debug, Object, Serialize)]
struct TierPage {
    /// By number.
    tiers: Vec<Tier>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A tier to make.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTier {
    /// Its name, unique among tiers: 1 to 64 printable characters.
    name: String,
    /// What it adds to the catalogue's rates, in percent: above -100, at most 1000.
    percent: GivenPercent,
}

/// What to change of a tier; what is absent stays.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct TierChange {
    /// Another name, unique among tiers: 1 to 64 printable characters.
    name: Option<String>,
    /// What it adds to the catalogue's rates, in percent: above -100, at most 1000.
    percent: Option<GivenPercent>,
}

fn percent(given: GivenPercent) -> Result<Percent, Refusal> {
    given.0.ok_or(Refusal::FieldInvalid {
        field: "percent",
        expected: "above -100 and at most 1000",
    })
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Tiers")]
impl Tiers {
    /// List the rate tiers
    #[oai(path = "/tiers", method = "get", operation_id = "tier_list")]
    async fn list(
        &self,
        _staff: Staff,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Tiers per page.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<TierPage>, Fault<Listing>> {
        let (after, limit) = (TierId(number_of(cursor.0)), limit_of(limit.0));
        let mut found = tiers::list(&self.panel.db, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().map(|tier| tier.id.to_string());
        Ok(Answer(TierPage {
            tiers: found.into_iter().map(Tier::from).collect(),
            next_cursor: last.filter(|_| has_more),
        }))
    }

    /// Make a rate tier
    ///
    /// Nobody is in it until an account is put there.
    #[oai(path = "/tiers", method = "post", operation_id = "tier_create")]
    async fn create(
        &self,
        operator: Operator,
        tier: JsonBody<NewTier>,
    ) -> Result<Answer<Tier, 201>, Fault<Making>> {
        let percent = percent(tier.0.percent)?;
        let made = tiers::create(&self.panel, &operator.0, &tier.0.name, percent).await?;
        Ok(Answer(made.into()))
    }

    /// Change a rate tier
    ///
    /// Its accounts see and pay the new rates from their next request on; orders that stand keep
    /// theirs.
    #[oai(
        path = "/tiers/:tier_id",
        method = "patch",
        operation_id = "tier_change"
    )]
    async fn change(
        &self,
        operator: Operator,
        /// The tier's number.
        tier_id: Path<i64>,
        change: JsonBody<TierChange>,
    ) -> Result<Answer<Tier>, Fault<Changing>> {
        let percent = change.0.percent.map(percent).transpose()?;
        let (id, name) = (TierId(tier_id.0), change.0.name.as_deref());
        let tier = tiers::change(&self.panel, &operator.0, id, name, percent).await?;
        Ok(Answer(tier.into()))
    }
}

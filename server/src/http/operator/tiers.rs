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

/// A rate tier: a percentage that is added to the catalogue's rates.
#[derive(Debug, Object, Serialize)]
struct Tier {
    /// The number of the rate tier, unique in this panel.
    tier_id: i64,
    /// The name of the rate tier, unique among tiers.
    name: String,
    /// The percentage that is added to the catalogue's rates, with 2 decimals; below zero it is a discount.
    /// rate = catalogue rate * (100 + percent) / 100, rounded up to 0.000001 USD.
    percent: Percent,
    /// The number of accounts in the rate tier.
    accounts: i64,
    /// When the rate tier was created, UTC.
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

/// One page of the list of rate tiers.
#[derive(Debug, Object, Serialize)]
struct TierPage {
    /// The rate tiers of this page, in ascending order of `tier_id`.
    tiers: Vec<Tier>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A rate tier to create.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTier {
    /// The name of the rate tier, unique among tiers: 1 to 64 printable characters.
    name: String,
    /// The percentage to add to the catalogue's rates: above -100, at most 1000, with at most 2 decimals.
    percent: GivenPercent,
}

/// The fields of a rate tier to change; a field that is absent stays as it is.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct TierChange {
    /// The new name, unique among tiers: 1 to 64 printable characters.
    name: Option<String>,
    /// The percentage to add to the catalogue's rates: above -100, at most 1000, with at most 2 decimals.
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
    ///
    /// In ascending order of their numbers.
    #[oai(path = "/tiers", method = "get", operation_id = "tier_list")]
    async fn list(
        &self,
        _staff: Staff,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of tiers in a page, from 1 to 1000; 100 if it is absent.
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

    /// Create a rate tier
    ///
    /// No account is in it until an account is assigned to it (`operator_account_change`).
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
    /// The accounts in it see and pay the new rates from their next request on; existing orders keep their
    /// rates.
    #[oai(
        path = "/tiers/:tier_id",
        method = "patch",
        operation_id = "tier_change"
    )]
    async fn change(
        &self,
        operator: Operator,
        /// The number of the rate tier, which `tier_list` gives as `tier_id`.
        tier_id: Path<i64>,
        change: JsonBody<TierChange>,
    ) -> Result<Answer<Tier>, Fault<Changing>> {
        let percent = change.0.percent.map(percent).transpose()?;
        let (id, name) = (TierId(tier_id.0), change.0.name.as_deref());
        let tier = tiers::change(&self.panel, &operator.0, id, name, percent).await?;
        Ok(Answer(tier.into()))
    }
}

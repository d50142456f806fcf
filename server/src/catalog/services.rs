//! Services as operators see and change them.

use std::collections::HashSet;

use sea_orm::sea_query::{Expr, Func, LikeExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::{Value, json};

use super::counting::{Counting, CountingChange};
use super::rules::{self, Listed, Markup, Price, RefillDays, Unfit, Wish};
use super::store::{self, NewService, read_service};
use super::{Offer, Service, ServicePause, ServiceState, prices};
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::db::{Db, PIECE, Rows, Tx, execute};
use crate::entity::service;
use crate::error::{Refusal, Result};
use crate::ids::{ProviderId, ServiceId};
use crate::money::Rate;
use crate::panel::Panel;

/// A service with all that customers are not told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceView {
    /// What customers see, and whether they do.
    pub service: Service,
    /// Why the panel paused it.
    pub pause: Option<ServicePause>,
    /// Its place in the list.
    pub position: i64,
    /// How its rate follows from its cost; one that was set by hand follows nothing.
    pub markup: Option<Markup>,
    /// Who delivers it, in the order in which they are asked; nobody if it is manual.
    pub offers: Vec<Offer>,
    /// How its drops are found.
    pub counting: Counting,
    /// When it was made.
    pub created_at: Time,
}

/// Which services are listed; each that is given must match.
#[derive(Debug, Clone, Default)]
pub struct ServiceFilter {
    /// In this state.
    pub state: Option<ServiceState>,
    /// Under this heading.
    pub category: Option<String>,
    /// With this in the name.
    pub search: Option<String>,
}

/// The markup of a row.
pub(super) fn markup_of(percent: Option<i64>, fixed: Option<Rate>) -> Option<Markup> {
    Markup::new(percent?, fixed.unwrap_or_default()).ok()
}

async fn views(on: &impl ConnectionTrait, rows: Vec<service::Model>) -> Result<Vec<ServiceView>> {
    let ids: Vec<ServiceId> = rows.iter().map(|row| row.id).collect();
    let mut offers = store::offers(on, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|row| ServiceView {
            pause: row.pause_reason,
            position: row.position,
            markup: markup_of(row.markup_hundredths, row.markup_fixed_micro),
            offers: offers.remove(&row.id).unwrap_or_default(),
            counting: store::read_counting(&row),
            created_at: row.created_at_ms,
            service: read_service(row),
        })
        .collect())
}

/// Services after the place `after` (position and number) that match, in the order of the list.
pub async fn list(
    db: &Db,
    filter: &ServiceFilter,
    after: Option<(i64, i64)>,
    limit: usize,
) -> Result<Vec<ServiceView>> {
    let mut asked = service::Entity::find();
    if let Some((position, id)) = after {
        let later = service::Column::Position
            .gt(position)
            .or(service::Column::Position
                .eq(position)
                .and(service::Column::Id.gt(ServiceId(id))));
        asked = asked.filter(later);
    }
    if let Some(state) = filter.state {
        asked = asked.filter(service::Column::State.eq(state));
    }
    if let Some(category) = &filter.category {
        asked = asked.filter(service::Column::Category.eq(category));
    }
    if let Some(search) = &filter.search {
        let escaped = search.to_lowercase().replace('!', "!!");
        let escaped = escaped.replace('%', "!%").replace('_', "!_");
        let like = LikeExpr::new(["%", &escaped, "%"].concat()).escape('!');
        let name = Func::lower(service::Column::Name.into_expr());
        asked = asked.filter(Expr::from(name).like(like));
    }
    let rows = asked
        .order_by_asc(service::Column::Position)
        .order_by_asc(service::Column::Id)
        .limit(u64::try_from(limit).unwrap_or(u64::MAX))
        .all(db.read())
        .await?;
    views(db.read(), rows).await
}

/// One service. Refused: [`Refusal::Unknown`].
pub async fn view(db: &Db, id: ServiceId) -> Result<ServiceView> {
    view_on(db.read(), id).await
}

async fn view_on(on: &impl ConnectionTrait, id: ServiceId) -> Result<ServiceView> {
    let row = service::Entity::find_by_id(id).one(on).await?;
    let row = row.ok_or(Refusal::Unknown { what: "service" })?;
    let view = views(on, vec![row]).await?.into_iter().next();
    Ok(view.ok_or(Refusal::Unknown { what: "service" })?)
}

/// Makes a service, with offers of these providers in the order in which they are asked, or manual.
/// Refused as [`Unfit`] says.
pub async fn create(
    panel: &Panel,
    actor: &Actor,
    wish: Wish,
    offered: &[(ProviderId, Listed)],
) -> Result<ServiceView> {
    actor.only_operators()?;
    let (below_cost, counting) = (wish.below_cost, wish.counting.clone());
    let first = offered.first().map(|(_, listed)| listed);
    let (terms, markup) = rules::terms(wish, first).map_err(Refusal::from)?;
    let offers: Vec<Offer> = offered
        .iter()
        .map(|(provider, listed)| listed.offer(*provider))
        .collect();
    rules::check_cost(&terms, &offers, below_cost).map_err(Refusal::from)?;
    counting.check(&terms).map_err(Refusal::from)?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    store::lock_catalogue(&tx).await?;
    let new = NewService {
        terms,
        markup,
        counting,
        offers,
    };
    let ids = store::insert_services(&tx, now, &[new]).await?;
    let unknown = Refusal::Unknown { what: "service" };
    let id = ids.first().copied().ok_or(unknown)?;
    store::bump_version(&tx).await?;
    let made = view_on(&tx, id).await?;
    let entry = Entry::new(Deed::ServiceCreated, format!("service:{id}")).became(told(&made));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(made)
}

/// What an operator changes of a service; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct ServiceChange {
    /// Its name.
    pub name: Option<String>,
    /// The heading under which it is listed.
    pub category: Option<String>,
    /// More about it; an empty text for nothing.
    pub description: Option<String>,
    /// Its price.
    pub price: Option<Price>,
    /// Smallest quantity.
    pub min: Option<i64>,
    /// Largest quantity.
    pub max: Option<i64>,
    /// Whether it can be ordered in runs.
    pub dripfeed: Option<bool>,
    /// Whether drops are refilled.
    pub refill: Option<bool>,
    /// For how many days, or for life.
    pub refill_days: Option<RefillDays>,
    /// Whether sent orders may be asked to stop.
    pub cancel: Option<bool>,
    /// Its family.
    pub family: Option<String>,
    /// Whether a second active order on a link is refused.
    pub rejects_same_link: Option<bool>,
    /// Fields that are handed on to its providers.
    pub passed_fields: Option<Vec<String>>,
    /// Whether it is sold; an operator does not pause, the panel does.
    pub on_sale: Option<bool>,
    /// Who delivers it, in the order in which they are asked.
    pub offers: Option<Vec<(ProviderId, Listed)>>,
    /// How its drops are found.
    pub counting: CountingChange,
    /// Whether it may be sold for less than a provider charges.
    pub below_cost: bool,
}

/// Changes a service; orders that it has keep what they were placed with. Refused:
/// [`Refusal::Unknown`], and as [`Unfit`] says.
pub async fn change(
    panel: &Panel,
    actor: &Actor,
    id: ServiceId,
    change: ServiceChange,
) -> Result<ServiceView> {
    actor.only_operators()?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    store::lock_catalogue(&tx).await?;
    let before = view_on(&tx, id).await?;
    let replaces = change.offers.is_some();
    let after = changed(before.clone(), change).map_err(Refusal::from)?;
    if after == before {
        return Ok(before);
    }
    if replaces {
        store::replace_offers(&tx, id, &after.offers).await?;
    }
    write(&tx, &after).await?;
    // As it stands: an offer of before may be a paused one.
    let after = view_on(&tx, id).await?;
    store::bump_version(&tx).await?;
    let entry = Entry::new(Deed::ServiceChanged, format!("service:{id}"))
        .was(told(&before))
        .became(told(&after));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    let sold = |view: &ServiceView| (id, prices::sold_at(view.service.terms.rate, &view.offers));
    prices::tell_moved(panel, [sold(&before)], [sold(&after)]);
    Ok(after)
}

/// A service after a change. Pure.
fn changed(
    mut view: ServiceView,
    change: ServiceChange,
) -> std::result::Result<ServiceView, Unfit> {
    fn set<T>(to: &mut T, from: Option<T>) {
        if let Some(from) = from {
            *to = from;
        }
    }
    let moves_money = change.price.is_some() || change.offers.is_some();
    let terms = &mut view.service.terms;
    if let Some(offered) = change.offers {
        let offers = offered.iter().map(|(provider, row)| row.offer(*provider));
        view.offers = offers.collect();
        if view
            .offers
            .iter()
            .any(|offer| offer.service_type != terms.service_type)
        {
            return Err(Unfit::OtherType);
        }
    }
    set(&mut terms.name, change.name);
    set(&mut terms.category, change.category);
    if let Some(text) = change.description {
        terms.description = (!text.is_empty()).then_some(text);
    }
    set(&mut terms.min, change.min);
    set(&mut terms.max, change.max);
    set(&mut terms.dripfeed, change.dripfeed);
    set(&mut terms.refill, change.refill);
    set(&mut terms.cancel, change.cancel);
    set(&mut terms.family, change.family);
    set(&mut terms.rejects_same_link, change.rejects_same_link);
    if let Some(mut fields) = change.passed_fields {
        fields.sort_unstable();
        fields.dedup();
        terms.passed_fields = fields;
    }
    if change.refill.is_some() || change.refill_days.is_some() {
        let stands = terms.refill_days.map(RefillDays::Days);
        terms.refill_days = rules::refill_days(terms.refill, change.refill_days.or(stands));
    }
    let usable = view.offers.iter().find(|offer| !offer.gone);
    match (change.price, view.markup) {
        (Some(Price::Rate(rate)), _) => {
            terms.rate = rate;
            view.markup = None;
        }
        (Some(Price::Markup(markup)), _) => {
            let cost = usable.ok_or(Unfit::Missing("rate"))?.cost;
            terms.rate = markup.of(cost).ok_or(Unfit::MarkupLeavesNoPrice)?;
            view.markup = Some(markup);
        }
        (None, Some(markup)) if moves_money => match usable {
            Some(offer) => {
                terms.rate = markup.of(offer.cost).ok_or(Unfit::MarkupLeavesNoPrice)?;
            }
            None => view.markup = None,
        },
        (None, _) => {}
    }
    rules::check(terms)?;
    view.counting = view.counting.changed(change.counting);
    view.counting.check(terms)?;
    view.service.refill_automatic = view.counting.refills() && terms.refill;
    let returns = change.on_sale == Some(true) && view.service.state != ServiceState::OnSale;
    if moves_money || returns {
        let there: Vec<Offer> = view.offers.iter().filter(|o| !o.gone).cloned().collect();
        rules::check_cost(terms, &there, change.below_cost)?;
        if returns && there.is_empty() && !view.offers.is_empty() {
            return Err(Unfit::NobodySells);
        }
    }
    if let Some(on_sale) = change.on_sale {
        view.service.state = if on_sale {
            ServiceState::OnSale
        } else {
            ServiceState::Hidden
        };
        view.pause = None;
    }
    Ok(view)
}

async fn write(tx: &Tx, view: &ServiceView) -> Result<()> {
    let sql = "UPDATE services SET name = $2, category = $3, description = $4, rate_micro = $5, \
               min = $6, max = $7, dripfeed = $8, refill = $9, cancel = $10, family = $11, \
               same_link = $12, state = $13, pause_reason = $14, refill_days = $15, \
               markup_hundredths = $16, markup_fixed_micro = $17, count_source = $18, \
               drop_tolerance_hundredths = $19, refill_automatically = $20, \
               passed_fields = $21 WHERE id = $1";
    let terms = view.service.terms.clone();
    let values = [
        view.service.id.into(),
        terms.name.into(),
        terms.category.into(),
        terms.description.into(),
        terms.rate.into(),
        terms.min.into(),
        terms.max.into(),
        terms.dripfeed.into(),
        terms.refill.into(),
        terms.cancel.into(),
        terms.family.into(),
        store::same_link(terms.rejects_same_link).into(),
        view.service.state.into(),
        view.pause.into(),
        terms.refill_days.into(),
        view.markup.map(Markup::percent_hundredths).into(),
        view.markup.map(Markup::fixed).into(),
        view.counting.source.clone().into(),
        view.counting.tolerance_hundredths.into(),
        view.counting.automatic.into(),
        terms.passed_fields.join(" ").into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Lists services in this order: the named ones take the places that they have among all, each in
/// the sequence given. Refused: [`Refusal::Unknown`], [`Refusal::FieldInvalid`].
pub async fn order(panel: &Panel, actor: &Actor, ids: &[ServiceId]) -> Result<()> {
    actor.only_operators()?;
    let distinct: HashSet<ServiceId> = ids.iter().copied().collect();
    if ids.is_empty() || ids.len() > 2 * PIECE || distinct.len() < ids.len() {
        return Err(Refusal::FieldInvalid {
            field: "service_ids",
            expected: "1 to 1000 numbers of services, each once",
        }
        .into());
    }
    let now = panel.now();
    let tx = panel.db.begin().await?;
    store::lock_catalogue(&tx).await?;
    let rows = service::Entity::find()
        .filter(service::Column::Id.is_in(ids.iter().copied()))
        .all(&tx)
        .await?;
    if rows.len() < ids.len() {
        return Err(Refusal::Unknown { what: "service" }.into());
    }
    let mut places: Vec<i64> = rows.iter().map(|row| row.position).collect();
    places.sort_unstable();
    let mut last = i64::MIN;
    for place in &mut places {
        // Services of before there was an order share one place.
        *place = std::cmp::max(*place, last.saturating_add(1));
        last = *place;
    }
    let moved = ids.iter().zip(places);
    let rows = Rows::table(&tx, 0, moved.map(|(&id, place)| [id.into(), place.into()]));
    let sql = [
        "UPDATE services SET position = v.column2 FROM ",
        &rows.text,
        " WHERE services.id = v.column1",
    ]
    .concat();
    execute(&tx, &sql, rows.values).await?;
    store::bump_version(&tx).await?;
    let listed: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let entry =
        Entry::new(Deed::ServiceChanged, "services").became(json!({"listed_in_order": listed}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// A service as the audit log keeps it.
fn told(view: &ServiceView) -> Value {
    let terms = &view.service.terms;
    let offers = view.offers.iter().map(|offer| {
        json!({"provider_id": offer.provider.0, "provider_service": offer.provider_service,
            "cost": offer.cost.to_string()})
    });
    json!({
        "name": terms.name, "category": terms.category, "description": terms.description,
        "service_type": terms.service_type.word(), "rate": terms.rate.to_string(),
        "min": terms.min, "max": terms.max, "dripfeed": terms.dripfeed, "refill": terms.refill,
        "refill_days": terms.refill_days, "cancel": terms.cancel, "family": terms.family,
        "same_link": store::same_link(terms.rejects_same_link),
        "passed_fields": terms.passed_fields,
        "state": view.service.state.word(), "pause": view.pause.map(ServicePause::word),
        "markup_hundredths": view.markup.map(Markup::percent_hundredths),
        "markup_fixed": view.markup.map(|markup| markup.fixed().to_string()),
        "count_source": view.counting.source,
        "drop_tolerance_hundredths": view.counting.tolerance_hundredths,
        "refill_automatically": view.counting.automatic,
        "offers": offers.collect::<Vec<_>>(),
    })
}

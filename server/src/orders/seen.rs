//! Ids that stood in an answer that is no acceptance: "the status of that id is asked once it may be
//! there", and the order counts as taken only if the answer is plainly about it.

use std::collections::HashMap;

use super::rules::DispatchState;
use super::settle::advance_in_tx;
use super::store;
use super::store::provider_orders::KnownOrders;
use super::store::runs::Exchange;
use super::told::{Cause, CausedBy};
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::catalog;
use crate::catalog::charges::ReportedCharge;
use crate::clock::Time;
use crate::db::Tx;
use crate::entity::{dispatch, order};
use crate::error::Result;
use crate::ids::{DispatchId, OrderId, ProviderId};
use crate::money::{Money, parse_provider_amount};
use crate::panel::Panel;
use crate::protocol::upstream::{StatusReply, named_amount};

/// An id to be asked about.
#[derive(Debug, Clone)]
pub(crate) struct SeenOrder {
    /// Where it was seen.
    pub(crate) provider: ProviderId,
    /// The run whose answer named it.
    pub(crate) run: DispatchId,
    /// The order that the run belongs to.
    pub(crate) order: OrderId,
    /// Which attempt the answer was to.
    pub(crate) attempt: i64,
    /// The id.
    pub(crate) provider_order: String,
}

/// The id that stood in the answer to `run`, unless it was asked about for long enough.
pub(super) fn seen_order(panel: &Panel, run: &dispatch::Model, now: Time) -> Option<SeenOrder> {
    let waited_ms = now.ms_since(run.unknown_at_ms.unwrap_or(now));
    let provider_order = run.seen_order.clone()?;
    (waited_ms < panel.config.unknown_resolve_ms).then_some(SeenOrder {
        provider: run.provider_id,
        run: run.id,
        order: run.order_id,
        attempt: run.attempt,
        provider_order,
    })
}

/// Records what a provider says of an id that stood in an unclear answer. "It is accepted only if it
/// answers with a good line, belongs to no other dispatch, and a charge it reports is within a
/// quarter of the quote; else parked." Where another dispatch's id there is not known, the id that was
/// seen may belong to it. Nothing is recorded while the provider does not answer.
pub(crate) async fn record_seen(panel: &Panel, seen: &SeenOrder, reply: StatusReply) -> Result<()> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let order = store::lock_orders(&tx, [seen.order])
        .await?
        .into_iter()
        .next();
    let run = store::runs::lock(&tx, [seen.run]).await?.into_iter().next();
    let (Some(order), Some(mut run)) = (order, run) else {
        return Ok(());
    };
    let open = matches!(run.state, DispatchState::Unknown | DispatchState::Parked);
    let is_asked = run.seen_order.as_ref() == Some(&seen.provider_order);
    if !open || run.attempt != seen.attempt || !is_asked {
        return Ok(());
    }
    let mut said = reply.to_string();
    let (mut causes, mut alerts) = (HashMap::new(), Vec::new());
    match why_not(panel, &tx, &run, &order, seen, &reply).await? {
        None => {
            accept(panel, &mut run, seen, now);
            let what = format!("accepted by the provider as {}", seen.provider_order);
            causes.insert(run.order_id, CausedBy::new(Cause::Accepted, what));
        }
        Some(why) => {
            // Nobody may take it for a line about this order: it may be another customer's.
            said = format!("not counted, {why}: {said}");
            let before = run.reason.take().unwrap_or_default();
            let id = &seen.provider_order;
            let reason = format!("{before}; the order {id} that it names was asked about: {why}");
            alerts.push(Alert::new(
                AlertKind::Parked,
                format!("dispatch {}", run.id),
                format!("dispatch {} waits for an operator: {reason}", run.id),
            ));
            run.state = DispatchState::Parked;
            run.reason = Some(reason);
        }
    }
    let exchange = Exchange {
        run: run.id,
        attempt: run.attempt,
        action: "status",
        request: format!("order={}", seen.provider_order),
        reply: said,
    };
    store::writes::write(&tx, &[run]).await?;
    store::runs::insert_exchanges(&tx, now, vec![exchange]).await?;
    raise_in_tx(&tx, now, alerts).await?;
    let ended = advance_in_tx(&tx, now, causes).await?;
    tx.commit().await?;
    ended.tell(panel);
    Ok(())
}

fn accept(panel: &Panel, run: &mut dispatch::Model, seen: &SeenOrder, now: Time) {
    run.state = DispatchState::Accepted;
    run.provider_order = Some(seen.provider_order.clone());
    run.accepted_at_ms = Some(now);
    run.poll_at_ms = Some(now.plus_ms(panel.config.sync_interval_ms));
    (run.reason, run.phrase, run.seen_order) = (None, None, None);
}

/// Why the answer does not show that the id is this run's; nothing if it does.
async fn why_not(
    panel: &Panel,
    tx: &Tx,
    run: &dispatch::Model,
    order: &order::Model,
    seen: &SeenOrder,
    reply: &StatusReply,
) -> Result<Option<String>> {
    let StatusReply::Known {
        word: Some(_),
        charge,
        currency,
        ..
    } = reply
    else {
        return Ok(Some("its answer is no status line".to_owned()));
    };
    let given = [(run.provider_id, seen.provider_order.as_str())];
    let known = KnownOrders::read(tx, &given).await?;
    if let Some(other) = known.another(run.provider_id, &seen.provider_order, run.id) {
        return Ok(Some(format!("it is dispatch {other}'s")));
    }
    // The error may be about this order, and the id that of one whose own answer was lost.
    if let Some(other) = store::evidence::other_without_id(tx, run).await? {
        return Ok(Some(format!(
            "it may be dispatch {other}'s, whose id there is not known"
        )));
    }
    let provider = catalog::provider(&panel.db, &panel.secrets, run.provider_id).await?;
    let (exchange, dialect) = (&provider.exchange, &provider.dialect);
    // A line that names another currency is not compared.
    let comparable = |text: &str| {
        ReportedCharge::read(text, currency.as_deref(), exchange, dialect)?;
        let (number, _) = named_amount(text)?;
        let charge = parse_provider_amount(number).ok()?;
        charge.converted(exchange.nano_usd).ok()
    };
    let charge = charge.as_deref().and_then(comparable);
    let (Some(charge), Some(quote)) = (charge, quote_of(tx, run, order).await?) else {
        return Ok(None);
    };
    Ok((!is_within_a_quarter(charge, quote))
        .then(|| format!("it was charged {charge} USD, and this order costs {quote} USD there")))
}

/// What a run costs at its provider in USD, by the offer it was sent by, if that is still there.
pub(crate) async fn quote_of_run(panel: &Panel, run: DispatchId) -> Result<Option<Money>> {
    let tx = panel.db.snapshot().await?;
    let Some(run) = store::runs::read(&tx, run).await? else {
        return Ok(None);
    };
    let order = store::runs::orders(&tx, [run.order_id]).await?;
    match order.first() {
        Some(order) => quote_of(&tx, &run, order).await,
        None => Ok(None),
    }
}

/// The same of a run at hand.
async fn quote_of(tx: &Tx, run: &dispatch::Model, order: &order::Model) -> Result<Option<Money>> {
    let offers = catalog::offers(tx, &[order.service_id]).await?;
    let offers = offers.get(&order.service_id).map_or(&[][..], Vec::as_slice);
    let offer = offers.iter().find(|offer| {
        offer.provider == run.provider_id && offer.provider_service == run.provider_service
    });
    Ok(offer.and_then(|offer| offer.quote(run.quantity)))
}

/// Whether a charge differs from the quote by no more than a quarter of the quote.
fn is_within_a_quarter(charge: Money, quote: Money) -> bool {
    let difference = i128::from(charge.nano()) - i128::from(quote.nano());
    4 * difference.abs() <= i128::from(quote.nano())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_charge_is_the_orders_within_a_quarter_of_the_quote() {
        for (charge, quote, is) in [
            (100, 100, true),
            (125, 100, true),
            (75, 100, true),
            (126, 100, false),
            (74, 100, false),
            (0, 0, true),
            (i64::MAX, 1, false),
        ] {
            let within = is_within_a_quarter(Money::from_nano(charge), Money::from_nano(quote));
            assert_eq!(within, is, "{charge} of {quote}");
        }
    }
}

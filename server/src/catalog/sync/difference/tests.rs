use std::collections::HashMap;

use super::*;
use crate::catalog::rules::parse_percent;

/// A provider's rows by id, the names that they had, and its rules.
struct Told {
    rows: HashMap<&'static str, Listed>,
    rules: Vec<DifferenceKind>,
}

impl News for Told {
    fn provider(&self) -> ProviderId {
        ProviderId(1)
    }

    fn row(&self, id: &str) -> Option<&Listed> {
        self.rows.get(id)
    }

    fn old_name(&self, _: &str) -> Option<&str> {
        Some("Followers")
    }

    fn applies(&self, kind: DifferenceKind) -> bool {
        self.rules.contains(&kind)
    }
}

fn rate(text: &str) -> Rate {
    Rate::parse(text).unwrap()
}

fn listed(cost: &str) -> Listed {
    Listed {
        provider_service: "a".to_owned(),
        name: "Followers".to_owned(),
        category: "C".to_owned(),
        description: None,
        service_type: ServiceType::Default,
        cost: rate(cost),
        min: 10,
        max: 1000,
        dripfeed: false,
        refill: false,
        cancel: false,
    }
}

fn offer(provider: i64, id: &str, cost: &str) -> Offer {
    Offer {
        provider: ProviderId(provider),
        provider_service: id.to_owned(),
        ..listed(cost).offer(ProviderId(provider))
    }
}

/// Sold at 1.50, with a markup of 50 % on a cost of 1.00.
fn service() -> Seen {
    Seen {
        id: ServiceId(7),
        service_type: ServiceType::Default,
        name: "Followers".to_owned(),
        rate: rate("1.50"),
        min: 10,
        max: 1000,
        state: ServiceState::OnSale,
        pause: None,
        markup: Markup::new(parse_percent("50").unwrap(), Rate::default()).ok(),
        offers: vec![offer(1, "a", "1.00")],
        open: Vec::new(),
    }
}

fn told(row: Option<Listed>, rules: &[DifferenceKind]) -> Told {
    Told {
        rows: row.into_iter().map(|row| ("a", row)).collect(),
        rules: rules.to_vec(),
    }
}

#[test]
fn nothing_new_is_nothing_to_do() {
    assert_eq!(step(&service(), &told(Some(listed("1.00")), &[])), None);
}

#[test]
fn a_cost_follows_at_once_and_a_price_only_by_a_rule() {
    use DifferenceKind::{BelowCost, Cheaper, Dearer};

    for (cost, rules, kind, sold_at, pause) in [
        ("1.10", &[][..], Dearer, "1.50", None),
        ("1.10", &[Dearer], Dearer, "1.65", None),
        ("0.90", &[], Cheaper, "1.50", None),
        ("0.90", &[Cheaper], Cheaper, "1.35", None),
        // A fifth is not a jump, more than that is, and no rule follows it.
        ("1.20", &[Dearer], Dearer, "1.80", None),
        (
            "1.200001",
            &[Dearer],
            Dearer,
            "1.50",
            Some(ServicePause::CostJump),
        ),
        ("0.79", &[Cheaper], Cheaper, "1.50", None),
        (
            "1.51",
            &[BelowCost],
            BelowCost,
            "1.50",
            Some(ServicePause::BelowCost),
        ),
        (
            "1000000",
            &[],
            BelowCost,
            "1.50",
            Some(ServicePause::BelowCost),
        ),
    ] {
        let made = step(&service(), &told(Some(listed(cost)), rules)).unwrap();
        assert_eq!(made.after.offers[0].cost, rate(cost));
        assert_eq!(made.after.rate, rate(sold_at), "{cost} {rules:?}");
        assert_eq!(made.after.pause, pause, "{cost} {rules:?}");
        assert_eq!(made.found[0].kind, kind, "{cost} {rules:?}");
    }
}

#[test]
fn another_provider_takes_over_what_one_does_not_sell_any_more() {
    let mut two = service();
    two.offers.push(offer(2, "b", "1.20"));
    let made = step(&two, &told(None, &[])).unwrap();
    assert!(made.after.offers[0].gone);
    assert_eq!(made.after.state, ServiceState::OnSale);
    let kinds: Vec<_> = made.found.iter().map(|found| found.kind).collect();
    // What it costs now is what the other one charges.
    assert_eq!(kinds, [DifferenceKind::Gone, DifferenceKind::Dearer]);
    two.offers[1].cost = rate("1.60");
    let made = step(&two, &told(None, &[])).unwrap();
    assert_eq!(made.after.pause, Some(ServicePause::BelowCost));
}

#[test]
fn what_an_operator_sells_below_its_cost_stays_until_it_costs_more() {
    let mut below = service();
    below.rate = rate("0.50");
    let cheaper = step(&below, &told(Some(listed("0.95")), &[])).unwrap();
    assert_eq!(cheaper.after.pause, None);
    let dearer = step(&below, &told(Some(listed("1.05")), &[])).unwrap();
    assert_eq!(dearer.after.pause, Some(ServicePause::BelowCost));
}

#[test]
fn a_hidden_service_stays_hidden_and_a_repeated_difference_is_one() {
    let mut hidden = service();
    hidden.state = ServiceState::Hidden;
    let gone = step(&hidden, &told(None, &[])).unwrap();
    assert_eq!(gone.after.state, ServiceState::Hidden);

    let renamed = Listed {
        name: "Better".to_owned(),
        ..listed("1.00")
    };
    let mut seen = service();
    let made = step(&seen, &told(Some(renamed.clone()), &[])).unwrap();
    let found = &made.found[0];
    seen.open.push(Open {
        provider: ProviderId(1),
        id: 1,
        provider_service: "a".to_owned(),
        kind: found.kind,
        was: found.was.clone(),
        became: found.became.clone(),
    });
    assert_eq!(step(&seen, &told(Some(renamed), &[])), None);
}

#[test]
fn two_providers_may_have_a_service_of_the_same_number() {
    let mut seen = with_a_second_provider();
    let open = |id, provider| Open {
        id,
        provider: ProviderId(provider),
        provider_service: "a".to_owned(),
        kind: DifferenceKind::Dearer,
        was: "0.90".to_owned(),
        became: "1.00".to_owned(),
    };
    seen.open = vec![open(1, 1), open(2, 2)];
    let made = step(&seen, &told(Some(listed("1.05")), &[])).unwrap();
    assert_eq!(made.superseded, [1]);
    assert_eq!(made.found[0].provider, ProviderId(1));
    // Without the first one, orders go to the second provider, and so does the price.
    let made = step(&with_a_second_provider(), &told(None, &[])).unwrap();
    let price = made
        .found
        .iter()
        .find(|found| is_price(found.kind))
        .unwrap();
    assert_eq!(price.provider, ProviderId(2));
}

/// The service with a second offer, dearer, at another provider.
fn with_a_second_provider() -> Seen {
    let mut seen = service();
    seen.offers.push(offer(2, "a", "1.20"));
    seen
}
